"""ASReview: one label a record and project, in CSV, XLSX or RIS, on title and abstract.

Version 3 writes `asreview_label`, `asreview_time`, `asreview_note`, `asreview_user_name`; version 1 `included`;
RIS has a note
`ASReview_relevant`, `ASReview_irrelevant` or `ASReview_not_seen`. Not seen is not excluded: it stays pending until the
protocol's stopping rule is reached (prismake.screening.stopping).
"""

from __future__ import annotations

import pandas as pd

from prismake.records.text import lines_of
from prismake.screening.tools.table import (
    NAME_IT,
    OUR_ID,
    ROW,
    Source,
    cells,
    column_like,
    kept_rows,
    no_decisions,
    record_keys,
    table_of,
    tool_table,
    tool_text,
)
from prismake.screening.votes import as_text, decisions_of, empty_votes, vocabulary, votes_frame

LABELS = (
    "ris_label",
    "asreview_label",
    "included",
    "label",
    "final_included",
    "label_included",
    "included_label",
    "included_final",
    "included_flag",
    "include",
)
_KEYS = (
    "prismake_record_id",
    "record_id",
    "record_key",
    "source_record_id",
    "id",
    "openalex_id",
    "accession_number",
    "pmid",
)
_RIS_FIELDS = {
    "TI": "title",
    "T1": "title",
    "DO": "doi",
    "PY": "year",
    "Y1": "year",
    "ID": "record_key",
    "AN": "accession_number",
}
_NOTES = (
    ("asreview_not_seen", "unseen"),
    ("asreview_irrelevant", "exclude"),
    ("asreview_relevant", "include"),
)

_NO_LABEL = {"-1": "unseen"}
"""Versions 0 and 1 write -1 where a record has no label."""


def read(source: Source) -> pd.DataFrame:
    """Votes of one ASReview export: labelled records include or exclude, the others are unseen."""
    if str(source.path).lower().endswith(".ris"):
        frame = kept_rows(source, _ris(tool_text(source.path)))
    else:
        frame = kept_rows(source, tool_table(source))
    label = source.column("decision") or column_like(frame, *LABELS)
    if not len(frame):
        return empty_votes()
    if not label or (label == "ris_label" and (frame[label] == "").all()):
        no_decisions(
            source,
            "It has no column of labels that ASReview writes or reads.",
            len(frame),
            mend=NAME_IT,
            columns=frame.columns,
        )
        return empty_votes()
    words = vocabulary(source.settings.get("values")) | ({} if source.settings.get("values") else _NO_LABEL)
    decision = decisions_of(frame[label], words, source.faults, file=source.file, rows=frame[ROW], column=label)
    decision = decision.where(decision != "", "unseen")
    ours = as_text(cells(frame, "note").str.extract(OUR_ID, expand=False))
    key = cells(frame, source.column("record_key"), *_KEYS)
    reviewer = cells(frame, "asreview_user_name", source.column("reviewer"))
    email = cells(frame, "asreview_user_email")
    reviewer = reviewer.where(reviewer != "", email)
    names = reviewer[reviewer != ""].unique()
    if len(names) == 1:  # who has yet to see the other records
        reviewer = reviewer.where(reviewer != "", names[0])
    return votes_frame(
        len(frame),
        phase=source.phase,
        record_key=record_keys(source, key).where(ours == "", ours),
        title=cells(frame, source.column("title"), "title", "primary_title"),
        doi=cells(frame, source.column("doi"), "doi"),
        year=cells(frame, source.column("year"), "year", "publication_year"),
        reviewer=reviewer,
        decision=decision,
        decided_at=_times(cells(frame, "asreview_time")),
        note=cells(frame, "asreview_note", "exported_notes_1", "note"),
        row=frame[ROW],
    )


def _times(typed: pd.Series) -> pd.Series:
    """ASReview writes seconds since 1970 or a date; both become ISO."""
    seconds = pd.to_numeric(typed.str.replace(",", "."), errors="coerce")
    as_dates = pd.to_datetime(seconds, unit="s", errors="coerce").dt.strftime("%Y-%m-%dT%H:%M:%S")
    return typed.where(seconds.isna() | (seconds < 1e8), as_text(as_dates))


def _ris(text: str) -> pd.DataFrame:
    names = [*dict.fromkeys(_RIS_FIELDS.values()), "ris_label", "note"]
    rows: list[list[str]] = []
    lines = [1]
    for number, line in enumerate(lines_of(text), 1):
        line = line.lstrip("\ufeff")
        tag, value = line[:2], line[6:].strip()
        if line.startswith("TY  -"):
            rows.append([""] * len(names))
            lines.append(number)
        elif rows and line[2:5] == "  -" and tag == "N1":
            found = next((decision for word, decision in _NOTES if word in value.lower()), "")
            rows[-1][-2] = rows[-1][-2] or found
            rows[-1][-1] = "; ".join(part for part in (rows[-1][-1], value) if part)
        elif rows and line[2:5] == "  -" and tag in _RIS_FIELDS:
            i = names.index(_RIS_FIELDS[tag])
            rows[-1][i] = rows[-1][i] or value
    return table_of([names, *rows], lines)
