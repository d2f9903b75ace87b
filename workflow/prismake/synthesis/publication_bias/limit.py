"""Limit meta-analysis: the pooled effect of studies whose precision grows without end, small-study effects allowed for.

Rücker et al. (2011), Biostatistics 12:122-142: in the model yi = beta + sqrt(vi + tau2) (alpha + e), the limit is
beta + tau alpha ("beta0"), as `metasens::limitmeta` has it by default.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.distributions import critical, two_sided_p, upper_chi2
from prismake.synthesis.model import NotEstimable, fit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Limit:
    """The adjusted effect b with its test and interval; alpha, the small-study effect, and beta, the intercept.

    Q of the equal-effects model parts into Q_small (df 1), due to small-study effects, and Q_residual (df k - 2). G2 is
    the heterogeneity that is left, in percent. `effects` are the studies' limits (k,).
    """

    b: float
    se: float
    zval: float
    pval: float
    ci_lb: float
    ci_ub: float
    alpha: float
    beta: float
    tau2: float
    Q: float
    Q_small: float
    Q_small_p: float
    Q_residual: float
    Q_residual_p: float
    G2: float | None
    effects: Array


def limit_meta_analysis(
    yi: ArrayLike, vi: ArrayLike, *, method: str = "REML", level: float = 95.0, tau2: float | None = None
) -> Limit:
    """Limit meta-analysis with tau2 by `method`, or as given.

    Raises NotEstimable with fewer than three effects, or where all are equally precise.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.size < 3:
        raise NotEstimable("limit meta-analysis needs at least three effects")
    if np.ptp(v) <= 1e-9 * v.max():
        raise NotEstimable("all effects are equally precise, so small studies cannot be told from large ones")
    unadjusted = fit(y, v, method=method, tau2=tau2)
    tau2 = float(unadjusted.tau2)
    tau, total = np.sqrt(tau2), np.sqrt(v + tau2)
    if np.ptp(total) <= 1e-9 * total.max():
        raise NotEstimable(
            "beside the variance between studies all effects are equally precise, so small studies cannot be told from "
            "large ones"
        )
    (beta, alpha), root = _radial(y, total)
    # The dispersion is one by the model, so the covariance is not scaled by the residuals.
    towards = np.array([1.0, tau])
    b, se = float(beta + tau * alpha), float(np.linalg.norm(towards @ root))
    limits = beta + np.sqrt(tau2) / total * (y - beta)
    plain_fit = np.array(_radial(y, np.sqrt(v))[0])
    residual = float(((y - plain_fit[0] - plain_fit[1] * np.sqrt(v)) ** 2 / v).sum())
    Q = float(unadjusted.QE)
    half = float(critical(level)) * se
    return Limit(
        b=b,
        se=se,
        zval=b / se,
        pval=float(two_sided_p(b / se)),
        ci_lb=b - half,
        ci_ub=b + half,
        alpha=float(alpha),
        beta=float(beta),
        tau2=tau2,
        Q=Q,
        Q_small=max(0.0, Q - residual),
        Q_small_p=float(upper_chi2(max(0.0, Q - residual), 1)),
        Q_residual=residual,
        Q_residual_p=float(upper_chi2(residual, y.size - 2)),
        G2=_unexplained(limits, np.sqrt(v)),
        effects=limits,
    )


def _radial(y: Array, scale: Array) -> tuple[Array, Array]:
    """(beta, alpha) of y / scale = beta / scale + alpha, and a root of their covariance (root @ root.T) for a residual
    variance of one.
    """
    x = np.column_stack([1.0 / scale, np.ones_like(y)])
    q, r = np.linalg.qr(x)
    root: Array = np.asarray(np.linalg.inv(r), dtype=np.float64)
    return root @ (q.T @ (y / scale)), root


def _unexplained(limits: Array, sei: Array) -> float | None:
    """1 - R2 of the limits on the radial plot, in percent; None where they do not vary."""
    x, z = 1.0 / sei, limits / sei
    x, z = x - x.mean(), z - z.mean()
    if not (z @ z) > 0:
        return None
    return float(100.0 * max(0.0, 1.0 - (x @ z) ** 2 / ((x @ x) * (z @ z))))
