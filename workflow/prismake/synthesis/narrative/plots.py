"""Effect-direction, albatross and harvest plots."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from prismake.drawing.canvas import RULE, Canvas
from prismake.drawing.text import INK, MUTED, text_width
from prismake.extraction.picture import shortened, wrapped
from prismake.synthesis.narrative.contours import Family, family_of
from prismake.synthesis.narrative.directions import z_of

_SIDE, _TEXT = 16.0, 11.0
_FOR, _AGAINST, _NEITHER = "#1f5a8a", "#c4611a", "#8a929b"
_NAMES_AT_MOST = 300.0
_ENDING = 8  # letters of a long name that are always shown: its year
_BARS = 18  # side by side in a column of the harvest plot; more stand in lines below
_FARTHEST = 6.466951  # z of p = 10 to the -10: an axis that reached further would squeeze all else into its middle
_WORDS = {
    "positive": "favours the intervention",
    "negative": "favours the comparator",
    "mixed": "mixed",
    "none": "no difference",
}


def effect_direction_plot(table: pd.DataFrame, labels: Mapping[str, str], *, note: str = "") -> Canvas:
    """Studies in rows (by group), constructs in columns: an arrow up, down, or both ways; its size tells the number
    of people.

    Boon & Thomson (2021): large over 300, medium 50 to 300, small below 50; a number beside says how many outcomes.
    """
    constructs = list(dict.fromkeys(table["construct"]))
    picture = Canvas(
        "Direction of effect by study and outcome", _directions_in_words(table, labels), "effect-direction"
    )
    heads = [wrapped(labels.get(c, c), 112.0, 10, bold=True) for c in constructs]
    steps = [max(84.0, *(text_width(line, 10, True) + 18 for line in h)) for h in heads]
    names = min(_NAMES_AT_MOST, max((text_width(n, _TEXT) for n in table["label"]), default=80.0))
    left = _SIDE + names + 12
    middles = [left + sum(steps[:i]) + step / 2 for i, step in enumerate(steps)]
    picture.width = max(left + sum(steps) + _SIDE, 460.0)
    deepest = max((len(h) for h in heads), default=1)
    for middle, head in zip(middles, heads, strict=True):
        for i, line in enumerate(head, deepest - len(head)):
            picture.text(middle, _SIDE + 12 + 13 * i, line, size=10, anchor="middle", bold=True)
    y = _SIDE + 9 + 13 * deepest
    if table.empty:
        picture.text(_SIDE, y + 14, "No study has a direction of effect yet.", size=_TEXT, fill=MUTED)
        y += 30
    for group, part in table.groupby("group", sort=True):
        if group:
            y += 8
            picture.text(_SIDE, y + 12, str(group).replace("_", " "), size=_TEXT, bold=True)
            y += 18
        for (label, _), mine in part.groupby(["label", "study_id"], sort=True):
            picture.line(_SIDE, y, picture.width - _SIDE, y, stroke="#e4e7ea")
            picture.text(_SIDE, y + 19, shortened(str(label), names, _TEXT, ending=_ENDING), size=_TEXT)
            for row in mine.to_dict("records"):
                _arrow(picture, middles[constructs.index(row["construct"])], y + 15, row, str(label))
            y += 30
    picture.line(_SIDE, y, picture.width - _SIDE, y, stroke=RULE)
    picture.height = _arrow_legend(picture, y + 24, note)
    return picture


def _size(n: object) -> float:
    value = float(n) if n is not None and n == n and n != "" else 0.0  # type: ignore[arg-type]
    return 12.0 if value > 300 else 9.0 if value >= 50 else 6.0


def _arrow(picture: Canvas, x: float, y: float, row: Mapping, label: str) -> None:
    size = _size(row["ni"])
    tip = f"{label}, {row['construct']}: {_WORDS[row['direction']]} ({row['n_effects']} effects)"
    _triangle(picture, x, y, size, row["direction"], tip)
    if row["n_effects"] > 1:
        picture.text(x + size + 5, y + 4, str(row["n_effects"]), size=9, fill=MUTED)


def _triangle(picture: Canvas, x: float, y: float, size: float, direction: str, tip: str) -> None:
    h = size * 0.9
    shapes = {
        "positive": ([(x, y - h), (x + size, y + h), (x - size, y + h)], _FOR),
        "negative": ([(x, y + h), (x + size, y - h), (x - size, y - h)], _AGAINST),
    }
    if direction in shapes:
        points, fill = shapes[direction]
        picture.element(
            "polygon",
            tip,
            points=" ".join(f"{a:.1f},{b:.1f}" for a, b in points),
            fill=fill,
            stroke=INK,
            stroke_width=0.8,
        )
    elif direction == "mixed":
        for s in (-1, 1):
            points = [(x + s * (size + 2), y), (x + s * 2, y - h * 0.8), (x + s * 2, y + h * 0.8)]
            picture.element(
                "polygon",
                tip,
                points=" ".join(f"{a:.1f},{b:.1f}" for a, b in points),
                fill=_NEITHER,
                stroke=INK,
                stroke_width=0.8,
            )
    else:
        picture.element("circle", tip, cx=x, cy=y, r=size * 0.7, fill="#ffffff", stroke=INK, stroke_width=1.0)


def _arrow_legend(picture: Canvas, y: float, note: str) -> float:
    x = _SIDE + 10
    for direction, words in _WORDS.items():
        wide = 30 + text_width(words, 10) + 14
        if x + wide > picture.width:
            x, y = _SIDE + 10, y + 24
        _triangle(picture, x, y, 8.0, direction, "Key")
        picture.text(x + 16, y + 4, words, size=10)
        x += wide
    lines = [
        "Size: large over 300 people, medium 50 to 300, small below 50.",
        "Number: how many effects of the study agree or not.",
    ]
    for line in [*lines, *([note] if note else [])]:
        y += 18
        picture.text(_SIDE, y + 4, line, size=10, fill=MUTED, italic=line == note)
        picture.width = max(picture.width, 2 * _SIDE + text_width(line, 10))
    return y + 18


def _directions_in_words(table: pd.DataFrame, labels: Mapping[str, str]) -> str:
    if table.empty:
        return "No study has a direction of effect yet."
    parts = []
    for construct, frame in table.groupby("construct", sort=True):
        counts = frame["direction"].value_counts()
        known = [f"{_WORDS[d]} in {counts[d]}" for d in _WORDS if d in counts]
        parts.append(f"{labels.get(str(construct), construct)}: {', '.join(known)}")
    return "Number of studies by direction of effect. " + "; ".join(parts) + "."


def albatross_plot(table: pd.DataFrame, labels: Mapping[str, str], *, note: str = "") -> Canvas:
    """p against sample size with contours of equal effects (Harrison et al., 2017, Res Synth Methods 8:281).

    The contours are those of the measure that most effects have, if it has any. Beyond p = 10 to the -10 points stand at
    the edge, open.
    """
    tested = [(row, z) for row in table.to_dict("records") if (z := z_of(row)) is not None and row["ni"] == row["ni"]]
    points = [(row, z) for row, z in tested if row["ni"] is not None]
    picture = Canvas(
        "Albatross plot",
        f"{len(points)} effects by their p value and number of people, with contours of equal effect size.",
        "albatross",
    )
    picture.width, picture.height = 660.0, 480.0
    left, right, top, bottom = 66.0, 640.0, 40.0, 390.0
    sizes = [float(row["ni"]) for row, _ in points] or [20.0, 500.0]
    low_n, high_n = min(10.0, *sizes) / 1.3, max(500.0, *sizes) * 1.5
    z_most = min(_FARTHEST, max([3.9, *(abs(z) for _, z in points)]))
    reach = _score(z_most * 1.03)
    middle = (left + right) / 2

    def at_x(z: float) -> float:
        return middle + math.copysign(_score(min(abs(z), z_most)), z) / reach * (right - left) / 2

    def at_y(n: float) -> float:
        return bottom - (math.log(n) - math.log(low_n)) / (math.log(high_n) - math.log(low_n)) * (bottom - top)

    _albatross_axes(picture, at_x, at_y, (left, right, top, bottom), (low_n, high_n), z_most)
    family = family_of(row["measure"] for row, _ in points)
    _contours(picture, family, at_x, at_y, (low_n, high_n), z_most)
    words = f"Contours: {family.words}" if family else "No contours: they are not known for this measure"
    picture.text(left, top - 20, words, size=9.5, fill=MUTED)
    for row, z in points:
        fill = _FOR if z > 0 else _AGAINST
        beyond = abs(z) > z_most
        what = labels.get(row["construct"], row["construct"])
        tip = f"{row['label']}, {what}: p = {row['pval']:.3g}, n = {float(row['ni']):g}"
        picture.element(
            "circle",
            tip,
            cx=at_x(z),
            cy=at_y(float(row["ni"])),
            r=4.5,
            fill="#ffffff" if beyond else fill,
            fill_opacity=0.75,
            stroke=fill if beyond else INK,
            stroke_width=1.6 if beyond else 0.8,
        )
    if any(abs(z) > z_most for _, z in points):
        picture.text(right, top - 20, "Open, at the edge: p below 10⁻¹⁰", size=9.5, anchor="end", fill=MUTED)
    if not len(points):
        picture.text(middle, (top + bottom) / 2, "No effect has a p value yet.", anchor="middle", fill=MUTED)
    if note:
        picture.text(_SIDE, 470, note, size=10, fill=MUTED, italic=True)
    return picture


def _score(z: float) -> float:
    """Position of a two-sided p on its axis: minus its log to the base of ten."""
    return -math.log10(max(math.erfc(z / math.sqrt(2)), 1e-300))


def _albatross_axes(picture: Canvas, at_x, at_y, box, sizes, z_most) -> None:  # type: ignore[no-untyped-def]
    from statistics import NormalDist

    left, right, top, bottom = box
    picture.element(
        "rect", x=left, y=top, width=right - left, height=bottom - top, fill="none", stroke=INK, stroke_width=1.0
    )
    picture.line(at_x(0.0), top, at_x(0.0), bottom, stroke=RULE, dash="4 3")
    last = 0.0  # how far from the middle the last labels reach: those that would stand over them are left out
    for p in (1.0, 0.05, 0.001, 1e-6, 1e-10, 1e-15, 1e-20, 1e-30, 1e-50):
        z = -NormalDist().inv_cdf(p / 2) if p > 1e-15 else _z_of(p)
        if z > z_most * 1.03:
            break
        half = text_width(_p_words(p), 9.5) / 2 + 4
        away = at_x(z) - at_x(0.0)
        for side in (-1, 1) if z > 0.01 else (1,):
            picture.line(at_x(side * z), bottom, at_x(side * z), bottom + 5)
            if z < 0.01 or away - half >= last:
                picture.text(at_x(side * z), bottom + 18, _p_words(p), size=9.5, anchor="middle")
        last = away + half if z < 0.01 or away - half >= last else last
    for n in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 100000):
        if sizes[0] <= n <= sizes[1]:
            picture.line(left - 5, at_y(n), left, at_y(n))
            picture.text(left - 8, at_y(n) + 4, f"{n:,}", size=9.5, anchor="end")
    picture.text((left + right) / 2, bottom + 38, "two-sided p value", size=10.5, anchor="middle")
    picture.text(left, bottom + 54, "favours the comparator", size=10, fill=_AGAINST, bold=True)
    picture.text(right, bottom + 54, "favours the intervention", size=10, anchor="end", fill=_FOR, bold=True)
    picture.text(18, (top + bottom) / 2, "number of people", size=10.5, anchor="middle", rotate=-90)


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _p_words(p: float) -> str:
    """A p as an axis has it: 1, .05, .001, 10⁻⁶."""
    if p >= 0.001:
        return f"{p:g}".removeprefix("0")
    return "10" + str(round(math.log10(p))).translate(_RAISED)


def _z_of(p: float) -> float:
    """z of a very small two-sided p, by bisection on the log of the tail."""
    low, high = 5.0, 38.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erfc(middle / math.sqrt(2)) > p else (low, middle)
    return low


def _contours(picture: Canvas, family: Family | None, at_x, at_y, sizes, z_most) -> None:  # type: ignore[no-untyped-def]
    """Lines of equal effects to both sides, each with its number at the end unless another's stands there."""
    taken: list[tuple[float, float]] = []
    for effect in sorted(family.effects, reverse=True) if family else ():
        for side in (-1, 1):
            people = [math.exp(math.log(sizes[0]) + i / 240 * math.log(sizes[1] / sizes[0])) for i in range(241)]
            ends = [(family.z(effect, n), n) for n in people if n > 3]
            points = [(at_x(side * z), at_y(n)) for z, n in ends if z <= z_most]
            if len(points) > 1:
                dash = "3 2" if effect in sorted(family.effects)[:2] else None
                spelled = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
                picture.element(
                    "polyline", points=spelled, fill="none", stroke=_NEITHER, stroke_width=1.0, stroke_dasharray=dash
                )
                _number_of(picture, f"{effect:g}", points[-1], side, at_y(sizes[1]), taken)


