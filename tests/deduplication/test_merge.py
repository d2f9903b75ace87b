import json

from prismake.deduplication.merge import merge
from prismake.deduplication.normalise import normalise


def merged(frame, *groups):
    return merge(frame, normalise(frame), groups)


def test_each_field_comes_from_the_member_that_has_it_best(made):
    frame = made(
        {
            "title": "REST AND MOOD IN SHIFT WORKERS",
            "authors": "Okoro A; others",
            "pages": "06-Oct",
            "volume": "12",
            "year": 2010,
        },
        {
            "title": "Rest and mood in shift workers",
            "authors": "Okoro, Ada; Lind, Bo",
            "pages": "6-10",
            "doi": "10.5555/a",
            "abstract": "Long text.",
        },
    )
    records, _ = merged(frame, [0, 1])
    record = records.iloc[0]
    assert record["record_id"] == "r1"
    assert (record["title"], record["authors"], record["pages"]) == (
        "Rest and mood in shift workers",
        "Okoro, Ada; Lind, Bo",
        "6-10",
    )
    assert (record["volume"], record["doi"], record["abstract"]) == ("12", "10.5555/a", "Long text.")
    assert json.loads(record["field_sources"])["doi"] == "r2"
    assert json.loads(record["field_sources"])["volume"] == "r1"
    assert record["member_ids"] == "r1; r2" and record["n_members"] == 2


def test_no_doi_and_no_abstract_is_lost_whichever_member_has_it(made):
    frame = made(
        {"title": "Rest and mood"},
        {"title": "Rest and mood", "doi": "10.5555/a"},
        {"title": "Rest and mood", "abstract": "Text."},
    )
    record = merged(frame, [0, 1, 2])[0].iloc[0]
    assert (record["doi"], record["abstract"]) == ("10.5555/a", "Text.")


def test_what_members_say_differently_is_listed(made):
    frame = made(
        {"title": "Rest and mood", "year": 2013, "volume": "30"},
        {"title": "Rest and mood", "year": 2014, "volume": "30"},
    )
    _, conflicts = merged(frame, [0, 1])
    assert conflicts[["column", "kept", "other"]].values.tolist() == [["year", "2013", "2014"]]


def test_the_same_thing_in_another_form_is_no_conflict(made):
    frame = made(
        {"title": "Rest & mood", "journal": "J Pers Soc Psychol", "pages": "1201-9", "doi": "10.5555/A"},
        {
            "title": "Rest and mood",
            "journal": "Journal of Personality and Social Psychology",
            "pages": "1201-1209",
            "doi": "10.5555/a",
        },
    )
    assert len(merged(frame, [0, 1])[1]) == 0


def test_databases_and_searches_are_kept(made):
    frame = made(
        {"title": "x", "search": "s2", "database": "Scopus"}, {"title": "x", "search": "s1", "database": "APA PsycInfo"}, {"title": "y", "search": "s1", "database": "Scopus"}
    )  # fmt: skip
    records, _ = merged(frame, [1, 0], [2])
    assert records["searches"].tolist() == ["s1; s2", "s1"]
    assert records["databases"].tolist() == ["APA PsycInfo; Scopus", "Scopus"]
    assert records["field_sources"].tolist()[1] == ""
