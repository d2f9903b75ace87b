"""Rounded numbers as intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.audit.rounding import Interval, centred, implied_p, p_interval, printed_decimals, rounded, scale_of
from scipy.special import ndtr


def test_a_printed_number_is_an_interval():
    assert rounded(0.22, 2).low == pytest.approx(0.215) and rounded(0.22, 2).high == pytest.approx(0.225)


@pytest.mark.parametrize(("numbers", "decimals"), [((0.22, 0.05), 2), ((0.2, 0.05), 2), ((17,), 0), ((0.047,), 3)])
def test_numbers_printed_together_have_equally_many_digits(numbers, decimals):
    assert printed_decimals(*numbers) == decimals


@pytest.mark.parametrize(
    ("p", "low", "high"), [(0.011, 0.0105, 0.0115), ("<.001", 0, 0.001), (".05", 0.045, 0.055), (">.05", 0.05, 1)]
)
def test_p_values_as_printed(p, low, high):
    found = p_interval(p)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("p", ["not stated", "", "p", "1.2", 1.2, -0.1])
def test_what_is_no_p_value_is_refused(p):
    with pytest.raises(ValueError):
        p_interval(p)


@pytest.mark.parametrize(
    ("p", "low", "high"),
    [("n.s.", 0.05, 1), ("ns", 0.05, 1), ("≤ .05", 0, 0.05), (">= 0.05", 0.05, 1), ("0,011", 0.0105, 0.0115),
     ("P < 0·001", 0, 0.001), ("p = .02", 0.015, 0.025), (0, 0, 0.05)],
)  # fmt: skip
def test_p_values_in_other_ways_of_writing(p, low, high):
    found = p_interval(p)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize(
    ("measure", "scale"),
    [("OR", "log"), ("risk ratio", "log"), ("Odds Ratio", "log"), ("r", "atanh"), ("Hedges' g", "plain"), ("SMD", "plain"),
     ("log OR", "plain"), ("Cohen’s d", "plain"), ("AUC", ""), ("", "")],
)  # fmt: skip
def test_the_scale_of_a_measure(measure, scale):
    assert scale_of(measure) == scale


def test_correlations_are_judged_on_fisher_s_scale():
    assert centred(0.50, (0.30, 0.66), 2, "atanh") and not centred(0.50, (0.30, 0.66), 2)
    assert implied_p(0.50, (0.30, 0.66), 2, scale="atanh").overlaps(p_interval("<.001"))


def test_nye_delgadillo_barkham_2023_abstract_is_coherent():
    # d = 0.22 [0.05, 0.39], p = .011; d = 0.14 [0.08, 0.20], p < .001 (J. Consult. Clin. Psychol. 91(7), abstract)
    assert implied_p(0.22, (0.05, 0.39), 2).overlaps(p_interval(0.011))
    assert implied_p(0.14, (0.08, 0.20), 2).overlaps(p_interval("<.001"))
    assert centred(0.22, (0.05, 0.39), 2) and centred(0.14, (0.08, 0.20), 2)


def test_a_significant_p_with_an_interval_over_zero_is_not_coherent():
    assert not implied_p(0.22, (-0.05, 0.49), 2).overlaps(p_interval(0.011))


def test_ratios_are_judged_on_the_log_scale():
    assert centred(2.0, (1.0, 4.0), 1, "log")
    assert not centred(2.0, (1.0, 4.0), 1)


@given(st.floats(-2, 2), st.floats(0.02, 1), st.integers(2, 4))
def test_what_was_rounded_from_true_values_always_stays_coherent(estimate, se, decimals):
    half = 1.959963984540054 * se
    shown = [round(x, decimals) for x in (estimate, estimate - half, estimate + half)]
    p = 2 * ndtr(-abs(estimate) / se)
    assert implied_p(shown[0], (shown[1], shown[2]), decimals).overlaps(Interval(p, p), slack=1e-9)
    assert centred(shown[0], (shown[1], shown[2]), decimals)
