"""Published analyses by equal- and random-effects models: the engine gives what the pages print."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from prismake.synthesis.effect_sizes.conversions import d_ppc2
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.henmi_copas import henmi_copas
from prismake.synthesis.heterogeneity import profile_likelihood, q_profile
from prismake.synthesis.influence import cumulative
from prismake.synthesis.model import fit, fit_batch
from prismake.synthesis.moderation import best_linear_unbiased
from prismake.synthesis.permutation import permutation_test
from prismake.synthesis.two_by_two import mantel_haenszel, peto


def counts(table, measure, **options):
    return escalc(measure, {name: table[name] for name in ("ai", "n1i", "ci", "n2i")}, **options)


def bcg(published, measure):
    table = published("colditz1994")
    return table, *escalc(measure, {"ai": table["tpos"], "bi": table["tneg"], "ci": table["cpos"], "di": table["cneg"]})


def test_colditz_1994_abstract(published, printed):
    # Colditz et al. 1994, JAMA 271:698, abstract: 13 prospective trials, relative risk 0.49 (0.34 to 0.70).
    _, y, v = bcg(published, "RR")
    found = fit(y, v, method="DL")
    printed(np.exp([found.b[0], found.ci_lb[0], found.ci_ub[0]]), "0.49 0.34 0.70")


def test_van_houwelingen_2002_pages_596_to_599(published, printed):
    # van Houwelingen, Arends & Stijnen 2002, Stat Med 21:589. p. 596: log odds ratios, fixed 0.65 (0.60 to 0.70);
    # p. 597: ML -0.742 (SE 0.178), between-trial variance 0.302, its profile likelihood interval 0.1151 to 0.8937 as
    # drawn in Figure 3 (metafor's reproduction); p. 599: prediction interval -1.820 to 0.336 that leaves out the SE.
    _, y, v = bcg(published, "OR")
    fixed, random = fit(y, v, method="EE"), fit(y, v, method="ML")
    printed(np.exp([fixed.b[0], fixed.ci_lb[0], fixed.ci_ub[0]]), "0.65 0.60 0.70")
    printed([random.b[0], random.se[0], random.tau2], "-0.742 0.178 0.302")
    interval = profile_likelihood(y, v, restricted=False)
    printed([interval.lb, interval.ub], "0.1151 0.8937")
    half = 1.959964 * np.sqrt(random.tau2)
    printed([random.b[0] - half, random.b[0] + half], "-1.820 0.336")


def test_normand_1999_tables_iii_and_vii(published, printed):
    # Normand 1999, Stat Med 18:321, p. 330, Table III (risk differences of six lidocaine trials, in percentage points)
    # and p. 349, Table VII (fixed effects, REML and DL, which find no heterogeneity).
    y, v = counts(published("hine1989"), "RD")
    printed(100 * y, "2.8 0.0 2.0 1.8 3.5 4.4")
    for method in ("EE", "REML", "DL"):
        found = fit(100 * y, 1e4 * v, method=method)
        printed([found.b[0], found.ci_lb[0], found.ci_ub[0]], "2.94 0.38 5.51")
        assert found.tau2 == pytest.approx(0.0, abs=1e-12)


def test_normand_1999_tables_viii_and_ix(published, printed):
    # Normand 1999, pp. 351-352: lengths of stay with stroke, mean differences under the pooled SD, Tables VIII and IX.
    t = published("normand1999")
    sd = np.sqrt(((t["n1i"] - 1) * t["sd1i"] ** 2 + (t["n2i"] - 1) * t["sd2i"] ** 2) / (t["n1i"] + t["n2i"] - 2))
    y, v = escalc("MD", {"m1i": t["m1i"], "sd1i": sd, "n1i": t["n1i"], "m2i": t["m2i"], "sd2i": sd, "n2i": t["n2i"]})
    printed(y, "-20 -2 -55 -71 -4 1 11 -10 7")
    printed(v, "40.59 2.05 15.28 150.22 20.19 1.22 95.38 8.03 20.69")
    fixed, moments, reml = fit(y, v, method="EE"), fit(y, v, method="DL"), fit(y, v)
    printed([fixed.b[0], fixed.ci_lb[0], fixed.ci_ub[0]], "-3.49 -5.03 -1.96")
    printed([moments.b[0], moments.ci_lb[0], moments.ci_ub[0], moments.tau2], "-14.10 -24.45 -3.75 218.72")
    printed([reml.b[0], reml.ci_lb[0], reml.ci_ub[0], reml.tau2], "-15.12 -32.67 2.43 685.20")


def test_dersimonian_and_kacker_2007_tables_3_and_4(printed):
    # DerSimonian & Kacker 2007, Contemp Clin Trials 28:105, pp. 111-112, Tables 3 and 4: tau and mu of the CLASP trials
    # by Paule-Mandel, the variance component, DerSimonian-Laird and both their two-step forms.
    y, v = escalc("OR", {"ai": np.array([5, 5, 12, 69, 9, 313.0]), "n1i": np.array([156, 303, 565, 1570, 103, 4659.0]),
                         "ci": np.array([8, 17, 9, 94, 11, 352.0]), "n2i": np.array([74, 303, 477, 1565, 105, 4650.0])})  # fmt: skip
    component, moments = (float(fit(y, v, method=method).tau2) for method in ("HE", "DL"))
    two_step = [float(fit(y, v, method="GENQ", weights=1 / (v + first)).tau2) for first in (component, moments)]
    models = [fit(y, v, method="PM"), fit(y, v, method="HE"), fit(y, v, method="DL")]
    models += [fit(y, v, tau2=tau2) for tau2 in two_step]
    printed([np.sqrt(found.tau2) for found in models], "0.3681 0.4410 0.2323 0.3831 0.3254")
    printed([found.b[0] for found in models], "-0.3811 -0.4035 -0.3240 -0.3861 -0.3655")
    printed([found.se[0] for found in models], "0.2060 0.2327 0.1540 0.2115 0.1901")


def test_raudenbush_and_bryk_1985_pages_83_to_86(published, printed):
    # Raudenbush & Bryk 1985, J Educ Stat 10:75, pp. 83-86 (text) and Figure 2 (empirical Bayes; metafor's reproduction).
    # The Q of the paper is 35.85. Checked against metafor's test of this example, which names pages 83, 85, 86, Figure 2.
    t = published("raudenbush1985")
    found = fit(t["yi"], t["vi"])
    printed([found.tau2, found.b[0]], "0.019 0.084")
    printed(found.QE, "35.83")
    shrunk = best_linear_unbiased(t["yi"], t["vi"], found).pred
    # The fourth digit hangs on where the REML iterations stop.
    printed(
        shrunk,
        "0.0543 0.1006 -0.0064 0.2144 0.1051 -0.0082 0.0174 -0.0293 0.1604 0.2485 0.1618 0.1102 0.0646 0.1105 "
        "-0.0288 0.0258 0.1905 0.0744 0.0248",
        units=1,
    )


def test_raudenbush_2009_table_16_3(published, printed):
    # Raudenbush 2009, in Cooper, Hedges & Valentine (eds.), Handbook of Research Synthesis, 2nd ed., p. 309, Table 16.3:
    # tau2, mean and its SE by ML, REML, DL and HE, conventional and by Knapp and Hartung.
    t = published("raudenbush1985")
    methods = ("ML", "REML", "DL", "HE")
    usual = [fit(t["yi"], t["vi"], method=method) for method in methods]
    printed([found.tau2 for found in usual], "0.0126 0.0188 0.0259 0.0804")
    printed([found.b[0] for found in usual], "0.0777 0.0837 0.0893 0.1143")
    printed([found.se[0] for found in usual], "0.0475 0.0516 0.0558 0.0792")
    adjusted = [fit(t["yi"], t["vi"], method=method, test="knha") for method in methods]
    printed([found.se[0] for found in adjusted], "0.0593 0.0616 0.0636 0.0711")
    printed([found.statistic[0] for found in adjusted], "1.311 1.359 1.405 1.608")


def test_lipsey_and_wilson_2001_exhibit_7_3(published, printed):
    # Lipsey & Wilson 2001, Practical Meta-Analysis, p. 133, Exhibit 7.3.
    t = published("lipsey2001")
    fixed, random = fit(t["yi"], t["vi"], method="EE"), fit(t["yi"], t["vi"], method="DL")
    printed([fixed.b[0], fixed.se[0], fixed.statistic[0], fixed.pval[0], fixed.ci_lb[0], fixed.ci_ub[0]],
            "0.1549 0.0609 2.5450 0.0109 0.0356 0.2742")  # fmt: skip
    printed([fixed.QE, fixed.QEp], "14.7640 0.0976")
    printed([random.b[0], random.se[0], random.statistic[0], random.pval[0], random.ci_lb[0], random.ci_ub[0]],
            "0.1534 0.0858 1.7893 0.0736 -0.0146 0.3215")  # fmt: skip
    printed(random.tau2, "0.025955")


def test_henmi_and_copas_2010_page_2978(published, printed):
    # Henmi & Copas 2010, Stat Med 29:2969, p. 2978: acupoint stimulation, DerSimonian-Laird and the authors' method.
    y, v = counts(published("lee2004"), "OR")
    moments, robust = fit(y, v, method="DL"), henmi_copas(y, v)
    printed([moments.tau2, moments.b[0], moments.ci_lb[0], moments.ci_ub[0]], "0.3325 -0.6787 -1.0664 -0.2911")
    printed([robust.b, robust.ci_lb, robust.ci_ub], "-0.5145 -0.9994 -0.0295")


def test_viechtbauer_2007_confidence_intervals_table_ii(published, printed):
    # Viechtbauer 2007, Stat Med 26:37, p. 44, Table II: tau2 of nine trials of diuretics and its intervals.
    t = published("collins1985")
    y, v = escalc("OR", {"ai": t["pre.xti"], "n1i": t["pre.nti"], "ci": t["pre.xci"], "n2i": t["pre.nci"]})
    models = {method: fit(y, v, method=method) for method in ("DL", "ML", "REML", "SJ")}
    printed([found.tau2 for found in models.values()], "0.230 0.239 0.301 0.456")
    quantiles, ml, reml = q_profile(y, v), profile_likelihood(y, v, restricted=False), profile_likelihood(y, v)
    printed([quantiles.lb, quantiles.ub, ml.lb, ml.ub, reml.lb, reml.ub], "0.072 2.203 0.027 1.131 0.043 1.475")
    wald = [bound for method in ("ML", "REML") for sign in (-1, 1)
            for bound in [models[method].tau2 + sign * 1.96 * models[method].se_tau2]]  # fmt: skip
    printed(wald, "-0.101 0.578 -0.131 0.732")


def test_viechtbauer_2007_accounting_for_heterogeneity_pages_107_to_109(published, printed):
    # Viechtbauer 2007, Z Psychol 215:104, p. 107 (the article has 1.39 and Q = 55.54, a misprint for 51.54 by
    # metafor's reproduction) and p. 109 (it has an upper bound of 1.90).
    y, v = counts(published("linde2005"), "RR")
    fixed, random = fit(y, v, method="EE"), fit(y, v, method="DL")
    printed(np.exp([fixed.b[0], fixed.ci_lb[0], fixed.ci_ub[0]]), "1.39 1.26 1.52", units=0.7)
    printed(fixed.QE, "51.54", units=1)
    printed([np.exp(random.b[0]), np.exp(random.ci_lb[0])], "1.57 1.31")
    printed(random.tau2, "0.091", units=1)


def test_viechtbauer_2005_examples(printed):
    # Viechtbauer 2005, J Educ Behav Stat 30:261, p. 271 (example 1: ten studies) and p. 272 (example 2: eighteen).
    y = np.array([-0.581, 0.530, 0.771, 1.031, 0.553, 0.295, 0.078, 0.573, -0.176, -0.232])
    v = np.array([0.023, 0.052, 0.060, 0.115, 0.095, 0.203, 0.200, 0.211, 0.051, 0.040])
    methods = ("HS", "HE", "DL", "ML", "REML", "EB", "SJ")
    models = [fit(y, v, method=method) for method in methods]
    printed([found.tau2 for found in models], "0.228 0.148 0.277 0.197 0.223 0.192 0.199")
    printed([found.I2 for found in models], "77.23 68.80 80.44 74.51 76.84 74.05 74.75", units=1)
    y = np.array([0.100, -0.162, -0.090, -0.049, -0.046, -0.010, -0.431, -0.261, 0.134, 0.019, 0.175, 0.056, 0.045, 0.103,
                  0.121, -0.482, 0.290, 0.342])  # fmt: skip
    v = np.array([0.016, 0.015, 0.050, 0.050, 0.032, 0.052, 0.036, 0.024, 0.034, 0.033, 0.031, 0.034, 0.039, 0.167, 0.134,
                  0.096, 0.016, 0.035])  # fmt: skip
    printed([fit(y, v, method=method).tau2 for method in methods], "0.0099 0.0000 0.0126 0.0132 0.0157 0.0104 0.0248")


def test_stijnen_hamza_and_oezdemir_2010_tables_ii_and_iii(published, printed):
    # Stijnen, Hamza & Oezdemir 2010, Stat Med 29:3046, p. 3050, Table II (log odds of infection, normal-normal model;
    # control and intervention) and p. 3052, Table III (log odds ratios, without trials without any event).
    t = published("nielweise2007")
    for events, size, line in (("ci", "n2i", "-3.302 0.238 0.663"), ("ai", "n1i", "-4.260 0.259 0.393")):
        y, v = escalc("PLO", {"xi": t[events], "ni": t[size]})
        found = fit(y, v)
        printed([found.b[0], found.se[0], found.tau2], line)
    y, v = counts(t, "OR", drop00=True)
    kept = np.isfinite(y)
    found = fit(y[kept], v[kept])
    printed([found.b[0], np.sqrt(found.tau2)], "-0.980 0.189")
    printed(found.se[0], "0.244", units=1)


def test_molloy_2014_abstract(published, printed):
    # Molloy, O'Carroll & Ferguson 2014, Ann Behav Med 47:92, abstract: 16 studies, r = 0.15 (0.09, 0.21).
    t = published("molloy2014")
    found = fit(*escalc("ZCOR", t))
    printed(np.tanh([found.b[0], found.ci_lb[0], found.ci_ub[0]]), "0.15 0.09 0.21")


def test_baskerville_2012_abstract(published, printed):
    # Baskerville, Liddy & Hogg 2012, Ann Fam Med 10:63, abstract: 23 studies, 0.56 (0.43 to 0.68), I2 =
    # 20 %.
    t = published("baskerville2012")
    found = fit(t["smd"], t["se"] ** 2, method="DL")
    printed([found.b[0], found.ci_lb[0], found.ci_ub[0]], "0.56 0.43 0.68")
    printed(found.I2, "20")


def test_harrer_2021_section_4_2_1(published, printed):
    # Harrer, Cuijpers, Furukawa & Ebert 2021, Doing Meta-Analysis with R, section 4.2.1: Hedges' g of third-wave
    # psychotherapies in 18 studies, REML and Knapp-Hartung; Q-profile interval of tau2, I2 by Q.
    t = published("harrer2021")
    y, v = t["yi"], t["sei"] ** 2
    found, interval = fit(y, v, test="knha"), q_profile(y, v)
    printed([found.b[0], found.ci_lb[0], found.ci_ub[0]], "0.5771 0.3782 0.7760")
    printed([found.statistic[0], found.QE, found.QEp], "6.12 45.50 0.0002")
    printed([found.tau2, interval.lb, interval.ub], "0.0820 0.0295 0.3533")
    printed(100 * (found.QE - 17) / found.QE, "62.6")
    other = fit(y, v, method="PM")
    printed([other.b[0], other.tau2], "0.58735 0.1105")


def test_yusuf_1985_page_107(published, printed):
    # Yusuf et al. 1985, Prog Cardiovasc Dis 27:335, Table 6, as pooled by Peto's method on p. 107 (metafor's
    # reproduction).
    t = published("yusuf1985")
    t = {name: values[np.isfinite(t["ai"])] for name, values in t.items()}
    found = peto(t["ai"], t["n1i"], t["ci"], t["n2i"])
    printed(np.exp([found.b, found.ci_lb, found.ci_ub]), "0.9332 0.7385 1.1792")


def test_hahn_2001_abstract(published, printed):
    # Hahn, Kim & Garner 2001, BMJ 323:81, abstract: odds ratio 0.61 (0.47 to 0.81) of unscheduled infusions.
    t = published("hahn2001")
    found = peto(t["ai"], t["n1i"], t["ci"], t["n2i"])
    printed(np.exp([found.b, found.ci_lb, found.ci_ub]), "0.61 0.47 0.81")


def test_lau_1992_streptokinase_by_1973(published, printed):
    # Lau et al. 1992, N Engl J Med 327:248: after eight trials with 2432 patients, in 1973, the Mantel-Haenszel odds
    # ratio of death was 0.74 (0.59 to 0.92).
    t = {name: values[:8] for name, values in published("lau1992").items()}
    assert t["year"].max() == 1973 and (t["n1i"] + t["n2i"]).sum() == 2432
    found = mantel_haenszel(t["ai"], t["n1i"], t["ci"], t["n2i"])
    printed(np.exp([found.b, found.ci_lb, found.ci_ub]), "0.74 0.59 0.92")
    order, models = cumulative(*counts(t, "OR"), t["year"], method="EE")
    assert order.tolist() == list(range(8)) and models.b.shape == (8, 1)


def test_hackshaw_1997_page_980(published, printed):
    # Hackshaw, Law & Wald 1997, BMJ 315:980, abstract: relative risk 1.24 (1.13 to 1.36) in 37 studies.
    t = published("hackshaw1998")
    found = fit(t["yi"], t["vi"], method="DL")
    printed(np.exp([found.b[0], found.ci_lb[0], found.ci_ub[0]]), "1.24 1.13 1.36")


def test_follmann_and_proschan_1999_permutation():
    # Follmann & Proschan 1999, Biometrics 55:732, Table 1 (cholesterol lowering, eight trials): the permutation test of
    # the mean has p = 10/256.
    y, v = escalc("PETO", {"ai": np.array([173, 157, 131, 56, 52, 36, 62, 2.0]), "n1i": np.array([5331, 1906, 4541, 2051, 424, 1149, 6582, 88.0]),
                           "ci": np.array([210, 193, 121, 84, 65, 42, 20, 2.0]), "n2i": np.array([5296, 1900, 4516, 2030, 422, 1129, 1663, 30.0])})  # fmt: skip
    signs = np.array(list(product((1.0, -1.0), repeat=8)))
    means = fit_batch(y[None, :] * signs, np.broadcast_to(v, signs.shape), method="DL").b[:, 0]
    assert (np.abs(means) >= abs(fit(y, v, method="DL").b[0]) - 1e-12).sum() == 10
    # Ours orders the arrangements by the test statistic, which has more of them beyond.
    assert permutation_test(y, v, method="DL").p[0] == 14 / 256


def test_miller_1978_page_138(printed):
    # Miller 1978, Am Stat 32:138: the double arcsine of four proportions; ours is half of Miller's.
    y, v = escalc("PFT", {"xi": np.array([3, 6, 10, 1.0]), "ni": np.array([11, 17, 21, 6.0])})
    printed(2 * y, "1.1391 1.2888 1.5253 0.9515")
    printed(4 * v, "0.0870 0.0571 0.0465 0.1538")


def test_morris_2008_tables_1_and_5(printed):
    # Morris 2008, Organ Res Methods 11:364, p. 368, Table 1 (standardised by the own baseline of each arm) and Table 5
    # (d_ppc2, by the pooled one) of five training studies.
    treated = {"m_post": np.array([38.5, 26.8, 0.7, 75.9, 36.0]), "m_pre": np.array([30.6, 23.5, 0.5, 53.4, 35.6]),
               "sd_pre": np.array([15.0, 3.1, 0.1, 14.5, 4.7]), "n": np.array([20, 50, 9, 10, 14.0])}  # fmt: skip
    control = {"m_post": np.array([19.7, 25.3, 0.6, 60.7, 33.4]), "m_pre": np.array([23.1, 24.9, 0.6, 55.7, 34.8]),
               "sd_pre": np.array([13.8, 4.1, 0.2, 17.3, 3.1]), "n": np.array([20, 42, 9, 11, 14.0])}  # fmt: skip
    r = np.array([0.47, 0.64, 0.77, 0.89, 0.44])
    changes = [
        escalc("SMCR", {"m1i": a["m_post"], "m2i": a["m_pre"], "sd1i": a["sd_pre"], "ni": a["n"], "ri": r})[0]
        for a in (treated, control)
    ]
    printed(changes[0] - changes[1], "0.74 0.95 1.81 1.15 0.51")
    arms = [[(a["m_pre"][i], a["m_post"][i], a["sd_pre"][i], a["n"][i]) for a in (treated, control)] for i in range(5)]
    printed([d_ppc2(*both, r[i], "approximate")[0] for i, both in enumerate(arms)], "0.77 0.80 1.20 1.05 0.44")
