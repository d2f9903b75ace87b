"""Do reported estimates, intervals, tests and p values agree with each other, up to rounding?

In the manner of statcheck (Nuijten et al., 2016): every value stands for the interval that rounds to it, and a fault is
only called where no values in those intervals fit.
"""

from __future__ import annotations

import math

from prismake.extraction.long_results import Statistics, gather
from prismake.extraction.tables import Extraction
from prismake.extraction.values import Reported, any_number, exact_number, number
from prismake.messages.faults import Faults

_RATIOS = ("or", "rr", "hr", "irr")
_Z975 = 1.959963984540054


def check_consistency(tables: Extraction) -> Faults:
    """p against t, F, z and chi-squared; estimate against interval; interval against p."""
    faults = Faults()
    for group in gather(tables):
        _check_tests(tables, group, faults)
        for prefix in ("d", "g", "md", "or", "rr", "rd", "hr", "irr"):
            cells = group.cells
            if prefix in cells and f"{prefix}_ci_lb" in cells and f"{prefix}_ci_ub" in cells:
                parts = (cells[prefix].value, cells[f"{prefix}_ci_lb"].value, cells[f"{prefix}_ci_ub"].value)
                p = cells["p"].value if "p" in cells else None
                where = tables.where("results", cells[prefix].row, "value")
                _check_triple(parts, p, 95.0, prefix in _RATIOS, prefix, where, faults)
    _check_effects(tables, faults)
    return faults


def _check_effects(tables: Extraction, faults: Faults) -> None:
    for row, effect in enumerate(tables["effects_reported"].to_dict("records")):
        value, low, high = (exact_number(str(effect[c])) for c in ("value", "ci_lb", "ci_ub"))
        if value is None or low is None or high is None:
            continue
        level = number(str(effect["ci_level"]))
        where = tables.where("effects_reported", row, "value")
        measure = str(effect["measure"])
        _check_triple(
            (value, low, high),
            any_number(str(effect["p"])),
            level if level == level else 95.0,
            measure in _RATIOS,
            measure,
            where,
            faults,
        )


Triple = tuple[Reported, Reported, Reported]


def _check_triple(
    parts: Triple,
    p: Reported | None,
    level: float,
    ratio: bool,
    name: str,
    where: dict[str, object],
    faults: Faults,
) -> None:
    """An estimate lies in the middle of its interval (on the log scale for ratios), and p fits both."""
    estimate, low, high = parts
    if low.value > high.value or (ratio and min(low.value, estimate.value) <= 0):
        return
    centre = _midpoint(low, high, ratio)
    value = _ends(estimate, ratio)
    if value[1] < centre[0] or value[0] > centre[1]:
        middle = math.exp(sum(centre) / 2) if ratio else sum(centre) / 2
        faults.warning(
            "interval-not-centred",
            f"This {name} does not lie in the middle of its interval ({low.value:g} to {high.value:g}).",
            **where,
            expected=f"about {middle:.3g}" + (" (on the log scale)" if ratio else ""),
            mend="check the three numbers; exact intervals may be uneven",
        )
    elif p is not None:
        _check_p_of_interval(parts, p, level, ratio, name, where, faults)


def _check_p_of_interval(
    parts: Triple,
    p: Reported,
    level: float,
    ratio: bool,
    name: str,
    where: dict[str, object],
    faults: Faults,
) -> None:
    from prismake.extraction.tests_of_significance import z_quantile, z_two_sided

    (a, b), (l0, l1), (h0, h1) = (_ends(part, ratio) for part in parts)
    wide, narrow = (h1 - l0) / (2 * z_quantile(level)), max(1e-12, (h0 - l1) / (2 * z_quantile(level)))
    least = 0.0 if a * b < 0 else min(abs(a), abs(b))
    p_high, p_low = z_two_sided(least / wide), z_two_sided(max(abs(a), abs(b)) / narrow)
    # A test by t is a little less significant than one by z, which is used here; some room is left for that.
    if not _fits(p, 0.8 * p_low, 1.25 * p_high + 0.005):
        faults.warning(
            "p-contradicts-interval",
            f"The p value does not fit this {name} and its interval.",
            **{**where, "value": f"p {p.relation} {p.value:g}"},
            expected=f"p between {p_low:.3g} and {p_high:.3g}",
            mend="check p, the interval and its level",
        )


def _midpoint(low: Reported, high: Reported, ratio: bool) -> tuple[float, float]:
    (l0, l1), (h0, h1) = _ends(low, ratio), _ends(high, ratio)
    return (l0 + h0) / 2, (l1 + h1) / 2


def _ends(value: Reported, ratio: bool) -> tuple[float, float]:
    low, high = value.value - value.half_unit, value.value + value.half_unit
    return (math.log(max(low, 1e-12)), math.log(high)) if ratio else (low, high)


def _fits(p: Reported, low: float, high: float) -> bool:
    """Can the reported p be a value between low and high?"""
    if p.relation == "<":
        return low < p.value
    if p.relation == ">":
        return high > p.value
    return p.value - p.half_unit <= high and p.value + p.half_unit >= low


def _check_tests(tables: Extraction, group: Statistics, faults: Faults) -> None:
    from prismake.extraction.tests_of_significance import p_range

    if "p" not in group.cells:
        return
    p = group.cells["p"].value
    df, df2 = group.get("df"), group.get("df2")
    # Of a whole sample z is Fisher's z of a correlation, and no test.
    for stat in ("t", "F", "chi2") if group.kind == "sample" else ("t", "F", "z", "chi2"):
        cell = group.cells.get(stat)
        if cell is None or not cell.value.exact:
            continue
        found = p_range(stat, cell.value, df, df2)
        if found is None:
            continue
        low, high = found
        if not _fits(p, low, high) and not _fits(p, low / 2, high / 2):
            faults.warning(
                "p-contradicts-test",
                f"p does not follow from {stat} = {cell.value.value:g}.",
                **{**tables.where("results", group.cells["p"].row, "value")},
                expected=f"p between {low:.3g} and {high:.3g}",
                mend="check the statistic, its df and p; a one-sided p should be noted",
            )
        return