def _number_of(
    picture: Canvas,
    effect: str,
    end: tuple[float, float],
    side: int,
    top: float,
    taken: list[tuple[float, float]],
) -> None:
    """A contour's number: above the frame where it ends there, else within the frame, over the end of the line."""
    at_top = end[1] <= top + 1
    x, y = (end[0], end[1] - 4) if at_top else (end[0] - 4 * side, end[1] - 7)
    if any(abs(x - a) < 24 and abs(y - b) < 10 for a, b in taken):
        return
    taken.append((x, y))
    anchor = "middle" if at_top else "end" if side > 0 else "start"
    picture.text(x, y, effect, size=8.5, anchor=anchor, fill=MUTED)


def harvest_plot(
    table: pd.DataFrame, labels: Mapping[str, str], levels: Sequence[str] = (), *, note: str = ""
) -> Canvas:
    """Bars of studies by what they found: height is the risk of bias (taller is better), the number is the study's
    in the list.

    Ogilvie et al. (2008), BMC Med Res Methodol 8:8. Columns: interval below zero, over zero, or not containing it.
    """
    constructs = list(dict.fromkeys(table["construct"]))
    named = table.sort_values(["label", "study_id"]).drop_duplicates("study_id") if len(table) else table
    studies = {s: (i, str(n)) for i, (s, n) in enumerate(zip(named["study_id"], named["label"], strict=True), 1)}
    columns = ["Favours comparator", "No clear difference", "Favours intervention"]
    placed: dict[tuple[str, int], list[dict]] = {(c, i): [] for c in constructs for i in range(3)}
    for row in table.to_dict("records"):
        placed[(row["construct"], _column(row))].append(row)
    bar = 17.0 if len(studies) < 100 else 21.0
    most = [max((len(placed[(c, i)]) for c in constructs), default=0) for i in range(3)]
    rooms = [max(150.0, bar * min(_BARS, count) + 24) for count in most]
    left = _SIDE + max((text_width(labels.get(c, c), _TEXT, True) for c in constructs), default=60.0) + 14
    picture = Canvas("Harvest plot", _harvest_in_words(placed, labels, columns), "harvest")
    middles = [left + sum(rooms[:i]) + rooms[i] / 2 for i in range(3)]
    picture.width = left + sum(rooms) + _SIDE
    y = _SIDE + 10
    for i, head in enumerate(columns):
        picture.text(middles[i], y, head, size=10, anchor="middle", bold=True)
    y += 12
    for construct in constructs:
        picture.text(_SIDE, y + 44, labels.get(construct, construct), size=_TEXT, bold=True)
        columned = [sorted(placed[(construct, i)], key=lambda r: studies[r["study_id"]][0]) for i in range(3)]
        for first in range(0, max(map(len, columned)), _BARS):
            base = y + 74
            for middle, rows in zip(middles, columned, strict=True):
                line = rows[first : first + _BARS]
                for j, row in enumerate(line):
                    x = middle + (j - len(line) / 2) * bar
                    _harvest_bar(picture, x, base, bar, row, levels, studies[row["study_id"]][0])
            picture.line(left, base, left + sum(rooms), base, stroke=INK)
            y = base + 16
    if not constructs:
        picture.text(_SIDE, y + 14, "No study has a direction of effect yet.", size=_TEXT, fill=MUTED)
        y += 24
    picture.height = _harvest_legend(picture, y + 16, studies, levels, note)
    return picture


