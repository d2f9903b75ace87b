"""Named sensitivity analyses: each takes what was pooled and how, and gives a block for result.json."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from prismake.synthesis.bootstrap import cluster_bootstrap
from prismake.synthesis.composite import composite_block
from prismake.synthesis.dependent import assumed_rho, fit_dependent, shared_covariance
from prismake.synthesis.gosh import gosh, summary
from prismake.synthesis.influence import baujat, cumulative, influence, leave_one_out
from prismake.synthesis.model import Fit, NotEstimable, fit
from prismake.synthesis.multiverse import multiverse_block
from prismake.synthesis.outliers import outside
from prismake.synthesis.permutation import permutation_test
from prismake.synthesis.pooling import Pool, participants, pool
from prismake.synthesis.result import estimate_block, fit_block, heterogeneity_block, plain
from prismake.synthesis.robust_moderation import independent_robust, robust_coefficient
from prismake.synthesis.specification import DEPENDENT, TABLES, Specification
from prismake.synthesis.suite import with_model
from prismake.synthesis.tau2 import EQUAL
from prismake.synthesis.two_by_two import fit_two_by_two


def fit_pool(pooled: Pool, spec: Specification) -> Fit:
    """The intercept-only model of a pool by the specification."""
    return fit(pooled.yi, pooled.vi, method=spec.method, test=spec.test, level=spec.level)


def pooled_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """k, N, studies, estimate and heterogeneity of a pool; `not_estimable` carries the reason where there is none."""
    block: dict[str, Any] = {
        "k": pooled.k,
        "N": participants(pooled),
        "n_effects": len(pooled.source),
        "studies": list(dict.fromkeys(pooled.table["study_id"].astype(str))) if len(pooled.table) else [],
        "not_estimable": None,
        "estimate": None,
        "heterogeneity": None,
    }
    try:
        return block | model_blocks(pooled, spec)
    except NotEstimable as reason:
        return block | {"not_estimable": str(reason)}


def model_blocks(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """estimate, heterogeneity and fit blocks by the specification's model. Raises NotEstimable with the reason."""
    if pooled.yi.size == 0:
        raise NotEstimable("there are no effects to pool")
    if spec.model in TABLES:
        chosen = {effect for row in pooled.effects for effect in row}
        return fit_two_by_two(pooled.source[pooled.source["effect_id"].astype(str).isin(chosen)], spec)
    if spec.model in DEPENDENT:
        return fit_dependent(pooled, spec)
    fitted = fit_pool(pooled, spec)
    rows = np.arange(pooled.yi.size)
    sandwich = independent_robust(pooled, spec, fitted, rows, np.ones((rows.size, 1)))
    return {
        "estimate": estimate_block(fitted) | robust_coefficient(sandwich, 0, spec),
        "heterogeneity": heterogeneity_block(fitted, pooled.yi, pooled.vi),
        "fit": fit_block(fitted),
    }


def independent_only(spec: Specification) -> None:
    """Refuse a diagnostic that is defined for models of independent effects alone."""
    if spec.model in DEPENDENT or spec.model in TABLES:
        raise NotEstimable(f"this diagnostic belongs to models of independent effects, not to the model {spec.model}")


def refit(pooled: Pool, spec: Specification, keep: np.ndarray) -> dict[str, Any]:
    """The analysis again with only some of its pooled rows; the ids of those left out are named."""
    kept = set(pooled.table["study_id"].astype(str)[keep])
    left_out = [study for study in dict.fromkeys(pooled.table["study_id"].astype(str)) if study not in kept]
    ids = {effect for row, used in zip(pooled.effects, keep, strict=True) if used for effect in row}
    source = pooled.source[pooled.source["effect_id"].astype(str).isin(ids)].reset_index(drop=True)
    part = pool(source, spec.one_per_study, spec.rho)
    return pooled_block(part, spec) | {"left_out": left_out}


def leave_one_out_block(pooled: Pool, spec: Specification) -> list[dict[str, Any]]:
    """One row for each study left out, all its effects with it."""
    studies = pooled.table["study_id"].astype(str).to_numpy()
    order = np.unique(studies)
    if order.size < 2:
        raise NotEstimable("there is only one study, so none can be left out")
    if spec.model in DEPENDENT or spec.model in TABLES:
        return [_without_study(pooled, spec, study) for study in dict.fromkeys(studies)]
    models = leave_one_out(pooled.yi, pooled.vi, method=spec.method, test=spec.test, level=spec.level, groups=studies)
    rows = {}
    for position, study in enumerate(order):
        model = models.row(position)
        # A pool of one effect is refused elsewhere too: nothing is known of the variance between studies.
        enough = bool(model.k >= 2 or (model.k == 1 and spec.method in EQUAL))
        flat = enough and _is_flat(model)
        rows[study] = {
            "left_out": study,
            "label": _label(pooled, study),
            "k": int(np.unique(studies[studies != study]).size),
            "estimate": estimate_block(model, prediction=False) if enough and not flat else None,
            "heterogeneity": plain({key: getattr(model, key) for key in ("tau2", "I2", "H2", "QE", "QEp")})
            if enough
            else None,
            "not_estimable": _FLAT if flat else None if enough else _too_few(int(model.k)),
        }
    return [rows[study] for study in dict.fromkeys(studies)]


