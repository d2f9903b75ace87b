"""The script export_for_screening."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from prismake.records.read import read_export
from prismake.records.tables import read_csv, write_csv, write_parquet

OUTPUTS = {
    "excluded": "excluded.csv",
    "rayyan": "rayyan.csv",
    "covidence": "covidence.ris",
    "asreview": "asreview.csv",
    "eppi": "eppi.ris",
    "zotero": "zotero.ris",
    "bibtex": "records.bib",
    "sheet": "sheet.csv",
}


@pytest.fixture
def module(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("export_for_screening")


def run(module: ModuleType, folder: Path, number: int, rules: list[dict], sheets: list[str]) -> None:
    records = read_export(_ris(folder, number)).records.drop(columns=["search"])
    records.insert(0, "record_id", pd.Series([f"a:{n}" for n in range(len(records))], dtype=str))
    write_parquet(records, folder / "records.parquet")
    write_csv(
        pd.DataFrame(
            {"source_record_id": records["record_id"], "record_id": records["record_id"], "aliases": records["aliases"]}
        ),
        folder / "membership.csv",
    )
    module.main(
        records=str(folder / "records.parquet"),
        membership=str(folder / "membership.csv"),
        sheets=sheets,
        settings={"before_screening": rules},
        **{name: str(folder / file) for name, file in OUTPUTS.items()},
    )


def _ris(folder: Path, number: int) -> Path:
    path = folder / "in.ris"
    path.write_text(
        "".join(f"TY  - {'THES' if n == 1 else 'JOUR'}\nTI  - Title {n}\nAN  - K{n}\nER  - \n" for n in range(number))
        or "TY  - JOUR\nER  - \n"
    )
    return path


def test_excluded_records_are_listed_and_the_others_exported(module: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "by_hand.csv").write_text("record_id\nK2\n")
    rules = [
        {"reason": "Dissertation", "kind": "other", "where": {"entry_type": ["dissertation"]}},
        {"reason": "By hand", "kind": "other", "sheet": "by_hand.csv"},
    ]
    run(module, tmp_path, 4, rules, [str(tmp_path / "by_hand.csv")])
    assert read_csv(tmp_path / "excluded.csv")[["record_id", "reason"]].to_numpy().tolist() == [
        ["a:1", "Dissertation"],
        ["a:2", "By hand"],
    ]
    for name in ("rayyan.csv", "covidence.ris", "asreview.csv", "eppi.ris", "zotero.ris", "records.bib", "sheet.csv"):
        export = read_export(tmp_path / name)
        assert export.records["title"].tolist() == ["Title 0", "Title 3"], name
        assert [a.split("; ")[0] == "a:0" or "a:0" in a.split("; ") for a in export.records["aliases"][:1]] == [True], (
            name
        )


def test_no_records_give_empty_files_with_their_headers(module: ModuleType, tmp_path: Path) -> None:
    run(module, tmp_path, 0, [], [])
    assert list(read_csv(tmp_path / "excluded.csv").columns) == ["record_id", "kind", "reason", "tool", "title"]
    assert list(read_csv(tmp_path / "rayyan.csv").columns)[0] == "key"
    assert (tmp_path / "covidence.ris").read_text() == ""
