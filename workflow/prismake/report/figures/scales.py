"""Round values for axes."""

from __future__ import annotations

import math


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


def ratio_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """Ticks of a log axis at round ratios (0.5, 1, 2, ...); `low`, `high` and the ticks are natural logarithms."""
    for multiples in ((1, 2, 5), (1, 3), (1,)):
        candidates = [math.log(m) + e * math.log(10) for e in range(-12, 13) for m in multiples]
        inside = [c for c in candidates if low - 1e-9 <= c <= high + 1e-9]
        if len(inside) <= most:
            return inside if len(inside) > 1 else ticks(low, high)
    return ticks(low, high)


def tick_text(value: float) -> str:
    """A tick's value: no needless digits, a true minus sign."""
    return f"{value:g}".replace("-", "−")
