"""The empty sheets: drop-downs, notes, the codebook, and back again."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pandas as pd
from prismake.extraction.codebook import Codebook
from prismake.extraction.structure import check_structure
from prismake.extraction.tables import read_extraction
from prismake.extraction.workbook import workbook, workbook_to_fill


def test_each_sheet_has_its_columns_notes_and_lists(book: Codebook) -> None:
    made = openpyxl.load_workbook(io.BytesIO(workbook(book)))
    assert made.sheetnames == [*book.sheets, "codebook", "lists"]
    page = made["outcomes"]
    assert [c.value for c in page[1]] == book.sheets["outcomes"].columns
    direction = page.cell(1, book.sheets["outcomes"].columns.index("direction") + 1)
    assert "better or worse" in direction.comment.text
    lists = [v for v in page.data_validations.dataValidation if v.type == "list"]
    assert any(str(v.sqref).startswith(direction.column_letter) for v in lists)
    assert made["lists"].sheet_state == "hidden"


def test_the_lists_hold_the_allowed_words(book: Codebook) -> None:
    page = openpyxl.load_workbook(io.BytesIO(workbook(book)))["lists"]
    columns = {
        page.cell(1, i).value: [c.value for c in column[1:] if c.value] for i, column in enumerate(page.columns, 1)
    }
    assert columns["outcomes.direction"] == ["higher_better", "higher_worse"]
    assert columns["effects_reported.adjusted"] == ["yes", "no", "NR", "NA", "unclear"]


def test_the_same_codebook_gives_the_same_bytes(book: Codebook) -> None:
    assert workbook(book) == workbook(book)


def test_what_is_filled_in_is_read_back(book: Codebook, tmp_path: Path) -> None:
    made = openpyxl.load_workbook(io.BytesIO(workbook(book)))
    rows = {
        "studies": {"study_id": "Kern 2001", "year": 2001},
        "arms": {
            "study_id": "Kern 2001",
            "arm_id": "new",
            "role": "intervention",
            "age_mean": 38.4,
            "pct_female": "NR",
        },
        "outcomes": {
            "study_id": "Kern 2001",
            "outcome_id": "bdi",
            "construct": "depression",
            "direction": "higher_worse",
        },
        "results": {
            "study_id": "Kern 2001",
            "outcome_id": "bdi",
            "arm_id": "new",
            "timepoint": "post",
            "stat": "mean",
            "value": 12.5,
        },
    }
    for name, row in rows.items():
        for column, value in row.items():
            made[name].cell(2, book.sheets[name].columns.index(column) + 1, value)
    path = tmp_path / "extraction.xlsx"
    made.save(path)
    tables = read_extraction({"extraction": path}, book)
    assert not list(check_structure(tables, book))
    assert tables["results"].loc[0, "value"] == "12.5"
    assert tables["arms"].loc[0, ["age_mean", "pct_female"]].tolist() == ["38.4", "NR"]


def test_studies_that_wait_are_filled_in(book: Codebook) -> None:
    included = pd.DataFrame({"study_id": ["A", "B"], "label": ["A (2001)", "B (2002)"]})
    made = openpyxl.load_workbook(io.BytesIO(workbook_to_fill(book, included, pd.DataFrame({"id": ["B"]}))))
    assert [c.value for c in made["studies"][2]][:2] == ["B", "B (2002)"]
