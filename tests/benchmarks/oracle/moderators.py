"""Sections with moderators: subgroup, metareg; and the exact permutation tests."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from prismake.synthesis.design import design_matrix, level_text
from prismake.synthesis.model import Fit, NotEstimable, fit
from prismake.synthesis.moderation import explained, variance_inflation
from prismake.synthesis.permutation import permutation_test
from prismake.synthesis.robust import robust
from prismake.synthesis.subgroups import subgroups

from oracle.comparison import Argued, Comparison, Missing, Refused
from oracle.reference import Reference, settles
from oracle.univariate import Tree, argued, attempt, compare_confint, het_tree, influence_tree, test_tree, tolerance


def regression_tree(fitted: Fit) -> Tree:
    """One test of a meta-regression."""
    df = None if fitted.test == "z" else float(fitted.df)
    return {
        "b": fitted.b.tolist(),
        "se": fitted.se.tolist(),
        "stat": fitted.statistic.tolist(),
        "df": df,
        "p": fitted.pval.tolist(),
        "ci_lb": fitted.ci_lb.tolist(),
        "ci_ub": fitted.ci_ub.tolist(),
        "vcov": fitted.vb.tolist(),
        "QM": float(fitted.QM),
        "QM_df": [float(fitted.QM_df), df],
        "QMp": float(fitted.QMp),
    }


def regression_limits(fitted: Fit, mean_vi: float) -> Any:
    """Coefficients are measured against the largest standard error, the covariance against its square."""
    scale = float(fitted.se.max())
    base = tolerance(fitted.method, scale, mean_vi)

    def limits(kind: str, leaf: str) -> tuple[float, float]:
        allowed, floor = base(kind, leaf)
        return (allowed, scale**2) if leaf == "vcov" else (allowed, floor)

    return limits


_DROPPED = "the model with every column: R dropped one that it held for redundant"


def rows_of(content: Tree, used: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Effects and variances of the rows that R used, which it counts from 1."""
    rows = np.asarray(used, dtype=int) - 1
    inputs = content["inputs"]
    return np.asarray(inputs["yi"], dtype=float)[rows], np.asarray(inputs["vi"], dtype=float)[rows]


def compare_metareg(out: Comparison, file: str, content: Tree) -> None:
    """Every meta-regression: fits, intervals of tau2, influence, variance inflation."""
    for formula, block in content["outputs"]["metareg"].items():
        if "model_matrix" not in block:
            out.walk("metareg other", file, Missing(), block, lambda kind, leaf: (0.0, 0.0), formula)
            continue
        y, v = rows_of(content, block["used"])
        x = np.asarray(block["model_matrix"]["X"], dtype=float).reshape(y.size, -1)
        own = _own_design(content, block, formula)
        kind = "metareg design matrix"
        out.walk(kind, file, {"X": own}, {"X": block["model_matrix"]["X"]}, lambda kind, leaf: (1e-12, 1.0), formula)
        for method, results in block["fits"].items():
            _compare_fits(out, file, f"{formula} {method}", results, y, v, x, method)
        for part, compare in _PARTS.items():
            if part in block:
                with out.part(f"metareg {part}", file, block[part]):
                    compare(out, file, formula, block, y, v, x)


def _compare_confint(
    out: Comparison, file: str, formula: str, block: Tree, y: np.ndarray, v: np.ndarray, x: np.ndarray
) -> None:
    coefficients = [np.size(one["z"]["b"]) for one in block["fits"].values() if "b" in one.get("z", {})]
    if any(count != x.shape[1] for count in coefficients):
        out.walk("metareg fits", file, Missing(_DROPPED), block["confint"], lambda kind, leaf: (0.0, 0.0), formula)
        return
    compare_confint_of(out, file, block["confint"], y, v, x)


def _compare_influence(
    out: Comparison, file: str, formula: str, block: Tree, y: np.ndarray, v: np.ndarray, x: np.ndarray
) -> None:
    columns = _columns(block["model_matrix"]["names"], block["influence"].get("dfbs", {}))
    tree = influence_tree(y, v, "REML", x, columns)
    limits = tolerance("REML", 1.0, float(v.mean()))
    argue_invariants(tree, influence_tree(y, v, "REML", centred(x), columns), block["influence"], limits)
    out.walk("metareg influence", file, tree, block["influence"], limits, formula)


def _compare_vif(
    out: Comparison, file: str, formula: str, block: Tree, y: np.ndarray, v: np.ndarray, x: np.ndarray
) -> None:
    tree = {"vif": variance_inflation(fit(y, v, x)).tolist()}
    if np.size(block["vif"]["vif"]) != len(tree["vif"]):
        tree = {"vif": Missing(_DROPPED)}
    out.walk("metareg vif", file, tree, block["vif"], tolerance("REML", 1.0, 1.0), formula)


