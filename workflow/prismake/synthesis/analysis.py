"""One named analysis of the protocol, from the table of effects to everything that result.json holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from prismake.messages.faults import Faults
from prismake.synthesis.bayes_block import bayesian_block
from prismake.synthesis.clinical_blocks import clinical_block
from prismake.synthesis.dependent import component_intervals
from prismake.synthesis.dependent_moderation import dependent_moderators
from prismake.synthesis.design import Design, expand_terms, level_order, level_text
from prismake.synthesis.distributions import critical, upper_chi2
from prismake.synthesis.effect_sizes import choices
from prismake.synthesis.funnel import PUBLICATION_BIAS
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.moderation import MetaRegression, WaldTest, meta_regression
from prismake.synthesis.permutation import permutation_test
from prismake.synthesis.pooling import Pool, participants, pool, select_effects
from prismake.synthesis.predicted import predicted
from prismake.synthesis.result import (
    estimate_block,
    fit_block,
    heterogeneity_block,
    plain,
    transformed_block,
)
from prismake.synthesis.robust_moderation import independent_robust, robust_coefficient, robust_tests
from prismake.synthesis.sensitivity import SENSITIVITY, fit_pool, independent_only, model_blocks, pooled_block
from prismake.synthesis.specification import DEPENDENT, NESTED, TABLES, Specification, specification
from prismake.synthesis.subgroups import subgroups
from prismake.synthesis.tau2 import EQUAL

_MEASURES = {
    *choices.TWO_MEANS,
    *choices.TWO_COUNTS,
    *choices.TWO_RATES,
    *choices.CHANGES,
    *choices.CORRELATIONS,
    *choices.ONE_ARM,
}
POOLED_COLUMNS = ["study_id", "label", "effects", "yi", "vi", "sei", "ci_lb", "ci_ub", "weight", "n"]


def run_analysis(effects: pd.DataFrame, spec: Mapping[str, Any], name: str = "") -> dict[str, Any]:
    """Pool the effects that the specification selects and do all that it asks for.

    effects: results/effects/effects.csv (effect_id, study_id, yi, vi, ...). The dictionary holds the keys of
    result.json; what cannot be estimated is None with a reason beside it. Raises ValueError or KeyError for a
    specification that no data could satisfy (an unknown estimator, a column that is not there).
    """
    wanted = specification(spec)
    selected = select_effects(effects, wanted.effects)
    pooled = pool(selected, wanted.one_per_study, wanted.rho)
    result: dict[str, Any] = {
        "analysis": name,
        "title": wanted.title,
        "role": wanted.role,
        "measure": _measure_of(selected, wanted),
        "model": wanted.model,
        "method": wanted.method,
        "test": wanted.test,
        "level": float(wanted.level),
        "one_per_study": wanted.one_per_study,
        "rho": wanted.rho if wanted.one_per_study == "average" else None,
        "favours": list(wanted.favours),
        "k": pooled.k,
        "N": participants(pooled),
        "n_effects": len(pooled.source),
        "studies": sorted(set(pooled.table["study_id"].astype(str))) if pooled.k else [],
        "effects": sorted(effect for row in pooled.effects for effect in row),
        "not_estimable": None,
        "estimate": None,
        "heterogeneity": None,
        "fit": None,
        "transformed": None,
        "notes": list(pooled.notes),
    }
    if wanted.measure and " + " in _measure(selected):
        result["notes"].append(f"effects of several measures are pooled: {_measure(selected)}")
    elif wanted.measure and result["measure"] != wanted.measure:
        result["notes"].append(
            f"the analysis names {wanted.measure}; its effects are {result['measure']}, and pooled as such"
        )
    _fit_overall(result, pooled, wanted)
    result["subgroups"] = {column: _subgroup_block(pooled, wanted, column) for column in wanted.subgroups}
    result["moderators"] = [_moderator_block(pooled, wanted, list(terms)) for terms in wanted.moderators]
    result["sensitivity"] = {label: _named(SENSITIVITY, label, pooled, wanted) for label in wanted.sensitivity}
    result["publication_bias"] = {
        label: _named(PUBLICATION_BIAS, label, pooled, wanted) for label in wanted.publication_bias
    }
    if wanted.clinical is not None:
        result["clinical"] = clinical_block(result, pooled, wanted)
    if wanted.bayesian is not None:
        result["bayesian"] = bayesian_block(pooled, wanted)
    return plain(result)


def _measure(selected: pd.DataFrame) -> str:
    """The one measure of the effects, or all of them joined, which no analysis should pool."""
    if "measure" not in selected or selected.empty:
        return ""
    return " + ".join(sorted(set(selected["measure"].astype(str))))


def _measure_of(selected: pd.DataFrame, spec: Specification) -> str:
    """The measure that an estimate is read in: that of the effects, should the analysis name another one."""
    there = _measure(selected)
    if spec.model in TABLES and spec.measure:  # computed from the tables, whatever was made of them for other models
        return spec.measure
    return there if not spec.measure or {there, spec.measure} <= _MEASURES else spec.measure


def _fit_overall(result: dict[str, Any], pooled: Pool, spec: Specification) -> None:
    """Fill in estimate, heterogeneity and fit, or the reason why there are none."""
    if " + " in result["measure"]:
        result["not_estimable"] = f"the effects are on different scales: {result['measure']}"
        return
    try:
        result |= model_blocks(pooled, spec)
        if spec.model in NESTED:
            result["heterogeneity"] |= component_intervals(pooled, spec)
    except NotEstimable as reason:
        result["not_estimable"] = str(reason)
        return
    result["transformed"] = transformed_block(result["estimate"], result["measure"], spec.transform)


def _named(
    known: Mapping[str, Callable[[Pool, Specification], Any]], label: str, pooled: Pool, spec: Specification
) -> Any:
    """Run a named block; where it cannot be had, the reason. Raises ValueError for a name nobody knows."""
    if label not in known:
        raise ValueError(f"unknown analysis {label!r}; known: {', '.join(sorted(known))}")
    try:
        if not pooled.k:
            raise NotEstimable("there are no effects to pool")
        return known[label](pooled, spec)
    except NotEstimable as reason:
        return {"not_estimable": str(reason)}


def _subgroup_block(pooled: Pool, spec: Specification, column: str) -> dict[str, Any]:
    """Levels with their estimates, and the test of differences."""
    if column not in pooled.table and pooled.k:
        raise KeyError(f"the effects have no column {column!r} to make subgroups of")
    values = list(pooled.table[column]) if pooled.k else []
    block: dict[str, Any] = {"levels": [], "test": None, "not_estimable": None, "missing": 0}
    if not values:
        return block | {"not_estimable": "there are no effects to pool"}
    if spec.model in DEPENDENT or spec.model in TABLES:
        return _subgroups_of_other_models(pooled, spec, values)
    found = subgroups(
        pooled.yi, pooled.vi, values, tau2=spec.subgroup_tau2, method=spec.method, test=spec.test, level=spec.level
    )
    for level in found.levels:
        entry: dict[str, Any] = {
            "level": level.name,
            "not_estimable": level.reason,
            "estimate": None,
            "heterogeneity": None,
        }
        entry |= _who(pooled, level.rows)
        if level.fit is not None:
            sandwich = independent_robust(pooled, spec, level.fit, level.rows, np.ones((level.rows.size, 1)))
            entry["estimate"] = estimate_block(level.fit) | robust_coefficient(sandwich, 0, spec)
            entry["heterogeneity"] = heterogeneity_block(level.fit, pooled.yi[level.rows], pooled.vi[level.rows])
        block["levels"].append(entry)
    used = sum(level.rows.size for level in found.levels)
    block["missing"] = len(values) - used
    if found.reason is not None:
        block["not_estimable"] = found.reason
    else:
        block["test"] = {"QM": found.q, "df": found.df, "df2": found.df2, "p": found.p, "tau2": found.tau2}
    return block


def _subgroups_of_other_models(pooled: Pool, spec: Specification, values: list[Any]) -> dict[str, Any]:
    """Levels fitted each by the analysis's own model, and the fixed-effect test that their estimates do not differ."""
    text = ["" if _is_blank(value) else level_text(value) for value in values]
    names = sorted({name for name in text if name}, key=level_order)
    block: dict[str, Any] = {"levels": [], "test": None, "not_estimable": None, "missing": text.count("")}
    for name in names:
        rows = np.flatnonzero([cell == name for cell in text])
        ids = {effect for row in rows for effect in pooled.effects[row]}
        source = pooled.source[pooled.source["effect_id"].astype(str).isin(ids)].reset_index(drop=True)
        part = pooled_block(pool(source, spec.one_per_study, spec.rho), spec)
        block["levels"].append({"level": name, "effects": sorted(ids), **part})
    lacking = [level["level"] for level in block["levels"] if level["estimate"] is None]
    if len(names) < 2:
        return block | {"not_estimable": "there is only one level" if names else "no effect has a value in this column"}
    if lacking:
        return block | {"not_estimable": f"no model could be fitted in: {', '.join(lacking)}"}
    b, se = (np.array([level["estimate"][key] for level in block["levels"]]) for key in ("b", "se"))
    q = float((((b - np.average(b, weights=se**-2)) / se) ** 2).sum())
    df = float(len(names) - 1)
    return block | {"test": {"QM": q, "df": df, "df2": None, "p": float(upper_chi2(q, df)), "tau2": "separate"}}


