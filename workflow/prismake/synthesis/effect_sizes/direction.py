"""Which arm scores higher, from whatever the report gives; and the 2x2 table of a pair of arms."""

from __future__ import annotations

from prismake.extraction.values import number
from prismake.synthesis.effect_sizes.pairs import Pair


def table(pair: Pair) -> dict[str, float] | None:
    """Events and people of both arms under `escalc`'s names; None where one is not there."""
    cells: dict[str, float] = {}
    for stats, n_of_arm, event, size in ((pair.stats_1, pair.n_1, "ai", "n1i"), (pair.stats_2, pair.n_2, "ci", "n2i")):
        if stats is None:
            return None
        total = stats.get("total") or stats.get("n") or n_of_arm
        events = stats.get("events")
        percent = stats.get("percent")
        if events is None and percent is not None and 0 <= percent <= 100 and total:
            events = float(round(percent * total / 100))
        if events is None or not total:
            return None
        cells |= {event: events, size: total}
    return cells


def direction_of(pair: Pair) -> int:
    """Sign of arm_1 minus arm_2 from means, medians, percentages or the reported difference; 0 if unknown."""
    for stat in ("mean", "mean_change", "median", "percent"):
        if pair.stats_1 and pair.stats_2:
            a, b = pair.stats_1.get(stat), pair.stats_2.get(stat)
            if a is not None and b is not None and a != b:
                return 1 if a > b else -1
    md = pair.contrast.get("md") if pair.contrast else None
    return 0 if not md else pair.contrast_sign * (1 if md > 0 else -1)


def crude_direction(pair: Pair) -> int:
    """Sign of arm_1 minus arm_2 by whatever shows it, sizes apart: means, counts, tests, reported effects;
    0 if unknown.
    """
    sign = direction_of(pair)
    if sign:
        return sign
    cells = table(pair)
    if cells is not None:
        difference = cells["ai"] / cells["n1i"] - cells["ci"] / cells["n2i"]
        return (difference > 0) - (difference < 0)
    for stat, neutral in (
        ("d", 0),
        ("g", 0),
        ("t", 0),
        ("r", 0),
        ("phi", 0),
        ("beta", 0),
        ("or", 1),
        ("rr", 1),
        ("hr", 1),
        ("log_or", 0),
        ("rd", 0),
    ):
        value = pair.contrast.get(stat) if pair.contrast else None
        if value is not None and value != neutral:
            return pair.contrast_sign * (1 if value > neutral else -1)
    for row, _, side in pair.reported:
        value = number(row["value"])
        neutral = 1 if row["measure"] in ("or", "rr", "hr", "irr") else 0
        if value == value and value != neutral:
            return side * (1 if value > neutral else -1)
    return 0
