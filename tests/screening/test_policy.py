"""Every condition that is an error, a warning or worth saying, one test each (the table of errors and warnings of
screening)."""

from __future__ import annotations

import pandas as pd
import pytest


def passed(invented, *ids):
    """Two includes on title and abstract for each id."""
    return invented.votes(*[(i, who, "include") for i in ids for who in ("Ann", "Bo")])


def both(*frames):
    return pd.concat(frames, ignore_index=True)


def test_a_vote_on_an_unknown_record_is_an_error_with_candidates(invented):
    records = invented.records({"s:1": ["s:1"]}, title={"s:1": "Matching patients to therapists in routine care"})
    vote = {
        "record_key": "x",
        "title": "Matching patients to therapies in routine settings",
        "reviewer": "Ann",
        "decision": "include",
    }
    result = invented.merge(invented.votes(vote), records)
    error = next(f for f in result.faults if f.code == "unknown-record")
    assert error.level == "error" and "s:1" in error.expected and error.line == 2 and error.file == "votes.csv"
    assert result.ledger["state"].tolist() == ["unknown"]


def test_an_unknown_record_may_be_allowed_with_a_reason(invented):
    allowed = {"allow_unknown": [{"id": "x", "reason": "withdrawn from the database since"}]}
    result = invented.merge(invented.votes(("x", "Ann", "include")), invented.records({"A": ["A"]}), screening=allowed)
    assert "unknown-record" not in invented.codes(result.faults)
    assert "allowed-unknown" in invented.codes(result.faults, "info")
    assert len(result.ledger) == 1


def test_contradictory_votes_of_one_reviewer_are_an_error(invented):
    result = invented.merge(
        invented.votes(("A", "Ann", "include"), ("A", "Ann", "exclude")), invented.records({"A": ["A"]})
    )
    assert "contradictory-votes" in invented.codes(result.faults, "error")
    assert len(result.ledger) == 2


def test_a_later_vote_stands_in_place_of_an_earlier_one(invented):
    votes = invented.votes(
        {"record_key": "A", "reviewer": "Ann", "decision": "exclude", "decided_at": "2024-02-02T10:00:00Z"},
        {"record_key": "A", "reviewer": "Ann", "decision": "include", "decided_at": "2024-02-01T10:00:00Z"},
        ("A", "Bo", "exclude"),
    )
    result = invented.merge(votes, invented.records({"A": ["A"]}))
    assert result.ledger["state"].tolist() == ["counted", "superseded", "counted"]
    assert invented.decision(result, "A")["decision"] == "exclude"
    assert not invented.codes(result.faults, "error")


@pytest.mark.parametrize(("final", "level"), [(False, "warning"), (True, "error")])
def test_what_is_pending_warns_in_a_draft_and_fails_a_final_build(invented, final, level):
    votes = invented.votes(("A", "Ann", "include"), ("A", "Bo", "exclude"))
    result = invented.merge(votes, invented.records({"A": ["A"], "B": ["B"]}), final=final)
    assert {"unsettled-conflicts", "undecided-records"} <= set(invented.codes(result.faults, level))
    assert result.pending["id"].tolist() == ["A", "B"]
    assert result.pending["who"].tolist() == ["adjudicator", "Ann; Bo"]


def test_a_full_text_exclusion_without_reason_is_an_error(invented):
    votes = invented.votes(("A", "Ann", "exclude"), ("A", "Bo", "exclude"), phase="full_text")
    result = invented.merge(both(passed(invented, "A"), votes), invented.records({"A": ["A"]}))
    assert "exclusion-without-reason" in invented.codes(result.faults, "error")


def test_one_reviewers_reason_is_enough(invented):
    votes = invented.votes(("A", "Ann", "exclude", "population"), ("A", "Bo", "exclude"), phase="full_text")
    result = invented.merge(both(passed(invented, "A"), votes), invented.records({"A": ["A"]}))
    assert not invented.codes(result.faults, "error")


