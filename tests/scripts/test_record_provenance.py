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
    script("record_provenance").main(
        inputs=["config.yaml", str(data / "export.ris")],
        check="check.json",
        flow="flow.json",
        analyses=[],
        provenance="provenance.json",
        numbers="numbers.csv",
        settings={"review.id": "tiny", "data_root": str(data)},
    )
    text = (tmp_path / "provenance.json").read_text()
    found = json.loads(text)
    assert found["inputs"][1] == {
        "file": "data_root/export.ris",
        "sha256": hashlib.sha256(b"TY  - JOUR").hexdigest(),
    }
    assert str(tmp_path) not in text and "numpy" in found["packages"]
    numbers = pd.read_csv(tmp_path / "numbers.csv", dtype=str)
    assert numbers.loc[0].tolist() == ["flow.records_screened", "8", "results/flow/flow.json", "boxes.records_screened"]
