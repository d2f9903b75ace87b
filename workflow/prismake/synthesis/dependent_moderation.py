"""Meta-regression of dependent effects: three-level models and CHE with moderators, robust tests of terms beside."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from prismake.synthesis.blocks import groups_of, typical_sampling_variance
from prismake.synthesis.dependent import (
    assumed_rho,
    fit_design,
    heterogeneity_of,
    shared_covariance,
    whole_covariance,
)
from prismake.synthesis.design import Design, design_matrix
from prismake.synthesis.distributions import critical, two_sided_p, upper_chi2, upper_f
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.moderation import refuse_constant
from prismake.synthesis.multilevel import Multilevel
from prismake.synthesis.multivariate import Multivariate
from prismake.synthesis.multivariate_block import fit_kinds, heterogeneity_of_kinds
from prismake.synthesis.pooling import Pool
from prismake.synthesis.predicted import predicted
from prismake.synthesis.projection import redundant
from prismake.synthesis.result import plain
from prismake.synthesis.robust import Robust, robust
from prismake.synthesis.robust_moderation import robust_coefficient, robust_tests
from prismake.synthesis.specification import Specification


def dependent_moderators(
    pooled: Pool, spec: Specification, terms: list[str], measure: str = ""
) -> tuple[Design, dict[str, Any]]:
    """The design and the block of one meta-regression by the analysis's multilevel or CHE model.

    With test t the reference has (studies - coefficients) degrees of freedom. Where the specification names a robust
    variance, every coefficient has its robust test, and with CR2 every term its approximate Hotelling test.

    Raises:
        NotEstimable: a moderator that does not vary, too few studies, a singular design, a test of another model.
    """
    if spec.test not in ("z", "t"):
        raise NotEstimable(f"the test {spec.test} belongs to models of independent effects; use z or t")
    columns = {str(column): list(pooled.table[column]) for column in pooled.table.columns}
    design = design_matrix(columns, terms)
    refuse_constant(design)
    part = _rows(pooled, design)
    study = part.table["study_id"].astype(str).to_numpy()
    studies, p = len(np.unique(study)), design.x.shape[1]
    if studies <= p:
        raise NotEstimable(f"{studies} studies cannot carry {p} coefficients")
    if redundant(design.x):
        raise NotEstimable("the moderators are redundant (the design matrix is singular)")
    fitted: Multilevel | Multivariate
    if spec.model == "multivariate":
        fitted = fit_kinds(part, spec, whole_covariance(part, spec), design.x)
    else:
        fitted = fit_design(part, spec, design.x)
    found = _robust(part, spec, design, fitted)
    df = float(studies - p) if spec.test == "t" else None
    V = shared_covariance(part, spec)
    typical = typical_sampling_variance(groups_of(part.yi, part.vi, design.x, study, rho=assumed_rho(spec), V=V))
    if isinstance(fitted, Multivariate):
        heterogeneity = heterogeneity_of_kinds(fitted, typical)
    else:
        heterogeneity = heterogeneity_of(fitted, typical)
    tests = {term: _wald(fitted, where, df) for term, where in design.terms.items() if where}
    block = {
        "coefficients": [_coefficient(fitted, design, position, spec, df, found) for position in range(p)],
        "test": _wald(fitted, list(range(1, p)), df),
        "term_tests": tests,
        "robust_term_tests": robust_tests(found, design),
        "predictions": predicted(
            design,
            fitted.b,
            fitted.vb,
            # Kinds of effects have a variance each: no one interval holds the true effects of all.
            tau2=None if isinstance(fitted, Multivariate) else float(fitted.sigma2.sum()),
            level=spec.level,
            df=df,
            measure=measure,
            transform=spec.transform,
        ),
        "R2": None,
        "heterogeneity": heterogeneity,
        "fit": plain({"ll": fitted.ll, "deviance": -2 * fitted.ll, "likelihood": spec.method}),
    }
    return design, block


def _rows(pooled: Pool, design: Design) -> Pool:
    """The pool of the rows that have every moderator."""
    return Pool(
        pooled.yi[design.rows],
        pooled.vi[design.rows],
        pooled.table.iloc[design.rows].reset_index(drop=True),
        pooled.source,
        [pooled.effects[row] for row in design.rows],
        pooled.notes,
    )


def _robust(part: Pool, spec: Specification, design: Design, fitted: Multilevel | Multivariate) -> Robust | str | None:
    """The robust variance, the reason why there is none, or None where none is asked for."""
    if spec.robust is None:
        return None
    study = part.table["study_id"].astype(str).to_numpy()
    V = shared_covariance(part, spec)
    try:
        if isinstance(fitted, Multivariate):
            return fitted.robust(spec.robust, spec.level)
        sigma2 = (float(fitted.sigma2[0]), float(fitted.sigma2[1]))
        return robust(
            part.yi, part.vi, design.x, study,
            sigma2=sigma2, rho=assumed_rho(spec), V=V, kind=spec.robust, level=spec.level,
        )  # fmt: skip
    except NotEstimable as reason:
        return str(reason)


def _coefficient(
    fitted: Multilevel | Multivariate,
    design: Design,
    position: int,
    spec: Specification,
    df: float | None,
    found: Robust | str | None,
) -> dict[str, Any]:
    b, se = float(fitted.b[position]), math.sqrt(float(fitted.vb[position, position]))
    half = float(critical(spec.level, df)) * se
    row: dict[str, Any] = {
        "name": design.names[position],
        "b": b,
        "se": se,
        "zval" if df is None else "tval": b / se,
        "df": df,
        "pval": float(two_sided_p(b / se, df)),
        "ci_lb": b - half,
        "ci_ub": b + half,
        "vif": None,
    }
    return plain(row | robust_coefficient(found, position, spec))


def _wald(fitted: Multilevel | Multivariate, where: list[int], df: float | None) -> dict[str, Any]:
    b, block = fitted.b[where], fitted.vb[np.ix_(where, where)]
    statistic, m = float(b @ np.linalg.solve(block, b)), len(where)
    if df is None:
        return {"QM": statistic, "df": m, "df2": None, "p": float(upper_chi2(statistic, m))}
    return {"QM": statistic / m, "df": m, "df2": df, "p": float(upper_f(statistic / m, m, df))}
