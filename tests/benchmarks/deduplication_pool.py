"""Deduplicate a pool of raw exports, and what came out again: nothing may change.

    python tests/benchmarks/deduplication_pool.py FOLDER [FOLDER ...] [--labelled DIR] [--mode careful ...]

Every export in the folders and below them is read as a search of its own; entries that are equal in all but their search are taken once.
`--labelled`: the labelled sets of a folder too, each by itself. For every mode: the records, those of a second run on the
result, whether the same rows in reverse order give the same tables, and what the pool asks about.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from pathlib import Path

import pandas as pd
from deduplication import source_records
from prismake.deduplication.pipeline import Deduplicated, deduplicate
from prismake.messages.faults import InputFaults
from prismake.records.search import Imported, import_parts

SUFFIXES = {".ris", ".csv", ".txt", ".xls", ".xlsx", ".bib", ".nbib", ".ciw", ".xml", ".enw", ".tsv", ".json", ".ovd", ".zip"}  # fmt: skip
CONTENT = ["accession", "pmid", "doi", "entry_type", "title", "title_alternative", "authors", "year", "journal", "journal_abbreviation", "volume",
           "issue", "pages", "article_number", "issn", "isbn", "publisher", "language", "abstract", "keywords", "database"]  # fmt: skip
MODES = ("careful", "only exact", "eager")


def pooled(folders: list[Path]) -> pd.DataFrame:
    """The source records of all exports that the library can read, equal ones once."""
    paths = sorted({path for folder in folders for path in folder.rglob("*") if path.is_file()})
    parts = []
    for path in paths:
        if path.name in ("ORIGINS.csv", "README.md"):
            continue
        search = hashlib.md5(path.as_posix().encode(), usedforsecurity=False).hexdigest()[:8]
        try:
            parts += import_parts(Imported(search), [str(path)], {"id": search, "format": "auto"})
        except InputFaults:
            print(f"not an export: {path.name}")
    pool = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return pool.drop_duplicates(CONTENT, ignore_index=True)


def again(found: Deduplicated, **more: object) -> Deduplicated:
    """The deduplication of what came out of one."""
    return deduplicate(found.records.rename(columns={"record_id": "source_record_id"}), **more)


def told(name: str, records: pd.DataFrame, mode: str) -> bool:
    """Deduplicate, deduplicate again and in reverse order, print a line, and say whether nothing changed."""
    start = time.process_time()
    found = deduplicate(records, settings={"mode": mode})
    seconds = time.process_time() - start
    second = again(found, settings={"mode": mode})
    back = deduplicate(records.iloc[::-1], settings={"mode": mode})
    tables = ("records", "membership", "pairs", "queue", "related", "conflicts")
    same = all(getattr(found, t).to_csv() == getattr(back, t).to_csv() for t in tables)
    changed = found.records["record_id"].tolist() != second.records["record_id"].tolist()
    print(f"{name:24} {mode:12} {len(records):6} records as {len(found.records):6}, again {len(second.records):6}; queue {len(found.queue)}, "
          f"kept apart {int((found.records['kept_apart'] != '').sum())}; in reverse order {'the same' if same else 'CHANGED'}; {seconds:.1f} CPU s", flush=True)  # fmt: skip
    return same and not changed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--labelled", type=Path)
    parser.add_argument("--mode", nargs="*", default=list(MODES), choices=MODES)
    given = parser.parse_args()
    sets = {}
    for path in sorted(given.labelled.glob("*.records.csv")) if given.labelled else ():
        sets[path.name.removesuffix(".records.csv")] = source_records(path)
    if given.folders:
        sets["pool"] = pooled(given.folders)
    right = [told(name, records, mode) for name, records in sets.items() for mode in given.mode]
    raise SystemExit(0 if all(right) else 1)


if __name__ == "__main__":
    main()
