"""The equal-, fixed- and random-effects model, with or without moderators, one at a time or in batches.

`fit` is metafor's `rma.uni`: same names, same defaults (REML, z test, 95 %), same omnibus test of all coefficients but
the intercept. `fit_batch` fits B models at once as arrays; `fit` is its first row, or the same to rounding by a shorter
way (`single.py`).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.messages.progress import watched
from prismake.synthesis.distributions import critical, two_sided_p, upper_chi2, upper_f
from prismake.synthesis.fitted import Fit, FitStats, NotEstimable, joined, spread
from prismake.synthesis.likelihood import log_likelihoods
from prismake.synthesis.projection import Problem, orthonormal_basis, redundant
from prismake.synthesis.single import Mean, fit_mean
from prismake.synthesis.tau2 import EQUAL, METHODS, WEIGHTED, estimate_tau2

Array = NDArray[np.float64]

TESTS = ("z", "t", "knha", "adhoc")
# Numbers in one array of a batch: half a megabyte stays in the cache, and that is three times as fast as one large
# array.
_CHUNK = 60_000
# Below this share of the weighted squares of the effects, the squares of the residuals are rounding.
_ROUNDING = 1e-26


def fit(
    yi: ArrayLike,
    vi: ArrayLike,
    x: ArrayLike | None = None,
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 95.0,
    weights: ArrayLike | None = None,
    tau2: float | None = None,
) -> Fit:
    """Fit one model to effects yi (k,) with sampling variances vi (k,).

    x: the design matrix (k, p) with its intercept column, None for an intercept only. weights: for GENQ and GENQM,
    default 1 / vi. tau2: fix the between-study variance instead of estimating it. Raises NotEstimable, with the
    reason, where the data cannot carry the model, ValueError for an unknown method or test.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    design = None if x is None else np.asarray(x, dtype=float)
    refuse_unfit(y, v, design, method)
    if test != "z" and design is not None and 1 < design.shape[1] == y.size:
        raise NotEstimable(
            f"{y.size} effects and {y.size} coefficients leave no degrees of freedom for the test {test}"
        )
    if design is None and tau2 is None and test in TESTS:
        alone = fit_mean(y, v, method)
        if alone is not None and not (test == "knha" and alone.rss <= _ROUNDING * alone.squares):
            return _of_mean(alone, y.size, method, test, level)
    own = None if weights is None else np.asarray(weights, dtype=float)[None, :]
    fixed = None if tau2 is None else np.array([float(tau2)])
    fitted = fit_batch(
        y[None, :], v[None, :], design, method=method, test=test, level=level, weights=own, tau2=fixed
    ).row(0)
    if np.isnan(fitted.se).any() and test == "knha" and fitted.QE_df > 0:
        raise NotEstimable("the effects do not vary around the model, so Knapp and Hartung's standard error is zero")
    return fitted


def _of_mean(mean: Mean, k: int, method: str, test: str, level: float) -> Fit:
    """The whole model of a mean: tests, intervals, heterogeneity and fit statistics."""
    df = float(k - 1)
    s2w = 1.0 if test in ("z", "t") else max(mean.s2w, 1.0) if test == "adhoc" else mean.s2w
    vb = mean.vb * s2w
    se = float(np.sqrt(vb))
    test_df = None if test == "z" else df
    statistic, half = mean.b / se, float(critical(level, test_df)) * se
    pval = _one(two_sided_p(statistic, test_df))
    vt = df / mean.tr_p
    if method in EQUAL:
        i2, h2 = max(0.0, 100.0 * (mean.QE - df) / mean.QE) if mean.QE > 0 else 0.0, mean.QE / df
    else:
        i2, h2 = 100.0 * mean.tau2 / (vt + mean.tau2), mean.tau2 / vt + 1.0
    count = 1 if method in EQUAL else 2
    return Fit(
        method=method, test=test, level=level, k=_one(k), p=1, b=np.array([mean.b]), vb=np.array([[vb]]),
        se=np.array([se]), statistic=np.array([statistic]), df=_one(np.nan if test_df is None else df),
        pval=np.array([pval]), ci_lb=np.array([mean.b - half]), ci_ub=np.array([mean.b + half]),
        tau2=_one(mean.tau2), se_tau2=_one(mean.se_tau2), QE=_one(mean.QE), QE_df=_one(df),
        QEp=_one(upper_chi2(mean.QE, df)), QM=_one(mean.b**2 / vb), QM_df=1.0, QMp=pval, vt=_one(vt),
        I2=_one(i2), H2=_one(h2), s2w=_one(s2w),
        ml=_criteria(mean.ml, -2 * (mean.ml - mean.saturated), k, count),
        reml=_criteria(mean.reml, -2 * mean.reml, k - 1, count),
    )  # fmt: skip


