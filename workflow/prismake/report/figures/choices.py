"""Figures of what other choices and other subsets of studies would give, and of the two arms' risks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from prismake.drawing.text import INK, MUTED, PAPER
from prismake.report.figures.panel import Panel, crowded, panel, widened
from prismake.report.figures.scales import Back
from prismake.report.figures.svg import ACCENT, FAINT, RULE, WARM, Drawing
from prismake.report.formats import decimals
from prismake.report.results import number_in


def specification_curve(
    block: Mapping[str, Any], *, title: str, axis: str, name: str, banner: str = "", back: Back = None
) -> Drawing | None:
    """The estimate of every specification in ascending order, with its interval (Simonsohn et al. 2020, Nat Hum
    Behav 4:1208-1214)."""
    rows = [row["estimate"] for row in block.get("specifications") or [] if row.get("estimate")]
    if len(rows) < 2:
        return None
    values = [float(e["b"]) for e in rows]
    significant = [e.get("pval") is not None and e["pval"] < 0.05 for e in rows]
    ends = [float(e[key]) for e in rows for key in ("ci_lb", "ci_ub") if e.get(key) is not None]
    text = (
        f"{len(rows)} specifications, estimates from {decimals(min(values), 2)} to {decimals(max(values), 2)}; "
        f"{sum(significant)} of them significant."
    )
    note = "Filled, and tall below: p < .05. Grey: interval of each specification. Below: the choices that made it."
    made = _choices(block)
    height = 420.0 + (_CHOICE_STEP * len(made) + 26.0 if made else 0.0)
    on = panel(
        title, text, (0.0, len(rows) + 1.0), widened([*ends, *values, 0.0]), name=name, banner=banner, note=note,
        size=(640.0, height), left=150.0,
    )  # fmt: skip
    on = replace(on, height=420.0 - 104.0)
    on.drawing.line(on.left, on.y(0), on.left + on.width, on.y(0), stroke=RULE)
    spread = min(1.6, 0.8 * on.width / (len(rows) + 1))
    for rank, (e, b, p) in enumerate(zip(rows, values, significant, strict=True), start=1):
        if e.get("ci_lb") is not None and e.get("ci_ub") is not None:
            on.drawing.line(on.x(rank), on.y(e["ci_lb"]), on.x(rank), on.y(e["ci_ub"]), stroke=FAINT, width=spread)
        radius = crowded(2.6, len(rows))
        on.drawing.circle(on.x(rank), on.y(b), radius, fill=ACCENT if p else PAPER, stroke=ACCENT if p else INK)
    on.frame()
    on.x_axis("Specifications by their estimate")
    on.y_axis(axis, back=back)
    _draw_choices(on, block, made, significant)
    return on.drawing


# The height of a line of choices.
_CHOICE_STEP = 13.0
_FACTORS = {
    "one_per_study": "Effects of a study",
    "risk_of_bias": "Risk of bias",
    "method": "Estimator of τ²",
    "test": "Test",
}

_VALUES = {"knha": "Knapp-Hartung", "without_high": "without high", "EE": "equal effects"}


def _choices(block: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(choice, value) of every line below the curve: choices of which more than one value was run."""
    rows = [row for row in block.get("specifications") or [] if row.get("estimate")]
    found = []
    for factor in _FACTORS:
        values = list(dict.fromkeys(str(row[factor]) for row in rows if row.get(factor) is not None))
        known = [value for value in (block.get("choices") or {}).get(factor, []) if value in values]
        if len(values) > 1:
            found += [(factor, value) for value in known or sorted(values)]
    return found


