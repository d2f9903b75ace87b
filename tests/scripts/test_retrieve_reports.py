"""The script of the rule retrieve_reports, on files as the rules before it write them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd
import pytest
from prismake.messages.faults import InputFaults
from prismake.records.tables import read_csv, write_csv, write_parquet

OUTPUTS = ("reports", "studies", "study_links", "to_retrieve", "to_link", "messages", "pending")


@pytest.fixture
def run(root: Path, tmp_path: Path):
    """Run the script over two included records, one read in full, with the sheets given as text."""
    spec = importlib.util.spec_from_file_location("retrieve_reports", root / "workflow/scripts/retrieve_reports.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    records = pd.DataFrame(
        {
            "record_id": ["s:1", "s:2"],
            "title": ["One", "Two"],
            "authors": "Frisch, Anna",
            "year": [2001, 2002],
            "doi": "",
            "searches": "s",
        }
    )
    write_parquet(records.astype({"year": "Int64"}), tmp_path / "records.parquet")
    rows = [
        ("title_abstract", "s:1", "include"),
        ("title_abstract", "s:2", "include"),
        ("full_text", "s:1", "include"),
        ("full_text", "s:2", "pending"),
    ]
    decisions = pd.DataFrame(rows, columns=["phase", "record_id", "decision"]).assign(primary_reason="", reasons="")
    write_csv(decisions, tmp_path / "decisions.csv")

    members = pd.DataFrame(
        {"source_record_id": ["s:1", "s:2", "t:9"], "record_id": ["s:1", "s:2", "s:1"], "aliases": ""}
    )
    write_csv(members, tmp_path / "membership.csv")

    def run(final: bool = False, **sheets: str) -> dict[str, pd.DataFrame]:
        paths = {name: [] for name in ("retrieval", "studies", "other_methods", "previous_review")}
        for name, text in sheets.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
            paths[name] = [str(tmp_path / f"{name}.csv")]
        script.main(
            decisions=str(tmp_path / "decisions.csv"),
            records=str(tmp_path / "records.parquet"),
            membership=str(tmp_path / "membership.csv"),
            sheets=paths,
            outputs={name: str(tmp_path / "out" / name) for name in OUTPUTS},
            settings={
                "studies": {},
                "final": final,
                "registers": [],
                "exclusion_reasons": [{"id": "population", "label": "P"}],
            },
        )
        return {name: read_csv(tmp_path / "out" / name) for name in OUTPUTS}

    return run


def test_a_draft_lists_what_is_to_retrieve_and_to_link(run):
    made = run()
    assert made["to_retrieve"]["record_id"].tolist() == ["s:2"]
    assert made["to_link"]["report_id"].tolist() == ["s:1"]
    assert made["pending"]["what"].tolist() == ["retrieve the report", "link the report to its study"]


def test_sheets_of_a_german_spreadsheet_are_read(run):
    made = run(
        retrieval="record_id;report_id;sought;retrieved;date;note\ns:2;;yes;no;2024-01-02;not in any library\n",
        studies="study_id;report_id;primary;label;evidence;note\nF1;s:1;yes;;;\n",
    )
    assert made["reports"].set_index("report_id")["retrieval"].to_dict() == {"s:1": "retrieved", "s:2": "not_retrieved"}
    assert made["studies"]["label"].tolist() == ["Frisch (2001)"]
    assert not len(made["pending"])


def test_a_final_build_fails_on_reports_that_are_open(run):
    with pytest.raises(InputFaults):
        run(final=True)


def test_a_link_to_a_source_record_that_was_joined_finds_its_report(run):
    made = run(studies="study_id,report_id,primary\nF1,t:9,yes\n")
    assert made["study_links"].values.tolist() == [["F1", "s:1", "yes", ""]]
