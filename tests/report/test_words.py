"""English."""

from __future__ import annotations

import pytest
from prismake.report import words


@pytest.mark.parametrize(
    ("n", "text"), [(0, "studies"), (1, "study"), (2, "studies"), (1.0, "study"), (None, "studies")]
)
def test_a_noun_agrees_with_its_number(n: float | None, text: str) -> None:
    assert words.noun_for(n, "study") == text


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("record", "records"),
        ("source record", "source records"),
        ("was", "were"),
        ("analysis", "analyses"),
        ("box", "boxes"),
    ],
)
def test_plurals(one: str, many: str) -> None:
    assert words.plural(one) == many


def test_lists() -> None:
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b"]) == "a and b"
    assert words.listed(["a", "", "b", "c"], "or") == "a, b or c"


def test_short_citations() -> None:
    assert words.authors_short("Müller, Ann") == "Müller"
    assert words.authors_short("Müller, Ann; van der Berg, Bo") == "Müller & van der Berg"
    assert words.authors_short("A, B; C, D; E, F") == "A et al."
    assert words.authors_short("") == ""


def test_significance_is_judged_at_the_analysis_own_level() -> None:
    assert words.significance(0.03) == "significant"
    assert words.significance(0.03, 99) == "not significant"
    assert words.significance(None) == "not estimable"


def test_an_interval_excludes_no_effect_only_if_it_is_known() -> None:
    assert words.excludes(0, 0.1, 0.2)
    assert not words.excludes(0, -0.1, 0.2)
    assert not words.excludes(0, None, 0.2)
