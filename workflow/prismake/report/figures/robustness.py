"""Figures that show how much a pooled estimate hangs on single studies."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from prismake.drawing.text import INK, MUTED, text_width
from prismake.report.figures.forest import Forest, Row, draw_forest
from prismake.report.figures.panel import Panel, crowded, panel, widened
from prismake.report.figures.scales import tick_text, ticks
from prismake.report.figures.svg import ACCENT, FAINT, Drawing, shorten_label
from prismake.report.formats import is_missing

# Cook's distances and the like above these lines are commonly looked at (Viechtbauer & Cheung 2010, Res Synth Methods
# 1:112-125).
STUDENT_LIMIT = 1.959963984540054

# Rows of an influence plot that still fit a page.
MOST_ROWS = 60

_DIAGNOSTICS = (
    ("rstudent", "Studentised residual"),
    ("dffits", "DFFITS"),
    ("cook_d", "Cook’s distance"),
    ("hat", "Hat"),
)


def series(base: Forest, items: Sequence[Mapping[str, Any]], kind: str) -> Drawing | None:
    """Leave-one-out or cumulative estimates as a forest plot without weights.

    Args:
        base: a forest plot of the same analysis, for its words and scale.
        items: blocks with `label` and `estimate`.
        kind: leave_one_out or cumulative.
    """
    rows = []
    for item in items:
        e = item.get("estimate") or {}
        if is_missing(e.get("b")):
            continue
        lo, hi = (None if is_missing(e.get(k)) else float(e[k]) for k in ("ci_lb", "ci_ub"))
        name = str(item.get("label") or item.get("left_out") or item.get("added") or "")
        words = f"without {name}" if kind == "leave_one_out" else f"+ {name}"
        rows.append(Row("study", words, float(e["b"]), lo, hi, cells=(str(item.get("k", "")),)))
    if not rows:
        return None
    pooled = [replace(r, cells=("",), weight=None) for r in base.rows if r.kind == "pooled"][-1:]
    said = "with one study left out at a time" if kind == "leave_one_out" else "as studies are added by year"
    title = ("Leave-one-out: " if kind == "leave_one_out" else "Cumulative meta-analysis: ") + base.title.partition(
        ": "
    )[2]
    values = [r.yi for r in rows if r.yi is not None]
    back = base.back or (lambda v: v)
    description = (
        f"{len(rows)} pooled estimates {said}, from {tick_text(round(back(min(values)), 2))} to "
        f"{tick_text(round(back(max(values)), 2))}."
    )
    plot = replace(
        base,
        title=title,
        description=description,
        rows=[*rows, *pooled],
        columns=("k",),
        groups=(),
        with_weights=False,
        name=f"{kind}-{base.name}",
        notes=(),
    )
    return draw_forest(plot)


def baujat(
    items: Sequence[Mapping[str, Any]], labels: Mapping[str, str], *, title: str, name: str, banner: str = ""
) -> Drawing | None:
    """Contribution to heterogeneity against influence on the estimate (Baujat et al. 2002, Stat Med 21:2641-2652)."""
    known = [
        (str(i.get("study_id", "")), float(i["x"]), float(i["y"]))
        for i in items
        if not is_missing(i.get("x")) and not is_missing(i.get("y"))
    ]
    if len(known) < 2:
        return None
    widest, highest = max(x for _, x, _ in known) or 1.0, max(y for *_, y in known) or 1.0
    # The farthest along either axis, then the farther along both.
    farthest = sorted(known, key=lambda p: (-max(p[1] / widest, p[2] / highest), -(p[1] / widest + p[2] / highest)))[:3]
    names = ", ".join(labels.get(study, study) for study, _, _ in farthest)
    description = f"Baujat plot of {len(known)} studies; the upper right holds {names}."
    on = panel(
        title,
        description,
        (0.0, widened([p[1] for p in known] + [0.0])[1]),
        (0.0, widened([p[2] for p in known] + [0.0])[1]),
        name=name,
        banner=banner,
    )
    on.frame()
    on.x_axis("Contribution to heterogeneity (Q)")
    on.y_axis("Influence on the pooled estimate")
    for study, x, y in known:
        radius = crowded(4.0, len(known))
        on.drawing.circle(on.x(x), on.y(y), radius, tip=labels.get(study, study), opacity=0.85)
    _name_apart(on, [(shorten_label(labels.get(study, study), 180, 9), on.x(x), on.y(y)) for study, x, y in farthest])
    return on.drawing


def _name_apart(on: Panel, points: Sequence[tuple[str, float, float]]) -> None:
    """Name points of a panel beside them, each where it covers neither a name nor another named point."""
    taken = [(x - 4, x + 4, y - 4, y + 4) for _, x, y in points]
    for text, x, y in points:
        width = text_width(text, 9)
        places = [
            (x + dx if dx > 0 else x + dx - width, y + dy) for dy in (3, -8, 14, -19, 25, -30, 36) for dx in (7, -7)
        ]
        fitting = [
            place
            for place in places
            if on.left <= place[0]
            and place[0] + width <= on.left + on.width + 12
            and not any(_meet((place[0], place[0] + width, place[1] - 8, place[1] + 2), other) for other in taken)
        ]
        left, base = (fitting or places)[0]
        taken.append((left, left + width, base - 8, base + 2))
        on.drawing.text(left, base, text, size=9)


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two boxes (left, right, top, bottom) overlap."""
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def influence(
    items: Sequence[Mapping[str, Any]], labels: Mapping[str, str], *, title: str, name: str, banner: str = ""
) -> Drawing | None:
    """Influence diagnostics, one row a study, one column a diagnostic; flagged studies are marked."""
    if len(items) < 3:
        return None
    size, step, column = 9.5, 17.0, 118.0
    every, items = len(items), _most_influential(items)
    names = [labels.get(str(i.get("study_id", "")), str(i.get("study_id", ""))) for i in items]
    label_width = min(220.0, max(text_width(n, size) for n in names) + 14)
    top = 58.0
    width = 16 + label_width + len(_DIAGNOSTICS) * (column + 16) + 8
    shown = f"The {len(items)} of {every} studies with the largest Cook’s distances." if len(items) < every else ""
    height = top + step * len(items) + (60 if shown else 42)
    flagged = [n for n, i in zip(names, items, strict=True) if i.get("influential")]
    description = f"Influence diagnostics of {every} studies; " + (
        f"flagged as influential: {', '.join(flagged)}." if flagged else "none is flagged as influential."
    )
    drawing = Drawing(width, height, title, description, name=name)
    if banner:
        drawing.text(width / 2, 16, banner, size=9, anchor="middle", bold=True, fill=MUTED)
    if shown:
        drawing.text(16, height - 10, shown, size=8.5, fill=MUTED)
    for i, label in enumerate(names):
        y = top + step * i + step * 0.7
        bold = bool(items[i].get("influential"))
        mark = "▸ " if bold else ""
        text = shorten_label(label, label_width - 14 - text_width(mark, size, bold), size, bold)
        drawing.text(16, y, mark + text, size=size, bold=bold)
        drawing.line(16, y + 4.5, width - 16, y + 4.5, stroke=FAINT, width=0.6)
    for c, (key, words) in enumerate(_DIAGNOSTICS):
        _diagnostic(drawing, items, names, key, words, 16 + label_width + c * (column + 16), top, column, step, size)
    return drawing