def _compare_robust(
    out: Comparison, file: str, formula: str, block: Tree, y: np.ndarray, v: np.ndarray, x: np.ndarray
) -> None:
    theirs = block["robust_HC_CR2_singletons"]
    limits = tolerance("REML", 1e-3, float(v.mean()))
    out.walk("metareg robust", file, _robust_argued(y, v, x, theirs, limits), theirs, limits, formula)


_PARTS = {
    "confint": _compare_confint,
    "influence": _compare_influence,
    "vif": _compare_vif,
    "robust_HC_CR2_singletons": _compare_robust,
}
"""Parts of a meta-regression beside its fits: each stops for itself where it cannot be compared."""


def _columns(names: list[str], columns: Tree) -> list[str]:
    """The names of coefficients as columns of R's data frame: what no name of R may hold is a dot there."""
    mangled = [re.sub(r"[^A-Za-z0-9._]", ".", name) for name in names]
    return [other if other in columns else name for name, other in zip(names, mangled, strict=True)]


def robust_tree(y: np.ndarray, v: np.ndarray, x: np.ndarray) -> Any:
    """CR2 of the REML meta-regression with every effect its own cluster."""
    fitted = attempt(fit, y, v, x)
    if isinstance(fitted, Refused):
        return fitted
    found = attempt(robust, y, v, x, np.arange(y.size), sigma2=(0.0, float(fitted.tau2)))
    if isinstance(found, Refused):
        return found
    parts = {"b": found.b, "se": found.se, "df": found.df, "p": found.pval}
    return {name: values.tolist() for name, values in parts.items()}


def _robust_argued(y: np.ndarray, v: np.ndarray, x: np.ndarray, theirs: Tree, limits: Any) -> Any:
    """CR2's numbers, argued where R's differ and ours are those of centred moderators to more digits than the class asks."""
    tree = robust_tree(y, v, x)
    trial = Comparison()
    trial.walk("trial", "", tree, theirs, limits)
    if not trial.kinds["trial"].disagreements or isinstance(tree, Refused) or x.shape[1] == 1:
        return tree
    again = robust_tree(y, v, centred(x))
    same = not isinstance(again, Refused) and all(
        abs(mine - other) <= 1e-10 * abs(mine)
        for key in ("se", "df", "p")
        for mine, other in zip(tree[key][1:], again[key][1:], strict=True)
    )
    reason = "the number must be the same for centred moderators: ours is, with both designs"
    return {key: [Argued(one, reason) for one in values] for key, values in tree.items()} if same else tree


def centred(x: np.ndarray) -> np.ndarray:
    """The same design with every moderator centred, which changes nothing but the coefficients."""
    return np.column_stack([x[:, :1], x[:, 1:] - x[:, 1:].mean(axis=0)])


def argue_invariants(tree: Tree, other: Tree, theirs: Tree, limits: Any) -> None:
    """Argue numbers that must not change when moderators are centred: ours do not, R's may."""
    reason = "the number must be the same for centred moderators: ours is, with both designs"
    slopes = [name for name in tree["dfbs"] if name != "intrcpt" and name in theirs.get("dfbs", {})]
    keys = ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "QE_del", "hat", "weight")
    lists = [(key, tree, other, theirs) for key in keys if isinstance(theirs.get(key), list)]
    lists += [(name, tree["dfbs"], other["dfbs"], theirs["dfbs"]) for name in slopes]
    for key, mine_of, other_of, theirs_of in lists:
        allowed, floor = limits("", key)
        for j, (mine, again, his) in enumerate(zip(mine_of[key], other_of[key], theirs_of[key], strict=True)):
            if his is None or mine is None:
                continue
            scale = max(abs(his), floor)
            if abs(mine - his) > allowed * scale and abs(mine - again) <= 0.05 * abs(mine - his):
                mine_of[key][j] = Argued(mine, reason)
    # What an intercept changes by is another number after centring: it is argued where a slope is.
    for j in range(len(tree["hat"])):
        beside = any(isinstance(tree["dfbs"][name][j], Argued) for name in slopes)
        if beside and "intrcpt" in tree["dfbs"]:
            tree["dfbs"]["intrcpt"][j] = Argued(tree["dfbs"]["intrcpt"][j], reason)


def compare_confint_of(out: Comparison, file: str, block: Tree, y: np.ndarray, v: np.ndarray, x: np.ndarray) -> None:
    """Intervals of the residual tau2."""
    other = Comparison()
    compare_confint(other, file, block, y, v, x)
    if sum(len(kind.disagreements) for kind in other.kinds.values()):
        again = Comparison()
        compare_confint(again, file, block, y, v, centred(x))
        same = all(
            abs(again.values[key] - value) <= 1e-11 * max(abs(value), 1e-12) for key, value in other.values.items()
        )
        if same:
            reason = "the number must be the same for centred moderators: ours is, with both designs"
            compare_confint(out, file, block, y, v, x, reason)
            return
    compare_confint(out, file, block, y, v, x)


