"""metapsyTools' composite: models, combined studies, WAAP, subgroups."""

from __future__ import annotations

from typing import Any

import numpy as np
from prismake.synthesis.aggregation import one_per_study
from prismake.synthesis.composite import waap
from prismake.synthesis.heterogeneity import q_based, q_profile
from prismake.synthesis.influence import influence
from prismake.synthesis.model import fit
from prismake.synthesis.outliers import outside
from prismake.synthesis.subgroups import subgroups

from oracle.comparison import Argued, Comparison, Missing, Refused
from oracle.univariate import Tree, attempt


def _limits(kind: str, leaf: str) -> tuple[float, float]:
    """R's `meta` stops REML at an absolute change of 1e-5 in tau2; summaries are printed with ten digits at most."""
    del kind
    return (2e-4, 1e-290) if leaf == "p" else (1e-4, 1e-1)


def model_tree(y: np.ndarray, v: np.ndarray) -> Tree:
    """One random-effects model (REML, Knapp-Hartung) as R's `meta` gives it; I2 is the Q-based one."""
    fitted = fit(y, v, test="knha")
    low, high = fit(y, v, test="t").prediction_interval()
    interval, by_q = q_profile(y, v), q_based(float(fitted.QE), float(fitted.QE_df))
    order = np.lexsort((v, y))
    return {
        "k": int(fitted.k),
        "TE": float(fitted.b[0]),
        "se": float(fitted.se[0]),
        "lower": float(fitted.ci_lb[0]),
        "upper": float(fitted.ci_ub[0]),
        "p": float(fitted.pval[0]),
        "tau2": float(fitted.tau2),
        "tau2_ci": [interval.lb, interval.ub],
        "I2": by_q.I2 if by_q else 0.0,
        "I2_ci": [by_q.I2_lb, by_q.I2_ub] if by_q else [0.0, 0.0],
        "pi": [float(low), float(high)],
        "Q": float(fitted.QE),
        "yi": y[order].tolist(),
        "sei": np.sqrt(v[order]).tolist(),
    }


def compare_composite(out: Comparison, file: str, content: Tree) -> None:
    """All that Prismake's composite table and its parts compute."""
    inputs = content["inputs"]
    y, v = np.asarray(inputs["g"], dtype=float), np.asarray(inputs["g_se"], dtype=float) ** 2
    outputs, rho = content["outputs"], content["settings"]["rho"]
    studies = [str(study) for study in inputs["study"]]
    arms = inputs.get("multi_arm1") or [None] * len(studies)
    arm_level = [f"{study}|{arm}" for study, arm in zip(studies, arms, strict=True)]
    for name, theirs in outputs["models"].items():
        kind = f"composite {name}"
        tree: Any = Missing()
        if name in ("overall", "combined", "lowest", "highest", "outliers", "influence", "rob"):
            tree = attempt(_model, name, y, v, studies, arm_level, inputs.get("rob"), rho, content["settings"])
            # The inputs stand beside each model whole, whichever rows it uses.
            theirs = {key: value for key, value in theirs.items() if key not in ("yi", "sei") or name == "combined"}
        out.walk(kind, file, *_settled(tree, theirs), _limits, name)
    both = one_per_study(y, v, studies, "average", rho=rho)
    pair = _settled(attempt(model_tree, both.yi, both.vi), outputs["combined_studies"])
    out.walk("composite combined_studies", file, *pair, _limits)
    if "waap" in outputs:
        found = attempt(waap, y, v)
        if not isinstance(found, Refused):
            overall = float(fit(y, v, test="knha").b[0])
            out.walk(
                "composite waap",
                file,
                {"g": [overall, float(found.fit.b[0])]},
                _numbers(outputs["waap"]["summary"], ("g",)),
                _limits,
            )
    _compare_subgroups(out, file, outputs.get("subgroup", {}), inputs, y, v)
    for section in ("summary", "publication_bias"):
        if section in outputs:
            out.walk(f"composite {section}", file, Missing(), outputs[section], _limits, section)


