"""Files of dependent effects: three-level models, CHE, robust variances, Wald tests, profiles, aggregation, multivariate.

R's optimisers stop early, so each model is held twice: our optimum against theirs (log-likelihood, components, estimate, in the
class of rma.mv), and everything that follows from the components, with ours put at R's own components, to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from prismake.synthesis.aggregation import one_per_study
from prismake.synthesis.blocks import (
    covariances,
    generalised_q,
    groups_of,
    ones_and_identity,
    typical_sampling_variance,
)
from prismake.synthesis.distributions import critical, two_sided_p, upper_chi2
from prismake.synthesis.effect_sizes.dependence import correlation_of_shared_arms, covariance_matrix
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.multilevel import COMPONENTS, fit_multilevel, likelihood_of, sampling_covariance
from prismake.synthesis.multivariate import fit_multivariate
from prismake.synthesis.profile import Profile
from prismake.synthesis.robust import robust_of, robust_wald
from prismake.synthesis.robust_moments import correlated_effects, hierarchical_effects

from oracle.comparison import Argued, Comparison, Missing, Refused
from oracle.metadat import data_set
from oracle.univariate import Tree, argued, attempt, het_tree, test_tree, tolerance

_OPTIMUM = ("b", "se", "sigma2", "ll")
_HIGHER = "R stopped at a lower log-likelihood than ours"
_FREE = ("rho", "rho.1", "tau2")
"""Leaves of rma.mv that these models do not have: constants 0, or the assumed correlation repeated."""


@dataclass(frozen=True)
class Data:
    """Effects (k,), their design (k, p), studies, and the covariance of their sampling errors or the assumed rho."""

    y: np.ndarray
    v: np.ndarray
    x: np.ndarray
    study: np.ndarray
    rho: float = 0.0
    V: np.ndarray | None = None
    components: tuple[str, ...] = COMPONENTS

    def groups(self) -> Any:
        return groups_of(self.y, self.v, self.x, self.study, rho=self.rho, V=self.V)


def _limits(scale: float, mean_vi: float) -> Any:
    """The class of rma.mv for optima, rounding for what follows from R's own components."""

    def limits(kind: str, leaf: str) -> tuple[float, float]:
        if "optimum" in kind:
            return {"sigma2": (4e-5, 1e-3 * mean_vi), "ll": (1e-8, 1.0)}.get(leaf, (7e-8, scale))
        if leaf == "vcov":
            return 1e-9, scale**2
        floors = {
            "I2_total": 0.1,
            "I2_each": 0.1,
            "stat": 1.0,
            "t": 1.0,
            "QM": 1.0,
            "F": 1.0,
            "df": 1.0,
            "df_denom": 1.0,
        }
        return 1e-9, 1e-290 if leaf in ("p", "QMp", "QEp") else floors.get(leaf, scale)

    return limits


def model_tree(data: Data, sigma2: np.ndarray, method: str, df: float | None = None) -> Tree:
    """Everything that rma.mv gives, at these components."""
    at = likelihood_of(data.y, data.v, data.x, data.study, rho=data.rho, method=method, V=data.V)(sigma2)
    groups = data.groups()
    phis = covariances(groups, ones_and_identity(groups), sigma2)
    QE, k, p = generalised_q(groups)[0], data.y.size, data.x.shape[1]
    tree = _coefficients(at.b, at.vb, df)
    first = 0 if p == 1 else 1
    QM = float(at.b[first:] @ np.linalg.solve(at.vb[first:, first:], at.b[first:]))
    tree |= {"k": k, "QE": None if np.isnan(QE) else QE, "QEp": None if np.isnan(QE) else float(upper_chi2(QE, k - p))}
    QMp = upper_chi2(QM, p - first) if df is None else two_sided_p(np.sqrt(QM), df)
    tree |= {"QM": QM, "QMp": float(QMp), "ll": at.ll, "vcov": at.vb.tolist()}
    half = float(critical(95.0, df)) * float(np.sqrt(at.vb[0, 0] + sigma2.sum()))
    tree["predict"] = {"pi_lb": float(at.b[0]) - half, "pi_ub": float(at.b[0]) + half}
    typical = typical_sampling_variance(groups)
    shares = 100.0 * sigma2 / (sigma2.sum() + typical)
    each = [float(share) for share, name in zip(shares, COMPONENTS, strict=True) if name in data.components]
    tree["I2_multilevel"] = {"I2_total": float(shares.sum()), "I2_each": each, "typical_v": typical}
    return tree | robust_trees(groups, phis)


