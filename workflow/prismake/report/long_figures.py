"""Figures taller than a page: a forest plot of three hundred studies goes on over several pages, cut between its rows.

Every page after the first repeats the heads of the columns, where the drawing says which they are (a group "heads" with
the heights that it lies between).
"""

from __future__ import annotations

import io
import re

from prismake.drawing.text import PAPER

# Width of the text on the page in SVG pixels: wider drawings are made smaller, others keep their proportion to it.
TEXT_WIDTH = 760.0

# The tallest piece, in widths of the text: what an upright page with its margins and a caption holds.
TALLEST = 1.35

# A line of text reaches so far above and below its baseline, SVG pixels.
_ABOVE, _BELOW = 9.0, 3.0

_ROOT = re.compile(r"<svg\b[^>]*>")
_HEADS = re.compile(r'<g class="heads" data-top="([0-9.]+)" data-bottom="([0-9.]+)">.*?</g>', re.DOTALL)
_BASELINE = re.compile(r'<text\b[^>]*?\by="(-?[0-9.]+)"')


def _attribute(root: str, name: str) -> float:
    found = re.search(rf'\s{name}="([0-9.]+)"', root)
    return float(found[1]) if found else 0.0


def width_of(svg: str) -> str:
    """The width at which a drawing is set: its own, at most the text's."""
    root = _ROOT.search(svg)
    own = _attribute(root[0], "width") if root else 0.0
    return f"{100 * min(1.0, own / TEXT_WIDTH or 1.0):.1f}%"


def cuts(svg: str) -> list[tuple[float, float]]:
    """(top, bottom) of the pieces of a drawing, in its own pixels; one for a drawing that fits a page, or of unknown size.

    A piece ends between two lines of text, so that no row is cut through.
    """
    root = _ROOT.search(svg)
    width, height = (_attribute(root[0], name) for name in ("width", "height")) if root else (0.0, 0.0)
    most = TALLEST * max(width, TEXT_WIDTH)
    if not width or height <= most:
        return [(0.0, height)]
    lines = sorted({float(y) for y in _BASELINE.findall(svg)})
    between = [
        (upper + _BELOW + lower - _ABOVE) / 2
        for upper, lower in zip(lines, lines[1:], strict=False)
        if lower - upper >= _ABOVE + _BELOW
    ]
    head = _HEADS.search(svg)
    found, top, repeated = [], 0.0, 0.0
    while height - top > most - repeated:
        room = most - repeated
        # A last piece of a few lines is no page: what is left is halved.
        limit = top + (room if height - top > 1.2 * room else (height - top) / 2)
        bottom = max((y for y in between if top + most / 4 < y <= limit), default=limit)
        found.append((top, bottom))
        top, repeated = bottom, float(head[2]) - float(head[1]) if head else 0.0
    return [*found, (top, height)]


def pieces(svg: str) -> list[str]:
    """The drawing as it stands on one page after the other."""
    found = cuts(svg)
    root = _ROOT.search(svg)
    if len(found) == 1 or root is None:
        return [svg]
    width, head = _attribute(root[0], "width"), _HEADS.search(svg)
    bare = re.sub(r'\s(?:height|viewBox)="[^"]*"', "", root[0])
    made = []
    for top, bottom in found:
        repeated = ""
        if head and top > 0:
            start, end = float(head[1]), float(head[2])
            upper = top - (end - start)
            # What runs behind the heads, as the line of no effect does, is covered by paper.
            repeated = (
                f'<rect x="0" y="{upper:g}" width="{width:g}" height="{end - start:g}" fill="{PAPER}" class="paper-fill"/>'
                f'<g transform="translate(0 {upper - start:g})">{head[0]}</g>'
            )
            top = upper
        size = f'{bare[:-1]} height="{bottom - top:g}" viewBox="0 {top:g} {width:g} {bottom - top:g}">'
        made.append(svg.replace(root[0], size, 1).replace("</svg>", f"{repeated}</svg>"))
    return made


def raster_pieces(png: bytes, svg: str) -> list[bytes]:
    """The drawing's PNG, cut where its SVG is."""
    found = cuts(svg)
    if len(found) == 1:
        return [png]
    from PIL import Image

    head = _HEADS.search(svg)
    made = []
    with Image.open(io.BytesIO(png)) as image:
        scale = image.height / found[-1][1]
        start, end = (round(float(head[i]) * scale) for i in (1, 2)) if head else (0, 0)
        strip = image.crop((0, start, image.width, end))
        for top, bottom in found:
            upper, lower = round(top * scale), round(bottom * scale)
            above = strip.height if head and top > 0 else 0
            part = Image.new(image.mode, (image.width, above + lower - upper))
            if above:
                part.paste(strip, (0, 0))
            part.paste(image.crop((0, upper, image.width, lower)), (0, above))
            buffer = io.BytesIO()
            part.save(buffer, "PNG")
            made.append(buffer.getvalue())
    return made
