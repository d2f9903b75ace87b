"""PDF and PNG of a drawing."""

from __future__ import annotations

import io

import pytest
from prismake.flow.convert import svg_size, svg_to_pdf, svg_to_png
from prismake.flow.svg import flow_svg


@pytest.fixture(scope="module")
def drawing(make_summary) -> str:
    return flow_svg(make_summary())


def test_the_png_has_600_dots_to_the_inch_at_the_width_of_a_text_block_and_no_alpha(drawing):
    image_module = pytest.importorskip("PIL.Image")
    png = svg_to_png(drawing)
    with image_module.open(io.BytesIO(png)) as image:
        assert image.mode == "RGB"
        assert image.info["dpi"] == pytest.approx((600, 600), abs=0.1)
        assert image.width == pytest.approx(min(svg_size(drawing)[0] / 96, 170 / 25.4) * 600, abs=2)
    assert len(png) < 1_500_000


def test_the_pdf_has_the_same_bytes_each_time(drawing):
    first = svg_to_pdf(drawing)
    assert first.startswith(b"%PDF")
    assert all(svg_to_pdf(drawing) == first for _ in range(6))


def test_the_pdf_of_a_drawing_in_two_fonts_has_the_same_bytes_each_time():
    fonts = ("Liberation Sans", "Liberation Mono")
    text = "".join(f'<text x="5" y="{20 + 20 * i}" font-family="{font}">a</text>' for i, font in enumerate(fonts))
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50">{text}</svg>'
    assert len({svg_to_pdf(svg) for _ in range(4)}) == 1


def test_a_drawing_without_a_size_is_refused():
    with pytest.raises(ValueError, match="width"):
        svg_size("<svg/>")
