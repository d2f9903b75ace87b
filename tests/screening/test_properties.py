"""Random reviews: no vote is lost, votes follow the source record they were cast on, decisions are those of a
plain rereading of the rules.

Several independent reviews are joined into one merge, so that many are tried in little time.
PRISMAKE_RANDOM_REVIEWS sets the number of examples of each test (each holds up to twenty reviews).
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.screening.ledger import build_ledger
from prismake.screening.merge import decide, phase_rules

MEMBERS = 6


class Vote(NamedTuple):
    """One vote on the member with this number."""

    member: int
    reviewer: str
    decision: str
    time: str = ""
    role: str = "reviewer"


class Review(NamedTuple):
    """Votes, rulings, and two ways to join the source records into records."""

    votes: list[Vote]
    rulings: list[Vote]
    first: list[int]
    second: list[int]


_member = st.integers(0, MEMBERS - 1)
_vote = st.builds(
    Vote,
    _member,
    st.sampled_from(["Ann", "Bo"]),
    st.sampled_from(["include", "exclude", "maybe", "unseen"]),
    st.sampled_from(["", "2024-01-01T08:00:00Z", "2024-01-02T08:00:00Z"]),
    st.just("reviewer"),
)
_ruling = st.builds(
    Vote, _member, st.just("Cy"), st.sampled_from(["include", "exclude"]), st.just(""), st.just("adjudicator")
)
_partition = st.lists(st.integers(0, 3), min_size=MEMBERS, max_size=MEMBERS)
_review = st.builds(
    Review,
    st.lists(_vote, max_size=16),
    st.lists(_ruling, max_size=3, unique_by=lambda r: r.member),
    _partition,
    _partition,
)
reviews_ = st.lists(_review, min_size=1, max_size=20)
random_reviews = settings(deadline=None, max_examples=int(os.environ.get("PRISMAKE_RANDOM_REVIEWS", "12")))


def source(review: int, member: int) -> str:
    """Id of a member's source record."""
    return f"r{review:02}:{member}"


def clusters_of(reviews: list[Review], way: str) -> dict[str, list[str]]:
    """Record id (that of the first member) -> members, over all reviews."""
    groups: dict[tuple[int, int], list[str]] = {}
    for i, review in enumerate(reviews):
        for member, group in enumerate(getattr(review, way)):
            groups.setdefault((i, group), []).append(source(i, member))
    return {members[0]: members for members in groups.values()}


def screened(invented, reviews: list[Review], way: str):
    """Ledger, decisions on title and abstract by record id, and faults."""
    rows: list[dict[str, Any]] = [
        {
            "record_key": source(i, v.member),
            "reviewer": v.reviewer,
            "decision": v.decision,
            "decided_at": v.time,
            "role": v.role,
        }
        for i, review in enumerate(reviews)
        for v in (*review.votes, *review.rulings)
    ]
    records = invented.records(clusters_of(reviews, way))
    ledger, faults = build_ledger(invented.votes(*rows), records.membership, records.source_records)
    decisions = decide(ledger, records, phase_rules(invented.dual, {}), [])
    return ledger, decisions[decisions["phase"] == "title_abstract"].set_index("record_id"), faults


def standing(reviews: list[Review]) -> dict[tuple[str, str], set[str]]:
    """(source, reviewer) -> decisions that stand: the last by time where all have one, else all that were made."""
    held: dict[tuple[str, str], list[Vote]] = {}
    for i, review in enumerate(reviews):
        for vote in review.votes:
            held.setdefault((source(i, vote.member), vote.reviewer), []).append(vote)
    result = {}
    for key, cast in held.items():
        if all(vote.time for vote in cast):
            cast = sorted(cast, key=lambda v: v.time)[-1:]  # at one time, the order of the file holds
        result[key] = {vote.decision for vote in cast} - {"unseen"}
    return result


def opinions_on(members: list[str], stands: dict[tuple[str, str], set[str]]) -> dict[str, set[str]]:
    """Reviewer -> decisions on a record's members, maybe being an include."""
    opinions: dict[str, set[str]] = {}
    for (member, reviewer), decisions in stands.items():
        if member in members and decisions:
            opinions.setdefault(reviewer, set()).update("include" if d == "maybe" else d for d in decisions)
    return opinions


def expected_decision(opinions: dict[str, set[str]], ruled: set[str]) -> str:
    """The rules of dual screening with an adjudicator, read plainly."""
    everything = set().union(*opinions.values()) if opinions else set()
    if len(ruled) == 1:
        return next(iter(ruled))
    return next(iter(everything)) if not ruled and len(opinions) == 2 and len(everything) == 1 else "pending"


@random_reviews
@given(reviews=reviews_)
def test_votes_are_kept_and_follow_their_source_record(invented, reviews):
    cast = [source(i, v.member) for i, review in enumerate(reviews) for v in (*review.votes, *review.rulings)]
    ledgers = {way: screened(invented, reviews, way)[0] for way in ("first", "second")}
    for way, ledger in ledgers.items():
        assert len(ledger) == len(cast)
        assert ledger["source_record_id"].tolist() == cast
        record_of = {member: record for record, members in clusters_of(reviews, way).items() for member in members}
        assert ledger["record_id"].tolist() == [record_of[member] for member in cast]
    same = ["vote_id", "source_record_id", "reviewer", "role", "decision", "state"]
    assert ledgers["first"][same].equals(ledgers["second"][same])


@random_reviews
@given(reviews=reviews_)
def test_decisions_and_errors_are_those_of_a_plain_reading(invented, reviews):
    _, decided, faults = screened(invented, reviews, "first")
    clusters, stands = clusters_of(reviews, "first"), standing(reviews)
    contradicted = {key for key, decisions in stands.items() if len(decisions) > 1}
    errors = [f for f in faults if f.code == "contradictory-votes"]
    assert {(f.value, f.what.split(" voted")[0]) for f in errors} == contradicted
    assert set(decided.index) == set(clusters)
    rulings = {source(i, r.member): r.decision for i, review in enumerate(reviews) for r in review.rulings}
    touched = {member for member, _ in contradicted}
    for record, members in clusters.items():
        if touched & set(members):
            continue
        opinions = opinions_on(members, stands)
        ruled = {rulings[m] for m in members if m in rulings}
        assert decided.at[record, "decision"] == expected_decision(opinions, ruled)
        if not ruled and any(len(decisions) > 1 for decisions in opinions.values()):
            assert (decided.at[record, "status"], decided.at[record, "conflict"]) == ("conflict", "reviewer")


@random_reviews
@given(reviews=reviews_, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference_to_decisions(invented, reviews, order):
    untimed = [r._replace(votes=[v._replace(time="") for v in r.votes]) for r in reviews]
    shuffled = []
    for review in untimed:
        votes = list(review.votes)
        order.shuffle(votes)
        shuffled.append(review._replace(votes=votes))
    columns = ["decision", "status", "basis", "conflict", "n_reviewers"]
    first, second = screened(invented, untimed, "first")[1], screened(invented, shuffled, "first")[1]
    assert first[columns].equals(second[columns])