def _column(row: Mapping) -> int:
    if row["yi"] is not None and row["yi"] == row["yi"] and row["sei"]:
        half = 1.959963984540054 * row["sei"]
        return 0 if row["yi"] + half < 0 else 2 if row["yi"] - half > 0 else 1
    return {"negative": 0, "positive": 2}.get(row["direction"], 1)


def _height(rob: str, levels: Sequence[str]) -> float:
    if rob not in levels:
        return 20.0
    return 62.0 - 42.0 * list(levels).index(rob) / max(1, len(levels) - 1)


def _harvest_bar(
    picture: Canvas, x: float, base: float, width: float, row: Mapping, levels: Sequence[str], number: int
) -> None:
    height = _height(row["rob"], levels)
    sized = row["yi"] is not None and row["yi"] == row["yi"]
    tip = f"{row['label']}, {row['construct']}: risk of bias {row['rob'] or 'not assessed'}" + (
        "" if sized else ", direction only"
    )
    picture.element(
        "rect",
        tip,
        x=x + 1.5,
        y=base - height,
        width=width - 3,
        height=height,
        fill="#9db8cf" if sized else "#ffffff",
        stroke=INK,
        stroke_width=1.0,
        stroke_dasharray=None if row["rob"] in levels else "2 2",
    )
    picture.text(x + width / 2, base + 11, str(number), size=8.5, anchor="middle")


