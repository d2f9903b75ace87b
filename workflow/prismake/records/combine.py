"""The table of searches, and what only shows when all searches are seen together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.records import model
from prismake.records.identify import combine
from prismake.records.tables import parquet_parts

SEARCH_COLUMNS = [
    "search", "database", "platform", "kind", "date", "update", "hits", "in_file", "set_aside", "records", "format",
    "encoding", "files", "string", "limits",
]  # fmt: skip


def combined_parts(paths: Sequence[str | Path], order: Sequence[str]) -> Iterator[pd.DataFrame]:
    """The source records of all searches part by part, in the order of the searches and of their files.

    `paths`: one Parquet file for each search of `order`. Raises ValueError where an id is there twice.
    """
    seen: set[str] = set()
    empty = True
    for path, search in zip(paths, order, strict=True):
        for part in parquet_parts(path):
            part = combine([part], [search])
            ids = part["source_record_id"].tolist()
            twice = next((record for record in ids if record in seen), None)
            if twice is not None:
                raise ValueError(f"the source record id {twice!r} is there twice")
            seen.update(ids)
            empty = False
            yield part
    if empty:
        yield model.empty_frame()


def searches_table(searches: Sequence[Mapping[str, Any]], counts: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One row for each search, in the order of config: how it is configured and how many records it gave.

    `searches`: the searches of config; `counts`: what `import_search` wrote for each, in any order.
    """
    by_search = {count["search"]: count for count in counts}
    rows = []
    for search in searches:
        count = by_search[search["id"]]
        files = count["files"]
        rows.append(
            {
                "search": search["id"],
                "database": search["database"],
                "platform": search.get("platform") or _each(files, "platform"),
                "kind": search.get("kind") or "database",
                "date": str(search.get("date") or ""),
                "update": str(search.get("update") or 0),
                "hits": "" if search.get("hits") is None else str(search["hits"]),
                "in_file": str(count["in_file"]),
                "set_aside": str(count["set_aside"]),
                "records": str(count["records"]),
                "format": _each(files, "format"),
                "encoding": _each(files, "encoding"),
                "files": _each(files, "file"),
                "string": str(search.get("string") or ""),
                "limits": str(search.get("limits") or ""),
            }
        )
    return pd.DataFrame(rows, columns=SEARCH_COLUMNS, dtype=str)


def combined_faults(counts: Sequence[Mapping[str, Any]]) -> Faults:
    """Faults between searches: one file under two searches; counts that do not add up."""
    faults = Faults()
    seen: dict[str, tuple[str, str]] = {}
    for count in counts:
        for file in count["files"]:
            earlier = seen.setdefault(file["sha256"], (count["search"], file["file"]))
            if earlier[0] != count["search"]:
                faults.error(
                    "file-twice",
                    f"This file of search {count['search']} is the same as {earlier[1]} of search {earlier[0]}: "
                    "its records would count twice.",
                    file=file["file"],
                    expected="each export under one search",
                    mend="give each search the export of its own database",
                )
        if count["in_file"] != count["records"] + count["set_aside"]:
            faults.error(
                "records-lost",
                f"The files of search {count['search']} hold {count['in_file']} records, but {count['records']} "
                f"were read and {count['set_aside']} set aside.",
                expected="records read + set aside = records in the files",
                mend="report the files: their form is not understood",
            )
    return faults


def _each(files: Sequence[Mapping[str, Any]], key: str) -> str:
    return "; ".join(dict.fromkeys(str(file[key]) for file in files if file[key]))
