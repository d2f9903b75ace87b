"""Meta-regression: coefficients with tests, the omnibus and each term's test, R2, variance inflation, residual
heterogeneity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.design import Design, design_matrix
from prismake.synthesis.distributions import critical, upper_chi2, upper_f
from prismake.synthesis.model import Fit, NotEstimable, fit
from prismake.synthesis.tau2 import EQUAL

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WaldTest:
    """A joint test of some coefficients; df2 is None for a chi-squared test."""

    statistic: float
    df: int
    df2: float | None
    p: float


@dataclass(frozen=True)
class MetaRegression:
    """A model with its design. R2 (percent) is the share of tau2 accounted for; vif of each coefficient but the
    intercept.
    """

    fit: Fit
    design: Design
    R2: float | None
    vif: Array
    term_tests: dict[str, WaldTest]


def wald_test(fitted: Fit, coefficients: Sequence[int]) -> WaldTest:
    """Test that these coefficients are all zero (F with the model's degrees of freedom unless its test is z)."""
    which = list(coefficients)
    b, block = fitted.b[which], fitted.vb[np.ix_(which, which)]
    statistic = float(b @ np.linalg.solve(block, b))
    m = len(which)
    if fitted.test == "z":
        return WaldTest(statistic, m, None, float(upper_chi2(statistic, m)))
    return WaldTest(statistic / m, m, float(fitted.df), float(upper_f(statistic / m, m, fitted.df)))


def meta_regression(
    yi: ArrayLike,
    vi: ArrayLike,
    columns: Mapping[str, Sequence[object]],
    terms: Sequence[str],
    *,
    method: str = "REML",
    test: str = "z",
    level: float = 95.0,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> MetaRegression:
    """Regress effects on terms of columns (see design). Rows with a blank moderator are left out.

    Raises NotEstimable, naming the column at fault, where a moderator does not vary or the design is singular.
    """
    design = design_matrix(columns, terms, levels=levels)
    y, v = np.asarray(yi, dtype=float)[design.rows], np.asarray(vi, dtype=float)[design.rows]
    refuse_constant(design)
    fitted = fit(y, v, design.x, method=method, test=test, level=level)
    null = fit(y, v, method=method)
    tests = {term: wald_test(fitted, where) for term, where in design.terms.items() if where}
    return MetaRegression(fitted, design, explained(y, v, design.x, fitted, null), variance_inflation(fitted), tests)


def refuse_constant(design: Design) -> None:
    """Raise NotEstimable, naming the term, where a moderator does not vary over the complete rows."""
    if design.rows.size == 0:
        raise NotEstimable("no effect has a value in every moderator")
    for term, where in design.terms.items():
        if not where or all(np.ptp(design.x[:, j]) == 0 for j in where):
            raise NotEstimable(f"the moderator {term} does not vary")


def explained(y: Array, v: Array, x: Array, fitted: Fit, null: Fit) -> float | None:
    """R2 in percent: the drop in tau2 against the model without moderators (Raudenbush 2009), never below 0.

    With equal effects it is the adjusted R2 of the weighted regression, as metafor reports it. None where tau2 is 0
    without moderators already.
    """
    if fitted.method in EQUAL:
        k, p = x.shape
        if k <= p or null.QE <= 0:
            return None
        return float(max(0.0, 100.0 * (1.0 - (fitted.QE / (k - p)) / (null.QE / (k - 1)))))
    if null.tau2 <= 0:
        return None
    return float(max(0.0, 100.0 * (null.tau2 - fitted.tau2) / null.tau2))


def variance_inflation(fitted: Fit) -> Array:
    """Variance inflation of each coefficient but the intercept: diagonal of R^-1 for R their correlations (Fox &
    Monette 1992).
    """
    block = fitted.vb[1:, 1:]
    if block.size == 0:
        return np.empty(0)
    scale = np.sqrt(np.diagonal(block))
    correlations = block / np.outer(scale, scale)
    return np.diagonal(np.linalg.inv(correlations)).copy()


@dataclass(frozen=True)
class Prediction:
    """Fitted values at new moderator values with confidence and prediction intervals, (m,) each."""

    pred: Array
    se: Array
    ci_lb: Array
    ci_ub: Array
    pi_lb: Array
    pi_ub: Array


def predict(fitted: Fit, x: Array) -> Prediction:
    """Predictions at rows of a design matrix (m, p) with the columns of the model."""
    crit = float(critical(fitted.level, None if fitted.test == "z" else fitted.df))
    return prediction_at(x, fitted.b, fitted.vb, float(fitted.tau2), crit)


def prediction_at(x: Array, b: Array, vb: Array, tau2: float, crit: float) -> Prediction:
    """The same from coefficients (p,), their covariance (p, p), the variance of true effects and the critical value."""
    pred = x @ b
    se = np.sqrt(np.einsum("mp,pq,mq->m", x, vb, x))
    half, wide = crit * se, crit * np.sqrt(se**2 + tau2)
    return Prediction(pred, se, pred - half, pred + half, pred - wide, pred + wide)


def best_linear_unbiased(yi: ArrayLike, vi: ArrayLike, fitted: Fit, x: Array | None = None) -> Prediction:
    """Empirical-Bayes estimates of each study's true effect (Raudenbush & Bryk 1985), metafor's `blup`.

    The intervals are for the study's own true effect; both pairs of bounds are the same.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    design = np.ones((y.size, 1)) if x is None else x
    mean = design @ fitted.b
    share = fitted.tau2 / (fitted.tau2 + v)
    hat = np.einsum("kp,pq,kq->k", design, fitted.vb, design)
    pred = share * y + (1.0 - share) * mean
    se = np.sqrt(share * v + (1.0 - share) ** 2 * hat)
    half = critical(fitted.level, None if fitted.test == "z" else fitted.df) * se
    return Prediction(pred, se, pred - half, pred + half, pred - half, pred + half)
