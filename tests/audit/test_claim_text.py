"""Claims as people type them."""

import pytest
from prismake.audit.claim_text import comparable, number_of, read_claim, same_review


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7,617", (7617, 0)), ("7 617", (7617, 0)), ("1,234,567", (1234567, 0)), ("1,234.5", (1234.5, 1)), ("17", (17, 0)),
        ("0.30", (0.3, 2)), ("−0.30", (-0.3, 2)), ("–.5", (-0.5, 1)), ("0,22", (0.22, 2)), ("0,220", (0.22, 3)),
        ("47 %", (47, 0)), ("47.1%", (47.1, 1)), (" +2 ", (2, 0)),
        ("17 studies", None), ("not significant", None), ("", None), ("1-2", None), ("1.2.3", None),
    ],
)  # fmt: skip
def test_numbers_typed_as_text(text, number):
    assert number_of(text) == number


def test_a_number_as_text_keeps_its_printed_digits_and_a_count_stays_a_count():
    assert read_claim({"value": "0.30"}) == {"value": 0.3, "decimals": 2}
    assert read_claim({"value": "7,617"}) == {"value": 7617}
    assert read_claim({"value": "0.30", "decimals": 1})["decimals"] == 1


@pytest.mark.parametrize(
    ("wording", "decimals"),
    [("about 4,000", -3), ("some 4000", -3), ("~4,000 people", -3), ("4,000", None), ("", None)],
)
def test_a_round_number_is_round_only_where_the_words_say_so(wording, decimals):
    assert read_claim({"value": 4000, "wording": wording}).get("decimals") == decimals


def test_a_doi_is_the_same_however_it_is_written():
    forms = [
        "10.1234/AB",
        "doi:10.1234/ab",
        "https://doi.org/10.1234/ab",
        "DOI: 10.1234/ab",
        "http://dx.doi.org/10.1234/ab",
    ]
    assert all(same_review(forms[0], form) for form in forms)
    assert same_review("This  review", "this review") and not same_review("this review", forms[0])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("d", "SMD", True),
        ("Hedges' g", "Cohen’s d", True),
        ("OR", "odds ratio", True),
        ("d", "OR", False),
        ("", "OR", True),
    ],
)
def test_measures_in_one_unit_can_be_compared(one, other, same):
    assert comparable({"measure": one}, {"measure": other}) == same
