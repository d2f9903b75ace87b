"""Selection models: metafor's selmodel of every type, weightr, and the optima polished from 48 starts.

They are judged by the log-likelihood: ours must not be lower. Where it is higher R stopped early or at a local maximum, which is
argued; else what follows from the parameters is compared on the scale of their standard errors.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from prismake.synthesis.likelihood import log_likelihoods
from prismake.synthesis.model import fit
from prismake.synthesis.projection import Problem
from prismake.synthesis.publication_bias.selection import Selection, selection_model
from prismake.synthesis.publication_bias.step_function import step_selection
from prismake.synthesis.publication_bias.weight_functions import SMALLEST_P, WEIGHTS, SmoothSelection
from scipy import integrate, special

from oracle.comparison import Argued, Comparison, Missing, Refused
from oracle.univariate import Tree, argued, attempt

STEPS = {
    "stepfun_025": (0.025,),
    "stepfun_050": (0.05,),
    "stepfun_025_500": (0.025, 0.5),
    "stepfun_10_30_50": (0.1, 0.3, 0.5),
    "stepfun_025_fixedeffect": (0.025,),
}
VEVEA_WOODS = (0.005, 0.01, 0.05, 0.1, 0.25, 0.35, 0.5, 0.65, 0.75, 0.9, 0.95, 0.99, 0.995)
"""Cut points of Vevea & Woods (2005), Psychol. Methods 10:428, Table 1."""

_LOWER = "R stopped at a lower log-likelihood than ours"
_CLASS = 1e-5
R_RELATIVE = 1.3e-4
"""The relative tolerance of each of R's integrals, .Machine$double.eps^0.25: one an effect."""
LEAVES = (
    "b",
    "se",
    "p",
    "ci_lb",
    "ci_ub",
    "tau2",
    "se_tau2",
    "tau2_ci",
    "delta",
    "se_delta",
    "p_delta",
    "LRT",
    "LRTp",
    "LRTdf",
    "ll",
    "counts",
)


def options_of(name: str, theirs: Tree) -> dict[str, Any] | None:
    """What selection_model is asked, None for a model that it does not have."""
    if name in STEPS:
        return {"steps": STEPS[name], "random": not name.endswith("fixedeffect")}
    if name.startswith("vevea_woods") and len(theirs.get("delta", ())) == len(VEVEA_WOODS) + 1:
        return {"steps": VEVEA_WOODS, "delta": theirs["delta"]}
    return {"type": name} if name in WEIGHTS else None


def selection_tree(found: Selection) -> Tree:
    """A fitted model in the oracle's names; a weight function of one parameter has a number for its delta."""
    alone = len(found.delta) == 1
    return {
        "b": found.b,
        "se": found.se,
        "p": found.pval,
        "ci_lb": found.ci_lb,
        "ci_ub": found.ci_ub,
        "tau2": found.tau2,
        "se_tau2": found.se_tau2,
        "tau2_ci": [found.tau2_ci_lb, found.tau2_ci_ub],
        "delta": found.delta[0] if alone else list(found.delta),
        "se_delta": found.se_delta[0] if alone else list(found.se_delta),
        "p_delta": found.p_delta[0] if alone else list(found.p_delta),
        "LRT": found.LRT,
        "LRTp": found.LRT_p,
        "LRTdf": found.LRT_df,
        "ll": found.ll,
        "counts": list(found.counts),
    }


