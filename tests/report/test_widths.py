"""Columns on paper."""

from __future__ import annotations

import pytest
from prismake.report.blocks import Column, Content, Table
from prismake.report.widths import SIDEWAYS, font_size, needs, shares, sideways


def table(columns: int, cell: str, rows: int = 6) -> Table:
    body: list[list[Content]] = [[cell] * columns for _ in range(rows)]
    return Table("x", "X", [Column("head") for _ in range(columns)], body)


def test_shares_sum_to_one() -> None:
    assert sum(shares(table(5, "some words of text"))) == pytest.approx(1)


def test_a_column_holds_its_longest_word_and_a_number_whole() -> None:
    numbers = Table("x", "X", [Column("n", "right"), Column("t")], [["[−0.123, 1,234.5]", "a longestword b"]])
    assert needs(numbers) == [17, 15]


def test_long_text_gets_what_is_left_over() -> None:
    mixed = Table("x", "X", [Column("a"), Column("b")], [["x", "many words " * 20]] * 6)
    assert shares(mixed)[1] > 0.8


def test_wide_tables_lie_on_their_side_unless_they_are_short() -> None:
    assert sideways(table(9, "quite a long text here"))
    assert not sideways(table(3, "short"))
    assert not sideways(table(6, "quite a long text h", rows=1))


def test_where_there_is_no_room_long_text_wraps_before_words_break() -> None:
    row: list[Content] = ["Czechia", "moderate", "123,456", *["a long text of several words, and then some more"] * 8]
    heads = [Column("Country"), Column("Risk"), Column("N", "right"), *[Column(f"text {i}") for i in range(8)]]
    crowded = Table("x", "X", heads, [row] * 9)
    assert sideways(crowded)
    room = SIDEWAYS / (0.5 * font_size(crowded))
    given = [share * room for share in shares(crowded)]
    assert all(width >= len(str(cell)) for width, cell in zip(given[:3], row[:3], strict=True))
