"""Bayesian random-effects meta-analysis by numerical integration: the normal-normal model, no sampling.

Given tau, the mean mu has a normal posterior, so the posterior of mu is a mixture of normals over tau's one-dimensional
posterior, which is integrated numerically (Roever 2020, J. Stat. Softw. 93(6):1-51, sec. 2). Every posterior here is
such a mixture: of the mean, of a new study's true effect (predictive), and of each study's own effect (shrinkage).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp, ndtr

from prismake.synthesis.bayes_priors import MeanPrior, TauPrior
from prismake.synthesis.model import NotEstimable

Array = NDArray[np.float64]
Curve = Callable[[float], float]

_PANELS = 16
_ORDER = 24
# The quadrature is doubled until the evidence is this stable.
_STABLE = 1e-11
# Nodes with less than e^-50 (2e-22) of the posterior are left out.
_NEGLIGIBLE = 50.0


@dataclass(frozen=True)
class Mixture:
    """A mixture of normals: weights that sum to 1, means and standard deviations, each (J,)."""

    weights: Array
    means: Array
    sds: Array

    @property
    def mean(self) -> float:
        """Expectation."""
        return float(self.weights @ self.means)

    @property
    def sd(self) -> float:
        """Standard deviation, NaN where it does not exist."""
        return math.sqrt(float(self.weights @ (self.sds**2 + (self.means - self.mean) ** 2)))

    def cdf(self, x: ArrayLike) -> Array:
        """P(X <= x)."""
        at = np.asarray(x, dtype=float)[..., None]
        return ndtr((at - self.means) / self.sds) @ self.weights

    def pdf(self, x: ArrayLike) -> Array:
        """Density."""
        z = (np.asarray(x, dtype=float)[..., None] - self.means) / self.sds
        return (np.exp(-(z**2) / 2.0) / (self.sds * math.sqrt(2.0 * math.pi))) @ self.weights

    def quantile(self, p: float) -> float:
        """The x with P(X <= x) = p."""
        low, high = (float(end) for end in (np.min(self.means - 9 * self.sds), np.max(self.means + 9 * self.sds)))
        return invert(lambda x: float(self.cdf(x)), lambda x: float(self.pdf(x)), p, low, high)

    def mode(self) -> float:
        """The highest point of the density."""
        centre, spread = self.quantile(0.5), self.quantile(0.9) - self.quantile(0.1)
        return maximum(lambda x: float(self.pdf(x)), centre - spread, centre + spread)

    def shortest(self, level: float) -> tuple[float, float]:
        """The shortest interval that holds `level` percent (the highest-density interval of a unimodal posterior)."""
        return shortest_interval(self.quantile, lambda x: float(self.pdf(x)), level)

    def central(self, level: float) -> tuple[float, float]:
        """The interval with the same probability on either side."""
        tail = (1.0 - level / 100.0) / 2.0
        return self.quantile(tail), self.quantile(1.0 - tail)


def invert(cdf: Curve, pdf: Curve, p: float, low: float, high: float) -> float:
    """The x in [low, high] where a distribution function reaches p: Newton's steps, halving where they leave the bracket."""
    x = (low + high) / 2.0
    for _ in range(200):
        excess = cdf(x) - p
        low, high = (low, x) if excess > 0 else (x, high)
        slope = pdf(x)
        step = excess / slope if slope > 0 else math.inf
        new = x - step if low < x - step < high else (low + high) / 2.0
        if abs(new - x) <= 4e-16 * max(abs(x), high - low):
            return new
        x = new
    return x


def root(function: Curve, low: float, high: float) -> float:
    """The root of a rising function between low and high (the Illinois form of the false position)."""
    at_low, at_high = function(low), function(high)
    if at_low >= 0 or at_high <= 0:
        return low if at_low >= 0 else high
    kept = 0
    for _ in range(200):
        x = (low * at_high - high * at_low) / (at_high - at_low)
        if not low < x < high:
            x = (low + high) / 2.0
        value = function(x)
        if value == 0 or high - low < 1e-12:
            return x
        if value < 0:
            low, at_low, at_high, kept = x, value, at_high / 2.0 if kept < 0 else at_high, -1
        else:
            high, at_high, at_low, kept = x, value, at_low / 2.0 if kept > 0 else at_low, 1
    return (low + high) / 2.0


