"""The normal forms of what stands in a record."""

from __future__ import annotations

import pytest
from prismake.records import model


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://dx.doi.org/10.1186/S11689-021-09396-9", "10.1186/s11689-021-09396-9"),
        (
            "doi:10.1002/(SICI)1097-4679(199906)55:6&lt;713::AID-JCLP5&gt;3.0.CO;2-F",
            "10.1002/(sici)1097-4679(199906)55:6<713::aid-jclp5>3.0.co;2-f",
        ),
        ("10.1016/j.puhe.2015.01.018 [doi]", "10.1016/j.puhe.2015.01.018"),
        ("(https://doi.org/10.1037/a0030642).", "10.1037/a0030642"),
        ("http://x.org/r?doi=10.1097%2fICB.0530&partnerID=40&md5=68", "10.1097/icb.0530"),
        ("10.1044/1092-4388(2004/037)", "10.1044/1092-4388(2004/037)"),
        ("https://www.frontiersin.org/articles/10.3389/fpsyg.2019.00001/full", "10.3389/fpsyg.2019.00001"),
        ("10 trials/year", ""),
        ("", ""),
    ],
)
def test_a_doi_is_found_in_what_exports_write(text: str, doi: str) -> None:
    assert model.normalise_doi(text) == doi


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("pp. 12–34", "12-34"),
        ("1279‐1297", "1279-1297"),
        ("e57977", "e57977"),
        ("No-Specified", ""),
        ("221-8", "221-8"),
        ("(no pagination)", ""),
    ],
)
def test_pages_keep_what_was_given_with_one_dash(text: str, pages: str) -> None:
    assert model.normalise_pages(text) == pages


def test_ovids_two_words_for_no_pages_are_no_pages() -> None:
    assert model.join_pages("No", "Specified") == ""
    assert model.join_pages("783-801", "801") == "783-801"
    assert model.join_pages("12", "12") == "12"


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2020//", 2020),
        ("2020/01/01/2020", 2020),
        ("20040401", 2004),
        ("Mar 2024", 2024),
        ("in press", None),
        ("12345", None),
    ],
)
def test_the_year_in_a_date(text: str, year: int | None) -> None:
    assert model.normalise_year(text) == year


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2022/08/26/", "2022-08-26"),
        ("2005/08//undefined", "2005-08"),
        ("2014", ""),
        ("Mar 2024", "Mar 2024"),
        ("20200115", "2020-01-15"),
    ],
)
def test_a_date_is_as_precise_as_it_was_given(text: str, date: str) -> None:
    assert model.normalise_date(text) == date


def test_serial_numbers_are_told_apart() -> None:
    assert model.issns_in("00139351 (ISSN) ; 1999-7777(Electronic)") == "0013-9351; 1999-7777"
    assert model.isbns_in("978-0-415-88491-4; 0-262-21012-6 (Hardcover)") == "9780415884914; 0262210126"
    assert model.issns_in("9780415884914") == ""


def test_authors_are_read_back_from_their_cell() -> None:
    cell = "van der Berg, A. B.; World Health Organization"
    authors = model.authors_of(cell)
    assert authors == [model.Author("van der Berg", "A. B."), model.Author("World Health Organization", "")]
    assert model.authors_text(authors) == cell


def test_an_empty_table_has_all_columns() -> None:
    frame = model.empty_frame()
    assert list(frame.columns) == model.COLUMNS
    assert len(frame) == 0
