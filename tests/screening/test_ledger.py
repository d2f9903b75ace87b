"""The ledger keeps every vote and says what it counts for."""

from __future__ import annotations

import pandas as pd
import pytest
from prismake.screening.ledger import LEDGER_COLUMNS, times


def ledger_of(invented, *rows, records=None):
    return invented.merge(invented.votes(*rows), records or invented.records({"A": ["A"], "B": ["B"]})).ledger


def timed(decision, at, reviewer="Ann", **more):
    return {"record_key": "A", "reviewer": reviewer, "decision": decision, "decided_at": at, **more}


def test_it_has_the_columns_of_its_contract(invented):
    assert list(ledger_of(invented, ("A", "Ann", "include")).columns) == LEDGER_COLUMNS


def test_a_history_of_changes_is_kept_whole(invented):
    ledger = ledger_of(
        invented,
        timed("include", "2024-01-01T10:00:00Z"),
        timed("include", "2024-01-01T10:00:01Z"),
        timed("exclude", "2024-01-02T10:00:00Z"),
        timed("exclude", "2024-01-03T10:00:00Z"),
    )
    assert ledger["state"].tolist() == ["superseded", "superseded", "duplicate", "counted"]


def test_an_undone_vote_leaves_none(invented):
    ledger = ledger_of(invented, timed("include", "2024-01-01"), timed("unseen", "2024-01-02"))
    assert ledger["state"].tolist() == ["superseded", "unseen"]


def test_unseen_contradicts_nothing(invented):
    ledger = ledger_of(invented, ("A", "Ann", "unseen"), ("A", "Ann", "include"))
    assert ledger["state"].tolist() == ["unseen", "counted"]


def test_the_same_reviewer_in_another_round_or_phase_is_no_contradiction(invented):
    rows = [
        {"record_key": "A", "reviewer": "Ann", "decision": d, "round": r}
        for d, r in [("include", "1"), ("exclude", "2")]
    ]
    assert set(ledger_of(invented, *rows)["state"]) == {"counted"}


def test_two_entries_of_a_tool_that_are_one_source_record_are_no_contradiction(invented):
    records = invented.records({"A": ["A"]}, title={"A": "One trial of matching"})
    rows = [
        {"record_key": k, "title": "One trial of matching", "reviewer": "Ann", "decision": d}
        for k, d in [("1", "include"), ("2", "exclude")]
    ]
    result = invented.merge(invented.votes(*rows), records)
    assert result.ledger["state"].tolist() == ["counted", "counted"]
    assert invented.decision(result, "A")["conflict"] == "reviewer"


def test_ids_of_votes_stay_when_rows_or_records_change(invented):
    first = ledger_of(invented, ("A", "Ann", "include"), ("B", "Ann", "exclude"))
    moved = ledger_of(
        invented, ("B", "Ann", "exclude"), ("A", "Ann", "include"), records=invented.records({"A": ["A", "B"]})
    )
    assert set(first["vote_id"]) == set(moved["vote_id"])


def test_equal_votes_have_different_ids(invented):
    assert ledger_of(invented, ("A", "Ann", "include"), ("A", "Ann", "include"))["vote_id"].is_unique


def test_times_in_several_forms_are_read():
    typed = pd.Series(["2024-02-01", "2024-02-01T10:00:00.123Z", "", "soon"])
    assert times(typed).notna().tolist() == [True, True, False, False]


def test_reasons_are_ids_by_id_or_label(invented):
    ledger = ledger_of(invented, ("A", "Ann", "exclude", "wrong  Population; not_rct"))
    assert ledger["reasons"].tolist() == ["population; not_rct"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["01.05.2024", "13.06.2024 10:30"], ["2024-05-01 00:00", "2024-06-13 10:30"]),
        (["01-05-2024"], ["2024-05-01 00:00"]),
        (["01/05/2024", "13/06/2024"], ["2024-05-01 00:00", "2024-06-13 00:00"]),
        (["01/05/2024 3:45 PM", "06/13/2024"], ["2024-01-05 15:45", "2024-06-13 00:00"]),
        (["01/05/2024", "06/06/2024"], ["", "2024-06-06 00:00"]),  # nothing tells the day from the month
        (["01/05/2024", "13/06/2024", "06/13/2024"], ["", "2024-06-13 00:00", "2024-06-13 00:00"]),
    ],
)
def test_a_date_is_read_with_its_day_and_month_or_not_at_all(typed, read):
    found = times(pd.Series(typed, dtype=str)).dt.strftime("%Y-%m-%d %H:%M")
    assert found.fillna("").tolist() == read


def test_the_later_of_two_votes_is_later_in_a_german_sheet_too(invented):
    ledger = ledger_of(invented, timed("include", "13.05.2024"), timed("exclude", "01.06.2024"))
    assert ledger["state"].tolist() == ["superseded", "counted"]


@pytest.mark.parametrize("typed", [("3. Juni 2024", "4. Juni 2024"), ("soon", "later"), ("01/06/2024", "02/06/2024")])
def test_times_of_which_none_can_be_read_leave_a_contradiction(invented, typed):
    result = invented.merge(
        invented.votes(timed("include", typed[0]), timed("exclude", typed[1])), invented.records({"A": ["A"]})
    )
    assert set(result.ledger["state"]) == {"contradiction"} and "contradictory-votes" in invented.codes(result.faults)


def test_a_workbooks_numbers_of_days_are_times(invented):
    assert times(pd.Series(["45444.5"])).dt.strftime("%Y-%m-%d %H:%M").tolist() == ["2024-06-01 12:00"]
    ledger = ledger_of(invented, timed("include", "45444.4375"), timed("exclude", "45445"))
    assert ledger["state"].tolist() == ["superseded", "counted"]


@pytest.mark.parametrize(
    ("other_file", "states"), [("votes.csv", ["superseded", "counted"]), ("bo.csv", ["contradiction"] * 2)]
)
def test_the_dates_of_the_whole_file_tell_the_day_from_the_month(invented, other_file, states):
    other = {"record_key": "B", "reviewer": "Bo", "decision": "include", "decided_at": "13/06/2024", "file": other_file}
    ledger = ledger_of(invented, timed("include", "01/06/2024"), timed("exclude", "02/06/2024"), other)
    assert ledger["state"].tolist()[:2] == states
