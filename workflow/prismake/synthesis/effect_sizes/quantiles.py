"""Mean and SD from medians, quartiles and ranges, by the published estimators."""

from __future__ import annotations

import math

from prismake.synthesis.effect_sizes.numeric import norm_ppf


def mean_from_quantiles(
    n: float,
    *,
    median: float,
    q1: float | None = None,
    q3: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> float:
    """Mean of a roughly normal sample from its median with quartiles, range, or both.

    Luo, Wan, Liu & Tong (2018), Stat Methods Med Res 27:1785, eqs. 7 (range), 11 (quartiles) and 15 (both). NaN if
    neither both quartiles nor both extremes are given.
    """
    quartiles = None if q1 is None or q3 is None else (q1 + q3) / 2
    extremes = None if low is None or high is None else (low + high) / 2
    if quartiles is not None and extremes is not None:
        w1 = 2.2 / (2.2 + n**0.75)
        w2 = 0.7 - 0.72 / n**0.55
        return w1 * extremes + w2 * quartiles + (1 - w1 - w2) * median
    if extremes is not None:
        w = 4 / (4 + n**0.75)
        return w * extremes + (1 - w) * median
    if quartiles is not None:
        w = 0.7 + 0.39 / n
        return w * quartiles + (1 - w) * median
    return math.nan


def sd_from_quantiles(
    n: float,
    *,
    q1: float | None = None,
    q3: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> float:
    """SD from quartiles, range, or both.

    Wan, Wang, Liu & Tong (2014), BMC Med Res Methodol 14:135, eqs. 9 (range) and 16 (quartiles); both: Shi, Luo, Weng
    et al. (2020), Res Synth Methods 11:641, eq. 11. NaN if neither pair is given.
    """
    by_range = None if low is None or high is None else (high - low) / expected_range(n)
    by_quartiles = None if q1 is None or q3 is None else (q3 - q1) / expected_iqr(n)
    if by_range is not None and by_quartiles is not None:
        w = 1 / (1 + 0.07 * n**0.6)
        return w * by_range + (1 - w) * by_quartiles
    if by_range is not None:
        return by_range
    return math.nan if by_quartiles is None else by_quartiles


def sd_from_iqr(iqr: float, n: float) -> float:
    """SD from the width of the interquartile range alone (Wan et al., 2014, eq. 16)."""
    return iqr / expected_iqr(n)


def hozo(n: float, *, median: float, low: float, high: float) -> tuple[float, float]:
    """Mean and SD from median and range, whatever the distribution.

    Hozo, Djulbegovic & Hozo (2005), BMC Med Res Methodol 5:13: up to 25 people the mean is (low + 2 median + high) / 4,
    above it the median; the SD is their inequality's for up to 15, the range / 4 for up to 70, and the range / 6 above.
    """
    mean = (low + 2 * median + high) / 4 if n <= 25 else median
    if n <= 15:
        return mean, math.sqrt(((low - 2 * median + high) ** 2 / 4 + (high - low) ** 2) / 12)
    return mean, (high - low) / (4 if n <= 70 else 6)


def expected_range(n: float) -> float:
    """Approximate expected range of n standard normals (Blom): twice the quantile at (n - .375) / (n + .25)."""
    return float(2 * norm_ppf((n - 0.375) / (n + 0.25))[0])


def expected_iqr(n: float) -> float:
    """Approximate expected interquartile range of n standard normals."""
    return float(2 * norm_ppf((0.75 * n - 0.125) / (n + 0.25))[0])


def skewed(
    n: float,
    median: float,
    *,
    q1: float | None = None,
    q3: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> bool | None:
    """Are median and quantiles too asymmetric for the estimators, at the 5 percent level? None if it cannot be told.

    Shi, Luo, Wan, Liu & Tong (2023), Stat Med 42:2479: critical values 1.01 / ln(n + 9) + 2.43 / (n + 1) for the range,
    2.66 / sqrt(n) - 5.92 / n^2 for the quartiles.
    """
    if low is not None and high is not None and high > low:
        t = abs(low + high - 2 * median) / (high - low)
        return t > 1.01 / math.log(n + 9) + 2.43 / (n + 1)
    if q1 is not None and q3 is not None and q3 > q1:
        t = abs(q1 + q3 - 2 * median) / (q3 - q1)
        return t > 2.66 / math.sqrt(n) - 5.92 / n**2
    return None
