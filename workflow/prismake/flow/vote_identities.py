"""The identities between votes and decisions (E6): nothing is decided without its votes, no conflict goes unsettled."""

from __future__ import annotations

import pandas as pd

from prismake.flow.count import DBR_ARMS, Flow, split_ids
from prismake.flow.identity import Identity, same_ids, same_number, whole
from prismake.flow.tables import FlowTables
from prismake.screening.report_units import on_reports, on_units
from prismake.screening.resolution import deciding_votes

HUMAN_ROLES = ("reviewer", "adjudicator", "consensus")
PHASES = ("title_abstract", "full_text")


def votes_and_conflicts(tables: FlowTables, flow: Flow) -> list[Identity]:
    """E6: each screened record has votes, or automation decided it, or it is pending; conflicts are settled or open."""
    not_eligible = tables.decisions["decision"].eq("not_eligible")
    decisions = _by_unit(tables.decisions[~not_eligible])
    aside = set(zip(tables.decisions["phase"][not_eligible], tables.decisions["record_id"][not_eligible], strict=True))
    aside |= {(phase, record) for record in tables.excluded_before["record_id"] for phase in PHASES}
    not_let_through = ("records_pending", "records_ongoing", "records_awaiting")
    aside |= {("full_text", record) for box in not_let_through for record in flow.lists[box]}
    aside -= set(
        zip(tables.decisions["phase"][~not_eligible], tables.decisions["record_id"][~not_eligible], strict=True)
    )
    on_aside = pd.MultiIndex.from_frame(tables.ledger[["phase", "record_id"]]).isin(list(aside))
    if (
        "report_id" in tables.ledger
    ):  # a vote on a report stands as long as the report does, whichever record it was found by
        on_aside &= ~(tables.ledger["report_id"].ne("") & tables.ledger["report_id"].isin(decisions["record_id"]))
    votes = _votes(tables.ledger[~on_aside], tables)
    return [
        _voted(flow, tables.decisions, votes),
        _conflicts(decisions, votes),
        _reviewers_counted(decisions, votes),
        _bases_have_votes(decisions, votes),
    ]


def _by_unit(decisions: pd.DataFrame) -> pd.DataFrame:
    """Decisions with what they are on (a record; on full text a report) in `record_id`."""
    return on_units(decisions) if "report_id" in decisions else decisions


def _voted(flow: Flow, decisions: pd.DataFrame, votes: pd.DataFrame) -> Identity:
    """E6a: n_both + n_single + decided without reviewers + without a vote = screened."""
    screened = set(flow.lists["records_screened"])
    first = votes[votes["phase"].eq("title_abstract")]
    by_people = set(first.loc[first["role"].isin(HUMAN_ROLES), "record_id"])
    decided = decisions[decisions["phase"].eq("title_abstract")]
    automatic = set(decided.loc[decided["basis"].eq("automation"), "record_id"]) & screened
    without = (set(flow.lists["records_pending"]) & screened) - by_people
    reviewers = first[first["role"].eq("reviewer")].groupby("record_id")["reviewer"].nunique()
    reviewers = reviewers[reviewers.index.isin(screened)]
    note = f"{int(reviewers.gt(1).sum())} by two or more reviewers, {int(reviewers.eq(1).sum())} by one"
    statement = "Records with votes of people + decided by automation alone + without a vote yet = records screened"
    covered = sorted(by_people | automatic | without)
    return same_ids("E6a", statement, covered, sorted(screened), pending=sorted(without), note=note)


def _conflicts(decisions: pd.DataFrame, votes: pd.DataFrame) -> Identity:
    """E6b: where reviewers say include and exclude, somebody settled it or the conflict is open, in both phases."""
    statement = "Records that reviewers both included and excluded = settled conflicts + open conflicts"
    said = votes[votes["role"].eq("reviewer") & votes["decision"].isin(("include", "exclude"))]
    differ = said.groupby(["phase", "record_id"])["decision"].nunique()
    keys = set(zip(decisions["phase"], decisions["record_id"], strict=True))
    left = sorted(f"{phase} {record}" for phase, record in set(differ[differ > 1].index) & keys)
    named = decisions["phase"] + " " + decisions["record_id"]
    is_open = decisions["status"].eq("conflict")
    settled = decisions["basis"].isin(("adjudication", "consensus", "any_include")) & ~is_open
    differing = set(left)
    right = [key for key in named[is_open | settled] if key in differing]
    return same_ids("E6b", statement, left, right, pending=list(named[is_open]))