def _own_design(content: Tree, block: Tree, formula: str) -> Any:
    """The design that Prismake makes of the data, where the formula is one that it reads."""
    terms = [term.strip() for term in formula.lstrip("~").split("+")]
    factors = [term[7:-1] for term in terms if term.startswith("factor(")]
    terms = [term[7:-1] if term.startswith("factor(") else term for term in terms]
    data = {name: _cells(values) for name, values in block["data"].items()}
    if any("(" in term for term in terms) or not set(terms) <= set(data):
        return Missing()
    factors += [name for name, values in data.items() if any(isinstance(value, str) for value in values)]
    theirs = [name.replace("factor(", "").replace(")", "") for name in block["model_matrix"]["names"]]
    # R sorts levels by the locale: the reference is the one without a column there.
    levels = {
        name: sorted({level_text(value) for value in data[name]}, key=lambda level: f"{name}{level}" in theirs)
        for name in factors
        if name in terms
    }
    try:
        found = design_matrix(data, terms, factors=factors, levels=levels)
    except NotEstimable as reason:
        return Refused(str(reason))
    ours = dict(zip(found.names, found.x.T, strict=True))
    # Another coding is another design.
    if set(theirs) != set(ours):
        return Missing()
    return np.column_stack([ours[name] for name in theirs]).tolist()


