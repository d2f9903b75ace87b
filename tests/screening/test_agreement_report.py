"""Agreement by phase, round and pair from a ledger."""

from __future__ import annotations

import pytest


def screening(invented, *rows):
    result = invented.merge(invented.votes(*rows), invented.records({k: [k] for k in "ABCD"}))
    return result.agreement["phases"]


def pairs_of(block):
    return [(p["reviewers"], p["n"], p["a"], p["b"], p["c"], p["d"]) for p in block["pairs"]]


def test_pairs_count_records_that_both_decided(invented):
    phases = screening(
        invented,
        ("A", "Ann", "include"),
        ("A", "Bo", "include"),
        ("B", "Ann", "include"),
        ("B", "Bo", "exclude"),
        ("C", "Ann", "exclude"),
        ("D", "Bo", "exclude"),
    )
    overall = phases["title_abstract"]["overall"]
    assert pairs_of(overall) == [(["Ann", "Bo"], 2, 1, 1, 0, 0)]
    assert (overall["n_records"], overall["n_both"]) == (4, 2)


def test_rulings_and_consensus_are_no_part_of_it(invented):
    ruling = {"record_key": "A", "reviewer": "Cy", "decision": "exclude", "role": "adjudicator"}
    phases = screening(invented, ("A", "Ann", "include"), ("A", "Bo", "exclude"), ruling)
    assert pairs_of(phases["title_abstract"]["overall"]) == [(["Ann", "Bo"], 1, 0, 1, 0, 0)]


def test_maybe_is_an_include_in_two_categories_and_itself_in_three(invented):
    phases = screening(
        invented, ("A", "Ann", "maybe"), ("A", "Bo", "include"), ("B", "Ann", "exclude"), ("B", "Bo", "maybe")
    )
    pair = phases["title_abstract"]["overall"]["pairs"][0]
    assert (pair["a"], pair["c"]) == (1, 1)
    assert pair["three_categories"]["table"] == [[0, 0, 0], [1, 0, 0], [0, 1, 0]]


def test_calibration_rounds_stand_apart(invented):
    pilot = [
        {"record_key": "A", "reviewer": r, "decision": d, "round": "pilot", "calibration": "true"}
        for r, d in [("Ann", "include"), ("Bo", "exclude")]
    ]
    phases = screening(invented, *pilot, ("B", "Ann", "include"), ("B", "Bo", "include"))
    rounds = [(r["round"], r["calibration"], pairs_of(r)) for r in phases["title_abstract"]["rounds"]]
    assert rounds == [("pilot", True, [(["Ann", "Bo"], 1, 0, 1, 0, 0)]), ("", False, [(["Ann", "Bo"], 1, 1, 0, 0, 0)])]
    assert phases["title_abstract"]["overall"]["pairs"][0]["n"] == 1


def test_three_reviewers_have_three_pairs_and_coefficients_of_all(invented):
    rows = [
        (k, r, d)
        for k, ds in {"A": "iie", "B": "eee", "C": "iii"}.items()
        for r, d in zip(("Ann", "Bo", "Cy"), ds, strict=True)
    ]
    named = [(k, r, {"i": "include", "e": "exclude"}[d]) for k, r, d in rows]
    overall = screening(invented, *named)["title_abstract"]["overall"]
    assert [p["reviewers"] for p in overall["pairs"]] == [["Ann", "Bo"], ["Ann", "Cy"], ["Bo", "Cy"]]
    assert overall["many"]["fleiss_kappa"]["estimate"] == pytest.approx(0.55)


def test_one_reviewer_has_no_agreement(invented):
    assert screening(invented, ("A", "Ann", "include"))["title_abstract"]["overall"] is None


def test_the_figure_over_time_says_that_an_example_is_simulated():
    import pandas as pd
    from prismake.screening.drift import DRIFT_COLUMNS, drift_svg

    empty = pd.DataFrame(columns=DRIFT_COLUMNS)
    assert "Simulated example" in drift_svg(empty, simulated=True)
    assert "Simulated" not in drift_svg(empty)
