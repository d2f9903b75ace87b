"""Reading a review's tables for the flow."""

from __future__ import annotations

import pandas as pd
import pytest
from prismake.flow.count import split_ids
from prismake.flow.reading import read_flow_tables, read_later_stages, titles_of
from prismake.records.tables import write_csv, write_json, write_parquet


@pytest.fixture
def paths(tmp_path):
    write_parquet(
        pd.DataFrame({"source_record_id": ["a:1", "a:2"], "search": "a", "title": ["One", "Two"], "year": 2020}),
        tmp_path / "source_records.parquet",
    )
    membership = {"source_record_id": ["a:1", "a:2"], "record_id": "a:1", "earliest": ["true", "false"]}
    write_csv(pd.DataFrame(membership), tmp_path / "membership.csv")
    write_csv(pd.DataFrame({"study_id": ["S"], "origin": ["new"], "label": ["Abel (2020)"]}), tmp_path / "studies.csv")
    return {p.stem: p for p in tmp_path.iterdir()}


def test_tables_that_are_not_there_are_empty(paths):
    tables = read_flow_tables(paths)
    assert list(tables.source_records["source_record_id"]) == ["a:1", "a:2"]
    assert tables.decisions.empty and "phase" in tables.decisions


def test_a_record_has_the_title_of_its_earliest_source_record(paths):
    tables = read_flow_tables(paths)
    assert titles_of(tables, "record") == {"a:1": "One"}
    assert titles_of(tables, "source record") == {"a:1": "One", "a:2": "Two"}
    assert titles_of(tables, "study") == {"S": "Abel (2020)"}
    assert titles_of(tables, "report") == {}


def test_later_stages_are_what_there_is(tmp_path):
    write_csv(pd.DataFrame({"study_id": ["S"], "overall": ["low"]}), tmp_path / "overall.csv")
    write_json({"k": 1, "studies": ["S"]}, tmp_path / "primary" / "result.json")
    given = {"risk_of_bias": str(tmp_path / "overall.csv")}
    later = read_later_stages(given, [str(tmp_path / "primary" / "result.json")], {"tool": "rob2"})
    assert later.extracted is None and later.risk_of_bias is not None
    assert later.analyses["primary"]["k"] == 1 and later.pooled == {}
    assert later.severity["low"] == 0 and later.severity["no_information"] is None


@pytest.mark.parametrize("leaves", [None, {"tool": "none"}])
def test_a_review_that_plans_no_risk_of_bias_assessment_lacks_none(tmp_path, leaves):
    write_csv(pd.DataFrame({"study_id": []}), tmp_path / "overall.csv")
    assert read_later_stages({"risk_of_bias": str(tmp_path / "overall.csv")}, [], leaves).risk_of_bias is None


def test_an_id_may_hold_a_semicolon_as_old_dois_do():
    assert split_ids("10.1002/(SICI)1097;2-X; b") == ["10.1002/(SICI)1097;2-X", "b"]
    assert split_ids("") == []
