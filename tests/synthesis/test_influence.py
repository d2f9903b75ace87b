"""Case diagnostics against refits one at a time."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.influence import baujat, cumulative, influence, leave_one_out, standardised_residuals
from prismake.synthesis.model import NotEstimable, fit


@pytest.mark.parametrize("method", ["DL", "REML", "EE"])
def test_leave_one_out_is_a_refit(eight, method):
    y, v = eight
    models = leave_one_out(y, v, method=method, test="knha")
    for row in range(8):
        keep = np.arange(8) != row
        one = fit(y[keep], v[keep], method=method, test="knha")
        assert models.b[row, 0] == pytest.approx(one.b[0], rel=1e-12)
        assert models.ci_ub[row, 0] == pytest.approx(one.ci_ub[0], rel=1e-12)
        assert models.tau2[row] == pytest.approx(float(one.tau2), rel=1e-11)


def test_groups_are_left_out_whole(eight):
    y, v = eight
    groups = ["a", "a", "b", "b", "b", "c", "d", "d"]
    models = leave_one_out(y, v, groups=groups)
    assert models.b[1, 0] == pytest.approx(fit(y[[0, 1, 5, 6, 7]], v[[0, 1, 5, 6, 7]]).b[0], rel=1e-12)


def test_influence_by_its_definitions(eight):
    y, v = eight
    x = np.column_stack([np.ones(8), [1990, 1995, 1999, 2003, 2008, 2009, 2014, 2020]])
    found = influence(y, v, x)
    full = fit(y, v, x)
    keep = np.arange(8) != 4
    without = fit(y[keep], v[keep], x[keep])
    gap = full.b - without.b
    assert found.cook_d[4] == pytest.approx(gap @ np.linalg.solve(full.vb, gap), rel=1e-7)
    assert found.cov_r[4] == pytest.approx(np.linalg.det(without.vb) / np.linalg.det(full.vb), rel=1e-6)
    spread = v[4] + without.tau2 + x[4] @ without.vb @ x[4]
    assert found.rstudent[4] == pytest.approx((y[4] - x[4] @ without.b) / np.sqrt(spread), rel=1e-8)
    assert found.hat.sum() == pytest.approx(2.0)
    assert found.weight.sum() == pytest.approx(100.0)
    vb_del = np.linalg.inv(x.T @ np.diag(1 / (v + without.tau2)) @ x)
    assert found.dfbs[4] == pytest.approx(gap / np.sqrt(np.diag(vb_del)), rel=1e-6)


def test_an_outlier_is_flagged():
    y = np.array([0.1, 0.12, 0.09, 0.11, 0.1, 0.13, 3.0])
    assert influence(y, np.full(7, 0.02)).flagged.tolist() == [False] * 6 + [True]


def test_standardised_residuals_use_their_own_variance(eight):
    y, v = eight
    found, full = standardised_residuals(y, v), fit(y, v)
    h = np.ones((8, 8)) * (1 / (v + full.tau2)) / (1 / (v + full.tau2)).sum()
    covariance = (np.eye(8) - h) @ np.diag(v + full.tau2) @ (np.eye(8) - h).T
    assert found.se == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-10)


def test_baujat_coordinates_add_up_to_q(eight):
    assert baujat(*eight).x.sum() == pytest.approx(float(fit(*eight, method="EE").QE), rel=1e-12)


def test_cumulative_ends_with_the_whole_and_starts_with_one(eight):
    y, v = eight
    years = [2005, 2001, 2009, 2003, 2011, 2007, 2015, 2013]
    order, models = cumulative(y, v, years)
    assert order.tolist() == [1, 3, 0, 5, 2, 4, 7, 6]
    assert models.b[0, 0] == y[1] and models.tau2[0] == 0 and models.se[0, 0] == pytest.approx(v[1] ** 0.5)
    assert models.b[-1, 0] == pytest.approx(fit(y, v).b[0], rel=1e-12)


def test_one_effect_has_no_influence_diagnostics():
    with pytest.raises(NotEstimable):
        influence([0.2], [0.1])
