"""Wide spreadsheets: one row a record, one column a reviewer, perhaps a column with the final decision."""

from __future__ import annotations

from typing import Any

import pandas as pd

from prismake.screening.tools.long import KEYS, REPORT_KEYS
from prismake.screening.tools.table import (
    ROW,
    Source,
    cells,
    kept_rows,
    record_keys,
    required_cells,
    tool_table,
)
from prismake.screening.votes import (
    BLANKS,
    decisions_of,
    empty_votes,
    joined,
    mapped_reasons,
    typed_key,
    vocabulary,
    votes_frame,
)


def read(source: Source) -> pd.DataFrame:
    """Votes of a wide sheet: `reviewers` {column: name}, `adjudicator` and `consensus` {column, name, only_conflicts}.

    A reason column stands for the record: it goes to those who exclude it. `options: {reason_columns: {reviewer:
    column}, note_columns: {reviewer: column}}` where each reviewer has one.
    """
    frame = kept_rows(source, tool_table(source))
    columns = {str(c): str(n) for c, n in (source.settings.get("reviewers") or {}).items()}
    if not columns and not source.settings.get("adjudicator") and not source.settings.get("consensus"):
        source.faults.error(
            "no-reviewer-columns",
            "A wide sheet needs the columns of its reviewers.",
            file=source.file,
            expected="reviewers: {column: name}",
            mend="name them in config, or use the tool `long`",
        )
        return empty_votes()
    if not len(frame):
        return empty_votes()
    votes = [_column_of(source, frame, column, name, "reviewer") for column, name in columns.items()]
    differ = _differ(votes, frame)
    for role in ("adjudicator", "consensus"):
        settings = source.settings.get(role)
        if settings:
            name = str(settings.get("name") or role.capitalize())
            votes.append(_column_of(source, frame, str(settings["column"]), name, role, settings, differ))
    result = joined(votes).sort_values("row", kind="stable").reset_index(drop=True)
    _reasons_of_included(source, frame, result)
    return result


def _column_of(
    source: Source,
    frame: pd.DataFrame,
    column: str,
    reviewer: str,
    role: str,
    settings: dict[str, Any] | None = None,
    differ: pd.Series | None = None,
) -> pd.DataFrame:
    typed = required_cells(source, frame, "decision", column)
    if typed is None:
        return empty_votes()
    words = vocabulary(source.settings.get("values"))
    decided = decisions_of(typed, words, source.faults, file=source.file, rows=frame[ROW], column=column)
    keep = decided != ""
    if settings and settings.get("only_conflicts") and differ is not None:
        keep &= differ
    part, decided = frame[keep], decided[keep]
    shared = source.column("reason")
    own = (source.options.get("reason_columns") or {}).get(reviewer, "")
    note = (source.options.get("note_columns") or {}).get(reviewer, "") or source.column("note")
    typed_reasons = cells(part, own, shared) if own or shared else cells(part)
    reasons = mapped_reasons(typed_reasons, source.settings.get("reasons"))
    report = cells(part, source.column("report_key"), *REPORT_KEYS)
    record = cells(part, source.column("record_key"), *KEYS)
    return votes_frame(
        len(part),
        phase=source.phase,
        round=cells(part, source.column("round")) if source.column("round") else "",
        record_key=record_keys(source, record.where(record != "", report)),
        report_key=report,
        title=cells(part, source.column("title"), "title"),
        doi=cells(part, source.column("doi"), "doi"),
        year=cells(part, source.column("year"), "year", "publication year"),
        reviewer=reviewer,
        role=role,
        decision=decided,
        reasons=reasons.where((decided == "exclude") | (own != ""), ""),
        decided_at=cells(part, source.column("decided_at")) if source.column("decided_at") else "",
        note=cells(part, note) if note else "",
        row=part[ROW],
    )


def _differ(votes: list[pd.DataFrame], frame: pd.DataFrame) -> pd.Series:
    """Rows whose reviewers decided differently."""
    counts = joined(votes).groupby("row")["decision"].nunique()
    return frame[ROW].map(counts).fillna(0).gt(1)


def _reasons_of_included(source: Source, frame: pd.DataFrame, votes: pd.DataFrame) -> None:
    """A reason beside a record that nobody excludes is a slip that would be lost, so it is an error."""
    shared = source.column("reason")
    if not shared:
        return
    typed = cells(frame, shared)
    given = ~typed.map(typed_key).isin(BLANKS)
    decided = set(votes["row"])
    excluded = set(votes.loc[votes["decision"] == "exclude", "row"])
    for i in frame.index[given & frame[ROW].isin(decided) & ~frame[ROW].isin(excluded)]:
        source.faults.error(
            "include-with-reason",
            "An exclusion reason stands beside a record that nobody excludes.",
            file=source.file,
            line=int(frame.at[i, ROW]),
            column=shared,
            value=typed[i],
            expected="a reason only where a record is excluded",
            mend="remove the reason or correct the decision",
        )