_FLAT = "the effects do not vary around the model, so Knapp and Hartung's standard error is zero"


def _is_flat(model: Fit) -> bool:
    return not bool(np.isfinite(model.se).all())


def _too_few(k: int) -> str:
    return "with one effect the between-study variance cannot be estimated" if k else "nothing is left"


def _without_study(pooled: Pool, spec: Specification, study: str) -> dict[str, Any]:
    """The model again without one study, for models that are not refitted in a batch."""
    # A pooled row is of one study alone, so the others stay as they are and need not be pooled again.
    kept = (pooled.table["study_id"].astype(str) != study).to_numpy()
    rest = Pool(
        pooled.yi[kept],
        pooled.vi[kept],
        pooled.table[kept].reset_index(drop=True),
        pooled.source[pooled.source["study_id"].astype(str) != study].reset_index(drop=True),
        [effects for effects, stays in zip(pooled.effects, kept, strict=True) if stays],
        pooled.notes,
    )
    row: dict[str, Any] = {"left_out": study, "label": _label(pooled, study), "k": rest.k}
    row |= {"estimate": None, "heterogeneity": None, "not_estimable": None}
    try:
        found = model_blocks(rest, spec)
    except NotEstimable as reason:
        return row | {"not_estimable": str(reason)}
    return row | {"estimate": found["estimate"], "heterogeneity": found["heterogeneity"]}


def _label(pooled: Pool, study: str) -> str:
    if "label" not in pooled.table:
        return study
    return str(pooled.table.loc[pooled.table["study_id"].astype(str) == study, "label"].iloc[0])


def influence_block(pooled: Pool, spec: Specification) -> list[dict[str, Any]]:
    """Influence diagnostics of each pooled row."""
    independent_only(spec)
    found = influence(pooled.yi, pooled.vi, method=spec.method, test=spec.test)
    names = ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "QE_del", "hat", "weight")
    rows = []
    for position in range(pooled.yi.size):
        row = {name: getattr(found, name)[position] for name in names}
        row |= {"dfbs": found.dfbs[position, 0], "influential": bool(found.flagged[position])}
        row |= {"study_id": str(pooled.table["study_id"].iloc[position]), "effects": pooled.effects[position]}
        flat = not all(np.isfinite(row[name]) for name in (*names, "dfbs"))
        rows.append(plain(row | {"not_estimable": f"without this study {_FLAT}" if flat else None}))
    return rows


def without_high_risk_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """The analysis without the effects whose overall risk of bias is one of the high levels."""
    if "rob" not in pooled.source or (pooled.source["rob"].fillna("").astype(str).str.strip() == "").all():
        raise NotEstimable("no effect has an overall risk of bias")
    high = {level.strip().lower() for level in spec.high_risk_of_bias}
    rated = pooled.source["rob"].fillna("").astype(str).str.strip().str.lower()
    kept = pooled.source[~rated.isin(high)].reset_index(drop=True)
    part = pool(kept, spec.one_per_study, spec.rho)
    gone = set(pooled.source["study_id"].astype(str)) - set(kept["study_id"].astype(str))
    unrated = sorted(set(pooled.source["study_id"].astype(str)[(rated == "").to_numpy()]))
    return pooled_block(part, spec) | {"left_out": sorted(gone), "levels": sorted(high), "unrated": unrated}


def outliers_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """The analysis without rows whose own interval does not overlap the pooled one (Harrer et al. 2021, ch. 5.4)."""
    independent_only(spec)
    return refit(pooled, spec, ~outside(pooled.yi, pooled.vi, fit_pool(pooled, spec)))


def influential_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """The analysis without rows that the influence diagnostics flag."""
    independent_only(spec)
    return refit(pooled, spec, ~influence(pooled.yi, pooled.vi, method=spec.method, test=spec.test).flagged)


def another_choice(rule: str) -> Callable[[Pool, Specification], dict[str, Any]]:
    """The analysis with another rule for several effects of one study."""

    def block(pooled: Pool, spec: Specification) -> dict[str, Any]:
        return pooled_block(pool(pooled.source, rule, spec.rho), spec)

    return block


