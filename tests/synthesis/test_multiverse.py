"""Every defensible specification."""

from __future__ import annotations

import pytest
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.multiverse import DEFAULT_CHOICES, choices_of, multiverse_block
from prismake.synthesis.pooling import pool
from prismake.synthesis.specification import specification


def test_every_combination_is_run_and_ranked(effects):
    found = multiverse_block(pool(effects, "average", 0.6), specification({}))
    assert found["summary"]["specifications"] == 5 * 2 * 7 * 2 and not found["failed"]
    estimates = [row["estimate"]["b"] for row in found["specifications"]]
    assert estimates == sorted(estimates) and found["specifications"][0]["rank"] == 1
    row = next(
        row
        for row in found["specifications"]
        if (row["one_per_study"], row["risk_of_bias"], row["method"], row["test"]) == ("all", "any", "DL", "z")
    )
    y, v = effects["yi"].astype(float), effects["vi"].astype(float)
    assert row["estimate"]["b"] == pytest.approx(fit(y, v, method="DL").b[0])


def test_a_protocol_narrows_the_choices(effects):
    options = {"multiverse": {"method": ["REML"], "test": ["z"], "risk_of_bias": ["any"]}}
    found = multiverse_block(pool(effects, "average", 0.6), specification({"options": options}))
    assert found["summary"]["specifications"] == 5 and found["choices"]["method"] == ["REML"]
    with pytest.raises(ValueError, match="known: one_per_study"):
        choices_of({"colour": ["red"]})


def test_what_cannot_be_fitted_is_listed(effects):
    only = effects.iloc[[2]]
    found = multiverse_block(pool(only, "average", 0.6), specification({}))
    assert {row["method"] for row in found["specifications"]} == {"EE"} and "one effect" in found["failed"][0][
        "not_estimable"
    ]
    with pytest.raises(NotEstimable):
        multiverse_block(pool(effects.iloc[:0], "average", 0.6), specification({}))


def test_defaults_are_all_there():
    assert choices_of(None) == DEFAULT_CHOICES
