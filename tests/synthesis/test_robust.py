"""Cluster-robust variances against R's clubSandwich and metafor, and by their definitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.multilevel import fit_multilevel
from prismake.synthesis.robust import robust, robust_block, robust_wald

# Berkey et al. (1998), Stat. Med. 17:2537-2550, Table I: two outcomes of five trials.
TRIAL = np.repeat([1, 2, 3, 4, 5], 2)
YI = np.array([0.47, -0.32, 0.20, -0.60, 0.40, -0.12, 0.26, -0.31, 0.56, -0.39])
VI = np.array([0.0075, 0.0077, 0.0057, 0.0008, 0.0021, 0.0014, 0.0029, 0.0015, 0.0148, 0.0304])
OUTCOME = np.column_stack([np.ones(10), np.tile([1.0, 0.0], 5)])
UNEVEN = np.array([1, 1, 1, 2, 2, 3, 3, 3, 3, 4])


def _by_definition(y, v, X, cluster, sigma2, rho):
    """CR2 and Satterthwaite's df from whole matrices, as Pustejovsky and Tipton (2018) write them."""
    same = cluster[:, None] == cluster[None, :]
    phi = np.where(same, rho * np.sqrt(np.outer(v, v)) + sigma2[0], 0.0)
    np.fill_diagonal(phi, v + sum(sigma2))
    W = np.linalg.inv(phi)
    M = np.linalg.inv(X.T @ W @ X)
    rest = np.eye(len(y)) - X @ M @ X.T @ W
    e = rest @ y
    meat, columns = np.zeros((X.shape[1],) * 2), []
    for one in np.unique(cluster):
        at = cluster == one
        D = np.linalg.cholesky(phi[np.ix_(at, at)]).T
        B = D @ (rest @ phi @ rest.T)[np.ix_(at, at)] @ D.T
        values, vectors = np.linalg.eigh((B + B.T) / 2)
        A = D.T @ (vectors / np.sqrt(values)) @ vectors.T @ D
        G = rest[at].T @ A.T @ W[np.ix_(at, at)] @ X[at] @ M
        g = A.T @ W[np.ix_(at, at)] @ X[at] @ M
        meat += np.outer(g.T @ e[at], g.T @ e[at])
        columns.append(G)
    df = []
    for position in range(X.shape[1]):
        P = np.array([[a[:, position] @ phi @ b[:, position] for b in columns] for a in columns])
        df.append(np.trace(P) ** 2 / (P**2).sum())
    return np.sqrt(np.diag(meat)), np.array(df)


@pytest.mark.parametrize(("sigma2", "rho"), [((0.02, 0.05), 0.0), ((0.1, 0.0), 0.6), ((0.0, 0.03), 0.0)])
@pytest.mark.parametrize("cluster", [TRIAL, UNEVEN])
def test_cr2_is_what_its_definition_says(sigma2, rho, cluster):
    x = np.column_stack([np.ones(10), np.linspace(-1, 2, 10) ** 2])
    se, df = _by_definition(YI, VI, x, cluster, sigma2, rho)
    found = robust(YI, VI, x, cluster, sigma2=sigma2, rho=rho)
    assert found.se == pytest.approx(se, rel=1e-10) and found.df == pytest.approx(df, rel=1e-10)


def test_berkey_1998_three_level_as_clubsandwich_has_it():
    fitted = fit_multilevel(YI, VI, np.ones((10, 1)), TRIAL)
    found = robust(YI, VI, np.ones((10, 1)), TRIAL, sigma2=tuple(fitted.sigma2))
    # clubSandwich 0.6.0 at the optimum with a log-likelihood of -4.76147536706
    assert found.b[0] == pytest.approx(0.015529160019343739, rel=1e-9)
    assert found.se[0] == pytest.approx(0.06322932953007425, rel=1e-9)
    assert found.df[0] == pytest.approx(3.9911187601349623, rel=1e-9)
    assert found.pval[0] == pytest.approx(0.818103835512581, rel=1e-9)


def test_next_to_no_degrees_of_freedom_are_no_test():
    found = robust(YI, VI, OUTCOME, TRIAL, sigma2=(0.01, 0.02))
    with pytest.raises(NotEstimable, match="with 0.1 degrees of freedom"):
        robust_block(replace(found, df=np.array([0.1, 3.0])), 0)


