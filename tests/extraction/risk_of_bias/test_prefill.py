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
        (("49", "50"), ["Yes", "No", "Yes"]),
        (("44", "34"), ["No", "Yes", "No"]),
        (("45", "41"), ["No", "No", "Yes"]),
        (("NR", "50"), ["NI", "NI", "NI"]),
    ],
)
def test_attrition(trial, analysed, answers) -> None:  # type: ignore[no-untyped-def]
    table = facts(trial(arms=arms(*analysed)))
    assert table.loc[table["outcome_id"] == "", "answer"].tolist() == answers


@pytest.mark.parametrize(("rater", "answer"), [("self", "Yes"), ("clinician", "No"), ("", "NI")])
def test_self_report(trial, rater, answer) -> None:  # type: ignore[no-untyped-def]
    table = facts(trial(outcome={"rater": rater}))
    assert table.loc[table["question"] == "Is the outcome self-reported?", "answer"].tolist() == [answer]


@pytest.mark.parametrize(("mean", "answer"), [("20", "No"), ("26", "Yes")])
def test_baseline_difference(trial, mean, answer) -> None:  # type: ignore[no-untyped-def]
    tables = trial(
        *[(a, s, v) for a, m in (("new", mean), ("old", "20")) for s, v in (("mean", m), ("sd", "8"), ("n", "40"))]
    )
    tables.tables["results"]["timepoint"] = "baseline"
    row = facts(tables).query("question.str.contains('baseline')").iloc[0]
    assert row["answer"] == answer
    assert "p = " in row["evidence"]
