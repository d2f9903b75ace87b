"""Begg and Mazumdar's rank correlation test for funnel-plot asymmetry (Biometrics 1994, 50:1088)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.distributions import two_sided_p
from prismake.synthesis.model import NotEstimable

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RankTest:
    """Kendall's tau-b between standardised effects and variances, its p, and whether p is exact."""

    tau: float
    p: float
    exact: bool


def rank_test(yi: ArrayLike, vi: ArrayLike, *, exact: bool = True) -> RankTest:
    """Begg's test. exact: the exact distribution, which needs untied values and is otherwise replaced by the normal
    one.

    Raises NotEstimable with fewer than two effects, or where all variances or all standardised effects are equal.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.size < 2:
        raise NotEstimable("a rank correlation needs at least two effects")
    w = 1.0 / v
    pooled = (w * y).sum() / w.sum()
    spread = v - 1.0 / w.sum()
    standardised = (y - pooled) / np.sqrt(spread)
    return kendall(standardised, v, exact=exact)


def kendall(a: ArrayLike, b: ArrayLike, *, exact: bool = True) -> RankTest:
    """Kendall's tau-b and the two-sided p of no association, as R's cor.test."""
    x, y = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    n = x.size
    first, second = np.triu_indices(n, 1)
    sx, sy = np.sign(x[first] - x[second]), np.sign(y[first] - y[second])
    total = float((sx * sy).sum())
    pairs = n * (n - 1) / 2.0
    untied_x, untied_y = float(np.abs(sx).sum()), float(np.abs(sy).sum())
    if untied_x == 0 or untied_y == 0:
        raise NotEstimable("all values are tied, so there is no rank correlation")
    tau = total / np.sqrt(untied_x * untied_y)
    ties = untied_x < pairs or untied_y < pairs
    if exact and not ties:
        return RankTest(tau, _exact_p(n, int(round((total + pairs) / 2))), True)
    return RankTest(tau, float(two_sided_p(total / np.sqrt(_variance(x, y)))), False)


def _exact_p(n: int, concordant: int) -> float:
    """Two-sided p from the number of permutations of n with a given number of inversions."""
    pairs = n * (n - 1) // 2
    counts = np.ones(1)
    for j in range(2, n + 1):
        # Dividing by j at each step keeps a probability distribution and cannot overflow.
        counts = np.convolve(counts, np.full(j, 1.0 / j))
    tail = counts[: min(concordant, pairs - concordant) + 1].sum()
    return float(min(1.0, 2.0 * tail))


def _variance(x: Array, y: Array) -> float:
    """Variance of the sum of concordances when both rankings have ties (Kendall 1970, Rank Correlation Methods, eq. 4.4)."""
    n = float(x.size)
    pairs, triples = [], []
    spread = n * (n - 1) * (2 * n + 5)
    for ranking in (x, y):
        size = np.unique(ranking, return_counts=True)[1].astype(float)
        tied = size * (size - 1)
        spread -= float((tied * (2 * size + 5)).sum())
        pairs.append(float(tied.sum()))
        triples.append(float((tied * (size - 2)).sum()))
    shared = pairs[0] * pairs[1] / (2 * n * (n - 1)) + triples[0] * triples[1] / (9 * n * (n - 1) * max(n - 2, 1.0))
    return spread / 18 + shared
