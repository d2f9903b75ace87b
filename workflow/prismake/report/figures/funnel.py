"""The funnel plot, with contours of significance (Peters et al. 2008, J Clin Epidemiol 61:991-996)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prismake.drawing.text import INK
from prismake.report.figures.panel import crowded, panel, widened
from prismake.report.figures.scales import Back, ticks
from prismake.report.figures.svg import ACCENT, Drawing

# Two-sided quantiles of the normal distribution for the contours p = .10, .05, .01, and their greys, darkest inside.
CONTOURS = (
    (1.6448536269514722, "#cfd4da", "p > .10"),
    (1.959963984540054, "#dfe3e8", ".10 > p > .05"),
    (2.5758293035489004, "#eef1f4", ".05 > p > .01"),
)


@dataclass(frozen=True)
class Point:
    """One effect: its estimate, standard error and label; `filled` for one that trim and fill added."""

    label: str
    yi: float
    sei: float
    filled: bool = False


def tip_of(point: Point) -> str:
    """What a point says of itself."""
    return f"{point.label}: {point.yi:.2f} (SE {point.sei:.2f})".replace("-", "−")


@dataclass(frozen=True)
class Funnel:
    """What a funnel plot shows. `b` is the pooled estimate; `contours` shade significance around `null`; `back` reads the
    axis of effects."""

    title: str
    description: str
    points: Sequence[Point]
    measure: str
    b: float | None = None
    null: float = 0.0
    contours: bool = True
    back: Back = None
    banner: str = ""
    stamp: str = ""
    name: str = "funnel"


def draw_funnel(plot: Funnel) -> Drawing:
    """Draw it: standard error downwards, the pseudo 95% region around the pooled estimate."""
    deepest = max(p.sei for p in plot.points) * 1.08
    centre = plot.b if plot.b is not None else plot.null
    reach = CONTOURS[1][0] * deepest
    low, high = widened([*(p.yi for p in plot.points), centre - reach, centre + reach], 0.03)
    said = (
        "Shaded: p > .10, .10 to .05, .05 to .01 (dark to light) of a test against no effect. " if plot.contours else ""
    )
    # y runs downwards: its limits are given the wrong way round.
    on = panel(
        plot.title,
        plot.description,
        (low, high),
        (deepest, 0.0),
        name=plot.name,
        banner=plot.banner,
        note=f"{said}{plot.stamp}",
    )
    drawing = on.drawing
    if plot.contours:
        for i, (z, grey, label) in reversed(list(enumerate(CONTOURS))):
            ends = (plot.null - z * deepest, plot.null + z * deepest)
            corners = _clipped(plot.null, *ends, deepest, low, high)
            points = " ".join(f"{on.x(u):.2f},{on.y(v):.2f}" for u, v in corners)
            if points:
                drawing.element("polygon", tip=label, points=points, fill=grey, class_=f"zone-{i}")
    if plot.b is not None:
        drawing.line(on.x(plot.b), on.y(0), on.x(plot.b), on.y(deepest), stroke=ACCENT, width=1.2)
        for side in (-1, 1):
            end = plot.b + side * CONTOURS[1][0] * deepest
            drawing.line(on.x(plot.b), on.y(0), on.x(end), on.y(deepest), stroke=ACCENT, width=1, dash="4 3")
    on.frame()
    on.x_axis(plot.measure, back=plot.back)
    on.y_axis("Standard error", ticks(0.0, deepest, 5))
    for p in plot.points:
        tip = tip_of(p)
        fill = "#ffffff" if p.filled else INK
        radius = crowded(4.0, len(plot.points))
        drawing.circle(on.x(p.yi), on.y(p.sei), radius, fill=fill, stroke=INK, tip=tip, opacity=0.85)
    return drawing


def _clipped(top: float, left: float, right: float, deep: float, low: float, high: float) -> list[tuple[float, float]]:
    """The triangle (top, 0), (right, deep), (left, deep), cut at the axis' ends wherever it lies."""
    corners = [(top, 0.0), (right, deep), (left, deep)]
    for limit, inward in ((low, 1.0), (high, -1.0)):
        kept: list[tuple[float, float]] = []
        for i, (x, y) in enumerate(corners):
            before_x, before_y = corners[i - 1]
            inside, was_inside = inward * (x - limit) >= 0, inward * (before_x - limit) >= 0
            if inside != was_inside:
                share = (limit - before_x) / (x - before_x)
                kept.append((limit, before_y + share * (y - before_y)))
            if inside:
                kept.append((x, y))
        corners = kept
    return corners
