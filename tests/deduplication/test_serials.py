import pytest
from prismake.deduplication.serials import Journals, compare_journals, journal_of


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Journal of Personality and Social Psychology", "J. Pers. Soc. Psychol."), ("Addiction Research & Theory", "ADDICTION RESEARCH AND THEORY"),
        ("Der Nervenarzt", "NERVENARZT"), ("JAMA", "Journal of the American Medical Association"), ("BMJ (Clinical research ed.)", "BMJ"),
        ("Journal of Thoracic & Cardiovascular Surgery", "Jthoraccardiovascsurg"), ("Heart. Conference: Annual Meeting. Leeds", "Heart"),
        ("International Conference on Rest Systems, ICRS", "12th International Conference on Rest Systems"), ("Natl Med J", "National Medical Journal"),
    ],
)  # fmt: skip
def test_one_journal_under_two_names(a, b):
    assert compare_journals(journal_of(a), journal_of(b)) == Journals.SAME


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Journal of Experimental Psychology: General", "Journal of Experimental Psychology: Applied"), ("Sleep", "Appetite"),
        ("Journal of Clinical Psychology", "Journal of Clinical Child Psychology"), ("American Heart Journal", "European Heart Journal"),
    ],
)  # fmt: skip
def test_two_journals_are_never_the_same(a, b):
    assert compare_journals(journal_of(a), journal_of(b)) != Journals.SAME


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ("Journal of behavior …", "J Behav Ther Exp Psychiatry", Journals.SAME), ("… and anxiety disorders", "Biology of Mood & Anxiety Disorders", Journals.SAME),
        ("Nature human …", "Nature human …", Journals.SAME), ("…", "Sleep", Journals.UNKNOWN), ("Frontiers in …", "Frontiers in Psychology", Journals.UNKNOWN),
        ("Journal of anxiety …", "Journal of Behavior Therapy", Journals.UNKNOWN),
    ],
)  # fmt: skip
def test_a_name_that_a_search_engine_cut_is_the_same_or_not_known(a, b, wanted):
    assert compare_journals(journal_of(a), journal_of(b)) == compare_journals(journal_of(b), journal_of(a)) == wanted


def test_a_blank_journal_says_nothing():
    assert compare_journals(journal_of(""), journal_of("Sleep")) == Journals.UNKNOWN
