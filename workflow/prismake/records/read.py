"""Read an export of any known format: `read_export` finds the format by content and gives its records, counted.

What comes out always adds up: records + set aside = records in the file, where the last is counted without the
reader's own parsing; if it did not add up, that is an error that names both numbers.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import pandas as pd

from prismake.messages.faults import Fault, Faults
from prismake.records import formats, model, table
from prismake.records.drafts import SET_ASIDE_COLUMNS, Parsed, finish
from prismake.records.pieces import LONGEST, pieces
from prismake.records.text import decode, text_blocks, unix
from prismake.records.workbooks import is_workbook

PAGE_LIMITS = (500, 1000, 2000, 10_000, 20_000)


@dataclass
class Export:
    """One file's records. `records` has the model's columns, `set_aside` line, reason, text; `faults` say what was
    odd.
    """

    format: str
    database: str
    platform: str
    encoding: str
    records: pd.DataFrame
    in_file: int
    set_aside: pd.DataFrame
    faults: Faults


def read_export(path: str | Path, format: str = "auto", *, columns: Mapping[str, str] | None = None) -> Export:
    """Read all records of a file.

    `format`: "auto" or a name of `formats.NAMES`. `columns`: {column of the model or "id": header}, for tables.
    Faults name the path as given; nothing is raised but `InputFaults` by `export.faults.raise_errors()`.
    """
    path = Path(path)
    faults = Faults()
    try:
        content = path.read_bytes()
    except OSError as error:
        faults.error(
            "cannot-read",
            f"This file cannot be opened ({error.strerror or error}).",
            file=str(path),
            expected="an export of a database",
            mend="check the path in the configuration",
        )
        return _export(Parsed([], 0, faults=faults), "", "", str(path))
    return read_bytes(content, str(path), format, columns=columns)


def read_bytes(
    content: bytes, file: str = "", format: str = "auto", *, columns: Mapping[str, str] | None = None
) -> Export:
    """Like `read_export`, from a file's bytes."""
    with _uncollected():
        parsed, name, encoding = _parsed(content, format, columns)
        return _export(parsed, name, encoding, file)


