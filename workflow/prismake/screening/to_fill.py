"""Copies of the work lists to fill in, as CSV, as a workbook and as RIS for a screening tool.

A copy that somebody has edited is never overwritten: what Prismake wrote is known by its hash, and where a copy
differs from that, the new list is written beside it as NAME.new.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from prismake.messages.faults import Faults
from prismake.records.model import COLUMNS
from prismake.records.tables import csv_text, defuse, rows_among, write_bytes, write_json
from prismake.records.writers import ris_text

WRITTEN = ".written.json"
MOST_ROWS = 20_000
"""Rows up to which a list is written as a workbook and as RIS."""
CHOICES = {
    "decision": "include,exclude,maybe,ongoing,awaiting",
    "retrieved": "yes,no",
    "sought": "yes,no",
    "primary": "yes,no",
    "ruling": "same,different",
}
_WIDTHS = {"title": 60, "abstract": 60, "authors": 30, "votes": 40, "note": 30, "record_id": 24, "report_id": 24}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_lists(
    folder: str | Path, lists: Mapping[str, pd.DataFrame], records: str | Path, faults: Faults
) -> list[Path]:
    """Write each list as NAME.csv, and up to `MOST_ROWS` rows as NAME.xlsx and NAME.ris; gives the paths written.

    `records`: the Parquet file of records, from which RIS is made. An edited copy is left as it is, which is said.
    """
    written = []
    for name, table in lists.items():
        # an empty sheet of what no search found has no records to load into a tool
        ids = table.get("record_id")
        written += _write(Path(folder), name, table, ids, records, "record_id", faults)
    return written


def write_pairs(
    folder: str | Path, name: str, pairs: pd.DataFrame, source_records: str | Path, faults: Faults
) -> list[Path]:
    """Write the pairs to rule on as `write_lists` writes lists; the RIS has both source records of each, one after the
    other. `source_records`: the Parquet file of source records."""
    columns = ["source_record_id_1", "source_record_id_2"]
    ids = pairs.reindex(columns=columns, fill_value="").stack().reset_index(drop=True)
    return _write(Path(folder), name, pairs, ids, source_records, "source_record_id", faults)


def _write(
    folder: Path, name: str, table: pd.DataFrame, ids: pd.Series | None, records: str | Path, key: str, faults: Faults
) -> list[Path]:
    known = _known(folder)
    contents = {f"{name}.csv": csv_text(defuse(table)).encode()}
    if len(table) <= MOST_ROWS:
        contents[f"{name}.xlsx"] = workbook(table)
        if ids is not None:
            contents[f"{name}.ris"] = ris_of(ids, records, key).encode()
    else:
        what = f"{name} has {len(table)} rows: too many for a workbook; load results/screening/export into a tool."
        faults.info("long-list", what, file=str(folder / f"{name}.csv"))
    written = []
    for file, content in contents.items():
        path = _free(folder / file, content, known)
        if path.name != file:
            faults.info(
                "edited-list",
                f"{file} was edited and is left as it is; the new list is {path.name}.",
                file=str(folder / file),
                mend="put the filled copy into resources/ and remove it here",
            )
        write_bytes(content, path)
        known[path.name] = _hash(content)
        written.append(path)
    write_json(known, folder / WRITTEN)
    return written


def _free(path: Path, content: bytes, known: Mapping[str, str]) -> Path:
    """The path, or the first of NAME.new, NAME.new.new and so on that nobody edited."""
    while path.exists() and _hash(path.read_bytes()) not in (known.get(path.name), _hash(content)):
        path = path.with_name(f"{path.stem}.new{path.suffix}")
    return path


def workbook(table: pd.DataFrame, choices: Mapping[str, str] | None = None) -> bytes:
    """A workbook of text cells with a fixed header, filters and lists to choose from; the same table gives the
    same bytes."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = "list"
    sheet.append(list(table.columns))
    for row in defuse(table).itertuples(index=False):
        sheet.append([_cell(value) for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for position, name in enumerate(table.columns, 1):
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = _WIDTHS.get(str(name), 14)
        listed = (choices or CHOICES).get(str(name))
        if listed and len(table):
            rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{len(table) + 1}")
        if _WIDTHS.get(str(name), 14) > 24:
            for cell in sheet[letter]:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    stream = io.BytesIO()
    book.save(stream)
    return _without_clock(stream.getvalue())


def ris_of(ids: Iterable[str], records: str | Path, key: str = "record_id") -> str:
    """RIS of some records of a Parquet file in the order given, each once; "" for none. `key`: the column of the ids."""
    order = {one: i for i, one in enumerate(dict.fromkeys(i for i in ids if i))}
    if not order:
        return ""
    held = rows_among(records, key, order)
    held["record_id"] = held[key]
    held = held.reindex(columns=list(dict.fromkeys(["record_id", *COLUMNS, *held.columns])), fill_value="")
    return ris_text(held.sort_values("record_id", key=lambda ids: ids.map(order)))


def _cell(value: object) -> str | None:
    """A cell's text without the control characters that a workbook cannot hold."""
    text = "" if value is None or value is pd.NA or value != value else str(value)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)[:32_767] or None


def _without_clock(content: bytes) -> bytes:
    """The same workbook without the times at which it was made."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", b"1980-01-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _known(folder: Path) -> dict[str, str]:
    path = folder / WRITTEN
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
