"""The test of excess significance against metafor and by its definition."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.publication_bias.excess_significance import excess_significance
from scipy import stats


def test_the_expected_number_is_the_sum_of_powers():
    y, sei = np.array([0.5, 0.4, 0.1, 0.6]), np.array([0.2, 0.15, 0.1, 0.3])
    found = excess_significance(y, sei**2)
    theta = np.average(y, weights=sei**-2.0)
    power = stats.norm.sf(stats.norm.isf(0.05) - theta / sei)
    assert found.power == pytest.approx(power) and found.expected == pytest.approx(power.sum())
    assert found.observed == 3 and found.theta == pytest.approx(theta)


def test_an_effect_of_the_limit_s_size_leaves_no_excess():
    y, sei = np.array([0.5, 0.42, 0.61, 0.7, 0.55, 0.2]), np.array([0.25, 0.2, 0.3, 0.35, 0.27, 0.15])
    found = excess_significance(y, sei**2)
    expected = stats.norm.sf(stats.norm.isf(0.05) - found.limit / sei).sum()
    chi2 = (found.observed - expected) ** 2 * (1 / expected + 1 / (6 - expected))
    assert stats.norm.sf(np.sqrt(chi2)) == pytest.approx(0.10, abs=1e-9)


def test_negative_effects_are_tested_in_their_direction():
    y, v = np.array([0.5, 0.4, 0.1, 0.6]), np.array([0.04, 0.02, 0.01, 0.09])
    one, other = excess_significance(y, v), excess_significance(-y, v)
    assert other.p == pytest.approx(one.p) and other.theta == pytest.approx(-one.theta)


def test_full_power_leaves_nothing_to_test():
    with pytest.raises(NotEstimable, match="full power"):
        excess_significance([5.0, 6.0], [1e-4, 1e-4])


def test_results_have_each_by_name_or_the_reason(effects):
    names = ["limit_meta_analysis", "excess_significance", "p_curve"]
    found = run_analysis(effects, {"publication_bias": names, "one_per_study": "first"})["publication_bias"]
    assert found["excess_significance"]["k"] == 6 and "at least 10" in found["limit_meta_analysis"]["caution"]
    assert found["p_curve"]["k_significant"] == 2
    none = run_analysis(effects.assign(vi="4"), {"publication_bias": names, "one_per_study": "first"})
    assert "significant" in none["publication_bias"]["p_curve"]["not_estimable"]
    assert "equally precise" in none["publication_bias"]["limit_meta_analysis"]["not_estimable"]
    dependent = run_analysis(effects, {"publication_bias": names, "model": "multilevel"})["publication_bias"]
    assert all("independent" in dependent[name]["not_estimable"] for name in names)


@pytest.mark.parametrize("name", ["baskerville2012", "bcg_RR", "dorn2007_OR", "collins1985a_d_OR"])
def test_metafor_s_tes_of_the_oracle(oracle, name):
    data = oracle(name)
    expected = data["outputs"]["misc"]["tes"]
    found = excess_significance(data["inputs"]["yi"], data["inputs"]["vi"])
    ours = [found.observed, found.expected, found.chi2, found.p]
    assert ours == pytest.approx([expected[key] for key in ("O", "E", "X2", "p")], rel=1e-10)
    assert found.limit == (None if expected["theta_lim"] is None else pytest.approx(expected["theta_lim"], rel=2e-3))
