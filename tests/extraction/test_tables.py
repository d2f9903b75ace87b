"""Reading the canonical sheets in any spreadsheet's dialect."""

from __future__ import annotations

from pathlib import Path

import pytest
from prismake.extraction.codebook import Codebook
from prismake.extraction.load import load_extraction, load_reconciled
from prismake.extraction.tables import read_extraction, sheet_files
from prismake.extraction.workbook import workbook


def test_a_german_excel_is_read_like_any_other(tmp_path: Path, book: Codebook) -> None:
    german, english = tmp_path / "results.csv", tmp_path / "plain" / "results.csv"
    english.parent.mkdir()
    text = (
        "study_id;outcome_id;arm_id;timepoint;stat;value\nÖst 2001;bdi;neu;post;mean;14,250\n"
        "Öst 2001;bdi;neu;post;sd;8,1\n"
    )
    german.write_bytes(text.encode("cp1252"))
    english.write_text(
        "study_id,outcome_id,arm_id,timepoint,stat,value\nÖst 2001,bdi,neu,post,mean,14.250\n"
        "Öst 2001,bdi,neu,post,sd,8.1\n"
    )
    first, second = (read_extraction({"results": p}, book)["results"] for p in (german, english))
    assert first.to_dict() == second.to_dict()
    assert list(first["value"]) == ["14.250", "8.1"]


def test_missing_sheets_are_empty_and_further_columns_are_kept(tmp_path: Path, book: Codebook) -> None:
    (tmp_path / "studies.csv").write_text("study_id,Label,tailoring\nA,A (2001),preference\n")
    tables = read_extraction({"studies": tmp_path / "studies.csv"}, book)
    assert tables["arms"].empty
    assert list(tables["arms"].columns) == book.sheets["arms"].columns
    assert tables["studies"].loc[0, ["label", "tailoring"]].tolist() == ["A (2001)", "preference"]


def test_a_misspelt_column_is_pointed_out(tmp_path: Path, book: Codebook) -> None:
    (tmp_path / "arms.csv").write_text("study_id,arm_id,role,n_randomized\nA,new,intervention,40\n")
    faults = list(read_extraction({"arms": tmp_path / "arms.csv"}, book).faults)
    assert [(f.code, f.column, f.expected) for f in faults] == [("misspelt-column", "n_randomized", "n_randomised")]


def test_a_missing_key_column_is_an_error(tmp_path: Path, book: Codebook) -> None:
    (tmp_path / "arms.csv").write_text("arm_id,role\nnew,intervention\n")
    assert [f.code for f in read_extraction({"arms": tmp_path / "arms.csv"}, book).faults.errors] == ["missing-column"]


def test_one_workbook_holds_all_sheets(tmp_path: Path, book: Codebook) -> None:
    path = tmp_path / "extraction.xlsx"
    path.write_bytes(workbook(book, {"studies": [{"study_id": "A", "label": "A (2001)"}]}))
    tables = load_extraction([str(path)], book, {})
    assert list(tables["studies"]["label"]) == ["A (2001)"]
    assert not list(tables.faults)


def test_a_broken_workbook_is_a_fault(tmp_path: Path, book: Codebook) -> None:
    (tmp_path / "extraction.xlsx").write_bytes(b"PK\x03\x04 and no more")
    assert [f.code for f in read_extraction({"extraction": tmp_path / "extraction.xlsx"}, book).faults] == [
        "cannot-read"
    ]


@pytest.mark.parametrize("layout", ["canonical", "metapsy", "revman", "wide", "effects"])
def test_no_file_yet_is_no_row_yet(book: Codebook, layout: str) -> None:
    assert all(frame.empty for frame in load_extraction([], book, {"format": layout}).tables.values())


def test_an_unknown_file_is_said_and_not_read(tmp_path: Path, book: Codebook) -> None:
    (tmp_path / "scratch.csv").write_text("a\n1\n")
    assert [f.code for f in read_extraction(sheet_files([tmp_path / "scratch.csv"]), book).faults] == ["unknown-sheet"]


def test_two_extractors_are_reconciled_on_the_way_in(tmp_path: Path, book: Codebook) -> None:
    header = "study_id,outcome_id,arm_id,timepoint,stat,value\n"
    for who, value in (("one", "14.2"), ("two", "12.4")):
        (tmp_path / who).mkdir()
        (tmp_path / who / "results.csv").write_text(header + f"A,bdi,new,post,mean,{value}\n")
    rulings = tmp_path / "adjudicated.csv"
    rulings.write_text("sheet,key,column,decision,who\nresults,a | bdi | new |  | post |  | mean,value,14.2,CD\n")
    files = [[str(tmp_path / who / "results.csv")] for who in ("one", "two")]
    open_cells = load_reconciled(*files, [], book, {})
    settled = load_reconciled(*files, [str(rulings)], book, {})
    assert list(open_cells["results"]["value"]) == [""]
    assert list(settled["results"]["value"]) == ["14.2"]
    assert list(settled.differences["status"]) == ["conflict"]
