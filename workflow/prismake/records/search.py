"""One search from its files to its source records, with everything said that a search can have wrong.

Said are: a number of reported hits that differs from the records; a file given twice, also where it was saved in
another form; an export of another database than the search's; a file of exactly 500, 1,000, 2,000, 10,000 or 20,000
records, which is where platforms cut; a file that ends in the middle of a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.messages.progress import progress
from prismake.records import model
from prismake.records.databases import agrees
from prismake.records.drafts import SET_ASIDE_COLUMNS
from prismake.records.identify import identify
from prismake.records.pieces import LONGEST
from prismake.records.read import PAGE_LIMITS, Export, read_export, read_parts

ASIDE_COLUMNS = ["search", "file", *SET_ASIDE_COLUMNS]
FILE_COLUMNS = ["file", "sha256", "format", "database", "platform", "encoding", "in_file", "set_aside", "records"]


@dataclass
class Imported:
    """A search's source records, what was set aside, one row of numbers for each file, and the faults."""

    search: str
    records: pd.DataFrame = field(default_factory=model.empty_frame)
    set_aside: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["file", *SET_ASIDE_COLUMNS]))
    files: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=FILE_COLUMNS))
    faults: Faults = field(default_factory=Faults)

    @property
    def in_file(self) -> int:
        """Records in all files, by counts that do not go through the readers."""
        return int(self.files["in_file"].sum()) if len(self.files) else 0


def import_search(
    paths: Sequence[str | Path], settings: Mapping[str, Any], *, lookups: Sequence[str | Path] = ()
) -> Imported:
    """Read a search's files.

    `paths`: where the files are, in the order of `settings["files"]`, which holds them as configured: these stand in
    the column `file` and in messages. `settings`: the search as in config (id, database, platform, format, columns,
    where, distinct, hits). `lookups`: tables that fill blank columns by accession number. Nothing is raised: see
    `faults`.
    """
    imported = Imported(str(settings["id"]))
    frames = list(import_parts(imported, paths, settings, lookups=lookups))
    imported.records = pd.concat(frames, ignore_index=True)
    return imported


def import_parts(
    imported: Imported,
    paths: Sequence[str | Path],
    settings: Mapping[str, Any],
    *,
    lookups: Sequence[str | Path] = (),
    longest: int = LONGEST,
) -> Iterator[pd.DataFrame]:
    """The identified records of a search part by part, never all at once; at least one table, if an empty one.

    `imported` is filled meanwhile with everything but the records, and complete when the last part was given.
    """
    parts = _parts(imported, paths, settings, longest)
    others = [read_export(path, "auto", columns=settings.get("columns")).records for path in lookups]
    if settings.get("distinct"):
        records, imported.set_aside = _distinct(pd.concat(list(parts), ignore_index=True), imported.set_aside)
        parts = iter([records])
    seen: dict[str, int] = {}
    number = 0
    with progress(f"Reading {imported.search}", settings.get("hits")) as shown:
        for records in parts:
            for other in others:
                records = _looked_up(records, other)
            number += len(records)
            yield identify(_named(records, settings), imported.search, seen)
            shown.step(len(records))
    _check_counts(imported, number, settings)
    if "search" not in imported.set_aside.columns:
        imported.set_aside.insert(0, "search", imported.search)
    imported.set_aside = imported.set_aside[ASIDE_COLUMNS]


def _parts(
    imported: Imported, paths: Sequence[str | Path], settings: Mapping[str, Any], longest: int
) -> Iterator[pd.DataFrame]:
    """The records that are kept of each piece of each file; numbers, faults and what is set aside go to `imported`."""
    asides: list[pd.DataFrame] = []
    rows: list[dict[str, Any]] = []
    hashes: dict[str, str] = {}
    contents: dict[tuple[int, int], str] = {}
    faults = imported.faults
    for path, name in zip(paths, settings.get("files") or [str(path) for path in paths], strict=True):
        mark = _hash(path)
        if mark and mark in hashes:
            faults.error(
                "file-twice",
                f"This file is the same as {hashes[mark]}: its records would be counted twice.",
                file=str(name),
                expected="each part of an export once",
                mend="remove it from the files of this search, or export the part that is missing",
            )
        again = bool(mark) and mark in hashes
        hashes.setdefault(mark, str(name))
        number_of_records = content = 0  # the sum of hashes is the same for the same records in any order
        row: dict[str, Any] = {"file": str(name), "sha256": mark}
        rows.append(row)
        format_, columns = settings.get("format") or "auto", settings.get("columns")
        for export in read_parts(path, format_, columns=columns, longest=longest):
            faults.extend(replace(fault, file=str(name)) for fault in export.faults)
            if "format" not in row:
                _check_database(export, settings, str(name), faults)
            kept, aside = _kept(export, settings, faults, str(name))
            kept["file"] = pd.Series([str(name)] * len(kept), index=kept.index, dtype=str)
            aside.insert(0, "file", str(name))
            asides.append(aside)
            for column in ("format", "database", "platform", "encoding"):
                row[column] = row.get(column) or getattr(export, column)
            for column, number in (("in_file", export.in_file), ("set_aside", len(aside)), ("records", len(kept))):
                row[column] = row.get(column, 0) + number
            number_of_records += len(kept)
            content += sum(map(hash, kept["fingerprint"].tolist()))
            yield kept
        same = contents.setdefault((number_of_records, content), str(name)) if number_of_records else str(name)
        if same != str(name) and not again:
            faults.warning(
                "same-records",
                f"This file holds the same {number_of_records} records as {same}: is it the same export, saved again?",
                file=str(name),
                expected="each part of an export once",
                mend="remove one of the two from the files of this search",
            )
    if not rows:
        yield model.empty_frame()
    imported.files = pd.DataFrame(rows, columns=FILE_COLUMNS)
    if asides:
        imported.set_aside = pd.concat(asides, ignore_index=True)


