"""Figures of few and of many studies: nothing leaves its axes, nothing covers a name, all fits a page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.report.figures import choices, curves, robustness
from prismake.report.figures.forest_styles import arms
from prismake.report.figures.funnel import Funnel, Point, draw_funnel
from prismake.report.figures.panel import LEFT, RIGHT, crowded

SVG = "{http://www.w3.org/2000/svg}"


def elements(drawing, tag):
    return list(ET.fromstring(drawing.svg()).iter(f"{SVG}{tag}"))


def texts(drawing):
    return [e.text or "" for e in elements(drawing, "text")]


@settings(deadline=None, max_examples=50)
@given(st.floats(-3, 3), st.lists(st.tuples(st.floats(-2, 2), st.floats(0.01, 1)), min_size=1, max_size=5))
def test_the_zones_of_a_funnel_stay_within_its_axes(shift, effects):
    points = [Point(str(i), y + shift, s) for i, (y, s) in enumerate(effects)]
    drawing = draw_funnel(Funnel("t", "d", points, "g", b=points[0].yi))
    for zone in elements(drawing, "polygon"):
        for x, _ in (pair.split(",") for pair in zone.get("points").split()):
            assert LEFT - 0.01 <= float(x) <= 560 - RIGHT + 0.01


def test_a_funnel_that_holds_no_effect_at_its_null_has_its_zones_cut():
    points = [Point("a", 0.30, 0.12), Point("b", 0.45, 0.14), Point("c", 0.78, 0.15)]
    assert elements(draw_funnel(Funnel("t", "d", points, "g", b=0.5)), "polygon")
    far = [Point("a", 9.0, 0.1), Point("b", 9.1, 0.1)]
    assert not elements(draw_funnel(Funnel("t", "d", far, "g", b=9.05)), "polygon")


def test_marks_shrink_only_among_many():
    assert crowded(4.0, 3) == crowded(4.0, 40) == 4.0
    assert 4.0 > crowded(4.0, 80) > crowded(4.0, 300) >= 0.45 * 4.0


def box(element):
    """The box of a name in a Baujat plot, roughly."""
    x, y = float(element.get("x")), float(element.get("y"))
    return x, x + 4.2 * len(element.text), y - 8, y + 2


@pytest.mark.parametrize("y", [(1.40, 1.43, 0.0), (1.0, 1.0, 1.0), (0.5, 0.51, 0.52)])
def test_names_in_a_baujat_plot_do_not_cover_each_other(y):
    names = ["Smith and Mueller (1985)", "Mueller and Nakamura (1986)", "Papadopoulos (1987)"]
    items = [{"study_id": n, "x": 2.0 + 0.4 * i, "y": value} for i, (n, value) in enumerate(zip(names, y, strict=True))]
    drawing = robustness.baujat(items, {}, title="t", name="n")
    boxes = [box(e) for e in elements(drawing, "text") if e.text in names]
    assert len(boxes) == 3
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            assert not (one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3])


def test_every_curve_of_a_drapery_plot_reaches_one():
    points = [Point(str(i), 0.01 * i, 0.02) for i in range(300)]
    drawing = curves.drapery(points, {"b": 1.5, "se": 0.004}, title="t", axis="g", name="n")
    tops = [min(float(y) for y in re.findall(r",(-?[\d.]+)", e.get("points") or e.get("d") or "")) for e in
            [*elements(drawing, "polyline"), *elements(drawing, "path")]]  # fmt: skip
    assert len(tops) == 301 and max(tops) == pytest.approx(min(tops), abs=0.02)


def diagnostics(count):
    return [{"study_id": f"s{i}", "rstudent": 0.1, "dffits": 0.1, "cook_d": (i * 37 % 101) / 100, "hat": 0.01,
             "influential": i == 7} for i in range(count)]  # fmt: skip


def test_influence_of_hundreds_of_studies_fits_a_page_and_says_what_it_shows():
    drawing = robustness.influence(diagnostics(300), {}, title="t", name="n")
    shown = [t for t in texts(drawing) if re.fullmatch(r"(▸ )?s\d+", t)]
    assert len(shown) == robustness.MOST_ROWS and "▸ s7" in shown
    assert "The 60 of 300 studies with the largest Cook’s distances." in texts(drawing)
    numbers = [int(t.removeprefix("▸ ")[1:]) for t in shown]
    assert numbers == sorted(numbers)
    whole = robustness.influence(diagnostics(60), {}, title="t", name="n")
    assert not [t for t in texts(whole) if "largest Cook" in t]


def specifications():
    rows = [
        {
            "one_per_study": rule,
            "method": method,
            "test": "knha",
            "estimate": {"b": b, "ci_lb": b - 1, "ci_ub": b + 1, "pval": p},
        }
        for rule, method, b, p in (
            ("average", "REML", 0.1, 0.2),
            ("lowest", "REML", 0.2, 0.04),
            ("average", "EE", 0.3, 0.01),
        )
    ]
    return {
        "specifications": rows,
        "choices": {"one_per_study": ["average", "first", "lowest"], "method": ["EE", "REML"]},
    }


def test_a_specification_curve_shows_the_choices_that_were_tried():
    drawing = choices.specification_curve(specifications(), title="t", axis="g", name="n")
    said = texts(drawing)
    assert {"Effects of a study", "average", "lowest", "Estimator of τ²", "equal effects", "REML"} <= set(said)
    # One value of the test was tried, and no analysis took the first effect.
    assert "Test" not in said and "first" not in said


def test_a_curve_without_named_choices_is_drawn_alone():
    block = {"specifications": [{"estimate": {"b": b, "pval": 0.5}} for b in (0.1, 0.2)]}
    assert choices.specification_curve(block, title="t", axis="g", name="n") is not None


def test_means_are_shown_for_mean_differences_and_events_for_odds_ratios():
    row = {"n1": "20", "n2": "21", "m1": "3", "m2": "4", "sd1": "1", "sd2": "1", "events1": "5", "events2": "6"}
    assert "Events" in arms([row], "apart", events_first=True).heads
    assert "Mean" in arms([row], "apart", events_first=False).heads
