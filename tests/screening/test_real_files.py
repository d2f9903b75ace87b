"""Every real export of decisions is read: as many votes as it holds by an independent count, or it is said that it
holds none."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from prismake.screening.sources import read_sources

TAXOMETRICS = {
    "tool": "wide",
    "columns": {"record_key": "Key"},
    "values": {"1": "include", "0": "exclude"},
    "reviewers": {"abs_coder1": "Coder 1", "abs_coder2": "Coder 2"},
}
DIMITROV = {
    "tool": "long",
    "reviewer": "LB",
    "columns": {"decision": "response"},
    "values": {1: "include", 2: "exclude"},
}
IRONIC = {
    "tool": "long",
    "columns": {"decision": "answer", "reviewer": "coder"},
    "values": {1: "include", 2: "maybe", 3: "exclude", 4: "exclude"},
}
CRITERIA = {**{f"q{i}": {0: f"not_q{i}"} for i in (1, 2, 3, 4)}, **{f"q{i}": {1: f"q{i}"} for i in (5, 6)}}
TEXT = {"tool": "long", "options": {"decision": "exclude"}}
# file: (settings, votes, error codes); None for votes: as many as ORIGINS.csv has records.
FILES: dict[str, tuple[dict, int | None, set[str]]] = {
    "abstrackr/_baseline_abstrackr.csv": ({"tool": "abstrackr"}, 6, set()),
    "asreview/schoot-lgmm-ptsd-included-2.ris": ({"tool": "asreview"}, 0, set()),
    "covidence/_baseline_covidence.csv": ({"tool": "covidence"}, 0, set()),
    "covidence/_baseline_covidence_endnote.ris": ({"tool": "covidence"}, 0, set()),
    "covidence/_baseline_covidence_mendeley.ris": ({"tool": "covidence"}, 0, set()),
    "covidence/_baseline_covidence_zotero.ris": ({"tool": "covidence"}, 0, set()),
    "covidence/ebola_covidence.csv": ({"tool": "covidence", "stage": "included"}, 2 * 522, set()),
    "covidence/iddo_LSR_update_data.csv": ({"tool": "covidence"}, 2 * 362, set()),
    "covidence/Nipah_excluded_studies.csv": ({"tool": "covidence"}, 2 * 288, set()),
    "covidence/SARS-CoV-1_excluded_studies.csv": ({"tool": "covidence"}, 2 * 590, set()),
    "eppi-reviewer/eppi_export--2021-09-09.json": ({"tool": "eppi", "attributes": {"English": "include"}}, 370, set()),
    "eppi-reviewer/_baseline_eppireviewer.ris": ({"tool": "eppi"}, 0, set()),
    "one-reviewer-spreadsheet/pike_full_dec20.csv": (
        {"tool": "long", "columns": {"decision": "Include.exclude"}, "values": {"0": "exclude", "1": "include"}},
        204,
        {"unknown-decision"},
    ),
    "one-reviewer-spreadsheet/pike_full_feb21.csv": (
        {"tool": "long", "columns": {"decision": "Include.exclude"}, "values": {"0": "exclude", "1": "include"}},
        31,
        {"unknown-decision"},
    ),
    "one-reviewer-spreadsheet/pike_wos_decided.csv": (
        {"tool": "long", "columns": {"decision": "Include/exclude"}},
        0,
        set(),
    ),
    "one-reviewer-spreadsheet/appraisal_prisma_all_articles.xlsx": ({**TEXT, "sheet": "clinical samples"}, 97, set()),
    "rayyan/accident_articles.csv": ({"tool": "rayyan"}, 2510, {"include-with-reason"}),
    "rayyan/accident_customizations_log.csv": ({"tool": "rayyan"}, 2825, set()),
    "rayyan/concurrency_customizations_log.csv": ({"tool": "rayyan"}, 677, set()),
    "rayyan/rrh_customizations_log.csv": ({"tool": "rayyan"}, 10_567, set()),
    "rayyan/concurrency_articles.bib": ({"tool": "rayyan"}, 390, set()),
    "rayyan/nala_articles.csv": ({"tool": "rayyan"}, 114, set()),
    "rayyan/rptbehav_2018_first_screening.csv": ({"tool": "rayyan"}, 35, set()),
    "rayyan/sanchez_import.csv": ({"tool": "rayyan"}, 0, set()),
    "rayyan/sanchez_tiab.csv": ({"tool": "rayyan"}, 42, set()),
    "rayyan/cff_baseline_rayyan.ris": ({"tool": "rayyan"}, 6, set()),
    "synergy/Nagtegaal_2019_ids.csv": ({"tool": "asreview"}, 2019, {"unknown-decision"}),
    "two-reviewer-spreadsheets/taxometrics_df_ok_screening.csv": (TAXOMETRICS, 76, set()),
    "two-reviewer-spreadsheets/dimitrov_LB_response_complete.csv": (DIMITROV, None, set()),
    "two-reviewer-spreadsheets/dimitrov_LD_response_complete.csv": (DIMITROV, None, set()),
    "two-reviewer-spreadsheets/dimitrov_all_results_deduplicated.csv": ({"tool": "long"}, 0, set()),
    "two-reviewer-spreadsheets/dimitrov_full_text_reviews.csv": (
        {
            "tool": "wide",
            "reviewers": {"lb_full_text_response": "LB", "ld_full_text_response": "LD"},
            "values": {1: "include", 2: "exclude"},
        },
        36,
        set(),
    ),
    "two-reviewer-spreadsheets/ironic_screening-records.csv": (IRONIC, None, set()),
    "two-reviewer-spreadsheets/ironic_coding-eligibility.csv": (
        {"tool": "long", "columns": {"reviewer": "coder"}, "options": {"criteria": CRITERIA}},
        413,
        set(),
    ),
}
BY_FOLDER = {"asreview": "asreview", "synergy": "asreview", "metagear": "metagear", "distillersr": "distillersr"}


@pytest.fixture(scope="session")
def exports(shared_data: Path) -> Path:
    folder = shared_data / "screening"
    if not folder.is_dir():
        pytest.skip("the real exports of decisions are not beside this checkout")
    return folder


def test_each_real_file_is_read_whole(exports):
    wrong = []
    for row in csv.DictReader((exports / "ORIGINS.csv").open(encoding="utf-8")):
        name = row["file"]
        settings, expected, codes = FILES.get(name, ({"tool": BY_FOLDER.get(name.split("/")[0], "")}, None, set()))
        if settings["tool"] == "distillersr":
            expected = 0
        if expected is None:
            expected = int(re.sub(r"\D", "", row["records"].split(":")[-1]))
        votes, faults = read_sources([{"id": "x", "files": [name], **settings}], lambda n: exports / n)
        found = {f.code for f in faults.errors}
        said = bool(len(votes)) or any(f.code in ("no-decisions", "blank-decisions") for f in faults)
        if len(votes) != expected or found != codes or not said:
            wrong.append((name, len(votes), expected, found))
    assert not wrong


@pytest.mark.parametrize("name", ["accident_articles.csv", "nala_articles.csv", "sanchez_tiab.csv"])
def test_votes_inside_rayyans_notes_are_as_many_as_a_plain_search_finds(exports, name):
    text = (exports / "rayyan" / name).read_text(encoding="utf-8")
    votes, _ = read_sources([{"id": "x", "tool": "rayyan", "files": [name]}], lambda n: exports / "rayyan" / n)
    counted = len(re.findall(r'""=>""(?:Included|Excluded|Maybe)""', text))
    assert len(votes) == counted


def test_log_and_articles_of_one_review_agree(exports):
    """The last vote of each reviewer in the log is the decision that the articles show."""
    folder = exports / "rayyan"
    by_log, _ = read_sources(
        [{"id": "x", "tool": "rayyan", "files": ["accident_articles.csv", "accident_customizations_log.csv"]}],
        lambda n: folder / n,
    )
    by_notes, _ = read_sources(
        [{"id": "x", "tool": "rayyan", "files": ["accident_articles.csv"]}], lambda n: folder / n
    )
    last = by_log.sort_values(["decided_at", "row"], kind="stable").drop_duplicates(
        ["record_key", "reviewer"], keep="last"
    )

    def multiset(votes):
        return votes.groupby(["record_key", "decision"]).size()

    assert multiset(last).equals(multiset(by_notes))
