"""Where lines of text break, as DejaVu Sans sets them; other sans-serif fonts that a reader may have are narrower."""

from __future__ import annotations

from prismake.drawing.text import text_width

NBSP = "\u00a0"


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
