"""Estimators of the between-study variance tau2, in batches, named as metafor names them.

Closed form: DL (DerSimonian & Laird 1986), HE (Hedges & Olkin 1985), HS (Hunter & Schmidt 2004), HSk (Brannick et al.
2019), SJ (Sidik & Jonkman 2005), GENQ (DerSimonian & Kacker 2007, with weights). Iterative: ML, REML, EB (Morris
1983), PM (Paule & Mandel 1982), PMM (its median-unbiased form), SJIT, DLIT, GENQM (Viechtbauer 2021, the
median-unbiased GENQ). EB, PM, SJIT and DLIT iterated to the end solve one equation, y'Py = k - p. Standard errors: the
variance of the quadratic form under the fitted model, or the inverse expected information for ML and REML (Viechtbauer
2005).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prismake.synthesis.distributions import chi2_quantile
from prismake.synthesis.likelihood import maximum_likelihood
from prismake.synthesis.projection import Problem
from prismake.synthesis.quadratic_form import weighted_chi2_cdf

Array = NDArray[np.float64]

EQUAL = ("EE", "FE", "CE")
CLOSED_FORM = ("DL", "HE", "HS", "HSk", "SJ", "GENQ")
ITERATIVE = ("ML", "REML", "EB", "PM", "PMM", "SJIT", "DLIT", "GENQM")
METHODS = (*EQUAL, *CLOSED_FORM, *ITERATIVE)
WEIGHTED = ("GENQ", "GENQM")
"""Methods that estimate with weights of their own, which then also weight the pooled estimate."""


@dataclass(frozen=True)
class Tau2:
    """The estimate and its standard error, each (B,); `se` is NaN where there is none."""

    value: Array
    se: Array


def estimate_tau2(problem: Problem, method: str, weights: Array | None = None) -> Tau2:
    """tau2 of every problem in the batch by `method`, truncated at zero.

    weights: (B, k) for GENQ and GENQM only (default 1 / v). Raises ValueError for an unknown method. A problem with no
    residual degree of freedom gets NaN.
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; known: {', '.join(METHODS)}")
    df = problem.k - problem.p
    with np.errstate(divide="ignore", invalid="ignore"):
        if method in EQUAL:
            none = np.full(df.shape, np.nan)
            return Tau2(np.zeros(df.shape), none)
        if method in WEIGHTED:
            found = _generalised_q(problem, method, weights)
        elif method == "HE":
            found = _hedges(problem)
        elif method == "SJ":
            found = _sidik_jonkman(problem)
        elif method in CLOSED_FORM:
            found = _from_q(problem, method)
        elif method in ("ML", "REML"):
            value = maximum_likelihood(problem, restricted=method == "REML")
            m = problem.exact_moments(problem.weights(value))
            found = Tau2(value, np.sqrt(2.0 / (m.tr_pp if method == "REML" else m.sum_w2)))
        else:
            found = _from_equation(problem, method)
        usable = df > 0
        return Tau2(np.where(usable, found.value, np.nan), np.where(usable, found.se, np.nan))


def _form_variance(df: Array, tr_p: Array, tr_pp: Array, tau2: Array, at: Array | float = 0.0) -> Array:
    """Var(y'Py) when W = 1/(v + at) and the true variance is v + tau2, using P(V + at)P = P."""
    excess = tau2 - at
    return 2.0 * (df + 2.0 * excess * tr_p + excess**2 * tr_pp)


def _from_q(problem: Problem, method: str) -> Tau2:
    """DL, HS, HSk: the Q statistic at the weights 1/v equated with its expectation, or an approximation of it."""
    m = problem.at_zero
    df = problem.k - problem.p
    if method == "DL":
        raw, slope = (m.rss - df) / m.tr_p, 1.0 / m.tr_p
    else:
        small = problem.k / df if method == "HSk" else 1.0
        raw, slope = (small * m.rss - problem.k) / m.sum_w, small / m.sum_w
    value = np.maximum(raw, 0.0)
    return Tau2(value, slope * np.sqrt(_form_variance(df, m.tr_p, m.tr_pp, value)))


def _hedges(problem: Problem) -> Tau2:
    """HE: the unweighted residual variance less the mean sampling variance."""
    one = problem.unit_weights()
    df = problem.k - problem.p
    v = problem.v * one
    inverse = np.linalg.inv(problem.gram(one))
    mv = inverse @ problem.gram(v)
    tr_v = v.sum(axis=1) - np.einsum("bpp->b", mv)
    tr_v2 = (
        (v * v).sum(axis=1)
        - 2.0 * np.einsum("bpq,bqp->b", inverse, problem.gram(v * v))
        + np.einsum("bpq,bqp->b", mv, mv)
    )
    value = np.maximum((problem.quadratic(one) - tr_v) / df, 0.0)
    return Tau2(value, np.sqrt(2.0 * tr_v2 + 4.0 * value * tr_v + 2.0 * value**2 * df) / df)


