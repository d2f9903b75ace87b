"""PDF and PNG of a drawing for a page: its title and description go along, and the PNG has the dots that journals ask for."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

from prismake.drawing.typeset import typeset

INCHES_WIDE = 170 / 25.4
"""Width of a text block: a wider drawing is shrunk to it, a narrower one is not blown up."""

_SVG = "{http://www.w3.org/2000/svg}"


def on_paper(svg: str, *, dots_per_inch: int = 600) -> tuple[bytes, bytes]:
    """PDF and PNG of a drawing; the PNG without an alpha channel (half the size), its pixels `dots_per_inch` to the
    inch at the width that it has on paper. Links of the drawing are not in the PDF.

    Raises:
        ValueError: where the svg element has no width.
    """
    from PIL import Image

    root = ET.fromstring(svg)
    inches = float(root.get("width") or "nan") / 96
    if not inches > 0:
        raise ValueError("the SVG gives no width and height")
    title, description = ((root.findtext(f"{_SVG}{name}") or "").strip() for name in ("title", "desc"))
    dots = dots_per_inch * min(inches, INCHES_WIDE) / inches
    made = typeset(svg, title, description or title, ("pdf", "png"), dots=dots)
    picture = io.BytesIO()
    with Image.open(io.BytesIO(made["png"])) as image:
        image.convert("RGB").save(picture, "PNG", dpi=(dots_per_inch, dots_per_inch))
    return made["pdf"], picture.getvalue()
