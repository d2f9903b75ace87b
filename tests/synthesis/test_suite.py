"""What one protocol entry asks for: every customary model with its robust test, and dependent effects' own checks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.composite import composite_block
from prismake.synthesis.pooling import pool
from prismake.synthesis.robust import robust
from prismake.synthesis.specification import specification

MODELS = [
    "overall",
    "combined",
    "lowest",
    "highest",
    "outliers_removed",
    "influential_removed",
    "without_high_risk_of_bias",
    "three_level",
    "che",
    "waap",
]


@pytest.fixture(scope="module")
def many():
    """Forty effects in eighteen studies."""
    rng = np.random.default_rng(8)
    rows = []
    for s in range(18):
        true = rng.normal(0.3, 0.2)
        for e in range(1 + s % 4):
            v = rng.uniform(0.01, 0.12)
            rows.append((f"s{s}:{e}", f"s{s}", rng.normal(true, np.sqrt(v)), v, "high" if s % 6 == 0 else "low"))
    table = pd.DataFrame(rows, columns=["effect_id", "study_id", "yi", "vi", "rob"]).astype(str)
    return table.assign(measure="SMD", label=table["study_id"])


@pytest.mark.parametrize("test", ["z", "knha"])
def test_one_entry_gives_every_model_with_its_robust_test_and_both_i2(many, test):
    spec = {"measure": "SMD", "test": test, "rho": 0.5, "sensitivity": ["all_models"]}
    rows = run_analysis(many, spec)["sensitivity"]["all_models"]
    assert [row["model"] for row in rows] == MODELS
    for row in rows:
        assert row["not_estimable"] is None, row
        assert row["estimate"]["robust"]["type"] == "CR2" and row["estimate"]["robust"]["df"] > 1
        assert row["N"] is None and row["k"] >= 3  # no sizes are known here
        if row["model"] != "waap":
            assert {"I2", "I2_Q"} <= set(row["heterogeneity"])


def test_the_robust_test_is_that_of_the_rows_own_model(many):
    spec = specification({"measure": "SMD", "rho": 0.5})
    rows = {row["model"]: row for row in composite_block(pool(many, "average", 0.5), spec)}
    y, v = many["yi"].astype(float).to_numpy(), many["vi"].astype(float).to_numpy()
    tau2 = rows["overall"]["heterogeneity"]["tau2"]
    ours = robust(y, v, np.ones((y.size, 1)), many["study_id"].to_numpy(), sigma2=(0.0, tau2), kind="CR2")
    assert rows["overall"]["estimate"]["robust"]["se"] == pytest.approx(float(ours.se[0]), rel=1e-10)


def test_the_protocol_may_name_another_robust_variance(many):
    spec = specification({"measure": "SMD", "rho": 0.5, "robust": "CR1"})
    rows = composite_block(pool(many, "average", 0.5), spec)
    assert {row["estimate"]["robust"]["type"] for row in rows} == {"CR1"}


@pytest.mark.parametrize(("name", "model"), [("three_level", "multilevel"), ("che", "che")])
def test_checks_of_dependent_effects_beside_an_analysis_of_one_a_study(many, name, model):
    beside = run_analysis(
        many,
        {"measure": "SMD", "rho": 0.5, "test": "knha", "method": "PM", "sensitivity": [f"leave_one_out_{name}"],
         "publication_bias": [f"egger_{name}", f"pet_peese_{name}"]},
    )  # fmt: skip
    alone = run_analysis(
        many,
        {"measure": "SMD", "rho": 0.5, "test": "t", "model": model, "robust": "CR2", "sensitivity": ["leave_one_out"],
         "publication_bias": ["egger_multilevel", "pet_peese"]},
    )  # fmt: skip
    assert beside["sensitivity"][f"leave_one_out_{name}"] == alone["sensitivity"]["leave_one_out"]
    assert beside["publication_bias"][f"egger_{name}"] == alone["publication_bias"]["egger_multilevel"]
    assert beside["publication_bias"][f"pet_peese_{name}"] == alone["publication_bias"]["pet_peese"]
    assert len(alone["sensitivity"]["leave_one_out"]) == 18


def test_where_no_study_has_several_effects_there_is_a_reason(many):
    single = many[many["effect_id"].str.endswith(":0")]
    block = run_analysis(single, {"measure": "SMD", "publication_bias": ["egger_three_level"]})
    assert "several effects" in block["publication_bias"]["egger_three_level"]["not_estimable"]


def test_both_i2_of_a_three_level_model(many):
    block = run_analysis(many, {"measure": "SMD", "model": "multilevel"})["heterogeneity"]
    assert block["I2_Q"] == pytest.approx(100 * (block["QE"] - block["QE_df"]) / block["QE"])
    assert block["I2"] == pytest.approx(block["I2_study"] + block["I2_effect"])