def maximum(function: Curve, low: float, high: float, grid: int = 41) -> float:
    """Where a function with one peak is largest in [low, high]: the best of a grid, refined by golden section."""
    points = np.linspace(low, high, grid)
    best = int(np.argmax([function(float(point)) for point in points]))
    a, b = float(points[max(0, best - 1)]), float(points[min(grid - 1, best + 1)])
    ratio = (math.sqrt(5.0) - 1.0) / 2.0
    # Near a peak a function is flat to the square root of the rounding error; more steps find nothing.
    while b - a > 1e-9 * (high - low):
        c, d = b - ratio * (b - a), a + ratio * (b - a)
        a, b = (a, d) if function(c) >= function(d) else (c, b)
    return low if function(low) >= function((a + b) / 2.0) * (1.0 - 1e-12) else (a + b) / 2.0


def shortest_interval(quantile: Curve, pdf: Curve, level: float, lowest: float = -math.inf) -> tuple[float, float]:
    """The shortest interval with `level` percent: its ends have one density, or the lower lies at the edge `lowest`."""
    mass, smallest = level / 100.0, 1e-9
    if math.isfinite(lowest) and pdf(lowest) >= pdf(quantile(mass)):
        return lowest, quantile(mass)

    def excess(lower_tail: float) -> float:
        return pdf(quantile(lower_tail)) - pdf(quantile(lower_tail + mass))

    tail = root(excess, smallest, 1.0 - mass - smallest)
    return quantile(tail), quantile(tail + mass)


@dataclass(frozen=True)
class Posterior:
    """The joint posterior on a quadrature of tau: nodes and the probability at each, conditional moments of mu.

    log_evidence: the log marginal likelihood, NaN where a prior is improper (it is then only known up to a constant).
    """

    yi: Array
    vi: Array
    tau: Array
    weights: Array
    mean: Array
    sd: Array
    tau_prior: TauPrior
    mu_prior: MeanPrior
    log_normaliser: float
    log_evidence: float

    @property
    def mu(self) -> Mixture:
        """Posterior of the mean effect."""
        return Mixture(self.weights, self.mean, self.sd)

    @property
    def predictive(self) -> Mixture:
        """Posterior of the true effect of a new study."""
        return Mixture(self.weights, self.mean, np.hypot(self.sd, self.tau))

    def study(self, i: int) -> Mixture:
        """Posterior of the true effect of study i: its own estimate drawn towards the mean (shrinkage)."""
        towards = self.vi[i] / (self.vi[i] + self.tau**2)
        variance = (1.0 - towards) * self.vi[i] + (towards * self.sd) ** 2
        return Mixture(self.weights, towards * self.mean + (1.0 - towards) * self.yi[i], np.sqrt(variance))

    def tau_densities(self, tau: Array) -> Array:
        """Posterior density at each tau."""
        value = log_marginal(self.yi, self.vi, tau, self.mu_prior) + self.tau_prior.log_density(tau)
        return np.exp(value - self.log_normaliser)

    def tau_density(self, tau: float) -> float:
        """Posterior density of tau."""
        return float(self.tau_densities(np.array([tau]))[0])

    def tau_mean(self) -> float:
        """Posterior mean of tau."""
        return float(self.weights @ self.tau)

    def tau_sd(self) -> float:
        """Posterior standard deviation of tau."""
        return math.sqrt(float(self.weights @ (self.tau - self.tau_mean()) ** 2))


def conditional(yi: Array, vi: Array, tau: Array, prior: MeanPrior) -> tuple[Array, Array]:
    """Mean and standard deviation of mu given each tau (Roever 2020, eq. 10)."""
    weight = 1.0 / (vi[:, None] + tau[None, :] ** 2)
    precision = weight.sum(axis=0) + prior.precision
    return (yi @ weight + prior.precision * prior.mean) / precision, 1.0 / np.sqrt(precision)


def log_marginal(yi: Array, vi: Array, tau: Array, prior: MeanPrior) -> Array:
    """log p(y | tau), mu integrated out; with a flat prior of mu, its density is taken as 1."""
    variance = vi[:, None] + tau[None, :] ** 2
    mean, sd = conditional(yi, vi, tau, prior)
    quadratic = ((yi[:, None] - mean[None, :]) ** 2 / variance).sum(axis=0)
    value = -0.5 * (np.log(2.0 * np.pi * variance).sum(axis=0) + quadratic) + np.log(sd)
    if prior.flat:
        return value + 0.5 * math.log(2.0 * math.pi)
    return value - math.log(prior.sd) - 0.5 * (mean - prior.mean) ** 2 * prior.precision


