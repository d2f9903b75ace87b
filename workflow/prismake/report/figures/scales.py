"""Round values for axes."""

from __future__ import annotations

import math
from collections.abc import Callable

Back = Callable[[float], float] | None
"""Turns a value of the axis into what is read there (exp of a log ratio, tanh of Fisher's z); None leaves it as it is."""

_LOG10 = math.log(10)
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
# Correlations and proportions near their ends, where equal steps of what is read leave an axis bare.
_NEAR_ENDS = (0.1, 0.05, 0.01, 0.001, 0.9, 0.95, 0.99, 0.999)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values within [low, high], at most `most` of them."""
    if not math.isfinite(low) or not math.isfinite(high) or high <= low:
        return [low]
    raw = (high - low) / max(1, most - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * s for s in (1, 2, 2.5, 5, 10) if power * s >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def axis_ticks(low: float, high: float, back: Back = None, most: int = 6) -> list[float]:
    """Values within [low, high], at most `most`, that are round in what is read through `back`."""
    if back is None:
        return ticks(low, high, most)
    if back is math.exp:
        return ratio_ticks(low, high, most)
    read = ticks(back(low), back(high), most)
    # No correlation first, so that it keeps its tick.
    wanted = [*sorted(read, key=abs), *(sign * value for value in _NEAR_ENDS for sign in (1, -1))]
    found: list[float] = []
    for value in wanted:
        if back(low) <= value <= back(high):
            place = _place(value, low, high, back)
            if all(abs(place - other) >= (high - low) / (1.2 * most) for other in found):
                found.append(place)
    return sorted(found)


def _place(value: float, low: float, high: float, back: Callable[[float], float]) -> float:
    """Where on the axis `back` reads `value`, by bisection."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if back(middle) < value else (low, middle)
    return round((low + high) / 2, 12)


def ratio_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Ticks of a log axis at round ratios (0.5, 1, 2, ...); `low`, `high` and the ticks are natural logarithms."""
    exponents = range(math.floor(low / _LOG10), math.ceil(high / _LOG10) + 1)
    steps = [(multiples, 1) for multiples in ((1, 2, 5), (1, 3), (1,))] + [
        ((1,), e) for e in (2, 3, 5, 10, 20, 50, 100)
    ]
    for multiples, every in steps:
        candidates = [math.log(m) + e * _LOG10 for e in exponents if e % every == 0 for m in multiples]
        inside = [c for c in candidates if low - 1e-9 <= c <= high + 1e-9]
        if len(inside) <= most:
            break
    if len(inside) > 2:
        return inside
    # Less than a factor of four or so: ratios in equal steps.
    even = [math.log(ratio) for ratio in ticks(math.exp(low), math.exp(high), most) if ratio > 0]
    return even if len(even) > len(inside) else inside


def tick_text(value: float) -> str:
    """A tick's value: no needless digits, a true minus sign, powers of ten where they are far from one."""
    value = value or 0.0
    if value and not 1e-4 <= abs(value) < 1e6:
        mantissa, _, exponent = f"{value:.6e}".partition("e")
        power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
        text = f"{float(mantissa):g}"
        return {"1": power, "-1": f"−{power}"}.get(text, f"{text}×{power}").replace("-", "−")
    return f"{value:,.6g}".replace("-", "−")
