"""Rounded numbers as intervals: what a printed figure can have been before it was rounded.

0.22 printed with two decimals was anything in [0.215, 0.225]. Claims are compared as such intervals, so that rounding
is never called a contradiction and a contradiction never hides behind rounding.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from prismake.protocol.yaml_files import TypedFloat

# Scale on which an interval is symmetric -> names of the measures, by their letters alone.
_SCALES = {
    "log": "or rr hr irr rom peto oddsratio riskratio relativerisk rateratio hazardratio incidencerateratio ratioofmeans",
    "atanh": "r cor ucor correlation pearsonsr",
    "inverse": "nnt nntb nnth nnh numberneededtotreat numberneededtoharm",
    "plain": "d g smd md wmd rd b beta delta hedgesg cohensd glassdelta glasssdelta smdh smcr smcc raw difference"
    " meandifference riskdifference standardizedmeandifference standardisedmeandifference logor lnor logrr lnrr loghr lnhr"
    " logoddsratio lnoddsratio z zcor fishersz",
}
_SCALE_OF = {name: scale for scale, names in _SCALES.items() for name in names.split()} | {"β": "plain", "δ": "plain"}
SCALES = ("plain", "log", "atanh")


def scale_of(measure: str) -> str:
    """The scale on which intervals of a measure are symmetric: plain, log, atanh or inverse; "" where the measure is not known."""
    return _SCALE_OF.get(re.sub(r"[\W_]+", "", measure.lower()), "")


def _on(scale: str, interval: Interval) -> Interval:
    """An interval of printed values on a scale; what lies outside the scale's range goes to its ends."""
    if scale == "log":
        return Interval(math.log(max(interval.low, 1e-300)), math.log(max(interval.high, 1e-300)))
    if scale == "atanh":
        inside = 1 - 1e-15
        return Interval(*(math.atanh(min(max(x, -inside), inside)) for x in (interval.low, interval.high)))
    return interval


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

    A plain float has lost its trailing zeros (0.20 is 0.2), so numbers printed together are taken to have equally many digits.
    """
    found = 0
    for number in numbers:
        if isinstance(number, TypedFloat):
            found = max(found, number.decimals)
            continue
        digits, _, exponent = repr(float(number)).partition("e")
        after = (
            len(digits.partition(".")[2].removesuffix("0")) if digits.endswith(".0") else len(digits.partition(".")[2])
        )
        found = max(found, after - int(exponent or 0))
    return found


def rounded(value: float, decimals: int) -> Interval:
    """Everything that rounds to `value` at that many decimals."""
    half = 0.5 * 10.0**-decimals
    return Interval(value - half, value + half)


def p_interval(p: float | str) -> Interval:
    """What a printed p value says: .011 -> [.0105, .0115]; "<.001" -> [0, .001]; ">.05" -> [.05, 1]; "n.s." -> [.05, 1].

    Raises:
        ValueError: if the text is no p value, or the number none between 0 and 1.
    """
    if isinstance(p, str):
        if re.fullmatch(r"\s*n\.?\s*s\.?\s*|(?:not|non)[ -]?significant", p, re.IGNORECASE):
            return Interval(0.05, 1.0)
        p = re.sub(
            r"\s*\([^)]*\)\s*$|,?\s*(?:one|two|1|2)[- ](?:tailed|sided)\s*$|[\s*†‡]+$", "", p
        )  # .03 (two-sided); .001***
        if power := re.fullmatch(
            r"\s*(?:p\s*)?([<>=≤≥]?)=?\s*(\d(?:[.,·]\d+)?)?\s*(?:e|(?:[x×*·]\s*)?10\s*\^?)\s*\{?([-−⁻]\s*[\d⁰¹²³⁴-⁹]+)\}?\s*",
            p,
            re.IGNORECASE,
        ):
            return _power(*power.groups())
        match = re.fullmatch(r"\s*(?:p\s*)?(<=|>=|[<>=≤≥⩽⩾＜＞]?)\s*(0?[.,·]\d+|1(?:[.,·]0+)?|0)\s*", p, re.IGNORECASE)
        if match is None:
            raise ValueError(p)
        sign, digits = match[1], match[2].replace(",", ".").replace("·", ".")
        number = float(digits)
        if sign and sign[0] in "<≤⩽＜":
            return Interval(0.0, number)
        if sign and sign[0] in ">≥⩾＞":
            return Interval(number, 1.0)
        decimals = len(digits.split(".")[1]) if "." in digits else 0
    else:
        number, decimals = float(p), printed_decimals(p)
    if not 0 <= number <= 1:
        raise ValueError(p)
    around = rounded(number, max(decimals, 1))
    return Interval(max(0.0, around.low), min(1.0, around.high))


_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def _power(sign: str, digits: str | None, exponent: str) -> Interval:
    """What 4.1e-9, 4.1 × 10^-9 or < 10^-3 says."""
    power = int(exponent.translate(_RAISED).replace(" ", ""))
    mantissa = (digits or "1").replace(",", ".").replace("·", ".")
    number = float(mantissa) * 10.0**power
    if sign in ("<", "≤"):
        return Interval(0.0, number)
    if sign in (">", "≥"):
        return Interval(number, 1.0)
    half = 0.5 * 10.0 ** (power - len(mantissa.partition(".")[2]))
    return Interval(max(0.0, number - half), min(1.0, number + half))


def implied_p(
    value: float,
    ci: tuple[float, float],
    decimals: int,
    level: float = 95,
    scale: str = "plain",
    *,
    df: float | None = None,
) -> Interval:
    """The two-sided p values that an estimate and its interval allow, given their rounding.

    The standard error lies between (narrowest interval) / 2z and (widest) / 2z, the estimate within its own rounding;
    the p value is monotone in |estimate| / se. With `df`, t takes the place of z.
    """
    estimate, lower, upper = (_on(scale, rounded(x, decimals)) for x in (value, *ci))
    tail = (1 - level / 100) / 2
    z = -ndtri(tail) if df is None else -stdtrit(df, tail)
    widest = (upper.high - lower.low) / (2 * z)
    narrowest = max((upper.low - lower.high) / (2 * z), 1e-300)
    smallest = 0.0 if estimate.low <= 0 <= estimate.high else min(abs(estimate.low), abs(estimate.high))
    largest = max(abs(estimate.low), abs(estimate.high))
    ends = (-largest / narrowest, -smallest / widest)
    low, high = (2 * (ndtr(end) if df is None else stdtr(df, end)) for end in ends)
    return Interval(float(low), float(high))


def centred(value: float, ci: tuple[float, float], decimals: int, scale: str = "plain") -> bool:
    """Whether the estimate can be the middle of its interval on a scale, given the rounding."""
    numbers = [rounded(x, decimals) for x in (value, *ci)]
    if scale == "log" and min(n.low for n in numbers) <= 0:
        return numbers[0].high > 0  # a bound printed as 0.00 can have been anything above it
    estimate, lower, upper = (_on(scale, number) for number in numbers)
    middle = Interval((lower.low + upper.low) / 2, (lower.high + upper.high) / 2)
    return estimate.overlaps(middle)
