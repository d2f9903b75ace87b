"""Analyses of dependent effects: the three-level model and CHE as blocks of result.json."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prismake.synthesis.distributions import critical, two_sided_p, upper_chi2
from prismake.synthesis.heterogeneity import q_based
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.multilevel import Multilevel, fit_multilevel, sampling_covariance
from prismake.synthesis.pooling import Pool
from prismake.synthesis.result import plain
from prismake.synthesis.robust import robust, robust_block
from prismake.synthesis.specification import Specification


def fit_dependent(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Estimate, heterogeneity and fit of a multilevel (rho = 0) or CHE model over all effects of the pool.

    Studies are the column `study_id`. With test t the reference distribution has (studies - 1) degrees of freedom, as
    metafor's `dfs = "contain"` gives an intercept. Where the specification names a robust variance (CR0, CR1, CR2),
    the estimate has it beside the model's own, as the block `robust`.

    Raises:
        NotEstimable: fewer than two studies, no study with several effects, or a test that this model does not have.
    """
    if spec.test not in ("z", "t"):
        raise NotEstimable(f"the test {spec.test} belongs to models of independent effects; use z or t")
    study = pooled.table["study_id"].astype(str).to_numpy()
    studies = len(np.unique(study))
    if studies < 2:
        raise NotEstimable("a multilevel model needs at least two studies")
    if studies == len(study):
        raise NotEstimable("no study has several effects, so effects within studies cannot be told from studies")
    rho = spec.rho if spec.model == "che" else 0.0
    design = np.ones((len(study), 1))
    try:
        fitted = fit_multilevel(pooled.yi, pooled.vi, design, study, rho=rho, method=spec.method)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise NotEstimable(str(error)) from error
    df = float(studies - 1) if spec.test == "t" else None
    estimate = _estimate(fitted, spec, df)
    if spec.robust is not None:
        between, within = (float(value) for value in fitted.sigma2)
        estimate["robust"] = robust_estimate(pooled, spec, (between, within), rho)
    return {
        "estimate": estimate,
        "heterogeneity": _heterogeneity(fitted, typical_variance(pooled.vi, study, rho)),
        "fit": plain(
            {"ll": fitted.ll, "deviance": -2 * fitted.ll, "AIC": -2 * fitted.ll + 6, "likelihood": spec.method,
             "rho": rho if spec.model == "che" else None}
        ),
    }  # fmt: skip


def robust_estimate(pooled: Pool, spec: Specification, sigma2: tuple[float, float], rho: float = 0.0) -> dict[str, Any]:
    """The pooled estimate's robust test and interval, effects of one study being one cluster; else the reason why not.

    sigma2: variance of studies and of effects within them; (0, tau2) for a model of independent effects.
    """
    study = pooled.table["study_id"].astype(str).to_numpy()
    design = np.ones((len(study), 1))
    kind = str(spec.robust)
    try:
        return robust_block(
            robust(pooled.yi, pooled.vi, design, study, sigma2=sigma2, rho=rho, kind=kind, level=spec.level)
        )
    except NotEstimable as reason:
        return {"type": kind, "not_estimable": str(reason)}


def _estimate(fitted: Multilevel, spec: Specification, df: float | None) -> dict[str, Any]:
    b, se = float(fitted.b[0]), math.sqrt(float(fitted.vb[0, 0]))
    half = float(critical(spec.level, df))
    spread = math.sqrt(float(fitted.vb[0, 0]) + float(fitted.sigma2.sum()))
    return plain(
        {
            "b": b,
            "se": se,
            "zval" if df is None else "tval": b / se,
            "df": df,
            "pval": float(two_sided_p(b / se, df)),
            "ci_lb": b - half * se,
            "ci_ub": b + half * se,
            "pi_lb": b - half * spread,
            "pi_ub": b + half * spread,
        }
    )


def typical_variance(vi: NDArray[np.float64], study: NDArray, rho: float = 0.0) -> float:
    """The typical sampling variance (k - 1) / tr(P), P = W - W X (X'WX)^-1 X'W, W = V^-1, X the intercept.

    Higgins & Thompson (2002), Stat. Med. 21:1539-1558, eq. 9, for any V.
    """
    W = np.linalg.inv(sampling_covariance(vi, study, rho))
    row = W.sum(axis=1)
    return (len(vi) - 1) / float(np.trace(W) - (row @ row) / row.sum())


def _heterogeneity(fitted: Multilevel, typical: float) -> dict[str, Any]:
    """Variance components with their share of the total (I2 by level; Cheung 2014, Psychol. Methods 19:211-229).

    I2_Q is the other definition, (QE - df) / QE.
    """
    between, within = (float(value) for value in fitted.sigma2)
    total = between + within + typical
    by_q = q_based(float(fitted.QE), float(fitted.QE_df))
    return plain(
        {
            "tau2": between + within,
            "tau": math.sqrt(between + within),
            "sigma2_study": between,
            "sigma2_effect": within,
            "I2": 100 * (between + within) / total,
            "I2_study": 100 * between / total,
            "I2_effect": 100 * within / total,
            "I2_Q": 100 * by_q.I2 if by_q is not None else None,
            "H2": (between + within) / typical + 1,
            "QE": fitted.QE,
            "QE_df": fitted.QE_df,
            "QEp": float(upper_chi2(fitted.QE, fitted.QE_df)),
        }
    )
