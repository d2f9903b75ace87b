"""The whole merge: votes of all sources, records and rules to the ledger, the decisions and what is still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.messages.progress import progress
from prismake.screening import policy
from prismake.screening.agreement_report import agreement
from prismake.screening.drift import drift
from prismake.screening.ledger import build_ledger
from prismake.screening.matching import current_record_ids, matches_table
from prismake.screening.report_units import (
    PAIR_COLUMNS,
    current_reports,
    listed_reports,
    on_reports,
    on_units,
    reports_of,
)
from prismake.screening.resolution import (
    DECISION_COLUMNS,
    PhaseRules,
    deciding_votes,
    not_eligible,
    resolve_phase,
)
from prismake.screening.retrieval import not_retrieved_reports, with_current_ids
from prismake.screening.reviewers import shown_names
from prismake.screening.stopping import check_stopping
from prismake.screening.votes import PHASE_WORDS, PHASES, among, as_text
from prismake.screening.worklists import conflicts_list, waiting_list

_ONLY_IN_THE_LEDGER = ["record_key", "title", "doi", "year", "candidates"]
"""What votes say of their record; a million titles need not be copied with every selection of votes."""
PENDING_COLUMNS = ["stage", "id", "title", "who", "what"]


@dataclass(frozen=True)
class Records:
    """What was screened: `membership` (source_record_id, record_id, aliases), `source_records` and `records`
    (title, doi, year)."""

    membership: pd.DataFrame
    source_records: pd.DataFrame
    records: pd.DataFrame
    excluded_before: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["record_id", "kind", "reason"]))
    reports: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=PAIR_COLUMNS, dtype=str))
    """Reports that people's sheets name, see `prismake.screening.report_units.listed_reports`."""
    other_methods: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The sheet of reports that other methods found."""
    not_retrieved: Sequence[str] = ()
    """Ids of the reports that were not sought or not retrieved."""
    rulings: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The sheet of rulings on duplicates, if there is one."""

    @classmethod
    def of(cls, *, sheets: Mapping[str, pd.DataFrame], **tables: pd.DataFrame) -> Records:
        """The tables with what people's sheets retrieval, other_methods and rulings say of them."""
        retrieval, other = sheets["retrieval"], sheets["other_methods"]
        current = with_current_ids(retrieval, retrieval, tables["membership"])[0]
        return cls(
            **tables,
            reports=listed_reports(retrieval, other),
            other_methods=other,
            not_retrieved=not_retrieved_reports(current),
            rulings=sheets["rulings"],
        )


