"""A drawing as its three files: SVG, PDF and PNG."""

from __future__ import annotations

from pathlib import Path

from prismake.drawing.typeset import typeset
from prismake.records.tables import write_bytes
from prismake.report.figures.svg import Drawing


def render(drawing: Drawing) -> dict[str, bytes]:
    """The three files of a drawing: svg, pdf, png."""
    return typeset(drawing.svg(), drawing.title, drawing.description or drawing.title)


def save(drawing: Drawing, path: Path) -> None:
    """Write `path` with the endings .svg, .pdf and .png, each whole or not at all."""
    for ending, content in render(drawing).items():
        write_bytes(content, path.with_suffix(f".{ending}"))
