"""The flow of a living review: each search wave by itself, and all waves together (PRISMA-LSR, BMJ 2024;387:e079183).

A wave is the first search (0) or an update (1, 2, ...). A record belongs to the wave of its earliest source record,
so a record that an update finds again is a duplicate of that update and is not screened in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from prismake.flow.tables import FlowTables

UPDATE_COUNTS = [
    "database_results",
    "register_results",
    "duplicates",
    "excluded_automatic",
    "excluded_other",
    "records_screened",
    "records_excluded",
    "records_advanced",
    "records_ongoing",
    "records_awaiting",
    "records_pending",
    "dbr_sought_reports",
    "dbr_notretrieved_reports",
    "dbr_assessed",
    "dbr_excluded",
    "dbr_included_reports",
]
"""The lists that a wave divides; those of other methods have no search, hence no wave."""
STUDIES = "new_studies"
"""The list of studies; one that other methods alone found belongs to no wave."""


def wave_of_searches(tables: FlowTables) -> dict[str, int]:
    """Search -> wave; 0 where the searches have no column `update` or it is blank."""
    waves = tables.searches["update"] if "update" in tables.searches else pd.Series("0", tables.searches.index)
    return {
        search: int(wave) if wave.strip().isdigit() else 0
        for search, wave in zip(tables.searches["search"], waves, strict=True)
    }


def wave_of_ids(tables: FlowTables) -> dict[str, int]:
    """Source record, record and report id -> wave."""
    of_search = wave_of_searches(tables)
    rows = tables.source_records
    waves = {i: of_search.get(s, 0) for i, s in zip(rows["source_record_id"], rows["search"], strict=True)}
    first = tables.membership[tables.membership["earliest"].eq("true")]
    of_record = {
        record: waves[source]
        for record, source in zip(first["record_id"], first["source_record_id"], strict=True)
        if source in waves
    }
    of_report = {  # a report of several records belongs to the wave that found the first of them
        report: min(of_record[record] for record in records)
        for report, cell in zip(tables.reports["report_id"], tables.reports["record_id"], strict=True)
        if (records := [record for record in cell.split("; ") if record in of_record])
    }
    return {**of_report, **of_record, **waves}


def wave_of_studies(tables: FlowTables) -> dict[str, int]:
    """Study -> the wave that found the first of its reports."""
    waves = wave_of_ids(tables)
    found: dict[str, int] = {}
    for study, report in zip(tables.study_links["study_id"], tables.study_links["report_id"], strict=True):
        if report in waves:
            found[study] = min(waves[report], found.get(study, waves[report]))
    return found


def wave_of_all(tables: FlowTables) -> dict[str, int]:
    """Source record, record, report and study id -> wave."""
    return {**wave_of_studies(tables), **wave_of_ids(tables)}


def split_by_wave(tables: FlowTables, lists: Mapping[str, list[str]]) -> dict[int, dict[str, list[str]]]:
    """Wave -> box -> the ids of the box that belong to the wave, for every wave that was searched."""
    waves = wave_of_ids(tables)
    split: dict[int, dict[str, list[str]]] = {
        wave: {box: [] for box in UPDATE_COUNTS} for wave in sorted(set(wave_of_searches(tables).values()))
    }
    for box in UPDATE_COUNTS:
        for one in lists[box]:
            if one in waves:
                split[waves[one]][box].append(one)
    return split


def per_update(tables: FlowTables, lists: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """One entry a wave: its number, name, date, searches, counts, and the counts of all waves up to it (cumulative)."""
    entries: list[dict[str, Any]] = []
    of_search, of_study = wave_of_searches(tables), wave_of_studies(tables)
    total = dict.fromkeys([*UPDATE_COUNTS, STUDIES], 0)
    for wave, ids in split_by_wave(tables, lists).items():
        counts = {box: len(ids[box]) for box in UPDATE_COUNTS}
        counts[STUDIES] = sum(of_study.get(study) == wave for study in lists[STUDIES])
        total = {box: total[box] + counts[box] for box in counts}
        entries.append(
            {
                "update": wave,
                "name": "First search" if wave == 0 else f"Update {wave}",
                "date": _last_date(tables, {search for search, of in of_search.items() if of == wave}),
                "searches": [search for search, of in of_search.items() if of == wave],
                "counts": counts,
                "cumulative": total,
            }
        )
    return entries


def update_table(updates: list[dict[str, Any]]) -> pd.DataFrame:
    """The table of PRISMA-LSR: a row a wave, each count by itself and cumulative."""
    boxes = [*UPDATE_COUNTS, STUDIES]
    columns = ["update", "name", "date", *boxes, *(f"cumulative_{box}" for box in boxes)]
    rows = [
        {
            "update": entry["update"],
            "name": entry["name"],
            "date": entry["date"],
            **entry["counts"],
            **{f"cumulative_{box}": n for box, n in entry["cumulative"].items()},
        }
        for entry in updates
    ]
    return pd.DataFrame(rows, columns=columns)


def _last_date(tables: FlowTables, searches: set[str]) -> str:
    if "date" not in tables.searches:
        return ""
    return max(tables.searches.loc[tables.searches["search"].isin(searches), "date"], default="")
