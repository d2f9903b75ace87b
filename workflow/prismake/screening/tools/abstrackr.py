"""Abstrackr: one row a citation, one column a reviewer with 1, 0 or -1 (relevant, maybe, irrelevant) and its time
beside it.

The reviewers' columns stand after `consensus` and `labeled_at`; a line of one cell ("citations that are not yet
labeled by anyone") parts the labelled from the rest, whose labels are blank. A label of `o` in `consensus` means
that there is none.
"""

from __future__ import annotations

import pandas as pd

from prismake.screening.tools.table import ROW, Source, cells, kept_rows, no_decisions, record_keys, tool_table
from prismake.screening.votes import decisions_of, empty_votes, joined, votes_frame

_LABELS = {"1": "include", "0": "maybe", "-1": "exclude"}
_LABELS |= {"1.0": "include", "0.0": "maybe", "-1.0": "exclude", "o": "unseen"}
_FIXED = (
    "(internal) id",
    "(source) id",
    "pubmed id",
    "keywords",
    "abstract",
    "title",
    "journal",
    "authors",
    "tags",
    "consensus",
)


def read(source: Source) -> pd.DataFrame:
    """Votes of an Abstrackr export, one for each label of each reviewer, and the consensus as a row of its own."""
    frame = kept_rows(source, tool_table(source))
    if not len(frame):
        return empty_votes()
    citation = frame[cells(frame, "(internal) id").str.fullmatch(r"\d+") | (cells(frame, "title") != "")]
    citation = citation.reset_index(drop=True)
    columns = [c for c in citation.columns if _is_reviewer(str(c))]
    if not columns:
        no_decisions(source, "It has no column of a reviewer.", len(citation))
        return empty_votes()
    votes = [_column(source, citation, str(c), str(c), "reviewer") for c in columns]
    votes.append(_column(source, citation, "consensus", "Consensus", "consensus"))
    return (
        joined([v[v["decision"] != "unseen"] for v in votes]).sort_values("row", kind="stable").reset_index(drop=True)
    )


def _is_reviewer(column: str) -> bool:
    return column not in _FIXED and column != ROW and not column.startswith("labeled_at") and "notes (" not in column


def _column(source: Source, frame: pd.DataFrame, column: str, reviewer: str, role: str) -> pd.DataFrame:
    typed = cells(frame, column)
    decision = decisions_of(typed, _LABELS, source.faults, file=source.file, rows=frame[ROW], column=column)
    keep = decision != ""
    part = frame[keep]
    names = [str(c) for c in frame.columns]
    beside = names[names.index(column) + 1] if column in names and names.index(column) + 1 < len(names) else ""
    time = cells(part, beside) if beside.startswith("labeled_at") else cells(part)
    own, internal = cells(part, "(source) id"), cells(part, "(internal) id")
    return votes_frame(
        len(part),
        phase=source.phase,
        record_key=record_keys(source, own.where(own != "", internal)),
        title=cells(part, "title"),
        reviewer=reviewer,
        role=role,
        decision=decision[keep],
        decided_at=time,
        note=cells(part, f"general notes ({reviewer})"),
        row=part[ROW],
    )
