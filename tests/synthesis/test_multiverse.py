"""Every defensible specification."""

from __future__ import annotations

import pytest
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.multiverse import DEFAULT_CHOICES, choices_of, multiverse_block
from prismake.synthesis.pooling import pool
from prismake.synthesis.specification import specification


def test_every_combination_is_run_and_ranked(effects):
    found = multiverse_block(pool(effects, "average", 0.6), specification({}))
    # Four, as the first effect of each study here is also its lowest or its highest: those are one specification.
    assert found["summary"]["specifications"] == 4 * 2 * 7 * 2 and not found["failed"]
    assert sum(1 + len(row.get("same_as", [])) for row in found["specifications"]) == 5 * 2 * 7 * 2
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
    assert found["summary"]["specifications"] == 4 and found["choices"]["method"] == ["REML"]
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


def test_choices_that_lead_to_the_same_effects_are_one_specification(effects):
    single = effects.drop_duplicates("study_id").reset_index(drop=True)
    found = multiverse_block(pool(single, "average", 0.6), specification({}))
    rows = found["specifications"]
    assert len({(row["risk_of_bias"], row["method"], row["test"]) for row in rows}) == len(rows)
    assert found["summary"]["specifications"] == len(rows) and len(rows) in (7 * 2, 2 * 7 * 2)
    others = {same["one_per_study"] for same in rows[0]["same_as"]}
    assert others | {rows[0]["one_per_study"]} == {"average", "first", "lowest", "highest", "all"}
