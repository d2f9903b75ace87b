"""Who is closer, where two values of tau2 differ by more than the tolerance: the estimating equation in extended precision."""

from __future__ import annotations

import numpy as np
from prismake.synthesis.distributions import chi2_quantile, critical
from prismake.synthesis.quadratic_form import weighted_chi2_cdf

from oracle.reference import Reference


def imbalance(method: str, y: np.ndarray, v: np.ndarray, tau2: float, target: float | None = None) -> float:
    """How far the estimating equation of an intercept-only model is from holding at tau2, in 80-bit arithmetic."""
    if method == "GENQM":
        return abs(_median_imbalance(y, v, tau2))
    ly, lv = y.astype(np.longdouble), v.astype(np.longdouble)
    w = 1 / (lv + np.longdouble(tau2))
    total = w.sum()
    resid = ly - (w * ly).sum() / total
    if method in ("ML", "REML"):
        trace = total if method == "ML" else total - (w * w).sum() / total
        score = ((w * resid) ** 2).sum() - trace
        # At a maximum on the boundary the score is negative, and that is no imbalance.
        return float(max(score, 0)) if tau2 == 0 else float(abs(score))
    goal = np.longdouble(y.size - 1 if target is None else target)
    gap = (w * resid * resid).sum() - goal
    return float(max(gap, 0)) if tau2 == 0 else float(abs(gap))


def _median_imbalance(y: np.ndarray, v: np.ndarray, tau2: float) -> float:
    w = 1 / v
    p = np.diag(w) - np.outer(w, w) / w.sum()
    q = float(y @ p @ y)
    s = np.sqrt(v + tau2)
    lambdas = np.linalg.eigvalsh(s[:, None] * p * s[None, :])[1:]
    return weighted_chi2_cdf(q, lambdas) - 0.5


def ours_is_closer(method: str, y: np.ndarray, v: np.ndarray, ours: float, theirs: float) -> bool:
    """Whether our tau2 satisfies the method's equation at least as well as theirs."""
    target = None
    if method == "PMM":
        target = float(chi2_quantile(0.5, y.size - 1))
    if imbalance(method, y, v, ours, target) <= imbalance(method, y, v, theirs, target):
        return True
    # Both may be maxima: then the higher one is the estimate.
    return method in ("ML", "REML") and profile(method, y, v, ours) > profile(method, y, v, theirs) + 1e-9


def profile(method: str, y: np.ndarray, v: np.ndarray, tau2: float) -> float:
    """The (restricted) profile log-likelihood of an intercept-only model up to a constant, in 80-bit arithmetic."""
    ly, lv = y.astype(np.longdouble), v.astype(np.longdouble)
    w = 1 / (lv + np.longdouble(tau2))
    resid = ly - (w * ly).sum() / w.sum()
    value = np.log(w).sum() - (w * resid * resid).sum()
    return (value - np.log(w.sum()) if method == "REML" else value) / 2


def profile_drop(level: float = 95.0) -> float:
    """How far the log-likelihood falls to the bounds of a profile interval."""
    return float(critical(level)) ** 2 / 2


def falls_at_zero(y: np.ndarray, v: np.ndarray, x: np.ndarray) -> bool:
    """Whether the restricted likelihood of a meta-regression has its maximum at tau2 = 0 (its slope there, in decimals)."""
    reference = Reference(y, v, x)
    m = reference.parts(reference.ones / reference.v)
    return bool(m["ypp"] <= m["tr"])


def not_where_q_crosses(
    y: np.ndarray, v: np.ndarray, x: np.ndarray | None, ours: float, theirs: float | None, level: float
) -> bool:
    """Whether the generalised Q at their bound of tau2 is far from the quantile that it should have, and at ours not."""
    if theirs is None:
        return False
    design = np.ones((y.size, 1)) if x is None else x
    goal = float(chi2_quantile(level, y.size - design.shape[1]))
    gaps = []
    for tau2 in (ours, theirs):
        root = 1.0 / np.sqrt(v + tau2)
        rest = root * y - (root[:, None] * design) @ np.linalg.lstsq(root[:, None] * design, root * y, rcond=None)[0]
        gaps.append(abs(float(rest @ rest) / goal - 1.0))
    return gaps[0] < 1e-6 and gaps[1] > 1e3 * max(gaps[0], 1e-12)
