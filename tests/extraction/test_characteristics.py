"""Tables about the studies, and the stage as a whole."""

from __future__ import annotations

import pandas as pd
from prismake.extraction.characteristics import characteristics
from prismake.extraction.stage import check_extraction

STUDY = {"study_id": "Kern 2001", "label": "Kern (2001)", "country": "Norway", "design": "RCT", "n_total": "100"}
ARMS = [
    {
        "study_id": "Kern 2001",
        "arm_id": "new",
        "condition": "Matched care",
        "role": "intervention",
        "n_randomised": "60",
        "pct_female": "50",
        "age_mean": "40",
    },
    {
        "study_id": "Kern 2001",
        "arm_id": "old",
        "condition": "Manual",
        "role": "standardised",
        "n_randomised": "40",
        "pct_female": "75",
        "age_mean": "NR",
    },
]


def test_one_row_a_study(trial) -> None:  # type: ignore[no-untyped-def]
    tables = trial(("new", "mean", "12"), studies=[STUDY], arms=ARMS)
    row = characteristics(tables).iloc[0]
    assert row[["study", "intervention", "comparator", "outcome_measures", "follow_up"]].tolist() == [
        "Kern (2001)",
        "Matched care",
        "Manual",
        "depression (BDI-II)",
        "post",
    ]
    assert (row["n_randomised"], row["pct_female"], row["age_mean"]) == (100, 60.0, "")


def included(*names: str) -> pd.DataFrame:
    """The list of included studies."""
    return pd.DataFrame({"study_id": names, "label": [f"{n}!" for n in names]})


def test_what_waits_for_extraction(trial, book) -> None:  # type: ignore[no-untyped-def]
    studies = [STUDY, {"study_id": "Ost 2002"}, {"study_id": "Elm 2003", "narrative_only": "No usable outcome"}]
    tables = trial(("new", "mean", "12"), studies=studies, arms=ARMS)
    checked = check_extraction(tables, book, included("Kern 2001", "Ost 2002", "Elm 2003", "Fir 2004"))
    assert checked.pending[["id", "title"]].values.tolist() == [["Ost 2002", "Ost 2002!"], ["Fir 2004", "Fir 2004!"]]
    assert list(checked.pending.columns) == ["stage", "id", "title", "who", "what"]


def test_a_study_that_was_not_included_is_pointed_out(trial, book) -> None:  # type: ignore[no-untyped-def]
    tables = trial(("new", "mean", "12"), studies=[STUDY], arms=ARMS)
    levels = {
        final: [
            f.level
            for f in check_extraction(tables, book, included("Else"), final=final).findings
            if f.code == "not-included"
        ]
        for final in (False, True)
    }
    assert levels == {False: ["warning"], True: ["error"]}


def test_every_result_carries_its_sources(trial, book) -> None:  # type: ignore[no-untyped-def]
    tables = trial(
        ("new", "mean", "12"),
        studies=[STUDY],
        arms=ARMS,
        sources=[{"cell_key": "results/Kern 2001", "method": "reported"}],
    )
    assert check_extraction(tables, book, included()).tables["results"]["source_ids"].tolist() == ["S1"]