def _is_blank(value: Any) -> bool:
    return value is None or str(value).strip() == "" or bool(value != value)


def _who(pooled: Pool, rows: np.ndarray) -> dict[str, Any]:
    """k, N, studies and effects behind some of the pooled rows."""
    ids = {effect for position in rows for effect in pooled.effects[position]}
    source = pooled.source[pooled.source["effect_id"].astype(str).isin(ids)]
    part = Pool(pooled.yi[rows], pooled.vi[rows], pooled.table.iloc[rows], source, [], [])
    return {
        "k": part.k,
        "N": participants(part),
        "studies": list(dict.fromkeys(part.table["study_id"].astype(str))),
        "effects": sorted(ids),
    }


def _moderator_block(pooled: Pool, spec: Specification, terms: list[str]) -> dict[str, Any]:
    """One meta-regression."""
    block: dict[str, Any] = {"terms": terms, "k": 0, "not_estimable": None, "coefficients": []}
    try:
        if not pooled.k:
            raise NotEstimable("there are no effects to pool")
        if spec.model in DEPENDENT:
            design, found_block = dependent_moderators(pooled, spec, terms, _measure_of(pooled.source, spec))
            return block | _rows_of(pooled, design) | found_block
        independent_only(spec)
        columns = {str(column): list(pooled.table[column]) for column in pooled.table.columns}
        found = meta_regression(
            pooled.yi, pooled.vi, columns, terms, method=spec.method, test=spec.test, level=spec.level
        )
    except NotEstimable as reason:
        return block | {"not_estimable": str(reason)}
    block |= _regression_block(found, pooled, spec)
    return _permuted(block, found, pooled, spec) if "permutation" in spec.sensitivity else block


