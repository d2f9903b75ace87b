"""Power of the test of a mean effect, of moderators and of homogeneity, before and after the studies are known.

Hedges & Pigott 2001, Psychol. Methods 6:203 (means, homogeneity); 2004, 9:426 (moderators); Valentine, Pigott &
Rothstein 2010, J. Educ. Behav. Stat. 35:215. All are powers of z or chi-squared tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chndtr, ndtr, ndtri

from prismake.synthesis.distributions import chi2_quantile, critical
from prismake.synthesis.quadratic_form import weighted_chi2_cdf

Array = NDArray[np.float64]

HETEROGENEITY = {"none": 0.0, "low": 1.0 / 3.0, "moderate": 2.0 / 3.0, "high": 1.0}
"""tau2 as a share of the typical sampling variance (Hedges & Pigott 2001, p. 211 ff.): I2 = 0, 25, 40 and 50 %."""


@dataclass(frozen=True)
class MeanPower:
    """The power of one test of a mean: its standard error, the power, the smallest effect found with the power asked."""

    se: float
    power: float
    detectable: float


def power_of_z(effect: ArrayLike, se: ArrayLike, level: float = 95.0) -> Array:
    """Power of a two-sided z test of an effect with this standard error."""
    shift = np.asarray(effect, dtype=float) / np.asarray(se, dtype=float)
    limit = float(critical(level))
    return ndtr(shift - limit) + ndtr(-shift - limit)


def detectable_effect(se: float, power: float = 0.8, level: float = 95.0) -> float:
    """The smallest positive effect that a two-sided z test finds with this power."""
    _check_power(power, level)
    low, high = 0.0, (float(critical(level)) + float(ndtri(power))) * se
    for _ in range(200):  # the other tail makes the sum of quantiles an upper bound, hardly above the solution
        middle = (low + high) / 2.0
        low, high = (middle, high) if float(power_of_z(middle, se, level)) < power else (low, middle)
    return high


def variance_of_smd(d: float, n1: float, n2: float) -> float:
    """The sampling variance of a standardised mean difference of groups of n1 and n2 (Hedges & Olkin 1985)."""
    return (n1 + n2) / (n1 * n2) + d**2 / (2.0 * (n1 + n2))


def power_of_mean(
    effect: float, vi: ArrayLike, tau2: float = 0.0, *, power: float = 0.8, level: float = 95.0
) -> MeanPower:
    """Power of the test of a weighted mean of studies with variances vi and the between-study variance tau2."""
    se = float(1.0 / np.sqrt(np.sum(1.0 / (np.asarray(vi, dtype=float) + tau2))))
    return MeanPower(se, float(power_of_z(effect, se, level)), detectable_effect(se, power, level))


def studies_needed(
    effect: float, variance: float, tau2: float = 0.0, *, power: float = 0.8, level: float = 95.0
) -> int:
    """The smallest number of studies of one size that give this power. Raises ValueError for an effect of 0."""
    _check_power(power, level)
    if effect == 0:
        raise ValueError("an effect of 0 is never found with any power above alpha")
    k = max(1, int(((float(critical(level)) + float(ndtri(power))) / effect) ** 2 * (variance + tau2)) - 1)
    while float(power_of_z(effect, np.sqrt((variance + tau2) / k), level)) < power:
        k += 1
    while k > 1 and float(power_of_z(effect, np.sqrt((variance + tau2) / (k - 1)), level)) >= power:
        k -= 1
    return k


def power_of_difference(means: ArrayLike, ses: ArrayLike, level: float = 95.0) -> float:
    """Power of the between-groups test Q_B for groups whose mean effects and their standard errors are given.

    Q_B is noncentral chi-squared with groups - 1 degrees of freedom (Hedges & Pigott 2004, p. 430).
    """
    mean, weight = np.asarray(means, dtype=float), 1.0 / np.asarray(ses, dtype=float) ** 2
    centre = np.average(mean, weights=weight)
    return _power_of_chi2(float((weight * (mean - centre) ** 2).sum()), mean.size - 1, level)


def power_of_homogeneity(vi: ArrayLike, tau2: float, level: float = 95.0) -> float:
    """Power of Cochran's Q where effects vary by tau2.

    Q is a weighted sum of chi-squared variables, the weights the eigenvalues of S^1/2 P S^1/2 with P the projection
    of the fixed-effect weights and S = diag(vi + tau2): the exact distribution (Jackson 2006, Stat. Med. 25:2688, is
    the case that Hedges & Pigott approximate by a gamma).
    """
    v = np.asarray(vi, dtype=float)
    w = 1.0 / v
    root = np.sqrt(v + tau2)
    projected = np.diag(w) - np.outer(w, w) / w.sum()
    weights = np.linalg.eigvalsh(root[:, None] * projected * root[None, :])[1:]
    return 1.0 - weighted_chi2_cdf(float(chi2_quantile(level / 100.0, v.size - 1)), weights)


def _power_of_chi2(noncentrality: float, df: int, level: float) -> float:
    limit = float(chi2_quantile(level / 100.0, df))
    return 1.0 - float(chndtr(limit, df, noncentrality))


def _check_power(power: float, level: float) -> None:
    if not 1.0 - level / 100.0 < power < 1.0:
        raise ValueError(f"a power lies between alpha and 1, not {power:g}")