def _sidik_jonkman(problem: Problem) -> Tau2:
    """SJ: one step from the variance of the effects, whatever the moderators (as metafor does)."""
    used = problem.unit_weights()
    mean = (used * problem.y).sum(axis=1) / problem.k
    start = (used * (problem.y - mean[:, None]) ** 2).sum(axis=1) / problem.k
    m = problem.exact_moments(problem.weights(start))
    df = problem.k - problem.p
    value = start * m.rss / df
    return Tau2(value, start / df * np.sqrt(_form_variance(df, m.tr_p, m.tr_pp, value, at=start)))


def _from_equation(problem: Problem, method: str) -> Tau2:
    """PM and its relatives: y'Py = k - p, or the median of a chi-squared with k - p degrees of freedom (PMM)."""
    df = problem.k - problem.p
    value = solve_q(problem, chi2_quantile(0.5, df) if method == "PMM" else df)
    m = problem.moments(problem.weights(value), third=False)
    se = np.sqrt(2.0 * problem.k**2 / df) / m.sum_w
    return Tau2(value, se)


def solve_q(problem: Problem, target: Array) -> Array:
    """The tau2 >= 0 at which the generalised Q statistic y'Py equals `target` (B,), 0 where Q is below it already.

    Q falls with tau2 and Q <= RSS / (min v + tau2), which bounds the root; Newton steps are taken on 1/Q, which is
    nearly linear in tau2, and a bracket holds them. There is no cap on tau2.
    """
    size = problem.y.shape[0]
    result = np.zeros(size)
    if size == 0:
        return result
    bound = problem.quadratic(problem.unit_weights()) / target - problem.extremes[0]
    usable = (target > 0) & np.isfinite(bound) & (bound > 0)
    rows = np.flatnonzero(usable & (problem.at_zero.rss > target))
    if rows.size == 0:
        return result
    part, aim = problem.take(rows), target[rows]
    t, low, high = np.zeros(rows.size), np.zeros(rows.size), bound[rows] * (1 + 1e-9)
    for _ in range(200):
        m = part.moments(part.weights(t), third=False)
        above = m.rss > aim
        low, high = np.where(above, t, low), np.where(above, high, t)
        step = t + m.rss * (m.rss - aim) / (aim * m.ypp)
        # As in Newton's method the error after a step of 1e-9 is rounding.
        done = (np.abs(step - t) <= 1e-9 * t) | (high - low <= 4e-16 * high)
        new = np.where((step > low) & (step < high), step, 0.5 * (low + high))
        new = np.where(done, step, new)
        result[rows] = new
        going = ~done
        if not going.any():
            break
        keep = np.flatnonzero(going)
        if keep.size < rows.size:
            part, rows, aim = part.take(keep), rows[keep], aim[keep]
            new, low, high = new[keep], low[keep], high[keep]
        t = new
    return result


def _generalised_q(problem: Problem, method: str, weights: Array | None) -> Tau2:
    """GENQ and GENQM with weights A: y'P_A y equated with its expectation or its median."""
    zero = np.zeros(problem.y.shape[0])
    a = problem.weights(zero) if weights is None else weights * problem.unit_weights()
    p_a = problem.matrix(a)
    q = problem.quadratic(a)
    v = problem.v * problem.unit_weights()
    tr_p = np.einsum("bii->b", p_a)
    pv = p_a * v[:, None, :]
    if method == "GENQ":
        value = np.maximum((q - np.einsum("bii->b", pv)) / tr_p, 0.0)
    else:
        value = np.array([_median_q(*row) for row in zip(p_a, v, q, problem.k - problem.p, strict=True)])
    variance = 2.0 * (
        np.einsum("bij,bji->b", pv, pv)
        + 2.0 * value * np.einsum("bij,bij->b", pv, p_a)
        + value**2 * np.einsum("bij,bij->b", p_a, p_a)
    )
    return Tau2(value, np.sqrt(variance) / tr_p)


def _median_q(p_a: Array, v: Array, q: float, df: float) -> float:
    """The tau2 at which q is the median of y'P_A y, by bisection and false position on the exact distribution."""

    def below(t: float) -> float:
        s = np.sqrt(v + t)
        lambdas = np.linalg.eigvalsh(s[:, None] * p_a * s[None, :])[::-1][: int(df)]
        return weighted_chi2_cdf(q, lambdas[lambdas > 0]) - 0.5

    if not df > 0:
        return np.nan
    low, f_low = 0.0, below(0.0)
    if f_low <= 0:
        return 0.0
    high = max(float(np.mean(v)), q / float(np.trace(p_a)))
    f_high = below(high)
    while f_high > 0:
        low, f_low, high = high, f_high, high * 2.0
        f_high = below(high)
    for _ in range(100):
        middle = high - f_high * (high - low) / (f_high - f_low)
        if not low < middle < high:
            middle = 0.5 * (low + high)
        f_middle = below(middle)
        if f_middle == 0 or high - low < 1e-15 * high:
            return middle
        if f_middle > 0:
            low, f_low, f_high = middle, f_middle, f_high * 0.5  # Illinois: the end that stays counts half
        else:
            high, f_high, f_low = middle, f_middle, f_low * 0.5
    return 0.5 * (low + high)