def cumulative_block(pooled: Pool, spec: Specification) -> list[dict[str, Any]]:
    """Models of the first 1, 2, ... studies by year of publication."""
    independent_only(spec)
    column = str(spec.options.get("cumulative_by", "study_year"))
    if column not in pooled.table:
        raise NotEstimable(f"the effects have no column {column}")
    years = [float(value) if _number(value) else np.inf for value in pooled.table[column]]
    order, models = cumulative(pooled.yi, pooled.vi, years, method=spec.method, test=spec.test, level=spec.level)
    rows = []
    for position, original in enumerate(order):
        model = models.row(position)
        flat = _is_flat(model)
        rows.append(
            {
                "added": str(pooled.table["study_id"].iloc[original]),
                "label": _label(pooled, str(pooled.table["study_id"].iloc[original])),
                "by": str(pooled.table[column].iloc[original]),
                "k": int(model.k),
                "estimate": None if flat else estimate_block(model, prediction=False),
                "heterogeneity": plain({key: getattr(model, key) for key in ("tau2", "I2", "QE")}),
                "not_estimable": _FLAT if flat else None,
            }
        )
    return rows


def _number(value: object) -> bool:
    try:
        return bool(np.isfinite(float(value)))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def baujat_block(pooled: Pool, spec: Specification) -> list[dict[str, Any]]:
    """Contribution to heterogeneity (x) and influence on the estimate (y) of each row, under the equal-effects
    model.
    """
    independent_only(spec)
    if pooled.yi.size < 2:
        raise NotEstimable("there is only one effect, so none can be left out")
    found = baujat(pooled.yi, pooled.vi, method="EE")
    studies = pooled.table["study_id"].astype(str)
    return [plain({"study_id": s, "x": x, "y": y}) for s, x, y in zip(studies, found.x, found.y, strict=True)]


def gosh_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Every subset of the pooled rows, or a sample of them (options: gosh_sample, seed), summarised and drawn on a
    grid.
    """
    independent_only(spec)
    found = gosh(
        pooled.yi,
        pooled.vi,
        method=spec.method,
        most=2**15,
        sample=int(spec.options.get("gosh_sample", 20_000)),
        seed=int(spec.options.get("seed", 1)),
    )
    counts, b_edges, i2_edges = np.histogram2d(found.models.b[:, 0], found.models.I2, bins=(60, 50))
    density = {"counts": counts.astype(int), "b_edges": b_edges, "I2_edges": i2_edges}
    return plain(summary(found) | {"every": found.every, "density": density})


def permutation_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """The sign-flip permutation test of the mean (options: seed)."""
    independent_only(spec)
    found = permutation_test(
        pooled.yi, pooled.vi, method=spec.method, test=spec.test, seed=int(spec.options.get("seed", 1))
    )
    return plain(
        {"p": found.p[0], "statistic": found.statistic[0], "arrangements": found.arrangements, "exact": found.exact}
    )


def bootstrap_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """The bootstrap of whole studies (options: bootstrap_sample, seed)."""
    if spec.model in TABLES:
        raise NotEstimable(f"the bootstrap belongs to models of effects with variances, not to the model {spec.model}")
    if spec.model == "multivariate":
        raise NotEstimable("the bootstrap of studies is made for the models multilevel and che, not for multivariate")
    if spec.model in DEPENDENT and shared_covariance(pooled, spec) is not None:
        raise NotEstimable("the bootstrap is not made for effects that share an arm")
    sample = int(spec.options.get("bootstrap_sample", 1000))
    found = cluster_bootstrap(
        pooled.yi,
        pooled.vi,
        pooled.table["study_id"].astype(str).to_numpy(),
        dependent=spec.model in DEPENDENT,
        rho=assumed_rho(spec),
        method=spec.method,
        sample=sample,
        seed=int(spec.options.get("seed", 1)),
        level=spec.level,
    )
    few = f"with {pooled.k} studies the interval can be too narrow; at least 20 are advised" if pooled.k < 20 else None
    numbers = {"se": found.se, "ci_lb": found.ci_lb, "ci_ub": found.ci_ub, "samples": sample, "failed": found.failed}
    return plain(numbers | {"k": pooled.k, "caution": few})


SENSITIVITY: dict[str, Callable[[Pool, Specification], Any]] = {
    "leave_one_out": leave_one_out_block,
    "leave_one_out_three_level": with_model("multilevel", leave_one_out_block),
    "leave_one_out_che": with_model("che", leave_one_out_block),
    "influence": influence_block,
    "without_high_risk_of_bias": without_high_risk_block,
    "outliers_removed": outliers_block,
    "influential_removed": influential_block,
    "combined": another_choice("average"),
    "lowest": another_choice("lowest"),
    "highest": another_choice("highest"),
    "first": another_choice("first"),
    "all_effects": another_choice("all"),
    "cumulative": cumulative_block,
    "baujat": baujat_block,
    "cluster_bootstrap": bootstrap_block,
    "all_models": composite_block,
    "gosh": gosh_block,
    "multiverse": multiverse_block,
    "permutation": permutation_block,
}
"""Every sensitivity analysis by the name that a protocol gives it."""
