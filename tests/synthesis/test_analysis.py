"""One named analysis, from effects to what result.json holds."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from prismake.synthesis.analysis import check_analysis, pooled_effects, run_analysis
from prismake.synthesis.model import fit
from prismake.synthesis.sensitivity import SENSITIVITY

FULL = {
    "role": "confirmatory",
    "title": "All of it",
    "effects": {"construct": "depression"},
    "measure": "SMD",
    "test": "knha",
    "subgroups": ["study_group"],
    "moderators": [["study_age"], ["study_group", "study_year"]],
    "sensitivity": sorted(SENSITIVITY),
    "publication_bias": ["begg", "egger", "egger_random", "trim_and_fill"],
    "favours": ["control", "treatment"],
}


def numbers(tree):
    """Every number in a result."""
    if isinstance(tree, dict):
        return [n for value in tree.values() for n in numbers(value)]
    if isinstance(tree, list):
        return [n for value in tree for n in numbers(value)]
    return [tree] if isinstance(tree, float) else []


def test_the_result_holds_the_model_of_the_selected_effects(effects):
    found = run_analysis(effects, FULL, "primary")
    chosen = effects[effects["construct"] == "depression"]
    fitted = fit(chosen["yi"].astype(float), chosen["vi"].astype(float), test="knha")
    assert found["k"] == 6 and found["n_effects"] == 6 and found["N"] == 118 + 200 + 51 + 136 + 81 + 400
    assert found["estimate"]["b"] == fitted.b[0] and found["estimate"]["tval"] == fitted.statistic[0]
    assert found["heterogeneity"]["tau2"] == float(fitted.tau2) and "I2_Q" in found["heterogeneity"]
    assert found["studies"] == ["s1", "s2", "s3", "s4", "s5", "s6"] and found["not_estimable"] is None
    assert found["analysis"] == "primary" and found["transformed"] is None


def test_everything_asked_for_is_there_and_is_json_without_nan(effects):
    found = run_analysis(effects, FULL, "primary")
    text = json.dumps(found, allow_nan=False)
    assert all(math.isfinite(n) for n in numbers(json.loads(text)))
    assert set(found["sensitivity"]) == set(SENSITIVITY)
    assert len(found["sensitivity"]["leave_one_out"]) == 6
    assert found["sensitivity"]["without_high_risk_of_bias"]["left_out"] == ["s2", "s4"]
    assert found["sensitivity"]["without_high_risk_of_bias"]["k"] == 4
    assert found["publication_bias"]["egger"]["caution"].startswith("with 6 effects")


def test_subgroups_add_up_with_those_missing(effects):
    block = run_analysis(effects, FULL)["subgroups"]["study_group"]
    assert [(level["level"], level["k"]) for level in block["levels"]] == [("old", 2), ("young", 3)]
    assert block["missing"] == 1 and block["test"]["df"] == 1.0


def test_a_moderator_block_names_its_studies_and_tests(effects):
    first, second = run_analysis(effects, FULL)["moderators"]
    assert [row["name"] for row in first["coefficients"]] == ["intrcpt", "study_age"]
    assert second["k"] == 5 and second["missing"] == 1
    assert set(second["term_tests"]) == {"study_group", "study_year"}


@pytest.mark.parametrize(("rows", "reason"), [(0, "no effects"), (1, "one effect")])
def test_too_few_studies_give_reasons_everywhere(effects, rows, reason):
    found = run_analysis(effects.iloc[2 : 2 + rows], {**FULL, "effects": {}})
    json.dumps(found, allow_nan=False)
    assert reason in found["not_estimable"] and found["estimate"] is None and found["k"] == rows
    assert found["subgroups"]["study_group"]["not_estimable"]
    assert found["moderators"][0]["not_estimable"]
    for name in ("influence", "outliers_removed"):
        assert found["sensitivity"][name]["not_estimable"]


def test_two_studies_are_enough_for_a_model(effects):
    found = run_analysis(effects.iloc[2:4], FULL)
    assert found["not_estimable"] is None and found["estimate"]["df"] == 1.0
    assert found["publication_bias"]["egger"]["not_estimable"]


def test_different_scales_are_not_pooled(effects):
    mixed = effects.assign(measure=["SMD"] * 6 + ["OR"])
    assert "different scales" in run_analysis(mixed, {**FULL, "measure": None})["not_estimable"]


def test_ratios_are_read_on_their_own_scale(effects):
    found = run_analysis(effects.assign(measure="OR"), {"measure": "OR"})
    assert found["transformed"]["scale"] == "odds ratio"
    assert found["transformed"]["b"] == pytest.approx(np.exp(found["estimate"]["b"]))


def test_equal_effects_have_no_prediction_interval(effects):
    found = run_analysis(effects, {"model": "equal"})
    assert found["method"] == "EE" and found["estimate"]["pi_lb"] is None and found["heterogeneity"]["tau2"] == 0.0


@pytest.mark.parametrize("model", ["multilevel", "che"])
def test_dependent_models_take_every_effect_and_say_what_they_do_not_do(effects, model):
    spec = {**FULL, "model": model, "test": "t", "rho": 0.5, "effects": {}, "publication_bias": []}
    found = run_analysis(effects, spec)
    json.dumps(found, allow_nan=False)
    assert found["n_effects"] == 7 and found["k"] == 6 and found["estimate"]["df"] == 5.0
    assert len(found["sensitivity"]["leave_one_out"]) == 6
    assert "independent effects" in found["sensitivity"]["influence"]["not_estimable"]
    assert [row["name"] for row in found["moderators"][0]["coefficients"]][0] == "intrcpt"
    assert [level["k"] for level in found["subgroups"]["study_group"]["levels"]] == [2, 3]


def test_subgroups_of_mantel_haenszel_are_its_own(effects):
    cells = {"events1": ["4", "5", "10", "3", "7", "8", "20"], "events2": ["8", "9", "12", "5", "9", "11", "31"]}
    spec = {"model": "mantel_haenszel", "measure": "OR", "one_per_study": "first", "subgroups": ["rob"]}
    found = run_analysis(effects.assign(**cells).iloc[1:], spec)
    assert found["estimate"]["b"] < 0 and found["transformed"]["scale"] == "odds ratio"
    assert len(found["subgroups"]["rob"]["levels"]) == 3 and found["subgroups"]["rob"]["test"]["df"] == 2.0


def test_pooled_effects_carry_weights_that_add_up(effects):
    table = pooled_effects(effects, FULL)
    assert table["weight"].sum() == pytest.approx(100) and table["effects"].tolist()[0] == "s1:d"
    empty = pooled_effects(effects.iloc[:0], FULL)
    assert empty.empty and list(empty.columns)[:3] == ["study_id", "label", "effects"]


def test_the_same_input_gives_the_same_text(effects):
    assert json.dumps(run_analysis(effects, FULL)) == json.dumps(run_analysis(effects.copy(), dict(FULL)))


def test_what_no_data_could_satisfy_is_said_at_once(effects):
    wrong = {**FULL, "subgroups": ["colour"], "sensitivity": ["everything"], "publication_bias": ["funnel"]}
    faults = check_analysis(effects, wrong, "primary", "config/protocol.yaml")
    assert [fault.value for fault in faults] == ["everything", "funnel", "colour"]
    assert check_analysis(effects, {"method": "GUESS"}, "primary", "f").errors
    assert not check_analysis(effects.iloc[:0], {**FULL, "subgroups": ["colour"]}, "primary", "f")
    assert not check_analysis(effects, FULL, "primary", "f")


def test_tables_are_pooled_as_one_a_study_where_the_protocol_says_so(effects):
    cells = {"events1": "12", "n1": "50", "events2": "20", "n2": "50", "measure": "OR"}
    tables = effects.assign(**cells)
    spec = {"measure": "OR", "model": "peto", "one_per_study": "first"}
    once = run_analysis(tables[tables["effect_id"] != "s1:a"], spec)
    assert run_analysis(tables, spec)["estimate"] == once["estimate"]
