"""The table of searches."""

from __future__ import annotations

from prismake.records.combine import combined_faults, searches_table

COUNT = {
    "search": "a",
    "in_file": 3,
    "set_aside": 1,
    "records": 2,
    "files": [
        {
            "file": "a.ris",
            "sha256": "1",
            "format": "ris",
            "database": "Scopus",
            "platform": "Scopus",
            "encoding": "utf-8",
            "in_file": 3,
            "set_aside": 1,
            "records": 2,
        }
    ],
}


def test_one_row_for_each_search_in_the_order_of_config() -> None:
    table = searches_table([{"id": "a", "database": "Scopus", "hits": 3, "date": "2024-01-01"}], [COUNT])
    assert table.loc[
        0, ["search", "platform", "kind", "hits", "in_file", "set_aside", "records", "update"]
    ].tolist() == [
        "a",
        "Scopus",
        "database",
        "3",
        "3",
        "1",
        "2",
        "0",
    ]


def test_one_file_under_two_searches_is_an_error() -> None:
    other = {**COUNT, "search": "b"}
    assert [f.code for f in combined_faults([COUNT, other])] == ["file-twice"]


def test_counts_that_do_not_add_up_are_an_error() -> None:
    assert [f.code for f in combined_faults([{**COUNT, "records": 1}])] == ["records-lost"]