def _permuted(block: dict[str, Any], found: MetaRegression, pooled: Pool, spec: Specification) -> dict[str, Any]:
    """The p of each coefficient and of all together by permuting the rows of the design."""
    rows = found.design.rows
    test = permutation_test(
        pooled.yi[rows],
        pooled.vi[rows],
        found.design.x,
        method=spec.method,
        test=spec.test,
        seed=int(spec.options.get("seed", 1)),
    )
    for row, p in zip(block["coefficients"], test.p, strict=True):
        row["p_permutation"] = float(p)
    block["permutation"] = {"p": float(test.QMp), "arrangements": test.arrangements, "exact": test.exact}
    return block


def _rows_of(pooled: Pool, design: Design) -> dict[str, Any]:
    """Who is behind a regression, how many rows lack a moderator, and the levels of its factors."""
    missing = int(pooled.yi.size - design.rows.size)
    return {**_who(pooled, design.rows), "missing": missing, "levels": design.levels}


def _regression_block(found: MetaRegression, pooled: Pool, spec: Specification) -> dict[str, Any]:
    fitted, design = found.fit, found.design
    sandwich = independent_robust(pooled, spec, fitted, design.rows, design.x)
    coefficients = []
    for position, label in enumerate(design.names):
        row = {"name": label, **estimate_block(fitted, position, prediction=False)}
        row["vif"] = found.vif[position - 1] if position else None
        coefficients.append(row | robust_coefficient(sandwich, position, spec))
    test = WaldTest(
        float(fitted.QM), int(fitted.QM_df), None if fitted.test == "z" else float(fitted.df), float(fitted.QMp)
    )
    return {
        **_rows_of(pooled, design),
        "coefficients": coefficients,
        "test": _wald_block(test),
        "term_tests": {term: _wald_block(one) for term, one in found.term_tests.items()},
        "robust_term_tests": robust_tests(sandwich, design),
        "predictions": predicted(
            design,
            fitted.b,
            fitted.vb,
            tau2=None if spec.method in EQUAL else float(fitted.tau2),
            level=spec.level,
            df=None if fitted.test == "z" else float(fitted.df),
            measure=_measure_of(pooled.source, spec),
            transform=spec.transform,
        ),
        "R2": found.R2,
        "heterogeneity": heterogeneity_block(fitted, pooled.yi[design.rows], pooled.vi[design.rows], design.x),
        "fit": fit_block(fitted),
    }


