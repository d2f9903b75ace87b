"""Variance components by moments for robust meta-regression (Hedges, Tipton & Johnson 2010, Res. Synth. Methods 1:39-65).

Two working models: *correlated effects* (the effects of a study share one true effect, their sampling errors correlate
rho; eqs 14-15) and *hierarchical effects* (true effects vary between studies by tau2 and within them by omega2; eqs
17-20). The components make the weights alone, the inference is the sandwich's (`robust.py`), so that neither rho nor the
working model need be right. Both are those of R's robumeta.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.model import NotEstimable
from prismake.synthesis.robust import Robust, robust

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MomentWeights:
    """Components by moments and the weights (k,) that follow from them.

    omega2 is None under correlated effects; I2 (percent, by the Q statistic) is None under hierarchical effects.
    """

    tau2: float
    omega2: float | None
    I2: float | None
    weights: Array

    def robust(
        self, yi: ArrayLike, X: ArrayLike, cluster: ArrayLike, *, kind: str = "CR2", level: float = 95.0
    ) -> Robust:
        """Coefficients under these weights and their robust tests, the weights being the inverse working variances."""
        return robust(yi, 1.0 / self.weights, X, cluster, sigma2=(0.0, 0.0), kind=kind, level=level)


def correlated_effects(
    yi: ArrayLike, vi: ArrayLike, X: ArrayLike, cluster: ArrayLike, *, rho: float = 0.8
) -> MomentWeights:
    """tau2 between studies whose effects' sampling errors correlate rho; each study weighs 1 / (mean vi + tau2) in all.

    Args:
        yi, vi: effects and sampling variances (k,).
        X: design (k, p).
        cluster: the study of each effect (k,).
        rho: assumed correlation, 0 to 1; results hardly depend on it.

    Raises:
        NotEstimable: no more studies than coefficients, or a singular design.
    """
    y, v, design, codes = _laid_out(yi, vi, X, cluster)
    size = np.bincount(codes)
    mean_v = np.bincount(codes, v) / size
    w = (1.0 / (size * mean_v))[codes]
    fitted = _Weighted(y, design, codes, w)
    shared = fitted.expected_q(np.zeros(y.size), np.ones(size.size))
    errors = fitted.expected_q((1.0 - rho) * mean_v[codes], rho * mean_v)
    tau2 = max(0.0, (fitted.q - errors) / shared)
    I2 = max(0.0, 100.0 * (fitted.q - errors) / fitted.q) if fitted.q > 0 else 0.0
    return MomentWeights(tau2, None, I2, (1.0 / (size * (mean_v + tau2)))[codes])


def hierarchical_effects(yi: ArrayLike, vi: ArrayLike, X: ArrayLike, cluster: ArrayLike) -> MomentWeights:
    """tau2 between and omega2 within studies; each effect weighs 1 / (vi + tau2 + omega2).

    Two quadratic forms of the residuals, their weighted squares and the squared sums of each study, are set to what is
    expected of them. A negative omega2 is 0, and tau2 then that of the first form. Arguments and errors as above.
    """
    y, v, design, codes = _laid_out(yi, vi, X, cluster)
    one, none = np.ones(y.size), np.zeros(y.size)
    every, nothing = np.ones(codes.max() + 1), np.zeros(codes.max() + 1)
    fitted = _Weighted(y, design, codes, 1.0 / v)
    first = fitted.expected_q(none, every), fitted.expected_q(one, nothing)
    second = fitted.expected_sums(none, every), fitted.expected_sums(one, nothing)
    q = fitted.q - fitted.expected_q(v, nothing)
    sums = fitted.sums - fitted.expected_sums(v, nothing)
    determinant = first[0] * second[1] - first[1] * second[0]
    # Studies with one effect each cannot tell the two apart.
    flat = abs(determinant) <= 1e-10 * abs(first[0] * second[1])
    omega2 = 0.0 if flat else max(0.0, (first[0] * sums - second[0] * q) / determinant)
    tau2 = q / first[0] if omega2 == 0.0 else (second[1] * q - first[1] * sums) / determinant
    tau2 = max(0.0, tau2)
    return MomentWeights(tau2, omega2, None, 1.0 / (v + tau2 + omega2))


def _laid_out(
    yi: ArrayLike, vi: ArrayLike, X: ArrayLike, cluster: ArrayLike
) -> tuple[Array, Array, Array, NDArray[np.intp]]:
    y, v, design = np.asarray(yi, float), np.asarray(vi, float), np.asarray(X, float)
    codes = np.unique(np.asarray(cluster), return_inverse=True)[1]
    if codes.max(initial=-1) + 1 <= design.shape[1]:
        raise NotEstimable(f"{design.shape[1]} coefficient(s) need more than {codes.max(initial=-1) + 1} studies")
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise NotEstimable("the design is singular: a moderator does not vary, or repeats others")
    # Orthonormal columns span the same space, and keep the digits of a moderator far from zero.
    return y, v, np.linalg.qr(design)[0], codes


class _Weighted:
    """A weighted fit with what its residuals' quadratic forms are expected to be under any diag(d) + u_j J in study j."""

    def __init__(self, y: Array, X: Array, codes: NDArray[np.intp], w: Array) -> None:
        self.X, self.codes, self.w = X, codes, w
        self.bread = np.linalg.inv((X.T * w) @ X)
        residual = y - X @ (self.bread @ (X.T @ (w * y)))
        self.q = float(w @ residual**2)
        self.sums = float((np.bincount(codes, residual) ** 2).sum())
        self.weighted_sums = self._by_study(X * w[:, None])
        self.plain_sums = self._by_study(X)

    def _by_study(self, columns: Array) -> Array:
        return np.stack([np.bincount(self.codes, column) for column in columns.T], axis=1)

    def _meat(self, d: Array, u: Array) -> Array:
        """X'W Sigma W X."""
        WX = self.X * self.w[:, None]
        return (WX.T * d) @ WX + (self.weighted_sums.T * u) @ self.weighted_sums

    def expected_q(self, d: Array, u: Array) -> float:
        """E(e'We)."""
        return float(self.w @ (d + u[self.codes]) - np.trace(self.bread @ self._meat(d, u)))

    def expected_sums(self, d: Array, u: Array) -> float:
        """E(sum over studies of the squared sum of residuals)."""
        size = np.bincount(self.codes)
        # Row j: X_j' W_j Sigma_j 1.
        crossed = self._by_study(self.X * (self.w * (d + (u * size)[self.codes]))[:, None])
        own = np.bincount(self.codes, d) + u * size**2
        leverage = self.plain_sums @ self.bread
        both = np.einsum("sp,sp->s", leverage, crossed)
        fit = np.einsum("sp,pq,sq->s", leverage, self._meat(d, u), leverage)
        return float((own - 2.0 * both + fit).sum())
