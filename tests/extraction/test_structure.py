"""Validators of form: each finds its fault, names the place, and lets the right thing pass."""

from __future__ import annotations

import pytest
from prismake.extraction.structure import arms_of_contrast, check_structure, check_words

GOOD = [("new", "mean", "12.0"), ("new", "sd", "8.0"), ("new vs old", "p", "<.05")]


def codes(tables, book):  # type: ignore[no-untyped-def]
    """Codes of all faults."""
    return [f.code for f in check_structure(tables, book)]


def test_a_proper_extraction_has_no_fault(trial, book) -> None:  # type: ignore[no-untyped-def]
    assert codes(trial(*GOOD), book) == []


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        ([("new", "mean", "")], "required"),
        ([("new", "mean", "twelve")], "not-a-number"),
        ([("new", "average", "12")], "not-allowed"),
        ([("newer", "mean", "12")], "unknown-arm"),
        ([("new vs older", "t", "2.1")], "unknown-contrast"),
        ([("new", "mean", "12"), ("new", "mean", "13")], "key-twice"),
    ],
)
def test_each_fault_is_found_once(trial, book, numbers, code) -> None:  # type: ignore[no-untyped-def]
    assert codes(trial(*numbers), book) == [code]


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ({"direction": ""}, "required"),
        ({"direction": "up"}, "not-allowed"),
        ({"scale_min": "zero"}, "not-a-number"),
        ({"n_items": "2.5"}, "not-a-number"),
        ({"integer_scores": "maybe"}, "not-allowed"),
        ({"n_items": "0"}, "out-of-range"),
        ({"scale_max": "<63"}, "not-a-number"),
    ],
)
def test_faults_of_an_outcome(trial, book, outcome, code) -> None:  # type: ignore[no-untyped-def]
    assert codes(trial(*GOOD, outcome=outcome), book) == [code]


def test_a_fault_names_file_line_column_value_and_remedy(trial, book) -> None:  # type: ignore[no-untyped-def]
    fault = list(check_structure(trial(("new", "mean", "12"), ("new", "sd", "eight")), book))[0]
    assert (fault.file, fault.line, fault.column, fault.value) == ("results.csv", 3, "value", "eight")
    assert fault.expected and fault.mend


def test_all_faults_come_at_once(trial, book) -> None:  # type: ignore[no-untyped-def]
    tables = trial(("new", "mean", "x"), ("newer", "sd", "8"), outcome={"direction": "up"})
    assert sorted(codes(tables, book)) == ["not-a-number", "not-allowed", "unknown-arm"]


def test_missing_codes_are_no_faults(trial, book) -> None:  # type: ignore[no-untyped-def]
    assert codes(trial(("new", "mean", "NR"), ("old", "mean", "unclear")), book) == []


def test_a_repeated_row_is_only_a_warning(trial, book) -> None:  # type: ignore[no-untyped-def]
    faults = list(check_structure(trial(("new", "mean", "12"), ("new", "mean", "12")), book))
    assert [(f.code, f.level) for f in faults] == [("key-twice", "warning")]


def test_what_is_needed_only_sometimes(trial, book) -> None:  # type: ignore[no-untyped-def]
    studies = [{"study_id": "Kern 2001", "cluster_randomised": "yes"}]
    assert codes(trial(*GOOD, studies=studies), book) == ["required"]


def test_a_row_of_an_unknown_study(trial, book) -> None:  # type: ignore[no-untyped-def]
    found = codes(trial(*GOOD, studies=[{"study_id": "Kerne 2001"}]), book)
    assert set(found) == {"unknown-study"}


def test_a_row_has_an_arm_or_a_contrast(trial, book) -> None:  # type: ignore[no-untyped-def]
    tables = trial(*GOOD)
    tables["results"].loc[0, "contrast"] = "new vs old"
    assert "arm-and-contrast" in codes(tables, book)


def test_dates(trial, book) -> None:  # type: ignore[no-untyped-def]
    sources = [{"cell_key": "results", "method": "reported", "date": d} for d in ("2024-03-05", "5.3.2024")]
    assert codes(trial(*GOOD, sources=sources), book) == ["not-a-date"]