def _one(value: Any) -> Any:
    """The number of one model, where a batch has an array."""
    return np.float64(value)


def _criteria(ll: float, deviance: float, n: int, parameters: int) -> FitStats:
    rows = max(n, parameters + 2)
    penalty = 2.0 * parameters * rows / (rows - parameters - 1)
    parts = (ll, deviance, -2 * ll + 2 * parameters, -2 * ll + parameters * math.log(n), -2 * ll + penalty)
    return FitStats(*(_one(part) for part in parts))


def refuse_unfit(y: Array, v: Array, x: Array | None, method: str) -> None:
    """Raise NotEstimable when these data cannot carry the model."""
    k, p = y.size, 1 if x is None else x.shape[1]
    if k == 0:
        raise NotEstimable("there are no effects to pool")
    if not (np.isfinite(y).all() and np.isfinite(v).all()):
        raise NotEstimable("an effect or a sampling variance is missing or not finite")
    if (v <= 0).any():
        raise NotEstimable("a sampling variance is zero or negative")
    if x is not None:
        if not np.isfinite(x).all():
            raise NotEstimable("a moderator has missing values")
        if k < p:
            raise NotEstimable(f"{k} effects cannot carry {p} coefficients")
        if redundant(x):
            raise NotEstimable("the moderators are redundant (the design matrix is singular)")
    if k == p and method not in EQUAL:
        what = "one effect" if p == 1 else f"{k} effects and {p} coefficients"
        raise NotEstimable(f"with {what} the between-study variance cannot be estimated")


