"""Workbooks (.xlsx, .xls in the old OLE form, .ods) to rows of text.

The old form is read with xlrd, which holds only cells that are there: a damaged one can claim 32,790 rows of 8,243
columns, for which calamine, otherwise the faster, was seen to take all memory. The new forms have checksums against
such damage.
"""

from __future__ import annotations

import datetime
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_CELLS = 20_000_000
_MOST_BYTES = 1_000_000_000
_MOST_AT_ONCE = 50_000_000
# A cell whose formula failed (#DIV/0!, #REF!): calamine gives nothing for it, so it is handed over as the text that it shows.
_ERROR_CELL = re.compile(rb'(<c [^<>]*?\bt=")e(")')
_ENTRY = struct.Struct("<4s4x2H4x3I3H8xI")  # of a ZIP file's directory (APPNOTE 4.3.12), up to where the part begins


def is_workbook(content: bytes) -> bool:
    """Whether the bytes are a workbook's, by their first bytes and not by the file's name."""
    return content.startswith((_ZIP, _OLE))


def sheet_names(content: bytes) -> list[str]:
    """Names of a workbook's sheets in their order. Raises ValueError where it cannot be opened."""
    if content.startswith(_OLE):
        return list(_old(content).sheet_names())
    return list(_new(content).sheet_names)


def sheets_of(content: bytes) -> Iterator[list[list[str]]]:
    """The rows of each sheet as `read_workbook` gives them; the workbook is opened once, each sheet read when wanted."""
    old = content.startswith(_OLE)
    book = _old(content) if old else _new(content)
    for name in book.sheet_names() if old else book.sheet_names:
        yield _old_rows(book, name) if old else _new_rows(book, name)


def read_workbook(content: bytes, sheet: str | int | None = None) -> list[list[str]]:
    """A sheet's rows, from its first row, as text; the first sheet if None.

    Whole numbers lose the ".0" that workbooks add, dates are ISO, truth values TRUE/FALSE. Raises ValueError where the
    workbook or the sheet cannot be read.
    """
    return _old_rows(_old(content), sheet) if content.startswith(_OLE) else _new_rows(_new(content), sheet)


def _old_rows(book: Any, sheet: str | int | None) -> list[list[str]]:
    import xlrd

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


def _new_rows(book: Any, sheet: str | int | None) -> list[list[str]]:
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
        unpacked = _unpacked(content)
        if unpacked is None:
            _check(content)
        return CalamineWorkbook.from_filelike(io.BytesIO(unpacked or content))
    except BaseException as error:
        raise _as_value_error(error) from None


def _check(content: bytes) -> None:
    """Raise where a ZIP file of any form is too large or damaged."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
            raise ValueError("it unpacks to more than a gigabyte")
        broken = archive.testzip()
        if broken:
            raise ValueError(f"its part {broken} is damaged")


def _unpacked(content: bytes) -> bytes | None:
    """A ZIP file of the plain form and middling size with its parts no longer compressed, each of its size and checksum.

    So each part is unpacked once, for `_check`'s question and for its reader. None where `_check` has to look.
    """
    parts, directory, where = [], [], 0
    try:
        end = content.rindex(b"PK\x05\x06")
        number, place = struct.unpack_from("<H4xI", content, end + 10)
        room = _MOST_AT_ONCE
        for _ in range(number):
            mark, flags, method, crc, packed, size, length, extra, comment, begin = _ENTRY.unpack_from(content, place)
            name = content[place + 46 : place + 46 + length]
            place += 46 + length + extra + comment
            room -= size
            if mark != b"PK\x01\x02" or flags & 1 or method not in (0, 8) or room < 0:
                return None
            head, own_length, own_extra = struct.unpack_from("<4s22x2H", content, begin)
            begin += 30
            if head != _ZIP or content[begin : begin + own_length] != name:
                return None
            begin += own_length + own_extra
            part = content[begin : begin + packed]
            data = zlib.decompressobj(-15).decompress(part, size + 1) if method else part
            if len(data) != size or zlib.crc32(data) != crc:
                return None
            if name.startswith(b"xl/worksheets/") and b't="e"' in data:
                data = _ERROR_CELL.sub(rb"\1str\2", data)
                crc, size = zlib.crc32(data), len(data)
            sizes = (flags & 0x800, 0, 0, 0x21, crc, size, size, length)  # the names' encoding, stored, 1 January 1980
            parts += [struct.pack("<4s5H3I2H", _ZIP, 20, *sizes, 0), name, data]
            directory += [struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, *sizes, 0, 0, 0, 0, 0, where), name]
            where += 30 + length + size
    except (ValueError, struct.error, zlib.error):
        return None
    listed = b"".join(directory)
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, number, number, len(listed), where, 0)
    return b"".join([*parts, listed, tail])


def _as_value_error(error: BaseException) -> BaseException:
    """The library's Rust panics derive from BaseException; a broken workbook is bad input like any other."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
        return error
    return ValueError(str(error)[:200] or type(error).__name__)


def _text(cell: object) -> str:
    if type(cell) is float:
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return "" if cell is None else str(cell)
