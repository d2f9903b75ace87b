"""The script that packs what may be shared."""

import zipfile
from pathlib import Path

import pandas as pd


def test_it_packs_results_and_sheets_under_their_own_names(script, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("results/deduplication").mkdir(parents=True)
    pd.DataFrame({"record_id": ["a"], "abstract": ["SECRET"]}).to_parquet("results/deduplication/records.parquet")
    outside = tmp_path / "root" / "resources"
    outside.mkdir(parents=True)
    (outside / "studies.csv").write_text("study_id\ns1\n")
    script("bundle").main(
        results=["results/deduplication/records.parquet"],
        written=[str(outside / "studies.csv")],
        cleared=[],
        bundle="results/bundle/bundle.zip",
        settings={
            "review": {"title": "R", "licence": "CC-BY-4.0"},
            "bundle": {"abstracts": False},
            "data_root": str(tmp_path / "root"),
            "exports": {},
            "last_date": "2026-02-01",
        },
    )
    with zipfile.ZipFile("results/bundle/bundle.zip") as archive:
        assert sorted(archive.namelist()) == [
            "CITATION.cff",
            "CLEARED.csv",
            "DICTIONARY.csv",
            "LICENCES.csv",
            "MANIFEST.sha256",
            "README.md",
            "data_root/resources/studies.csv",
            "results/deduplication/records.csv",
            "ro-crate-metadata.json",
        ]
        assert archive.read("results/deduplication/records.csv") == b"record_id\na\n"
        assert b'"datePublished": "2026-02-01"' in archive.read("ro-crate-metadata.json")
