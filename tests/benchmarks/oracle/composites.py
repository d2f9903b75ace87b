"""metapsyTools' composite: models, combined studies, WAAP, subgroups."""

from __future__ import annotations

from typing import Any

import numpy as np
from prismake.synthesis.aggregation import one_per_study
from prismake.synthesis.blocks import groups_of, typical_sampling_variance
from prismake.synthesis.clinical import event_rate_from_d
from prismake.synthesis.composite import waap
from prismake.synthesis.distributions import critical, two_sided_p
from prismake.synthesis.heterogeneity import inconsistency_of, q_based, q_profile
from prismake.synthesis.influence import influence
from prismake.synthesis.model import fit
from prismake.synthesis.multilevel import fit_multilevel
from prismake.synthesis.outliers import outside
from prismake.synthesis.publication_bias.limit import limit_meta_analysis
from prismake.synthesis.publication_bias.selection import selection_model
from prismake.synthesis.subgroups import subgroups
from prismake.synthesis.trim_and_fill import trim_and_fill

from oracle.comparison import Argued, Comparison, Missing, Refused
from oracle.composite_data import moderator
from oracle.univariate import Tree, attempt


def _limits(kind: str, leaf: str) -> tuple[float, float]:
    """R's `meta` stops REML at an absolute change of 1e-5 in tau2; summaries are printed with ten digits at most."""
    del kind
    if leaf == "i2":
        return 5.1e-2 / 100.0, 100.0
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


def compare_composite(out: Comparison, file: str, content: Tree, inputs_of: Any) -> None:
    """All that Prismake's composite table and its parts compute."""
    inputs = content["inputs"]
    y, v = np.asarray(inputs["g"], dtype=float), np.asarray(inputs["g_se"], dtype=float) ** 2
    outputs, rho = content["outputs"], content["settings"]["rho"]
    studies = [str(study) for study in inputs["study"]]
    arms = inputs.get("multi_arm1") or [None] * len(studies)
    arm_level = [f"{study}|{arm}" for study, arm in zip(studies, arms, strict=True)]
    ours: Tree = {}
    for name, theirs in outputs.get("models", {}).items():
        kind = f"composite {name}"
        if name in THREE_LEVEL:
            with out.part(name, file):
                ours[name] = three_level(
                    y, *((smoothed(v, studies), studies, rho, v) if name in CORRELATED else (v, studies))
                )
                out.walk(kind, file, ours[name], theirs, _three_level_limits(ours[name], v), name)
            continue
        tree: Any = Missing()
        if name in ("overall", "combined", "lowest", "highest", "outliers", "influence", "rob"):
            tree = attempt(_model, name, y, v, studies, arm_level, inputs.get("rob"), rho, content["settings"])
            if isinstance(tree, dict) and theirs.get("k") is not None:
                ours[name] = tree | {"i2": 100.0 * tree["I2"]}
            # The inputs stand beside each model whole, whichever rows it uses.
            theirs = {key: value for key, value in theirs.items() if key not in ("yi", "sei") or name == "combined"}
        out.walk(kind, file, *_settled(tree, theirs), _limits, name)
    if "combined_studies" in outputs:
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
    _compare_subgroups(out, file, outputs.get("subgroup", {}), content, inputs_of)
    if "summary" in outputs:
        rows = [ours[name] for name in SUMMARISED if name in ours]
        out.walk(
            "composite summary",
            file,
            _summary(rows, content["settings"]),
            _shown(outputs["summary"]),
            _limits,
            "summary",
        )
    if "summary" in outputs.get("publication_bias", {}):
        rows = _publication_bias(both_arms(y, v, arm_level, rho))
        theirs = _shown(outputs["publication_bias"]["summary"])
        ours = _settled_selection(_summary(rows, content["settings"]), rows, theirs)
        out.walk("composite publication_bias", file, ours, theirs, _limits, "publication_bias")


THREE_LEVEL = ("threelevel", "threelevel.che")
CORRELATED = ("threelevel.che",)
SUMMARISED = ("overall", "lowest", "highest", "outliers", "influence", "rob", "combined", *THREE_LEVEL)
"""The models in the order of the rows of metapsyTools' table."""


def smoothed(v: np.ndarray, studies: list[str]) -> np.ndarray:
    """Each sampling variance replaced by the mean of its study's, as metapsyTools imputes V."""
    codes = np.unique(np.asarray(studies), return_inverse=True)[1]
    return (np.bincount(codes, v) / np.bincount(codes))[codes]


def three_level(y: np.ndarray, v: np.ndarray, studies: list[str], rho: float = 0.0, own: Any = None) -> Tree:
    """Effects within studies, t test with k - 1 degrees of freedom; shares of the components to the digits it prints."""
    study, one = np.asarray(studies), np.ones((y.size, 1))
    fitted = fit_multilevel(y, v, one, study, rho=rho)
    b, se, df = float(fitted.b[0]), float(np.sqrt(fitted.vb[0, 0])), y.size - 1.0
    half = float(critical(95.0, df)) * se
    typical = typical_sampling_variance(groups_of(y, v if own is None else own, one, study))
    shares = 100.0 * fitted.sigma2 / (fitted.sigma2.sum() + typical)
    parts = [*zip(fitted.sigma2, shares, strict=True), (fitted.sigma2.sum(), shares.sum())]
    return {
        "k": y.size,
        "b": b,
        "TE": b,
        "se": se,
        "p": float(two_sided_p(b / se, df)),
        "lower": b - half,
        "upper": b + half,
        "sigma2": fitted.sigma2.tolist(),
        "ll": fitted.ll,
        "i2": float(shares.sum()),
        "var_comp": [{"tau2": float(tau2), "i2": float(share)} for tau2, share in parts],
    }


