"""Permutation tests of a meta-analysis (Follmann & Proschan 1999; Higgins & Thompson 2004), exact or by sampling.

With an intercept only, the signs of the effects are flipped; with moderators, the rows of the design are permuted. The
refits are one batch. p is the share of arrangements whose |statistic| reaches the observed one (the observed
arrangement is one of them).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.messages.progress import watched
from prismake.synthesis.model import fit, fit_batch

Array = NDArray[np.float64]

# Statistics that are equal in exact arithmetic differ by rounding: metafor compares with this slack.
_SLACK = 1.490116119384766e-08
_CHUNK = 20_000


@dataclass(frozen=True)
class PermutationTest:
    """p of each coefficient (p,), p of the omnibus test, the observed statistics, how many arrangements, and whether
    all.
    """

    p: Array
    QMp: float
    statistic: Array
    QM: float
    arrangements: int
    exact: bool


def permutation_test(
    yi: ArrayLike,
    vi: ArrayLike,
    x: Array | None = None,
    *,
    method: str = "REML",
    test: str = "z",
    most: int = 50_000,
    sample: int = 10_000,
    seed: int = 1,
) -> PermutationTest:
    """Test every coefficient and all together. Exact where there are at most `most` arrangements, else `sample` drawn
    ones.

    Raises NotEstimable when the model itself cannot be fitted.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    observed = fit(y, v, x, method=method, test=test)
    k = y.size
    count = 2**k if x is None or observed.p == 1 else math.factorial(k) if k < 171 else math.inf
    exact = count <= most
    size = int(count) if exact else sample + 1
    p = observed.p
    reached, reached_qm, done = np.zeros(p), 0, 0
    blocks = _arrangements(k, x is None or p == 1, exact, size, seed)
    for block in watched(blocks, "Permutation test", -(-size // _CHUNK)):
        if x is None or p == 1:
            models = fit_batch(
                y[None, :] * block, np.broadcast_to(v, block.shape), method=method, test=test, statistics=False
            )
        else:
            models = fit_batch(y, v, np.asarray(x)[block], method=method, test=test, statistics=False)
        usable = np.isfinite(models.statistic).all(axis=1)
        reached += (np.abs(models.statistic[usable]) >= np.abs(observed.statistic) - _SLACK).sum(axis=0)
        reached_qm += int((models.QM[usable] >= observed.QM - _SLACK).sum())
        done += int(usable.sum())
    return PermutationTest(reached / done, reached_qm / done, observed.statistic, float(observed.QM), done, exact)


def _arrangements(k: int, signs: bool, exact: bool, size: int, seed: int, chunk: int = _CHUNK) -> Iterator[Array]:
    """Blocks of signs (b, k) or of row orders (b, k); the first arrangement drawn by sampling is the observed one."""
    if exact and signs:
        for first in range(0, size, chunk):
            numbers = np.arange(first, min(first + chunk, size), dtype=np.int64)
            yield 1.0 - 2.0 * ((numbers[:, None] >> np.arange(k)) & 1)
        return
    if exact:
        block: list[tuple[int, ...]] = []
        for order in permutations(range(k)):
            block.append(order)
            if len(block) == chunk:
                yield np.array(block)
                block = []
        if block:
            yield np.array(block)
        return
    rng = np.random.default_rng(seed)
    for first in range(0, size, chunk):
        rows = min(chunk, size - first)
        if signs:
            block_signs = np.where(rng.random((rows, k)) < 0.5, -1.0, 1.0)
            if first == 0:
                block_signs[0] = 1.0
            yield block_signs
        else:
            orders = rng.random((rows, k)).argsort(axis=1)
            if first == 0:
                orders[0] = np.arange(k)
            yield orders
