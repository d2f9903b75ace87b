"""The few special functions that effect sizes need, by name and with their limits.

`math.lgamma` is used through numpy rather than scipy, because importing scipy.special costs 0.3 s and most effect
sizes need nothing else of it.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Correction = Literal["exact", "approximate", "none"]

# From here on the series is more exact than the difference of two large log-gammas: its next term is below 1e-17.
_SERIES_FROM = 64.0
# Of 1/m, 1/m^2 and so on: the ratio of gammas expanded for large m (Tricomi & Erdelyi, 1951).
_SERIES = (
    -3 / 4, -7 / 32, -9 / 128, 59 / 2048, 483 / 8192, -2323 / 65536, -42801 / 262144, 923923 / 8388608, 30055311 / 33554432,
)  # fmt: skip


def numbers(values: ArrayLike) -> Array:
    """`values` as a float array of at least one dimension, None as NaN."""
    return np.atleast_1d(np.asarray(values, dtype=float))


def small_sample_correction(df: ArrayLike, method: Correction = "exact") -> Array:
    """Hedges' (1981) factor J(df) that removes the bias of a standardized mean difference.

    `exact`: gamma(df/2) / (sqrt(df/2) gamma((df-1)/2)), Hedges (1981), eq. 6e. `approximate`: 1 - 3/(4 df - 1), his
    eq. 6f, which RevMan, Comprehensive Meta-Analysis and metapsyTools use. `none`: 1. NaN where df <= 1 (exact).
    """
    m = numbers(df)
    if method == "none":
        return np.ones_like(m)
    if method == "approximate":
        return 1.0 - 3.0 / (4.0 * m - 1.0)
    if method != "exact":
        raise ValueError(f"unknown small-sample correction {method!r}: exact, approximate or none")
    return np.array([_exact_correction(float(x)) for x in m])


def _exact_correction(m: float) -> float:
    if not m > 1.0:
        return math.nan
    if m < _SERIES_FROM:
        return math.exp(math.lgamma(m / 2) - math.lgamma((m - 1) / 2) - 0.5 * math.log(m / 2))
    return 1.0 + sum(c / m**i for i, c in enumerate(_SERIES, 1))


def norm_pdf(x: ArrayLike) -> Array:
    """Density of the standard normal."""
    z = numbers(x)
    return np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)


def norm_cdf(x: ArrayLike) -> Array:
    """Distribution function of the standard normal."""
    from scipy.special import ndtr

    return numbers(ndtr(numbers(x)))


def norm_ppf(p: ArrayLike) -> Array:
    """Quantile of the standard normal."""
    from scipy.special import ndtri

    return numbers(ndtri(numbers(p)))


def t_from_two_sided_p(p: ArrayLike, df: ArrayLike) -> Array:
    """The t whose two-sided p is |p|; a negative p gives a negative t. NaN where |p| > 1 or df < 1."""
    from scipy.special import stdtrit

    p_, df_ = np.broadcast_arrays(numbers(p), numbers(df))
    legal = (np.abs(p_) <= 1) & (df_ >= 1)
    with np.errstate(all="ignore"):
        t = -stdtrit(np.where(legal, df_, np.nan), np.abs(p_) / 2)
    return np.where(legal, np.sign(p_) * t, np.nan)


def two_sided_p_of_t(t: ArrayLike, df: ArrayLike) -> Array:
    """Two-sided p of a t statistic."""
    from scipy.special import stdtr

    return numbers(2 * stdtr(numbers(df), -np.abs(numbers(t))))


def two_sided_p_of_z(z: ArrayLike) -> Array:
    """Two-sided p of a z statistic."""
    return 2 * norm_cdf(-np.abs(numbers(z)))


def weighted_mean(values: Array, weights: Array) -> float:
    """Mean of the values weighted by `weights`, over the pairs where both are known; NaN if there is none."""
    known = ~(np.isnan(values) | np.isnan(weights))
    total = float(np.sum(weights[known]))
    return float(np.sum(values[known] * weights[known]) / total) if total else math.nan


def hypergeometric(a: float, b: float, c: Array, x: Array) -> Array:
    """Gauss' 2F1(a, b; c; x) for 0 <= x <= 1, NaN where c <= a + b (it diverges at x = 1).

    scipy's routine fails near x = 1 for large c, so Euler's form (1-x)^(c-a-b) 2F1(c-a, c-b; c; x) is not used either:
    the series itself converges there, its terms falling as n^(a+b-c-1).
    """
    return np.array([_series(a, b, float(ci), float(xi)) for ci, xi in zip(c, x, strict=True)])


def _series(a: float, b: float, c: float, x: float) -> float:
    if not c > a + b or math.isnan(x):
        return math.nan
    if c < 6:  # few terms do not suffice; scipy is exact for small c
        from scipy.special import hyp2f1

        return float(hyp2f1(a, b, c, x))
    total = term = 1.0
    for n in range(100_000):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * x
        total += term
        if term < 1e-17 * total:
            break
    return total
