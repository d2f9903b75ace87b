"""metagear (R): an effort sheet for each reviewer with STUDY_ID, REVIEWERS and INCLUDE (YES, NO, MAYBE, not vetted)."""

from __future__ import annotations

import pandas as pd

from prismake.screening.tools.table import (
    NAME_IT,
    ROW,
    Source,
    cells,
    column_like,
    kept_rows,
    no_decisions,
    record_keys,
    tool_table,
)
from prismake.screening.votes import decisions_of, empty_votes, mapped_reasons, vocabulary, votes_frame


def read(source: Source) -> pd.DataFrame:
    """Votes of an effort sheet; what was not vetted is unseen."""
    frame = kept_rows(source, tool_table(source))
    label = source.column("decision") or column_like(frame, "INCLUDE")
    if not len(frame):
        return empty_votes()
    if not label:
        no_decisions(source, "It has no column INCLUDE.", len(frame), mend=NAME_IT, columns=frame.columns)
        return empty_votes()
    words = vocabulary(source.settings.get("values")) | {"not vetted": "unseen"}
    decision = decisions_of(frame[label], words, source.faults, file=source.file, rows=frame[ROW], column=label)
    named = source.column("reason")
    reasons = mapped_reasons(cells(frame, named), source.settings.get("reasons")) if named else cells(frame)
    return votes_frame(
        len(frame),
        phase=source.phase,
        record_key=record_keys(source, cells(frame, source.column("record_key"), "Key", "STUDY_ID")),
        title=cells(frame, source.column("title"), "title"),
        doi=cells(frame, source.column("doi"), "doi"),
        year=cells(frame, source.column("year"), "publication year", "year"),
        reviewer=cells(frame, source.column("reviewer"), "REVIEWERS"),
        decision=decision.where(decision != "", "unseen"),
        reasons=reasons.where(decision == "exclude", ""),
        row=frame[ROW],
    )
