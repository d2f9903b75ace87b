"""Published meta-regressions, subgroups and dependent effects: the engine gives what the pages print."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.blocks import generalised_q, groups_of
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.heterogeneity import q_profile
from prismake.synthesis.model import fit
from prismake.synthesis.moderation import explained, predict
from prismake.synthesis.multilevel import fit_multilevel
from prismake.synthesis.multivariate import fit_multivariate
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


def test_van_houwelingen_2002_bivariate_pages_604_and_605(published, printed):
    # The same, pp. 604-605: log odds of both arms, bivariate, unstructured, ML.
    t = published("colditz1994")
    arms = [escalc("PLO", {"xi": t[p], "ni": t[p] + t[n]}) for p, n in (("cpos", "cneg"), ("tpos", "tneg"))]
    y, v = (np.column_stack([arm[i] for arm in arms]).ravel() for i in (0, 1))
    trial, group = np.repeat(t["trial"], 2), np.tile(["CON", "EXP"], 13)
    x = np.column_stack([group == "CON", group == "EXP"]).astype(float)
    found = fit_multivariate(y, np.diag(v), x, trial, group, method="ML")
    printed(found.b, "-4.096 -4.834")
    printed(found.tau2, "2.407 1.431", units=0.7)
    printed(found.rho, "0.947")
    difference = np.array([-1.0, 1.0])
    printed([difference @ found.b, np.sqrt(difference @ found.vb @ difference)], "-0.738 0.180")
    printed(difference @ found.G @ difference, "0.324")


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


def test_konstantopoulos_2011_tables_4_and_5(published, printed):
    # Konstantopoulos 2011, Res Synth Methods 2:61, p. 70, Table 4 (two levels, then three) and p. 71, Table 5 (year).
    t = published("konstantopoulos2011")
    one, year = np.ones((56, 1)), with_intercept(t["year"] - t["year"].mean())
    two = fit(t["yi"], t["vi"])
    printed([two.b[0], two.se[0], two.tau2], "0.128 0.044 0.088")
    three = fit_multilevel(t["yi"], t["vi"], one, t["district"])
    printed([three.b[0], np.sqrt(three.vb[0, 0]), *three.sigma2], "0.185 0.085 0.065 0.033")
    printed(three.QE, "578.864")
    moderated = fit_multilevel(t["yi"], t["vi"], year, t["district"], method="ML")
    printed(moderated.b, "0.178 0.005", units=1)


def test_berkey_1998_table_ii(published, printed):
    # Berkey et al. 1998, Stat Med 17:2537, p. 2545, Table II: surgical against non-surgical treatment of periodontal
    # disease, attachment level and probing depth on the year of publication, bivariate ML.
    t = published("berkey1998")
    V = np.zeros((10, 10))
    for i in range(0, 10, 2):
        V[i : i + 2, i : i + 2] = np.column_stack([t["v1i"][i : i + 2], t["v2i"][i : i + 2]])
    level, depth, year = t["outcome"] == "AL", t["outcome"] == "PD", t["year"] - 1983
    x = np.column_stack([level, depth, level * year, depth * year]).astype(float)
    found = fit_multivariate(t["yi"], V, x, t["trial"], t["outcome"], method="ML")
    printed(found.b, "-0.335 0.348 -0.011 0.001")
    printed(np.sqrt(np.diag(found.vb)), "0.079 0.052 0.024 0.015")
    printed([*found.tau2, found.G[0, 1]], "0.025 0.008 0.009")


def test_assink_and_wibbelink_2016(published, printed):
    # Assink & Wibbelink 2016, Quant Methods Psychol 12:154, section on the overall effect: 100 effects in 17 studies of
    # recidivism, g = 0.427; variances 0.188 between and 0.112 within studies.
    t = published("assink2016")
    found = fit_multilevel(t["yi"], t["vi"], np.ones((100, 1)), t["study"])
    printed([found.b[0], *found.sigma2], "0.427 0.188 0.112")


# Gleser & Olkin 2009, in Cooper, Hedges & Valentine (eds.), Handbook of Research Synthesis, 2nd ed., ch. 19.
STUDY, ARM = np.array([1, 1, 2, 3, 3, 3]), np.array([1, 2, 1, 1, 2, 3])
TREATED = np.array([[40, 40, 10, 150, 150, 150], [1000, 1000, 200, 2000, 2000, 2000]], dtype=float)
COMPARED = np.array([[100, 150, 15, 40, 80, 50], [4000, 4000, 400, 1000, 1000, 1000]], dtype=float)


@pytest.mark.parametrize(
    ("measure", "scale", "effects", "means", "variances", "q"),
    [
        # p. 360, Table 19.2; p. 361, eqs. 19.6 and 19.7; p. 362, eq. 19.8.
        ("RD", 1, "0.0150 0.0025 0.0125 0.0350 -0.0050 0.0250", "0.0200 0.0043 0.0211", "24.612 28.538 69.806", "7.1907"),
        # pp. 362-363 (Q is 2.057 in the chapter).
        ("OR", 1, "0.4855 0.0671 0.3008 0.6657 -0.0700 0.4321", "0.5099 0.0044 0.4301", "14120 11780 27030", "2.0563"),
        # pp. 363-364.
        ("RR", 1, "0.4700 0.0645 0.2877 0.6286 -0.0645 0.4055", "0.4875 0.0006 0.4047", None, None),
        # pp. 364-365 (Q is 4.264 in the chapter); the chapter's arcsine is twice ours.
        ("AS", 2, "0.0852 0.0130 0.0613 0.1521 -0.0187 0.1038", "0.1010 0.0102 0.0982", "580 610 1370", "4.2634"),
    ],
)  # fmt: skip
def test_gleser_and_olkin_2009_several_treatments(printed, measure, scale, effects, means, variances, q):
    y, v = escalc(measure, {"ai": TREATED[0], "n1i": TREATED[1], "ci": COMPARED[0], "n2i": COMPARED[1]})
    share, n = TREATED[0] / TREATED[1], TREATED[1]
    control = {
        "RD": share * (1 - share) / n,
        "OR": 1 / (n * share * (1 - share)),
        "RR": (1 - share) / (n * share),
        "AS": 1 / (4 * n),
    }
    V = np.where(STUDY[:, None] == STUDY[None, :], control[measure][:, None], 0.0)
    np.fill_diagonal(V, v)
    x = (ARM[:, None] == np.arange(1, 4)[None, :]).astype(float)
    found_q, b, vb = generalised_q(groups_of(y, v, x, STUDY, V=V))
    printed(scale * y, effects)
    printed(scale * b, means)
    if variances is not None:
        printed(1e6 * scale**2 * np.diag(vb), variances, units=0.5 if measure == "RD" else 6.0)
        printed(found_q, q, units=10)


def test_gleser_and_olkin_2009_several_treatments_with_means(printed):
    # pp. 364-367: four studies of two treatments with a common control, standardised mean differences.
    study, arm = np.array([1, 1, 2, 3, 4, 4]), np.array([1, 2, 1, 1, 1, 2])
    treated, control = np.array([7.87, 4.35, 9.32, 8.08, 7.44, 5.34]), np.array([-1.36, -1.36, 0.98, 1.17, 0.45, 0.45])
    sd = np.array([4.2593, 4.2593, 2.8831, 3.1764, 2.9344, 2.9344])
    n1, n2 = np.array([25, 22, 38, 50, 30, 30]), np.array([25, 25, 40, 50, 30, 30])
    total = np.array([72, 72, 78, 100, 90, 90])
    y = (treated - control) / sd
    V = np.where(study[:, None] == study[None, :], 1 / n2[:, None] + np.outer(y, y) / (2 * total[:, None]), 0.0)
    np.fill_diagonal(V, 1 / n1 + 1 / n2 + y**2 / (2 * total))
    x = (arm[:, None] == np.array([1, 2])[None, :]).astype(float)
    q, b, vb = generalised_q(groups_of(y, np.diag(V), x, study, V=V))
    printed(y, "2.1670 1.3406 2.8927 2.1754 2.3821 1.6664")
    printed(b, "2.374 1.570")
    printed([*np.diag(vb), vb[0, 1]], "0.0226 0.0355 0.0124")
    printed(q, "3.945")


def test_gleser_and_olkin_2009_several_endpoints_page_371(printed):
    # p. 371: seven schools, mathematics and reading, known correlations; Q is 19.62 in the chapter.
    pre = np.array([2.3, 2.5, 2.4, 1.3, 2.5, 2.4, 3.3, 1.7, 1.1, 2.0, 2.8, 2.1, 1.7, 0.6])
    post = np.array([10.3, 6.6, 9.7, 3.1, 8.7, 3.7, 7.5, 8.5, 2.2, 2.1, 3.8, 1.4, 1.8, 3.9])
    sd = np.array([8.2, 7.3, 8.3, 8.9, 8.5, 8.3, 7.7, 9.8, 9.1, 10.4, 9.6, 7.9, 9.2, 10.2])
    r = np.array([0.55, 0.43, 0.57, 0.66, 0.51, 0.59, 0.49])
    n1, n2 = np.array([22, 21, 26, 18, 38, 42, 39]), np.array([24, 21, 23, 18, 36, 42, 38])
    school = np.repeat(np.arange(7), 2)
    y = np.round((post - pre) / sd, 3)
    share = (1 / n1 + 1 / n2)[school]
    V = np.diag(np.round(share + y**2 / (2 * (n1 + n2))[school], 4))
    for s in range(7):
        both = np.round((1 / n1[s] + 1 / n2[s]) * r[s] + y[2 * s] * y[2 * s + 1] / (2 * (n1[s] + n2[s])) * r[s] ** 2, 4)
        V[2 * s, 2 * s + 1] = V[2 * s + 1, 2 * s] = both
    x = np.tile(np.eye(2), (7, 1))
    printed(generalised_q(groups_of(y, np.diag(V), x, school, V=V))[0], "19.62", units=1)
