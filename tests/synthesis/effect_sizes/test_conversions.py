"""Conversions, each against an example that is worked out in print."""

from __future__ import annotations

import math

import pytest
from prismake.synthesis import clinical
from prismake.synthesis.effect_sizes import conversions as c
from prismake.synthesis.effect_sizes.escalc import escalc
from scipy import stats

# "Handbook": Cochrane Handbook for Systematic Reviews of Interventions, version 6.5.


def test_sd_from_a_confidence_interval() -> None:
    # Handbook 6.5.2.2: 25 people, 95% CI 30.0 to 34.2, t = 2.064: SD = 5.09.
    assert round(c.sd_from_ci(30.0, 34.2, 25), 2) == 5.09


def test_sd_from_a_p_value_of_a_difference() -> None:
    # Handbook 6.5.2.3: MD 3.8, p = .008, n = 25 and 22: t = 2.78, SE = 1.37, SD = 4.69.
    t = c.t_from_p(0.008, 45)
    assert round(t, 2) == 2.78
    assert round(3.8 / t, 2) == 1.37
    assert round(c.sd_from_difference(1.37, 25, 22), 2) == 4.69  # it goes on with the rounded SE


def test_change_sd_by_a_borrowed_correlation() -> None:
    # Handbook 6.5.2.8: SDs 6.4, 7.1 and of change 4.5 imply r = .78; 7.0, 6.9, 4.2: .82; with .80, 4.0 and 4.4 give
    # 2.68.
    assert round(c.pre_post_correlation(6.4, 7.1, 4.5), 2) == 0.78
    assert round(c.pre_post_correlation(7.0, 6.9, 4.2), 2) == 0.82
    assert round(c.sd_change(4.0, 4.4, 0.80), 2) == 2.68


def test_design_effect_of_a_cluster_trial() -> None:
    # Handbook 23.1.5: 295 + 330 children in 21 classes, ICC .02: design effect 1.576; 63/295 and 84/330 become
    # 40.0/187.2, 53.3/209.4.
    effect = c.design_effect((295 + 330) / 21, 0.02)
    assert round(effect, 3) == 1.575
    assert [round(x / 1.576, 1) for x in (63, 295, 84, 330)] == [40.0, 187.2, 53.3, 209.4]


def test_a_design_effect_is_never_a_gain() -> None:
    assert c.design_effect(20, -0.02) == 1.0


def test_conversions_between_d_odds_and_r() -> None:
    # Borenstein et al. (2009), pp. 47-49: ln OR .9069 is d .5000; d .5000 is r .2425 (equal groups); r .50 is d 1.1547.
    assert round(c.d_from_log_or(0.9069), 4) == 0.5
    assert round(float(clinical.correlation_of(0.5)), 4) == 0.2425
    assert round(c.d_from_r(0.5), 4) == 1.1547


def test_hasselblad_and_hedges_1995() -> None:
    # d = ln(OR) sqrt(3) / pi (their eq. 5). R's esc prints for OR 3.56 with the SE .91 of its log d .7001 with SE .5017, and
    # for d .7 back OR 3.5596 (reference page convert_or2d); mbir prints d .12 for OR 1.25 (es_convert).
    assert (round(c.d_from_log_or(math.log(3.56)), 4), round(c.d_from_log_or(0.91), 4)) == (0.7001, 0.5017)
    assert round(math.exp(0.7 / c.d_from_log_or(1.0)), 4) == 3.5596
    assert round(c.d_from_log_or(math.log(1.25)), 2) == 0.12
    # esc_mean_sd: 7 (SD 2, n 50) and 9 (3, 60) are a log odds ratio of -1.3982 with variance .1295.
    arms = {"m1i": [7], "n1i": [50], "m2i": [9], "n2i": [60], "sd1i": [2], "sd2i": [3]}
    (d, v), factor = escalc("SMD", arms, correct=False), 1 / c.d_from_log_or(1.0)
    assert (round(d[0] * factor, 4), round(v[0] * factor**2, 4)) == (-1.3982, 0.1295)


