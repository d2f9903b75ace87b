"""The tables that the flow is counted from, with their columns checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from prismake.messages.faults import Faults

COLUMNS: dict[str, list[str]] = {
    "searches": ["search", "database", "kind", "records"],
    "source_records": ["source_record_id", "search"],
    "membership": ["source_record_id", "record_id", "earliest"],
    "excluded_before": ["record_id", "kind", "reason"],
    "decisions": ["phase", "record_id", "decision", "basis", "status"],
    "ledger": ["phase", "record_id", "reviewer", "role", "decision"],
    "reports": ["report_id", "record_id", "arm", "method", "sought", "retrieval", "full_text", "primary_reason"],
    "studies": ["study_id", "origin"],
    "study_links": ["study_id", "report_id"],
}
"""The columns that each table must have; more are welcome."""
LEDGER_COLUMNS = ["vote_id", *COLUMNS["ledger"], "report_id", "state", "round", "calibration"]
"""What is kept of the ledger: of a million records it has two million rows, and titles, notes and files count nothing."""


@dataclass(frozen=True)
class FlowTables:
    """The tables of a review from its searches to its studies, every cell as text, blank as ""."""

    searches: pd.DataFrame
    source_records: pd.DataFrame
    membership: pd.DataFrame
    excluded_before: pd.DataFrame
    decisions: pd.DataFrame
    ledger: pd.DataFrame
    reports: pd.DataFrame
    studies: pd.DataFrame
    study_links: pd.DataFrame


def flow_tables(frames: Mapping[str, pd.DataFrame]) -> FlowTables:
    """Check that every table has its columns and make all cells text.

    Args:
        frames: the tables by their names in `COLUMNS`; one that is not given is empty.

    Raises:
        InputFaults: where a column is missing.
    """
    faults = Faults()
    tables = {}
    for name, columns in COLUMNS.items():
        frame = frames.get(name)
        if frame is None:
            frame = pd.DataFrame(columns=columns)
        for column in columns:
            if column not in frame.columns:
                faults.error(
                    "missing-column",
                    f"the table of {name.replace('_', ' ')} has no column {column!r}",
                    column=column,
                    expected=f"the columns {', '.join(columns)}",
                    mend="build the stage that makes this table again",
                )
        kept = [column for column in frame if name != "ledger" or column in LEDGER_COLUMNS]
        tables[name] = _as_text(frame[kept])
    faults.raise_errors()
    return FlowTables(**tables)


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """All cells as text, truth values as true/false, missing as ""."""
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if column.dtype == bool:
            column = column.map({True: "true", False: "false"})
        if not pd.api.types.is_string_dtype(column) or column.hasnans:
            column = column.astype(object).where(column.notna(), "").map(str)
        columns[name] = column.astype(object)
    return pd.DataFrame(columns, columns=list(frame.columns), dtype=object).reset_index(drop=True)
