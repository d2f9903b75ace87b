"""Maximum likelihood: the optimum is global and exact; profile bounds lie where the likelihood says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.synthesis.likelihood import log_likelihoods, maximum_likelihood, profile_interval
from prismake.synthesis.projection import Problem, orthonormal_basis


def log_likelihood(y, v, x, tau2, restricted):
    """The textbook formula with full matrices."""
    w = np.diag(1 / (v + tau2))
    b = np.linalg.solve(x.T @ w @ x, x.T @ w @ y)
    r = y - x @ b
    k, p = x.shape
    value = -0.5 * (np.log(v + tau2).sum() + r @ w @ r)
    if not restricted:
        return value - 0.5 * k * np.log(2 * np.pi)
    terms = np.linalg.slogdet(x.T @ x)[1] - np.linalg.slogdet(x.T @ w @ x)[1]
    return value + 0.5 * terms - 0.5 * (k - p) * np.log(2 * np.pi)


@pytest.mark.parametrize("restricted", [False, True])
def test_log_likelihood_with_moderators_is_the_textbook_formula(eight, restricted):
    y, v = eight
    x = np.column_stack([np.ones(8), [2001, 2003, 2003, 2006, 2010, 2011, 2015, 2020]])
    problem = Problem(y[None], v[None], None, orthonormal_basis(x)[0])
    found = log_likelihoods(problem, np.array([0.07]))[int(restricted)]
    assert found[0] == pytest.approx(log_likelihood(y, v, x, 0.07, restricted), rel=1e-12)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10**6), st.booleans(), st.integers(2, 12))
def test_no_tau2_of_a_fine_grid_is_likelier(seed, restricted, k):
    rng = np.random.default_rng(seed)
    v = 10.0 ** rng.uniform(-3, 0.5, k)
    y = rng.normal(0, np.sqrt(v + rng.choice([0, 0.01, 0.3, 2.0])))
    problem = Problem(y[None], v[None])
    best = maximum_likelihood(problem, restricted=restricted)
    top = log_likelihoods(problem, best)[int(restricted)][0]
    grid = np.concatenate([[0], 10.0 ** np.linspace(-8, 3, 400)])
    others = log_likelihoods(Problem(np.tile(y, (401, 1)), np.tile(v, (401, 1))), grid)[int(restricted)]
    assert top >= others.max() - 1e-10


def test_of_two_maxima_the_higher_is_taken():
    # Precise effects that agree and imprecise ones that do not: the ML likelihood of tau2 has two maxima.
    v = np.array([1e-6, 1e-6, 1e-6, 1.0, 1.0, 1.0, 1.0])
    y = np.array([0.0, 0.002, -0.002, 4.0, -4.0, 4.5, -4.2])
    problem = Problem(y[None], v[None])
    best = maximum_likelihood(problem, restricted=False)
    grid = 10.0 ** np.linspace(-9, 2, 2000)
    others = log_likelihoods(Problem(np.tile(y, (2000, 1)), np.tile(v, (2000, 1))), grid)[0]
    assert log_likelihoods(problem, best)[0][0] >= others.max() - 1e-9


@pytest.mark.parametrize("restricted", [False, True])
def test_profile_bounds_lie_at_the_drop(eight, restricted):
    problem = Problem(*(a[None] for a in eight))
    best = maximum_likelihood(problem, restricted=restricted)
    low, high = profile_interval(problem, best, 1.92, restricted=restricted)
    top = log_likelihoods(problem, best)[int(restricted)][0]
    assert log_likelihoods(problem, high)[int(restricted)][0] == pytest.approx(top - 1.92, abs=1e-10)
    assert low[0] == 0 or log_likelihoods(problem, low)[int(restricted)][0] == pytest.approx(top - 1.92, abs=1e-10)