def test_a_reason_that_is_not_in_the_protocol_is_an_error_on_full_text_only(invented):
    votes = invented.votes(("A", "Ann", "exclude", "dull"), ("A", "Bo", "exclude", "population"), phase="full_text")
    early = invented.votes(("B", "Ann", "exclude", "dull"), ("B", "Bo", "exclude"))
    result = invented.merge(both(passed(invented, "A"), early, votes), invented.records({"A": ["A"], "B": ["B"]}))
    errors = [f for f in result.faults if f.code == "unknown-reason"]
    assert len(errors) == 1 and errors[0].value == "dull" and "not_rct" in errors[0].expected


def test_an_include_with_an_exclusion_reason_is_an_error(invented):
    result = invented.merge(
        invented.votes(("A", "Ann", "include", "population"), ("A", "Bo", "include")), invented.records({"A": ["A"]})
    )
    assert "include-with-reason" in invented.codes(result.faults, "error")


def test_includes_with_exclusion_reasons_are_one_error_a_file_and_reviewer(invented):
    ids = [f"A{i}" for i in range(300)]
    votes = invented.votes(
        *[(i, who, "include", "population" if who == "Ann" else "") for i in ids for who in ("Ann", "Bo")]
    )
    result = invented.merge(votes, invented.records({i: [i] for i in ids}))
    [error] = [f for f in result.faults.errors if f.code == "include-with-reason"]
    assert error.what.startswith("Ann includes 300 records") and error.line == 2
    assert "line 2: population" in error.value and len(error.value) < 400


def test_full_text_after_an_exclusion_is_an_error_unless_rescued(invented):
    early = invented.votes(("A", "Ann", "exclude"), ("A", "Bo", "exclude"))
    late = invented.votes(("A", "Ann", "include"), ("A", "Bo", "include"), phase="full_text")
    records = invented.records({"A": ["A"]})
    result = invented.merge(both(early, late), records)
    assert "full-text-after-exclusion" in invented.codes(result.faults, "error")
    rescued = {"rescued": [{"record_id": "A", "reason": "named by an expert"}]}
    result = invented.merge(both(early, late), records, screening=rescued)
    assert not invented.codes(result.faults, "error")
    assert invented.decision(result, "A", "full_text")["decision"] == "include"


@pytest.mark.parametrize("decision", ["ongoing", "awaiting"])
def test_full_text_votes_on_what_title_and_abstract_set_aside_are_an_error_unless_rescued(invented, decision):
    """Else they would count for nothing, and nobody would be told: a duplicate joined later may bring the ruling."""
    early = invented.votes(("A", "Ann", "include"), ("A", "Bo", "include"))
    ruling = invented.votes({"record_key": "B", "reviewer": "Team", "decision": decision, "role": "consensus"})
    late = invented.votes(("A", "Ann", "include"), ("A", "Bo", "include"), phase="full_text")
    records = invented.records({"A": ["A", "B"]})
    result = invented.merge(both(early, ruling, late), records)
    assert invented.decision(result, "A")["decision"] == decision
    assert "full-text-after-exclusion" in invented.codes(result.faults, "error")
    rescued = {"rescued": [{"record_id": "A", "reason": "read in full before the ruling"}]}
    result = invented.merge(both(early, ruling, late), records, screening=rescued)
    assert not invented.codes(result.faults, "error")
    assert invented.decision(result, "A", "full_text")["decision"] == "include"


def test_full_text_before_title_and_abstract_is_said(invented):
    late = invented.votes(("A", "Ann", "include"), ("A", "Bo", "include"), phase="full_text")
    result = invented.merge(late, invented.records({"A": ["A"]}))
    assert "full-text-before-title-abstract" in invented.codes(result.faults, "warning")


