"""The summary of findings: people's steps, their reasons, and what follows from them."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest
from prismake.synthesis.certainty import DOMAINS, risk_with, summary_of_findings

RESULTS = [
    {
        "analysis": "primary",
        "role": "confirmatory",
        "title": "Depression",
        "k": 9,
        "N": 812,
        "measure": "SMD",
        "estimate": {"b": 0.2, "ci_lb": 0.05, "ci_ub": 0.35},
    },
    {
        "analysis": "relapse",
        "role": "confirmatory",
        "title": "Relapse",
        "k": 3,
        "N": 120,
        "measure": "RR",
        "estimate": {"b": -0.105360516, "ci_lb": -0.356674944, "ci_ub": 0.182321557},
        "transformed": {"b": 0.9, "ci_lb": 0.7, "ci_ub": 1.2},
    },
    {"analysis": "later", "role": "confirmatory", "title": "Later", "measure": "SMD", "not_estimable": "no study"},
    {"analysis": "other", "role": "exploratory", "measure": "SMD", "estimate": {"b": 0.1}},
]


def judged(*rows: dict[str, str], **more: bool):  # type: ignore[no-untyped-def]
    """The summary with these rows of people's sheet; domains that a row with a start does not name are judged 0."""
    whole = [{**(dict.fromkeys(DOMAINS, "0") if row.get("start") else {}), **row} for row in rows]
    return summary_of_findings(RESULTS, pd.DataFrame(whole), **more)


def test_certainty_follows_from_peoples_steps() -> None:
    steps = {"risk_of_bias": "-1: most studies are unblinded.", "imprecision": "-1: wide interval"}
    summary = judged({"analysis": "primary", "start": "high", "outcome": "Symptoms", **steps})
    assert not list(summary.findings)
    row = summary.table.iloc[0]
    assert row[["outcome", "certainty", "certainty_symbols", "footnotes"]].tolist() == [
        "Symptoms",
        "low",
        "⊕⊕⊖⊖",
        "1, 2",
    ]
    assert row[["k", "participants", "effect", "ci_lb", "ci_ub"]].tolist() == [9, 812, 0.2, 0.05, 0.35]
    assert summary.footnotes == [
        "Downgraded 1 level for risk of bias: most studies are unblinded.",
        "Downgraded 1 level for imprecision: wide interval.",
    ]
    assert summary.table.loc[1, ["effect", "certainty"]].tolist() == [0.9, ""]


def test_the_same_reason_has_one_footnote() -> None:
    row = {"start": "high", "imprecision": "−1: wide interval"}
    summary = judged({"analysis": "primary", **row}, {"analysis": "relapse", **row})
    assert summary.table["footnotes"].tolist() == ["1", "1", ""]
    assert len(summary.footnotes) == 1


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ({"analysis": "primary", "imprecision": "-1"}, "grade-reason", "imprecision"),
        ({"analysis": "primary", "imprecision": "serious"}, "grade-step", "imprecision"),
        ({"analysis": "primary", "imprecision": "+1: precise"}, "grade-step", "imprecision"),
        ({"analysis": "primary", "large_effect": "-1: small"}, "grade-step", "large_effect"),
        ({"analysis": "primary", "start": "unsure"}, "grade-start", "start"),
        ({"analysis": "relapse", "baseline_risk": "120"}, "baseline-risk", "baseline_risk"),
        ({"analysis": "primry"}, "unknown-analysis", "analysis"),
    ],
)
def test_a_wrong_cell_is_named(row: dict[str, str], code: str, column: str) -> None:
    faults = list(
        judged({"analysis": "relapse"} if row["analysis"] != "relapse" else {"analysis": "primary"}, row).findings
    )
    assert [(f.code, f.line, f.column) for f in faults] == [(code, 3, column)]


def test_an_analysis_is_judged_once() -> None:
    faults = list(judged({"analysis": "primary"}, {"analysis": "primary"}).findings)
    assert [f.code for f in faults] == ["judged-twice"]


def test_certainty_stays_between_very_low_and_high() -> None:
    down = {"analysis": "primary", "start": "low", "risk_of_bias": "-2: all high", "inconsistency": "-2: wide spread"}
    up = {"analysis": "relapse", "start": "high", "large_effect": "+2: risk halved twice"}
    assert judged(down, up).table["certainty"].tolist() == ["very low", "high", ""]


def test_other_analyses_are_shown_where_somebody_judged_them() -> None:
    assert judged({"analysis": "primary"}).table["analysis"].tolist() == ["primary", "relapse", "later"]
    assert judged({"analysis": "other", "start": "low"}).table["analysis"].tolist()[-1] == "other"


def test_who_is_waited_for() -> None:
    assert judged({"analysis": "primary", "start": "high"}).pending["id"].tolist() == ["relapse"]
    assert judged({"analysis": "primary", "start": ""}).pending["id"].tolist() == ["primary", "relapse"]
    assert judged({"analysis": "primary", "start": "high"}, planned=False).pending.empty


def test_a_domain_that_nobody_judged_is_no_zero() -> None:
    partly = {
        "analysis": "primary",
        "start": "high",
        "risk_of_bias": "0",
        "imprecision": "-1: wide",
        "inconsistency": "",
    }
    summary = judged({**partly, "indirectness": "", "publication_bias": ""})
    assert summary.table.loc[0, ["certainty", "certainty_symbols", "footnotes"]].tolist() == ["", "", ""]
    assert summary.pending["what"].iloc[0].endswith(": inconsistency, indirectness, publication bias")
    assert judged({**partly, "start": "", "inconsistency": "0"}).table.loc[0, "certainty"] == ""
    assert judged({**partly, "inconsistency": "0"}).table.loc[0, "certainty"] == "moderate"  # upgrades may be blank


def test_people_in_a_thousand() -> None:
    # Cochrane Handbook 5.1, 12.5.4.2 and 12.5.4.3: of 300 in 1,000, 24 fewer by a risk ratio of 0.92, 62 by an odds ratio of 0.73.
    assert round(300 - 1000 * risk_with("RR", math.log(0.92), 0.3)) == 24
    assert round(300 - 1000 * risk_with("OR", math.log(0.73), 0.3)) == 62
    assert risk_with("OR", 0.0, 0.3) == pytest.approx(0.3)
    assert risk_with("RD", -0.4, 0.3) == 0.0
    for typed in ("0.25", "25 %", "0,25"):
        row = judged({"analysis": "relapse", "start": "high", "baseline_risk": typed}).table.iloc[1]
        assert row["risk_control"] == 250
        assert row["risk_intervention"] == pytest.approx(225, abs=1e-4)
        assert row["risk_intervention_ci_lb"] == pytest.approx(175, abs=1e-4)


def test_the_data_have_no_nan() -> None:
    data = judged({"analysis": "primary", "start": "high"}).data(planned=True)
    json.dumps(data, allow_nan=False)
    assert (data["judged"], data["rows"][2]["effect"], data["rows"][2]["certainty"]) == (1, None, "")
    assert data["levels"]["⊕⊕⊖⊖"] == "low"
