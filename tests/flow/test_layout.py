"""Nothing overflows, nothing overlaps, whatever a flow holds."""

from __future__ import annotations

from itertools import combinations

from prismake.drawing.text import text_width
from prismake.flow.diagram import diagram_content
from prismake.flow.layout import FONT_SIZE, Layout, Rectangle, lay_out


def layout_of(summary) -> Layout:
    return lay_out(diagram_content(summary, synthesis={"total_studies_ma": 9}, simulated=True))


def test_every_line_lies_inside_its_box(summary):
    for rectangle in layout_of(summary).rectangles:
        for line in (line for block in rectangle.blocks for line in block.lines):
            width = text_width(line.text, FONT_SIZE, bold=line.bold)
            if rectangle.kind == "phase":
                assert line.y - width / 2 >= rectangle.y and line.y + width / 2 <= rectangle.bottom
                continue
            left = line.x - width / 2 if line.centred else line.x
            assert rectangle.x < left and left + width < rectangle.right
            assert rectangle.y < line.y - FONT_SIZE * 0.7 and line.y + FONT_SIZE * 0.2 < rectangle.bottom


def test_no_boxes_overlap_and_all_lie_on_the_page(summary):
    layout = layout_of(summary)
    for rectangle in layout.rectangles:
        assert rectangle.x >= 0 and rectangle.right <= layout.width
        assert rectangle.y >= 0 and rectangle.bottom <= layout.height
    for a, b in combinations(layout.rectangles, 2):
        assert a.right <= b.x or b.right <= a.x or a.bottom <= b.y or b.bottom <= a.y


def test_no_arrow_runs_through_a_box(summary):
    layout = layout_of(summary)
    for points in layout.arrows:
        for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
            assert x1 == x2 or y1 == y2
            for box in layout.rectangles:
                assert not crosses(box, min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def crosses(box: Rectangle, left: float, top: float, right: float, bottom: float) -> bool:
    inside = 0.01
    return (
        left < box.right - inside and right > box.x + inside and top < box.bottom - inside and bottom > box.y + inside
    )


def test_arrows_lead_from_each_main_box_to_the_next_and_to_its_side_box(make_summary):
    layout = layout_of(make_summary(databases=1))
    assert len(layout.arrows) == 4 + 4  # five main boxes one below the other, four of them with a side box
    update = layout_of(make_summary(update=True, other=True))
    assert (
        len(update.arrows) == 5 + 4 + 2 + 3 + 1 + 1
    )  # other methods: 3 boxes down, 3 to the side; both ends into the middle
