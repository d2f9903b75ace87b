"""EPPI-Reviewer, DistillerSR, Abstrackr and metagear."""

from __future__ import annotations

import json

import pytest

CODES = [
    {"AttributeId": 1, "AttributeName": "INCLUDE on title and abstract"},
    {
        "AttributeId": 2,
        "AttributeName": "EXCLUDE",
        "Attributes": {"AttributesList": [{"AttributeId": 3, "AttributeName": "EXCLUDE on design"}]},
    },
    {"AttributeId": 4, "AttributeName": "Country"},
]


def eppi(*references):
    return json.dumps(
        {"CodeSets": [{"SetName": "Screen", "Attributes": {"AttributesList": CODES}}], "References": list(references)}
    )


def reference(item, *codes, comments=""):
    return {
        "ItemId": item,
        "Title": f"T{item}",
        "DOI": "",
        "Year": "2001",
        "Comments": comments,
        "Codes": [{"AttributeId": c} for c in codes],
    }


def test_eppi_codes_named_in_config(reading, shown):
    text = eppi(reference(10, 1, 4), reference(11, 3, 2), reference(12, 4))
    votes, _ = reading(
        text,
        "eppi",
        "e.json",
        attributes={"include on title and abstract": "include", "2": "exclude", "3": "exclude:not_rct"},
    )
    assert shown(votes, "record_key", "decision", "reasons", "row") == [
        ("10", "include", "", 1),
        ("11", "exclude", "not_rct", 2),
    ]


def test_eppi_codes_that_say_it_themselves(reading, shown):
    votes, _ = reading(
        eppi(reference(10, 1), reference(11, 3)), "eppi", "e.json", reasons={"EXCLUDE on design": "not_rct"}
    )
    assert shown(votes, "decision", "reasons") == [("include", ""), ("exclude", "not_rct")]


def test_eppi_gives_prismakes_id_back_in_comments(reading):
    votes, _ = reading(eppi(reference(10, 1, comments="prismake-record: s:1")), "eppi", "e.json")
    assert votes["record_key"].tolist() == ["s:1"]


def test_eppi_faults(reading):
    assert [f.code for f in reading(eppi(), "eppi", attributes={"nothing": "include"})[1].errors] == [
        "unknown-attribute"
    ]
    assert [f.code for f in reading("{}", "eppi")[1].errors] == ["cannot-read"]
    assert [f.code for f in reading("TY  - JOUR\nER  - \n", "eppi")[1]] == ["no-decisions"]


REPORT = "Refid,Title,User,Level,Include?,Why\n5,One,Ann,1,Yes,\n5,One,Bo,1,No,population\n6,Two,Ann,2,Yes,\n"


def test_distillersr_has_one_row_a_reference_and_reviewer(reading, shown):
    votes, _ = reading(REPORT, "distillersr", where={"Level": 1}, columns={"reason": "Why"})
    assert shown(votes, "record_key", "reviewer", "decision", "reasons") == [
        ("5", "Ann", "include", ""),
        ("5", "Bo", "exclude", "population"),
    ]


def test_distillersr_json_is_the_same_table(reading, shown):
    answer = {"question": "Include?", "type": "Radio", "response": {"answer": "No", "text": ""}}
    text = json.dumps(
        [
            {
                "refid": 5,
                "title": "One",
                "tags": {"DOI": "10.1/a"},
                "data_sets": {"1": {"user": "Ann", "level": "1", "data": [answer]}},
            }
        ]
    )
    votes, _ = reading(text, "distillersr", "d.json", columns={"decision": "Include?"})
    assert shown(votes, "record_key", "reviewer", "decision", "doi") == [("5", "Ann", "exclude", "10.1/a")]


def test_distillersr_without_the_question_has_no_votes(reading):
    assert [f.code for f in reading("Refid,Title,User,Level,age\n5,One,Ann,3,12\n", "distillersr")[1]] == [
        "no-decisions"
    ]
    assert [f.code for f in reading("TY  - JOUR\nER  - \n", "distillersr", "d.ris")[1]] == ["no-decisions"]


ABSTRACKR = (
    "(internal) id,(source) id,pubmed id,title,tags,consensus,labeled_at,Ann,labeled_at,Bo,labeled_at,"
    "general notes (Ann)\n"
    "100,7,0,One,,o,,1,2024-08-15 08:42:23,-1,2024-08-16 08:00:00,fine\n"
    "101,8,0,Two,,1,2024-09-01 08:00:00,0,2024-08-15 08:43:00,1,2024-08-16 08:01:00,\n"
    "citations that are not yet labeled by anyone\n"
    "102,9,0,Three\n"
)


def test_abstrackr_labels_with_their_times_and_consensus(reading, shown):
    votes, faults = reading(ABSTRACKR, "abstrackr")
    assert shown(votes, "record_key", "reviewer", "role", "decision", "decided_at") == [
        ("7", "Ann", "reviewer", "include", "2024-08-15 08:42:23"),
        ("7", "Bo", "reviewer", "exclude", "2024-08-16 08:00:00"),
        ("8", "Ann", "reviewer", "maybe", "2024-08-15 08:43:00"),
        ("8", "Bo", "reviewer", "include", "2024-08-16 08:01:00"),
        ("8", "Consensus", "consensus", "include", "2024-09-01 08:00:00"),
    ]
    assert not faults.errors and votes["note"].iloc[0] == "fine"


def test_metagear_effort_sheet_with_a_mangled_mark(reading, shown):
    head = "STUDY_ID,REVIEWERS,INCLUDE,ï..Key,Title,DOI\n"
    sheet = head + "1,Ann,YES,K1,One,\n2,Ann,not vetted,K2,Two,\n3,Ann,MAYBE,K3,Three,\n"
    votes, _ = reading(sheet.encode("cp1252"), "metagear")
    assert shown(votes, "record_key", "reviewer", "decision") == [
        ("K1", "Ann", "include"),
        ("K2", "Ann", "unseen"),
        ("K3", "Ann", "maybe"),
    ]
    assert [f.code for f in reading("Title\nOne\n", "metagear")[1]] == ["no-decisions"]


@pytest.mark.parametrize(
    ("tool", "text"),
    [
        ("eppi", '{"References": 5}'),
        ("eppi", '{"References": [{"Codes": 5}], "CodeSets": []}'),
        ("eppi", '{"References": [], "CodeSets": 5}'),
        ("distillersr", "5"),
        ("distillersr", "[5]"),
        ("distillersr", '[{"data_sets": 5}]'),
        ("distillersr", '[{"data_sets": {"1": {"data": [{"question": "include", "response": 5}]}}}]'),
    ],
)
def test_json_of_another_shape_is_one_error(reading, tool, text):
    votes, faults = reading(text, tool, "x.json")
    assert not len(votes) and [f.code for f in faults] in (["cannot-read"], ["no-decisions"])


def test_a_missing_file_is_one_error(reading):
    votes, faults = reading("", "covidence", files=["nowhere.ris"])
    assert not len(votes) and [f.code for f in faults] == ["cannot-read"]
