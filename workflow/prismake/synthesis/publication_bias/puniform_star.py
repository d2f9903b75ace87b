"""p-uniform*: random-effects estimation from significant and nonsignificant results, each given which of the two it is.

van Aert & van Assen (2021), "Correcting for publication bias in a meta-analysis with the p-uniform* method", MetaArXiv,
doi:10.31222/osf.io/zqjr9: within each of the two kinds results are published with equal probability, so the likelihood
is that of normals truncated at the critical value. Unlike a selection model it needs no weight, and either kind may be
missing. Estimates are maximum likelihood, tests and intervals are by likelihood ratio.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from prismake.synthesis.distributions import chi2_quantile, upper_chi2
from prismake.synthesis.model import NotEstimable, fit

Array = NDArray[np.float64]

SIGNIFICANT = 0.025
_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0


@dataclass(frozen=True)
class PUniformStar:
    """Mean b, its likelihood-ratio test (df 1) and interval, tau2, log-likelihood; a bound is None where the likelihood
    stays too high as far as it was looked for. k_significant of the effects are one-sided p < .025.
    """

    alternative: str
    k_significant: int
    b: float
    LRT: float
    pval: float
    ci_lb: float | None
    ci_ub: float | None
    tau2: float
    ll: float


def p_uniform_star(yi: ArrayLike, vi: ArrayLike, *, alternative: str = "auto", level: float = 95.0) -> PUniformStar:
    """Fit p-uniform*; alternative is the direction that was selected for: greater, less, or auto, that of the
    equal-effects estimate.

    Raises NotEstimable with fewer than two effects, or where the likelihood rises without a maximum.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if alternative not in ("auto", "greater", "less"):
        raise ValueError(f"unknown alternative {alternative!r}; known: auto, greater, less")
    if y.size < 2:
        raise NotEstimable("p-uniform* needs at least two effects")
    if alternative == "auto":
        alternative = "less" if float(fit(y, v, method="EE").b[0]) < 0 else "greater"
    sign = -1.0 if alternative == "less" else 1.0
    y = sign * y
    cut = -float(special.ndtri(SIGNIFICANT)) * np.sqrt(v)
    significant = y > cut

    def log_likelihood(mu: float, tau2: Array) -> Array:
        total = v[None, :] + tau2[:, None]
        u = (cut[None, :] - mu) / np.sqrt(total)
        given = np.where(significant[None, :], special.log_ndtr(-u), special.log_ndtr(u))
        return (-0.5 * np.log(2 * np.pi * total) - 0.5 * (y[None, :] - mu) ** 2 / total - given).sum(axis=1)

    scale = float(np.var(y)) + float(v.mean())
    grid = np.concatenate([[0.0], scale * np.geomspace(1e-4, 30.0, 30)])

    def profile(mu: float) -> tuple[float, float]:
        return _peak(lambda tau2: float(log_likelihood(mu, np.array([tau2]))[0]), grid, log_likelihood(mu, grid))

    reach = 2.0 * float(np.ptp(y)) + 5.0 * float(np.sqrt(v.max()))
    mus = np.linspace(y.min() - reach, y.max() + reach, 121)
    heights = np.array([log_likelihood(float(mu), grid).max() for mu in mus])
    if heights.argmax() in (0, mus.size - 1):
        raise NotEstimable("the likelihood of p-uniform* rises without a maximum")
    ll, b = _peak(lambda mu: profile(mu)[0], mus, heights)
    lrt = max(0.0, 2 * (ll - profile(0.0)[0]))
    floor = ll - 0.5 * float(chi2_quantile(level / 100.0, 1))
    bounds = [_crossing(lambda mu: profile(mu)[0] - floor, b, float(end)) for end in (mus[0], mus[-1])]
    lower, upper = (None if bound is None else sign * bound for bound in bounds[:: int(sign)])
    return PUniformStar(
        alternative=alternative,
        k_significant=int(significant.sum()),
        b=sign * b,
        LRT=lrt,
        pval=float(upper_chi2(lrt, 1)),
        ci_lb=lower,
        ci_ub=upper,
        tau2=profile(b)[1],
        ll=ll,
    )


def _peak(height: Callable[[float], float], grid: Array, heights: Array) -> tuple[float, float]:
    """(height, place) of the highest point near that of the grid, by golden sections between its neighbours."""
    best = int(np.argmax(heights))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, grid.size - 1)])
    inner = [high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)]
    values = [height(inner[0]), height(inner[1])]
    for _ in range(45):
        if values[0] >= values[1]:
            high, inner[1], values[1] = inner[1], inner[0], values[0]
            inner[0] = high - _GOLDEN * (high - low)
            values[0] = height(inner[0])
        else:
            low, inner[0], values[0] = inner[0], inner[1], values[1]
            inner[1] = low + _GOLDEN * (high - low)
            values[1] = height(inner[1])
    place = 0.5 * (low + high)
    # An optimum at the edge itself, tau2 = 0, is only neared by sections.
    edge = float(grid[best])
    found = [(height(place), place), (float(heights[best]), edge)]
    return max(found, key=lambda pair: pair[0])


def _crossing(above: Callable[[float], float], inside: float, outside: float) -> float | None:
    """Where `above` falls to zero between `inside` and `outside`; None where it does not."""
    if above(outside) >= 0:
        return None
    for _ in range(45):
        middle = 0.5 * (inside + outside)
        inside, outside = (middle, outside) if above(middle) >= 0 else (inside, middle)
    return 0.5 * (inside + outside)
