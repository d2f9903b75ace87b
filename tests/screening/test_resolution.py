"""How votes become decisions."""

from __future__ import annotations

import pytest
from prismake.screening.resolution import PhaseRules, round_order


def decided(invented, *votes, protocol=None, **options):
    """The decision on record A."""
    result = invented.merge(invented.votes(*votes), invented.records({"A": ["A"]}), protocol, **options)
    return invented.decision(result, "A")


def with_rules(invented, **rules):
    """The dual protocol with other rules on title and abstract."""
    first = {**invented.dual["screening"]["title_abstract"], **rules}
    return {**invented.dual, "screening": {**invented.dual["screening"], "title_abstract": first}}


@pytest.mark.parametrize("decision", ["include", "exclude", "ongoing", "awaiting"])
def test_two_that_agree_are_final(invented, decision):
    row = decided(invented, ("A", "Ann", decision), ("A", "Bo", decision))
    assert (row["decision"], row["basis"], row["status"], row["n_reviewers"]) == (decision, "agreement", "final", 2)


def test_two_that_differ_wait_for_a_ruling(invented):
    row = decided(invented, ("A", "Ann", "include"), ("A", "Bo", "exclude"))
    assert (row["decision"], row["status"], row["conflict"]) == ("pending", "conflict", "decision")
    assert row["waiting_for"] == "adjudicator"


def test_a_ruling_settles_and_stands_beside_the_votes(invented):
    ruling = {"record_key": "A", "reviewer": "Cy", "decision": "exclude", "role": "adjudicator"}
    votes = invented.votes(("A", "Ann", "include"), ("A", "Bo", "exclude"), ruling)
    result = invented.merge(votes, invented.records({"A": ["A"]}))
    row = invented.decision(result, "A")
    assert (row["decision"], row["basis"], row["n_reviewers"]) == ("exclude", "adjudication", 2)
    assert len(result.ledger) == 3 and set(result.ledger["state"]) == {"counted"}


def test_a_ruling_goes_before_a_consensus(invented):
    row = decided(
        invented,
        ("A", "Ann", "include"),
        ("A", "Bo", "exclude"),
        {"record_key": "A", "reviewer": "Cy", "decision": "exclude", "role": "adjudicator"},
        {"record_key": "A", "reviewer": "Both", "decision": "include", "role": "consensus"},
    )
    assert (row["decision"], row["basis"]) == ("exclude", "adjudication")


def test_a_ruling_like_the_votes_leaves_it_an_agreement(invented):
    ruling = {"record_key": "A", "reviewer": "Final", "decision": "include", "role": "adjudicator"}
    assert decided(invented, ("A", "Ann", "include"), ("A", "Bo", "include"), ruling)["basis"] == "agreement"


def test_rulings_that_differ_are_a_conflict(invented):
    row = decided(
        invented,
        {"record_key": "A", "reviewer": "Cy", "decision": "exclude", "role": "adjudicator"},
        {"record_key": "A", "reviewer": "Di", "decision": "include", "role": "adjudicator"},
    )
    assert (row["decision"], row["conflict"]) == ("pending", "adjudication")


def test_one_vote_waits_for_the_other_reviewer_by_name(invented):
    votes = invented.votes(("A", "Ann", "include"), ("B", "Ann", "exclude"), ("B", "Bo", "exclude"))
    result = invented.merge(votes, invented.records({"A": ["A"], "B": ["B"], "C": ["C"]}))
    assert invented.decision(result, "A")["waiting_for"] == "Bo"
    assert invented.decision(result, "C")["waiting_for"] == "Ann; Bo"


def test_one_vote_is_enough_where_the_protocol_has_one_reviewer(invented):
    row = decided(invented, ("A", "Ann", "exclude"), protocol=with_rules(invented, reviewers=1))
    assert (row["decision"], row["basis"]) == ("exclude", "single")


@pytest.mark.parametrize(
    ("policy", "first", "second", "decision"),
    [
        ("include", "maybe", "include", "include"),
        ("include", "maybe", "maybe", "include"),
        ("include", "maybe", "exclude", "pending"),
        ("exclude", "maybe", "exclude", "exclude"),
        ("conflict", "maybe", "include", "pending"),
        ("conflict", "maybe", "maybe", "pending"),
    ],
)
def test_what_maybe_means(invented, policy, first, second, decision):
    row = decided(invented, ("A", "Ann", first), ("A", "Bo", second), protocol=with_rules(invented, maybe_as=policy))
    assert row["decision"] == decision


def test_any_include(invented):
    protocol = with_rules(invented, reconcile="any_include", reviewers=1)
    row = decided(invented, ("A", "Ann", "include"), ("A", "Bo", "exclude"), protocol=protocol)
    assert (row["decision"], row["basis"]) == ("include", "any_include")
    assert (
        decided(invented, ("A", "Ann", "exclude"), ("A", "Bo", "exclude"), protocol=protocol)["decision"] == "exclude"
    )


def test_automation_counts_apart_and_only_where_nobody_voted(invented):
    tool = {"record_key": "A", "reviewer": "ASReview", "decision": "exclude", "role": "automation"}
    assert decided(invented, tool)["basis"] == "automation"
    row = decided(invented, tool, ("A", "Ann", "include"), ("A", "Bo", "include"))
    assert (row["decision"], row["basis"]) == ("include", "agreement")


