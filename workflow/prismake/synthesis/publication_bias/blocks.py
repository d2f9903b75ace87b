"""The models of publication bias by the names a protocol gives them, as blocks of result.json."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from prismake.synthesis.dependent import assumed_rho, shared_covariance
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.pooling import Pool
from prismake.synthesis.publication_bias.excess_significance import excess_significance
from prismake.synthesis.publication_bias.limit import limit_meta_analysis
from prismake.synthesis.publication_bias.pcurve import p_curve
from prismake.synthesis.publication_bias.pet_peese import (
    Regression,
    dependent_regression,
    independent_regression,
    pet_peese,
)
from prismake.synthesis.publication_bias.puniform import p_uniform
from prismake.synthesis.publication_bias.puniform_star import p_uniform_star
from prismake.synthesis.publication_bias.selection import Selection, selection_model
from prismake.synthesis.publication_bias.step_function import DELTA_MAX
from prismake.synthesis.result import plain
from prismake.synthesis.specification import DEPENDENT, TABLES, Specification
from prismake.synthesis.suite import with_model

FEW = 10
FEW_IN_INTERVAL = 4


def _caution(units: int, what: str = "effects") -> str | None:
    """A warning where there are fewer studies than a model of publication bias can be asked of."""
    return f"with {units} {what} the model says little; at least {FEW} are advised" if units < FEW else None


def _open_ended(caution: str | None, lower: float | None, upper: float | None) -> str | None:
    """The caution, with a word on a bound of the interval that was not found."""
    lacking = [name for name, bound in (("lower", lower), ("upper", upper)) if bound is None]
    if not lacking:
        return caution
    said = f"the interval has no {' and no '.join(lacking)} bound, since hardly any value on that side fits worse"
    return said if caution is None else f"{caution}; {said}"


def _independent(spec: Specification, what: str) -> None:
    if spec.model in DEPENDENT or spec.model in TABLES:
        raise NotEstimable(f"{what} is defined for independent effects, not for the model {spec.model}")


def _regressions(pooled: Pool, spec: Specification, predictors: tuple[str, ...]) -> list[Regression]:
    """The regressions on each predictor by the model of the analysis."""
    if spec.model in TABLES:
        raise NotEstimable(f"the regression is defined for effects with variances, not for the model {spec.model}")
    if spec.model not in DEPENDENT:
        return [independent_regression(pooled.yi, pooled.vi, predictor, spec.level) for predictor in predictors]
    if spec.model == "multivariate":
        raise NotEstimable("the regression goes with the models multilevel and che, not with multivariate")
    study = pooled.table["study_id"].astype(str).to_numpy()
    rho, V, kind = assumed_rho(spec), shared_covariance(pooled, spec), spec.robust or "CR2"
    return [
        dependent_regression(
            pooled.yi, pooled.vi, study, predictor, rho=rho, V=V, method=spec.method, kind=kind, level=spec.level
        )
        for predictor in predictors
    ]


def pet_peese_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """PET-PEESE; options: pet_peese_alpha (one-sided, .05)."""
    pet, peese = _regressions(pooled, spec, ("sei", "vi"))
    alpha = float(spec.options.get("pet_peese_alpha", 0.05))
    return pet_peese(pet, peese, alpha) | {"k": pooled.k, "caution": _caution(pooled.k, "studies")}


def egger_multilevel_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Egger's test of dependent effects: the slope of the standard error in the analysis's own model, robust."""
    if spec.model not in DEPENDENT:
        raise NotEstimable("this form of Egger's test goes with the models multilevel and che")
    (found,) = _regressions(pooled, spec, ("sei",))
    return {
        "slope": found.slope,
        "limit": found.intercept,
        "k": pooled.k,
        "caution": _caution(pooled.k, "studies"),
    }


def selection_model_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """The three-parameter selection model, or one with other steps; options: selection_steps ([.025]),
    selection_alternative (auto, greater, less), selection_type (step, beta, halfnorm, logistic, negexp, power),
    selection_weights (one for each interval, the first 1, that are assumed and not estimated).
    """
    _independent(spec, "a selection model")
    type = str(spec.options.get("selection_type", "step"))
    if type != "step":
        return _smooth_selection(pooled, spec, type)
    steps = tuple(float(step) for step in spec.options.get("selection_steps", (0.025,)))
    delta = spec.options.get("selection_weights")
    found = selection_model(
        pooled.yi,
        pooled.vi,
        steps=steps,
        delta=delta,
        alternative=str(spec.options.get("selection_alternative", "auto")),
        random=spec.method != "EE",
        level=spec.level,
    )
    edges = [0.0, *steps, 1.0]
    names = [f"{low:g} < p <= {high:g}" for low, high in zip(edges, edges[1:], strict=False)]
    caution = _caution(int(pooled.yi.size))
    if delta is None:
        caution = _caution_on_intervals(found, names, caution)
    block = asdict(found)
    del block["score"]
    return plain(block | {"intervals": names, "k": int(pooled.yi.size), "caution": caution})


