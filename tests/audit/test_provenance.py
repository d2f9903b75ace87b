"""Provenance: hashes, versions, no folder of a machine."""

import hashlib

from prismake.audit.catalogue import Place
from prismake.audit.provenance import input_hashes, number_table, shown, versions


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


def test_the_number_table_is_sorted_by_name():
    table = number_table({"b": Place("f", "k", 2), "a": Place("f", "k", None)})
    assert table["name"].tolist() == ["a", "b"] and table["value"].tolist() == ["", "2"]
