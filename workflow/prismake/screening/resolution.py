"""From votes to one decision a record and phase, by the rules of the protocol.

Source: METHODS 2.3; Cochrane Handbook, chapter 4.6. A decision is never more than its votes: a record whose votes
differ and that nobody ruled on is pending, and so is one that has too few votes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from prismake.screening.votes import among

DECISION_COLUMNS = [
    "phase",
    "record_id",
    "report_id",
    "decision",
    "basis",
    "primary_reason",
    "reasons",
    "n_reviewers",
    "status",
    "waiting_for",
    "conflict",
    "carried_from",
]
_FINAL = ("include", "exclude", "ongoing", "awaiting")


@dataclass(frozen=True)
class PhaseRules:
    """How one phase is decided: `reviewers` independent votes, what maybe means, how differing votes are settled."""

    reviewers: int = 2
    maybe_as: str = "include"
    reconcile: str = "adjudicator"
    different_reason_is_conflict: bool = False

    @classmethod
    def of(cls, phase: str, protocol: Mapping[str, Any] | None, *, different_reason: str = "agree") -> PhaseRules:
        """The rules of a phase from its leaf in the protocol."""
        leaf = dict(protocol or {})
        default_maybe = "include" if phase == "title_abstract" else "conflict"
        return cls(
            reviewers=int(leaf.get("reviewers") or 2),
            maybe_as=str(leaf.get("maybe_as") or default_maybe),
            reconcile=str(leaf.get("reconcile") or "adjudicator"),
            different_reason_is_conflict=different_reason == "conflict" and phase == "full_text",
        )


def resolve_phase(
    ledger: pd.DataFrame,
    record_ids: Sequence[str],
    phase: str,
    rules: PhaseRules,
    *,
    exclusion_reasons: Sequence[str] = (),
) -> pd.DataFrame:
    """One row of `DECISION_COLUMNS` for each of `record_ids`, in their order. On full text the ids may be those of
    reports, as `prismake.screening.report_units.on_reports` puts them into the votes.

    basis: agreement, single, adjudication, consensus, automation, any_include or "". status: final, conflict or
    waiting. conflict says what the votes differ in: decision, reviewer (one reviewer voted differently on records that
    became one), reason, adjudication (rulings differ).
    """
    counted = deciding_votes(ledger[ledger["phase"] == phase])
    table = pd.DataFrame(index=pd.Index(record_ids, name="record_id"))
    votes = counted[among(counted["record_id"], record_ids)].copy()
    if rules.maybe_as in ("include", "exclude"):
        votes["decision"] = votes["decision"].where(votes["decision"] != "maybe", rules.maybe_as)
    reviewer = _opinions(votes[votes["role"] == "reviewer"], table.index, own=True)
    adjudicator = _opinions(votes[votes["role"] == "adjudicator"], table.index)
    consensus = _opinions(votes[(votes["role"] == "consensus") & (votes["state"] != "implied")], table.index)
    automation = _opinions(votes[votes["role"] == "automation"], table.index)
    implied = _opinions(votes[votes["state"] == "implied"], table.index)

    enough = reviewer["n"] >= rules.reviewers
    agreed = (reviewer["distinct"] == 1) & (reviewer["one"] != "maybe")
    differ = (reviewer["distinct"] > 1) | (reviewer["one"] == "maybe")
    reasons_differ = _reasons_differ(votes, table.index) if rules.different_reason_is_conflict else False
    ruled, settled = adjudicator["distinct"] == 1, consensus["distinct"] == 1
    rulings_differ = (adjudicator["distinct"] > 1) | (~ruled & (consensus["distinct"] > 1))
    any_include = (rules.reconcile == "any_include") & enough & reviewer["include"]
    agree = enough & agreed & ~np.asarray(reasons_differ, dtype=bool)
    same_as_votes = agree & (
        (ruled & (adjudicator["one"] == reviewer["one"])) | (settled & (consensus["one"] == reviewer["one"]))
    )
    counted_as = np.where(reviewer["n"] > 1, "agreement", "single")

    cases = [
        ("pending", "", "conflict", rulings_differ),
        (reviewer["one"], counted_as, "final", same_as_votes),
        (adjudicator["one"], "adjudication", "final", ruled),
        (consensus["one"], "consensus", "final", settled),
        (reviewer["one"], counted_as, "final", agree),
        ("include", "any_include", "final", any_include & differ),
        ("pending", "", "conflict", differ | (enough & reasons_differ)),
        ("pending", "", "waiting", reviewer["n"] > 0),
        (automation["one"], "automation", "final", automation["distinct"] == 1),
        (implied["one"], "consensus", "final", implied["distinct"] == 1),
    ]
    conditions = [np.asarray(case[3], dtype=bool) for case in cases]

    def chosen(position: int, default: str) -> np.ndarray:
        options = [np.broadcast_to(np.asarray(case[position], dtype=object), len(table)) for case in cases]
        return np.select(conditions, options, default=default)

    table["phase"] = phase
    table["decision"] = chosen(0, "pending")
    table["basis"] = chosen(1, "")
    table["status"] = chosen(2, "waiting")
    table["n_reviewers"] = reviewer["n"].astype("int64")
    kinds = [
        rulings_differ,
        reviewer["own"],
        reviewer["distinct"] > 1,
        reviewer["one"] == "maybe",
        np.asarray(reasons_differ, dtype=bool),
    ]
    names = ["adjudication", "reviewer", "decision", "decision", "reason"]
    conflict = np.select([np.broadcast_to(np.asarray(k, dtype=bool), len(table)) for k in kinds], names, default="")
    table["conflict"] = np.where(table["status"] == "conflict", conflict, "")
    table["carried_from"] = table["report_id"] = ""
    _add_reasons(table, votes, exclusion_reasons)
    table["waiting_for"] = waiting_for(table, votes, rules)
    return table.reset_index()[DECISION_COLUMNS]


def deciding_votes(ledger: pd.DataFrame) -> pd.DataFrame:
    """Votes that decide: those that count, of each reviewer the latest round on a record; calibration only where
    nothing else is.

    Rounds are in the order of their numbers, or else of their first appearance.
    """
    votes = ledger[ledger["state"].isin(("counted", "implied")) & (ledger["record_id"] != "")]
    if not len(votes):
        return votes
    calibration = votes["calibration"] == "true"
    if calibration.any():
        later = votes.loc[~calibration & (votes["role"] == "reviewer"), "record_id"].unique()
        votes = votes[~(calibration & among(votes["record_id"], later))]
    implied = votes["state"] == "implied"  # no round of their own: a vote that was cast is never older than they
    rounds = votes.loc[~implied, "round"].unique()
    if len(rounds) > 1:
        order = votes["round"].map({name: i for i, name in enumerate(round_order(rounds))}).where(~implied, -1)
        last = order.groupby([votes["record_id"], votes["role"], votes["reviewer"]], sort=False).transform("max")
        votes = votes[implied | (order == last)]
    return votes


def round_order(rounds: Sequence[str]) -> list[str]:
    """Rounds from first to last: by number if all but blank ones are numbers, else in the order given."""
    named = [r for r in rounds if r]
    if all(r.strip().isdigit() for r in named):
        return sorted(rounds, key=lambda r: int(r) if r else -1)
    return list(rounds)


def _opinions(votes: pd.DataFrame, index: pd.Index, *, own: bool = False) -> pd.DataFrame:
    """For each record: n voters, distinct decisions, the decision if it is one, whether one is include, whether
    one voter differs."""
    table = pd.DataFrame({"n": 0, "distinct": 0, "one": "", "include": False, "own": False}, index=index)
    if not len(votes):
        return table
    pairs = votes[["record_id", "reviewer", "decision"]].drop_duplicates()
    per_record = pairs.drop_duplicates(["record_id", "decision"])
    counts = per_record.groupby("record_id", sort=False)["decision"].agg(["size", "first"])
    table["distinct"] = counts["size"].reindex(index, fill_value=0)
    table["one"] = counts["first"].where(counts["size"] == 1, "").reindex(index, fill_value="")
    voters = pairs.drop_duplicates(["record_id", "reviewer"])["record_id"].value_counts(sort=False)
    table["n"] = voters.reindex(index, fill_value=0)
    table["include"] = index.isin(pairs.loc[pairs["decision"] == "include", "record_id"])
    if own:
        twice = pairs[pairs.duplicated(["record_id", "reviewer"])]
        table["own"] = index.isin(twice["record_id"])
    return table


def _reasons_differ(votes: pd.DataFrame, index: pd.Index) -> np.ndarray:
    """Records that reviewers exclude for reasons none of which they share in writing."""
    held = votes[(votes["role"] == "reviewer") & (votes["decision"] == "exclude") & (votes["reasons"] != "")]
    counts = held.groupby("record_id", sort=False)["reasons"].nunique()
    return index.isin(counts.index[counts > 1])


def _add_reasons(table: pd.DataFrame, votes: pd.DataFrame, order: Sequence[str]) -> None:
    """All reasons of an excluded record in the protocol's order, the first as the primary one.

    Where an adjudicator or a consensus gives reasons, the primary reason is the first of theirs.
    """
    table["primary_reason"] = ""
    table["reasons"] = ""
    excluded = table.index[table["decision"] == "exclude"]
    held = votes[(votes["decision"] == "exclude") & (votes["reasons"] != "") & among(votes["record_id"], excluded)]
    if not len(held):
        return
    rank = {reason: i for i, reason in enumerate(order)}
    parts = held[["record_id", "role", "reasons"]].assign(reason=held["reasons"].str.split("; ")).explode("reason")
    parts["settles"] = parts["role"].isin(("adjudicator", "consensus"))
    parts["rank"] = parts["reason"].map(rank).fillna(len(rank)).astype(int)
    parts = parts.sort_values(["record_id", "rank", "reason"], kind="stable")
    all_ = parts.drop_duplicates(["record_id", "reason"]).groupby("record_id", sort=False)["reason"].agg("; ".join)
    primary = parts.sort_values(
        ["record_id", "settles", "rank", "reason"], ascending=[True, False, True, True], kind="stable"
    )
    first = primary.drop_duplicates("record_id").set_index("record_id")["reason"]
    table.loc[all_.index, "reasons"] = all_
    table.loc[first.index, "primary_reason"] = first


def waiting_for(table: pd.DataFrame, votes: pd.DataFrame, rules: PhaseRules) -> pd.Series:
    """Who has to act: the adjudicator on a conflict; the reviewers who have not voted, by name where the phase has
    no others."""
    waits = pd.Series("", index=table.index, dtype=object)
    adjudicators = sorted(votes.loc[votes["role"] == "adjudicator", "reviewer"].unique())
    settle = " or ".join(adjudicators) or ("consensus" if rules.reconcile == "consensus" else "adjudicator")
    waits[table["status"] == "conflict"] = settle
    open_ = table["status"] == "waiting"
    if not open_.any():
        return waits.astype(str)
    cast = votes[votes["role"] == "reviewer"]
    known = sorted(cast["reviewer"].unique())
    if len(known) != rules.reviewers:
        missing = rules.reviewers - table["n_reviewers"]
        words = {1: "another reviewer" if rules.reviewers > 1 else "a reviewer"}
        waits[open_] = missing[open_].map(lambda n: words.get(int(n), f"{int(n)} reviewers"))
        return waits.astype(str)
    lists = pd.Series("", index=table.index, dtype=object)
    for name in known:
        voted = table.index.isin(cast.loc[cast["reviewer"] == name, "record_id"])
        lists = lists.where(voted, lists + f"; {name}")
    waits[open_] = lists[open_].str.removeprefix("; ")
    return waits.astype(str)


def not_eligible(record_ids: Sequence[str], phase: str, why: str) -> pd.DataFrame:
    """Rows for records that are not screened in a phase; `why` stands in `basis`."""
    frame = pd.DataFrame({name: "" for name in DECISION_COLUMNS}, index=range(len(record_ids)))
    frame["phase"], frame["record_id"] = phase, list(record_ids)
    frame["decision"], frame["basis"], frame["status"], frame["n_reviewers"] = "not_eligible", why, "final", 0
    return frame


def is_final(decisions: pd.DataFrame) -> pd.Series:
    """Rows whose decision stands."""
    return decisions["decision"].isin([*_FINAL, "not_eligible"])
