"""Covidence: one CSV or RIS for each list, no column with a decision: the decision is which list the file is.

A record stands in one list at a time, so those of the included and excluded lists have passed title and abstract:
that is taken as an implied vote, which counts only where there is no other. The lists hold no reviewer's vote: the
decision is Covidence's consensus. The reason stands in Notes as `Exclusion reason: X; `, followed by the
reviewers' own notes. What Covidence says of its reviewers is a CSV of inter-rater reliability, which holds no votes:
see prismake.screening.reported.
"""

from __future__ import annotations

import re

import pandas as pd

from prismake.records.text import lines_of
from prismake.screening.tools.table import (
    OUR_ID,
    ROW,
    Source,
    cells,
    column_like,
    no_decisions,
    record_keys,
    table_of,
    tool_table,
    tool_text,
)
from prismake.screening.votes import IMPLIED_ROUND, as_text, empty_votes, joined, mapped_reasons, votes_frame

LISTS = {
    "included": ("full_text", "include"),
    "excluded": ("full_text", "exclude"),
    "irrelevant": ("title_abstract", "exclude"),
    "select": ("title_abstract", "include"),
    "screen": ("title_abstract", "unseen"),
}
AGREEMENT_CELLS = ("A Yes, B Yes", "A Yes, B No", "A No, B Yes", "A No, B No")
"""Columns of the CSV of inter-rater reliability: how many records both, one, or none included."""
_NAMED = re.compile(r"(?:^|[\W_])(irrelevant|included|excluded|select|screen)(?:_|\b)", re.IGNORECASE)
_REASON = re.compile(r"Exclusion reason:\s*(.*?)\s*;(?:\s|$)", re.DOTALL)
_RIS = {
    "TI": "title",
    "T1": "title",
    "DO": "doi",
    "PY": "year",
    "Y1": "year",
    "N1": "notes",
    "AN": "accession number",
    "ID": "covidence #",
}


def read(source: Source) -> pd.DataFrame:
    """Votes of one list; `stage` names it, else the file's name does, else reasons in all of its notes."""
    frame = _ris(tool_text(source.path)) if str(source.path).lower().endswith(".ris") else tool_table(source)
    if not len(frame) or is_agreement(frame):
        return empty_votes()
    notes = cells(frame, "notes")
    stage = _stage(source, notes)
    if stage not in LISTS:
        no_decisions(
            source,
            "Covidence's lists have no decision column, and neither its name nor `stage` says which it is.",
            len(frame),
            mend="name the list in config (stage: " + ", ".join(LISTS) + ")",
        )
        return empty_votes()
    phase, decision = LISTS[stage]
    votes = _votes(source, frame, phase, decision, notes)
    if phase == "title_abstract":
        return votes
    implied = votes.assign(
        phase="title_abstract",
        round=IMPLIED_ROUND,
        decision="include",
        reason="",
        reasons="",
        note=f"stands in Covidence's list {stage!r}",
    )
    return joined([votes, implied])


def is_agreement(frame: pd.DataFrame) -> bool:
    """Whether a table is Covidence's inter-rater reliability."""
    return all(column_like(frame, name) for name in ("Reviewer A", "Reviewer B", *AGREEMENT_CELLS))


def _stage(source: Source, notes: pd.Series) -> str:
    given = str(source.settings.get("stage") or source.options.get("stage") or "").lower()
    if given:
        if given not in LISTS:
            source.faults.error(
                "unknown-stage",
                "Covidence has no such list.",
                file=source.file,
                value=given,
                expected="one of " + ", ".join(LISTS),
                mend="correct `stage` in config",
            )
        return given
    named = _NAMED.search(source.path.name)
    if named:
        return named.group(1).lower()
    return "excluded" if notes.str.contains("Exclusion reason:", regex=False).all() else ""


def _votes(source: Source, frame: pd.DataFrame, phase: str, decision: str, notes: pd.Series) -> pd.DataFrame:
    reason = mapped_reasons(as_text(notes.str.extract(_REASON, expand=False)), source.settings.get("reasons"))
    ours = as_text(notes.str.extract(OUR_ID, expand=False))
    named = source.column("record_key")
    key = cells(frame, named) if named else cells(frame, "accession number")
    number = cells(frame, "covidence #")
    key = ours.where(
        ours != "",
        key.where(key != "", "covidence-" + number.str.lstrip("#")).where((key != "") | (number != ""), ""),
    )
    return votes_frame(
        len(frame),
        phase=phase,
        record_key=record_keys(source, key),
        title=cells(frame, "title"),
        doi=cells(frame, "doi"),
        year=cells(frame, "published year", "year"),
        reviewer=str(source.settings.get("reviewer") or "Covidence"),
        role=str(source.settings.get("role") or "consensus"),
        decision=decision,
        reasons=reason if decision == "exclude" else "",
        note=notes.map(lambda text: _REASON.sub("", text, count=1)).str.strip(),
        row=frame[ROW],
    )


def _ris(text: str) -> pd.DataFrame:
    """Fields of Covidence's RIS that matter here, in any of its flavours."""
    names = list(dict.fromkeys(_RIS.values()))
    rows: list[list[str]] = []
    lines = [1]
    for number, line in enumerate(lines_of(text), 1):
        tag, value = line[:2], line[6:].strip()
        if line.startswith("TY  -"):
            rows.append([""] * len(names))
            lines.append(number)
        elif rows and line[2:5] == "  -" and tag in _RIS and value:
            i = names.index(_RIS[tag])
            rows[-1][i] = rows[-1][i] or value
    return table_of([names, *rows], lines)