def _coefficients(b: np.ndarray, vb: np.ndarray, df: float | None) -> Tree:
    se = np.sqrt(np.diag(vb))
    half = critical(95.0, df) * se
    tree = {"b": b, "se": se, "stat": b / se, "p": two_sided_p(b / se, df), "ci_lb": b - half, "ci_ub": b + half}
    listed: Tree = {key: np.asarray(value).tolist() for key, value in tree.items()}
    return listed if df is None else listed | {"df": df}


def robust_trees(groups: Any, phis: Any) -> Tree:
    """metafor's robust(), clubSandwich's tests of coefficients, and the Wald test of all but the intercept."""
    tree: Tree = {}
    for name, kind in [
        ("robust_metafor_CR1", "CR1p"),
        *((f"club_{kind}", kind) for kind in ("CR0", "CR1", "CR1S", "CR1p", "CR2", "CR3")),
    ]:
        found = attempt(robust_of, groups, phis, kind=kind)
        if isinstance(found, Refused):
            tree[name] = found
            continue
        statistic = "stat" if name.startswith("robust") else "t"
        # clubSandwich counts m - 1 degrees of freedom for CR1p too.
        if name == "club_CR1p":
            df = np.full(found.b.size, float(found.clusters - 1))
            half = critical(95.0, df) * found.se
            pval, low, high = two_sided_p(found.tval, df), found.b - half, found.b + half
        else:
            df, pval, low, high = found.df, found.pval, found.ci_lb, found.ci_ub
        parts = {"b": found.b, "se": found.se, statistic: found.tval, "df": df, "p": pval, "ci_lb": low, "ci_ub": high}
        tree[name] = {key: value.tolist() for key, value in parts.items()}
        if name.startswith("robust"):
            tree[name]["df"] = float(df[0])
        if kind == "CR2" and found.b.size > 1:
            wald = attempt(robust_wald, found, list(range(1, found.b.size)))
            parts = ("F", "df_num", "df_denom", "p")
            tree["wald_HTZ"] = wald if isinstance(wald, Refused) else {part: getattr(wald, part) for part in parts}
    return tree


def compare_model(
    out: Comparison, file: str, path: str, theirs: Tree, data: Data, method: str = "REML", df: float | None = None
) -> None:
    """Our optimum against theirs, then everything at their components."""
    fitted = fit_multilevel(
        data.y, data.v, data.x, data.study, rho=data.rho, method=method, components=data.components, V=data.V
    )
    used = [name in data.components for name in COMPONENTS]
    se = np.sqrt(np.diag(fitted.vb))
    limits = _limits(float(se.max()), float(data.v.mean()))
    ours: Tree = {"b": fitted.b.tolist(), "se": se.tolist(), "ll": fitted.ll, "sigma2": fitted.sigma2[used].tolist()}
    there = np.zeros(2)
    there[used] = theirs["sigma2"]
    reason = _why_theirs_is_no_optimum(data, method, fitted, there)
    if reason:
        ours = argued(ours, reason)
    kind = "CHE" if data.rho else "known V" if data.V is not None else "multilevel"
    out.walk(f"{kind}, optimum", file, ours, {key: theirs[key] for key in _OPTIMUM if key in theirs}, limits, path)
    tree = model_tree(data, there, method, df)
    rest = {key: value for key, value in theirs.items() if key not in (*_OPTIMUM, *_FREE, "used", "X")}
    if "ll" in theirs:
        # The likelihood itself, at the same components.
        rest["ll"] = theirs["ll"]
    out.walk(f"{kind}, at R's components", file, tree, rest, limits, path)


