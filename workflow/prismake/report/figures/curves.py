"""Figures of all effects together: orchard, drapery, bubble, p-curve."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from prismake.drawing.text import INK, MUTED, PAPER
from prismake.report.figures.funnel import Point, tip_of
from prismake.report.figures.panel import Panel, crowded, panel, widened
from prismake.report.figures.scales import Back
from prismake.report.figures.svg import ACCENT, FAINT, RULE, Drawing
from prismake.report.formats import is_missing


def two_sided_p(z: float) -> float:
    """p of a standard normal deviate."""
    return math.erfc(abs(z) / math.sqrt(2))


def orchard(
    points: Sequence[Point],
    estimate: Mapping[str, Any],
    *,
    title: str,
    axis: str,
    name: str,
    banner: str = "",
    back: Back = None,
) -> Drawing | None:
    """Every effect as a circle as wide as it is precise, with the pooled estimate, its interval and the prediction
    interval.

    After Nakagawa et al. (2021, Res Synth Methods 12:4-12). Circles are stacked, not jittered, so that equal data
    look equal.
    """
    if len(points) < 2 or is_missing(estimate.get("b")):
        return None
    bounds = [float(estimate[k]) for k in ("ci_lb", "ci_ub", "pi_lb", "pi_ub") if not is_missing(estimate.get(k))]
    low, high = widened([p.yi for p in points] + bounds + [0.0], 0.07)
    text = f"Orchard plot of {len(points)} effects, their precision as size, around the pooled estimate."
    on = panel(title, text, (low, high), (-1.0, 1.0), name=name, banner=banner, size=(620.0, 300.0))
    drawing = on.drawing
    drawing.line(on.x(0), on.top, on.x(0), on.top + on.height, stroke=RULE)
    best = max(1 / p.sei for p in points)
    placed: list[tuple[float, float, float]] = []
    for p in sorted(points, key=lambda p: (p.sei, p.yi, p.label)):
        r = crowded(3.0 + 9.0 * math.sqrt((1 / p.sei) / best), len(points))
        y = _free(on, placed, on.x(p.yi), r)
        placed.append((on.x(p.yi), y, r))
        drawing.circle(on.x(p.yi), y, r, fill=ACCENT, stroke=ACCENT, opacity=0.28, tip=tip_of(p))
    middle = on.y(0)
    if not is_missing(estimate.get("pi_lb")) and not is_missing(estimate.get("pi_ub")):
        drawing.line(on.x(float(estimate["pi_lb"])), middle, on.x(float(estimate["pi_ub"])), middle, width=1.2)
    if not is_missing(estimate.get("ci_lb")) and not is_missing(estimate.get("ci_ub")):
        drawing.line(on.x(float(estimate["ci_lb"])), middle, on.x(float(estimate["ci_ub"])), middle, width=4.5)
    drawing.circle(on.x(float(estimate["b"])), middle, 6.5, fill="#ffffff", stroke=INK, tip="pooled estimate")
    drawing.line(on.left, on.top + on.height, on.left + on.width, on.top + on.height, stroke=INK)
    on.x_axis(axis, back=back)
    note = "Larger: more precise. Thick line: confidence interval. Thin line: prediction interval."
    drawing.text(on.left, 290, note, size=8.5, fill=MUTED)
    return drawing


def _free(on: Panel, placed: Sequence[tuple[float, float, float]], x: float, r: float) -> float:
    """The height nearest to the middle at which a circle touches no other, as far as there is room."""
    middle = on.y(0)
    room = on.height / 2 - r
    for step in range(0, int(room), 2):
        for side in (1, -1):
            y = middle + side * step
            if all((x - px) ** 2 + (y - py) ** 2 >= (r + pr) ** 2 * 0.8 for px, py, pr in placed):
                return y
    return middle


def drapery(
    points: Sequence[Point],
    estimate: Mapping[str, Any],
    *,
    title: str,
    axis: str,
    name: str,
    banner: str = "",
    back: Back = None,
) -> Drawing | None:
    """p-value functions of every effect and of the pooled one (Rücker & Schwarzer 2021, Res Synth Methods 12:34-40)."""
    se = estimate.get("se")
    if is_missing(estimate.get("b")) or is_missing(se):
        return None
    b, se = float(estimate["b"]), float(str(se))
    low, high = widened([p.yi for p in points] + [b - 3 * se, b + 3 * se, 0.0], 0.15)
    text = f"Drapery plot: p-value functions of {len(points)} effects and of the pooled estimate."
    on = panel(title, text, (low, high), (0.0, 1.0), name=name, banner=banner)
    for alpha in (0.05, 0.1):
        on.drawing.line(on.left, on.y(alpha), on.left + on.width, on.y(alpha), stroke=FAINT, width=0.8)
    width = crowded(0.8, len(points))
    for p in points:
        curve = _p_function(on, p.yi, p.sei, 240 if len(points) < 40 else 80)
        on.drawing.shape(
            curve, fill="none", stroke=RULE if len(points) <= 40 else FAINT, close=False, width=width, tip=p.label
        )
    pooled = _p_function(on, b, se, 240)
    on.drawing.shape(pooled, fill="none", stroke=ACCENT, close=False, width=2.2, tip="pooled estimate")
    on.drawing.line(on.x(0), on.top, on.x(0), on.top + on.height, stroke=RULE)
    on.frame()
    on.x_axis(axis, back=back)
    on.y_axis("p value", [0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0], size=9)
    return on.drawing


def _p_function(on: Panel, b: float, se: float, steps: int) -> list[tuple[float, float]]:
    """The curve of p over the axis, its peak and the steep part beside it drawn closely."""
    span = on.x_high - on.x_low
    grid = {on.x_low + span * i / steps for i in range(steps + 1)} | {b}
    grid |= {t for i in range(-32, 33) if on.x_low < (t := b + se * i / 8) < on.x_high}
    return [(on.x(t), on.y(two_sided_p((b - t) / se))) for t in sorted(grid)]


def bubble(
    points: Sequence[Point],
    values: Sequence[float],
    line: tuple[float, float] | None,
    *,
    band: Sequence[tuple[float, float, float]] = (),
    title: str,
    axis: str,
    moderator: str,
    name: str,
    banner: str = "",
    back: Back = None,
) -> Drawing | None:
    """Effects against a moderator, bubbles as wide as precise, with the regression line (intercept, slope).

    band: the line's confidence limits as (value of the moderator, lower, upper).
    """
    if len(points) < 3 or min(values) == max(values):
        return None
    low, high = widened([*values, *(x for x, *_ in band)], 0.06)
    ends = [line[0] + line[1] * v for v in (min(values), max(values))] if line else []
    ends += [limit for _, *limits in band for limit in limits]
    text = f"Bubble plot of {len(points)} effects against {moderator}."
    note = "Shaded: confidence interval of the regression line." if band else ""
    heights = widened([p.yi for p in points] + ends + [0.0], 0.08)
    on = panel(title, text, (low, high), heights, name=name, banner=banner, note=note)
    if band:
        edges = [(on.x(x), on.y(lower)) for x, lower, _ in band]
        edges += [(on.x(x), on.y(upper)) for x, _, upper in reversed(band)]
        on.drawing.shape(edges, fill=FAINT)
    on.drawing.line(on.left, on.y(0), on.left + on.width, on.y(0), stroke=RULE)
    best = max(1 / p.sei for p in points)
    # Among hundreds dark edges would hide the line.
    edge = INK if len(points) <= 40 else PAPER
    for p, value in sorted(zip(points, values, strict=True), key=lambda pair: pair[0].sei):
        r = crowded(3.0 + 11.0 * math.sqrt((1 / p.sei) / best), len(points))
        tip = f"{p.label}: {p.yi:.2f} at {value:g}".replace("-", "−")
        on.drawing.circle(on.x(value), on.y(p.yi), r, fill=INK, stroke=edge, opacity=0.18, tip=tip)
    if line:
        a, b = min(values), max(values)
        on.drawing.line(
            on.x(a), on.y(line[0] + line[1] * a), on.x(b), on.y(line[0] + line[1] * b), stroke=ACCENT, width=2
        )
    on.frame()
    on.x_axis(moderator)
    on.y_axis(axis, back=back)
    return on.drawing


def p_curve(points: Sequence[Point], *, title: str, name: str, banner: str = "") -> Drawing | None:
    """The distribution of significant p values (Simonsohn, Nelson & Simmons 2014, J Exp Psychol Gen 143:534-547)."""
    significant = [p for p in (two_sided_p(p.yi / p.sei) for p in points) if p < 0.05]
    if len(significant) < 3:
        return None
    edges = [0.01, 0.02, 0.03, 0.04, 0.05]
    shares = [100 * sum(e - 0.01 <= p < e for p in significant) / len(significant) for e in edges]
    text = f"p-curve of {len(significant)} significant effects: {shares[0]:.0f}% of their p values are below .01."
    note = "Dashed: what no effect would give, 20% each."
    on = panel(title, text, (0.005, 0.055), (0.0, 110.0), name=name, banner=banner, note=note)
    on.drawing.line(on.left, on.y(20), on.left + on.width, on.y(20), stroke=MUTED, dash="4 3")
    curve = [(on.x(e), on.y(s)) for e, s in zip(edges, shares, strict=True)]
    on.drawing.shape(curve, fill="none", stroke=ACCENT, close=False, width=2)
    for i, ((x, y), share) in enumerate(zip(curve, shares, strict=True)):
        on.drawing.circle(x, y, 4, fill=ACCENT)
        # Above a peak and below a valley, where the curve does not run; never below the axis.
        beside = [shares[j] for j in (i - 1, i + 1) if 0 <= j < len(shares)]
        valley = sum(beside) / len(beside) > share and share > 8
        on.drawing.text(x, y + (16 if valley else -9), f"{share:.0f}%", size=9.5, anchor="middle")
    on.frame()
    on.x_axis("p value", edges)
    on.y_axis("Share of significant effects (%)", [0, 25, 50, 75, 100])
    return on.drawing