def _caution_on_intervals(found: Selection, names: list[str], caution: str | None) -> str | None:
    """What the counts and the estimated weights of the intervals warn of, unless there is a caution already.

    Raises NotEstimable where an interval that the weights hang on is empty. Weights that are assumed need no counts.
    """
    empty = [name for name, count in zip(names, found.counts, strict=True) if not count]
    if found.counts[0] == 0 or (len(names) == 2 and empty):
        raise NotEstimable(f"no effect has {empty[0]} (one-sided), so its chance of publication cannot be estimated")
    few = [name for name, count in zip(names, found.counts, strict=True) if count < FEW_IN_INTERVAL]
    if caution is None and few:
        return f"fewer than {FEW_IN_INTERVAL} effects have {' or '.join(few)}; the model is unstable"
    if caution is None and max(found.delta) >= DELTA_MAX * (1 - 1e-9):
        return f"a weight lies at the bound of {DELTA_MAX:g}: how it was selected cannot be told"
    return caution


def _smooth_selection(pooled: Pool, spec: Specification, type: str) -> dict[str, Any]:
    """A selection model whose weight falls smoothly with the p-value."""
    found = selection_model(
        pooled.yi,
        pooled.vi,
        type=type,
        alternative=str(spec.options.get("selection_alternative", "auto")),
        random=spec.method != "EE",
        level=spec.level,
    )
    block = asdict(found)
    del block["score"], block["steps"], block["counts"]
    k = int(pooled.yi.size)
    return plain(block | {"k": k, "caution": _caution(k)})


def beta_selection_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """The beta selection model; options: selection_alternative (auto, greater, less)."""
    _independent(spec, "a selection model")
    return _smooth_selection(pooled, spec, "beta")


def p_uniform_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """p-uniform of the significant results; options: selection_alternative (auto, greater, less)."""
    _independent(spec, "p-uniform")
    alternative = str(spec.options.get("selection_alternative", "auto"))
    found = p_uniform(pooled.yi, pooled.vi, alternative=alternative, level=spec.level)
    caution = _caution(found.k_significant, "significant results")
    if caution is None and spec.method != "EE":
        caution = "one true effect is assumed; where effects differ p_uniform_star is the method"
    caution = _open_ended(caution, found.ci_lb, found.ci_ub)
    return plain(asdict(found) | {"k": int(pooled.yi.size), "caution": caution})


def limit_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Limit meta-analysis with the tau2 of the analysis."""
    _independent(spec, "limit meta-analysis")
    found = limit_meta_analysis(pooled.yi, pooled.vi, method=spec.method, level=spec.level)
    k = int(pooled.yi.size)
    return plain(asdict(found) | {"k": k, "caution": _caution(k)})


def excess_significance_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Test of excess significance; heterogeneity alone can make it significant, which the caution says."""
    _independent(spec, "the test of excess significance")
    found = excess_significance(pooled.yi, pooled.vi)
    k = int(pooled.yi.size)
    caution = _caution(k)
    if caution is None and spec.method != "EE":
        caution = (
            "one true effect is assumed; where effects differ between studies the test can be significant for that"
        )
    return plain(asdict(found) | {"k": k, "caution": caution})


def p_curve_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """p-curve of the significant results."""
    _independent(spec, "a p-curve")
    found = p_curve(pooled.yi, pooled.vi)
    k = found.k_significant
    caution = _caution(k, "significant results")
    return plain(asdict(found) | {"k": int(pooled.yi.size), "caution": caution})


def p_uniform_star_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """p-uniform*; options: selection_alternative (auto, greater, less)."""
    _independent(spec, "p-uniform*")
    alternative = str(spec.options.get("selection_alternative", "auto"))
    found = p_uniform_star(pooled.yi, pooled.vi, alternative=alternative, level=spec.level)
    k = int(pooled.yi.size)
    return plain(asdict(found) | {"k": k, "caution": _open_ended(_caution(k), found.ci_lb, found.ci_ub)})


BIAS_MODELS: dict[str, Callable[[Pool, Specification], dict[str, Any]]] = {
    "beta_selection": beta_selection_block,
    "egger_che": with_model("che", egger_multilevel_block),
    "egger_multilevel": egger_multilevel_block,
    "egger_three_level": with_model("multilevel", egger_multilevel_block),
    "excess_significance": excess_significance_block,
    "limit_meta_analysis": limit_block,
    "p_curve": p_curve_block,
    "p_uniform": p_uniform_block,
    "p_uniform_star": p_uniform_star_block,
    "pet_peese": pet_peese_block,
    "pet_peese_che": with_model("che", pet_peese_block),
    "pet_peese_three_level": with_model("multilevel", pet_peese_block),
    "selection_model": selection_model_block,
}
"""Every model of publication bias by the name that a protocol gives it."""
