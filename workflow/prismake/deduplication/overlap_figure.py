"""The overlap between databases drawn as an UpSet plot (Lex et al. 2014, IEEE TVCG 20:1983-1992), the same bytes for the same counts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from prismake.drawing.canvas import Canvas
from prismake.drawing.text import INK, MUTED, text_width
from prismake.drawing.typeset import typeset
from prismake.records.tables import write_bytes

_DARK, _LIGHT, _BAND = "#22313f", "#c9d1d9", "#f3f5f7"
_SHOWN = 24
"""Combinations that are drawn; how many more there are is said."""
_MARGIN, _STEP, _ROW, _BARS, _TOTALS, _RADIUS = 14.0, 34.0, 24.0, 150.0, 130.0, 6.0
"""Pixels: around all; a combination's column; a database's row; the highest bar; the longest bar; a dot."""


def draw_overlap(table: pd.DataFrame, paths: list[Path], *, note: str = "") -> None:
    """Write the figure to each path, by its suffix (svg, pdf, png).

    `table`: as `overlap_table` gives it. The largest 24 combinations are drawn, and how many are not is said in the figure.
    """
    drawing = overlap_drawing(table, note)
    made = typeset(drawing.svg(), drawing.title, drawing.description, [path.suffix.lstrip(".") for path in paths])
    for path in paths:
        write_bytes(made[path.suffix.lstrip(".")], path)


def described(table: pd.DataFrame) -> str:
    """The figure in words."""
    if len(table) == 0:
        return "No records."
    parts = [f"{int(n)} in {names.replace('; ', ' and ')}" for names, _, n in table.itertuples(index=False)]
    return "Records by the databases that found them: " + "; ".join(parts) + "."


def overlap_drawing(table: pd.DataFrame, note: str = "") -> Canvas:
    """Bars of the combinations over a grid of dots, and beside it a bar for each database."""
    shown = table.head(_SHOWN)
    sizes = _sizes(table)
    labels = [f"{name} ({n:,})" for name, n in sizes.items()]
    left = _MARGIN + max((text_width(label, 10) for label in labels), default=0.0) + 12
    grid, top = left + _TOTALS + 14, _MARGIN + 32 + _BARS + 8
    drawing = Canvas("Overlap between databases", described(table), "overlap")
    bottom = top + _ROW * len(sizes)
    drawing.width = max(grid + _STEP * len(shown) + _MARGIN, 320.0)
    for row, (label, n) in enumerate(zip(labels, sizes.values(), strict=True)):
        y = top + _ROW * (row + 0.5)
        if row % 2 == 0:
            drawing.element(
                "rect", x=grid, y=y - _ROW / 2, width=drawing.width - _MARGIN - grid, height=_ROW, fill=_BAND
            )
        drawing.text(left - 8, y + 3.5, label, anchor="end")
        length = _TOTALS * n / max(sizes.values())
        drawing.element("rect", x=left + _TOTALS - length, y=y - 7, width=length, height=14.0, fill=_DARK)
    for column, (combination, _, n) in enumerate(shown.itertuples(index=False)):
        _combination(
            drawing, combination, int(n), list(sizes), grid + _STEP * (column + 0.5), top, int(shown["records"].max())
        )
    if len(shown):
        drawing.text(grid, _MARGIN + 8, "Records in each combination of databases", size=9, fill=MUTED)
        drawing.text(left + _TOTALS, bottom + 16, "Records in each database", size=9, anchor="end", fill=MUTED)
    said = [f"{len(table) - len(shown)} smaller combinations are not drawn." if len(table) > len(shown) else "", note]
    said += ["No records."] if not len(table) else []
    for line in filter(None, said):
        bottom += 16
        drawing.text(_MARGIN, bottom + 16, line, size=9, fill=MUTED)
    drawing.height = bottom + 16 + _MARGIN
    return drawing


def _combination(
    drawing: Canvas, combination: str, n: int, names: list[str], x: float, top: float, largest: int
) -> None:
    """One column: its bar with the count, and a dot for each database, filled and joined where it belongs to them."""
    inside = [names.index(name) for name in combination.split("; ")]
    height = _BARS * n / largest
    tip = f"{n:,} in {combination.replace('; ', ' and ')}"
    drawing.element("rect", tip, x=x - 12, y=top - 8 - height, width=24.0, height=height, fill=_DARK)
    drawing.text(x, top - 12 - height, f"{n:,}", size=8.5, anchor="middle", fill=INK)
    for row in range(len(names)):
        drawing.element("circle", cx=x, cy=top + _ROW * (row + 0.5), r=_RADIUS, fill=_DARK if row in inside else _LIGHT)
    first, last = (top + _ROW * (row + 0.5) for row in (min(inside), max(inside)))
    drawing.line(x, first, x, last, stroke=_DARK, width=2)


def _sizes(table: pd.DataFrame) -> dict[str, int]:
    """Records of each database, the largest first."""
    found: dict[str, int] = {}
    for combination, _, n in table.itertuples(index=False):
        for name in combination.split("; "):
            found[name] = found.get(name, 0) + int(n)
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))
