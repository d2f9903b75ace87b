"""The table of effects and the summary of findings."""

from __future__ import annotations

import pandas as pd
import pytest
from prismake.synthesis.effect_sizes.assemble import assemble
from prismake.synthesis.effect_sizes.choices import Choices
from prismake.synthesis.effect_sizes.tables import effects_table, summary_of_findings

RESULTS = [
    {
        "analysis": "primary",
        "title": "Depression",
        "k": 9,
        "N": 812,
        "measure": "SMD",
        "estimate": {"b": 0.2, "ci_lb": 0.05, "ci_ub": 0.35},
    },
    {
        "analysis": "relapse",
        "title": "Relapse",
        "k": 3,
        "N": 120,
        "measure": "RR",
        "estimate": {"b": -0.1},
        "transformed": {"b": 0.9, "ci_lb": 0.7, "ci_ub": 1.2},
    },
]


def test_effects_with_interval_and_way(trial) -> None:  # type: ignore[no-untyped-def]
    numbers = [(a, s, v) for a, m in (("new", "12"), ("old", "16")) for s, v in (("mean", m), ("sd", "8"), ("n", "38"))]
    row = effects_table(assemble(trial(*numbers), Choices(comparators=("standardised",))).effects).iloc[0]
    assert (row["study"], row["outcome"], row["comparison"]) == ("Kern (2001)", "depression (BDI-II)", "new vs old")
    assert row["ci_lb"] < row["effect"] < row["ci_ub"]


def test_certainty_follows_from_peoples_steps() -> None:
    sheet = pd.DataFrame(
        [
            {
                "analysis": "primary",
                "start": "high",
                "risk_of_bias": "-1: most studies are unblinded",
                "imprecision": "-1: wide interval",
            }
        ]
    )
    table, notes, faults = summary_of_findings(RESULTS, sheet)
    assert not list(faults)
    assert table.loc[0, ["certainty", "certainty_symbols", "footnotes", "participants"]].tolist() == [
        "low",
        "⊕⊕⊖⊖",
        "1, 2",
        812,
    ]
    assert notes == [
        "Downgraded 1 level for risk of bias: most studies are unblinded.",
        "Downgraded 1 level for imprecision: wide interval.",
    ]
    assert table.loc[1, ["effect", "certainty"]].tolist() == [0.9, ""]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"analysis": "primary", "imprecision": "-1"}, "grade-reason"),
        ({"analysis": "primary", "imprecision": "serious"}, "grade-step"),
        ({"analysis": "primary", "imprecision": "+1: precise"}, "grade-step"),
        ({"analysis": "primry"}, "unknown-analysis"),
    ],
)
def test_a_step_needs_a_reason_and_a_place(row: dict, code: str) -> None:
    assert [f.code for f in summary_of_findings(RESULTS, pd.DataFrame([row]))[2]] == [code]


def test_certainty_stays_between_very_low_and_high() -> None:
    sheet = pd.DataFrame(
        [{"analysis": "primary", "start": "low", "risk_of_bias": "-2: all high", "inconsistency": "-2: wide spread"}]
    )
    assert summary_of_findings(RESULTS, sheet)[0].loc[0, "certainty"] == "very low"
