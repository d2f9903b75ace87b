"""Work lists that a team fills in and puts back: conflicts to settle, records that wait for a reviewer.

They have the columns of the native long sheet, so a filled copy in resources/screening is read as decisions; a row
that is still blank is no decision.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from prismake.records.tables import rows_among
from prismake.screening.report_units import unit_of
from prismake.screening.votes import among, as_text

CONFLICT_COLUMNS = [
    "phase",
    "record_id",
    "report_id",
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
    "report_id",
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


def conflicts_list(decisions: pd.DataFrame, votes: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """One row for each conflict, with what each voted, and blank cells for the ruling.

    Args:
        decisions: the table of decisions.
        votes: the ledger with what each vote was cast on (record or report) in `record_id`.
        entries: title, authors, year, doi, abstract by `record_id`; reports of other methods stand there by theirs.
    """
    rows = decisions[decisions["status"] == "conflict"]
    table = _with_details(rows, entries)
    held = _counting(votes, rows)
    opinion = held["reviewer"] + as_text(held["role"].map({"adjudicator": " (ruling)", "consensus": " (consensus)"}))
    table["votes"] = _joined(held, opinion + ": " + held["decision"], table)
    table["vote_reasons"] = _joined(held[held["reasons"] != ""], (held["reviewer"] + ": " + held["reasons"]), table)
    table["vote_notes"] = _joined(held[held["note"] != ""], (held["reviewer"] + ": " + held["note"]), table)
    table["role"] = "adjudicator"
    for name in ("reviewer", "decision", "reason", "decided_at", "note"):
        table[name] = ""
    return table.reindex(columns=CONFLICT_COLUMNS)


def waiting_list(decisions: pd.DataFrame, votes: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """One row for each record or report and reviewer it waits for, sorted by phase and reviewer; blank cells for the
    decision. Arguments as of `conflicts_list`.

    Where it is not known who will vote, the reviewer's cell is blank too. Who has voted is shown, what they voted
    is not.
    """
    rows = decisions[decisions["status"] == "waiting"]
    table = _with_details(rows, entries)
    held = _counting(votes, rows)
    table["voted"] = _joined(held, held["reviewer"], table)
    table["reviewer"] = table["waiting_for"].where(~_unnamed(table["waiting_for"]), "").str.split("; ")
    table = table.explode("reviewer")
    table["role"] = "reviewer"
    for name in ("decision", "reason", "decided_at", "note"):
        table[name] = ""
    return (
        table.sort_values(["phase", "reviewer"], kind="stable").reindex(columns=WAITING_COLUMNS).reset_index(drop=True)
    )


def with_abstracts(waiting: pd.DataFrame, records: str | Path) -> pd.DataFrame:
    """The waiting list with the abstracts of its records, read from the Parquet file of records: those of a million
    records are not held while votes are merged."""
    ids = waiting.loc[waiting["abstract"] == "", "record_id"]
    held = rows_among(records, "record_id", ids, ["record_id", "abstract"])
    found = as_text(waiting["record_id"].map(held.set_index("record_id")["abstract"]))
    return waiting.assign(abstract=waiting["abstract"].where(waiting["abstract"] != "", found))


def _unnamed(waiting_for: pd.Series) -> pd.Series:
    return waiting_for.isin(("a reviewer", "another reviewer")) | waiting_for.str.fullmatch(r"\d+ reviewers")


def _with_details(rows: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """Rows with what is known of the record, or of the report where it belongs to none."""
    key = rows["record_id"].where(rows["record_id"] != "", rows["report_id"])
    details = entries[among(entries["record_id"], key)].reindex(columns=["record_id", *_DETAILS])
    details = details.drop_duplicates("record_id")
    found = rows.assign(entry=key, unit=unit_of(rows)).merge(
        details.rename(columns={"record_id": "entry"}), on="entry", how="left"
    )
    for name in _DETAILS:
        found[name] = as_text(found[name])
    return found


def _counting(votes: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    keys = pd.DataFrame({"phase": rows["phase"], "record_id": unit_of(rows)})
    return votes[votes["state"] == "counted"].merge(keys, on=["phase", "record_id"])


def _joined(held: pd.DataFrame, text: pd.Series, table: pd.DataFrame) -> pd.Series:
    """Texts of each record or report and phase, joined by "; "."""
    held = held.assign(text=text.reindex(held.index)).drop_duplicates(["phase", "record_id", "text"])
    joined = held.groupby(["phase", "record_id"])["text"].agg("; ".join)
    keys = pd.MultiIndex.from_frame(table[["phase", "unit"]])
    return pd.Series(as_text(joined.reindex(keys)).to_numpy(), index=table.index)