def _settled(tree: Any, theirs: Tree) -> tuple[Any, Tree]:
    """Order the oracle's effects as ours are; argue what R's default convergence explains.

    R's `meta` stops REML at an absolute change of 1e-5 in tau2 and its interval's search at 1.2e-4: numbers that ours reach at a tau2
    up to 3e-5 away, and bounds up to 1.3e-4 away, are the same.
    """
    if isinstance(theirs.get("yi"), list) and isinstance(theirs.get("sei"), list):
        pairs = sorted(zip(theirs["yi"], theirs["sei"], strict=True))
        theirs = theirs | {"yi": [pair[0] for pair in pairs], "sei": [pair[1] for pair in pairs]}
    if not isinstance(tree, dict) or "tau2" not in theirs:
        return tree, theirs
    y, v = np.asarray(tree["yi"]), np.asarray(tree["sei"]) ** 2
    reason = "R's meta stops REML at an absolute change of 1e-5, its interval of tau2 at 1.2e-4: ours is within that"
    near = [_at(y, v, max(0.0, tree["tau2"] + step)) for step in np.linspace(-3e-5, 3e-5, 7)]
    settled = dict(tree)
    for key in ("TE", "se", "lower", "upper", "p", "tau2", "pi"):
        if theirs.get(key) is None or None in np.atleast_1d(theirs[key]):
            continue
        mine, his = np.atleast_1d(tree[key]), np.atleast_1d(theirs[key])
        span = np.array([np.atleast_1d(one[key]) for one in near])
        slack = 1e-9 * np.abs(his)
        inside = (his >= span.min(axis=0) - slack) & (his <= span.max(axis=0) + slack)
        values = [Argued(float(value), reason) if ok else float(value) for value, ok in zip(mine, inside, strict=True)]
        settled[key] = values if isinstance(tree[key], list) else values[0]
    if theirs.get("tau2_ci") is None:
        return settled, theirs
    settled["tau2_ci"] = [
        Argued(mine, reason) if his is not None and abs(mine - his) <= 1.3e-4 else mine
        for mine, his in zip(tree["tau2_ci"], theirs["tau2_ci"], strict=True)
    ]
    return settled, theirs


def _at(y: np.ndarray, v: np.ndarray, tau2: float) -> Tree:
    fitted = fit(y, v, test="knha", tau2=tau2)
    return {
        "TE": fitted.b[0],
        "se": fitted.se[0],
        "lower": fitted.ci_lb[0],
        "upper": fitted.ci_ub[0],
        "p": fitted.pval[0],
        "tau2": tau2,
        "pi": fit(y, v, test="t", tau2=tau2).prediction_interval(),
    }


def _numbers(tree: Tree, names: tuple[str, ...]) -> Tree:
    return {name: tree[name] for name in names if name in tree}


def _model(
    name: str,
    y: np.ndarray,
    v: np.ndarray,
    studies: list[str],
    arm_level: list[str],
    rob: Any,
    rho: float,
    settings: Tree,
) -> Tree:
    """The rows of one model and its numbers."""
    if name == "combined":
        found = one_per_study(y, v, arm_level, "average", rho=rho)
        return model_tree(found.yi, found.vi)
    if name in ("lowest", "highest"):
        found = one_per_study(y, v, studies, name)
        return model_tree(found.yi, found.vi)
    keep = np.ones(y.size, dtype=bool)
    if name == "outliers":
        keep = ~outside(y, v, fit(y, v, test="knha"))
    elif name == "influence":
        keep = ~influence(y, v, test="knha").flagged
    elif name == "rob":
        limit = float(str(settings["low.rob.filter"]).split(">")[1])
        scores = np.array([np.nan if score is None else _score(score) for score in rob or [None] * y.size])
        # metapsyTools takes all effects where the filter leaves none.
        keep = scores > limit if np.any(scores > limit) else keep
    return model_tree(y[keep], v[keep])


def _score(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _compare_subgroups(out: Comparison, file: str, block: Tree, inputs: Tree, y: np.ndarray, v: np.ndarray) -> None:
    for column, theirs in block.items():
        if column not in inputs or "summary" not in theirs:
            out.walk("composite subgroup", file, Missing(), theirs, _limits, column)
            continue
        found = subgroups(y, v, list(inputs[column]), method="REML", test="knha")
        fits = {level.name: level for level in found.levels}
        groups = [str(group) for group in theirs["summary"]["group"]]
        if not set(groups) <= set(fits):
            out.walk("composite subgroup", file, Missing(), theirs, _limits, column)
            continue
        means = [float(y[fits[g].rows][0]) if fits[g].fit is None else float(fits[g].fit.b[0]) for g in groups]
        tree = {"summary": {"n.comp": [int(fits[g].rows.size) for g in groups], "g": means}}
        out.walk("composite subgroup", file, tree, theirs, _limits, column)
