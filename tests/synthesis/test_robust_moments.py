"""Variance components by moments, against their definition in whole matrices, and against R's robumeta."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.robust_moments import correlated_effects, hierarchical_effects

# Berkey et al. (1998), Stat. Med. 17:2537-2550, Table I: two outcomes of five trials.
TRIAL = np.repeat([1, 2, 3, 4, 5], 2)
YI = np.array([0.47, -0.32, 0.20, -0.60, 0.40, -0.12, 0.26, -0.31, 0.56, -0.39])
VI = np.array([0.0075, 0.0077, 0.0057, 0.0008, 0.0021, 0.0014, 0.0029, 0.0015, 0.0148, 0.0304])
UNEVEN = np.array([1, 1, 1, 2, 2, 3, 3, 3, 3, 4])
SHIFT = 0.5 * np.repeat([1, -1, 0, 2, 1], 2)
ONE = np.ones((10, 1))
TWO = np.column_stack([np.ones(10), 1990.0 + np.linspace(-1, 2, 10) ** 2])


def _expected(form, X, w, sigma):
    """E(e' form e) of the residuals of a weighted fit under a covariance, from whole matrices."""
    rest = np.eye(len(w)) - X @ np.linalg.inv(X.T @ np.diag(w) @ X) @ X.T @ np.diag(w)
    return np.trace(rest.T @ form @ rest @ sigma)


@pytest.mark.parametrize("X", [ONE, TWO])
@pytest.mark.parametrize("cluster", [TRIAL, UNEVEN])
def test_correlated_effects_are_what_their_definition_says(X, cluster):
    X = X - [0.0] if X.shape[1] == 1 else X - [0.0, 1990.0]
    same = (cluster[:, None] == cluster[None, :]).astype(float)
    size = same.sum(axis=1)
    mean = same @ VI / size
    w = 1.0 / (size * mean)
    errors = same * mean[:, None] * (0.8 + 0.2 * np.eye(10))
    b = np.linalg.solve(X.T @ (X * w[:, None]), X.T @ (w * YI))
    q = w @ (YI - X @ b) ** 2
    tau2 = (q - _expected(np.diag(w), X, w, errors)) / _expected(np.diag(w), X, w, same)
    found = correlated_effects(YI, VI, X, cluster)
    assert found.tau2 == pytest.approx(max(tau2, 0.0), rel=1e-10)
    assert found.weights == pytest.approx(1.0 / (size * (mean + found.tau2)), rel=1e-12)


@pytest.mark.parametrize(
    ("X", "y", "within"),
    [
        (ONE, YI + SHIFT, True),
        (TWO - [0.0, 1990.0], YI + SHIFT, True),
        (TWO - [0.0, 1990.0], (YI + SHIFT)[::-1], False),
        (ONE, np.repeat([0.1, 0.5, 0.3, 0.9, -0.2], 2), False),
    ],
)
def test_hierarchical_effects_are_what_their_definition_says(X, y, within):
    w, same = 1.0 / VI, (TRIAL[:, None] == TRIAL[None, :]).astype(float)
    b = np.linalg.solve(X.T @ (X * w[:, None]), X.T @ (w * y))
    e = y - X @ b
    forms = (np.diag(w), same)
    matrix = [[_expected(form, X, w, sigma) for sigma in (same, np.eye(10))] for form in forms]
    excess = [e @ form @ e - _expected(form, X, w, np.diag(VI)) for form in forms]
    tau2, omega2 = np.linalg.solve(matrix, excess)
    assert tau2 > 0 and (omega2 > 0) == within
    if not within:
        tau2, omega2 = excess[0] / matrix[0][0], 0.0
    found = hierarchical_effects(y, VI, X, TRIAL)
    assert (found.tau2, found.omega2) == pytest.approx((tau2, omega2), rel=1e-9)


def test_berkey_1998_as_robumeta_has_it():
    # robumeta 2.0: robu(yi ~ 1, studynum = trial, var.eff.size = vi, modelweights = ..., small = TRUE)
    correlated = correlated_effects(YI, VI, ONE, TRIAL)
    assert (correlated.tau2, correlated.I2) == pytest.approx((0.162617941836405, 97.7204466721471), rel=1e-12)
    test = correlated.robust(YI, ONE, TRIAL)
    assert test.tval[0] == pytest.approx(0.21865713519647, rel=1e-11)
    hierarchical = hierarchical_effects(YI, VI, ONE, TRIAL)
    assert hierarchical.tau2 == 0.0
    assert hierarchical.omega2 == pytest.approx(0.252464791067933, rel=1e-12)


def test_one_effect_a_study_is_the_moment_estimator_of_dersimonian_and_laird():
    alone = np.arange(10)
    dl = float(fit(YI, VI, method="DL").tau2)
    assert correlated_effects(YI, VI, ONE, alone).tau2 == pytest.approx(dl, rel=1e-12)
    found = hierarchical_effects(YI, VI, ONE, alone)
    assert found.tau2 + found.omega2 == pytest.approx(dl, rel=1e-12) and found.omega2 == 0.0


def test_a_moderator_far_from_zero_loses_no_digits():
    far, near = (correlated_effects(YI, VI, X, TRIAL) for X in (TWO, TWO - [0.0, 1990.0]))
    assert far.tau2 == pytest.approx(near.tau2, rel=1e-9)


def test_a_singular_design_and_too_few_studies_are_refused_with_a_reason():
    with pytest.raises(NotEstimable, match="singular"):
        correlated_effects(YI, VI, np.ones((10, 2)), TRIAL)
    with pytest.raises(NotEstimable, match="need more than 1 studies"):
        hierarchical_effects(YI, VI, ONE, np.ones(10))
