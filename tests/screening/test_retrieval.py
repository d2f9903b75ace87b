"""From included records to reports."""

from __future__ import annotations

import pandas as pd
import pytest
from prismake.messages.faults import Faults
from prismake.screening.retrieval import Sheets, build_reports, not_retrieved_reports

RECORDS = pd.DataFrame(
    {
        "record_id": ["A", "B", "C", "D"],
        "title": list("abcd"),
        "authors": "Frisch, Anna",
        "year": ["2001"] * 4,
        "doi": "",
        "searches": ["scopus", "scopus; ctgov", "ctgov", "scopus"],
    }
)
NONE = pd.DataFrame()


def decisions(**full_text):
    """A to C passed title and abstract, D did not; full text as given."""
    rows = [("title_abstract", k, "exclude" if k == "D" else "include", "") for k in "ABCD"]
    rows += [("full_text", k, d, "population" if d == "exclude" else "") for k, d in full_text.items()]
    return pd.DataFrame(rows, columns=["phase", "record_id", "decision", "primary_reason"]).assign(
        reasons=lambda t: t["primary_reason"]
    )


def reports(decided, retrieval=NONE, other=NONE, previous=NONE, **options):
    faults = Faults()
    table = build_reports(decided, RECORDS, Sheets(retrieval, other, previous), faults, **options)
    return table.set_index("report_id"), faults


def sheet(*rows, columns=("record_id", "report_id", "sought", "retrieved")):
    return pd.DataFrame(rows, columns=list(columns), dtype=str)


def test_each_included_record_is_a_report_that_is_sought():
    table, _ = reports(decisions(A="include", B="pending", C="pending"))
    assert table["sought"].to_dict() == {"A": "yes", "B": "yes", "C": "yes"}
    assert table["retrieval"].to_dict() == {"A": "retrieved", "B": "pending", "C": "pending"}
    assert table["full_text"].to_dict() == {"A": "include", "B": "", "C": ""}


def test_the_sheet_says_what_was_retrieved():
    table, _ = reports(
        decisions(A="pending", B="not_eligible", C="not_eligible"),
        sheet(("A", "", "", "ja"), columns=("record_id", "report_id", "sought", "retrieved")).replace("ja", "yes"),
    )
    assert table.loc["A", ["retrieval", "full_text"]].tolist() == ["retrieved", "pending"]
    table, _ = reports(decisions(), sheet(("A", "", "no", ""), ("B", "", "yes", "no")))
    assert table.loc[["A", "B"], ["sought", "retrieval"]].values.tolist() == [
        ["no", "not_retrieved"],
        ["yes", "not_retrieved"],
    ]


def test_a_read_report_has_been_retrieved_whatever_the_sheet_says():
    table, faults = reports(decisions(A="exclude"), sheet(("A", "", "yes", "no")))
    assert table.loc["A", ["retrieval", "full_text", "primary_reason"]].tolist() == [
        "retrieved",
        "exclude",
        "population",
    ]
    assert [f.code for f in faults] == ["not-retrieved-but-read"]


def test_a_record_of_registers_alone_is_in_their_arm():
    table, _ = reports(decisions(), registers=frozenset({"ctgov"}))
    assert table["arm"].to_dict() == {"A": "databases", "B": "databases", "C": "registers"}


def test_two_reports_of_one_record():
    table, _ = reports(decisions(A="include"), sheet(("A", "A", "yes", "yes"), ("A", "A-thesis", "yes", "yes")))
    assert table.loc[["A", "A-thesis"], "record_id"].tolist() == ["A", "A"]


def test_reports_of_other_methods_stand_in_their_own_arm():
    columns = ("report_id", "method", "title", "sought", "retrieved", "decision", "reason", "study_id")
    other = sheet(
        ("o1", "citation searching", "x", "yes", "yes", "include", "", "S1"),
        ("o2", "Websites", "y", "yes", "yes", "exclude", "population", ""),
        ("o3", "contact", "z", "yes", "no", "", "", ""),
        ("o4", "", "w", "", "", "", "", ""),
        columns=columns,
    )
    table, faults = reports(decisions(), other=other, exclusion_reasons=["population"])
    part = table.loc[["o1", "o2", "o3", "o4"]]
    assert part["method"].tolist() == ["citation", "website", "contact", "other"]
    assert part["retrieval"].tolist() == ["retrieved", "retrieved", "not_retrieved", "pending"]
    assert part["full_text"].tolist() == ["include", "exclude", "", ""]
    assert not len(faults)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (("o1", "magic", "x", "yes", "yes", "include", "", ""), "unknown-method"),
        (("o1", "citation", "x", "yes", "yes", "perhaps", "", ""), "unknown-decision"),
        (("o1", "citation", "x", "yes", "yes", "exclude", "dull", ""), "unknown-reason"),
        (("A", "citation", "x", "yes", "yes", "include", "", ""), "report-twice"),
    ],
)
def test_faults_of_the_sheet_of_other_methods(row, code):
    columns = ("report_id", "method", "title", "sought", "retrieved", "decision", "reason", "study_id")
    _, faults = reports(decisions(), other=sheet(row, columns=columns), exclusion_reasons=["population"])
    assert code in [f.code for f in faults.errors]


def test_a_retrieval_row_for_a_record_that_is_not_sought_is_an_error():
    _, faults = reports(decisions(), sheet(("D", "", "yes", "yes"), ("A", "", "perhaps", "")))
    assert {f.code for f in faults.errors} == {"retrieval-of-unknown", "unknown-word"}


def test_a_retrieval_row_for_a_record_that_was_removed_before_screening_waits_for_nothing():
    removed = decisions()
    removed.loc[removed["record_id"] == "D", "decision"] = "not_eligible"
    table, faults = reports(removed, sheet(("D", "D-b", "yes", "yes")))
    assert not faults.errors and {f.code for f in faults} == {"retrieval-of-removed"}
    assert "D" not in set(table["record_id"])


def test_reports_of_a_previous_review_are_included_already():
    previous = sheet(("S1", "p1", "old"), ("S1", "p2", "old"), columns=("study_id", "report_id", "title"))
    table, _ = reports(decisions(), previous=previous)
    assert (
        table.loc[["p1", "p2"], ["arm", "full_text", "study_id"]].values.tolist() == [["previous", "include", "S1"]] * 2
    )


def test_reports_that_were_not_retrieved():
    rows = sheet(("A", "", "yes", "no"), ("B", "B", "yes", "no"), ("B", "B2", "yes", "yes"), ("C", "", "no", ""))
    assert not_retrieved_reports(rows) == ["A", "B", "C"]
    assert not_retrieved_reports(NONE) == []


def test_sheets_that_nobody_began_are_made_empty_to_fill_in():
    from prismake.screening.retrieval import empty_sheets

    assert sorted(empty_sheets(False, False)) == ["other_methods", "previous_review"]
    assert list(empty_sheets(True, False)) == ["previous_review"]
    assert list(empty_sheets(False, True)["other_methods"].columns)[:3] == ["report_id", "method", "title"]
