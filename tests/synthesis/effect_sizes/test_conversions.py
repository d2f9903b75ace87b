"""Conversions, each against an example that is worked out in print."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from prismake.synthesis.effect_sizes import conversions as c
from prismake.synthesis.effect_sizes import transforms
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.effect_sizes.quantile_fit import quantile_estimation
from prismake.synthesis.effect_sizes.quantiles import hozo, mean_from_quantiles, sd_from_iqr, sd_from_quantiles, skewed
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
    assert round(c.log_or_from_d(0.5), 4) == 0.9069
    assert round(c.r_from_d(0.5), 4) == 0.2425
    assert round(c.d_from_r(0.5), 4) == 1.1547


def test_matched_groups() -> None:
    # Borenstein et al. (2009), p. 29: SD of differences 5.5, r .70: SD within 7.1005; difference 3.0, n 50: d = .4225.
    within = c.sd_within_from_change(5.5, 0.7)
    assert (round(within, 4), round(3.0 / within, 4)) == (7.1005, 0.4225)


def test_d_from_t_and_f() -> None:
    # Thalheimer & Cook (2002): t is the root of F with one df; d = t sqrt(1/n1 + 1/n2).
    assert c.d_from_t(c.t_from_f(4.41, -1), 20, 22) == pytest.approx(-2.1 * math.sqrt(1 / 20 + 1 / 22))


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


@pytest.mark.parametrize(("n", "xi"), [(5, 2.326), (10, 3.078), (25, 3.931), (50, 4.498)])
def test_the_range_in_standard_deviations(n: int, xi: float) -> None:
    # Wan et al. (2014), Table 1: the expected range of n standard normals; their eq. 9 approximates it to about 1 percent.
    assert sd_from_quantiles(n, low=0.0, high=xi) == pytest.approx(1.0, rel=0.015)


def test_mean_and_sd_from_median_and_range() -> None:
    # R package metaBLUE 1.0.0, example output of its help pages Luo.mean and Wan.std: minimum 1, median 4, maximum 10,
    # n = 30: 4.356748 by Luo et al. (2018), 2.205578 by Wan et al. (2014).
    assert round(mean_from_quantiles(30, median=4, low=1, high=10), 6) == 4.356748
    assert round(sd_from_quantiles(30, low=1, high=10), 6) == 2.205578


def test_sd_from_quartiles() -> None:
    # Wan et al. (2014), eq. 16, as worked in R on imathworks.com ("mean and standard deviation from median and
    # quartiles"): quartiles 0.02 and 0.04, n = 100: 0.0150441.
    assert round(sd_from_quantiles(100, q1=0.02, q3=0.04), 7) == 0.0150441
    assert round(sd_from_iqr(0.02, 100), 7) == 0.0150441


def test_crossover_trial_with_a_borrowed_correlation() -> None:
    # Handbook 5.1, 16.4.6.4: n 10; 7.0 (SD 2.38) and 6.5 (2.21); r = .68: difference 0.5, SE 0.583.
    measured = {"m1i": [7.0], "m2i": [6.5], "sd1i": [2.38], "sd2i": [2.21], "ni": [10], "ri": [0.68]}
    difference, v = escalc("MC", measured)
    assert (round(difference[0], 3), round(math.sqrt(v[0]), 3)) == (0.5, 0.583)
    assert round(c.sd_change(2.38, 2.21, 0.68) / math.sqrt(10), 3) == 0.583


def test_two_groups_taken_together_are_the_pooled_sample() -> None:
    a, b = np.array([3.0, 5.0, 9.0, 4.0]), np.array([10.0, 12.0, 7.0])
    n, m, sd = c.combine_groups(4, a.mean(), a.std(ddof=1), 3, b.mean(), b.std(ddof=1))
    both = np.concatenate([a, b])
    assert (n, m, sd) == (7, pytest.approx(both.mean()), pytest.approx(both.std(ddof=1)))


def test_conversions_agree_with_metafor(shared_data: Path) -> None:
    oracle = json.loads((shared_data / "oracle/escalc_all.json").read_text())["outputs"]
    five = oracle["conv_fivenum"]
    for i, (mean, sd) in enumerate(zip(five["luo_wan_shi_mean"], five["sd"], strict=True)):
        q = {
            ours: five["inputs"][theirs][i]
            for ours, theirs in (("q1", "q1"), ("q3", "q3"), ("low", "min"), ("high", "max"))
        }
        n, median = five["inputs"]["n"][i], five["inputs"]["median"][i]
        if mean is None:  # metafor refuses this one: its quantiles are too skewed
            assert skewed(n, median, **q)
            continue
        assert mean_from_quantiles(n, median=median, **q) == pytest.approx(mean, rel=1e-12)
        assert sd_from_quantiles(n, **q) == pytest.approx(sd, rel=1e-12)
    wald = oracle["conv_wald"]
    for low, high, v in zip(
        wald["from_or_ci"]["inputs"]["lb"], wald["from_or_ci"]["inputs"]["ub"], wald["from_or_ci"]["vi"], strict=True
    ):
        assert c.se_from_ci(math.log(low), math.log(high)) ** 2 == pytest.approx(v, rel=1e-12)
    for md, p, v in zip(
        wald["from_est_p"]["inputs"]["md"], wald["from_est_p"]["inputs"]["p"], wald["from_est_p"]["vi"], strict=True
    ):
        assert c.se_from_p(md, p) ** 2 == pytest.approx(v, rel=1e-12)
    table = oracle["conv_2x2"]
    i = table["inputs"]
    found = [
        c.table_from_phi(i["phi"][0], i["n"][0], i["n1_row"][0], i["n1_col"][0]),
        c.table_from_or(i["or"][1], i["n"][1], i["n1_row"][1], i["n1_col"][1]),
        c.table_from_chi2(i["x2"][2], i["n"][2], i["n1_row"][2], i["n1_col"][2], yates=True),
    ]
    assert found == list(zip(table["a"], table["b"], table["c"], table["d"], strict=True))


def test_readable_scales_agree_with_metafor(shared_data: Path) -> None:
    oracle = json.loads((shared_data / "oracle/escalc_all.json").read_text())["outputs"]
    for d, u3, cles, besd in zip(*(oracle["transf"][k] for k in ("inputs", "d2u3", "d2cles", "d2besd")), strict=True):
        found = (transforms.d_to_u3(d), transforms.d_to_cles(d), transforms.d_to_besd(d))
        assert found == (pytest.approx(u3), pytest.approx(cles), pytest.approx(besd))
    for d, a, b, k in zip(*(oracle["nnt"][x] for x in oracle["nnt"]), strict=True):
        found = (
            transforms.nnt_furukawa_leucht(d, 0.2),
            transforms.nnt_furukawa_leucht(d, 0.4),
            transforms.nnt_kraemer_kupfer(d),
        )
        assert found == (pytest.approx(a), pytest.approx(b), pytest.approx(k))


def test_g_from_t_f_r_chi2_and_b_as_the_esc_package_has_it(shared_data: Path) -> None:
    expected = json.loads((shared_data / "oracle/escalc_all.json").read_text())["outputs"]["esc_pkg"]

    def g(inputs: dict, name: str) -> None:
        data = {k: [v] for k, v in inputs.items()}
        yi, vi = escalc("SMD", data, correction="approximate", vtype="ESC")
        assert (yi[0], vi[0]) == (pytest.approx(expected[name]["es"]), pytest.approx(expected[name]["var"]))

    # The documented examples of esc 0.5.1 (Luedecke): t = 3.3, p = .03, F = 5.5, r = .3, chi-squared 9.9, phi = .67, b = 3.3.
    g({"ti": 3.3, "n1i": 50, "n2i": 50}, "t_g")
    g({"pi": 0.03, "n1i": 50, "n2i": 50}, "t_p")
    g({"di": c.d_from_t(c.t_from_f(5.5), 100, 100), "n1i": 100, "n2i": 100}, "f_g")
    g({"di": c.d_from_r(0.3), "n1i": 50, "n2i": 50}, "rpb")
    g({"di": c.d_from_b(3.3, 5, 100, 150), "n1i": 100, "n2i": 150}, "B")
    for name, (d, v), df in (("chisq", c.d_from_chi2(9.9, 100), 98), ("phi", c.d_from_phi(0.67, 187), 185)):
        found = (c.g_from_d(d, df, "approximate"), v)
        assert found == (pytest.approx(expected[name]["es"]), pytest.approx(expected[name]["var"]))
    g({"di": c.d_from_beta(0.7, 5, 70, 80), "n1i": 70, "n2i": 80}, "beta")
    # 30 of 80 and 40 of 85 (esc_2x2; esc_bin_prop has the same as shares): log odds ratio, and g by the logistic distribution.
    table = {"ai": [30], "n1i": [80], "ci": [40], "n2i": [85]}
    (logit, v), (d, v_d) = escalc("OR", table), escalc("OR2D", table)
    assert (logit[0], v[0]) == (pytest.approx(expected["t22_logit"]["es"]), pytest.approx(expected["t22_logit"]["var"]))
    for name in ("t22_g", "bin_prop"):
        found = (c.g_from_d(d[0], 163, "approximate"), v_d[0])
        assert found == (pytest.approx(expected[name]["es"]), pytest.approx(expected[name]["var"]))


def test_scales_and_design_effects_of_the_oracle(shared_data: Path) -> None:
    oracle = json.loads((shared_data / "oracle/escalc_all.json").read_text())["outputs"]
    scale = oracle["transf"]
    for d, r, odds in zip(scale["inputs"], scale["d2r"], scale["d2or_hh"], strict=True):
        assert (c.r_from_d(d), math.exp(c.log_or_from_d(d))) == (pytest.approx(r), pytest.approx(odds))
    assert [transforms.r_to_z(r) for r in (0.1, 0.8)] == pytest.approx(scale["rtoz"])
    assert [transforms.z_to_r(z) for z in (0.1, 0.8)] == pytest.approx(scale["ztor"])
    cluster = oracle["cluster_design_effect"]
    for i, effect in enumerate(cluster["deff"]):
        assert c.design_effect(cluster["m"][i], cluster["icc"][i]) == pytest.approx(effect)
        assert cluster["n1_raw"][i] / effect == pytest.approx(cluster["n1_eff"][i])


def test_morris_2008(shared_data: Path) -> None:
    # Morris (2008), Organ Res Methods 11:364, Table 5.
    oracle = json.loads((shared_data / "oracle/escalc_all.json").read_text())["outputs"]["morris2008"]
    t, control = oracle["inputs"]["T"], oracle["inputs"]["C"]
    for i, expected in enumerate(oracle["dppc2"]):
        arms = [tuple(arm[k][i] for k in ("m_pre", "m_post", "sd_pre", "ni")) for arm in (t, control)]
        d, v = c.d_ppc2(*arms, t["ri"][i], "approximate")
        assert d == pytest.approx(expected, rel=1e-12)
        assert v > 0
    for measure in ("SMCR", "SMCRH"):
        parts = [
            escalc(
                measure,
                {
                    "m1i": a["m_post"],
                    "m2i": a["m_pre"],
                    "sd1i": a["sd_pre"],
                    "sd2i": a["sd_post"],
                    "ni": a["ni"],
                    "ri": a["ri"],
                },
            )
            for a in (t, control)
        ]
        assert parts[0][0] - parts[1][0] == pytest.approx(np.array(oracle[measure]["yi"]), rel=1e-10)
        assert parts[0][1] + parts[1][1] == pytest.approx(np.array(oracle[measure]["vi"]), rel=1e-10)


def test_quantile_estimators_are_right_on_average() -> None:
    rng = np.random.default_rng(5)
    samples = np.sort(rng.normal(50, 10, size=(4000, 41)), axis=1)
    found = [
        (
            mean_from_quantiles(41, median=s[20], q1=s[10], q3=s[30], low=s[0], high=s[-1]),
            sd_from_quantiles(41, q1=s[10], q3=s[30], low=s[0], high=s[-1]),
            sd_from_iqr(s[30] - s[10], 41),
        )
        for s in samples
    ]
    mean, sd, by_iqr = np.mean(found, axis=0)
    assert (mean, sd, by_iqr) == (pytest.approx(50, abs=0.1), pytest.approx(10, abs=0.15), pytest.approx(10, abs=0.2))


def test_the_nearest_distribution_as_in_print() -> None:
    # R package estmeansd, README of its repository (stmcg/estmeansd): minimum 2, median 4, maximum 9, n = 100 give
    # 4.347284 and 1.502171 by quantile estimation; its optimizer stops at about five digits.
    fit = quantile_estimation(100, median=4, low=2, high=9)
    assert fit is not None and fit.family == "log-normal"
    assert (fit.mean, fit.sd) == (pytest.approx(4.347284, rel=1e-5), pytest.approx(1.502171, rel=1e-5))


@pytest.mark.parametrize(
    ("family", "distribution"),
    [
        ("normal", stats.norm(50, 10)),
        ("log-normal", stats.lognorm(0.6, scale=8)),
        ("gamma", stats.gamma(1.7, scale=4)),
        ("Weibull", stats.weibull_min(1.4, scale=20)),
        ("beta", stats.beta(2, 7)),
    ],
)
def test_the_nearest_distribution_is_the_one_that_the_quantiles_come_from(family: str, distribution) -> None:  # type: ignore[no-untyped-def]
    low, q1, median, q3, high = distribution.ppf([1 / 80, 0.25, 0.5, 0.75, 1 - 1 / 80])
    for given in ({"q1": q1, "q3": q3, "low": low, "high": high}, {"q1": q1, "q3": q3}, {"low": low, "high": high}):
        fit = quantile_estimation(80, median=median, **given)
        assert fit is not None and fit.distance < 1e-12
        if len(given) == 4:  # three quantiles may fit two families
            assert fit.family == family
            assert (fit.mean, fit.sd) == (pytest.approx(distribution.mean()), pytest.approx(distribution.std()))


@pytest.mark.parametrize(
    ("n", "given"),
    [
        (50, {"median": 1.03, "low": 0.61, "q1": 0.97, "q3": 14.98, "high": 516.9}),
        (5, {"median": 0.961, "low": 0.068, "high": 497.2}),
        (10, {"median": 0.922, "low": 0.542, "q1": 0.587, "q3": 42.6, "high": 285.9}),
        (3, {"median": 2.0, "low": 1.0, "high": 9.0}),
    ],
)
def test_quantiles_of_no_known_shape_give_nothing_that_cannot_be(n: float, given: dict[str, float]) -> None:
    fit = quantile_estimation(n, **given)
    if fit is not None:
        assert given["low"] <= fit.mean <= given["high"]
        assert 0 < fit.sd <= (given["high"] - given["low"]) / 2 * math.sqrt(n / (n - 1)) * (1 + 1e-9)


def test_without_a_pair_of_quantiles_nothing_is_nearest() -> None:
    assert quantile_estimation(50, median=4) is None
    assert quantile_estimation(50, median=4, q1=3) is None
    assert quantile_estimation(50, median=4, q1=6, q3=5) is None


def test_hozo_by_sample_size() -> None:
    # Thresholds: abstract of Hozo et al. (2005). With the median in the middle the SD of up to 15 people is that of a
    # uniform distribution over the range.
    assert hozo(12, median=6, low=2, high=10) == (6, pytest.approx(8 / math.sqrt(12)))
    assert hozo(15, median=5, low=2, high=14) == (6.5, pytest.approx(math.sqrt((36 / 4 + 144) / 12)))
    assert hozo(25, median=5, low=2, high=14) == (6.5, 3.0)
    assert hozo(26, median=5, low=2, high=14) == (5, 3.0)
    assert hozo(71, median=5, low=2, high=14) == (5, 2.0)


def test_skewness_is_seen() -> None:
    assert skewed(50, 5, q1=4, q3=14) is True
    assert skewed(50, 9, q1=4, q3=14) is False
    assert skewed(50, 9) is None
