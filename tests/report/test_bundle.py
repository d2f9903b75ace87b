"""The bundle."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml
from prismake.report.bundle import bundle, pack, shared_bytes, without_emails
from prismake.report.dictionary import citation, codebook_meanings, dictionary


def files(tmp_path: Path) -> dict[str, Path]:
    frame = pd.DataFrame({"record_id": ["a"], "abstract": ["SECRET"], "title": ["t, ada@example.org"]})
    frame.to_parquet(tmp_path / "records.parquet")
    frame.to_csv(tmp_path / "export.csv", index=False)
    (tmp_path / "config.yaml").write_text("reviewers: {bo.b+x@mail.example.co.uk: Bo}\n", encoding="utf-8")
    (tmp_path / "paper.xyz").write_text("full text", encoding="utf-8")
    names = ("records.parquet", "export.csv", "config.yaml", "paper.xyz")
    return {f"results/{name}": tmp_path / name for name in names}


def test_abstracts_full_texts_and_addresses_stay_out(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle(files(tmp_path), {"title": "T"}))) as archive:
        assert sorted(archive.namelist()) == sorted(
            [
                "results/records.csv",
                "results/export.csv",
                "results/config.yaml",
                "README.md",
                "DICTIONARY.csv",
                "CITATION.cff",
                "MANIFEST.sha256",
            ]
        )
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"SECRET" not in everything and b"full text" not in everything.replace(b"full texts", b"")
    assert b"example.org" not in everything and b"@mail" not in everything


def test_the_manifest_holds_every_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle(files(tmp_path), {"title": "T"}))) as archive:
        lines = archive.read("MANIFEST.sha256").decode().splitlines()
        assert {line.split("  ")[1] for line in lines} == set(archive.namelist()) - {"MANIFEST.sha256"}
        for line in lines:
            digest, name = line.split("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest


def test_the_same_files_give_the_same_bytes_whatever_their_dates(tmp_path: Path) -> None:
    one = bundle(files(tmp_path), {"title": "T"})
    for path in tmp_path.iterdir():
        path.touch()
    assert bundle(files(tmp_path), {"title": "T"}) == one


def test_the_order_of_files_does_not_matter() -> None:
    assert pack({"a": b"1", "b": b"2"}) == pack({"b": b"2", "a": b"1"})


def test_a_name_outside_the_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no name inside a bundle"):
        bundle({"../x.csv": tmp_path / "x.csv"}, {"title": "T"})


def test_the_readme_says_that_it_is_simulated(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle({}, {"title": "T", "simulated": True, "licence": "CC-BY-4.0"}))) as archive:
        text = archive.read("README.md").decode()
    assert "Simulated example" in text and "CC-BY-4.0" in text and "sha256sum --check" in text


def test_windows_texts_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Grüße".encode("cp1252"))
    assert shared_bytes(path) == ("a.txt", "Grüße".encode())


def test_at_signs_that_are_no_addresses_stay() -> None:
    assert without_emails("5 @ 3, @x, a@b") == "5 @ 3, @x, a@b"


def test_the_dictionary_says_what_columns_mean_and_hold() -> None:
    text = dictionary({"a.csv": "yi,ok,x\n0.5,true,\n1,false,\n"}, {"x": "From the codebook."})
    assert text.splitlines()[1:] == [
        'a.csv,yi,number,2,2,"Effect size, as metafor names it."',
        "a.csv,ok,yes/no,2,2,",
        "a.csv,x,empty,0,2,From the codebook.",
    ]


def test_codebooks_of_either_form_are_read() -> None:
    assert codebook_meanings({"variables": {"a": {"description": "A."}}}) == {"a": "A."}
    assert codebook_meanings({"fields": [{"name": "b", "definition": "B."}]}) == {"b": "B."}


def test_the_review_can_be_cited() -> None:
    text = citation(
        {
            "title": "T: x",
            "authors": [{"name": "Ada van Example", "orcid": "0000-0001-0002-0003"}],
            "licence": "CC-BY-4.0",
        }
    )
    content = yaml.safe_load(text)
    assert content["cff-version"] == "1.2.0" and content["title"] == "T: x"
    assert content["authors"] == [
        {"family-names": "Example", "given-names": "Ada van", "orcid": "https://orcid.org/0000-0001-0002-0003"}
    ]
