"""SVG -> PDF and PNG, with the same bytes on every run and no font of the machine.

typst does both. vl-convert was measured beside it: its PNG is stable, but its PDF names font resources in hash order, so
that two runs differ; typst also writes a tagged PDF (PDF/UA-1) that carries the description.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from prismake.drawing.text import drawable, font_folders

DOTS_PER_INCH = 300
"""Of a PNG at the figure's printed size; an SVG pixel is 1/96 inch, typst prints it as 0.75 pt."""


def typeset(
    svg: str,
    title: str,
    description: str,
    kinds: Collection[str] = ("svg", "pdf", "png"),
    *,
    dots: float = DOTS_PER_INCH,
) -> dict[str, bytes]:
    """The figure as files of these kinds; `title` and `description` go into the PDF, `dots` an inch into the PNG."""
    import typst

    page = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        f'#set document(title: {_quoted(title)}, date: none)\n#set text(lang: "en")\n'
        f'#image("figure.svg", alt: {_quoted(description)})\n'
    )
    made = {"svg": svg.encode()}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "figure.svg").write_text(drawable(svg), encoding="utf-8")
        source = Path(folder) / "page.typ"
        source.write_text(page, encoding="utf-8")
        # One compiler for both files: it lays the page out once.
        compiler = typst.Compiler(str(source), font_paths=_fonts(*font_folders(svg)))
        if "pdf" in kinds:
            made["pdf"] = _one_page(compiler.compile(format="pdf", pdf_standards=["ua-1"]))
        if "png" in kinds:
            made["png"] = _one_page(compiler.compile(format="png", ppi=dots))
    return {kind: made[kind] for kind in kinds}


@cache
def _fonts(*folders: str) -> Any:
    """The fonts of these folders, read once a process."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=list(folders))


def _one_page(content: bytes | list[bytes] | None) -> bytes:
    if not isinstance(content, bytes):
        raise ValueError("a figure is one page")
    return content


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
