"""Random reviews through the real stages: votes to the ledger, decisions, reports, studies, flow; before and after a
re-deduplication. No vote is lost, and every identity holds."""

from __future__ import annotations

import random
from typing import NamedTuple

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.flow.count import count_flow
from prismake.flow.identities import check_flow
from prismake.flow.tables import flow_tables
from prismake.messages.faults import Faults
from prismake.screening.ledger import build_ledger
from prismake.screening.merge import Records, decide, phase_rules
from prismake.screening.policy import check_full_text_order
from prismake.screening.retrieval import Sheets, build_reports, not_retrieved_reports
from prismake.screening.studies import link_studies
from prismake.screening.votes import VOTE_COLUMNS

REASONS = [{"id": "population", "label": "Wrong population"}, {"id": "design", "label": "Wrong design"}]
PROTOCOL = {
    "screening": {"title_abstract": {"reviewers": 2}, "full_text": {"reviewers": 2}},
    "exclusion_reasons": REASONS,
}


class Merged(NamedTuple):
    """What screening gives to the stages after it; agreement, which it computes too, is left out here."""

    ledger: pd.DataFrame
    decisions: pd.DataFrame
    faults: Faults


class Team:
    """What a team does, step by step, on the records of a random review."""

    def __init__(self, review, seed: int) -> None:
        self.rng = random.Random(seed)
        self.review = review
        titles = [f"A study of subject number {i} and its own outcome" for i in range(len(review.order))]
        self.source_records = pd.DataFrame(
            {
                "source_record_id": review.order,
                "search": [review.search_of[i] for i in review.order],
                "title": titles,
                "doi": "",
                "year": "2020",
            },
            dtype=str,
        )
        self.before = self.membership({i: cluster[0] for cluster in review.clusters for i in cluster})
        self.after = self.membership(review.record_of)
        self.votes = [
            self.vote(v["phase"], v["source_record_id"], v["reviewer"], v["role"], v["decision"])
            for v in review.votes
            if v["phase"] == "title_abstract"
        ]
        self.sheets = Sheets(pd.DataFrame(), self.other_methods(), self.previous())

    def membership(self, record_of: dict[str, str]) -> pd.DataFrame:
        rows = [
            {
                "source_record_id": i,
                "record_id": record_of[i],
                "search": self.review.search_of[i],
                "aliases": "",
                "earliest": str(record_of[i] == i).lower(),
            }
            for i in self.review.order
        ]
        return pd.DataFrame(rows, dtype=str, columns=["source_record_id", "record_id", "search", "aliases", "earliest"])

    def vote(self, phase: str, source: str, reviewer: str, role: str, decision: str) -> dict[str, str]:
        reason = self.rng.choice(REASONS)["id"] if phase == "full_text" and decision == "exclude" else ""
        vote = dict.fromkeys(VOTE_COLUMNS, "") | {"calibration": "false", "tool": "long", "file": "votes.csv"}
        return vote | {
            "phase": phase,
            "record_key": source,
            "reviewer": reviewer,
            "role": role,
            "decision": decision,
            "reason": reason,
            "reasons": reason,
            "row": str(len(getattr(self, "votes", [])) + 2),
        }

    def removed(self, membership: pd.DataFrame) -> pd.DataFrame:
        ids = sorted(set(membership["record_id"]) & self.review.removed)
        return pd.DataFrame({"record_id": ids, "kind": "other", "reason": "Dissertations"}, dtype=str)

    def merge(self, membership: pd.DataFrame) -> Merged:
        records = self.source_records[membership["earliest"].eq("true")].rename(
            columns={"source_record_id": "record_id"}
        )
        records = records.assign(authors="", searches=records["search"], abstract="")
        self.records = records
        votes = pd.DataFrame(self.votes, columns=VOTE_COLUMNS, dtype=str)
        ledger, faults = build_ledger(votes, membership, self.source_records, exclusion_reasons=REASONS)
        lost = not_retrieved_reports(self.sheets.retrieval)
        of = Records(membership, self.source_records, records, self.removed(membership), not_retrieved=lost)
        decisions = decide(ledger, of, phase_rules(PROTOCOL, {}), [reason["id"] for reason in REASONS])
        check_full_text_order(decisions, ledger, [], faults)
        return Merged(ledger, decisions, faults)

    def read_full_texts(self, merged: Merged) -> None:
        """Votes of two reviewers, and sometimes an adjudicator, on what title and abstract let through."""
        first = merged.decisions[
            merged.decisions["phase"].eq("title_abstract") & merged.decisions["decision"].eq("include")
        ]
        lost = [record for record in first["record_id"] if self.rng.random() < 0.1]
        self.sheets = Sheets(
            pd.DataFrame({"record_id": lost, "report_id": "", "sought": "", "retrieved": "no"}, dtype=str),
            self.sheets.other_methods,
            self.sheets.previous_review,
        )
        for record in first["record_id"]:
            if record in lost or self.rng.random() < 0.1:
                continue
            said = [self.rng.choice(["include", "exclude"])] * 2
            if self.rng.random() < 0.2:
                said[1] = self.rng.choice(["include", "exclude"])
            for reviewer, decision in zip(("Ann", "Bo"), said, strict=True):
                self.votes.append(self.vote("full_text", record, reviewer, "reviewer", decision))
            if said[0] != said[1] and self.rng.random() < 0.7:
                self.votes.append(self.vote("full_text", record, "Cy", "adjudicator", said[0]))

    def other_methods(self) -> pd.DataFrame:
        rows = [
            {
                "report_id": f"o{i}",
                "method": self.rng.choice(["website", "citation", "contact"]),
                "title": f"O {i}",
                "authors": "",
                "year": "",
                "doi": "",
                "sought": "",
                "retrieved": self.rng.choice(["yes", "no", ""]),
                "decision": "",
                "reason": "",
                "study_id": "",
                "note": "",
            }
            for i in range(self.rng.choice([0, 4]))
        ]
        for row in rows:
            if row["retrieved"] == "yes":
                row["decision"] = self.rng.choice(["include", "exclude", ""])
                row["reason"] = "design" if row["decision"] == "exclude" else ""
        return pd.DataFrame(rows, dtype=str)

    def previous(self) -> pd.DataFrame:
        rows = [{"study_id": f"p{i // 2}", "report_id": f"pr{i}"} for i in range(self.rng.choice([0, 3]))]
        return pd.DataFrame(rows, dtype=str).assign(title="", authors="", year="", doi="") if rows else pd.DataFrame()

    def flow_of(self, membership: pd.DataFrame, merged: Merged):
        registers = frozenset(s["search"] for s in self.review.rows["searches"] if s["kind"] == "register")
        faults = Faults()
        reports = build_reports(
            merged.decisions,
            self.records,
            self.sheets,
            faults,
            registers=registers,
            exclusion_reasons=[reason["id"] for reason in REASONS],
        )
        included = reports.loc[reports["full_text"].eq("include") & reports["arm"].ne("previous"), "report_id"]
        sheet = pd.DataFrame(
            [
                {"study_id": f"st{self.rng.randrange(4)}", "report_id": report, "primary": ""}
                for report in included
                if self.rng.random() < 0.8
            ]
            + [
                {"study_id": "p0", "report_id": report, "primary": ""}
                for report in included[:1]
                if len(self.sheets.previous_review)
            ],
            dtype=str,
        )
        reports, studies, links = link_studies(reports, sheet, faults)
        searches = pd.DataFrame(self.review.rows["searches"])
        return flow_tables(
            {
                "searches": searches,
                "source_records": self.source_records,
                "membership": membership,
                "excluded_before": self.removed(membership),
                "decisions": merged.decisions,
                "ledger": merged.ledger,
                "reports": reports,
                "studies": studies,
                "study_links": links,
            }
        )


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_votes_are_never_lost_and_every_identity_holds_before_and_after_a_rededuplication(random_review, seed):
    team = Team(random_review(seed), seed)
    if not team.review.order:
        return
    team.read_full_texts(team.merge(team.before))
    cast = sorted((v["phase"], v["record_key"], v["reviewer"], v["decision"]) for v in team.votes)
    for membership in (team.before, team.after):
        merged = team.merge(membership)
        ledger = merged.ledger
        kept = zip(ledger["phase"], ledger["record_key"], ledger["reviewer"], ledger["decision"], strict=True)
        assert sorted(kept) == cast
        if merged.faults.errors:  # the merge brought up what a person must settle, and the build stops there
            continue
        tables = team.flow_of(membership, merged)
        assert [i for i in check_flow(tables, count_flow(tables)) if i.holds == "no"] == []
