"""The layouts of a forest plot."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from prismake.report.figures.analysis import forest_plot
from prismake.report.figures.forest import draw_forest
from prismake.report.figures.forest_styles import STYLES, arms
from prismake.report.figures.svg import Drawing

SVG = "{http://www.w3.org/2000/svg}"
FAVOURS = ("Favours the standardised treatment", "Favours the personalised treatment")


def effects(n: int, data: str = "means") -> list[dict[str, str]]:
    counts = {"events1": "12", "n1": "40", "events2": "8", "n2": "41"}
    means = {"m1": "10.5", "sd1": "4.2", "n1": "40", "m2": "-12.255", "sd2": "4", "n2": "41"}
    own = counts if data == "events" else means
    return [
        {"study_id": f"s{i}", "label": f"Study {i}", "yi": str(i % 7 / 10), "sei": "0.2", "weight": "1", **own}
        for i in range(n)
    ]


def drawn(style: str, n: int = 3, data: str = "means") -> Drawing:
    estimate = {"b": 0.1, "ci_lb": -0.1, "ci_ub": 0.3, "pi_lb": -0.2, "pi_ub": 0.4}
    result: dict[str, Any] = {"analysis": "a", "title": "T", "measure": "SMD", "k": n, "estimate": estimate}
    return draw_forest(forest_plot(result, effects(n, data), favours=FAVOURS, style=style))


def placed(drawing: Drawing) -> dict[str, float]:
    """Each text and where it stands from the left."""
    found = ET.fromstring(drawing.svg()).iter(f"{SVG}text")
    return {e.text or "": float(str(e.get("x"))) for e in found}


def plot_left(drawing: Drawing) -> float:
    return min(float(str(e.get("x1"))) for e in ET.fromstring(drawing.svg()).iter(f"{SVG}line") if _is_tick(e))


def _is_tick(line: ET.Element) -> bool:
    return line.get("x1") == line.get("x2") and abs(float(str(line.get("y2"))) - float(str(line.get("y1")))) == 4


@pytest.mark.parametrize(
    ("style", "left", "right"),
    [
        ("apa", ["n₁", "n₂"], ["g [95% CI]", "Weight"]),
        ("jama", ["Mean (SD)", "Total", "g (95% CI)"], ["Weight, %"]),
        ("bmj", ["n₁", "n₂"], ["Weight (%)", "g (95% CI)"]),
        ("revman", ["Mean", "SD", "Total", "Weight", "g, 95% CI"], []),
    ],
)
def test_each_layout_has_its_columns_on_its_side_of_the_plot(style: str, left: list[str], right: list[str]) -> None:
    drawing = drawn(style)
    at, edge = placed(drawing), plot_left(drawing)
    assert [at[head] for head in left] == sorted(at[head] for head in left)
    assert all(at[head] <= edge for head in left)
    assert [at[head] for head in right] == sorted(at[head] for head in right)
    assert all(at[head] > edge for head in right)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("n", [3, 300])
def test_nothing_leaves_the_frame(style: str, n: int) -> None:
    drawing = drawn(style, n)
    for e in ET.fromstring(drawing.svg()).iter():
        for key, limit in (("x", drawing.width), ("x2", drawing.width), ("y", drawing.height), ("y2", drawing.height)):
            if e.get(key) is not None:
                assert 0 <= float(str(e.get(key))) <= limit


def test_counts_stand_as_events_of_a_total() -> None:
    for style in ("jama", "bmj"):
        assert {"12/40", "8/41", "36/120"} <= set(placed(drawn(style, data="events")))
    assert {"Events", "Total", "36", "120"} <= set(placed(drawn("revman", data="events")))


def test_what_favours_whom_stands_over_the_plot_in_jama_and_under_it_elsewhere() -> None:
    above = " ".join(placed(drawn("jama")))
    assert "Favours the standardised" in above and "←" not in above
    below = " ".join(placed(drawn("bmj")))
    assert "← Favours the standardised" in below


def test_arms_are_shown_where_most_effects_have_them_and_a_dash_where_one_has_not() -> None:
    rows = effects(3)
    rows[0] |= {"m1": "", "sd1": ""}
    found = arms(rows, "joined")
    assert found is not None
    assert found.rows[0] == ("–", "40", "−12.26 (4.00)", "41")
    assert found.total == ("", "120", "", "123")
    assert arms(rows, "joined", sum_up=False) is not None
    assert arms([{"m1": ""}] * 3, "joined") is None
    assert arms(rows, "counts") is None
