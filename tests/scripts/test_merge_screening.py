"""The script of the rule merge_screening, on files as the rules before it write them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pandas as pd
import pytest
from prismake.messages.faults import InputFaults
from prismake.records.sheets import read_sheet
from prismake.records.tables import read_csv, write_csv, write_parquet

TABLES = ("ledger", "decisions", "conflicts", "waiting", "matches", "drift", "messages", "pending")
OUTPUTS = (*TABLES, "agreement")
PROTOCOL = {
    "screening": {"title_abstract": {"reviewers": 2}, "full_text": {"reviewers": 2}},
    "exclusion_reasons": [{"id": "population", "label": "Wrong population"}],
}


@pytest.fixture
def run(root: Path, tmp_path: Path):
    """Run the script on votes (text of a long CSV, or None for none) over three records; gives its outputs."""
    spec = importlib.util.spec_from_file_location("merge_screening", root / "workflow/scripts/merge_screening.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    ids = ["s:1", "s:2", "s:3"]
    entries = pd.DataFrame(
        {
            "record_id": ids,
            "title": ["One", "Two", "Three"],
            "authors": "Frisch, Anna",
            "year": [2001, 2002, 2003],
            "doi": "",
            "abstract": ["", "About two.", ""],
        }
    )
    entries["year"] = entries["year"].astype("Int64")
    write_parquet(entries, tmp_path / "records.parquet")
    write_parquet(
        entries.rename(columns={"record_id": "source_record_id"}).assign(search="s"), tmp_path / "source.parquet"
    )
    write_csv(
        pd.DataFrame({"source_record_id": ids, "record_id": ids, "aliases": ["key1", "", ""]}),
        tmp_path / "membership.csv",
    )
    write_csv(pd.DataFrame({"record_id": ["s:3"], "kind": ["other"], "reason": ["Book"]}), tmp_path / "before.csv")
    pairs = {"source_record_id_1": ["s:1"], "source_record_id_2": ["s:2"], "title_1": ["One"], "ruling": [""]}
    write_csv(pd.DataFrame(pairs), tmp_path / "queue.csv")

    def run(votes: str | None, final: bool = False, **source: object) -> dict[str, pd.DataFrame]:
        files = []
        if votes is not None:
            (tmp_path / "votes.csv").write_text(votes, encoding="utf-8")
            files = [str(tmp_path / "votes.csv")]
        sources = [{"id": "sheet", "tool": "long", "files": ["votes.csv"], **source}] if files else []
        script.main(
            files=files,
            tables={
                "records": str(tmp_path / "records.parquet"),
                "source_records": str(tmp_path / "source.parquet"),
                "membership": str(tmp_path / "membership.csv"),
                "excluded_before": str(tmp_path / "before.csv"),
                "queue": str(tmp_path / "queue.csv"),
            },
            sheets={"retrieval": [], "other_methods": [], "rulings": [], "changes": []},
            outputs={name: str(tmp_path / "out" / name) for name in OUTPUTS},
            settings={"screening": {"sources": sources}, "protocol": PROTOCOL, "final": final, "seed": 5},
        )
        tables = {name: read_csv(tmp_path / "out" / name) for name in TABLES}
        return {**tables, "agreement": json.loads((tmp_path / "out" / "agreement").read_text())}

    return run


def test_votes_become_decisions_and_work_lists(run):
    made = run(
        "phase,record_id,reviewer,decision\ntitle_abstract,key1,Ann,include\ntitle_abstract,s:1,Bo,exclude\n"
        "title_abstract,s:2,Ann,yes\ntitle_abstract,s:2,Bo,yes\n"
    )
    assert made["ledger"]["matched_by"].tolist() == ["alias", "id", "id", "id"]
    decisions = made["decisions"].set_index(["phase", "record_id"])["decision"].to_dict()
    assert decisions[("title_abstract", "s:1")] == "pending"
    assert decisions[("title_abstract", "s:2")] == "include"
    assert decisions[("title_abstract", "s:3")] == "not_eligible"
    assert decisions[("full_text", "s:2")] == "pending"
    assert made["conflicts"]["votes"].tolist() == ["Ann: include; Bo: exclude"]
    assert made["waiting"][["record_id", "phase"]].drop_duplicates().values.tolist() == [["s:2", "full_text"]]
    assert set(made["waiting"]["abstract"]) == {"About two."}
    assert made["agreement"]["phases"]["title_abstract"]["overall"]["pairs"][0]["n"] == 2


def test_a_filled_work_list_is_read_as_decisions(run):
    start = "phase,record_id,reviewer,decision\ntitle_abstract,s:1,Ann,include\ntitle_abstract,s:1,Bo,exclude\n"
    conflicts = run(start)["conflicts"]
    assert conflicts["role"].tolist() == ["adjudicator"]
    filled = conflicts.assign(reviewer="Cy", decision="exclude", note="no comparison")
    columns = ["phase", "record_id", "reviewer", "role", "decision", "note"]
    votes = pd.concat(
        [
            pd.DataFrame(
                {
                    "phase": "title_abstract",
                    "record_id": "s:1",
                    "reviewer": ["Ann", "Bo"],
                    "role": "",
                    "decision": ["include", "exclude"],
                    "note": "",
                }
            ),
            filled[columns],
        ]
    )
    made = run(votes.to_csv(index=False))
    row = made["decisions"][made["decisions"]["record_id"] == "s:1"].iloc[0]
    assert (row["decision"], row["basis"]) == ("exclude", "adjudication")


def test_without_any_votes_there_are_tables_with_headers_and_everything_waits(run):
    made = run(None)
    assert list(made["ledger"].columns)[:3] == ["vote_id", "phase", "record_id"] and not len(made["ledger"])
    assert made["pending"]["id"].tolist() == ["s:1", "s:2"]


def test_every_fault_is_raised_at_once_and_nothing_is_written(run, tmp_path):
    with pytest.raises(InputFaults) as raised:
        run("phase,record_id,reviewer,decision\ntitle_abstract,nowhere,Ann,include\ntitle_abstract,s:2,Ann,perhaps\n")
    assert {f.code for f in raised.value.faults if f.level == "error"} == {"unknown-record", "unknown-decision"}
    assert not (tmp_path / "out").exists()


def test_a_final_build_fails_on_what_is_pending(run):
    with pytest.raises(InputFaults):
        run("phase,record_id,reviewer,decision\ntitle_abstract,s:1,Ann,include\n", final=True)


def test_the_same_votes_give_the_same_bytes(run, tmp_path):
    votes = "phase,record_id,reviewer,decision\ntitle_abstract,s:1,Ann,include\ntitle_abstract,s:1,Bo,maybe\n"
    run(votes)
    first = {p.name: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    run(votes)
    assert first == {p.name: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}


def test_pairs_to_rule_on_are_written_as_csv_workbook_and_ris(run, tmp_path):
    run(None)
    folder = tmp_path / "out" / "to_fill"
    assert read_csv(folder / "duplicates.csv")["source_record_id_2"].tolist() == ["s:2"]
    assert read_sheet(folder / "duplicates.xlsx")[0]["ruling"].tolist() == [""]
    assert (folder / "duplicates.ris").read_text().count("TY  - ") == 2
