"""The cluster bootstrap: the model in samples of whole studies, drawn with replacement (Field & Welsh 2007, J. R. Stat. Soc.

B 69:369-390; van den Noortgate & Onghena 2005, Behav. Res. Methods 37:11-22). Every drawn study counts as another one.
Models of independent effects are refitted in one batch; three-level models and CHE one after the other, each climbing
from the optimum of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.messages.progress import watched
from prismake.synthesis.model import NotEstimable, fit_batch
from prismake.synthesis.multilevel import climb, fit_multilevel, likelihood_of

Array = NDArray[np.float64]

FEWEST = 5
"""Of fewer studies there are too few different samples for their spread to mean anything."""


@dataclass(frozen=True)
class Bootstrap:
    """The estimates (B,) of the samples that could be fitted, their standard deviation, and the percentile interval."""

    estimates: Array
    se: float
    ci_lb: float
    ci_ub: float
    failed: int


def cluster_bootstrap(
    yi: ArrayLike,
    vi: ArrayLike,
    cluster: ArrayLike,
    *,
    dependent: bool = False,
    rho: float = 0.0,
    method: str = "REML",
    sample: int = 1000,
    seed: int = 1,
    level: float = 95.0,
) -> Bootstrap:
    """Draw `sample` samples of studies and pool each, by the three-level model or CHE where `dependent`.

    Raises NotEstimable with fewer than five studies.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    _, codes = np.unique(np.asarray(cluster), return_inverse=True)
    studies = int(codes.max()) + 1 if codes.size else 0
    if studies < FEWEST:
        raise NotEstimable(f"a bootstrap of studies needs at least {FEWEST} of them")
    draws = np.random.default_rng(seed).integers(0, studies, (sample, studies))
    rows = [np.flatnonzero(codes == code) for code in range(studies)]
    if dependent:
        estimates = np.array(list(_dependent(y, v, codes, rows, draws, rho, method)))
    else:
        estimates = _independent(y, v, rows, draws, method)
    usable = estimates[np.isfinite(estimates)]
    if usable.size < 0.9 * sample:
        raise NotEstimable("in more than a tenth of the samples the model could not be fitted")
    if float(np.ptp(usable)) <= 1e-12 * float(np.abs(usable).max()):
        raise NotEstimable("every sample of studies has the same estimate")
    tail = (1.0 - level / 100.0) / 2.0
    low, high = np.quantile(usable, [tail, 1.0 - tail])
    return Bootstrap(usable, float(usable.std(ddof=1)), float(low), float(high), int(sample - usable.size))


def _independent(y: Array, v: Array, rows: list[NDArray[np.intp]], draws: NDArray[np.int64], method: str) -> Array:
    """All samples as one batch of rows padded to the longest."""
    picked = [np.concatenate([rows[code] for code in draw]) for draw in draws]
    longest = max(one.size for one in picked)
    index, used = np.zeros((len(picked), longest), dtype=np.intp), np.zeros((len(picked), longest))
    for position, one in enumerate(picked):
        index[position, : one.size], used[position, : one.size] = one, 1.0
    return fit_batch(y[index], v[index], used=used, method=method, statistics=False).b[:, 0]


def _dependent(
    y: Array,
    v: Array,
    codes: NDArray[np.intp],
    rows: list[NDArray[np.intp]],
    draws: NDArray[np.int64],
    rho: float,
    method: str,
) -> Iterator[float]:
    """One estimate a sample, NaN where no drawn study has two effects."""
    whole = fit_multilevel(y, v, np.ones((y.size, 1)), codes, rho=rho, method=method)
    start = np.maximum(whole.sigma2, 0.05 * float(v.mean()))
    used, floor = np.ones(2, dtype=bool), 1e-3 * float(v.mean())
    for draw in watched(draws, "Bootstrap of studies", len(draws)):
        picked = np.concatenate([rows[code] for code in draw])
        study = np.repeat(np.arange(draw.size), [rows[code].size for code in draw])
        try:
            likelihood = likelihood_of(y[picked], v[picked], np.ones((picked.size, 1)), study, rho=rho, method=method)
            yield float(climb(likelihood, start, used, floor)[1].b[0])
        except np.linalg.LinAlgError:
            yield float("nan")
