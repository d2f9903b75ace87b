"""Weighted least squares in batches: what every estimator of tau2 and every model asks of its weights.

A `Problem` holds B regressions side by side: effects and sampling variances (B, k), which rows each one uses, and the
column space of the design. With weights W = diag(w) and P = W - WX(X'WX)^-1X'W, the estimators need y'Py, y'PPy,
y'PPPy, tr(P), tr(PP) and log|X'WX| only (Viechtbauer 2005, J Educ Behav Stat 30:261, eqs 4-11), all of which depend on
the column space of X alone. So an orthonormal basis stands for X, which keeps normal equations well conditioned; with
an intercept only they are plain sums.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MANY = 2_000_000
"""Beyond so many numbers in all the P of a batch, their traces are had from sums."""


@dataclass(frozen=True)
class Moments:
    """The quantities of P for one tau2 in each of B problems; every field has shape (B,)."""

    rss: Array
    """y'Py, the weighted residual sum of squares."""
    ypp: Array
    """y'PPy."""
    yppp: Array
    """y'PPPy."""
    tr_p: Array
    tr_pp: Array
    sum_w: Array
    sum_w2: Array
    logdet: Array
    """log|Q'WQ| for the orthonormal basis Q (log|X'WX| less 2 log|R|)."""


@dataclass(frozen=True)
class Problem:
    """B weighted regressions.

    y, v: (B, k) effects and sampling variances; v must be positive in rows that are used, any positive number
    elsewhere. used: (B, k) of 0.0 and 1.0, or None when every row is used.
    basis: None for an intercept only, else orthonormal columns (k, p), or (B, k, p) when each problem has its own.
    """

    y: Array
    v: Array
    used: Array | None = None
    basis: Array | None = None

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return 1 if self.basis is None else self.basis.shape[-1]

    @cached_property
    def k(self) -> Array:
        """Rows used, (B,)."""
        if self.used is None:
            return np.full(self.y.shape[0], float(self.y.shape[1]))
        return self.used.sum(axis=1)

    @cached_property
    def extremes(self) -> tuple[Array, Array]:
        """The smallest and the largest sampling variance among the rows used, (B,) each."""
        if self.used is None:
            return self.v.min(axis=1), self.v.max(axis=1)
        used = self.used > 0
        return np.where(used, self.v, np.inf).min(axis=1), np.where(used, self.v, -np.inf).max(axis=1)

    @cached_property
    def at_zero(self) -> Moments:
        """The moments at tau2 = 0, where weights differ most."""
        return self.exact_moments(self.weights(np.zeros(self.y.shape[0])))

    def take(self, rows: NDArray[np.intp]) -> Problem:
        """The problems at these positions."""
        return Problem(
            self.y[rows],
            self.v[rows],
            None if self.used is None else self.used[rows],
            self.basis[rows] if self.basis is not None and self.basis.ndim == 3 else self.basis,
        )

    def weights(self, tau2: Array) -> Array:
        """1 / (v + tau2) in the rows used, 0 elsewhere; tau2 has shape (B,)."""
        w = 1.0 / (self.v + tau2[:, None])
        return w if self.used is None else w * self.used

    def unit_weights(self) -> Array:
        """1 in the rows used, 0 elsewhere."""
        return np.ones_like(self.y) if self.used is None else self.used

    @cached_property
    def _outer(self) -> Array:
        """Products of basis columns, (k, p*p), so that Q'WQ is one matrix product."""
        assert self.basis is not None
        return (self.basis[..., :, None] * self.basis[..., None, :]).reshape(*self.basis.shape[:-1], -1)

    def gram(self, w: Array) -> Array:
        """Q'WQ, (B, p, p)."""
        if self.basis is None:
            return w.sum(axis=1)[:, None, None]
        flat = w @ self._outer if self.basis.ndim == 2 else np.einsum("bk,bkq->bq", w, self._outer)
        return flat.reshape(-1, self.p, self.p)

    def crossprod(self, u: Array) -> Array:
        """Q'u, (B, p)."""
        if self.basis is None:
            return u.sum(axis=1)[:, None]
        if self.basis.ndim == 2:
            return u @ self.basis
        return np.einsum("bk,bkp->bp", u, self.basis)

    def expand(self, beta: Array) -> Array:
        """Q beta, (B, k)."""
        if self.basis is None:
            return beta
        if self.basis.ndim == 2:
            return beta @ self.basis.T
        return np.einsum("bp,bkp->bk", beta, self.basis)

    def coefficients(self, w: Array, u: Array) -> Array:
        """The weighted least-squares coefficients of u on the basis, (B, p)."""
        if self.basis is None:
            return (np.einsum("bk,bk->b", w, u) / w.sum(axis=1))[:, None]
        return np.linalg.solve(self.gram(w), self.crossprod(w * u)[..., None])[..., 0]

    def residuals(self, w: Array) -> Array:
        """y less its weighted fit, (B, k); meaningless in rows not used."""
        return self.y - self.expand(self.coefficients(w, self.y))

    def quadratic(self, w: Array) -> Array:
        """y'Py, (B,)."""
        r = self.residuals(w)
        return np.einsum("bk,bk,bk->b", w, r, r)

    def moments(self, w: Array, *, third: bool = True) -> Moments:
        """Everything of P at weights w; `third` False leaves y'PPPy out (as zeros).

        With `third`, which iterations ask for, tr(P) may lose a few digits to cancellation where one weight dominates:
        it only steers a step. Without, it is exact to rounding.
        """
        return self._moments_of_mean(w, third) if self.basis is None else self._moments_of_basis(w, third)

    def exact_moments(self, w: Array) -> Moments:
        """The moments, but for y'PPPy, without cancellation where one weight dominates, as a very precise study's does."""
        m = self.moments(w, third=False)
        if self.basis is None:
            # Where one weight dominates, what is left of the sums is rounding.
            rows = np.flatnonzero(m.tr_pp < 1e-2 * m.sum_w2)
            m.tr_pp[rows] = _trace_of_mean_squared(w[rows], m.sum_w[rows])
            return m
        if w.size * w.shape[1] > _MANY:
            return m
        root = np.sqrt(w)
        U = root[:, :, None] * np.broadcast_to(self.basis, (*w.shape, self.p))
        try:
            # Twice, as the first time leaves what the condition of the weights costs (Yamamoto et al. 2015, ETNA 44:306).
            for _ in range(2):
                lower = np.linalg.cholesky(np.einsum("bkp,bkq->bpq", U, U))
                U = np.swapaxes(np.linalg.solve(lower, np.swapaxes(U, 1, 2)), 1, 2)
        except np.linalg.LinAlgError:
            return m
        u = root * (root * self.y - np.einsum("bkp,bp->bk", U, np.einsum("bkp,bk->bp", U, root * self.y)))
        rest = 1.0 - np.einsum("bkp,bkp->bk", U, U)
        apart = np.einsum("bip,bjp->bij", U, U) ** 2
        index = np.arange(w.shape[1])
        apart[:, index, index] = rest**2
        return replace(
            m,
            rss=np.einsum("bk,bk->b", u, np.divide(u, w, out=np.zeros_like(u), where=w > 0)),
            ypp=np.einsum("bk,bk->b", u, u),
            tr_p=np.einsum("bk,bk->b", w, rest),
            tr_pp=np.einsum("bi,bij,bj->b", w, apart, w),
        )

    def _moments_of_mean(self, w: Array, third: bool) -> Moments:
        sum_w = w.sum(axis=1)
        sum_w2 = np.einsum("bk,bk->b", w, w)
        u = self.y - (np.einsum("bk,bk->b", w, self.y) / sum_w)[:, None]
        rss = np.einsum("bk,bk,bk->b", w, u, u)
        u *= w
        ypp = np.einsum("bk,bk->b", u, u)
        yppp = np.zeros_like(ypp)
        if third:
            # u'Pu with u = Py: sum w u^2 - (sum w u)^2 / sum w
            yppp = np.einsum("bk,bk,bk->b", w, u, u) - np.einsum("bk,bk->b", w, u) ** 2 / sum_w
        return Moments(
            rss=rss,
            ypp=ypp,
            yppp=yppp,
            tr_p=sum_w - sum_w2 / sum_w if third else _trace_of_mean(w, sum_w, sum_w2),
            tr_pp=sum_w2 - 2.0 * np.einsum("bk,bk,bk->b", w, w, w) / sum_w + (sum_w2 / sum_w) ** 2,
            sum_w=sum_w,
            sum_w2=sum_w2,
            logdet=np.log(sum_w),
        )

    def _moments_of_basis(self, w: Array, third: bool) -> Moments:
        a = self.gram(w)
        inverse = np.linalg.inv(a)
        w2 = w * w
        r = self.y - self.expand(np.einsum("bpq,bq->bp", inverse, self.crossprod(w * self.y)))
        u = w * r
        if third:
            s = u - self.expand(np.einsum("bpq,bq->bp", inverse, self.crossprod(w * u)))
            yppp = np.einsum("bk,bk,bk->b", w, s, u)
        else:
            yppp = np.zeros(w.shape[0])
        a2 = inverse @ self.gram(w2)
        sum_w, sum_w2 = w.sum(axis=1), w2.sum(axis=1)
        return Moments(
            rss=np.einsum("bk,bk->b", u, r),
            ypp=np.einsum("bk,bk->b", u, u),
            yppp=yppp,
            tr_p=sum_w - np.einsum("bpp->b", a2),
            tr_pp=sum_w2 - 2.0 * np.einsum("bpq,bqp->b", inverse, self.gram(w2 * w)) + np.einsum("bpq,bqp->b", a2, a2),
            sum_w=sum_w,
            sum_w2=sum_w2,
            logdet=np.linalg.slogdet(a)[1],
        )

    def matrix(self, w: Array) -> Array:
        """P itself, (B, k, k), for the few formulas that need it whole."""
        if self.basis is None:
            return (
                np.einsum("bi,ij->bij", w, np.eye(w.shape[1]))
                - w[:, :, None] * w[:, None, :] / w.sum(axis=1)[:, None, None]
            )
        q = np.broadcast_to(self.basis, (w.shape[0], *self.basis.shape[-2:]))
        wq = w[:, :, None] * q
        return np.einsum("bi,ij->bij", w, np.eye(w.shape[1])) - wq @ np.linalg.solve(
            self.gram(w), np.swapaxes(wq, 1, 2)
        )


