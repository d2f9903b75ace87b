"""Sensitivity analyses, publication bias and variance by level, as every kind of result block gives them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from invented_reports import document_of, draw_all
from invented_results import PRIMARY, write_json
from prismake.report.blocks import Table
from prismake.report.facts import Analysis, Facts
from prismake.report.numbers import Numbers
from prismake.report.results import Results
from prismake.report.results_tables import moderators, predictions
from prismake.report.robustness_tables import (
    bias_test,
    kinds,
    levels_of_variance,
    publication_bias,
    robust_table,
    sensitivity,
)
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.sensitivity import SENSITIVITY

REASON = "an invented reason"


def changed(facts: Facts, **blocks: Any) -> Facts:
    """The facts of the same review with other blocks in the result of its analysis."""
    path = facts.results.folder / "analyses/primary/result.json"
    write_json(path, json.loads(path.read_text(encoding="utf-8")) | blocks)
    reader = Results(facts.results.folder)
    return Facts(reader, Numbers(reader), facts.config, facts.protocol, {}, {})


def said(build: Callable[[Facts, Analysis], Table], facts: Facts) -> str:
    table = build(facts, facts.analyses[0])
    return "\n".join(" | ".join(str(getattr(cell, "text", cell)) for cell in row) for row in table.rows)


def test_every_sensitivity_analysis_that_the_engine_has_is_shown(make: Callable[..., Facts]) -> None:
    facts = make(studies=6, pooled=6)
    effects = pd.read_csv(facts.results.folder / "effects/effects.csv")
    given = run_analysis(effects, {**PRIMARY, "sensitivity": sorted(SENSITIVITY)}, "primary")["sensitivity"]
    facts = changed(facts, sensitivity=given)
    text = said(sensitivity, facts)
    for words in (
        "Permutation test, all 64 arrangements of signs",
        "GOSH, every subset of studies (63), lowest estimate",
        "specifications, ",
        "Every customary model",
        "Outliers removed",
    ):
        assert words in text
    assert "{" not in text


@pytest.mark.parametrize("name", sorted(SENSITIVITY))
def test_a_sensitivity_analysis_that_failed_says_why(make: Callable[..., Facts], name: str) -> None:
    facts = changed(make(studies=3, pooled=3), sensitivity={name: {"not_estimable": REASON}})
    assert "An invented reason." in said(sensitivity, facts)


def test_methods_that_adjust_for_bias_give_their_estimate_and_their_test(make: Callable[..., Facts]) -> None:
    line = {"b": 0.21, "se": 0.1, "pval": 0.04, "ci_lb": 0.01, "ci_ub": 0.41, "df": 5.0}
    selection = {"b": 0.11, "pval": 0.5, "ci_lb": -0.1, "ci_ub": 0.3, "delta": [1.0, 0.4], "counts": [3, 6]}
    blocks = {
        "pet_peese": {
            "chosen": "peese",
            "rule": "PEESE where PET’s intercept is positive",
            "estimate": {**line, "b": 0.17},
            "pet": {"intercept": line, "slope": {**line, "pval": 0.62}},
            "peese": {"intercept": line, "slope": line},
        },
        "egger_multilevel": {"slope": {**line, "b": 1.23, "pval": 0.03}, "limit": line, "caution": "few studies"},
        "selection_model": {
            **selection,
            "intervals": ["0 < p <= 0.025", "0.025 < p <= 1"],
            "LRT": 2.5,
            "LRT_df": 1,
            "LRT_p": 0.114,
        },
        "begg": {"not_estimable": REASON},
    }
    facts = changed(make(studies=3, pooled=3), publication_bias=blocks)
    rows = dict(line.split(" | ", 1) for line in said(publication_bias, facts).split("\n"))
    assert "PEESE chosen" in rows["PET-PEESE"] and "0.17" in rows["PET-PEESE"] and ".620" in rows["PET-PEESE"]
    assert "slope 1.23" in rows["Egger, dependent effects"] and ".030" in rows["Egger, dependent effects"]
    model = rows["Selection model"]
    assert "weight 0.40 where 0.025 < p <= 1" in model and "0.11" in model and ".114" in model
    assert "An invented reason." in rows["Begg’s rank correlation"]


def test_the_test_of_a_selection_model_is_that_of_selection_not_of_its_mean() -> None:
    assert bias_test({"pval": 0.001, "LRT": 1.0, "LRT_p": 0.3}) == "LRT_p"
    assert bias_test({"pval": 0.001, "LRT": None}) == ""
    assert bias_test({"pval": 0.001}) == "pval"
    assert bias_test({"p": {"full": 0.01, "half": 0.02}}) == ""


def test_every_method_of_bias_has_a_name_and_p_uniform_its_test_of_bias(make: Callable[..., Facts]) -> None:
    uniform = {"k_significant": 7, "b": 0.2, "ci_lb": 0.1, "ci_ub": 0.4, "pval": 0.004, "bias_p": 0.312}
    safe = {name: {"number": number} for name, number in (("rosenthal", 41), ("orwin", 9), ("rosenberg", 33))}
    beta = {"b": 0.3, "ci_lb": 0.1, "ci_ub": 0.5, "LRT": 1.2, "LRT_df": 2, "LRT_p": 0.55}
    blocks = {"p_uniform": uniform, "fail_safe": safe | {"general": {"not_estimable": REASON}}, "beta_selection": beta}
    assert bias_test(uniform) == "bias_p" and bias_test({"bias_p": None, "pval": 0.01}) == ""
    facts = changed(make(studies=3, pooled=3), publication_bias=blocks)
    rows = dict(line.split(" | ", 1) for line in said(publication_bias, facts).split("\n"))
    assert ".312" in rows["p-uniform"] and ".004" not in rows["p-uniform"]
    assert "Rosenthal 41; Orwin 9; Rosenberg 33" in rows["Fail-safe N"]
    assert "Beta selection model" in rows and ".550" in rows["Beta selection model"]


def test_dependent_effects_show_their_variance_by_level_and_their_robust_test(make: Callable[..., Facts]) -> None:
    facts = make(studies=3, pooled=3)
    estimate = facts.results.analysis("primary")["estimate"]
    levels = {"sigma2_study": 0.031, "sigma2_effect": 0.012, "I2_study": 45.0, "I2_effect": 17.0}
    robust = {
        "type": "CR2",
        "clusters": 3,
        "se": 0.1,
        "tval": 2.0,
        "df": 1.9,
        "pval": 0.19,
        "ci_lb": -0.2,
        "ci_ub": 0.6,
    }
    facts = changed(facts, heterogeneity=levels, estimate={**estimate, "robust": {**robust, "caution": "few"}})
    assert "Between studies | 0.031 | 45.0%" in said(levels_of_variance, facts)
    assert "CR2 | 3" in said(robust_table, facts)
    assert robust_table(facts, facts.analyses[0]).note == "few"
    failed = {"type": "CR2", "not_estimable": REASON}
    facts = changed(facts, estimate={**estimate, "robust": failed})
    assert "An invented reason." in said(robust_table, facts)


def test_moderators_show_their_robust_tests_beside_the_model_s_own(make: Callable[..., Facts]) -> None:
    row = {"name": "intrcpt", "b": 0.3, "ci_lb": 0.1, "ci_ub": 0.5, "pval": 0.004}
    model = {"terms": ["study_age"], "coefficients": [row, row | {"name": "study_age", "b": 0.02}]}
    facts = changed(make(studies=3, pooled=3), moderators=[model])
    plain = moderators(facts, facts.analyses[0])
    assert [head.label for head in plain.columns][-1] == "p" and not plain.note
    robust = {"type": "CR2", "df": 5.3, "pval": 0.041, "ci_lb": 0.01, "ci_ub": 0.59}
    none = {"type": "CR2", "not_estimable": REASON}
    model["coefficients"] = [row | {"robust": robust}, model["coefficients"][1] | {"robust": none}]
    facts = changed(facts, moderators=[model])
    table = moderators(facts, facts.analyses[0])
    assert [head.label for head in table.columns][-3:] == [
        f"Robust {facts.analyses[0].interval_head}",
        "Robust df",
        "Robust p",
    ]
    assert "[0.010, 0.590] | 5.30 | .041" in said(moderators, facts)
    assert table.note.startswith("Robust: cluster-robust") and table.note.endswith(
        "No robust test: an invented reason."
    )


def test_a_multivariate_model_shows_each_kind_and_whether_they_differ(make: Callable[..., Facts]) -> None:
    facts = make(studies=3, pooled=3)
    assert not kinds(facts, facts.analyses[0]).rows and "kinds of effects" not in document_of(facts).plain()
    row = {"se": 0.1, "tval": 2.0, "df": 4, "pval": 0.031, "ci_lb": 0.02, "ci_ub": 0.58, "b": 0.3, "tau2": 0.031}
    estimates = [row | {"kind": "stress", "k": 5}, row | {"kind": "low.mood", "k": 4, "b": 0.41}]
    test = {"QM": 7.25, "df": 1, "df2": 4.0, "p": 0.055}
    facts = changed(facts, kinds={"inner": "outcome_id", "estimates": estimates, "test": test})
    lines = said(kinds, facts).split("\n")
    assert lines[0].startswith("stress | 5 | 0.30 | [0.02, 0.58] | .031 | 0.031") and "0.41" in lines[1]
    page = document_of(facts).plain()
    assert "The estimates of the kinds of effects did not differ significantly" in page and ".055" in page
    facts = changed(facts, kinds={"estimates": estimates, "test": test | {"p": 0.01}})
    assert "The estimates of the kinds of effects differed significantly" in document_of(facts).plain()


def test_a_page_stands_where_every_block_failed(make: Callable[..., Facts]) -> None:
    facts = make(studies=3, pooled=3)
    why = {"not_estimable": REASON}
    estimate = facts.results.analysis("primary")["estimate"]
    facts = changed(
        facts,
        sensitivity=dict.fromkeys(SENSITIVITY, why),
        publication_bias=dict.fromkeys(("egger", "pet_peese", "selection_model", "trim_and_fill"), why),
        moderators=why,
        subgroups={"study_tailoring": why},
        estimate={**estimate, "robust": {"type": "CR2", **why}},
    )
    draw_all(facts.results.folder)
    assert document_of(facts)


def test_estimates_on_the_scale_of_analysis_are_named_so(make: Callable[..., Facts]) -> None:
    ratio = {"scale": "odds ratio", "b": 1.2, "ci_lb": 1.0, "ci_ub": 1.5}
    facts = changed(make(studies=3, pooled=3), measure="OR", transformed=ratio)
    assert "log OR" in [c.label for c in sensitivity(facts, facts.analyses[0]).columns]


def test_the_test_of_a_method_with_an_estimate_is_its_test_of_bias(make: Callable[..., Facts]) -> None:
    """The p beside an adjusted mean says whether that mean is zero, not whether there is bias."""
    limit = {"b": 0.28, "ci_lb": -0.1, "ci_ub": 0.7, "pval": 0.001, "Q_small": 0.48, "Q_small_p": 0.489, "G2": 42.99}
    uniform = {"k_significant": 10, "b": 0.42, "ci_lb": 0.2, "ci_ub": 0.6, "LRT": 16.54, "pval": 0.00001}
    curve = {"k_significant": 10, "right_skew": {"z_full": -3.0, "p_full": 0.0012}, "evidential_value": True}
    blocks = {"limit_meta_analysis": limit, "p_uniform_star": uniform, "p_curve": curve}
    facts = changed(make(studies=3, pooled=3), publication_bias=blocks)
    rows = dict(line.split(" | ", 1) for line in said(publication_bias, facts).split("\n"))
    assert "Q of small-study effects 0.48" in rows["Limit meta-analysis"] and "G² 43.0%" in rows["Limit meta-analysis"]
    assert "0.28 | [−0.10, 0.70] | .489" in rows["Limit meta-analysis"] and "< .001" not in rows["Limit meta-analysis"]
    assert (
        "likelihood ratio of no effect 16.54, p < .001" in rows["p-uniform*"]
        and "not estimable" not in rows["p-uniform*"]
    )
    assert "right skew, z −3.00; p .001; evidential value: yes" in rows["p-curve"]
    assert bias_test(limit) == "Q_small_p" and bias_test(uniform) == "" and bias_test(curve) == ""


def test_predictions_of_a_regression_are_tabulated_on_the_scale_that_is_read(make: Callable[..., Facts]) -> None:
    def row(value: float | str, b: float) -> dict[str, Any]:
        limits = {"ci_lb": b - 0.1, "ci_ub": b + 0.1, "pi_lb": b - 0.5, "pi_ub": b + 0.5}
        ratio = {"scale": "odds ratio", **{k: math.exp(v) for k, v in {"b": b, **limits}.items()}}
        return {"value": value, "estimate": {"b": b, **limits}, "transformed": ratio}

    year = {"term": "study_year", "kind": "numeric", "rows": [row(2000.0 + i / 2, 0.1 * i) for i in range(21)]}
    group = {"term": "study_group", "kind": "factor", "rows": [row("old", 0.0), row("young", 0.5)]}
    block = {"terms": ["study_year", "study_group"], "coefficients": [], "predictions": [year, group]}
    facts = changed(make(studies=3, pooled=3), measure="OR", moderators=[block])
    lines = said(predictions, facts).split("\n")
    assert [line.split(" | ")[:2] for line in lines] == [
        *(["year", value] for value in ("2000", "2005", "2010")), ["group", "old"], ["group", "young"]
    ]  # fmt: skip
    assert "1.00 | [0.90, 1.11] | [0.61, 1.65]" in lines[0] and "1.65 | [1.49, 1.82]" in lines[4]
