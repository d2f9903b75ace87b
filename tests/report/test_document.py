"""The report as a whole: what it says of reviews in every state."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from invented_reports import TEMPLATES, document_of, facts_of
from invented_results import fabricate
from prismake.report.blocks import Table
from prismake.report.checklist_needs import met
from prismake.report.facts import Facts
from prismake.report.formats_written import html_page
from prismake.report.prose import Document

Make = Callable[..., Facts]


def test_the_report_tells_the_review(document: Document) -> None:
    text = document.plain()
    for words in (
        "40 records were screened",
        "The review includes 12 studies",
        "The search covered Scopus and Web of Science",
        "each record was to have 2 independent votes",
        "The overall risk of bias was judged low in 4 studies",
        "Cohen’s κ is not estimable (one category only)",
        "pooled 9 studies",
        "95% CI [",
    ):
        assert words in text
    for heading in ("Abstract", "Methods", "Results", "Discussion", "References", "Appendices"):
        assert f"## {heading} " in text


def test_nothing_screened_yet_builds(make: Make) -> None:
    text = document_of(make(records=0, studies=0, pooled=0)).plain()
    assert "No study has been included yet." in text
    assert "The searches identified no source records. No report was sought from databases." in text
    assert "After no" not in text and "in no reports" not in text
    assert "nan" not in text.lower().split()


def test_what_was_not_recorded_is_not_claimed(make: Make) -> None:
    """Of a review whose searches have no dates and strings, and in which nothing was ruled on or extracted."""
    facts = make(studies=0, pooled=0)
    searches = [{"id": "scopus", "database": "Scopus"}, {"id": "wos", "database": "Web of Science"}]
    facts.config = {**facts.config, "searches": searches}
    text = document_of(facts).plain()
    assert "Table 1 lists the sources." in text and "as far as they were recorded" in text
    assert "called no pairs" not in text and "no reports could not" not in text
    assert "laid out after PRISMA 2020" in text and "which are not reported yet" in text
    document = document_of(facts)
    assert (
        next(b for b in document.blocks if getattr(b, "id", "") == "not_computed").empty
        == "No outcome has been extracted yet."
    )


def test_what_is_not_there_is_said_once(tmp_path: Path) -> None:
    document = document_of(facts_of(tmp_path))
    empty = [block.empty for block in document.blocks if isinstance(block, Table) and not block.rows and block.empty]
    text = document.plain()
    assert not [said for said in empty if said in text and said != "No analysis is planned."]
    assert "No registration was recorded from which anything could deviate." in text
    assert "taken from `other_information.md`" in text


def test_an_empty_results_folder_builds(tmp_path: Path) -> None:
    facts = facts_of(tmp_path)
    text = document_of(facts).plain()
    assert "No search has been run yet." in text
    assert "No meta-analysis was planned." in text
    assert html_page(document_of(facts), facts, TEMPLATES).startswith("<!DOCTYPE html>")


def test_without_effects_the_reason_is_said(make: Make) -> None:
    text = document_of(make(pooled=0)).plain()
    assert "This analysis was not computed:" in text
    assert "No meta-analysis could be computed" in text


def test_one_study_is_no_plural(make: Make) -> None:
    text = document_of(make(studies=1, pooled=1)).plain()
    assert "The review includes 1 study" in text
    assert "1 studies" not in text


def test_a_review_in_progress_bears_interim(make: Make) -> None:
    facts = make(pending=3)
    assert facts.banner == "Simulated example · Interim"
    text = document_of(facts).plain()
    assert "3 tasks are still pending" in text
    assert "3 records are still to be decided" in text


def test_without_a_registration_nothing_is_called_preregistered(make: Make) -> None:
    facts = make()
    (facts.results.folder / "protocol/check.json").write_text("{}", encoding="utf-8")
    text = document_of(facts).plain()
    assert "Registration: none was recorded" in text
    assert "Planned; no registration on record" in text
    assert "Preregistered" not in text


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        ("preregistered", "The review was preregistered."),
        ("deviation", "The review was preregistered; the main analysis deviates from the registration (D7)."),
        ("exploratory", "The review was preregistered; the main analysis was not."),
    ],
)
def test_the_abstract_says_where_the_main_analysis_left_the_registration(make: Make, stamp: str, said: str) -> None:
    facts = make()
    facts.analyses[0].row.update(stamp=stamp, deviations="D7")
    abstract = document_of(facts).plain().partition("## Introduction")[0]
    assert said in abstract


@pytest.mark.parametrize(
    ("text", "funding"),
    [
        ("**Funding.** Grant A of B. **Interests.** None.", "Grant A of B."),
        ("**Funding**: none\n\nMore.", "none"),
        ("## Funding\n\nGrant A.\n\n## Interests\n\nNone.", "Grant A."),
        ("Nobody paid.", ""),
    ],
)
def test_the_abstract_repeats_who_paid(make: Make, text: str, funding: str) -> None:
    abstract = document_of(make({"other_information": text})).plain().partition("## Introduction")[0]
    assert (f"**Funding.** {funding}\n" in abstract) if funding else ("Funding" not in abstract)


def test_a_discussion_without_limits_and_implications_is_not_taken_for_them(make: Make) -> None:
    lacking = met(make({"discussion": "The pharmacological trials agree."}))
    assert not any(lacking[need] for need in ("limitations", "implications", "harms"))
    have = met(make({"discussion": "Harms were rare. A limit is size. For practice nothing follows."}))
    assert all(have[need] for need in ("limitations", "implications", "harms"))


def test_one_vote_is_not_called_independent(make: Make) -> None:
    facts = make()
    facts.protocol = {**facts.protocol, "screening": {"title_abstract": {"reviewers": 1, "independent": True}}}
    assert "each record was to have 1 vote" in document_of(facts).plain()


def test_a_not_significant_estimate_is_not_called_no_effect(make: Make, tmp_path: Path) -> None:
    facts = make(pooled=2, seed=11)
    result = facts.results.analysis("primary")
    result["estimate"]["pval"] = 0.4
    text = document_of(facts).plain()
    assert "did not differ significantly from no effect; that is no evidence that there is none" in text


@pytest.mark.parametrize(
    ("level", "at"), [(95, ""), (0.95, ""), (90, " at the level of 10%"), (99.5, " at the level of 0.5%")]
)
def test_significance_at_an_unusual_level_says_so(make: Make, level: float, at: str) -> None:
    facts = make(pooled=2, seed=11)
    result = facts.results.analysis("primary")
    result["level"] = level
    result["estimate"]["pval"] = 0.4
    assert f"It did not differ significantly from no effect{at};" in document_of(facts).plain()


def test_texts_of_people_are_woven_in_with_numbers_by_name(make: Make) -> None:
    text = document_of(make({"discussion": "We found *g* = {{ n('primary.estimate') }}. <b>no</b>"})).plain()
    assert "We found *g* = 0." in text


def test_a_wrong_name_in_a_text_is_an_error(make: Make) -> None:
    with pytest.raises(KeyError, match="nowhere"):
        document_of(make({"discussion": "{{ n('nowhere.estimate') }}"}))


def test_every_number_of_the_text_is_in_the_table_of_numbers(results: Path) -> None:
    facts = facts_of(results)
    document = document_of(facts)
    recorded = {(row["id"], row["text"]) for row in facts.numbers.table()}
    given = {(i.number.id, i.number.text) for i in document.inlines if i.number is not None}
    assert given and given <= recorded


def test_changing_one_datum_changes_the_text(tmp_path: Path) -> None:
    before = document_of(facts_of(fabricate(tmp_path / "a", studies=12))).plain()
    after = document_of(facts_of(fabricate(tmp_path / "b", studies=11))).plain()
    assert "The review includes 12 studies" in before and "The review includes 11 studies" in after


def test_the_same_review_gives_the_same_page(results: Path) -> None:
    pages = set()
    for _ in range(2):
        facts = facts_of(results)
        pages.add(html_page(document_of(facts), facts, TEMPLATES))
    assert len(pages) == 1


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ({"QM": 1.92, "df": 3.0, "df2": 5.0, "p": 0.245, "tau2": "common"}, "*F*(3, 5) = 1.92, *p* = .245"),
        ({"QM": 4.16, "df": 3.0, "df2": None, "p": 0.245, "tau2": "separate"}, "*Q*(3) = 4.16, *p* = .245"),
    ],
)
def test_a_test_of_subgroups_with_two_degrees_of_freedom_is_called_f(make: Make, test: dict, said: str) -> None:
    facts = make(pooled=9, seed=3)
    column = facts.results.analysis("primary")["subgroups"]["study_tailoring"]
    column |= {"not_estimable": None, "test": test}
    assert said in document_of(facts).plain()


@pytest.mark.parametrize(
    "how",
    [
        {"records": 0, "studies": 0, "pooled": 0},
        {"records": 40, "studies": 0, "pooled": 0, "pending": 40},
        {"records": 20, "studies": 5, "pooled": 0},
        {"records": 10, "studies": 1, "pooled": 1},
    ],
    ids=["nothing", "unscreened", "no meta-analysis", "one study"],
)
def test_sentences_begin_with_capitals_and_tell_nothing_that_was_not_done(make: Make, how: dict[str, int]) -> None:
    facts = make(**how)
    text = document_of(facts).plain()
    assert re.findall(r"(?:^|[.:*] )no [a-z]+", text, re.M) == []
    assert ("Risk of bias was assessed" in text) == (how["studies"] > 0)
    assert ("were screened" in text) == (not how.get("pending"))
    assert not facts.run and "were compared by tailoring" not in text and "were synthesised" not in text
    assert "in at least one meta-analysis" not in text and facts.pooled_studies == []


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("ZCOR", "Contact: of 6 studies, 1 shows a positive association, 4 a negative one and 1 neither"),
        ("SMD", "Contact: of 6 studies, 1 favours the intervention, 4 the comparator and 1 neither"),
    ],
)
def test_votes_on_associations_favour_nobody(make: Make, measure: str, said: str) -> None:
    facts = make()
    votes = {"studies": 6, "positive": 1, "negative": 4, "mixed": 0, "none": 1, "pval": 0.375}
    content = {"constructs": {"contact": {"label": "contact", "vote_counting": votes}}}
    (facts.results.folder / "narrative/narrative.json").write_text(json.dumps(content), encoding="utf-8")
    facts = facts_of(facts.results.folder)
    facts.protocol = {**facts.protocol, "effect_measure": measure}
    assert said in document_of(facts).plain()
