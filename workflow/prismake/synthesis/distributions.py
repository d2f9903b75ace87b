"""Tails and quantiles of the normal, t, chi-squared and F distributions on scipy.special alone.

`scipy.stats` takes 0.8 s to import, which every script of the workflow would pay; these wrap the same special
functions. Everything is elementwise on arrays; infinitely many degrees of
freedom are a normal, and those that are not positive give NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Array = NDArray[np.float64]


def two_sided_p(statistic: ArrayLike, df: ArrayLike | None = None) -> Array:
    """P(|Z| >= |statistic|) for a standard normal (`df` None) or a t with `df` degrees of freedom."""
    size = np.abs(np.asarray(statistic, dtype=float))
    if df is None:
        return special.erfc(size / np.sqrt(2.0))
    nu = np.asarray(df, dtype=float)
    if np.isinf(nu).any():
        return np.where(
            np.isinf(nu), special.erfc(size / np.sqrt(2.0)), two_sided_p(size, np.where(np.isinf(nu), 1.0, nu))
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        # The regularised incomplete beta keeps full relative precision far into the tail, 1 - cdf would not.
        p = special.betainc(nu / 2.0, 0.5, nu / (nu + size**2))
    return np.where(nu > 0, p, np.nan)


def upper_normal(z: ArrayLike) -> Array:
    """P(Z >= z) of a standard normal."""
    return special.ndtr(-np.asarray(z, dtype=float))


def upper_chi2(statistic: ArrayLike, df: ArrayLike) -> Array:
    """P(X >= statistic) of a chi-squared with `df` degrees of freedom."""
    nu = np.asarray(df, dtype=float)
    return np.where(nu > 0, special.chdtrc(np.where(nu > 0, nu, 1.0), statistic), np.nan)


def upper_f(statistic: ArrayLike, df1: ArrayLike, df2: ArrayLike) -> Array:
    """P(F >= statistic) with `df1` and `df2` degrees of freedom."""
    x, a, b = (np.asarray(value, dtype=float) for value in (statistic, df1, df2))
    with np.errstate(invalid="ignore", divide="ignore"):
        p = special.betainc(b / 2.0, a / 2.0, b / (b + a * x))
    return np.where((a > 0) & (b > 0), p, np.nan)


def critical(level: float, df: ArrayLike | None = None) -> Array:
    """The two-sided critical value of a confidence level in percent: 1.96 for 95 and a normal."""
    upper = 1.0 - (1.0 - level / 100.0) / 2.0
    if df is None:
        return np.asarray(special.ndtri(upper))
    nu = np.asarray(df, dtype=float)
    if np.isinf(nu).any():
        return np.where(np.isinf(nu), special.ndtri(upper), critical(level, np.where(np.isinf(nu), 1.0, nu)))
    # stdtrit is good to 1e-10 only for small df; one Newton step on the tail makes it good to rounding.
    safe = np.where(nu > 0, nu, 1.0)
    t = special.stdtrit(safe, upper)
    for _ in range(2):
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            excess = special.betainc(safe / 2.0, 0.5, safe / (safe + t**2)) / 2.0 - (1.0 - upper)
            better = t + excess / _t_density(t, safe)
        # With a fraction of a degree of freedom the quantile is so far out that its square runs over.
        t = np.where(np.isfinite(better), better, t)
    return np.where(nu > 0, t, np.nan)


def chi2_quantile(lower: ArrayLike, df: ArrayLike) -> Array:
    """The x with P(X <= x) = `lower` for a chi-squared with `df` degrees of freedom."""
    nu = np.asarray(df, dtype=float)
    return np.where(nu > 0, 2.0 * special.gammaincinv(np.where(nu > 0, nu, 1.0) / 2.0, lower), np.nan)


def _t_density(t: Array, nu: Array) -> Array:
    log_constant = special.gammaln((nu + 1) / 2) - special.gammaln(nu / 2) - 0.5 * np.log(nu * np.pi)
    return np.exp(log_constant - (nu + 1) / 2 * np.log1p(t**2 / nu))
