"""Widths of text in Helvetica's metrics, so that boxes fit their words in whatever sans-serif font draws them.

Arial, Liberation Sans (which the SVG converter brings along) and Nimbus Sans have these widths by design. Source of
the numbers: Adobe Core 14 font metrics, Helvetica and Helvetica-Bold, in thousandths of the font size, for U+0020 to
U+007E.
"""

from __future__ import annotations

import unicodedata

_REGULAR = [
    278, 278, 355, 556, 556, 889, 667, 222, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667,
    556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556,
    556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722,
    500, 500, 500, 334, 260, 334, 584,
]  # fmt: skip
_BOLD = [
    278, 333, 474, 556, 556, 889, 722, 278, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722,
    611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556,
    611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778,
    556, 556, 500, 389, 280, 389, 584,
]  # fmt: skip
_NARROW = {"\u00a0": 278, "\u2018": 222, "\u2019": 222, "\u201a": 222, "\u00b7": 333, "\u00b0": 400, "\u2022": 350}
_OTHER = 850  # letters of other alphabets: wider than nearly all of theirs
_WIDE = 1000

NBSP = "\u00a0"


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line of text, in the unit of `size` (the font size)."""
    return sum(_advance(character, bold) for character in text) * size / 1000


def _advance(character: str, bold: bool) -> int:
    code = ord(character)
    if 32 <= code <= 126:
        return (_BOLD if bold else _REGULAR)[code - 32]
    if character in _NARROW:
        return _NARROW[character]
    base = unicodedata.normalize("NFD", character)[0]
    if base != character and 32 <= ord(base) <= 126:
        return (_BOLD if bold else _REGULAR)[ord(base) - 32]
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn"):
        return 0
    wide = unicodedata.east_asian_width(character) in ("W", "F") or character in "\u2014\u2026\u00c6\u0152"
    return _WIDE if wide else _OTHER


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines that are no wider than `width`: at spaces and after hyphens and slashes, else within a
    word.

    A no-break space holds its neighbours together as long as they fit a line.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if text_width((line + piece).rstrip(" "), size, bold=bold) <= width:
            line += piece
            continue
        if line.strip(" "):
            lines.append(line.rstrip(" "))
        line = piece
        while text_width(line.rstrip(" "), size, bold=bold) > width and len(line) > 1:
            cut = _longest_that_fits(line, width, size, bold)
            lines.append(line[:cut])
            line = line[cut:]
    if line.strip(" "):
        lines.append(line.rstrip(" "))
    return lines or [""]


def _pieces(text: str) -> list[str]:
    """Parts of a text that a line may end after."""
    pieces, piece = [], ""
    for position, character in enumerate(text):
        piece += character
        if character == " " or (character in "-/" and text[position + 1 : position + 2].isalpha()):
            pieces.append(piece)
            piece = ""
    return [*pieces, piece] if piece else pieces


def _longest_that_fits(word: str, width: float, size: float, bold: bool) -> int:
    fits = 1
    while fits < len(word) and text_width(word[: fits + 1], size, bold=bold) <= width:
        fits += 1
    return fits
