"""Analyses of dependent effects through run_analysis: moderators, shared arms, intervals of the components, bootstrap."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.bootstrap import cluster_bootstrap
from prismake.synthesis.dependent import shared_covariance
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.multilevel import fit_multilevel
from prismake.synthesis.pooling import pool
from prismake.synthesis.robust import robust, robust_wald
from prismake.synthesis.specification import specification

RNG = np.random.default_rng(8)
STUDY = np.repeat([f"s{i:02d}" for i in range(12)], [1, 3, 2, 4, 1, 2, 3, 1, 2, 5, 2, 3])
V = RNG.uniform(0.02, 0.1, STUDY.size)
DOSE = RNG.normal(size=STUDY.size)
Y = (
    0.3
    + RNG.normal(0, 0.25, 12)[np.unique(STUDY, return_inverse=True)[1]]
    + RNG.normal(0, np.sqrt(V + 0.03))
    + 0.1 * DOSE
)


@pytest.fixture
def table() -> pd.DataFrame:
    """Twenty-nine effects of twelve studies, some of which share a control arm."""
    frame = pd.DataFrame({"study_id": STUDY, "yi": Y, "vi": V, "dose": DOSE, "group": np.where(DOSE > 0, "a", "b")})
    frame["effect_id"] = [f"e{i}" for i in range(len(frame))]
    frame = frame.assign(cluster=STUDY, outcome_id="d", time_weeks="12", arm_2="control", n1=40, n2=40, measure="SMD")
    frame["arm_1"] = [f"arm {i}" for i in range(len(frame))]
    return frame.astype({"yi": str, "vi": str}).assign(shared_group="", ni=80)


SPEC = {"model": "che", "method": "REML", "rho": 0.6, "test": "t", "robust": "CR2", "moderators": [["dose", "group"]]}


@pytest.mark.parametrize("model", ["multilevel", "che"])
def test_a_regression_of_dependent_effects_is_that_of_the_engine_with_robust_tests(table, model):
    result = run_analysis(table, SPEC | {"model": model})
    json.dumps(result, allow_nan=False)
    (block,) = result["moderators"]
    rho = 0.6 if model == "che" else 0.0
    x = np.column_stack([np.ones(Y.size), DOSE, DOSE <= 0]).astype(float)
    fitted = fit_multilevel(Y, V, x, STUDY, rho=rho)
    found = robust(Y, V, x, STUDY, sigma2=tuple(fitted.sigma2), rho=rho)
    assert [row["b"] for row in block["coefficients"]] == pytest.approx(list(fitted.b), rel=1e-9)
    assert [row["name"] for row in block["coefficients"]] == ["intrcpt", "dose", "groupb"]
    assert block["coefficients"][1]["df"] == 9 and block["test"]["df2"] == 9
    assert block["coefficients"][1]["robust"]["pval"] == pytest.approx(float(found.pval[1]), rel=1e-9)
    assert block["robust_term_tests"]["group"]["p"] == pytest.approx(robust_wald(found, [2]).p, rel=1e-9)
    assert block["k"] == 12 and block["missing"] == 0 and block["heterogeneity"]["tau2"] >= 0


def test_a_regression_that_the_studies_cannot_carry_says_why(table):
    few = table[table["study_id"].isin(["s01", "s02"])]
    (block,) = run_analysis(few, SPEC)["moderators"]
    assert block["not_estimable"] == "2 studies cannot carry 3 coefficients" and block["coefficients"] == []
    constant = table.assign(dose=1.0)
    (block,) = run_analysis(constant, SPEC | {"moderators": [["dose"]]})["moderators"]
    assert block["not_estimable"] == "the moderator dose does not vary"
    twin = table.assign(again=table["dose"])
    (block,) = run_analysis(twin, SPEC | {"moderators": [["dose", "again"]]})["moderators"]
    assert "redundant" in block["not_estimable"]


def test_components_have_profile_intervals(table):
    found = run_analysis(table, SPEC)["heterogeneity"]
    for name in ("sigma2_study", "sigma2_effect"):
        assert found[f"{name}_ci_lb"] <= found[name] <= found[f"{name}_ci_ub"]


def test_effects_that_share_an_arm_are_correlated_by_it(table):
    rows = table["study_id"] == "s03"
    shared = table.assign(shared_group=np.where(rows, "s03:control", ""))
    spec = specification({"model": "che", "rho": 0.6})
    covariance = shared_covariance(pool(shared, "all"), spec)
    first, second = np.flatnonzero(rows)[:2]
    # Equal arms: half of each variance is the control's (Gleser & Olkin 2009).
    assert covariance[first, second] == pytest.approx(0.5 * np.sqrt(V[first] * V[second]))
    assert shared_covariance(pool(table, "all"), spec) is None
    with_it, without = (run_analysis(one, SPEC) for one in (shared, table))
    assert with_it["fit"]["covariance"] == "shared arms" and without["fit"]["covariance"] == "assumed"
    expected = fit_multilevel(Y, V, np.ones((Y.size, 1)), STUDY, V=covariance)
    assert with_it["estimate"]["b"] == pytest.approx(float(expected.b[0]), rel=1e-9)
    assert with_it["estimate"]["b"] != pytest.approx(without["estimate"]["b"], rel=1e-6)


def test_a_robust_variance_beside_a_model_of_independent_effects(table):
    spec = {"model": "random", "one_per_study": "all", "robust": "CR2"}
    found = run_analysis(table, spec)
    tau2 = found["heterogeneity"]["tau2"]
    expected = robust(Y, V, np.ones((Y.size, 1)), STUDY, sigma2=(0.0, tau2))
    assert found["estimate"]["robust"]["se"] == pytest.approx(float(expected.se[0]), rel=1e-9)
    assert found["estimate"]["robust"]["df"] == pytest.approx(float(expected.df[0]), rel=1e-9)
    equal = run_analysis(table, spec | {"model": "equal"})["estimate"]["robust"]
    none = robust(Y, V, np.ones((Y.size, 1)), STUDY, sigma2=(0.0, 0.0))
    assert equal["se"] == pytest.approx(float(none.se[0]), rel=1e-9)


@pytest.mark.parametrize("name", ["egger", "egger_random", "begg", "trim_and_fill"])
def test_checks_of_independent_effects_are_not_made_of_dependent_ones(table, name):
    found = run_analysis(table, SPEC | {"publication_bias": [name]})["publication_bias"][name]
    assert "takes effects of one study for independent" in found["not_estimable"]


def test_the_bootstrap_draws_whole_studies_and_is_the_same_for_the_same_seed():
    one, other, third = (cluster_bootstrap(Y, V, STUDY, sample=200, seed=seed) for seed in (1, 1, 2))
    assert one.estimates.tolist() == other.estimates.tolist() and one.ci_lb != third.ci_lb
    assert one.ci_lb < one.estimates.mean() < one.ci_ub and one.failed == 0
    # With one effect a study, drawing studies is drawing effects: the spread is near that of the robust variance.
    alone = cluster_bootstrap(Y, V, np.arange(Y.size), sample=2000)
    plain = robust(Y, V, np.ones((Y.size, 1)), np.arange(Y.size), sigma2=(0.0, 0.05))
    assert alone.se == pytest.approx(float(plain.se[0]), rel=0.15)


def test_the_bootstrap_of_the_three_level_model_refits_it():
    found = cluster_bootstrap(Y, V, STUDY, dependent=True, rho=0.6, sample=60, seed=3)
    assert found.estimates.size + found.failed == 60 and 0.02 < found.se < 0.3
    with pytest.raises(NotEstimable, match="at least 5"):
        cluster_bootstrap(Y[:4], V[:4], STUDY[:4])


def test_the_bootstrap_is_a_named_sensitivity_analysis(table):
    spec = SPEC | {
        "sensitivity": ["cluster_bootstrap"],
        "options": {"bootstrap_sample": 30, "seed": 4},
        "moderators": [],
    }
    found = run_analysis(table, spec)["sensitivity"]["cluster_bootstrap"]
    assert found["samples"] == 30 and found["ci_lb"] < found["ci_ub"] and "at least 20" in found["caution"]


def test_one_study_left_is_estimated_nowhere(table):
    two = table[table["study_id"].isin(["s00", "s04"])].assign(rob=["high", "low"])
    spec = {"model": "random", "sensitivity": ["leave_one_out", "without_high_risk_of_bias"]}
    found = run_analysis(two, spec)["sensitivity"]
    reasons = {row["not_estimable"] for row in found["leave_one_out"]} | {
        found["without_high_risk_of_bias"]["not_estimable"]
    }
    assert reasons == {"with one effect the between-study variance cannot be estimated"}
    assert all(row["estimate"] is None for row in found["leave_one_out"])
    equal = run_analysis(two, spec | {"model": "equal"})["sensitivity"]
    assert all(row["estimate"] is not None for row in equal["leave_one_out"])
