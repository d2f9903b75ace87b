"""Figures of extraction and narrative synthesis: text that fits, and the files that a picture is written to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from prismake.drawing.canvas import Canvas
from prismake.drawing.text import text_width
from prismake.drawing.typeset import typeset
from prismake.records.tables import write_bytes


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


def save(picture: Canvas, paths: Mapping[str, str | Path]) -> None:
    """Write the picture: `paths` maps svg, pdf and png to files. The same picture gives the same bytes."""
    made = typeset(picture.svg(), picture.title, picture.description, sorted(paths))
    for kind, content in made.items():
        write_bytes(content, paths[kind])
