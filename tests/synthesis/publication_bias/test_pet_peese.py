"""PET-PEESE of independent and of dependent effects."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.publication_bias.pet_peese import dependent_regression, independent_regression, pet_peese

# Eight invented studies: their effects are a line in the standard error plus this noise.
SEI = np.array([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4])
NOISE = np.array([0.01, -0.02, 0.03, -0.01, 0.02, -0.04, 0.05, -0.03])


def test_pet_is_a_weighted_regression_on_the_standard_error():
    y = 0.1 + 1.2 * SEI + NOISE
    found = independent_regression(y, SEI**2, "sei")
    x = np.column_stack([np.ones(8), SEI]) / SEI[:, None]
    b, rss, *_ = np.linalg.lstsq(x, y / SEI, rcond=None)
    se = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * rss[0] / 6)
    assert [found.intercept["b"], found.slope["b"]] == pytest.approx(b)
    assert [found.intercept["se"], found.slope["se"]] == pytest.approx(se) and found.intercept["df"] == 6


def test_peese_is_read_where_pet_finds_an_effect_and_pet_elsewhere():
    real, none = 0.5 + 0.2 * SEI + NOISE, 1.2 * SEI + NOISE - 0.01
    pairs = [[independent_regression(y, SEI**2, predictor) for predictor in ("sei", "vi")] for y in (real, none)]
    assert pet_peese(*pairs[0])["chosen"] == "peese" and pet_peese(*pairs[1])["chosen"] == "pet"
    assert pet_peese(*pairs[0])["estimate"] == pairs[0][1].intercept


def test_an_intercept_on_the_other_side_is_no_effect():
    y = -0.5 + 6 * SEI + NOISE  # PET's intercept is clearly below zero, the pooled effect above it
    pet, peese = (independent_regression(y + 0.3, SEI**2, predictor) for predictor in ("sei", "vi"))
    assert pet.intercept["b"] < 0 < pet.pooled and pet_peese(pet, peese)["chosen"] == "pet"


def test_precision_must_vary():
    with pytest.raises(NotEstimable, match="equally precise"):
        independent_regression([0.1, 0.2, 0.5], [0.1, 0.1, 0.1], "sei")
    with pytest.raises(NotEstimable, match="three studies"):
        dependent_regression([0.1, 0.2, 0.5], [0.1, 0.2, 0.3], [1, 1, 2], "sei")


@pytest.mark.parametrize("model", ["random", "multilevel", "che"])
def test_a_result_has_it_by_its_name(effects, model):
    spec = {"model": model, "publication_bias": ["pet_peese", "egger_multilevel"]}
    result = run_analysis(effects, spec)
    json.dumps(result, allow_nan=False)
    block = result["publication_bias"]["pet_peese"]
    assert block["chosen"] in ("pet", "peese") and block["k"] == 6 and "at least 10" in block["caution"]
    egger = result["publication_bias"]["egger_multilevel"]
    assert ("not_estimable" in egger) == (model == "random")
    if model != "random":
        assert egger["slope"] == block["pet"]["slope"] and egger["slope"]["type"] == "CR2"


@pytest.mark.parametrize("name", ["baskerville2012", "bcg_RR", "dorn2007_OR", "raudenbush1985", "pignon2000"])
def test_pet_and_peese_of_the_oracle(oracle, name):
    data = oracle(name)
    for key, predictor in (("PET_wls", "sei"), ("PEESE_wls", "vi")):
        expected = data["outputs"]["bias"][key]
        found = independent_regression(data["inputs"]["yi"], data["inputs"]["vi"], predictor)
        for part, position in (("intercept", 0), ("slope", 1)):
            block = getattr(found, part)
            ours = [block["b"], block["se"], block["pval"]]
            assert ours == pytest.approx([expected[field][position] for field in ("b", "se", "p")], rel=1e-9)


@pytest.mark.parametrize("name", ["ml_konstantopoulos2011", "ml_assink2016", "ml_bornmann2007"])
def test_the_multilevel_egger_test_of_the_oracle(oracle, name):
    data = oracle(name)
    expected = data["outputs"]["multilevel_egger"]
    found = dependent_regression(
        data["inputs"]["yi"], data["inputs"]["vi"], [str(one) for one in data["inputs"]["cluster"]], "sei", rho=0.5
    )
    # R's optimum is good to about 7e-8 in b and se, see the accuracy classes of the oracle.
    for part, position in (("intercept", 0), ("slope", 1)):
        block = getattr(found, part)
        ours = [block["b"], block["se"], block["df"]]
        theirs = [expected["club_CR2"][field][position] for field in ("b", "se", "df")]
        assert ours == pytest.approx(theirs, rel=2e-6)


def test_effects_that_share_an_arm_have_its_covariance_here_too():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "effect_id": [f"e{i}" for i in range(24)], "study_id": [f"s{i // 2}" for i in range(24)],
            "yi": rng.normal(0.3, 0.4, 24), "vi": rng.uniform(0.02, 0.2, 24), "cluster": [f"s{i // 2}" for i in range(24)],
            "outcome_id": "mood", "time_weeks": "", "arm_1": ["a", "b"] * 12, "arm_2": "control", "n1": 30, "n2": 30,
            "shared_group": [f"control {i // 2}" for i in range(24)], "measure": "SMD",
        }
    ).astype({"yi": float, "vi": float})  # fmt: skip
    result = run_analysis(frame, {"model": "che", "rho": 0.3, "publication_bias": ["pet_peese"]})
    # Two treatments against one control of their own size correlate a half, whatever rho is.
    same = np.equal.outer(frame["study_id"].to_numpy(), frame["study_id"].to_numpy())
    V = np.where(same, 0.5 * np.sqrt(np.outer(frame["vi"], frame["vi"])), 0.0)
    np.fill_diagonal(V, frame["vi"])
    expected = dependent_regression(frame["yi"], frame["vi"], frame["study_id"], "sei", V=V)
    assert result["publication_bias"]["pet_peese"]["pet"]["slope"] == pytest.approx(expected.slope)
