"""Covidence's lists."""

from __future__ import annotations

import pytest
from prismake.screening.sources import read_sources

HEAD = "Title,Published Year,Accession Number,DOI,Covidence #,Study,Notes,Tags\n"
EXCLUDED = (
    HEAD + 'One,2001,scopus:1,10.1/a,#3,Frisch 2001,"Exclusion reason: Wrong population; '
    'Bo (2020-01-01 10:00:00)(Select): see p. 3; ",\n'
)


def test_an_excluded_list_has_reasons_and_implies_that_its_records_passed(reading, shown):
    votes, _ = reading(EXCLUDED, "covidence", stage="excluded", reasons={"wrong population": "population"})
    assert shown(votes, "phase", "round", "role", "decision", "reasons", "record_key") == [
        ("full_text", "", "consensus", "exclude", "population", "scopus:1"),
        ("title_abstract", "implied", "consensus", "include", "", "scopus:1"),
    ]
    assert votes["note"].tolist()[0].startswith("Bo (2020")


@pytest.mark.parametrize(
    ("name", "phase", "decision"),
    [
        ("review_12_included_csv_2024.csv", "full_text", "include"),
        ("review_12_excluded_csv_2024.csv", "full_text", "exclude"),
        ("review_12_irrelevant_csv_2024.csv", "title_abstract", "exclude"),
        ("review_12_select_csv_2024.csv", "title_abstract", "include"),
        ("review_12_screen_csv_2024.csv", "title_abstract", "unseen"),
        ("our included studies.csv", "full_text", "include"),
    ],
)
def test_the_files_name_says_which_list_it_is(reading, name, phase, decision):
    votes, _ = reading(HEAD + "One,2001,,,#3,Frisch 2001,,\n", "covidence", name)
    assert (votes["phase"].iloc[0], votes["decision"].iloc[0], votes["record_key"].iloc[0]) == (
        phase,
        decision,
        "covidence-3",
    )


def test_a_list_of_exclusions_is_known_by_its_reasons(reading):
    assert reading(EXCLUDED, "covidence", "renamed.csv")[0]["decision"].tolist() == ["exclude", "include"]


def test_a_list_that_is_not_named_has_no_decisions(reading):
    votes, faults = reading(HEAD + "One,2001,,,#3,Frisch 2001,,\n", "covidence")
    assert not len(votes) and [f.code for f in faults] == ["no-decisions"]


def test_ris_in_any_flavour(reading, shown):
    for title, year in (("TI", "PY"), ("T1", "Y1")):
        ris = f"TY  - JOUR\n{title}  - One\n{year}  - 2001\nDO  - 10.1/a\nN1  - \nER  - \n"
        votes, _ = reading(ris, "covidence", "irrelevant.ris", stage="irrelevant")
        assert shown(votes, "title", "year", "doi", "decision") == [("One", "2001", "10.1/a", "exclude")]


def test_an_unknown_list_is_an_error(reading):
    assert [f.code for f in reading(EXCLUDED, "covidence", stage="bin")[1].errors] == ["unknown-stage"]


def test_implied_votes_give_way_to_votes(invented, reading):
    votes, _ = reading(EXCLUDED.replace("Wrong population", "population"), "covidence", stage="excluded")
    records = invented.records({"scopus:1": ["scopus:1"]})
    assert invented.decision(invented.merge(votes, records), "scopus:1")["decision"] == "include"
    import pandas as pd

    cast = invented.votes(("scopus:1", "Ann", "include"), ("scopus:1", "Bo", "exclude"))
    result = invented.merge(pd.concat([votes, cast], ignore_index=True), records)
    assert invented.decision(result, "scopus:1")["status"] == "conflict"


def test_a_record_in_the_irrelevant_and_in_the_included_list_is_said(invented, tmp_path):
    # the lists of two dates: that a record stands in a later list does not undo what an earlier one says of it
    row = "One,2001,scopus:1,,#3,Frisch 2001,,\n"
    for name in ("a_irrelevant.csv", "a_included.csv"):
        (tmp_path / name).write_text(HEAD + row, encoding="utf-8")
    source = {"id": "c", "tool": "covidence", "files": ["a_irrelevant.csv", "a_included.csv"]}
    votes, _ = read_sources([source], lambda name: tmp_path / name)
    result = invented.merge(votes, invented.records({"scopus:1": ["scopus:1"]}))
    assert invented.decision(result, "scopus:1")["decision"] == "exclude"
    assert "full-text-after-exclusion" in invented.codes(result.faults, "error")


def test_a_list_whose_name_is_not_known_says_how_to_name_it(reading):
    votes, faults = reading(HEAD + "One,2001,,,#3,Frisch 2001,,\n", "covidence", "export.csv")
    assert not len(votes) and "stage: included, excluded" in next(iter(faults)).mend