def _harvest_legend(
    picture: Canvas, y: float, studies: Mapping[str, tuple[int, str]], levels: Sequence[str], note: str
) -> float:
    order = " < ".join(str(lv).replace("_", " ") for lv in reversed(list(levels)))
    lines = [f"Height: risk of bias, taller is better ({order})." if levels else "Height: not assessed."]
    lines.append(
        "Filled: placed by the effect's 95% interval; white: by its direction only; dashed: risk of bias not assessed."
    )
    for line in lines:
        picture.text(_SIDE, y, line, size=10, fill=MUTED)
        picture.width = max(picture.width, 2 * _SIDE + text_width(line, 10))
        y += 15
    across = max(1, min(int((picture.width - 2 * _SIDE) / 190), math.ceil(len(studies) / 8)))
    deep = math.ceil(len(studies) / across)
    column = (picture.width - 2 * _SIDE) / across
    for position, (number, name) in enumerate(studies.values()):
        x, row = _SIDE + column * (position // deep), position % deep
        picture.text(x, y + 14 * row + 6, shortened(f"{number}  {name}", column - 10, 9.5, ending=_ENDING), size=9.5)
    y += 14 * deep + 10
    if note:
        picture.text(_SIDE, y + 6, note, size=10, fill=MUTED, italic=True)
        y += 16
    return y + 8


def _harvest_in_words(placed, labels, columns) -> str:  # type: ignore[no-untyped-def]
    parts = [
        f"{labels.get(c, c)}, {columns[i].lower()}: {', '.join(sorted(r['label'] for r in rows))}"
        for (c, i), rows in placed.items()
        if rows
    ]
    return (
        "Studies by what they found. " + ". ".join(parts) + "." if parts else "No study has a direction of effect yet."
    )
