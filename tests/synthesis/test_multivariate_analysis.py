"""The multivariate model through run_analysis: Berkey's trials, structures, robust tests, and what cannot be had."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.multivariate import fit_multivariate

KIND = np.tile(["PD", "AL"], 5)
TRIAL = np.repeat([f"t{i}" for i in range(1, 6)], 2)
# Berkey et al. (1998), Stat. Med. 17:2537-2550, Table I; the covariances here are those of a correlation of .5.
YI = np.array([0.47, -0.32, 0.20, -0.60, 0.40, -0.12, 0.26, -0.31, 0.56, -0.39])
VI = np.array([0.0075, 0.0077, 0.0057, 0.0008, 0.0021, 0.0014, 0.0029, 0.0015, 0.0148, 0.0304])
V = np.where(TRIAL[:, None] == TRIAL, 0.5 * np.sqrt(np.outer(VI, VI)), 0.0)
np.fill_diagonal(V, VI)
SPEC = {"model": "multivariate", "rho": 0.5, "robust": "CR2"}


@pytest.fixture
def table() -> pd.DataFrame:
    """Two outcomes in each of five trials."""
    frame = pd.DataFrame({"study_id": TRIAL, "yi": YI, "vi": VI, "outcome_id": KIND, "measure": "MD", "ni": 40})
    return frame.assign(
        effect_id=[f"e{i}" for i in range(10)], year=np.repeat([1979, 1982, 1983, 1988, 1992], 2)
    ).astype(str)


@pytest.mark.parametrize("structure", ["UN", "CS", "HCS", "DIAG"])
def test_every_structure_is_the_engine_s_model(table, structure):
    result = run_analysis(table, SPEC | {"options": {"structure": structure}})
    json.dumps(result, allow_nan=False)
    mean = fit_multivariate(YI, V, np.ones((10, 1)), TRIAL, KIND, structure=structure)
    assert result["estimate"]["b"] == pytest.approx(float(mean.b[0]), rel=1e-9)
    assert result["estimate"]["robust"]["se"] == pytest.approx(float(mean.robust("CR2").se[0]), rel=1e-9)
    assert result["heterogeneity"]["tau2_by_kind"] == pytest.approx(
        dict(zip(mean.kinds, mean.tau2, strict=True)), rel=1e-6
    )
    assert result["heterogeneity"]["tau2"] is None and result["n_effects"] == 10 and result["k"] == 5
    parameters = {"UN": 4, "CS": 3, "HCS": 4, "DIAG": 3}[structure]
    assert (
        result["fit"]["AIC"] == pytest.approx(-2 * mean.ll + 2 * parameters) and result["fit"]["structure"] == structure
    )


def test_each_kind_has_its_estimate_and_their_difference_is_tested(table):
    result = run_analysis(table, SPEC | {"test": "t"})
    each = fit_multivariate(YI, V, np.column_stack([KIND == "AL", KIND == "PD"]).astype(float), TRIAL, KIND)
    rows = result["kinds"]["estimates"]
    assert [row["kind"] for row in rows] == ["AL", "PD"] and [row["k"] for row in rows] == [5, 5]
    assert [row["b"] for row in rows] == pytest.approx(list(each.b), rel=1e-9)
    assert [row["tau2"] for row in rows] == pytest.approx(list(each.tau2), rel=1e-6)
    assert [row["df"] for row in rows] == [3, 3] and result["estimate"]["df"] == 4
    gap = each.b[1] - each.b[0]
    spread = each.vb[0, 0] + each.vb[1, 1] - 2 * each.vb[0, 1]
    assert result["kinds"]["test"]["QM"] == pytest.approx(gap**2 / spread, rel=1e-9)
    assert result["kinds"]["test"]["df2"] == 3


def test_moderators_and_another_inner_factor(table):
    renamed = table.rename(columns={"outcome_id": "scale"})
    result = run_analysis(renamed, SPEC | {"options": {"inner": "scale"}, "moderators": [["year"]]})
    (block,) = result["moderators"]
    x = np.column_stack([np.ones(10), table["year"].astype(float)])
    fitted = fit_multivariate(YI, V, x, TRIAL, KIND)
    assert block["coefficients"][1]["b"] == pytest.approx(float(fitted.b[1]), rel=1e-6)
    assert block["coefficients"][1]["robust"]["type"] == "CR2" and block["heterogeneity"]["rho_by_kinds"][0]["rho"] <= 1


def test_one_study_left_out_and_diagnostics_of_independent_effects(table):
    result = run_analysis(
        table,
        SPEC
        | {
            "sensitivity": ["leave_one_out", "influence", "cluster_bootstrap"],
            "publication_bias": ["egger", "egger_multilevel", "egger_che"],
        },
    )
    left = result["sensitivity"]["leave_one_out"]
    keep = TRIAL != "t1"
    part = fit_multivariate(YI[keep], V[np.ix_(keep, keep)], np.ones((8, 1)), TRIAL[keep], KIND[keep])
    assert left[0]["left_out"] == "t1" and left[0]["estimate"]["b"] == pytest.approx(float(part.b[0]), rel=1e-8)
    for block in (
        result["sensitivity"]["influence"],
        result["sensitivity"]["cluster_bootstrap"],
        result["publication_bias"]["egger"],
        result["publication_bias"]["egger_multilevel"],
    ):
        assert "multivariate" in block["not_estimable"]
    assert "slope" in result["publication_bias"]["egger_che"]


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        ([0, 2, 4, 6, 8], {}, "only one kind"),
        ([0, 1], {}, "at least two studies"),
        ([0, 1, 2, 4, 6], {}, "only one study has AL"),
        ([0, 2, 5, 7, 9], {}, "no study has both AL and PD"),
        ([0, 2, 5, 7, 9], {"structure": "CS"}, "use DIAG"),
        (list(range(10)), {"inner": "scale"}, "no column scale"),
    ],
)
def test_what_cannot_be_estimated_is_said(table, rows, options, words):
    result = run_analysis(table.iloc[rows].reset_index(drop=True), SPEC | {"options": options})
    assert words in result["not_estimable"] and result["estimate"] is None
    json.dumps(result, allow_nan=False)


def test_a_missing_kind_another_test_and_an_unknown_structure(table):
    blank = table.assign(outcome_id=["", *KIND[1:]])
    assert "no value in the column outcome_id" in run_analysis(blank, SPEC)["not_estimable"]
    assert "knha" in run_analysis(table, SPEC | {"test": "knha"})["not_estimable"]
    with pytest.raises(ValueError, match="known: UN, CS"):
        run_analysis(table, SPEC | {"options": {"structure": "AR"}})
