"""Votes on full text are votes on reports: a record may have several, and several records may turn out to be one.

A report is known by its own id (the team's sheet of retrieval, the sheet of other methods) or, where a record has
one report and the team gave it no id, by the record's. A vote on the record counts for each of its reports on which
that person has not voted by its own id.
"""

from __future__ import annotations

import pandas as pd

from prismake.screening.matching import current_record_ids
from prismake.screening.votes import among, as_text

PAIR_COLUMNS = ["report_id", "record_id"]


def listed_reports(retrieval: pd.DataFrame, other_methods: pd.DataFrame | None = None) -> pd.DataFrame:
    """Reports and records (`PAIR_COLUMNS`) as people's sheets name them; record_id is "" for reports of other methods.

    A row of the sheet of retrieval that names one of the two names both.
    """
    parts = [pd.DataFrame(columns=PAIR_COLUMNS, dtype=str)]
    if len(retrieval):
        pairs = retrieval.reindex(columns=PAIR_COLUMNS, fill_value="")
        pairs = pairs[(pairs["report_id"] != "") | (pairs["record_id"] != "")]
        report = pairs["report_id"].where(pairs["report_id"] != "", pairs["record_id"])
        record = pairs["record_id"].where(pairs["record_id"] != "", pairs["report_id"])
        parts.append(pd.DataFrame({"report_id": report, "record_id": record}))
    if other_methods is not None and len(other_methods) and "report_id" in other_methods:
        named = other_methods["report_id"] != ""
        if "record_id" in other_methods:  # found by the databases too: read there, under the record's own id
            named &= other_methods["record_id"] == ""
        parts.append(pd.DataFrame({"report_id": other_methods.loc[named, "report_id"], "record_id": ""}))
    return pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)


def current_reports(listed: pd.DataFrame, membership: pd.DataFrame) -> pd.DataFrame:
    """`listed_reports` by the ids that records have now."""
    if not len(listed):
        return listed
    of_searches = listed["record_id"] != ""
    pairs = listed.copy()
    for name in PAIR_COLUMNS:
        pairs.loc[of_searches, name] = current_record_ids(pairs.loc[of_searches, name], membership)
    return pairs.drop_duplicates(ignore_index=True)


def reports_of(record_ids: list[str], pairs: pd.DataFrame) -> pd.DataFrame:
    """The reports of these records in their order, each report once under its first record; a record that `pairs`
    does not name is its own report."""
    named = pairs[pairs["record_id"] != ""]
    table = pd.DataFrame({"record_id": record_ids}, dtype=str).merge(named, on="record_id", how="left")
    table["report_id"] = as_text(table["report_id"])
    table["report_id"] = table["report_id"].where(table["report_id"] != "", table["record_id"])
    return table[PAIR_COLUMNS].drop_duplicates("report_id", ignore_index=True)


def unit_of(votes: pd.DataFrame) -> pd.Series:
    """What a vote was cast on: the report that it names, else the record."""
    if "report_id" not in votes:
        return votes["record_id"]
    return votes["record_id"].where(votes["report_id"] == "", votes["report_id"])


def on_units(votes: pd.DataFrame) -> pd.DataFrame:
    """Votes with what they were cast on in `record_id`."""
    return votes.assign(record_id=unit_of(votes))


def on_reports(votes: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Votes on full text with the report in `record_id`: a vote on a record stands once for each of its reports.

    Args:
        votes: rows of the ledger, in any order.
        pairs: reports and records by their present ids, a row for each report of a record.
    """
    named = pairs[(pairs["record_id"] != "") & (pairs["report_id"] != pairs["record_id"])]
    several = pairs[among(pairs["record_id"], named["record_id"])] if len(named) else named
    units = on_units(votes)
    by_record = among(units["record_id"], several["record_id"]) & (votes["report_id"] == "") if len(several) else None
    if by_record is None or not by_record.any():
        return units
    spread = units[by_record].merge(several[PAIR_COLUMNS], on="record_id")
    spread = spread.assign(record_id=spread["report_id_y"], report_id="").drop(columns=["report_id_x", "report_id_y"])
    who = ["role", "reviewer", "record_id"]
    own = pd.MultiIndex.from_frame(units.loc[~by_record, who])
    spread = spread[~pd.MultiIndex.from_frame(spread[who]).isin(own)]
    return pd.concat([units[~by_record], spread[units.columns]], ignore_index=True)
