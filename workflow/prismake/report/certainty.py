"""GRADE's summary of findings: people's judgements of certainty beside the estimates, with their reasons as footnotes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from prismake.report.blocks import Cell, Column, Content, Table
from prismake.report.facts import Facts
from prismake.report.formats import measure_name, symbol
from prismake.report.tables import known_or_blank, without_blank
from prismake.report.words import label_of

FILE = "grade/summary_of_findings.json"


def _summary(facts: Facts) -> dict[str, Any]:
    found: dict[str, Any] = facts.results.json(FILE) if facts.results.knows(FILE) else {}
    return found


def certainty_rated(facts: Facts) -> bool:
    """True if somebody judged the certainty of at least one finding."""
    return any(row.get("certainty") for row in _summary(facts).get("rows") or [])


def summary_of_findings(facts: Facts) -> Table:
    """One row a finding: studies, participants, effect, absolute risks where they are known, certainty and why."""
    content = _summary(facts)
    rows: list[list[Content]] = []
    n = facts.numbers
    judged = certainty_rated(facts)
    for i, row in enumerate(content.get("rows") or [] if judged or content.get("planned") else []):
        at = f"rows.{i}"
        low, high = (n.entry(FILE, f"{at}.{bound}", "estimate") for bound in ("ci_lb", "ci_ub"))
        b = n.entry(FILE, f"{at}.effect", "estimate")
        interval = f" [{low.text}, {high.text}]" if low.known and high.known else ""
        words = f"{symbol(str(row.get('measure') or ''))} {b.text}{interval}"
        certainty = f"{row.get('certainty_symbols') or ''} {row.get('certainty') or ''}".strip()
        notes = str(row.get("footnotes") or "").replace(" ", "")
        rows.append(
            [
                Cell(
                    str(row.get("outcome") or label_of(str(row.get("analysis")))),
                    href=f"#analysis-{row.get('analysis')}",
                ),
                known_or_blank(n.entry(FILE, f"{at}.k", "count")),
                known_or_blank(n.entry(FILE, f"{at}.participants", "size")),
                replace(b, text=words) if b.known else "not estimable",
                _risk(facts, at, "risk_control"),
                _risk(facts, at, "risk_intervention"),
                (certainty or "not judged yet") + (f" ({notes})" if notes else ""),
                str(row.get("comment") or ""),
            ]
        )
    heads = [
        Column("Outcome", prose=True),
        Column("Studies", "right"),
        Column("Participants", "right"),
        Column("Effect [CI]"),
        Column("Without the intervention, per 1,000"),
        Column("With the intervention, per 1,000 [CI]"),
        Column("Certainty"),
        Column("Comment", prose=True),
    ]
    heads, rows = without_blank(heads, rows)
    footnotes = " ".join(f"({note['number']}) {note['text'].rstrip('.')}." for note in content.get("footnotes") or [])
    measures = sorted({str(row["measure"]) for row in content.get("rows") or [] if row.get("measure")})
    said = "; ".join(f"{symbol(m)} = {measure_name(m)}" for m in measures if measure_name(m) != symbol(m))
    levels = content.get("levels") or {}
    scale = ", ".join(f"{signs} {level}" for signs, level in levels.items())
    note = " ".join(
        part for part in (f"GRADE: {scale}." if scale else "", f"{said}." if said else "", footnotes) if part
    )
    return Table(
        "summary_of_findings",
        "Summary of findings",
        heads,
        rows,
        note,
        "The certainty of the evidence has not been rated.",
        "grade/summary_of_findings.csv",
    )


def _risk(facts: Facts, at: str, name: str) -> Content:
    """People in 1,000 with the event, with the interval where there is one."""
    n = facts.numbers.entry(FILE, f"{at}.{name}", "whole")
    if not n.known:
        return ""
    low, high = (facts.numbers.entry(FILE, f"{at}.{name}_{bound}", "whole") for bound in ("ci_lb", "ci_ub"))
    return replace(n, text=f"{n.text} [{low.text}, {high.text}]") if low.known and high.known else n
