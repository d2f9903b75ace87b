"""Long spreadsheets."""

from __future__ import annotations

import pytest


def test_the_native_sheet(reading, shown):
    votes, faults = reading(
        "phase,record_id,reviewer,decision,reason,decided_at,round,note,role\n"
        "full_text,s:1,Ann,exclude,population,2024-01-01,1,why not,\n"
        "Title/Abstract,s:2,Cy,Include,,,,,adjudicator\n"
    )
    assert not len(faults)
    assert shown(votes, "phase", "record_key", "reviewer", "role", "decision", "reason", "row") == [
        ("full_text", "s:1", "Ann", "reviewer", "exclude", "population", 2),
        ("title_abstract", "s:2", "Cy", "adjudicator", "include", "", 3),
    ]


def test_a_german_sheet_with_codes(reading, shown):
    votes, _ = reading(
        "Nr;Wer;Urteil;Grund\n1;Jürgen;1;\n2;Jürgen;2;kein RCT\n".encode("cp1252"),
        columns={"record_key": "Nr", "reviewer": "Wer", "decision": "Urteil", "reason": "Grund"},
        values={1: "include", 2: "exclude"},
        reasons={"kein RCT": "not_rct"},
        ids={"prefix": "psyndex:"},
    )
    assert shown(votes, "record_key", "reviewer", "decision", "reasons") == [
        ("psyndex:1", "Jürgen", "include", ""),
        ("psyndex:2", "Jürgen", "exclude", "not_rct"),
    ]


def test_unquoted_yes_and_no_in_config(reading):
    votes, faults = reading(
        "record_id,reviewer,decision\nA,Ann,yes\nB,Ann,FALSE\n", values={True: "include", False: "exclude"}
    )
    assert votes["decision"].tolist() == ["include", "exclude"] and not faults.errors


def test_a_code_that_config_does_not_name_is_an_error_with_its_line(reading):
    _, faults = reading("record_id,reviewer,decision\nA,Ann,1\nB,Ann,0\nC,Ann,0\n", values={1: "include", 2: "exclude"})
    error = faults.errors[0]
    assert (error.code, error.line, error.value) == ("unknown-decision", 3, "0") and "2 rows" in error.what


def test_blank_rows_are_no_decisions_and_said(reading):
    votes, faults = reading("record_id,reviewer,decision\nA,Ann,include\nB,Ann,\nC,Ann,NA\n")
    assert len(votes) == 1 and [f.code for f in faults] == ["blank-decisions"]


def test_rounds_and_calibration(reading, shown):
    votes, _ = reading(
        "record_id,reviewer,decision,round\nA,Ann,include,Trial 1\nB,Ann,include,Main\n", calibration_rounds=["trial 1"]
    )
    assert shown(votes, "round", "calibration") == [("Trial 1", "true"), ("Main", "false")]


def test_where_keeps_some_rows_and_says_how_many(reading):
    votes, faults = reading("record_id,decision,stage\nA,include,1\nB,include,2\n", where={"stage": 1}, reviewer="Ann")
    assert votes["record_key"].tolist() == ["A"] and "1 of 2" in next(iter(faults)).what


def test_a_list_of_decided_records(reading, shown):
    votes, _ = reading(
        "title\nOne\nTwo\n", role="consensus", reviewer="Team", options={"decision": "exclude", "reason": "population"}
    )
    assert shown(votes, "title", "role", "decision", "reasons") == [
        (t, "consensus", "exclude", "population") for t in ("One", "Two")
    ]


def test_decisions_from_criteria(reading, shown):
    criteria = {"q1": {0: "not_rct"}, "q2": {1: "population"}}
    votes, _ = reading(
        "id,coder,q1,q2\n1,Ann,1,0\n2,Ann,0,1\n3,Ann,NA,NA\n",
        columns={"reviewer": "coder"},
        options={"criteria": criteria},
    )
    assert shown(votes, "record_key", "decision", "reasons") == [
        ("1", "include", ""),
        ("2", "exclude", "not_rct; population"),
    ]


def test_a_list_beside_the_sheet_says_what_its_rows_are(reading, tmp_path, shown):
    (tmp_path / "list.csv").write_text("title,doi\nOne,10.1/a\nTwo,\n")
    sheet = "title,decision\nrow1,include\nrow2,exclude\n"
    votes, _ = reading(
        sheet, files=["votes.csv", "list.csv"], reviewer="Ann", options={"lookup": {"file": "list.csv", "by": "order"}}
    )
    assert shown(votes, "title", "doi", "decision") == [("One", "10.1/a", "include"), ("Two", "", "exclude")]
    (tmp_path / "list.csv").write_text("nr,title\n7,Seven\n8,Eight\n")
    votes, _ = reading(
        "id,decision\n8,include\n",
        files=["votes.csv", "list.csv"],
        reviewer="Ann",
        options={"lookup": {"file": "list.csv", "by": "nr"}},
    )
    assert votes["title"].tolist() == ["Eight"]


