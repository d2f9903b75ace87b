"""The script record_provenance."""

import hashlib
import json

import pandas as pd


def test_it_records_inputs_versions_and_numbers(script, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    (data / "export.ris").write_text("TY  - JOUR")
    (tmp_path / "config.yaml").write_text("final: false")
    (tmp_path / "check.json").write_text(json.dumps({"registration": {"guid": "abcde"}, "lock_sha256": "00"}))
    (tmp_path / "flow.json").write_text(json.dumps({"boxes": {"records_screened": 8}}))
    (tmp_path / "leaves.csv").write_text("leaf,registered,verdict,deviation\ndatabases.a.name,x,preregistered,\n")
    (tmp_path / "stamps.csv").write_text("analysis,stamp,deviations\nprimary,deviation,D1\n")
    (tmp_path / "lock").write_text("numpy==2")
    rules = [{"rule": "count_flow", "makes": ["results/flow/flow.json"]}]
    script("record_provenance").main(
        inputs=["config.yaml", str(data / "export.ris")],
        check="check.json",
        leaves="leaves.csv",
        stamps="stamps.csv",
        flow="flow.json",
        analyses=[],
        others=[],
        environment=["lock"],
        provenance="provenance.json",
        numbers="numbers.csv",
        settings={"review.id": "tiny", "data_root": str(data), "rules": rules},
    )
    text = (tmp_path / "provenance.json").read_text()
    found = json.loads(text)
    assert found["inputs"][1] == {
        "file": "data_root/export.ris",
        "sha256": hashlib.sha256(b"TY  - JOUR").hexdigest(),
    }
    assert str(tmp_path) not in text and "numpy" in found["packages"]
    assert found["rules"] == rules and found["environment_lock_sha256"] == hashlib.sha256(b"numpy==2").hexdigest()
    (row,) = pd.read_csv(tmp_path / "numbers.csv", dtype=str, keep_default_na=False).to_dict("records")
    assert row["name"] == "flow.records_screened" and row["value"] == "8" and row["key"] == "boxes.records_screened"
    assert row["stamp"] == "preregistered" and row["rule"] == "count_flow" and row["ids_file"] == ""


def test_without_a_registration_nothing_is_called_preregistered(script, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("check.json", json.dumps({"registration": {}, "lock_sha256": None})),
        ("flow.json", json.dumps({"boxes": {"records_screened": 8}})),
        ("leaves.csv", "leaf,registered,verdict,deviation\ndatabases.a.name,x,preregistered,\n"),
        ("stamps.csv", "analysis,stamp,deviations\n"),
    ):
        (tmp_path / name).write_text(text)
    script("record_provenance").main(
        inputs=[], check="check.json", leaves="leaves.csv", stamps="stamps.csv", flow="flow.json", analyses=[], others=[],
        environment=[], provenance="p.json", numbers="n.csv", settings={"review.id": "r", "data_root": "", "rules": []},
    )  # fmt: skip
    assert pd.read_csv(tmp_path / "n.csv", dtype=str).loc[0, "stamp"] == "planned"
