"""Work lists are filled in, put back, and read: the duplicates to rule on, through the deduplication and back."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest
from prismake.deduplication.pipeline import deduplicate
from prismake.messages.faults import Faults
from prismake.records.sheets import read_sheet
from prismake.records.tables import write_parquet
from prismake.screening.to_fill import write_pairs

SOURCES = pd.DataFrame(
    {
        "source_record_id": ["a:1", "b:1", "a:2"],
        "search": ["a", "b", "a"],
        "title": ["Matching patients to treatments: a randomised trial in routine care",
                  "Matching patients with treatments - a randomized trial in routine care (pilot)", "Another work altogether"],
        "authors": ["Frisch, Anna", "Frisch, A.", "Werner, B."],
        "year": pd.array([2001, 2001, 1990], "Int64"),
        "journal": ["Journal of Trials", "J Trials", "Annals"],
        "volume": ["3", "", "1"],
    }
)  # fmt: skip


def records_of(rulings: pd.DataFrame | None) -> dict[str, str]:
    found = deduplicate(SOURCES, rulings=rulings, searches=("a", "b"))
    return dict(zip(found.membership["source_record_id"], found.membership["record_id"], strict=True))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(("word", "record"), [("same", "a:1"), ("different", "b:1")])
def test_pairs_that_are_ruled_on_join_or_stay_apart(tmp_path, ending, word, record):
    write_parquet(SOURCES, tmp_path / "source_records.parquet")
    pairs = pd.DataFrame({"source_record_id_1": ["a:1"], "source_record_id_2": ["b:1"], "title_1": "", "ruling": "",
                          "who": "", "date": "", "note": ""})  # fmt: skip
    paths = write_pairs(tmp_path / "fill", "duplicates", pairs, tmp_path / "source_records.parquet", Faults())
    assert [path.name for path in paths] == ["duplicates.csv", "duplicates.xlsx", "duplicates.ris"]
    path = next(path for path in paths if path.suffix == f".{ending}")
    if ending == "csv":
        path.write_text(path.read_text().replace("a:1,b:1,,,,,", f"a:1,b:1,,{word},Ann,2024-01-02,"))
    else:
        book = openpyxl.load_workbook(path)
        assert book.active.data_validations.dataValidation[0].formula1 == '"same,different"'
        book.active["D2"], book.active["E2"] = word, "Ann"
        book.save(path)
    put_back, faults = read_sheet(path)
    assert put_back["ruling"].tolist() == [word] and faults.errors == []
    assert records_of(put_back)["b:1"] == record


def test_the_ris_holds_both_records_of_each_pair_one_after_the_other(tmp_path):
    write_parquet(SOURCES, tmp_path / "source_records.parquet")
    pairs = pd.DataFrame({"source_record_id_1": ["a:2", "a:1"], "source_record_id_2": ["b:1", "b:1"]})
    ris = write_pairs(tmp_path, "duplicates", pairs, tmp_path / "source_records.parquet", Faults())[2].read_text()
    assert [ris.index(title) for title in ("Another work", "pilot", "Matching patients to")] == sorted(
        ris.index(title) for title in ("Another work", "pilot", "Matching patients to")
    )
    assert ris.count("TY  - ") == 3


def test_no_pairs_make_an_empty_list(tmp_path):
    pairs = pd.DataFrame(columns=["source_record_id_1", "source_record_id_2", "ruling"])
    write_parquet(SOURCES, tmp_path / "source_records.parquet")
    paths = write_pairs(tmp_path, "duplicates", pairs, tmp_path / "source_records.parquet", Faults())
    assert paths[2].read_text() == "" and len(read_sheet(paths[1])[0]) == 0