def compare_selmodel(out: Comparison, file: str, theirs: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """Every selection model of a file."""
    for name, block in theirs.items():
        if name == "alternative" or not isinstance(block, dict):
            continue
        options = options_of(name, block)
        kind = (
            "selection, step"
            if name in STEPS
            else "selection, given weights"
            if name.startswith("vevea")
            else "selection, smooth"
        )
        if options is None:
            out.walk(kind, file, Missing(), block, lambda kind, leaf: (0.0, 0.0), name)
            continue
        found = attempt(selection_model, y, v, alternative=theirs.get("alternative", "auto"), **options)
        if isinstance(found, Refused):
            out.walk(kind, file, found, block, lambda kind, leaf: (0.0, 0.0), name)
            continue
        tree = selection_tree(found)
        reason = _judge(found, block, y, v, options)
        if reason:
            tree = {
                key: value
                if key in ("LRTdf", "counts")
                else argued(value, reason)
                if not isinstance(value, list)
                else [Argued(one, reason) for one in value]
                for key, value in tree.items()
            }
        _argue_errors(tree, found, block, y, v, options)
        refused = Refused("no standard error on a bound, or where the information is not positive; R gives one")
        for key in ("se", "p", "ci_lb", "ci_ub", "se_tau2", "tau2_ci", "se_delta", "p_delta", "LRTp"):
            tree[key] = _without(tree[key], refused)
        out.walk(kind, file, tree, {key: block[key] for key in LEAVES if key in block}, _limits(found, block), name)


def _argue_errors(
    tree: Tree, found: Selection, theirs: Tree, y: np.ndarray, v: np.ndarray, options: dict[str, Any]
) -> None:
    """Argue a weight that the data do not say, and standard errors that differences of the log-likelihood itself confirm."""
    level = abs(found.ll - theirs["ll"]) <= 1e-8
    if level and 0 in found.counts and isinstance(tree["delta"], list):
        reason = "an interval without effects: the likelihood falls with its weight or does not know it; R gives what it started from"
        tree["delta"] = [
            Argued(one, reason) if count == 0 and not isinstance(one, Argued) else one
            for one, count in zip(tree["delta"], found.counts, strict=True)
        ]
    if not level or found.se is None or theirs.get("se") is None or "type" in options or isinstance(tree["se"], Argued):
        return
    if _errors_by_differences(found, y, v, options):
        reason = (
            "second differences of the log-likelihood at two steps give ours; R's steps are wide beside these numbers"
        )
        for key in ("se", "p", "ci_lb", "ci_ub", "se_tau2", "se_delta", "p_delta", "tau2_ci"):
            value = tree[key]
            tree[key] = (
                [one if one is None else Argued(one, reason) for one in value]
                if isinstance(value, list)
                else value
                if value is None
                else Argued(value, reason)
            )


def _errors_by_differences(found: Selection, y: np.ndarray, v: np.ndarray, options: dict[str, Any]) -> bool:
    """Whether the standard error of the mean comes out of the log-likelihood alone, at two widths of its differences."""
    sign = -1.0 if found.alternative == "less" else 1.0
    given = np.asarray(options["delta"][1:]) if "delta" in options else None
    surface = step_selection(sign * y, v, np.asarray(found.steps), found.se_tau2 is not None, given)
    errors = [found.se, found.se_tau2, *(found.se_delta[1:] if given is None else ())]
    centre = np.array([sign * found.b, found.tau2, *found.delta[1:]])
    rows = [row for row, error in enumerate(errors) if error]

    def height(shift: np.ndarray) -> float:
        at = centre + shift
        with np.errstate(all="ignore"):
            return surface.value_and_gradient(np.concatenate([at[:2], np.log(at[2:])]))[0]

    for share in (0.005, 0.00125):
        step = np.zeros((len(rows), centre.size))
        for position, row in enumerate(rows):
            step[position, row] = share * errors[row]
        H = np.array(
            [
                [(height(a + b) - height(a - b) - height(b - a) + height(-a - b)) / (4 * share**2) for b in step]
                for a in step
            ]
        )
        if not np.isfinite(H).all() or abs(math.sqrt(abs(np.linalg.inv(-H)[0, 0])) - 1) > 2e-3:
            return False
    return True


def _without(value: Any, refused: Refused) -> Any:
    if isinstance(value, list):
        return [_without(one, refused) for one in value]
    inner = value.value if isinstance(value, Argued) else value
    return refused if inner is None else value


def _limits(found: Selection, theirs: Tree) -> Any:
    """A parameter may be off by what the gap of the log-likelihood allows: sqrt(2 gap) standard errors."""
    gap = min(max(found.ll - theirs["ll"], 0.0), 1e-8)
    slack = max(_CLASS, 2.0 * math.sqrt(2.0 * gap + 1e-11))
    scales = {
        "b": found.se,
        "se": found.se,
        "ci_lb": found.se,
        "ci_ub": found.se,
        "tau2": found.se_tau2,
        "se_tau2": found.se_tau2,
    }
    spread = [one for one in found.se_delta if one]

    def limits(kind: str, leaf: str) -> tuple[float, float]:
        del kind
        if leaf in ("ll", "LRT"):
            return 1e-7, 1.0
        if leaf in ("LRTdf", "counts"):
            return 0.0, 1.0
        if leaf in ("p", "p_delta", "LRTp"):
            return 10 * slack, 1e-2
        if "delta" in leaf:
            return slack, max(spread, default=1.0)
        return slack, scales.get(leaf, found.se_tau2) or 1e-2

    return limits


def _judge(found: Selection, theirs: Tree, y: np.ndarray, v: np.ndarray, options: dict[str, Any]) -> str:
    """Why the two differ, if they do: a lower optimum of R, or integrals of R that are not the integrals."""
    if found.ll > theirs["ll"] + 1e-8:
        return _LOWER
    if found.type not in WEIGHTS:
        return ""
    exact, by_r = _at_theirs(found, theirs, y, v)
    if (
        abs(by_r - theirs["ll"]) <= 1e-9 * max(abs(by_r), 1.0) + 1e-8
        and abs(exact - by_r) > 1e-8
        and found.ll >= exact - 1e-8
    ):
        return "R's `integrate` at its default tolerance errs; integrated exactly, the likelihood is not lower at ours"
    # The integrals agree with ours to what R's tolerance allows, and at its parameters ours is not higher than at our own.
    # Where effects are far from the scale of 1, R's integrals can miss the density; two kinds of quadrature agree then.
    sure = abs(exact - by_r) <= 1e-6
    if found.ll >= exact - 1e-8 and (sure or abs(exact - theirs["ll"]) <= max(1e-3, R_RELATIVE * y.size)):
        return "R's integrals err; integrated exactly, the likelihood is not lower at ours"
    return ""


def _at_theirs(found: Selection, theirs: Tree, y: np.ndarray, v: np.ndarray) -> tuple[float, float]:
    """The log-likelihood at R's parameters: with exact integrals, and with QUADPACK's as R calls it."""
    sign = -1.0 if found.alternative == "less" else 1.0
    weight = WEIGHTS[found.type]
    delta = np.atleast_1d(np.asarray(theirs["delta"], dtype=float))
    theta = np.log(np.maximum(delta, 1e-300)) if weight.logarithms else delta
    mu, tau2 = sign * theirs["b"], theirs["tau2"]
    exact = SmoothSelection(sign * y, v, weight, True).value_and_gradient(np.array([mu, tau2, *theta]))[0]
    total = 0.0
    for yi, vi in zip(sign * y, v, strict=True):
        root, sei = math.sqrt(vi + tau2), math.sqrt(vi)

        def log_weight(x: Any, sei: float = sei) -> Any:
            p = special.ndtr(-np.asarray(x) / sei)
            p = np.clip(p, SMALLEST_P, 1 - SMALLEST_P) if weight.smallest else np.clip(p, 1e-300, 1 - 1e-16)
            return weight.log_weight(np.log(np.atleast_1d(p)), np.log1p(-np.atleast_1d(p)), theta)[0]

        def integrand(x: float, root: float = root, log_weight: Any = log_weight) -> float:
            return float(np.exp(log_weight(x)[0] - 0.5 * ((x - mu) / root) ** 2) / (math.sqrt(2 * math.pi) * root))

        area = integrate.quad(integrand, -np.inf, np.inf, limit=100)[0]
        total += (
            float(log_weight(yi)[0])
            - 0.5 * math.log(2 * math.pi * root**2)
            - 0.5 * ((yi - mu) / root) ** 2
            - math.log(max(area, 1e-300))
        )
    return exact, total


def weightr_tree(y: np.ndarray, v: np.ndarray) -> tuple[Any, Any]:
    """weightr's model with one step at .025: (tau2, mean, weight), its log-likelihood without the constant."""
    sign = -1.0 if float(fit(y, v, method="EE").b[0]) < 0 else 1.0
    found = attempt(selection_model, sign * y, v, alternative="greater")
    plain = fit(sign * y, v, method="ML")
    unadjusted = [float(plain.tau2), float(plain.b[0])]
    if isinstance(found, Refused):
        return {"unadj_par": unadjusted, "adj_par": found, "adj_se": found, "adj_ll": found}, found
    constant = 0.5 * y.size * math.log(2 * math.pi)
    refused = Refused("no standard error on a bound, or where the information is not positive; R gives one")
    errors = [refused if one is None else one for one in (found.se_tau2, found.se, found.se_delta[1])]
    return {
        "unadj_par": unadjusted,
        "adj_par": [found.tau2, found.b, found.delta[1]],
        "adj_se": errors,
        "adj_ll": found.ll + constant,
    }, found


def _at_weightr(parameters: list[float], y: np.ndarray, v: np.ndarray) -> float:
    """The log-likelihood without selection at weightr's (tau2, mean)."""
    sign = -1.0 if float(fit(y, v, method="EE").b[0]) < 0 else 1.0
    total, r = v + parameters[0], sign * y - parameters[1]
    return float((-0.5 * np.log(2 * np.pi * total) - 0.5 * r * r / total).sum())


def _why_weightr_differs(found: Selection, theirs: Tree, y: np.ndarray, v: np.ndarray) -> str:
    """Its bounds and its early stop, each shown to hold."""
    if None in theirs["adj_par"]:
        return ""
    tau2, mean, weight = theirs["adj_par"]
    sign = -1.0 if float(fit(y, v, method="EE").b[0]) < 0 else 1.0
    surface = step_selection(sign * y, v, np.asarray([0.025]))
    if found.delta[1] >= 100.0 * (1 - 1e-9) and weight > 100.0:
        return "weightr has no bound for the weight, which grows without end; ours and metafor's is 100"
    with np.errstate(all="ignore"):
        there = surface.value_and_gradient(np.array([mean, max(tau2, 0.0), np.log(max(weight, 1e-300))]))[0]
    if found.ll < there - 1e-9:
        return ""
    if found.tau2 == 0:
        return "weightr differentiates across the bound of tau2 = 0; at its values the likelihood is not higher than at ours"
    return "weightr stops early: at its values the likelihood is not higher than at ours"


def compare_weightr(out: Comparison, file: str, block: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """weightr stops at the default tolerance of R's optim, bounded below at tau2 = 0."""
    tree, found = weightr_tree(y, v)
    theirs = {key: value for key, value in block.items() if key in tree}
    scale = float(np.sqrt(v.mean()))
    if isinstance(found, Selection) and isinstance(theirs.get("adj_par"), list):
        reason = _why_weightr_differs(found, theirs, y, v)
        if reason:
            for key in ("adj_par", "adj_se"):
                tree[key] = [one if isinstance(one, Refused) else Argued(one, reason) for one in tree[key]]
            tree["adj_ll"] = Argued(tree["adj_ll"], reason)
        plain = Problem(y[None, :], v[None, :])
        if (
            log_likelihoods(plain, np.array([tree["unadj_par"][0]]))[0][0]
            >= _at_weightr(theirs["unadj_par"], y, v) - 1e-12
        ):
            tree["unadj_par"] = [
                Argued(one, "weightr stops early: at its values the likelihood is not higher than at ours")
                for one in tree["unadj_par"]
            ]

    def limits(kind: str, leaf: str) -> tuple[float, float]:
        del kind
        return (1e-8, 1.0) if leaf == "adj_ll" else (1e-4, scale)

    out.walk("selection, weightr", file, tree, theirs, limits, "weightr_05")


def compare_sel_polished(out: Comparison, file: str, content: Tree, inputs_of: Any) -> None:
    """The best of 48 starts of another implementation; ours may be higher, never lower."""
    for name, theirs in content["outputs"].items():
        inputs = inputs_of(name)
        if inputs is None:
            out.walk("selection, polished", file, Missing(), theirs, lambda kind, leaf: (0.0, 0.0), name)
            continue
        y, v = np.asarray(inputs["yi"], dtype=float), np.asarray(inputs["vi"], dtype=float)
        found = attempt(selection_model, y, v)
        if isinstance(found, Refused):
            out.walk("selection, polished", file, found, theirs, lambda kind, leaf: (0.0, 0.0), name)
            continue
        tree: Tree = {"mu": found.b, "tau2": found.tau2, "delta": found.delta[1], "ll": found.ll}
        if found.ll > theirs["ll"] + 1e-9:
            tree = argued(tree, "our log-likelihood is higher than the best of 48 starts")
        errors = [found.se, found.se_tau2, found.se_delta[1]]
        floors = dict(zip(("mu", "tau2", "delta"), (one or float(np.sqrt(v.mean())) for one in errors), strict=True))

        def limits(kind: str, leaf: str, floors: dict[str, float] = floors) -> tuple[float, float]:
            del kind
            return (1e-9, 1.0) if leaf == "ll" else (1e-5, floors.get(leaf, 1.0))

        out.walk("selection, polished", file, tree, theirs, limits, name)
