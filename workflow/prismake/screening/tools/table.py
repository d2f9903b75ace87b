"""Tables as screening tools export them, read without a stop where a tool breaks its own form.

Abstrackr writes the header `labeled_at` once a reviewer and a line of one cell between its rows, and a file of
metagear has a byte-order mark that was mangled in a column name; both are what these tools do and no fault of the
person who exported.
"""

from __future__ import annotations

import csv
import html
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.records.delimited import each_row
from prismake.records.text import decode, unix
from prismake.records.workbooks import is_workbook, read_workbook
from prismake.screening.votes import typed_key

ROW = "__row__"
_ROWS_AT_ONCE = 20_000
OUR_ID = re.compile(r"prismake(?:[-_ ]?(?:record|id))*\s*[:=]\s*([^\s;|]+)", re.IGNORECASE)
"""The record id as Prismake's own exports carry it through a tool in a note."""
_MARK = re.compile("^(\ufeff|ï»¿|ï\\.\\.|\xef\xbb\xbf)")


NAME_IT = "name the column that holds it in config (columns: {decision: COLUMN})"


class NotReadable(ValueError):
    """A file that is not what its tool writes."""


@contextmanager
def expecting(form: str) -> Iterator[None]:
    """Raise `NotReadable` where the content of a file turns out to have another shape."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise NotReadable(f"it is not {form}: {error}") from error


@dataclass
class Source:
    """One configured source of decisions: `settings` is its entry in config, `file` the name that messages show."""

    path: Path
    file: str
    settings: Mapping[str, Any]
    faults: Faults = field(default_factory=Faults)

    @property
    def phase(self) -> str:
        """Phase that config gives to this source, title and abstract if it says nothing."""
        return str(self.settings.get("phase") or "title_abstract")

    @property
    def options(self) -> Mapping[str, Any]:
        """Options of the tool's reader."""
        return self.settings.get("options") or {}

    def column(self, name: str, default: str = "") -> str:
        """The file's column for a canonical vote column."""
        return str((self.settings.get("columns") or {}).get(name, default))


def read_bytes(path: Path) -> bytes:
    """Content of a file, or of the one member of a zip where `path` is ARCHIVE.zip!member."""
    text = str(path)
    if "!" in text and not path.exists():
        archive, member = text.split("!", 1)
        with zipfile.ZipFile(archive) as opened:
            return opened.read(member)
    return path.read_bytes()


def tool_text(path: Path) -> str:
    """A text file of a tool, decoded, with LF line ends."""
    return unix(decode(read_bytes(path))[0])


def tool_table(source: Source) -> pd.DataFrame:
    """Rows of a CSV or workbook as text under unique column names, with the line in column `ROW`.

    An unreadable file is an error in `source.faults` and gives no rows.
    """
    try:
        content = read_bytes(source.path)
        if is_workbook(content):
            workbook = read_workbook(content, source.settings.get("sheet"))
            rows = iter([(i, row) for i, row in enumerate(workbook, 1) if any(cell.strip() for cell in row)])
        else:
            rows = each_row(unix(decode(content)[0]))
        del content
        return _table(source, rows)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, csv.Error) as error:
        source.faults.error(
            "cannot-read",
            f"This file of decisions cannot be read ({error}).",
            file=source.file,
            expected="a CSV or a workbook",
            mend="export it again from the tool, and check its name in config",
        )
        return pd.DataFrame({ROW: pd.Series(dtype="int64")})


def _table(source: Source, rows: Iterator[tuple[int, list[str]]]) -> pd.DataFrame:
    """Rows as a table; titles above the header are passed over. Rows become columns block by block: as cells, a million
    votes would take ten times the room."""
    head = next(rows, None)
    if head is None:
        source.faults.warning(
            "empty-file",
            "This file of decisions is empty.",
            file=source.file,
            expected="a header and votes",
            mend="export it again, or take it out of config",
        )
        return pd.DataFrame({ROW: pd.Series(dtype="int64")})
    block = list(islice(rows, _ROWS_AT_ONCE))
    while block and _is_title(head[1], block[0][1]):
        head = block.pop(0)
    frames = []
    while block or not frames:
        frames.append(table_of([head[1], *(row for _, row in block)], [head[0], *(line for line, _ in block)]))
        block = list(islice(rows, _ROWS_AT_ONCE))
    return pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]


