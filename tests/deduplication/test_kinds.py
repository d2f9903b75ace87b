import pytest
from prismake.deduplication.kinds import notice_of, without_notice, work_of


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Erratum: Rest and mood", "erratum"), ("Correction to: Rest and mood (2018)", "erratum"), ("Rest and mood (vol 12, pg 34, 2010)", "erratum"),
        ("Correction to Okoro and Lind (2018).", "erratum"), ("Corrigendum", "erratum"),
        ("Retraction: Rest and mood", "retraction"), ("Rest and mood (Retraction of vol 49, pg 601, 2013)", "retraction"),
        ("RETRACTED: Rest and mood", ""), ("Rest and mood (Retracted article. See vol. 60, pg. 12, 2016)", ""),
        ("Comment on: Rest and mood", "comment"), ("Rest and mood: Reply", "reply"), ("Authors' reply", "reply"),
        ("Rest and mood: A study protocol", "protocol"), ("Rest and mood in Dublin", ""),
        ("Rest and mood. [Erratum appears in J Rest. 2009;3(2):24]", ""),
    ],
)  # fmt: skip
def test_notices_are_told_by_their_titles(title, kind):
    assert notice_of(title) == kind


def test_the_title_that_a_notice_is_about():
    assert without_notice("Correction to: Rest and mood (2018)") == "Rest and mood"
    assert without_notice("Comment on “Rest and mood”") == "Rest and mood"


@pytest.mark.parametrize(
    ("entry_type", "journal", "doi", "kind"),
    [
        ("article", "Dissertation Abstracts International: Section B", "", "dissertation"), ("dissertation", "", "", "dissertation"),
        ("article", "PsyArXiv", "", "preprint"), ("article", "", "10.31234/osf.io/ab1cd", "preprint"), ("other", "Figshare", "", "dataset"),
        ("article", "", "10.6084/m9.figshare.1", "dataset"), ("article", "ClinicalTrials.gov", "", "registration"),
        ("article", "Archives of Rehabilitation", "", ""), ("book", "", "", "book"), ("chapter", "Handbook of Rest", "", "chapter"),
        ("article", "Proceedings of the Conference on Rest", "", "conference"),
    ],
)  # fmt: skip
def test_works_are_told_by_type_place_and_doi(entry_type, journal, doi, kind):
    assert work_of(entry_type, journal, doi) == kind
