"""Limit meta-analysis, the test of excess significance and p-uniform, which misc holds."""

from __future__ import annotations

from typing import Any

import numpy as np
from prismake.synthesis.model import fit
from prismake.synthesis.publication_bias.excess_significance import excess_significance
from prismake.synthesis.publication_bias.limit import limit_meta_analysis
from prismake.synthesis.publication_bias.puniform import SIGNIFICANT, conditional_sum, irwin_hall_quantile, p_uniform
from scipy import special

from oracle.comparison import Argued, Comparison, Refused
from oracle.univariate import Tree, attempt

_DEFAULT = 1e-4


def compare_limit(out: Comparison, file: str, block: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """metasens fits its model at meta's tau2, which stops at an absolute change of 1e-5: ours there, and at our own tau2."""
    found = attempt(limit_meta_analysis, y, v)
    if isinstance(found, Refused):
        out.walk("limit meta-analysis", file, found, block, _limits(1.0), "limitmeta")
        return
    if isinstance(block.get("TE_limit"), list):
        near = _at_their_tau2(found, block, y, v)
        tree = _limit_tree(found, v)
        reason = "meta stops REML at an absolute change of 1e-5: at a tau2 within 3e-5 of ours lie its numbers"
        for key in ("TE_adjust", "se_adjust", "lower", "upper", "p", "alpha", "beta", "G2", "TE_limit"):
            if key in block and near is not None and _between(tree[key], block[key], [one[key] for one in near]):
                tree[key] = (
                    [Argued(one, reason) for one in tree[key]]
                    if isinstance(tree[key], list)
                    else Argued(tree[key], reason)
                )
        out.walk("limit meta-analysis", file, tree, block, _limits(found.se), "limitmeta")


def _between(mine: Any, theirs: Any, near: list[Any]) -> bool:
    if theirs is None or mine is None or any(one is None for one in near):
        return False
    his, span = (
        np.atleast_1d(np.asarray(theirs, dtype=float)),
        np.array([np.atleast_1d(one) for one in near], dtype=float),
    )
    slack = 1e-7 * np.maximum(np.abs(his), span.max(axis=0) - span.min(axis=0) + 1e-12)
    return bool(((his >= span.min(axis=0) - slack) & (his <= span.max(axis=0) + slack)).all())


def _at_their_tau2(found: Any, block: Tree, y: np.ndarray, v: np.ndarray) -> list[Tree]:
    """Our numbers at tau2 up to 3e-5 away."""
    del block
    steps = np.linspace(-3e-5, 3e-5, 121)
    trees = []
    for step in steps:
        trees.append(_limit_tree(limit_meta_analysis(y, v, tau2=max(0.0, found.tau2 + float(step))), v))
    return trees


def _limit_tree(found: Any, v: np.ndarray) -> Tree:
    return {
        "TE_adjust": found.b,
        "se_adjust": found.se,
        "lower": found.ci_lb,
        "upper": found.ci_ub,
        "p": found.pval,
        "alpha": found.alpha,
        "beta": found.beta,
        "Q": found.Q,
        "Q_small": found.Q_small,
        "Q_resid": found.Q_residual,
        "G2": None if found.G2 is None else found.G2 / 100.0,
        "TE_limit": found.effects.tolist(),
        "seTE_limit": np.sqrt(v).tolist(),
    }


def _limits(se: float) -> Any:
    def limits(kind: str, leaf: str) -> tuple[float, float]:
        del kind
        if leaf.startswith("Q") or leaf == "seTE_limit":
            return 1e-9, 1e-3
        return _DEFAULT, 1e-2 if leaf in ("p", "G2", "alpha") else se

    return limits


def compare_tes(out: Comparison, file: str, block: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """The chi-squared form; the limit is the root of a search with a tolerance."""
    found = attempt(excess_significance, y, v)
    tree: Any = found
    if not isinstance(found, Refused):
        tree = {
            "O": found.observed,
            "E": found.expected,
            "OE": found.ratio,
            "X2": found.chi2,
            "p": found.p,
            "theta": found.theta,
        }
        tree |= {"power": found.power.tolist(), "theta_lim": found.limit}
        if found.limit is not None and block.get("theta_lim") is not None:
            gaps = [abs(_excess_p(abs(t), found, v) - 0.1) for t in (found.limit, block["theta_lim"])]
            if gaps[0] <= gaps[1]:
                tree["theta_lim"] = Argued(found.limit, "at our limit p is closer to .10")
        if found.limit is None:
            tree["theta_lim"] = Refused("no effect of the pooled one's sign leaves an excess")
    scale = float(np.sqrt(v.mean()))

    def limits(kind: str, leaf: str) -> tuple[float, float]:
        del kind
        return (_DEFAULT, scale) if leaf == "theta_lim" else (1e-11, 1e-3 if leaf != "p" else 1e-290)

    out.walk("excess significance", file, tree, block, limits, "tes")


def _excess_p(theta: float, found: Any, v: np.ndarray) -> float:
    """p of the test were theta the true effect."""
    expected = float(special.ndtr(theta / np.sqrt(v) - special.ndtri(0.95)).sum())
    chi2 = (found.observed - expected) ** 2 * (1 / expected + 1 / (v.size - expected))
    return float(special.ndtr(-np.sign(found.observed - expected) * np.sqrt(chi2)))


def compare_tes_exact(out: Comparison, file: str, block: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """The exact test."""
    found = attempt(excess_significance, y, v)
    tree: Any = found if isinstance(found, Refused) else {"p": found.p_exact}
    out.walk("excess significance", file, tree, block, lambda kind, leaf: (1e-9, 1e-290), "tes_exact")


def _argue_roots(tree: Tree, found: Any, block: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """Argue a root at which the sum of conditional p-values is closer to its goal than at R's."""
    sign = -1.0 if found.alternative == "less" else 1.0
    used = sign * y / np.sqrt(v) > -special.ndtri(SIGNIFICANT)
    k = int(used.sum())
    goals = {"est": k / 2, "ci_lb": irwin_hall_quantile(0.025, k), "ci_ub": irwin_hall_quantile(0.975, k)}
    if sign < 0:
        goals["ci_lb"], goals["ci_ub"] = goals["ci_ub"], goals["ci_lb"]
    for key, goal in goals.items():
        if tree[key] is None or block.get(key) is None:
            continue
        gaps = [
            abs(conditional_sum(sign * mu, sign * y[used], np.sqrt(v[used])) - goal) for mu in (tree[key], block[key])
        ]
        if gaps[0] <= gaps[1]:
            tree[key] = Argued(tree[key], "p-uniform: our root solves its equation better (R's search stops at 1.2e-4)")


def compare_puniform(out: Comparison, file: str, block: Tree, y: np.ndarray, v: np.ndarray) -> None:
    """R's roots have uniroot's default tolerance of 1.2e-4; the tests are exact."""
    found = attempt(p_uniform, y, v)
    tree: Any = found
    if not isinstance(found, Refused):
        tree = {"est": found.b, "ci_lb": found.ci_lb, "ci_ub": found.ci_ub, "ksig": found.k_significant}
        _argue_roots(tree, found, block, y, v)
        tree |= {"L0": found.zval, "p0": found.pval, "Lpb": found.bias_z, "ppb": found.bias_p}
    scale = max(float(np.sqrt(v.mean())), abs(float(fit(y, v, method="EE").b[0])))

    def limits(kind: str, leaf: str) -> tuple[float, float]:
        del kind
        return (1.3e-4, max(1.0, scale)) if leaf in ("est", "ci_lb", "ci_ub") else (1e-8, 1e-2)

    out.walk("p-uniform", file, tree, block, limits, "puniform")