def _three_level_limits(ours: Tree, v: np.ndarray) -> Any:
    """rma.mv's class; var_comp is printed with four decimals of tau2 and one of I2."""

    def limits(kind: str, leaf: str) -> tuple[float, float]:
        del kind
        printed = {"tau2": (5.1e-5, 1.0), "i2": (5.1e-2, 1.0)}
        if leaf in printed:
            digits, _ = printed[leaf]
            return digits / max(*(part[leaf] for part in ours["var_comp"]), 1.0), max(
                *(part[leaf] for part in ours["var_comp"]), 1.0
            )
        return {"ll": (1e-8, 1.0), "sigma2": (4e-5, 1e-3 * float(v.mean())), "p": (1e-6, 1e-290)}.get(
            leaf, (4e-7, ours["se"])
        )

    return limits


def both_arms(y: np.ndarray, v: np.ndarray, arm_level: list[str], rho: float) -> tuple[np.ndarray, np.ndarray]:
    """One effect for each comparison, on which the models of publication bias rest."""
    found = one_per_study(y, v, arm_level, "average", rho=rho)
    return found.yi, found.vi


def _publication_bias(effects: tuple[np.ndarray, np.ndarray]) -> list[Tree]:
    """Trim and fill by common effects and then random ones, as R's `meta` has it; limit meta-analysis; a selection model."""
    y, v = effects
    filled = trim_and_fill(y, v, method="EE")
    ally, allv = np.concatenate([y, filled.filled_yi]), np.concatenate([v, filled.filled_vi])
    tree, limit = model_tree(ally, allv), limit_meta_analysis(y, v)
    # One step at a one-sided .05 (called .1 there), lower values being better.
    selected = selection_model(y, v, steps=(0.05,), alternative="less")
    share = inconsistency_of(float(selected.tau2), float(fit(y, v).vt))[0]
    return [
        tree | {"i2": 100.0 * tree["I2"]},
        {"k": y.size, "TE": limit.b, "i2": limit.G2},
        {"k": y.size, "TE": float(selected.b), "i2": share, "se": float(selected.se)},
    ]


def _settled_selection(ours: Tree, rows: list[Tree], theirs: Tree) -> Tree:
    """Argue the selection model's mean where R's lies so near that the log-likelihood there is ours to 1e-7."""
    near = 0.5 * ((rows[2]["TE"] - theirs["g"][2]) / rows[2]["se"]) ** 2 <= 1e-7
    if not near:
        return ours
    reason = "R's optimiser of the selection model stops early: its log-likelihood there is ours to 1e-7"
    return {
        key: [*values[:2], Argued(values[2], reason)] if key in ("g", "nnt") else values for key, values in ours.items()
    }


def _summary(rows: list[Tree], settings: Tree) -> Tree:
    """k, g, I2 and the NNT of Furukawa and Leucht of each row."""
    g = [row["TE"] for row in rows]
    control = float(settings["nntCer"])
    nnt = [
        one if isinstance(one, Missing) else float(1.0 / (event_rate_from_d(abs(one), control) - control)) for one in g
    ]
    i2 = [row.get("i2", Missing()) for row in rows]
    return {"k": [row["k"] for row in rows], "g": g, "i2": i2, "nnt": nnt}


def _shown(summary: Tree) -> Tree:
    """The columns that are numbers; the others are printed words."""
    return {key: value for key, value in summary.items() if key in ("k", "g", "i2", "nnt")}


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


def _i2(fitted: Any) -> Any:
    """I2 of a subgroup by its Q, in percent."""
    if fitted is None:
        return Refused("I2 of one effect")
    found = q_based(float(fitted.QE), float(fitted.QE_df))
    return 100.0 * found.I2 if found else 0.0


def _compare_subgroups(out: Comparison, file: str, block: Tree, content: Tree, inputs_of: Any) -> None:
    inputs, settings = content["inputs"], content["settings"]
    y, v = np.asarray(inputs["g"], dtype=float), np.asarray(inputs["g_se"], dtype=float) ** 2
    for column, theirs in block.items():
        values = moderator(content, column, inputs_of)
        if values is None or "summary" not in theirs:
            absent = Missing(f"the moderator {column}") if values is None else Missing()
            out.walk("composite subgroup", file, absent, theirs, _limits, column)
            continue
        found = subgroups(y, v, values, method="REML", test="knha")
        fits = {level.name: level for level in found.levels}
        groups = [str(group) for group in theirs["summary"]["group"]]
        if not set(groups) <= set(fits):
            absent = Missing(f"the moderator {column} as it was coded for the table")
            out.walk("composite subgroup", file, absent, theirs, _limits, column)
            continue
        means = [float(y[fits[g].rows][0]) if fits[g].fit is None else float(fits[g].fit.b[0]) for g in groups]
        shares = [_i2(fits[g].fit) for g in groups]
        nnt = _summary([{"k": 0, "TE": one} for one in means], settings)["nnt"]
        tree = {
            "summary": {
                "group": [_score(group) for group in groups],
                "n.comp": [int(fits[g].rows.size) for g in groups],
                "g": means,
                "i2": shares,
                "nnt": nnt,
            }
        }
        out.walk("composite subgroup", file, tree, theirs, _limits, column)
