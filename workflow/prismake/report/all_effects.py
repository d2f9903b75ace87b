"""Every effect that was computed, pooled or not, in one table: its size, its interval, how and from where it was computed."""

from __future__ import annotations

from statistics import NormalDist

from prismake.report import formats
from prismake.report.blocks import Cell, Column, Content, Table
from prismake.report.effect_tables import without_column
from prismake.report.facts import Facts
from prismake.report.results import Row, number_in
from prismake.report.tables import without_blank
from prismake.report.words import label_of

FILE = "effects/effects.csv"
_LEVEL = 95.0


def all_effects(facts: Facts) -> Table:
    """One row an effect of effects.csv, by study; ratios stand as their logarithms, as they are pooled."""
    found = facts.results.table(FILE)
    rows = [_row(facts, row) for row in found]
    heads = [
        Column("Study"),
        Column("Outcome"),
        Column("Time point"),
        Column("Comparison"),
        Column("n₁", "right"),
        Column("n₂", "right"),
        Column("N", "right"),
        Column("Measure"),
        Column("Effect", "right"),
        Column("SE", "right"),
        Column(f"{_LEVEL:g}% CI", "right"),
        Column("Computed from", prose=True),
        Column("Read in", prose=True),
    ]
    if all(row.get("n1") and row.get("n2") for row in found):
        heads, rows = without_column(heads, rows, "N")
    heads, rows = without_blank(heads, rows)
    note = (
        "The subscript 1 stands for the intervention, 2 for the comparator. Ratio measures stand as natural logarithms. "
        f"The interval is the effect ± {_quantile():.2f} SE. What was assumed or flagged in computing an effect follows its "
        "formula."
    )
    return Table(
        "all-effects",
        "Effects of all studies",
        heads,
        rows,
        note if rows else "",
        "No effect has been computed yet.",
        FILE,
    )


def _row(facts: Facts, row: Row) -> list[Content]:
    def cell(column: str, form: str, origin: str = "") -> Content:
        return facts.numbers.cell(FILE, row, column, ["effect_id"], form, origin) if row.get(column) else ""

    return [
        row.get("label") or facts.labels.get(row.get("study_id", ""), row.get("study_id", "")),
        label_of(row.get("construct") or row.get("outcome_id", "")),
        label_of(row.get("timepoint", "")),
        " vs. ".join(label_of(row[arm]) for arm in ("arm_1", "arm_2") if row.get(arm)),
        cell("n1", "size", facts.sources.of(row, "n1")),
        cell("n2", "size", facts.sources.of(row, "n2")),
        cell("ni", "size"),
        row.get("measure", ""),
        cell("yi", "estimate", facts.sources.of(row, "yi")),
        cell("sei", "estimate"),
        _interval(row),
        "; ".join(part for part in (row.get("formula", ""), row.get("flags", "")) if part),
        facts.sources.places(row),
    ]


def _interval(row: Row) -> Content:
    effect, se = number_in(row.get("yi", "")), number_in(row.get("sei", ""))
    if effect is None or se is None:
        return ""
    low, high = (effect + sign * _quantile() * se for sign in (-1, 1))
    return Cell(f"[{formats.estimate(low)}, {formats.estimate(high)}]", low)


def _quantile() -> float:
    return NormalDist().inv_cdf(0.5 + _LEVEL / 200)
