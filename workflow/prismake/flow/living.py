"""The flow of a living review as a drawing and as a table: a column for each search wave, and one for all together.

Follows PRISMA for living systematic reviews (Akl et al. 2024, BMJ 387:e079183): what each update added stands beside what
the review holds by now. Other methods and reports of earlier versions have no search; they stand in the PRISMA 2020 diagram.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

from prismake.drawing.text import text_width
from prismake.flow.boxes import BOXES
from prismake.flow.diagram import Entry, banner, counted, number
from prismake.flow.layout import (
    BAR,
    FONT_SIZE,
    GAP,
    LINE,
    MARGIN,
    PADDING,
    Layout,
    Rectangle,
    TextBlock,
    TextLine,
    entries_height,
    footer_lines,
    phase_bar,
    text_blocks,
    text_box,
)
from prismake.flow.svg import Link, draw

_Column = tuple[str, str, Mapping[str, int]]
"""A wave: its name, what stands below it, and its counts."""
_LEFT = MARGIN + BAR + 12
WIDTH = 205.0
"""Width of a column: six of them fill a page across."""
TOGETHER = "All searches together"
_ALWAYS = {
    "database_results", "duplicates", "records_screened", "records_excluded", "dbr_sought_reports",
    "dbr_notretrieved_reports", "dbr_assessed", "dbr_excluded", "new_studies", "dbr_included_reports",
}  # fmt: skip
_STAGES: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...] = (
    (
        "Identification",
        (
            ("Records identified from:", ("database_results", "register_results")),
            ("Records removed before screening:", ("duplicates", "excluded_automatic", "excluded_other")),
        ),
    ),
    (
        "Screening",
        (
            ("", ("records_screened", "records_excluded", "records_ongoing", "records_awaiting", "records_pending")),
            ("", ("dbr_sought_reports", "dbr_notretrieved_reports")),
            ("", ("dbr_assessed", "dbr_excluded")),
        ),
    ),
    ("Included", (("", ("new_studies", "dbr_included_reports")),)),
)
"""Stage -> its boxes: a heading, and what is counted below it."""
_LABELS = {"new_studies": "Studies included", "dbr_included_reports": "Reports of included studies"}


def living_columns(updates: Sequence[Mapping[str, Any]]) -> list[_Column]:
    """Name, what stands below it, and counts of each wave, and of all together where there are several."""
    columns = [(str(u["name"]), _below(u), u["counts"]) for u in updates]
    if len(updates) > 1:
        columns.append((TOGETHER, f"as of {updates[-1]['date']}".removesuffix("as of "), updates[-1]["cumulative"]))
    return columns


def _below(update: Mapping[str, Any]) -> str:
    searches = list(update["searches"])
    named = ", ".join(searches) if len(searches) <= 3 else f"{len(searches)} searches"
    return "; ".join(part for part in (str(update["date"]), named) if part)


def _label(box: str) -> str:
    return _LABELS.get(box, BOXES[box].label)


def _shown(box: str, columns: Sequence[_Column]) -> bool:
    """Whether a box is shown at all: those of the template are, others where they count something in some wave."""
    return box in _ALWAYS or any(counts.get(box) for _, _, counts in columns)


def living_svg(
    summary: Mapping[str, Any],
    *,
    title: str = "Flow of the searches, one by one and together",
    link: Link | None = None,
    simulated: bool = False,
) -> str:
    """Draw the waves side by side. `summary`: what flow.json holds; `link` and `simulated` as of
    `prismake.flow.svg.flow_svg`."""
    columns = living_columns(summary["updates"])
    footers = ("Simulated example: no record, report or study in it is real.",) if simulated else ()
    return draw(_lay_out(columns, banner(summary), footers), title, _description(columns), link)


_Arrows = list[tuple[tuple[float, float], ...]]
SIDE_BY_SIDE = 5
"""Waves that stand side by side; more go below, for a page would shrink their words until nobody can read them."""


def _lay_out(columns: Sequence[_Column], interim: str, footers: tuple[str, ...]) -> Layout:
    bands = max(1, math.ceil(len(columns) / SIDE_BY_SIDE))
    across = max(1, math.ceil(len(columns) / bands))
    right = _LEFT + across * (WIDTH + GAP) - GAP
    rectangles: list[Rectangle] = []
    arrows: _Arrows = []
    y = MARGIN
    if interim:
        rectangles.append(text_box(interim, MARGIN, y, right - MARGIN, "banner", ""))
        y = rectangles[-1].bottom + GAP / 2
    for first in range(0, max(len(columns), 1), across):
        band, joined, y = _band(columns[first : first + across], columns, y)
        rectangles += band
        arrows += joined
    lines, bottom = footer_lines(footers, y - GAP, right)
    return Layout(right + MARGIN, bottom + MARGIN, tuple(rectangles), tuple(arrows), lines)


def _band(
    columns: Sequence[_Column], all_columns: Sequence[_Column], y: float
) -> tuple[list[Rectangle], _Arrows, float]:
    """Waves side by side from `y` down, the arrows between their boxes, and where the next band may begin."""
    lefts = [_LEFT + i * (WIDTH + GAP) for i in range(len(columns))]
    titles = [_title(name, below, x, y) for x, (name, below, _) in zip(lefts, columns, strict=True)]
    y += max((box.height for box in titles), default=0.0) + GAP / 2
    rectangles = [
        _title(n, b, x, box.y, y - GAP / 2 - box.y) for x, (n, b, _), box in zip(lefts, columns, titles, strict=True)
    ]
    arrows: _Arrows = []
    above: list[Rectangle] = []
    for stage, boxes in _STAGES:
        top = y
        for heading, names in boxes:
            shown = [name for name in names if _shown(name, all_columns)]
            entries = [_entries(heading, shown, counts) for _, _, counts in columns]
            height = max(entries_height(some, WIDTH) for some in entries) if entries else 0.0
            if len(boxes) == 1:
                height = max(height, text_width(stage, FONT_SIZE, bold=True) + 3 * PADDING)
            row = [
                Rectangle(x, y, WIDTH, height, "box", "", text_blocks(some, x, y, WIDTH))
                for x, some in zip(lefts, entries, strict=True)
            ]
            arrows += [((a.centre, a.bottom), (b.centre, b.y)) for a, b in zip(above, row, strict=False)]
            rectangles += row
            above, y = row, y + height + GAP
        rectangles.append(phase_bar(stage, top, y - GAP))
    return rectangles, arrows, y


def _title(name: str, below: str, x: float, y: float, height: float = 0.0) -> Rectangle:
    """The head of a column: its name in bold and the date and searches below."""
    box = text_box(name, x, y, WIDTH, "title", "" if name == TOGETHER else "dbr")
    entry = Entry(below)
    lines = text_blocks((entry,), x, box.bottom - PADDING - 2, WIDTH) if below else ()
    need = max(height, box.height + sum(len(block.lines) for block in lines) * LINE)
    centred = tuple(
        TextBlock(tuple(TextLine(line.text, x + WIDTH / 2, line.y, False, True) for line in block.lines), entry)
        for block in lines
    )
    return Rectangle(x, y, WIDTH, need, "title", box.column, (*box.blocks, *centred))


def _entries(heading: str, names: Sequence[str], counts: Mapping[str, int]) -> tuple[Entry, ...]:
    head = (Entry(heading),) if heading else ()
    return (*head, *(Entry(counted(_label(name), counts.get(name, 0)), name) for name in names))


def _description(columns: Sequence[_Column]) -> str:
    """The drawing in words, for those who cannot see it."""
    boxes = [box for _, rows in _STAGES for _, names in rows for box in names if _shown(box, columns)]
    said = [
        f"{name}{f' ({below})' if below else ''}: "
        + "; ".join(f"{_label(box)} {number(counts.get(box, 0))}" for box in boxes)
        for name, below, counts in columns
    ]
    return ". ".join(said) + "."


def living_html(summary: Mapping[str, Any]) -> str:
    """The same as a table: a row a count, a column a wave; "" where there is one search wave alone."""
    columns = living_columns(summary["updates"])
    if len(columns) < 2:
        return ""
    heads = "".join(
        f'<th scope="col">{html.escape(name)}{f"<br>{html.escape(below)}" if below else ""}</th>'
        for name, below, _ in columns
    )
    rows = []
    for stage, boxes in _STAGES:
        names = [name for _, some in boxes for name in some if _shown(name, columns)]
        for name in names:
            cells = "".join(f"<td>{number(counts.get(name, 0))}</td>" for _, _, counts in columns)
            rows.append(f'<tr><td>{stage}</td><th scope="row">{html.escape(_label(name))}</th>{cells}</tr>')
    return (
        '<table class="prisma-flow prisma-lsr">\n'
        "<caption>Flow of each search and of all together (PRISMA for living systematic reviews)</caption>\n"
        f'<thead><tr><th scope="col">Stage</th><th scope="col">What is counted</th>{heads}</tr></thead>\n'
        "<tbody>\n" + "\n".join(rows) + "\n</tbody>\n</table>\n"
    )
