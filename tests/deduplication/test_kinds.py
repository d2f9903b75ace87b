import pytest
from prismake.deduplication.kinds import notice_of, own_doi, without_notice, work_of


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Erratum: Rest and mood", "erratum"), ("Correction to: Rest and mood (2018)", "erratum"), ("Rest and mood (vol 12, pg 34, 2010)", "erratum"),
        ("Correction to Okoro and Lind (2018).", "erratum"), ("Corrigendum", "erratum"), ("Erratum for Rest and mood", "erratum"),
        ("Rest and mood (vol 17, e1009726, 2021)", "erratum"), ("'Rest and mood': Errata", "erratum"), ("“Rest and mood”: Correction to Okoro and Lind (2018).", "erratum"),
        ("Correction for guessing in tests", ""), ("Vision: correction to normal", ""), ("Rest and mood (volume 2, 2nd ed.)", ""),
        ("Retraction: Rest and mood", "retraction"), ("Rest and mood (Retraction of vol 49, pg 601, 2013)", "retraction"),
        ("RETRACTED: Rest and mood", ""), ("Rest and mood (Retracted article. See vol. 60, pg. 12, 2016)", ""),
        ("Comment on: Rest and mood", "comment"), ("Rest and mood: Reply", "reply"), ("A reply to Okoro", "reply"), ("Replying in kind", ""), ("Authors' reply", "reply"),
        ("Rest and mood: A study protocol", "protocol"), ("Rest and mood in Dublin", ""),
        ("Rest and mood. [Erratum appears in J Rest. 2009;3(2):24]", ""),
    ],
)  # fmt: skip
def test_notices_are_told_by_their_titles(title, kind):
    assert notice_of(title) == kind


def test_the_title_that_a_notice_is_about():
    assert without_notice("Correction to: Rest and mood (2018)") == "Rest and mood"
    assert without_notice("Comment on “Rest and mood”") == "Rest and mood"
    assert without_notice("Erratum for Rest and mood") == "Rest and mood"
    assert without_notice("“Rest and mood”: Correction to Okoro and Lind (2018).") == "Rest and mood"
    assert (
        without_notice("Corrigendum to “Rest and mood” [Sleep 12 (2018) 201–215](S0272735818300012)") == "Rest and mood"
    )


@pytest.mark.parametrize(
    ("entry_type", "journal", "doi", "kind"),
    [
        ("article", "Dissertation Abstracts International: Section B", "", "dissertation"), ("dissertation", "", "", "dissertation"),
        ("article", "PsyArXiv", "", "preprint"), ("article", "", "10.31234/osf.io/ab1cd", "preprint"), ("other", "Figshare", "", "dataset"),
        ("article", "", "10.6084/m9.figshare.1", "dataset"), ("article", "", "10.5555/fpsyg.2020.00012.s001", "dataset"), ("article", "", "10.5555/abc0000123.supp", "dataset"), ("article", "Sleep", "10.5555/s001", ""), ("article", "ClinicalTrials.gov", "", "registration"),
        ("article", "Archives of Rehabilitation", "", ""), ("book", "", "", "book"), ("chapter", "Handbook of Rest", "", "chapter"),
        ("article", "Proceedings of the Conference on Rest", "", "conference"),
    ],
)  # fmt: skip
def test_works_are_told_by_type_place_and_doi(entry_type, journal, doi, kind):
    assert work_of(entry_type, journal, doi) == kind


def test_a_book_that_begins_after_its_first_page_is_a_part_of_one():
    assert work_of("book", "Proceedings on Rest", "", begins_within=True) == "chapter"
    assert work_of("book", "", "", begins_within=True) == "book"


@pytest.mark.parametrize(
    ("doi", "place", "own"),
    [
        ("10.1037/t01234-000", "Sleep", ""), ("10.1037/t01234-000", "PsycTESTS Dataset", "10.1037/t01234-000"), ("10.1037/t01234-000", "", "10.1037/t01234-000"),
        ("10.1037/tra0000123", "Psychological Trauma", "10.1037/tra0000123"),
    ],
)  # fmt: skip
def test_the_doi_of_a_test_is_not_that_of_the_article_that_used_it(doi, place, own):
    assert own_doi(doi, place) == own
