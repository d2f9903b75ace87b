"""Narrative synthesis: directions, votes, combined p values, reasons, plots."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET

import pandas as pd
import pytest
from prismake.drawing.text import text_width
from prismake.records.tables import json_text
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.narrative.combine import fisher, one_sided, stouffer
from prismake.synthesis.narrative.contours import FAMILIES, family_of
from prismake.synthesis.narrative.directions import (
    COLUMNS,
    direction_of,
    directions,
    sign_test,
    vote_count,
    wilson,
    z_of,
)
from prismake.synthesis.narrative.not_pooled import matches, not_pooled
from prismake.synthesis.narrative.plots import albatross_plot, effect_direction_plot, harvest_plot
from prismake.synthesis.narrative.stage import synthesis
from scipy import stats

LOST = ["study_id", "label", "construct", "direction", "ni", "rob", "reason"]


def effects(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    """Effects of (study, construct, yi, sei)."""
    return pd.DataFrame(
        [
            {
                "study_id": s,
                "label": f"{s} (2001)",
                "construct": c,
                "yi": y,
                "sei": e,
                "ni": 80,
                "rob": "low",
                "comparator_role": "standardised",
                "timepoint": "post",
            }
            for s, c, y, e in rows
        ]
    )


@pytest.mark.parametrize(
    ("positive", "negative", "total", "direction"),
    [
        (3, 0, 3, "positive"),
        (7, 3, 10, "positive"),
        (2, 1, 3, "mixed"),
        (1, 4, 5, "negative"),
        (0, 0, 2, "none"),
        (1, 1, 2, "mixed"),
    ],
)
def test_direction_needs_seventy_percent(positive: int, negative: int, total: int, direction: str) -> None:
    assert direction_of(positive, negative, total) == direction


def test_a_study_with_nothing_but_a_p_is_combined_by_it() -> None:
    lost = pd.DataFrame(
        [
            {
                "study_id": "B",
                "label": "B",
                "construct": "dep",
                "direction": d,
                "ni": 60,
                "rob": "low",
                "reason": "no SD",
                "pval": p,
            }
            for d, p in (("negative", 0.04),)
        ]
    )
    table = directions(effects(("A", "dep", 0.4, 0.2)), lost, {})
    assert table[["study_id", "pval", "evidence"]].values.tolist() == [
        ["A", pytest.approx(0.0455, abs=1e-4), "effect size"],
        ["B", 0.04, "direction and p"],
    ]
    assert z_of(table.iloc[1].to_dict()) == pytest.approx(-2.0537, abs=1e-4)
    pooling = pd.DataFrame({"study_id": ["A", "B"], "label": ["A", "B"], "pooled_in": ["", ""], "reason": ["", ""]})
    combined = synthesis(table, pooling, {}, {})["constructs"]["dep"]["combined_p"]
    assert (combined["benefit"]["k"], combined["stouffer"]["k"]) == (2, 2)
    assert combined["benefit"]["chi2"] == pytest.approx(-2 * (math.log(0.02275) + math.log(0.98)), abs=1e-3)
    assert albatross_plot(table, {}).svg().count("<circle") == 2


def test_sign_test_as_in_the_handbook() -> None:
    # Cochrane Handbook 12.4.2.3: 10 of 11 studies favour the intervention: 91% (62% to 98%), p = .0117.
    low, high = wilson(10, 11)
    assert (round(sign_test(10, 11), 4), round(100 * low), round(100 * high)) == (0.0117, 62, 98)


def test_sign_test_is_the_exact_binomial_test() -> None:
    for n in range(1, 12):
        for k in range(n + 1):
            assert sign_test(k, n) == pytest.approx(stats.binomtest(k, n).pvalue)


def test_combined_p_values_agree_with_scipy() -> None:
    p = [0.01, 0.20, 0.60, 0.03]
    found = fisher(p)
    expected = stats.combine_pvalues(p, "fisher")
    assert (found["chi2"], found["pval"]) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))
    z = [stats.norm.isf(x) for x in p]
    assert stouffer(z, [1, 2, 1, 3])["z"] == pytest.approx(
        stats.combine_pvalues(p, "stouffer", weights=[1, 2, 1, 3]).statistic
    )
    assert one_sided(1.6448536269514722) == pytest.approx(0.05)
    assert fisher([])["not_estimable"]


def test_each_study_votes_once_and_mixed_ones_not() -> None:
    table = directions(
        effects(
            ("A", "dep", 0.4, 0.2),
            ("A", "dep", 0.1, 0.2),
            ("B", "dep", -0.2, 0.2),
            ("C", "dep", 0.3, 0.2),
            ("C", "dep", -0.3, 0.2),
        ),
        pd.DataFrame(
            [
                {
                    "study_id": "D",
                    "label": "D",
                    "construct": "dep",
                    "direction": "positive",
                    "ni": 50,
                    "rob": "",
                    "reason": "x",
                }
            ],
            columns=LOST,
        ),
        {"A": "g1"},
    )
    assert table[["study_id", "direction", "n_effects"]].values.tolist() == [
        ["B", "negative", 1],
        ["C", "mixed", 2],
        ["D", "positive", 1],
        ["A", "positive", 2],
    ]
    count = vote_count(table)
    assert (count["positive"], count["negative"], count["mixed"], count["votes"], count["pval"]) == (2, 1, 1, 3, 1.0)


def test_nobody_votes() -> None:
    count = vote_count(pd.DataFrame(columns=COLUMNS))
    assert (count["pval"], count["not_estimable"]) == (None, "no study has a clear direction")


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ({}, 3),
        ({"construct": "dep"}, 2),
        ({"construct": ["dep", "anx"]}, 3),
        ({"construct": {"not": "dep"}}, 1),
        ({"yi": {"min": 0}}, 2),
        ({"yi": {"min": 0, "max": 0.35}}, 1),
        ({"nowhere": "x"}, 0),
        ({"ni": 80}, 3),
        ({"ni": "80"}, 3),
    ],
)
def test_filters(where: dict, kept: int) -> None:
    frame = effects(("A", "dep", 0.4, 0.2), ("B", "dep", -0.1, 0.2), ("C", "anx", 0.3, 0.2))
    assert int(matches(frame, where).sum()) == kept


def test_each_study_is_pooled_or_has_a_reason() -> None:
    included = pd.DataFrame({"study_id": list("ABCDEF"), "label": list("ABCDEF")})
    studies = pd.DataFrame({"study_id": list("ABCDE"), "narrative_only": ["", "", "No usable outcome", "", ""]})
    lost = pd.DataFrame(
        [
            {
                "study_id": "D",
                "label": "D",
                "construct": "dep",
                "direction": "",
                "ni": "",
                "rob": "",
                "reason": "a lacks sd",
            }
        ],
        columns=LOST,
    )
    table = not_pooled(
        included,
        studies,
        effects(("A", "dep", 0.4, 0.2), ("B", "anx", 0.4, 0.2)),
        lost,
        {"primary": {"effects": {"construct": "dep"}}},
    )
    found = dict(zip(table["study_id"], zip(table["pooled_in"], table["reason"], strict=True), strict=True))
    assert found == {
        "A": ("primary", ""),
        "B": ("", "its effects are in no planned analysis: anx against standardised at post"),
        "C": ("", "No usable outcome"),
        "D": ("", "no effect size could be computed: a lacks sd"),
        "E": ("", "no results of a planned comparison were extracted"),
        "F": ("", "not extracted yet"),
    }


def test_the_numbers_are_json_with_nothing_estimated_from_nothing() -> None:
    table = directions(effects(("A", "dep", 0.4, 0.2)), pd.DataFrame(columns=LOST), {})
    pooling = pd.DataFrame(
        {"study_id": ["A", "B"], "label": ["A", "B"], "pooled_in": ["primary", ""], "reason": ["", "no data"]}
    )
    result = json.loads(
        json_text(synthesis(table, pooling, {"planned": True, "grouping": "tailoring"}, {"dep": "Depression"}))
    )
    assert (result["studies_pooled"], result["studies_narrative_only"]) == (1, 1)
    dep = result["constructs"]["dep"]
    assert dep["combined_p"]["benefit"]["pval"] == pytest.approx(one_sided(2.0))
    assert dep["groups"]["ungrouped"]["vote_counting"]["votes"] == 1
    empty = synthesis(table.iloc[:0], pooling.iloc[:0], {}, {})
    assert json.loads(json_text(empty))["constructs"] == {}


@pytest.mark.parametrize(
    ("family", "effect", "n", "measure", "inputs"),
    [
        ("SMD", 0.01, 4000, "SMD", {"di": [0.01], "n1i": [2000], "n2i": [2000]}),
        ("COR", 0.3, 90, "ZCOR", {"ri": [0.3], "ni": [90]}),
        ("OR", 1.01, 40_000, "OR", {"ai": [10_050], "n1i": [20_000], "ci": [10_000], "n2i": [20_000]}),
        ("RR", 1.005, 40_000, "RR", {"ai": [10_050], "n1i": [20_000], "ci": [10_000], "n2i": [20_000]}),
        ("RD", 0.0025, 40_000, "RD", {"ai": [10_050], "n1i": [20_000], "ci": [10_000], "n2i": [20_000]}),
    ],
)
def test_contours_of_the_albatross_plot_are_the_effects_own_z(family, effect, n, measure, inputs) -> None:  # type: ignore[no-untyped-def]
    yi, vi = escalc(measure, inputs)
    assert FAMILIES[family].z(effect, n) == pytest.approx(yi[0] / math.sqrt(vi[0]), rel=0.01)


def test_the_contours_are_those_of_most_effects() -> None:
    # z = d sqrt(n) / 2 for two equal groups: d = .5 gives z = 1.96 at 61.5 people.
    assert FAMILIES["SMD"].z(0.5, 61.4656) == pytest.approx(1.96)
    assert family_of(["ZCOR", "COR", "SMD", ""]) is FAMILIES["COR"]
    assert family_of(["", ""]) is FAMILIES["SMD"]
    assert family_of(["MD", "MD", "OR"]) is None
    for measure, words in (("ZCOR", "Contours: correlation"), ("PETO", "odds ratio"), ("HR", "No contours")):
        found = effects(("A", "dep", 0.4, 0.2), ("B", "dep", 0.1, 0.2)).assign(measure=measure)
        svg = albatross_plot(directions(found, pd.DataFrame(columns=LOST), {}), {}).svg()
        assert words in svg and ("<polyline" in svg) == (measure != "HR")


def test_the_numbers_of_contours_stay_within_the_frame() -> None:
    found = effects(("A", "dep", 0.4, 0.2), ("B", "dep", 3.0, 0.2))
    root = ET.fromstring(albatross_plot(directions(found, pd.DataFrame(columns=LOST), {}), {}).svg())
    frame = next(e for e in root.iter() if e.tag.endswith("rect") and e.attrib.get("fill") == "none")
    left, width = float(frame.attrib["x"]), float(frame.attrib["width"])
    numbers = [e for e in root.iter() if e.tag.endswith("text") and e.attrib["font-size"] == "8.5"]
    assert len(numbers) >= 4
    for e in numbers:
        wide = text_width(e.text or "", 8.5)
        start = (
            float(e.attrib["x"]) - {"start": 0.0, "middle": wide / 2, "end": wide}[e.attrib.get("text-anchor", "start")]
        )
        assert left + 2 < start and start + wide < left + width - 2


def test_a_p_below_all_numbers_has_a_z() -> None:
    assert 37 < z_of({"yi": None, "sei": None, "pval": 5e-324, "direction": "positive"}) < 38


def test_a_tiny_p_stands_open_at_the_edge_of_the_albatross_plot() -> None:
    table = directions(effects(("A", "dep", 0.4, 0.1), ("B", "dep", 3.0, 0.1)), pd.DataFrame(columns=LOST), {})
    picture = albatross_plot(table, {})
    circles = [e for e in ET.fromstring(picture.svg()).iter() if e.tag.endswith("circle")]
    near, far = sorted(circles, key=lambda e: float(e.attrib["cx"]))
    assert far.attrib["fill"] == "#ffffff" != near.attrib["fill"]
    assert float(far.attrib["cx"]) < picture.width and "p below 10⁻¹⁰" in picture.svg()


def test_long_names_keep_their_years_and_long_outcomes_take_two_lines() -> None:
    found = effects(("A", "quality", 0.4, 0.1), ("B", "quality", 0.2, 0.1))
    authors = "Schleswig-Holstein, van der Waals-Featherstonehaugh and Colleagues of the Group"
    found["label"] = [f"{authors} (1999)", f"{authors} (2004)"]
    table = directions(found, pd.DataFrame(columns=LOST), {})
    svg = effect_direction_plot(table, {"quality": "Health-related quality of life and functioning"}).svg()
    assert "…s of the Group" not in svg and all(f" ({year})</text>" in svg for year in (1999, 2004))
    assert ">Health-related</text>" in svg


@pytest.mark.parametrize("rows", [0, 1, 40])
def test_pictures_of_any_size(rows: int) -> None:
    some = [(f"S{i}", ("dep", "anx")[i % 2], math.sin(i) * 1.5, 0.05 + 0.01 * i) for i in range(rows)]
    table = (
        directions(effects(*some), pd.DataFrame(columns=LOST), {f"S{i}": f"group {i % 3}" for i in range(rows)})
        if rows
        else pd.DataFrame(columns=COLUMNS)
    )
    for picture in (
        effect_direction_plot(table, {}),
        albatross_plot(table, {}),
        harvest_plot(table, {}, ["low", "high"]),
    ):
        ET.fromstring(picture.svg())
        assert picture.description
    if rows:
        assert albatross_plot(table, {}).svg().count("<circle") == rows


def test_a_harvest_of_many_studies_stands_in_lines() -> None:
    some = [(f"S{i:03d}", "dep", 0.4, 0.1) for i in range(150)]
    picture = harvest_plot(directions(effects(*some), pd.DataFrame(columns=LOST), {}), {}, ["low", "high"])
    bars = [e for e in ET.fromstring(picture.svg()).iter() if e.tag.endswith("rect") and len(e)]
    assert len(bars) == 150 and picture.width < 1000
    places = {(float(e.attrib["x"]), float(e.attrib["y"])) for e in bars}
    assert len(places) == 150 and len({y for _, y in places}) == 9


def test_people_are_counted_once_an_arm_and_not_by_effective_numbers() -> None:
    found = effects(("A", "dep", 0.4, 0.2), ("A", "dep", 0.5, 0.2), ("B", "dep", 0.1, 0.2)).assign(
        arm_1=["a", "b", "a"], arm_2=["c", "c", "b"], n1=[50, 54, 60.5], n2=[23, 23, 61.5], ni=[73, 77, 122.0]
    )
    found["people_1"], found["people_2"] = [50, 54, 80], [46, 46, 81]
    table = directions(found, pd.DataFrame(columns=LOST), {})
    assert table.set_index("study_id")["people"].to_dict() == {"A": 150, "B": 161}
    assert directions(effects(("A", "dep", 0.4, 0.2)), pd.DataFrame(columns=LOST), {})["people"].tolist() == [80]