def _draw_choices(
    on: Panel, block: Mapping[str, Any], made: Sequence[tuple[str, str]], significant: Sequence[bool]
) -> None:
    """A line for each value of each choice, with a mark below every specification that has it, a tall one where p < .05."""
    rows = [row for row in block.get("specifications") or [] if row.get("estimate")]
    top, before = on.top + on.height + 58.0, ""
    width = max(0.8, min(3.0, 0.7 * on.width / (len(rows) + 1)))
    for line, (factor, value) in enumerate(made):
        y = top + _CHOICE_STEP * line
        if factor != before:
            on.drawing.text(12, y + 3, _FACTORS[factor], size=8.5, bold=True)
            on.drawing.line(12, y - 6.5, on.left + on.width, y - 6.5, stroke=FAINT, width=0.6)
            before = factor
        words = _VALUES.get(value, value.replace("_", " "))
        on.drawing.text(on.left - 6, y + 3, words, size=8.5, anchor="end", fill=MUTED)
        for rank, (row, p) in enumerate(zip(rows, significant, strict=True), start=1):
            if str(row.get(factor)) == value:
                half = 4 if p else 1.5
                on.drawing.line(on.x(rank), y - half, on.x(rank), y + half, stroke=ACCENT if p else INK, width=width)


def gosh(
    block: Mapping[str, Any], *, title: str, axis: str, name: str, banner: str = "", back: Back = None
) -> Drawing | None:
    """Estimate and I² of every subset of the studies, as densities (Olkin et al. 2012, Res Synth Methods 3:214)."""
    density = block.get("density") or {}
    counts, x, y = density.get("counts") or [], density.get("b_edges") or [], density.get("I2_edges") or []
    if not counts or len(x) < 2 or len(y) < 2 or x[0] >= x[-1] or y[0] >= y[-1]:
        return None
    most = max(max(column) for column in counts)
    which = "every subset" if block.get("every") else "a sample of subsets"
    text = f"Estimate against I² in {block.get('n_subsets', 0):,} subsets of the studies ({which}); darker is denser."
    on = panel(title, text, (x[0], x[-1]), (y[0], y[-1]), name=name, banner=banner, note="Darker: more subsets.")
    for i, column in enumerate(counts):
        for j, count in enumerate(column):
            if count:
                left, top = on.x(x[i]), on.y(y[j + 1])
                on.drawing.element(
                    "rect",
                    x=float(left),
                    y=float(top),
                    width=float(on.x(x[i + 1]) - left),
                    height=float(on.y(y[j]) - top),
                    fill=ACCENT,
                    fill_opacity=f"{0.15 + 0.85 * math.log1p(count) / math.log1p(most):.2f}",
                    class_="accent-fill",
                )
    on.frame()
    on.x_axis(axis, back=back)
    on.y_axis("I² (%)")
    return on.drawing


def labbe(effects: Sequence[Mapping[str, str]], *, title: str, name: str, banner: str = "") -> Drawing | None:
    """The risk in one arm against that in the other (L'Abbé, Detsky & O'Rourke 1987, Ann Intern Med 107:224-233)."""
    points = []
    for e in effects:
        a, n1, c, n2 = (number_in(e.get(key, "")) for key in ("events1", "n1", "events2", "n2"))
        if a is not None and c is not None and n1 and n2:
            points.append((e.get("label") or e.get("study_id", ""), c / n2, a / n1, n1 + n2))
    if len(points) < 2:
        return None
    above = sum(y > x for _, x, y, _ in points)
    text = f"Risk in the two arms of {len(points)} studies; in {above} it is higher with the intervention."
    highest = min(1.0, max(max(x, y) for _, x, y, _ in points) * 1.1) or 1.0
    limits, note = (0.0, highest), "Larger: more participants. On the dashed line both arms have the same risk."
    on = panel(title, text, limits, limits, name=name, banner=banner, note=note, size=(500.0, 500.0))
    on.drawing.line(on.x(0), on.y(0), on.x(highest), on.y(highest), stroke=WARM, dash="4 3")
    largest = max(n for *_, n in points)
    on.frame()
    on.x_axis("Risk with the comparator")
    on.y_axis("Risk with the intervention")
    for label, x, y, n in sorted(points, key=lambda p: (-p[3], p[0])):
        tip = f"{label}: {decimals(y, 2)} against {decimals(x, 2)}"
        radius = crowded(3 + 9 * math.sqrt(n / largest), len(points))
        on.drawing.circle(on.x(x), on.y(y), radius, fill=ACCENT, stroke=ACCENT, opacity=0.3, tip=tip)
    return on.drawing
