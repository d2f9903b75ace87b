"""Design matrices: numbers, factors, interactions, blanks."""

from __future__ import annotations

import numpy as np
from prismake.synthesis.design import as_numbers, design_matrix, expand_terms, level_text
from prismake.synthesis.projection import redundant

COLUMNS = {"year": ["2001", "2004", "2003", "2002"], "kind": ["b", "a", "c", "a"], "dose": [1.0, 2.0, np.nan, 4.0]}


def test_numbers_stay_numbers_and_words_become_dummies_against_the_first_level():
    found = design_matrix(COLUMNS, ["year", "kind"])
    assert found.names == ["intrcpt", "year", "kindb", "kindc"]
    assert found.x.tolist() == [[1, 2001, 1, 0], [1, 2004, 0, 0], [1, 2003, 0, 1], [1, 2002, 0, 0]]
    assert found.terms == {"year": [1], "kind": [2, 3]} and found.levels == {"kind": ["a", "b", "c"]}


def test_the_order_of_levels_can_be_given():
    assert design_matrix(COLUMNS, ["kind"], levels={"kind": ["c", "b", "a"]}).names == ["intrcpt", "kindb", "kinda"]


def test_rows_with_blanks_are_left_out():
    assert design_matrix(COLUMNS, ["dose"]).rows.tolist() == [0, 1, 3]


def test_interactions_bring_their_main_effects_with_a_star_only():
    assert expand_terms(["a*b"]) == ["a", "b", "a:b"]
    assert expand_terms(["a:b", "a"]) == ["a", "a:b"]
    found = design_matrix(COLUMNS, ["year*kind"])
    assert found.names == ["intrcpt", "year", "kindb", "kindc", "year:kindb", "year:kindc"]
    assert found.x[0].tolist() == [1, 2001, 1, 0, 2001, 0]


def test_numbers_can_be_factors():
    assert design_matrix({"grade": [1, 3, 2, 10]}, ["grade"], factors=["grade"]).names == [
        "intrcpt",
        "grade2",
        "grade3",
        "grade10",
    ]


def test_values_are_read_as_people_write_them():
    assert as_numbers(["1.5", " 2 ", ""])[:2].tolist() == [1.5, 2.0]
    assert as_numbers(["1", "x"]) is None and as_numbers([True, False]) is None
    assert level_text(3.0) == "3" and level_text(" a ") == "a"


def test_redundant_columns_are_found():
    x = np.column_stack([np.ones(5), np.arange(5), np.arange(5) * 1e6 + 3, np.zeros(5)])
    assert redundant(x) == [2, 3]