# R package esc, reference pages esc_t, esc_f, esc_rpb, esc_B and esc_beta (Lipsey & Wilson, 2001, appendix B): d and variance.
@pytest.mark.parametrize(
    ("given", "n", "printed"),
    [
        ({"ti": 3.3}, (100, 150), (0.4260, 0.0170)),
        ({"ti": 3.3}, (100, 100), (0.4667, 0.0205)),
        ({"pi": 0.03}, (100, 150), (0.2818, 0.0168)),
        ({"pi": 0.03}, (100, 100), (0.3091, 0.0202)),
        ({"ti": c.t_from_f(5.5)}, (100, 150), (0.3028, 0.0168)),
        ({"ti": c.t_from_f(5.5)}, (100, 100), (0.3317, 0.0203)),
        ({"di": c.d_from_r(0.3)}, (100, 100), (0.6290, 0.0210)),
        ({"di": 3.3 / c.sd_within_from_total(5, 3.3, 100, 150)}, (100, 150), (0.6962, 0.0176)),
        ({"di": c.d_from_r(0.7, 100, 150)}, (100, 150), (1.9928, 0.0246)),  # esc_beta(.7, 3, 100, 150)
    ],
)
def test_d_from_a_test_a_correlation_or_a_coefficient(given: dict, n: tuple, printed: tuple) -> None:
    data = {**{k: [v] for k, v in given.items()}, "n1i": [n[0]], "n2i": [n[1]]}
    d, v = escalc("SMD", data, correct=False)
    assert (round(d[0], 4), round(v[0], 4)) == printed


def test_d_from_chi_squared_and_phi() -> None:
    # The same, esc_chisq(9.9, totaln = 100), esc_chisq(p = .04) and esc_phi(.67): chi-squared of .04 is 4.2179.
    chi2 = float(stats.chi2.isf(0.04, 1))
    for (d, v), printed in (
        (c.d_from_chi2(9.9, 100), (0.6630, 0.0444)),
        (c.d_from_chi2(chi2, 100), (0.4197, 0.0418)),
        (c.d_from_phi(0.67, 100), (1.8051, 0.0726)),
    ):
        assert (round(d, 4), round(v, 4)) == printed
    assert c.d_from_chi2(9.9, 100, -1)[0] == -c.d_from_chi2(9.9, 100)[0]


def test_log_odds_of_a_table() -> None:
    # The same, esc_2x2: 30 of 80 and 40 of 85.
    yi, vi = escalc("OR", {"ai": [30], "bi": [50], "ci": [40], "di": [45]})
    assert (round(yi[0], 4), round(vi[0], 4), round(math.exp(yi[0]), 4)) == (-0.3930, 0.1006, 0.6750)


def test_a_table_is_rebuilt_from_its_margins() -> None:
    # The BCG trial of Aronson (1948) in Viechtbauer (2010), 4 of 123 and 11 of 139, from each of its measures.
    a, b, n1, n2 = 4, 11, 123, 139
    odds = a * (n2 - b) / ((n1 - a) * b)
    margins = (n1 + n2, n1, a + b)
    phi = (a * (n2 - b) - (n1 - a) * b) / math.sqrt(n1 * n2 * (a + b) * (n1 + n2 - a - b))
    yates = (n1 + n2) * (abs(a * (n2 - b) - (n1 - a) * b) - (n1 + n2) / 2) ** 2
    yates /= n1 * n2 * (a + b) * (n1 + n2 - a - b)
    cells = (4, 119, 11, 128)
    assert c.table_from_or(round(odds, 2), *margins) == cells
    assert c.table_from_phi(round(phi, 3), *margins) == cells
    assert c.table_from_chi2(phi**2 * (n1 + n2), *margins, -1) == cells
    assert c.table_from_chi2(round(yates, 2), *margins, -1, yates=True) == cells


def test_standard_error_from_an_interval_and_from_p() -> None:
    # Handbook 6.3.1: a risk difference of .03 with p = .008 has z 2.652 and SE .011. Handbook 6.3.2: the limits of a ratio are
    # taken as logs; a 95% interval is 3.92 standard errors wide, a 90% one 3.29, a 99% one 5.15.
    assert round(c.se_from_p(0.03, 0.008), 3) == 0.011
    assert [round(width / c.se_from_ci(0, width, level), 2) for width, level in ((1, 95), (1, 90), (1, 99))] == [
        3.92,
        3.29,
        5.15,
    ]


def test_standard_error_of_a_difference_from_its_interval() -> None:
    # Handbook 6.5.2.3: the divisor of a 95% interval with 25 and 22 people is twice 2.0141 (t with 45 degrees of freedom).
    assert round(1 / c.se_of_difference(0, 1, 25, 22), 4) == round(2 * 2.0141, 4)


