"""Every customary model in one table, and metafor's numbers beside ours."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from invented_reports import document_of, facts_of
from invented_results import write_json
from prismake.records.tables import write_csv
from prismake.report.blocks import text_of
from prismake.report.facts import Facts
from prismake.report.reading_tables import readings
from prismake.report.second_opinion_tables import crosscheck_main, crosscheck_summary, every_model
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.crosscheck_compare import COLUMNS, summary

Make = Callable[..., Facts]


def lines(table):
    return [" | ".join(text_of(cell) for cell in row) for row in table.rows]


def models():
    """The one-call table of invented effects, one study with two."""
    draw = np.random.default_rng(2)
    frame = pd.DataFrame({"study_id": [f"s{max(i, 1)}" for i in range(9)], "vi": 0.04, "yi": draw.normal(0.3, 0.3, 9)})
    frame["effect_id"], frame["measure"] = [f"e{i}" for i in range(9)], "SMD"
    return run_analysis(frame, {"measure": "SMD", "sensitivity": ["all_models"]}, "primary")["sensitivity"]


@pytest.fixture
def shown(make: Make):
    """Facts of a review whose analysis has the one-call table."""
    facts = make(studies=3, pooled=3)
    path = facts.results.folder / "analyses/primary/result.json"
    write_json(path, json.loads(path.read_text(encoding="utf-8")) | {"sensitivity": models()})
    return facts_of(facts.results.folder)


def test_every_model_has_its_robust_test_and_both_definitions_of_i2(shown: Facts) -> None:
    table = every_model(shown, shown.analyses[0])
    assert [column.label for column in table.columns][-4:] == ["Robust CI", "Robust p", "I² from τ²", "I² from Q"]
    text = lines(table)
    assert len(text) == 10 and text[0].startswith("All effects as if independent | 8 | 9 | ")
    assert any("No effect has an overall risk of bias" in line for line in text)
    assert table in readings(shown, shown.analyses[0])


def compared(folder):
    """The files of a cross-check of which one number differs."""
    rows = [
        ("primary", "overall", "b", 0.25, 0.25, 0.0, "yes", ""),
        ("primary", "overall", "QEp", 0.5, 0.5, 0.0, "yes", ""),
        ("primary", "influence", "hat (s1)", 0.1, 0.2, -0.1, "no", ""),
        ("primary", "trim and fill", "", None, None, None, "", "metafor: no convergence"),
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    (folder / "crosscheck").mkdir()
    write_csv(table, folder / "crosscheck/crosscheck.csv")
    write_json(folder / "crosscheck/crosscheck.json", summary(table, {"R": "4.2.2", "metafor": "3.8.1"}))


def test_both_numbers_stand_side_by_side_where_metafor_was_asked(make: Make) -> None:
    facts = make(studies=3, pooled=3)
    compared(facts.results.folder)
    facts = facts_of(facts.results.folder)
    (line,) = lines(crosscheck_summary(facts))
    assert line.endswith("| 3 | 1 | 0.5")
    assert crosscheck_summary(facts).note.startswith("Recomputed by metafor 3.8.1 in R 4.2.2.")
    both = lines(crosscheck_main(facts))
    assert [line.split(" | ", 1)[1] for line in both] == [
        "overall | b | 0.25 | 0.25 | yes",
        "influence | hat (s1) | 0.1 | 0.2 | no",
    ]
    assert "The analyses recomputed by metafor" in document_of(facts).plain()


def test_the_reason_stands_there_where_metafor_was_not_to_be_had(make: Make) -> None:
    facts = make(studies=3, pooled=3)
    (facts.results.folder / "crosscheck").mkdir()
    empty = summary(pd.DataFrame(columns=COLUMNS), {}) | {"not_compared": "Rscript is not on this machine"}
    write_json(facts.results.folder / "crosscheck/crosscheck.json", empty)
    table = crosscheck_summary(facts_of(facts.results.folder))
    assert not table.rows and table.empty == "Rscript is not on this machine."


def test_nothing_is_said_where_nobody_asked(make: Make) -> None:
    facts = make(studies=3, pooled=3)
    assert not crosscheck_summary(facts).rows and "recomputed by metafor" not in document_of(facts).plain()
