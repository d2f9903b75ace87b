"""Of 3 to 300 studies with awkward names and numbers, no text of a figure leaves it, covers another, or is lost."""

from __future__ import annotations

import math
import random
import re
import xml.etree.ElementTree as ET
from functools import cache
from typing import Any

import pytest
from prismake.drawing.text import text_width
from prismake.report.figures.drawn import Figures
from prismake.report.figures.forest_styles import STYLES
from prismake.report.figures.names import ANALYSIS_FIGURES
from prismake.report.figures.scales import axis_ticks, ratio_ticks, tick_text
from prismake.report.figures.svg import shorten_label

SVG = "{http://www.w3.org/2000/svg}"
NAMES = (
    "Müller & van der Berg",
    "Šarūnas-Kazlauskienė et al.",
    "Łukaszewicz-Dąbrowska and the very long consortium of collaborating researchers on everything",
    "Ng",
    "李明",
    "Иванов и Петрова",
)
WORDS = ("favours the standardised treatment", "favours the personalised treatment")


def interval(b: float, se: float) -> dict[str, float]:
    return {"b": b, "se": se, "ci_lb": b - 1.96 * se, "ci_ub": b + 1.96 * se, "pval": 0.04 if b > 2 * se else 0.4}


@cache
def analysis(k: int, measure: str, test: bool = True) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """A result and its effects, invented: an extreme outlier, a weight that is missing, a subgroup of a single study."""
    rng, rows, blocks = random.Random(k), [], []
    for i in range(k):
        n1, n2 = rng.randint(15, 3000), rng.randint(15, 3000)
        se = math.sqrt(4 / (n1 + n2) + 0.001)
        y = 6.3 if i == 2 else rng.gauss(0.25, 0.3)
        rows.append(
            {
                "study_id": f"s{i}",
                "label": f"{NAMES[i % len(NAMES)]} ({1980 + i % 45}{'abcdefgh'[i // 45]})",
                "yi": f"{-y if measure == 'OR' else y}",
                "sei": f"{se}",
                "weight": "" if i == 4 else f"{1 / se}",
                "n1": f"{n1}",
                "n2": f"{n2}",
                "rob": ("low", "some concerns", "high", "no information")[i % 4],
                "study_group": "the only one" if i == 1 else ("alliance", "preference for a room or another")[i % 2],
                "study_age": f"{rng.uniform(18, 70)}",
                "events1": f"{n1 // 3}",
                "events2": f"{n2 // 4}",
                "m1": "-1012.25",
                "sd1": "104.5",
                "m2": "10.5",
                "sd2": "4.2",
            }
        )
        blocks.append(
            {
                "study_id": f"s{i}",
                "label": rows[-1]["label"],
                "k": i + 1,
                "estimate": interval(rng.gauss(0.2, 0.05), 0.1),
                "rstudent": rng.gauss(0, 1.5),
                "dffits": rng.gauss(0, 0.1),
                "cook_d": rng.random() ** 4,
                "hat": 1 / k,
                "influential": i == 2,
                "x": 300.0 if i == 2 else rng.random() * 9,
                "y": rng.random(),
            }
        )
    ages = [18.0 + 2.6 * j for j in range(21)]
    levels = [
        {"level": name, "k": 2, "estimate": interval(0.2, 0.05) | {"pi_lb": -0.2, "pi_ub": 0.6}}
        for name in ("alliance", "preference for a room or another")
    ]
    choices = {"one_per_study": ["average", "lowest"], "method": ["REML", "EE"], "test": ["z", "knha"]}
    specifications = [
        {"one_per_study": a, "method": b, "test": c, "estimate": interval(rng.gauss(0.2, 0.1), 0.07)}
        for a in choices["one_per_study"]
        for b in choices["method"]
        for c in choices["test"]
    ]
    edges = [j / 10 for j in range(11)]
    result = {
        "analysis": "primary",
        "title": "An invented analysis",
        "measure": measure,
        "model": "random",
        "level": 95,
        "k": k,
        "estimate": interval(0.25, 0.1) | {"pi_lb": -1.1, "pi_ub": 1.6},
        "heterogeneity": {"tau2": 0.08, "I2": 71.2, "QE": 123.4, "QE_df": k - 1, "QEp": 1e-9},
        "subgroups": {"study_group": {"levels": levels, "test": {"QM": 2.07, "df": 1, "df2": None, "p": 0.15}}},
        "moderators": [
            {
                "terms": ["study_age"],
                "coefficients": [{"b": 0.4}, {"b": -0.01}],
                "predictions": [
                    {"kind": "numeric", "rows": [{"value": x, "estimate": interval(0.4 - 0.01 * x, 0.3)} for x in ages]}
                ],
            }
        ],
        "sensitivity": {
            **{name: blocks for name in ("leave_one_out", "cumulative", "influence", "baujat")},
            "gosh": {
                "n_subsets": 1000,
                "density": {"counts": [[1, 5] * 5] * 10, "b_edges": edges, "I2_edges": [100 * e for e in edges]},
            },
            "multiverse": {"specifications": specifications, "choices": choices},
        },
        "publication_bias": {"trim_and_fill": {"filled": [{"yi": -5.8, "vi": 0.05}]}},
    }
    return result, rows


