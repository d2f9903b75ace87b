"""Egger's regression test for funnel-plot asymmetry, in its two forms (Egger et al. 1997; Sterne & Egger 2005).

`lm`: the classical one, weighted least squares with a free dispersion; `rma`: a meta-regression on the predictor. The
limit estimate is the intercept: the effect expected of a study with no sampling error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.model import Fit, NotEstimable, fit
from prismake.synthesis.projection import redundant

Array = NDArray[np.float64]

PREDICTORS = ("sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv")


@dataclass(frozen=True)
class RegressionTest:
    """The test of the predictor's slope, and the limit estimate with its interval.

    df is None for a z test, tau2 for `lm`, the limit where the predictor grows with the size of a study."""

    model: str
    predictor: str
    statistic: float
    df: float | None
    p: float
    limit: float | None
    limit_lb: float | None
    limit_ub: float | None
    intercept: float
    slope: float
    slope_se: float
    tau2: float | None


def predictor_of(name: str, vi: Array, ni: Array | None) -> Array:
    """The predictor's values. Raises NotEstimable when it needs sample sizes that are not there, ValueError when
    unknown.
    """
    if name not in PREDICTORS:
        raise ValueError(f"unknown predictor {name!r}; known: {', '.join(PREDICTORS)}")
    if name == "sei":
        return np.sqrt(vi)
    if name == "vi":
        return vi
    if ni is None or not np.isfinite(ni).all():
        raise NotEstimable(f"the predictor {name} needs every sample size")
    return {"ni": ni, "ninv": 1.0 / ni, "sqrtni": np.sqrt(ni), "sqrtninv": 1.0 / np.sqrt(ni)}[name]


def regression_test(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    ni: ArrayLike | None = None,
    model: str = "rma",
    predictor: str = "sei",
    method: str = "REML",
    test: str = "z",
    level: float = 95.0,
) -> RegressionTest:
    """Test for funnel-plot asymmetry, metafor's `regtest`.

    Raises NotEstimable with the reason where the predictor does not vary or there are too few effects.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    n = None if ni is None else np.asarray(ni, dtype=float)
    values = predictor_of(predictor, v, n)
    x = np.column_stack([np.ones_like(y), values])
    if redundant(x):
        raise NotEstimable(f"the predictor {predictor} does not vary")
    if model == "lm":
        return _least_squares(y, v, x, predictor, level)
    if model != "rma":
        raise ValueError(f"unknown model {model!r}; known: lm, rma")
    fitted = fit(y, v, x, method=method, test=test, level=level)
    return _result(fitted, model, predictor, float(fitted.tau2))


def _least_squares(y: Array, v: Array, x: Array, predictor: str, level: float) -> RegressionTest:
    """The classical form: an equal-effects fit whose covariance is scaled by the residual variance."""
    if y.size < 3:
        raise NotEstimable("the regression needs at least three effects")
    return _result(fit(y, v, x, method="EE", test="knha", level=level), "lm", predictor, None)


def _result(fitted: Fit, model: str, predictor: str, tau2: float | None) -> RegressionTest:
    limited = predictor not in ("ni", "sqrtni")
    return RegressionTest(
        model=model,
        predictor=predictor,
        statistic=float(fitted.statistic[1]),
        df=None if fitted.test == "z" else float(fitted.df),
        p=float(fitted.pval[1]),
        limit=float(fitted.b[0]) if limited else None,
        limit_lb=float(fitted.ci_lb[0]) if limited else None,
        limit_ub=float(fitted.ci_ub[0]) if limited else None,
        intercept=float(fitted.b[0]),
        slope=float(fitted.b[1]),
        slope_se=float(fitted.se[1]),
        tau2=tau2,
    )
