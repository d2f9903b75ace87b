"""Case diagnostics: leave-one-out, influence, standardised residuals, Baujat, cumulative.

All of them refit the model with some rows left out; the refits are one batch. Definitions as in Viechtbauer & Cheung
(2010), Res Synth Methods 1:112, and metafor's `influence`, `leave1out`, `rstandard`, `baujat`, `cumul`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtr

from prismake.synthesis.model import Fit, NotEstimable, fit, fit_batch, refuse_unfit
from prismake.synthesis.projection import orthonormal_basis

Array = NDArray[np.float64]


def leave_one_out(
    yi: ArrayLike,
    vi: ArrayLike,
    x: Array | None = None,
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 95.0,
    groups: ArrayLike | None = None,
) -> Fit:
    """k models, the i-th without row i; with `groups` (k,), one model for each group left out, in sorted order."""
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if groups is None:
        used = 1.0 - np.eye(y.size)
    else:
        labels = np.asarray(groups)
        used = (np.unique(labels)[:, None] != labels[None, :]).astype(float)
    return fit_batch(y, v, x, used=used, method=method, test=test, level=level, statistics=False)


@dataclass(frozen=True)
class Influence:
    """Diagnostics of each of k rows, (k,); dfbs (k, p). Rows without which the model cannot be fitted have NaN."""

    rstudent: Array
    dffits: Array
    cook_d: Array
    cov_r: Array
    tau2_del: Array
    QE_del: Array
    hat: Array
    weight: Array
    dfbs: Array
    flagged: NDArray[np.bool_]


def influence(
    yi: ArrayLike, vi: ArrayLike, x: Array | None = None, *, method: str = "REML", test: str = "z"
) -> Influence:
    """Influence diagnostics of every row. `weight` is in percent.

    A row is flagged when |dffits| > 3 sqrt(p / (k - p)), the chi-squared tail of Cook's distance is beyond one half,
    hat > 3 p / k, or any |dfbs| > 1. Raises NotEstimable when the model of all rows cannot be fitted.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    k = y.size
    design = np.ones((k, 1)) if x is None else np.asarray(x, dtype=float)
    p = design.shape[1]
    # All but dfbs are the same for every basis of the design; an orthonormal one keeps their differences exact.
    basis, r = orthonormal_basis(design)
    refuse_unfit(y, v, x, method)
    if x is None:
        basis, r = design, np.ones((1, 1))
    if k <= p:
        raise NotEstimable(f"without one of {k} effects, {p} coefficient(s) cannot be estimated")
    full = fit(y, v, basis, method=method, test=test)
    without = leave_one_out(y, v, basis, method=method, test=test)
    with np.errstate(invalid="ignore", divide="ignore"):
        w = 1.0 / (v + full.tau2)
        hat = _hat(design, w)
        change = full.b[None, :] - without.b
        predicted_without = np.einsum("kp,kp->k", basis, without.b)
        variance_without = np.einsum("kp,kpq,kq->k", basis, without.vb, basis)
        between = v + without.tau2
        rstudent = (y - predicted_without) / np.sqrt(between + variance_without)
        dffits = np.einsum("kp,kp->k", basis, change) / np.sqrt(hat * between)
        cook = np.einsum("kp,pq,kq->k", change, np.linalg.inv(full.vb), change)
        # A determinant of a badly scaled covariance needs no care: only the ratio counts.
        cov_r = np.exp(np.linalg.slogdet(without.vb)[1] - np.linalg.slogdet(full.vb)[1])
        w_del = 1.0 / (v[None, :] + without.tau2[:, None])
        inverse_r = np.linalg.inv(r)
        vb_del = inverse_r @ np.linalg.inv(np.einsum("kp,ik,kq->ipq", basis, w_del, basis)) @ inverse_r.T
        if test in ("knha", "adhoc"):
            vb_del = vb_del * without.s2w[:, None, None]
        dfbs = change @ inverse_r.T / np.sqrt(np.diagonal(vb_del, axis1=1, axis2=2))
        flagged = (
            (np.abs(dffits) > 3 * np.sqrt(p / (k - p)))
            | (chdtr(p, cook) > 0.5)
            | (hat > 3 * p / k)
            | (np.abs(dfbs) > 1).any(axis=1)
        )
    return Influence(rstudent, dffits, cook, cov_r, without.tau2, without.QE, hat, 100.0 * w / w.sum(), dfbs, flagged)


def _hat(design: Array, w: Array) -> Array:
    """The diagonal of X(X'WX)^-1X'W."""
    q, _ = np.linalg.qr(np.sqrt(w)[:, None] * design)
    return (q * q).sum(axis=1)


@dataclass(frozen=True)
class Residuals:
    """Residuals, their standard errors, and their ratio, (k,)."""

    resid: Array
    se: Array
    z: Array


def standardised_residuals(yi: ArrayLike, vi: ArrayLike, x: Array | None = None, *, method: str = "REML") -> Residuals:
    """Internally standardised residuals, metafor's `rstandard`: se from (I - H)(V + tau2)(I - H)'."""
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    design = np.ones((y.size, 1)) if x is None else np.asarray(x, dtype=float)
    full = fit(y, v, x, method=method)
    total = v + full.tau2
    # With the model's own weights (I - H)M(I - H)' is M - X(X'WX)^-1X'.
    se = np.sqrt(total * (1.0 - _hat(design, 1.0 / total)))
    resid = y - design @ full.b
    return Residuals(resid, se, resid / se)


@dataclass(frozen=True)
class Baujat:
    """x: contribution of each row to the residual heterogeneity; y: its influence on the fitted value, (k,) each."""

    x: Array
    y: Array


def baujat(yi: ArrayLike, vi: ArrayLike, x: Array | None = None, *, method: str = "EE") -> Baujat:
    """The coordinates of a Baujat plot (Baujat et al. 2002, Stat Med 21:2641)."""
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    design = np.ones((y.size, 1)) if x is None else np.asarray(x, dtype=float)
    full = fit(y, v, x, method=method)
    without = leave_one_out(y, v, x, method=method)
    fitted = design @ full.b
    moved = fitted - np.einsum("kp,kp->k", design, without.b)
    variance = np.einsum("kp,kpq,kq->k", design, without.vb, design)
    return Baujat((y - fitted) ** 2 / (v + full.tau2), moved**2 / variance)


def cumulative(
    yi: ArrayLike,
    vi: ArrayLike,
    order: ArrayLike | None = None,
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 95.0,
) -> tuple[NDArray[np.intp], Fit]:
    """Models of the first 1, 2, ..., k rows in ascending `order` (ties as given): (positions in that order, k models).

    The first has one effect, for which tau2 is taken as 0 (as metafor does).
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    positions = np.arange(y.size) if order is None else np.argsort(np.asarray(order), kind="stable")
    used = np.tril(np.ones((y.size, y.size)))
    y, v = y[positions], v[positions]
    models = fit_batch(y, v, used=used, method=method, test=test, level=level)
    return positions, models
