"""A picture of shapes and text: SVG with real text and a description, and PDF and PNG made from it.

It serves the figures of extraction and narrative synthesis.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from prismake.drawing.text import INK, PAPER, clean, number, text_width
from prismake.drawing.typeset import typeset
from prismake.records.tables import write_bytes

RULE = "#b6bcc3"


def shortened(text: str, width: float, size: float, *, ending: int = 0) -> str:
    """The text, or its beginning with an ellipsis and its last `ending` letters, no wider than `width` pixels.

    A study's name ends in its year: without the ending the studies of one group of authors would look alike.
    """
    if text_width(text, size) <= width:
        return text
    end = text[len(text) - ending :] if ending else ""
    start = text[: len(text) - len(end)]
    while start and text_width(f"{start}…{end}", size) > width:
        start = start[:-1]
    return f"{start.rstrip()}…{end}"


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """The text in lines of whole words no wider than `width` pixels where its words allow that."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, bold) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


class Picture:
    """An SVG being drawn; pixels, origin in the upper left corner."""

    def __init__(self, title: str, description: str, name: str) -> None:
        self.title, self.description, self.name = title, description, name
        self.width, self.height = 100.0, 100.0
        self._parts: list[str] = []

    def element(self, tag: str, tip: str = "", **attributes: object) -> None:
        """One element; `_` in attribute names stands for `-`, None leaves out."""
        spelled = "".join(
            f' {k.replace("_", "-")}="{number(v) if isinstance(v, float) else clean(v)}"'
            for k, v in attributes.items()
            if v is not None
        )
        self._parts.append(f"<{tag}{spelled}><title>{clean(tip)}</title></{tag}>" if tip else f"<{tag}{spelled}/>")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 11,
        anchor: str = "start",
        bold: bool = False,
        fill: str = INK,
        italic: bool = False,
        rotate: float = 0.0,
    ) -> None:
        """A line of text with its baseline at y."""
        weight = ' font-weight="bold"' if bold else ""
        style = ' font-style="italic"' if italic else ""
        turn = f' transform="rotate({number(rotate)} {number(x)} {number(y)})"' if rotate else ""
        self._parts.append(
            f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}" text-anchor="{anchor}" fill="{fill}"'
            f"{weight}{style}{turn}>{clean(text)}</text>"
        )

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        *,
        stroke: str = INK,
        width: float = 1.0,
        dash: str | None = None,
    ) -> None:
        """A straight line."""
        self.element(
            "line",
            x1=float(x1),
            y1=float(y1),
            x2=float(x2),
            y2=float(y2),
            stroke=stroke,
            stroke_width=float(width),
            stroke_dasharray=dash,
        )

    def svg(self) -> str:
        """The whole document."""
        w, h = number(self.width), number(self.height)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
            f'aria-labelledby="{self.name}-title {self.name}-desc" '
            "font-family=\"'DejaVu Sans', 'Liberation Sans', Arial, Helvetica, sans-serif\">"
            f'<title id="{self.name}-title">{clean(self.title)}</title>'
            f'<desc id="{self.name}-desc">{clean(self.description)}</desc>'
            f'<rect width="{w}" height="{h}" fill="{PAPER}"/>\n' + "\n".join(self._parts) + "\n</svg>\n"
        )


def save(picture: Picture, paths: Mapping[str, str | Path]) -> None:
    """Write the picture: `paths` maps svg, pdf and png to files. The same picture gives the same bytes."""
    made = typeset(picture.svg(), picture.title, picture.description, sorted(paths))
    for kind, content in made.items():
        write_bytes(content, paths[kind])
