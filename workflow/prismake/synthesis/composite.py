"""Every customary model of one set of effects in one table, as metapsyTools makes it in one call (`runMetaAnalysis`).

overall: all effects as if they were independent; combined: one average a study; lowest, highest: one effect a study;
outliers_removed, influential_removed, without_high_risk_of_bias: all effects but those; three_level, che: all effects
with their dependence; waap: the unrestricted weighted least squares of the adequately powered effects (Stanley,
Doucouliagos & Ioannidis 2017, Stat Med 36:1580). Each row says what it leaves out, and has a robust test and interval
beside its own (`robust`), the effects of a study being one cluster.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.dependent import fit_dependent, robust_estimate
from prismake.synthesis.influence import influence
from prismake.synthesis.model import Fit, NotEstimable, fit
from prismake.synthesis.outliers import outside
from prismake.synthesis.pooling import Pool, participants, pool
from prismake.synthesis.result import estimate_block, heterogeneity_block, plain
from prismake.synthesis.specification import Specification
from prismake.synthesis.suite import dependent_specification

Array = NDArray[np.float64]

# 1.96 + 0.84: an effect this many standard errors from zero is found with 80 % power (Stanley et al. 2017).
_POWER_RATIO = 2.8


@dataclass(frozen=True)
class Waap:
    """The estimate, the rows it rests on, and whether those are the adequately powered ones (else all: WLS)."""

    fit: Fit
    powered: NDArray[np.bool_]
    restricted: bool


def waap(yi: ArrayLike, vi: ArrayLike, level: float = 95.0) -> Waap:
    """Weighted average of the adequately powered, or unrestricted weighted least squares where fewer than three are.

    Raises NotEstimable with fewer than two effects.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.size < 2:
        raise NotEstimable("weighted least squares need at least two effects")
    everything = fit(y, v, method="EE", test="knha", level=level)
    powered = np.sqrt(v) <= abs(float(everything.b[0])) / _POWER_RATIO
    if powered.sum() < 3:
        return Waap(everything, powered, False)
    return Waap(fit(y[powered], v[powered], method="EE", test="knha", level=level), powered, True)


def composite_block(pooled: Pool, spec: Specification) -> list[dict[str, Any]]:
    """One row a model; a model that cannot be fitted has its reason."""
    rows = []
    for name, build in _MODELS.items():
        row: dict[str, Any] = {"model": name, "not_estimable": None, "left_out": []}
        try:
            row |= build(pooled, spec)
        except NotEstimable as reason:
            row["not_estimable"] = str(reason)
        rows.append(plain(row))
    return rows


def _fitted(part: Pool, spec: Specification) -> dict[str, Any]:
    """Numbers of a univariate model."""
    model = fit(part.yi, part.vi, method=spec.method, test=spec.test, level=spec.level)
    return _who(part) | {
        "estimate": estimate_block(model) | {"robust": _robust(part, spec, float(model.tau2))},
        "heterogeneity": heterogeneity_block(model, part.yi, part.vi),
    }


def _robust(part: Pool, spec: Specification, tau2: float) -> dict[str, Any]:
    """The robust test and interval of a model of independent effects; CR2 unless the protocol names another."""
    return robust_estimate(part, replace(spec, robust=spec.robust or "CR2"), (0.0, tau2))


def _who(part: Pool) -> dict[str, Any]:
    return {"k": part.k, "N": participants(part), "n_effects": int(part.yi.size)}


def _without(pooled: Pool, spec: Specification, keep: NDArray[np.bool_]) -> dict[str, Any]:
    """All effects but some, which are named."""
    left_out = pooled.source["effect_id"].astype(str)[~keep].tolist()
    part = pool(pooled.source[keep].reset_index(drop=True), "all", spec.rho)
    return _fitted(part, spec) | {"left_out": left_out}


def _rule(rule: str) -> Callable[[Pool, Specification], dict[str, Any]]:
    def build(pooled: Pool, spec: Specification) -> dict[str, Any]:
        part = pool(pooled.source, rule, spec.rho)
        used = {effect for row in part.effects for effect in row}
        left_out = [effect for effect in pooled.source["effect_id"].astype(str) if effect not in used]
        return _fitted(part, spec) | {"left_out": left_out}

    return build


def _outliers(pooled: Pool, spec: Specification) -> dict[str, Any]:
    every = pool(pooled.source, "all", spec.rho)
    model = fit(every.yi, every.vi, method=spec.method, test=spec.test, level=spec.level)
    return _without(pooled, spec, ~outside(every.yi, every.vi, model))


def _influential(pooled: Pool, spec: Specification) -> dict[str, Any]:
    every = pool(pooled.source, "all", spec.rho)
    return _without(pooled, spec, ~influence(every.yi, every.vi, method=spec.method, test=spec.test).flagged)


def _low_risk(pooled: Pool, spec: Specification) -> dict[str, Any]:
    if "rob" not in pooled.source or (pooled.source["rob"].fillna("").astype(str).str.strip() == "").all():
        raise NotEstimable("no effect has an overall risk of bias")
    high = {level.strip().lower() for level in spec.high_risk_of_bias}
    rated = pooled.source["rob"].fillna("").astype(str).str.strip().str.lower()
    return _without(pooled, spec, (~rated.isin(high)).to_numpy())


def _dependent(model: str) -> Callable[[Pool, Specification], dict[str, Any]]:
    def build(pooled: Pool, spec: Specification) -> dict[str, Any]:
        every = pool(pooled.source, "all", spec.rho)
        return _who(every) | fit_dependent(every, dependent_specification(spec, model))

    return build


def _waap(pooled: Pool, spec: Specification) -> dict[str, Any]:
    every = pool(pooled.source, "all", spec.rho)
    found = waap(every.yi, every.vi, spec.level)
    ids = pooled.source["effect_id"].astype(str).to_numpy()
    used = pool(pooled.source[found.powered], "all", spec.rho) if found.restricted else every
    return {
        "k": int(every.table["study_id"][found.powered].nunique()) if found.restricted else every.k,
        "N": participants(used),
        "n_effects": int(found.fit.k),
        "estimate": estimate_block(found.fit, prediction=False) | {"robust": _robust(used, spec, 0.0)},
        "heterogeneity": None,
        "adequately_powered": int(found.powered.sum()),
        "restricted_to_powered": found.restricted,
        "left_out": ids[~found.powered].tolist() if found.restricted else [],
    }


_MODELS: dict[str, Callable[[Pool, Specification], dict[str, Any]]] = {
    "overall": _rule("all"),
    "combined": _rule("average"),
    "lowest": _rule("lowest"),
    "highest": _rule("highest"),
    "outliers_removed": _outliers,
    "influential_removed": _influential,
    "without_high_risk_of_bias": _low_risk,
    "three_level": _dependent("multilevel"),
    "che": _dependent("che"),
    "waap": _waap,
}
