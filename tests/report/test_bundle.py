"""The bundle."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml
from prismake.report.bundle import Sharing, bundle, pack, read_cleared, without_emails
from prismake.report.dictionary import citation, codebook_meanings, dictionary


def files(tmp_path: Path) -> dict[str, Path]:
    frame = pd.DataFrame({"record_id": ["a"], "abstract": ["SECRET"], "title": ["t, ada@example.org"]})
    frame.to_parquet(tmp_path / "records.parquet")
    frame.to_csv(tmp_path / "export.csv", index=False)
    (tmp_path / "config.yaml").write_text("reviewers: {bo.b+x@mail.example.co.uk: Bo}\n", encoding="utf-8")
    (tmp_path / "paper.xyz").write_text("full text", encoding="utf-8")
    names = ("records.parquet", "export.csv", "config.yaml", "paper.xyz")
    return {f"results/{name}": tmp_path / name for name in names}


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


SCOPUS = 'Authors,Title,Year,Abstract,EID,Correspondence\n"Ames, A.",Tea,2001,SECRET,2-s2.0-1,ada@example.org\n'


@pytest.fixture
def written(tmp_path: Path) -> dict[str, Path]:
    for name, text in (
        ("config.yaml", "screening: {reviewers: {Ada@example.org: Ada}}\n"),
        ("scopus.csv", SCOPUS),
        ("votes.csv", "title,abstract,reviewer,decision\nTea,SECRET,ada@example.org,include\n"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {
        "config/config.yaml": tmp_path / "config.yaml",
        "resources/searches/scopus.csv": tmp_path / "scopus.csv",
        "resources/screening/votes.csv": tmp_path / "votes.csv",
    }


EXPORTS = {"resources/searches/scopus.csv": {"database": "Scopus", "format": "auto", "columns": None}}


def test_what_people_wrote_is_cleared_where_it_stands_and_that_is_recorded(written: dict[str, Path]) -> None:
    found = opened(bundle({}, written, {"title": "T"}, exports=EXPORTS))
    assert found["config/config.yaml"] == b"screening: {reviewers: {person-1@removed.invalid: Ada}}\n"
    assert found["resources/screening/votes.csv"].endswith(b"Tea,,person-1@removed.invalid,include\n")
    assert found["resources/searches/scopus.csv"].endswith(b'"Ames, A.",Tea,2001,,2-s2.0-1,person-1@removed.invalid\n')
    rows = read_cleared(found["CLEARED.csv"].decode())
    assert {name: row["taken_out"] for name, row in rows.items()} == {
        "config/config.yaml": "e-mail addresses",
        "resources/screening/votes.csv": "abstracts; e-mail addresses",
        "resources/searches/scopus.csv": "abstracts; e-mail addresses",
    }
    before = hashlib.sha256(SCOPUS.encode()).hexdigest()
    assert rows["resources/searches/scopus.csv"]["sha256_before"] == before
    assert b"SECRET" not in b"".join(found.values())


def test_config_can_let_abstracts_and_addresses_out(written: dict[str, Path], tmp_path: Path) -> None:
    sharing = Sharing(abstracts=True, emails=True)
    found = opened(bundle(files(tmp_path), written, {"title": "T"}, sharing=sharing, exports=EXPORTS))
    assert found["resources/searches/scopus.csv"] == SCOPUS.encode()
    assert b"SECRET" in found["results/records.csv"] and b"ada@example.org" in found["results/records.csv"]
    assert found["CLEARED.csv"].count(b"\n") == 1


def test_config_can_leave_raw_exports_out_and_the_readme_says_so(written: dict[str, Path]) -> None:
    found = opened(bundle({}, written, {"title": "T"}, sharing=Sharing(raw_exports=False), exports=EXPORTS))
    assert "resources/searches/scopus.csv" not in found and "resources/screening/votes.csv" in found
    assert b"resources/searches/scopus.csv,,,the file: config leaves raw exports out" in found["CLEARED.csv"]
    assert b"`resources/searches/scopus.csv`: config leaves raw exports out" in found["README.md"]
    assert b"needed to build this review again" in found["README.md"]


def test_a_bundle_of_an_unpacked_bundle_is_the_same_bundle(written: dict[str, Path], tmp_path: Path) -> None:
    one = bundle({}, written, {"title": "T"}, exports=EXPORTS)
    for name, content in opened(one).items():
        (tmp_path / "again" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "again" / name).write_bytes(content)
    carried = read_cleared((tmp_path / "again/CLEARED.csv").read_text())
    again = {name: tmp_path / "again" / name for name in written}
    assert bundle({}, again, {"title": "T"}, exports=EXPORTS, carried=carried) == one


def test_the_provenance_in_the_bundle_has_the_hashes_of_the_files_in_the_bundle(
    written: dict[str, Path], tmp_path: Path
) -> None:
    inputs = [{"file": name, "sha256": "00"} for name in (*written, "resources/gone.csv")]
    (tmp_path / "provenance.json").write_text(json.dumps({"inputs": inputs}))
    found = opened(
        bundle({"results/provenance/provenance.json": tmp_path / "provenance.json"}, written, {"title": "T"})
    )
    rows = {row["file"]: row["sha256"] for row in json.loads(found["results/provenance/provenance.json"])["inputs"]}
    assert rows.pop("resources/gone.csv") == "00"
    assert rows == {name: hashlib.sha256(found[name]).hexdigest() for name in written}


def test_abstracts_full_texts_and_addresses_stay_out(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle(files(tmp_path), {}, {"title": "T"}))) as archive:
        assert sorted(archive.namelist()) == sorted(
            [
                "results/records.csv",
                "results/export.csv",
                "results/config.yaml",
                "README.md",
                "DICTIONARY.csv",
                "CITATION.cff",
                "CLEARED.csv",
                "LICENCES.csv",
                "ro-crate-metadata.json",
                "MANIFEST.sha256",
            ]
        )
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"SECRET" not in everything and b"full text" not in everything.replace(b"Full texts", b"")
    assert b"example.org" not in everything and b"@mail" not in everything


def test_the_manifest_holds_every_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle(files(tmp_path), {}, {"title": "T"}))) as archive:
        lines = archive.read("MANIFEST.sha256").decode().splitlines()
        assert {line.split("  ")[1] for line in lines} == set(archive.namelist()) - {"MANIFEST.sha256"}
        for line in lines:
            digest, name = line.split("  ")
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest


def test_the_same_files_give_the_same_bytes_whatever_their_dates(tmp_path: Path) -> None:
    one = bundle(files(tmp_path), {}, {"title": "T"})
    for path in tmp_path.iterdir():
        path.touch()
    assert bundle(files(tmp_path), {}, {"title": "T"}) == one


def test_the_order_of_files_does_not_matter() -> None:
    assert pack({"a": b"1", "b": b"2"}) == pack({"b": b"2", "a": b"1"})


def test_a_name_outside_the_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no name inside a bundle"):
        bundle({"../x.csv": tmp_path / "x.csv"}, {}, {"title": "T"})


def test_the_readme_says_that_it_is_simulated(tmp_path: Path) -> None:
    with zipfile.ZipFile(
        io.BytesIO(bundle({}, {}, {"title": "T", "simulated": True, "licence": "CC-BY-4.0"}))
    ) as archive:
        text = archive.read("README.md").decode()
    assert "Simulated example" in text and "CC-BY-4.0" in text and "sha256sum --check" in text


def test_at_signs_that_are_no_addresses_stay() -> None:
    assert without_emails("5 @ 3, @x, a@b") == "5 @ 3, @x, a@b"


def test_the_dictionary_says_what_columns_mean_and_hold() -> None:
    text = dictionary({"a.csv": "yi,ok,x\n0.5,true,\n1,false,\n"}, {"x": "From the codebook."})
    assert text.splitlines()[1:] == [
        'a.csv,yi,number,2,2,"Effect size, as metafor names it."',
        "a.csv,ok,yes/no,2,2,",
        "a.csv,x,empty,0,2,From the codebook.",
    ]


def test_columns_of_effects_are_those_of_the_sheets_and_a_sheet_may_have_semicolons() -> None:
    rows = dictionary(
        {"results/e.csv": "study_dose,study_own,weight\n1,2,3\n", "resources/extraction/s.csv": "dose;own\n1,5;x\n"},
        {"dose": "Sessions."},
    ).splitlines()[1:]
    assert rows == [
        "resources/extraction/s.csv,dose,text,1,1,Sessions.",
        "resources/extraction/s.csv,own,text,1,1,A column of this review's own.",
        "results/e.csv,study_dose,whole number,1,1,Of the study: Sessions.",
        "results/e.csv,study_own,whole number,1,1,Of the study; a column of this review's own sheets.",
        'results/e.csv,weight,whole number,1,1,"Weight in the analysis, per cent."',
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
