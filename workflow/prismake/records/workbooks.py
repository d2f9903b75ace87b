"""Workbooks (.xlsx, .xls in the old OLE form, .ods) to rows of text."""

from __future__ import annotations

import datetime
import io

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(content: bytes) -> bool:
    """Whether the bytes are a workbook's, by their first bytes and not by the file's name."""
    return content.startswith((_ZIP, _OLE))


def sheet_names(content: bytes) -> list[str]:
    """Names of a workbook's sheets in their order. Raises ValueError where it cannot be opened."""
    return list(_opened(content).sheet_names)


def read_workbook(content: bytes, sheet: str | int | None = None) -> list[list[str]]:
    """A sheet's rows, from its first row, as text; the first sheet if None.

    Whole numbers lose the ".0" that workbooks add, dates are ISO, truth values TRUE/FALSE. Raises ValueError where the
    workbook or the sheet cannot be read.
    """
    book = _opened(content)
    try:
        found = book.get_sheet_by_name(sheet) if isinstance(sheet, str) else book.get_sheet_by_index(sheet or 0)
        rows = found.to_python(skip_empty_area=False)
    except BaseException as error:
        raise _as_value_error(error) from None
    return [[_text(cell) for cell in row] for row in rows]


def _opened(content: bytes):  # type: ignore[no-untyped-def]  # the library ships no public type for it
    from python_calamine import CalamineWorkbook

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except BaseException as error:
        raise _as_value_error(error) from None


def _as_value_error(error: BaseException) -> BaseException:
    """The library's Rust panics derive from BaseException; a broken workbook is bad input like any other."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
        return error
    return ValueError(str(error) or type(error).__name__)


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
