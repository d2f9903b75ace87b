"""Published analyses of dependent effects: the engine gives what the pages print."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.aggregation import one_per_study
from prismake.synthesis.blocks import generalised_q, groups_of
from prismake.synthesis.clinical import event_rate_from_d, number_needed_to_treat
from prismake.synthesis.dependent import heterogeneity_of
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.heterogeneity import q_based
from prismake.synthesis.influence import influence
from prismake.synthesis.model import fit
from prismake.synthesis.multilevel import fit_multilevel
from prismake.synthesis.multivariate import fit_multivariate
from prismake.synthesis.outliers import outside
from prismake.synthesis.profile import Profile
from prismake.synthesis.robust import robust


def with_intercept(*columns):
    return np.column_stack([np.ones(len(columns[0])), *columns])


@pytest.fixture
def vaccine_arms(published):
    """Log odds of both arms of the vaccine trials, control first: effects, variances, trial, whether control, latitude."""
    t = published("colditz1994")
    arms = [escalc("PLO", {"xi": t[p], "ni": t[p] + t[n]}) for p, n in (("cpos", "cneg"), ("tpos", "tneg"))]
    y, v = (np.column_stack([arm[i] for arm in arms]).ravel() for i in (0, 1))
    return y, v, np.repeat(t["trial"], 2), np.tile([1.0, 0.0], 13), np.repeat(t["ablat"], 2)


def test_van_houwelingen_2002_bivariate_pages_604_and_605(vaccine_arms, printed):
    # van Houwelingen, Arends & Stijnen 2002, Stat Med 21:589, pp. 604-605: log odds of both arms, bivariate, unstructured, ML.
    y, v, trial, control, _ = vaccine_arms
    found = fit_multivariate(y, np.diag(v), np.column_stack([control, 1 - control]), trial, 1 - control, method="ML")
    printed(found.b, "-4.096 -4.834")
    printed(found.tau2, "2.407 1.431", units=0.7)
    printed(found.rho, "0.947")
    difference = np.array([-1.0, 1.0])
    printed([difference @ found.b, np.sqrt(difference @ found.vb @ difference)], "-0.738 0.180")
    printed(difference @ found.G @ difference, "0.324")


def test_van_houwelingen_2002_bivariate_regression_pages_612_and_613(vaccine_arms, printed):
    # The same, pp. 612-613: on latitude, centred at 33; the correlation of the arms ends at 1.
    y, v, trial, control, latitude = vaccine_arms
    x = np.column_stack([control, 1 - control, control * (latitude - 33), (1 - control) * (latitude - 33)])
    found = fit_multivariate(y, np.diag(v), x, trial, 1 - control, method="ML")
    printed(found.b, "-4.117 -4.826 0.072 0.039")
    printed(np.sqrt(np.diag(found.vb)), "0.306 0.313 0.022 0.022")
    printed(found.tau2, "1.18 1.23")
    printed(found.rho, "1.000")
    difference = np.array([[-1.0, 1.0, 0.0, 0.0], [0.0, 0.0, -1.0, 1.0]])
    printed(difference @ found.b, "-0.708 -0.033")
    printed(np.sqrt(np.diag(difference @ found.vb @ difference.T)), "0.048 0.003")


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


def test_konstantopoulos_2011_by_likelihood(published, printed):
    # The same data as metafor's reproduction has them: ML, the restricted log-likelihood and the profile-likelihood
    # intervals of both components.
    t = published("konstantopoulos2011")
    one = np.ones((56, 1))
    ml = fit_multilevel(t["yi"], t["vi"], one, t["district"], method="ML")
    printed([ml.b[0], np.sqrt(ml.vb[0, 0]), *ml.sigma2], "0.1845 0.0805 0.0577 0.0329")
    reml = fit_multilevel(t["yi"], t["vi"], one, t["district"])
    printed(reml.ll, "-7.9587")
    profile = Profile(reml, t["yi"], t["vi"], one, t["district"])
    for position, line in ((0, "0.0651 0.0222 0.2072"), (1, "0.0327 0.0163 0.0628")):
        found = profile.interval(position)
        printed([found.estimate, found.lb, found.ub], line)


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
    # Without the year, as metafor's reproduction has it; the paper does not print this model.
    found = fit_multivariate(t["yi"], V, x[:, :2], t["trial"], t["outcome"], method="ML")
    printed([*found.b, *np.sqrt(np.diag(found.vb))], "-0.3379 0.3448 0.0798 0.0495")
    printed([*found.tau2, *np.ravel(found.rho)], "0.0261 0.0070 0.6992", units=1)


def test_assink_and_wibbelink_2016(published, printed):
    # Assink & Wibbelink 2016, Quant Methods Psychol 12:154, section on the overall effect: 100 effects in 17 studies of
    # recidivism, g = 0.427; variances 0.188 between and 0.112 within studies.
    t = published("assink2016")
    found = fit_multilevel(t["yi"], t["vi"], np.ones((100, 1)), t["study"])
    printed([found.b[0], *found.sigma2], "0.427 0.188 0.112")


# Harrer, Kuper, Sprenger & Cuijpers, metapsyTools, vignette "Get Started": cognitive therapy against waiting or usual care (26
# effects). REML with Knapp and Hartung's interval; I2 with its interval; NNT at 20 % response of the controls (Furukawa &
# Leucht 2011); the prediction interval with t of k - 2 and the standard error before Knapp and Hartung.
#
# The effects that its footnotes leave out for one effect a study: of five studies all but the lowest or highest, and two more
# that this rule does not name.
LEFT_OUT = {
    "lowest": [3, 4, 5, 8, 10, 12, 14, 15, 16, 17, 22, 25],
    "highest": [2, 3, 6, 7, 11, 13, 14, 15, 16, 17, 21, 24],
}


def responses_needed(g):
    return number_needed_to_treat(event_rate_from_d(-g, 0.2) - 0.2)


@pytest.mark.parametrize(
    ("model", "k", "line", "p", "i2", "ahead", "nnt"),
    [
        ("overall", 26, "-0.57 -0.85 -0.28", "0.000", "76.39 65.65 83.76", "-1.57 0.43", "5.22"),
        ("combined", 17, "-0.54 -0.89 -0.18", "0.005", "77.09 63.64 85.57", "-1.64 0.57", "5.56"),
        ("lowest", 14, "-0.57 -1.00 -0.13", "0.015", "79.76 66.82 87.65", "-1.78 0.64", "5.22"),
        ("highest", 14, "-0.47 -0.84 -0.11", "0.015", "73.91 55.75 84.62", "-1.45 0.50", "6.41"),
        ("outliers removed", 23, "-0.46 -0.63 -0.29", "0.000", "61.55 39.55 75.55", "-1.11 0.19", "6.64"),
        ("influential removed", 24, "-0.43 -0.60 -0.27", "0.000", "63.91 44.18 76.66", "-1.08 0.22", "7.08"),
        ("low risk of bias", 13, "-0.34 -0.58 -0.11", "0.008", "73.45 53.91 84.71", "-1.10 0.41", "9.12"),
    ],
)
def test_metapsytools_vignette(oracle, printed, model, k, line, p, i2, ahead, nnt):
    inputs = oracle("metapsy_toy_cbt_wl_cau")["inputs"]
    y, v = np.asarray(inputs["g"], dtype=float), np.asarray(inputs["g_se"], dtype=float) ** 2
    study, rob = np.asarray(inputs["study"]), np.asarray(inputs["rob"], dtype=float)
    if model == "combined":  # Of a study's arms the average, rho = .6.
        arms = [f"{name}|{arm}" for name, arm in zip(study, inputs["multi_arm1"], strict=True)]
        both = one_per_study(y, v, arms, "average", rho=0.6)
        y, v = both.yi, both.vi
    elif model in LEFT_OUT:
        y, v = np.delete(y, LEFT_OUT[model]), np.delete(v, LEFT_OUT[model])
    elif model != "overall":
        overall = fit(y, v, test="knha")
        kept = {
            "outliers removed": ~outside(y, v, overall),
            "influential removed": ~influence(y, v, test="knha").flagged,
            "low risk of bias": rob > 2,
        }[model]
        y, v = y[kept], v[kept]
    found = fit(y, v, test="knha")
    assert found.k == k
    printed([found.b[0], found.ci_lb[0], found.ci_ub[0]], line)
    printed(found.pval, p)
    share = q_based(found.QE, found.QE_df)
    printed(100 * np.array([share.I2, share.I2_lb, share.I2_ub]), i2)
    printed(fit(y, v).prediction_interval("riley"), ahead)
    printed(responses_needed(found.b), nnt)


@pytest.mark.parametrize(
    ("rho", "line", "p", "components", "i2", "nnt"),
    [
        (None, "-0.61 -1.05 -0.17", "0.011", "0.536 0.000", "92.1 92.1", "4.81"),
        # V from the study's mean variance (CHE).
        (0.6, "-0.55 -0.92 -0.18", "0.007", "0.336 0.003", "88.0 87.2", "5.42"),
    ],
)
def test_metapsytools_vignette_three_levels(oracle, printed, rho, line, p, components, i2, nnt):
    inputs = oracle("metapsy_toy_cbt_wl_cau")["inputs"]
    y, v = np.asarray(inputs["g"], dtype=float), np.asarray(inputs["g_se"], dtype=float) ** 2
    one, study = np.ones((y.size, 1)), np.asarray(inputs["study"])
    codes = np.unique(study, return_inverse=True)[1]
    used, rho = (v, 0.0) if rho is None else ((np.bincount(codes, v) / np.bincount(codes))[codes], rho)
    found = fit_multilevel(y, used, one, study, rho=rho)
    printed(found.sigma2, components)
    clustered = robust(y, used, one, study, sigma2=tuple(found.sigma2), rho=rho)
    printed([clustered.b[0], clustered.ci_lb[0], clustered.ci_ub[0]], line)
    printed(clustered.pval, p)
    shares = heterogeneity_of(found, float(fit(y, v).vt))
    printed([shares["I2"], shares["I2_study"]], i2)
    printed(responses_needed(found.b), nnt)


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