# Morris (2008), Organ Res Methods 11:364, Table 5, as worked on metafor-project.org (analyses:morris2008): the two groups
# (mean before, after, SD before, n), r, and the effect d_ppc2.
@pytest.mark.parametrize(
    ("treated", "control", "r", "printed"),
    [
        ((30.6, 38.5, 15.0, 20), (23.1, 19.7, 13.8, 20), 0.47, 0.77),
        ((23.5, 26.8, 3.1, 50), (24.9, 25.3, 4.1, 42), 0.64, 0.80),
        ((0.5, 0.7, 0.1, 9), (0.6, 0.6, 0.2, 9), 0.77, 1.20),
        ((53.4, 75.9, 14.5, 10), (55.7, 60.7, 17.3, 11), 0.89, 1.05),
        ((35.6, 36.0, 4.7, 14), (34.8, 33.4, 3.1, 14), 0.44, 0.44),
    ],
)
def test_morris_2008(treated: tuple, control: tuple, r: float, printed: float) -> None:
    d, v = c.d_ppc2(treated, control, r, "approximate")
    assert round(d, 2) == printed
    assert v > 0


def test_the_small_sample_correction() -> None:
    # Borenstein et al. (2009), p. 27: J = 1 - 3 / (4 x 98 - 1) = .9923, so d .5970 is g .5924.
    assert (round(c.g_from_d(1.0, 98, "approximate"), 4), round(c.g_from_d(0.5970, 98, "approximate"), 4)) == (
        0.9923,
        0.5924,
    )


def test_matched_groups() -> None:
    # Borenstein et al. (2009), p. 29: SD of differences 5.5, r .70: SD within 7.1005; difference 3.0, n 50: d = .4225.
    within = c.sd_within_from_change(5.5, 0.7)
    assert (round(within, 4), round(3.0 / within, 4)) == (7.1005, 0.4225)


def test_log_hazard_ratio_from_the_log_rank_test() -> None:
    # Parmar, Torri & Stewart (1998), eqs. 1 and 2, on round numbers: O - E = -8, V = 20.
    assert c.log_hr_from_o_minus_e(-8, 20) == (pytest.approx(-0.4), pytest.approx(1 / math.sqrt(20)))


def test_interval_of_a_hazard_ratio_from_its_log_rank_variance() -> None:
    # Tierney et al. (2007), Trials 8:16, the bladder cancer trial: HR 0.88, V 128.81, 95% CI 0.74 to 1.05; and back again.
    log_hr, se = c.log_hr_from_o_minus_e(math.log(0.88) * 128.81, 128.81)
    low, high = (math.exp(log_hr + sign * 1.959964 * se) for sign in (-1, 1))
    assert (round(low, 2), round(math.exp(log_hr), 2), round(high, 2)) == (0.74, 0.88, 1.05)
    assert 1 / c.se_from_ci(math.log(low), math.log(high)) ** 2 == pytest.approx(128.81, rel=1e-6)


def test_the_factor_of_chinn() -> None:
    # Chinn (2000), Stat Med 19:3127: a log odds ratio divided by 1.81 is an effect size.
    assert c.d_from_log_or(1.81) == pytest.approx(1.0, abs=0.003)


def test_crossover_trial_with_a_borrowed_correlation() -> None:
    # Handbook 5.1, 16.4.6.4: n 10; 7.0 (SD 2.38) and 6.5 (2.21); r = .68: difference 0.5, SE 0.583.
    measured = {"m1i": [7.0], "m2i": [6.5], "sd1i": [2.38], "sd2i": [2.21], "ni": [10], "ri": [0.68]}
    difference, v = escalc("MC", measured)
    assert (round(difference[0], 3), round(math.sqrt(v[0]), 3)) == (0.5, 0.583)
    assert round(c.sd_change(2.38, 2.21, 0.68) / math.sqrt(10), 3) == 0.583


def test_log_hazard_ratio_from_events_alone() -> None:
    # Parmar et al. (1998), eq. 7: with as many people in both arms 4 over the events is its variance (Tierney et al., 2007).
    assert c.log_hr_variance_from_events(30, 30) == pytest.approx(4 / 60)
    assert c.log_hr_variance_from_events(20, 40) == pytest.approx(1 / 20 + 1 / 40)
