"""Trim and fill (Duval & Tweedie 2000, Biometrics 56:455, and JASA 95:89), estimators L0, R0 and Q0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.model import Fit, NotEstimable, fit
from prismake.synthesis.regression_test import regression_test

Array = NDArray[np.float64]

ESTIMATORS = ("L0", "R0", "Q0")


@dataclass(frozen=True)
class TrimAndFill:
    """k0 effects estimated to be missing on `side`, the filled effects, and the model of all with the filled ones.

    se_k0 is None where it cannot be had; p_k0 (R0 only) tests that none is missing.
    """

    side: str
    estimator: str
    k0: int
    se_k0: float | None
    p_k0: float | None
    filled_yi: Array
    filled_vi: Array
    fit: Fit


def trim_and_fill(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    side: str | None = None,
    estimator: str = "L0",
    method: str = "REML",
    test: str = "z",
    level: float = 95.0,
    most: int = 100,
) -> TrimAndFill:
    """Estimate how many effects are missing on one side of the funnel, fill them in, and fit again.

    side: the side on which effects are missing, left or right; None takes the one that the regression test points to.
    Raises NotEstimable where the data cannot carry it, or the number missing does not settle in `most` rounds.
    """
    if estimator not in ESTIMATORS:
        raise ValueError(f"unknown estimator {estimator!r}; known: {', '.join(ESTIMATORS)}")
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if side is None:
        slope = regression_test(y, v, model="rma", predictor="sei", method=method).slope
        side = "right" if slope < 0 else "left"
    if side not in ("left", "right"):
        raise ValueError(f"unknown side {side!r}; known: left, right")
    flip = -1.0 if side == "right" else 1.0
    order = np.argsort(flip * y, kind="stable")
    y, v = flip * y[order], v[order]
    k = y.size
    k0, before, rounds = 0, -1, 0
    while abs(k0 - before) > 0:
        before, rounds = k0, rounds + 1
        if rounds > most:
            raise NotEstimable("the number of missing effects does not settle")
        kept = k - k0
        beta = float(fit(y[:kept], v[:kept], method=method).b[0])
        centred = y - beta
        ranks = _ranks(np.abs(centred))
        signed = np.sign(centred) * ranks
        k0, se_k0, p_k0 = _missing(signed, k, estimator)
    beta_final, filled_y, filled_v = beta, np.empty(0), np.empty(0)
    if k0 > 0:
        filled_y, filled_v = 2.0 * beta_final - y[k - k0 :], v[k - k0 :]
    everything = np.concatenate([y, filled_y])
    fitted = fit(flip * everything, np.concatenate([v, filled_v]), method=method, test=test, level=level)
    return TrimAndFill(side, estimator, k0, se_k0, p_k0, flip * filled_y, filled_v, fitted)


def _ranks(values: Array) -> Array:
    """Ranks from 1, ties in the order of the data."""
    ranks = np.empty(values.size)
    ranks[np.argsort(values, kind="stable")] = np.arange(1, values.size + 1)
    return ranks


def _missing(signed: Array, k: int, estimator: str) -> tuple[int, float | None, float | None]:
    """(k0, its standard error, p of none missing) from the signed ranks."""
    if estimator == "R0":
        # The run of largest ranks on the right, after the last one on the left.
        last_left = np.abs(signed[signed < 0]).max() if (signed < 0).any() else 0.0
        k0 = max(0, int(k - last_left) - 1)
        return k0, float(np.sqrt(2.0 * k0 + 2.0)), 0.5 ** (k0 + 1)
    s_plus = float(signed[signed > 0].sum())
    if estimator == "L0":
        raw = (4 * s_plus - k * (k + 1)) / (2 * k - 1)
        variance = 16 * _variance_of_ranks(k, raw) / (2 * k - 1) ** 2
    else:
        under = 2 * k**2 - 4 * s_plus + 0.25
        if under < 0:
            raise NotEstimable("the estimator Q0 is not defined here: its square root is of a negative number")
        raw = float(k - 0.5 - np.sqrt(under))
        spread = (k - 0.5) ** 2 - raw * (2 * k - raw - 1)
        variance = 4 * _variance_of_ranks(k, raw) / spread if spread > 0 else -1.0
    return max(0, int(np.round(raw))), float(np.sqrt(variance)) if variance >= 0 else None, None


def _variance_of_ranks(k: int, k0: float) -> float:
    """Variance of the Wilcoxon sum with k0 missing (Duval & Tweedie 2000), at the estimate before it is rounded."""
    return (
        k * (k + 1) * (2 * k + 1) + 10 * k0**3 + 27 * k0**2 + 17 * k0 - 18 * k * k0**2 - 18 * k * k0 + 6 * k**2 * k0
    ) / 24
