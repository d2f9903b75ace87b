"""DistillerSR: a data report with one row for each reference, reviewer (User) and form (Level), one column a question.

Config names the question that holds the decision (`columns: {decision: ...}`) and the level (`where: {Level: 1}`).
A report of another form, such as data extraction, has no decision and gives no votes. Headers hold U+00A0, as it
is or mangled.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from prismake.screening.tools.table import (
    NAME_IT,
    ROW,
    Source,
    cells,
    column_like,
    expecting,
    kept_rows,
    no_decisions,
    read_bytes,
    record_keys,
    table_of,
    tool_table,
)
from prismake.screening.votes import decisions_of, empty_votes, mapped_reasons, vocabulary, votes_frame

_DECISIONS = (
    "decision",
    "include?",
    "include",
    "eligible?",
    "eligible",
    "should this reference be included?",
    "disposition",
)


def read(source: Source) -> pd.DataFrame:
    """Votes of a data report in CSV or JSON, one a row in which the named question is answered."""
    suffix = str(source.path).lower().rsplit(".", 1)[-1]
    if suffix in ("ris", "bib"):
        no_decisions(source, "DistillerSR's reference lists hold no answers.", _references(source, suffix))
        return empty_votes()
    frame = kept_rows(source, _json(source) if suffix == "json" else tool_table(source))
    if not len(frame):
        return empty_votes()
    question = column_like(frame, source.column("decision"), *_DECISIONS)
    if source.column("decision") and not column_like(frame, source.column("decision")):
        question = ""
    if not question:
        no_decisions(
            source, "None of its questions is named as the decision.", len(frame), mend=NAME_IT, columns=frame.columns
        )
        return empty_votes()
    words = vocabulary(source.settings.get("values"))
    decision = decisions_of(frame[question], words, source.faults, file=source.file, rows=frame[ROW], column=question)
    named = source.column("reason")
    reasons = mapped_reasons(cells(frame, named), source.settings.get("reasons")) if named else cells(frame)
    keep = decision != ""
    part = frame[keep]
    return votes_frame(
        len(part),
        phase=source.phase,
        record_key=record_keys(source, cells(part, source.column("record_key"), "Accession Number", "Refid")),
        title=cells(part, "title"),
        doi=cells(part, "doi"),
        year=cells(part, "year"),
        reviewer=cells(part, source.column("reviewer"), "User"),
        decision=decision[keep],
        reasons=reasons[keep].where(decision[keep] == "exclude", ""),
        decided_at=cells(part, source.column("decided_at")) if source.column("decided_at") else "",
        row=part[ROW],
    )


def _references(source: Source, suffix: str) -> int:
    text = read_bytes(source.path).decode("utf-8", "replace")
    return text.count("\n@") + text.startswith("@") if suffix == "bib" else text.count("TY  - ")


def _json(source: Source) -> pd.DataFrame:
    """The JSON report as the table that the CSV report is: one row for each reference and answered form."""
    rows: list[dict[str, str]] = []
    with expecting("DistillerSR's JSON, a list of references"):
        listed = json.loads(read_bytes(source.path).decode("utf-8-sig"))
        for reference in listed if isinstance(listed, list) else listed["references"]:
            base = {"Refid": _text(reference.get("refid")), "Title": _text(reference.get("title"))}
            base |= {str(k): _text(v) for k, v in (reference.get("tags") or {}).items()}
            forms = (reference.get("data_sets") or {}).values()
            rows += [base | _answers(form) for form in forms] or [base]
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells_ = [[row.get(name, "") for name in names] for row in rows]
    return table_of([names, *cells_], [1, *range(1, len(rows) + 1)])


def _answers(data_set: dict[str, Any]) -> dict[str, str]:
    """Question -> answer of one form, with who answered and at which level; several ticks of one question are
    joined."""
    answers = {
        "User": _text(data_set.get("user")),
        "Level": _text(data_set.get("level")),
        "Form": _text(data_set.get("form")),
    }
    for entry in data_set.get("data") or []:
        response = entry.get("response") or {}
        given = _text(response.get("answer")) or _text(response.get("text"))
        question = _text(entry.get("question"))
        answers[question] = "; ".join(part for part in (answers.get(question, ""), given) if part)
    return answers


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)
