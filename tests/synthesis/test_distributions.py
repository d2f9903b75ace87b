"""Tails and quantiles agree with scipy.stats, far out too."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.distributions import chi2_quantile, critical, two_sided_p, upper_chi2, upper_f
from scipy import stats


@pytest.mark.parametrize("x", [0.0, 0.5, -3.0, 12.0, 30.0])
def test_two_sided_p(x):
    assert two_sided_p(x) == pytest.approx(2 * stats.norm.sf(abs(x)), rel=1e-13)
    for df in (1, 4, 60.5):
        assert two_sided_p(x, df) == pytest.approx(2 * stats.t.sf(abs(x), df), rel=1e-11)


def test_infinitely_many_degrees_of_freedom_are_a_normal_and_none_are_nothing():
    assert two_sided_p(2.0, [np.inf, 5.0])[0] == two_sided_p(2.0)
    assert critical(95, [np.inf, 5.0])[0] == critical(95)
    assert np.isnan(two_sided_p(2.0, 0)) and np.isnan(critical(95, 0)) and np.isnan(upper_chi2(2.0, 0))


@pytest.mark.parametrize("df", [1, 3, 25, 400])
def test_quantiles(df):
    assert critical(95, df) == pytest.approx(stats.t.ppf(0.975, df), rel=1e-12)
    assert critical(80, df) == pytest.approx(stats.t.ppf(0.9, df), rel=1e-12)
    assert chi2_quantile(0.975, df) == pytest.approx(stats.chi2.ppf(0.975, df), rel=1e-12)


def test_upper_tails():
    assert upper_chi2(152.2, 12) == pytest.approx(stats.chi2.sf(152.2, 12), rel=1e-12)
    assert upper_f(3.7, 2, 9) == pytest.approx(stats.f.sf(3.7, 2, 9), rel=1e-12)
