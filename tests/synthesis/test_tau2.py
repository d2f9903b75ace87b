"""Estimators of tau2 against their defining equations."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.distributions import chi2_quantile
from prismake.synthesis.model import fit
from prismake.synthesis.projection import Problem
from prismake.synthesis.quadratic_form import weighted_chi2_cdf
from prismake.synthesis.tau2 import CLOSED_FORM, ITERATIVE, estimate_tau2, solve_q


def q_at(y, v, tau2):
    w = 1 / (v + tau2)
    return float((w * (y - (w * y).sum() / w.sum()) ** 2).sum())


def estimate(y, v, method):
    return float(estimate_tau2(Problem(y[None], v[None]), method).value[0])


def test_closed_forms_by_their_formulas(eight):
    y, v = eight
    w, k = 1 / v, 8
    q = q_at(y, v, 0)
    assert estimate(y, v, "DL") == pytest.approx((q - 7) / (w.sum() - (w**2).sum() / w.sum()), rel=1e-13)
    assert estimate(y, v, "HE") == pytest.approx(y.var(ddof=1) - v.mean(), rel=1e-13)
    assert estimate(y, v, "HS") == pytest.approx((q - k) / w.sum(), rel=1e-13)
    assert estimate(y, v, "HSk") == pytest.approx((q * k / 7 - k) / w.sum(), rel=1e-13)
    start = y.var()
    assert estimate(y, v, "SJ") == pytest.approx(start * q_at(y, v, start) / 7, rel=1e-13)
    assert estimate(y, v, "GENQ") == pytest.approx(estimate(y, v, "DL"), rel=1e-12)


@pytest.mark.parametrize("method", ["PM", "EB", "SJIT", "DLIT"])
def test_four_names_of_one_equation(eight, method):
    y, v = eight
    assert q_at(y, v, estimate(y, v, method)) == pytest.approx(7, rel=1e-13)


def test_median_unbiased_estimators_put_q_at_its_median(eight):
    y, v = eight
    assert q_at(y, v, estimate(y, v, "PMM")) == pytest.approx(float(chi2_quantile(0.5, 7)), rel=1e-13)
    tau2 = estimate(y, v, "GENQM")
    w = 1 / v
    p = np.diag(w) - np.outer(w, w) / w.sum()
    s = np.sqrt(v + tau2)
    lambdas = np.linalg.eigvalsh(s[:, None] * p * s)[1:]
    assert weighted_chi2_cdf(float(y @ p @ y), lambdas) == pytest.approx(0.5, abs=1e-12)


def test_homogeneous_effects_give_zero(homogeneous):
    for method in (*CLOSED_FORM, *ITERATIVE):
        if method != "SJ":
            assert estimate(*homogeneous, method) == 0.0


def test_the_root_has_no_cap():
    y, v = np.array([-1e4, 1e4, 3e4]), np.array([1.0, 2.0, 3.0])
    tau2 = estimate(y, v, "PM")
    assert tau2 > 1e8 and q_at(y, v, tau2) == pytest.approx(2, rel=1e-12)


def test_targets_above_q_give_zero(eight):
    problem = Problem(*(a[None] for a in eight))
    assert solve_q(problem, np.array([1e6]))[0] == 0.0


def test_no_degree_of_freedom_gives_nan():
    assert np.isnan(estimate(np.array([0.3]), np.array([0.1]), "REML"))


def test_a_level_with_one_very_precise_study_costs_no_digits():
    # Given three levels, one with a single study whose variance is a hundred-thousandth of the largest: that study is
    # fitted exactly, so without it and its level the moments of tau2 are the same.
    y = np.array([12.0, -80.0, 3.0, 25.0, -31.0])
    v = np.array([1251.5, 10738.9, 0.1139, 54.4, 876.0])
    level = np.array([0, 0, 1, 2, 2])
    x = (level[:, None] == np.arange(3)).astype(float)
    rest = level != 1
    for method in ("DL", "REML"):
        whole = fit(y, v, x, method=method)
        part = fit(y[rest], v[rest], x[rest][:, [0, 2]], method=method)
        assert whole.tau2 == pytest.approx(part.tau2, rel=1e-11, abs=1e-9)
        assert whole.se_tau2 == pytest.approx(part.se_tau2, rel=1e-11)
        assert pytest.approx(part.QE, rel=1e-12) == whole.QE


def test_one_dominant_weight_leaves_the_standard_error_of_tau2_its_digits():
    # Given two studies, one ten million times as precise as the other.
    v = np.array([1e-7, 1.0])
    found = fit([0.0, 0.1], v, method="DL")
    # y'Py = (y1 - y2)^2 / (v1 + v2), so P = d d' / (v1 + v2) with d = (1, -1), tr(P) = 2 / (v1 + v2), tau2 = 0.
    assert found.tau2 == 0.0
    assert found.se_tau2 == pytest.approx(np.sqrt(2.0) * v.sum() / 2.0, rel=1e-13)
