"""What is typed in a cell."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.extraction.numerals import pointed, uses_comma
from prismake.extraction.values import Reported, decimals_of, number, reported, yes
from prismake.records.sheets import MissingCode


@pytest.mark.parametrize(
    ("typed", "value", "relation", "decimals"),
    [
        ("12.50", 12.5, "=", 2),
        ("12,5", 12.5, "=", 1),
        ("<.05", 0.05, "<", 2),
        ("p = .031", 0.031, "=", 3),
        ("p<0,001", 0.001, "<", 3),
        ("> .10", 0.1, ">", 2),
        ("-0.4", -0.4, "=", 1),
        ("−3", -3.0, "=", 0),
        ("≤ .01", 0.01, "<", 2),
        (".02*", 0.02, "=", 2),
    ],
)
def test_numbers_with_their_bounds(typed: str, value: float, relation: str, decimals: int) -> None:
    assert reported(typed) == Reported(value, relation, decimals)


def test_missing_codes_are_not_blank() -> None:
    assert reported("") is None
    assert isinstance(reported("NR"), MissingCode)


@pytest.mark.parametrize("typed", ["about 5", "<", "1,234"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        reported(typed)
    assert math.isnan(number(typed))


def test_half_a_unit_of_the_last_decimal() -> None:
    assert Reported(14.2, "=", 1).half_unit == pytest.approx(0.05)
    assert decimals_of("1.5e-3") == 4


def test_yes_and_no() -> None:
    assert (yes("Yes"), yes("0"), yes("perhaps")) == (True, False, None)


@pytest.mark.parametrize(
    ("typed", "comma", "written"),
    [
        ("12,10", None, "12.10"),
        ("27,670", True, "27.670"),
        ("1,234", False, "1234"),
        ("<,05", True, "<.05"),
        ("1.234,5", None, "1234.5"),
        ("1 234,5", None, "1234.5"),
        ("Smith, 2010", True, "Smith, 2010"),
        ("NR", True, "NR"),
        ("3.75", True, "3.75"),
    ],
)
def test_decimal_commas_become_points_and_no_digit_is_lost(typed: str, comma: bool | None, written: str) -> None:
    assert pointed(typed, comma) == written


def test_a_sheet_shows_by_its_clear_cells_which_mark_it_uses() -> None:
    assert uses_comma(["12,5", "27,670"]) is True
    assert uses_comma(["12.5", "1,234"]) is False
    assert uses_comma(["1,234", "7"]) is None


@settings(deadline=None, max_examples=50)
@given(st.decimals(-9999, 9999, places=3))
def test_a_german_number_is_read_back_exactly(value) -> None:  # type: ignore[no-untyped-def]
    assert number(pointed(str(value).replace(".", ","), True)) == float(value)
