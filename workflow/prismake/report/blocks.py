"""The objects that stand in the report between its paragraphs: tables, figures, the flow diagram.

They hold values, not markup; each writer (HTML, pandoc) sets them in its own way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from prismake.report.numbers import Number


@dataclass(frozen=True)
class Cell:
    """A cell with more than text: `sort` is what it sorts by, `mark` a judgement shown with its sign, `href` a link."""

    text: str
    sort: str | float | None = None
    href: str = ""
    mark: str = ""
    title: str = ""


Content = str | Number | Cell


@dataclass(frozen=True)
class Column:
    """A column: its head, and how its cells are set. `prose` columns hold long text."""

    label: str
    align: Literal["left", "right", "center"] = "left"
    prose: bool = False


@dataclass
class Table:
    """A table. `empty` is the sentence that stands in its place where it has no rows; `file` where all of it can be
    opened."""

    id: str
    title: str
    columns: Sequence[Column]
    rows: list[list[Content]]
    note: str = ""
    empty: str = "Nothing to show yet."
    file: str = ""
    stamp: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"table {self.id!r}: a row of {len(row)} cells under {len(self.columns)} columns")


@dataclass(frozen=True)
class Verbatim:
    """Text that stands as it is: a search string."""

    text: str


@dataclass(frozen=True)
class Run:
    """Some words of a citation or reference in one style, and where they lead."""

    text: str
    style: Literal["", "emph", "strong", "sup", "sub", "smallcaps"] = ""
    href: str = ""


@dataclass(frozen=True)
class Reference:
    """One reference as it is set. `included` studies get an asterisk."""

    key: str
    runs: tuple[Run, ...]
    included: bool = True

    @property
    def words(self) -> tuple[Run, ...]:
        """What is set: the asterisk of an included study, then the reference."""
        return (Run("*"), *self.runs) if self.included else self.runs


@dataclass
class References:
    """The list of references, filled in when every citation is known; `empty` stands in its place where it is
    empty."""

    items: list[Reference] = field(default_factory=list)
    empty: str = "No study has been included yet, and nothing is cited."


@dataclass(frozen=True)
class Figure:
    """A figure drawn in results/: `path` is its SVG there, the PDF and PNG stand beside it. `alt` says what it
    shows."""

    id: str
    title: str
    path: str
    alt: str
    note: str = ""
    stamp: str = ""


@dataclass(frozen=True)
class FlowBox:
    """One box of the flow diagram: its words, and its lines: words, number, and whether it is a part of the line
    above."""

    id: str
    label: str
    lines: tuple[tuple[str, Number, bool], ...]


@dataclass(frozen=True)
class FlowStep:
    """A row of an arm: the box on the way down, and the box that leaves to the side."""

    phase: str
    main: FlowBox | None
    side: FlowBox | None = None


@dataclass(frozen=True)
class Flow:
    """The flow diagram: arms from left to right, then the boxes in which they meet. `path` is its drawing for print."""

    id: str
    title: str
    arms: tuple[tuple[str, tuple[FlowStep, ...]], ...]
    meeting: tuple[FlowBox, ...]
    path: str
    alt: str
    notes: tuple[str, ...] = field(default_factory=tuple)


def labels(blocks: Iterable[object]) -> dict[str, str]:
    """`table-<id>` or `figure-<id>` -> its number, in the order in which they stand; a table without rows has none."""
    found: dict[str, str] = {}
    tables = figures = 0
    for item in blocks:
        if isinstance(item, Table) and item.rows:
            tables += 1
            found[f"table-{item.id}"] = f"Table {tables}"
        elif isinstance(item, Figure | Flow):
            figures += 1
            found[f"figure-{item.id}"] = f"Figure {figures}"
    return found


def text_of(cell: Content) -> str:
    """A cell's text."""
    return cell if isinstance(cell, str) else cell.text


def sort_key(cell: Content) -> str:
    """What a cell sorts by, as text: numbers by their raw value."""
    if isinstance(cell, Number):
        return "" if cell.value is None else repr(cell.value) if not isinstance(cell.value, str) else cell.value
    if isinstance(cell, Cell) and cell.sort is not None:
        return str(cell.sort)
    return text_of(cell)
