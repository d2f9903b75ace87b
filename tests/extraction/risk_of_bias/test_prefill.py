"""What the numbers themselves answer for the raters."""

from __future__ import annotations

import pytest
from prismake.extraction.risk_of_bias.prefill import facts


def arms(*analysed: str) -> list[dict[str, str]]:
    """Two arms of 50, of whom so many were analysed."""
    return [
        {"study_id": "Kern 2001", "arm_id": a, "role": "r", "n_randomised": "50", "n_analysed": n}
        for a, n in zip(("new", "old"), analysed, strict=True)
    ]


@pytest.mark.parametrize(
    ("analysed", "answers"),
    [
        (("49", "50"), ["Yes/PY", "Yes/PY", "Yes/PY"]),
        (("44", "34"), ["No/PN", "No/PN", "No/PN"]),
        (("45", "41"), ["No/PN", "Yes/PY", "Yes/PY"]),
        (("35", "50"), ["No/PN", "No/PN", "Yes/PY"]),
        (("NR", "50"), ["NI", "NI", "NI"]),
    ],
)
def test_attrition(trial, analysed, answers) -> None:  # type: ignore[no-untyped-def]
    table = facts(trial(arms=arms(*analysed)))
    mine = table[table["item"].isin(["d3_10", "d3_12", "d3_13"])]
    assert mine["answer"].tolist() == answers


@pytest.mark.parametrize(
    ("rater", "answers"), [("self", ["Yes/PY", "No/PN"]), ("clinician", ["No/PN", "Yes/PY"]), ("", ["NI", "NI"])]
)
def test_self_report(trial, rater, answers) -> None:  # type: ignore[no-untyped-def]
    table = facts(trial(outcome={"rater": rater}))
    assert table.loc[table["item"].str.startswith("d4"), "answer"].tolist() == answers


@pytest.mark.parametrize(
    ("ratio", "sizes", "answer"),
    [("1:1", ("50", "50"), "Yes/PY"), ("1 to 1", ("70", "30"), "No/PN"), ("2:1", ("70", "30"), "Yes/PY"), ("", ("70", "30"), "NI")],
)  # fmt: skip
def test_randomised_numbers_against_the_ratio(trial, ratio, sizes, answer) -> None:  # type: ignore[no-untyped-def]
    two = [{**arm, "n_randomised": n} for arm, n in zip(arms("9", "9"), sizes, strict=True)]
    tables = trial(arms=two)
    tables.tables["studies"]["rand_ratio"] = ratio
    table = facts(tables)
    assert table.loc[table["item"] == "d1_3", "answer"].tolist() == [answer]


@pytest.mark.parametrize(("mean", "answer"), [("20", "Yes/PY"), ("26", "No/PN")])
def test_baseline_difference(trial, mean, answer) -> None:  # type: ignore[no-untyped-def]
    tables = trial(
        *[(a, s, v) for a, m in (("new", mean), ("old", "20")) for s, v in (("mean", m), ("sd", "8"), ("n", "40"))]
    )
    tables.tables["results"]["timepoint"] = "baseline"
    row = facts(tables).query("question.str.contains('baseline')").iloc[0]
    assert row["answer"] == answer
    assert "p = " in row["evidence"]
