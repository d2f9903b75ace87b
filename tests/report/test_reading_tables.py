"""The clinical reading, power, sequential boundaries, the Bayesian model, and GRADE's summary of findings as tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from invented_reports import document_of, facts_of
from invented_results import write_json
from prismake.report.blocks import Table, text_of
from prismake.report.certainty import certainty_rated, summary_of_findings
from prismake.report.facts import Facts
from prismake.report.reading_tables import readings
from prismake.synthesis.analysis import run_analysis

Make = Callable[..., Facts]
ASKED = {
    "clinical": {
        "control_event_rate": [0.2],
        "power": {"effect": 0.3, "k": 8, "n1": 40, "n2": 40},
        "sequential": {"effect": 0.3},
    },
    "bayesian": {},
}


def result(**spec: Any) -> dict[str, Any]:
    """Eight invented trials, analysed with what is asked for."""
    draw = np.random.default_rng(1)
    frame = pd.DataFrame({"study_id": [f"s{i:03d}" for i in range(8)], "n1": 40, "n2": 40, "ni": 80, "vi": 0.05})
    frame["effect_id"], frame["label"], frame["measure"] = frame["study_id"], "Study " + frame["study_id"], "SMD"
    frame["yi"], frame["study_year"] = draw.normal(0.3, 0.2, 8), range(2001, 2009)
    return run_analysis(frame, {"one_per_study": "average", "model": "random", "title": "P", **spec}, "primary")


def told(make: Make, **changes: Any) -> Facts:
    facts = make(studies=3, pooled=3)
    path = facts.results.folder / "analyses/primary/result.json"
    write_json(path, json.loads(path.read_text(encoding="utf-8")) | changes)
    return facts_of(facts.results.folder)


def lines(table: Table) -> list[str]:
    return [" | ".join(text_of(cell) for cell in row) for row in table.rows]


def test_what_was_asked_for_is_told(make: Make) -> None:
    found = result(**ASKED)
    facts = told(make, clinical=found["clinical"], bayesian=found["bayesian"])
    tables = {table.id: table for table in readings(facts, facts.analyses[0])}
    assert list(tables) == ["clinical-primary", "power-primary", "sequential-primary", "bayesian-primary"]
    assert all(table.rows for table in tables.values())
    clinical = found["clinical"]["reading"]
    assert f"{100 * clinical['cohen_u3']['b']:.1f}%" in "\n".join(lines(tables["clinical-primary"]))
    assert any(line.startswith("Number needed to treat") for line in lines(tables["clinical-primary"]))
    assert len(tables["sequential-primary"].rows) == 8
    mean = found["bayesian"]["mu"]
    first = lines(tables["bayesian-primary"])[0]
    assert (
        first
        == f"Mean effect | {mean['median']:.2f} [{mean['cri_lb']:.2f}, {mean['cri_ub']:.2f}] | {100 * mean['p_positive']:.1f}%"
    )
    assert "half normal (scale 0.50)" in tables["bayesian-primary"].note
    text = document_of(facts).plain()
    assert "not estimable |" not in text
    assert "{" not in "\n".join(line for table in tables.values() for line in lines(table))


def test_what_cannot_be_had_gives_its_reason(make: Make) -> None:
    nothing = {"not_estimable": "an invented reason"}
    facts = told(make, clinical={"reading": nothing, "power": nothing, "sequential": nothing}, bayesian=nothing)
    tables = readings(facts, facts.analyses[0])
    assert [table.empty for table in tables] == ["An invented reason."] * 4 and not any(t.rows for t in tables)
    document_of(facts)


def test_nothing_asked_gives_nothing(make: Make) -> None:
    facts = make(studies=3, pooled=3)
    assert readings(facts, facts.analyses[0]) == []


SUMMARY = {
    "planned": True,
    "judged": 1,
    "levels": {"⊕⊖⊖⊖": "very low", "⊕⊕⊖⊖": "low", "⊕⊕⊕⊖": "moderate", "⊕⊕⊕⊕": "high"},
    "footnotes": [{"number": 1, "text": "imprecision: wide interval"}],
    "rows": [
        {
            "analysis": "primary", "outcome": "Response", "k": 9, "participants": 900, "measure": "OR", "effect": 1.5,
            "ci_lb": 1.1, "ci_ub": 2.0, "risk_control": 200.0, "risk_intervention": 272.7, "risk_intervention_ci_lb": 215.7,
            "risk_intervention_ci_ub": 333.3, "certainty": "moderate", "certainty_symbols": "⊕⊕⊕⊖", "footnotes": "1", "comment": "",
        },
        {"analysis": "other", "outcome": "", "k": 0, "participants": None, "measure": "OR", "effect": None, "certainty": ""},
    ],
}  # fmt: skip


def test_the_summary_of_findings_shows_effect_risks_certainty_and_reasons(make: Make) -> None:
    facts = make(studies=3, pooled=3)
    write_json(facts.results.folder / "grade/summary_of_findings.json", SUMMARY)
    facts = facts_of(facts.results.folder)
    table = summary_of_findings(facts)
    assert certainty_rated(facts)
    assert lines(table)[0] == "Response | 9 | 900 | OR 1.50 [1.10, 2.00] | 200 | 273 [216, 333] | ⊕⊕⊕⊖ moderate (1)"
    assert lines(table)[1] == "other | 0 |  | not estimable |  |  | not judged yet"
    assert "(1) imprecision: wide interval." in table.note
    text = document_of(facts).plain()
    assert "as people judged it by GRADE" in text


@pytest.mark.parametrize("content", [None, {**SUMMARY, "planned": False, "rows": [{**SUMMARY["rows"][1]}]}])
def test_a_certainty_that_nobody_rated_is_said_so(make: Make, content: dict[str, Any] | None) -> None:
    facts = make(studies=3, pooled=3)
    if content:
        write_json(facts.results.folder / "grade/summary_of_findings.json", content)
    facts = facts_of(facts.results.folder)
    assert summary_of_findings(facts).rows == [] and not certainty_rated(facts)
    assert "The certainty of the evidence has not been rated." in document_of(facts).plain()
