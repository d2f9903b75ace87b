"""p-uniform: the effect at which the significant results' p-values, given that they are significant, are uniform.

van Assen, van Aert & Wicherts (2015), Psychol. Methods 20:293-309, by the sum of the conditional p-values, whose
distribution is Irwin and Hall's. One true effect is assumed; p-uniform* (puniform_star.py) lets effects vary and uses
every result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from prismake.synthesis.distributions import upper_normal
from prismake.synthesis.model import NotEstimable, fit

Array = NDArray[np.float64]

SIGNIFICANT = 0.025


@dataclass(frozen=True)
class PUniform:
    """The estimate with its interval (a bound is None where it lies too far out), z of the test that the effect is zero
    with its one-sided p, and z of the test of publication bias (that the p-values are not uniform at the equal-effects
    estimate) with its one-sided p. k_significant results, one-sided p < .025, were used.
    """

    alternative: str
    k_significant: int
    b: float
    ci_lb: float | None
    ci_ub: float | None
    zval: float
    pval: float
    bias_z: float
    bias_p: float


def p_uniform(yi: ArrayLike, vi: ArrayLike, *, alternative: str = "auto", level: float = 95.0) -> PUniform:
    """Fit p-uniform; alternative is greater, less, or auto, the direction of the equal-effects estimate.

    Raises NotEstimable where no result is significant in that direction, or the p-values are uniform nowhere.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if alternative not in ("auto", "greater", "less"):
        raise ValueError(f"unknown alternative {alternative!r}; known: auto, greater, less")
    if y.size == 0:
        raise NotEstimable("there are no effects")
    pooled = float(fit(y, v, method="EE").b[0])
    if alternative == "auto":
        alternative = "less" if pooled < 0 else "greater"
    sign = -1.0 if alternative == "less" else 1.0
    threshold = float(-special.ndtri(SIGNIFICANT))
    used = sign * y > threshold * np.sqrt(v)
    effects, sei = sign * y[used], np.sqrt(v[used])
    k = effects.size
    if k == 0:
        raise NotEstimable("no result is significant in the direction of the pooled effect")

    total = partial(conditional_sum, effects=effects, sei=sei)
    low, high = irwin_hall_quantile((1 - level / 100) / 2, k), irwin_hall_quantile((1 + level / 100) / 2, k)
    reach = (float(effects.min()), float(effects.max()), float(sei.max()))
    estimate, lower, upper = (_solve(total, goal, *reach) for goal in (k / 2, low, high))
    if estimate is None:
        raise NotEstimable("the p-values of the significant results are uniform for no effect")
    spread = math.sqrt(k / 12)
    z, bias = (total(0.0) - k / 2) / spread, (total(sign * pooled) - k / 2) / spread
    bounds = [None if bound is None else sign * bound for bound in (lower, upper)][:: int(sign)]
    return PUniform(
        alternative=alternative,
        k_significant=k,
        b=sign * estimate,
        ci_lb=bounds[0],
        ci_ub=bounds[1],
        zval=z,
        pval=float(upper_normal(-z)),
        bias_z=bias,
        bias_p=float(upper_normal(bias)),
    )


def irwin_hall_quantile(share: float, n: int) -> float:
    """The quantile of a sum of n independent uniform variables; the alternating sum is taken in decimals that hold it.

    From 60 variables on the normal approximation with Cornish and Fisher's correction is used, which there is good to
    1e-8 of a standard deviation.
    """
    if n >= 60:
        z, kurtosis, sixth = float(special.ndtri(share)), -1.2 / n, 48.0 / 7.0 / n**2
        first = kurtosis * (z**3 - 3 * z) / 24
        second = sixth * (z**5 - 10 * z**3 + 15 * z) / 720
        third = -(kurtosis**2) * (3 * z**5 - 24 * z**3 + 29 * z) / 384
        return n / 2 + math.sqrt(n / 12) * (z + first + second + third)
    low, high = 0.0, float(n)
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _irwin_hall_cdf(middle, n) < share else (low, middle)
    return 0.5 * (low + high)


def _irwin_hall_cdf(x: float, n: int) -> Decimal:
    with localcontext() as context:
        context.prec = 40 + n
        terms = [(-1) ** j * math.comb(n, j) * (Decimal(x) - j) ** n for j in range(int(x) + 1)]
        return sum(terms, Decimal(0)) / math.factorial(n)


def conditional_sum(mu: float, effects: Array, sei: Array) -> float:
    """Sum of the p-values of significant effects given that they are, which rises with the effect assumed."""
    threshold = float(-special.ndtri(SIGNIFICANT))
    return float(np.exp(special.log_ndtr((mu - effects) / sei) - special.log_ndtr(mu / sei - threshold)).sum())


def _solve(total: Callable[[float], float], goal: float, low: float, high: float, width: float) -> float | None:
    """Where the rising function passes the goal; None where it does not within ten thousand standard errors."""
    for _ in range(14):
        low, high, width = low - width, high + width, 2 * width
        if total(low) < goal < total(high):
            break
    else:
        return None
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if total(middle) < goal else (low, middle)
    return 0.5 * (low + high)
