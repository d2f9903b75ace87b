"""Three-level models: effects within studies, with known sampling (co)variances.

y = X b + u_study + w_effect + e, u ~ N(0, sigma2_1), w ~ N(0, sigma2_2), e ~ N(0, V): metafor's
`rma.mv(yi, V, random = ~ 1 | study/effect)` (Konstantopoulos 2011, Res. Synth. Methods 2:61-76). With V diagonal it is
the three-level model; with V compound-symmetric within studies for an assumed rho, the correlated and hierarchical
effects model CHE (Pustejovsky & Tipton 2022, Prev. Sci. 23:425-438).

Everything is done study by study on blocks padded to the largest study, so that a fit costs a few batched small
inversions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_LARGEST_STEPS = 200


@dataclass(frozen=True)
class Multilevel:
    """A fitted model: b (p,), vb (p, p), sigma2 (2,) of studies and of effects within them, log-likelihood, Q and its
    df.

    `score` is the gradient of the log-likelihood at sigma2: zero where a component is positive, not positive where it
    is 0.
    """

    b: Array
    vb: Array
    sigma2: Array
    ll: float
    QE: float
    QE_df: int
    k: int
    score: Array


@dataclass(frozen=True)
class Blocks:
    """Data by study: y (s, m), X (s, m, p), V (s, m, m), mask (s, m); padding has y, X = 0 and V = identity."""

    y: Array
    X: Array
    V: Array
    mask: Array
    k: int
    log_det_xx: float


def sampling_covariance(vi: Array, cluster: NDArray, rho: float) -> Array:
    """V (k, k): vi on the diagonal, rho sqrt(vi vj) between effects of one cluster, 0 elsewhere (metafor's vcalc)."""
    same = cluster[:, None] == cluster[None, :]
    covariance = np.where(same, rho * np.sqrt(np.outer(vi, vi)), 0.0)
    np.fill_diagonal(covariance, vi)
    return covariance


def blocks_of(yi: Array, vi: Array, X: Array, cluster: NDArray, rho: float) -> Blocks:
    """Effects (k,) with their design (k, p) laid out by study; rho correlates the sampling errors within a study."""
    _, codes = np.unique(cluster, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    place = np.arange(len(yi)) - first[codes[order]]
    s, m, p = len(sizes), int(sizes.max()), X.shape[1]
    y, design, mask = np.zeros((s, m)), np.zeros((s, m, p)), np.zeros((s, m))
    root = np.zeros((s, m))
    at = (codes[order], place)
    y[at], design[at], mask[at], root[at] = yi[order], X[order], 1.0, np.sqrt(vi[order])
    V = rho * root[:, :, None] * root[:, None, :]
    index = np.arange(m)
    V[:, index, index] = np.where(mask > 0, root**2, 1.0)
    return Blocks(y, design, V, mask, len(yi), float(np.linalg.slogdet(X.T @ X)[1]))


def _likelihood(blocks: Blocks, sigma2: Array, reml: bool) -> tuple[float, Array, Array, Array, Array]:
    """Log-likelihood, gradient (2,), expected information (2, 2), b and vb at sigma2."""
    m = blocks.mask.shape[1]
    ones = blocks.mask[:, :, None] * blocks.mask[:, None, :]
    index = np.arange(m)
    total = blocks.V + sigma2[0] * ones
    total[:, index, index] += sigma2[1] * blocks.mask
    W = np.linalg.inv(total)
    WX = W @ blocks.X
    XWX = np.einsum("smp,smq->pq", blocks.X, WX)
    vb = np.linalg.inv(XWX)
    b = vb @ np.einsum("smp,sm->p", WX, blocks.y)
    residual = (blocks.y - blocks.X @ b) * blocks.mask
    Wr = np.einsum("smn,sn->sm", W, residual)
    log_det = float(np.linalg.slogdet(total)[1].sum())
    p = len(b)
    df = blocks.k - p if reml else blocks.k
    ll = -0.5 * (df * np.log(2 * np.pi) + log_det + float((residual * Wr).sum()))
    if reml:
        ll += 0.5 * blocks.log_det_xx - 0.5 * float(np.linalg.slogdet(XWX)[1])
    # Row sums within a study (component 1) and the identity (component 2) applied from the left.
    W = W * ones
    parts = (np.einsum("smn,sn->sm", W, blocks.mask)[:, :, None], W)
    outer = parts[0] @ parts[0].transpose(0, 2, 1)
    traces = np.array([float((parts[0][:, :, 0] * blocks.mask).sum()), float(np.trace(W, axis1=1, axis2=2).sum())])
    quadratic = np.array([float((Wr.sum(axis=1) ** 2).sum()), float((Wr**2).sum())])
    # H_i = X' W D_i W X, D_1 the block of ones, D_2 the identity.
    row = WX.sum(axis=1)
    H = [np.einsum("sp,sq->pq", row, row), np.einsum("smp,smq->pq", WX, WX)]
    crossed = np.array(
        [
            [float((parts[0][:, :, 0].sum(axis=1) ** 2).sum()), float(np.trace(outer, axis1=1, axis2=2).sum())],
            [0.0, float((W * W).sum())],
        ]
    )
    crossed[1, 0] = crossed[0, 1]
    if reml:
        traces = traces - np.array([float(np.trace(vb @ h)) for h in H])
        WWX = np.einsum("smn,snp->smp", W, WX)
        wrow = np.einsum("sm,smp->sp", parts[0][:, :, 0], WX)
        wsum = parts[0][:, :, 0].sum(axis=1)
        # X' W D_i W D_j W X
        K11 = np.einsum("s,sp,sq->pq", wsum, row, row)
        K12 = np.einsum("sp,sq->pq", row, wrow)
        K22 = np.einsum("smp,smq->pq", WX, WWX)
        crossed[0, 0] += -2 * np.trace(vb @ K11) + np.trace(vb @ H[0] @ vb @ H[0])
        both = -np.trace(vb @ K12) - np.trace(vb @ K12.T) + np.trace(vb @ H[0] @ vb @ H[1])
        crossed[0, 1] += both
        crossed[1, 0] += both
        crossed[1, 1] += -2 * np.trace(vb @ K22) + np.trace(vb @ H[1] @ vb @ H[1])
    return ll, 0.5 * (quadratic - traces), 0.5 * crossed, b, vb


def _climb(blocks: Blocks, sigma2: Array, reml: bool, floor: float) -> tuple[float, Array]:
    """Fisher scoring with step halving inside sigma2 >= 0, from one start to its optimum."""
    ll, score, information, _, _ = _likelihood(blocks, sigma2, reml)
    for _ in range(_LARGEST_STEPS):
        # A component at zero whose gradient points below zero stays there.
        free = (sigma2 > 0) | (score > 0)
        step = np.zeros(2)
        if free.any():
            step[free] = np.linalg.solve(information[np.ix_(free, free)] + 1e-14 * np.eye(int(free.sum())), score[free])
        if np.all(np.abs(step) <= 1e-13 * np.maximum(sigma2, floor)):
            break
        for halving in range(40):
            trial = np.maximum(sigma2 + step * 0.5**halving, 0.0)
            found = _likelihood(blocks, trial, reml)
            if found[0] >= ll - 1e-13 * abs(ll):
                break
        moved = np.abs(trial - sigma2).max()
        ll, sigma2 = found[0], trial
        score, information = found[1], found[2]
        if moved <= 1e-15 * max(floor, float(sigma2.max())):
            break
    return ll, sigma2


def fit_multilevel(
    yi: Array, vi: Array, X: Array, cluster: NDArray, *, rho: float = 0.0, method: str = "REML"
) -> Multilevel:
    """Fit the three-level model (rho = 0) or CHE (rho > 0) by REML or ML, to the best of several optima.

    Args:
        yi, vi: effects and sampling variances (k,).
        X: design (k, p), full column rank.
        cluster: study of each effect (k,).
        rho: assumed correlation of the sampling errors within a study, in [0, 1).
        method: "REML" or "ML".

    Raises:
        ValueError: another method, fewer than two studies, or fewer effects than coefficients.
    """
    if method not in ("REML", "ML"):
        raise ValueError(f"a multilevel model is fitted by REML or ML, not by {method}")
    if len(np.unique(cluster)) < 2:
        raise ValueError("a multilevel model needs at least two studies")
    if len(yi) <= X.shape[1]:
        raise ValueError("a multilevel model needs more effects than coefficients")
    blocks = blocks_of(np.asarray(yi, float), np.asarray(vi, float), np.asarray(X, float), np.asarray(cluster), rho)
    reml = method == "REML"
    scale = max(float(np.var(yi)), float(np.mean(vi)))
    floor = 1e-3 * float(np.mean(vi))
    starts = [np.array(start) * scale for start in product((0.02, 0.5), repeat=2)]
    ll, sigma2 = max((_climb(blocks, start, reml, floor) for start in starts), key=lambda found: found[0])
    ll, score, _, b, vb = _likelihood(blocks, sigma2, reml)
    fixed = _likelihood(blocks, np.zeros(2), reml)[3]
    W = np.linalg.inv(blocks.V)
    residual = (blocks.y - blocks.X @ fixed) * blocks.mask
    QE = float(np.einsum("sm,smn,sn->", residual, W, residual))
    return Multilevel(b, vb, sigma2, ll, QE, len(yi) - X.shape[1], len(yi), score)
