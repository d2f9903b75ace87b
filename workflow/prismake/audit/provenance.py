"""Provenance: what a build read, with which code and which versions, where each number stands and what is behind it."""

from __future__ import annotations

import csv
import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pandas as pd

from prismake.audit.catalogue import Place
from prismake.protocol.rule_book import shown_path

# The packages whose version can change a byte of the results.
PACKAGES = (
    "fonttools", "jinja2", "markdown-it-py", "matplotlib", "numpy", "openpyxl", "pandas", "pillow", "pyarrow",
    "pypandoc-binary", "python-calamine", "pyyaml", "rapidfuzz", "rocrate", "scipy", "snakemake", "typst",
    "xlrd",
)  # fmt: skip

NUMBER_COLUMNS = ["name", "value", "file", "key", "stamp", "deviations", "rule", "ids_file", "ids_column", "ids_where", "n_ids"]  # fmt: skip

# First part of a number's name -> the table whose rows are counted in it, and their id.
_TABLES = {
    "deduplication": ("results/deduplication/membership.csv", "source_record_id"),
    "agreement": ("results/screening/ledger.csv", "vote_id"),
    "risk_of_bias": ("results/risk_of_bias/overall.csv", "study_id"),
    "risk_of_bias_agreement": ("results/risk_of_bias/judgements.csv", "study_id"),
    "narrative": ("results/narrative/directions.csv", "study_id"),
}


def sha256(path: Path) -> str:
    """sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def shown(path: str, data_root: str) -> str:
    """The path as it is recorded: below data_root as `data_root/...`, so that no folder of a machine is named."""
    return shown_path(path, Path(data_root) if data_root else None)


def input_hashes(paths: Iterable[str], data_root: str) -> list[dict[str, str]]:
    """file and sha256 of every input, sorted by the file as it is shown, so that no machine's folders decide the order."""
    named = {shown(path, data_root): path for path in paths}
    return [{"file": name, "sha256": sha256(Path(path))} for name, path in sorted(named.items())]


def versions(packages: Iterable[str] = PACKAGES) -> dict[str, str]:
    """Package -> installed version; packages that are not installed are left out."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def python_version() -> str:
    """The version of Python up to its second number; the third changes no result."""
    return ".".join(map(str, sys.version_info[:2]))


def number_table(
    places: Mapping[str, Place],
    stamps: Mapping[str, tuple[str, str]],
    results: Mapping[str, Mapping[str, Any]],
    rules: Sequence[Mapping[str, Any]],
    rows_of: Ids,
) -> pd.DataFrame:
    """Every number by name: file, key, stamp, the rule that made it, and the ids behind it, with `NUMBER_COLUMNS`.

    Args:
        places: of `prismake.audit.catalogue`.
        stamps: first part of a name -> (stamp, ids of deviations).
        results: analysis -> the content of its result.json.
        rules: entries of `prismake.protocol.rule_book`.
        rows_of: reads the tables that hold ids.
    """
    makers = {path: rule["rule"] for rule in rules for path in rule["makes"]}
    rows = []
    for name, place in sorted(places.items()):
        part = name.partition(".")[0]
        ids = _behind(part, place, results, rows_of)
        rows.append(
            [
                name,
                "" if place.value is None else str(place.value),
                place.file,
                place.key,
                *stamps.get(part, ("", "")),
                makers.get(place.file) or makers.get(_with_wildcard(place.file), ""),
                *ids,
            ]
        )
    return pd.DataFrame(rows, columns=NUMBER_COLUMNS, dtype=str)


class Ids:
    """Counts the rows of tables with ids; a table that is not there has none.

    Args:
        folder: the review folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._table = cache(self._read)
        self._values = cache(self._counted)

    def _read(self, file: str) -> list[dict[str, str]] | None:
        path = self._folder / file
        if not path.is_file():
            return None
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def column(self, file: str) -> str:
        """The first column of a table, "" where there is no table."""
        rows = self._table(file)
        if rows:
            return next(iter(rows[0]))
        path = self._folder / file
        return path.read_text(encoding="utf-8").split("\n")[0].split(",")[0] if path.is_file() else ""

    def count(self, file: str, column: str = "", value: str = "", *, unlike: bool = False) -> int | None:
        """Rows of a table, of those where a column has (or, `unlike`, has not) a value; None where there is no table."""
        rows = self._table(file)
        if rows is None or (column and rows and column not in rows[0]):
            return None
        if not column:
            return len(rows)
        found = self._values(file, column)[value]
        return len(rows) - found if unlike else found

    def _counted(self, file: str, column: str) -> Counter[str]:
        """How often each value stands in a column of a table."""
        return Counter(row[column] for row in self._table(file) or [])


def _behind(part: str, place: Place, results: Mapping[str, Mapping[str, Any]], rows_of: Ids) -> list[str]:
    """ids_file, ids_column, ids_where and n_ids of a number; blank where no table of ids is behind it."""
    where, column, value, unlike = "", "", "", False
    if part == "flow":
        file = f"results/flow/ids/{place.key.removeprefix('boxes.')}.csv"
        name = rows_of.column(file)
    elif part in _TABLES:
        file, name = _TABLES[part]
    else:
        file, name = f"results/analyses/{part}/effects.csv", "effects"
        column, value, unlike = _rows_of_key(place.key, results.get(part, {}))
        where = f"{column} {'is not' if unlike else 'is'} {value}" if column else ""
    n = rows_of.count(file, column, value, unlike=unlike)
    return ["", "", "", ""] if n is None else [file, name, where, str(n)]


def _rows_of_key(key: str, result: Mapping[str, Any]) -> tuple[str, str, bool]:
    """(column, value, unlike) of the rows of an analysis that a key rests on; ("", "", False) for all of them."""
    parts = key.split(".")
    if parts[0] == "subgroups" and len(parts) > 3 and parts[2] == "levels" and parts[3].isdigit():
        return parts[1], str(result["subgroups"][parts[1]]["levels"][int(parts[3])].get("level", "")), False
    if parts[:2] == ["sensitivity", "leave_one_out"] and len(parts) > 2 and parts[2].isdigit():
        left = result["sensitivity"]["leave_one_out"][int(parts[2])]
        if "left_out" in left:
            return "study_id", str(left["left_out"]), True
    return "", "", False


def _with_wildcard(file: str) -> str:
    """`results/analyses/primary/result.json` as the rule names it."""
    parts = file.split("/")
    return "/".join([*parts[:2], "{analysis}", *parts[3:]]) if parts[:2] == ["results", "analyses"] else file
