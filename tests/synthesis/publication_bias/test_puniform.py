"""p-uniform: the sum of the conditional p-values and Irwin and Hall's distribution."""

import numpy as np
import pytest
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.publication_bias.puniform import conditional_sum, irwin_hall_quantile, p_uniform

Y = np.array([0.9, 0.7, 0.45, 0.3, 0.1, 1.2])
V = np.array([0.04, 0.05, 0.03, 0.04, 0.05, 0.1])


def test_quantiles_of_sums_of_uniform_variables():
    assert irwin_hall_quantile(0.1, 1) == pytest.approx(0.1, abs=1e-12)
    assert irwin_hall_quantile(0.02, 2) == pytest.approx(0.2, abs=1e-12)  # P(S < x) = x^2 / 2
    assert irwin_hall_quantile(0.5, 31) == pytest.approx(15.5, abs=1e-9)
    for n in (59, 60):
        assert irwin_hall_quantile(0.025, n) + irwin_hall_quantile(0.975, n) == pytest.approx(n, abs=1e-9)
    # The exact and the approximate form meet.
    per_variable = [(n / 2 - irwin_hall_quantile(0.025, n)) / np.sqrt(n / 12) for n in (59, 60)]
    assert per_variable[0] == pytest.approx(per_variable[1], abs=5e-5)


def test_the_estimate_makes_the_conditional_p_values_uniform_on_average():
    found = p_uniform(Y, V)
    used = Y / np.sqrt(V) > 1.959963984540054
    k = int(used.sum())
    assert found.k_significant == k
    assert conditional_sum(found.b, Y[used], np.sqrt(V[used])) == pytest.approx(k / 2, abs=1e-9)
    assert found.ci_lb < found.b < found.ci_ub
    assert conditional_sum(found.ci_lb, Y[used], np.sqrt(V[used])) == pytest.approx(
        irwin_hall_quantile(0.025, k), abs=1e-9
    )


def test_the_other_direction_is_the_mirror():
    one, other = p_uniform(Y, V), p_uniform(-Y, V)
    assert other.alternative == "less" and other.b == pytest.approx(-one.b)
    assert (other.ci_lb, other.ci_ub) == pytest.approx((-one.ci_ub, -one.ci_lb)) and other.pval == pytest.approx(
        one.pval
    )


def test_without_a_significant_result_it_says_so():
    with pytest.raises(NotEstimable, match="no result is significant"):
        p_uniform([0.1, 0.2], [0.1, 0.1])
