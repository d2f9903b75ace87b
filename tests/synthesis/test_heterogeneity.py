"""Intervals of tau2, I2 and H2."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.distributions import chi2_quantile
from prismake.synthesis.heterogeneity import inconsistency_of, profile_likelihood, q_based, q_profile
from prismake.synthesis.model import fit


def test_at_its_bounds_q_is_at_its_quantiles(eight):
    y, v = eight
    found = q_profile(y, v)
    for bound, share in ((found.lb, 0.975), (found.ub, 0.025)):
        w = 1 / (v + bound)
        q = (w * (y - (w * y).sum() / w.sum()) ** 2).sum()
        assert q == pytest.approx(float(chi2_quantile(share, 7)), rel=1e-12)
    assert found.lb < fit(y, v, method="PM").tau2 < found.ub


def test_less_spread_than_chance_allows_makes_the_interval_empty():
    found = q_profile(np.array([0.3, 0.3001, 0.3, 0.2999]), np.full(4, 0.5))
    assert found.empty and found.lb == found.ub == 0.0


def test_profile_likelihood_holds_the_estimate(eight):
    for restricted in (True, False):
        found = profile_likelihood(*eight, restricted=restricted)
        assert found.lb <= fit(*eight, method="REML" if restricted else "ML").tau2 < found.ub


def test_both_i2_are_what_they_say(eight):
    fitted = fit(*eight)
    i2, h2 = inconsistency_of(float(fitted.tau2), float(fitted.vt))
    assert i2 == pytest.approx(float(fitted.I2)) and h2 == pytest.approx(float(fitted.H2))
    by_q = q_based(float(fitted.QE), 7.0)
    assert pytest.approx((float(fitted.QE) - 7) / float(fitted.QE)) == by_q.I2
    assert by_q.I2_lb < by_q.I2 < by_q.I2_ub


def test_q_below_its_degrees_of_freedom_gives_i2_zero():
    found = q_based(2.0, 6.0)
    assert found.I2 == 0.0 and found.H == 1.0 and found.I2_ub > 0


def test_no_degree_of_freedom_no_i2():
    assert q_based(0.0, 0.0) is None
