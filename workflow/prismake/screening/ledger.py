"""The ledger: every vote of every reviewer in every phase and round, attached to the source record it was cast on.

No vote is dropped or changed. `state` says what a vote counts for:
- counted: it decides
- duplicate: the same reviewer's same decision once more
- superseded: the same reviewer voted otherwise later
- unseen: the tool says that no decision was made
- contradiction: the same reviewer's other decision on the same source record without a later time (an error)
- implied: it follows from a later list and counts only where there is no other vote
- unknown: on a record that is in no search, which config allows with a reason
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.screening.matching import match_votes
from prismake.screening.report_units import PAIR_COLUMNS
from prismake.screening.reviewers import named_reviewers
from prismake.screening.votes import IMPLIED_ROUND, among, as_text, typed_key

LEDGER_COLUMNS = [
    "vote_id",
    "phase",
    "record_id",
    "report_id",
    "source_record_id",
    "matched_by",
    "round",
    "calibration",
    "reviewer",
    "role",
    "decision",
    "reason",
    "reasons",
    "decided_at",
    "state",
    "note",
    "record_key",
    "title",
    "doi",
    "year",
    "candidates",
    "source",
    "tool",
    "file",
    "row",
]

_SERIAL = re.compile(r"[34]\d{4}(?:\.\d+)?|5[0-4]\d{3}(?:\.\d+)?")
"""Days as workbooks count them, of 1982 to 2050."""
_DAY_ZERO = datetime(1899, 12, 30)
_DATE = re.compile(r"^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(.*)$")
_HASHED_AT_ONCE = 100_000
"""Votes whose whole content is held as text at once."""


def build_ledger(
    votes: pd.DataFrame,
    membership: pd.DataFrame,
    source_records: pd.DataFrame,
    *,
    reviewers: Mapping[str, str] | None = None,
    exclusion_reasons: Sequence[Mapping[str, str]] = (),
    allow_unknown: Sequence[Mapping[str, str]] = (),
    reports: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, Faults]:
    """The ledger (`LEDGER_COLUMNS`, as many rows as votes, in their order) and its faults.

    `reports`: the reports that people's sheets name (`prismake.screening.report_units.listed_reports`). Source:
    DESIGN, identity; METHODS 2.2 and 2.5.
    """
    faults = Faults()
    ledger = named_reviewers(votes.reset_index(drop=True), reviewers, faults)
    if "source" not in ledger:
        ledger["source"] = ""
    reports = pd.DataFrame(columns=PAIR_COLUMNS) if reports is None else reports
    ledger["report_id"] = reports_named(ledger, reports, membership)
    keys = ledger["record_key"]
    of_report = reports.drop_duplicates("report_id").set_index("report_id")["record_id"]
    ledger["record_key"] = keys.where(ledger["report_id"] == "", as_text(ledger["report_id"].map(of_report)))
    found = match_votes(ledger, membership, source_records)
    ledger["record_key"] = keys
    ledger = pd.concat([ledger, found], axis=1)
    _without_search(ledger, of_report)
    ledger["reasons"] = reason_ids(ledger, exclusion_reasons, faults)
    ledger["reason"] = as_text(ledger["reasons"].str.split("; ").str[0])
    ledger["state"] = states(ledger)
    _unknown(ledger, allow_unknown, faults)
    _shared(ledger, faults)
    _contradictions(ledger, faults)
    _duplicates(ledger, faults)
    ledger["vote_id"] = vote_ids(ledger)
    return ledger[LEDGER_COLUMNS].reset_index(drop=True), faults


def reports_named(votes: pd.DataFrame, reports: pd.DataFrame, membership: pd.DataFrame) -> pd.Series:
    """The report that each vote on full text names by an id of its own, "" where it names a record."""
    full_text = votes["phase"] == "full_text"
    if not len(reports) or not full_text.any():
        return pd.Series("", index=votes.index, dtype=str)
    own = reports.loc[~among(reports["report_id"], membership["source_record_id"]), "report_id"]
    named = pd.Series("", index=votes.index, dtype=str)
    for key in ("record_key", "report_key"):
        known = full_text & among(votes[key], own) & (votes[key] != "")
        named = named.where(~known, votes[key])
    return named


def _without_search(ledger: pd.DataFrame, of_report: pd.Series) -> None:
    """Votes on reports that other methods found stand on no source record, and are not to be found by their titles."""
    other = (ledger["report_id"] != "") & (as_text(ledger["report_id"].map(of_report)) == "")
    ledger.loc[other, ["source_record_id", "record_id", "candidates"]] = ""
    ledger.loc[ledger["report_id"] != "", "matched_by"] = "report"


def vote_ids(ledger: pd.DataFrame) -> pd.Series:
    """An id for each vote from its content, so that rows above it, or another deduplication, do not rename it;
    repeats get #2."""
    starts = range(0, len(ledger), _HASHED_AT_ONCE)
    hashes = [h for i in starts for h in _hashes(ledger.iloc[i : i + _HASHED_AT_ONCE])]
    ids = pd.Series([f"v-{h:016x}" for h in hashes], index=ledger.index, dtype=str)
    again = ids.groupby(ids).cumcount()
    return ids.where(again == 0, ids + "#" + (again + 1).astype(str))


