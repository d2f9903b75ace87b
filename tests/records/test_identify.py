"""Ids of source records stay when rows move, when an export is corrected and when searches are added."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.records.identify import combine, identify
from prismake.records.read import read_bytes

HEADER = "accession number,title,authors,year\n"


def frame(*rows: str):
    return read_bytes((HEADER + "".join(f"{row}\n" for row in rows)).encode()).records


def ids(*rows: str) -> list[str]:
    return identify(frame(*rows), "s")["source_record_id"].tolist()


def test_an_accession_number_or_else_the_content_makes_the_id() -> None:
    first, second = ids('A1,One,"Ng, A.",2001', ',Two,"Ng, A.",2002')
    assert first == "s:A1"
    assert second.startswith("s:sha-") and len(second) == len("s:sha-") + 16


@settings(deadline=None, max_examples=25)
@given(st.permutations(['A1,One,"Ng, A.",2001', ',Two,"Ng, A.",2002', 'B7,Three,"Ek, B.",2003']))
def test_the_order_of_rows_changes_no_id(rows: list[str]) -> None:
    assert sorted(ids(*rows)) == sorted(ids('A1,One,"Ng, A.",2001', ',Two,"Ng, A.",2002', 'B7,Three,"Ek, B.",2003'))


def test_two_equal_rows_are_two_source_records() -> None:
    row = 'A1,One,"Ng, A.",2001'
    assert ids(row, row, row) == ["s:A1", "s:A1#2", "s:A1#3"]


def test_a_corrected_export_keeps_the_old_id_as_an_alias() -> None:
    before = identify(frame(',One,"Ng, A.",2001'), "s").iloc[0]
    after = identify(frame('A1,One,"Ng, A.",2001'), "s").iloc[0]
    assert before["source_record_id"] in after["aliases"].split("; ")


def test_the_same_entry_has_the_same_fingerprint_in_two_formats() -> None:
    table = frame(',"One: a <i>trial</i>","Ng, A.",2001')
    ris = read_bytes("TY  - JOUR\nTI  - One – a trial\nAU  - Ng, Ada\nPY  - 2001\nER  - \n".encode()).records
    assert table.loc[0, "fingerprint"] == ris.loc[0, "fingerprint"]


def test_searches_are_combined_in_their_order() -> None:
    one, two = identify(frame("A,One,,2001"), "b"), identify(frame("A,One,,2001"), "a")
    assert combine([two, one], ["b", "a"])["source_record_id"].tolist() == ["b:A", "a:A"]
    with pytest.raises(ValueError, match="not configured"):
        combine([one], ["a"])
    with pytest.raises(ValueError, match="twice"):
        combine([one, one], ["b"])
