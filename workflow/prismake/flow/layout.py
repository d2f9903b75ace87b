"""Where the boxes of the diagram lie: every box as high as its words, every row as high as its highest box.

Unit: CSS pixels (1/96 inch). Columns from left to right: phase bars, previous studies, databases and registers, their
side boxes, other methods, their side boxes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prismake.drawing.text import text_width
from prismake.flow.diagram import ASSESSED, IDENTIFICATION, INCLUDED, SCREENED, TOTAL, Cell, Column, Content, Entry
from prismake.flow.metrics import wrapped

FONT_SIZE = 11.0
LINE = 15.0
PADDING = 9.0
INDENT = 14.0
HANG = 6.0
"""Further indent of the second and later lines of an entry, in a box of several entries."""
MARGIN = 10.0
BAR = 26.0
GAP = 24.0
ARROW = 30.0
SAFETY = 1.04
"""Room for fonts a little wider than the one measured."""

_WIDTHS = {(False, False): 260.0, (False, True): 230.0, (True, False): 205.0, (True, True): 200.0}
"""Width of a column by whether other methods and a previous version have theirs: a page holds two to five."""
_PHASES = (
    ("Identification", IDENTIFICATION, IDENTIFICATION),
    ("Screening", SCREENED, ASSESSED),
    ("Included", INCLUDED, TOTAL),
)


@dataclass(frozen=True)
class TextLine:
    """A line of text: left edge (or centre, where `centred`) and base line."""

    text: str
    x: float
    y: float
    bold: bool = False
    centred: bool = False


@dataclass(frozen=True)
class TextBlock:
    """The lines of one entry and the list that it counts."""

    lines: tuple[TextLine, ...]
    entry: Entry


@dataclass(frozen=True)
class Rectangle:
    """A box on the page; `kind` is title, box, side, banner or phase; a phase's text runs upwards."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    column: str
    blocks: tuple[TextBlock, ...] = ()

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.y + self.height

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.width

    @property
    def middle(self) -> float:
        """Vertical centre."""
        return self.y + self.height / 2

    @property
    def centre(self) -> float:
        """Horizontal centre."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class Layout:
    """A page: its size, rectangles, arrows (points of a line that ends in an arrow head) and footers."""

    width: float
    height: float
    rectangles: tuple[Rectangle, ...]
    arrows: tuple[tuple[tuple[float, float], ...], ...]
    footers: tuple[TextLine, ...]


def lay_out(content: Content) -> Layout:
    """Place a diagram's content."""
    columns = _columns(content)
    right = max(x + width for x, width in columns.values())
    y = MARGIN
    rectangles: list[Rectangle] = []
    if content.banner:
        rectangles.append(text_box(content.banner, MARGIN, y, right - MARGIN, "banner", ""))
        y = rectangles[-1].bottom + GAP / 2
    titles = _titles(content.titles, columns, y)
    rectangles += titles
    y = max(title.bottom for title in titles) + GAP / 2
    placed: dict[tuple[int, str], Rectangle] = {}
    for row in sorted({cell.row for cell in content.cells}):
        cells = [cell for cell in content.cells if cell.row == row and cell.entries]
        y = _place_row(cells, columns, y, placed) + GAP
    y -= GAP
    rectangles += placed.values()
    rectangles += _phases(placed)
    footers, y = footer_lines(content.footers, y, right)
    return Layout(right + MARGIN, y + MARGIN, tuple(rectangles), tuple(_arrows(placed)), footers)


def _columns(content: Content) -> dict[str, tuple[float, float]]:
    """Column -> left edge and width."""
    width = _WIDTHS["other" in content.titles, "previous" in content.titles]
    x = MARGIN + BAR + 12
    columns: dict[str, tuple[float, float]] = {}
    order: list[tuple[Column, float]] = [
        ("previous", GAP),
        ("dbr", ARROW),
        ("dbr_side", GAP),
        ("other", ARROW),
        ("other_side", 0),
    ]
    for column, after in order:
        if column.removesuffix("_side") in content.titles:
            columns[column] = (x, width)
            x += width + after
    return columns


def _titles(titles: Mapping[str, str], columns: Mapping[str, tuple[float, float]], y: float) -> list[Rectangle]:
    made = []
    for arm, words in titles.items():
        x, width = columns[arm]
        side = columns.get(f"{arm}_side")
        made.append(text_box(words, x, y, (side[0] + side[1] - x) if side else width, "title", arm))
    height = max(title.height for title in made)
    return [text_box(titles[t.column], t.x, t.y, t.width, "title", t.column, height) for t in made]


def text_box(words: str, x: float, y: float, width: float, kind: str, column: str, height: float = 0.0) -> Rectangle:
    """A rectangle with bold centred words."""
    lines = wrapped(words, (width - 2 * PADDING) / SAFETY, FONT_SIZE, bold=True)
    height = max(height, len(lines) * LINE + 2 * PADDING - 4)
    first = y + (height - len(lines) * LINE) / 2 + LINE - 3.5
    block = TextBlock(
        tuple(TextLine(line, x + width / 2, first + i * LINE, True, True) for i, line in enumerate(lines)), Entry(words)
    )
    return Rectangle(x, y, width, height, kind, column, (block,))


