"""Long spreadsheets: one row a decision. The native form, to which everything else converts."""

from __future__ import annotations

import re

import pandas as pd

from prismake.screening.tools.table import (
    ROW,
    Source,
    cells,
    column_like,
    kept_rows,
    no_decisions,
    record_keys,
    required_cells,
    tool_table,
)
from prismake.screening.votes import (
    BLANKS,
    PHASES,
    ROLES,
    as_text,
    decisions_of,
    empty_votes,
    mapped_reasons,
    typed_key,
    vocabulary,
    votes_frame,
)

KEYS = ("record_key", "record_id", "source_record_id", "key", "id")
REPORT_KEYS = ("report_key", "report_id")
REASONS = (
    "reasons",
    "reason",
    "exclusion reasons",
    "exclusion reason",
    "reason for exclusion",
    "reasons for exclusion",
)
_PHASE_WORDS = {"title_abstract": ("ta", "1", "tiab", "title"), "full_text": ("ft", "2", "full text", "fulltext")}
"""Words by which a phase is known, the whole of what is typed or, from four letters on, its beginning."""


def read(source: Source) -> pd.DataFrame:
    """Votes of a long sheet with columns phase, record_id, reviewer, decision, reason, decided_at, round, note, role;
    report_id beside or instead of record_id where a record has several reports.

    Config may name other columns, fix the phase, the reviewer, the role and the decision (`options: {decision:
    include}` for a list of decided records), or derive the decision from criteria (`options: {criteria: {column:
    {typed: reason}}}`: a row with no failed criterion includes).
    """
    frame = kept_rows(source, tool_table(source))
    decision, reasons = _decisions(source, frame)
    if decision is None:
        return empty_votes()
    keep = decision != ""
    if not keep.all():
        source.faults.info("blank-decisions", f"{int((~keep).sum())} rows have no decision yet.", file=source.file)
    frame, decision, reasons = frame[keep], decision[keep], reasons[keep]
    report = _column(source, frame, "report_key", *REPORT_KEYS)
    record = _column(source, frame, "record_key", *KEYS)
    return votes_frame(
        len(frame),
        phase=_phases(source, frame),
        round=_column(source, frame, "round"),
        calibration=_column(source, frame, "calibration"),
        record_key=record_keys(source, record.where(record != "", report)),
        report_key=report,
        title=_column(source, frame, "title"),
        doi=_column(source, frame, "doi"),
        year=_column(source, frame, "year", "publication year"),
        reviewer=_column(source, frame, "reviewer", "coder", "user", "who"),
        role=_roles(source, frame),
        decision=decision,
        reasons=reasons,
        decided_at=_column(source, frame, "decided_at", "date", "time"),
        note=_column(source, frame, "note", "notes", "comments"),
        row=frame[ROW],
    )


def _column(source: Source, frame: pd.DataFrame, name: str, *others: str) -> pd.Series:
    named = source.column(name)
    if named:
        found = required_cells(source, frame, name, named)
        return found if found is not None else cells(frame)
    return cells(frame, name, *others)


def _decisions(source: Source, frame: pd.DataFrame) -> tuple[pd.Series | None, pd.Series]:
    """Decision and reasons of each row."""
    blank = cells(frame)
    fixed, criteria = source.options.get("decision"), source.options.get("criteria")
    if criteria:
        return by_criteria(source, frame, criteria)
    named = source.column("reason")
    typed_reasons = _column(source, frame, "reason") if named else cells(frame, *REASONS)
    reasons = mapped_reasons(typed_reasons, source.settings.get("reasons"))
    if fixed:
        fixed_reason = str(source.options.get("reason", ""))
        return blank + str(fixed), reasons.where(reasons != "", fixed_reason)
    name = source.column("decision") or column_like(frame, "decision")
    if not name and not len(frame):
        return blank, reasons
    if not name:
        no_decisions(
            source,
            "This sheet has no column `decision`.",
            len(frame),
            mend="name the column that holds it (columns: {decision: COLUMN}), or, for a list of records that were all "
            "decided alike, the decision (options: {decision: include}), in config",
            columns=frame.columns,
        )
        return None, blank
    typed = required_cells(source, frame, "decision", name)
    if typed is None:
        return None, blank
    decided = decisions_of(
        typed,
        vocabulary(source.settings.get("values")),
        source.faults,
        file=source.file,
        rows=frame[ROW],
        column=name,
    )
    return decided, reasons


def by_criteria(
    source: Source, frame: pd.DataFrame, criteria: dict[str, dict[object, str]]
) -> tuple[pd.Series | None, pd.Series]:
    """Decisions from criteria: {column: {typed value that fails: reason}}; all blank is no decision, none failed
    an inclusion."""
    seen = pd.Series(False, index=frame.index)
    reasons = cells(frame)
    for name, failing in criteria.items():
        typed = required_cells(source, frame, "criterion", name)
        if typed is None:
            return None, reasons
        table = {typed_key(k): v for k, v in failing.items()}
        key = typed.map(typed_key)
        seen |= ~key.isin(BLANKS)
        failed = as_text(key.map(table))
        reasons = (reasons + "; " + failed).str.strip("; ").where(failed != "", reasons)
    decided = pd.Series("include", index=frame.index).where(reasons == "", "exclude").where(seen, "")
    return decided, reasons


def _phases(source: Source, frame: pd.DataFrame) -> pd.Series:
    named = source.column("phase") or column_like(frame, "phase")
    if not named or (source.settings.get("phase") and not source.column("phase")):
        return cells(frame) + source.phase
    typed = cells(frame, named)
    phase = typed.map({value: _phase(value) for value in typed.unique()}).astype(str)
    for value in sorted(typed[phase == ""].unique()):
        line = int(frame.loc[(phase == "") & (typed == value), ROW].iloc[0])
        source.faults.error(
            "unknown-phase",
            "This is no phase of screening.",
            file=source.file,
            line=line,
            column=named,
            value=value,
            expected=" or ".join(PHASES),
            mend="write title_abstract or full_text",
        )
    return phase


def _phase(typed: str) -> str:
    """`Title & abstract`, `abstract screening`, `full-text review`, `TA` and `2` as phases; "" for what is none."""
    words = re.sub(r"[\W_]+", " ", typed_key(typed)).strip()
    for phase, known in _PHASE_WORDS.items():
        if words in known or words.startswith(tuple(word for word in known if len(word) > 3)):
            return phase
    return "title_abstract" if words.startswith("abstract") else ""


def _roles(source: Source, frame: pd.DataFrame) -> pd.Series:
    typed = _column(source, frame, "role", "reviewer_role")
    role = typed.map(typed_key)
    wrong = ~role.isin([*ROLES, *BLANKS])
    for value in sorted(typed[wrong].unique()):
        line = int(frame.loc[typed == value, ROW].iloc[0])
        source.faults.error(
            "unknown-role",
            "This is no role in screening.",
            file=source.file,
            line=line,
            column="role",
            value=value,
            expected="one of " + ", ".join(ROLES),
            mend="write reviewer, adjudicator, consensus or automation",
        )
    return role.where(role.isin(ROLES), "")
