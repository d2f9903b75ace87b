"""Wide spreadsheets."""

from __future__ import annotations

SHEET = "Key;Title;one;two;final;notes\nK1;A;1;1;1;\nK2;B;1;0;0;no trial\nK3;C;0;;;\nK4;D;;;;\n"
SETTINGS = {
    "tool": "wide",
    "columns": {"record_key": "Key", "reason": "notes"},
    "reviewers": {"one": "Ann", "two": "Bo"},
    "values": {"1": "include", "0": "exclude"},
    "reasons": {"No trial": "not_rct"},
    "phase": "full_text",
}


def test_one_vote_for_each_filled_cell(reading, shown):
    votes, faults = reading(SHEET, **SETTINGS)
    assert shown(votes, "record_key", "reviewer", "decision", "reasons") == [
        ("K1", "Ann", "include", ""),
        ("K1", "Bo", "include", ""),
        ("K2", "Ann", "include", ""),
        ("K2", "Bo", "exclude", "not_rct"),
        ("K3", "Ann", "exclude", ""),
    ]
    assert not faults.errors and set(votes["phase"]) == {"full_text"}


def test_a_final_column_is_an_adjudicator_of_its_own(reading, shown):
    votes, _ = reading(SHEET, **SETTINGS, adjudicator={"column": "final", "name": "Cy"})
    assert shown(votes[votes["role"] == "adjudicator"], "record_key", "reviewer", "decision", "reasons") == [
        ("K1", "Cy", "include", ""),
        ("K2", "Cy", "exclude", "not_rct"),
    ]


def test_a_final_column_that_repeats_what_is_agreed_is_read_where_votes_differ(reading):
    votes, _ = reading(SHEET, **SETTINGS, adjudicator={"column": "final", "only_conflicts": True})
    assert votes.loc[votes["role"] == "adjudicator", "record_key"].tolist() == ["K2"]


def test_each_reviewer_may_have_a_column_of_reasons_and_notes(reading, shown):
    sheet = "Key,one,two,r1,r2,n1\nK1,0,0,population,not_rct,hm\n"
    options = {"reason_columns": {"Ann": "r1", "Bo": "r2"}, "note_columns": {"Ann": "n1"}}
    votes, _ = reading(sheet, **{**SETTINGS, "columns": {"record_key": "Key"}}, options=options)
    assert shown(votes, "reviewer", "reasons", "note") == [("Ann", "population", "hm"), ("Bo", "not_rct", "")]


def test_a_reason_beside_a_record_that_nobody_excludes_is_an_error(reading):
    _, faults = reading("Key,one,two,notes\nK1,1,1,no trial\n", **SETTINGS)
    assert [(f.code, f.line) for f in faults.errors] == [("include-with-reason", 2)]


def test_reviewers_must_be_named(reading):
    _, faults = reading("Key,one\nK1,1\n", "wide")
    assert [f.code for f in faults.errors] == ["no-reviewer-columns"]
