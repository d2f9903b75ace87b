"""Rows and cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.records.delimited import delimiter_of, each_row, rows_of


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(mark: str) -> None:
    text = f'a{mark}b{mark}c\n1{mark}"x, y; z"{mark}3\n'
    assert delimiter_of(text) == mark


def test_rows_keep_their_lines_and_blank_rows_are_left_out() -> None:
    rows = rows_of('a,b\n1,"two\nlines"\n,\n\n3,4\n')
    assert rows.cells == [["a", "b"], ["1", "two\nlines"], ["3", "4"]]
    assert rows.lines == [1, 2, 6]


def test_excels_hint_is_no_row() -> None:
    rows = rows_of("sep=;\na;b\n1;2\n")
    assert rows.cells == [["a", "b"], ["1", "2"]] and rows.lines == [2, 3]


def test_an_open_quotation_is_said() -> None:
    assert rows_of('a,b\n1,"x\ny\n').unclosed == 2
    assert rows_of('a,b\n1,"x ""y"" z"\n').unclosed is None


def test_without_quoting_a_mark_is_a_character() -> None:
    assert rows_of('PT\tTI\nJ\t5" screens\n', "\t", quoting=False).cells[1] == ["J", '5" screens']


@given(
    text=st.lists(st.sampled_from(["a", '"', '""', ",", ";", "\n", "\r", "\r\n", " ", "\t", "b c", "sep=;\n"])).map(
        "".join
    )
)
def test_rows_one_after_the_other_are_the_rows_at_once(text):
    rows = rows_of(text)
    assert list(each_row(text)) == list(zip(rows.lines, rows.cells, strict=True))
