"""Bayesian random effects: bayesmeta's own output, brute-force integration, sampling, and what the priors refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.bayes import log_likelihood_at, posterior
from prismake.synthesis.bayes_block import TauCurve
from prismake.synthesis.bayes_factors import evidence
from prismake.synthesis.bayes_priors import MeanPrior, TauPrior, priors
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.model import NotEstimable

# Coaching for the SAT in eight schools: Rubin 1981, J Educ Stat 6:377, Table 1, as in bayesmeta's Rubin1981.
SCHOOLS = (
    np.array([28.39, 7.94, -2.75, 6.82, -0.64, 0.63, 18.01, 12.16]),
    np.array([14.9, 10.2, 16.3, 11.0, 9.4, 11.4, 10.4, 17.6]) ** 2,
)


def responding_cats():
    """Cats that responded to catnip, of how many, in 29 samples (Branwen, Catnip immunity and alternatives, data)."""
    responders = [8, 6, 32, 26, 5, 15, 8, 1, 1, 2, 14, 4, 3, 2, 16, 6, 12]
    responders += [695, 615, 463, 228, 216, 174, 108, 403, 94, 22, 38, 7]
    cats = [10, 16, 43, 41, 8, 26, 17, 2, 2, 2, 17, 4, 3, 2, 16, 10, 24]
    cats += [842, 783, 625, 320, 380, 313, 200, 759, 180, 34, 55, 10]
    return escalc("PR", {"xi": np.array(responders, dtype=float), "ni": np.array(cats, dtype=float)})


def test_bayesmeta_output_for_catnip():
    # summary(bayesmeta(escalc(measure = "PR"), mu.prior.mean = 0.5, mu.prior.sd = 0.1)), uniform prior of tau, printed
    # in Branwen, Catnip immunity and alternatives, section "Cats catnip response rate". bayesmeta approximates the
    # mixture by a grid whose divergence is below 1 % (Roever & Friede 2017), the moments of tau it integrates.
    y, v = responding_cats()
    found = posterior(y, v, TauPrior("uniform", math.inf), MeanPrior(0.5, 0.1))
    assert found.tau_mean() == pytest.approx(0.13317030042, abs=1e-10)
    assert found.tau_sd() == pytest.approx(0.02521684197, abs=2e-10)
    assert TauCurve(found).quantile(0.5) == pytest.approx(0.13029833512, abs=2e-5)
    for mixture, printed in (
        (found.mu, [0.6583157958, 0.6573472098, 0.6568159715, 0.0295391439, 0.5980530543, 0.7145549723]),
        (found.predictive, [0.6588646213, 0.6575484257, 0.6568159715, 0.1389217521, 0.3796963066, 0.9312941009]),
    ):
        ours = [mixture.mode(), mixture.quantile(0.5), mixture.mean, mixture.sd, *mixture.shortest(95)]
        assert ours == pytest.approx(printed, rel=4e-3, abs=2e-4)


def grid_posterior(y, v, log_tau, mean, sd, top=80.0):
    """mu and tau on a fine rectangle, by brute force."""
    tau, mu = np.linspace(1e-6, top, 4001), np.linspace(-60, 80, 2801)
    variance = v[:, None] + tau[None, :] ** 2
    # The quadratic in mu by its three coefficients.
    a, b = (1 / variance).sum(axis=0), (y[:, None] / variance).sum(axis=0)
    c = (y[:, None] ** 2 / variance + np.log(2 * np.pi * variance)).sum(axis=0)
    log_joint = -0.5 * (a * mu[:, None] ** 2 - 2 * b * mu[:, None] + c) + log_tau(tau)
    log_joint += -0.5 * ((mu[:, None] - mean) / sd) ** 2 - math.log(sd * math.sqrt(2 * math.pi))
    cell = (tau[1] - tau[0]) * (mu[1] - mu[0])
    joint = np.exp(log_joint)
    return mu, tau, joint * cell


def test_eight_schools_by_brute_force():
    y, v = SCHOOLS
    prior = TauPrior("half_normal", 10.0)
    found = posterior(y, v, prior, MeanPrior(0.0, 50.0))
    mu, tau, mass = grid_posterior(y, v, prior.log_density, 0.0, 50.0)
    assert found.log_evidence == pytest.approx(math.log(mass.sum()), abs=2e-3)
    mass /= mass.sum()
    assert found.mu.mean == pytest.approx(float(mass.sum(axis=1) @ mu), abs=5e-3)
    assert found.tau_mean() == pytest.approx(float(mass.sum(axis=0) @ tau), abs=2e-2)


@pytest.mark.parametrize(("family", "scale"), [("half_normal", 0.5), ("half_cauchy", 0.5), ("uniform", 2.0)])
def test_adaptive_quadrature_agrees_on_the_evidence(eight, family, scale):
    from scipy.integrate import quad
    from scipy.stats import multivariate_normal

    y, v = eight
    prior, mean = TauPrior(family, scale), MeanPrior(0.1, 0.7)

    def marginal(tau):
        covariance = np.diag(v + tau**2) + mean.sd**2
        return math.exp(multivariate_normal.logpdf(y, np.full(8, mean.mean), covariance) + prior.log_density(tau))

    value = quad(marginal, 0, prior.upper, epsabs=0, epsrel=1e-11)[0]
    assert posterior(y, v, prior, mean).log_evidence == pytest.approx(math.log(value), abs=1e-9)


def test_posteriors_are_those_of_sampled_parameters(eight):
    y, v = eight
    found = posterior(y, v, TauPrior("half_cauchy", 0.5), MeanPrior(0.0, 1.0))
    rng = np.random.default_rng(3)
    tau = rng.choice(found.tau, size=200_000, p=found.weights / found.weights.sum())
    weight = 1 / (v[:, None] + tau**2)
    precision = weight.sum(axis=0) + 1.0
    mu = rng.normal((y @ weight) / precision, precision**-0.5)
    own = 1 / (1 / v[0] + 1 / tau**2)
    theta = rng.normal(own * (y[0] / v[0] + mu / tau**2), np.sqrt(own))
    for sample, mixture in ((mu, found.mu), (rng.normal(mu, tau), found.predictive), (theta, found.study(0))):
        assert mixture.mean == pytest.approx(float(sample.mean()), abs=6e-3)
        assert mixture.sd == pytest.approx(float(sample.std()), rel=0.02)
        assert mixture.central(90) == pytest.approx(np.quantile(sample, [0.05, 0.95]), abs=0.015)


def test_a_vanishing_heterogeneity_gives_the_fixed_effect_model(eight):
    y, v = eight
    found = posterior(y, v, TauPrior("uniform", 1e-6), MeanPrior())
    w = 1 / v
    assert found.mu.mean == pytest.approx(float(w @ y / w.sum()), abs=1e-9)
    assert found.mu.sd == pytest.approx(float(w.sum() ** -0.5), abs=1e-9)
    assert found.study(3).sd == pytest.approx(found.mu.sd, abs=1e-6)


@pytest.mark.parametrize("level", [50, 80, 95])
def test_the_shortest_interval_has_its_mass_and_is_no_longer_than_the_central_one(eight, level):
    found = posterior(*eight, TauPrior("half_normal", 0.5), MeanPrior())
    for mixture in (found.mu, found.predictive):
        low, high = mixture.shortest(level)
        assert float(mixture.cdf(high) - mixture.cdf(low)) == pytest.approx(level / 100, abs=1e-9)
        assert high - low <= np.subtract(*mixture.central(level)[::-1]) + 1e-9
        assert float(mixture.pdf(low)) == pytest.approx(float(mixture.pdf(high)), rel=1e-4)


def test_the_curve_of_tau_is_a_distribution(eight):
    found = posterior(*eight, TauPrior("half_cauchy", 0.5), MeanPrior())
    curve = TauCurve(found)
    for p in (0.01, 0.3, 0.5, 0.9, 0.999):
        assert curve.cdf(curve.quantile(p)) == pytest.approx(p, abs=1e-10)
    below = np.linspace(0, 0.3, 20001)
    assert curve.cdf(0.3) == pytest.approx(float(np.trapezoid(found.tau_densities(below), below)), abs=1e-6)


def test_bayes_factors_are_ratios_of_brute_force_evidence():
    y, v = SCHOOLS
    prior = TauPrior("half_cauchy", 25.0)
    weighed = evidence(y, v, prior, MeanPrior(0.0, 50.0))
    tau = np.linspace(0, 4000, 4_000_001)[1:]
    null = np.concatenate([log_likelihood_at(y, v, part, 0.0) for part in np.array_split(tau, 40)])
    integral = float(np.exp(null + prior.log_density(tau)).sum() * (tau[1] - tau[0]))
    assert weighed.random_null == pytest.approx(math.log(integral), abs=1e-4)
    # Savage and Dickey: the factor of the null is the posterior over the prior density at 0.
    found = posterior(y, v, prior, MeanPrior(0.0, 50.0))
    at_zero = float(found.mu.pdf(0.0)) * 50.0 * math.sqrt(2 * math.pi)
    assert weighed.effect == pytest.approx(-math.log(at_zero), abs=1e-9)
    assert sum(weighed.probabilities.values()) == pytest.approx(1.0)
    p = weighed.probabilities
    assert weighed.inclusion_effect == pytest.approx(
        math.log((p["fixed"] + p["random"]) / (p["fixed_null"] + p["random_null"]))
    )


def test_savage_dickey_holds_for_heterogeneity(eight):
    y, v = eight
    prior = TauPrior("half_normal", 0.4)
    weighed = evidence(y, v, prior, MeanPrior(0.0, 1.0))
    found = posterior(y, v, prior, MeanPrior(0.0, 1.0))
    ratio = found.tau_density(0.0) / float(np.exp(prior.log_density(np.zeros(1)))[0])
    assert weighed.heterogeneity == pytest.approx(-math.log(ratio), abs=1e-9)


@pytest.mark.parametrize(
    ("mu", "k", "enough"), [("flat", 2, False), ("flat", 3, True), ({"sd": 1}, 1, False), ({"sd": 1}, 2, True)]
)
def test_an_unbounded_prior_of_tau_needs_studies(mu, k, enough):
    tau_prior, mu_prior = priors({"tau": {"family": "uniform"}, "mu": mu})
    y, v = np.linspace(0, 1, k), np.full(k, 0.1)
    if enough:
        assert posterior(y, v, tau_prior, mu_prior).weights.sum() == pytest.approx(1.0)
    else:
        with pytest.raises(NotEstimable, match="needs at least"):
            posterior(y, v, tau_prior, mu_prior)


def test_improper_priors_give_no_bayes_factor(eight):
    with pytest.raises(NotEstimable, match="the mean is flat"):
        evidence(*eight, TauPrior("half_normal", 0.5), MeanPrior())
    with pytest.raises(NotEstimable, match="tau is flat"):
        evidence(*eight, TauPrior("uniform", math.inf), MeanPrior(0.0, 1.0))


def test_unknown_or_impossible_priors_are_refused():
    with pytest.raises(ValueError, match="known: half_normal"):
        TauPrior("inverse_gamma", 1.0)
    with pytest.raises(ValueError, match="positive"):
        TauPrior("half_normal", 0.0)
    with pytest.raises(ValueError, match="positive"):
        MeanPrior(0.0, 0.0)


def test_the_block_of_an_analysis(effects):
    spec = {"measure": "SMD", "bayesian": {"tau": {"family": "half_normal", "scale": 0.5}, "mu": {"mean": 0, "sd": 1}}}
    block = run_analysis(effects, spec)["bayesian"]
    assert block["not_estimable"] is None and block["k"] == 6 and len(block["shrinkage"]) == 6
    assert block["mu"]["cri_lb"] < block["mu"]["median"] < block["mu"]["cri_ub"]
    assert block["tau"]["cri_lb"] >= 0
    assert block["bayes_factors"]["effect"]["bf10"] * block["bayes_factors"]["effect"]["bf01"] == pytest.approx(1.0)
    for row in block["shrinkage"]:
        assert 0 < row["shrunk_towards_mean"] < 1


def test_the_block_says_why_it_cannot_be_had(effects):
    tau = {"tau": {"family": "uniform"}}
    spec = {"measure": "SMD", "effects": {"study_id": "s1"}, "bayesian": tau}
    assert "at least 3 studies" in run_analysis(effects, spec)["bayesian"]["not_estimable"]
    spec = {"measure": "SMD", "model": "multilevel", "bayesian": tau}
    assert "not of multilevel" in run_analysis(effects, spec)["bayesian"]["not_estimable"]
    flat = run_analysis(effects, {"measure": "SMD", "bayesian": {}})["bayesian"]
    assert "flat" in flat["bayes_factors"]["not_estimable"] and flat["mu"]["mean"] is not None


def test_a_moment_that_does_not_exist_is_not_given(effects):
    spec = {"measure": "SMD", "effects": {"study_id": ["s1", "s2", "s3"]}, "bayesian": {"tau": {"family": "uniform"}}}
    tau = run_analysis(effects, spec)["bayesian"]["tau"]
    assert tau["mean"] is None and tau["sd"] is None and tau["median"] is not None
