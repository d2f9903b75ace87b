"""Trial sequential analysis: known boundaries, their error by simulation, and the looks of an analysis."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.futility import futility_boundaries
from prismake.synthesis.sequential import (
    diversity,
    obrien_fleming_boundaries,
    obrien_fleming_spending,
    required_information,
    required_participants,
)


def test_boundaries_of_four_equal_looks():
    # gsDesign(k = 4, test.type = 1, alpha = 0.025, sfu = sfLDOF)$upper$bound, R package gsDesign (Anderson).
    expected = [4.332634, 2.963131, 2.359044, 2.014090]
    assert obrien_fleming_boundaries([0.25, 0.5, 0.75, 1.0]) == pytest.approx(expected, abs=1e-6)


def test_one_look_at_the_end_is_the_usual_test():
    assert obrien_fleming_boundaries([1.0]) == pytest.approx([1.959964], abs=1e-6)
    assert obrien_fleming_spending(1.0) == pytest.approx(0.05)
    assert obrien_fleming_spending(0.0) == 0.0


@settings(deadline=None, max_examples=20)
@given(st.lists(st.floats(0.3, 1.0), min_size=2, max_size=6, unique=True))
def test_boundaries_are_at_least_the_usual_limit(fractions):
    looks = np.unique(np.round(fractions, 2))
    assert (obrien_fleming_boundaries(looks) >= 1.9599).all()


def test_looks_at_any_times_keep_the_error_of_all_together():
    fractions = np.array([0.3, 0.42, 0.7, 0.71, 1.0])
    boundaries = obrien_fleming_boundaries(fractions)
    rng = np.random.default_rng(5)
    steps = rng.normal(0, np.sqrt(np.diff(fractions, prepend=0.0)), (400_000, fractions.size))
    z = np.cumsum(steps, axis=1) / np.sqrt(fractions)
    assert (np.abs(z) >= boundaries).any(axis=1).mean() == pytest.approx(0.05, abs=1.2e-3)


def test_too_little_information_allows_no_result_and_enough_allows_no_further_look():
    found = obrien_fleming_boundaries([0.01, 0.5, 1.1, 1.5])
    assert np.isinf(found[0]) and np.isfinite(found[1:3]).all() and np.isnan(found[3])


@pytest.mark.parametrize("fractions", [[0.0, 0.5], [0.5, 0.5], [0.5, 0.4]])
def test_fractions_rise(fractions):
    with pytest.raises(ValueError, match="rise"):
        obrien_fleming_boundaries(fractions)


def test_required_information_is_that_of_one_trial_over_one_minus_the_diversity():
    # A trial of groups of 64 finds d = .5 with 80 % power (Cohen 1988, Table 2.4.1); the normal formula gives 63 a group.
    assert required_participants(0.5, power=0.8) / 2 == pytest.approx(62.8, abs=0.05)
    assert required_information(0.5, diversity=0.75) == pytest.approx(4 * required_information(0.5))
    with pytest.raises(ValueError, match="effect of 0"):
        required_information(0.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        required_information(0.5, diversity=1.0)


def test_diversity_is_i2_where_all_studies_are_of_one_size():
    # Wetterslev et al. 2009, BMC Med Res Methodol 9:86: D2 >= I2, equal where the weights are.
    assert diversity([0.1] * 5, 0.1) == pytest.approx(0.5)
    unequal = [0.01, 0.1, 0.5, 0.05]
    w = 1 / np.array(unequal)
    typical = (w.size - 1) * w.sum() / (w.sum() ** 2 - (w**2).sum())
    assert diversity(unequal, 0.1) > 0.1 / (0.1 + typical)


def test_the_looks_of_an_analysis(effects):
    block = run_analysis(effects, {"measure": "SMD", "clinical": {"sequential": {"effect": 0.3, "diversity": 0.2}}})
    sequential = block["clinical"]["sequential"]
    looks = sequential["looks"]
    assert [look["at"] for look in looks] == ["2001", "2004", "2006", "2009", "2012", "2015"]
    assert looks[-1]["z"] == pytest.approx(block["estimate"]["zval"])
    assert sequential["diversity"] == {"value": 0.2, "basis": "assumed"}
    assert looks[-1]["fraction"] == pytest.approx(looks[-1]["information"] / sequential["required_information"])
    crossed = [look["at"] for look in looks if look["crossed"]]
    assert sequential["crossed_at"] == (crossed[0] if crossed else None)


def test_studies_of_one_year_are_one_look_and_those_without_a_year_the_last(effects):
    effects.loc[effects["study_id"] == "s3", "study_year"] = "2004"
    effects.loc[effects["study_id"] == "s2", "study_year"] = ""
    spec = {"measure": "SMD", "clinical": {"sequential": {"effect": 0.3}}}
    looks = run_analysis(effects, spec)["clinical"]["sequential"]["looks"]
    assert [look["at"] for look in looks] == ["2001", "2004", "2009", "2012", "2015", "unknown"]
    effects.loc[effects["study_id"] == "s1", "study_year"] = "2004"
    looks = run_analysis(effects, spec)["clinical"]["sequential"]["looks"]
    assert looks[0]["added"] == ["s1", "s3"]


def test_without_years_there_is_a_reason(effects):
    spec = {"measure": "SMD", "clinical": {"sequential": {"effect": 0.3, "order_by": "study_group"}}}
    assert "no effect has a number" in run_analysis(effects, spec)["clinical"]["sequential"]["not_estimable"]
    spec["clinical"]["sequential"]["order_by"] = "study_when"
    assert "no column study_when" in run_analysis(effects, spec)["clinical"]["sequential"]["not_estimable"]


@pytest.mark.parametrize(
    ("fractions", "efficacy", "spent", "alpha", "expected", "information", "inflation"),
    [
        # R package rpact (Wassmer & Pahlke): two-sided beta spending, non-binding, from the values of its own tests.
        ([0.3, 0.4, 0.8, 1.0], [3.0276355, 2.8984727, 2.2289649, 2.0639032], [0, 0.010609935, 0.065960997, 0.1], 0.05,
         [np.nan, 0.13460523, 1.5007674], 11.628636, 1.1067068),
        ([0.15, 0.25, 0.8, 1.0], None, [0, 0, 0.051333333, 0.07], 0.025, [np.nan, np.nan, 1.8509555], 15.164247, 1.0974644),
    ],
)  # fmt: skip
def test_futility_boundaries_as_rpact_has_them(fractions, efficacy, spent, alpha, expected, information, inflation):
    upper = obrien_fleming_boundaries(fractions, alpha) if efficacy is None else efficacy
    found = futility_boundaries(fractions, upper, spent, alpha=alpha)
    assert found.boundaries[:-1] == pytest.approx(expected, abs=2e-7, nan_ok=True)
    assert found.boundaries[-1] == pytest.approx(upper[-1])
    assert (found.drift**2, found.inflation) == pytest.approx((information, inflation), rel=5e-6)


def test_futility_keeps_the_error_of_missing_the_effect_at_beta():
    t = np.array([0.3, 0.55, 0.8, 1.0])
    upper = obrien_fleming_boundaries(t)
    found = futility_boundaries(t, upper, obrien_fleming_spending(t, 0.2))
    rng = np.random.default_rng(8)
    steps = rng.normal(0, np.sqrt(np.diff(t, prepend=0.0)), (200_000, t.size))
    z = (np.cumsum(steps, axis=1) + found.drift * t) / np.sqrt(t)
    given_up, on = 0.0, np.ones(len(z), dtype=bool)
    for look in range(t.size):
        inside = np.abs(z[:, look]) < np.nan_to_num(found.boundaries[look])
        given_up += float((on & inside).mean())
        on &= ~inside & (np.abs(z[:, look]) < upper[look])
    assert given_up == pytest.approx(0.2, abs=3e-3)


def test_an_analysis_says_when_going_on_was_futile():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "effect_id": [f"e{i}" for i in range(12)], "study_id": [f"s{i}" for i in range(12)],
            "yi": rng.normal(0, 0.12, 12), "vi": 0.03, "study_year": list(range(2001, 2013)), "measure": "SMD",
        }
    )  # fmt: skip
    asked = {"effect": 0.25, "power": 0.8, "diversity": 0.0}
    plain, with_futility = (
        run_analysis(frame, {"clinical": {"sequential": asked | extra}})["clinical"]["sequential"]
        for extra in ({}, {"futility": True})
    )
    assert plain["futile_at"] is None and plain["inflation"] == 1.0
    factor = with_futility["inflation"]
    assert 1.0 < factor < 1.2
    assert with_futility["required_information"] == pytest.approx(factor * plain["required_information"])
    first = next(look for look in with_futility["looks"] if look["futile"])
    assert with_futility["futile_at"] == first["at"] and abs(first["z"]) < first["futility"] < first["boundary"]
    assert not with_futility["crossed"]
