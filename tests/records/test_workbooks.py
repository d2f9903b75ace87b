"""Workbooks: what is damaged is said, whatever way their parts are packed."""

from __future__ import annotations

import io
import struct
import zipfile

import openpyxl
import pytest
from prismake.records.read import read_bytes
from prismake.records.workbooks import read_workbook, sheet_names, sheets_of

ROWS = [["Title", "n"], ["Über alles", "3"], ["x" * 200, "0.5"]]


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in ([*ROWS[0]], ["Über alles", 3], ["x" * 200, 0.5]):
        book.active.append(row)
    book.create_sheet("Zweites Blatt ü").append(["there"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _packed(content: bytes, method: int, comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", method) as new:
        new.comment = comment
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return file.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("comment", [b"", b"a note behind the directory"])
def test_the_same_rows_however_the_parts_are_packed(method: int, comment: bytes) -> None:
    content = _packed(_workbook(), method, comment)
    if method == zipfile.ZIP_BZIP2:
        with pytest.raises(ValueError):  # no spreadsheet program packs so
            read_workbook(content)
        return
    assert read_workbook(content) == ROWS
    assert sheet_names(content)[1] == "Zweites Blatt ü"
    assert list(sheets_of(content)) == [ROWS, [["there"]]]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_part_that_is_not_what_its_checksum_says_is_an_error(part: str) -> None:
    content = _workbook()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        crc = archive.getinfo(part).CRC
    damaged = content.replace(struct.pack("<I", crc), struct.pack("<I", crc ^ 1))
    assert damaged != content
    with pytest.raises(ValueError, match=r"(?i)crc|damaged|checksum"):
        read_workbook(damaged)


def test_a_workbook_cut_off_is_an_error() -> None:
    content = _workbook()
    for length in (4, 100, len(content) // 2, len(content) - 30):
        with pytest.raises(ValueError):
            read_workbook(content[:length])


def test_a_web_page_and_excels_old_xml_saved_as_workbooks() -> None:
    page = (
        "<html><body><table><tr><th>Title<th>Authors<th>Year</tr><tr><td>One &amp; two<br>three</td><td>Ng, A.; Ek, B.</td>"
        "<td>2001</td></tr><tr><td> </td></tr><tr><td>Next</td><td></td><td>2002</table></body></html>"
    )
    excel = (
        '<?xml version="1.0"?><Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row>'
        "<Cell><Data>Title</Data></Cell><Cell><Data>Authors</Data></Cell><Cell><Data>Year</Data></Cell></Row><Row>"
        "<Cell><Data>One &amp; two three</Data></Cell><Cell><Data>Ng, A.; Ek, B.</Data></Cell><Cell><Data>2001</Data></Cell></Row>"
        '<Row><Cell><Data>Next</Data></Cell><Cell ss:Index="3"><Data>2002</Data></Cell></Row></Table></Worksheet></Workbook>'
    )
    for text in (page, excel):
        export = read_bytes(text.encode())
        assert not export.faults.errors and export.in_file == 2
        assert export.records["title"].tolist() == ["One & two three", "Next"]
        assert export.records["authors"].tolist() == ["Ng, A.; Ek, B.", ""]
        assert export.records["year"].tolist() == [2001, 2002]
    assert [fault.code for fault in read_bytes(b"<html><table><tr><td>a</td></tr></table></html>").faults] == [
        "no-header"
    ]


def test_a_cell_whose_formula_failed_is_not_blank() -> None:
    book = openpyxl.Workbook()
    book.active.append(["n", "mean", "note"])
    book.active.append([12, "#DIV/0!", 'as typed: <c t="e">'])
    book.active["B2"].data_type = "e"
    buffer = io.BytesIO()
    book.save(buffer)
    assert read_workbook(buffer.getvalue()) == [["n", "mean", "note"], ["12", "#DIV/0!", 'as typed: <c t="e">']]