def test_cr1s_and_cr3_by_their_definitions():
    plainly, small, jackknife = (
        robust(YI, VI, OUTCOME, TRIAL, sigma2=(0.01, 0.02), kind=k) for k in ("CR0", "CR1S", "CR3")
    )
    assert small.vb == pytest.approx(plainly.vb * 5 * 9 / (4 * 8))
    # CR3 is the jackknife: the coefficients without each trial, at the same weights.
    phi = np.eye(10) * (VI + 0.02) + 0.01 * (TRIAL[:, None] == TRIAL[None, :])
    W = np.linalg.inv(phi)
    changes = []
    for one in np.unique(TRIAL):
        keep = one != TRIAL
        part = W[np.ix_(keep, keep)]
        x, y = OUTCOME[keep], YI[keep]
        changes.append(np.linalg.solve(x.T @ part @ x, x.T @ part @ y) - jackknife.b)
    assert jackknife.vb == pytest.approx(np.array(changes).T @ np.array(changes), rel=1e-10)


def test_cr1_is_cr0_times_its_factor_and_metafor_counts_coefficients():
    plainly, one, per = (
        robust(YI, VI, OUTCOME, TRIAL, sigma2=(0.01, 0.02), kind=kind) for kind in ("CR0", "CR1", "CR1p")
    )
    assert one.vb == pytest.approx(plainly.vb * 5 / 4) and one.df.tolist() == [4, 4]
    assert per.vb == pytest.approx(plainly.vb * 5 / 3) and per.df.tolist() == [3, 3]


def test_equal_studies_have_as_many_degrees_of_freedom_as_a_t_test():
    y = np.array([0.1, 0.4, 0.3, 0.7, 0.2, 0.5])
    found = robust(y, np.full(6, 0.04), np.ones((6, 1)), np.arange(6), sigma2=(0.0, 0.01))
    assert found.df[0] == pytest.approx(5)
    assert found.se[0] == pytest.approx(np.std(y, ddof=1) / np.sqrt(6))


def test_a_wald_test_of_one_coefficient_is_its_t_test():
    found = robust(YI, VI, OUTCOME, TRIAL, sigma2=(0.01, 0.02))
    wald = robust_wald(found, [1])
    assert [wald.F, wald.df_denom, wald.p] == pytest.approx([found.tval[1] ** 2, found.df[1], found.pval[1]])


def test_the_order_of_effects_makes_no_difference():
    order = np.random.default_rng(3).permutation(10)
    one = robust(YI, VI, OUTCOME, UNEVEN, sigma2=(0.01, 0.02), rho=0.5)
    other = robust(YI[order], VI[order], OUTCOME[order], UNEVEN[order], sigma2=(0.01, 0.02), rho=0.5)
    assert other.se == pytest.approx(one.se) and other.df == pytest.approx(one.df)


def test_what_cannot_be_had_says_why():
    with pytest.raises(NotEstimable, match="at least 2 studies"):
        robust(YI, VI, np.ones((10, 1)), np.ones(10), sigma2=(0.0, 0.0))
    with pytest.raises(NotEstimable, match="do not vary"):
        robust(np.full(4, 0.3), np.full(4, 0.1), np.ones((4, 1)), np.arange(4), sigma2=(0.0, 0.0))
    with pytest.raises(ValueError, match="CR9"):
        robust(YI, VI, OUTCOME, TRIAL, sigma2=(0.0, 0.0), kind="CR9")


def test_few_degrees_of_freedom_carry_a_caution():
    few = robust_block(robust(YI, VI, np.ones((10, 1)), TRIAL, sigma2=(0.0, 0.16)))
    assert few["df"] < 4 and "too small" in few["caution"]
    assert robust_block(robust(YI, VI, np.ones((10, 1)), np.arange(10), sigma2=(0.0, 0.16)))["caution"] is None


@pytest.mark.parametrize("model", ["multilevel", "che"])
def test_an_analysis_that_names_it_has_it_beside_the_model_s_own(effects, model):
    result = run_analysis(effects, {"model": model, "robust": "CR2", "sensitivity": ["leave_one_out"]})
    found = result["estimate"]["robust"]
    assert found["type"] == "CR2" and found["clusters"] == 6 and 0 < found["df"] < 5
    assert found["ci_lb"] < result["estimate"]["b"] < found["ci_ub"]
    assert "robust" not in run_analysis(effects, {"model": model})["estimate"]


