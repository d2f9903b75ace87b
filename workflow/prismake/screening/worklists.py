"""Work lists that a team fills in and puts back: conflicts to settle, records that wait for a reviewer.

They have the columns of the native long sheet, so a filled copy in resources/screening is read as decisions; a row
that is still blank is no decision.
"""

from __future__ import annotations

import pandas as pd

from prismake.screening.votes import among, as_text

CONFLICT_COLUMNS = [
    "phase",
    "record_id",
    "title",
    "authors",
    "year",
    "doi",
    "conflict",
    "votes",
    "vote_reasons",
    "vote_notes",
    "waiting_for",
    "reviewer",
    "role",
    "decision",
    "reason",
    "decided_at",
    "note",
]
WAITING_COLUMNS = [
    "phase",
    "record_id",
    "title",
    "authors",
    "year",
    "doi",
    "abstract",
    "voted",
    "reviewer",
    "role",
    "decision",
    "reason",
    "decided_at",
    "note",
]
_DETAILS = ["title", "authors", "year", "doi", "abstract"]


def conflicts_list(decisions: pd.DataFrame, ledger: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """One row for each conflict, with what each voted, and blank cells for the ruling."""
    rows = decisions[decisions["status"] == "conflict"]
    table = _with_details(rows, records)
    held = _counting(ledger, rows)
    opinion = held["reviewer"] + as_text(held["role"].map({"adjudicator": " (ruling)", "consensus": " (consensus)"}))
    table["votes"] = _joined(held, opinion + ": " + held["decision"], table)
    table["vote_reasons"] = _joined(held[held["reasons"] != ""], (held["reviewer"] + ": " + held["reasons"]), table)
    table["vote_notes"] = _joined(held[held["note"] != ""], (held["reviewer"] + ": " + held["note"]), table)
    table["role"] = "adjudicator"
    for name in ("reviewer", "decision", "reason", "decided_at", "note"):
        table[name] = ""
    return table.reindex(columns=CONFLICT_COLUMNS)


def waiting_list(decisions: pd.DataFrame, ledger: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """One row for each record and reviewer it waits for, sorted by phase and reviewer; blank cells for the decision.

    Where it is not known who will vote, the reviewer's cell is blank too. Who has voted is shown, what they voted
    is not.
    """
    rows = decisions[decisions["status"] == "waiting"]
    table = _with_details(rows, records)
    held = _counting(ledger, rows)
    table["voted"] = _joined(held, held["reviewer"], table)
    table["reviewer"] = table["waiting_for"].where(~_unnamed(table["waiting_for"]), "").str.split("; ")
    table = table.explode("reviewer")
    table["role"] = "reviewer"
    for name in ("decision", "reason", "decided_at", "note"):
        table[name] = ""
    return (
        table.sort_values(["phase", "reviewer"], kind="stable").reindex(columns=WAITING_COLUMNS).reset_index(drop=True)
    )


def _unnamed(waiting_for: pd.Series) -> pd.Series:
    return waiting_for.isin(("a reviewer", "another reviewer")) | waiting_for.str.fullmatch(r"\d+ reviewers")


def _with_details(rows: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    details = records.reindex(columns=["record_id", *_DETAILS]).copy()
    for name in _DETAILS:
        details[name] = as_text(details[name])
    return rows.merge(details, on="record_id", how="left")


def _counting(ledger: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    held = ledger[(ledger["state"] == "counted") & among(ledger["record_id"], rows["record_id"])]
    return held.merge(rows[["phase", "record_id"]], on=["phase", "record_id"]).drop_duplicates("vote_id")


def _joined(held: pd.DataFrame, text: pd.Series, table: pd.DataFrame) -> pd.Series:
    """Texts of each record and phase, joined by "; "."""
    held = held.assign(text=text.reindex(held.index)).drop_duplicates(["phase", "record_id", "text"])
    joined = held.groupby(["phase", "record_id"])["text"].agg("; ".join)
    keys = pd.MultiIndex.from_frame(table[["phase", "record_id"]])
    return pd.Series(as_text(joined.reindex(keys)).to_numpy(), index=table.index)