def _most_influential(items: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """All of them as far as they fit a page, else the flagged ones and those with the largest Cook's distances."""
    if len(items) <= MOST_ROWS:
        return items
    order = sorted(
        range(len(items)), key=lambda i: (not items[i].get("influential"), -float(items[i].get("cook_d") or 0.0), i)
    )
    return [items[i] for i in sorted(order[:MOST_ROWS])]


def _diagnostic(
    drawing: Drawing,
    items: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    key: str,
    words: str,
    left: float,
    top: float,
    width: float,
    step: float,
    size: float,
) -> None:
    """One column of the influence plot: a dot a study, a line at zero, the ticks below."""
    values = [None if is_missing(i.get(key)) else float(i[key]) for i in items]
    known = [v for v in values if v is not None] or [0.0]
    low, high = widened([*known, 0.0], 0.08)
    if math.isclose(low, high):
        high = low + 1

    def at(value: float) -> float:
        return left + (value - low) / (high - low) * width

    bottom = top + step * len(items) + 4
    drawing.text(left + width / 2, top - 8, words, size=size, anchor="middle", bold=True)
    drawing.line(at(0), top, at(0), bottom, stroke=MUTED, width=0.8)
    if key == "rstudent":
        for limit in (-STUDENT_LIMIT, STUDENT_LIMIT):
            if low < limit < high:
                drawing.line(at(limit), top, at(limit), bottom, stroke=MUTED, width=0.8, dash="2 3")
    for i, value in enumerate(values):
        if value is None:
            continue
        y = top + step * i + step * 0.5
        drawing.line(at(0), y, at(value), y, stroke=INK, width=1)
        fill = ACCENT if items[i].get("influential") else INK
        drawing.circle(at(value), y, 3.4, fill=fill, tip=f"{names[i]}: {words} {tick_text(round(value, 3))}")
    drawing.line(left, bottom, left + width, bottom, stroke=INK, width=0.8)
    for mark in ticks(low, high, 4):
        drawing.line(at(mark), bottom, at(mark), bottom + 4, stroke=INK, width=0.8)
        drawing.text(at(mark), bottom + 15, tick_text(mark), size=size - 1, anchor="middle")