def test_every_polished_optimum_of_the_oracle(oracle):
    rows = 0
    for name, models in oracle("ml_polished")["outputs"].items():
        data = oracle(name)["inputs"]
        y, v = np.array(data["yi"]), np.array(data["vi"])
        cluster, x = np.array([str(one) for one in data["cluster"]]), np.ones((len(data["yi"]), 1))
        for model, expected in models.items():
            rho = float(model.partition("rho")[2] or 0)
            found = robust(y, v, x, cluster, sigma2=tuple(expected["sigma2"]), rho=rho)
            ours = [found.se[0], found.df[0], found.pval[0], found.ci_lb[0], found.ci_ub[0]]
            theirs = [expected["CR2_se"], expected["CR2_df"], expected["CR2_p"], *expected["CR2_ci"]]
            assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12), (name, model)
            rows += 1
    assert rows >= 60


CASES = {"club_CR0": "CR0", "club_CR1": "CR1", "club_CR1p": "CR1p", "robust_metafor_CR1": "CR1p", "club_CR2": "CR2"}


@pytest.mark.parametrize("name", ["ml_assink2016", "ml_konstantopoulos2011", "ml_knapp2017", "ml_lehmann2018"])
def test_regressions_of_the_oracle_with_their_wald_tests(oracle, name):
    content = oracle(name)
    data, blocks = content["inputs"], content["outputs"]["metareg"]
    y, v = np.array(data["yi"]), np.array(data["vi"])
    cluster = np.array([str(one) for one in data["cluster"]])
    for formula, block in blocks.items():
        used, x = np.array(block["used"]) - 1, np.array(block["X"], dtype=float)
        for key, kind in CASES.items():
            if key not in block:
                continue
            found = robust(
                y[used], v[used], x, cluster[used], sigma2=tuple(block["sigma2"]), rho=block["rho"], kind=kind
            )
            assert found.se == pytest.approx(block[key]["se"], rel=1e-10), (formula, key)
            assert found.df == pytest.approx(np.broadcast_to(block[key]["df"], found.df.shape), rel=1e-10)
            if kind == "CR2" and block["wald_HTZ"].get("F") is not None:
                wald = robust_wald(found, list(range(1, x.shape[1])))
                expected = block["wald_HTZ"]
                assert [wald.F, wald.df_denom] == pytest.approx([expected["F"], expected["df_denom"]], rel=1e-9)


@pytest.mark.parametrize("name", ["bcg_RR", "baskerville2012", "dorn2007_OR", "linde2005_OR"])
def test_regressions_of_independent_effects_of_the_oracle(oracle, name):
    content = oracle(name)
    y, v = np.array(content["inputs"]["yi"]), np.array(content["inputs"]["vi"])
    for formula, block in content["outputs"]["metareg"].items():
        expected = block.get("robust_HC_CR2_singletons")
        if expected is None:
            continue
        used = np.array(block["used"]) - 1
        x = np.array(block["model_matrix"]["X"], dtype=float).reshape(used.size, -1)
        tau2 = block["fits"]["REML"]["het"]["tau2"]
        found = robust(y[used], v[used], x, np.arange(used.size), sigma2=(0.0, tau2))
        assert found.se == pytest.approx(expected["se"], rel=1e-8), formula
        assert found.df == pytest.approx(expected["df"], rel=1e-8), formula


def test_a_moderator_far_from_zero_costs_no_digits():
    # Given latitude and year, not centred, with their product: X'WX is singular but for its last digits.
    rng = np.random.default_rng(20)
    k = 24
    far = np.column_stack([rng.uniform(20, 60, k), rng.uniform(1930, 1990, k)])
    near = far - far.mean(axis=0)
    y, v, study = rng.normal(size=k), rng.uniform(0.05, 0.4, k), np.repeat(np.arange(8), 3)
    designs = [np.column_stack([np.ones(k), m, m[:, 0] * m[:, 1]]) for m in (far, near)]
    # Then the product, which no centring changes, has the same numbers as with centred moderators.
    for cluster in (np.arange(k), study):
        raw, centred = (robust(y, v, x, cluster, sigma2=(0.1, 0.2), rho=0.5) for x in designs)
        for name in ("b", "se", "df", "pval"):
            assert getattr(raw, name)[3] == pytest.approx(getattr(centred, name)[3], rel=1e-9)
    raw, centred = (fit_multilevel(y, v, x, study, rho=0.5) for x in designs)
    assert raw.sigma2 == pytest.approx(centred.sigma2, rel=1e-9, abs=1e-12)
    assert raw.b[3] == pytest.approx(centred.b[3], rel=1e-9)
    assert raw.vb[3, 3] == pytest.approx(centred.vb[3, 3], rel=1e-9)
    assert [raw.ll, raw.QE] == pytest.approx([centred.ll, centred.QE], rel=1e-10)


