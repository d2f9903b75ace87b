"""Mean and SD from medians, quartiles and ranges, by the published estimators."""

from __future__ import annotations

import math
from dataclasses import dataclass

from prismake.synthesis.effect_sizes.numeric import norm_ppf


@dataclass(frozen=True)
class Quantiles:
    """What a report gives of an arm of `n` people: its median, both quartiles, both extremes, or some of them."""

    n: float
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def quartiles(self) -> tuple[float, float] | None:
        """Both quartiles, or None."""
        return None if self.q1 is None or self.q3 is None else (self.q1, self.q3)

    @property
    def extremes(self) -> tuple[float, float] | None:
        """Minimum and maximum, or None."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def ordered(self) -> bool:
        """Do the given quantiles rise, with some distance between the first and the last?"""
        given = [v for v in (self.low, self.q1, self.median, self.q3, self.high) if v is not None]
        return given == sorted(given) and len(given) > 1 and given[0] < given[-1]

    def allow(self, mean: float, sd: float) -> bool:
        """Can n values between these extremes have this mean and SD? At most half of them lie at each end."""
        if self.extremes is None:
            return True
        low, high = self.extremes
        return low <= mean <= high and sd <= (high - low) / 2 * math.sqrt(self.n / (self.n - 1)) * (1 + 1e-9)


def mean_from_quantiles(given: Quantiles) -> float:
    """Mean of a roughly normal sample from its median with quartiles, range, or both.

    Luo, Wan, Liu & Tong (2018), Stat Methods Med Res 27:1785, eqs. 7 (range), 11 (quartiles) and 15 (both). NaN if
    there is no median, or neither both quartiles nor both extremes.
    """
    n, median, quartiles, extremes = given.n, given.median, given.quartiles, given.extremes
    if median is None:
        return math.nan
    if quartiles and extremes:
        w1 = 2.2 / (2.2 + n**0.75)
        w2 = 0.7 - 0.72 / n**0.55
        return w1 * sum(extremes) / 2 + w2 * sum(quartiles) / 2 + (1 - w1 - w2) * median
    if extremes:
        w = 4 / (4 + n**0.75)
        return w * sum(extremes) / 2 + (1 - w) * median
    if quartiles:
        w = 0.7 + 0.39 / n
        return w * sum(quartiles) / 2 + (1 - w) * median
    return math.nan


def sd_from_quantiles(given: Quantiles, *, both: str = "shi") -> float:
    """SD from quartiles, range, or both.

    Wan, Wang, Liu & Tong (2014), BMC Med Res Methodol 14:135, eqs. 9 (range) and 16 (quartiles). With both, `shi` weighs
    them by the sample size (Shi, Luo, Weng et al., 2020, Res Synth Methods 11:641, eq. 11), `wan` takes their average
    (Wan et al., eq. 13). NaN if neither pair is given, and for one person.
    """
    n, quartiles, extremes = given.n, given.quartiles, given.extremes
    if n <= 1:
        return math.nan
    by_range = math.nan if extremes is None else (extremes[1] - extremes[0]) / expected_range(n)
    by_quartiles = math.nan if quartiles is None else (quartiles[1] - quartiles[0]) / expected_iqr(n)
    if quartiles and extremes:
        w = 0.5 if both == "wan" else 1 / (1 + 0.07 * n**0.6)
        return w * by_range + (1 - w) * by_quartiles
    return by_range if extremes else by_quartiles


def sd_from_iqr(iqr: float, n: float) -> float:
    """SD from the width of the interquartile range alone (Wan et al., 2014, eq. 16); NaN for one person."""
    return math.nan if n <= 1 else iqr / expected_iqr(n)


def hozo(given: Quantiles) -> tuple[float, float] | None:
    """Mean and SD from median and range, whatever the distribution; None without them.

    Hozo, Djulbegovic & Hozo (2005), BMC Med Res Methodol 5:13: up to 25 people the mean is (low + 2 median + high) / 4
    (their eq. 5), above it the median; the SD is that of their eq. 16 for up to 15, the range / 4 for up to 70, and the
    range / 6 above.
    """
    n, median, extremes = given.n, given.median, given.extremes
    if median is None or extremes is None:
        return None
    low, high = extremes
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


def skewness_test(given: Quantiles) -> tuple[float, float] | None:
    """How asymmetric the quantiles lie about the median, and the critical value at the 5 percent level; None if unknown.

    Shi, Luo, Wan et al. (2023), Stat Methods Med Res 32:1338: |sum of both ends - 2 median| over their distance, for the
    range against 1.01 / ln(n + 9) + 2.43 / (n + 1), for the quartiles against 2.65 / sqrt(n) - 6 / n^2; with all five the
    larger of the two, that of the range times 2.65 ln(0.6 n) / sqrt(n), against 3 / sqrt(n) - 40 / n^3.
    """
    n, median = given.n, given.median
    if median is None:
        return None

    def asymmetry(ends: tuple[float, float] | None) -> float | None:
        return abs(sum(ends) - 2 * median) / (ends[1] - ends[0]) if ends and ends[1] > ends[0] else None

    of_range, of_quartiles = asymmetry(given.extremes), asymmetry(given.quartiles)
    if of_range is not None and of_quartiles is not None:
        return max(2.65 * math.log(0.6 * n) / math.sqrt(n) * of_range, of_quartiles), 3 / math.sqrt(n) - 40 / n**3
    if of_range is not None:
        return of_range, 1.01 / math.log(n + 9) + 2.43 / (n + 1)
    return None if of_quartiles is None else (of_quartiles, 2.65 / math.sqrt(n) - 6 / n**2)


def skewed(given: Quantiles) -> bool | None:
    """Are median and quantiles too asymmetric for the normal estimators, at the 5 percent level? None if it cannot be told."""
    found = skewness_test(given)
    return None if found is None else found[0] > found[1]