def _why_theirs_is_no_optimum(data: Data, method: str, fitted: Any, sigma2: np.ndarray) -> str:
    """A reason where our log-likelihood is higher, or equal to rounding with a smaller gradient; else nothing."""
    at = likelihood_of(data.y, data.v, data.x, data.study, rho=data.rho, method=method, V=data.V)(sigma2)
    if fitted.ll > at.ll + 1e-9:
        return _HIGHER
    used = np.array([name in data.components for name in COMPONENTS])
    slopes = [
        float(np.abs(np.where(used & ((where > 0) | (score > 0)), score, 0.0)).max())
        for where, score in ((fitted.sigma2, fitted.score), (sigma2, at.score))
    ]
    level = fitted.ll >= at.ll - 1e-12 * max(abs(at.ll), 1.0) and slopes[0] < 1e-3 * slopes[1]
    return "R stopped where the gradient is a thousand times ours, at the same log-likelihood to 1e-9" if level else ""


def _plain_inputs(content: Tree) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    inputs = content["inputs"]
    return (
        np.asarray(inputs["yi"], dtype=float),
        np.asarray(inputs["vi"], dtype=float),
        np.asarray([str(one) for one in inputs["cluster"]]),
    )


def compare_dependent(out: Comparison, file: str, content: Tree) -> None:
    """One file of dependent effects."""
    y, v, study = _plain_inputs(content)
    one = np.ones((y.size, 1))
    rho = float(content.get("rho_assumed") or 0.5)
    for name, block in content["outputs"].items():
        if not isinstance(block, dict):
            continue
        with out.part(name, file):
            _compare_block(out, file, name, block, content, Data(y, v, one, study), rho)


def _compare_block(out: Comparison, file: str, name: str, block: Tree, content: Tree, data: Data, rho: float) -> None:
    if name.startswith("three_level_REML_ttest"):
        _compare_t(out, file, name, block, data)
    elif name.startswith("three_level"):
        method = "ML" if name.startswith("three_level_ML") else "REML"
        studies = len(np.unique(data.study))
        compare_model(out, file, name, block, data, method, studies - 1.0 if name.endswith("_t") else None)
    elif name.startswith("two_level_cluster"):
        compare_model(out, file, name, block, replace(data, components=("study",)))
    elif name.startswith("CE_working"):
        compare_model(out, file, name, block, replace(data, rho=rho, components=("study",)))
    elif name.startswith("CHE_rho") or name.startswith("published_rho"):
        value = float(name.split("rho")[1]) if "." in name else float(name.split("rho")[1]) / 10
        compare_model(out, file, name, block, replace(data, rho=value))
    elif name == "CHE_V_first_cluster":
        at = data.study == str(block["cluster"])
        tree: Any = {"V": sampling_covariance(data.v[at], data.study[at], rho).tolist()}
        out.walk("CHE, V", file, tree, {"V": block["V"]}, lambda kind, leaf: (1e-13, 1e-12), name)
    elif name in ("metareg", "metareg_3level"):
        _compare_regressions(out, file, name, block, content, rho if name == "metareg" else 0.0)
    elif name == "multilevel_egger":
        compare_model(out, file, name, block, replace(data, x=np.column_stack([data.x, np.sqrt(data.v)]), rho=rho))
    elif name in SPECIAL:
        SPECIAL[name](out, file, name, block, content)
    else:
        out.walk(f"dependent {name}", file, Missing(), block, lambda kind, leaf: (0.0, 0.0), name)


def _compare_t(out: Comparison, file: str, path: str, theirs: Tree, data: Data) -> None:
    """The t test with k - 1 degrees of freedom."""
    fitted = fit_multilevel(data.y, data.v, data.x, data.study)
    tree = _coefficients(fitted.b, fitted.vb, float(theirs["df"]))
    half = float(critical(95.0, data.y.size - 1.0)) * float(np.sqrt(fitted.vb[0, 0] + fitted.sigma2.sum()))
    tree |= {"pi_lb": float(fitted.b[0]) - half, "pi_ub": float(fitted.b[0]) + half, "df": data.y.size - 1.0}
    scale = float(np.sqrt(fitted.vb[0, 0]))

    def limits(kind: str, leaf: str) -> tuple[float, float]:
        # The prediction interval holds the components themselves, which are good to 4e-5.
        del kind
        return (4e-5 if leaf.startswith("pi") else 1e-7 * (10 if leaf == "p" else 1)), 1e-290 if leaf == "p" else scale

    if path == "three_level_REML_ttest_km1" and data.V is None:
        out.walk("multilevel, optimum", file, tree, theirs, limits, path)


