"""Selection models whose weight falls smoothly with the one-sided p-value.

beta: p^(delta1 - 1) (1 - p)^(delta2 - 1) (Citkowicz & Vevea 2017, Psychol. Methods 22:28-41); negexp: exp(-delta p);
halfnorm: exp(-delta p^2) (Preston, Ashby & Smyth 2004, J. Eval. Clin. Pract. 10:253-258); logistic:
2 exp(-delta p) / (1 + exp(-delta p)); power: (1 - p)^delta. Without selection delta is 0 (beta: 1, 1). The weights of
beta and power are unbounded, or zero, at the ends: there p-values count as no closer to 0 or 1 than 1e-5, as metafor
has it, without which the integral below need not exist.

An observed effect has the density w(p(y)) N(y; mu, v + tau2) / A, and A is the integral of its numerator. In units of
the standard error, u = y / sei, the p-value is the same function of u in every study, so the weights stand on one grid
of u for all studies, and a normal density in u, never narrower than 1, is what they are integrated against: Gauss'
rule on panels that are short where p varies and grow outwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

DELTA_MAX = 100.0
SMALLEST_P = 1e-5
_POINTS, _PANEL, _INNER = 16, 0.5, 10.0
_FURTHEST = 1e5

LogWeight = Callable[[Array, Array, Array], tuple[Array, Array]]
"""(log p, log(1 - p), parameters) -> log weight (n,) and its derivatives by the parameters (c, n)."""


def _beta(lp: Array, lq: Array, theta: Array) -> tuple[Array, Array]:
    d1, d2 = np.exp(theta)
    return (d1 - 1) * lp + (d2 - 1) * lq, np.stack([d1 * lp, d2 * lq])


def _negexp(lp: Array, lq: Array, theta: Array) -> tuple[Array, Array]:
    del lq
    p = np.exp(lp)
    return -theta[0] * p, -p[None]


def _halfnorm(lp: Array, lq: Array, theta: Array) -> tuple[Array, Array]:
    del lq
    p2 = np.exp(2 * lp)
    return -theta[0] * p2, -p2[None]


def _logistic(lp: Array, lq: Array, theta: Array) -> tuple[Array, Array]:
    del lq
    p = np.exp(lp)
    x = theta[0] * p
    return np.log(2.0) - x - np.log1p(np.exp(-x)), (-p * special.expit(x))[None]


def _power(lp: Array, lq: Array, theta: Array) -> tuple[Array, Array]:
    del lp
    return theta[0] * lq, lq[None]


@dataclass(frozen=True)
class WeightFunction:
    """A weight function, what its parameters are without selection, whether they are taken in logarithms, and how close
    to 0 and 1 p-values count as being.
    """

    log_weight: LogWeight
    null: tuple[float, ...]
    logarithms: bool = False
    smallest: float = 0.0


WEIGHTS: dict[str, WeightFunction] = {
    "beta": WeightFunction(_beta, (1.0, 1.0), True, SMALLEST_P),
    "halfnorm": WeightFunction(_halfnorm, (0.0,)),
    "logistic": WeightFunction(_logistic, (0.0,)),
    "negexp": WeightFunction(_negexp, (0.0,)),
    "power": WeightFunction(_power, (0.0,), smallest=SMALLEST_P),
}


def _logs(u: Array, smallest: float) -> tuple[Array, Array]:
    """log p and log(1 - p) at u = y / sei, with p kept away from 0 and 1."""
    if smallest <= 0:
        return special.log_ndtr(-u), special.log_ndtr(u)
    p = np.clip(special.ndtr(-u), smallest, 1.0 - smallest)
    return np.log(p), np.log1p(-p)


@lru_cache(maxsize=32)
def _grid(reach: float, smallest: float) -> tuple[Array, Array, Array, Array]:
    """Nodes u, their weights, log p and log(1 - p), on [-reach, reach]."""
    outer = [_INNER]
    while outer[-1] < reach:
        outer.append(min(1.25 * outer[-1], outer[-1] + 1.0 + 0.05 * reach, reach))
    inner = np.arange(-_INNER, _INNER + _PANEL / 2, _PANEL)
    edges = np.concatenate([-np.array(outer[:0:-1]), inner, np.array(outer[1:])])
    if smallest > 0:
        # The weights have a kink where p is bounded.
        kink = float(-special.ndtri(smallest))
        edges = np.sort(np.concatenate([edges, [-kink, kink]]))
    nodes, weights = np.polynomial.legendre.leggauss(_POINTS)
    half = np.diff(edges) / 2
    u = ((edges[:-1] + half)[:, None] + half[:, None] * nodes).ravel()
    return u, (half[:, None] * weights).ravel(), *_logs(u, smallest)


@dataclass(frozen=True)
class SmoothSelection:
    """The likelihood of effects y (k,), whose selected direction is positive, with variances v under a weight function.

    Parameters are (mean, tau2, theta...), theta the logarithms of delta for the beta weights, else delta itself.
    """

    y: Array
    v: Array
    weight: WeightFunction
    random: bool

    @property
    def lower(self) -> Array:
        """Bounds of the parameters."""
        return np.array([-np.inf, 0.0, *((-np.inf if self.weight.logarithms else 0.0) for _ in self.weight.null)])

    @property
    def upper(self) -> Array:
        """Bounds of the parameters."""
        most = np.log(DELTA_MAX) if self.weight.logarithms else DELTA_MAX
        return np.array([np.inf, np.inf if self.random else 0.0, *(most for _ in self.weight.null)])

    def widths(self, parameters: Array) -> Array:
        """Steps of the size over which the likelihood varies, for differences."""
        size = np.ones(parameters.size)
        size[0], size[1] = np.sqrt(self.v.min() + parameters[1]), self.v.min() + parameters[1]
        if not self.weight.logarithms:
            size[2:] = np.maximum(1.0, parameters[2:])
        return size

    def value_and_gradient(self, parameters: Array) -> tuple[float, Array]:
        """Log-likelihood and gradient; -inf where the numbers run over."""
        mu, tau2, theta = parameters[0], parameters[1], parameters[2:]
        sei, total = np.sqrt(self.v), self.v + tau2
        m, r2 = mu / sei, total / self.v
        u0 = self.y / sei
        seen, seen_slope = self.weight.log_weight(*_logs(u0, self.weight.smallest), theta)
        reach = _reach(m, r2)
        if reach is None:
            return -np.inf, np.zeros(parameters.size)
        u, w, lp, lq = _grid(reach, self.weight.smallest)
        log_weight, slopes = self.weight.log_weight(lp, lq, theta)
        z = (u[None, :] - m[:, None]) / np.sqrt(r2)[:, None]
        height = log_weight[None, :] - 0.5 * z * z
        top = height.max(axis=1)
        mass = np.exp(height - top[:, None]) * w
        total_mass = mass.sum(axis=1)
        log_A = np.log(total_mass) + top - 0.5 * np.log(2 * np.pi * r2)
        share = mass / total_mass[:, None]
        first, second = (share * z).sum(axis=1), (share * z * z).sum(axis=1)
        residual = self.y - mu
        ll = float((-0.5 * np.log(2 * np.pi * total) - 0.5 * residual**2 / total + seen - log_A).sum())
        root = np.sqrt(total)
        d_mu = residual / total - first / root
        d_tau2 = 0.5 * ((residual / total) ** 2 - second / total)
        d_theta = seen_slope.sum(axis=1) - np.einsum("kn,cn->c", share, slopes)
        if not np.isfinite(ll):
            return -np.inf, np.zeros(parameters.size)
        return ll, np.concatenate([[d_mu.sum(), d_tau2.sum()], d_theta])

    def starts(self) -> list[Array]:
        """A grid of mean, tau2 and weights, of which the best half dozen are kept."""
        spread = float(np.std(self.y)) + float(np.sqrt(self.v.mean()))
        centre = float(np.average(self.y, weights=1.0 / (self.v + self.v.mean())))
        scale = float(np.var(self.y)) + 0.1 * float(self.v.mean())
        tau2s = (0.0, 0.1, 1.0) if self.random else (0.0,)
        if self.weight.logarithms:
            thetas = [
                np.log([a, b]) for a, b in ((1.0, 1.0), (0.5, 1.0), (0.8, 3.0), (0.3, 0.7), (2.0, 1.0), (1.0, 8.0))
            ]
        else:
            thetas = [np.array([delta]) for delta in (0.0, 1.0, 5.0, 25.0)]
        points = [
            np.array([centre + shift * spread, tau2 * scale, *theta])
            for shift in (-2.0, -0.8, 0.0, 0.8)
            for tau2 in tau2s
            for theta in thetas
        ]
        heights = np.array([self.value_and_gradient(point)[0] for point in points])
        order = np.argsort(-heights, kind="stable")
        return [points[position] for position in order[:8] if np.isfinite(heights[position])]


def _reach(m: Array, r2: Array) -> float | None:
    """How far out the normal densities still count, rounded up to a power of two; None where that is too far to go."""
    furthest = float((np.abs(m) + 9.5 * np.sqrt(r2)).max())
    if not furthest <= _FURTHEST:
        return None
    return float(2.0 ** np.ceil(np.log2(max(furthest, 1.6 * _INNER))))