def figures(k: int, measure: str, style: str = "apa") -> Figures:
    result, rows = analysis(k, measure)
    return Figures(result, rows, "Preregistered", "Simulated example", favours=WORDS, style=style)


def boxes(svg: str) -> tuple[float, float, list[tuple[str, tuple[float, float, float, float]]]]:
    """The drawing's size and (left, right, top, bottom) of every text, as DejaVu Sans sets it."""
    root, found = ET.fromstring(svg), []
    for e in root.iter(f"{SVG}text"):
        text, size = "".join(e.itertext()), float(str(e.get("font-size")))
        width = text_width(text, size, e.get("font-weight") == "bold")
        x, y = float(str(e.get("x"))), float(str(e.get("y")))
        left = x - {"middle": 0.5, "end": 1.0}.get(str(e.get("text-anchor")), 0.0) * width
        box = (left, left + width, y - 0.73 * size, y + 0.2 * size)
        if e.get("transform"):
            # A quarter turn about the text's own place.
            assert re.match(r"rotate\(-90 ", str(e.get("transform")))
            box = (x + box[2] - y, x + box[3] - y, y - (box[1] - x), y - (box[0] - x))
        found.append((text, box))
    return float(str(root.get("width"))), float(str(root.get("height"))), found


def faults(svg: str) -> list[str]:
    """Texts that leave the drawing or cover another."""
    width, height, found = boxes(svg)
    bad = [
        f"{text!r} leaves the drawing"
        for text, (left, right, top, bottom) in found
        if left < 0 or right > width or top < 0 or bottom > height
    ]
    found.sort(key=lambda pair: pair[1][2])
    for i, (text, one) in enumerate(found):
        for other_text, other in found[i + 1 :]:
            if other[2] >= one[3]:
                break
            if one[0] < other[1] and other[0] < one[1]:
                bad.append(f"{text!r} covers {other_text!r}")
    return bad


@pytest.mark.parametrize("k", [3, 12, 60, 300])
@pytest.mark.parametrize("measure", ["SMD", "OR"])
def test_no_text_leaves_a_figure_or_covers_another(k: int, measure: str) -> None:
    drawn = figures(k, measure)
    for name in ANALYSIS_FIGURES:
        assert faults(drawn.draw(name).svg()) == [], name


def marks_outside(svg: str) -> list[str]:
    """Marks of which a part leaves the drawing, by more than a pixel's rounding."""
    root, bad = ET.fromstring(svg), []
    width, height = float(str(root.get("width"))), float(str(root.get("height")))
    for e in root.iter():
        at = {key: float(value) for key, value in e.attrib.items() if re.fullmatch(r"-?[\d.]+", value)}
        if e.tag == f"{SVG}circle":
            spots = [(at["cx"] + sign * at["r"], at["cy"] + sign * at["r"]) for sign in (-1, 1)]
        elif e.tag == f"{SVG}line":
            spots = [(at["x1"], at["y1"]), (at["x2"], at["y2"])]
        elif e.tag == f"{SVG}rect" and "x" in at:
            spots = [(at["x"], at["y"]), (at["x"] + at["width"], at["y"] + at["height"])]
        elif e.get("points"):
            spots = [tuple(map(float, pair.split(","))) for pair in str(e.get("points")).split()]
        else:
            continue
        if not all(-0.5 <= x <= width + 0.5 and -0.5 <= y <= height + 0.5 for x, y in spots):
            bad.append(f"{e.tag.removeprefix(SVG)} {e.attrib}")
    return bad


