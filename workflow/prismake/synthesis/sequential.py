"""Trial sequential analysis: the information a meta-analysis needs, and the boundary its test must cross before then.

A meta-analysis that is updated is tested again and again. O'Brien-Fleming boundaries by alpha spending (Lan & DeMets
1983, Biometrika 70:659) keep the error of all looks together at alpha; what is needed in all is the information of one
trial, divided by 1 - D2, the diversity (Wetterslev, Thorlund, Brok & Gluud 2008, J. Clin. Epidemiol. 61:64; 2009, BMC
Med. Res. Methodol. 9:86).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]

# A boundary as far out as this is never crossed (and its tail, 1e-15, no longer told from none).
FARTHEST = 8.0


def obrien_fleming_spending(fraction: ArrayLike, alpha: float = 0.05) -> Array:
    """The part of a two-sided alpha that may have been spent at an information fraction: 4 - 4 Phi(z / sqrt t).

    z is the normal quantile of 1 - alpha / 4: each side spends alpha / 2 as Lan & DeMets' alpha*_1 does.
    """
    t = np.clip(np.asarray(fraction, dtype=float), 0.0, 1.0)
    with np.errstate(divide="ignore"):
        return 4.0 * ndtr(-ndtri(1.0 - alpha / 4.0) / np.sqrt(t))


def obrien_fleming_boundaries(fractions: ArrayLike, alpha: float = 0.05) -> Array:
    """The |Z| to reach at each look, looks at rising information fractions; inf where nothing could yet be spent.

    Solves look by look for the limit whose chance of being crossed first is what may be spent then, integrating the
    density of the score over the region that goes on (Armitage, McPherson & Rowe 1969, J. R. Stat. Soc. A 132:235).
    Looks at a fraction of 1 or more: the first spends what is left, later ones get NaN (nothing is left to spend).
    Raises ValueError for fractions that do not rise from above 0.
    """
    t = np.asarray(fractions, dtype=float)
    if t.size and (t[0] <= 0 or (np.diff(t) <= 0).any()):
        raise ValueError("information fractions rise from above 0")
    boundaries = np.full(t.size, np.nan)
    spent, density = 0.0, None
    for look, now in enumerate(t):
        if look and t[look - 1] >= 1.0:
            break
        allowed = float(obrien_fleming_spending(now, alpha))
        step = now - (t[look - 1] if density is not None else 0.0)
        limit = _limit(density, step, now, (allowed - spent) / 2.0)
        boundaries[look] = limit
        if look + 1 < t.size:
            density = carry(density, step, min(limit, FARTHEST) * np.sqrt(now), t[look + 1] - now)
        spent = allowed
    return boundaries


@dataclass(frozen=True)
class Density:
    """The density of the score at the nodes of a quadrature over the region that goes on."""

    nodes: Array
    weighted: Array


def _limit(density: Density | None, step: float, now: float, tail: float) -> float:
    """The Z whose upper tail has the probability `tail`; inf where it lies farther out than any Z."""
    low, high = 0.0, FARTHEST
    if _beyond(density, step, high * np.sqrt(now)) > tail:
        return float("inf")
    for _ in range(100):
        middle = (low + high) / 2.0
        low, high = (middle, high) if _beyond(density, step, middle * np.sqrt(now)) > tail else (low, middle)
    return high


def _beyond(density: Density | None, step: float, score: float) -> float:
    """P(the score is above `score` now and had not crossed before)."""
    if density is None:
        return float(ndtr(-score / np.sqrt(step)))
    return float(density.weighted @ ndtr((density.nodes - score) / np.sqrt(step)))


def below(density: Density | None, step: float, score: float, drift: float = 0.0) -> float:
    """P(the score is below `score` now and no look before has stopped), under a drift of the score."""
    if density is None:
        return float(ndtr((score - drift * step) / np.sqrt(step)))
    return float(density.weighted @ ndtr((score - drift * step - density.nodes) / np.sqrt(step)))


def carry(
    density: Density | None, step: float, edge: float, next_step: float, hole: float = 0.0, drift: float = 0.0
) -> Density:
    """The density at the next nodes, which lie in hole < |score| < edge, close enough for both steps' normal kernels."""
    finest = np.sqrt(min(step, next_step))
    panels = int(min(400, max(8, np.ceil((edge - hole) / finest))))
    points, weights = np.polynomial.legendre.leggauss(12)
    edges = np.linspace(hole, edge, panels + 1)
    half = np.diff(edges)[:, None] / 2.0
    outer = (edges[:-1, None] + half * (1.0 + points[None, :])).ravel()
    nodes, quadrature = np.concatenate([-outer[::-1], outer]), (half * weights[None, :]).ravel()
    quadrature = np.concatenate([quadrature[::-1], quadrature])
    if density is None:
        values = np.exp(-((nodes - drift * step) ** 2) / (2.0 * step)) / np.sqrt(2.0 * np.pi * step)
    else:
        kernel = np.exp(-((nodes[:, None] - drift * step - density.nodes[None, :]) ** 2) / (2.0 * step))
        values = kernel @ density.weighted / np.sqrt(2.0 * np.pi * step)
    return Density(nodes, quadrature * values)


def required_information(effect: float, *, alpha: float = 0.05, power: float = 0.9, diversity: float = 0.0) -> float:
    """The information (the reciprocal of a squared standard error) that finds an effect: ((z + z) / effect)^2 /
    (1 - D2).

    Raises ValueError for an effect of 0, or a diversity of 1 and more.
    """
    if effect == 0:
        raise ValueError("no information is enough to find an effect of 0")
    if not 0.0 <= diversity < 1.0:
        raise ValueError(f"a diversity lies between 0 and 1, not {diversity:g}")
    return float(((ndtri(1.0 - alpha / 2.0) + ndtri(power)) / effect) ** 2 / (1.0 - diversity))


def required_participants(
    effect: float, variance: float = 1.0, *, alpha: float = 0.05, power: float = 0.9, diversity: float = 0.0
) -> float:
    """People in two groups of one size: 4 variance times the required information.

    variance: of the outcome in a group (1 for a standardised mean difference), or P (1 - P) with P the mean of both
    event rates where the effect is their difference (Wetterslev et al. 2008, eq. 1).
    """
    return 4.0 * variance * required_information(effect, alpha=alpha, power=power, diversity=diversity)


def diversity(vi: ArrayLike, tau2: float) -> float:
    """D2 = 1 - v_fixed / v_random: how much heterogeneity swells the variance of the mean (Wetterslev et al. 2009,
    eq. 2.1)."""
    v = np.asarray(vi, dtype=float)
    return float(1.0 - (1.0 / np.sum(1.0 / v)) / (1.0 / np.sum(1.0 / (v + tau2))))
