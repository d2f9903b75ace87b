"""Mean and SD from a median with quartiles or extremes, by the distribution that comes nearest to them.

The quantile estimation method of McGrath, Zhao, Steele, Thombs, Benedetti et al. (2020), Stat Methods Med Res 29:2520,
for outcomes that are not normal: each family of distributions is fitted to the given quantiles by least squares, and the
mean and SD are those of the family with the smallest distance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from prismake.synthesis.effect_sizes.numeric import Array
from prismake.synthesis.effect_sizes.quantiles import Quantiles

_FAR = 1e6  # in SDs: as far as a trial of the search counts


@dataclass(frozen=True)
class Fit:
    """The nearest distribution: its family, its mean and SD, and the sum of squared distances of the quantiles."""

    family: str
    mean: float
    sd: float
    distance: float


@dataclass(frozen=True)
class _Family:
    name: str
    inside: Callable[[Array], bool]  # can the family have these values?
    start: Callable[[float, float], tuple[float, float]]  # from a rough mean and SD
    quantile: Callable[[float, float, Array], Array]
    moments: Callable[[float, float], tuple[float, float]]


def quantile_estimation(given: Quantiles) -> Fit | None:
    """The distribution nearest to the median with both quartiles, both extremes, or all four; None without a pair.

    The extremes of n values stand for the quantiles 1/n and 1 - 1/n. Candidates are the normal, and for positive values
    the log-normal, gamma and Weibull distributions, for values between 0 and 1 the beta distribution too. One whose mean
    or SD no sample with these extremes can have is left out; None where that leaves none.
    """
    n, quartiles, extremes = given.n, given.quartiles, given.extremes
    if given.median is None or not given.ordered:
        return None
    points = {0.5: given.median}
    if quartiles:
        points |= dict(zip((0.25, 0.75), quartiles, strict=True))
    if extremes and n > 2:
        points |= dict(zip((1 / n, 1 - 1 / n), extremes, strict=True))
    if len(points) < 3:
        return None
    shares = np.array(sorted(points))
    values = np.array([points[p] for p in shares])
    if np.any(np.diff(values) < 0):  # the extremes of three people are no quantiles beyond the quartiles
        return None
    fits = [_fitted(family, shares, values) for family in _families() if family.inside(values)]
    possible = (fit for fit in fits if fit and given.allow(fit.mean, fit.sd))
    return min(possible, key=lambda fit: fit.distance, default=None)


def _fitted(family: _Family, shares: Array, values: Array) -> Fit | None:
    """The family's best fit; None where the search fails or the family's moments are beyond all numbers."""
    from scipy.optimize import least_squares
    from scipy.special import ndtri

    middle = float(np.median(values))
    scale = float((values[-1] - values[0]) / (ndtri(shares[-1]) - ndtri(shares[0])))

    def residuals(parameters: Array) -> Array:
        found = (family.quantile(*parameters, shares) - values) / scale
        return np.clip(np.nan_to_num(found, nan=_FAR), -_FAR, _FAR)

    with np.errstate(all="ignore"):
        try:
            best = least_squares(residuals, family.start(middle, scale), xtol=1e-12, ftol=1e-12, gtol=1e-12)
            mean, sd = family.moments(*best.x)
        except (ValueError, OverflowError, ZeroDivisionError):
            return None
    if not (math.isfinite(mean) and math.isfinite(sd) and sd > 0):
        return None
    return Fit(family.name, mean, sd, float(2 * best.cost * scale**2))


def _families() -> tuple[_Family, ...]:
    """The candidates; parameters that must be positive are kept as logs."""
    from scipy.special import betaincinv, gamma, gammaincinv, ndtri

    def anything(values: Array) -> bool:
        del values
        return True

    def positive(values: Array) -> bool:
        return bool(values[0] > 0)

    def shares(values: Array) -> bool:
        return bool(values[0] > 0 and values[-1] < 1)

    def lognormal(a: float, b: float) -> tuple[float, float]:
        s2 = math.exp(2 * b)
        mean = math.exp(a + s2 / 2)
        return mean, mean * math.sqrt(math.expm1(s2))

    def weibull(a: float, b: float) -> tuple[float, float]:
        first, second = float(gamma(1 + math.exp(-a))), float(gamma(1 + 2 * math.exp(-a)))
        return math.exp(b) * first, math.exp(b) * math.sqrt(second - first**2)

    def beta(a: float, b: float) -> tuple[float, float]:
        p, q = math.exp(a), math.exp(b)
        return p / (p + q), math.sqrt(p * q / (p + q + 1)) / (p + q)

    def beta_start(m: float, s: float) -> tuple[float, float]:
        weight = max(m * (1 - m) / s**2 - 1, 0.1)
        return math.log(m * weight), math.log((1 - m) * weight)

    return (
        _Family(
            "normal",
            anything,
            lambda m, s: (m, math.log(s)),
            lambda a, b, p: a + np.exp(b) * ndtri(p),
            lambda a, b: (a, math.exp(b)),
        ),
        _Family(
            "log-normal",
            positive,
            lambda m, s: (math.log(m), math.log(s / m)),
            lambda a, b, p: np.exp(a + np.exp(b) * ndtri(p)),
            lognormal,
        ),
        _Family(
            "gamma",
            positive,
            lambda m, s: (2 * math.log(m / s), math.log(s * s / m)),
            lambda a, b, p: np.exp(b) * gammaincinv(np.exp(a), p),
            lambda a, b: (math.exp(a + b), math.exp(a / 2 + b)),
        ),
        _Family(
            "Weibull",
            positive,
            lambda m, s: (math.log(1.2 * m / s), math.log(m)),
            lambda a, b, p: np.exp(b) * (-np.log1p(-p)) ** np.exp(-a),
            weibull,
        ),
        _Family(
            "beta",
            shares,
            beta_start,
            lambda a, b, p: betaincinv(np.exp(a), np.exp(b), p),
            beta,
        ),
    )