@pytest.mark.parametrize("k", [3, 12, 60, 300])
@pytest.mark.parametrize("measure", ["SMD", "OR"])
def test_no_mark_leaves_a_figure(k: int, measure: str) -> None:
    drawn = figures(k, measure)
    for name in ANALYSIS_FIGURES:
        assert marks_outside(drawn.draw(name).svg()) == [], name


@pytest.mark.parametrize("style", [name for name in STYLES if name != "apa"])
@pytest.mark.parametrize("measure", ["SMD", "OR"])
@pytest.mark.parametrize("k", [3, 70])
def test_no_text_leaves_a_forest_plot_of_any_layout_or_covers_another(k: int, measure: str, style: str) -> None:
    drawn = figures(k, measure, style)
    for name in ("forest", "subgroups", "leave_one_out", "cumulative"):
        assert faults(drawn.draw(name).svg()) == [], name


def test_faults_are_found() -> None:
    page = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="40">{}</svg>'
    line = '<text x="{}" y="{}" font-size="10">{}</text>'
    assert faults(page.format(line.format(90, 20, "outside"))) == ["'outside' leaves the drawing"]
    assert faults(page.format(line.format(5, 20, "one") + line.format(9, 24, "other"))) == ["'one' covers 'other'"]
    assert faults(page.format(line.format(5, 20, "one") + line.format(9, 32, "below"))) == []


def texts(svg: str) -> list[str]:
    return [text for text, _ in boxes(svg)[2]]


def test_axes_of_ratios_show_ratios() -> None:
    # Of log odds ratios from about -6 to 1 every figure shows what is read: 0.01, 0.1, 1, never −5.
    drawn = figures(12, "OR")
    for name in ("forest", "funnel", "bubble", "orchard", "drapery", "gosh", "specification_curve"):
        shown = texts(drawn.draw(name).svg())
        assert "1" in shown, name
        if name in ("funnel", "bubble", "orchard", "drapery"):
            assert {"0.01", "Odds ratio (log scale)"} <= set(shown) and "−5" not in shown, name


def test_a_ratio_near_zero_is_not_printed_as_zero() -> None:
    shown = texts(figures(3, "OR").draw("forest").svg())
    assert any(text.startswith("<0.01 [") for text in shown) and not any(text.startswith("0.00") for text in shown)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.9, 1.12, ["0.9", "0.95", "1", "1.05", "1.1"]),
        (0.4, 6, ["0.5", "1", "2", "5"]),
        (1e-9, 1e10, ["10⁻⁹", "10⁻⁶", "0.001", "1", "1,000", "10⁶", "10⁹"]),
    ],
)
def test_ticks_of_ratios_are_round_however_wide_the_axis(low: float, high: float, expected: list[str]) -> None:
    assert [tick_text(math.exp(t)) for t in ratio_ticks(math.log(low), math.log(high))] == expected


def test_ticks_of_correlations_are_round_correlations() -> None:
    found = [tick_text(math.tanh(t)) for t in axis_ticks(-0.3, 2.7, math.tanh)]
    assert set(found) >= {"0", "0.5", "0.9", "0.99"} and len(found) <= 7


def test_a_label_keeps_its_year() -> None:
    long = "Łukaszewicz-Dąbrowska and the very long consortium (2004b), depression"
    short = shorten_label(long, 200)
    assert short.endswith("… (2004b), depression") and text_width(short) <= 200
    assert shorten_label("Ng (1985)", 200) == "Ng (1985)"
    assert shorten_label("no year, a very long name of a study", 80).endswith("…")


def test_significance_is_told_apart_without_colour() -> None:
    root = ET.fromstring(figures(12, "SMD").draw("specification_curve").svg())
    fills = {str(e.get("fill")) for e in root.iter(f"{SVG}circle")}
    assert len(fills) == 2 and "#ffffff" in fills


def test_the_subgroups_plot_says_whether_they_differ() -> None:
    assert "Subgroup differences: Q(1) = 2.07, p = .150" in texts(figures(12, "SMD").draw("subgroups").svg())


def test_notes_below_a_forest_plot_are_whole() -> None:
    # A narrow plot sets a long note in lines and cuts nothing off.
    from prismake.report.figures.forest import Forest, Row, draw_forest

    note = "A note that says at length, and in many more words than fit one line of a plot as narrow as this one, what it says. "
    svg = draw_forest(Forest("t", "d", [Row("study", "a", 0.1, 0.0, 0.2)], "g", notes=(3 * note,))).svg()
    assert " ".join(texts(svg)).count("what it says.") == 3 and faults(svg) == []
