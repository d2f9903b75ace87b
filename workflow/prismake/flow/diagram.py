"""What stands in each box of the PRISMA 2020 diagram: entries of words and a count, each with its list.

Takes the summary of a flow (flow.json) and gives boxes in rows and columns; where they lie on the page is
prismake.flow.layout's matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from prismake.flow.boxes import BOXES, NEW_REVIEW, PENDING_BOXES, SYNTHESIS_BOXES
from prismake.flow.metrics import NBSP

Column = Literal["previous", "dbr", "dbr_side", "other", "other_side"]

SYNTHESIS_LABELS = {
    "total_studies_ma": "Studies in meta-analysis",
    "total_reports_ma": "Reports of studies in meta-analysis",
}
"""The labels in a new review, where nothing is called total."""

IDENTIFICATION, SCREENED, SOUGHT, ASSESSED, INCLUDED, TOTAL = range(6)


@dataclass(frozen=True)
class Entry:
    """A line of words in a box: `box` names the list it counts, "" for words alone; `indent` is a level of 0, 1 or
    2."""

    text: str
    box: str = ""
    indent: int = 0


@dataclass(frozen=True)
class Cell:
    """One box of the diagram at a row and a column."""

    row: int
    column: Column
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Content:
    """All that a diagram says: its boxes, the title of each arm, banner and footers."""

    cells: tuple[Cell, ...]
    titles: Mapping[str, str]
    banner: str = ""
    footers: tuple[str, ...] = field(default=())


def number(n: int) -> str:
    """A count with its thousands set apart: 12,345."""
    return f"{n:,}"


def counted(words: str, n: int) -> str:
    """Words and count as PRISMA writes them, "(n = 12)" never broken over two lines."""
    return f"{words} (n{NBSP}={NBSP}{number(n)})"


def diagram_content(
    summary: Mapping[str, Any],
    *,
    synthesis: Mapping[str, int] | None = None,
    simulated: bool = False,
    hide_zero: bool = False,
    screening_reasons: bool = False,
) -> Content:
    """The boxes of a flow.

    Args:
        summary: what flow.json holds.
        synthesis: total_studies_ma and total_reports_ma, where the diagram shows the meta-analysis.
        simulated: say that the example is simulated.
        hide_zero: leave out lines that count nothing, except the main boxes'.
        screening_reasons: give the reasons of exclusions on title and abstract, where the team noted them.
    """
    make = _Maker(summary["boxes"], hide_zero)
    updated = summary["template"].startswith("updated")
    other = summary["template"].endswith("_other")
    cells = [
        *_identification(summary, make),
        *_screening(make, summary.get("screening_reasons", []) if screening_reasons else []),
        *_arm("dbr", summary["reasons"], make),
    ]
    titles = {"dbr": f"Identification of {'new ' if updated else ''}studies via databases and registers"}
    if other:
        titles["other"] = f"Identification of {'new ' if updated else ''}studies via other methods"
        cells += [*_other_identification(make), *_arm("other", summary.get("other_reasons", []), make)]
    if updated:
        titles["previous"] = "Previous studies"
        cells.append(Cell(IDENTIFICATION, "previous", make.entries("previous_studies", "previous_reports")))
    cells += _included(summary["boxes"], make, updated, synthesis)
    footers = ("Simulated example: no record, report or study in it is real.",) if simulated else ()
    return Content(tuple(cells), titles, banner(summary), footers)


def banner(summary: Mapping[str, Any]) -> str:
    """What an interim diagram says on top; "" where nothing is pending."""
    pending = {name: n for name, n in summary.get("pending", {}).items() if n}
    if not summary.get("interim"):
        return ""
    words = [f"{number(pending[name])} {BOXES[name].label.lower()}" for name in PENDING_BOXES if name in pending]
    return "INTERIM" + (": " + "; ".join(words) if words else "")


class _Maker:
    """Makes entries from counts; a box that the review does not have makes none."""

    def __init__(self, counts: Mapping[str, int | None], hide_zero: bool) -> None:
        self.counts = counts
        self._hide_zero = hide_zero

    def entry(self, box: str, words: str = "", indent: int = 0, *, always: bool = True) -> tuple[Entry, ...]:
        n = self.counts.get(box)
        if n is None or (n == 0 and (self._hide_zero or not always)):
            return ()
        return (Entry(counted(words or BOXES[box].label, n), box, indent),)

    def main(self, box: str) -> tuple[Entry, ...]:
        n = self.counts.get(box)
        return () if n is None else (Entry(counted(BOXES[box].label, n), box),)

    def entries(self, *boxes: str, indent: int = 0) -> tuple[Entry, ...]:
        return tuple(entry for box in boxes for entry in self.entry(box, indent=indent))

    def parts(self, parts: Sequence[Mapping[str, Any]], key: str, box: str, indent: int) -> tuple[Entry, ...]:
        return tuple(
            Entry(counted(str(part[key]), part["n"]), box, indent) for part in parts if part["n"] or key == "name"
        )


def _identification(summary: Mapping[str, Any], make: _Maker) -> list[Cell]:
    found: list[Entry] = [Entry("Records identified from:")]
    for box, parts in (("database_results", summary["databases"]), ("register_results", summary["registers"])):
        found += make.main(box)
        if make.counts.get(box) is not None and parts:
            found += make.parts(parts, "name", box, 1)
    removed: list[Entry] = [Entry("Records removed before screening:"), *make.entry("duplicates")]
    for box, kind in (("excluded_automatic", "automatic"), ("excluded_other", "other")):
        removed += make.entry(box)
        reasons = [
            part for part in summary["excluded_before"] if (part["kind"] == "automatic") == (kind == "automatic")
        ]
        removed += make.parts(reasons, "reason", box, 1)
    return [Cell(IDENTIFICATION, "dbr", tuple(found)), Cell(IDENTIFICATION, "dbr_side", tuple(removed))]


def _screening(make: _Maker, reasons: Sequence[Mapping[str, Any]]) -> list[Cell]:
    screened = (*make.main("records_screened"), *make.entry("records_pending", "still to be decided", 1, always=False))
    excluded = make.main("records_excluded")
    if make.counts.get("records_excluded_automation"):
        excluded += make.entries("records_excluded_human", "records_excluded_automation", indent=1)
    excluded += make.parts(reasons, "label", "records_excluded", 1)
    for box in ("records_ongoing", "records_awaiting"):
        excluded += make.entry(box, always=False)
    return [Cell(SCREENED, "dbr", screened), Cell(SCREENED, "dbr_side", excluded)]


def _arm(arm: Literal["dbr", "other"], reasons: Sequence[Mapping[str, Any]], make: _Maker) -> list[Cell]:
    """Sought, not retrieved, assessed, excluded of one arm."""
    side: Column = "dbr_side" if arm == "dbr" else "other_side"
    sought = make.main(f"{arm}_sought_reports")
    sought += make.entry(f"{arm}_retrieval_pending", "still to be retrieved", 1, always=False)
    not_retrieved = make.main(f"{arm}_notretrieved_reports")
    not_retrieved += make.entry("dbr_not_sought", always=False) if arm == "dbr" else ()
    assessed = make.main(f"{arm}_assessed")
    assessed += make.entry(f"{arm}_fulltext_pending", "still to be decided", 1, always=False)
    excluded = list(make.main(f"{arm}_excluded"))
    excluded += make.parts(reasons, "label", f"{arm}_excluded", 1)
    for part in ("ongoing", "awaiting"):
        excluded += make.entry(f"{arm}_{part}", always=False)
    return [
        Cell(SOUGHT, arm, sought),
        Cell(SOUGHT, side, not_retrieved),
        Cell(ASSESSED, arm, assessed),
        Cell(ASSESSED, side, tuple(excluded)),
    ]


def _other_identification(make: _Maker) -> list[Cell]:
    found = [Entry("Records identified from:")]
    found += make.entries("website_results", "organisation_results", "citations_results")
    for box in ("contact_results", "other_method_results"):
        found += make.entry(box, always=False)
    cells = [Cell(IDENTIFICATION, "other", tuple(found))]
    aside = [*make.entry("other_duplicates", always=False), *make.entry("other_not_sought", always=False)]
    if aside:
        cells.append(Cell(IDENTIFICATION, "other_side", (Entry("Removed before retrieval:"), *aside)))
    return cells


def _included(
    counts: Mapping[str, int | None], make: _Maker, updated: bool, synthesis: Mapping[str, int] | None
) -> list[Cell]:
    words = SYNTHESIS_LABELS if not updated else {box: SYNTHESIS_BOXES[box].label for box in SYNTHESIS_BOXES}
    in_synthesis = tuple(Entry(counted(words[box], n), box) for box, n in (synthesis or {}).items() if box in words)
    waiting = make.entry("unlinked_reports", always=False)
    if not updated:
        entries = tuple(Entry(counted(label, counts[name] or 0), name) for name, label in NEW_REVIEW.items())
        return [Cell(INCLUDED, "dbr", (*entries, *waiting, *in_synthesis))]
    new = (*make.main("new_studies"), *make.main("new_reports"), *waiting)
    new += make.entry("updated_studies", always=False)
    return [
        Cell(INCLUDED, "dbr", new),
        Cell(TOTAL, "dbr", (*make.main("total_studies"), *make.main("total_reports"), *in_synthesis)),
    ]