def fit_batch(
    y: Array,
    v: Array,
    x: Array | None = None,
    *,
    used: Array | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 95.0,
    weights: Array | None = None,
    tau2: Array | None = None,
    statistics: bool = True,
) -> Fit:
    """Fit B models at once: y, v (B, k) or (k,) for all, x None, (k, p) or (B, k, p), used (B, k) the rows of each
    model.

    Nothing is refused: a model that its rows cannot carry has NaN in every field that cannot be had. Columns without an
    intercept are allowed; the omnibus test then covers every coefficient. statistics: False leaves the fit statistics
    out (NaN), which saves a tenth of the time.
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; known: {', '.join(METHODS)}")
    if test not in TESTS:
        raise ValueError(f"unknown test {test!r}; known: {', '.join(TESTS)}")
    size = max((a.shape[0] for a, n in ((y, 2), (v, 2), (used, 2), (x, 3)) if a is not None and a.ndim == n), default=1)
    k = y.shape[-1]
    step = max(1, _CHUNK // k)
    if size <= step:
        return _fit_chunk(y, v, x, used, size, method, test, level, weights, tau2, statistics)
    parts = []
    for first in watched(range(0, size, step), "Fitting models"):
        rows = slice(first, min(first + step, size))

        def some(values: Any, of_batch: int, rows: slice = rows) -> Any:
            return values[rows] if values is not None and values.ndim == of_batch else values

        part = (some(y, 2), some(v, 2), some(x, 3), some(used, 2), rows.stop - rows.start)
        parts.append(_fit_chunk(*part, method, test, level, some(weights, 2), some(tau2, 1), statistics))
    return joined(parts)


def _problem(
    y: Array, v: Array, x: Array | None, used: Array | None, size: int
) -> tuple[Problem, Array, NDArray[np.bool_]]:
    """The problem, R of X = QR (or ones), and which problems have a design of full rank."""
    k = y.shape[-1]
    y = np.broadcast_to(y, (size, k))
    v = np.broadcast_to(v, (size, k))
    if used is not None:
        used = np.broadcast_to(np.asarray(used, dtype=float), (size, k))
        v = np.where(used > 0, v, 1.0)
        y = np.where(used > 0, y, 0.0)
    counts = np.full(size, k) if used is None else used.sum(axis=1)
    if x is None:
        return Problem(y, v, used), np.ones((1, 1)), counts >= 1
    if x.shape[-1] == 1 and np.all(x == 1):
        return Problem(y, v, used), np.ones((1, 1)), counts >= 1
    basis, r = orthonormal_basis(x)
    problem = Problem(y, v, used, basis)
    gram = problem.gram(problem.unit_weights())
    with np.errstate(all="ignore"):
        smallest = np.linalg.eigvalsh(gram)[:, 0]
    diagonal = np.abs(np.diagonal(r, axis1=-2, axis2=-1)) / np.maximum(np.sqrt((r * r).sum(axis=-2)), 1e-300)
    full = (smallest > 1e-10) & np.all(diagonal > 1e-9, axis=-1)
    return problem, r, full


def _fit_chunk(
    y: Array,
    v: Array,
    x: Array | None,
    used: Array | None,
    size: int,
    method: str,
    test: str,
    level: float,
    weights: Array | None,
    tau2: Array | None,
    statistics: bool,
) -> Fit:
    problem, r, full = _problem(y, v, x, used, size)
    if full.all():
        return _fit_full(problem, r, x, method, test, level, weights, tau2, statistics)
    rows = np.flatnonzero(full)
    part = _fit_full(
        problem.take(rows),
        r[rows] if r.ndim == 3 else r,
        x[rows] if x is not None and x.ndim == 3 else x,
        method,
        test,
        level,
        weights[rows] if weights is not None and weights.shape[0] > 1 else weights,
        None if tau2 is None else tau2[rows],
        statistics,
    )
    return spread(part, rows, problem.k)


def _fit_full(
    problem: Problem,
    r: Array,
    x: Array | None,
    method: str,
    test: str,
    level: float,
    weights: Array | None,
    tau2: Array | None,
    statistics: bool,
) -> Fit:
    with np.errstate(divide="ignore", invalid="ignore"):
        if tau2 is None:
            found = estimate_tau2(problem, method, weights)
            # One effect alone is its own estimate (metafor): a batch may well shrink to it, `fit` refuses it.
            between, se_tau2 = np.where((problem.k == 1) & (problem.p == 1), 0.0, found.value), found.se
        else:
            between, se_tau2 = np.asarray(tau2, dtype=float), np.full(len(tau2), np.nan)
        df = problem.k - problem.p
        w = problem.weights(between)
        beta, covariance = _estimate(problem, w, between, method, weights)
        inverse_r = np.linalg.inv(r)
        b = np.einsum("...pq,bq->bp", inverse_r, beta) if r.ndim == 2 else np.einsum("bpq,bq->bp", inverse_r, beta)
        vb = inverse_r @ covariance @ np.swapaxes(inverse_r, -1, -2)
        s2w = np.ones(df.shape) if test in ("z", "t") else problem.quadratic(w) / df
        if test == "adhoc":
            s2w = np.maximum(s2w, 1.0)
        elif test == "knha":
            # Residuals that are rounding would give a standard error of zero and a p-value of zero.
            s2w = np.where(s2w * df <= _ROUNDING * (w * problem.y * problem.y).sum(axis=1), np.nan, s2w)
        s2w = np.where((problem.k == 1) & (problem.p == 1), 1.0, s2w)
        vb = vb * s2w[:, None, None]
        se = np.sqrt(np.diagonal(vb, axis1=1, axis2=2))
        statistic = b / se
        alone = (problem.k == 1) & (problem.p == 1)
        test_df = None if test == "z" else np.where(df > 0, df, np.where(alone, np.inf, np.nan))
        column = None if test_df is None else test_df[:, None]
        half = critical(level, column) * se
        qe, tr_p = _heterogeneity(problem)
        vt, i2, h2 = _inconsistency(qe, tr_p, df, between, method)
        pval = two_sided_p(statistic, column)
        qm, qm_df, qmp = _omnibus((b, vb), (beta, covariance * s2w[:, None, None]), x, test_df, pval)
        ml, reml = _fit_stats(problem, between, method, tau2 is not None, beta, statistics)
        return Fit(
            method=method, test=test, level=level, k=problem.k, p=problem.p, b=b, vb=vb, se=se, statistic=statistic,
            df=np.full(df.shape, np.nan) if test_df is None else test_df, pval=pval,
            ci_lb=b - half, ci_ub=b + half, tau2=between, se_tau2=se_tau2, QE=qe, QE_df=df, QEp=_qe_p(qe, df),
            QM=qm, QM_df=qm_df, QMp=qmp, vt=vt, I2=i2, H2=h2, s2w=s2w, ml=ml, reml=reml,
        )  # fmt: skip


def _qe_p(qe: Array, df: Array) -> Array:
    """P of Cochran's Q; 1 where nothing is left to test, as metafor has it."""
    return np.where(df > 0, upper_chi2(qe, np.where(df > 0, df, 1.0)), 1.0)


