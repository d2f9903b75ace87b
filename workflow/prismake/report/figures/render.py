"""SVG -> PDF and PNG, with the same bytes on every run and no font of the machine.

typst does both. vl-convert was measured beside it: its PNG is stable, but its PDF names font resources in hash order,
so that two
runs differ; typst also writes a tagged PDF (PDF/UA-1) that carries the description.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from prismake.records.tables import write_bytes
from prismake.report.figures.svg import Drawing, font_folder

# 300 dots an inch at the figure's printed size; an SVG pixel is 1/96 inch, typst prints it as 0.75 pt.
DOTS_PER_INCH = 300


def _typst_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def render(drawing: Drawing) -> dict[str, bytes]:
    """The three files of a drawing: svg, pdf, png."""
    import typst

    svg = drawing.svg()
    page = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        f'#set document(title: {_typst_text(drawing.title)}, date: none)\n#set text(lang: "en")\n'
        f'#image("figure.svg", alt: {_typst_text(drawing.description or drawing.title)})\n'
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "figure.svg").write_text(svg, encoding="utf-8")
        source = Path(folder) / "page.typ"
        source.write_text(page, encoding="utf-8")
        fonts = [str(font_folder())]
        pdf = typst.compile(
            str(source), format="pdf", pdf_standards=["ua-1"], font_paths=fonts, ignore_system_fonts=True
        )
        png = typst.compile(str(source), format="png", ppi=DOTS_PER_INCH, font_paths=fonts, ignore_system_fonts=True)
    return {"svg": svg.encode(), "pdf": pdf, "png": png}


def save(drawing: Drawing, path: Path) -> None:
    """Write `path` with the endings .svg, .pdf and .png, each whole or not at all."""
    for ending, content in render(drawing).items():
        write_bytes(content, path.with_suffix(f".{ending}"))
