"""What the figures of analyses are drawn with: shapes, and text that is cut or wrapped to a width known before drawing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from prismake.drawing.canvas import ACCENT, FAINT, RULE, WARM, Canvas
from prismake.drawing.text import INK, MUTED, PAPER, clean, number, text_width


def shorten(text: str, width: float, size: float = 10, bold: bool = False) -> str:
    """`text`, or its beginning with an ellipsis where it is wider than `width` pixels."""
    text = " ".join(text.split())
    if text_width(text, size, bold) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle].rstrip() + "…", size, bold) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


# What tells studies of the same authors apart: the year in brackets, and an outcome after it.
_YEAR = re.compile(r"\s*(\([^()]*\d{4}[a-z]?\)(?:, .*)?)$")


def shorten_label(text: str, width: float, size: float = 10, bold: bool = False) -> str:
    """A study's label in `width` pixels: its names are cut, not its year."""
    found = _YEAR.search(text)
    if not found or text_width(text, size, bold) <= width:
        return shorten(text, width, size, bold)
    room = width - text_width(f" {found[1]}", size, bold)
    if room < width / 3:
        return shorten(text, width, size, bold)
    return f"{shorten(text[: found.start()], room, size, bold)} {found[1]}"


def wrap(text: str, width: float, size: float = 10, bold: bool = False) -> list[str]:
    """`text` in lines of at most `width` pixels; a word that is wider gets a line and an ellipsis."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and text_width(longer, size, bold) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    if line:
        lines.append(line)
    return [shorten(one, width, size, bold) for one in lines] or [""]


_MARKS = {
    "text": {INK: "ink", MUTED: "muted", ACCENT: "accent", WARM: "warm"},
    "line": {INK: "ink", RULE: "rule", FAINT: "faint", MUTED: "muted", ACCENT: "accent", WARM: "warm"},
    "fill": {PAPER: "paper"},
}


class Drawing(Canvas):
    """A figure of an analysis: shapes, circles and groups beside text and lines, restyled on a dark page."""

    def __init__(self, width: float, height: float, title: str, description: str, *, name: str = "figure") -> None:
        super().__init__(title, description, name, width=width, height=height)

    def mark(self, colour: str, kind: str) -> str | None:
        """The class by which a dark page restyles it."""
        name = _MARKS[kind].get(colour)
        return f"{name}-{kind}" if name else None

    def shape(
        self,
        points: list[tuple[float, float]],
        *,
        fill: str = INK,
        stroke: str | None = None,
        close: bool = True,
        tip: str = "",
        width: float = 1,
        opacity: float | None = None,
        dash: str | None = None,
    ) -> None:
        """A polygon, or a polyline where `close` is false."""
        kind = {INK: "ink", ACCENT: "accent", FAINT: "faint", PAPER: "paper", MUTED: "muted", WARM: "warm"}.get(fill)
        edge = {INK: "ink", ACCENT: "accent", RULE: "rule", MUTED: "muted", WARM: "warm"}.get(stroke or "")
        names = " ".join(n for n in (f"{kind}-fill" if kind else "", f"{edge}-line" if edge else "") if n)
        self.element(
            "polygon" if close else "polyline",
            tip=tip,
            points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points),
            fill=fill if close else "none",
            stroke=stroke,
            stroke_width=number(width) if stroke else None,
            stroke_dasharray=dash,
            fill_opacity=None if opacity is None else number(opacity),
            class_=names or None,
        )

    def circle(
        self,
        x: float,
        y: float,
        r: float,
        *,
        fill: str = INK,
        stroke: str | None = None,
        tip: str = "",
        opacity: float | None = None,
    ) -> None:
        """A circle."""
        kind = {INK: "ink", ACCENT: "accent", PAPER: "paper", WARM: "warm", MUTED: "muted"}.get(fill)
        edge = {INK: "ink", PAPER: "paper", ACCENT: "accent", WARM: "warm"}.get(stroke or "")
        names = " ".join(n for n in (f"{kind}-fill" if kind else "", f"{edge}-line" if edge else "") if n)
        self.element(
            "circle",
            tip=tip,
            cx=float(x),
            cy=float(y),
            r=float(r),
            fill=fill,
            stroke=stroke,
            fill_opacity=None if opacity is None else number(opacity),
            class_=names or None,
        )

    @contextmanager
    def heads(self, top: float, bottom: float) -> Iterator[None]:
        """What is drawn inside are the heads of columns, between these heights: every page of a long drawing repeats them."""
        self._parts.append(f'<g class="heads" data-top="{number(top)}" data-bottom="{number(bottom)}">')
        yield
        self._parts.append("</g>")

    @contextmanager
    def group(self, *, tip: str = "", class_: str = "") -> Iterator[None]:
        """What is drawn inside shares a tooltip."""
        self._parts.append(f'<g class="{clean(class_)}">' if class_ else "<g>")
        if tip:
            self._parts.append(f"<title>{clean(tip)}</title>")
        yield
        self._parts.append("</g>")