def _is_title(row: list[str], below: list[str]) -> bool:
    """Whether a row is a title that stands above the header: one cell over a row of three or more."""
    return sum(bool(cell.strip()) for cell in row) == 1 and sum(bool(cell.strip()) for cell in below) >= 3


def table_of(cells: list[list[str]], lines: list[int]) -> pd.DataFrame:
    """Cells and lines to a table; a second column of the same name gets #2 behind it."""
    if not cells:
        return pd.DataFrame({ROW: pd.Series(dtype="int64")})
    seen: dict[str, int] = {}
    names = []
    for i, typed in enumerate(cells[0]):
        name = re.sub(r"\s+", " ", _MARK.sub("", typed)).strip() or f"(column {i + 1})"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    body = cells[1:]
    columns = {
        name: pd.Series([row[i].strip() if i < len(row) else "" for row in body], dtype=str)
        for i, name in enumerate(names)
    }
    return pd.DataFrame({**columns, ROW: pd.Series(lines[1:], dtype="int64")})


def _header_key(name: str) -> str:
    return re.sub(r"[\s._\-]+", " ", name).strip().casefold()


def column_like(frame: pd.DataFrame, *wanted: str) -> str:
    """The first of the wanted columns that is there, without regard to case, spaces, dots and underscores; "" if
    none is."""
    keys = {_header_key(str(name)): str(name) for name in reversed(list(frame.columns))}
    return next((keys[_header_key(name)] for name in wanted if name and _header_key(name) in keys), "")


def cells(frame: pd.DataFrame, *wanted: str) -> pd.Series:
    """Cells of the first wanted column that is there, else blanks."""
    name = column_like(frame, *wanted)
    return frame[name] if name else pd.Series([""] * len(frame), index=frame.index, dtype=str)


def required_cells(source: Source, frame: pd.DataFrame, canonical: str, *wanted: str) -> pd.Series | None:
    """Cells of a column that must be there: None and an error naming the columns of the file if it is not."""
    name = column_like(frame, *wanted)
    if name:
        return frame[name]
    known = [c for c in frame.columns if c != ROW]
    source.faults.error(
        "missing-column",
        f"The column with the {canonical.replace('_', ' ')} is missing.",
        file=source.file,
        line=1,
        column=wanted[0] if wanted else canonical,
        value=", ".join(map(str, known)),
        expected=f"a column for {canonical}",
        mend=f"name it in config: columns: {{{canonical}: ...}}",
    )
    return None


def kept_rows(source: Source, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows that `where` keeps; how many it leaves out is said."""
    conditions = source.settings.get("where") or {}
    keep = pd.Series(True, index=frame.index)
    for name, wanted in conditions.items():
        column = required_cells(source, frame, "where", str(name))
        if column is None:
            return frame.iloc[0:0]
        values = wanted if isinstance(wanted, (list, tuple)) else [wanted]
        accepted = {typed_key(v) for v in values} | {"true" if v is True else "" for v in values if v is True}
        keep &= column.map(typed_key).isin(accepted)
    if not keep.all():
        source.faults.info(
            "rows-left-out",
            f"`where` leaves out {int((~keep).sum())} of {len(frame)} rows.",
            file=source.file,
        )
    return frame[keep].reset_index(drop=True)


def record_keys(source: Source, typed: pd.Series) -> pd.Series:
    """Keys as the tool has them, with the prefix that makes them aliases (`ids: {prefix, strip}`)."""
    ids = source.settings.get("ids") or {}
    strip, prefix = str(ids.get("strip", "")), str(ids.get("prefix", ""))
    if strip:
        typed = typed.str.removeprefix(strip)
    return (prefix + typed).where(typed != "", "") if prefix else typed


def plain(text: str) -> str:
    """Text without entities, for titles and notes."""
    return html.unescape(text).strip()


def no_decisions(source: Source, what: str, n: int, *, mend: str = "", columns: Iterable[str] = ()) -> None:
    """Say that a file is a list without decisions: it has no votes, which is no error. `mend`: how config names them
    where they are there after all, `columns`: those of the file."""
    source.faults.warning(
        "no-decisions",
        f"{what} It lists {n} records and no votes.",
        file=source.file,
        value=", ".join(name for name in columns if name != ROW),
        expected="an export with decisions",
        mend=f"{mend}, or leave this file out" if mend else "export the decisions too, or leave this file out",
    )
