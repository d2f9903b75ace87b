"""Test of excess significance: are there more significant results than the studies' power would give?

Ioannidis & Trikalinos (2007), Clin. Trials 4:245-253, in the chi-squared form of metafor's `tes`, with power for the
equal-effects estimate and one-sided tests in its direction; and exactly, by the distribution of the number of
significant results (a sum of independent trials, each with the power of its study).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from prismake.synthesis.distributions import upper_normal
from prismake.synthesis.model import NotEstimable, fit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Excess:
    """Observed and expected numbers of significant results, their ratio, chi-squared (df 1) with its one-sided p, and
    the exact probability of at least so many.

    theta is the assumed true effect, `limit` the smallest one that would leave no significant excess, None where even
    an effect of zero leaves none.
    """

    theta: float
    observed: int
    expected: float
    ratio: float
    chi2: float
    p: float
    p_exact: float
    limit: float | None
    power: Array


def excess_significance(yi: ArrayLike, vi: ArrayLike, *, alpha: float = 0.05, limit_alpha: float = 0.10) -> Excess:
    """Test for an excess of results significant at one-sided `alpha`.

    Raises NotEstimable without effects, or where every study has full power or none.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.size < 2:
        raise NotEstimable("the test of excess significance needs at least two effects")
    theta = float(fit(y, v, method="EE").b[0])
    sign, sei = (-1.0 if theta < 0 else 1.0), np.sqrt(v)
    threshold = float(special.ndtri(1.0 - alpha))
    observed = int((sign * y / sei >= threshold).sum())
    power = _power(abs(theta), sei, threshold)
    expected = float(power.sum())
    if not 0 < expected < y.size * (1 - 1e-12):
        raise NotEstimable("every study has full power for the pooled effect, so no excess can be seen")
    chi2, p = _test(observed, expected, y.size)
    limit = _limit(observed, sei, threshold, limit_alpha)
    return Excess(
        theta, observed, expected, observed / expected, chi2, p, _at_least(observed, power),
        None if limit is None else sign * limit, power,
    )  # fmt: skip


def _power(theta: float, sei: Array, threshold: float) -> Array:
    return upper_normal(threshold - theta / sei)


def _test(observed: int, expected: float, k: int) -> tuple[float, float]:
    """Chi-squared and its one-sided p: small for more significant results than expected."""
    chi2 = (observed - expected) ** 2 * (1.0 / expected + 1.0 / (k - expected))
    return chi2, float(upper_normal(np.sign(observed - expected) * np.sqrt(chi2)))


def _at_least(observed: int, power: Array) -> float:
    """P of at least `observed` successes in trials of these probabilities, one trial added after the other."""
    chances = np.ones(1)
    for one in power:
        chances = np.convolve(chances, [1.0 - one, one])
    return float(min(1.0, chances[observed:].sum()))


def _limit(observed: int, sei: Array, threshold: float, alpha: float) -> float | None:
    """The size of the effect at which p is `alpha`: p rises with it, since the expected number does."""
    k = sei.size

    def p(theta: float) -> float:
        expected = float(_power(theta, sei, threshold).sum())
        return 1.0 if expected >= k else _test(observed, expected, k)[1]

    if p(0.0) >= alpha:
        return None
    low, high = 0.0, float(sei.max())
    while p(high) < alpha:
        low, high = high, 2.0 * high
        if high > 1e3 * sei.max():
            return None
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if p(middle) < alpha else (low, middle)
    return 0.5 * (low + high)
