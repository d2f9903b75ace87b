"""GOSH: the model in every subset of studies, or in a sample of them (Olkin, Dahabreh & Trikalinos 2012, Res Synth
Methods 3:214).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.model import Fit, fit_batch

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Gosh:
    """`used` (B, k) of 0 and 1, and the B models; `every` says whether these are all subsets."""

    used: Array
    models: Fit
    every: bool


def all_subsets(k: int) -> Array:
    """Every non-empty subset of k rows, (2^k - 1, k) of 0 and 1."""
    numbers = np.arange(1, 2**k, dtype=np.int64)
    return ((numbers[:, None] >> np.arange(k)) & 1).astype(float)


def gosh(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    method: str = "REML",
    test: str = "z",
    most: int = 10**6,
    sample: int = 10**5,
    seed: int = 1,
) -> Gosh:
    """Fit every subset where there are at most `most`, else `sample` subsets drawn with each row in or out at even
    odds.

    A subset of one row has tau2 = 0, as metafor has it.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    k = y.size
    every = 2**k - 1 <= most
    if every:
        used = all_subsets(k)
    else:
        used = (np.random.default_rng(seed).random((sample, k)) < 0.5).astype(float)
        used = used[used.sum(axis=1) > 0]
    return Gosh(used, fit_batch(y, v, used=used, method=method, test=test, statistics=False), every)


def summary(found: Gosh) -> dict[str, Any]:
    """Mean, smallest and largest value over the subsets; I2 and H2 are the Q-based ones, as metafor's `gosh` has
    them.
    """
    models = found.models
    df = np.maximum(models.k - 1, 1)
    h2 = np.where(models.k > 1, models.QE / df, 1.0)
    i2 = 100.0 * np.where(h2 > 1, 1.0 - 1.0 / np.maximum(h2, 1.0), 0.0)
    names = ["k", "QE", "I2", "H2", "tau2", "tau", "estimate"]
    table = np.column_stack([models.k, models.QE, i2, h2, models.tau2, np.sqrt(models.tau2), models.b[:, 0]])
    rows = {"mean": table.mean(axis=0), "min": table.min(axis=0), "max": table.max(axis=0)}
    return {"n_subsets": table.shape[0], "cols": names, **{key: value.tolist() for key, value in rows.items()}}
