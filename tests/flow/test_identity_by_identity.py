"""Each identity of the flow by its name: a change in one table that only it, or it among others, must notice.

The review is that of test_by_hand.py. E15 to E19, which need later stages, have theirs in test_finished.py; E20 and the rest
of the set are named below one by one, and `test_no_identity_is_without_its_case` holds the list complete.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from prismake.flow.count import count_flow
from prismake.flow.identities import check_flow
from prismake.flow.tables import COLUMNS, FlowTables, flow_tables

Frames = dict[str, pd.DataFrame]


def put(name: str, where: dict[str, str], **values: str) -> Callable[[Frames], None]:
    """Change cells of the rows of a table that have these values."""

    def change(frames: Frames) -> None:
        rows = pd.Series(True, index=frames[name].index)
        for column, value in where.items():
            rows &= frames[name][column].eq(value)
        assert rows.any()
        for column, value in values.items():
            frames[name].loc[rows, column] = value

    return change


def drop(name: str, **where: str) -> Callable[[Frames], None]:
    """Take away the rows of a table that have these values."""

    def change(frames: Frames) -> None:
        rows = pd.Series(True, index=frames[name].index)
        for column, value in where.items():
            rows &= frames[name][column].eq(value)
        assert rows.any()
        frames[name] = frames[name][~rows]

    return change


def add(name: str, like: dict[str, str], **values: str) -> Callable[[Frames], None]:
    """Add a row like one that is there, with other values."""

    def change(frames: Frames) -> None:
        rows = pd.Series(True, index=frames[name].index)
        for column, value in like.items():
            rows &= frames[name][column].eq(value)
        frames[name] = pd.concat([frames[name], frames[name][rows].head(1).assign(**values)])

    return change


TA = {"phase": "title_abstract"}
BREAKS: dict[str, Callable[[Frames], None]] = {
    "S1": add("reports", {"report_id": "s3"}),
    "S2": put("decisions", {"record_id": "s3"}, record_id="s9"),
    "S3": add("studies", {"study_id": "A"}),
    "E1a": put("searches", {"search": "scopus"}, records="7"),
    "E1b": put("searches", {"search": "registry"}, records="3"),
    "E1c": put("searches", {"search": "psycinfo"}, records="5"),
    "W1": put("searches", {"search": "scopus"}, hits="8"),
    "E2": drop("decisions", record_id="s5", **TA),
    "E3a": put("membership", {"source_record_id": "p1"}, earliest="true"),
    "E3b": drop("membership", source_record_id="p1"),
    "E3c": add("reports", {"report_id": "c1"}),
    "W2": lambda f: [put("reports", {"report_id": i}, doi="10.5555/same")(f) for i in ("s3", "c1")] and None,
    "E4a": put("excluded_before", {"record_id": "p4"}, reason=""),
    "E4b": add("excluded_before", {"record_id": "p4"}, record_id="s1"),
    "E5": put("decisions", {"record_id": "s5", **TA}, decision="perhaps"),
    "E6a": drop("ledger", record_id="s3"),
    "E6b": put("decisions", {"record_id": "s2", **TA}, basis="agreement"),
    "E6c": drop("ledger", vote_id="s1-1"),
    "E6d": drop("ledger", vote_id="s2-2"),
    "E7": drop("reports", report_id="p3"),
    "E8": put("reports", {"report_id": "s3"}, retrieval="mislaid"),
    "E9": put("reports", {"report_id": "s3"}, full_text="perhaps"),
    "E10": put("reports", {"report_id": "s2"}, primary_reason="population; design"),
    "E11c": put("reports", {"report_id": "c1"}, retrieval="mislaid"),
    "E11d": put("reports", {"report_id": "c1"}, full_text="perhaps"),
    "E11e": put("reports", {"report_id": "w1"}, primary_reason=""),
    "E12": put("study_links", {"report_id": "c1"}, report_id="c9"),
    "E13a": drop("studies", study_id="C"),
    "E13b": put("reports", {"report_id": "s3"}, study_id="B"),
    "E14a": put("studies", {"study_id": "A"}, origin="unknown"),
    "E20a": add("membership", {"source_record_id": "p1"}, source_record_id="p9"),
    "E20b": put("reports", {"report_id": "s1b"}, record_id="s9"),
    "M1": lambda f: f.update(source_records=f["source_records"].iloc[:2]),
    "M2": lambda f: f.update(decisions=f["decisions"].iloc[:1]),
}  # fmt: skip
BY_CONSTRUCTION = {
    "E11a": "each report of other methods is in the box of its method, any other word in that of other methods",
    "E11b": "a report is sought or it is not; what the databases had found too is listed beside both",
    "M3": "only what is sought is counted as assessed",
    "M4": "only what is sought is counted as assessed",
    "E13c": "new studies come from links; the links' reports and further studies are counted beside them",
    "E14b": "both sides are unions of the same links; a link that is lost breaks E12 and E13b",
}
"""Identities that no table can break, because both sides are taken from the same rows: they guard the counting itself."""


def broken_by(tables: FlowTables, change: Callable[[Frames], None]) -> set[str]:
    frames = {name: getattr(tables, name).copy() for name in COLUMNS}
    change(frames)
    changed = flow_tables(frames)
    return {one.id for one in check_flow(changed, count_flow(changed)) if one.holds == "no"}


@pytest.mark.parametrize("identity", BREAKS)
def test_a_table_that_breaks_it_is_noticed(tables: FlowTables, identity: str):
    assert identity in broken_by(tables, BREAKS[identity])


def test_no_identity_is_without_its_case(tables: FlowTables):
    assert {one.id for one in check_flow(tables, count_flow(tables))} == {*BREAKS, *BY_CONSTRUCTION}
    assert not broken_by(tables, lambda frames: None)
