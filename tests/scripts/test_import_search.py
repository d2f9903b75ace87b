"""The script import_search."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from prismake.messages.faults import InputFaults
from prismake.records.tables import read_csv, read_parquet


@pytest.fixture
def module(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("import_search")


def run(module: ModuleType, folder: Path, **settings: object) -> None:
    path = folder / "a.ris"
    path.write_text("TY  - JOUR\nTI  - One\nAN  - WOS:1\nER  - \nTY  - JOUR\nER  - \n")
    module.main(
        files=[str(path)],
        lookups=[],
        settings={"id": "wos", "database": "Web of Science", "files": ["a.ris"], **settings},
        records=str(folder / "r.parquet"),
        set_aside=str(folder / "s.csv"),
        summary=str(folder / "n.json"),
        messages=str(folder / "m.csv"),
    )


def test_records_what_was_set_aside_and_the_numbers_are_written(module: ModuleType, tmp_path: Path) -> None:
    run(module, tmp_path, hits=2)
    assert read_parquet(tmp_path / "r.parquet")["source_record_id"].tolist() == ["wos:WOS:1"]
    assert read_csv(tmp_path / "s.csv")["search"].tolist() == ["wos"]
    summary = json.loads((tmp_path / "n.json").read_text())
    assert (summary["in_file"], summary["records"], summary["set_aside"]) == (2, 1, 1)
    assert summary["files"][0]["file"] == "a.ris"
    assert len(read_csv(tmp_path / "m.csv")) == 0


def test_nothing_is_written_when_the_search_is_wrong(module: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="reported 9 hits"):
        run(module, tmp_path, hits=9)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.ris"]
