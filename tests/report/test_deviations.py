"""Every kind of deviation is shown in the report, with all that was said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from invented_reports import facts_of
from invented_results import fabricate
from prismake.audit.three_way import analysis_table, check_deviations, deviation_table
from prismake.messages.faults import Faults
from prismake.protocol.review import load_review
from prismake.records.tables import write_csv, write_json
from prismake.report import results_tables, tables
from prismake.report.results import Results
from prismake.report.tables import head_of

SCHEMA = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "workflow/schemas/deviations.schema.yaml").read_text(encoding="utf-8")
)
KEYS = SCHEMA["properties"]["deviations"]["items"]["properties"]
CHOICES = [(key, choice) for key in ("type", "reason", "timing") for choice in KEYS[key]["enum"]]


def shown(folder: Path, deviations: list[dict], tmp_path: Path) -> list[dict[str, str]]:
    """The rows of the report's table of deviations, as texts, for a review with these deviations."""
    (folder / "config/deviations.yaml").write_text(yaml.safe_dump({"deviations": deviations}, allow_unicode=True))
    results = fabricate(tmp_path / "report")
    write_csv(deviation_table(load_review(folder)), results / "protocol/deviations.csv")
    table = tables.deviations(facts_of(results))
    return [
        {column.label: str(getattr(cell, "text", cell)) for column, cell in zip(table.columns, row, strict=True)}
        for row in table.rows
    ]


@pytest.mark.parametrize(("key", "choice"), CHOICES)
def test_each_type_reason_and_timing_is_shown(folder: Path, tmp_path: Path, key: str, choice: str) -> None:
    given = {"id": "D1", "leaf": "effect_measure", "value": "MD", "explanation": "Because.", key: choice}
    (row,) = shown(folder, [given], tmp_path)
    assert row[head_of(key)] == choice and row[head_of("explanation")] == "Because."


# Kind of deviation -> its entry, the wording registered and the one that is shown as done.
KINDS = {
    "another value": ({"leaf": "effect_measure", "value": "MD"}, '"SMD"', '"MD"'),
    "another branch": (
        {"leaf": "screening.full_text", "value": {"reviewers": 1}},
        '{"reviewers":2}',
        '{"reviewers":1}',
    ),
    "another order of a list": (
        {"leaf": "exclusion_reasons", "value": [{"id": "design", "label": "Wrong design"}]},
        '[{"id":"population","label":"Wrong population"},{"id":"design","label":"Wrong design"}]',
        '[{"id":"design","label":"Wrong design"}]',
    ),
    "something added": ({"leaf": "databases.pubmed", "value": {"name": "PubMed"}}, "null", '{"name":"PubMed"}'),
    "something left out": ({"leaf": "analyses.by_age.subgroups", "value": None}, '["study_age"]', "null"),
    "a database left out": ({"leaf": "databases.wos", "value": None}, '{"name":"Web of Science"}', "null"),
    "an analysis not run": ({"leaf": "analyses.by_age.not_run", "value": "no ages"}, "null", '"no ages"'),
    "conduct that no leaf holds": (
        {"leaf": "screening.title_abstract", "original_wording": "blind", "deviation": "They spoke."},
        "blind",
        "They spoke.",
    ),
    "words of one's own": (
        {"leaf": "effect_measure", "value": "MD", "original_wording": "the SMD", "deviation": "the MD"},
        "the SMD",
        "the MD",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_deviation_is_shown_with_what_was_registered_and_done(
    folder: Path, tmp_path: Path, kind: str
) -> None:
    entry, was, now = KINDS[kind]
    more = {"type": "other", "reason": "other", "timing": "before search", "reader_impact": "None."}
    (row,) = shown(folder, [{"id": "D1", **entry, **more}], tmp_path)
    assert row[head_of("id")] == "D1" and row[head_of("item")] == entry["leaf"].split(".")[0]
    assert row[head_of("original_wording")] == was and row[head_of("deviation")] == now
    assert row[head_of("reader_impact")] == "None."


def test_several_deviations_keep_their_order(folder: Path, tmp_path: Path) -> None:
    entries = [{"id": f"D{n}", "leaf": f"narrative.n{n}", "value": str(n)} for n in (3, 1, 2)]
    assert [row[head_of("id")] for row in shown(folder, entries, tmp_path)] == ["D3", "D1", "D2"]


def test_a_deviation_without_a_reason_is_a_watermark_of_a_draft(folder: Path, tmp_path: Path) -> None:
    (folder / "config/deviations.yaml").write_text("deviations:\n  - {id: D1, leaf: effect_measure, value: MD}\n")
    unexplained = check_deviations(load_review(folder), Faults())
    results = fabricate(tmp_path / "report")
    check = Results(results).json("protocol/check.json")
    write_json({**check, "unexplained": unexplained}, results / "protocol/check.json")
    facts = facts_of(results)
    assert facts.banner == "Simulated example · Deviation without reason or timing: D1"
    write_json({**check, "unexplained": []}, results / "protocol/check.json")
    assert facts_of(results).banner == "Simulated example"


def test_an_analysis_that_was_not_run_is_in_the_report_with_its_reason(folder: Path, tmp_path: Path) -> None:
    (folder / "config/deviations.yaml").write_text(
        "deviations:\n  - {id: D1, leaf: analyses.by_age.not_run, value: no study gave ages}\n"
    )
    results = fabricate(tmp_path / "report")
    table = analysis_table(load_review(folder), {"primary": {}})
    write_csv(table, results / "protocol/analyses.csv")
    rows = [
        " ".join(str(getattr(c, "text", c)) for c in row) for row in results_tables.registration(facts_of(results)).rows
    ]
    (row,) = [row for row in rows if "o study gave ages" in row]
    assert "By age" in row and "D1" in row, row
