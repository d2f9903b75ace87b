"""Overlap: which records which databases found, as a table (PRISMA-S asks for it) and as what an UpSet plot shows."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

OVERLAP_COLUMNS = ("databases", "n_databases", "records")


def overlap_table(databases: list[str]) -> pd.DataFrame:
    """For each combination of databases the number of records found in exactly these, largest first.

    `databases`: one text a record, names joined by "; " in sorted order.
    """
    counts = Counter(text or "(not named)" for text in databases)
    rows = [(names, len(names.split("; ")), n) for names, n in counts.items()]
    rows.sort(key=lambda row: (-row[2], row[1], row[0]))
    return pd.DataFrame(rows, columns=list(OVERLAP_COLUMNS)).astype(
        {"databases": str, "n_databases": "Int64", "records": "Int64"}
    )


def contributions(table: pd.DataFrame, source_records: Counter[str]) -> list[dict[str, Any]]:
    """For each database: source records, records, records that no other database found."""
    found: dict[str, dict[str, int]] = {}
    for names, _, n in table.itertuples(index=False):
        parts = names.split("; ")
        for name in parts:
            entry = found.setdefault(name, {"records": 0, "unique": 0})
            entry["records"] += int(n)
            entry["unique"] += int(n) if len(parts) == 1 else 0
    return [
        {"database": name, "source_records": int(source_records.get(name, 0)), **entry}
        for name, entry in sorted(found.items(), key=lambda item: (-item[1]["records"], item[0]))
    ]
