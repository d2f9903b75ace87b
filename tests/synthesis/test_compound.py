"""The fast likelihood of three-level models and CHE against whole matrices, and profiles of its components."""

import numpy as np
import pytest
from prismake.synthesis.blocks import (
    evaluate,
    generalised_q,
    groups_of,
    ones_and_identity,
    sampling_covariance,
    typical_sampling_variance,
)
from prismake.synthesis.compound import compound_of, evaluate_compound
from prismake.synthesis.multilevel import fit_multilevel, likelihood_of
from prismake.synthesis.profile import Profile

RNG = np.random.default_rng(4)
STUDY = np.repeat(["a", "b", "c", "d", "e", "f"], [1, 4, 2, 2, 5, 3])
V = RNG.uniform(0.01, 0.2, STUDY.size)
Y = (
    0.3
    + np.array([0.7, -0.5, 0.4, -0.6, 0.1, -0.1])[np.unique(STUDY, return_inverse=True)[1]]
    + RNG.normal(0, np.sqrt(V + 0.05))
)
X = np.column_stack([np.ones(STUDY.size), RNG.normal(size=STUDY.size)])


def _by_definition(sigma2, rho, restricted):
    """The log-likelihood of rma.mv from one (k, k) matrix."""
    phi = (
        sampling_covariance(V, STUDY, rho) + sigma2[0] * (STUDY[:, None] == STUDY[None, :]) + sigma2[1] * np.eye(V.size)
    )
    W = np.linalg.inv(phi)
    vb = np.linalg.inv(X.T @ W @ X)
    r = Y - X @ vb @ X.T @ W @ Y
    k, p = X.shape
    ll = -0.5 * ((k - p * restricted) * np.log(2 * np.pi) + np.linalg.slogdet(phi)[1] + r @ W @ r)
    return ll + restricted * 0.5 * (np.linalg.slogdet(X.T @ X)[1] + np.linalg.slogdet(vb)[1])


@pytest.mark.parametrize("rho", [0.0, 0.6, 0.95])
@pytest.mark.parametrize("sigma2", [(0.1, 0.05), (0.0, 0.02), (0.3, 0.0), (0.0, 0.0), (50.0, 1e-6)])
@pytest.mark.parametrize("restricted", [True, False])
def test_both_likelihoods_are_the_definition_with_the_right_derivatives(rho, sigma2, restricted):
    at = np.array(sigma2)
    groups = groups_of(Y, V, X, STUDY, rho=rho)
    fast = evaluate_compound(compound_of(Y, V, X, STUDY, rho), at, restricted)
    dense = evaluate(groups, ones_and_identity(groups), at, restricted)
    assert fast.ll == pytest.approx(_by_definition(sigma2, rho, restricted), abs=1e-10)
    for part in ("ll", "score", "information", "observed", "b", "vb"):
        scale = max(float(np.abs(np.asarray(getattr(dense, part))).max()), 1.0)
        assert getattr(fast, part) == pytest.approx(getattr(dense, part), abs=1e-8 * scale)


def test_the_gradient_and_the_observed_information_are_slopes_of_the_likelihood():
    at, step = np.array([0.1, 0.05]), 1e-5
    likelihood = likelihood_of(Y, V, X, STUDY, rho=0.4)
    found = likelihood(at)
    for i in range(2):
        shift = step * np.eye(2)[i]
        up, down = likelihood(at + shift), likelihood(at - shift)
        assert found.score[i] == pytest.approx((up.ll - down.ll) / (2 * step), rel=1e-6)
        assert found.observed[i] == pytest.approx(-(up.score - down.score) / (2 * step), rel=1e-6)


def test_a_covariance_given_whole_is_the_model_that_makes_it():
    whole = fit_multilevel(Y, V, X, STUDY, V=sampling_covariance(V, STUDY, 0.6))
    assumed = fit_multilevel(Y, V, X, STUDY, rho=0.6)
    assert whole.b == pytest.approx(assumed.b, rel=1e-9) and whole.sigma2 == pytest.approx(assumed.sigma2, rel=1e-8)
    assert pytest.approx(assumed.QE, rel=1e-12) == whole.QE


def test_a_covariance_between_studies_is_refused():
    whole = sampling_covariance(V, STUDY, 0.0)
    whole[0, 1] = whole[1, 0] = 0.001
    with pytest.raises(ValueError, match="different studies"):
        fit_multilevel(Y, V, X, STUDY, V=whole)


def test_sampling_errors_that_determine_each_other_have_no_q_but_a_model():
    whole = sampling_covariance(V, STUDY, 0.0)
    whole[1, 2] = whole[2, 1] = np.sqrt(V[1] * V[2])
    groups = groups_of(Y, V, X, STUDY, V=whole)
    assert np.isnan(generalised_q(groups)[0]) and np.isnan(typical_sampling_variance(groups))
    fitted = fit_multilevel(Y, V, X, STUDY, V=whole)
    assert np.isfinite(fitted.b).all() and np.isnan(fitted.QE)


def test_a_component_left_out_is_zero_and_the_other_takes_its_optimum():
    both, one = (fit_multilevel(Y, V, X, STUDY, components=c) for c in (("study", "effect"), ("study",)))
    assert one.sigma2[1] == 0 and one.score[1] == 0 and abs(one.score[0]) < 1e-8 and one.ll <= both.ll
    with pytest.raises(ValueError, match="study and effect"):
        fit_multilevel(Y, V, X, STUDY, components=("outcome",))


def test_profile_intervals_end_where_the_likelihood_has_fallen_by_half_a_quantile():
    fitted = fit_multilevel(Y, V, X, STUDY)
    profile = Profile(fitted, Y, V, X, STUDY)
    for position in (0, 1):
        found = profile.interval(position)
        assert found.lb <= fitted.sigma2[position] <= found.ub
        drop = fitted.ll - profile.values(position, [found.ub])[0]
        assert 2 * drop == pytest.approx(3.841458820694124, abs=1e-8)
        # No value of the other component does better than the profile.
        grid = np.linspace(0, 1, 200)
        points = [np.insert([other], position, found.ub) for other in grid]
        assert max(profile.likelihood(point).ll for point in points) <= fitted.ll - drop + 1e-9
    wide, narrow = profile.interval(0, 99.0), profile.interval(0, 80.0)
    assert wide.lb <= narrow.lb and wide.ub > narrow.ub


def test_a_profile_of_what_the_model_leaves_out_is_refused():
    fitted = fit_multilevel(Y, V, X, STUDY, components=("study",))
    with pytest.raises(ValueError, match="no variance of the component effect"):
        Profile(fitted, Y, V, X, STUDY, components=("study",)).interval(1)
