"""Figures taller than a page go on over several, cut between their rows."""

from __future__ import annotations

import io
import re

import pytest
from prismake.report.long_figures import cuts, pieces, raster_pieces

pillow = pytest.importorskip("PIL.Image")


def drawing(rows: int, width: int = 760) -> str:
    lines = "".join(f'<text x="5" y="{30 + 15 * n}">row {n}</text>' for n in range(rows))
    height = 60 + 15 * rows
    return f'<svg xmlns="x" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">{lines}</svg>'


@pytest.mark.parametrize("rows", [0, 10, 60])
def test_what_fits_a_page_stays_whole(rows: int) -> None:
    assert pieces(drawing(rows)) == [drawing(rows)]


@pytest.mark.parametrize("rows", [66, 80, 300, 1001])
def test_pieces_fit_a_page_cover_the_drawing_and_cut_no_row(rows: int) -> None:
    svg = drawing(rows)
    found = cuts(svg)
    assert found[0][0] == 0 and found[-1][1] == 60 + 15 * rows
    assert all(before[1] == after[0] for before, after in zip(found, found[1:], strict=False))
    assert all(100 < bottom - top <= 1.35 * 760 for top, bottom in found)
    for _, bottom in found[:-1]:
        assert all(y + 3 <= bottom or y - 9 >= bottom for y in (30 + 15 * n for n in range(rows)))
    boxes = [re.findall(r'(?:height|viewBox)="([^"]*)"', piece.partition(">")[0]) for piece in pieces(svg)]
    assert [box[1] for box in boxes] == [f"0 {top:g} 760 {bottom - top:g}" for top, bottom in found]


def test_a_drawing_without_a_size_or_without_lines_is_not_lost() -> None:
    assert pieces("<svg><text y='3'/></svg>") == ["<svg><text y='3'/></svg>"]
    assert pieces("") == [""]
    assert len(pieces('<svg width="100" height="9000"></svg>')) > 6


def test_a_narrow_drawing_that_fits_a_page_at_its_own_width_stays_whole() -> None:
    assert len(pieces(drawing(60, width=480))) == 1
    assert len(pieces(drawing(80, width=480))) == 2


def test_the_png_is_cut_where_the_drawing_is() -> None:
    svg = drawing(200)
    buffer = io.BytesIO()
    pillow.new("RGB", (76, 306)).save(buffer, "PNG")
    heights = [pillow.open(io.BytesIO(part)).height for part in raster_pieces(buffer.getvalue(), svg)]
    assert heights == [round(b / 10) - round(t / 10) for t, b in cuts(svg)] and sum(heights) == 306


def with_heads(rows: int) -> str:
    heads = '<g class="heads" data-top="16" data-bottom="40"><text x="5" y="30">Study</text></g>'
    return drawing(rows).replace(">", f">{heads}", 1)


@pytest.mark.parametrize("rows", [80, 300, 1001])
def test_every_page_repeats_the_heads_of_the_columns_and_still_fits(rows: int) -> None:
    found = cuts(with_heads(rows))
    assert all(bottom - top + (24 if top else 0) <= 1.35 * 760 for top, bottom in found)
    made = pieces(with_heads(rows))
    for (top, bottom), piece in zip(found, made, strict=True):
        _, upper, _, height = map(float, re.findall(r'viewBox="([^"]*)"', piece)[0].split())
        # The page begins above its rows by the height of the heads, which stand there and nowhere else.
        assert (upper, height) == pytest.approx((top - 24, bottom - top + 24) if top else (0, bottom))
        moved = re.findall(r"translate\(0 (-?[0-9.]+)\)", piece)
        assert [float(y) + 16 for y in moved] == pytest.approx([upper] if top else [])
    buffer = io.BytesIO()
    pillow.new("RGB", (76, round((60 + 15 * rows) / 10))).save(buffer, "PNG")
    heights = [pillow.open(io.BytesIO(part)).height for part in raster_pieces(buffer.getvalue(), with_heads(rows))]
    plain = [round(b / 10) - round(t / 10) for t, b in found]
    # To the pixel that rounding leaves.
    assert heights == pytest.approx([plain[0], *(height + 2 for height in plain[1:])], abs=1)
