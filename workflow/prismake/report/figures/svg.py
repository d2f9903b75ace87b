"""A small SVG writer: real text, a title, a description, tooltips, and text widths that are known before drawing.

Own SVG rather than a plotting library because the figures stand inline in the report: their text can be read,
searched and
restyled for a dark page, every mark carries a tooltip, and equal input gives equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from prismake.drawing.text import INK, MUTED, PAPER, clean, number, text_width

# Text is laid out by DejaVu Sans, the widest of the stack, so that no substitute overflows its place.
FONT_STACK = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"

RULE = "#8a929b"
FAINT = "#d5d9de"
ACCENT = "#1f5a8a"
WARM = "#a3480b"


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


class Drawing:
    """An SVG being drawn. Coordinates are pixels, the origin is the upper left corner.

    `title` names the figure and `description` says what it shows, for those who do not see it.
    """

    def __init__(self, width: float, height: float, title: str, description: str, *, name: str = "figure") -> None:
        self.width, self.height = width, height
        self.title, self.description = title, description
        self.name = re.sub(r"[^A-Za-z0-9_-]+", "-", name)
        self._parts: list[str] = []

    def element(self, tag: str, *, tip: str = "", **attributes: object) -> None:
        """One element; attribute names take `_` for `-`, `class_` for class; None leaves out."""
        spelled = "".join(
            f' {key.rstrip("_").replace("_", "-")}="{number(v) if isinstance(v, float) else clean(v)}"'
            for key, v in attributes.items()
            if v is not None
        )
        inside = f"<title>{clean(tip)}</title>" if tip else ""
        self._parts.append(f"<{tag}{spelled}>{inside}</{tag}>" if inside else f"<{tag}{spelled}/>")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 10,
        anchor: str = "start",
        bold: bool = False,
        italic: bool = False,
        fill: str = INK,
        rotate: float = 0,
    ) -> None:
        """A line of text with its baseline at `y`."""
        kind = {INK: "ink", MUTED: "muted", ACCENT: "accent", WARM: "warm"}.get(fill)
        attributes = {
            "x": number(x),
            "y": number(y),
            "font-size": number(size),
            "text-anchor": None if anchor == "start" else anchor,
            "font-weight": "bold" if bold else None,
            "font-style": "italic" if italic else None,
            "fill": fill,
            "class": f"{kind}-text" if kind else None,
            "transform": f"rotate({number(rotate)} {number(x)} {number(y)})" if rotate else None,
        }
        spelled = "".join(f' {k}="{clean(v)}"' for k, v in attributes.items() if v is not None)
        self._parts.append(f"<text{spelled}>{clean(text)}</text>")

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        *,
        stroke: str = INK,
        width: float = 1,
        dash: str | None = None,
    ) -> None:
        """A straight line."""
        kind = {INK: "ink", RULE: "rule", FAINT: "faint", MUTED: "muted", ACCENT: "accent", WARM: "warm"}.get(stroke)
        self.element(
            "line",
            x1=float(x1),
            y1=float(y1),
            x2=float(x2),
            y2=float(y2),
            stroke=stroke,
            stroke_width=number(width),
            stroke_dasharray=dash,
            class_=f"{kind}-line" if kind else None,
        )

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

    def svg(self) -> str:
        """The whole document."""
        w, h = number(self.width), number(self.height)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
            f'aria-labelledby="{self.name}-title {self.name}-desc" font-family="{clean(FONT_STACK)}">'
            f'<title id="{self.name}-title">{clean(self.title)}</title>'
            f'<desc id="{self.name}-desc">{clean(self.description)}</desc>'
            f'<rect width="{w}" height="{h}" fill="{PAPER}" class="paper-fill"/>'
        )
        return head + "\n" + "\n".join(self._parts) + "\n</svg>\n"
