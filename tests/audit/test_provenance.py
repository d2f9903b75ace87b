"""Provenance: hashes, versions, stamps, the ids behind each number, no folder of a machine."""

import hashlib

import pytest
from prismake.audit.catalogue import Place
from prismake.audit.provenance import (
    Ids,
    input_hashes,
    number_table,
    python_version,
    shown,
    versions,
)


def test_inputs_are_hashed_once_each_and_sorted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text(name)
    found = input_hashes(["b.csv", "a.csv", "b.csv"], "")
    assert [row["file"] for row in found] == ["a.csv", "b.csv"]
    assert found[0]["sha256"] == hashlib.sha256(b"a.csv").hexdigest()


def test_the_data_root_is_not_named():
    assert shown("/somewhere/data/x/export.ris", "/somewhere/data") == "data_root/x/export.ris"
    assert shown("resources/a.csv", "/somewhere/data") == "resources/a.csv"
    assert shown("resources/a.csv", "") == "resources/a.csv"


def test_versions_leave_out_what_is_not_installed():
    assert set(versions(["numpy", "no-such-package"])) == {"numpy"}
    assert python_version().count(".") == 1


RULES = [
    {"rule": "count_flow", "makes": ["results/flow/flow.json"]},
    {"rule": "analysis", "makes": ["results/analyses/{analysis}/result.json"]},
]
RESULTS = {
    "primary": {
        "subgroups": {"study_age": {"levels": [{"level": "old"}, {"level": "young"}]}},
        "sensitivity": {"leave_one_out": [{"left_out": "S2"}]},
    }
}


@pytest.fixture
def behind(tmp_path):
    """The row of a number, with two records screened and three studies pooled."""
    for name, text in (
        ("flow/ids/records_screened.csv", "record_id,title\na,A\nb,B\n"),
        ("analyses/primary/effects.csv", "study_id,effects,study_age\nS1,e1; e2,old\nS2,e3,young\nS3,e4,old\n"),
    ):
        (tmp_path / "results" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "results" / name).write_text(text)

    def row(name, file, key):
        stamps = {"primary": ("deviation", "D2")}
        table = number_table({name: Place(file, key, 1.5)}, stamps, RESULTS, RULES, Ids(tmp_path))
        return table.iloc[0].to_dict()

    return row


def test_a_count_of_the_flow_has_its_list_of_ids(behind):
    row = behind("flow.records_screened", "results/flow/flow.json", "boxes.records_screened")
    assert (row["ids_file"], row["ids_column"], row["n_ids"], row["rule"]) == (
        "results/flow/ids/records_screened.csv", "record_id", "2", "count_flow",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "where", "n"),
    [
        ("estimate.b", "", "3"),
        ("subgroups.study_age.levels.0.estimate.b", "study_age is old", "2"),
        ("sensitivity.leave_one_out.0.estimate.b", "study_id is not S2", "2"),
    ],
)
def test_a_number_of_an_analysis_has_the_rows_that_it_rests_on(behind, key, where, n):
    row = behind(f"primary.{key}", "results/analyses/primary/result.json", key)
    assert (row["ids_file"], row["ids_where"], row["n_ids"]) == ("results/analyses/primary/effects.csv", where, n)
    assert (row["stamp"], row["deviations"], row["rule"], row["value"]) == ("deviation", "D2", "analysis", "1.5")


def test_a_number_without_a_list_behind_it_has_none(behind):
    row = behind("flow.none", "results/flow/flow.json", "boxes.none")
    assert row["ids_file"] == row["n_ids"] == ""


def test_the_number_table_is_sorted_by_name(tmp_path):
    table = number_table({"b": Place("f", "k", 2), "a": Place("f", "k", None)}, {}, {}, [], Ids(tmp_path))
    assert table["name"].tolist() == ["a", "b"] and table["value"].tolist() == ["", "2"]
