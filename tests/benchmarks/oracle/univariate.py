"""Sections of a simple analysis: fits, confint, bias, trimfill, leave1out, influence, cumulative, baujat, failsafe, misc."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from prismake.synthesis.failsafe import general, orwin, rosenberg, rosenthal
from prismake.synthesis.gosh import gosh, summary
from prismake.synthesis.henmi_copas import henmi_copas
from prismake.synthesis.heterogeneity import inconsistency_of, profile_likelihood, q_based, q_profile
from prismake.synthesis.influence import baujat, cumulative, influence, leave_one_out, standardised_residuals
from prismake.synthesis.likelihood import log_likelihoods
from prismake.synthesis.model import TESTS, Fit, FitStats, NotEstimable, fit
from prismake.synthesis.moderation import best_linear_unbiased
from prismake.synthesis.outliers import outside
from prismake.synthesis.projection import Problem
from prismake.synthesis.rank_test import rank_test
from prismake.synthesis.regression_test import PREDICTORS, predictor_of, regression_test
from prismake.synthesis.tau2 import CLOSED_FORM, EQUAL
from prismake.synthesis.trim_and_fill import TrimAndFill, trim_and_fill

from oracle.arbitration import falls_at_zero, not_where_q_crosses, ours_is_closer, profile, profile_drop
from oracle.comparison import Argued, Comparison, Missing, Refused, Tolerance
from oracle.tolerances import CLOSED, CLOSED_SLACK, DEFAULT_CONVERGENCE, floors, iterative

Tree = dict[str, Any]


def tolerance(method: str, se: float, mean_vi: float) -> Tolerance:
    """The class of a method, with the scale of its standard error."""
    closed = method in EQUAL or method in CLOSED_FORM

    def limits(kind: str, leaf: str) -> tuple[float, float]:
        del kind
        return (CLOSED * CLOSED_SLACK if closed else iterative(mean_vi)), floors(leaf, se, mean_vi)

    return limits


def attempt(function: Any, *arguments: Any, **named: Any) -> Any:
    """The result, or the reason why there is none."""
    try:
        return function(*arguments, **named)
    except NotEstimable as reason:
        return Refused(str(reason))


def het_tree(fitted: Fit, r2: float | None = None) -> Tree:
    """tau2, Q and fit statistics in the oracle's names."""
    stats: FitStats = fitted.stats
    return {
        "tau2": float(fitted.tau2),
        "se_tau2": None if np.isnan(fitted.se_tau2) else float(fitted.se_tau2),
        "I2": float(fitted.I2),
        "H2": float(fitted.H2),
        "QE": float(fitted.QE),
        "QEp": float(fitted.QEp),
        "k": int(fitted.k),
        "R2": r2,
        "ll": float(stats.ll),
        "fit_stats": {
            "logLik": float(stats.ll),
            "deviance": float(stats.deviance),
            "AIC": float(stats.aic),
            "BIC": float(stats.bic),
            "AICc": float(stats.aicc),
        },
    }


def test_tree(fitted: Fit) -> Tree:
    """One test of an intercept-only model."""
    tree: Tree = {
        "b": float(fitted.b[0]),
        "se": float(fitted.se[0]),
        "stat": float(fitted.statistic[0]),
        "df": None if fitted.test == "z" else float(fitted.df),
        "p": float(fitted.pval[0]),
        "ci_lb": float(fitted.ci_lb[0]),
        "ci_ub": float(fitted.ci_ub[0]),
    }
    if fitted.method not in EQUAL:
        tree["pi_lb"], tree["pi_ub"] = map(float, fitted.prediction_interval())
        tree["pi_lb_riley"], tree["pi_ub_riley"] = map(float, fitted.prediction_interval("riley"))
    return tree


