"""The example review, from nothing to the report."""

import json

import pandas as pd
import pytest

from .conftest import copy_review

DELIVERABLES = [
    "report/report.html", "status/status.html", "bundle/bundle.zip", "provenance/provenance.json",
    "flow/flow.svg", "flow/flow.pdf", "flow/flow.png", "claims/claims.csv", "protocol/check.json",
]  # fmt: skip


@pytest.mark.parametrize("name", DELIVERABLES)
def test_every_deliverable_is_there(example, name):
    assert (example / "results" / name).stat().st_size > 0


def test_a_second_run_has_nothing_to_do(example, build):
    done = build(example, "--snakefile", str(example / "Snakefile"))
    assert "Nothing to be done" in done.stdout + done.stderr


def test_identities_that_can_be_checked_hold(example):
    identities = pd.read_csv(example / "results/flow/identities.csv", dtype=str, keep_default_na=False)
    assert set(identities["holds"]) <= {"yes", "not_applicable"}


def test_the_report_shows_numbers_that_stand_in_results(example):
    page = (example / "results/report/report.html").read_text(encoding="utf-8")
    boxes = json.loads((example / "results/flow/flow.json").read_text())["boxes"]
    assert f"{boxes['records_screened']:,}" in page or str(boxes["records_screened"]) in page
    primary = json.loads((example / "results/analyses/primary/result.json").read_text())
    assert f"{primary['estimate']['b']:.2f}" in page
    assert "simulated" in page.lower()


def test_seventeen_studies_are_included_and_nine_pooled(example):
    studies = pd.read_csv(example / "results/retrieval/studies.csv", dtype=str, keep_default_na=False)
    assert len(studies) == 17
    assert json.loads((example / "results/analyses/primary/result.json").read_text())["k"] == 9


def test_no_address_of_a_reviewer_reaches_the_results(example):
    for path in (example / "results").rglob("*"):
        if path.suffix in {".csv", ".json", ".html", ".txt", ".md"}:
            assert "@example.org" not in path.read_text(encoding="utf-8"), path


def test_the_website_contradicts_the_abstract_and_neither_meets_the_simulated_results(example):
    claims = pd.read_csv(example / "results/claims/claims.csv", dtype=str, keep_default_na=False)
    paper = claims[claims["about"].str.contains("10.1037/ccp0000820")]
    assert not paper["check"].str.contains("this review").any()
    contradicted = set(paper[paper["verdict"] == "contradicted"]["metric"])
    assert {"studies", "participants", "effect"} <= contradicted


def test_a_deleted_export_stops_the_build_and_is_named(root, tmp_path, build):
    copy_review(root, tmp_path)
    (tmp_path / "resources/searches/scopus.csv").unlink()
    done = build(tmp_path, fails=True)
    assert "resources/searches/scopus.csv" in done.stderr and "does not exist" in done.stderr


def test_every_figure_says_that_the_example_is_simulated(example):
    figures = sorted((example / "results").rglob("*.svg"))
    assert len(figures) > 50
    silent = [f.name for f in figures if "simulated" not in f.read_text(encoding="utf-8").lower()]
    assert silent == []
