"""Reporting checklists, filled in: where in the report each item stands, and which are not reported yet, first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prismake.report.blocks import Cell, Column, Content, Table
from prismake.report.checklist_needs import NEEDS, SECTIONS, TOLD, met
from prismake.report.facts import Facts


def read_checklist(path: Path) -> dict[str, Any]:
    """A checklist: `title`, and `items` with item, topic, asks, where, needs. An item that stands in the text in which
    people tell of it has `told` for where.

    Raises ValueError for an item that needs what `NEEDS` does not know.
    """
    import yaml

    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    unknown = {need for item in content["items"] for need in item["needs"]} - set(NEEDS)
    if unknown:
        raise ValueError(f"{path.name}: unknown needs {', '.join(sorted(unknown))}")
    return content


def checklist_table(name: str, content: dict[str, Any], facts: Facts, headings: dict[str, str]) -> Table:
    """A checklist as a table: what is missing first, then where each item stands.

    Args:
        headings: anchor -> words of the report's headings.
    """
    have = met(facts)
    missing: list[list[Content]] = []
    reported: list[list[Content]] = []
    for item in content["items"]:
        lacking = [need for need in item["needs"] if not have[need]]
        anchor = item["where"]
        if anchor == "told":
            anchor = SECTIONS.get(TOLD[item["needs"][-1]].place(facts.manuscript), "discussion")
        where: Content = Cell(headings.get(anchor, anchor), href=f"#{anchor}")
        if lacking:
            where = Cell("Not reported yet: " + "; ".join(NEEDS[need] for need in lacking), mark="not reported")
        row: list[Content] = [Cell(item["item"], sort=_order(item["item"])), item["topic"], item["asks"], where]
        (missing if lacking else reported).append(row)
    heads = [Column("Item"), Column("Topic"), Column("What it asks", prose=True), Column("Where", prose=True)]
    note = " ".join(
        part
        for part in (content.get("note", ""), "Items that are not reported yet stand first." if missing else "")
        if part
    )
    return Table(f"checklist-{name}", content["title"], heads, missing + reported, note)


def _order(item: str) -> str:
    digits = "".join(c for c in item if c.isdigit())
    return f"{int(digits):03d}{item[len(digits) :]}"


def checklists(facts: Facts, paths: Sequence[Path], headings: dict[str, str]) -> list[Table]:
    """All checklists that apply: SWiM only where a narrative synthesis is planned, MARS only where a meta-analysis is;
    that of PRISMA 2020 first."""
    applies = {
        "swim": bool((facts.protocol.get("narrative_synthesis") or {}).get("planned")),
        "mars": bool(facts.analyses or facts.protocol.get("analyses")),
    }
    chosen = [p for p in paths if applies.get(p.stem, True)]
    chosen.sort(key=lambda p: (not p.stem.startswith("prisma_2020"), p.stem))
    return [checklist_table(p.stem, read_checklist(p), facts, headings) for p in chosen]
