"""One effect for each study."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.aggregation import combine_within, one_per_study

Y, V, STUDY = np.array([0.2, 0.6, 0.1, 0.5, -0.3]), np.array([0.04, 0.04, 0.02, 0.05, 0.03]), ["a", "a", "b", "c", "c"]


def test_the_average_of_equal_variances_is_the_mean_with_borensteins_variance():
    found = one_per_study(Y, V, STUDY, "average", rho=0.5)
    assert found.yi[0] == pytest.approx(0.4)
    assert found.vi[0] == pytest.approx(0.04 * (1 + 0.5) / 2)
    assert found.study.tolist() == ["a", "b", "c"] and [rows.tolist() for rows in found.rows] == [[0, 1], [2], [3, 4]]


def test_uncorrelated_errors_give_inverse_variance_weights():
    y, v = combine_within(Y[3:], V[3:], 0.0)
    assert v == pytest.approx(1 / (1 / 0.05 + 1 / 0.03)) and y == pytest.approx(v * (0.5 / 0.05 - 0.3 / 0.03))


def test_unweighted_and_perfectly_correlated():
    y, v = combine_within(Y[3:], V[3:], 0.5, weighted=False)
    assert y == pytest.approx(0.1) and v == pytest.approx((0.05 + 0.03 + 2 * 0.5 * (0.05 * 0.03) ** 0.5) / 4)
    assert combine_within(Y[:2], V[:2], 1.0) == pytest.approx((0.4, 0.04))


@pytest.mark.parametrize(
    ("rule", "expected"), [("first", [0.2, 0.1, 0.5]), ("lowest", [0.2, 0.1, -0.3]), ("highest", [0.6, 0.1, 0.5])]
)
def test_a_choice_takes_an_effect_as_it_is(rule, expected):
    assert one_per_study(Y, V, STUDY, rule).yi.tolist() == expected


def test_all_keeps_every_effect():
    assert one_per_study(Y, V, STUDY, "all").yi.tolist() == Y.tolist()


def test_unknown_rules_and_correlations_are_refused():
    with pytest.raises(ValueError, match="known: average"):
        one_per_study(Y, V, STUDY, "best")
    with pytest.raises(ValueError, match="between 0 and 1"):
        one_per_study(Y, V, STUDY, "average", rho=1.5)
