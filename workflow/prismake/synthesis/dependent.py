"""Analyses of dependent effects: the three-level model and CHE as blocks of result.json."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prismake.synthesis.blocks import groups_of, typical_sampling_variance
from prismake.synthesis.distributions import critical, two_sided_p, upper_chi2
from prismake.synthesis.effect_sizes.dependence import is_positive_definite
from prismake.synthesis.effect_sizes.dependence import sampling_covariance as sampling_covariance_of_arms
from prismake.synthesis.heterogeneity import q_based
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.multilevel import Multilevel, fit_multilevel, sampling_covariance
from prismake.synthesis.multivariate_block import multivariate_blocks
from prismake.synthesis.pooling import Pool
from prismake.synthesis.profile import Profile
from prismake.synthesis.result import plain
from prismake.synthesis.robust import robust, robust_block
from prismake.synthesis.specification import Specification

_ARM_COLUMNS = ("cluster", "outcome_id", "time_weeks", "arm_1", "arm_2", "n1", "n2")


def fit_dependent(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Estimate, heterogeneity and fit of a multilevel (rho = 0), CHE or multivariate model over all effects of the pool.

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
        raise NotEstimable("a model of dependent effects needs at least two studies")
    if spec.model == "multivariate":
        return multivariate_blocks(pooled, spec, whole_covariance(pooled, spec))
    if studies == len(study):
        raise NotEstimable("no study has several effects, so effects within studies cannot be told from studies")
    design = np.ones((len(study), 1))
    fitted = fit_design(pooled, spec, design)
    rho, V = assumed_rho(spec), shared_covariance(pooled, spec)
    df = float(studies - 1) if spec.test == "t" else None
    estimate = _estimate(fitted, spec, df)
    if spec.robust is not None:
        between, within = (float(value) for value in fitted.sigma2)
        estimate["robust"] = robust_estimate(pooled, spec, (between, within), rho, V)
    return {
        "estimate": estimate,
        "heterogeneity": heterogeneity_of(fitted, typical_variance(pooled.vi, study, rho, V)),
        "fit": plain(
            {"ll": fitted.ll, "deviance": -2 * fitted.ll, "AIC": -2 * fitted.ll + 6, "likelihood": spec.method,
             "rho": rho if spec.model == "che" else None,
             "covariance": "shared arms" if V is not None else "assumed" if spec.model == "che" else "none"}
        ),
    }  # fmt: skip


def assumed_rho(spec: Specification) -> float:
    """The correlation of sampling errors within a study that the model assumes."""
    return spec.rho if spec.model in ("che", "multivariate") else 0.0


def whole_covariance(pooled: Pool, spec: Specification) -> NDArray[np.float64]:
    """V of all effects: that of shared arms where there are any, else the assumed correlation within studies."""
    shared = shared_covariance(pooled, spec)
    if shared is not None:
        return shared
    return sampling_covariance(pooled.vi, pooled.table["study_id"].astype(str).to_numpy(), assumed_rho(spec))


def shares_arms(table: pd.DataFrame) -> bool:
    """Whether effects of a table name a group that they share (column `shared_group`), and their arms."""
    if not {"shared_group", *_ARM_COLUMNS} <= set(table.columns):
        return False
    group = table["shared_group"].fillna("").astype(str).str.strip()
    return bool(group[group != ""].duplicated().any())


def shared_covariance(pooled: Pool, spec: Specification) -> NDArray[np.float64] | None:
    """V of effects of which some share an arm (column `shared_group`); None where none do, or the table lacks the arms.

    Effects that share an arm correlate by its part of their variances (Gleser & Olkin 2009), times rho where they also
    differ in the outcome.
    """
    if not shares_arms(pooled.table):
        return None
    V = sampling_covariance_of_arms(pooled.table.assign(vi=pooled.vi), rho=assumed_rho(spec))
    if not is_positive_definite(V):
        raise NotEstimable(
            "the shared arms and the assumed correlation give no covariance matrix; choose a smaller rho"
        )
    return V


def fit_design(pooled: Pool, spec: Specification, design: NDArray[np.float64]) -> Multilevel:
    """The multilevel or CHE model of a pool with this design. Raises NotEstimable with the reason."""
    study = pooled.table["study_id"].astype(str).to_numpy()
    V = shared_covariance(pooled, spec)
    try:
        return fit_multilevel(pooled.yi, pooled.vi, design, study, rho=assumed_rho(spec), method=spec.method, V=V)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise NotEstimable(str(error)) from error


def component_intervals(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Profile-likelihood intervals of both variance components, for the heterogeneity block."""
    design = np.ones((pooled.yi.size, 1))
    study = pooled.table["study_id"].astype(str).to_numpy()
    fitted = fit_design(pooled, spec, design)
    V = shared_covariance(pooled, spec)
    profile = Profile(fitted, pooled.yi, pooled.vi, design, study, rho=assumed_rho(spec), method=spec.method, V=V)
    found: dict[str, float | None] = {}
    for position, name in enumerate(("sigma2_study", "sigma2_effect")):
        interval = profile.interval(position, spec.level)
        found |= {f"{name}_ci_lb": interval.lb, f"{name}_ci_ub": interval.ub}
    return plain(found)


def robust_estimate(
    pooled: Pool,
    spec: Specification,
    sigma2: tuple[float, float],
    rho: float = 0.0,
    V: NDArray[np.float64] | None = None,
) -> dict[str, Any]:
    """The pooled estimate's robust test and interval, effects of one study being one cluster; else the reason why not.

    sigma2: variance of studies and of effects within them.
    """
    study = pooled.table["study_id"].astype(str).to_numpy()
    design = np.ones((len(study), 1))
    kind = str(spec.robust)
    try:
        return robust_block(
            robust(pooled.yi, pooled.vi, design, study, sigma2=sigma2, rho=rho, V=V, kind=kind, level=spec.level)
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


def typical_variance(
    vi: NDArray[np.float64], study: NDArray, rho: float = 0.0, V: NDArray[np.float64] | None = None
) -> float:
    """The typical sampling variance of an intercept-only model, for any V (Higgins & Thompson 2002, eq. 9)."""
    return typical_sampling_variance(groups_of(vi, vi, np.ones((len(vi), 1)), study, rho=rho, V=V))


def heterogeneity_of(fitted: Multilevel, typical: float) -> dict[str, Any]:
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
