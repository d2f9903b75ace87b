"""Written tables: CSV for people, Parquet for bulk, JSON for numbers; the same values always give the same bytes.

Every writer is atomic: the file appears whole or not at all, so that a stopped run leaves nothing half-written.
"""

from __future__ import annotations

import json
import math
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Loaded where tables are made or read: a job that only writes texts, figures or JSON starts in half the time without.
if TYPE_CHECKING:
    import pandas as pd

_NEEDS_QUOTES = re.compile(r'[",\r\n]')
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*%?")
_ROWS_AT_ONCE = 50_000
"""Rows of a table that are held as text while it is written."""
_MISSING = ("NAType", "NaTType")  # of pandas
_RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; it takes the place of `path` only when the block ends without an error."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{path.name[:60]}."
    for left in path.parent.glob(f"{escape(prefix)}*.part"):
        left.unlink(missing_ok=True)  # of a build that was killed while it wrote this file
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(0o666 & ~_umask())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write_text(text: str, path: str | Path) -> None:
    """Write text as UTF-8 with the line ends it has, atomically."""
    write_bytes(text.encode("utf-8", "replace"), path)


def write_texts(pieces: Iterable[str], path: str | Path) -> None:
    """Write the pieces of a text one after the other, as `write_text` writes the whole."""
    with atomic(path) as part, part.open("wb") as stream:
        for piece in pieces:
            stream.write(piece.encode("utf-8", "replace"))


def write_bytes(content: bytes, path: str | Path) -> None:
    """Write bytes atomically."""
    with atomic(path) as part:
        part.write_bytes(content)


