import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.deduplication.numbering import (
    is_article_number,
    is_supplement,
    issue_of,
    pages_of,
    place_in_journal,
    roman,
    volume_of,
    year_of,
)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1201-9", "1201", "1209"), ("1201-1209", "1201", "1209"), ("376 -- 383", "376", "383"), ("H384-91", "h384", "h391"),
        ("pp. 12–15", "12", "15"), ("997-+", "997", "997"), ("S215", "s215", "s215"), ("e0123", "e123", "e123"), ("v-vii", "r5", "r7"),
        ("742-8; discussion 748-9", "742", "748"), ("II-221-5", "ii221", "ii225"), ("S4-76-S4-101", "s76", "s101"),
    ],
)  # fmt: skip
def test_page_styles(text, first, last):
    assert (pages_of(text).first, pages_of(text).last) == (first, last)


@pytest.mark.parametrize("text", ["", "UNKNOWN", "no pagination", "-", "No-Specified", "215 p"])
def test_no_pages(text):
    assert pages_of(text).first == ""


@pytest.mark.parametrize("text", ["06-Oct", "10-Jun", "Oct-06", "2018-06-10"])
def test_a_range_that_a_spreadsheet_took_for_a_date_may_be_either_way_round(text):
    assert pages_of(text).options == {"6", "10"}


def test_an_article_number_stands_in_for_pages():
    assert pages_of("", "107538").first == "107538"


def test_several_ranges_are_all_kept_as_starts():
    assert pages_of("233-238+230-235").options == {"233", "230"}


@pytest.mark.parametrize(("text", "number"), [("88 Suppl 1", "88"), ("Vol. 12", "12"), ("XII", "12"), ("1)", ""), ("UNKNOWN", ""),
                                              ("13 (2) (no pagination)", "13"), ("Part 3. 275", "275"), ("(Jul)", ""), ("007", "7")])  # fmt: skip
def test_volumes(text, number):
    assert volume_of(text) == number


@pytest.mark.parametrize(("text", "number"), [("3 Pt 2", "3"), ("Supplement 1", "s1"), ("S1", "s1"), ("9 SUPPL. 1", "9s1"), ("3-B(E)", "3"),
                                              ("Article 178", ""), ("DEC", ""), ("", "")])  # fmt: skip
def test_issues(text, number):
    assert issue_of(text) == number


def test_supplements_are_told():
    assert is_supplement("33", "S1", "215")
    assert is_supplement("16", "7", "A353")
    assert not is_supplement("16", "7", "353-360")


@given(st.integers(1, 3999))
@settings(deadline=None, max_examples=50)
def test_roman_numerals_are_read(number):
    numerals = [(1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"),
                (5, "v"), (4, "iv"), (1, "i")]  # fmt: skip
    text, rest = "", number
    for value, sign in numerals:
        text += sign * (rest // value)
        rest %= value
    assert roman(text) == number


def test_roman_refuses_words():
    assert roman("mild") == 0
    assert roman("") == 0


@given(st.text(max_size=30))
@settings(deadline=None, max_examples=50)
def test_no_text_breaks_the_parsers(text):
    pages_of(text)
    volume_of(text)
    issue_of(text)
    assert year_of(text) == 0 or 1500 <= year_of(text) <= 2099


@pytest.mark.parametrize(
    ("journal", "wanted"),
    [
        ("Journal of Rest, Vol 12(3), 201-215", ("Journal of Rest", "12", "3", "201-215")),
        ("Journal of Rest. Vol.12(3), 2018, pp. 201-215.", ("Journal of Rest", "12", "3", "201-215")),
        ("ANNUAL REVIEW OF REST, VOL 32", ("ANNUAL REVIEW OF REST", "32", "", "")),
        ("Rest, work, mood, VOL IV: Essays", ("Rest, work, mood", "IV", "", "")),
        ("Journal of Voluntary Action", None),
        ("Voluntas", None),
    ],
)
def test_a_place_in_the_name_of_the_journal(journal, wanted):
    assert place_in_journal(journal) == wanted


def test_article_numbers_in_the_issues_place():
    assert all(is_article_number(text) for text in ("e0191240", "(e0191240)", "Art. 12"))
    assert not any(is_article_number(text) for text in ("3", "S1", "e2", "12-13", ""))


def test_pages_of_abstracts():
    assert all(is_supplement("", "", pages) for pages in ("S12", "55A", "P-12", "A123"))
    assert not any(is_supplement("12", "3", pages) for pages in ("55", "55-60", "e12345"))
