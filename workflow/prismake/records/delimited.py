"""Delimited text (CSV, TSV) to rows of cells, with the line of each row, whatever the delimiter and however ragged."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

DELIMITERS = (",", ";", "\t", "|")

_HINT = re.compile(r"^\"?sep=(.)\"?$", re.IGNORECASE)  # Excel's own first line in a file for another locale
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SAMPLE = 100_000

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


@dataclass
class Rows:
    """Rows of cells; `lines` holds the 1-based line each row begins at; rows of nothing but blanks are left out."""

    cells: list[list[str]]
    lines: list[int]
    delimiter: str
    unclosed: int | None = None
    """Line of a quotation mark that is never closed, if there is one."""
    blank: list[int] = field(default_factory=list)
    """Lines of rows without any content."""


def rows_of(text: str, delimiter: str | None = None, *, quoting: bool = True) -> Rows:
    """Cut text into rows and cells.

    `delimiter` None: found by content. `quoting` False: a quotation mark is a character like any other, as Web of
    Science's tab-delimited files need it. Line ends inside cells are kept as LF.
    """
    text, delimiter, skipped = _opened(text, delimiter)
    if not quoting:
        return _unquoted(text, delimiter, skipped)
    cells: list[list[str]] = []
    lines: list[int] = []
    blank: list[int] = []
    for line, row in _cut(io.StringIO(text, newline=""), delimiter, skipped):
        if _has_content(row):
            cells.append(row)
            lines.append(line)
        else:
            blank.append(line)
    unclosed = _unclosed(text, delimiter, lines[-1] - skipped) if lines else None
    return Rows(cells, lines, delimiter, unclosed + skipped if unclosed else None, blank)


def each_row(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row that has content, one after the other: as `rows_of`, for files too large to hold as
    cells."""
    text, delimiter, skipped = _opened(text, None)
    lines = (found[0] for found in _LINE.finditer(text))  # StringIO would hold four bytes a letter
    return ((line, row) for line, row in _cut(lines, delimiter, skipped) if _has_content(row))


def _opened(text: str, delimiter: str | None) -> tuple[str, str, int]:
    """Text without Excel's own first line, its delimiter, and how many lines were taken away."""
    text = text.replace("\0", "")
    hint = _HINT.match(text.split("\n", 1)[0].strip())
    if hint:
        delimiter = delimiter or hint.group(1)
        text = text.split("\n", 1)[1] if "\n" in text else ""
    return text, delimiter or delimiter_of(text), int(bool(hint))


def _cut(lines: Iterable[str], delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    start = 1 + skipped
    for row in reader:
        yield start, row
        start = reader.line_num + 1 + skipped


def _has_content(row: list[str]) -> bool:
    return bool(row and row[0] and not row[0].isspace()) or any(cell and not cell.isspace() for cell in row)


def delimiter_of(text: str) -> str:
    """The delimiter that cuts the first rows into most, and most evenly many, cells; a comma where none does."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        widths = _widths(sample, delimiter)
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        if width < 2:
            width, times = widths[0], 1
        if width < 2:
            continue
        score = (round(times / len(widths), 1) + (0.5 if widths[0] == width else 0.0), width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _widths(sample: str, delimiter: str) -> list[int]:
    """Cells in each of the first rows."""
    widths: list[int] = []
    for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
        if any(cell.strip() for cell in row):
            widths.append(len(row))
        if len(widths) == 30:
            break
    return widths


def _unquoted(text: str, delimiter: str, skipped: int) -> Rows:
    cells: list[list[str]] = []
    lines: list[int] = []
    blank: list[int] = []
    for number, line in enumerate(text.split("\n"), 1 + skipped):
        row = line.rstrip("\r").split(delimiter)
        if any(cell and not cell.isspace() for cell in row):
            cells.append(row)
            lines.append(number)
        elif line:
            blank.append(number)
    return Rows(cells, lines, delimiter, None, blank)


def _unclosed(text: str, delimiter: str, last_line: int) -> int | None:
    """`last_line` if the row that begins there ends inside a quotation, else None."""
    start = 0
    for _ in range(last_line - 1):
        start = text.find("\n", start) + 1
    mark = re.escape(delimiter)
    opening = rf'"(?<![^\n\r{mark}]")'  # a quotation mark at the beginning of a cell
    rest = re.sub(rf'{opening}[^"]*+(?:""[^"]*+)*+"', "x", text[start:])
    return last_line if re.search(opening, rest) else None