def _compare_regressions(out: Comparison, file: str, name: str, block: Tree, content: Tree, rho: float) -> None:
    y, v, study = _plain_inputs(content)
    for formula, theirs in block.items():
        inputs = theirs if {"X", "used"} <= set(theirs) else content["outputs"]["metareg"].get(formula, {})
        if "X" not in inputs:
            out.walk(f"dependent {name}", file, Missing(), theirs, lambda kind, leaf: (0.0, 0.0), formula)
            continue
        rows = np.asarray(inputs["used"], dtype=int) - 1
        data = Data(y[rows], v[rows], np.asarray(inputs["X"], dtype=float), study[rows], rho)
        theirs = {key: value for key, value in theirs.items() if key != "data"}
        compare_model(out, file, f"{name}.{formula}", theirs, data)


def _compare_two_level(out: Comparison, file: str, name: str, theirs: Tree, content: Tree) -> None:
    y, v, _ = _plain_inputs(content)
    _compare_univariate(out, file, name, theirs, y, v, "z")


def _compare_univariate(
    out: Comparison, file: str, path: str, theirs: Tree, y: np.ndarray, v: np.ndarray, test: str
) -> None:
    fitted = attempt(fit, y, v, test=test)
    tree = fitted if isinstance(fitted, Refused) else het_tree(fitted) | test_tree(fitted)
    scale = 1.0 if isinstance(fitted, Refused) else float(fitted.se[0])
    out.walk("dependent, one effect a study", file, tree, theirs, tolerance("REML", scale, float(v.mean())), path)


def _compare_aggregate(out: Comparison, file: str, name: str, theirs: Tree, content: Tree) -> None:
    """Effects of a study averaged; then the model of the averages where R has it."""
    y, v, study = _plain_inputs(content)
    rho = float(name.split("rho")[1]) if "rho" in name else 0.0
    found = one_per_study(y, v, study, "average", rho=rho, weighted="unweighted" not in name)
    place = {str(label): position for position, label in enumerate(found.study)}
    order = [place[str(label)] for label in theirs["agg_cluster"]]
    tree: Tree = {"yi": found.yi[order].tolist(), "vi": found.vi[order].tolist(), "n_agg": len(order)}
    closed = {key: theirs[key] for key in ("yi", "vi", "n_agg") if key in theirs}
    out.walk("aggregation", file, tree, closed, lambda kind, leaf: (1e-11, float(np.sqrt(v.mean()))), name)
    if "rma" in theirs:
        _compare_univariate(
            out, file, f"{name}.rma", theirs["rma"], found.yi, found.vi, _test_of(theirs["rma"], found.yi, found.vi)
        )


def _test_of(theirs: Tree, y: np.ndarray, v: np.ndarray) -> str:
    """Which test R used: its standard error says."""
    if theirs.get("df") is None:
        return "z"
    plain = float(fit(y, v, test="t").se[0])
    return "t" if abs(plain - theirs["se"]) <= 1e-6 * plain else "knha"


def _compare_extreme(out: Comparison, file: str, name: str, theirs: Tree, content: Tree) -> None:
    y, v, study = _plain_inputs(content)
    found = one_per_study(y, v, study, name)
    used = np.sort([int(rows[0]) + 1 for rows in found.rows]).tolist()
    out.walk("aggregation", file, {"rows": used}, {"rows": sorted(theirs["used"])}, lambda kind, leaf: (0.0, 1.0), name)
    _compare_univariate(
        out, file, f"{name}.rma", theirs["rma"], found.yi, found.vi, _test_of(theirs["rma"], found.yi, found.vi)
    )


