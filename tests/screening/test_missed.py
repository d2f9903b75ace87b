"""The bound on includes that both reviewers missed."""

from __future__ import annotations

import pytest
from prismake.screening.missed import missed_includes


def test_chapman_and_the_transformed_logit_interval_of_the_published_turtles():
    # The worked example of the article "Mark and recapture" of Wikipedia: 10 marked, 15 caught, 5 of them marked; Chapman's
    # estimate 28.3, Sadinle's (2009) interval 22 to 65.
    found = missed_includes(5, 5, 10)
    assert found["found"] == 20
    assert found["found"] + found["estimate"] == pytest.approx(28.33, abs=0.01)
    assert round(found["found"] + found["ci_lb"]) == 22
    assert round(found["found"] + found["ci_ub"]) == 65


def test_it_is_labelled_approximate_and_states_what_it_assumes():
    found = missed_includes(12, 10, 12)
    assert found["label"] == "approximate" and "independent" in found["assumption"]


def test_nothing_included_is_not_estimable():
    assert missed_includes(0, 0, 0)["estimate"] is None
