import numpy as np
from prismake.deduplication.compare import compare
from prismake.deduplication.normalise import normalise


def compared(frame):
    return compare(normalise(frame), np.array([0]), np.array([1]), every=True).iloc[0]


def test_equal_fields_are_the_same_and_blanks_are_unknown(made):
    row = {
        "title": "Rest and mood in shift workers",
        "authors": "Okoro, A.; Lind, B.",
        "year": 2010,
        "volume": "3",
        "pages": "10-19",
        "journal": "Sleep",
    }
    pair = compared(made(row, {**row, "volume": ""}))
    assert (
        pair["difference"],
        pair["authors"],
        pair["year"],
        pair["volume"],
        pair["page"],
        pair["journal"],
        pair["doi"],
    ) == (0, 1, 0, 0, 1, 2, 0)


def test_pages_that_cannot_be_compared_are_unknown(made):
    row = {"title": "Rest and mood"}
    assert compared(made({**row, "pages": "107538"}, {**row, "pages": "1-9"}))["page"] == 0
    assert compared(made({**row, "pages": "06-Oct"}, {**row, "pages": "6-10"}))["page"] == 1
    assert compared(made({**row, "pages": "10-19"}, {**row, "pages": "30-39"}))["page"] == -1
    assert compared(made({**row, "pages": "678-684"}, {**row, "pages": "676-682"}))["page"] == 1


def test_pages_of_an_early_view_say_nothing(made):
    row = {"title": "Rest and mood"}
    assert compared(made({**row, "pages": "1-9"}, {**row, "pages": "515-523", "volume": "398"}))["page"] == 0


def test_running_numbers_as_issues_say_nothing(made):
    row = {"title": "Rest and mood"}
    assert compared(made({**row, "issue": "1112"}, {**row, "issue": "1113"}))["issue"] == 0
    assert compared(made({**row, "issue": "2"}, {**row, "issue": "3"}))["issue"] == -1
    assert compared(made({**row, "issue": "9 SUPPL. 1"}, {**row, "issue": "9"}))["issue"] == 0


def test_a_snippet_is_no_abstract(made):
    row = {"title": "Rest and mood"}
    whole = " ".join(f"word{n} follows the one before it" for n in range(40))
    assert compared(made({**row, "abstract": whole}, {**row, "abstract": whole[:100]}))["abstract"] == -1
    assert compared(made({**row, "abstract": whole}, {**row, "abstract": "OBJECTIVE: " + whole}))["abstract"] > 0.9


def test_an_issn_alone_does_not_make_two_named_journals_one(made):
    row = {"title": "Rest and mood", "issn": "0172-780X"}
    assert compared(made({**row, "journal": "Sleep"}, {**row, "journal": "Appetite"}))["journal"] == 1
    assert compared(made({**row, "journal": "Sleep"}, row))["journal"] == 2


def test_accession_numbers_are_those_of_one_database(made):
    row = {"title": "Rest and mood", "accession": "2010-1"}
    assert compared(made({**row, "database": "Scopus"}, {**row, "database": "Scopus"}))["accession"] == 1
    assert compared(made({**row, "database": "Scopus"}, {**row, "database": "Embase"}))["accession"] == 0
    assert (
        compared(made({**row, "database": "Scopus"}, {**row, "database": "Scopus", "accession": "2010-2"}))["accession"]
        == -1
    )
    assert compared(made(row, row))["accession"] == 0


def test_an_article_number_says_nothing_against_a_printed_page(made):
    row = {"title": "Rest and mood"}
    assert compared(made({**row, "pages": "c1804"}, {**row, "pages": "1014"}))["page"] == 0
    assert compared(made({**row, "pages": "S1804"}, {**row, "pages": "1014"}))["page"] == -1
    assert compared(made({**row, "pages": "e0191240"}, {**row, "pages": "e191240"}))["own_pages"]
    assert not compared(made({**row, "pages": "12"}, {**row, "pages": "12"}))["own_pages"]


def test_blank_titles_are_not_the_same(made):
    assert compared(made({"doi": "10.5555/a"}, {"doi": "10.5555/a"}))["difference"] == 6
