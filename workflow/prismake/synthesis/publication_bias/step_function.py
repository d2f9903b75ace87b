"""Selection models whose weight is a step function of the one-sided p-value.

Hedges (1992), Stat. Sci. 7:246-255; Vevea & Hedges (1995), Psychometrika 60:419-435. With one step at .025 it is the
three-parameter selection model (McShane, Bockenholt & Hansen 2016, Perspect. Psychol. Sci. 11:730-749). Parametrised as
metafor's `selmodel(type = "stepfun")`: the first interval has the weight 1, the others are relative to it.

The likelihood has several maxima. For given mean and tau2 it is concave in the logarithms of the weights, so a grid
over mean and tau2 alone finds every basin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]

DELTA_MAX = 100.0
"""The largest weight, metafor's own bound; a weight runs into it where the first interval is empty."""


@dataclass(frozen=True)
class StepSelection:
    """Effects y (k,) with the direction of selection made positive, variances v, the values cut (k, J - 1) of y at
    which the p-value is a step, the interval of each effect, the number of effects in each interval; whether tau2 is
    estimated; and the logarithms of the weights where they are given (J - 1,).

    Parameters are (mean, tau2, log delta_2, ...); the weight of an interval without effects is 0.
    """

    y: Array
    v: Array
    cut: Array
    interval: NDArray[np.intp]
    counts: NDArray[np.intp]
    random: bool
    given: Array | None = None

    @property
    def lower(self) -> Array:
        """Bounds of the parameters."""
        weights = np.full(self.counts.size - 1, -np.inf) if self.given is None else self.given
        return np.concatenate([[-np.inf, 0.0], weights])

    @property
    def upper(self) -> Array:
        """Bounds of the parameters."""
        estimated = np.where(self.counts[1:] > 0, np.log(DELTA_MAX), -np.inf)
        weights = estimated if self.given is None else self.given
        return np.concatenate([[np.inf, np.inf if self.random else 0.0], weights])

    def widths(self, parameters: Array) -> Array:
        """Steps of the size over which the likelihood varies, for differences."""
        size = np.ones(parameters.size)
        size[0], size[1] = np.sqrt(self.v.min() + parameters[1]), self.v.min() + parameters[1]
        return size

    def value_and_gradient(self, parameters: Array) -> tuple[float, Array]:
        """Log-likelihood and its gradient in (mean, tau2, log delta_2, ...)."""
        mu, tau2 = parameters[:2]
        delta = np.concatenate([[1.0], np.exp(parameters[2:])])
        total = self.v + tau2
        root = np.sqrt(total)
        u = (self.cut - mu) / root[:, None]
        shares = _shares(u)
        A = shares @ delta
        r = self.y - mu
        used = self.counts > 0
        logs = np.where(np.isfinite(parameters[2:]), parameters[2:], 0.0)
        ll = float(self.counts[1:] @ logs) if used.any() else 0.0
        ll += float((-0.5 * np.log(2 * np.pi * total) - 0.5 * r**2 / total - np.log(A)).sum())
        density = np.exp(-0.5 * u**2) / np.sqrt(2 * np.pi) * np.diff(delta)[None, :]
        d_mu = r / total + density.sum(axis=1) / root / A
        d_tau2 = -0.5 / total + 0.5 * (r / total) ** 2 + (density * u).sum(axis=1) / (2 * total) / A
        d_theta = self.counts[1:] - delta[1:] * (shares[:, 1:] / A[:, None]).sum(axis=0)
        return ll, np.concatenate([[d_mu.sum(), d_tau2.sum()], d_theta])

    def starts(self) -> list[Array]:
        """Starts for climbing: the local maxima, on a grid of mean and tau2, of the likelihood maximised over the weights.

        The weights follow from n_j = delta_j sum_i P_ij / A_i by repeated substitution, each step of which rises.
        """
        spread = float(np.ptp(self.y)) + float(np.sqrt(self.v.max()))
        mus = np.linspace(self.y.min() - spread, self.y.max() + spread, 61)
        scale = float(np.var(self.y)) + float(self.v.mean())
        tau2s = np.concatenate([[0.0], scale * np.geomspace(1e-3, 30.0, 12)]) if self.random else np.zeros(1)
        total = self.v[None, :] + tau2s[:, None]
        root = np.sqrt(total)
        u = (self.cut[None, None] - mus[None, :, None, None]) / root[:, None, :, None]
        shares = np.maximum(_shares(u), 1e-300)
        counts = self.counts[1:].astype(float)
        delta = np.ones((tau2s.size, mus.size, counts.size + 1))
        if self.given is not None:
            delta[..., 1:] = np.exp(self.given)
        for _ in range(25 if self.given is None else 0):
            A = np.einsum("tmkj,tmj->tmk", shares, delta)
            delta[..., 1:] = np.minimum(
                counts / np.maximum((shares / A[..., None])[..., 1:].sum(axis=2), 1e-300), DELTA_MAX
            )
        A = np.einsum("tmkj,tmj->tmk", shares, delta)
        r2 = (self.y[None, None, :] - mus[None, :, None]) ** 2
        ll = (-0.5 * np.log(total)[:, None, :] - 0.5 * r2 / total[:, None, :] - np.log(A)).sum(axis=2)
        ll += (np.log(np.maximum(delta[..., 1:], 1e-300)) * counts).sum(axis=2)
        around = np.pad(ll, 1, constant_values=-np.inf)
        top = np.ones_like(ll, dtype=bool)
        for rows, columns in ((0, 1), (2, 1), (1, 0), (1, 2)):
            top &= ll >= around[rows : rows + ll.shape[0], columns : columns + ll.shape[1]]
        places = np.argwhere(top)
        places = places[np.argsort(-ll[top], kind="stable")][:6]
        with np.errstate(divide="ignore"):
            return [np.array([mus[m], tau2s[t], *np.log(delta[t, m, 1:])]) for t, m in places]


def step_selection(y: Array, v: Array, steps: Array, random: bool = True, given: Array | None = None) -> StepSelection:
    """Sort effects into the intervals between the steps; `given` are the weights of all intervals but the first."""
    p = special.ndtr(-y / np.sqrt(v))
    interval = np.searchsorted(steps, p, side="left")
    cut = -special.ndtri(steps)[None, :] * np.sqrt(v)[:, None]
    logs = None if given is None else np.log(given)
    return StepSelection(y, v, cut, interval, np.bincount(interval, minlength=steps.size + 1), random, logs)


def _shares(u: Array) -> Array:
    """P of each interval (..., J) from the standardised cuts u (..., J - 1), falling: small tails keep precision."""
    low, high = special.ndtr(u), special.ndtr(-u)
    # The difference of the smaller tails, on whichever side of zero the interval lies.
    inner = np.where(u[..., 1:] > 0, high[..., 1:] - high[..., :-1], low[..., :-1] - low[..., 1:])
    return np.concatenate([high[..., :1], inner, low[..., -1:]], axis=-1)
