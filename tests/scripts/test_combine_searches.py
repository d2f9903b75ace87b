"""The script combine_searches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from prismake.records.identify import identify
from prismake.records.model import empty_frame
from prismake.records.read import read_bytes
from prismake.records.tables import read_csv, read_parquet, write_csv, write_json, write_parquet


@pytest.fixture
def module(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("combine_searches")


def test_searches_are_put_together_and_an_empty_one_counts_zero(module: ModuleType, tmp_path: Path) -> None:
    frames = {"a": identify(read_bytes(b"TY  - JOUR\nTI  - One\nER  - \n").records, "a"), "b": empty_frame()}
    for name, frame in frames.items():
        write_parquet(frame, tmp_path / f"{name}.parquet")
        write_csv(empty_frame()[["search", "file", "line"]], tmp_path / f"{name}.aside.csv")
        write_csv(empty_frame()[["file", "line"]], tmp_path / f"{name}.messages.csv")
        write_json(
            {"search": name, "in_file": len(frame), "set_aside": 0, "records": len(frame), "files": []},
            tmp_path / f"{name}.json",
        )
    module.main(
        records=[str(tmp_path / f"{n}.parquet") for n in "ab"],
        set_aside=[str(tmp_path / f"{n}.aside.csv") for n in "ab"],
        summaries=[str(tmp_path / f"{n}.json") for n in "ab"],
        messages=[str(tmp_path / f"{n}.messages.csv") for n in "ab"],
        settings={"searches": [{"id": "b", "database": "B"}, {"id": "a", "database": "A"}]},
        source_records=str(tmp_path / "all.parquet"),
        searches=str(tmp_path / "searches.csv"),
        all_set_aside=str(tmp_path / "aside.csv"),
        all_messages=str(tmp_path / "messages.csv"),
    )
    assert read_parquet(tmp_path / "all.parquet")["title"].tolist() == ["One"]
    table = read_csv(tmp_path / "searches.csv")
    assert table["search"].tolist() == ["b", "a"] and table["records"].tolist() == ["0", "1"]


def test_a_review_without_a_search_has_empty_tables(module: ModuleType, tmp_path: Path) -> None:
    module.main(
        records=[],
        set_aside=[],
        summaries=[],
        messages=[],
        settings={"searches": []},
        source_records=str(tmp_path / "all.parquet"),
        searches=str(tmp_path / "searches.csv"),
        all_set_aside=str(tmp_path / "aside.csv"),
        all_messages=str(tmp_path / "messages.csv"),
    )
    assert read_parquet(tmp_path / "all.parquet").columns.tolist() == empty_frame().columns.tolist()
    assert read_csv(tmp_path / "searches.csv").empty
    assert read_csv(tmp_path / "aside.csv").columns.tolist()[:2] == ["search", "file"]
