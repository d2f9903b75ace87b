"""Sheets that people write: CSV, TSV or XLSX, from any spreadsheet program and any country, read as they were typed.

A German or Dutch Excel writes semicolons and decimal commas; some write UTF-16 or Windows-1252. Every value stays the
text that was typed; what it means is decided by who asks for it (`decimal`, a schema), so that nothing is changed
unseen.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from prismake.messages.faults import Faults
from prismake.records.delimited import rows_of
from prismake.records.text import decode, unix
from prismake.records.workbooks import is_workbook, read_workbook, sheet_names

MISSING_CODES = frozenset(
    {
        "na", "n/a", "n.a.", "n. a.", "nan", "nr", "n.r.", "n/r", "not reported", "not applicable", "unclear",
        "unknown",
        "missing", "null", "none", "-", "–", "—", ".", "?",
    }
)  # fmt: skip

_MINUS = str.maketrans(
    {"−": "-", "–": "-", "‒": "-", "﹣": "-", "－": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " "}
)
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(\d*),(\d+)([eE][+-]?\d+)?")
_THOUSANDS_POINT = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+")
_THOUSANDS_COMMA = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+|[+-]?\d{1,3}(,\d{3}){2,}")
_THOUSANDS_SPACE = re.compile(r"[+-]?\d{1,3}([ ']\d{3})+([.,]\d+)?")


class MissingCode(str):
    """A code for a value that is not there ("NR", "NA", "unclear"), kept as it was typed; distinct from a blank
    cell.
    """

    __slots__ = ()


def read_sheet(
    path: str | Path,
    *,
    columns: Mapping[str, str] | Sequence[str] | None = None,
    required: Sequence[str] = (),
    sheet: str | int | None = None,
) -> tuple[pd.DataFrame, Faults]:
    """Read a sheet as text, blank cells as "", and say what is wrong with it.

    `columns`: a mapping {name: the sheet's own header} renames; a list of names adds, blank, those that are not there
    and warns of headers that are not in it. `required`: names that must be there (an error each, with the header that
    looks most like it). `sheet`: name or number of a workbook's sheet, the first if None. `attrs["first_line"]` is
    the line of the first row; `attrs["lines"]` holds the line of each row where a cell has line breaks or rows were
    blank (use `line_of`). Headers are stripped and told apart without regard to case, spaces and underscores where no
    exact one is there.
    """
    path = Path(path)
    faults = Faults()
    rows, lines = _rows(path, sheet, faults)
    if not rows:
        frame = pd.DataFrame(columns=_wanted(columns, required), dtype=str)
        frame.attrs["first_line"] = 2
        if required and not faults.errors:
            faults.error(
                "empty-sheet",
                "This sheet has no header and no rows.",
                file=str(path),
                expected="a first row with " + ", ".join(required),
                mend="put the column names into its first row",
            )
        return frame, faults
    header = [_clean_header(name, i) for i, name in enumerate(rows[0])]
    frame = _frame(header, rows[1:], lines, path, faults)
    frame = _named(frame, columns, required, path, lines[0], faults)
    return frame, faults


def line_of(frame: pd.DataFrame, position: int) -> int:
    """The line, as a person opens the file, of the row at 0-based `position` of a frame from `read_sheet`."""
    lines = frame.attrs.get("lines")
    return int(lines[position]) if lines is not None else int(frame.attrs.get("first_line", 2)) + position


def decimal(text: str, *, comma: bool | None = None) -> float | MissingCode | None:
    """The number that was typed: None for blank, a MissingCode for "NR", "NA" and the like.

    Decimal points and decimal commas are both read. `comma` True: this sheet writes decimal commas; False: it uses
    commas for thousands; None: unknown, so that "1,234" (1.234 or 1234?) is refused. Raises ValueError in words for
    what is no number.
    """
    typed = text.translate(_MINUS).strip()
    if not typed:
        return None
    if text.strip().lower() in MISSING_CODES:
        return MissingCode(text.strip())
    number = _number(typed, comma)
    if number is None or not math.isfinite(number):
        raise ValueError(f"{text.strip()!r} is not a number")
    return number


def _number(typed: str, comma: bool | None) -> float | None:
    if _PLAIN.fullmatch(typed):
        if comma and re.fullmatch(r"[+-]?[1-9]\d{0,2}(\.\d{3})+", typed):
            raise ValueError(
                f"{typed!r} could be {typed.replace('.', ',')} or {typed.replace('.', '')}: write it without the point"
            )
        return float(typed)
    if _THOUSANDS_POINT.fullmatch(typed):
        return float(typed.replace(".", "").replace(",", "."))
    if _THOUSANDS_COMMA.fullmatch(typed):
        return float(typed.replace(",", ""))
    if _THOUSANDS_SPACE.fullmatch(typed):
        return float(typed.replace(" ", "").replace("'", "").replace(",", "."))
    match = _COMMA.fullmatch(typed)
    if not match:
        return None
    whole, decimals = match.group(1), match.group(2)
    thousands = len(decimals) == 3 and not match.group(3) and re.fullmatch(r"[1-9]\d{0,2}", whole) is not None
    if comma is False:
        return float(typed.replace(",", "")) if thousands else None
    if thousands and comma is None:
        point, none = typed.replace(",", "."), typed.replace(",", "")
        raise ValueError(f"{typed!r} could be {point} or {none}: write it without the comma")
    return float(typed.replace(",", "."))


def _rows(path: Path, sheet: str | int | None, faults: Faults) -> tuple[list[list[str]], list[int]]:
    """All rows that hold something, with their lines."""
    try:
        content = path.read_bytes()
    except OSError as error:
        faults.error(
            "cannot-read",
            f"This file cannot be opened ({error.strerror or error}).",
            file=str(path),
            expected="a CSV or XLSX file",
            mend="check that the file is there and not open in another program",
        )
        return [], []
    if is_workbook(content):
        return _workbook_rows(path, content, sheet, faults)
    text, encoding = decode(content)
    if encoding == "windows-1252":
        faults.info("encoding", "This file is not in UTF-8; it was read as Windows-1252.", file=str(path))
    rows = rows_of(unix(text))
    if rows.unclosed:
        faults.error(
            "open-quote",
            "A quotation mark that is opened here is never closed.",
            file=str(path),
            line=rows.unclosed,
            expected="each cell's quotation marks in pairs",
            mend="close or remove the quotation mark and save the file again",
        )
        return [], []
    return rows.cells, rows.lines


def _workbook_rows(
    path: Path, content: bytes, sheet: str | int | None, faults: Faults
) -> tuple[list[list[str]], list[int]]:
    try:
        names = sheet_names(content)
        if isinstance(sheet, str) and sheet not in names:
            faults.error(
                "unknown-sheet",
                "This workbook has no such sheet.",
                file=str(path),
                value=sheet,
                expected="one of " + ", ".join(names),
                mend="name the sheet as it is named in the workbook",
            )
            return [], []
        rows = read_workbook(content, sheet)
    except ValueError as error:
        faults.error(
            "cannot-read",
            f"This workbook cannot be read ({error}).",
            file=str(path),
            expected="an .xlsx, .xls or .ods workbook that a spreadsheet program opens",
            mend="open it, save it again as .xlsx, and try again",
        )
        return [], []
    kept = [(row, line) for line, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    return [row for row, _ in kept], [line for _, line in kept]


def _frame(header: list[str], rows: list[list[str]], lines: list[int], path: Path, faults: Faults) -> pd.DataFrame:
    """The rows under the header; cells beyond the header are an error, never dropped."""
    twice = sorted({name for name in header if header.count(name) > 1})
    for name in twice:
        faults.error(
            "column-twice",
            "This column is there twice.",
            file=str(path),
            line=lines[0],
            column=name,
            expected="each column name once",
            mend="rename or remove one of the two columns",
        )
    width = len(header)
    for row, line in zip(rows, lines[1:], strict=True):
        beyond = [cell for cell in row[width:] if cell.strip()]
        if beyond:
            faults.error(
                "cells-beyond",
                f"This row has {len(row)} cells under {width} column names.",
                file=str(path),
                line=line,
                value=beyond[0],
                expected=f"{width} cells",
                mend="put cells that hold the delimiter into quotation marks, or name the column",
            )
    names = _told_apart(header)
    cut = [[cell.strip() for cell in row[:width]] + [""] * (width - len(row)) for row in rows]
    frame = pd.DataFrame(cut, columns=names, dtype=str)
    first = lines[1] if len(lines) > 1 else lines[0] + 1
    frame.attrs["first_line"] = first
    if lines[1:] != list(range(first, first + len(rows))):
        frame.attrs["lines"] = lines[1:]
    return frame


def _named(
    frame: pd.DataFrame,
    columns: Mapping[str, str] | Sequence[str] | None,
    required: Sequence[str],
    path: Path,
    line: int,
    faults: Faults,
) -> pd.DataFrame:
    renamed: dict[str, str] = {}
    mapping = dict(columns) if isinstance(columns, Mapping) else {name: name for name in [*(columns or ()), *required]}
    for name, wanted in mapping.items():
        found = _header_like(wanted, [h for h in frame.columns if h not in renamed])
        if found is not None:
            renamed[found] = name
        elif name in required or isinstance(columns, Mapping):
            near = difflib.get_close_matches(wanted, list(frame.columns), n=1, cutoff=0.6)
            faults.error(
                "missing-column",
                "A column is missing.",
                file=str(path),
                line=line,
                column=wanted,
                value=", ".join(frame.columns),
                expected=f"a column named {wanted!r}" + (f" (is it {near[0]!r}?)" if near else ""),
                mend=_header_below(frame, wanted) or "add the column or correct its name in the first row",
            )
    attrs = dict(frame.attrs)
    frame = frame.rename(columns=renamed)
    if columns is not None and not isinstance(columns, Mapping):
        for name in frame.columns:
            if name not in mapping:
                near = difflib.get_close_matches(name, list(columns), n=1, cutoff=0.6)
                faults.warning(
                    "unknown-column",
                    "This column is not known and is not used.",
                    file=str(path),
                    line=line,
                    column=name,
                    expected="one of " + ", ".join(columns) + (f" (did you mean {near[0]!r}?)" if near else ""),
                    mend="correct its name, or leave it if it is only for you",
                )
    for name in _wanted(columns, required):
        if name not in frame.columns:
            frame[name] = pd.Series([""] * len(frame), index=frame.index, dtype=str)
    frame.attrs.update(attrs)
    return frame


def _header_below(frame: pd.DataFrame, wanted: str) -> str:
    """What to do where the column names stand below a title; "" where they do not."""
    for position in range(min(5, len(frame))):
        if _header_like(wanted, frame.iloc[position].tolist()) is not None:
            return f"the column names stand in line {line_of(frame, position)}: delete the lines above it"
    return ""


def _wanted(columns: Mapping[str, str] | Sequence[str] | None, required: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*(columns or ()), *required]))


def _header_like(wanted: str, headers: list[str]) -> str | None:
    if wanted in headers:
        return wanted
    key = _key(wanted)
    return next((header for header in headers if _key(header) == key), None)


def _key(name: str) -> str:
    return re.sub(r"[\s_\-]+", "_", name.strip().lower())


def _clean_header(name: str, position: int) -> str:
    return re.sub(r"\s+", " ", name.strip()) or f"(column {position + 1})"


def _told_apart(header: list[str]) -> list[str]:
    """Header names, a second one of a name with #2 behind it."""
    seen: dict[str, int] = {}
    names: list[str] = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names
