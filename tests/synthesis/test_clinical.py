"""What effects mean for patients: published readings, and the block of an analysis."""

from __future__ import annotations

import jsonschema
import numpy as np
import pandas as pd
import pytest
import yaml
from prismake.synthesis import clinical
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.bayes_block import KEYS as BAYESIAN_KEYS
from prismake.synthesis.clinical_blocks import KEYS, reading_block
from prismake.synthesis.model import NotEstimable


@pytest.mark.parametrize(
    ("d", "u1", "u2", "u3"), [(0.2, 0.147, 0.540, 0.579), (0.5, 0.330, 0.599, 0.691), (0.8, 0.474, 0.655, 0.788)]
)
def test_cohen_1988_table_2_2_1(d, u1, u2, u3):
    # Cohen 1988, Statistical Power Analysis for the Behavioral Sciences, 2nd ed., Table 2.2.1.
    # U1 is printed from a U2 of four digits, so its own third digit may be off by one.
    assert clinical.cohen_u1(d) == pytest.approx(u1, abs=1e-3)
    assert clinical.cohen_u3(d / 2) == pytest.approx(u2, abs=5e-4)
    assert clinical.cohen_u3(d) == pytest.approx(u3, abs=5e-4)


def test_mcgraw_and_wong_1992_heights_of_men_and_women():
    # McGraw & Wong 1992, Psychol Bull 111:361: means 69.7 and 64.3 inches, SDs 2.8 and 2.6, CL = .92.
    pooled = np.sqrt((2.8**2 + 2.6**2) / 2)
    assert clinical.probability_of_superiority((69.7 - 64.3) / pooled) == pytest.approx(0.92, abs=0.005)


def test_rosenthal_and_rubin_1982_display():
    # Rosenthal & Rubin 1982, J Educ Psychol 74:166: r = .32 is a rise of success from 34 to 66 %.
    treated, control = clinical.binomial_effect_size_display(0.32)
    assert (round(float(treated), 2), round(float(control), 2)) == (0.66, 0.34)


def test_cochrane_handbook_12_5_4_3_number_needed_from_an_odds_ratio():
    # Cochrane Handbook 5.1, section 12.5.4.3: OR 0.73, assumed control risk 0.3: 62 fewer per 1000, NNT 17.
    fewer = 0.3 - clinical.event_rate_from_odds_ratio(np.log(0.73), 0.3)
    assert 1000 * fewer == pytest.approx(62, abs=0.5)
    assert np.ceil(clinical.number_needed_to_treat(fewer)) == 17


def test_furukawa_and_leucht_with_half_of_the_controls_responding():
    # Where half of the control group responds, the rate of the intervention is Cohen's U3.
    assert clinical.event_rate_from_d(0.5, 0.5) == pytest.approx(float(clinical.cohen_u3(0.5)))
    # The number grows without bound as the control rate nears 0 or 1 (Furukawa & Leucht 2011), Kraemer's does not.
    numbers = [1 / float(clinical.event_rate_from_d(0.5, rate) - rate) for rate in (0.01, 0.2, 0.5, 0.8, 0.99)]
    assert numbers[0] > numbers[1] > numbers[2] < numbers[3] < numbers[4]


def test_superiority_is_that_of_simulated_people():
    rng = np.random.default_rng(7)
    treated, control = rng.normal(0.6, 1, 400_000), rng.normal(0, 1, 400_000)
    assert clinical.probability_of_superiority(0.6) == pytest.approx(float((treated > control).mean()), abs=3e-3)
    cut = np.quantile(control, 0.8)
    assert clinical.event_rate_from_d(0.6, 0.2) == pytest.approx(float((treated > cut).mean()), abs=3e-3)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, 17.0])
def test_a_control_event_rate_is_a_share(rate):
    with pytest.raises(ValueError, match="between 0 and 1"):
        clinical.event_rate_from_d(0.5, rate)


def result(b=0.5, lb=0.2, ub=0.8, measure="SMD"):
    return {"estimate": {"b": b, "ci_lb": lb, "ci_ub": ub}, "measure": measure, "not_estimable": None}


def test_the_interval_of_a_number_needed_runs_through_infinity_where_no_effect_is_possible():
    block = reading_block(result(0.1, -0.1, 0.3), {"control_event_rate": 0.3})
    for number in block["nnt"]:
        assert number["through_infinity"] and number["nnt_ci_lb"] > 0 > number["nnt_ci_ub"]
    assert block["overlap"]["ci_ub"] == 1.0 and block["cohen_u1"]["ci_lb"] == 0.0


def test_no_difference_gives_a_reason_and_no_number():
    (number,) = reading_block(result(0.0, -0.3, 0.3), {})["nnt"]
    assert number["not_estimable"] == "there is no difference, so no number is enough"


def test_where_lower_is_better_a_negative_effect_is_a_benefit():
    worse = reading_block(result(-0.5, -0.8, -0.2), {"higher_is": "worse", "control_event_rate": 0.4})
    better = reading_block(result(0.5, 0.2, 0.8), {"control_event_rate": 0.4})
    for key in ("d", "probability_of_superiority", "cohen_u3", "besd"):
        assert worse[key] == pytest.approx(better[key]) if key != "besd" else worse[key] == better[key]
    assert [number["nnt"] for number in worse["nnt"]] == pytest.approx([number["nnt"] for number in better["nnt"]])


