"""Text of figures: escaped for XML, measured in DejaVu Sans, which comes with matplotlib, so that no machine's font matters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

FONT_STACK = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
"""A reader's own font; on paper DejaVu Sans, the widest of them, in which text is measured."""

INK, MUTED, PAPER = "#1b1f24", "#59626c", "#ffffff"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: object) -> str:
    """`text` with the characters that XML forbids removed, escaped for element content and attributes."""
    return escape(_NOT_XML.sub("", str(text)), quote=True)


def number(value: float) -> str:
    """A coordinate, two decimals at most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def font_folder() -> Path:
    """The folder of the DejaVu fonts that matplotlib ships."""
    found = find_spec("matplotlib")  # found, not imported: the fonts are all that is used
    if found is None or found.origin is None:
        raise ModuleNotFoundError("the fonts of the package matplotlib are needed to draw figures")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


@lru_cache(maxsize=2)
def _advances(bold: bool) -> tuple[Mapping[int, int], int]:
    """Advance width of each code point in font units, and the units of an em (OpenType hmtx, cmap, head)."""
    from fontTools.ttLib import TTFont

    font = TTFont(font_folder() / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"), lazy=True)
    metrics = font["hmtx"].metrics
    return {code: metrics[name][0] for code, name in font.getBestCmap().items()}, font["head"].unitsPerEm


def text_width(text: str, size: float = 10, bold: bool = False) -> float:
    """Width of a line of text in pixels at a font size, as DejaVu Sans sets it."""
    advances, em = _advances(bold)
    return sum(advances.get(ord(character), em) for character in text) * size / em