def read_parts(
    path: str | Path, format: str = "auto", *, columns: Mapping[str, str] | None = None, longest: int = LONGEST
) -> Iterator[Export]:
    """Like `read_export`, piece by piece of at most about `longest` characters, where the format allows it.

    Lines and row numbers count on over the pieces, so that the pieces' records are together those of `read_export`.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            head = file.read(8)
        size = path.stat().st_size
    except OSError:
        yield read_export(path, format, columns=columns)
        return
    if is_workbook(head) or size <= longest:
        yield read_export(path, format, columns=columns)
        return
    encoding, blocks = text_blocks(path, longest)
    first = next(blocks, "")
    name, faults = _reader(first, format, columns)
    if faults:
        yield _export(Parsed([], 0, faults=faults), "", encoding, str(path))
        return
    row_end, delimiter = table.row_end(first) if name == "table" else (None, None)
    rows, names = 0, ""
    for piece, lines, last in pieces(chain([first], blocks), name, longest, row_end):
        if name == "table" and not lines:
            names = table.head_of(piece, delimiter, columns)
        with _uncollected():
            parsed = formats.parse(names + piece if lines else piece, name, columns, format, delimiter)
            _move(parsed, lines, names.count("\n") if lines else 0, last)
            export = _export(parsed, name, encoding, str(path), rows + 1)
        rows += len(parsed.drafts)
        yield export


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's search for reference cycles: a reader makes none, and the search costs a quarter of its time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _move(parsed: Parsed, lines: int, repeated: int, last: bool) -> None:
    """Count the lines of a piece on from those before it, but for those `repeated` at its head; only the last piece's
    end is the file's.
    """
    parsed.faults = Faults(
        replace(f, line=f.line + lines - repeated if f.line else f.line)
        for f in parsed.faults
        if (last or f.code != "truncated") and not (repeated and f.line and f.line <= repeated)
    )
    if not lines:
        return
    for draft in parsed.drafts:
        if draft.get("line"):
            draft["line"] += lines - repeated
    parsed.set_aside = [(line + lines - repeated, reason, text) for line, reason, text in parsed.set_aside]


def _parsed(content: bytes, format: str, columns: Mapping[str, str] | None) -> tuple[Parsed, str, str]:
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        parsed = Parsed([], 0)
        parsed.faults.warning(
            "empty-file",
            "This file is empty.",
            expected="an export with at least one record",
            mend="export this search again",
        )
        return parsed, "", ""
    if is_workbook(content):
        return formats.parse_workbook(content, columns, format), "workbook", "binary"
    text, encoding = decode(content)
    text = unix(text)
    name, faults = _reader(text, format, columns)
    if faults:
        return Parsed([], 0, faults=faults), "", encoding
    return formats.parse(text, name, columns, format), name, encoding


def _reader(text: str, format: str, columns: Mapping[str, str] | None) -> tuple[str, Faults]:
    """The name of the reader for a text in a named format, or in the one that is found; an error where there is none."""
    faults = Faults()
    if format not in formats.NAMES and format != "auto":
        faults.error(
            "unknown-format",
            "This format is not known.",
            value=format,
            expected="auto, or one of " + ", ".join(sorted(formats.NAMES)),
        )
        return "", faults
    name = formats.detect(text, columns) if format == "auto" else formats.family(format)
    if not name:
        faults.error(
            "unknown-format",
            "This file is in no format that is known.",
            value=" ".join(text[:200].split())[:100],
            expected="an export such as RIS, CSV, BibTeX, PubMed or Web of Science text",
            mend="export it again in one of these formats, or name the format under this search in the configuration",
        )
    return name, faults


def _export(parsed: Parsed, name: str, encoding: str, file: str, first_row: int = 1) -> Export:
    records = finish(parsed.drafts, first_row) if parsed.drafts else model.empty_frame()
    records["file"] = pd.Series([file] * len(records), dtype=str)
    read, aside = len(records), len(parsed.set_aside)
    if read + aside != parsed.in_file:
        parsed.faults.error(
            "records-lost",
            f"The file holds {parsed.in_file} records, but {read} were read and {aside} set aside.",
            expected="records read + set aside = records in the file",
            mend="report this file: its form is not understood",
        )
    if parsed.in_file and not read and not parsed.faults.errors:
        parsed.faults.error(
            "no-records",
            "No record of this file could be read.",
            expected="at least one record",
            mend="export this search again",
        )
    if not parsed.in_file and not parsed.faults:
        parsed.faults.warning(
            "no-records-in-file",
            "This file holds no record.",
            expected="at least one record",
            mend="leave it if the search found nothing, else export it again",
        )
    database, platform = _source(records)
    faults = Faults(_placed(fault, file) for fault in parsed.faults)
    return Export(
        format=parsed.format or name,
        database=database,
        platform=platform,
        encoding=encoding,
        records=records,
        in_file=parsed.in_file,
        set_aside=pd.DataFrame(parsed.set_aside, columns=SET_ASIDE_COLUMNS).astype(
            {"line": "Int64", "reason": str, "text": str}
        ),
        faults=faults,
    )


def _placed(fault: Fault, file: str) -> Fault:
    return fault if fault.file else replace(fault, file=file)


def _source(records: pd.DataFrame) -> tuple[str, str]:
    """Database and platform of most records of a file; "" where no pair has more than half of those that tell."""
    pairs = zip(records["database"].tolist(), records["platform"].tolist(), strict=True)
    counts = Counter(pair for pair in pairs if any(pair))
    if not counts:
        return "", ""
    pair, times = min(counts.items(), key=lambda item: (-item[1], item[0]))
    if times * 2 > sum(counts.values()):
        return pair
    platforms = {platform for _, platform in counts}
    return "", platforms.pop() if len(platforms) == 1 else ""
