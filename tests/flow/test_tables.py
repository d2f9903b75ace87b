"""The tables that the flow is counted from."""

from __future__ import annotations

import pandas as pd
import pytest
from prismake.flow.boxes import BOXES
from prismake.flow.count import count_flow, previous_version_missing
from prismake.flow.identities import check_flow
from prismake.flow.tables import flow_tables
from prismake.messages.faults import InputFaults


def test_all_missing_columns_are_named_at_once():
    with pytest.raises(InputFaults) as caught:
        flow_tables({"searches": pd.DataFrame({"search": ["s"]}), "studies": pd.DataFrame({"study_id": ["a"]})})
    named = {(fault.what.split()[3], fault.column) for fault in caught.value.faults}
    assert named == {("searches", "database"), ("searches", "kind"), ("searches", "records"), ("studies", "origin")}


def test_cells_become_text_and_blanks_stay_blank():
    tables = flow_tables(
        {
            "membership": pd.DataFrame(
                {"source_record_id": ["a", None], "record_id": ["a", "a"], "earliest": [True, False]}
            )
        }
    )
    assert list(tables.membership["earliest"]) == ["true", "false"]
    assert list(tables.membership["source_record_id"]) == ["a", ""]


def test_a_review_without_anything_yet_counts_and_holds():
    tables = flow_tables({})
    flow = count_flow(tables)
    assert set(flow.lists) == set(BOXES)
    assert flow.n("records_screened") == 0 and flow.n("database_results") is None
    assert {identity.holds for identity in check_flow(tables, flow)} <= {"yes", "not_applicable"}


def test_reasons_on_title_and_abstract_are_counted_where_some_are_given():
    def of(reasons: list[str]) -> list[tuple[str, int]]:
        rows = {
            "phase": "title_abstract",
            "record_id": ["a", "b", "c"],
            "decision": "exclude",
            "basis": "",
            "status": "",
        }
        flow = count_flow(flow_tables({"decisions": pd.DataFrame(rows | {"primary_reason": reasons})}))
        return [(reason["label"], reason["n"]) for reason in flow.summary["screening_reasons"]]

    assert of(["x", "x", ""]) == [("No reason given", 1), ("x", 2)]
    assert of(["", "", ""]) == []


def test_an_update_of_which_the_previous_version_is_unknown_is_said_and_not_zero():
    flow = count_flow(flow_tables({}))
    assert flow.n("previous_studies") is None
    assert [fault.code for fault in previous_version_missing(flow, "10.5555/v1")] == ["previous-version-missing"]
    assert not previous_version_missing(flow, None)


@pytest.mark.parametrize(("doi", "holds"), [("https://doi.org/10.5555/A", "no"), ("10.5555/b", "yes")])
def test_a_report_that_both_arms_found_is_a_warning(doi, holds):
    reports = pd.DataFrame(
        {
            "report_id": ["a", "o"],
            "record_id": ["a", ""],
            "arm": ["databases", "other"],
            "method": ["database", "website"],
            "sought": "yes",
            "retrieval": "retrieved",
            "full_text": "include",
            "primary_reason": "",
            "doi": ["10.5555/a", doi],
        }
    )
    tables = flow_tables({"reports": reports})
    found = {identity.id: identity for identity in check_flow(tables, count_flow(tables))}["W2"]
    assert (found.holds, found.level) == (holds, "warning")


def test_of_the_ledger_only_what_the_flow_needs_is_held(tables):
    ledger = tables.ledger.assign(title="A long title", vote_id=[f"v{i}" for i in range(len(tables.ledger))])
    held = flow_tables({"ledger": ledger}).ledger
    assert "title" not in held and {"vote_id", "phase", "record_id", "reviewer"} <= set(held)