def _compare_profile(out: Comparison, file: str, name: str, theirs: Tree, content: Tree) -> None:
    """R's bound comes from a search with a tolerance, over profiles of an optimiser that stops early: 4e-5, or argued by the level."""
    y, v, study = _plain_inputs(content)
    one = np.ones((y.size, 1))
    profile = Profile(fit_multilevel(y, v, one, study), y, v, one, study)
    for position, key in enumerate(("sigma2_1", "sigma2_2")):
        if key not in theirs:
            continue
        found = profile.interval(position)
        ours: list[Any] = [found.estimate, found.lb, found.ub]
        goal = profile.fitted.ll - 0.5 * 3.841458820694124
        for which in (1, 2):
            mine, his = ours[which], theirs[key][which]
            if mine is None or his is None or abs(mine - his) <= 4e-5 * max(abs(his), 1e-3 * float(v.mean())):
                continue
            gaps = [abs(profile.height(position, value)[0] - goal) for value in (mine, his)]
            if gaps[0] <= gaps[1]:
                ours[which] = Argued(mine, "our bound of the profile is closer to the level of the likelihood")
        limits = (4e-5, 1e-3 * float(v.mean()))
        out.walk(
            "profile likelihood", file, {key: ours}, {key: theirs[key]}, lambda kind, leaf, limits=limits: limits, name
        )


def _compare_two_rhos(out: Comparison, file: str, name: str, theirs: Tree, content: Tree) -> None:
    """Correlations .7 between effects of a kind and .5 between kinds, as metadat's page of these data has them."""
    y, v, study = _plain_inputs(content)
    kinds = (content["outputs"].get("metareg", {}).get("~deltype") or {}).get("data", {}).get("deltype")
    if kinds is None:
        out.walk("known V, optimum", file, Missing(), theirs, lambda kind, leaf: (0.0, 0.0), name)
        return
    kind = np.asarray(kinds)
    r = np.where(kind[:, None] == kind[None, :], 0.7, 0.5)
    V = np.where(study[:, None] == study[None, :], r * np.sqrt(np.outer(v, v)), 0.0)
    np.fill_diagonal(V, v)
    compare_model(out, file, name, theirs, Data(y, v, np.ones((y.size, 1)), study, V=V))


BERKEY = (0.0030, 0.0009, 0.0007, 0.0009, 0.0072)
"""Covariances of the two outcomes in each trial (Berkey et al. 1998, Stat. Med. 17:2537, Table I)."""
YEARS = (1983, 1982, 1979, 1987, 1988)
"""Years of those trials, in the same table."""


def _compare_berkey(out: Comparison, file: str, name: str, theirs: Tree, content: Tree) -> None:
    y, v, study = _plain_inputs(content)
    V = np.diag(v)
    for trial, covariance in enumerate(BERKEY):
        V[2 * trial, 2 * trial + 1] = V[2 * trial + 1, 2 * trial] = covariance
    outcome = np.tile(["PD", "AL"], 5)
    x = np.column_stack([outcome == "AL", outcome == "PD"]).astype(float)
    if name == "bivariate_year":
        year = np.repeat(YEARS, 2)[:, None] - 1983.0
        x = np.hstack([x, x * year])
    _compare_multivariate(
        out,
        file,
        name,
        theirs,
        y,
        V,
        x,
        study,
        outcome,
        {"UN_REML": "REML", "UN_ML": "ML"}.get(name.removeprefix("bivariate_")),
    )


def _compare_kalaian(out: Comparison, file: str, name: str, theirs: Tree, content: Tree) -> None:
    """Sampling errors of the two outcomes correlate .66 (Kalaian & Raudenbush 1996, p. 230)."""
    y, v, study = _plain_inputs(content)
    kinds = (content["outputs"].get("metareg", {}).get("~outcome") or {}).get("data", {}).get("outcome")
    if kinds is None:
        out.walk("multivariate", file, Missing(), theirs, lambda kind, leaf: (0.0, 0.0), name)
        return
    kind = np.asarray(kinds)
    x = np.column_stack([kind == one for one in sorted(set(kinds))]).astype(float)
    _compare_multivariate(out, file, name, theirs, y, sampling_covariance(v, study, 0.66), x, study, kind, "REML")