def _trace_of_mean(w: Array, sum_w: Array, sum_w2: Array) -> Array:
    """tr(P) = sum w - sum w^2 / sum w, or where one weight dominates 2 sum_{i<j} w_i w_j / sum w, which cancels nothing."""
    trace = sum_w - sum_w2 / sum_w
    rows = np.flatnonzero(trace < 0.25 * sum_w)
    if rows.size:
        some = w[rows]
        trace[rows] = 2.0 * np.einsum("bk,bk->b", some, np.cumsum(some, axis=1) - some) / sum_w[rows]
    return trace


def orthonormal_basis(x: Array) -> tuple[Array, Array]:
    """X = Q R with columns scaled first; returns (Q, R) with R (p, p). Raises no error when X is singular: see
    `redundant`.
    """
    scale = np.sqrt((x * x).sum(axis=-2))
    scale = np.where(scale > 0, scale, 1.0)
    q, r = np.linalg.qr(x / scale[..., None, :])
    return q, r * scale[..., None, :]


def redundant(x: Array, tolerance: float = 1e-9) -> list[int]:
    """Columns of a design (k, p) that are linear combinations of those before them, as positions."""
    scale = np.sqrt((x * x).sum(axis=0))
    extra: list[int] = []
    kept = np.empty((x.shape[0], 0))
    for j in range(x.shape[1]):
        column = x[:, j] / scale[j] if scale[j] > 0 else x[:, j]
        rest = column - kept @ (kept.T @ column)
        rest = rest - kept @ (kept.T @ rest)
        size = np.sqrt(rest @ rest)
        if size < tolerance:
            extra.append(j)
        else:
            kept = np.column_stack([kept, rest / size])
    return extra


def _trace_of_mean_squared(w: Array, sum_w: Array) -> Array:
    """tr(PP) = sum_i w_i^2 ((sum of the others)^2 + sum of the others' squares) / (sum w)^2, without cancellation."""
    w2 = w * w
    return np.einsum("bk,bk->b", w2, _others(w) ** 2 + _others(w2)) / sum_w**2


def _others(values: Array) -> Array:
    """For each place, the sum of all other places (B, k)."""
    before = np.zeros_like(values)
    after = np.zeros_like(values)
    before[:, 1:] = np.cumsum(values[:, :-1], axis=1)
    after[:, :-1] = np.cumsum(values[:, :0:-1], axis=1)[:, ::-1]
    return before + after
