"""The script that counts the flow: from the tables of a review to its lists and numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from prismake.flow.boxes import BOXES
from prismake.messages.faults import InputFaults
from prismake.records.tables import read_csv, write_csv, write_parquet


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, str]:
    """Three source records of one search, two the same entry; one record screened and excluded, one removed before."""
    frames = {
        "searches": {"search": ["a"], "database": ["Scopus"], "kind": ["database"], "records": ["3"]},
        "membership": {
            "source_record_id": ["a:1", "a:2", "a:3"],
            "record_id": ["a:1", "a:1", "a:3"],
            "earliest": ["true", "false", "true"],
        },
        "excluded_before": {"record_id": ["a:3"], "kind": ["other"], "reason": ["=Dissertations"]},
        "decisions": {
            "phase": ["title_abstract"],
            "record_id": ["a:1"],
            "decision": ["exclude"],
            "basis": ["agreement"],
            "status": ["final"],
        },
        "ledger": {
            "phase": ["title_abstract"] * 2,
            "record_id": ["a:1"] * 2,
            "reviewer": ["A", "B"],
            "role": ["reviewer"] * 2,
            "decision": ["exclude"] * 2,
        },
        "reports": {
            name: []
            for name in (
                "report_id",
                "record_id",
                "arm",
                "method",
                "sought",
                "retrieval",
                "full_text",
                "primary_reason",
            )
        },
        "studies": {"study_id": [], "origin": []},
        "study_links": {"study_id": [], "report_id": []},
    }
    paths = {name: str(tmp_path / f"{name}.csv") for name in frames}
    for name, columns in frames.items():
        write_csv(pd.DataFrame(columns, dtype=str), paths[name])
    paths["source_records"] = str(tmp_path / "source_records.parquet")
    rows = {"source_record_id": ["a:1", "a:2", "a:3"], "search": ["a"] * 3, "title": ["One", "One", "=Three()"]}
    write_parquet(pd.DataFrame(rows, dtype=str), paths["source_records"])
    return paths


@pytest.fixture
def run(script, tables):
    return lambda folder: count(script("count_flow").main, tables, folder)


def count(main, tables: dict[str, str], folder: Path) -> Path:
    main(
        tables=tables,
        flow=str(folder / "flow.json"),
        prisma2020=str(folder / "prisma2020.csv"),
        updates=str(folder / "updates.csv"),
        messages=str(folder / "messages.csv"),
        lists=[str(folder / "ids" / f"{box}.csv") for box in BOXES],
        settings={"exclusion_reasons": [{"id": "x", "label": "Reason, with a comma"}], "review.update_of": None},
    )
    return folder


def test_it_writes_the_numbers_and_a_list_for_each_box(run, tmp_path):
    out = run(tmp_path / "flow")
    summary = json.loads((out / "flow.json").read_text(encoding="utf-8"))
    counted = {box: n for box, n in summary["boxes"].items() if n}
    assert counted == {
        "database_results": 3,
        "duplicates": 1,
        "excluded_other": 1,
        "records_screened": 1,
        "records_excluded": 1,
        "records_excluded_human": 1,
    }
    for box, n in summary["boxes"].items():
        assert len(read_csv(out / "ids" / f"{box}.csv")) == (n or 0)
    assert len(read_csv(out / "updates.csv")) == 1


def test_a_list_has_ids_titles_and_notes_that_no_spreadsheet_runs(run, tables, tmp_path):
    out = run(tmp_path / "flow")
    removed = read_csv(out / "ids" / "excluded_other.csv")
    assert removed.to_dict("records") == [{"record_id": "a:3", "title": "'=Three()", "note": "'=Dissertations"}]
    duplicates = read_csv(out / "ids" / "duplicates.csv")
    assert duplicates.to_dict("records") == [{"source_record_id": "a:2", "title": "One", "note": "same entry as a:1"}]


def test_the_same_tables_give_the_same_bytes(run, tables, tmp_path):
    first, second = run(tmp_path / "1"), run(tmp_path / "2")
    for path in sorted(p for p in first.rglob("*") if p.is_file()):
        assert path.read_bytes() == (second / path.relative_to(first)).read_bytes()


def test_a_table_without_its_columns_is_refused_and_nothing_is_written(run, tables, tmp_path):
    write_csv(pd.DataFrame({"record_id": ["a:1"]}), tables["decisions"])
    with pytest.raises(InputFaults, match="no column 'phase'"):
        run(tmp_path / "flow")
    assert not (tmp_path / "flow" / "flow.json").exists()


def test_the_rule_has_a_file_for_each_box(root):
    text = (root / "workflow/rules/flow.smk").read_text(encoding="utf-8")
    names: dict = {}
    exec(text[text.index("ARM_LISTS =") : text.index("rule count_flow")], names)  # the lists, in plain Python
    assert sorted(names["FLOW_LISTS"]) == sorted(BOXES)