def _compare_multivariate(
    out: Comparison,
    file: str,
    name: str,
    theirs: Tree,
    y: np.ndarray,
    V: np.ndarray,
    x: np.ndarray,
    study: np.ndarray,
    kind: np.ndarray,
    method: str | None,
) -> None:
    fits = [fit_multivariate(y, V, x, study, kind, method=one) for one in ((method,) if method else ("REML", "ML"))]
    # The file does not say by which likelihood the regression on the year was fitted: the one whose value is there.
    fitted = min(fits, key=lambda one: abs(one.ll - theirs["ll"]))
    se = np.sqrt(np.diag(fitted.vb))
    tree = _coefficients(fitted.b, fitted.vb, None)
    QM = float(fitted.b @ np.linalg.solve(fitted.vb, fitted.b))
    tree |= {"vcov": fitted.vb.tolist(), "QM": QM, "QMp": float(upper_chi2(QM, fitted.b.size)), "k": fitted.k}
    tree |= {"QE": fitted.QE, "QEp": float(upper_chi2(fitted.QE, fitted.QE_df)), "ll": fitted.ll}
    tree |= {"tau2": fitted.tau2.tolist(), "rho": float(fitted.rho[0])}
    typical = typical_sampling_variance(fitted.groups)
    tree |= robust_trees(fitted.groups, fitted.phis) | {"I2_multilevel": {"typical_v": typical}}
    expected = {key: value for key, value in theirs.items() if key not in ("sigma2", "I2_multilevel")}
    if "I2_multilevel" in theirs:
        # The shares there are of sigma2, of which these models have none.
        expected["I2_multilevel"] = {"typical_v": theirs["I2_multilevel"]["typical_v"]}

    def limits(kind_: str, leaf: str) -> tuple[float, float]:
        del kind_
        wide = {"tau2": (4e-5, 1e-3 * float(np.diag(V).mean())), "rho": (4e-5, 1.0), "ll": (1e-8, 1.0)}
        if leaf in ("p", "QMp", "QEp"):
            return 1e-6, 1e-290
        return wide.get(
            leaf,
            (2e-6, float(se.max() ** 2) if leaf == "vcov" else 1.0 if leaf in ("stat", "t", "F") else float(se.max())),
        )

    out.walk("multivariate", file, tree, expected, limits, name)


def _compare_shared_groups(out: Comparison, file: str, name: str, theirs: Tree, content: Tree) -> None:
    """V of groups that several comparisons share; the file repeats neither the groups nor their sizes, metadat has them.

    Correlations are those of shared groups alone (1 for two measures of the same two groups), which leaves V singular.
    """
    found = data_set(str(content.get("dataset", "")))
    y, v, study = _plain_inputs(content)
    if (
        found is None
        or not {"study", "group1", "group2", "n_sz", "n_hc"} <= set(found)
        or len(found["study"]) != y.size
    ):
        absent = Missing("the groups of its comparisons, which R's metadat has, are not in its file")
        out.walk("known V, optimum", file, absent, theirs, lambda kind, leaf: (0.0, 0.0), name)
        return
    sizes = [np.asarray(found[column], dtype=float) for column in ("n_sz", "n_hc")]
    V = covariance_matrix(
        v, correlation_of_shared_arms(found["study"], found["group1"], found["group2"], sizes[0], sizes[1])
    )
    rows = np.asarray(theirs["V_example_rows"], dtype=int) - 1
    shown, model = {"V_example": V[np.ix_(rows, rows)].tolist()}, dict(theirs)
    limits = (1e-13, 1e-12)
    out.walk("known V", file, shown, {"V_example": model.pop("V_example")}, lambda kind, leaf: limits, name)
    model.pop("V_example_rows")
    compare_model(out, file, name, model, Data(y, v, np.ones((y.size, 1)), study, V=V))


