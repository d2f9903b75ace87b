"""SVG to PDF and PNG, with the fonts that the converter brings along: the same bytes on every run."""

from __future__ import annotations

import io
import math
import re

MILLIMETRES_WIDE = 170.0
"""Width on paper of the PNG: a text block; a wider picture is shrunk to it, a narrower one is not blown up."""

_MOST_TRIES = 120


def svg_to_pdf(svg: str) -> bytes:
    """A vector PDF of the drawing; the converter keeps no links.

    The converter (vl-convert 1.9) writes fonts in the order of a hash map, which differs from run to run. Bold is
    therefore drawn as regular letters with an outline, so that one font is enough; where other alphabets need more
    of them, the drawing is converted until every order has come up, and the first of them in the order of bytes is
    kept.
    """
    import vl_convert

    one_weight = svg.replace(' font-weight="bold"', ' stroke="#000000" stroke-width="0.4"')
    pdf = _fonts_in_order(vl_convert.svg_to_pdf(one_weight))
    fonts = pdf.count(b"/Subtype /Type0")
    if fonts < 2:
        return pdf
    tries = min(_MOST_TRIES, 20 * math.factorial(fonts))
    return min(pdf, *(_fonts_in_order(vl_convert.svg_to_pdf(one_weight)) for _ in range(tries)))


def svg_to_png(svg: str, *, dpi: int = 600) -> bytes:
    """A PNG whose pixels are `dpi` to the inch at the width it has on paper, without an alpha channel (half the
    size)."""
    import vl_convert
    from PIL import Image

    width = svg_size(svg)[0]
    inches = min(width / 96, MILLIMETRES_WIDE / 25.4)
    png = vl_convert.svg_to_png(svg, scale=inches * dpi / width, ppi=72)
    picture = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").save(picture, "PNG", dpi=(dpi, dpi))
    return picture.getvalue()


def svg_size(svg: str) -> tuple[float, float]:
    """Width and height of a drawing in CSS pixels.

    Raises:
        ValueError: where the svg element has no width and height.
    """
    found = re.search(r'<svg[^>]*\swidth="([\d.]+)"[^>]*\sheight="([\d.]+)"', svg)
    if found is None:
        raise ValueError("the SVG gives no width and height")
    return float(found[1]), float(found[2])


def _fonts_in_order(pdf: bytes) -> bytes:
    """The lines of each font dictionary sorted; their lengths stay, so every offset in the file stays right."""
    return re.sub(rb"(?:[ ]+/fo\d+ \d+ 0 R\n)+", lambda found: b"".join(sorted(found[0].splitlines(True))), pdf)