def log_likelihood_at(yi: Array, vi: Array, tau: Array, mu: float) -> Array:
    """log p(y | mu, tau) at each tau."""
    variance = vi[:, None] + tau[None, :] ** 2
    return -0.5 * (np.log(2.0 * np.pi * variance) + (yi[:, None] - mu) ** 2 / variance).sum(axis=0)


def posterior(yi: ArrayLike, vi: ArrayLike, tau_prior: TauPrior, mu_prior: MeanPrior) -> Posterior:
    """The posterior of effects yi (k,) with sampling variances vi (k,).

    Raises NotEstimable where the priors leave the posterior improper: an improper uniform prior of tau needs three
    studies where that of mu is flat, two where it is not (Roever 2020, sec. 2.4).
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.size == 0:
        raise NotEstimable("there are no effects to pool")
    if (v <= 0).any() or not np.isfinite(np.concatenate([y, v])).all():
        raise NotEstimable("an effect or a sampling variance is missing, zero or negative")
    needed = (3 if mu_prior.flat else 2) if not tau_prior.proper else 1
    if y.size < needed:
        raise NotEstimable(f"an unbounded uniform prior of tau needs at least {needed} studies, there are {y.size}")

    def log_posterior(tau: Array) -> Array:
        return log_marginal(y, v, tau, mu_prior) + tau_prior.log_density(tau)

    tau, log_width = stable_nodes(log_posterior, scale_of(y, v, tau_prior), tau_prior.upper)
    log_joint = log_posterior(tau) + log_width
    normaliser = float(logsumexp(log_joint))
    heavy = log_joint > normaliser - _NEGLIGIBLE
    tau, log_joint = tau[heavy], log_joint[heavy]
    mean, sd = conditional(y, v, tau, mu_prior)
    proper = tau_prior.proper and not mu_prior.flat
    return Posterior(
        y, v, tau, np.exp(log_joint - normaliser), mean, sd, tau_prior, mu_prior, normaliser,
        normaliser if proper else float("nan"),
    )  # fmt: skip


def log_integral_over_tau(log_function: Callable[[Array], Array], scale: float, upper: float = math.inf) -> float:
    """log of the integral of exp(log_function(tau)) over tau in (0, upper)."""
    tau, log_width = stable_nodes(log_function, scale, upper)
    return float(logsumexp(log_function(tau) + log_width))


def stable_nodes(log_function: Callable[[Array], Array], scale: float, upper: float = math.inf) -> tuple[Array, Array]:
    """The coarsest nodes (and the logs of their weights) on which the integral is that of twice as many.

    Raises NotEstimable where 64 times as many as the first do not settle it.
    """
    before, coarser = -math.inf, nodes_of(scale, _PANELS, upper)
    for doubled in range(1, 8):
        nodes = nodes_of(scale, _PANELS * 2**doubled, upper)
        now = float(logsumexp(log_function(nodes[0]) + nodes[1]))
        if doubled == 1:
            before = float(logsumexp(log_function(coarser[0]) + coarser[1]))
        if abs(now - before) < _STABLE:
            return coarser
        before, coarser = now, nodes
    raise NotEstimable("the posterior of tau could not be integrated to full precision")


def nodes_of(scale: float, panels: int, upper: float = math.inf) -> tuple[Array, Array]:
    """Nodes of tau and the logs of their weights: panels of Gauss-Legendre in u, tau = scale u^2 / (1 - u).

    The square packs nodes near 0, the quotient carries the tail to infinity (or u as far as `upper`).
    """
    points, weights = np.polynomial.legendre.leggauss(_ORDER)
    last = 1.0
    if math.isfinite(upper):
        ratio = upper / scale
        last = (-ratio + math.sqrt(ratio**2 + 4.0 * ratio)) / 2.0
    edges = np.linspace(0.0, last, panels + 1)
    half = np.diff(edges)[:, None] / 2.0
    u = (edges[:-1, None] + half * (1.0 + points[None, :])).ravel()
    slope = scale * u * (2.0 - u) / (1.0 - u) ** 2
    return scale * u**2 / (1.0 - u), np.log((half * weights[None, :]).ravel()) + np.log(slope)


def scale_of(yi: Array, vi: Array, prior: TauPrior) -> float:
    """A tau in the middle of where its posterior lies: between the sampling errors and the spread of the effects."""
    spread = float(np.std(yi)) if yi.size > 1 else 0.0
    return max(math.sqrt(float(np.median(vi))), spread, 1e-3 * prior.scale if math.isfinite(prior.scale) else 0.0)
