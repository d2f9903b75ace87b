"""Votes on full text by the report's id: several reports of a record, one report of several records, other methods."""

from __future__ import annotations

import pandas as pd
import pytest
from prismake.messages.faults import Faults
from prismake.screening.merge import Records
from prismake.screening.report_units import listed_reports
from prismake.screening.retrieval import Sheets, build_reports

OTHER = pd.DataFrame({"report_id": ["web1"], "method": ["website"], "title": ["A report of an institute"]}, dtype=str)


def retrieval(*rows):
    return pd.DataFrame(rows, columns=["record_id", "report_id", "sought", "retrieved"], dtype=str)


@pytest.fixture
def read(invented):
    """Records A and B included on title and abstract, A with the reports A1 and A2, and votes on full text."""

    def run(*votes, sheet=None, clusters=None, other=OTHER):
        sheet = retrieval(("A", "A1", "", ""), ("A", "A2", "", "")) if sheet is None else sheet
        base = invented.records(clusters or {"A": ["A"], "B": ["B"]})
        sheets = {"retrieval": sheet, "other_methods": other, "rulings": pd.DataFrame()}
        records = Records.of(
            sheets=sheets, membership=base.membership, source_records=base.source_records, records=base.records,
            excluded_before=base.excluded_before,
        )  # fmt: skip
        passed = [{"record_key": i, "reviewer": w, "decision": "include", "phase": "title_abstract"}
                  for i in "AB" for w in ("Ann", "Bo")]  # fmt: skip
        return invented.merge(invented.votes(*passed, *votes), records)

    return run


def on(key, reviewer, decision, reason="", **more):
    vote = {"record_key": key, "reviewer": reviewer, "decision": decision, "phase": "full_text"}
    return vote | {"reasons": reason} | more


def full_text(result):
    rows = result.decisions[result.decisions["phase"] == "full_text"]
    return rows.set_index("report_id")["decision"].to_dict()


def test_each_report_of_a_record_has_its_own_decision(read, invented):
    result = read(
        on("A1", "Ann", "include"), on("A1", "Bo", "include"),
        on("A2", "Ann", "exclude", "population"), on("A2", "Bo", "exclude", "population"),
    )  # fmt: skip
    assert full_text(result) == {"A1": "include", "A2": "exclude", "B": "pending"}
    assert invented.codes(result.faults, "error") == []
    ledger = result.ledger[result.ledger["phase"] == "full_text"]
    assert ledger["report_id"].tolist() == ["A1", "A1", "A2", "A2"]
    assert set(ledger["record_id"]) == {"A"} and set(ledger["matched_by"]) == {"report"}


def test_a_vote_on_the_record_counts_for_each_of_its_reports_but_where_one_voted_on_the_report(read):
    result = read(on("A", "Ann", "include"), on("A", "Bo", "include"), on("A2", "Bo", "exclude", "population"))
    assert full_text(result)["A1"] == "include"
    assert full_text(result)["A2"] == "pending"
    assert result.conflicts["report_id"].tolist() == ["A2"]
    assert result.conflicts["votes"].tolist() == ["Bo: exclude; Ann: include"]


def test_the_sheets_column_of_reports_wins_over_that_of_records(reading, invented):
    votes, _ = reading("record_id,report_id,reviewer,decision\nA,A2,Ann,include\nB,,Ann,include\n,A1,Ann,include\n")
    assert votes[["record_key", "report_key"]].values.tolist() == [["A", "A2"], ["B", ""], ["A1", "A1"]]


def test_votes_on_two_reports_of_one_record_are_no_contradiction(read, invented):
    result = read(on("A1", "Ann", "include"), on("A2", "Ann", "exclude", "population"))
    assert invented.codes(result.faults, "error") == []
    twice = read(on("A1", "Ann", "include"), on("A1", "Ann", "exclude", "population"))
    error = next(f for f in twice.faults if f.code == "contradictory-votes")
    assert error.value == "A1" and "one report" in error.what