def _hashes(votes: pd.DataFrame) -> list[int]:
    """A hash of what each vote says and where it says it."""
    content = votes["source"] + "\x1f" + votes["record_key"]
    for name in ("title", "doi", "phase", "round", "reviewer", "role", "decision", "reasons", "decided_at"):
        content = content + "\x1f" + votes[name]
    content = content.where(votes["report_id"] == "", content + "\x1f" + votes["report_id"])
    return pd.util.hash_array(content.to_numpy(dtype=object), categorize=False).tolist()


def states(ledger: pd.DataFrame) -> pd.Series:
    """What each vote counts for, see the module's head."""
    state = pd.Series("counted", index=ledger.index, dtype=object)
    unseen = ledger["decision"] == "unseen"
    state[unseen] = "unseen"
    state[ledger["round"] == IMPLIED_ROUND] = "implied"
    keys = ["phase", "round", "role", "reviewer", "unit"]
    table = ledger.assign(unit=_units(ledger))
    size = table.groupby(keys, sort=False)["decision"].transform("size")
    found = (table["source_record_id"] != "") | (table["report_id"] != "")
    several = table[(size > 1) & found & (table["round"] != IMPLIED_ROUND)].copy()
    if not len(several):
        return state.astype(str)
    several["time"] = pd.concat(
        times(part["decided_at"], beside=ledger.loc[ledger["file"] == file, "decided_at"])
        for file, part in several.groupby("file", sort=False)
    )
    several["order"] = range(len(several))
    timed = several["time"].notna().groupby([several[k] for k in keys]).transform("all")
    state.update(_timed_states(several[timed], keys))
    state.update(_untimed_states(several[~timed], keys))
    return state.astype(str)


def _units(ledger: pd.DataFrame) -> pd.Series:
    """What a vote was cast on: the source record; where it was found by DOI or title, the tool's own entry too.

    Two entries of a tool that are found to be one source record are duplicates that the tool did not join: two
    votes on them are like votes on merged duplicates, no contradiction of the reviewer's.
    """
    entry = ledger["record_key"] + "\x1f" + ledger["title"].str.casefold() + "\x1f" + ledger["doi"].str.casefold()
    loose = ledger["matched_by"].isin(("doi", "title"))
    unit = ledger["source_record_id"].where(~loose, ledger["source_record_id"] + "\x1f" + entry)
    return unit.where(ledger["report_id"] == "", unit + "\x1f" + ledger["report_id"])


