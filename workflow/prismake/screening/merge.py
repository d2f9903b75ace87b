"""The whole merge: votes of all sources, records and rules to the ledger, the decisions and what is still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.screening import policy
from prismake.screening.agreement_report import agreement
from prismake.screening.ledger import build_ledger
from prismake.screening.matching import current_record_ids, matches_table
from prismake.screening.resolution import (
    DECISION_COLUMNS,
    PhaseRules,
    deciding_votes,
    not_eligible,
    resolve_phase,
)
from prismake.screening.votes import PHASES, among, as_text

PENDING_COLUMNS = ["stage", "id", "title", "who", "what"]


@dataclass(frozen=True)
class Records:
    """What was screened: `membership` (source_record_id, record_id, aliases), `source_records` and `records`
    (title, doi, year)."""

    membership: pd.DataFrame
    source_records: pd.DataFrame
    records: pd.DataFrame
    excluded_before: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["record_id", "kind", "reason"]))
    not_retrieved: Sequence[str] = ()
    """Record ids whose report was not sought or not retrieved."""
    rulings: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The sheet of rulings on duplicates, if there is one."""


@dataclass(frozen=True)
class Merged:
    """What the rule merge_screening writes."""

    ledger: pd.DataFrame
    decisions: pd.DataFrame
    matches: pd.DataFrame
    pending: pd.DataFrame
    agreement: dict[str, Any]
    faults: Faults


def merge_screening(
    votes: pd.DataFrame,
    records: Records,
    *,
    screening: Mapping[str, Any] | None = None,
    protocol: Mapping[str, Any] | None = None,
    changes: pd.DataFrame | None = None,
    final: bool = False,
    seed: int = 1,
    faults: Faults | None = None,
) -> Merged:
    """Attach, resolve and check all votes.

    `screening`: that part of config; `protocol`: `screening` and `exclusion_reasons` of the protocol. Faults are
    collected, not raised: the caller raises them once.
    """
    faults = faults if faults is not None else Faults()
    screening, protocol = screening or {}, protocol or {}
    reasons = protocol.get("exclusion_reasons") or []
    rules = phase_rules(protocol, screening)
    ledger, said = build_ledger(
        votes,
        records.membership,
        records.source_records,
        reviewers=screening.get("reviewers"),
        exclusion_reasons=reasons,
        allow_unknown=screening.get("allow_unknown") or (),
    )
    faults.extend(said)
    rescued = current_rescued(screening.get("rescued") or [], records.membership)
    decisions = decide(ledger, records, rules, [str(r["id"]) for r in reasons], rescued)
    _carry(decisions, ledger, screening.get("sources") or (), rules)
    policy.check_merged(ledger, faults)
    policy.check_reasons(decisions, ledger, faults)
    policy.check_full_text_order(decisions, ledger, rescued, faults)
    policy.check_adjudicators(ledger, decisions, faults)
    policy.check_reviewers(ledger, rules, faults, final=final)
    policy.check_split(decisions, records.records, records.rulings, records.membership, faults)
    if changes is not None:
        policy.check_stale(ledger, changes, faults, strict=bool(screening.get("strict_stale")))
    policy.check_carried(decisions, faults)
    policy.check_pending(decisions, faults, final=final)
    return Merged(
        ledger=ledger,
        decisions=decisions,
        matches=matches_table(ledger, records.source_records),
        pending=pending_table(decisions, records.records),
        agreement=agreement(ledger, rules, faults, seed=seed),
        faults=faults,
    )


def current_rescued(rescued: Sequence[Mapping[str, str]], membership: pd.DataFrame) -> list[dict[str, str]]:
    """Rescued records by the ids that they have now."""
    ids = current_record_ids(pd.Series([str(r["record_id"]) for r in rescued], dtype=object), membership)
    return [{**r, "record_id": record_id} for r, record_id in zip(rescued, ids, strict=True)]


def phase_rules(protocol: Mapping[str, Any], screening: Mapping[str, Any]) -> dict[str, PhaseRules]:
    """The rules of both phases; full text is screened as title and abstract where the protocol does not say."""
    leaves = protocol.get("screening") or {}
    different = str(screening.get("same_decision_different_reason") or "agree")
    leaf = {"title_abstract": leaves.get("title_abstract"), "full_text": leaves.get("full_text")}
    if leaf["full_text"] is None and leaf["title_abstract"] is not None:
        leaf["full_text"] = {k: v for k, v in leaf["title_abstract"].items() if k in ("reviewers", "reconcile")}
    return {phase: PhaseRules.of(phase, leaf[phase], different_reason=different) for phase in PHASES}


def decide(
    ledger: pd.DataFrame,
    records: Records,
    rules: Mapping[str, PhaseRules],
    reasons: Sequence[str],
    rescued: Sequence[Mapping[str, str]] = (),
) -> pd.DataFrame:
    """Decisions of both phases: each record on title and abstract, on full text those that were included or rescued."""
    before = records.excluded_before.drop_duplicates("record_id")
    ids = records.records["record_id"]
    removed = among(ids, before["record_id"])
    excluded, screened = ids[removed], ids[~removed].tolist()
    first = resolve_phase(ledger, screened, "title_abstract", rules["title_abstract"], exclusion_reasons=reasons)
    passed = set(first.loc[first["decision"] == "include", "record_id"]) | {str(r["record_id"]) for r in rescued}
    not_read = set(records.not_retrieved) - set(ledger.loc[ledger["phase"] == "full_text", "record_id"])
    read = [i for i in screened if i in passed and i not in not_read]
    second = resolve_phase(ledger, read, "full_text", rules["full_text"], exclusion_reasons=reasons)
    unread = [i for i in screened if i in passed and i in not_read]
    parts = [
        first,
        not_eligible(excluded.tolist(), "title_abstract", "excluded before screening"),
        second,
        not_eligible(unread, "full_text", "not retrieved"),
    ]
    held = [part for part in parts if len(part)]
    return pd.concat(held, ignore_index=True) if held else pd.DataFrame(columns=DECISION_COLUMNS)


def _carry(
    decisions: pd.DataFrame, ledger: pd.DataFrame, sources: Sequence[Mapping[str, Any]], rules: Mapping[str, PhaseRules]
) -> None:
    """Mark decisions that rest on votes of an earlier version of the review alone (`options: {carried_from: v1}`)."""
    earlier = {str(s.get("id")): str((s.get("options") or {}).get("carried_from", "")) for s in sources}
    if not any(earlier.values()):
        return
    for phase in rules:
        votes = deciding_votes(ledger[ledger["phase"] == phase])
        version = as_text(votes["source"].map(earlier))
        of_record = version.groupby(votes["record_id"]).agg(lambda v: v.iloc[0] if (v == v.iloc[0]).all() else "")
        rows = (decisions["phase"] == phase) & (decisions["status"] == "final")
        decisions.loc[rows, "carried_from"] = as_text(decisions.loc[rows, "record_id"].map(of_record))


def pending_table(decisions: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """What waits for whom: one row for each record and phase that is not decided."""
    open_ = decisions[decisions["decision"] == "pending"]
    title = records.set_index("record_id")["title"]
    words = {"conflict": "settle the conflict", "waiting": "decide"}
    return pd.DataFrame(
        {
            "stage": "screening",
            "id": open_["record_id"],
            "title": as_text(open_["record_id"].map(title)),
            "who": open_["waiting_for"],
            "what": open_["status"].map(words) + " on " + open_["phase"].str.replace("_", " "),
        },
        columns=PENDING_COLUMNS,
    ).reset_index(drop=True)