@dataclass(frozen=True)
class Merged:
    """What the rule merge_screening writes."""

    ledger: pd.DataFrame
    decisions: pd.DataFrame
    conflicts: pd.DataFrame
    waiting: pd.DataFrame
    matches: pd.DataFrame
    drift: pd.DataFrame
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
    final: bool | None = False,
    seed: int | None = 1,
    reported: Sequence[Mapping[str, Any]] = (),
    faults: Faults | None = None,
) -> Merged:
    """Attach, resolve and check all votes.

    `screening`: that part of config; `protocol`: `screening` and `exclusion_reasons` of the protocol; `reported`:
    agreement that a tool gives in place of votes. Faults are collected, not raised: the caller raises them once.
    """
    faults = faults if faults is not None else Faults()
    screening, protocol, final = screening or {}, protocol or {}, bool(final)
    reasons = protocol.get("exclusion_reasons") or []
    rules = phase_rules(protocol, screening)
    with progress("Merging votes", 2) as shown:
        ledger, said = build_ledger(
            votes,
            records.membership,
            records.source_records,
            reviewers=screening.get("reviewers"),
            exclusion_reasons=reasons,
            allow_unknown=screening.get("allow_unknown") or (),
            reports=records.reports,
        )
        faults.extend(said)
        shown.step(doing="resolving")
        rescued = current_rescued(screening.get("rescued") or [], records.membership)
        decisions = decide(ledger, records, rules, [str(r["id"]) for r in reasons], rescued)
        _carry(decisions, ledger, screening.get("sources") or (), records)
        shown.step(doing="checking")
    briefly = ledger.drop(columns=_ONLY_IN_THE_LEDGER)
    units = on_units(briefly)
    policy.check_merged(units, faults)
    policy.check_reasons(decisions, ledger, faults)
    policy.check_full_text_order(decisions, ledger, rescued, faults)
    policy.check_adjudicators(units, faults)
    policy.check_reviewers(ledger, rules, faults, final=final)
    policy.check_split(decisions, records.records, records.rulings, records.membership, faults)
    if changes is not None:
        policy.check_stale(ledger, changes, faults, strict=bool(screening.get("strict_stale")))
    check_stopping(ledger, screening.get("sources") or (), protocol, faults, final=final)
    policy.check_carried(decisions, faults)
    policy.check_pending(decisions, faults, final=final)
    names = shown_names(
        [*votes["reviewer"].unique(), *(n for p in reported for n in p["reviewers"])], screening.get("reviewers")
    )
    reported = [{**pair, "reviewers": [names[name] for name in pair["reviewers"]]} for pair in reported]
    cast, entries = votes_as_decided(briefly, records), _entries(records)
    return Merged(
        ledger=ledger,
        decisions=decisions,
        conflicts=conflicts_list(decisions, cast, entries),
        waiting=waiting_list(decisions, cast, entries),
        drift=drift(units),
        matches=matches_table(ledger, records.source_records),
        pending=pending_table(decisions, entries),
        agreement=agreement(units, rules, faults, seed=seed or 1, reported=reported),
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
    """Decisions of both phases: each record on title and abstract, and on full text each report of those that were
    included or rescued, and each report of other methods that has votes."""
    before = records.excluded_before.drop_duplicates("record_id")
    ids = records.records["record_id"]
    removed = among(ids, before["record_id"])
    excluded, screened = ids[removed], ids[~removed].tolist()
    first = resolve_phase(ledger, screened, "title_abstract", rules["title_abstract"], exclusion_reasons=reasons)
    passed = set(first.loc[first["decision"] == "include", "record_id"]) | {str(r["record_id"]) for r in rescued}
    pairs = current_reports(records.reports, records.membership)
    pairs = pairs[among(pairs["record_id"], [*passed, ""])]  # a record that is not let through has no say in a report
    votes = on_reports(ledger[ledger["phase"] == "full_text"], pairs)
    reports = _to_read([i for i in screened if i in passed], pairs, votes)
    lost = among(reports["report_id"], records.not_retrieved) & ~among(reports["report_id"], votes["record_id"])
    second = resolve_phase(
        votes, reports.loc[~lost, "report_id"].tolist(), "full_text", rules["full_text"], exclusion_reasons=reasons
    )
    unread = not_eligible(reports.loc[lost, "report_id"].tolist(), "full_text", "not retrieved")
    parts = [
        first,
        not_eligible(excluded.tolist(), "title_abstract", "excluded before screening"),
        *(_named_by_report(part, reports) for part in (second, unread)),
    ]
    held = [part for part in parts if len(part)]
    return pd.concat(held, ignore_index=True) if held else pd.DataFrame(columns=DECISION_COLUMNS)


def votes_as_decided(ledger: pd.DataFrame, records: Records) -> pd.DataFrame:
    """The ledger with what each vote decides on in `record_id`: a record on title and abstract, on full text a report."""
    full_text = ledger["phase"] == "full_text"
    pairs = current_reports(records.reports, records.membership)
    return pd.concat([ledger[~full_text], on_reports(ledger[full_text], pairs)], ignore_index=True)


def _entries(records: Records) -> pd.DataFrame:
    """Titles and the like by id: of the records, and of the reports that other methods found."""
    columns = ["record_id", "title", "authors", "year", "doi", "abstract"]
    other = records.other_methods.drop(columns="record_id", errors="ignore").rename(columns={"report_id": "record_id"})
    parts = [records.records.reindex(columns=columns), other.reindex(columns=columns, fill_value="")]
    return pd.concat([part for part in parts if len(part)], ignore_index=True) if len(other) else parts[0]


def _to_read(passed: list[str], pairs: pd.DataFrame, votes: pd.DataFrame) -> pd.DataFrame:
    """The reports of records that passed, then those of other methods that somebody voted on."""
    other = pairs[(pairs["record_id"] == "") & among(pairs["report_id"], votes["record_id"])]
    return pd.concat([reports_of(passed, pairs), other[PAIR_COLUMNS]], ignore_index=True).drop_duplicates("report_id")


def _named_by_report(decisions: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Decisions whose `record_id` holds a report's id, with record and report in their own columns."""
    record_of = reports.set_index("report_id")["record_id"]
    return decisions.assign(report_id=decisions["record_id"], record_id=as_text(decisions["record_id"].map(record_of)))


def _carry(
    decisions: pd.DataFrame, ledger: pd.DataFrame, sources: Sequence[Mapping[str, Any]], records: Records
) -> None:
    """Mark decisions that rest on votes of an earlier version of the review alone (`options: {carried_from: v1}`)."""
    earlier = {str(s.get("id")): str((s.get("options") or {}).get("carried_from", "")) for s in sources}
    if not any(earlier.values()):
        return
    votes = votes_as_decided(ledger, records)
    for phase in PHASES:
        deciding = deciding_votes(votes[votes["phase"] == phase])
        version = as_text(deciding["source"].map(earlier))
        of_record = version.groupby(deciding["record_id"]).agg(lambda v: v.iloc[0] if (v == v.iloc[0]).all() else "")
        rows = (decisions["phase"] == phase) & (decisions["status"] == "final")
        decisions.loc[rows, "carried_from"] = as_text(on_units(decisions[rows])["record_id"].map(of_record))


def pending_table(decisions: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """What waits for whom: one row for each record or report and phase that is not decided."""
    open_ = decisions[decisions["decision"] == "pending"]
    title = entries.drop_duplicates("record_id").set_index("record_id")["title"]
    words = {"conflict": "settle the conflict", "waiting": "decide"}
    entry = open_["record_id"].where(open_["record_id"] != "", open_["report_id"])
    return pd.DataFrame(
        {
            "stage": "screening",
            "id": on_units(open_)["record_id"],
            "title": as_text(entry.map(title)),
            "who": open_["waiting_for"],
            "what": open_["status"].map(words) + " on " + open_["phase"].map(PHASE_WORDS),
        },
        columns=PENDING_COLUMNS,
    ).reset_index(drop=True)