def _estimate(problem: Problem, w: Array, tau2: Array, method: str, weights: Array | None) -> tuple[Array, Array]:
    """Coefficients on the basis and their covariance."""
    if method not in WEIGHTED:
        gram = problem.gram(w)
        covariance: Array = 1.0 / gram if problem.p == 1 else np.asarray(np.linalg.inv(gram))
        return problem.coefficients(w, problem.y), covariance
    a = problem.weights(np.zeros_like(tau2)) if weights is None else weights * problem.unit_weights()
    inverse = np.linalg.inv(problem.gram(a))
    meat = problem.gram(a * a * (problem.v + tau2[:, None]))
    return problem.coefficients(a, problem.y), inverse @ meat @ inverse


def _heterogeneity(problem: Problem) -> tuple[Array, Array]:
    """Cochran's Q at the weights 1/v, and the trace of P there."""
    return problem.at_zero.rss, problem.at_zero.tr_p


def _inconsistency(qe: Array, tr_p: Array, df: Array, tau2: Array, method: str) -> tuple[Array, Array, Array]:
    """The typical sampling variance, I2 in percent, and H2."""
    vt = df / tr_p
    if method in EQUAL:
        i2 = np.where(df > 0, np.maximum(0.0, 100.0 * (qe - df) / np.where(qe > 0, qe, 1.0)), 0.0)
        return vt, i2, np.where(df > 0, qe / df, 1.0)
    return (
        vt,
        np.where(tau2 > 0, 100.0 * tau2 / (vt + tau2), 0.0 * tau2),
        np.where(tau2 > 0, tau2 / vt + 1.0, 1.0 + 0.0 * tau2),
    )


def _omnibus(
    plain: tuple[Array, Array], on_basis: tuple[Array, Array], x: Array | None, df: Array | None, pval: Array
) -> tuple[Array, float, Array]:
    """The Wald test of all coefficients but the intercept's (all, where there is no intercept or nothing else).

    plain, on_basis: coefficients (B, p) and covariance (B, p, p), of the design and of its orthonormal basis.
    """
    b, vb = plain
    p = b.shape[1]
    tested = list(range(p))
    if x is not None and p > 1:
        constant = [j for j in range(p) if np.all(x[..., j] == 1)]
        tested = [j for j in tested if j not in constant[:1]]
    if p == 1:
        return b[:, 0] ** 2 / vb[:, 0, 0], 1.0, pval[:, 0]
    if tested == list(range(p - len(tested), p)):
        # X = QR with R triangular: the last coefficients are zero where those of the basis are, which is better
        # conditioned.
        b, vb = on_basis
    block = vb[:, tested][:, :, tested]
    try:
        solved = np.linalg.solve(block, b[:, tested][..., None])[..., 0]
    except np.linalg.LinAlgError:
        # One of the covariances of a batch has run under; the others have theirs.
        solved = (np.linalg.pinv(np.nan_to_num(block)) @ b[:, tested][..., None])[..., 0]
    qm = np.einsum("bp,bp->b", b[:, tested], solved)
    m = float(len(tested))
    if df is None:
        return qm, m, upper_chi2(qm, np.full(qm.shape, m))
    return qm / m, m, upper_f(qm / m, m, df)


def _fit_stats(
    problem: Problem, tau2: Array, method: str, fixed: bool, beta: Array, statistics: bool
) -> tuple[FitStats, FitStats]:
    """ML and REML log-likelihoods with deviance, AIC, BIC, AICc; tau2 counts as a parameter unless equal effects or
    fixed.
    """
    if not statistics:
        nothing = FitStats(*(np.full(tau2.shape, np.nan) for _ in range(5)))
        return nothing, nothing
    ml, reml, saturated = log_likelihoods(problem, tau2, beta if method in WEIGHTED else None)
    parameters = problem.p + (0 if method in EQUAL or fixed else 1)

    def criteria(ll: Array, deviance: Array, n: Array) -> FitStats:
        rows = np.maximum(n, parameters + 2)
        penalty = 2.0 * parameters * rows / (rows - parameters - 1)
        return FitStats(ll, deviance, -2 * ll + 2 * parameters, -2 * ll + parameters * np.log(n), -2 * ll + penalty)

    return criteria(ml, -2 * (ml - saturated), problem.k), criteria(reml, -2 * reml, problem.k - problem.p)
