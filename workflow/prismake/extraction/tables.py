"""The canonical extraction sheets as people fill them in, read and held together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from prismake.extraction.codebook import Codebook
from prismake.extraction.numerals import pointed_columns
from prismake.messages.faults import Faults
from prismake.records.sheets import line_of, read_sheet

SHEETS = ("studies", "arms", "outcomes", "results", "effects_reported", "sources")
WORKBOOK = "extraction"
SHEET_ENDINGS = (".csv", ".tsv", ".xlsx", ".xls", ".ods")


@dataclass(frozen=True)
class Place:
    """Where a row of a sheet comes from: file, line, and the file's column that holds its value."""

    file: str
    line: int
    column: str = ""


@dataclass
class Extraction:
    """The sheets (all cells text as typed), where each came from, and what is wrong with them.

    Every frame has the codebook's columns first and the sheet's further columns behind them.
    """

    tables: dict[str, pd.DataFrame]
    files: dict[str, str] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    origin: list[dict[str, str]] = field(default_factory=list)  # other layouts: what each row of theirs became
    places: dict[str, list[Place]] = field(default_factory=dict)  # where each row stands, if not in a sheet of its own
    differences: pd.DataFrame | None = None  # of a double extraction
    agreement: pd.DataFrame | None = None

    def __getitem__(self, sheet: str) -> pd.DataFrame:
        return self.tables[sheet]

    def where(self, sheet: str, position: int, column: str = "") -> dict[str, object]:
        """File, line, column and value of a cell, as a fault wants them."""
        frame = self.tables[sheet]
        value = str(frame[column].iloc[position]) if column in frame.columns else ""
        place = self.place(sheet, position)
        shown = place.column if place.column and column == "value" else column
        return {"file": place.file, "line": place.line, "column": shown, "value": value}

    def place(self, sheet: str, position: int) -> Place:
        """Where a row stands."""
        known = self.places.get(sheet)
        if known is not None:
            return known[position]
        return Place(self.files.get(sheet, sheet), line_of(self.tables[sheet], position))


def empty(book: Codebook) -> Extraction:
    """Sheets without rows."""
    return Extraction({name: pd.DataFrame(columns=s.columns, dtype=str) for name, s in book.sheets.items()})


def read_extraction(files: Mapping[str, str | Path], book: Codebook) -> Extraction:
    """Read the canonical sheets: sheet name -> file (CSV, TSV, XLSX, XLS, ODS). A sheet without a file is empty.

    A file under the name `extraction` is a workbook whose sheets have the canonical names. Faults are collected in
    the result, not raised.
    """
    result = empty(book)
    for name, path in sorted(files.items()):
        if name == WORKBOOK:
            _read_workbook(Path(path), book, result)
        elif name in book.sheets:
            _read_one(name, Path(path), None, book, result)
        else:
            result.faults.warning(
                "unknown-sheet",
                "This file is none of the extraction sheets and is not read.",
                file=str(path),
                value=name,
                expected=", ".join(book.sheets),
                mend="correct its name, or move it elsewhere",
            )
    return result


def sheet_files(paths: Iterable[str | Path], names: Iterable[str] = ()) -> dict[str, str]:
    """Sheet name -> path: by `names` in their order where they are given, else by the file's own name."""
    paths, names = list(paths), list(names)
    if names:
        return {name: str(path) for name, path in zip(names, paths, strict=True)}
    return {Path(p).stem.lower(): str(p) for p in paths if Path(p).suffix.lower() in SHEET_ENDINGS}


def _read_workbook(path: Path, book: Codebook, result: Extraction) -> None:
    from prismake.records.workbooks import sheet_names

    try:
        present = {n.strip().lower(): n for n in sheet_names(path.read_bytes())}
    except (OSError, ValueError) as error:
        result.faults.error(
            "cannot-read",
            f"This workbook cannot be read ({error}).",
            file=str(path),
            expected="a workbook that a spreadsheet program opens",
            mend="open it, save it again as .xlsx, and try again",
        )
        return
    for name in book.sheets:
        if name in present:
            _read_one(name, path, present[name], book, result)


def _read_one(name: str, path: Path, sheet: str | None, book: Codebook, result: Extraction) -> None:
    entry = book.sheets[name]
    mandatory = [c for c in entry.required]
    frame, faults = read_sheet(path, required=mandatory, sheet=sheet)
    _warn_of_misspelt(frame, entry.columns, str(path), faults)
    attrs = dict(frame.attrs)
    known = {_folded(c): c for c in entry.columns}
    frame = frame.rename(columns={c: known[_folded(c)] for c in frame.columns if _folded(c) in known})
    for column in entry.columns:
        if column not in frame.columns:
            frame[column] = pd.Series([""] * len(frame), index=frame.index, dtype=str)
    extra = [c for c in frame.columns if c not in entry.columns and not c.startswith("(column ")]
    frame = frame[[*entry.columns, *extra]].copy()
    frame.attrs.update(attrs)
    result.tables[name] = pointed_columns(frame, [*(f.name for f in entry.fields if f.numeric), *extra])
    result.files[name] = f"{path}" if sheet is None else f"{path} [{sheet}]"
    result.faults.extend(replace(f, file=result.files[name]) for f in faults)


def _folded(column: str) -> str:
    return column.strip().lower().replace(" ", "_").replace("-", "_")


def _warn_of_misspelt(frame: pd.DataFrame, columns: list[str], path: str, faults: Faults) -> None:
    """A further column is welcome, but one that looks like a known one is likely that one misspelt."""
    import difflib

    present = {_folded(c) for c in frame.columns}
    for column in frame.columns:
        if _folded(column) in columns:
            continue
        near = difflib.get_close_matches(_folded(column), [c for c in columns if c not in present], n=1, cutoff=0.85)
        if near:
            faults.warning(
                "misspelt-column",
                "This column is not in the codebook but looks like one that is missing.",
                file=path,
                line=1,
                column=column,
                expected=near[0],
                mend=f"rename it {near[0]}, or leave it if it is your own",
            )