def test_primary_reason_is_the_first_of_the_protocol_and_all_are_kept(invented):
    votes = invented.votes(
        ("A", "Ann", "exclude", "comparator; population"),
        ("A", "Bo", "exclude", "Not a randomised trial"),
        phase="full_text",
    )
    passed = invented.votes(("A", "Ann", "include"), ("A", "Bo", "include"))
    row = invented.decision(invented.merge(_both(passed, votes), invented.records({"A": ["A"]})), "A", "full_text")
    assert (row["primary_reason"], row["reasons"]) == ("not_rct", "not_rct; population; comparator")


def test_different_reasons_are_a_conflict_where_config_says_so(invented):
    votes = invented.votes(
        ("A", "Ann", "exclude", "comparator"), ("A", "Bo", "exclude", "population"), phase="full_text"
    )
    passed = invented.votes(("A", "Ann", "include"), ("A", "Bo", "include"))
    strict = {"same_decision_different_reason": "conflict"}
    result = invented.merge(_both(passed, votes), invented.records({"A": ["A"]}), screening=strict)
    row = invented.decision(result, "A", "full_text")
    assert (row["status"], row["conflict"]) == ("conflict", "reason")


def test_the_adjudicators_reason_is_the_primary_one(invented):
    votes = invented.votes(
        ("A", "Ann", "exclude", "not_rct"),
        ("A", "Bo", "include"),
        {"record_key": "A", "reviewer": "Cy", "decision": "exclude", "role": "adjudicator", "reasons": "comparator"},
        phase="full_text",
    )
    passed = invented.votes(("A", "Ann", "include"), ("A", "Bo", "include"))
    row = invented.decision(invented.merge(_both(passed, votes), invented.records({"A": ["A"]})), "A", "full_text")
    assert (row["primary_reason"], row["reasons"]) == ("comparator", "not_rct; comparator")


def test_calibration_votes_decide_only_where_nothing_else_does(invented):
    pilot = [
        {"record_key": k, "reviewer": r, "decision": "include", "round": "pilot", "calibration": "true"}
        for k in "AB"
        for r in ("Ann", "Bo")
    ]
    votes = invented.votes(*pilot, ("A", "Ann", "exclude"), ("A", "Bo", "exclude"))
    result = invented.merge(votes, invented.records({"A": ["A"], "B": ["B"]}))
    assert invented.decision(result, "A")["decision"] == "exclude"
    assert invented.decision(result, "B")["decision"] == "include"


def test_the_latest_round_of_each_reviewer_counts(invented):
    votes = [
        {"record_key": "A", "reviewer": name, "decision": decision, "round": round_}
        for name, decision, round_ in [("Ann", "include", "2"), ("Ann", "exclude", "1"), ("Bo", "include", "1")]
    ]
    assert decided(invented, *votes)["decision"] == "include"


def test_rounds_are_in_order_of_number_or_appearance():
    assert round_order(["10", "9", ""]) == ["", "9", "10"]
    assert round_order(["pilot", "main"]) == ["pilot", "main"]


def test_only_records_that_passed_are_read_in_full(invented):
    votes = invented.votes(*[(k, r, d) for k, d in [("A", "include"), ("B", "exclude")] for r in ("Ann", "Bo")])
    result = invented.merge(votes, invented.records({"A": ["A"], "B": ["B"], "C": ["C"]}))
    assert result.decisions.loc[result.decisions["phase"] == "full_text", "record_id"].tolist() == ["A"]


def test_records_removed_before_screening_are_not_eligible(invented):
    records = invented.records({"A": ["A"], "B": ["B"]})
    before = records.records.head(1)[["record_id"]].assign(kind="other", reason="Dissertation")
    result = invented.merge(invented.votes(), type(records)(**{**records.__dict__, "excluded_before": before}))
    assert invented.decision(result, "A")["decision"] == "not_eligible"
    assert invented.decision(result, "B")["decision"] == "pending"


def test_reports_that_were_not_retrieved_do_not_wait(invented):
    records = invented.records({"A": ["A"]})
    votes = invented.votes(("A", "Ann", "include"), ("A", "Bo", "include"))
    result = invented.merge(votes, type(records)(**{**records.__dict__, "not_retrieved": ["A"]}))
    assert invented.decision(result, "A", "full_text")["decision"] == "not_eligible"
    assert not len(result.pending)


def test_votes_of_an_earlier_version_are_carried_forward_and_marked(invented):
    votes = invented.votes(("A", "Ann", "include"), ("A", "Bo", "include"))
    votes["source"] = "v1_votes"
    sources = [{"id": "v1_votes", "options": {"carried_from": "v1"}}]
    result = invented.merge(votes, invented.records({"A": ["A"]}), screening={"sources": sources})
    assert invented.decision(result, "A")["carried_from"] == "v1"
    assert "carried-forward" in invented.codes(result.faults, "info")


def test_full_text_is_screened_as_title_and_abstract_where_the_protocol_does_not_say():
    assert PhaseRules.of("full_text", None).maybe_as == "conflict"


def _both(*frames):
    import pandas as pd

    return pd.concat(frames, ignore_index=True)