def _place_row(
    cells: list[Cell], columns: Mapping[str, tuple[float, float]], y: float, placed: dict[tuple[int, str], Rectangle]
) -> float:
    """Place a row's boxes, each in the middle of the row's height; gives the row's lower edge."""
    phases = {first: name for name, first, last in _PHASES if first in (last, INCLUDED)}
    boxes = {cell.column: entries_height(cell.entries, columns[cell.column][1]) for cell in cells}
    row_height = max(boxes.values(), default=0.0)
    if cells and cells[0].row in phases:
        row_height = max(row_height, text_width(phases[cells[0].row], FONT_SIZE, bold=True) * SAFETY + 2 * PADDING)
    for cell in cells:
        x, width = columns[cell.column]
        height = boxes[cell.column]
        placed[cell.row, cell.column] = _box(cell, x, y + (row_height - height) / 2, width, height)
    return y + row_height


def _entry_lines(entry: Entry, width: float, hang: float) -> list[str]:
    """The lines of an entry; all are broken at the width of the later ones, which hang."""
    return wrapped(entry.text, (width - 2 * PADDING - entry.indent * INDENT - hang) / SAFETY, FONT_SIZE)


def _hang(entries: Sequence[Entry]) -> float:
    return HANG if len(entries) > 1 else 0.0


def entries_height(entries: Sequence[Entry], width: float) -> float:
    """How high a box of these entries is."""
    return sum(len(_entry_lines(entry, width, _hang(entries))) for entry in entries) * LINE + 2 * PADDING - 3


def text_blocks(entries: Sequence[Entry], x: float, y: float, width: float) -> tuple[TextBlock, ...]:
    """The lines of the entries of a box whose upper left corner is at x and y."""
    blocks, base = [], y + PADDING + LINE - 5
    for entry in entries:
        left = x + PADDING + entry.indent * INDENT
        lines = [
            TextLine(line, left + (_hang(entries) if i else 0.0), base + i * LINE)
            for i, line in enumerate(_entry_lines(entry, width, _hang(entries)))
        ]
        blocks.append(TextBlock(tuple(lines), entry))
        base += len(lines) * LINE
    return tuple(blocks)


def _box(cell: Cell, x: float, y: float, width: float, height: float) -> Rectangle:
    kind = "side" if cell.column.endswith("_side") else "box"
    return Rectangle(x, y, width, height, kind, cell.column, text_blocks(cell.entries, x, y, width))


def _phases(placed: Mapping[tuple[int, str], Rectangle]) -> list[Rectangle]:
    """The bars at the left; their text is centred and runs upwards."""
    bars = []
    for name, first, last in _PHASES:
        boxes = [box for (row, _), box in placed.items() if first <= row <= last]
        if not boxes:
            continue
        bars.append(phase_bar(name, min(box.y for box in boxes), max(box.bottom for box in boxes)))
    return bars


def phase_bar(name: str, top: float, bottom: float) -> Rectangle:
    """The bar of a phase from top to bottom, longer where its name needs it."""
    missing = max(0.0, text_width(name, FONT_SIZE, bold=True) * SAFETY + 2 * PADDING - (bottom - top))
    top, bottom = top - missing / 2, bottom + missing / 2
    line = TextLine(name, MARGIN + BAR / 2 + 4, (top + bottom) / 2, True, True)
    return Rectangle(MARGIN, top, BAR, bottom - top, "phase", "", (TextBlock((line,), Entry(name)),))


def _arrows(placed: Mapping[tuple[int, str], Rectangle]) -> list[tuple[tuple[float, float], ...]]:
    arrows: list[tuple[tuple[float, float], ...]] = []
    for column in ("dbr", "other"):
        rows = sorted(row for row, at in placed if at == column)
        for above, below in zip(rows, rows[1:], strict=False):
            a, b = placed[above, column], placed[below, column]
            arrows.append(((a.centre, a.bottom), (b.centre, b.y)))
        for row in rows:
            side = placed.get((row, f"{column}_side"))
            if side:
                main = placed[row, column]
                arrows.append(((main.right, main.middle), (side.x, main.middle)))
    target = placed.get((INCLUDED, "dbr"))
    other = placed.get((ASSESSED, "other"))
    if target and other:
        arrows.append(((other.centre, other.bottom), (other.centre, target.middle), (target.right, target.middle)))
    previous, total = placed.get((IDENTIFICATION, "previous")), placed.get((TOTAL, "dbr"))
    if previous and total:
        arrows.append(((previous.centre, previous.bottom), (previous.centre, total.middle), (total.x, total.middle)))
    return arrows


def footer_lines(footers: tuple[str, ...], y: float, right: float) -> tuple[tuple[TextLine, ...], float]:
    """Lines below a drawing, and where they end."""
    lines: list[TextLine] = []
    for words in footers:
        for line in wrapped(words, (right - MARGIN) / SAFETY, FONT_SIZE):
            y += LINE + (GAP / 2 if not lines else 0)
            lines.append(TextLine(line, MARGIN, y))
    return tuple(lines), y + (4 if lines else 0)
