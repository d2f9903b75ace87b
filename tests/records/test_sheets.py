"""Sheets that people write, from any spreadsheet program."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from prismake.messages.faults import InputFaults
from prismake.records.sheets import MissingCode, decimal, line_of, read_sheet


def test_a_german_sheet_is_read_as_it_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_bytes('\ufeffStudie;g;Notiz\nMüller 2020;0,50;"zwei\nZeilen"\n\nÖz 2021;NR;\n'.encode())
    frame, faults = read_sheet(path)
    assert not faults
    assert frame["g"].tolist() == ["0,50", "NR"]
    assert [line_of(frame, i) for i in range(2)] == [2, 5]


@pytest.mark.parametrize("name", ["utf-16", "cp1252", "utf-8-sig"])
def test_encodings(tmp_path: Path, name: str) -> None:
    path = tmp_path / "s.tsv"
    path.write_bytes("a\tb\n1\tü\n".encode(name))
    assert read_sheet(path)[0].to_numpy().tolist() == [["1", "ü"]]


def test_a_workbook_gives_what_its_cells_show(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["id", "n", "when"], ["a", 12, None], [None, None, None], ["b", 0.25, True]):
        book.active.append(row)
    book.save(tmp_path / "s.xlsx")
    frame, faults = read_sheet(tmp_path / "s.xlsx", required=["id"])
    assert not faults
    assert frame.to_numpy().tolist() == [["a", "12", ""], ["b", "0.25", "TRUE"]]
    assert line_of(frame, 1) == 4


def test_all_faults_of_a_sheet_are_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("record id,Desicion,Desicion\n1,x,y,z\n")
    frame, faults = read_sheet(path, columns=["record_id", "decision"], required=["record_id", "decision"])
    assert {f.code for f in faults} == {"column-twice", "cells-beyond", "missing-column", "unknown-column"}
    assert frame["record_id"].tolist() == ["1"]
    with pytest.raises(InputFaults):
        faults.raise_errors()


def test_a_mapping_renames(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("Key,answer\nA,1\n")
    frame, faults = read_sheet(path, columns={"record_key": "Key", "decision": "answer"})
    assert not faults and frame.loc[0, "record_key"] == "A" and frame.loc[0, "decision"] == "1"


def test_what_cannot_be_read_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "open.csv").write_text('a,b\n1,"x\n')
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04nothing")
    for name in ("open.csv", "broken.xlsx", "missing.csv"):
        _, faults = read_sheet(tmp_path / name)
        assert len(faults.errors) == 1 and faults.errors[0].file.endswith(name)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0,5", 0.5),
        ("0.5", 0.5),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("−.3", -0.3),
        ("1e-3", 0.001),
        ("12", 12.0),
        ("1 234,5", 1234.5),
        ("0,234", 0.234),
    ],
)
def test_numbers_as_people_type_them(text: str, number: float) -> None:
    assert decimal(text) == number


def test_blank_is_not_zero_and_codes_are_kept() -> None:
    assert decimal("  ") is None
    assert decimal("NR") == "NR" and isinstance(decimal("NR"), MissingCode)


@pytest.mark.parametrize("text", ["1,234", "abc", "1.2.3", "<.001", "inf"])
def test_what_could_be_two_numbers_or_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="could be|not a number"):
        decimal(text)


def test_a_sheet_known_to_have_commas_is_not_asked() -> None:
    assert decimal("1,234", comma=True) == 1.234
    assert decimal("1,234", comma=False) == 1234.0
