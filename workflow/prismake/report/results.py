"""Reading results/: every file by its path there, absent and empty files as empty, each with its checksum.

A report is built at any moment of a review, so nothing here fails for what is not there yet.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

Row = dict[str, str]


class UndeclaredFile(LookupError):
    """A file was read that the rule did not declare as its input: it would not be rebuilt when that file changes."""


class Results:
    """The files of results/.

    Args:
        folder: results/ of a review.
        declared: paths relative to `folder` that may be read; None allows every file.
    """

    def __init__(self, folder: Path, declared: Iterable[str] | None = None) -> None:
        self.folder = Path(folder)
        self._declared = None if declared is None else frozenset(declared)
        self._tables: dict[str, list[Row]] = {}
        self._json: dict[str, Any] = {}
        self._sums: dict[str, str] = {}

    def path(self, name: str) -> Path:
        """Where the file `name` is. Raises `UndeclaredFile` if it was not declared."""
        if self._declared is not None and name not in self._declared:
            raise UndeclaredFile(f"results/{name} is read by the report but is not an input of its rule")
        return self.folder / name

    def knows(self, name: str) -> bool:
        """True if the file may be read and is there."""
        return (self._declared is None or name in self._declared) and (self.folder / name).is_file()

    def text(self, name: str) -> str:
        """The file as text, "" if it is not there."""
        path = self.path(name)
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def json(self, name: str) -> Any:
        """The file as JSON, {} if it is not there."""
        if name not in self._json:
            text = self.text(name)
            self._json[name] = json.loads(text) if text.strip() else {}
        return self._json[name]

    def table(self, name: str) -> list[Row]:
        """The rows of a CSV as text by column, [] if it is not there or has only its header."""
        if name not in self._tables:
            self._tables[name] = list(self.rows(name))
        return self._tables[name]

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a CSV one by one, for files of which nobody needs all rows at once."""
        csv.field_size_limit(2**31 - 1)
        path = self.path(name)
        if path.is_file():
            with path.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    yield {k: v or "" for k, v in row.items() if k is not None}

    def grouped(self, name: str, columns: Sequence[str]) -> Counter[tuple[str, ...]]:
        """How many rows of a CSV have the same values of some columns; a column that it lacks is blank."""
        csv.field_size_limit(2**31 - 1)
        path = self.path(name)
        if not path.is_file():
            return Counter()
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            head = next(reader, [])
            places = [head.index(column) if column in head else -1 for column in columns]
            return Counter(tuple(row[at] if 0 <= at < len(row) else "" for at in places) for row in reader if row)

    def parquet(self, name: str, columns: list[str], among: tuple[str, set[str]] | None = None) -> list[dict[str, Any]]:
        """Rows of a Parquet file, the given columns that it has; [] if it is not there.

        `among` takes only rows of which one column has one of the values.
        """
        path = self.path(name)
        if not path.is_file():
            return []
        import pyarrow.parquet as pq

        present = set(pq.read_schema(path).names)
        filters = [(among[0], "in", among[1])] if among and among[1] else None
        if among and not among[1]:
            return []
        rows = pq.read_table(path, columns=[c for c in columns if c in present], filters=filters).to_pylist()
        return [{c: "" if row.get(c) is None else row[c] for c in columns} for row in rows]

    def sha256(self, name: str) -> str:
        """Checksum of the file, "" if it is not there."""
        if name not in self._sums:
            path = self.path(name)
            self._sums[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        return self._sums[name]

    @cached_property
    def analyses(self) -> list[str]:
        """Names of the analyses that have a result file, sorted."""
        names = sorted(p.parent.name for p in self.folder.glob("analyses/*/result.json"))
        return [n for n in names if self.knows(f"analyses/{n}/result.json")]

    def analysis(self, name: str) -> dict[str, Any]:
        """The result of one analysis."""
        return self.json(f"analyses/{name}/result.json")


def number_in(text: str) -> float | None:
    """The number that a cell of a results table holds, None where it holds none."""
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if value == value and abs(value) != float("inf") else None


def is_true(text: str) -> bool:
    """A truth value as results tables write it."""
    return text.strip().lower() in ("true", "yes", "1")


def rows_of(path: str) -> list[Row]:
    """The rows of one table."""
    return Results(Path(path).parent).table(Path(path).name)


def grouped(path: str, *columns: str) -> Counter[tuple[str, ...]]:
    """How many rows of one table have each combination of values in the columns."""
    return Results(Path(path).parent).grouped(Path(path).name, columns)