def test_an_odds_ratio_of_a_bad_event_needs_its_control_rate():
    block = reading_block(
        result(np.log(0.73), np.log(0.6), np.log(0.9), "OR"), {"higher_is": "worse", "control_event_rate": [0.3, 0.1]}
    )
    kraemer, first, second = block["nnt"]
    assert first["nnt"] == pytest.approx(16.2, abs=0.05) and second["nnt"] > first["nnt"] and not first["harm"]
    assert block["d_from"].startswith("ln(OR)") and kraemer["control_event_rate"] is None


def test_risk_ratios_and_differences_have_numbers_needed_alone():
    ratio = reading_block(
        result(np.log(0.92), np.log(0.8), np.log(0.99), "RR"), {"control_event_rate": 0.3, "higher_is": "worse"}
    )
    assert ratio["nnt"][0]["nnt"] == pytest.approx(1 / (0.3 * 0.08)) and "overlap" not in ratio
    difference = reading_block(result(0.1, 0.05, 0.15, "RD"), {"control_event_rate": 0.3})
    assert difference["nnt"][0]["nnt"] == pytest.approx(10)
    with pytest.raises(NotEstimable, match="only with a control event rate"):
        reading_block(result(0.1, 0.05, 0.15, "RR"), {})


def test_a_correlation_is_its_own_display():
    block = reading_block(result(np.arctanh(0.32), 0.1, 0.5, "ZCOR"), {})
    assert block["besd"]["intervention"]["b"] == pytest.approx(0.66)


@pytest.mark.parametrize("measure", ["MD", "ROM", "", "SMCC"])
def test_measures_without_such_a_reading_say_so(measure):
    with pytest.raises(NotEstimable, match="no such reading"):
        reading_block(result(measure=measure), {})


def test_the_block_of_an_analysis(effects):
    spec = {
        "measure": "SMD",
        "subgroups": ["study_group"],
        "clinical": {
            "control_event_rate": 0.2,
            "power": {"effect": 0.2, "k": 10, "n1": 25, "n2": 25, "difference": 0.3},
            "sequential": {"effect": 0.2},
        },
    }
    block = run_analysis(effects, spec, "primary")["clinical"]
    assert [number["method"] for number in block["reading"]["nnt"]] == [
        "Kraemer & Kupfer (2006)",
        "Furukawa & Leucht (2011)",
    ]
    assert [row["heterogeneity"] for row in block["power"]["planned"]["rows"]] == ["none", "low", "moderate", "high"]
    assert block["power"]["observed"]["k"] == 6
    assert block["power"]["subgroups"]["study_group"][0]["levels"] == ["old", "young"]
    assert len(block["sequential"]["looks"]) == 6


def test_an_analysis_without_an_estimate_has_reasons(effects):
    spec = {
        "measure": "SMD",
        "effects": {"construct": "mania"},
        "clinical": {"power": {"effect": 0.2}, "sequential": {"effect": 0.2}},
    }
    block = run_analysis(effects, spec, "none")["clinical"]
    assert block["reading"]["not_estimable"] == "there are no effects to pool"
    assert block["power"]["observed"]["not_estimable"] == "there are no effects to pool"
    assert block["sequential"]["not_estimable"] == "there are no effects to pool"


def test_nothing_is_read_unless_the_protocol_asks(effects):
    assert {"clinical", "bayesian"}.isdisjoint(run_analysis(effects, {"measure": "SMD"}, "primary"))


def test_a_two_by_two_model_has_its_reading():
    table = pd.DataFrame(
        {"effect_id": ["a", "b"], "study_id": ["a", "b"], "yi": ["-0.3", "-0.5"], "vi": ["0.1", "0.2"],
         "events1": ["10", "8"], "n1": ["50", "40"], "events2": ["15", "12"], "n2": ["50", "40"], "measure": ["OR", "OR"]}
    )  # fmt: skip
    spec = {"measure": "OR", "model": "mantel_haenszel", "clinical": {"control_event_rate": 0.3, "higher_is": "worse",
            "power": {"effect": -0.5}, "sequential": {"effect": -0.5}}}  # fmt: skip
    block = run_analysis(table, spec, "mh")["clinical"]
    assert block["reading"]["nnt"][1]["nnt"] > 0
    assert [row["model"] for row in block["power"]["observed"]["rows"]] == ["mantel_haenszel"]
    assert "mantel_haenszel" in block["sequential"]["not_estimable"]


def test_the_schema_names_what_the_engine_reads(root):
    schema = yaml.safe_load((root / "workflow/schemas/protocol.schema.yaml").read_text(encoding="utf-8"))
    analysis = schema["$defs"]["analysis"]["properties"]
    assert set(analysis["clinical"]["properties"]) == KEYS
    assert set(analysis["bayesian"]["properties"]) == BAYESIAN_KEYS
    validator = jsonschema.Draft202012Validator(analysis["clinical"])
    assert validator.is_valid({"power": {"effect": 0.2, "k": 5, "n1": 20, "n2": 20}, "control_event_rate": [0.1, 0.2]})
    assert not validator.is_valid({"power": {"effect": 0.2, "k": 5, "n1": 20}})
    assert not validator.is_valid({"power": {"effect": 0}})
    assert not validator.is_valid({"sequential": {"effect": 0.2, "diversity": "guessed"}})