def test_a_report_that_only_other_methods_found_is_voted_on_too(read, invented):
    result = read(on("web1", "Ann", "exclude", "population"), on("web1", "Bo", "exclude", "population"))
    assert full_text(result)["web1"] == "exclude"
    assert invented.codes(result.faults, "error") == []
    faults = Faults()
    reports = build_reports(
        result.decisions, invented.records({"A": ["A"], "B": ["B"]}).records.assign(searches=""),
        Sheets(retrieval(("A", "A1", "", ""), ("A", "A2", "", "")), OTHER, pd.DataFrame()), faults,
        exclusion_reasons=["population"],
    ).set_index("report_id")  # fmt: skip
    assert reports.loc["web1", ["arm", "retrieval", "full_text", "primary_reason"]].tolist() == [
        "other", "retrieved", "exclude", "population",
    ]  # fmt: skip
    assert faults.errors == []
    typed = OTHER.assign(decision="include", retrieved="yes")
    build_reports(
        result.decisions, invented.records({"A": ["A"]}).records, Sheets(pd.DataFrame(), typed, pd.DataFrame()), faults
    )
    assert "decision-differs" in [f.code for f in faults.errors]


def test_a_conflict_about_a_report_of_other_methods_stands_in_the_list_with_its_title(read):
    result = read(on("web1", "Ann", "exclude", "population"), on("web1", "Bo", "include"))
    assert result.conflicts[["report_id", "title"]].values.tolist() == [["web1", "A report of an institute"]]
    assert "web1" in result.pending["id"].tolist()


def test_two_records_that_turned_out_to_be_one_report_share_its_votes(read, invented):
    sheet = retrieval(("A", "R", "", "yes"), ("B", "R", "", "yes"))
    result = read(on("A", "Ann", "include"), on("B", "Bo", "include"), sheet=sheet)
    assert full_text(result) == {"R": "include"}
    faults = Faults()
    records = invented.records({"A": ["A"], "B": ["B"]}).records.assign(searches="")
    reports = build_reports(result.decisions, records, Sheets(sheet, pd.DataFrame(), pd.DataFrame()), faults)
    assert reports[["report_id", "record_id", "full_text"]].values.tolist() == [["R", "A; B", "include"]]
    assert faults.errors == [] and "records-of-one-report" in [f.code for f in faults]


def test_the_rows_of_one_report_must_say_the_same(invented):
    sheet, faults = retrieval(("A", "R", "", "yes"), ("B", "R", "", "no")), Faults()
    rows = [("title_abstract", i, "include", "", "") for i in "AB"]
    decisions = pd.DataFrame(rows, columns=["phase", "record_id", "decision", "primary_reason", "reasons"])
    records = invented.records({"A": ["A"], "B": ["B"]}).records.assign(searches="")
    build_reports(decisions, records, Sheets(sheet, pd.DataFrame(), pd.DataFrame()), faults)
    assert [f.code for f in faults.errors] == ["report-said-twice"]


def test_votes_on_a_report_follow_their_source_record_when_a_record_is_split(read):
    votes = [on("A1", "Ann", "include"), on("A1", "Bo", "include")]
    sheet = retrieval(
        ("b", "A1", "", "yes"),
    )
    joined = read(*votes, sheet=sheet, clusters={"A": ["A", "b"], "B": ["B"]})
    split = read(*votes, sheet=sheet, clusters={"A": ["A"], "b": ["b"], "B": ["B"]})
    assert full_text(joined)["A1"] == "include"
    assert set(split.ledger.loc[split.ledger["report_id"] == "A1", "record_id"]) == {"b"}
    assert len(split.ledger) == len(joined.ledger)


def test_reports_that_sheets_name():
    pairs = listed_reports(retrieval(("A", "", "", ""), ("", "A2", "", ""), ("A", "A1", "", "")), OTHER)
    assert pairs.values.tolist() == [["A", "A"], ["A2", "A2"], ["A1", "A"], ["web1", ""]]
    assert not len(listed_reports(pd.DataFrame()))
