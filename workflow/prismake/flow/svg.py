"""The diagram as SVG: text as text, a title and a description for screen readers, a link and a tooltip for each box."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prismake.drawing.text import FONT_STACK, clean, number
from prismake.flow.boxes import BOXES, SYNTHESIS_BOXES
from prismake.flow.diagram import Content, diagram_content
from prismake.flow.layout import FONT_SIZE, Layout, Rectangle, TextBlock, TextLine, lay_out

FILLS = {"title": "#f6e3b4", "box": "#ffffff", "side": "#ffffff", "phase": "#d5e3f0", "banner": "#ffffff"}
GREY = "#ececec"

Link = Callable[[str], str]


def list_anchor(box: str) -> str:
    """The default link of a box: its list in the same document."""
    return f"#list-{box}"


def flow_svg(
    summary: Mapping[str, Any],
    *,
    title: str = "PRISMA 2020 flow diagram",
    link: Link | None = list_anchor,
    **words: Any,
) -> str:
    """Draw a flow.

    Args:
        summary: what flow.json holds.
        title: the picture's title for screen readers.
        link: box name -> address of its list; None draws no links.
        words: passed on to `diagram_content` (synthesis, simulated, hide_zero, screening_reasons).
    """
    content = diagram_content(summary, **words)
    return draw(lay_out(content), title, description(content), link)


def description(content: Content) -> str:
    """The diagram in words, for those who cannot see it."""
    sentences = [content.banner] if content.banner else []
    arms = {"dbr": "databases and registers", "other": "other methods", "previous": "previous version"}
    for cell in sorted(content.cells, key=lambda cell: (cell.row, cell.column)):
        words = "; ".join(entry.text for entry in cell.entries).replace(":;", ":").replace("\u00a0", " ")
        if words:
            sentences.append(f"{words} [{arms[cell.column.removesuffix('_side')]}]")
    return ". ".join([*sentences, *(footer.rstrip(".") for footer in content.footers)]) + "."


def draw(layout: Layout, title: str, words: str, link: Link | None) -> str:
    """A layout as the text of an SVG file."""
    width, height = number(layout.width), number(layout.height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-labelledby="prisma-flow-title prisma-flow-desc" font-family="{FONT_STACK}" '
        f'font-size="{number(FONT_SIZE)}" fill="#000000">',
        f'<title id="prisma-flow-title">{clean(title)}</title>',
        f'<desc id="prisma-flow-desc">{clean(words)}</desc>',
        '<defs><marker id="prisma-flow-arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0 10 5 0 10z" fill="#000000"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    parts += [_arrow(points) for points in layout.arrows]
    parts += [_rectangle(rectangle, link) for rectangle in layout.rectangles]
    parts += [_line(line) for line in layout.footers]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _rectangle(rectangle: Rectangle, link: Link | None) -> str:
    fill = GREY if rectangle.kind == "title" and rectangle.column != "dbr" else FILLS[rectangle.kind]
    dash = ' stroke-dasharray="6 3"' if rectangle.kind == "banner" else ""
    rounded = ' rx="6"' if rectangle.kind in ("title", "phase") else ""
    at = f'x="{number(rectangle.x)}" y="{number(rectangle.y)}"'
    size = f'width="{number(rectangle.width)}" height="{number(rectangle.height)}"'
    shape = f'<rect {at} {size}{rounded} fill="{fill}" stroke="#000000"{dash}/>'
    if rectangle.kind == "phase":
        line = rectangle.blocks[0].lines[0]
        at = f"{number(line.x)} {number(line.y)}"
        return (
            f'<g>{shape}<text transform="translate({at}) rotate(-90)" text-anchor="middle" font-weight="bold">'
            f"{clean(line.text)}</text></g>"
        )
    name = next((block.entry.box for block in rectangle.blocks if block.entry.box), "")
    identity = f' id="prisma-flow-{name}"' if name else ""
    return f"<g{identity}>{shape}" + "".join(_block(block, link) for block in rectangle.blocks) + "</g>"


def _block(block: TextBlock, link: Link | None) -> str:
    lines = "".join(_line(line) for line in block.lines)
    box = BOXES.get(block.entry.box) or SYNTHESIS_BOXES.get(block.entry.box)
    if box is None:
        return lines
    tooltip = f"<title>{clean(box.meaning)}</title>"
    if link is None or box.name in SYNTHESIS_BOXES:
        return f"<g>{tooltip}{lines}</g>"
    return f'<a href="{clean(link(box.name))}">{tooltip}{lines}</a>'


def _line(line: TextLine) -> str:
    anchor = ' text-anchor="middle"' if line.centred else ""
    weight = ' font-weight="bold"' if line.bold else ""
    return f'<text x="{number(line.x)}" y="{number(line.y)}"{anchor}{weight}>{clean(line.text)}</text>'


def _arrow(points: tuple[tuple[float, float], ...]) -> str:
    path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="#000000" marker-end="url(#prisma-flow-arrow)"/>'
