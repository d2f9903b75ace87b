"""Power of meta-analytic tests: a published tutorial's figure, simulations, and what must hold of any power."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.synthesis.model import fit, fit_batch
from prismake.synthesis.power import (
    detectable_effect,
    power_of_difference,
    power_of_homogeneity,
    power_of_mean,
    power_of_z,
    studies_needed,
    variance_of_smd,
)


def test_griffin_2021_power_of_ten_studies_of_twenty_people():
    # Griffin 2021, Quant Methods Psychol 17(1):24, and the vignette of metapower: d = .2, 20 people a study, k = 10,
    # fixed-effects model: 0.2917841.
    variance = variance_of_smd(0.2, 10, 10)
    assert power_of_mean(0.2, [variance] * 10).power == pytest.approx(0.2917841, abs=5e-8)


def test_power_without_an_effect_is_alpha():
    assert power_of_mean(0.0, [0.1, 0.2]).power == pytest.approx(0.05)
    assert power_of_mean(0.0, [0.1, 0.2], level=99).power == pytest.approx(0.01)
    assert power_of_difference([0.3, 0.3], [0.1, 0.2]) == pytest.approx(0.05)
    assert power_of_homogeneity([0.1, 0.2, 0.3], 0.0) == pytest.approx(0.05)


@settings(deadline=None, max_examples=40)
@given(st.floats(0.01, 2.0), st.floats(0.1, 0.999))
def test_the_detectable_effect_has_the_power_asked(se, power):
    assert float(power_of_z(detectable_effect(se, power), se)) == pytest.approx(power, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.floats(0.05, 1.0), st.floats(0.01, 0.5), st.floats(0.0, 0.3))
def test_studies_needed_are_the_fewest(effect, variance, tau2):
    k = studies_needed(effect, variance, tau2)
    assert power_of_mean(effect, [variance] * k, tau2).power >= 0.8
    assert k == 1 or power_of_mean(effect, [variance] * (k - 1), tau2).power < 0.8


def test_an_effect_of_zero_or_a_power_below_alpha_is_refused():
    with pytest.raises(ValueError, match="never found"):
        studies_needed(0.0, 0.1)
    with pytest.raises(ValueError, match="between alpha and 1"):
        detectable_effect(0.1, 0.04)


def test_two_groups_have_the_power_of_a_z_test_of_their_difference():
    assert power_of_difference([0.1, 0.5], [0.1, 0.15]) == pytest.approx(float(power_of_z(0.4, np.hypot(0.1, 0.15))))


def test_power_of_homogeneity_is_that_of_simulated_analyses():
    rng = np.random.default_rng(11)
    v = np.array([0.02, 0.05, 0.1, 0.08, 0.03, 0.15])
    y = rng.normal(0.2, np.sqrt(v + 0.04), (40_000, v.size))
    rejected = np.asarray(fit_batch(y, np.broadcast_to(v, y.shape), method="EE").QEp) < 0.05
    assert power_of_homogeneity(v, 0.04) == pytest.approx(float(rejected.mean()), abs=0.01)


def test_power_of_a_mean_is_that_of_simulated_analyses():
    rng = np.random.default_rng(12)
    v = np.array([0.02, 0.05, 0.1, 0.08, 0.03, 0.15])
    y = rng.normal(0.2, np.sqrt(v), (40_000, v.size))
    rejected = np.asarray(fit_batch(y, np.broadcast_to(v, y.shape), method="EE").pval)[:, 0] < 0.05
    found = power_of_mean(0.2, v)
    assert found.power == pytest.approx(float(rejected.mean()), abs=0.01)
    assert found.se == pytest.approx(float(fit(y[0], v, method="EE").se[0]))