def write_csv(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table as RFC 4180 CSV: UTF-8, comma, LF, columns in the order given, no index.

    Missing values are blank, truth values `true`/`false`, floats have their shortest exact digits. Nothing is changed
    in a text: for a file that people open in a spreadsheet, `defuse` the table first.
    """
    starts = range(0, max(len(frame), 1), _ROWS_AT_ONCE)
    write_texts((csv_text(frame.iloc[i : i + _ROWS_AT_ONCE], header=i == 0) for i in starts), path)


def csv_text(frame: pd.DataFrame, *, header: bool = True) -> str:
    """The text that `write_csv` writes; without the header, what goes below rows written before."""
    names = [",".join(_quoted(str(name)) for name in frame.columns)] if header else []
    if frame.shape[1] == 0:
        return "\n"
    columns = [[_quoted(cell) for cell in texts(frame.iloc[:, i])] for i in range(frame.shape[1])]
    if len(columns) == 1:  # a blank line would be no row at all
        columns = [[cell or '""' for cell in columns[0]]]
    rows = map(",".join, zip(*columns, strict=True))
    return "".join(f"{line}\n" for line in (*names, *rows))


def texts(column: pd.Series) -> list[str]:
    """A column's cells as they are written: blank for missing, `true`/`false`, shortest exact digits."""
    return [cell if isinstance(cell, str) else _text(cell) for cell in column.tolist()]


def write_parquet(frame: pd.DataFrame, path: str | Path) -> None:
    """Write a table as Parquet (zstd, no index), with the same bytes for the same values on the same platform."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    frame = frame.reset_index(drop=True)
    frame.attrs = {}
    table = pa.Table.from_pandas(frame, preserve_index=False)
    with atomic(path) as part:
        pq.write_table(table, part, compression="zstd")


def write_parquet_parts(frames: Iterable[pd.DataFrame], path: str | Path) -> int:
    """Write tables of the same columns below each other as one Parquet file, one after the other; return the rows.

    At least one table is needed, if only an empty one. If one of them cannot be made, nothing is written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = 0
    with atomic(path) as part:
        writer = None
        for frame in frames:
            frame = frame.reset_index(drop=True)
            frame.attrs = {}
            table = pa.Table.from_pandas(frame, preserve_index=False)
            if writer is None:
                writer = pq.ParquetWriter(part, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
            rows += len(frame)
        if writer is None:
            raise ValueError("no table to write")
        writer.close()
    return rows


def parquet_parts(path: str | Path) -> Iterator[pd.DataFrame]:
    """The tables that `write_parquet_parts` wrote, one after the other."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number).to_pandas()


def read_parquet(path: str | Path, columns: list[str] | None = None, *, without: Iterable[str] = ()) -> pd.DataFrame:
    """Read what `write_parquet` wrote: all columns, those of `columns`, or all but those of `without`."""
    if without:
        import pyarrow.parquet as pq

        left_out = set(without)
        columns = [name for name in columns or pq.read_schema(path).names if name not in left_out]
    import pandas as pd

    return pd.read_parquet(path, columns=columns)


def rows_among(path: str | Path, key: str, ids: Iterable[str], columns: list[str] | None = None) -> pd.DataFrame:
    """The rows of a Parquet file whose `key` is one of `ids`, in the file's order, without holding the others."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    wanted = pa.array(sorted(set(ids)), pa.large_string())
    with pq.ParquetFile(path) as file:
        batches = file.iter_batches(_ROWS_AT_ONCE // 5, columns=columns)
        kept = [batch.filter(pc.is_in(batch[key].cast(pa.large_string()), value_set=wanted)) for batch in batches]
        names = columns or file.schema_arrow.names
        schema = pa.schema([file.schema_arrow.field(name) for name in names], file.schema_arrow.metadata)
    return pa.Table.from_batches([batch.select(names) for batch in kept], schema).to_pandas()


def read_csv(path: str | Path, columns: Collection[str] | None = None) -> pd.DataFrame:
    """Read what `write_csv` wrote: every cell as text, blank as ""; of `columns` those that are there, else all. Raises
    ValueError where the file has no header."""
    import pandas as pd

    wanted = None if columns is None else lambda name: name in columns
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_filter=False, encoding="utf-8", usecols=wanted)


def write_json(value: Any, path: str | Path) -> None:
    """Write JSON with sorted keys and exact digits; NaN and infinity are refused (ValueError naming the key)."""
    write_text(json_text(value), path)


def json_text(value: Any) -> str:
    """The text that `write_json` writes."""
    return json.dumps(_plain(value, "value"), sort_keys=True, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def defuse(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy for spreadsheets: a leading ' before any text that a spreadsheet would run as a formula.

    Numbers keep their sign. Use it for files meant to be opened in a spreadsheet or sent to a screening tool, not for
    files that only Prismake reads.
    """
    import pandas as pd

    frame = frame.copy()
    for i in range(frame.shape[1]):
        column = frame.iloc[:, i]
        if pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
            continue
        frame.isetitem(i, pd.Series([_defused(cell) for cell in texts(column)], index=frame.index, dtype=str))
    return frame


def fuse(text: str) -> str:
    """What stood in a cell before `defuse`."""
    return text[1:] if text.startswith("'") and text[1:2] in _RUNS_IN_A_SPREADSHEET and len(text) > 1 else text


def _defused(text: str) -> str:
    if text.startswith(_RUNS_IN_A_SPREADSHEET) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


def _text(cell: Any) -> str:
    if cell is None or type(cell).__name__ in _MISSING:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return "" if math.isnan(cell) else repr(float(cell))
    item = getattr(cell, "item", None)
    return _text(item()) if item is not None else str(cell)


def _plain(value: Any, where: str) -> Any:
    """Python's own types all the way down, or a ValueError that names the place."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{where} is {value}: write null and a reason instead")
        return float(value)
    if isinstance(value, dict):
        return {str(key): _plain(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{where}[{i}]") for i, item in enumerate(value)]
    for attribute in ("tolist", "item"):
        if hasattr(value, attribute):
            return _plain(getattr(value, attribute)(), where)
    raise ValueError(f"{where} is a {type(value).__name__}, which JSON has no form for")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
