"""How a value is written: one function a kind of number, APA style, and never a NaN.

APA (7th edition, sections 6.32-6.45) writes no zero before the point of a quantity that cannot exceed one (p,
correlations),
a zero elsewhere, exact p values down to .001, and a true minus sign.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal

MINUS = "−"
MISSING = "not estimable"


def is_missing(value: object) -> bool:
    """True for None, blank text, NaN, infinite and pandas' NA."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    try:
        return not math.isfinite(float(value))  # type: ignore[arg-type]
    except TypeError:
        return True
    except ValueError:
        return False


def decimals(value: float, places: int) -> str:
    """Fixed decimals with a true minus sign; what rounds to zero bears no sign."""
    step = Decimal(1).scaleb(-places)
    rounded = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_EVEN)
    text = f"{abs(rounded):,f}"
    return text if rounded >= 0 or rounded == 0 else MINUS + text


def count(value: float) -> str:
    """A count with thousands separated by commas: 1,234."""
    if float(value) != int(float(value)):
        raise ValueError(f"{value!r} is not a count")
    text = f"{abs(int(value)):,}"
    return MINUS + text if value < 0 else text


def size(value: float) -> str:
    """A sample size: a count, or one decimal where a shared arm was split."""
    return count(value) if float(value).is_integer() else decimals(value, 1)


def whole(value: float) -> str:
    """A computed number of people, to the nearest one: 1,234."""
    return decimals(value, 0)


def estimate(value: float) -> str:
    """An effect size, two decimals: 0.22, −1.40."""
    return decimals(value, 2)


def slope(value: float) -> str:
    """A regression coefficient, three decimals: moderators have units of any size."""
    return decimals(value, 3)


def unit(value: float) -> str:
    """A quantity between −1 and 1, no zero before the point: .51, −.07, 1.00."""
    text = decimals(value, 2)
    if text.startswith("0."):
        return text[1:]
    return MINUS + text[2:] if text.startswith(MINUS + "0.") else text


def p_value(value: float) -> str:
    """The right-hand side of a p value: `.011`, `< .001`, `> .999`."""
    if value < 0.001:
        return "< .001"
    text = decimals(value, 3)
    return "> .999" if text.startswith("1") else text[1:]


def p_equals(value: float) -> str:
    """A p value with its relation: `= .011`, `< .001`."""
    text = p_value(value)
    return text if text[0] in "<>" else f"= {text}"


def percent(value: float) -> str:
    """A percentage already on the scale 0-100, one decimal: 45.3%."""
    return decimals(value, 1) + "%"


def share(value: float) -> str:
    """A proportion 0-1 as a percentage: 45.3%."""
    return percent(100 * float(value))


def variance(value: float) -> str:
    """tau2 and the like: three decimals, `< 0.001` for what would print as nothing but is not zero."""
    if 0 < value < 0.0005:
        return "< 0.001"
    return decimals(value, 3)


def statistic(value: float) -> str:
    """A test statistic: two decimals."""
    return decimals(value, 2)


def degrees(value: float) -> str:
    """Degrees of freedom: whole, or one decimal where they are not."""
    return count(value) if float(value).is_integer() else decimals(value, 1)


def level(value: float) -> str:
    """A confidence level given in per cent or as a proportion: 95%."""
    per_cent = float(value) * 100 if float(value) <= 1 else float(value)
    return f"{per_cent:g}%"


def moderator(value: float) -> str:
    """A value of a moderator, in whatever unit: five digits, no more decimals than it has (2010.5, 0.125)."""
    return f"{float(value):.5g}".replace("-", MINUS)


def plain(value: object) -> str:
    """A year, a code: as it stands, whole numbers without a point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


FORMATS: dict[str, Callable[..., str]] = {
    "count": count,
    "size": size,
    "whole": whole,
    "estimate": estimate,
    "slope": slope,
    "unit": unit,
    "p": p_value,
    "p_equals": p_equals,
    "percent": percent,
    "share": share,
    "variance": variance,
    "statistic": statistic,
    "degrees": degrees,
    "level": level,
    "moderator": moderator,
    "plain": plain,
}


def write(value: object, form: str, *, missing: str = MISSING) -> str:
    """`value` in the format named `form`; `missing` where there is none.

    Raises KeyError for a format that does not exist.
    """
    writer = FORMATS[form]
    if is_missing(value):
        return missing
    return writer(value if form == "plain" else float(value))  # type: ignore[arg-type]


# Measures whose estimates are logarithms, and what their antilogarithm is called.
RATIO_SCALES = {
    "OR": "odds ratio",
    "PETO": "odds ratio",
    "RR": "risk ratio",
    "IRR": "rate ratio",
    "HR": "hazard ratio",
    "ROM": "ratio of means",
}

# Names of the measures, by metafor's short names.
MEASURES = {
    "SMD": "Hedges’ g",
    "SMDH": "standardised mean difference (unequal variances)",
    "SMD1": "Glass’ delta",
    "MD": "mean difference",
    "COR": "correlation",
    "UCOR": "correlation (unbiased)",
    "ZCOR": "correlation (Fisher’s z)",
    "OR": "odds ratio",
    "PETO": "odds ratio (Peto)",
    "RR": "risk ratio",
    "RD": "risk difference",
    "SMCC": "standardised mean change",
    "SMCR": "standardised mean change (raw score)",
    "DPPC2": "pretest-posttest-control effect",
    "ROM": "ratio of means",
    "IRR": "rate ratio",
    "PR": "proportion",
    "PLO": "proportion (logit)",
    "PFT": "proportion (Freeman-Tukey)",
    "GEN": "effect size",
}

# The letter that an estimate of the measure goes by in a sentence.
SYMBOLS = {
    "SMD": "g",
    "SMDH": "g",
    "SMD1": "Δ",
    "DPPC2": "d",
    "MD": "MD",
    "COR": "r",
    "UCOR": "r",
    "ZCOR": "r",
    "OR": "OR",
    "PETO": "OR",
    "RR": "RR",
    "RD": "RD",
    "ROM": "ROM",
    "IRR": "IRR",
    "HR": "HR",
}


def measure_name(measure: str) -> str:
    """A measure in words, for an axis."""
    return MEASURES.get(measure.upper(), measure)


def symbol(measure: str) -> str:
    """The letter of a measure in a sentence."""
    return SYMBOLS.get(measure.upper(), "estimate")
