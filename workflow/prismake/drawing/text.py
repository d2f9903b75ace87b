"""Text of figures and of the PDF: escaped for XML, measured in DejaVu Sans, which comes with matplotlib, and drawn by fonts
that come with packages, so that no machine's font matters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
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


# Packages whose fonts draw what DejaVu lacks: emoji and other alphabets; Chinese, Japanese and Korean.
OTHER_FONTS = ("manimgx_fonts", "noto_cjk_sans_otc")


def font_folders(text: str) -> list[str]:
    """The folders of the fonts that draw `text`: DejaVu's, and those of other alphabets where a character asks for them.

    Their own loading takes a tenth of a second that most figures need not pay.
    """
    own = font_folder()
    return [str(own), *(str(folder) for folder in _other_folders() if _beyond(text, _characters([own / _PLAIN])))]


def drawable(text: str) -> str:
    """`text` with each character that none of these fonts has as its code, `‹U+10348›`: readable, where a font of last
    resort would draw a box. Characters for private use are such, whatever a font makes of them."""
    beyond = _beyond(text, _characters([font_folder() / _PLAIN]))
    beyond = _beyond("".join(sorted(beyond)), _all_characters()) if beyond else beyond
    return text.translate({ord(character): f"‹U+{ord(character):04X}›" for character in beyond})


_PLAIN = "DejaVuSans.ttf"
# Marks that change how others are drawn, and have no glyph of their own.
_UNSEEN = re.compile("[\ufe00-\ufe0f\U000e0000-\U000e01ef]")


def _beyond(text: str, known: frozenset[int]) -> set[str]:
    """The characters to be seen in `text` that are not among those known."""
    return {
        character
        for character in set(text)
        if unicodedata.category(character) == "Co"
        or not (ord(character) in known or unicodedata.category(character)[0] in "CZ" or _UNSEEN.match(character))
    }


def _other_folders() -> Iterator[Path]:
    for package in OTHER_FONTS:
        found = find_spec(package)
        if found is not None and found.origin is not None:
            yield Path(found.origin).parent


@lru_cache(maxsize=1)
def _all_characters() -> frozenset[int]:
    """What the fonts of all folders have, but for the font of last resort, which has a box for each character."""
    own = [path for pattern in ("DejaVu*.ttf", "STIXGeneral*.ttf") for path in font_folder().glob(pattern)]
    return _characters([*own, *(path for folder in _other_folders() for path in folder.glob("*.tt[cf]"))])


def _characters(fonts: list[Path]) -> frozenset[int]:
    return frozenset().union(*(_characters_of(path) for path in fonts))


@lru_cache(maxsize=128)
def _characters_of(path: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap())


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
