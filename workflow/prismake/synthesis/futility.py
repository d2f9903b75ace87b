"""Futility boundaries of a sequential meta-analysis: when more information would hardly find the effect any more.

Two-sided inner wedge by beta spending (Pampallona & Tsiatis 1994, J. Stat. Plan. Inference 42:19; Lan & DeMets 1983,
Biometrika 70:659): at each look the |Z| below which the part of beta may be spent that the information allows, under
the effect sought. The boundaries are non-binding: those of efficacy do not rest on them, so going on costs no alpha.
Both meet at the last look, which takes some more information than a sequence without a futility boundary.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

from prismake.synthesis.sequential import FARTHEST, Density, below, carry

Array = NDArray[np.float64]
# A part of beta as small as this gives no boundary: it would be a |Z| of 0.
_NOTHING = 1e-10


@dataclass(frozen=True)
class Futility:
    """|Z| at each look (looks,), NaN where nothing may be spent yet; the drift, which is the effect by the standard
    error at the last look; inflation, the information needed relative to a single test.
    """

    boundaries: Array
    drift: float
    inflation: float


def futility_boundaries(
    fractions: ArrayLike, efficacy: ArrayLike, beta_spent: ArrayLike, *, alpha: float = 0.05
) -> Futility:
    """Boundaries at looks whose last one is at a fraction of 1, where they meet `efficacy`.

    Args:
        fractions: information fractions (looks,), rising to 1.
        efficacy: |Z| that stops for an effect at each look (looks,).
        beta_spent: probability that the effect was given up by each look (looks,), never falling; the last is beta.

    Raises:
        ValueError: looks that do not rise to 1.
    """
    t, upper = np.asarray(fractions, dtype=float), np.minimum(np.asarray(efficacy, dtype=float), FARTHEST)
    if not t.size or t[0] <= 0 or (np.diff(t) <= 0).any() or abs(t[-1] - 1.0) > 1e-12:
        raise ValueError("information fractions rise from above 0 to 1")
    parts = np.diff(np.asarray(beta_spent, dtype=float), prepend=0.0)
    single = float(ndtri(1.0 - alpha / 2.0) + ndtri(1.0 - parts.sum()))

    def gap(drift: float) -> float:
        return _sequence(t, upper, parts, drift)[1]

    drift = float(brentq(gap, 0.5 * single, 2.0 * single, xtol=1e-12))
    return Futility(_sequence(t, upper, parts, drift)[0], drift, (drift / single) ** 2)


def _sequence(t: Array, upper: Array, parts: Array, drift: float) -> tuple[Array, float]:
    """The boundaries under a drift, and by how much more than the last part of beta is lost at the last look."""
    bounds, density, previous = np.full(t.size, np.nan), None, 0.0
    for look, now in enumerate(t[:-1]):
        step, root = now - previous, np.sqrt(now)
        if parts[look] > _NOTHING:
            bounds[look] = _bound(density, step, root, upper[look], float(parts[look]), drift)
        hole = 0.0 if np.isnan(bounds[look]) else bounds[look] * root
        density = carry(density, step, upper[look] * root, t[look + 1] - now, hole, drift)
        previous = now
    bounds[-1] = upper[-1]
    return bounds, _within(density, 1.0 - previous, upper[-1], drift) - float(parts[-1])


def _within(density: Density | None, step: float, score: float, drift: float) -> float:
    """P(|score| is below `score` now, and no look before has stopped)."""
    return below(density, step, score, drift) - below(density, step, -score, drift)


def _bound(density: Density | None, step: float, root: float, most: float, part: float, drift: float) -> float:
    """The |Z| within which the probability `part` lies; the efficacy boundary where even that holds less."""
    if _within(density, step, most * root, drift) <= part:
        return most
    return float(brentq(lambda z: _within(density, step, z * root, drift) - part, 0.0, most, xtol=1e-12))
