"""What describes a bundle."""

from __future__ import annotations

import csv
import io

import yaml
from prismake.report.bundle_papers import licences, papers

ENTRIES = {
    "config/config.yaml": b"a: 1\n",
    "resources/searches/scopus.csv": b"Title\n",
    "results/effects/effects.csv": b"study_id,yi\nS1,0.5\n",
    "results/provenance/provenance.json": b'{"prismake": "9.9.9"}',
}
EXPORTS = {"resources/searches/scopus.csv": {"database": "Scopus"}}
REVIEW = {"title": "T", "licence": "CC-BY-4.0", "published": "2026-06-30"}


def made(left_out: dict[str, str] | None = None, cleared: list[dict[str, str]] | None = None) -> dict[str, str]:
    found = papers(ENTRIES, REVIEW, left_out or {}, EXPORTS, cleared or [])
    return {name: content.decode() for name, content in found.items()}


def test_every_paper_is_there() -> None:
    assert sorted(made()) == ["CITATION.cff", "DICTIONARY.csv", "LICENCES.csv", "README.md", "ro-crate-metadata.json"]


def test_each_file_has_its_licence_and_an_export_its_database_s_terms() -> None:
    rows = {row["file"]: row for row in csv.DictReader(io.StringIO(licences(ENTRIES, REVIEW, EXPORTS)))}
    assert set(rows) == set(ENTRIES)
    assert rows["results/effects/effects.csv"]["licence"] == "CC-BY-4.0"
    assert rows["results/effects/effects.csv"]["url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert rows["resources/searches/scopus.csv"]["licence"] == "terms of the database"
    assert "Scopus" in rows["resources/searches/scopus.csv"]["note"]


def test_a_review_without_a_licence_says_so() -> None:
    assert ",not stated," in licences(ENTRIES, {"title": "T"}, {})
    assert "Licence of the review's own data: not stated" in papers(ENTRIES, {}, {}, {}, [])["README.md"].decode()


def test_the_readme_says_what_was_taken_out_and_how_to_build_again() -> None:
    text = made(cleared=[{"file": "a", "taken_out": "abstracts; e-mail addresses"}])["README.md"]
    assert "Taken out of 1 file before sharing: abstracts, e-mail addresses" in text
    assert "With Prismake 9.9.9" in text and "python3 review.py verify BUNDLE.zip" in text


def test_what_was_left_out_is_named_with_the_reason() -> None:
    text = made(left_out={"resources/x.xls": "an .xls workbook"})["README.md"]
    assert "- `resources/x.xls`: an .xls workbook" in text and "verify BUNDLE.zip" not in text


def test_the_citation_has_the_date() -> None:
    assert yaml.safe_load(made()["CITATION.cff"])["date-released"] == "2026-06-30"
