"""The flow as a Word table."""

import io
import zipfile
from xml.etree import ElementTree

import pandas as pd
from prismake.flow.word import HEADER, flow_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ROWS = pd.DataFrame(
    [
        ["Identification", "Databases and registers", "Databases", "1,502"],
        ["Screening", "Databases and registers", "Excluded: <script> & \x0b more", ""],
    ],
    columns=["stage", "arm", "label", "n"],
)


def _cells(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        document = ElementTree.fromstring(archive.read("word/document.xml"))
    return [
        ["".join(t.text or "" for t in cell.iter(f"{W}t")) for cell in row.iter(f"{W}tc")]
        for row in document.iter(f"{W}tr")
    ]


def test_every_row_stands_in_the_table_below_its_header():
    cells = _cells(flow_docx(ROWS))
    assert cells[0] == list(HEADER)
    assert cells[1] == ["Identification", "Databases and registers", "Databases", "1,502"]


def test_stage_and_arm_stand_where_they_begin():
    rows = pd.concat([ROWS.head(1), ROWS.head(1).assign(label="Scopus"), ROWS.tail(1)])
    assert [line[:2] for line in _cells(flow_docx(rows))[1:]] == [
        ["Identification", "Databases and registers"], ["", ""], ["Screening", "Databases and registers"],
    ]  # fmt: skip


def test_hostile_text_is_text_and_a_missing_number_is_a_dash():
    assert _cells(flow_docx(ROWS))[2][2:] == ["Excluded: <script> &  more", "–"]


def test_the_same_rows_give_the_same_bytes():
    assert flow_docx(ROWS) == flow_docx(ROWS)


def test_a_simulated_flow_says_so():
    with zipfile.ZipFile(io.BytesIO(flow_docx(ROWS, simulated=True))) as archive:
        assert "simulated example" in archive.read("word/document.xml").decode()