@pytest.mark.parametrize("text", ["a vs b", "a VS. b", "a versus b"])
def test_contrasts(text: str) -> None:
    assert arms_of_contrast(text) == ("a", "b")


@pytest.mark.parametrize("text", ["a", "a vs ", "a vs b vs c", "a-vs-b"])
def test_no_contrasts(text: str) -> None:
    assert arms_of_contrast(text) is None


def test_words_that_the_protocol_does_not_know(trial) -> None:  # type: ignore[no-untyped-def]
    words = {"intervention": ["intervention"], "comparators": ["standard"], "constructs": ["depression", "anxiety"]}
    faults = list(check_words(trial(outcome={"construct": "depresion"}), **words))
    assert [(f.code, f.value) for f in faults] == [
        ("role-not-in-protocol", "standardised"),
        ("construct-not-in-protocol", "depresion"),
    ]
    assert "did you mean 'depression'" in faults[1].expected
    assert not list(check_words(trial(), ["intervention"], [], []))


def test_a_study_without_an_intervention_arm(trial) -> None:  # type: ignore[no-untyped-def]
    assert [f.code for f in check_words(trial(), ["personalised"], [], [])] == ["no-intervention-arm"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2026-04-03", "date"),
        ("12.5%", "no number"),
        ("n.s.", "no number"),
        ("12.5 (8.1)", "no number"),
        ("#DIV/0!", "no number"),
        ("TRUE", "no number"),
    ],
)
def test_what_spreadsheets_and_hurry_leave_in_a_number_cell(trial, book, typed, words) -> None:  # type: ignore[no-untyped-def]
    (fault,) = check_structure(trial(("new", "mean", typed)), book)
    assert (fault.code, fault.file, fault.line, fault.column) == ("not-a-number", "results.csv", 2, "value")
    assert words in fault.what and fault.value == typed


@pytest.mark.parametrize(
    "typed", ["–3,2", "\u22121.5", "12\u00a0345", "1.234,5", "0,5", " .5", "12.5*", "1e3", "NR", "n.a."]
)
def test_numbers_as_people_of_all_countries_type_them(trial, book, typed) -> None:  # type: ignore[no-untyped-def]
    assert codes(trial(("new", "mean", typed)), book) == []


def test_a_bound_is_for_a_p_alone(trial, book) -> None:  # type: ignore[no-untyped-def]
    (fault,) = check_structure(trial(("new", "mean", "<.001"), ("new vs old", "p", "<.001")), book)
    assert (fault.level, fault.code, fault.line) == ("warning", "bound-not-used", 2)


def test_a_percentage_that_a_spreadsheet_keeps_as_a_share(trial, book) -> None:  # type: ignore[no-untyped-def]
    tables = trial(("new", "percent", "0.4"), ("old", "percent", "31"))
    tables["arms"].loc[0, "pct_female"] = "0.625"
    found = [(f.level, f.code, f.column, f.expected) for f in check_structure(tables, book)]
    assert found == [
        ("warning", "looks-like-a-share", "pct_female", "62.5 if it is a share"),
        ("warning", "looks-like-a-share", "value", "40 if it is a share"),
    ]


def test_an_id_that_is_written_in_two_ways(trial, book) -> None:  # type: ignore[no-untyped-def]
    tables = trial(*GOOD)
    tables["arms"].loc[1, "arm_id"] = "New"
    faults = check_structure(tables, book)
    assert [(f.level, f.code, f.value, f.line) for f in faults][0] == ("warning", "ids-alike", "New", 3)


def test_an_unknown_study_is_one_fault_and_not_four(trial, book) -> None:  # type: ignore[no-untyped-def]
    tables = trial(*GOOD)
    tables["results"].loc[:, "study_id"] = ["kern 2001", "Kern 2001", "Kern\u00a02001"]
    assert codes(tables, book) == ["unknown-study", "unknown-study"]


def test_a_merged_cell_is_blank_below_its_first_row(trial, book) -> None:  # type: ignore[no-untyped-def]
    tables = trial(*GOOD)
    tables["results"].loc[1, "study_id"] = ""
    (fault,) = [f for f in check_structure(tables, book) if f.column == "study_id"]
    assert fault.code == "required" and "merged" in fault.mend
