"""The forest plot: studies, weights, subgroups, the pooled diamond and its prediction interval.

Conventions as in the Cochrane Handbook (section 10.2.1) and metafor's forest(): a square's area is proportional to
the study's weight,
its whiskers are the confidence interval, the diamond's width is the pooled one's; the prediction interval is drawn as
a separate bar.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from prismake.drawing.text import INK, MUTED, text_width
from prismake.extraction.risk_of_bias.tools import SYMBOLS
from prismake.report.figures.forest_styles import STYLES, Style
from prismake.report.figures.scales import axis_ticks, tick_text
from prismake.report.figures.svg import ACCENT, FAINT, RULE, Drawing, shorten_label, wrap

PAD = 16.0
PLOT_WIDTH = 300.0
LABEL_MOST = 240.0

_COLOURS = {
    **dict.fromkeys(("low",), "#1b7837"),
    **dict.fromkeys(("moderate", "some concerns"), "#8a6100"),
    **dict.fromkeys(("unclear", "no information"), "#59626c"),
    **dict.fromkeys(("serious", "high"), "#b2182b"),
    **dict.fromkeys(("critical", "very high"), "#7f0000"),
}
# The mark of a judgement, in the order of a legend: never colour alone, and the sign of the risk-of-bias figures.
JUDGEMENTS = {label: (SYMBOLS[label], colour) for label, colour in _COLOURS.items()}


@dataclass(frozen=True)
class Row:
    """One line of a forest plot. `kind`: study, head (a subgroup's name), pooled (a diamond).

    `yi`, `lo`, `hi` are on the scale of the axis before `back` is applied; None where there is nothing to draw.
    `weight` is in per cent. `pi` is the prediction interval of a pooled row.
    """

    kind: Literal["study", "head", "pooled"]
    label: str
    yi: float | None = None
    lo: float | None = None
    hi: float | None = None
    weight: float | None = None
    cells: tuple[str, ...] = ()
    judgement: str = ""
    pi: tuple[float, float] | None = None
    tip: str = ""


@dataclass(frozen=True)
class Forest:
    """What a forest plot shows. `columns` name the rows' cells, `groups` stand over them (words, how many columns);
    `favours` stand left and right of no effect; `style` is one of `STYLES`.

    `back` turns a value of the axis into what is printed (exp for log ratios); `null` is the line of no effect.
    """

    title: str
    description: str
    rows: Sequence[Row]
    measure: str
    columns: tuple[str, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
    style: str = "apa"
    level: str = "95%"
    favours: tuple[str, str] = ("", "")
    null: float | None = 0.0
    back: Callable[[float], float] | None = None
    stamp: str = ""
    banner: str = ""
    with_weights: bool = True
    places: int = 2
    name: str = "forest"
    notes: tuple[str, ...] = field(default_factory=tuple)


def axis_range(rows: Sequence[Row], null: float | None) -> tuple[float, float]:
    """The axis' limits: all estimates and pooled intervals, and of the studies' intervals what is not extreme."""
    points = [v for r in rows for v in (r.yi,) if v is not None]
    points += [v for r in rows if r.kind == "pooled" for v in (r.lo, r.hi, *(r.pi or ())) if v is not None]
    if null is not None:
        points.append(null)
    if not points:
        return -1.0, 1.0
    low, high = min(points), max(points)
    spread = max(high - low, 1e-6)
    ends = [v for r in rows for v in (r.lo, r.hi) if v is not None]
    # Whiskers further out than one and a half spreads are cut and bear an arrow.
    low = min([low, *(max(v, low - 1.5 * spread) for v in ends)])
    high = max([high, *(min(v, high + 1.5 * spread) for v in ends)])
    margin = 0.04 * (high - low)
    return low - margin, high + margin


def interval_text(row: Row, plot: Forest) -> str:
    """The estimate and its interval as text: 0.22 [0.05, 0.39], or as the style has it."""
    if row.yi is None:
        return "not estimable"
    text = _shown(row.yi, plot)
    if row.lo is None or row.hi is None:
        return text
    return STYLES[plot.style].interval.format(b=text, low=_shown(row.lo, plot), high=_shown(row.hi, plot))


def _shown(value: float, plot: Forest) -> str:
    """A value as it is printed; a ratio is never zero."""
    from prismake.report.formats import decimals

    read = plot.back(value) if plot.back else value
    least = 10.0**-plot.places
    return f"<{least:g}" if plot.back is math.exp and read < least / 2 else decimals(read, plot.places)


@dataclass(frozen=True)
class Column:
    """A column of text beside the plot: its head, a text a row, how wide it is, and where its right edge stands."""

    head: str
    texts: Sequence[str]
    width: float
    right: float = 0.0


def _columns(plot: Forest, names: Sequence[str], size: float) -> list[Column]:
    """The columns that a style names, measured."""
    style = STYLES[plot.style]
    pooled = [r.kind == "pooled" for r in plot.rows]
    found: list[tuple[str, list[str]]] = []
    for name in names:
        if name == "cells":
            cells = [[r.cells[i] if i < len(r.cells) else "" for r in plot.rows] for i in range(len(plot.columns))]
            found += zip(plot.columns, cells, strict=True)
        elif name == "estimate":
            texts = [interval_text(r, plot) if r.kind != "head" else "" for r in plot.rows]
            found.append((style.estimate_head.format(measure=plot.measure, level=plot.level), texts))
        elif plot.with_weights:
            found.append((style.weight_head, [_weight_text(r, style) for r in plot.rows]))
    return [
        Column(
            head,
            texts,
            max([text_width(head, size, True), *(text_width(t, size, b) for t, b in zip(texts, pooled, strict=True))]),
        )
        for head, texts in found
    ]


def _weight_text(row: Row, style: Style) -> str:
    from prismake.report.formats import decimals

    return "" if row.weight is None else decimals(row.weight, 1) + style.weight_sign


def draw_forest(plot: Forest) -> Drawing:
    """Draw it in its style. The height follows the number of rows; from 60 rows on lines stand closer."""
    style = STYLES[plot.style]
    many = len(plot.rows) > 60
    size, step = (9.0, 15.0) if many else (10.5, 21.0)
    label_width = min(
        LABEL_MOST,
        max(
            [text_width(r.label, size, r.kind != "study") + (8 if r.kind == "study" else 0) for r in plot.rows]
            + [60, text_width(style.study, size, True)]
        ),
    )
    estimates = [interval_text(r, plot) if r.kind in ("study", "pooled") else "" for r in plot.rows]
    judged = any(r.judgement for r in plot.rows)
    judge_width = text_width("RoB", size, True) if judged else 0

    label_x = PAD
    x = PAD + label_width + 14
    columns = []
    for column in _columns(plot, style.before, size):
        x += column.width
        columns.append(replace(column, right=x))
        x += 14
    plot_x = x + 8
    x = plot_x + PLOT_WIDTH
    for i, column in enumerate(_columns(plot, style.after, size)):
        x += column.width + (14 if i else 18)
        columns.append(replace(column, right=x))
    if judged:
        x += 14 + judge_width
    judge_x = x - judge_width / 2
    width = x + PAD

    above = _favours_above(plot, size)
    head_lines = max(1, 2 if plot.groups else 1, len(above[0]), len(above[1]))
    top = PAD + (14 if plot.banner else 0)
    header_y = top + size + 4 + (head_lines - 1) * (size + 3)
    first = header_y + 10 + step
    rows_end = first + step * max(0, len(plot.rows) - 1)
    axis_y = rows_end + step * 0.9
    low, high = axis_range(plot.rows, plot.null)
    marks = axis_ticks(low, high, plot.back)
    low, high = min([low, *marks]), max([high, *marks])
    scale = PLOT_WIDTH / (high - low)

    def at(value: float) -> float:
        return plot_x + (value - low) * scale

    centre = at(plot.null) if plot.null is not None and low <= plot.null <= high else plot_x + PLOT_WIDTH / 2
    below = _favours_below(plot, centre, plot_x, width, size - 1)
    deepest = max(len(lines) for *_, lines in below)
    said = [note for note in (*plot.notes, plot.stamp) if note]
    notes = [line for note in said for line in wrap(note, width - 2 * PAD, size - 1)]
    height = axis_y + 34 + ((size + 2) * deepest + 4 if deepest else 0) + 14 * len(notes) + PAD

    drawing = Drawing(width, height, plot.title, plot.description, name=plot.name)
    if plot.banner:
        drawing.text(width / 2, PAD + 6, plot.banner, size=9, anchor="middle", bold=True, fill=MUTED)

    with drawing.heads(top, header_y + 8):
        _draw_heads(drawing, plot, columns, above, label_x, plot_x, header_y, size, judge_x if judged else None)

    pooled = [r for r in plot.rows if r.kind == "pooled" and r.yi is not None]
    if plot.null is not None and low <= plot.null <= high:
        drawing.line(at(plot.null), header_y + 7, at(plot.null), axis_y, stroke=RULE, width=1)
    if style.pooled_line and pooled and pooled[-1].yi is not None and pooled[-1].yi != plot.null:
        px = at(pooled[-1].yi)
        drawing.line(px, header_y + 12, px, axis_y, stroke=ACCENT, width=0.8, dash="2 3")

    heaviest = max([r.weight for r in plot.rows if r.kind == "study" and r.weight], default=1.0)
    largest = 6.0 if many else 9.0
    for i, (row, estimate) in enumerate(zip(plot.rows, estimates, strict=True)):
        y = first + i * step
        middle = y - size * 0.35
        bold = row.kind != "study"
        indent = 8 if row.kind == "study" else 0
        if row.kind == "pooled" and i and plot.rows[i - 1].kind == "study":
            drawing.line(PAD, y - step * 0.72, width - PAD, y - step * 0.72, stroke=FAINT, width=0.8)
        tip = row.tip or (f"{row.label}: {estimate}" if estimate else "")
        with drawing.group(tip=tip, class_=f"row {row.kind}"):
            if tip:
                drawing.element(
                    "rect",
                    x=PAD,
                    y=y - step * 0.68,
                    width=width - 2 * PAD,
                    height=step * 0.96,
                    fill="#000",
                    fill_opacity="0",
                    class_="hover",
                )
            label_space = (plot_x - label_x) if row.kind == "head" else label_width
            drawing.text(
                label_x + indent,
                y,
                shorten_label(row.label, label_space - indent, size, bold),
                size=size,
                bold=bold,
            )
            for column in columns:
                if column.texts[i]:
                    drawing.text(column.right, y, column.texts[i], size=size, anchor="end", bold=row.kind == "pooled")
            if row.judgement:
                sign, colour = JUDGEMENTS.get(row.judgement.lower(), (row.judgement[:1].upper(), MUTED))
                drawing.circle(judge_x, middle, size * 0.62, fill="#ffffff", stroke=colour)
                drawing.text(judge_x, y + 0.2, sign, size=size, anchor="middle", bold=True, fill=colour)
            _mark(drawing, row, middle, at, low, high, largest, heaviest, style)

    drawing.line(plot_x, axis_y, plot_x + PLOT_WIDTH, axis_y, stroke=INK)
    back = plot.back or (lambda v: v)
    for mark in marks:
        drawing.line(at(mark), axis_y, at(mark), axis_y + 4, stroke=INK)
        drawing.text(at(mark), axis_y + 16, tick_text(back(mark)), size=size - 1, anchor="middle")
    y = axis_y + 32
    for x, anchor, lines in below:
        for i, line in enumerate(lines):
            drawing.text(x, y + i * (size + 2), line, size=size - 1, anchor=anchor, fill=MUTED)
    y += (size + 2) * deepest + 4 if deepest else 0
    for note in notes:
        y += 12
        drawing.text(PAD, y, note, size=size - 1, fill=MUTED)
        y += 2
    return drawing


def _mark(
    drawing: Drawing,
    row: Row,
    y: float,
    at: Callable[[float], float],
    low: float,
    high: float,
    largest: float,
    heaviest: float,
    style: Style,
) -> None:
    """The square and whiskers of a study, or the diamond and bar of a pooled estimate."""
    if row.yi is None:
        return
    centre = at(min(max(row.yi, low), high))
    if row.kind == "pooled":
        if row.pi is not None:
            a, b = (at(min(max(v, low), high)) for v in row.pi)
            drawing.line(a, y, b, y, stroke=style.diamond, width=2.4)
        a, b = (
            at(max(row.lo if row.lo is not None else row.yi, low)),
            at(min(row.hi if row.hi is not None else row.yi, high)),
        )
        drawing.shape([(a, y), (centre, y - 6), (b, y), (centre, y + 6)], fill=style.diamond)
        return
    if row.lo is not None and row.hi is not None:
        a, b = at(max(row.lo, low)), at(min(row.hi, high))
        drawing.line(a, y, b, y, stroke=INK, width=1.1)
        if row.lo < low:
            drawing.shape([(a, y), (a + 6, y - 3), (a + 6, y + 3)], fill=INK)
        if row.hi > high:
            drawing.shape([(b, y), (b - 6, y - 3), (b - 6, y + 3)], fill=INK)
    side = max(3.0, largest * math.sqrt((row.weight or heaviest / 4) / heaviest))
    name = "ink-fill" if style.square == INK else "muted-fill"
    drawing.element(
        "rect",
        x=centre - side / 2,
        y=y - side / 2,
        width=float(side),
        height=float(side),
        fill=style.square,
        class_=name,
    )


def _favours_above(plot: Forest, size: float) -> tuple[list[str], list[str]]:
    """What stands over the left and the right half of the plot, in lines, where the style has it there."""
    if not STYLES[plot.style].favours_above:
        return [], []
    left, right = ([*wrap(words, PLOT_WIDTH / 2 - 8, size, True)] if words else [] for words in plot.favours)
    return left, right


def _favours_below(
    plot: Forest, centre: float, plot_x: float, width: float, size: float
) -> list[tuple[float, str, list[str]]]:
    """What stands below the axis on either side of no effect: where, how it is anchored, its lines.

    Beside no effect where there is room on both sides, else at the ends of the axis.
    """
    if STYLES[plot.style].favours_above or not any(plot.favours):
        return [(0.0, "start", [])]
    less, more = (f"← {plot.favours[0]}" if plot.favours[0] else "", f"{plot.favours[1]} →" if plot.favours[1] else "")
    # A little beyond the axis, never beyond the figure.
    reach, gap = 60.0, 8.0
    left = centre - gap - max(PAD, plot_x - reach)
    right = min(width - PAD, plot_x + PLOT_WIDTH + reach) - centre - gap
    if text_width(less, size) <= left and text_width(more, size) <= right:
        places = ((centre - gap, "end"), (centre + gap, "start"))
        lines = [[words] if words else [] for words in (less, more)]
    else:
        places = ((plot_x, "start"), (plot_x + PLOT_WIDTH, "end"))
        lines = [wrap(words, PLOT_WIDTH / 2 - gap, size) if words else [] for words in (less, more)]
    return [(x, anchor, words) for (x, anchor), words in zip(places, lines, strict=True)]


def _draw_heads(
    drawing: Drawing,
    plot: Forest,
    columns: Sequence[Column],
    above: tuple[list[str], list[str]],
    label_x: float,
    plot_x: float,
    header_y: float,
    size: float,
    judge_x: float | None,
) -> None:
    """The heads of the columns and the line below them."""
    drawing.text(label_x, header_y, STYLES[plot.style].study, size=size, bold=True)
    for column in columns:
        drawing.text(column.right, header_y, column.head, size=size, anchor="end", bold=True)
    first_column = 0
    for words, span in plot.groups:
        spanned = columns[first_column : first_column + span]
        left, right = spanned[0].right - spanned[0].width, spanned[-1].right
        if span > 1:
            drawing.text((left + right) / 2, header_y - size - 3, words, size=size, anchor="middle", bold=True)
        else:
            drawing.text(right, header_y - size - 3, words, size=size, anchor="end", bold=True)
        first_column += span
    for side, (anchor, at_x) in enumerate((("start", plot_x), ("end", plot_x + PLOT_WIDTH))):
        for i, line in enumerate(above[side]):
            line_y = header_y - (len(above[side]) - 1 - i) * (size + 3)
            drawing.text(at_x, line_y, line, size=size, anchor=anchor, bold=True)
    if judge_x is not None:
        drawing.text(judge_x, header_y, "RoB", size=size, anchor="middle", bold=True)
    drawing.line(PAD, header_y + 7, drawing.width - PAD, header_y + 7, stroke=INK, width=1)
