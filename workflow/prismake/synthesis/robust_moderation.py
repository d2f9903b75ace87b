"""Cluster-robust tests of a meta-regression's coefficients and terms, as blocks of result.json."""

from __future__ import annotations

from typing import Any

import numpy as np

from prismake.synthesis.design import Design
from prismake.synthesis.model import Fit, NotEstimable
from prismake.synthesis.pooling import Pool
from prismake.synthesis.result import plain
from prismake.synthesis.robust import Robust, robust, robust_block, robust_wald
from prismake.synthesis.specification import Specification
from prismake.synthesis.tau2 import WEIGHTED


def independent_robust(
    pooled: Pool, spec: Specification, fitted: Fit, rows: np.ndarray, x: np.ndarray
) -> Robust | str | None:
    """The robust variance of an equal-, fixed- or random-effects model, the effects of a study being one cluster.

    rows: of the pool, with the design x (rows, p). The reason where there is none, None where none is asked for.
    """
    if spec.robust is None:
        return None
    if spec.method in WEIGHTED:
        return f"{spec.method} weights the effects its own way, for which no robust variance is made"
    study = pooled.table["study_id"].astype(str).to_numpy()[rows]
    try:
        return robust(
            pooled.yi[rows], pooled.vi[rows], x, study,
            sigma2=(0.0, float(fitted.tau2)), kind=spec.robust, level=spec.level,
        )  # fmt: skip
    except NotEstimable as reason:
        return str(reason)


def robust_coefficient(found: Robust | str | None, position: int, spec: Specification) -> dict[str, Any]:
    """One coefficient's robust test under the key `robust`, or the reason why there is none; empty where none is asked
    for.
    """
    if found is None:
        return {}
    if isinstance(found, str):
        return {"robust": {"type": spec.robust, "not_estimable": found}}
    try:
        return {"robust": robust_block(found, position)}
    except NotEstimable as reason:
        return {"robust": {"type": found.kind, "not_estimable": str(reason)}}


def robust_tests(found: Robust | str | None, design: Design) -> dict[str, Any]:
    """The approximate Hotelling test of each term, or the reason why there is none."""
    if not isinstance(found, Robust) or found.kind != "CR2":
        return {}
    tests: dict[str, Any] = {}
    for term, where in design.terms.items():
        try:
            one = robust_wald(found, where)
            tests[term] = {"F": one.F, "df": one.df_num, "df2": one.df_denom, "p": one.p}
        except NotEstimable as reason:
            tests[term] = {"not_estimable": str(reason)}
    return plain(tests)