def test_a_list_of_another_length_is_an_error(reading, tmp_path):
    (tmp_path / "list.csv").write_text("title\nOne\n")
    _, faults = reading(
        "id,decision\n1,include\n2,include\n", files=["votes.csv", "list.csv"], options={"lookup": {"file": "list.csv"}}
    )
    assert [f.code for f in faults.errors] == ["lookup-differs"]


@pytest.mark.parametrize(
    ("text", "settings", "code"),
    [
        ("record_id,decision\nA,include\n", {"columns": {"decision": "verdict"}}, "missing-column"),
        ("record_id,decision,phase\nA,include,third\n", {}, "unknown-phase"),
        ("record_id,decision,role\nA,include,boss\n", {}, "unknown-role"),
        ("record_id,decision\nA,include\n", {"where": {"nowhere": 1}}, "missing-column"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1broken", {}, "cannot-read"),
    ],
)
def test_faults(reading, text, settings, code):
    assert code in [f.code for f in reading(text, **settings)[1].errors]


def test_a_sheet_without_decisions_is_said_to_be_one(reading):
    votes, faults = reading("title,year\nOne,2001\n")
    assert not len(votes) and [f.code for f in faults] == ["no-decisions"]


def test_an_empty_file_has_no_votes(reading):
    assert not len(reading("")[0]) and not len(reading("record_id,reviewer,decision\n")[0])


@pytest.mark.parametrize(
    ("typed", "phase"),
    [("Title & abstract", "title_abstract"), ("Abstract screening", "title_abstract"), ("TiAb", "title_abstract"),
     ("Full-text review", "full_text"), ("FT", "full_text"), ("2", "full_text")],
)  # fmt: skip
def test_a_phase_in_the_words_of_a_team(reading, typed, phase):
    votes, faults = reading(f"phase,record_id,reviewer,decision\n{typed},s:1,Ann,include\n")
    assert votes["phase"].tolist() == [phase] and not faults.errors


def test_what_is_no_phase_is_an_error(reading):
    _, faults = reading("phase,record_id,reviewer,decision\nextraction,s:1,Ann,include\n")
    assert [fault.code for fault in faults.errors] == ["unknown-phase"]


def test_a_column_of_exclusion_reasons_is_not_passed_over(reading):
    votes, _ = reading("record_id,reviewer,decision,Exclusion reason\ns:1,Ann,exclude,population\n")
    assert votes["reasons"].tolist() == ["population"]


def test_a_title_above_the_header_is_no_header(reading, shown):
    votes, _ = reading("My sheet,,\n\nrecord_id,reviewer,decision\ns:1,Ann,include\n")
    assert shown(votes, "record_key", "decision", "row") == [("s:1", "include", 4)]


def test_an_empty_file_is_said(reading):
    votes, faults = reading("")
    assert not len(votes) and [fault.code for fault in faults] == ["empty-file"]


@pytest.mark.parametrize(
    ("typed", "decision"),
    [("WAHR", "include"), ("nein", "exclude"), ("VRAI", "include"), ("1,0", "include"), ("onwaar", "exclude")],
)
def test_what_workbooks_in_other_languages_write(reading, typed, decision):
    votes, faults = reading(f"record_id;reviewer;decision\nA;Ann;{typed}\n")
    assert votes["decision"].tolist() == [decision] and not len(faults)


def test_an_unknown_decision_names_the_decisions_and_not_every_word_for_them(reading):
    _, faults = reading("record_id,reviewer,decision\nA,Ann,include/exclude\n")
    assert faults.errors[0].expected.startswith("include, exclude, maybe, ")
    _, faults = reading("record_id,reviewer,decision\nA,Ann,3\n", values={1: "include", 2: "exclude"})
    assert faults.errors[0].expected == "one of 1, 2"


def test_a_sheet_whose_decisions_have_another_name_says_its_columns_and_how_to_name_one(reading):
    votes, faults = reading("record_id,reviewer,Entscheidung\nA,Ann,include\n")
    assert not len(votes)
    assert next(iter(faults)).value == "record_id, reviewer, Entscheidung"
    assert "columns: {decision: COLUMN}" in next(iter(faults)).mend