def _wald_block(test: WaldTest) -> dict[str, Any]:
    return {"QM": test.statistic, "df": test.df, "df2": test.df2, "p": test.p}


def check_analysis(effects: pd.DataFrame, spec: Mapping[str, Any], name: str, file: str) -> Faults:
    """Everything in a specification that no data could satisfy, or that names a column the effects do not have."""
    faults = Faults()
    where = {"file": file, "column": f"analyses.{name}"}
    try:
        wanted = specification(spec)
    except ValueError as problem:
        faults.error("unknown-word", str(problem), **where, mend="write one of the known words")
        return faults
    for known, labels, key in (
        (SENSITIVITY, wanted.sensitivity, "sensitivity"),
        (PUBLICATION_BIAS, wanted.publication_bias, "publication_bias"),
    ):
        for label in labels:
            if label not in known:
                expected = ", ".join(sorted(known))
                faults.error(
                    "unknown-word", f"there is no such entry of {key}", value=label, expected=expected, **where
                )
    if effects.empty:
        return faults
    terms = [part for block in wanted.moderators for part in expand_terms(block) if ":" not in part]
    for column in dict.fromkeys([*wanted.effects, *wanted.subgroups, *terms]):
        if column not in effects.columns:
            have = ", ".join(map(str, effects.columns))
            faults.error(
                "unknown-column", "the effects have no such column", value=column, expected=f"one of: {have}", **where
            )
    return faults


def pooled_effects(effects: pd.DataFrame, spec: Mapping[str, Any]) -> pd.DataFrame:
    """The rows that were pooled, with their intervals and weights in percent, then every column of the effects."""
    wanted = specification(spec)
    pooled = pool(select_effects(effects, wanted.effects), wanted.one_per_study, wanted.rho)
    table = pooled.table.copy()
    if pooled.k == 0:
        return pd.DataFrame(columns=[*POOLED_COLUMNS, *(c for c in effects.columns if c not in POOLED_COLUMNS)])
    half = critical(wanted.level) * np.sqrt(pooled.vi)
    table["ci_lb"], table["ci_ub"] = pooled.yi - half, pooled.yi + half
    try:
        tau2 = float(fit_pool(pooled, wanted).tau2)
    except NotEstimable:
        tau2 = 0.0
    weights = 1.0 / (pooled.vi + tau2)
    table["weight"] = 100.0 * weights / weights.sum()
    table["effects"] = ["; ".join(ids) for ids in pooled.effects]
    if "label" not in table:
        table["label"] = table["study_id"]
    return table[[*POOLED_COLUMNS, *(column for column in table.columns if column not in POOLED_COLUMNS)]]
