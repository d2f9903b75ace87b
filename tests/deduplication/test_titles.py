import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.deduplication.folding import folded
from prismake.deduplication.titles import Difference, difference, same_word, title_of


def between(a: str, b: str) -> Difference:
    x, y = title_of(a), title_of(b)
    return Difference.NONE if x.key == y.key else difference(x.words, y.words)[0]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Effects of rest on mood.", "EFFECTS OF REST ON MOOD"),
        ("[Effects of rest on mood]", "Effects of rest on mood. [Polish]"),
        ("Effects of rest on mood. Polish Wplyw odpoczynku na nastroj", "Effects of rest on mood"),
        ("Wirkung der Ruhe auf die Stimmung = Effects of rest on mood", "Effects of rest on mood"),
        ("RETRACTED: Effects of rest on mood", "Effects of rest on mood (Retracted article. See vol. 9, p. 3, 2012)"),
        ("Effects of rest on mood. [Review] [33 refs]", "Effects of rest on mood"),
        (
            "Effects of rest on mood.[Erratum appears in J Rest. 2009 Jun 4;3(2):24 Note: A [added]]",
            "Effects of rest on mood",
        ),
        ("Effects of <i>rest</i> on mood &amp; sleep", "Effects of rest on mood and sleep"),
        ("Rest and behaviour in paediatric care", "Rest and behavior in pediatric care"),
        ("Rest and mood, part II", "Rest and mood, part 2"),
        ("Rest and mood: Part I. Theory", "Rest and mood: Part 1. Theory"),
        ("Rest in DSM-V disorders", "Rest in DSM-5 disorders"),
        ("Two studies of rest", "2 studies of rest"),
        ("Wellbeing after rest", "Well-being after rest"),
    ],
)
def test_one_title_in_two_forms(a, b):
    assert between(a, b) == Difference.NONE


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ("Effects of long rest on mood in nurses", "Effects of long rest on mood in nurse", Difference.SPELLING),
        (
            "Rest and recovery after night work",
            "Rest and recovery after night work: A diary study",
            Difference.SUBTITLE,
        ),
        ("Rest and recovery after night work", "Rest and slow recovery after night work", Difference.ADDED),
        ("Harms among affected others: A survey", "Harms among heavy gamblers: A survey", Difference.EXCHANGED),
        ("Executive control: Part I. Measures", "Executive control: Part II. Measures", Difference.NUMERAL),
        ("Annual figures of care 2014", "Annual figures of care 2015", Difference.NUMERAL),
        ("Vitamin D and low mood in winter", "Vitamin E and low mood in winter", Difference.NUMERAL),
        ("Rest and mood in shift workers", "Visual search in pigeons under load", Difference.UNRELATED),
        ("Night work and rest: A diary study", "A diary study: Night work and rest", Difference.SPELLING),
        ("Does rest predict low mood", "Does low mood predict rest", Difference.EXCHANGED),
        ("Slovakian norms of a scale of rest", "Slovenian norms of a scale of rest", Difference.EXCHANGED),
    ],
)
def test_how_two_titles_differ(a, b, wanted):
    assert between(a, b) == wanted
    assert between(b, a) == wanted


@pytest.mark.parametrize(
    ("a", "b"),
    [("typical", "atypical"), ("symptomatic", "asymptomatic"), ("hypotension", "hypertension"), ("male", "female"), ("2014", "2015"),
     ("prenatal", "postnatal"), ("intraclass", "interclass"), ("men", "women"),
     ("medication", "meditation"), ("addition", "addiction"), ("slovakian", "slovenian")],
)  # fmt: skip
def test_opposites_are_never_one_word(a, b):
    assert not same_word(a, b)


@pytest.mark.parametrize(
    "title",
    ["Editorial", "Introduction.", "Letter to the Editor", "Authors' reply", "Book review", "Preface", "In this issue"],
)
def test_generic_titles(title):
    assert title_of(title).generic


def test_a_telling_title_is_not_generic():
    assert not title_of("Editorial: How rest shapes mood in shift workers").generic


@pytest.mark.parametrize("title", ["", "#NAME?", "Untitled", "n/a"])
def test_damaged_titles_are_blank(title):
    assert title_of(title).key == ""


@given(st.text(max_size=60), st.text(max_size=60))
@settings(deadline=None, max_examples=50)
def test_the_difference_is_symmetric_and_never_fails(a, b):
    x, y = folded(a), folded(b)
    one, other = difference(x, y), difference(y, x)
    assert one[0] == other[0]


@given(st.text(max_size=80))
@settings(deadline=None, max_examples=50)
def test_any_text_gives_a_title_that_equals_itself(text):
    assert title_of(text) == title_of(text)
