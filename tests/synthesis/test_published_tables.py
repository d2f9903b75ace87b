"""Published pooling of tables and textbook examples: the engine gives what the pages print."""

from __future__ import annotations

import numpy as np
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.model import fit
from prismake.synthesis.outliers import outside
from prismake.synthesis.subgroups import subgroups
from prismake.synthesis.two_by_two import mantel_haenszel, peto, rate_ratio

# Rothman, Greenland & Lash 2008, Modern Epidemiology, 3rd ed., ch. 15; intervals are of 90 %.
TOLBUTAMIDE = (np.array([8, 22.0]), np.array([106, 98.0]), np.array([5, 16.0]), np.array([120, 85.0]))
SMOKERS = (np.array([32, 104, 206, 186, 102.0]), np.array([52407, 43248, 28612, 12663, 5317.0]))
NONSMOKERS = (np.array([2, 12, 28, 28, 31.0]), np.array([18790, 10673, 5710, 2585, 1462.0]))
DOWN = (np.array([3, 1.0]), np.array([12, 4.0]), np.array([104, 5.0]), np.array([1163, 91.0]))


def test_rothman_2008_table_15_1_by_mantel_and_haenszel(printed):
    # Table 15-1, tolbutamide and death by age: the pooled risk difference, risk ratio and odds ratio of the chapter, with
    # tests of homogeneity (the chapter has 0.088 and 0.001 for the difference; metafor's reproduction has the digits).
    difference = mantel_haenszel(*TOLBUTAMIDE, measure="RD", level=90)
    printed([difference.b, difference.ci_lb], "0.035 -0.018")
    printed([difference.ci_ub, difference.QE], "0.088 0.001", units=1)
    ratio = mantel_haenszel(*TOLBUTAMIDE, measure="RR", level=90)
    printed(np.exp([ratio.b, ratio.ci_lb, ratio.ci_ub]), "1.33 0.87 2.03")
    printed([ratio.QE, ratio.QEp], "0.45 0.50")
    odds = mantel_haenszel(*TOLBUTAMIDE, level=90, correct=False)
    printed(np.exp([odds.b, odds.ci_lb, odds.ci_ub]), "1.40 0.84 2.34")
    printed([odds.QE, odds.QEp, odds.MH, odds.MHp, odds.TA, odds.TAp], "0.35 0.56 1.19 0.28 0.35 0.55", units=0.6)


def test_rothman_2008_table_15_2_rates(printed):
    # Table 15-2, smoking and coronary deaths of British doctors: pooled rate ratio 1.42 (1.19 to 1.70), homogeneity 10.41.
    found = rate_ratio(*SMOKERS, *NONSMOKERS, level=90)
    printed(np.exp([found.b, found.ci_lb, found.ci_ub]), "1.42 1.19 1.70")
    printed([found.QE, found.QEp], "10.41 0.03")


def test_rothman_2008_table_15_5_sparse_case_control_data(printed):
    # Table 15-5, spermicide and Down syndrome: odds ratio 3.78 (1.43 to 10.0).
    found = mantel_haenszel(*DOWN, level=90, correct=False)
    printed(np.exp([found.b, found.ci_lb]), "3.78 1.43")
    printed(np.exp(found.ci_ub), "10.0")
    printed([found.MH, found.MHp], "5.81 0.016")


def test_metan_on_the_vaccine_trials(published, printed):
    # Stata's metan on the trials of Colditz et al. 1994 (Bradburn, Deeks & Altman 1998, sbe24; outputs in metafor's
    # tests): Mantel-Haenszel risk ratio and odds ratio, and Peto.
    t = published("colditz1994")
    cells = (t["tpos"], t["tpos"] + t["tneg"], t["cpos"], t["cpos"] + t["cneg"])
    for found, line, z in (
        (mantel_haenszel(*cells, measure="RR"), "0.635 0.588 0.686", "11.53"),
        (mantel_haenszel(*cells), "0.623 0.575 0.675", "11.54"),
        (peto(*cells), "0.622 0.575 0.674", "11.67"),
    ):
        printed(np.exp([found.b, found.ci_lb, found.ci_ub]), line)
        printed(abs(found.z), z)


# Borenstein, Hedges, Higgins & Rothstein 2009, Introduction to Meta-Analysis.
def test_borenstein_2009_chapter_5_risks(printed):
    # Ch. 5: 5 of 100 against 10 of 100 events; log risk ratio, log odds ratio and risk difference with their variances.
    counts = {"ai": np.array([5.0]), "n1i": np.array([100.0]), "ci": np.array([10.0]), "n2i": np.array([100.0])}
    for measure, line in (("RR", "-0.6931 0.2800"), ("OR", "-0.7472 0.3216"), ("RD", "-0.0500 0.0014")):
        y, v = escalc(measure, counts)
        printed([y[0], v[0]], line)


def test_borenstein_2009_chapter_6_correlation(printed):
    # Ch. 6: r = .50 of 100 people is z = .5493 with variance .0103.
    y, v = escalc("ZCOR", {"ri": np.array([0.5]), "ni": np.array([100.0])})
    printed([y[0], v[0]], "0.5493 0.0103")


