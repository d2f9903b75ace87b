"""PDF and PNG of a drawing."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from prismake.drawing.paper import on_paper

TEXT = '<text x="5" y="20">Bloß</text><text x="5" y="40" font-weight="bold">Grüße, Ελλάδα</text>'


def drawing(width: int) -> str:
    """An SVG of this width in pixels."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="50" font-family="Arial, \'DejaVu Sans\'">'
        f"<title>Flow</title><desc>What it shows</desc>{TEXT}</svg>"
    )


@pytest.mark.parametrize(("width", "inches"), [(240, 2.5), (1300, 170 / 25.4)])
def test_the_png_has_600_dots_to_the_inch_at_its_width_on_paper_and_no_alpha(width, inches):
    with Image.open(io.BytesIO(on_paper(drawing(width))[1])) as image:
        assert image.mode == "RGB"
        assert image.info["dpi"] == pytest.approx((600, 600), abs=0.1)
        assert image.width == pytest.approx(inches * 600, abs=2)


def test_the_bytes_are_the_same_each_time_and_the_pdf_says_what_it_shows():
    first = on_paper(drawing(300))
    assert first[0].startswith(b"%PDF") and b"/Alt" in first[0]
    assert on_paper(drawing(300)) == first


def test_a_drawing_without_a_size_is_refused():
    with pytest.raises(ValueError, match="width"):
        on_paper('<svg xmlns="http://www.w3.org/2000/svg"/>')
