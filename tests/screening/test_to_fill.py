"""Work lists that a team fills in."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from prismake.messages.faults import Faults
from prismake.records.sheets import read_sheet
from prismake.records.tables import write_parquet
from prismake.screening.to_fill import ris_of, workbook, write_lists

TABLE = pd.DataFrame({"record_id": ["s:1", "s:2"], "title": ["=SUM(A1)", "Two"], "decision": ["", ""]})


@pytest.fixture
def records(tmp_path):
    """Two records as Parquet."""
    path = tmp_path / "records.parquet"
    write_parquet(
        pd.DataFrame({"record_id": ["s:1", "s:2"], "title": ["One", "Two"], "year": pd.array([2001, 2002], "Int64")}),
        path,
    )
    return path


def test_each_list_is_written_as_csv_workbook_and_ris(tmp_path, records):
    paths = write_lists(tmp_path / "fill", {"waiting": TABLE}, records, Faults())
    assert [p.name for p in paths] == ["waiting.csv", "waiting.xlsx", "waiting.ris"]
    assert paths[2].read_text().count("TY  - ") == 2 and "s:1" in paths[2].read_text()


def test_an_edited_list_is_never_overwritten(tmp_path, records):
    folder, faults = tmp_path / "fill", Faults()
    write_lists(folder, {"waiting": TABLE}, records, faults)
    (folder / "waiting.csv").write_text("record_id,decision\ns:1,include\n")
    write_lists(folder, {"waiting": TABLE.head(1)}, records, faults)
    assert (folder / "waiting.csv").read_text() == "record_id,decision\ns:1,include\n"
    assert (folder / "waiting.new.csv").exists()
    assert "edited-list" in [f.code for f in faults]
    (folder / "waiting.new.csv").write_text("edited too\n")
    write_lists(folder, {"waiting": TABLE}, records, Faults())
    assert (folder / "waiting.new.csv").read_text() == "edited too\n"


def test_an_untouched_list_is_replaced(tmp_path, records):
    folder = tmp_path / "fill"
    write_lists(folder, {"waiting": TABLE}, records, Faults())
    write_lists(folder, {"waiting": TABLE.head(1)}, records, Faults())
    assert read_sheet(folder / "waiting.xlsx")[0]["record_id"].tolist() == ["s:1"]
    assert not (folder / "waiting.new.xlsx").exists()


def test_a_workbook_offers_the_decisions_and_runs_no_formula():
    openpyxl = pytest.importorskip("openpyxl")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(TABLE))).active
    assert sheet["B2"].value == "'=SUM(A1)" and sheet["B2"].data_type == "s"
    assert sheet.data_validations.dataValidation[0].sqref == openpyxl.worksheet.cell_range.MultiCellRange("C2:C3")


def test_the_same_table_gives_the_same_workbook():
    assert workbook(TABLE) == workbook(TABLE.copy())


def test_ris_keeps_the_order_and_names_each_once(records):
    text = ris_of(["s:2", "s:1", "s:2"], records)
    assert text.index("Two") < text.index("One") and text.count("TY  - ") == 2
    assert ris_of([], records) == ""
