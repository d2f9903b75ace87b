"""Traffic-light and summary plots: a symbol and a dark outline in every mark, so that colour is never needed.

Any number of domains, studies and levels. Contrast on white: the yellows of the usual palettes have 1.4 to 1, below
the 3
to 1 that WCAG 2.1 asks of graphics, hence the outlines.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from prismake.drawing.canvas import RULE, Canvas
from prismake.drawing.text import INK, MUTED, text_width
from prismake.extraction.picture import shortened, wrapped
from prismake.extraction.risk_of_bias.tools import NO_INFORMATION, NOT_APPLICABLE, Tool

# Fill and the colour of the symbol on it, best to worst; told apart in all common forms of colour blindness.
_COLOURBLIND = [("#a9d6f5", INK), ("#f7e08a", INK), ("#e2813c", INK), ("#8c2d04", "#ffffff"), ("#3d1302", "#ffffff")]
_COCHRANE = [("#02c100", INK), ("#e2df07", INK), ("#bf0000", "#ffffff"), ("#820000", "#ffffff"), ("#3d0000", "#ffffff")]
_SIDE, _ROW, _STEP, _RADIUS, _TEXT = 16.0, 27.0, 34.0, 10.5, 11.0
_NAMES_AT_MOST = 330.0
_ENDING = 12  # letters of a long name that are always shown: its year, or its outcome's end
_HEADER_EVERY = 40


def colours(tool: Tool, palette: str = "colourblind") -> dict[str, tuple[str, str]]:
    """Level id -> (fill, symbol colour)."""
    scale = _COCHRANE if palette == "cochrane" else _COLOURBLIND
    graded = tool.graded
    picks = {2: (0, 3), 3: (0, 1, 3), 4: (0, 1, 2, 3), 5: (0, 1, 2, 3, 4)}.get(len(graded), tuple(range(5)))
    if palette == "cochrane":
        picks = tuple(range(5)) if len(graded) != 2 else (0, 2)
    found = {lv.id: scale[picks[min(i, len(picks) - 1)]] for i, lv in enumerate(graded)}
    found[NO_INFORMATION] = ("#ffffff", INK)
    found[NOT_APPLICABLE] = ("#d9dde1", INK)
    return found


def traffic_light(
    final: pd.DataFrame,
    overall: pd.DataFrame,
    tool: Tool,
    labels: Mapping[str, str] | None = None,
    *,
    palette: str = "colourblind",
    note: str = "",
    show_overall: bool = True,
) -> Canvas:
    """One row a study (or result), one column a domain, and the overall judgement."""
    rows = _rows(final, overall, labels or {})
    domains = _domains(final, tool)
    names = _names_width([name for name, _, _ in rows])
    columns = len(domains) + (1 if show_overall and (overall["overall"] != "").any() else 0)
    heading = [f"D{i}" for i in range(1, len(domains) + 1)] if _are_words(domains) else list(domains)
    picture = Canvas("Risk of bias by study and domain", _in_words(overall, tool, rows), "risk-of-bias-studies")
    left = _SIDE + names + 14
    key_width = max((text_width(f"{h}: {n}", 10) for h, n in zip(heading, domains.values(), strict=True)), default=0)
    picture.width = max(left + columns * _STEP + 30, _SIDE * 2 + key_width, 430.0)
    y = _SIDE + 6
    for index, (name, judged, whole) in enumerate(rows):
        if index % _HEADER_EVERY == 0:
            y = _header(picture, heading, left, y + (8 if index else 0), columns > len(domains))
        if index % 2 == 0:
            picture.element(
                "rect", x=_SIDE - 6, y=y, width=picture.width - 2 * (_SIDE - 6), height=_ROW, fill="#f4f6f8"
            )
        picture.text(_SIDE, y + _ROW / 2 + 4, shortened(name, names, _TEXT, ending=_ENDING), size=_TEXT)
        marks = [(n, judged.get(d, "")) for d, n in domains.items()]
        marks += [("Overall", whole)] if columns > len(domains) else []
        for i, (what, level) in enumerate(marks):
            gap = 12 if what == "Overall" and i == len(domains) else 0
            _mark(picture, left + i * _STEP + _STEP / 2 + gap, y + _ROW / 2, level, tool, palette, f"{name}, {what}")
        y += _ROW
    if not rows:
        picture.text(_SIDE, y + 14, "No study has been assessed yet.", size=_TEXT, fill=MUTED)
        y += 30
    y = _key(picture, zip(heading, domains.values(), strict=True), y + 22)
    picture.height = _legend(picture, tool, palette, y + 8, _used(final, overall), note)
    return picture


def summary_plot(
    final: pd.DataFrame,
    overall: pd.DataFrame,
    tool: Tool,
    *,
    weights: Mapping[tuple[str, str], float] | None = None,
    palette: str = "colourblind",
    note: str = "",
    show_overall: bool = True,
) -> Canvas:
    """For each domain the share of studies (or of their weight) at each level."""
    domains = _domains(final, tool)
    bars = [(name, final[final["domain"] == d].assign(level=final["judgement"])) for d, name in domains.items()]
    if show_overall and (overall["overall"] != "").any():
        bars.append(("Overall", overall.assign(level=overall["overall"])))
    names = min(_NAMES_AT_MOST, max((text_width(n, _TEXT, n == "Overall") for n, _ in bars), default=80.0))
    picture = Canvas("Risk of bias by domain", _shares_in_words(bars, tool), "risk-of-bias-summary")
    left, width = _SIDE + names + 14, 440.0
    picture.width = left + width + 40
    y = _SIDE + 4
    for name, frame in bars:
        if name == "Overall":
            picture.line(_SIDE, y + 2, left + width, y + 2, stroke=RULE)
            y += 8
        first, *more = wrapped(name, names, _TEXT)
        rest = [shortened(" ".join(more), names, _TEXT)] if more else []
        for i, line in enumerate([first, *rest]):
            picture.text(_SIDE, y + 19 - 6.5 * len(rest) + 13 * i, line, size=_TEXT, bold=name == "Overall")
        _bar(picture, left, y + 3, width, _shares(frame, weights), tool, palette, name)
        y += 32
    for percent in (0, 25, 50, 75, 100):
        x = left + width * percent / 100
        picture.line(x, y + 2, x, y + 7, stroke=MUTED)
        picture.text(x, y + 20, f"{percent}%", size=10, anchor="middle", fill=MUTED)
    what = "Share of the weight" if weights else "Share of studies" if tool.unit == "study" else "Share of results"
    picture.text(left + width / 2, y + 38, what, size=10, anchor="middle", fill=MUTED)
    picture.height = _legend(picture, tool, palette, y + 58, _used(final, overall), note)
    return picture


def _rows(
    final: pd.DataFrame, overall: pd.DataFrame, labels: Mapping[str, str]
) -> list[tuple[str, dict[str, str], str]]:
    units = overall if not overall.empty else final.drop_duplicates(["study_id", "outcome_id"]).assign(overall="")
    judged: dict[tuple[str, str], dict[str, str]] = {}
    keys = zip(final["study_id"], final["outcome_id"], final["domain"], final["judgement"], strict=True)
    for study, outcome, domain, level in keys:
        judged.setdefault((study, outcome), {})[domain] = level
    rows = []
    for unit in units.to_dict("records"):
        name = labels.get(unit["study_id"]) or unit["study_id"]
        title = f"{name}: {unit['outcome_id']}" if unit["outcome_id"] else name
        rows.append((title, judged.get((unit["study_id"], unit["outcome_id"]), {}), unit["overall"]))
    return rows


def _domains(final: pd.DataFrame, tool: Tool) -> dict[str, str]:
    if tool.domains:
        return dict(tool.domains)
    return {d: d for d in dict.fromkeys(final["domain"])}


def _are_words(domains: Mapping[str, str]) -> bool:
    return any(len(d) > 4 for d in domains)


def _names_width(names: Sequence[str]) -> float:
    return min(_NAMES_AT_MOST, max((text_width(n, _TEXT) for n in names), default=60.0))


def _header(picture: Canvas, heading: Sequence[str], left: float, y: float, with_overall: bool) -> float:
    for i, name in enumerate(heading):
        picture.text(left + i * _STEP + _STEP / 2, y + 8, name, size=10, anchor="middle", bold=True)
    if with_overall:
        picture.text(left + len(heading) * _STEP + _STEP / 2 + 12, y + 8, "All", size=10, anchor="middle", bold=True)
    return y + 15


def _mark(picture: Canvas, x: float, y: float, level: str, tool: Tool, palette: str, tip: str) -> None:
    entry = next((lv for lv in tool.levels if lv.id == level), None)
    if entry is None:
        picture.text(x, y + 4, "·", size=12, anchor="middle", fill=MUTED)
        return
    fill, ink = colours(tool, palette)[level]
    picture.element("circle", f"{tip}: {entry.label}", cx=x, cy=y, r=_RADIUS, fill=fill, stroke=INK, stroke_width=1.1)
    picture.text(x, y + 4.6, entry.symbol, size=13, anchor="middle", bold=True, fill=ink)


def _used(final: pd.DataFrame, overall: pd.DataFrame) -> set[str]:
    return {*final["judgement"], *overall["overall"]} - {""}


def _legend(picture: Canvas, tool: Tool, palette: str, y: float, used: set[str], note: str) -> float:
    x = _SIDE + _RADIUS
    for level in tool.levels:
        if level.severity is None and level.id not in used:
            continue
        wide = 2 * _RADIUS + 12 + text_width(level.label, _TEXT) + 18
        if x + wide > picture.width and x > _SIDE + _RADIUS:
            x, y = _SIDE + _RADIUS, y + 26
        _mark(picture, x, y, level.id, tool, palette, "Key")
        picture.text(x + _RADIUS + 7, y + 4, level.label, size=_TEXT)
        x += wide
    if note:
        y += 26
        picture.text(_SIDE, y, note, size=10, fill=MUTED, italic=True)
        picture.width = max(picture.width, 2 * _SIDE + text_width(note, 10))
    return y + _RADIUS + 14


def _key(picture: Canvas, pairs, y: float) -> float:  # type: ignore[no-untyped-def]
    for heading, name in pairs:
        if name not in (heading, f"Question {heading.removeprefix('Q')}"):
            picture.text(_SIDE, y, f"{heading}: {name}", size=10, fill=MUTED)
            y += 15
    return y + 8


def _shares(frame: pd.DataFrame, weights: Mapping[tuple[str, str], float] | None) -> dict[str, float]:
    totals: dict[str, float] = {}
    for row in frame.to_dict("records"):
        if row["level"]:
            weight = 1.0 if weights is None else weights.get((row["study_id"], row["outcome_id"]), 0.0)
            totals[row["level"]] = totals.get(row["level"], 0.0) + weight
    whole = sum(totals.values())
    return {k: v / whole for k, v in totals.items()} if whole else {}


def _bar(
    picture: Canvas, x: float, y: float, width: float, shares: Mapping[str, float], tool: Tool, palette: str, name: str
) -> None:
    fills = colours(tool, palette)
    for level in tool.levels:
        share = shares.get(level.id, 0.0)
        if not share:
            continue
        fill, ink = fills[level.id]
        picture.element(
            "rect",
            f"{name}: {level.label} {share:.0%}",
            x=x,
            y=y,
            width=share * width,
            height=22.0,
            fill=fill,
            stroke=INK,
            stroke_width=1.1,
        )
        words = f"{level.symbol} {math.floor(100 * share + 0.5)}%"
        if text_width(words, 10, True) < share * width - 4:
            picture.text(x + share * width / 2, y + 15, words, size=10, anchor="middle", bold=True, fill=ink)
        elif share * width > 10:
            picture.text(x + share * width / 2, y + 15, level.symbol, size=10, anchor="middle", bold=True, fill=ink)
        x += share * width


def _in_words(overall: pd.DataFrame, tool: Tool, rows: Sequence[tuple[str, dict[str, str], str]]) -> str:
    if not rows:
        return "No study has been assessed yet."
    parts = []
    for level in tool.levels:
        names = [name for name, _, whole in rows if whole == level.id]
        if names:
            parts.append(f"{level.label} in {len(names)} ({'; '.join(names)})")
    return f"{tool.name}, overall judgement: " + (". ".join(parts) or "none yet") + "."


def _shares_in_words(bars: Sequence[tuple[str, pd.DataFrame]], tool: Tool) -> str:
    labels = {lv.id: lv.label for lv in tool.levels}
    parts = []
    for name, frame in bars:
        counts = frame[frame["level"] != ""]["level"].value_counts()
        known = [f"{labels[lv.id]} {counts[lv.id]}" for lv in tool.levels if lv.id in counts]
        parts.append(f"{name}: " + (", ".join(known) or "none"))
    return "Number of judgements at each level. " + ". ".join(parts) + "."
