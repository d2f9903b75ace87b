"""Bayes factors of the Bayesian random-effects model: is there a mean effect, is there heterogeneity.

Four models: the mean is 0 or has its prior, tau is 0 or has its prior. The factor of each pair is a ratio of marginal
likelihoods, and inclusion factors average over the other question with equal prior odds of the four (Gronau, Heck,
Berkhout, Haaf & Wagenmakers 2021, Adv. Methods Pract. Psychol. Sci. 4(3)); bayesmeta's `bayesfactor` has the same two
ratios under the random-effects model (Roever 2020, sec. 2.9).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from prismake.synthesis.bayes import log_integral_over_tau, log_likelihood_at, log_marginal, scale_of
from prismake.synthesis.bayes_priors import MeanPrior, TauPrior
from prismake.synthesis.model import NotEstimable


@dataclass(frozen=True)
class Evidence:
    """Log marginal likelihoods: fixed (tau = 0) and random, each with the mean at 0 and with its prior."""

    fixed_null: float
    fixed: float
    random_null: float
    random: float

    @property
    def probabilities(self) -> dict[str, float]:
        """Posterior probabilities of the four models, prior ones being equal."""
        logs = {name: getattr(self, name) for name in ("fixed_null", "fixed", "random_null", "random")}
        total = float(logsumexp(list(logs.values())))
        return {name: math.exp(value - total) for name, value in logs.items()}

    @property
    def effect(self) -> float:
        """log BF of a mean effect against none, in the random-effects model."""
        return self.random - self.random_null

    @property
    def effect_fixed(self) -> float:
        """log BF of a mean effect against none, in the fixed-effect model."""
        return self.fixed - self.fixed_null

    @property
    def heterogeneity(self) -> float:
        """log BF of heterogeneity against none, with a mean effect."""
        return self.random - self.fixed

    @property
    def inclusion_effect(self) -> float:
        """log BF of a mean effect against none, averaged over both models."""
        return float(np.logaddexp(self.random, self.fixed) - np.logaddexp(self.random_null, self.fixed_null))

    @property
    def inclusion_heterogeneity(self) -> float:
        """log BF of heterogeneity against none, averaged over both hypotheses on the mean."""
        return float(np.logaddexp(self.random, self.random_null) - np.logaddexp(self.fixed, self.fixed_null))


def evidence(yi: ArrayLike, vi: ArrayLike, tau_prior: TauPrior, mu_prior: MeanPrior) -> Evidence:
    """The four marginal likelihoods. Raises NotEstimable where a prior is improper: its constant is arbitrary, and
    with it every Bayes factor."""
    if mu_prior.flat or not tau_prior.proper:
        which = "the mean" if mu_prior.flat else "tau"
        raise NotEstimable(f"Bayes factors need proper priors; that of {which} is flat")
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    scale, zero = scale_of(y, v, tau_prior), np.zeros(1)
    return Evidence(
        fixed_null=float(log_likelihood_at(y, v, zero, 0.0)[0]),
        fixed=float(log_marginal(y, v, zero, mu_prior)[0]),
        random_null=log_integral_over_tau(
            lambda tau: log_likelihood_at(y, v, tau, 0.0) + tau_prior.log_density(tau), scale, tau_prior.upper
        ),
        random=log_integral_over_tau(
            lambda tau: log_marginal(y, v, tau, mu_prior) + tau_prior.log_density(tau), scale, tau_prior.upper
        ),
    )
