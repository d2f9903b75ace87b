"""The effects of an analysis, study by study, with what they were computed from."""

from __future__ import annotations

from prismake.report.blocks import Cell, Column, Content, Table
from prismake.report.facts import Analysis, Facts
from prismake.report.numbers import Number, Numbers
from prismake.report.results import Row
from prismake.report.tables import without_blank
from prismake.report.words import label_of

_EFFECT_CELLS = (
    ("n1", "size", "n₁"),
    ("m1", "statistic", "M₁"),
    ("sd1", "statistic", "SD₁"),
    ("events1", "size", "events₁"),
    ("n2", "size", "n₂"),
    ("m2", "statistic", "M₂"),
    ("sd2", "statistic", "SD₂"),
    ("events2", "size", "events₂"),
    ("ri", "unit", "r"),
    ("ni", "size", "N"),
    ("yi", "estimate", ""),
    ("sei", "estimate", "SE"),
)


def effects(facts: Facts, analysis: Analysis) -> Table:
    """PRISMA 2020 item 19: the effects of one analysis with what they were computed from; a study's weight on its
    first row."""
    file = str(analysis.result.get("effects_table") or "effects/effects.csv")
    every = {row["effect_id"]: row for row in facts.results.table(file)}
    pooled_file = f"analyses/{analysis.name}/effects.csv"
    rows: list[list[Content]] = []
    for pooled in facts.results.table(pooled_file):
        ids = [i.strip() for i in (pooled.get("effects") or pooled.get("effect_id", "")).split(";")]
        members = [every[i] for i in ids if i in every] or [pooled]
        for position, row in enumerate(members):
            weight = _cell(facts.numbers, pooled_file, pooled, "weight", "percent") if not position else ""
            rows.append(
                [
                    row.get("label") or facts.labels.get(row.get("study_id", ""), row.get("study_id", "")),
                    label_of(row.get("construct") or row.get("outcome_id", "")),
                    row.get("timepoint", ""),
                    *(
                        _cell(facts.numbers, file, row, column, form, facts.sources.of(row, column))
                        if row.get(column)
                        else ""
                        for column, form, _ in _EFFECT_CELLS
                    ),
                    weight if pooled.get("weight") else "",
                    Cell(row.get("rob", ""), mark=row.get("rob", "")),
                ]
            )
    heads = [
        Column("Study"),
        Column("Outcome"),
        Column("Time point"),
        *(Column(head or analysis.analysis_symbol, "right") for _, _, head in _EFFECT_CELLS),
        Column("Weight", "right"),
        Column("Risk of bias"),
    ]
    heads, rows = without_blank(heads, rows)
    if any(h.label == "n₁" for h in heads):
        heads, rows = without_column(heads, rows, "N")
    note = (
        "The subscript 1 stands for the intervention, 2 for the comparator; means and standard deviations are as reported. "
        "Where the protocol says so, the effect’s sign is "
        "turned so that positive values favour the intervention. Several effects of a study share its weight."
    )
    return Table(
        f"effects-{analysis.name}",
        f"Effects in the analysis “{analysis.title}”",
        heads,
        rows,
        note if any(h.label == "n₁" for h in heads) else "",
        "No effect enters this analysis.",
        pooled_file,
        analysis.stamp_words,
    )


def without_column(
    heads: list[Column], rows: list[list[Content]], label: str
) -> tuple[list[Column], list[list[Content]]]:
    """The table without the column of this head."""
    keep = [i for i, head in enumerate(heads) if head.label != label]
    return [heads[i] for i in keep], [[row[i] for i in keep] for row in rows]


def _cell(numbers: Numbers, file: str, row: Row, column: str, form: str, origin: str = "") -> Number:
    by = ["effect_id"] if row.get("effect_id") else ["study_id"]
    return numbers.cell(file, row, column, by, form, origin)
