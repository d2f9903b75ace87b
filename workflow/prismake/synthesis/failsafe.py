"""Fail-safe N: how many unpublished studies without an effect would undo the result.

Rosenthal (1979, Psychol. Bull. 86:638-641) adds up z values; Orwin (1983, J. Educ. Stat. 8:157-159) asks for an average
below a target; Rosenberg (2005, Evolution 59:464-468) keeps the equal-effects weights; the general method adds studies
under the random-effects model, whose tau2 then grows as the two groups of studies drift apart (as the documentation of
metafor's `fsn`, type General, describes it). All of them answer a question that has little bearing on bias (Becker 2005,
in Rothstein, Sutton & Borenstein, Publication Bias in Meta-Analysis, ch. 7), which is why a result carries that caution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from prismake.synthesis.distributions import two_sided_p, upper_normal
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.tau2 import EQUAL

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FailSafe:
    """The number, the p value (None for Orwin) and the average (None for Rosenthal) of the observed effects.

    target: the average to reach, Orwin only. `number` is None where no number of studies would do it.
    """

    type: str
    number: int | None
    p: float | None
    estimate: float | None
    target: float | None = None


def _up(value: float) -> int:
    """The next whole number, forgiving rounding error just above one."""
    nearest = round(value)
    return max(0, nearest if abs(value - nearest) < 1e-8 else math.ceil(value))


def rosenthal(yi: ArrayLike, vi: ArrayLike, alpha: float = 0.05) -> FailSafe:
    """Studies with z = 0 that bring the Stouffer sum of z values to one-sided p = alpha."""
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    z = float((y / np.sqrt(v)).sum() / np.sqrt(y.size))
    return FailSafe("Rosenthal", _up(y.size * (z / ndtri(1 - alpha)) ** 2 - y.size), float(upper_normal(abs(z))), None)


def orwin(yi: ArrayLike, vi: ArrayLike | None = None, target: float | None = None) -> FailSafe:
    """Studies with an effect of 0 that bring the average (weighted by 1/vi where vi is given) to `target`, by
    default half of it.
    """
    y = np.asarray(yi, dtype=float)
    weights = None if vi is None else 1.0 / np.asarray(vi, dtype=float)
    average = float(np.average(y, weights=weights))
    goal = average / 2.0 if target is None else float(target)
    if goal == 0:
        return FailSafe("Orwin", None, None, average, goal)
    beyond = abs(average) > abs(goal) and average * goal > 0
    return FailSafe("Orwin", _up(y.size * (average - goal) / goal) if beyond else 0, None, average, goal)


def rosenberg(yi: ArrayLike, vi: ArrayLike, alpha: float = 0.05) -> FailSafe:
    """Studies with an effect of 0 and the average weight that bring the equal-effects model to two-sided p = alpha."""
    fitted = fit(yi, vi, method="EE")
    k, z = int(fitted.k), float(fitted.statistic[0])
    number = _up(k * (z / ndtri(1 - alpha / 2)) ** 2 - k)
    return FailSafe("Rosenberg", number, float(fitted.pval[0]), float(fitted.b[0]))


def general(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    alpha: float = 0.05,
    method: str = "REML",
    test: str = "z",
    tau2: float | None = None,
    most: int = 10**7,
) -> FailSafe:
    """Studies that average 0 and bring the random-effects model to two-sided p > alpha.

    Those added have the harmonic mean of the sampling variances and the same tau2 around 0 as the observed have around
    their mean; the tau2 of all is that of the two groups together. tau2: fix that of the observed instead of
    estimating it. Raises NotEstimable when the model of the observed cannot be fitted.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    fitted = fit(y, v, method=method, test=test, tau2=tau2)
    estimate, p = float(fitted.b[0]), float(fitted.pval[0])
    if p >= alpha:
        return FailSafe("General", 0, p, estimate)
    drawer_v = 1.0 / float(np.mean(1.0 / v))

    def p_with(n: int) -> float:
        between = 0.0 if method in EQUAL else _tau2_of_both(y.size, n, estimate, float(fitted.tau2))
        w = 1.0 / (v + between)
        total = float(w.sum()) + n / (drawer_v + between)
        return float(two_sided_p(float((w * y).sum()) / math.sqrt(total)))

    high = 1
    while p_with(high) < alpha:
        high *= 2
        if high > most:
            raise NotEstimable(f"more than {most} studies would be needed")
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if p_with(middle) < alpha else (low, middle)
    return FailSafe("General", high, p, estimate)


def _tau2_of_both(k: int, n: int, mean: float, tau2: float) -> float:
    """Variance of k true effects around `mean` and n around 0, each group's own variance being tau2."""
    together = k * mean / (k + n)
    between = k * (mean - together) ** 2 + n * together**2
    return ((k - 1) * tau2 + max(0, n - 1) * tau2 + between) / (k + n - 1)