def test_merged_duplicates_with_different_decisions_are_a_conflict(invented):
    votes = invented.votes(
        ("A", "Ann", "include"), ("A", "Bo", "include"), ("B", "Ann", "exclude"), ("B", "Bo", "exclude")
    )
    result = invented.merge(votes, invented.records({"A": ["A", "B"]}))
    row = invented.decision(result, "A")
    assert (row["status"], row["conflict"]) == ("conflict", "reviewer")
    assert "conflict-of-duplicates" in invented.codes(result.faults, "warning")
    assert not invented.codes(result.faults, "error")


def test_merged_duplicates_with_the_same_decision_count_once(invented):
    votes = invented.votes(*[(i, who, "include") for i in "AB" for who in ("Ann", "Bo")])
    result = invented.merge(votes, invented.records({"A": ["A", "B"]}))
    row = invented.decision(result, "A")
    assert (row["decision"], row["n_reviewers"]) == ("include", 2)
    assert "votes-of-duplicates" in invented.codes(result.faults, "info")


def test_when_a_record_is_split_votes_stay_and_the_sibling_waits(invented):
    titles = {"A": "One trial, two reports", "B": "One trial, two reports"}
    result = invented.merge(passed(invented, "A"), invented.records({"A": ["A"], "B": ["B"]}, title=titles))
    assert invented.decision(result, "A")["decision"] == "include"
    assert invented.decision(result, "B")["decision"] == "pending"
    assert "split-record" in invented.codes(result.faults, "warning")


def test_a_record_that_waits_for_full_text_is_no_sibling_of_itself(invented):
    records = invented.records({"A": ["A"], "B": ["B"]}, title={"A": "One trial of matching", "B": "Another trial"})
    result = invented.merge(passed(invented, "A"), records)
    assert invented.decision(result, "A", "full_text")["status"] == "waiting"
    assert "split-record" not in invented.codes(result.faults)


def test_records_without_title_and_doi_are_no_siblings(invented):
    result = invented.merge(passed(invented, "A"), invented.records({"A": ["A"], "B": ["B"]}, doi={"B": "NA"}))
    assert "split-record" not in invented.codes(result.faults)


def test_a_split_by_ruling_is_said_where_titles_differ(invented):
    records = invented.records({"A": ["A"], "B": ["B"]}, title={"A": "Part one", "B": "Part two"})
    rulings = pd.DataFrame({"source_record_id_1": ["A"], "source_record_id_2": ["B"], "ruling": ["different"]})
    result = invented.merge(passed(invented, "A"), type(records)(**{**records.__dict__, "rulings": rulings}))
    assert "split-record" in invented.codes(result.faults, "warning")


@pytest.mark.parametrize(("strict", "level"), [(False, "warning"), (True, "error")])
def test_votes_older_than_a_material_change_are_stale(invented, strict, level):
    votes = invented.votes(
        {"record_key": "A", "reviewer": "Ann", "decision": "include", "decided_at": "2024-01-05"},
        {"record_key": "A", "reviewer": "Bo", "decision": "include", "decided_at": "2024-03-05"},
    )
    changes = pd.DataFrame(
        {"record_id": ["A"], "changed_at": ["2024-02-01"], "what": ["abstract added"], "phase": [""]}
    )
    result = invented.merge(votes, invented.records({"A": ["A"]}), changes=changes, screening={"strict_stale": strict})
    stale = [f for f in result.faults if f.code == "stale-votes"]
    assert len(stale) == 1 and stale[0].level == level and stale[0].what.startswith("1 votes")


def test_a_new_version_of_the_criteria_makes_all_older_votes_stale(invented):
    votes = invented.votes(
        *[{"record_key": i, "reviewer": "Ann", "decision": "include", "decided_at": "2024-01-05"} for i in "AB"]
    )
    changes = pd.DataFrame(
        {"record_id": ["*"], "changed_at": ["2024-02-01"], "what": ["criteria 2"], "phase": ["title_abstract"]}
    )
    result = invented.merge(votes, invented.records({"A": ["A"], "B": ["B"]}), changes=changes)
    assert next(f for f in result.faults if f.code == "stale-votes").what.startswith("2 votes")


