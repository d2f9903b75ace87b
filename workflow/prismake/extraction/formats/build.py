"""Canonical sheets put together row by row from another layout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from prismake.extraction.codebook import Codebook
from prismake.extraction.tables import Extraction, Place
from prismake.messages.faults import Faults


def missing_columns(present: Iterable[str], required: Iterable[str], path: str, faults: Faults) -> None:
    """A fault for each required column that a file does not have."""
    have = list(present)
    for column in required:
        if column not in have:
            faults.error(
                "missing-column",
                "The file lacks this column.",
                file=path,
                line=1,
                column=column,
                value=", ".join(have),
                expected=column,
                mend="name it so, or say in config's extraction.columns which column of the file it is",
            )


def direction_of(options: Mapping[str, Any], *names: str) -> str:
    """Which way an outcome runs: by config's `directions` ({instrument or outcome: direction}), else by `direction`.

    Layouts without such a column have instruments of symptoms more often than not, hence higher_worse where config says
    nothing; `say_assumed` tells it.
    """
    own = {str(k).strip().casefold(): str(v) for k, v in (options.get("directions") or {}).items()}
    found = next((own[n] for name in names if (n := name.strip().casefold()) in own), "")
    return found or str(options.get("direction") or "higher_worse")


def say_assumed(options: Mapping[str, Any], path: str, faults: Faults) -> None:
    """An information where nobody said which way the instruments run: every sign hangs on it."""
    if not options.get("direction") and not options.get("directions") and not faults.errors:
        faults.info(
            "direction-assumed",
            "The file does not say which way its instruments run: higher scores are taken as worse.",
            file=path,
            expected="higher_worse or higher_better for each instrument",
            mend="say it in config, extraction.options: direction for all, directions for single instruments",
        )


def rows_where(frame: pd.DataFrame, where: Mapping[str, object], path: str, faults: Faults) -> pd.DataFrame:
    """The rows whose columns have the wanted values, those of config's `extraction.where` ({column: value or values}).

    A column that the file does not have is a fault, and selects nothing away.
    """
    for column, wanted in where.items():
        name = next((c for c in frame.columns if c == column), None) or next(
            (c for c in frame.columns if c.strip().lower() == column.strip().lower()), ""
        )
        if not name:
            faults.error(
                "missing-column",
                "This column, by which config's extraction.where selects rows, is not in the file.",
                file=path,
                line=1,
                column=column,
                value=", ".join(c for c in frame.columns if not c.startswith("(")),
                expected=column,
                mend="correct the name in config",
            )
            continue
        values = [str(w) for w in wanted] if isinstance(wanted, list) else [str(wanted)]
        frame = frame[frame[name].isin(values)]
    return frame


class Builder:
    """Collects rows for the canonical sheets; rows of the same key are added once.

    `at` says which file and line the next rows come from, so that findings name the cell that a person can open.
    """

    def __init__(self, book: Codebook, path: str) -> None:
        self._book, self.path = book, path
        self._rows: dict[str, list[dict[str, str]]] = {name: [] for name in book.sheets}
        self._seen: dict[str, set[tuple[str, ...]]] = {name: set() for name in book.sheets}
        self._extra: dict[str, list[str]] = {name: [] for name in book.sheets}
        self._places: dict[str, list[Place]] = {name: [] for name in book.sheets}
        self._file, self._line = path, 1
        self.origin: list[dict[str, str]] = []

    def at(self, line: int | str, file: str | None = None) -> None:
        """The rows that follow come from this line (of this file)."""
        self._line, self._file = int(line), self._file if file is None else file

    def columns(self, sheet: str) -> list[str]:
        """The codebook's columns of a sheet."""
        return self._book.sheets[sheet].columns

    def add(self, sheet: str, row: Mapping[str, str], *, once: bool = False, column: str = "") -> None:
        """Add a row; with `once`, only the first of its key. `column`: the file's column that its value stands in."""
        entry = self._book.sheets[sheet]
        key = tuple(str(row.get(c, "")) for c in entry.key)
        if once and key in self._seen[sheet]:
            return
        self._seen[sheet].add(key)
        self._rows[sheet].append({k: str(v) for k, v in row.items()})
        self._places[sheet].append(Place(self._file, self._line, column))
        for column in row:
            if column not in entry.columns and column not in self._extra[sheet]:
                self._extra[sheet].append(column)

    def extend(
        self,
        sheet: str,
        lookup: Mapping[str, Callable[[Mapping[str, str]], Mapping[str, str]]],
        columns: Sequence[str],
        get: Callable[[Mapping[str, str], str], str],
    ) -> None:
        """Add further columns to the rows of a sheet, taken from the row that `lookup` finds for each."""
        find = next(iter(lookup.values()))
        for row in self._rows[sheet]:
            origin = find(row)
            for column in columns:
                row.setdefault(column, get(origin, column))
        self._extra[sheet] += [
            c for c in columns if c not in self._extra[sheet] and c not in self._book.sheets[sheet].columns
        ]

    def extraction(self) -> Extraction:
        """The sheets as frames, every cell text."""
        tables = {}
        for name, entry in self._book.sheets.items():
            columns = [*entry.columns, *self._extra[name]]
            tables[name] = pd.DataFrame(self._rows[name], columns=columns, dtype=str).fillna("")
        return Extraction(tables, dict.fromkeys(tables, self.path), origin=self.origin, places=self._places)