def _hash(path: str | Path) -> str:
    try:
        with Path(path).open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _check_database(export: Export, settings: Mapping[str, Any], name: str, faults: Faults) -> None:
    if not export.database or agrees(str(settings.get("database", "")), export.database, export.platform):
        return
    add = (
        faults.error if export.platform else faults.warning
    )  # without a platform only a field says so, which managers fill freely
    add(
        "wrong-database",
        f"This search is configured as {settings['database']}, but the file is an export of {export.database}.",
        file=name,
        value=export.database,
        expected=f"an export of {settings['database']}",
        mend="give the right file, or correct the database of this search",
    )


def _kept(export: Export, settings: Mapping[str, Any], faults: Faults, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The records that the search's `where` keeps; the others are set aside and counted."""
    records, aside = export.records, export.set_aside
    for column, wanted in (settings.get("where") or {}).items():
        values = {str(v) for v in (wanted if isinstance(wanted, list) else [wanted])}
        cells = _cells(records, column)
        if cells is None:
            faults.error(
                "missing-column",
                "The configuration keeps rows by a column that is not there.",
                file=name,
                column=column,
            )
            continue
        keep = pd.Series([cell in values for cell in cells], index=records.index, dtype=bool)
        left = records[~keep]
        reasons = [f"{column} is {cell!r}" for cell, kept in zip(cells, keep, strict=True) if not kept]
        aside = pd.concat([aside, _aside(left, reasons)], ignore_index=True)
        records = records[keep]
    return records.reset_index(drop=True), aside


def _cells(records: pd.DataFrame, column: str) -> list[str] | None:
    """A column of the model, or else an original field of the export."""
    if column in records.columns and column != "fields":
        return ["" if pd.isna(v) else str(v) for v in records[column]]
    import json

    cells = ["; ".join(json.loads(fields).get(column, [])) for fields in records["fields"]]
    return cells if any(cells) or not cells else None


def _aside(records: pd.DataFrame, reasons: Sequence[str]) -> pd.DataFrame:
    """Rows of what is set aside for records that are not kept."""
    text = records["title"].where(records["title"].ne(""), records["accession"])
    return pd.DataFrame({"line": records["line"].to_numpy(), "reason": list(reasons), "text": text.to_numpy()})


def _distinct(records: pd.DataFrame, aside: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One record for each accession number; rows that repeat it are set aside, and fill what is blank in the first."""
    repeated = records["accession"].duplicated() & records["accession"].ne("")
    again = records[repeated]
    left = _aside(again, [f"repeats id {accession}" for accession in again["accession"]])
    left.insert(0, "file", again["file"].to_numpy())
    return _looked_up(records[~repeated].reset_index(drop=True), again), pd.concat([aside, left], ignore_index=True)


def _looked_up(records: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Records whose blank columns are filled from the others with the same accession number."""
    fillable = [
        c
        for c in model.COLUMNS
        if c
        not in ("source_record_id", "search", "file", "row", "line", "accession", "fields", "aliases", "fingerprint")
    ]
    others = others[others["accession"].ne("")].drop_duplicates("accession").set_index("accession")
    if others.empty or records.empty:
        return records
    records = records.copy()
    for column in fillable:
        found = records["accession"].map(others[column])
        blank = records[column].isna() if column == "year" else records[column].eq("")
        records[column] = records[column].where(~blank | found.isna(), found.astype(records[column].dtype))
    doi = [f"doi:{d}" if d else "" for d in records["doi"]]
    pairs = zip(records["aliases"], doi, strict=True)
    records["aliases"] = ["; ".join(dict.fromkeys(a for a in (*old.split("; "), d) if a)) for old, d in pairs]
    return records


def _named(records: pd.DataFrame, settings: Mapping[str, Any]) -> pd.DataFrame:
    """The configured database and platform stand where the export did not tell.

    `row_id` names records that have no accession number by their row, as a team did that numbered its list.
    """
    records = records.copy()
    for column in ("database", "platform"):
        configured = str(settings.get(column) or "")
        if configured:
            records[column] = records[column].where(records[column].ne(""), configured)
    if settings.get("row_id"):
        numbered = [str(settings["row_id"]).replace("{row}", str(row)) for row in records["row"]]
        records["accession"] = records["accession"].where(
            records["accession"].ne(""), pd.Series(numbered, index=records.index)
        )
        records["aliases"] = [
            "; ".join(part for part in (*aliases.split("; "), number) if part)
            for aliases, number in zip(records["aliases"], numbered, strict=True)
        ]
    return records


def _check_counts(imported: Imported, records: int, settings: Mapping[str, Any]) -> None:
    files, faults = imported.files, imported.faults
    hits = settings.get("hits")
    chosen = settings.get("where") or settings.get("distinct")
    total = records if chosen else imported.in_file
    if hits is not None and int(hits) != total:
        faults.error(
            "hits-differ",
            f"{settings.get('database') or settings['id']} reported {hits} hits, but the export holds {total} records.",
            file=", ".join(files["file"]),
            value=str(total),
            expected=f"{hits} records",
            mend="export the whole search again, or correct `hits` of this search",
        )
    if hits is not None and not chosen:
        return
    sizes = files["in_file"].tolist()
    full = [size in PAGE_LIMITS for size in sizes]
    if sizes and all(full):
        for name, size in zip(files["file"], sizes, strict=True):
            faults.warning(
                "page-limit",
                f"This file holds exactly {size} records: was it cut at the platform's page limit?",
                file=name,
                value=str(size),
                expected="all hits of the search",
                mend="export the rest as further files, or state the number of `hits` of this search",
            )