def test_an_adjudicator_who_voted_is_remarked_on(invented):
    ruling = {"record_key": "A", "reviewer": "Bo", "decision": "include", "role": "adjudicator"}
    votes = invented.votes(("A", "Ann", "include"), ("A", "Bo", "exclude"), ruling)
    result = invented.merge(votes, invented.records({"A": ["A"]}))
    assert "adjudicator-voted" in invented.codes(result.faults, "warning")


def test_a_ruling_against_agreeing_votes_is_remarked_on(invented):
    ruling = {"record_key": "A", "reviewer": "Cy", "decision": "exclude", "role": "adjudicator"}
    result = invented.merge(both(passed(invented, "A"), invented.votes(ruling)), invented.records({"A": ["A"]}))
    assert "ruling-against-agreement" in invented.codes(result.faults, "warning")
    assert invented.decision(result, "A")["decision"] == "exclude"


def test_agreement_after_consensus_looks_reconciled(invented):
    ids = [f"r{i}" for i in range(30)]
    votes = invented.votes(
        *[(i, who, "include" if n < 6 else "exclude") for n, i in enumerate(ids) for who in ("Ann", "Bo")]
    )
    result = invented.merge(votes, invented.records({i: [i] for i in ids}))
    assert "looks-reconciled" in invented.codes(result.faults, "warning")
    assert result.agreement["phases"]["title_abstract"]["overall"]["pairs"][0]["looks_reconciled"]


def test_conflicts_that_vanish_by_changed_votes_look_reconciled(invented):
    ids = [f"r{i}" for i in range(12)]
    rows = []
    for n, i in enumerate(ids):
        rows.append({"record_key": i, "reviewer": "Ann", "decision": "include", "decided_at": "2024-01-01"})
        first = "exclude" if n < 6 else "include"
        rows.append({"record_key": i, "reviewer": "Bo", "decision": first, "decided_at": "2024-01-01"})
        if n < 6:
            rows.append({"record_key": i, "reviewer": "Bo", "decision": "include", "decided_at": "2024-01-09"})
    result = invented.merge(invented.votes(*rows), invented.records({i: [i] for i in ids}))
    assert "looks-reconciled" in invented.codes(result.faults, "warning")
    pair = result.agreement["phases"]["title_abstract"]["overall"]["pairs"][0]
    assert (pair["b"] + pair["c"], pair["first_votes"]["b"] + pair["first_votes"]["c"]) == (0, 6)


@pytest.mark.parametrize(("final", "level"), [(False, "warning"), (True, "error")])
def test_one_reviewer_in_a_dual_protocol(invented, final, level):
    result = invented.merge(invented.votes(("A", "Ann", "include")), invented.records({"A": ["A"]}), final=final)
    assert "too-few-reviewers" in invented.codes(result.faults, level)


@pytest.mark.parametrize("other", ["ann miller", "Ann  Miller", "Anne Miller", "Ann-Miller"])
def test_names_that_look_like_another_are_remarked_on(invented, other):
    votes = invented.votes(("A", "Ann Miller", "include"), ("A", other, "include"))
    result = invented.merge(votes, invented.records({"A": ["A"]}))
    assert "similar-reviewers" in invented.codes(result.faults, "warning")


def test_numbered_names_are_not_taken_for_slips(invented):
    votes = invented.votes(("A", "Coder 1", "include"), ("A", "Coder 2", "include"))
    assert "similar-reviewers" not in invented.codes(invented.merge(votes, invented.records({"A": ["A"]})).faults)


def test_identical_rows_are_collapsed_and_said(invented):
    votes = invented.votes(("A", "Ann", "include"), ("A", "Ann", "include"), ("A", "Bo", "include"))
    result = invented.merge(votes, invented.records({"A": ["A"]}))
    assert "duplicate-votes" in invented.codes(result.faults, "info")
    assert sorted(result.ledger["state"]) == ["counted", "counted", "duplicate"]