def test_coefficients_that_rest_on_one_study_each_have_no_robust_variance():
    # Given five studies, four of them alone in their level: their residuals are zero by construction.
    x = np.column_stack([np.ones(6), np.eye(6)[:, 1:5]])
    with pytest.raises(NotEstimable, match="too few studies|do not vary"):
        robust([0.1, 0.5, 0.2, 0.9, 0.4, 0.3], [0.1] * 6, x, np.arange(6), sigma2=(0.0, 0.1))


INDEPENDENT = pd.DataFrame(
    {
        "effect_id": [f"e{i}" for i in range(8)],
        "study_id": ["1", "2", "3", "4", "5", "6", "7", "7"],
        "yi": [0.10, 0.92, 0.25, -0.55, 0.90, -0.33, 0.78, 0.05],
        "vi": [0.02, 0.05, 0.01, 0.04, 0.09, 0.03, 0.06, 0.015],
        "x": [1, 4, 2, 0, 5, 3, 3, 2],
        "g": [0, 1, 0, 0, 1, 1, 1, 0],
    }
)
# metafor's rma(yi, vi) and rma(yi, vi, mods = ~ x + g) with clubSandwich's vcovCR(cluster = study): the mean's standard
# error, then those of x and g.
CLUB = {
    ("random", "CR0"): (0.1676435955150121, 0.1225422971873594, 0.5265323510547334),
    ("random", "CR1"): (0.1810757787135941, 0.1323608087764191, 0.5687199394181316),
    ("random", "CR1p"): (0.1810757787135941, 0.1621082217221616, 0.6965368290604914),
    ("random", "CR2"): (0.1796436831480687, 0.1598200833675882, 0.6843277440775212),
    ("random", "CR3"): (0.1923783638043472, 0.2080433363469136, 0.8872588014522343),
    ("equal", "CR0"): (0.09719619464805777, 0.1041007215927082, 0.4499470582850696),
    ("equal", "CR1"): (0.1049838890643401, 0.1124416305265818, 0.4859983687928242),
    ("equal", "CR1S"): (0.1049838890643401, 0.1330427314274130, 0.5750410248469230),
    ("equal", "CR2"): (0.1033050092532456, 0.1342928643705545, 0.5891645190428147),
    ("equal", "CR3"): (0.1095901860451466, 0.1734981426965056, 0.7751649726047311),
}
SATTERTHWAITE = {
    "random": (5.404232027905535, 3.083796769908999, 2.534995010246196, 0.1083013812292259),
    "equal": (3.863461231005413, 2.962062151588493, 2.856595449935012, 0.07998453595550167),
}


@pytest.mark.parametrize(("model", "kind"), CLUB)
def test_models_of_independent_effects_as_club_sandwich_has_them(model, kind):
    spec = {"model": model, "robust": kind, "one_per_study": "all", "moderators": [["x", "g"]], "subgroups": ["g"]}
    found = run_analysis(INDEPENDENT, spec)
    regression = found["moderators"][0]
    blocks = [found["estimate"]["robust"], *(row["robust"] for row in regression["coefficients"][1:])]
    close = 1e-11 if model == "equal" else 1e-6  # metafor's REML stops at 1e-5
    assert [block["se"] for block in blocks] == pytest.approx(CLUB[model, kind], rel=close)
    assert all(level["estimate"]["robust"]["clusters"] == 4 for level in found["subgroups"]["g"]["levels"])
    if kind == "CR2":
        *df, p = SATTERTHWAITE[model]
        assert [block["df"] for block in blocks] == pytest.approx(df, rel=close)
        assert [regression["robust_term_tests"]["x"]["p"], blocks[1]["pval"]] == pytest.approx([p, p], rel=close)
    else:
        assert regression["robust_term_tests"] == {}


def test_weights_of_its_own_have_no_robust_variance():
    found = run_analysis(INDEPENDENT, {"method": "GENQ", "robust": "CR2", "one_per_study": "all"})
    assert "weights the effects its own way" in found["estimate"]["robust"]["not_estimable"]
