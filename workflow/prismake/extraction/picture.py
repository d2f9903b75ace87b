"""A picture of shapes and text: SVG with real text and a description, and PDF and PNG made from it.

The later stages have their own drawing; this one serves the figures of extraction and narrative synthesis, which stand
before them in the order of imports. Text is measured and set in DejaVu Sans, which comes with matplotlib, so that no
font
of the machine matters.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from prismake.records.tables import write_bytes

INK, MUTED, RULE, PAPER = "#1b1f24", "#59626c", "#b6bcc3", "#ffffff"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PNG_PIXELS_PER_INCH = 300


def clean(text: object) -> str:
    """Text for XML: escaped, without characters that XML forbids."""
    return escape(_NOT_XML.sub("", str(text)), quote=True)


def _fonts() -> Path:
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@lru_cache(maxsize=2)
def _advances(bold: bool) -> tuple[Mapping[int, int], int]:
    from fontTools.ttLib import TTFont

    font = TTFont(_fonts() / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"), lazy=True)
    metrics = font["hmtx"].metrics
    return {code: metrics[name][0] for code, name in font.getBestCmap().items()}, font["head"].unitsPerEm


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width of a line of text in pixels."""
    advances, em = _advances(bold)
    return sum(advances.get(ord(c), em) for c in text) * size / em


def shortened(text: str, width: float, size: float) -> str:
    """The text, or its beginning with an ellipsis, no wider than `width` pixels."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def number(value: float) -> str:
    """A coordinate with two decimals at most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


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
    import typst

    svg = picture.svg()
    page = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        f'#set document(title: {_quoted(picture.title)}, date: none)\n#set text(lang: "en")\n'
        f'#image("picture.svg", alt: {_quoted(picture.description)})\n'
    )
    made: dict[str, bytes] = {"svg": svg.encode()}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "picture.svg").write_text(svg, encoding="utf-8")
        source = Path(folder) / "page.typ"
        source.write_text(page, encoding="utf-8")
        fonts: dict[str, Any] = {"font_paths": [str(_fonts())], "ignore_system_fonts": True}
        if "pdf" in paths:
            made["pdf"] = typst.compile(str(source), format="pdf", pdf_standards=["ua-1"], **fonts)
        if "png" in paths:
            made["png"] = typst.compile(str(source), format="png", ppi=_PNG_PIXELS_PER_INCH, **fonts)
    for kind, path in sorted(paths.items()):
        write_bytes(made[kind], path)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
