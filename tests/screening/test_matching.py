"""Votes find their source record by id, alias, DOI and title, and only where that is one record."""

from __future__ import annotations

import pandas as pd
import pytest
from prismake.screening.matching import ascii_key, current_record_ids, doi_key, match_votes, title_key


@pytest.fixture
def records(invented):
    return invented.records(
        {"s:1": ["s:1", "w:7"], "s:2": ["s:2"], "s:3": ["s:3"], "s:4": ["s:4"]},
        title={
            "s:1": "Matching patients to therapists: A randomised trial",
            "w:7": "Matching Patients to Therapists - a randomised trial.",
            "s:2": "Änderungen der Ménière-Krankheit",
            "s:3": "Editorial",
            "s:4": "Editorial",
        },
        doi={"s:1": "10.1000/abc", "s:3": "10.1000/e3", "s:4": "10.1000/e4"},
        year={"s:3": "2001", "s:4": "2002"},
        aliases={"s:1": "KEY1; 123456", "w:7": "rayyan-7"},
    )


def matched(invented, records, **vote):
    votes = invented.votes({"reviewer": "Ann", "decision": "include", **vote})
    return match_votes(votes, records.membership, records.source_records).iloc[0].to_dict()


@pytest.mark.parametrize(
    ("vote", "source", "by"),
    [
        ({"record_key": "w:7"}, "w:7", "id"),
        ({"record_key": "KEY1"}, "s:1", "alias"),
        ({"record_key": "rayyan-7"}, "w:7", "alias"),
        ({"record_key": "zzz", "doi": "https://doi.org/10.1000/ABC"}, "s:1", "doi"),
        ({"title": "MATCHING PATIENTS TO THERAPISTS: a randomised trial"}, "s:1", "title"),
        ({"title": "Anderungen der Meniere Krankheit"}, "s:2", "title"),
        ({"title": "nderungen der mnirekrankheit"}, "s:2", "title"),
        ({"title": "Matching patients to therapist: A randomised trial"}, "s:1", "title"),
        ({"title": "Editorial", "year": "2002"}, "s:4", "title"),
    ],
)
def test_each_way_of_matching(invented, records, vote, source, by):
    found = matched(invented, records, **vote)
    assert (found["source_record_id"], found["matched_by"]) == (source, by)


def test_a_title_that_two_records_have_is_not_guessed(invented, records):
    votes = invented.votes(
        {"title": "Editorial", "reviewer": "Ann", "decision": "include"},
        {"title": "Editorial", "reviewer": "Ann", "decision": "exclude"},
    )
    found = match_votes(votes, records.membership, records.source_records)
    assert found["matched_by"].tolist() == ["none", "none"]
    assert found["candidates"].tolist() == ["s:3; s:4"] * 2


def test_like_decisions_on_equal_titles_go_to_the_records_in_their_order(invented, records):
    votes = invented.votes(
        *[{"record_key": k, "title": "Editorial", "reviewer": "Ann", "decision": "exclude"} for k in "12"]
    )
    found = match_votes(votes, records.membership, records.source_records)
    assert found["source_record_id"].tolist() == ["s:3", "s:4"]


def test_parts_of_a_series_are_not_taken_for_each_other(invented):
    records = invented.records(
        {"s:1": ["s:1"]}, title={"s:1": "Cognitive therapy of recurrent depression in primary care 1"}
    )
    assert (
        matched(invented, records, title="Cognitive therapy of recurrent depression in primary care 2")["matched_by"]
        == "none"
    )


def test_a_running_number_that_is_an_alias_by_chance_is_refuted_by_the_title(invented, records):
    found = matched(invented, records, record_key="123456", title="Änderungen der Ménière-Krankheit")
    assert (found["source_record_id"], found["matched_by"]) == ("s:2", "title")


@pytest.mark.parametrize("vote", [{"record_key": "K"}, {"doi": "10.1000/abc"}, {"title": "One trial of matching"}])
def test_a_search_that_is_added_leaves_each_vote_where_it_is(invented, vote):
    """A later search's record with the same alias, DOI or title, which deduplication kept apart, takes no vote away."""
    same = {i: "One trial of matching" for i in ("s:1", "later:9")}
    records = invented.records(
        {"s:1": ["s:1"], "later:9": ["later:9"]},
        title=same, doi=dict.fromkeys(same, "10.1000/abc"), aliases=dict.fromkeys(same, "K"),
    )  # fmt: skip
    records.source_records["search"] = ["s", "later"]
    assert matched(invented, records, **vote)["source_record_id"] == "s:1"


def test_a_title_that_several_records_of_one_search_have_is_not_guessed(invented):
    records = invented.records({"s:1": ["s:1"], "s:2": ["s:2"]}, title={"s:1": "Editorial", "s:2": "Editorial"})
    assert matched(invented, records, title="Editorial")["matched_by"] == "none"


def test_a_works_own_title_goes_to_its_first_record_and_that_is_said(invented):
    title = "Cognitive therapy of recurrent depression"
    records = invented.records({"s:1": ["s:1"], "s:2": ["s:2"]}, title={"s:1": title, "s:2": title})
    result = invented.merge(invented.votes({"title": title, "reviewer": "Ann", "decision": "include"}), records)
    assert result.ledger["record_id"].tolist() == ["s:1"] and result.matches["review"].tolist() == ["yes"]
    assert "shared-title" in invented.codes(result.faults, "warning")


def test_a_volumes_doi_with_another_title_settles_nothing(invented):
    records = invented.records(
        {"s:1": ["s:1"], "t:2": ["t:2"]},
        title={"s:1": "Chapter on sleep", "t:2": "Chapter on food"},
        doi={"s:1": "10.1000/v", "t:2": "10.1000/v"},
    )
    records.source_records["search"] = ["s", "t"]
    assert matched(invented, records, title="Quite another chapter of it", doi="10.1000/v")["matched_by"] == "none"


def test_an_alias_of_two_records_is_none(invented):
    records = invented.records({"s:1": ["s:1"], "s:2": ["s:2"]}, aliases={"s:1": "K", "s:2": "K"})
    found = matched(invented, records, record_key="K")
    assert (found["matched_by"], found["candidates"]) == ("none", "s:1; s:2")


def test_dois_in_any_dress_are_the_same():
    typed = pd.Series(
        ["10.1/x", "10.1234/AbC.", "https://dx.doi.org/10.1234/abc", "http://v.com?D=p&DO=10.1234%2fabc", "", "n/a"]
    )
    assert doi_key(typed).tolist() == ["", "10.1234/abc", "10.1234/abc", "10.1234/abc", "", ""]


def test_titles_lose_dress_but_no_letter_of_other_scripts():
    assert title_key("The <i>Ménière</i> &amp; co.") == "themeniereco"
    assert title_key("心理治疗") == "心理治疗"
    assert ascii_key("Using clusters textendash a study references") == "usingclustersastudy"


def test_ids_of_earlier_builds_lead_to_todays_records(records):
    ids = pd.Series(["w:7", "s:1", "KEY1", "unknown"])
    assert current_record_ids(ids, records.membership).tolist() == ["s:1", "s:1", "s:1", "unknown"]


def test_matches_by_title_are_shown_for_review(invented, records):
    votes = invented.votes(
        {"title": "Matching patients to therapist: A randomised trial", "reviewer": "Ann", "decision": "include"}
    )
    table = invented.merge(votes, records).matches
    assert table[["matched_by", "record_id", "review"]].values.tolist() == [["title", "s:1", "yes"]]
    assert 95 <= table["title_similarity"].iloc[0] < 100