def compare_fits(out: Comparison, file: str, theirs: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """Every method with every test."""
    for method, block in theirs.items():
        kind = f"fits {'closed form' if method in EQUAL or method in CLOSED_FORM else 'iterative'}"
        for test in TESTS:
            if test not in block:
                continue
            fitted = attempt(fit, y, v, method=method, test=test)
            if isinstance(fitted, Refused):
                out.walk(kind, file, fitted, block[test], tolerance(method, 1.0, 1.0), f"{method}.{test}")
                continue
            limits = tolerance(method, float(fitted.se[0]), float(v.mean()))
            tree, het = test_tree(fitted), het_tree(fitted)
            if _argue_tau2(fitted, test_tree, block, test, y, v):
                reason = (
                    f"{method}: our tau2 satisfies the estimating equation better, and the oracle's gives its numbers"
                )
                tree, het = argued(tree, reason), argued(het, reason)
            out.walk(kind, file, tree, block[test], limits, f"{method}.{test}")
            if test == "z":
                out.walk(kind, file, het, block["het"], limits, f"{method}.het")


def _argue_tau2(fitted: Fit, tree_of: Any, block: Tree, test: str, y: np.ndarray, v: np.ndarray) -> bool:
    """Whether a difference in tau2 is the oracle's: ours solves the equation better, theirs at their tau2 gives theirs."""
    method, theirs = fitted.method, block["het"]["tau2"]
    if method in EQUAL or method in CLOSED_FORM or theirs == float(fitted.tau2):
        return False
    if not ours_is_closer(method, y, v, float(fitted.tau2), theirs):
        return False
    there = tree_of(fit(y, v, method=method, test=test, tau2=theirs))
    return all(abs(there[key] - block[test][key]) <= 1e-7 * there["se"] for key in ("b", "se", "ci_lb", "ci_ub"))


def argued(tree: Any, reason: str) -> Any:
    """The tree with every value argued."""
    if isinstance(tree, dict):
        return {key: argued(value, reason) for key, value in tree.items()}
    return tree if tree is None or isinstance(tree, Refused) else Argued(tree, reason)


def compare_confint(
    out: Comparison, file: str, theirs: Tree, y: np.ndarray, v: np.ndarray, x: Any = None, reason_of_all: str = ""
) -> None:
    """Q-profile and profile-likelihood intervals; `reason_of_all` argues every difference."""
    for name, block in theirs.items():
        if name.startswith("PL_"):
            method = name.removeprefix("PL_")
            found = profile_likelihood(y, v, x, restricted=method == "REML")
            three = [float(fit(y, v, x, method=method).tau2), found.lb, found.ub]
            tree: Tree = {
                "tau2": [_bound(y, v, x, method, *pair) for pair in enumerate(zip(three, block["tau2"], strict=True))]
            }
        else:
            fitted = fit(y, v, x, method=name)
            found = q_profile(y, v, x)
            three = [float(fitted.tau2), found.lb, found.ub]
            theirs_closer = x is None and not ours_is_closer(name, y, v, three[0], block["tau2"][0])
            both = [inconsistency_of(t, float(fitted.vt)) for t in three]
            tree = {
                "tau2": three,
                "tau": [float(np.sqrt(t)) for t in three],
                "I2": [pair[0] for pair in both],
                "H2": [pair[1] for pair in both],
            }
            for position, level in ((1, 0.975), (2, 0.025)):
                if not_where_q_crosses(y, v, x, three[position], block["tau2"][position], level):
                    reason = "R's search ended before Q crosses its quantile; at our bound it does"
                    for values in tree.values():
                        values[position] = Argued(values[position], reason)
            if not theirs_closer and not (name in EQUAL or name in CLOSED_FORM):
                reason = f"{name}: our tau2 satisfies the estimating equation better"
                tree = {key: [Argued(values[0], reason), *values[1:]] for key, values in tree.items()}
        if reason_of_all:
            tree = {
                key: [Argued(getattr(one, "value", one), reason_of_all) for one in values]
                for key, values in tree.items()
            }
        kind = "confint profile likelihood" if name.startswith("PL_") else "confint Q-profile"
        out.walk(kind, file, tree, block, tolerance("REML", 1.0, float(v.mean())), name)


def _bound(y: np.ndarray, v: np.ndarray, x: Any, method: str, position: int, pair: tuple[float, float]) -> Any:
    """Argue a profile-likelihood bound (or the maximum) where ours is closer to the level that it should have."""
    ours, theirs = pair
    if ours == theirs or x is not None:
        return ours
    if position == 0:
        better = ours_is_closer(method, y, v, ours, theirs)
    else:
        top = profile(method, y, v, float(fit(y, v, method=method).tau2)) - profile_drop()
        better = abs(profile(method, y, v, ours) - top) <= abs(profile(method, y, v, theirs) - top)
    return Argued(ours, f"profile {method}: our bound is closer to the level of the likelihood") if better else ours


def compare_bias(out: Comparison, file: str, theirs: Tree, y: np.ndarray, v: np.ndarray, n: Any) -> None:
    """Regression tests, rank tests, PET and PEESE and UWLS as weighted regressions."""
    for name, block in theirs.items():
        parts = name.split("_")
        closed = parts[0] not in ("rma",)
        limits = tolerance("EE" if closed else "REML", 1e-2, float(v.mean()))
        if parts[0] in ("lm", "rma") and parts[1] in PREDICTORS:
            test = "knha" if name.endswith("knha") else "z"
            found = attempt(regression_test, y, v, ni=n, model=parts[0], predictor=parts[1], test=test)
            tree: Any = found
            if not isinstance(found, Refused):
                tree = {
                    "stat": found.statistic,
                    "df": found.df,
                    "p": found.p,
                    "limit_est": found.limit,
                    "limit_ci_lb": found.limit_lb,
                    "limit_ci_ub": found.limit_ub,
                    "coef": [found.intercept, found.slope],
                    "tau2": found.tau2,
                }
                if found.tau2 == 0.0 and block.get("tau2"):
                    x = np.column_stack([np.ones_like(y), predictor_of(parts[1], v, n)])
                    if falls_at_zero(y, v, x):
                        tree["tau2"] = Argued(0.0, "REML: the likelihood falls from tau2 = 0 on, R stops just above it")
            out.walk("bias regression test", file, tree, block, limits, name)
        elif parts[0] == "ranktest":
            ranked = attempt(rank_test, y, v, exact="exact" in name)
            tree = ranked if isinstance(ranked, Refused) else {"tau": ranked.tau, "p": ranked.p}
            out.walk("bias rank test", file, tree, block, limits, name)
        elif name in ("PET_wls", "PEESE_wls", "UWLS"):
            tree = attempt(weighted_regression, y, v, name)
            out.walk("bias PET, PEESE, UWLS", file, tree, block, limits, name)
        else:
            out.walk("bias other", file, Missing(), block, limits, name)


def weighted_regression(y: np.ndarray, v: np.ndarray, name: str) -> Tree:
    """Weighted least squares with a free dispersion on the standard error, on the variance, or on nothing."""
    if name == "UWLS":
        fitted = fit(y, v, method="EE", test="knha")
        one = {"b": fitted.b[0], "se": fitted.se[0], "t": fitted.statistic[0], "p": fitted.pval[0]}
        bounds = {
            "ci_lb": fitted.ci_lb[0],
            "ci_ub": fitted.ci_ub[0],
            "lower": fitted.ci_lb[0],
            "upper": fitted.ci_ub[0],
        }
        return {key: float(value) for key, value in {**one, **bounds}.items()} | {"df": float(fitted.df)}
    if y.size < 3:
        raise NotEstimable("the regression needs at least three effects")
    x = np.column_stack([np.ones_like(y), np.sqrt(v) if name == "PET_wls" else v])
    fitted = fit(y, v, x, method="EE", test="knha")
    return {"b": list(fitted.b), "se": list(fitted.se), "t": list(fitted.statistic), "p": list(fitted.pval)}


def compare_trimfill(out: Comparison, file: str, theirs: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """Every estimator of the number missing, on every side, for three models."""
    for name, block in theirs.items():
        method, estimator, side = name.split("_")
        found = attempt(trim_and_fill, y, v, side=None if side == "auto" else side, estimator=estimator, method=method)
        if isinstance(found, Refused):
            out.walk("trimfill", file, found, block, _any, name)
            continue
        limits = tolerance(method, float(found.fit.se[0]), float(v.mean()))
        tree = _trimfill_tree(found)
        if found.k0 >= y.size - 1:
            reason = "the residual of the one effect kept is exactly zero; R ranks its rounding error"
            tree["se_k0"] = Argued(tree["se_k0"], reason)
        # R's trimfill refits with the default convergence of rma (an absolute 1e-5).
        if method == "REML":
            tree = _at_their_tau2(found, tree, block, y, v)
        pairs = sorted(zip(_listed(block["filled_yi"]), _listed(block["filled_vi"]), strict=True))
        block = block | {"filled_yi": [pair[0] for pair in pairs], "filled_vi": [pair[1] for pair in pairs]}
        out.walk("trimfill", file, tree, block, limits, name)


def _listed(value: Any) -> list[float]:
    """R writes a vector of one as a number."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _any(kind: str, leaf: str) -> tuple[float, float]:
    del kind, leaf
    return 1.0, 1.0


def _trimfill_tree(found: TrimAndFill) -> Tree:
    pairs = sorted(zip(found.filled_yi.tolist(), found.filled_vi.tolist(), strict=True))
    return {
        "k0": found.k0,
        "se_k0": found.se_k0,
        "p_k0": found.p_k0,
        "b": float(found.fit.b[0]),
        "se": float(found.fit.se[0]),
        "ci_lb": float(found.fit.ci_lb[0]),
        "ci_ub": float(found.fit.ci_ub[0]),
        "p": float(found.fit.pval[0]),
        "tau2": float(found.fit.tau2),
        "QE": float(found.fit.QE),
        "I2": float(found.fit.I2),
        "filled_yi": [pair[0] for pair in pairs],
        "filled_vi": [pair[1] for pair in pairs],
    }


def _at_their_tau2(found: TrimAndFill, tree: Tree, block: Tree, y: np.ndarray, v: np.ndarray) -> Tree:
    """Argue a REML fit where ours has the higher likelihood and, at the oracle's tau2, gives the oracle's numbers.

    R's effects filled in are those at its own tau2 of the effects that were kept, which may have stopped early too.
    """
    if block.get("k0") != found.k0 or block.get("tau2") is None:
        return tree
    theirs = sorted(zip(_listed(block["filled_vi"]), _listed(block["filled_yi"]), strict=True))
    ours = sorted(zip(found.filled_vi.tolist(), found.filled_yi.tolist(), strict=True))
    shifts = [his[1] - mine[1] for mine, his in zip(ours, theirs, strict=True)]
    # Mirrored about another mean, every effect filled in moves by the same, twice the difference of the means.
    if shifts and not (np.ptp(shifts) <= 1e-9 * float(np.abs(y).max()) and _within_reach(found, y, v, shifts[0] / 2)):
        return tree
    ally = np.concatenate([y, [pair[1] for pair in theirs]])
    allv = np.concatenate([v, [pair[0] for pair in theirs]])
    problem = Problem(ally[None, :], allv[None, :])
    best, there = fit(ally, allv, method="REML"), fit(ally, allv, method="REML", tau2=block["tau2"])
    heights = [log_likelihoods(problem, np.array([t]))[1][0] for t in (float(best.tau2), block["tau2"])]
    agrees = abs(there.b[0] - block["b"]) <= 1e-8 * there.se[0] and abs(there.se[0] / block["se"] - 1) <= 1e-8
    if not (heights[0] >= heights[1] - 1e-12 and agrees and abs(there.QE / block["QE"] - 1) <= 1e-8):
        return tree
    reason = "trim and fill refits REML at metafor's default convergence; ours has the higher likelihood"
    # The ranks too, and the standard error of k0 that rests on them, are those of distances from that mean.
    named = ("b", "se", "ci_lb", "ci_ub", "p", "tau2", "I2", "QE", "filled_yi", "se_k0")
    return {
        key: value
        if key not in named
        else [Argued(one, reason) for one in value]
        if isinstance(value, list)
        else Argued(value, reason)
        for key, value in tree.items()
    }


def _within_reach(found: TrimAndFill, y: np.ndarray, v: np.ndarray, shift: float) -> bool:
    """Whether the mean of the effects kept moves by `shift` for some tau2 within 1e-4 of the estimate.

    At the default convergence Fisher scoring ends where a step is below 1e-5.
    """
    order = np.argsort(-y if found.side == "right" else y, kind="stable")[: y.size - found.k0]
    if order.size < 2:
        return False
    kept = fit(y[order], v[order])
    steps = 1e-4 * 2.0 ** -np.arange(0.0, 40.0, 0.5)
    grid = float(kept.tau2) + np.concatenate([steps, -steps])
    means = [float(fit(y[order], v[order], tau2=max(t, 0.0)).b[0]) - float(kept.b[0]) for t in grid]
    slack = 1e-7 * float(kept.se[0])
    return min(means) - slack <= shift <= max(means) + slack


def argue_rows(
    lists: Tree, block: Tree, leaf: str, method: str, y: np.ndarray, v: np.ndarray, subsets: list[np.ndarray]
) -> None:
    """Argue the rows of a batch whose tau2 differs, where ours satisfies the subset's estimating equation better."""
    theirs = block.get(leaf)
    if method in EQUAL or method in CLOSED_FORM or not isinstance(theirs, list):
        return
    for j, rows in enumerate(subsets):
        ours = lists[leaf][j]
        if j >= len(theirs) or theirs[j] is None or theirs[j] == ours or rows.size < 2:
            continue
        if ours_is_closer(method, y[rows], v[rows], ours, theirs[j]):
            reason = f"{method}: our tau2 of the subset satisfies the estimating equation better"
            nested = [one for values in lists.values() if isinstance(values, dict) for one in values.values()]
            for values in [*lists.values(), *nested]:
                if isinstance(values, list):
                    values[j] = Argued(values[j], reason)


def compare_leave1out(out: Comparison, file: str, theirs: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """Each study left out."""
    for name, block in theirs.items():
        method, test = name.split("_")
        models = leave_one_out(y, v, method=method, test=test)
        tree = {
            "estimate": models.b[:, 0],
            "se": models.se[:, 0],
            "stat": models.statistic[:, 0],
            "p": models.pval[:, 0],
            "ci_lb": models.ci_lb[:, 0],
            "ci_ub": models.ci_ub[:, 0],
            "Q": models.QE,
            "Qp": models.QEp,
            "tau2": models.tau2,
            "I2": models.I2,
            "H2": models.H2,
        }
        limits = tolerance(method, float(models.se.min()), float(v.mean()))
        lists = {key: value.tolist() for key, value in tree.items()}
        subsets = [np.delete(np.arange(y.size), j) for j in range(y.size)]
        argue_rows(lists, block, "tau2", method, y, v, subsets)
        out.walk("leave1out", file, lists, block, limits, name)


def influence_tree(y: np.ndarray, v: np.ndarray, method: str, x: Any = None, names: list[str] | None = None) -> Tree:
    """Influence diagnostics in the oracle's shape."""
    found = influence(y, v, x, method=method)
    keys = ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "QE_del", "hat", "weight")
    tree: Tree = {key: getattr(found, key).tolist() for key in keys}
    tree["flagged"] = [bool(flag) for flag in found.flagged]
    tree["dfbs"] = {name: found.dfbs[:, j].tolist() for j, name in enumerate(names or ["intrcpt"])}
    return tree


def compare_influence(out: Comparison, file: str, theirs: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """Influence diagnostics and standardised residuals."""
    for name, block in theirs.items():
        if name == "rstandard":
            found = standardised_residuals(y, v)
            tree: Tree = {"resid": found.resid.tolist(), "se": found.se.tolist(), "z": found.z.tolist()}
            limits = tolerance("REML", float(found.se.min()), float(v.mean()))
        else:
            tree = influence_tree(y, v, name)
            limits = tolerance(name, 1.0, float(v.mean()))
            subsets = [np.delete(np.arange(y.size), j) for j in range(y.size)]
            argue_rows(tree, block, "tau2_del", name, y, v, subsets)
        out.walk("influence", file, tree, block, limits, name)


def compare_cumulative(out: Comparison, file: str, theirs: Tree, y: np.ndarray, v: np.ndarray, order: Any) -> None:
    """The first 1, 2, ... studies; R leaves out studies that have no place in the order."""
    place = np.arange(y.size) if order is None else np.array([np.nan if o is None else o for o in order], dtype=float)
    known = ~np.isnan(place)
    for name, block in theirs.items():
        if name == "order":
            continue
        where, models = cumulative(y[known], v[known], place[known], method=name)
        tree = {
            "estimate": models.b[:, 0],
            "se": models.se[:, 0],
            "p": models.pval[:, 0],
            "ci_lb": models.ci_lb[:, 0],
            "ci_ub": models.ci_ub[:, 0],
            "tau2": models.tau2,
            "I2": models.I2,
            "Q": models.QE,
        }
        limits = tolerance(name, float(models.se.min()), float(v.mean()))
        lists = {key: value.tolist() for key, value in tree.items()}
        ys, vs = y[known][where], v[known][where]
        argue_rows(lists, block, "tau2", name, ys, vs, [np.arange(j + 1) for j in range(ys.size)])
        out.walk("cumulative", file, lists, block, limits, name)


def compare_baujat(out: Comparison, file: str, theirs: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """Baujat's coordinates under two models."""
    for name, block in theirs.items():
        found = baujat(y, v, method=name)
        lists: Tree = {"x": found.x.tolist(), "y": found.y.tolist()}
        for j in other_optima(y, v, name):
            lists["y"][j] = Argued(
                lists["y"][j], "REML: without this study the likelihood has two maxima, ours is the higher"
            )
        out.walk("baujat", file, lists, block, _scaled(name, 1.0, v), name)


def other_optima(y: np.ndarray, v: np.ndarray, method: str) -> list[int]:
    """Studies without which the restricted likelihood is highest above zero, but has a maximum at zero as well."""
    if method != "REML":
        return []
    found = []
    for j in range(y.size):
        rest, vi = np.delete(y, j), np.delete(v, j)
        inside = rest.size > 1 and float(fit(rest, vi).tau2) > 0
        if inside and falls_at_zero(rest, vi, np.ones((rest.size, 1))):
            found.append(j)
    return found


def _scaled(method: str, se: float, v: np.ndarray) -> Tolerance:
    return tolerance(method, se, float(v.mean()))


def compare_failsafe(out: Comparison, file: str, theirs: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """Four fail-safe numbers."""
    numbers = {
        "Rosenthal": lambda target: rosenthal(y, v),
        "Orwin_unw": lambda target: orwin(y, None, target),
        "Orwin_w": lambda target: orwin(y, v, target),
        "Rosenberg": lambda target: rosenberg(y, v),
    }
    for name, block in theirs.items():
        if name == "General":
            _general(out, file, block, y, v)
            continue
        if name not in numbers:
            out.walk("failsafe", file, Missing(), block, _any, name)
            continue
        one = numbers[name](block.get("target"))
        tree = {"fsnum": one.number, "p": one.p, "est": one.estimate, "alpha": 0.05, "target": one.target}
        out.walk("failsafe", file, tree, block, tolerance("EE", 1e-2, float(v.mean())), name)


def _general(out: Comparison, file: str, block: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """R rounds the root of a step function up, and starts from a tau2 at default convergence: at its tau2, within one of ours."""
    found = attempt(general, y, v)
    if isinstance(found, Refused):
        out.walk("failsafe", file, found, block, _any, "General")
        return
    tau2 = float(fit(y, v).tau2)
    at_theirs = attempt(general, y, v, tau2=block["tau2"])
    number: Any = found.number
    close = not isinstance(at_theirs, Refused) and block["fsnum"] - at_theirs.number in (0, 1)
    if close:
        number = Argued(number, "R rounds up the root of a step function found with its default tau2: one too many")
    loose = "R's model of the observed studies has the default convergence"
    tree = {
        "fsnum": number,
        "est": Argued(found.estimate, loose),
        "p": Argued(found.p, loose),
        "tau2": Argued(tau2, loose),
    }
    if not _near(tree, block, y, v):
        tree = {key: value.value if key != "fsnum" else value for key, value in tree.items()}
    out.walk("failsafe", file, tree, block, tolerance("REML", 1.0, float(v.mean())), "General")


def _near(tree: Tree, block: Tree, y: np.ndarray, v: np.ndarray) -> bool:
    """Whether, at the oracle's tau2, the oracle's estimate and p come out."""
    del tree
    there = fit(y, v, tau2=block["tau2"])
    return bool(abs(there.b[0] - block["est"]) <= 1e-8 * there.se[0])


def compare_misc(out: Comparison, file: str, theirs: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """Everything else that was computed from effects and variances."""
    mean_vi = float(v.mean())
    for name, block in theirs.items():
        if name in MISC_SECTIONS:
            MISC_SECTIONS[name](out, file, block, y, v)
            continue
        if name not in MISC:
            kind = f"misc {name}"
            out.walk(kind, file, Missing(), block, _any, name)
            continue
        tree, limits = MISC[name](y, v)
        out.walk(f"misc {name}", file, tree, block, limits or tolerance("REML", 1e-2, mean_vi), name)


def _blup(y: np.ndarray, v: np.ndarray) -> tuple[Any, Any]:
    found = best_linear_unbiased(y, v, fit(y, v))
    return {
        "pred": found.pred.tolist(),
        "se": found.se.tolist(),
        "pi_lb": found.pi_lb.tolist(),
        "pi_ub": found.pi_ub.tolist(),
    }, tolerance("REML", float(found.se.max()), float(v.mean()))


def _weights(y: np.ndarray, v: np.ndarray) -> tuple[Any, Any]:
    w = 1.0 / (v + fit(y, v).tau2)
    return {"w": (100.0 * w / w.sum()).tolist()}, None


def _q_based(y: np.ndarray, v: np.ndarray) -> tuple[Any, Any]:
    found = q_based(float(fit(y, v, method="EE").QE), float(y.size - 1))
    assert found is not None
    tree = {"I2": found.I2, "lower": found.I2_lb, "upper": found.I2_ub}
    tree |= {"H": found.H, "lower_H": found.H_lb, "upper_H": found.H_ub}
    return tree, tolerance("EE", 1e-2, 1.0)


def _meta_knha(y: np.ndarray, v: np.ndarray) -> tuple[Any, Any]:
    """R's `meta` fits REML at its own convergence; its prediction interval is that of the t test (Veroniki et al. 2019)."""
    fitted = fit(y, v, test="knha")
    low, high = fit(y, v, test="t").prediction_interval()
    tree = {
        "b": float(fitted.b[0]),
        "se": float(fitted.se[0]),
        "lower": float(fitted.ci_lb[0]),
        "upper": float(fitted.ci_ub[0]),
        "p": float(fitted.pval[0]),
        "pi_lower": float(low),
        "pi_upper": float(high),
    }

    def limits(kind: str, leaf: str) -> tuple[float, float]:
        del kind
        return DEFAULT_CONVERGENCE, 0.0 if leaf == "p" else float(fitted.se[0])

    return tree, limits


def _find_outliers(y: np.ndarray, v: np.ndarray) -> tuple[Any, Any]:
    return {"idx": (np.flatnonzero(outside(y, v, fit(y, v, test="knha"))) + 1).tolist()}, None


def _henmi_copas(y: np.ndarray, v: np.ndarray) -> tuple[Any, Any]:
    found = henmi_copas(y, v)
    tree = {"b": found.b, "ci_lb": found.ci_lb, "ci_ub": found.ci_ub, "se": found.se, "tau2": found.tau2}
    # R's root search has a tolerance of 1.2e-4 on a scale that is this much smaller than that of the interval.
    stretch = float(np.sqrt(1.0 + found.tau2 * (1.0 / v**2).sum() / (1.0 / v).sum()))
    return tree, lambda kind, leaf: (1.3e-4 * stretch if leaf.startswith("ci") else 1e-11, found.se)


def _gosh(y: np.ndarray, v: np.ndarray) -> tuple[Any, Any]:
    return summary(gosh(y, v, method="DL")), lambda kind, leaf: (1e-11, 1e-2)


MISC = {
    "blup": _blup,
    "weights_reml": _weights,
    "meta_I2_ci": _q_based,
    "meta_knha": _meta_knha,
    "find_outliers": _find_outliers,
    "hc": _henmi_copas,
    "gosh_all": _gosh,
}
"""misc entries by name: (effects, variances) -> (tree, tolerance or None)."""


MISC_SECTIONS: dict[str, Any] = {}
"""misc entries that compare themselves: (comparison, file, block, effects, variances)."""

MORE: dict[str, Any] = {}
"""Sections of other modules: (comparison, file, block, effects, variances)."""


def compare_simple(out: Comparison, file: str, inputs: Tree, outputs: Tree) -> set[str]:
    """Every section of a simple analysis that this module knows; returns their names."""
    y, v = (np.atleast_1d(np.asarray(inputs[name], dtype=float)) for name in ("yi", "vi"))
    n = inputs.get("ni") if inputs.get("ni") is None else _listed(inputs["ni"])
    sizes = None if not n or any(value is None for value in n) else np.asarray(n, dtype=float)
    sections = {
        "fits": lambda block: compare_fits(out, file, block, y, v),
        "confint": lambda block: compare_confint(out, file, block, y, v),
        "bias": lambda block: compare_bias(out, file, block, y, v, sizes),
        "trimfill": lambda block: compare_trimfill(out, file, block, y, v),
        "leave1out": lambda block: compare_leave1out(out, file, block, y, v),
        "influence": lambda block: compare_influence(out, file, block, y, v),
        "cumulative": lambda block: compare_cumulative(out, file, block, y, v, _listed(inputs.get("order")) or None),
        "baujat": lambda block: compare_baujat(out, file, block, y, v),
        "failsafe": lambda block: compare_failsafe(out, file, block, y, v),
        "misc": lambda block: compare_misc(out, file, block, y, v),
    } | {name: partial(compare, out, file, y=y, v=v) for name, compare in MORE.items()}
    for name, run in sections.items():
        if name in outputs:
            with out.part(name, file, outputs[name]):
                run(outputs[name])
    return set(sections)
