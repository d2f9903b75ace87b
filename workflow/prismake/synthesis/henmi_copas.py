"""Henmi and Copas's interval for the mean (Stat Med 2010, 29:2969): equal-effects weights, honest about tau2.

The estimate keeps the weights 1/vi, which small-study effects disturb least. The interval inverts U = (estimate -
mean) / se(tau2) with the DerSimonian-Laird tau2 in the standard error, whose tail follows from the joint distribution
of the standardised estimate R and Cochran's Q: given R, Q is a quadratic form in normal variables, approximated by the
gamma with its mean and variance (their section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc

from prismake.synthesis.model import NotEstimable, fit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class HenmiCopas:
    """The estimate, its standard error, its interval, and the DerSimonian-Laird tau2."""

    b: float
    se: float
    ci_lb: float
    ci_ub: float
    tau2: float


def henmi_copas(yi: ArrayLike, vi: ArrayLike, level: float = 95.0) -> HenmiCopas:
    """Raises NotEstimable with fewer than two effects."""
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.size < 2:
        raise NotEstimable("with one effect the between-study variance cannot be estimated")
    w = 1.0 / v
    total = float(w.sum())
    tau2 = float(fit(y, v, method="DL").tau2)
    b = float((w * y).sum() / total)
    se = float(np.sqrt(((w**2) * (v + tau2)).sum()) / total)
    half = _critical(v, tau2, (100.0 - level) / 200.0) * se
    return HenmiCopas(b, se, b - half, b + half, tau2)


@cache
def _quadrature() -> tuple[Array, Array]:
    """Nodes and weights on [-1, 1]: eight panels of Gauss-Legendre with 32 nodes each."""
    nodes, weights = np.polynomial.legendre.leggauss(32)
    middles = (np.arange(8) - 3.5) / 4.0
    return (middles[:, None] + nodes / 8.0).ravel(), np.tile(weights / 8.0, 8)


def _critical(v: Array, tau2: float, tail: float) -> float:
    """The u with P(U > u) = tail."""
    w = 1.0 / v
    k, total = v.size, float(w.sum())
    spread = float((w**2).sum() / total)
    # Variance of R = sqrt(total) (estimate - mean), and the covariance of the effects given R.
    vr = 1.0 + tau2 * spread
    p = np.diag(w) - np.outer(w, w) / total
    given = np.diag(v + tau2) - np.outer(1.0 + tau2 * w, 1.0 + tau2 * w) / (total * vr)
    pc = p @ given
    shift = tau2 * (w - spread) / (np.sqrt(total) * vr)
    mean0, mean2 = float(np.trace(pc)), float((w * shift**2).sum())
    variance0, variance2 = 2.0 * float((pc * pc.T).sum()), 4.0 * float((w * shift) @ given @ (w * shift))
    nodes, gauss = _quadrature()

    def tail_of(u: float) -> float:
        """P(R > u sqrt(1 + tau2hat spread)), R from u to where its density has gone."""
        low = u / np.sqrt(vr)
        high = max(low + 2.0, 9.0)
        z = 0.5 * (high - low) * nodes + 0.5 * (high + low)
        r2 = vr * z**2
        # tau2hat below ((r / u)^2 - 1) / spread is Q below this.
        bound = (total / spread - 1.0) * (r2 / u**2 - 1.0) + (k - 1)
        mean, variance = mean0 + mean2 * r2, variance0 + variance2 * r2
        below = gammainc(mean**2 / variance, np.maximum(bound, 0.0) * mean / variance)
        return float(0.5 * (high - low) * (gauss * below * np.exp(-0.5 * z**2)).sum() / np.sqrt(2.0 * np.pi))

    low, high = 1e-3, 4.0
    while tail_of(high) > tail:
        high *= 2.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if tail_of(middle) > tail else (low, middle)
        if high - low < 1e-13 * high:
            break
    return 0.5 * (low + high)