def _reviewers_counted(decisions: pd.DataFrame, votes: pd.DataFrame) -> Identity:
    """E6c: each decision says how many reviewers it rests on; the ledger must show as many."""
    statement = "Reviewers that the decisions count = reviewers in the ledger, over all records and phases"
    if "n_reviewers" not in decisions:
        return Identity("E6c", statement, note="the decisions do not count their reviewers")
    reviewers = votes[votes["role"].eq("reviewer")].groupby(["phase", "record_id"])["reviewer"].nunique()
    voters = {key: int(n) for key, n in reviewers.items()}
    said = {
        (phase, record): whole(n) or 0
        for phase, record, n in zip(decisions["phase"], decisions["record_id"], decisions["n_reviewers"], strict=True)
    }
    wrong = sorted(f"{key[0]} {key[1]}" for key in said.keys() | voters.keys() if said.get(key) != voters.get(key, 0))
    left, right = sum(said.values()), sum(voters.values())
    if wrong and left == right:
        return Identity(
            "E6c", statement, left, right, "no", "always", tuple(wrong), "equal in sum, not for each record"
        )
    return same_number("E6c", statement, left, right, wrong)


def _bases_have_votes(decisions: pd.DataFrame, votes: pd.DataFrame) -> Identity:
    """E6d: what an adjudicator, a consensus or a tool decided has its own row in the ledger."""
    roles = {"adjudication": "adjudicator", "consensus": "consensus", "automation": "automation"}
    cast = set(zip(votes["phase"], votes["record_id"], votes["role"], strict=True))
    if "state" in votes:  # a later list of the tool implies the decision, whoever made it
        implied = votes[votes["state"].eq("implied")]
        cast |= {(phase, i, "consensus") for phase, i in zip(implied["phase"], implied["record_id"], strict=True)}
    needed = [
        (phase, record, roles[basis])
        for phase, record, basis in zip(decisions["phase"], decisions["record_id"], decisions["basis"], strict=True)
        if basis in roles
    ]
    wrong = sorted(f"{phase} {record}" for phase, record, role in needed if (phase, record, role) not in cast)
    statement = "Decisions by adjudication, consensus or automation = those with that vote in the ledger"
    return same_number("E6d", statement, len(needed), len(needed) - len(wrong), wrong)


def _votes(ledger: pd.DataFrame, tables: FlowTables) -> pd.DataFrame:
    """The votes that decide, those on full text on their reports; in a ledger without rounds and states, all that say
    something."""
    if "report_id" in ledger and "report_id" in tables.decisions:
        full_text = ledger["phase"].eq("full_text")
        spread = on_reports(ledger[full_text], _reports_of_records(tables))
        ledger = pd.concat([ledger[~full_text], spread], ignore_index=True)
    if {"state", "round", "calibration"} <= set(ledger.columns):
        return pd.concat([deciding_votes(ledger[ledger["phase"].eq(phase)]) for phase in PHASES])
    return ledger[~ledger["decision"].isin(("unseen", "")) & ledger["record_id"].ne("")]


def _reports_of_records(tables: FlowTables) -> pd.DataFrame:
    """Reports and records, a row for each record of a report; what other methods found again is read as the record's."""
    pairs = tables.reports.loc[tables.reports["arm"].isin(DBR_ARMS), ["report_id", "record_id"]]
    several = pairs["record_id"].str.contains("; ", regex=False)
    if not several.any():
        return pairs
    return pairs.assign(record_id=pairs["record_id"].map(split_ids)).explode("record_id").fillna("")
