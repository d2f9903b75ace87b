"""Effects laid out by study: arrays (studies of one size, effects) for every size, so that small matrices are batched.

The covariance of the effects of one study is V + sum_i theta_i D_i, with V known and D_i fixed: a study's variance has
a D of ones, that of effects within studies the identity, an unstructured matrix one D for each of its entries.
`evaluate` gives the (restricted) log-likelihood of theta with its gradient and its expected information (Searle,
Casella & McCulloch 1992, Variance Components, ch. 6), for any V and any D.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """The s studies with m effects: their rows in the data (s, m), y (s, m), X (s, m, p), V (s, m, m)."""

    rows: NDArray[np.intp]
    y: Array
    X: Array
    V: Array


@dataclass(frozen=True)
class Evaluation:
    """Log-likelihood at theta, its gradient (c,), expected and observed information (c, c), coefficients b (p,) and
    their covariance vb (p, p).
    """

    ll: float
    score: Array
    information: Array
    observed: Array
    b: Array
    vb: Array


def orthonormal(X: Array) -> tuple[Array, Array]:
    """Q (k, p) = X T with orthonormal columns, and T (p, p): the coefficients of X are T times those of Q.

    A moderator far from zero (a year) leaves X'WX so close to singular that half of the digits are lost; Q'WQ keeps
    them. Raises numpy's LinAlgError where the columns of X are redundant.
    """
    if X.shape[1] == 1:
        return X, np.eye(1)
    Q, R = np.linalg.qr(X)
    if np.any(np.abs(np.diag(R)) <= 1e-13 * np.linalg.norm(R, axis=0)):
        raise np.linalg.LinAlgError("the design is singular")
    return Q, np.linalg.inv(R)


def rotated(groups: list[Group]) -> tuple[list[Group], Array]:
    """The same studies with an orthonormal design, and T (`orthonormal`)."""
    if groups[0].X.shape[2] == 1:
        return groups, np.eye(1)
    X = np.empty((sum(group.rows.size for group in groups), groups[0].X.shape[2]))
    for group in groups:
        X[group.rows] = group.X
    Q, T = orthonormal(X)
    return [replace(group, X=Q[group.rows]) for group in groups], T


def in_terms_of(found: Evaluation, T: Array) -> Evaluation:
    """What was found for the design X T, for X."""
    return found if len(T) == 1 else replace(found, b=T @ found.b, vb=T @ found.vb @ T.T)


def sampling_covariance(vi: Array, cluster: NDArray, rho: float) -> Array:
    """V (k, k): vi on the diagonal, rho sqrt(vi vj) between effects of one cluster, 0 elsewhere (metafor's vcalc)."""
    same = cluster[:, None] == cluster[None, :]
    covariance = np.where(same, rho * np.sqrt(np.outer(vi, vi)), 0.0)
    np.fill_diagonal(covariance, vi)
    return covariance


def groups_of(
    yi: Array, vi: Array, X: Array, cluster: NDArray, *, rho: float = 0.0, V: Array | None = None
) -> list[Group]:
    """Lay out effects yi, vi (k,) and their design X (k, p) by the size of their study.

    The sampling errors of one study correlate rho, or have the blocks of V (k, k); what V says of effects of different
    studies must be zero. Raises ValueError where it is not.
    """
    _, codes = np.unique(cluster, return_inverse=True)
    if V is not None and np.any((V != 0) & (codes[:, None] != codes[None, :])):
        raise ValueError("the sampling errors of effects of different studies are correlated")
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    first = np.cumsum(sizes) - sizes
    groups = []
    for m in np.unique(sizes):
        rows = order[first[sizes == m][:, None] + np.arange(m)]
        if V is not None:
            block = V[rows[:, :, None], rows[:, None, :]]
        else:
            root = np.sqrt(vi[rows])
            block = rho * root[:, :, None] * root[:, None, :]
            block[:, np.arange(m), np.arange(m)] = vi[rows]
        groups.append(Group(rows, yi[rows], X[rows], block))
    return groups


def ones_and_identity(groups: list[Group], components: tuple[str, ...] = ("study", "effect")) -> list[list[Array]]:
    """For each group, the matrices D_i (1, m, m) of the named variance components."""
    return [
        [
            (np.ones((group.y.shape[1],) * 2) if component == "study" else np.eye(group.y.shape[1]))[None]
            for component in components
        ]
        for group in groups
    ]


def covariances(groups: list[Group], matrices: list[list[Array]], theta: Array) -> list[Array]:
    """V + sum_i theta_i D_i of every study, group by group."""
    return [
        group.V + sum(value * D for value, D in zip(theta, parts, strict=True))
        for group, parts in zip(groups, matrices, strict=True)
    ]


def log_det_design(groups: list[Group]) -> float:
    """log |X'X|, which metafor's restricted likelihood contains."""
    return float(np.linalg.slogdet(sum(np.einsum("smp,smq->pq", group.X, group.X) for group in groups))[1])


def evaluate(groups: list[Group], matrices: list[list[Array]], theta: Array, restricted: bool) -> Evaluation:
    """The likelihood at theta (c,). Raises numpy's LinAlgError where a covariance is not positive definite."""
    phis = covariances(groups, matrices, theta)
    inverses, log_det = [], 0.0
    for phi in phis:
        lower = np.linalg.cholesky(phi)
        log_det += 2.0 * float(np.log(np.diagonal(lower, axis1=1, axis2=2)).sum())
        inverse = np.linalg.inv(phi)
        inverses.append(0.5 * (inverse + inverse.transpose(0, 2, 1)))
    weighted = [W @ group.X for W, group in zip(inverses, groups, strict=True)]
    xwx = sum(np.einsum("smp,smq->pq", group.X, WX) for group, WX in zip(groups, weighted, strict=True))
    vb = np.linalg.inv(xwx)
    b = vb @ sum(np.einsum("smp,sm->p", WX, group.y) for group, WX in zip(groups, weighted, strict=True))
    count, p = len(theta), len(b)
    k = sum(group.y.size for group in groups)
    squares = 0.0
    quadratic, traces, crossed = np.zeros(count), np.zeros(count), np.zeros((count, count))
    H, K = np.zeros((count, p, p)), np.zeros((count, count, p, p))
    curvature, xw = np.zeros((count, count)), np.zeros((p, count))
    for group, parts, W, WX in zip(groups, matrices, inverses, weighted, strict=True):
        residual = group.y - group.X @ b
        Wr = np.einsum("smn,sn->sm", W, residual)
        squares += float((residual * Wr).sum())
        WD = [W @ D for D in parts]
        DWX = [D @ WX for D in parts]
        pulled = np.stack([np.einsum("smn,sn->sm", np.broadcast_to(D, W.shape), Wr) for D in parts], axis=-1)
        curvature += np.einsum("smi,smn,snj->ij", pulled, W, pulled)
        xw += np.einsum("smp,smi->pi", WX, pulled)
        for i, D in enumerate(parts):
            quadratic[i] += float(np.einsum("sm,smn,sn->", Wr, np.broadcast_to(D, W.shape), Wr))
            traces[i] += float(np.trace(WD[i], axis1=1, axis2=2).sum())
            H[i] += np.einsum("smp,smq->pq", WX, DWX[i])
            for j in range(i + 1):
                crossed[i, j] += float(np.einsum("smn,snm->", WD[i], WD[j]))
                K[i, j] += np.einsum("smp,smn,snq->pq", DWX[i], W, DWX[j])
    ll = -0.5 * ((k - p * restricted) * np.log(2 * np.pi) + log_det + squares)
    if restricted:
        ll += 0.5 * log_det_design(groups) - 0.5 * float(np.linalg.slogdet(xwx)[1])
        for i in range(count):
            traces[i] -= float(np.trace(vb @ H[i]))
            for j in range(i + 1):
                crossed[i, j] += float(np.trace(vb @ H[i] @ vb @ H[j]) - 2.0 * np.trace(vb @ K[i, j]))
    crossed = crossed + np.tril(crossed, -1).T
    observed = curvature - xw.T @ vb @ xw - 0.5 * crossed
    return Evaluation(float(ll), 0.5 * (quadratic - traces), 0.5 * crossed, observed, b, vb)


def generalised_q(groups: list[Group]) -> tuple[float, Array, Array]:
    """Cochran's Q at the weights V^-1, with the coefficients and their covariance there; NaN where V is singular, as it
    is where the sampling errors of a study determine each other.
    """
    p = groups[0].X.shape[2]
    groups, T = rotated(groups)
    try:
        for group in groups:
            np.linalg.cholesky(group.V)
        inverses = [np.linalg.inv(group.V) for group in groups]
    except np.linalg.LinAlgError:
        return float("nan"), np.full(p, np.nan), np.full((p, p), np.nan)
    xwx = sum(np.einsum("smp,smn,snq->pq", g.X, W, g.X) for g, W in zip(groups, inverses, strict=True))
    vb = np.linalg.inv(xwx)
    b = vb @ sum(np.einsum("smp,smn,sn->p", g.X, W, g.y) for g, W in zip(groups, inverses, strict=True))
    residuals = [group.y - group.X @ b for group in groups]
    q = float(sum(np.einsum("sm,smn,sn->", r, W, r) for r, W in zip(residuals, inverses, strict=True)))
    return q, T @ b, T @ vb @ T.T


def typical_sampling_variance(groups: list[Group]) -> float:
    """(k - p) / tr(P), P = W - W X (X'WX)^-1 X'W, W = V^-1 (Higgins & Thompson 2002, Stat. Med. 21:1539, eq. 9).

    NaN where V is singular.
    """
    if np.isnan(generalised_q(groups)[0]):
        return float("nan")
    trace, xwx, xwwx = 0.0, 0.0, 0.0
    for group in rotated(groups)[0]:
        W = np.linalg.inv(group.V)
        WX = W @ group.X
        trace += float(np.trace(W, axis1=1, axis2=2).sum())
        xwx = xwx + np.einsum("smp,smq->pq", group.X, WX)
        xwwx = xwwx + np.einsum("smp,smq->pq", WX, WX)
    k, p = sum(group.y.size for group in groups), groups[0].X.shape[2]
    return (k - p) / (trace - float(np.trace(np.linalg.solve(np.asarray(xwx), np.asarray(xwwx)))))