def _compare_robumeta(out: Comparison, file: str, name: str, theirs: Tree, content: Tree) -> None:
    """Moment estimators of Hedges, Tipton and Johnson with CR2, robumeta's rho being .8 unless the name says another."""
    y, v, study = _plain_inputs(content)
    one = np.ones((y.size, 1))
    rho = float(name.split("rho")[1]) if "rho" in name else 0.8
    found = attempt(
        *((correlated_effects, y, v, one, study) if "CORR" in name else (hierarchical_effects, y, v, one, study)),
        **({"rho": rho} if "CORR" in name else {}),
    )
    tested = found if isinstance(found, Refused) else attempt(found.robust, y, one, study)
    tree: Any = tested
    if not isinstance(tested, Refused):
        parts = {"b": tested.b, "se": tested.se, "t": tested.tval, "df": tested.df, "p": tested.pval}
        parts |= {"ci_lb": tested.ci_lb, "ci_ub": tested.ci_ub}
        tree = {key: float(value[0]) for key, value in parts.items()}
        tree |= {"tau2": found.tau2, "omega2": found.omega2, "I2": found.I2}
    scale = 1.0 if isinstance(tested, Refused) else float(tested.se[0])

    def limits(kind: str, leaf: str) -> tuple[float, float]:
        del kind
        # robumeta takes p from 1 less the distribution: below that its digits are rounding.
        floors = {"tau2": 1e-3 * float(v.mean()), "omega2": 1e-3 * float(v.mean()), "I2": 1.0, "p": 1e-5, "t": 1.0}
        return 1e-11, floors.get(leaf, scale)

    out.walk("robust variance by moments", file, tree, theirs, limits, name)


def compare_polished(out: Comparison, file: str, content: Tree, inputs_of: Any) -> None:
    """Optima polished by another implementation, with CR2: to 1e-12."""
    for name, models in content["outputs"].items():
        inputs = inputs_of(name)
        if inputs is None:
            out.walk(
                "polished optima",
                file,
                Missing("the effects of another file"),
                models,
                lambda kind, leaf: (0.0, 0.0),
                name,
            )
            continue
        y, v, study = _plain_inputs({"inputs": inputs})
        one = np.ones((y.size, 1))
        for label, theirs in models.items():
            rho = float(label.split("rho")[1]) if "rho" in label else 0.0
            method = "ML" if label.endswith("_ML") else "REML"
            fitted = fit_multilevel(y, v, one, study, rho=rho, method=method)
            groups = groups_of(y, v, one, study, rho=rho)
            tree: Tree = {"sigma2": fitted.sigma2.tolist(), "b": float(fitted.b[0]), "ll": fitted.ll}
            tree["se"] = float(np.sqrt(fitted.vb[0, 0]))
            try:
                found = robust_of(groups, covariances(groups, ones_and_identity(groups), fitted.sigma2))
                tree |= {"CR2_se": float(found.se[0]), "CR2_df": float(found.df[0]), "CR2_p": float(found.pval[0])}
                tree["CR2_ci"] = [float(found.ci_lb[0]), float(found.ci_ub[0])]
            except NotEstimable as reason:
                tree |= {key: Refused(str(reason)) for key in ("CR2_se", "CR2_df", "CR2_p", "CR2_ci")}
            scale, mean_vi = tree["se"], float(v.mean())

            def limits(kind: str, leaf: str, scale: float = scale, mean_vi: float = mean_vi) -> tuple[float, float]:
                del kind
                floors = {"sigma2": 1e-3 * mean_vi, "CR2_p": 1e-290, "ll": 1.0}
                return 1e-11 if leaf == "CR2_p" else 1e-12, floors.get(leaf, scale)

            out.walk("polished optima", file, tree, theirs, limits, f"{name} {label}")


SPECIAL: dict[str, Any] = {
    "two_level_ignoring_clusters": _compare_two_level,
    "lowest": _compare_extreme,
    "highest": _compare_extreme,
    "profile_ci": _compare_profile,
    "two_rhos": _compare_two_rhos,
    "bivariate_UN_REML": _compare_berkey,
    "bivariate_UN_ML": _compare_berkey,
    "bivariate_year": _compare_berkey,
    "bivariate": _compare_kalaian,
    "shared_group_V": _compare_shared_groups,
    "robumeta_CORR": _compare_robumeta,
    "robumeta_HIER": _compare_robumeta,
} | {
    f"aggregate_{how}": _compare_aggregate for how in ("CS_rho0.5", "CS_rho0.6", "CS_rho1.0", "unweighted_rho0.5", "ID")
}
"""Blocks that are more than one model, by name."""
