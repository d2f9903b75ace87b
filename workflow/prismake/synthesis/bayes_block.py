"""The Bayesian random-effects model of an analysis as the block `bayesian` of result.json."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from prismake.synthesis.bayes import Array, Mixture, Posterior, invert, maximum, posterior, shortest_interval
from prismake.synthesis.bayes_factors import Evidence, evidence
from prismake.synthesis.bayes_priors import MeanPrior, TauPrior, priors
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.pooling import Pool
from prismake.synthesis.result import plain
from prismake.synthesis.specification import DEPENDENT, TABLES, Specification

KEYS = frozenset({"tau", "mu", "interval"})


def bayesian_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Posterior of mean, tau, a new study's effect and each study's own, and Bayes factors; or the reason why not."""
    asked = spec.bayesian or {}
    tau_prior, mu_prior = priors(asked)
    block: dict[str, Any] = {
        "prior": _prior(tau_prior, mu_prior),
        "interval": str(asked.get("interval", "shortest")),
        "level": spec.level,
        "not_estimable": None,
    }
    try:
        if spec.model in DEPENDENT or spec.model in TABLES or spec.method == "EE":
            raise NotEstimable(f"the Bayesian model is one of random effects, one a study, not of {spec.model}")
        found = posterior(pooled.yi, pooled.vi, tau_prior, mu_prior)
    except NotEstimable as reason:
        return block | {"not_estimable": str(reason)}
    block |= {
        "k": pooled.k,
        "mu": _of_mixture(found.mu, spec.level, block["interval"]) | {"p_positive": 1.0 - float(found.mu.cdf(0.0))},
        "tau": _of_tau(found, spec.level, block["interval"]),
        "predictive": _of_mixture(found.predictive, spec.level, block["interval"])
        | {"p_positive": 1.0 - float(found.predictive.cdf(0.0))},
        "shrinkage": _shrinkage(found, pooled, spec.level, block["interval"]),
        "bayes_factors": _factors(found),
    }
    return plain(block)


def _prior(tau: TauPrior, mu: MeanPrior) -> dict[str, Any]:
    return {
        "tau": {"family": tau.family, "scale": tau.scale if tau.proper else None, "proper": tau.proper},
        "mu": {"family": "flat" if mu.flat else "normal", "mean": None if mu.flat else mu.mean,
               "sd": None if mu.flat else mu.sd},
    }  # fmt: skip


def _of_mixture(found: Mixture, level: float, interval: str) -> dict[str, Any]:
    lower, upper = found.shortest(level) if interval == "shortest" else found.central(level)
    return {
        "mode": found.mode(),
        "median": found.quantile(0.5),
        "mean": found.mean,
        "sd": found.sd,
        "cri_lb": lower,
        "cri_ub": upper,
    }


class TauCurve:
    """The posterior of tau as a curve: its density exactly, its distribution function by Gauss-Legendre on panels."""

    def __init__(self, found: Posterior) -> None:
        self._found = found
        self._points, self._weights = np.polynomial.legendre.leggauss(24)
        self._edges = np.concatenate([[0.0], found.tau[::12], found.tau[-1:]])
        self._below = np.concatenate([[0.0], np.cumsum(self._mass(self._edges[:-1], self._edges[1:]))])

    def _mass(self, low: Array, high: Array) -> Array:
        """Probabilities of intervals."""
        half = (high - low) / 2.0
        at = low[:, None] + half[:, None] * (1.0 + self._points[None, :])
        return half * (self._found.tau_densities(at.ravel()).reshape(at.shape) @ self._weights)

    def density(self, tau: float) -> float:
        """Density."""
        return self._found.tau_density(tau)

    def cdf(self, tau: float) -> float:
        """P(tau' <= tau)."""
        panel = int(np.clip(np.searchsorted(self._edges, tau) - 1, 0, self._edges.size - 2))
        return float(self._below[panel] + self._mass(self._edges[panel : panel + 1], np.array([tau]))[0])

    def quantile(self, p: float) -> float:
        """The tau with P(tau' <= tau) = p."""
        panel = int(np.clip(np.searchsorted(self._below, p) - 1, 0, self._edges.size - 2))
        return invert(self.cdf, self.density, p, float(self._edges[panel]), float(self._edges[panel + 1]))


def _of_tau(found: Posterior, level: float, interval: str) -> dict[str, Any]:
    curve = TauCurve(found)
    tail = (1.0 - level / 100.0) / 2.0
    if interval == "shortest":
        lower, upper = shortest_interval(curve.quantile, curve.density, level, lowest=0.0)
    else:
        lower, upper = curve.quantile(tail), curve.quantile(1.0 - tail)
    far = curve.quantile(0.99)
    return {
        "mode": maximum(curve.density, 0.0, far),
        "median": curve.quantile(0.5),
        "mean": found.tau_mean() if _has_moment(found, 1) else None,
        "sd": found.tau_sd() if _has_moment(found, 2) else None,
        "cri_lb": lower,
        "cri_ub": upper,
    }


def _has_moment(found: Posterior, order: int) -> bool:
    """Whether the tail, tau^-(k - flat) times that of the prior, is thin enough for a moment."""
    prior = found.tau_prior
    if prior.family == "half_normal" or math.isfinite(prior.upper):
        return True
    power = found.yi.size - (1 if found.mu_prior.flat else 0) + (2 if prior.family == "half_cauchy" else 0)
    return power - order > 1


def _shrinkage(found: Posterior, pooled: Pool, level: float, interval: str) -> list[dict[str, Any]]:
    rows = []
    for i in range(pooled.yi.size):
        own = found.study(i)
        towards = float(found.weights @ (pooled.vi[i] / (pooled.vi[i] + found.tau**2)))
        rows.append(
            {
                "study_id": str(pooled.table["study_id"].iloc[i]),
                "label": str(pooled.table["label"].iloc[i]) if "label" in pooled.table else None,
                "yi": float(pooled.yi[i]),
                "shrunk_towards_mean": towards,
                **_of_mixture(own, level, interval),
            }
        )
    return rows


def _factors(found: Posterior) -> dict[str, Any]:
    """Bayes factors (and their logs), each in favour of what it is named after."""
    try:
        weighed = evidence(found.yi, found.vi, found.tau_prior, found.mu_prior)
    except NotEstimable as reason:
        return {"not_estimable": str(reason)}
    names = ("effect", "effect_fixed", "heterogeneity", "inclusion_effect", "inclusion_heterogeneity")
    return {
        "not_estimable": None,
        **{name: _factor(getattr(weighed, name)) for name in names},
        "log_evidence": {name: getattr(weighed, name) for name in Evidence.__dataclass_fields__},
        "probabilities": weighed.probabilities,
    }


def _factor(log_bf: float) -> dict[str, float]:
    """BF10, its reciprocal and its natural logarithm."""
    return {"bf10": math.exp(min(log_bf, 700.0)), "bf01": math.exp(min(-log_bf, 700.0)), "log": log_bf}
