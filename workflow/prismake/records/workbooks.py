"""Workbooks (.xlsx, .xls in the old OLE form, .ods) to rows of text.

The old form is read with xlrd, which holds only cells that are there: a damaged one can claim 32,790 rows of 8,243
columns, for which calamine, otherwise the faster, was seen to take all memory. The new forms have checksums against
such damage.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_CELLS = 20_000_000
_MOST_BYTES = 1_000_000_000


def is_workbook(content: bytes) -> bool:
    """Whether the bytes are a workbook's, by their first bytes and not by the file's name."""
    return content.startswith((_ZIP, _OLE))


def sheet_names(content: bytes) -> list[str]:
    """Names of a workbook's sheets in their order. Raises ValueError where it cannot be opened."""
    if content.startswith(_OLE):
        return list(_old(content).sheet_names())
    return list(_new(content).sheet_names)


def read_workbook(content: bytes, sheet: str | int | None = None) -> list[list[str]]:
    """A sheet's rows, from its first row, as text; the first sheet if None.

    Whole numbers lose the ".0" that workbooks add, dates are ISO, truth values TRUE/FALSE. Raises ValueError where the
    workbook or the sheet cannot be read.
    """
    return _old_rows(content, sheet) if content.startswith(_OLE) else _new_rows(content, sheet)


def _old_rows(content: bytes, sheet: str | int | None) -> list[list[str]]:
    import xlrd

    book = _old(content)
    try:
        found = book.sheet_by_name(sheet) if isinstance(sheet, str) else book.sheet_by_index(sheet or 0)
        rows = [
            [_old_text(cell.value, cell.ctype, book.datemode) for cell in found.row(number)]
            for number in range(found.nrows)
        ]
    except (xlrd.XLRDError, IndexError, ValueError, OverflowError, AssertionError, KeyError, TypeError) as error:
        raise ValueError(str(error) or type(error).__name__) from None
    width = max(map(len, rows), default=0)
    if width * len(rows) > _MOST_CELLS:
        return rows
    return [row + [""] * (width - len(row)) for row in rows]


def _old(content: bytes) -> Any:
    """xlrd's book. A damaged file makes it fail in many ways, all of which are the file's fault."""
    import xlrd

    try:
        return xlrd.open_workbook(file_contents=content, ragged_rows=True, logfile=io.StringIO())
    except MemoryError:
        raise
    except Exception as error:
        raise ValueError(str(error)[:200] or type(error).__name__) from None


def _old_text(value: object, kind: int, datemode: int) -> str:
    import xlrd

    if kind == xlrd.XL_CELL_DATE and isinstance(value, float):
        try:
            return _text(xlrd.xldate_as_datetime(value, datemode))
        except (ValueError, OverflowError):
            return _text(value)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if value else "FALSE"
    if kind == xlrd.XL_CELL_ERROR and isinstance(value, int):
        return str(xlrd.error_text_from_code.get(value, ""))
    return _text(value)


def _new_rows(content: bytes, sheet: str | int | None) -> list[list[str]]:
    book = _new(content)
    try:
        found = book.get_sheet_by_name(sheet) if isinstance(sheet, str) else book.get_sheet_by_index(sheet or 0)
        if found.total_height * found.total_width > _MOST_CELLS:
            raise ValueError(
                f"its cells are spread over {found.total_height} rows and {found.total_width} columns: delete stray cells"
            )
        rows = found.to_python(skip_empty_area=False)
    except BaseException as error:
        raise _as_value_error(error) from None
    return [[cell if type(cell) is str else _text(cell) for cell in row] for row in rows]


def _new(content: bytes) -> Any:
    from python_calamine import CalamineWorkbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                raise ValueError("it unpacks to more than a gigabyte")
            broken = archive.testzip()
            if broken:
                raise ValueError(f"its part {broken} is damaged")
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except BaseException as error:
        raise _as_value_error(error) from None


def _as_value_error(error: BaseException) -> BaseException:
    """The library's Rust panics derive from BaseException; a broken workbook is bad input like any other."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
        return error
    return ValueError(str(error)[:200] or type(error).__name__)


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return "" if cell is None else str(cell)
