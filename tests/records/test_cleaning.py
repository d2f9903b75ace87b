"""What exports do to text, undone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.records.cleaning import alphanumeric, blank_if_none, cleaned


def test_tags_and_entities_go_and_comparisons_stay() -> None:
    assert (
        cleaned("Effects of <i>N</i>-acetyl &amp;amp; <jats:p>CO<sub>2</sub></jats:p>") == "Effects of N-acetyl & CO2"
    )
    assert cleaned("p &lt; .05 and n > 3") == "p < .05 and n > 3"


def test_lines_and_controls_become_blanks_and_letters_are_composed() -> None:
    assert cleaned("a\r\nb\u2028c\x00d") == "a b c d"
    assert cleaned("Mu\u0308ller") == "Müller"


@settings(deadline=None, max_examples=50)
@given(st.text("ab<>&;ilt gmp/#x3c", max_size=40))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


def test_words_for_nothing_are_blank() -> None:
    assert blank_if_none("NA") == "" and blank_if_none("Nana") == "Nana"


def test_letters_and_digits_alone() -> None:
    assert alphanumeric("Über-Ich: a “test” 2") == "uberichatest2"
