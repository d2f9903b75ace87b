"""What is wrong, or worth knowing, in the votes taken together: the conditions of METHODS 2.5 that need more than
one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.screening.ledger import times
from prismake.screening.matching import doi_key, title_key
from prismake.screening.resolution import PhaseRules
from prismake.screening.votes import among, as_text

_LONGEST_LIST = 5


def check_reasons(decisions: pd.DataFrame, ledger: pd.DataFrame, faults: Faults) -> None:
    """Full text: an exclusion needs a reason. Any phase: an include must not carry one."""
    full_text = decisions[(decisions["phase"] == "full_text") & (decisions["decision"] == "exclude")]
    without = full_text[full_text["reasons"] == ""]
    for record_id, report_id in zip(without["record_id"], without["report_id"], strict=True):
        vote = _vote_of(ledger, record_id, report_id)
        faults.error(
            "exclusion-without-reason",
            f"{report_id or record_id} is excluded on full text without a reason.",
            file=vote["file"],
            line=int(vote["row"]),
            column="reason",
            expected="one of the protocol's exclusion reasons",
            mend="give the reason in the tool or the sheet, or name its column in config",
        )
    wrong = ledger[(ledger["decision"] == "include") & (ledger["reasons"] != "") & (ledger["state"] == "counted")]
    for (file, reviewer), part in wrong.groupby(["file", "reviewer"], sort=False):
        named = [f"line {row}: {reasons}" for row, reasons in part[["row", "reasons"]].itertuples(index=False)]
        faults.error(
            "include-with-reason",
            f"{reviewer} includes {len(part)} record{'s' * (len(part) > 1)} and gives an exclusion reason.",
            file=str(file),
            line=int(part["row"].iloc[0]),
            column="reason",
            value=_listed(named),
            expected="a reason only beside an exclusion",
            mend="remove the reason or correct the decision (in Rayyan, adding a reason makes an exclude)",
        )


def check_full_text_order(
    decisions: pd.DataFrame, ledger: pd.DataFrame, rescued: Sequence[Mapping[str, str]], faults: Faults
) -> None:
    """A full-text vote on a record that title and abstract excluded or set aside (ongoing, awaiting) is an error,
    unless it is listed as rescued with the reason: else it would count for nothing."""
    first = decisions[decisions["phase"] == "title_abstract"].set_index("record_id")["decision"]
    voted = ledger[(ledger["phase"] == "full_text") & (ledger["state"] == "counted") & (ledger["record_id"] != "")]
    voted = voted.drop_duplicates("record_id")
    decision = voted["record_id"].map(first)
    allowed = voted["record_id"].isin({str(r["record_id"]) for r in rescued})
    words = {"exclude": "excluded", "ongoing": "called ongoing", "awaiting": "called awaiting classification"}
    late = voted.assign(first=decision.map(words))[decision.isin(words) & ~allowed]
    for vote in late[["record_id", "file", "row", "first"]].itertuples(index=False):
        faults.error(
            "full-text-after-exclusion",
            f"{vote.record_id} was {vote.first} on title and abstract, and has a decision on full text.",
            file=vote.file,
            line=int(vote.row),
            column="record_id",
            value=vote.record_id,
            expected="full-text decisions only on records that were included",
            mend="correct one of the two, or list it under screening: rescued with the reason",
        )
    early = voted[decision.isin(["pending", "not_eligible"]) & ~allowed]
    if len(early):
        faults.warning(
            "full-text-before-title-abstract",
            f"{len(early)} records are decided on full text and not yet on title and abstract: "
            f"{_listed(early['record_id'])}.",
            expected="the title and abstract decided first",
            mend="add the missing votes or rulings on title and abstract",
        )


def check_adjudicators(ledger: pd.DataFrame, faults: Faults) -> None:
    """An adjudicator who is one of the two voters rules on the own vote; a ruling against agreeing votes is worth
    a look.

    `ledger` holds in `record_id` what each vote was cast on, as in `check_merged`.
    """
    counted = ledger[(ledger["state"] == "counted") & (ledger["record_id"] != "")]
    keys = ["phase", "record_id", "reviewer"]
    rulings = counted.loc[counted["role"] == "adjudicator", [*keys, "decision"]]
    votes = counted.loc[counted["role"] == "reviewer", [*keys, "decision"]]
    both = rulings[keys].drop_duplicates().merge(votes[keys].drop_duplicates(), on=keys)
    for (phase, reviewer), part in both.groupby(["phase", "reviewer"], sort=True):
        faults.warning(
            "adjudicator-voted",
            f"{reviewer} adjudicates {len(part)} records in {phase} on which they voted: {_listed(part['record_id'])}.",
            expected="an adjudicator who is none of the voters",
            mend="let another person rule, or log it as a deviation",
        )
    one = votes.groupby(["phase", "record_id"])["decision"].agg(["nunique", "first", "size"])
    ruled = rulings.drop_duplicates(["phase", "record_id"]).set_index(["phase", "record_id"])["decision"]
    held = one[(one["nunique"] == 1) & (one["size"] > 1)].join(ruled.rename("ruling"), how="inner")
    against = held[(held["first"] != held["ruling"]) & ~((held["first"] == "maybe") & (held["ruling"] == "include"))]
    if len(against):
        ids = [record_id for _, record_id in against.index]
        faults.warning(
            "ruling-against-agreement",
            f"{len(against)} rulings differ from votes that agree: {_listed(ids)}. The ruling stands.",
            expected="rulings on records whose votes differ",
            mend="check the rulings",
        )


def check_reviewers(ledger: pd.DataFrame, rules: Mapping[str, PhaseRules], faults: Faults, *, final: bool) -> None:
    """One reviewer alone where the protocol has two: a draft may wait for the second, a final build needs a
    deviation."""
    counted = ledger[(ledger["state"] == "counted") & (ledger["role"] == "reviewer")]
    for phase, rule in rules.items():
        part = counted[counted["phase"] == phase]
        names = sorted(part["reviewer"].unique())
        settled = ledger[(ledger["phase"] == phase) & ledger["role"].isin(("consensus", "automation"))]
        if names and len(names) < rule.reviewers and not len(settled):
            report = faults.error if final else faults.warning
            report(
                "too-few-reviewers",
                f"The protocol has {rule.reviewers} reviewers in {phase}, and only {', '.join(names)} voted.",
                expected=f"votes of {rule.reviewers} reviewers",
                mend="add the other reviewer's decisions, or log a deviation from the protocol's screening",
            )


def check_pending(decisions: pd.DataFrame, faults: Faults, *, final: bool) -> None:
    """Conflicts without a ruling and records without enough votes: said in a draft, an error in a final build."""
    report = faults.error if final else faults.warning
    for phase, part in decisions.groupby("phase", sort=True):
        conflicts = part[part["status"] == "conflict"]
        waiting = part[part["status"] == "waiting"]
        if len(conflicts):
            report(
                "unsettled-conflicts",
                f"{len(conflicts)} conflicts in {phase} wait for a ruling: {_listed(conflicts['record_id'])}.",
                expected="a ruling on each",
                mend="fill in a copy of results/screening/to_fill/conflicts.xlsx or .csv, put it into resources/screening "
                "and name it among screening: sources (tool: long)",
            )
        if len(waiting):
            report(
                "undecided-records",
                f"{len(waiting)} records in {phase} wait for votes: {_listed(waiting['record_id'])}.",
                expected="a decision on each record",
                mend="fill in a copy of results/screening/to_fill/waiting.xlsx or .csv, put it into resources/screening "
                "and name it among screening: sources (tool: long)",
            )


def check_merged(ledger: pd.DataFrame, faults: Faults) -> None:
    """Duplicates that were screened apart: the same decision counts once (said), different ones are a conflict
    (said)."""
    counted = ledger[(ledger["state"] == "counted") & (ledger["record_id"] != "") & (ledger["role"] == "reviewer")]
    keys = ["phase", "round", "record_id", "reviewer"]
    groups = counted.groupby(keys, sort=False)["decision"].agg(["size", "nunique"])
    same = groups[(groups["size"] > 1) & (groups["nunique"] == 1)]
    differ = groups[groups["nunique"] > 1]
    if len(same):
        faults.info(
            "votes-of-duplicates",
            f"{len(same)} times a reviewer decided alike on source records that are one record: counted once.",
        )
    if len(differ):
        ids = list(dict.fromkeys(differ.index.get_level_values("record_id")))
        faults.warning(
            "conflict-of-duplicates",
            f"On {len(ids)} records a reviewer decided differently on source records that are now one: {_listed(ids)}.",
            expected="one decision on a record",
            mend="rule on those that results/screening/to_fill/conflicts lists",
        )


def check_split(
    decisions: pd.DataFrame, records: pd.DataFrame, rulings: pd.DataFrame, membership: pd.DataFrame, faults: Faults
) -> None:
    """Records without a vote that share title or DOI with one decided in the same phase, or were ruled apart from it: the
    votes stayed there."""
    siblings = set().union(
        *(_siblings(part, records, rulings, membership) for _, part in decisions.groupby("phase", sort=False))
    )
    if siblings:
        faults.warning(
            "split-record",
            f"{len(siblings)} records without a vote look like one that is decided: {_listed(sorted(siblings))}. "
            "Where deduplication parted them, the votes stayed with the source record they were cast on.",
            expected="a decision on each record",
            mend="screen them, or join them again by a ruling in resources/deduplication/rulings.csv",
        )


def _siblings(
    decisions: pd.DataFrame, records: pd.DataFrame, rulings: pd.DataFrame, membership: pd.DataFrame
) -> set[str]:
    """Records of one phase without a vote that look like another that is decided in it, or were ruled apart from it."""
    voted = decisions.loc[(decisions["status"] == "final") & (decisions["n_reviewers"] > 0), "record_id"]
    lone = decisions.loc[(decisions["status"] == "waiting") & (decisions["n_reviewers"] == 0), "record_id"]
    lone = lone[~among(lone, voted)]  # of several reports of a record, one may be decided and another wait
    if not len(lone) or not len(voted):
        return set()
    alone = records[among(records["record_id"], lone)]
    others = records[among(records["record_id"], voted)]
    first_letters = alone["title"].str.lower().str.slice(0, 4)
    alike = others[among(others["title"].str.lower().str.slice(0, 4), first_letters)]
    title, doi = alone["title"].map(title_key), doi_key(as_text(alone["doi"]))
    same_title = among(title, alike["title"].map(title_key)) & (title != "")
    same_doi = among(doi, doi_key(as_text(others["doi"]))) & (doi != "")
    siblings = set(alone.loc[same_title | same_doi, "record_id"])
    if len(rulings):
        record_of = membership.set_index("source_record_id")["record_id"]
        apart = rulings[rulings["ruling"].str.strip().str.casefold().isin(("different", "no"))]
        first, second = (apart[f"source_record_id_{n}"].map(record_of) for n in (1, 2))
        siblings |= set(first[first.isin(lone) & second.isin(voted)])
        siblings |= set(second[second.isin(lone) & first.isin(voted)])
    return siblings


def check_stale(ledger: pd.DataFrame, changes: pd.DataFrame, faults: Faults, *, strict: bool) -> None:
    """Votes older than a material change of their record (abstract added, retraction) or of the criteria.

    `changes`: record_id ("*" for all: a new version of the criteria), changed_at, what, and phase (blank for both).
    """
    if not len(changes) or not len(ledger):
        return
    voted_at = times(ledger["decided_at"])
    changed_at = times(changes["changed_at"])
    report = faults.error if strict else faults.warning
    for position, change in enumerate(changes.to_dict("records")):
        name, phase = str(change["record_id"]).strip(), str(change.get("phase") or "").strip()
        on = (
            pd.Series(True, index=ledger.index)
            if name == "*"
            else ((ledger["record_id"] == name) | (ledger["source_record_id"] == name))
        )
        on &= (ledger["state"] == "counted") & ((ledger["phase"] == phase) if phase else True)
        stale = ledger[on & (voted_at < changed_at.iloc[position])]
        if len(stale):
            report(
                "stale-votes",
                f"{len(stale)} votes are older than a change: {change.get('what') or 'unnamed'}.",
                value=name,
                expected=f"votes after {change['changed_at']}",
                mend="let the reviewers look again, or set strict_stale: false if the old votes hold",
            )


def check_carried(decisions: pd.DataFrame, faults: Faults) -> None:
    """Records that an earlier version of the review decided keep that decision, which is said."""
    carried = decisions[decisions["carried_from"] != ""]
    for version, part in carried.groupby("carried_from", sort=True):
        faults.info("carried-forward", f"{len(part)} decisions are carried forward from {version}.")


def _vote_of(ledger: pd.DataFrame, record_id: str, report_id: str) -> Mapping[str, Any]:
    """The vote that excludes a report on full text: on the report itself, else on its record."""
    excludes = ledger[(ledger["phase"] == "full_text") & (ledger["decision"] == "exclude")]
    own = excludes[(excludes["report_id"] == report_id) & (report_id != "")]
    held = own if len(own) else excludes[(excludes["record_id"] == record_id) & (record_id != "")]
    return held.iloc[0].to_dict() if len(held) else {"file": "", "row": 0}


def _listed(ids: Sequence[str] | pd.Series) -> str:
    shown = list(ids)
    more = f" and {len(shown) - _LONGEST_LIST} more" if len(shown) > _LONGEST_LIST else ""
    return ", ".join(str(i) for i in shown[:_LONGEST_LIST]) + more
