"""A vote: one reviewer on one record in one phase, whatever the tool it was cast in.

Every reader gives a table with `VOTE_COLUMNS`, all text ("" = blank) except `row`, the line in the file as a
person opens it. `record_key` is the record's id as the tool has it, `report_key` the report's where the sheet names one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from prismake.messages.faults import Faults

VOTE_COLUMNS = [
    "phase",
    "round",
    "calibration",
    "record_key",
    "report_key",
    "title",
    "doi",
    "year",
    "reviewer",
    "role",
    "decision",
    "reason",
    "reasons",
    "decided_at",
    "note",
    "tool",
    "file",
    "row",
]
PHASES = ("title_abstract", "full_text")
PHASE_WORDS = {"title_abstract": "title and abstract", "full_text": "full text"}
ROLES = ("reviewer", "adjudicator", "consensus", "automation")
DECISIONS = ("include", "exclude", "maybe", "unseen", "ongoing", "awaiting")
IMPLIED_ROUND = "implied"
"""Round of a vote that follows from a later list (a record in Covidence's excluded list has passed title and
abstract)."""

BLANKS = frozenset({"", "na", "n/a", "nan", "null", "<na>", "#n/a"})

_WORDS = {
    "include": (
        *("include", "included", "yes", "y", "true", "in", "accept", "accepted", "relevant", "1", "i"),
        *("ja", "wahr", "eingeschlossen", "oui", "vrai", "inclus", "waar"),
    ),
    "exclude": (
        *(
            "exclude",
            "excluded",
            "no",
            "n",
            "false",
            "out",
            "reject",
            "rejected",
            "irrelevant",
            "not relevant",
            "0",
            "-1",
        ),
        *("nein", "falsch", "ausgeschlossen", "non", "faux", "exclu", "nee", "onwaar"),
    ),
    "maybe": ("maybe", "unsure", "unclear", "uncertain", "?", "undecided", "vielleicht", "unklar", "misschien"),
    "unseen": ("unseen", "not seen", "not_seen", "not vetted", "unscreened", "not screened", "pending"),
    "ongoing": ("ongoing", "ongoing study"),
    "awaiting": ("awaiting", "awaiting classification", "awaiting assessment"),
}
VOCABULARY = {word: decision for decision, words in _WORDS.items() for word in words}
"""What people type -> decision, where config says nothing; WAHR and VRAI are what a German and a French workbook make of
TRUE."""
_EXPECTED = f"{', '.join(DECISIONS)}, or a common word for one (yes, no, 1, 0)"


def typed_key(value: object) -> str:
    """How typed values are compared: case, outer and repeated spaces and a workbook's ".0" or ",0" make no difference."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = re.sub(r"\s+", " ", str(value)).strip().casefold()
    return re.sub(r"^(-?\d+)[.,]0+$", r"\1", text)


def vocabulary(values: Mapping[Any, str] | None) -> dict[str, str]:
    """Typed value -> decision. What config gives replaces the default words: a sheet that codes 1 and 2 must not
    guess at 0.

    YAML reads an unquoted yes as a truth value; it is taken for the words people mean by it.
    """
    if not values:
        return dict(VOCABULARY)
    words: dict[str, str] = {}
    for typed, decision in values.items():
        if isinstance(typed, bool):
            words.update(dict.fromkeys(("yes", "true", "y") if typed else ("no", "false", "n"), decision))
        else:
            words[typed_key(typed)] = decision
    return words


def decisions_of(
    typed: pd.Series, words: Mapping[str, str], faults: Faults, *, file: str, rows: pd.Series, column: str
) -> pd.Series:
    """Typed cells to decisions, "" for blank cells; each value that means nothing is one error with its lines
    counted."""
    keys = typed.map({value: typed_key(value) for value in typed.unique()})
    decided = keys.map(dict(words)).astype(object)
    blank = keys.isin(BLANKS) & decided.isna()
    unknown = decided.isna() & ~blank
    for value in sorted(typed[unknown].unique()):
        where = rows[unknown & (typed == value)]
        more = f" ({len(where)} rows)" if len(where) > 1 else ""
        faults.error(
            "unknown-decision",
            f"This is no decision that is known{more}.",
            file=file,
            line=int(where.iloc[0]),
            column=column,
            value=value,
            expected=_EXPECTED if words.items() >= VOCABULARY.items() else "one of " + ", ".join(sorted(words)),
            mend="correct the cell, or say under `values` of this source what it means",
        )
    return decided.where(~(blank | unknown), "").astype(str)


def mapped_reasons(typed: pd.Series, reasons: Mapping[Any, str] | None) -> pd.Series:
    """Reasons as typed to reasons as config maps them; several stay apart by "; ". Blank codes become blank."""
    table = {typed_key(k): str(v) for k, v in (reasons or {}).items()}

    def one(text: str) -> str:
        key = typed_key(text)
        if key in table:
            return table[key]
        if key in BLANKS:
            return ""
        parts = [part.strip() for part in text.split(";") if part.strip()]
        return "; ".join(dict.fromkeys(table.get(typed_key(part), part) for part in parts))

    return typed.map({value: one(value) for value in typed.unique()}).astype(str)


def votes_frame(length: int | None = None, **columns: Any) -> pd.DataFrame:
    """A table of votes from columns and single values; what is not given is blank."""
    lengths = [len(c) for c in columns.values() if isinstance(c, (pd.Series, list))]
    n = length if length is not None else (lengths[0] if lengths else 0)
    frame = pd.DataFrame(index=range(n))
    for name in VOTE_COLUMNS:
        value = columns.get(name, 0 if name == "row" else "")
        if isinstance(value, pd.Series):
            value = value.to_numpy()
        frame[name] = value
    frame["row"] = frame["row"].astype("int64")
    for name in VOTE_COLUMNS[:-1]:
        frame[name] = frame[name].astype(str)
    first = as_text(frame["reasons"].str.split(";").str[0]).str.strip()
    frame["reason"] = frame["reason"].where(frame["reason"] != "", first).astype(str)
    return frame


def empty_votes() -> pd.DataFrame:
    """A table of votes with no row."""
    return votes_frame(0)


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables of votes one under the other."""
    frames = [f for f in frames if len(f)]
    return pd.concat(frames, ignore_index=True) if frames else empty_votes()


def as_text(column: pd.Series) -> pd.Series:
    """A column as text, "" where a value is missing, whatever type a join left it with."""
    return column.astype(object).where(column.notna(), "").astype(str)


def among(column: pd.Series, values: Iterable[object]) -> pd.Series:
    """Which cells are one of many values. `Series.isin` looks at each value of a text column twice; this is a hash
    join."""
    listed = values.drop_duplicates() if isinstance(values, pd.Series) else list(dict.fromkeys(values))
    found = pc.is_in(pa.array(column, pa.large_string()), value_set=pa.array(listed, pa.large_string()))
    return pd.Series(found.to_numpy(zero_copy_only=False), index=column.index)


def reviewer_key(name: str) -> str:
    """How names of reviewers are compared."""
    return re.sub(r"\s+", " ", name).strip().casefold()
