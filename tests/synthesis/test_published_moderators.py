"""Published meta-regressions and subgroups: the engine gives what the pages print."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.heterogeneity import q_profile
from prismake.synthesis.model import fit
from prismake.synthesis.moderation import explained, predict
from prismake.synthesis.subgroups import subgroups


def with_intercept(*columns):
    return np.column_stack([np.ones(len(columns[0])), *columns])


def bcg(published, measure):
    t = published("colditz1994")
    return t, *escalc(measure, {"ai": t["tpos"], "bi": t["tneg"], "ci": t["cpos"], "di": t["cneg"]})


def test_berkey_1995_page_408(published, printed):
    # Berkey, Hoaglin, Mosteller & Colditz 1995, Stat Med 14:395, p. 408: empirical Bayes with smoothed variances, latitude
    # centred at 33.46 (the article has -0.6304 for the mixed and -0.5950, 0.0039 for the fixed model).
    t, y, _ = bcg(published, "RR")
    n1, n2 = t["tpos"] + t["tneg"], t["cpos"] + t["cneg"]
    v = (t["tneg"] / t["tpos"]).sum() / (13 * n1) + (t["cneg"] / t["cpos"]).sum() / (13 * n2)
    x = with_intercept(t["ablat"] - 33.46)
    random, mixed, fixed = fit(y, v, method="EB"), fit(y, v, x, method="EB"), fit(y, v, x, method="EE")
    printed([random.b[0], random.se[0], random.tau2], "-0.5429 0.1842 0.268")
    printed(mixed.b, "-0.6304 -0.0268", units=1)
    printed([*mixed.se, mixed.tau2], "0.1591 0.0110 0.157")
    printed(fixed.b, "-0.5950 -0.0282", units=1)
    printed(fixed.se, "0.0696 0.0039", units=1)
    at = with_intercept(np.array([33.46, 42.0]) - 33.46)
    printed(np.exp(predict(mixed, at).pred), "0.53 0.42")
    printed(np.exp(predict(fixed, at).pred), "0.55 0.43")


def test_van_houwelingen_2002_pages_608_and_609(published, printed):
    # van Houwelingen, Arends & Stijnen 2002, pp. 608-609: log odds ratios on latitude, ML.
    t, y, v = bcg(published, "OR")
    x = with_intercept(t["ablat"])
    found = fit(y, v, x, method="ML")
    printed([*found.b, *found.se], "0.371 -0.0327 0.106 0.0034")
    printed(found.tau2, "0.004")
    assert explained(y, v, x, found, fit(y, v, method="ML")) == pytest.approx(98.6691, abs=0.01)


def test_raudenbush_2009_table_16_2(published, printed):
    # Raudenbush 2009, p. 301, Table 16.2: weeks of prior contact, three or more as three; REML.
    t = published("raudenbush1985")
    found = fit(t["yi"], t["vi"], with_intercept(np.minimum(t["weeks"], 3)))
    printed([*found.b, *found.statistic, found.QE], "0.407 -0.157 4.678 -4.388 16.571")
    assert found.tau2 == pytest.approx(0.0, abs=1e-6)


def test_lipsey_and_wilson_2001_exhibit_7_4(published, printed):
    # Lipsey & Wilson 2001, p. 138, Exhibit 7.4: analogue to the analysis of variance, random assignment or not (the book
    # has 7.0738, 7.6902 and 6.4383).
    t = published("lipsey2001")
    found = subgroups(t["yi"], t["vi"], list(t["random"]), tau2="separate", method="EE")
    printed([level.fit.b[0] for level in found.levels], "0.2984 -0.0277")
    printed([level.fit.se[0] for level in found.levels], "0.0813 0.0917")
    printed([level.fit.QE for level in found.levels], "6.4383 1.2519", units=1)
    printed([found.q, sum(level.fit.QE for level in found.levels)], "7.0738 7.6902", units=2)
    printed(found.p, "0.0078")


def test_lipsey_and_wilson_2001_exhibits_7_6_and_7_7(published, printed):
    # Lipsey & Wilson 2001, p. 141, Exhibits 7.6 (fixed) and 7.7 (mixed; QM 5.5709 in the book): two moderators.
    t = published("lipsey2001")
    x = with_intercept(t["random"], t["intensity"])
    fixed, mixed = fit(t["yi"], t["vi"], x, method="EE"), fit(t["yi"], t["vi"], x, method="DL")
    printed([*fixed.b, *fixed.se], "0.3223 -0.3298 -0.0041 0.2998 0.1304 0.0493")
    printed([fixed.QM, fixed.QMp, fixed.QE], "7.0807 0.0290 7.6833", units=1)
    printed([*mixed.b, *mixed.se], "0.3311 -0.3269 -0.0068 0.3198 0.1439 0.0528")
    printed([mixed.QM, mixed.QMp], "5.5709 0.0617", units=2)
    printed(mixed.tau2, "0.00488")


def test_viechtbauer_2007_table_ii_page_113(published, printed):
    # Viechtbauer 2007, Z Psychol 215:104, p. 112 (tau2, R2 of 48 %) and p. 113, Table II: total dosage, baseline severity
    # and their product, centred at 34 and 20.
    t = published("linde2005")
    y, v = escalc("RR", {name: t[name] for name in ("ai", "n1i", "ci", "n2i")})
    dosage, baseline = t["dosage"] * 7 / 1000 * t["duration"] - 34, t["baseline"] - 20
    x = with_intercept(dosage, baseline, dosage * baseline)
    found = fit(y, v, x, method="DL")
    printed(found.tau2, "0.0475")
    printed([*found.b, *found.se], "0.4763 -0.0058 -0.0672 -0.0016 0.0876 0.0100 0.0352 0.0034")
    printed(explained(y, v, x, found, fit(y, v, method="DL")), "48", units=0.7)
    at = np.array([[1, 0, 12.5 - 20, 0], [1, 0, 23.6 - 20, 0]])
    printed(np.exp(predict(found, at).pred), "2.66 1.26", units=0.7)


def test_jackson_2014_examples(printed):
    # Jackson, Turner, Rhodes & Viechtbauer 2014, BMC Med Res Methodol 14:103, examples 1 and 2: the Paule-Mandel interval
    # of the residual tau2, and the approximate one from REML and its standard error.
    y = np.array(
        [
            0.0267,
            0.8242,
            0.3930,
            2.4405,
            2.1401,
            1.2528,
            2.4849,
            0.3087,
            1.4246,
            0.1823,
            1.1378,
            1.2321,
            2.0695,
            4.0237,
            1.4383,
            1.6021,
        ]
    )
    v = np.array(
        [
            0.1285,
            0.0315,
            0.0931,
            2.0967,
            1.0539,
            0.1602,
            1.0235,
            0.0218,
            0.5277,
            0.0556,
            0.3304,
            0.1721,
            0.4901,
            2.0200,
            0.3399,
            0.1830,
        ]
    )
    x = with_intercept(np.repeat([0.0, 1.0], [10, 6]))
    interval, reml = q_profile(y, v, x), fit(y, v, x)
    printed([interval.lb, interval.ub], "0.0023 1.4871")
    printed(reml.tau2 * np.exp(np.array([-1.96, 1.96]) * reml.se_tau2 / reml.tau2), "0.0110 0.6330")
    y = np.array(
        [
            0.54,
            0.4,
            0.64,
            0.365,
            0.835,
            0.02,
            0.12,
            0.085,
            1.18,
            0.08,
            0.18,
            0.325,
            0.06,
            0.715,
            0.065,
            0.245,
            0.24,
            0.06,
            0.19,
        ]
    )
    v = np.array(
        [
            0.0176,
            0.019,
            0.0906,
            0.0861,
            0.0063,
            0.0126,
            0.0126,
            0.0041,
            0.0759,
            0.0126,
            0.0104,
            0.0242,
            0.0026,
            0.2629,
            0.0169,
            0.0156,
            0.0481,
            0.0084,
            0.0044,
        ]
    )
    year = [
        1986,
        1987,
        1988,
        1988,
        1998,
        1999,
        2000,
        2000,
        2000,
        2001,
        2001,
        2001,
        2002,
        2002,
        2002,
        2002,
        2003,
        2003,
        2003,
    ]
    x = with_intercept(np.array(year, dtype=float))
    interval, reml = q_profile(y, v, x), fit(y, v, x)
    printed([interval.lb, interval.ub], "0.0178 0.1564")
    printed(reml.tau2 * np.exp(np.array([-1.96, 1.96]) * reml.se_tau2 / reml.tau2), "0.0163 0.1108")
