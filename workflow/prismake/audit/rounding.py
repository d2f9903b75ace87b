"""Rounded numbers as intervals: what a printed figure can have been before it was rounded.

0.22 printed with two decimals was anything in [0.215, 0.225]. Claims are compared as such intervals, so that rounding
is never called a contradiction and a contradiction never hides behind rounding.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from scipy.special import ndtr, ndtri, stdtr, stdtrit

RATIO_MEASURES = {"OR", "RR", "HR", "IRR", "ROM", "PETO"}


@dataclass(frozen=True)
class Interval:
    """A closed interval of real numbers."""

    low: float
    high: float

    def overlaps(self, other: Interval, slack: float = 1e-12) -> bool:
        """Whether the two have a number in common."""
        return self.low <= other.high + slack and other.low <= self.high + slack


def printed_decimals(*numbers: float) -> int:
    """The most digits after the point among numbers as Python prints them; 0 for whole numbers.

    YAML drops trailing zeros (0.20 is read as 0.2), so numbers printed together are taken to have equally many digits.
    """
    found = 0
    for number in numbers:
        text = repr(float(number))
        if "e" not in text and not text.endswith(".0"):
            found = max(found, len(text.split(".")[1]))
    return found


def rounded(value: float, decimals: int) -> Interval:
    """Everything that rounds to `value` at that many decimals."""
    half = 0.5 * 10.0**-decimals
    return Interval(value - half, value + half)


def p_interval(p: float | str) -> Interval:
    """What a printed p value says: .011 -> [.0105, .0115]; "<.001" -> [0, .001]; ">.05" -> [.05, 1].

    Raises:
        ValueError: if the text is no p value.
    """
    if isinstance(p, str):
        match = re.fullmatch(r"\s*(?:p\s*)?([<>=]?)\s*(0?\.\d+|1(?:\.0+)?|0)\s*", p)
        if match is None:
            raise ValueError(p)
        sign, digits = match.groups()
        number = float(digits)
        if sign == "<":
            return Interval(0.0, number)
        if sign == ">":
            return Interval(number, 1.0)
        decimals = len(digits.split(".")[1]) if "." in digits else 0
    else:
        number, decimals = float(p), printed_decimals(p)
    around = rounded(number, max(decimals, 1))
    return Interval(max(0.0, around.low), min(1.0, around.high))


def implied_p(
    value: float,
    ci: tuple[float, float],
    decimals: int,
    level: float = 95,
    ratio: bool = False,
    *,
    df: float | None = None,
) -> Interval:
    """The two-sided p values that an estimate and its interval allow, given their rounding.

    The standard error lies between (narrowest interval) / 2z and (widest) / 2z, the estimate within its own rounding;
    the p value is monotone in |estimate| / se. With `df`, t takes the place of z.
    """
    numbers = [rounded(x, decimals) for x in (value, *ci)]
    if ratio:
        numbers = [Interval(math.log(max(n.low, 1e-300)), math.log(n.high)) for n in numbers]
    estimate, lower, upper = numbers
    tail = (1 - level / 100) / 2
    z = -ndtri(tail) if df is None else -stdtrit(df, tail)
    widest = (upper.high - lower.low) / (2 * z)
    narrowest = max((upper.low - lower.high) / (2 * z), 1e-300)
    smallest = 0.0 if estimate.low <= 0 <= estimate.high else min(abs(estimate.low), abs(estimate.high))
    largest = max(abs(estimate.low), abs(estimate.high))
    ends = (-largest / narrowest, -smallest / widest)
    low, high = (2 * (ndtr(end) if df is None else stdtr(df, end)) for end in ends)
    return Interval(float(low), float(high))


def centred(value: float, ci: tuple[float, float], decimals: int, ratio: bool = False) -> bool:
    """Whether the estimate can be the middle of its interval (on the log scale for ratios), given the rounding."""
    numbers = [rounded(x, decimals) for x in (value, *ci)]
    if ratio:
        if min(n.low for n in numbers) <= 0:
            return True
        numbers = [Interval(math.log(n.low), math.log(n.high)) for n in numbers]
    estimate, lower, upper = numbers
    middle = Interval((lower.low + upper.low) / 2, (lower.high + upper.high) / 2)
    return estimate.overlaps(middle)
