"""Step-function selection models against metafor, by simulation and by their own gradient."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.publication_bias.selection import selection_model

# Baskerville, Liddy & Hogg (2012), Ann. Fam. Med. 10:63-74, Figure 2: practice facilitation, 23 studies.
SMD = np.array(
    [1.01, 0.82, 0.59, 0.44, 0.84, 0.73, 1.12, 0.04, 0.24, 0.32, 1.04, 1.31, 0.59, 0.66, 0.62, 0.47, 1.08, 0.98, 0.26,
     0.39, 0.60, 0.94, 0.11]
)  # fmt: skip
SE = np.array(
    [0.52, 0.46, 0.23, 0.18, 0.29, 0.29, 0.36, 0.37, 0.15, 0.40, 0.32, 0.57, 0.29, 0.19, 0.31, 0.27, 0.32, 0.32, 0.18,
     0.18, 0.31, 0.53, 0.27]
)  # fmt: skip


def test_baskerville_2012_as_metafor_has_it():
    found = selection_model(SMD, SE**2)
    # metafor 5.1.12, selmodel(type = "stepfun", steps = .025, alternative = "greater")
    assert found.ll == pytest.approx(-5.97973737081106, abs=1e-9)
    assert found.b == pytest.approx(0.469031211, abs=1e-6) and found.se == pytest.approx(0.09237345, abs=1e-6)
    assert found.tau2 == pytest.approx(0.007693486, abs=1e-6) and found.se_tau2 == pytest.approx(0.02194774, abs=1e-6)
    assert found.delta[1] == pytest.approx(0.44044035, abs=1e-6)
    assert found.se_delta[1] == pytest.approx(0.2967021, abs=1e-5)
    assert found.counts == (13, 10) and abs(found.LRT - 1.47223588261522) < 1e-7


def test_several_steps_with_an_empty_last_interval_give_it_no_weight():
    found = selection_model(SMD, SE**2, steps=(0.10, 0.30, 0.50))
    assert found.ll == pytest.approx(-1.59318437487659, abs=1e-9)  # metafor 5.1.12
    assert found.counts == (20, 1, 2, 0) and found.delta[3] == 0.0 and found.se_delta[3] is None


def test_the_gradient_is_zero_at_the_top():
    assert selection_model(SMD, SE**2).score < 1e-6


def test_turning_every_effect_turns_the_answer():
    one, other = selection_model(SMD, SE**2), selection_model(-SMD, SE**2)
    assert other.alternative == "less" and other.b == pytest.approx(-one.b) and other.ll == pytest.approx(one.ll)


def test_selection_that_was_simulated_is_found_and_undone():
    rng = np.random.default_rng(11)
    v = rng.uniform(0.01, 0.1, 4000)
    y = rng.normal(0.2, np.sqrt(v + 0.02))
    kept = (y / np.sqrt(v) > 1.959964) | (rng.random(4000) < 0.25)
    found = selection_model(y[kept], v[kept])
    assert found.delta[1] == pytest.approx(0.25, abs=0.05) and found.tau2 == pytest.approx(0.02, abs=0.01)
    assert abs(found.b - 0.2) < 0.03 < fit(y[kept], v[kept]).b[0] - 0.2
    assert found.LRT_p < 1e-10


def test_a_fixed_tau2_stays_at_zero():
    found = selection_model(SMD, SE**2, random=False)
    assert found.tau2 == 0 and found.se_tau2 is None
    assert found.ll == pytest.approx(-6.05685802981036, abs=1e-9)  # metafor 5.1.12 on method = "EE"


def test_what_cannot_be_fitted_says_why():
    with pytest.raises(NotEstimable, match="three effects"):
        selection_model([0.1, 0.2], [0.1, 0.1])
    with pytest.raises(ValueError, match="rise"):
        selection_model(SMD, SE**2, steps=(0.5, 0.025))
    with pytest.raises(ValueError, match="sideways"):
        selection_model(SMD, SE**2, alternative="sideways")


def test_an_empty_interval_is_a_stated_reason_in_a_result(effects):
    spec = {"publication_bias": ["selection_model"], "one_per_study": "first"}
    none = run_analysis(effects.assign(vi="4"), spec)["publication_bias"]["selection_model"]
    assert "no effect has 0 < p <= 0.025" in none["not_estimable"]
    some = run_analysis(effects, spec)["publication_bias"]["selection_model"]
    assert some["counts"] == [2, 4] and "at least 10" in some["caution"] and some["delta"][0] == 1.0
    assert "score" not in some
    dependent = run_analysis(effects, {**spec, "model": "che", "one_per_study": "all"})
    assert "independent" in dependent["publication_bias"]["selection_model"]["not_estimable"]


@pytest.mark.parametrize(
    "name", ["bcg_RR", "lee2004_RR", "furukawa2003_SMDH", "cannon2006_ep1_OR", "normand1999_MD", "hart1999_IRD"]
)
def test_the_likelihood_is_never_below_the_oracle_s_best_of_48_starts(oracle, name):
    best = oracle("sel_polished")["outputs"][name]
    data = oracle(name)
    found = selection_model(
        data["inputs"]["yi"], data["inputs"]["vi"], alternative=data["outputs"]["selmodel"]["alternative"]
    )
    assert found.ll >= best["ll"] - 1e-8
    assert found.b == pytest.approx(best["mu"], rel=1e-5, abs=1e-6)
    assert found.delta[1] == pytest.approx(best["delta"], rel=1e-4)


def test_weights_that_are_assumed_need_no_effect_in_each_interval():
    effects = pd.DataFrame(
        {
            "effect_id": list("abcdefghijkl"),
            "study_id": list("abcdefghijkl"),
            "yi": 0.5 + 0.02 * np.arange(12.0),
            "vi": 0.02,
        }
    ).assign(measure="SMD")
    spec = {"measure": "SMD", "method": "ML", "publication_bias": ["selection_model"]}
    estimated = run_analysis(effects, spec)["publication_bias"]["selection_model"]
    assert "no effect has 0.025 < p <= 1" in estimated["not_estimable"]
    options = {"selection_weights": [1, 0.4]}
    assumed = run_analysis(effects, spec | {"options": options})["publication_bias"]["selection_model"]
    assert assumed["delta"] == [1.0, pytest.approx(0.4)] and assumed["counts"] == [12, 0]
    assert assumed["caution"] is None
    # metafor 3.8: selmodel(rma(yi, vi, method = "ML"), type = "stepfun", steps = .025, delta = c(1, .4))
    assert (assumed["b"], assumed["tau2"]) == (pytest.approx(0.607783, rel=1e-4), 0.0)
