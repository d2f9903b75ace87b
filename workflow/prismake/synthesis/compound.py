"""The likelihood of three-level models and CHE in time proportional to the number of effects.

Within a study the covariance is diagonal plus two outer products, Phi = D + U U' with D = (1 - rho) vi + sigma2_2 and
U = [sqrt(sigma2_1) 1, sqrt(rho) sei], so that its inverse is that of D corrected by a matrix of two rows (Woodbury's
identity), and every term of the likelihood is a sum over effects or studies. No matrix of a study is ever made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prismake.synthesis.blocks import Evaluation

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Compound:
    """Effects in the order of their studies: y, v and sei (k,), X (k, p), the study of each effect (k,), where each
    study begins (s,), rho, and log |X'X|.
    """

    y: Array
    v: Array
    sei: Array
    X: Array
    codes: NDArray[np.intp]
    first: NDArray[np.intp]
    rho: float
    log_det_xx: float


def compound_of(yi: Array, vi: Array, X: Array, cluster: NDArray, rho: float) -> Compound:
    """Sort effects by study."""
    _, codes = np.unique(cluster, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    v, design = vi[order], X[order]
    log_det = float(np.linalg.slogdet(design.T @ design)[1])
    return Compound(yi[order], v, np.sqrt(v), design, codes[order], np.cumsum(sizes) - sizes, rho, log_det)


@dataclass(frozen=True)
class _Inverse:
    """W = Phi^-1 for every study: d (k,), and the entries of the inverse (s,) of I + U'D^-1 U, with the scales of U."""

    data: Compound
    d: Array
    a: float
    c: float
    k00: Array
    k01: Array
    k11: Array
    log_det: float

    def by_study(self, values: Array) -> Array:
        """Sums of (k, ...) over the effects of each study."""
        return np.add.reduceat(values, self.data.first, axis=0)

    def times(self, F: Array) -> Array:
        """W F for F (k, q)."""
        scaled = F / self.d[:, None]
        t0 = self.a * self.by_study(scaled)
        t1 = self.c * self.by_study(self.data.sei[:, None] * scaled)
        c0 = self.a * (self.k00[:, None] * t0 + self.k01[:, None] * t1)
        c1 = self.c * (self.k01[:, None] * t0 + self.k11[:, None] * t1)
        codes = self.data.codes
        return scaled - (c0[codes] + self.data.sei[:, None] * c1[codes]) / self.d[:, None]

    def sums(self, power: int) -> tuple[Array, Array, Array]:
        """U' D^-power U by study: its three entries (s,)."""
        w, s = self.d**-power, self.data.sei
        stacked = self.by_study(np.column_stack([w, s * w, s * s * w]))
        return self.a**2 * stacked[:, 0], self.a * self.c * stacked[:, 1], self.c**2 * stacked[:, 2]

    def traces(self) -> tuple[float, float]:
        """tr(W) and tr(W W)."""
        e00, e01, e11 = self.sums(2)
        f00, f01, f11 = self.sums(3)
        k00, k01, k11 = self.k00, self.k01, self.k11
        first = float((1.0 / self.d).sum() - (k00 * e00 + 2 * k01 * e01 + k11 * e11).sum())
        # G = K^-1 E, tr(G G) = g00^2 + 2 g01 g10 + g11^2.
        g00, g01 = k00 * e00 + k01 * e01, k00 * e01 + k01 * e11
        g10, g11 = k01 * e00 + k11 * e01, k01 * e01 + k11 * e11
        both = (g00 * g00 + 2 * g01 * g10 + g11 * g11) - 2 * (k00 * f00 + 2 * k01 * f01 + k11 * f11)
        return first, float((self.d**-2).sum() + both.sum())


def _inverse(data: Compound, sigma2: Array) -> _Inverse:
    d = (1.0 - data.rho) * data.v + sigma2[1]
    a, c = float(np.sqrt(sigma2[0])), float(np.sqrt(data.rho))
    w, s = 1.0 / d, data.sei
    stacked = np.add.reduceat(np.column_stack([w, s * w, s * s * w]), data.first, axis=0)
    m00, m01, m11 = 1.0 + a * a * stacked[:, 0], a * c * stacked[:, 1], 1.0 + c * c * stacked[:, 2]
    # The determinant without the cancellation of its two large products: m01^2 <= (m00 - 1)(m11 - 1) by Cauchy.
    spread = np.maximum(a * a * c * c * (stacked[:, 0] * stacked[:, 2] - stacked[:, 1] ** 2), 0.0)
    determinant = m00 + m11 - 1.0 + spread
    log_det = float(np.log(d).sum() + np.log(determinant).sum())
    return _Inverse(data, d, a, c, m11 / determinant, -m01 / determinant, m00 / determinant, log_det)


def evaluate_compound(data: Compound, sigma2: Array, restricted: bool) -> Evaluation:
    """The likelihood at sigma2 (2,), of studies and of effects within them, with its gradient and information."""
    inverse = _inverse(data, sigma2)
    p, k = data.X.shape[1], data.y.size
    W1XY = inverse.times(np.column_stack([np.ones(k), data.X, data.y]))
    w1, WX = W1XY[:, 0], W1XY[:, 1 : 1 + p]
    xwx = data.X.T @ WX
    xwx = 0.5 * (xwx + xwx.T)
    vb = np.linalg.inv(xwx)
    b = vb @ (WX.T @ data.y)
    residual = data.y - data.X @ b
    Wr = W1XY[:, 1 + p] - WX @ b
    total = inverse.by_study(np.column_stack([w1, Wr, WX]))
    w_sum, r_sum, x_sum = total[:, 0], total[:, 1], total[:, 2:]
    trace, trace2 = inverse.traces()
    quadratic = np.array([float(r_sum @ r_sum), float(Wr @ Wr)])
    traces = np.array([float(w_sum.sum()), trace])
    cross = float(w1 @ w1)
    crossed = np.array([[float(w_sum @ w_sum), cross], [cross, trace2]])
    ll = -0.5 * ((k - p * restricted) * np.log(2 * np.pi) + inverse.log_det + float(residual @ Wr))
    if restricted:
        ll += 0.5 * data.log_det_xx - 0.5 * float(np.linalg.slogdet(xwx)[1])
        H = (x_sum.T @ x_sum, WX.T @ WX)
        again = inverse.times(WX)
        K12 = x_sum.T @ inverse.by_study(w1[:, None] * WX)
        K = ((x_sum.T * w_sum) @ x_sum, K12, WX.T @ again)
        VH = [vb @ h for h in H]
        traces -= [float(np.trace(one)) for one in VH]
        crossed[0, 0] += float(np.trace(VH[0] @ VH[0]) - 2 * np.trace(vb @ K[0]))
        crossed[1, 1] += float(np.trace(VH[1] @ VH[1]) - 2 * np.trace(vb @ K[2]))
        off = float(np.trace(VH[0] @ VH[1]) - 2 * np.trace(vb @ K[1]))
        crossed[0, 1] += off
        crossed[1, 0] += off
    # P D_i W r for both components, of which the observed information is made.
    pulled = np.column_stack([r_sum[data.codes], Wr])
    moved = inverse.times(pulled) - WX @ (vb @ (WX.T @ pulled))
    curvature = pulled.T @ moved
    observed = 0.5 * (curvature + curvature.T) - 0.5 * crossed
    return Evaluation(float(ll), 0.5 * (quadratic - traces), 0.5 * crossed, observed, b, vb)
