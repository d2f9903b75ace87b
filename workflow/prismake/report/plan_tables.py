"""Tables of what was planned: which effects enter each analysis, and the variables for which data were sought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prismake.report.blocks import Column, Content, Table
from prismake.report.facts import Facts
from prismake.report.words import label_of, uncapitalised

CODEBOOK = "extraction/codebook.json"


def entering(facts: Facts) -> Table:
    """For each analysis the effects that enter it (PRISMA 2020 item 13a)."""
    named = facts.protocol.get("outcomes") or {}
    labels = {name: str(rule.get("label") or name) for name, rule in named.items() if isinstance(rule, Mapping)}
    specs = facts.config.get("analyses") or facts.protocol.get("analyses") or {}
    rows: list[list[Content]] = []
    for a in facts.analyses:
        rule = (specs.get(a.name) or {}).get("effects") or {}
        words = "; ".join(
            f"{label_of(column.removeprefix('study_'))}: {_chosen(wanted, labels if column == 'construct' else {})}"
            for column, wanted in rule.items()
        )
        rows.append([a.title, words or "all effects"])
    heads = [Column("Analysis", prose=True), Column("Effects that enter", prose=True)]
    return Table("entering", "Effects that enter each analysis", heads, rows)


def _chosen(wanted: Any, labels: Mapping[str, str]) -> str:
    """A condition of the protocol in words: a value, several, all but some, a range."""
    if isinstance(wanted, Mapping):
        parts = []
        if "not" in wanted:
            parts.append(f"not {_chosen(wanted['not'], labels)}")
        parts += [f"{words} {wanted[key]}" for key, words in (("min", "at least"), ("max", "at most")) if key in wanted]
        return " and ".join(parts)
    if isinstance(wanted, list):
        return " or ".join(_chosen(value, labels) for value in wanted)
    return uncapitalised(labels.get(str(wanted)) or str(wanted).replace("_", " "))


def codebook(facts: Facts) -> Table:
    """The variables of the extraction sheets, with what each means and in what unit (PRISMA 2020 item 10b)."""
    chapter = (facts.results.json(CODEBOOK) if facts.results.knows(CODEBOOK) else {}).get("chapter") or {}
    rows: list[list[Content]] = []
    for sheet in chapter.get("sheets") or []:
        for variable in sheet.get("fields") or []:
            allowed = ", ".join(map(str, variable.get("allowed") or []))
            meaning = f"{variable.get('definition') or ''}{f' One of: {allowed}.' if allowed else ''}".strip()
            rows.append([sheet.get("name", ""), variable["name"], meaning, variable.get("unit") or ""])
    codes = "; ".join(f"{code}: {str(what).rstrip('.')}" for code, what in (chapter.get("missing_codes") or {}).items())
    heads = [Column("Sheet"), Column("Variable"), Column("What it holds", prose=True), Column("Unit")]
    return Table(
        "codebook",
        "Variables for which data were sought",
        heads,
        rows,
        f"What is missing is coded as such ({codes}); a blank cell is never read as zero." if codes else "",
        "No data have been extracted yet.",
        CODEBOOK,
    )