def _cells(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def _compare_fits(
    out: Comparison, file: str, where: str, results: Tree, y: np.ndarray, v: np.ndarray, x: np.ndarray, method: str
) -> None:
    for test, theirs in results.items():
        if test == "het":
            continue
        fitted = attempt(fit, y, v, x, method=method, test=test)
        if np.size(theirs.get("b", np.zeros(x.shape[1]))) != x.shape[1]:
            fitted = Missing(_DROPPED)
        if isinstance(fitted, (Refused, Missing)):
            out.walk("metareg fits", file, fitted, theirs, lambda kind, leaf: (0.0, 0.0), f"{where} {test}")
            continue
        limits = regression_limits(fitted, float(v.mean()))
        tree, het = regression_tree(fitted), _het_with_r2(fitted, y, v, x)
        trial = Comparison()
        trial.walk("trial", file, tree, theirs, limits)
        trial.walk("trial", file, het, results["het"], limits)
        if trial.kinds["trial"].disagreements and y.size > x.shape[1]:
            exact = Reference(y, v, x).numbers(method, test, float(fitted.tau2))
            floor = float(fitted.se.max()) ** 2
            if settles({**het, **tree}, {**results["het"], **theirs}, exact, min(floor, 1.0)):
                reason = "60-digit arithmetic gives ours (an ill-conditioned design, or R's iteration stopped early)"
                tree, het = argued(tree, reason), argued(het, reason)
        out.walk("metareg fits", file, tree, theirs, limits, f"{where} {test}")
        if test == "z":
            out.walk("metareg fits", file, het, results["het"], limits, f"{where} het")


def _het_with_r2(fitted: Fit, y: np.ndarray, v: np.ndarray, x: np.ndarray) -> Tree:
    """R2 is refused where tau2 is zero without moderators already; R says 0."""
    r2: Any = explained(y, v, x, fitted, fit(y, v, method=fitted.method))
    if r2 is None:
        r2 = Refused("R2: without moderators tau2 is zero already, so there is nothing to account for")
    return het_tree(fitted, r2)


def compare_subgroup(out: Comparison, file: str, content: Tree) -> None:
    """Subgroups with separate and common tau2, and the equal-effects test."""
    for column, block in content["outputs"]["subgroup"].items():
        y, v = rows_of(content, block["used"])
        labels = [str(label) for label in block["labels"]]
        order = {str(level): position for position, level in enumerate(block["levels"])}
        for name, theirs in block.get("separate", {}).items():
            method, test = name.split("_")
            found = subgroups(y, v, list(labels), method=method, test=test)
            tree: Tree = {"Q_between": found.q, "df": found.df, "p": found.p, "groups": {}}
            worst = 1e-2
            for level in found.levels:
                if level.fit is None:
                    tree["groups"][level.name] = Refused(str(level.reason))
                else:
                    tree["groups"][level.name] = {**het_tree(level.fit), **test_tree(level.fit)}
                    worst = min(worst, float(level.fit.se[0]))
            if found.q is None:
                tree = {"groups": tree["groups"]} | {
                    key: Refused(str(found.reason)) for key in ("Q_between", "df", "p")
                }
            limits = tolerance(method, worst, float(v.mean()))
            out.walk("subgroup separate", file, tree, theirs, limits, f"{column}.separate.{name}")
        x = np.column_stack(
            [np.ones(y.size)] + [[float(label == level) for label in labels] for level in list(order)[1:]]
        )
        alike = {"EE_z": block["EE"]} if "EE" in block else {}
        for name, theirs in (block.get("common_tau2", {}) | alike).items():
            method, test = name.split("_")
            where = f"{column}.EE" if method == "EE" else f"{column}.common_tau2.{name}"
            fitted = attempt(fit, y, v, x, method=method, test=test)
            if isinstance(fitted, Refused):
                out.walk("subgroup common", file, fitted, theirs, lambda kind, leaf: (0.0, 0.0), where)
                continue
            tree = {**_het_with_r2(fitted, y, v, x), **regression_tree(fitted)}
            limits = regression_limits(fitted, float(v.mean()))
            out.walk("subgroup common", file, tree, theirs, limits, where)
        if "meta_subgroup" in block:
            _compare_meta(out, file, column, block, y, v, labels, list(order))


def _compare_meta(
    out: Comparison,
    file: str,
    column: str,
    block: Tree,
    y: np.ndarray,
    v: np.ndarray,
    labels: list[str],
    order: list[str],
) -> None:
    """R's `meta`: separate tau2, REML at its own convergence, Knapp-Hartung."""
    found = subgroups(y, v, list(labels), method="REML", test="knha")
    fits = {level.name: level.fit for level in found.levels}
    if any(fits[name] is None for name in order):
        alone = Refused("a level has one effect")
        tree: Any = dict.fromkeys(("Q_b_random", "df", "p", "TE", "se"), alone)
    else:
        tree = {"Q_b_random": found.q, "df": found.df, "p": found.p}
        tree |= {"TE": [float(fits[name].b[0]) for name in order], "se": [float(fits[name].se[0]) for name in order]}
    if not isinstance(tree["df"], Refused) and _within_default_convergence(
        y, v, labels, fits, order, block["meta_subgroup"]
    ):
        reason = "R's meta stops REML at an absolute change of 1e-5: within 3e-5 of our tau2 lie its numbers"
        tree = argued({key: value for key, value in tree.items() if key != "df"}, reason) | {"df": tree["df"]}
        tree = {
            key: [Argued(one, reason) for one in value.value] if key in ("TE", "se") else value
            for key, value in tree.items()
        }
    out.walk("subgroup meta", file, tree, block["meta_subgroup"], lambda kind, leaf: (1e-4, 1e-2), column)


def _within_default_convergence(
    y: np.ndarray, v: np.ndarray, labels: list[str], fits: dict[str, Any], order: list[str], theirs: Tree
) -> bool:
    """Whether every level's estimate and standard error of R lie between ours at a tau2 3e-5 lower and higher."""
    names = np.array(labels)
    for position, name in enumerate(order):
        rows = names == name
        tau2 = float(fits[name].tau2)
        ends = [fit(y[rows], v[rows], test="knha", tau2=max(0.0, tau2 + step)) for step in (-3e-5, 0.0, 3e-5)]
        for key, values in (("TE", [one.b[0] for one in ends]), ("se", [one.se[0] for one in ends])):
            slack = 1e-9 * abs(theirs["se"][position])
            if not min(values) - slack <= theirs[key][position] <= max(values) + slack:
                return False
    return True


def compare_permutest(out: Comparison, file: str, content: Tree, inputs_of: Any) -> None:
    """Exact permutation tests; the index 1, 2, ... is the moderator of the regressions."""
    for name, block in content["outputs"].items():
        inputs = inputs_of(name)
        if inputs is None:
            out.walk(
                "permutation tests",
                file,
                Missing("the effects of another file"),
                block,
                lambda kind, leaf: (0.0, 0.0),
                name,
            )
            continue
        y, v = np.asarray(inputs["yi"], dtype=float), np.asarray(inputs["vi"], dtype=float)
        tree: Tree = {}
        for key, theirs in block.items():
            if key == "meta_regression_index":
                x = np.column_stack([np.ones(y.size), np.asarray(theirs["moderator"], dtype=float)])
                found = permutation_test(y, v, x, method=theirs["method"])
                tree[key] = {"p": found.p.tolist(), "QMp": found.QMp, "zval": found.statistic.tolist()}
            else:
                found = permutation_test(y, v, method=key)
                p: Any = float(found.p[0])
                count = theirs.get("p", 0.0) * found.arrangements
                if abs(count - round(count)) > 1e-9 * found.arrangements:
                    p = Argued(p, "R's p is no share of all arrangements: it leaves out those whose iteration failed")
                tree[key] = {"p": p, "stat": float(found.statistic[0]), "n_perm": found.arrangements}
        out.walk("permutation tests", file, tree, block, lambda kind, leaf: (1e-8, 1.0), name)
