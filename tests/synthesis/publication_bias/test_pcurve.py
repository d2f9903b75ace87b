"""p-curves of results that were simulated, and of a few that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.publication_bias.pcurve import p_curve
from scipy import stats


def _significant(mean: float, seed: int, count: int = 4000) -> np.ndarray:
    z = np.random.default_rng(seed).normal(mean, 1, count * 30)
    return z[np.abs(z) > stats.norm.isf(0.025)][:count]


def test_two_results_by_hand():
    z = stats.norm.isf(np.array([0.01, 0.03]) / 2)
    found = p_curve(z, np.ones(2))
    assert found.p_values == pytest.approx([0.01, 0.03]) and (found.k_significant, found.k_half) == (2, 1)
    assert found.right_skew.z_full == pytest.approx(stats.norm.ppf([0.2, 0.6]).sum() / np.sqrt(2))
    assert found.right_skew.z_half == pytest.approx(stats.norm.ppf(0.4))
    assert found.right_skew.p_binomial == pytest.approx(0.75)


def test_chance_alone_gives_a_flat_curve():
    # All in one direction, as if the other had not been published.
    found = p_curve(np.abs(_significant(0.0, 1)), np.ones(4000))
    assert not found.evidential_value and found.inadequate
    assert found.power is None or found.power < 0.07
    assert abs(found.right_skew.z_full) < 3 and abs(found.right_skew.z_half) < 3


@pytest.mark.parametrize(("power", "mean"), [(0.5, 1.9596), (0.8, 2.8016)])
def test_true_effects_skew_it_to_the_right_and_their_power_is_found(power, mean):
    z = _significant(mean, 2)
    found = p_curve(z[z > 0], np.ones((z > 0).sum()))
    assert found.evidential_value and not found.inadequate and found.right_skew.p_full < 1e-6
    assert found.power == pytest.approx(power, abs=0.04)


def test_a_power_of_a_third_is_the_edge_of_flatness():
    mean = stats.norm.isf(0.025) + stats.norm.ppf(1 / 3)
    z = _significant(mean, 3)
    found = p_curve(z[z > 0], np.ones((z > 0).sum()))
    assert abs(found.flatness.z_full) < 3 and abs(found.flatness.z_half) < 3


def test_it_needs_two_significant_results_in_the_direction_of_the_effect():
    with pytest.raises(NotEstimable, match="two significant"):
        p_curve([3.0, 0.5, 0.4, -2.5], np.ones(4))
