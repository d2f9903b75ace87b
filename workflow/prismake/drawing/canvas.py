"""An SVG being drawn: real text, a title, a description, tooltips.

Own SVG rather than a plotting library because the figures stand inline in the report: their text can be read and searched,
every mark carries a tooltip, and equal input gives equal bytes.
"""

from __future__ import annotations

import re

from prismake.drawing.text import FONT_STACK, INK, PAPER, clean, number

RULE = "#8a929b"
FAINT = "#d5d9de"
ACCENT = "#1f5a8a"
WARM = "#a3480b"


class Canvas:
    """Coordinates are pixels, the origin is the upper left corner.

    `title` names the figure and `description` says what it shows, for those who do not see it. Width and height may be
    set while it is being drawn.
    """

    def __init__(
        self, title: str, description: str, name: str = "figure", *, width: float = 100.0, height: float = 100.0
    ) -> None:
        self.width, self.height = width, height
        self.title, self.description = title, description
        self.name = re.sub(r"[^A-Za-z0-9_-]+", "-", name)
        self._parts: list[str] = []

    def mark(self, colour: str, kind: str) -> str | None:
        """The class by which a page may restyle a text, line or fill of this colour: none, the figure stays as it is."""
        del colour, kind
        return None

    def element(self, tag: str, tip: str = "", **attributes: object) -> None:
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
        attributes = {
            "x": number(x),
            "y": number(y),
            "font-size": number(size),
            "text-anchor": None if anchor == "start" else anchor,
            "font-weight": "bold" if bold else None,
            "font-style": "italic" if italic else None,
            "fill": fill,
            "class": self.mark(fill, "text"),
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
        self.element(
            "line",
            x1=float(x1),
            y1=float(y1),
            x2=float(x2),
            y2=float(y2),
            stroke=stroke,
            stroke_width=number(width),
            stroke_dasharray=dash,
            class_=self.mark(stroke, "line"),
        )

    def svg(self) -> str:
        """The whole document."""
        w, h = number(self.width), number(self.height)
        mark = self.mark(PAPER, "fill")
        ground = f' class="{mark}"' if mark else ""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
            f'aria-labelledby="{self.name}-title {self.name}-desc" font-family="{clean(FONT_STACK)}">'
            f'<title id="{self.name}-title">{clean(self.title)}</title>'
            f'<desc id="{self.name}-desc">{clean(self.description)}</desc>'
            f'<rect width="{w}" height="{h}" fill="{PAPER}"{ground}/>'
        )
        return head + "\n" + "\n".join(self._parts) + "\n</svg>\n"
