"""The figures of an analysis."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_results import HOSTILE
from prismake.drawing.text import text_width
from prismake.report.facts import Facts
from prismake.report.figures.analysis import back_of, size_columns
from prismake.report.figures.catalogue import figures_of
from prismake.report.figures.drawn import Figures
from prismake.report.figures.forest import Forest, Row, axis_range, draw_forest
from prismake.report.figures.names import ANALYSIS_FIGURES
from prismake.report.figures.render import render
from prismake.report.figures.scales import ratio_ticks, ticks
from prismake.report.figures.svg import Drawing, shorten, wrap
from prismake.report.results import Results

SVG = "{http://www.w3.org/2000/svg}"


def figures(results: Path, **how: Any) -> Figures:
    reader = Results(results)
    return Figures(reader.analysis("primary"), reader.table("analyses/primary/effects.csv"), **how)


def texts(drawing: Drawing) -> list[str]:
    return [e.text or "" for e in ET.fromstring(drawing.svg()).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", ANALYSIS_FIGURES)
def test_every_figure_has_text_title_and_description_and_its_banner(results: Path, name: str) -> None:
    drawing = figures(results, banner="Simulated example").draw(name)
    root = ET.fromstring(drawing.svg())
    assert root.get("role") == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and title.text
    assert description is not None and description.text
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert "Simulated example" in texts(drawing)


def test_the_forest_plot_shows_each_study_the_pooled_estimate_and_its_heterogeneity(results: Path) -> None:
    shown = texts(figures(results, favours=("favours standardised", "favours personalised")).draw("forest"))
    assert sum("Müller & van der Berg" in t for t in shown) == 9
    assert "Random effects (k = 9)" in shown
    assert "← favours standardised" in shown and "favours personalised →" in shown
    assert any(t.startswith("Heterogeneity: τ² = ") for t in shown)
    assert "100.0%" in shown


def test_subgroups_have_heads_and_subtotals(results: Path) -> None:
    shown = texts(figures(results).draw("subgroups"))
    assert "alliance" in shown and "preference" in shown
    assert sum(t.startswith("Subtotal") for t in shown) == 2


def test_what_cannot_be_drawn_says_why(make: Callable[..., Facts]) -> None:
    facts = make(pooled=0)
    drawn = Figures(facts.results.analysis("primary"), [])
    for name in ANALYSIS_FIGURES:
        assert "Nothing to draw" in texts(drawn.draw(name))


def test_the_report_leaves_out_figures_with_nothing_to_show(facts: Facts) -> None:
    ids = {f.id for f in figures_of(facts, "primary", "other")}
    assert "funnel-primary" in ids and "forest-primary" not in ids
    for figure in figures_of(facts, "primary"):
        assert figure.alt and figure.stamp == "Preregistered"


def test_equal_input_gives_equal_bytes(results: Path) -> None:
    one, two = (render(figures(results).draw("forest")) for _ in range(2))
    assert one == two
    assert one["pdf"].startswith(b"%PDF") and one["png"].startswith(b"\x89PNG")


def test_hostile_labels_are_text(tmp_path: Path) -> None:
    rows = [Row("study", HOSTILE + "\x00\x08" + "x" * 3000, 0.1, 0.0, 0.2, 100.0)]
    drawing = draw_forest(Forest("t", "d", rows, "g"))
    assert render(drawing)["pdf"]
    assert ET.fromstring(drawing.svg()).find(f".//{SVG}script") is None


@pytest.mark.parametrize("n", [1, 3, 60, 300])
def test_a_forest_plot_of_any_length_stays_inside_its_frame(n: int) -> None:
    rows = [
        Row("study", f"Study {i}", 0.1 * (i % 7), 0.1 * (i % 7) - 0.3, 0.1 * (i % 7) + 0.3, 100 / n) for i in range(n)
    ]
    drawing = draw_forest(Forest("t", "d", [*rows, Row("pooled", "All", 0.3, 0.2, 0.4)], "g"))
    for e in ET.fromstring(drawing.svg()).iter():
        for key, limit in (("x", drawing.width), ("cx", drawing.width), ("y", drawing.height), ("x2", drawing.width)):
            if e.get(key) is not None:
                assert 0 <= float(str(e.get(key))) <= limit


def test_an_extreme_interval_is_cut_and_does_not_squeeze_the_others() -> None:
    rows = [Row("study", "a", 0.1, 0.0, 0.2), Row("study", "b", 0.2, -90.0, 90.0)]
    low, high = axis_range(rows, 0.0)
    assert high - low < 2


def test_ratios_are_shown_as_ratios() -> None:
    assert back_of({"measure": "OR"}) is math.exp
    assert back_of({"measure": "ZCOR", "transformed": {"scale": "correlation"}}) is math.tanh
    assert back_of({"measure": "SMD"}) is None
    shown = texts(
        draw_forest(Forest("t", "d", [Row("study", "a", math.log(2), 0.0, math.log(4))], "OR", back=math.exp))
    )
    assert "2.00 [1.00, 4.00]" in shown and "1" in shown and "2" in shown


def test_sample_sizes_stand_only_where_every_row_has_them() -> None:
    assert size_columns([{"n1": "5", "n2": "6"}]) == ("n1", "n2")
    assert size_columns([{"n1": "5", "n2": "6"}, {"n1": "", "n2": "", "n": "4"}]) == ()
    assert size_columns([{"n": "11"}, {"n": "4"}]) == ("n",)


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
@settings(deadline=None, max_examples=50)
def test_ticks_are_inside_and_few(low: float, width: float) -> None:
    found = ticks(low, low + width)
    assert 1 <= len(found) <= 6
    assert all(low - 1e-6 <= t <= low + width + 1e-6 for t in found)
    assert found == sorted(set(found))


def test_ratio_ticks_are_round() -> None:
    assert [round(math.exp(t), 6) for t in ratio_ticks(math.log(0.4), math.log(6))] == [0.5, 1, 2, 5]


def test_text_is_measured_shortened_and_wrapped() -> None:
    assert text_width("mm") == pytest.approx(2 * text_width("m"))
    assert text_width("m", bold=True) > text_width("m")
    short = shorten("a very long label indeed", 60)
    assert short.endswith("…") and text_width(short) <= 60
    assert all(text_width(line) <= 80 for line in wrap("several words that need more than one line", 80))
