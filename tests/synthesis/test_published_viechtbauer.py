"""Viechtbauer 2010, J Stat Softw 36(3): every example on the vaccine trials of Colditz et al., log risk ratios by REML."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.heterogeneity import inconsistency_of, q_profile
from prismake.synthesis.influence import cumulative, influence, leave_one_out
from prismake.synthesis.model import fit
from prismake.synthesis.moderation import best_linear_unbiased, explained, predict
from prismake.synthesis.permutation import permutation_test
from prismake.synthesis.regression_test import regression_test
from prismake.synthesis.trim_and_fill import trim_and_fill
from scipy.stats import chi2


@pytest.fixture
def trials(published):
    table = published("colditz1994")
    y, v = escalc("RR", {"ai": table["tpos"], "bi": table["tneg"], "ci": table["cpos"], "di": table["cneg"]})
    return table, y, v


@pytest.fixture
def moderated(trials):
    """Intercept, latitude and year."""
    table, y, v = trials
    return y, v, np.column_stack([np.ones(13), table["ablat"], table["year"]])


def line_of(fitted, coefficient=0):
    names = ("b", "se", "statistic", "pval", "ci_lb", "ci_ub")
    return [getattr(fitted, name)[coefficient] for name in names]


def test_viechtbauer_2010_page_14_random_effects(trials, printed):
    _, y, v = trials
    found, interval = fit(y, v), q_profile(y, v)
    printed([found.b[0], found.se[0], found.statistic[0]], "-0.7145 0.1798 -3.9744")
    printed([found.ci_lb[0], found.ci_ub[0]], "-1.0669 -0.3622")
    printed([found.tau2, found.se_tau2, found.I2, found.H2, found.QE], "0.3132 0.1664 92.22 12.86 152.2330")
    printed(np.exp([found.b[0], found.ci_lb[0], found.ci_ub[0]]), "0.49 0.34 0.70")
    # confint(): tau2, tau, I2 and H2; their lower bounds, 81.9177 and 5.5303, come from a root found to four digits.
    for bound, line in ((interval.lb, "0.1197 0.3460 81.92 5.53"), (interval.ub, "1.1115 1.0543 97.6781 43.0677")):
        printed([bound, np.sqrt(bound), *inconsistency_of(bound, float(found.vt))], line)
    # p. 21: predict() in risk ratios.
    printed(np.exp(found.prediction_interval()), "0.15 1.55")


def test_viechtbauer_2010_page_16_latitude_and_year(moderated, printed):
    y, v, x = moderated
    found = fit(y, v, x)
    printed([found.tau2, found.se_tau2, np.sqrt(found.tau2)], "0.1108 0.0845 0.3328")
    printed([found.QE, found.QEp, found.QMp], "28.3251 0.0016 0.0022")
    # metafor's iterations end when a step is below 1e-5; with a threshold of 1e-10 it gives our QM of 12.2045.
    printed(found.QM, "12.2043", units=2.5)
    printed(line_of(found, 0), "-3.5455 29.0959 -0.1219 0.9030 -60.5724 53.4814", units=7.5)
    printed(line_of(found, 1), "-0.0280 0.0102 -2.7371 0.0062 -0.0481 -0.0080")
    printed(line_of(found, 2), "0.0019 0.0147 0.1299 0.8966 -0.0269 0.0307")
    printed(explained(y, v, x, found, fit(y, v)), "65")
    # p. 17: risk ratios predicted for 1970 at latitudes of 10 to 60 degrees, with both intervals.
    ahead = predict(found, np.column_stack([np.ones(6), np.arange(10, 61, 10), np.full(6, 1970)]))
    printed(np.exp(ahead.pred), "0.9345 0.7062 0.5337 0.4033 0.3048 0.2303")
    printed(np.exp(ahead.ci_lb), "0.5833 0.5149 0.4196 0.2956 0.1916 0.1209")
    printed(np.exp(ahead.ci_ub), "1.4973 0.9686 0.6789 0.5502 0.4848 0.4386")
    printed(np.exp(ahead.pi_lb), "0.4179 0.3421 0.2663 0.1958 0.1369 0.0921")
    printed(np.exp(ahead.pi_ub), "2.0899 1.4579 1.0697 0.8306 0.6787 0.5761")


def test_viechtbauer_2010_pages_19_and_20_allocation(trials, printed):
    table, y, v = trials
    allocation = np.array(list("rrrraarrrssss"))
    each = np.column_stack([allocation == kind for kind in "ras"]).astype(float)
    found = fit(y, v, each)
    printed(line_of(found, 0), "-0.9658 0.2672 -3.6138 0.0003 -1.4896 -0.4420")
    printed(line_of(found, 1), "-0.5180 0.4412 -1.1740 0.2404 -1.3827 0.3468")
    printed(line_of(found, 2), "-0.4289 0.3449 -1.2434 0.2137 -1.1050 0.2472")
    against = fit(y, v, np.column_stack([np.ones(13), each[:, 1:]]))
    printed([against.QM, against.QMp], "1.7675 0.4132")
    printed(line_of(against, 1), "0.4478 0.5158 0.8682 0.3853 -0.5632 1.4588")
    printed(line_of(against, 2), "0.5369 0.4364 1.2303 0.2186 -0.3184 1.3921")
    # p. 20: Knapp and Hartung, with latitude; alternate allocation is the reference.
    both = fit(y, v, np.column_stack([np.ones(13), each[:, [0, 2]], table["ablat"]]), test="knha")
    printed([both.tau2, both.se_tau2, both.QE, both.QEp], "0.1446 0.1124 26.2034 0.0019")
    printed([both.QM, both.QMp], "3.4471 0.0650")
    printed(line_of(both, 0), "0.2932 0.4188 0.7000 0.5016 -0.6543 1.2407")
    printed(line_of(both, 1), "-0.2675 0.3624 -0.7381 0.4793 -1.0873 0.5523")
    printed(line_of(both, 2), "0.0585 0.3925 0.1490 0.8849 -0.8294 0.9463")
    printed(line_of(both, 3), "-0.0273 0.0095 -2.8669 0.0186 -0.0488 -0.0058")


def test_viechtbauer_2010_page_23_studentised_residuals(moderated, printed):
    found = influence(*moderated)
    printed(found.rstudent[[0, 1, 2, 3, 6, 11, 12]], "0.2978 -0.4303 -0.5100 -1.4032 -2.5961 1.4677 2.1302")


def test_viechtbauer_2010_page_24_leave_one_out(trials, printed):
    _, y, v = trials
    found = leave_one_out(y, v)
    printed(np.exp(found.b[:, 0]), "0.493 0.520 0.504 0.533 0.466 0.491 0.519 0.452 0.477 0.520 0.469 0.468 0.460")
    printed(
        found.statistic[:, 0],
        "-3.722 -3.620 -3.692 -3.558 -3.984 -3.550 -3.631 -4.418 -3.769 -3.544 -3.871 -4.173 -4.191",
    )
    printed(np.exp(found.ci_lb[:, 0]), "0.340 0.365 0.350 0.377 0.320 0.332 0.365 0.317 0.324 0.363 0.319 0.327 0.319")
    printed(np.exp(found.ci_ub[:, 0]), "0.716 0.741 0.725 0.754 0.678 0.727 0.740 0.643 0.701 0.747 0.688 0.668 0.661")
    printed(
        found.QE,
        "151.583 145.318 150.197 96.563 151.320 128.187 145.830 67.986 152.205 139.827 151.466 150.787 149.788",
    )
    printed(found.tau2, "0.336 0.293 0.321 0.263 0.328 0.360 0.293 0.273 0.349 0.299 0.340 0.308 0.304")
    printed(found.I2, "93.226 92.254 92.935 90.412 92.763 90.912 92.278 87.031 93.213 92.232 91.811 92.678 92.344")
    printed(found.H2, "14.762 12.910 14.155 10.430 13.819 11.003 12.950 7.711 14.735 12.874 12.211 13.658 13.062")


def test_viechtbauer_2010_pages_30_to_32_small_study_effects(trials, moderated, printed):
    table, y, v = trials
    found = regression_test(y, v, model="lm")
    assert found.df == 11
    printed([found.statistic, found.p], "-1.4013 0.1887")
    # The total sample size beside latitude and year, a model of its own.
    n = table["tpos"] + table["tneg"] + table["cpos"] + table["cneg"]
    with_size = fit(y, v, np.column_stack([moderated[2], n]))
    printed([with_size.statistic[3], with_size.pval[3]], "0.7470 0.4550")
    filled = trim_and_fill(y, v, method="EE")
    assert (filled.k0, filled.side) == (4, "right")
    printed(filled.fit.QE, "262.7316")
    printed(np.delete(line_of(filled.fit), 3), "-0.2910 0.0383 -7.6057 -0.3660 -0.2160")


def test_viechtbauer_2010_page_33_cumulative(trials, printed):
    # Figure 9, by year.
    table, y, v = trials
    _, models = cumulative(y, v, table["year"])
    printed(np.exp(models.b[:, 0]), "0.41 0.27 0.38 0.37 0.33 0.38 0.41 0.45 0.42 0.46 0.49 0.45 0.49")
    printed(np.exp(models.ci_lb[:, 0]), "0.13 0.13 0.23 0.24 0.22 0.26 0.28 0.31 0.29 0.32 0.35 0.32 0.34")
    printed(np.exp(models.ci_ub[:, 0]), "1.26 0.53 0.61 0.57 0.49 0.55 0.59 0.67 0.62 0.65 0.70 0.64 0.70")


def test_viechtbauer_2010_page_34_likelihood_ratio(trials, printed):
    table, y, v = trials
    full = fit(y, v, np.column_stack([np.ones(13), table["ablat"]]), method="ML")
    reduced = fit(y, v, method="ML")
    printed([full.ml.aic, full.ml.bic, full.ml.ll, full.QE, full.tau2], "21.3713 23.0662 -7.6857 30.7331 0.0344")
    printed([reduced.ml.aic, reduced.ml.bic, reduced.ml.ll, reduced.tau2], "29.3302 30.4601 -12.6651 0.2800")
    ratio = 2 * (full.ml.ll - reduced.ml.ll)
    printed([ratio, chi2.sf(ratio, 1), 100 * (1 - full.tau2 / reduced.tau2)], "9.9588 0.0016 87.73")


def test_viechtbauer_2010_page_35_permutation(trials, moderated, printed):
    _, y, v = trials
    exact = permutation_test(y, v)
    assert exact.exact and exact.arrangements == 8192
    printed(exact.p, "0.0015")
    # p. 36: 10,000 drawn orders of the moderators there, others here; three standard errors of both.
    drawn = permutation_test(*moderated)
    for found, p in zip([drawn.QMp, *drawn.p], (0.0232, 0.9150, 0.0224, 0.8950), strict=True):
        assert abs(found - p) <= 3 * np.sqrt(2 * p * (1 - p) / 10_000)


def test_viechtbauer_2010_page_38_best_linear_unbiased_predictions(trials, printed):
    _, y, v = trials
    found = best_linear_unbiased(y, v, fit(y, v))
    for row, line in (
        (0, "-0.8002 0.4099 -1.6037 0.0032"),
        (1, "-1.2517 0.3532 -1.9440 -0.5594"),
        (2, "-0.9869 0.4348 -1.8392 -0.1346"),
        (3, "-1.3979 0.1376 -1.6675 -1.1283"),
        (4, "-0.2874 0.2113 -0.7015 0.1268"),
        (12, "-0.1467 0.2434 -0.6239 0.3304"),
    ):
        printed([found.pred[row], found.se[row], found.pi_lb[row], found.pi_ub[row]], line)
