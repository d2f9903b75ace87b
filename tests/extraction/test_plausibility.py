"""Validators of content: for each, a number that cannot be, and its neighbour that can."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.extraction.plausibility import check_plausibility, grim
from prismake.extraction.values import Reported

INTEGERS = {"integer_scores": "yes"}


def found(tables):  # type: ignore[no-untyped-def]
    """(code, level) of all findings."""
    return [(f.code, f.level) for f in check_plausibility(tables)]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([("new", "sd", "0")], [("sd-not-positive", "warning")]),
        ([("new", "sd", "-8")], [("sd-not-positive", "error")]),
        ([("new", "se", "0")], [("se-not-positive", "warning")]),
        ([("new", "sd", "8"), ("new", "se", "9")], [("se-not-below-sd", "error")]),
        ([("new", "sd", "8"), ("new", "se", "1.3"), ("new", "n", "38")], []),
        ([("new", "sd", "8"), ("new", "se", "2.3"), ("new", "n", "38")], [("se-contradicts-sd", "warning")]),
        ([("new", "mean", "64")], [("outside-scale", "error")]),
        ([("new", "mean", "63")], []),
        ([("new", "median", "-1")], [("outside-scale", "error")]),
        ([("new", "sd", "33")], [("sd-beyond-scale", "error")]),
        ([("new", "sd", "33"), ("new", "n", "6")], []),  # three people at 0 and three at 63: 34.5
        ([("new", "sd", "33"), ("new", "n", "38")], [("sd-beyond-scale", "error")]),
        ([("new", "q1", "9"), ("new", "median", "8"), ("new", "q3", "12")], [("quantiles-out-of-order", "error")]),
        ([("new", "events", "41"), ("new", "total", "40")], [("events-above-n", "error")]),
        ([("new", "events", "40"), ("new", "total", "40")], []),
        ([("new", "events", "41")], [("events-above-n", "error")]),
        ([("new", "events", "41"), ("new", "person_time", "120")], []),
        ([("new", "n", "0")], [("count-not-positive", "error")]),
        ([("new", "n", "41")], [("analysed-above-randomised", "error")]),
        ([("new", "n", "40")], []),
        ([("new", "n", "38"), ("new", "n_change", "44")], [("analysed-above-randomised", "error")]),
        ([("new", "mean_change", "-64")], [("outside-scale", "error")]),
        ([("new", "mean_change", "-63")], []),
        (
            [("new", "events", "10"), ("new", "total", "40"), ("new", "percent", "35")],
            [("percent-contradicts-events", "warning")],
        ),
        ([("new", "events", "10"), ("new", "total", "40"), ("new", "percent", "25")], []),
        ([("new", "mean", "12"), ("new", "ci_lb", "13"), ("new", "ci_ub", "15")], [("interval", "error")]),
        (
            [("new vs old", "or", "2"), ("new vs old", "or_ci_lb", "3"), ("new vs old", "or_ci_ub", "1")],
            [("interval", "error")],
        ),
    ],
)
def test_each_rule(trial, numbers, expected) -> None:  # type: ignore[no-untyped-def]
    assert found(trial(*numbers)) == expected


def test_a_finding_names_the_cell(trial) -> None:  # type: ignore[no-untyped-def]
    fault = list(check_plausibility(trial(("new", "n", "38"), ("new", "mean", "64"))))[0]
    assert (fault.file, fault.line, fault.column, fault.value) == ("results.csv", 3, "value", "64")


@pytest.mark.parametrize("items", ["", "NR", "unclear", "1"])
def test_a_number_of_items_that_is_not_known_is_one(trial, items) -> None:  # type: ignore[no-untyped-def]
    numbers = [("new", "mean", "5.19"), ("new", "n", "28")]
    assert found(trial(*numbers, outcome={**INTEGERS, "n_items": items})) == [("grim", "warning")]


def test_grim_finds_a_mean_that_no_whole_numbers_have(trial) -> None:  # type: ignore[no-untyped-def]
    impossible = [("new", "mean", "5.19"), ("new", "n", "28")]
    assert found(trial(*impossible, outcome=INTEGERS)) == [("grim", "warning")]
    assert found(trial(*impossible)) == []
    assert found(trial(*impossible, outcome={**INTEGERS, "n_items": "4"})) == []


def test_grim_as_in_brown_and_heathers_2017() -> None:
    # Brown & Heathers (2017), Soc Psychol Personal Sci 8:363, p. 364: with n = 28, 5.19 is impossible, 5.18 and 5.21
    # are not.
    assert not grim(Reported(5.19, "=", 2), 28)
    assert grim(Reported(5.18, "=", 2), 28)
    assert grim(Reported(5.21, "=", 2), 28)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 63), min_size=2, max_size=99), st.integers(1, 3))
def test_grim_never_doubts_a_true_mean(scores: list[int], decimals: int) -> None:
    mean = sum(scores) / len(scores)
    assert grim(Reported(round(mean, decimals), "=", decimals), len(scores))


def test_more_people_analysed_than_randomised(trial) -> None:  # type: ignore[no-untyped-def]
    arms = [
        {"study_id": "Kern 2001", "arm_id": "new", "role": "intervention", "n_randomised": "40", "n_analysed": "41"}
    ]
    assert found(trial(arms=arms)) == [("analysed-above-randomised", "error")]


@pytest.mark.parametrize(("total", "expected"), [("80", []), ("120", [("arms-do-not-add-up", "error")]), ("", [])])
def test_the_arms_make_up_the_study(trial, total, expected) -> None:  # type: ignore[no-untyped-def]
    assert found(trial(studies=[{"study_id": "Kern 2001", "n_total": total}])) == expected


def test_one_instrument_has_one_direction(sheets) -> None:  # type: ignore[no-untyped-def]
    rows = [
        {"study_id": s, "outcome_id": "o", "instrument": i, "direction": d}
        for s, i, d in (
            ("A", "BDI-II", "higher_worse"),
            ("B", "bdi-ii", "higher_worse"),
            ("C", "BDI-II", "higher_better"),
        )
    ]
    faults = list(check_plausibility(sheets(outcomes=rows)))
    assert [(f.code, f.level, f.line) for f in faults] == [("direction-differs", "error", 4)]


def beside(sheets, mean: str, sd: str, n: str = "38"):  # type: ignore[no-untyped-def]
    """Findings about a third study beside two with means 16 and 17 and SDs 8.0 and 9.1 on the same instrument."""
    rows = (("A", "16", "8.0", "38"), ("B", "17", "9.1", "40"), ("C", mean, sd, n))
    tables = sheets(
        outcomes=[
            {"study_id": s, "outcome_id": "o", "instrument": "BDI-II", "direction": "higher_worse"} for s, *_ in rows
        ],
        results=[
            {"study_id": s, "outcome_id": "o", "arm_id": "a", "timepoint": "post", "stat": stat, "value": v}
            for s, *values in rows
            for stat, v in zip(("mean", "sd", "n"), values, strict=True)
        ],
    )
    return list(check_plausibility(tables))


def test_an_sd_that_looks_like_a_standard_error(sheets) -> None:  # type: ignore[no-untyped-def]
    faults = beside(sheets, "15", "1.4")
    assert [(f.code, f.value) for f in faults] == [("sd-looks-like-se", "1.4")]
    assert "times sqrt(n) it is 8.63" in faults[0].what


@pytest.mark.parametrize(
    ("mean", "sd", "n", "why"),
    [
        ("1.5", "0.8", "38", "the same name for a scale from 0 to 6: the mean is as much smaller"),
        ("15", "1.4", "3", "times sqrt(3) it would be 2.4, no usual SD either"),
        ("15", "0.1", "38", "times sqrt(38) it would be 0.6"),
        ("1.9", "1.9", "38", "an SD of 11.7 around a mean of 1.9 would be stranger"),
        ("15", "4.0", "38", "not that small"),
    ],
)
def test_a_small_sd_that_is_none(sheets, mean: str, sd: str, n: str, why: str) -> None:  # type: ignore[no-untyped-def]
    assert beside(sheets, mean, sd, n) == [], why