def _timed_states(votes: pd.DataFrame, keys: list[str]) -> pd.Series:
    """By time: the last decision counts, the same decision right before it is its duplicate, what is earlier is
    superseded.

    Votes at the same time in one file stand in the file's order, as a log writes them.
    """
    if not len(votes):
        return pd.Series(dtype=object)
    votes = votes.sort_values(["time", "order"], kind="stable")
    groups = votes.groupby(keys, sort=False)
    last = groups["decision"].transform("last")
    is_last = groups.cumcount(ascending=False) == 0
    last_time, last_file = groups["time"].transform("last"), groups["file"].transform("last")
    state = pd.Series("superseded", index=votes.index, dtype=object)
    reversed_other = (votes["decision"] != last)[::-1].groupby([votes[k] for k in keys]).cummax()[::-1]
    state[~reversed_other] = "duplicate"
    tie = (votes["decision"] != last) & (votes["time"] == last_time) & (votes["file"] != last_file)
    state[tie & (votes["decision"] != "unseen")] = "contradiction"
    state[is_last] = "counted"
    state[votes["decision"] == "unseen"] = "unseen"
    return state


def _untimed_states(votes: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Without times: the same decision again is a duplicate, another one a contradiction; unseen contradicts
    nothing."""
    votes = votes[votes["decision"] != "unseen"]
    if not len(votes):
        return pd.Series(dtype=object)
    groups = votes.groupby(keys, sort=False)
    state = pd.Series("duplicate", index=votes.index, dtype=object)
    state[groups.cumcount() == 0] = "counted"
    state[groups["decision"].transform("nunique") > 1] = "contradiction"
    return state


def times(typed: pd.Series, *, beside: pd.Series | None = None) -> pd.Series:
    """Times as typed to UTC; NaT where there is none that can be read.

    01.05.2024 and 01-05-2024 are the first of May, 45444.5 is a workbook's number of that day at noon. In 01/05/2024 the
    other dates of the column (or of `beside`, the whole column) must tell which is the day: where they do not, it is no
    time that votes can be put in order by.
    """
    known = [value for value in typed.unique() if value]
    if not known:
        return pd.Series(pd.NaT, index=typed.index, dtype="datetime64[ns, UTC]")
    column = known if beside is None else beside.unique()
    slashed = [(int(m[1]), int(m[3])) for m in map(_DATE.match, column) if m and m[2] == "/"]
    day_first, month_first = any(one > 12 for one, _ in slashed), any(two > 12 for _, two in slashed)
    iso = [_iso(value, _DATE.match(value), day_first, month_first) for value in known]
    read = pd.Series(pd.to_datetime(iso, errors="coerce", utc=True, format="mixed"), index=known)
    return typed.map(read).astype("datetime64[ns, UTC]")


def _iso(value: str, date: re.Match[str] | None, day_first: bool, month_first: bool) -> str:
    """A date with its year in front; "" where nothing tells the day from the month."""
    if date is None and _SERIAL.fullmatch(value):
        return (_DAY_ZERO + timedelta(days=float(value))).isoformat(timespec="seconds")
    if date is None:
        return value
    one, two = int(date[1]), int(date[3])
    day = one if date[2] != "/" or one > 12 or (day_first and not month_first) else two
    if date[2] == "/" and max(one, two) <= 12 and one != two and day_first == month_first:
        return ""
    month = two if day == one else one
    return f"{date[4]}-{month:02}-{day:02}{date[5]}"


def reason_ids(ledger: pd.DataFrame, exclusion_reasons: Sequence[Mapping[str, str]], faults: Faults) -> pd.Series:
    """Reasons as ids of the protocol, by id or label; others stay as typed, on full text with an error."""
    known = {typed_key(r["id"]): str(r["id"]) for r in exclusion_reasons}
    known |= {typed_key(r.get("label", "")): str(r["id"]) for r in exclusion_reasons if r.get("label")}
    full_text = (ledger["phase"] == "full_text") & (ledger["decision"] == "exclude")
    table: dict[str, str] = {}
    for typed in ledger["reasons"].unique():
        parts = [part.strip() for part in typed.split(";") if part.strip()]
        table[typed] = "; ".join(dict.fromkeys(known.get(typed_key(part), part) for part in parts))
        unknown = [part for part in parts if typed_key(part) not in known]
        rows = ledger.index[full_text & (ledger["reasons"] == typed)] if unknown and known else []
        if len(rows):
            first = ledger.loc[rows[0]]
            faults.error(
                "unknown-reason",
                f"This exclusion reason is not in the protocol ({len(rows)} votes).",
                file=first["file"],
                line=int(first["row"]),
                column="reason",
                value="; ".join(unknown),
                expected="one of " + ", ".join(str(r["id"]) for r in exclusion_reasons),
                mend="correct it, map it under `reasons` of this source, or log a deviation that adds the reason",
            )
    return ledger["reasons"].map(table).astype(str)


def _unknown(ledger: pd.DataFrame, allow_unknown: Sequence[Mapping[str, Any]], faults: Faults) -> None:
    """A vote on a record that is in no search is an error with its nearest candidates, unless config allows it
    with a reason."""
    allowed = {str(entry["id"]): str(entry.get("reason", "")) for entry in allow_unknown}
    lost = ledger[(ledger["source_record_id"] == "") & (ledger["report_id"] == "")]
    is_allowed = lost["record_key"].isin(allowed) | lost["title"].isin(allowed) | lost["doi"].isin(allowed)
    ledger.loc[lost.index, "state"] = "unknown"
    if is_allowed.any():
        faults.info(
            "allowed-unknown",
            f"{int(is_allowed.sum())} votes are on records of no search, which config allows (allow_unknown).",
        )
    lost = lost[~is_allowed].drop_duplicates(["record_key", "title", "doi", "file"])
    for vote in lost[["record_key", "title", "doi", "file", "row", "candidates"]].itertuples(index=False):
        near = f"; nearest: {vote.candidates}" if vote.candidates else ""
        faults.error(
            "unknown-record",
            "This vote is on a record that is in no search" + (" or fits several records." if vote.candidates else "."),
            file=vote.file,
            line=int(vote.row),
            column="record_key",
            value=vote.record_key or vote.doi or vote.title,
            expected="an id, alias, DOI or title of a source record" + near,
            mend="correct the id, add the search it comes from, or list it under allow_unknown with the reason",
        )


def _shared(ledger: pd.DataFrame, faults: Faults) -> None:
    """Votes that fitted several records and were given to one of them are said, once a file."""
    shared = ledger[(ledger["source_record_id"] != "") & (ledger["candidates"] != "")]
    for file, votes in shared.groupby("file", sort=True):
        ids = votes["candidates"].drop_duplicates()
        faults.warning(
            "shared-title",
            f"{len(votes)} votes fit several records by title, DOI or alias; each was given to the earliest.",
            file=str(file),
            value=ids.iloc[0],
            expected="votes that name their record",
            mend="look at results/screening/matches.csv, join the records by a ruling on duplicates, or give the votes their record_id",
        )


def _contradictions(ledger: pd.DataFrame, faults: Faults) -> None:
    wrong = ledger[ledger["state"] == "contradiction"]
    keys = ["phase", "round", "role", "reviewer", "source_record_id", "report_id"]
    for (phase, round_, _, reviewer, source_id, report_id), part in wrong.groupby(keys, sort=False):
        rows = ", ".join(f"{f} line {r}" for f, r in part[["file", "row"]].itertuples(index=False))
        in_round = f" in round {round_}" if round_ else ""
        faults.error(
            "contradictory-votes",
            f"{reviewer} voted differently on one {'report' if report_id else 'record'} in {phase}{in_round}: {', '.join(part['decision'])} ({rows}).",
            file=part["file"].iloc[0],
            line=int(part["row"].iloc[0]),
            column="decision",
            value=str(report_id or source_id),
            expected="one vote of a reviewer on a record in a phase and round, or times that say which is later",
            mend="remove the vote that does not hold, or give both their time (decided_at, as 2024-06-01 10:30)",
        )


def _duplicates(ledger: pd.DataFrame, faults: Faults) -> None:
    """Identical rows are collapsed, which is said once a file."""
    for file, n in ledger.loc[ledger["state"] == "duplicate", "file"].value_counts(sort=False).sort_index().items():
        faults.info(
            "duplicate-votes", f"{n} votes repeat an earlier one of the same reviewer and count once.", file=str(file)
        )