def test_borenstein_2009_chapter_14_odds_ratios(printed):
    # Ch. 14, binary data: six studies, fixed effect -0.7241 (odds ratio 0.4847), random effects -0.5663 (0.5676, 0.3554 to
    # 0.9065), T2 = 0.1729, Q = 10.5512.
    n = np.array([65, 40, 80, 400, 40, 65.0])
    y, v = escalc(
        "OR", {"ai": np.array([12, 8, 14, 25, 8, 16.0]), "n1i": n, "ci": np.array([16, 10, 19, 80, 11, 18.0]), "n2i": n}
    )
    fixed, random = fit(y, v, method="EE"), fit(y, v, method="DL")
    printed([fixed.b[0], fixed.se[0], np.exp(fixed.b[0]), fixed.QE], "-0.7241 0.1539 0.4847 10.5512")
    printed([random.b[0], random.se[0], random.tau2], "-0.5663 0.2388 0.1729")
    printed(np.exp([random.b[0], random.ci_lb[0], random.ci_ub[0]]), "0.5676 0.3554 0.9065")


def test_borenstein_2009_chapter_14_correlations(printed):
    # Ch. 14, correlational data: six studies, fixed effect z = 0.3750 (r = 0.3584), random effects 0.5328 (0.4875, 0.2714
    # to 0.6568), T2 = 0.0819, Q = 36.1437.
    y, v = escalc(
        "ZCOR", {"ri": np.array([0.5, 0.6, 0.4, 0.2, 0.7, 0.45]), "ni": np.array([40, 90, 25, 400, 60, 50.0])}
    )
    fixed, random = fit(y, v, method="EE"), fit(y, v, method="DL")
    printed([fixed.b[0], np.tanh(fixed.b[0]), fixed.QE], "0.3750 0.3584 36.1437")
    printed(
        [random.b[0], *np.tanh([random.b[0], random.ci_lb[0], random.ci_ub[0]]), random.tau2],
        "0.5328 0.4875 0.2714 0.6568 0.0819",
    )


def test_borenstein_2009_chapter_19_subgroups(printed):
    # Ch. 19: tutoring studies of interventions A and B. Fixed effect within subgroups: means 0.3241 and 0.6111, Q 8.4316
    # and 4.5429, in all 26.4371, between 13.4626 (p = .0002); random effects with separate T2 0.0164 and 0.0022: means
    # 0.3245 and 0.6100, Q* between 8.0547 (p = .0045).
    y = np.array([0.110, 0.224, 0.338, 0.451, 0.480, 0.440, 0.492, 0.651, 0.710, 0.740])
    v = np.array([0.010, 0.030, 0.020, 0.015, 0.010, 0.015, 0.020, 0.015, 0.025, 0.012])
    fixed = subgroups(y, v, ["A"] * 5 + ["B"] * 5, method="EE")
    printed([level.fit.b[0] for level in fixed.levels], "0.3241 0.6111")
    printed(
        [*(level.fit.QE for level in fixed.levels), fit(y, v, method="EE").QE, fixed.q, fixed.p],
        "8.4316 4.5429 26.4371 13.4626 0.0002",
    )
    random = subgroups(y, v, ["A"] * 5 + ["B"] * 5, method="DL")
    printed([level.fit.tau2 for level in random.levels], "0.0164 0.0022")
    printed([level.fit.b[0] for level in random.levels], "0.3245 0.6100")
    printed([random.q, random.p], "8.0547 0.0045")


def test_borenstein_2009_chapter_20_meta_regression(published, printed):
    # Ch. 20: vaccine trials on latitude. Fixed effect: intercept 0.34356 (SE 0.08105), slope -0.02924; Q of
    # 152.2330 is 121.4999 of the model and 30.7331 of the residuals. Method of moments: 0.2595 (0.2323), -0.0292
    # (0.0067), T2 = 0.0633, Q 18.8452.
    t = published("colditz1994")
    y, v = escalc("RR", {"ai": t["tpos"], "bi": t["tneg"], "ci": t["cpos"], "di": t["cneg"]})
    x = np.column_stack([np.ones(13), t["ablat"]])
    fixed, random = fit(y, v, x, method="EE"), fit(y, v, x, method="DL")
    printed([*fixed.b, fixed.se[0]], "0.34356 -0.02924 0.08105")
    printed([fixed.QM, fixed.QE], "121.4999 30.7331")
    printed([*random.b, *random.se], "0.2595 -0.0292 0.2323 0.0067")
    printed([random.tau2, random.QM], "0.0633 18.8452")


# Harrer, Cuijpers, Furukawa & Ebert 2021, Doing Meta-Analysis with R.
def test_harrer_2021_section_5_4_without_outliers(published, printed):
    # Section 5.4.1: without the two studies whose intervals do not overlap the pooled one, 0.4528 [0.3257; 0.5800],
    # tau2 = 0.0139, Q = 19.95 (p = .1739).
    t = published("harrer2021")
    y, v = t["yi"], t["sei"] ** 2
    out = outside(y, v, fit(y, v, test="knha"))
    assert np.flatnonzero(out).tolist() == [2, 15]
    found = fit(y[~out], v[~out], test="knha")
    printed([found.b[0], found.ci_lb[0], found.ci_ub[0], found.tau2], "0.4528 0.3257 0.5800 0.0139")
    printed([found.QE, found.QEp], "19.95 0.1739")
