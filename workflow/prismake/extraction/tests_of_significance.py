"""p values of reported test statistics, as intervals that allow for rounding."""

from __future__ import annotations

import math

from prismake.extraction.values import Reported


def z_two_sided(z: float) -> float:
    """Two-sided p of a z."""
    return math.erfc(abs(z) / math.sqrt(2))


def z_quantile(level: float) -> float:
    """The normal quantile of a confidence level in percent."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + level / 200)


def p_range(stat: str, value: Reported, df: float | None, df2: float | None) -> tuple[float, float] | None:
    """(lowest, highest) two-sided p of a statistic that rounds to `value`; None where its df are missing.

    A t without its df is one of some df between 1 and infinity, and so is an F of two groups its square.
    """
    from scipy.special import chdtrc, fdtrc, stdtr

    size = abs(value.value)
    low, high = max(0.0, size - value.half_unit), size + value.half_unit
    if stat == "z":
        return z_two_sided(high), z_two_sided(low)
    if stat == "F" and df == 1 and df2 is None:
        return z_two_sided(math.sqrt(high)), 2 * float(stdtr(1, -math.sqrt(low)))
    if df is None:
        return (z_two_sided(high), 2 * float(stdtr(1, -low))) if stat == "t" else None
    if stat == "t":
        return 2 * float(stdtr(df, -high)), 2 * float(stdtr(df, -low))
    if stat == "chi2":
        return float(chdtrc(df, high)), float(chdtrc(df, low))
    if stat == "F" and df2 is not None:
        return float(fdtrc(df, df2, high)), float(fdtrc(df, df2, low))
    return None
