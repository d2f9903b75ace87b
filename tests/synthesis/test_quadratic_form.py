"""The distribution of weighted sums of chi-squared variables."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.quadratic_form import weighted_chi2_cdf
from scipy.special import chdtr


@pytest.mark.parametrize("df", [1, 2, 7, 40])
@pytest.mark.parametrize("x", [0.3, 5.0, 60.0])
def test_equal_weights_are_a_chi_squared(df, x):
    assert weighted_chi2_cdf(2 * x, np.full(df, 2.0)) == pytest.approx(float(chdtr(df, x)), abs=1e-12)


def test_two_pairs_of_weights_have_a_closed_form():
    # Sums of two equal-weight pairs are exponentials with means 2a and 2b.
    a, b, x = 1.0, 1e4, 3e4
    expected = 1 - (2 * b * np.exp(-x / (2 * b)) - 2 * a * np.exp(-x / (2 * a))) / (2 * b - 2 * a)
    assert weighted_chi2_cdf(x, [a, a, b, b]) == pytest.approx(expected, abs=1e-11)


def test_nothing_lies_below_zero():
    assert weighted_chi2_cdf(0.0, [1.0, 2.0]) == 0.0
