"""Shapes in which papers report, from sheet to effect: each by a second way that gives the same number."""

from __future__ import annotations

import math

import pytest
from prismake.synthesis.effect_sizes.assemble import assemble
from prismake.synthesis.effect_sizes.choices import Choices
from prismake.synthesis.effect_sizes.escalc import escalc

N = [("new", "n", "38"), ("old", "n", "36")]
MEANS = [("new", "mean", "12"), ("old", "mean", "16"), *N]
SDS = [("new", "sd", "8.1"), ("old", "sd", "7.4")]
DIRECTION = "as_reported"


def made(tables, **choices):  # type: ignore[no-untyped-def]
    """What becomes of the sheets."""
    return assemble(tables, Choices(comparators=("standardised",), direction=DIRECTION, **choices))


def one(tables, **choices):  # type: ignore[no-untyped-def]
    """The only effect of the sheets."""
    (row,) = made(tables, **choices).effects.to_dict("records")
    return row


def reported(**row: str) -> list[dict[str, str]]:
    """One effect as the report gives it."""
    usual = {"study_id": "Kern 2001", "outcome_id": "bdi", "contrast": "new vs old", "timepoint": "post"}
    return [{**usual, **row}]


@pytest.mark.parametrize("df", [[], [("df", "1")], [("df", "1"), ("df2", "72")], [("df", "72")]])
def test_an_f_of_two_groups_with_either_of_its_degrees_of_freedom(trial, df) -> None:  # type: ignore[no-untyped-def]
    test = [("new vs old", "F", "4.84"), *(("new vs old", s, v) for s, v in df)]
    row = one(trial(*MEANS, *test))
    yi, vi = escalc("SMD", {"ti": [-2.2], "n1i": [38], "n2i": [36]})
    assert (row["yi"], row["vi"]) == (pytest.approx(yi[0]), pytest.approx(vi[0]))


def test_an_f_of_three_groups_is_none_of_two(trial) -> None:  # type: ignore[no-untyped-def]
    lost = made(trial(*MEANS, ("new vs old", "F", "4.84"), ("new vs old", "df", "2"), ("new vs old", "df2", "110")))
    assert "F with 2 numerator degrees of freedom is no test of two groups" in lost.not_computed["reason"].iloc[0]


def test_a_p_of_nothing_but_zeros_is_a_bound(trial) -> None:  # type: ignore[no-untyped-def]
    row = one(trial(*MEANS, ("new vs old", "p", ".000")))
    assert row["yi"] == pytest.approx(escalc("SMD", {"pi": [-0.0005], "n1i": [38], "n2i": [36]})[0][0])
    assert "p < 0.0005 taken as 0.0005" in row["flags"]
    assert made(trial(*MEANS, ("new vs old", "p", ".000")), bounded_p="skip").effects.empty
    stated = [("new vs old", "hr", "0.70"), ("new vs old", "p", "0.00")]
    assert "p < 0.005 taken as 0.005" in one(trial(*stated), measure="HR")["flags"]


def test_a_ratio_that_is_not_above_zero_gives_nothing(trial) -> None:  # type: ignore[no-untyped-def]
    for value in ("-0.5", "0"):
        found = made(trial(effects_reported=reported(measure="or", value=value, se="0.2")), measure="OR")
        assert found.effects.empty and "not above 0" in found.not_computed["reason"].iloc[0]


@pytest.mark.parametrize(
    "row",
    [
        {
            "measure": "d",
            "value": "0.5",
            "se": "0.4",
            "n_1": "1",
            "n_2": "1",
        },  # no correction with no degree of freedom
        {"measure": "gen", "value": "0.5", "se": "1e-300"},
        {"measure": "gen", "value": "0.5", "se": "1e300"},
    ],
)
def test_an_effect_without_a_number_is_no_effect(trial, row) -> None:  # type: ignore[no-untyped-def]
    found = made(trial(effects_reported=reported(**row)))
    assert found.effects.empty
    assert "no effect comes of the reported numbers" in found.not_computed["reason"].iloc[0]


def test_an_adjusted_difference_is_standardized_by_the_arms_own_sd(trial) -> None:  # type: ignore[no-untyped-def]
    # Without covariates SE^2 = S^2 (1/n1 + 1/n2), and d and its variance are the usual ones.
    sd = math.sqrt((37 * 8.1**2 + 35 * 7.4**2) / 72)
    se = sd * math.sqrt(1 / 38 + 1 / 36)
    effect = reported(measure="md", value="-4", se=repr(se), adjusted="yes")
    row = one(trial(*MEANS, *SDS, effects_reported=effect), prefer_adjusted=True)
    plain = one(trial(*MEANS, *SDS), vtype="LS2")
    assert (row["yi"], row["vi"]) == (pytest.approx(plain["yi"]), pytest.approx(plain["vi"]))
    # A covariate that explains half of the variance halves the first part of it.
    effect = reported(measure="md", value="-4", se=repr(se * math.sqrt(0.5)), adjusted="yes")
    less = one(trial(*MEANS, *SDS, effects_reported=effect), prefer_adjusted=True)
    j = plain["yi"] / (-4 / sd)
    assert plain["vi"] - less["vi"] == pytest.approx(0.5 * j * j * (1 / 38 + 1 / 36))
    lost = made(trial(*N, effects_reported=effect), prefer_adjusted=True).not_computed["reason"].iloc[0]
    assert "needs the SDs of both arms" in lost


def test_a_plain_difference_with_its_standard_error(trial) -> None:  # type: ignore[no-untyped-def]
    se = 7.5 * math.sqrt(1 / 38 + 1 / 36)
    row = one(trial(*N, effects_reported=reported(measure="md", value="-4", se=repr(se))), vtype="LS2")
    yi, vi = escalc("SMD", {"di": [-4 / 7.5], "n1i": [38], "n2i": [36]}, vtype="LS2")
    assert (row["yi"], row["vi"]) == (pytest.approx(yi[0]), pytest.approx(vi[0]))
    assert "SD pooled from the SE of the difference" in row["flags"]


def test_a_stated_odds_ratio_becomes_a_standardized_difference_if_the_protocol_allows_it(trial) -> None:  # type: ignore[no-untyped-def]
    stated = [("new vs old", "or", "0.5"), ("new vs old", "or_ci_lb", "0.25"), ("new vs old", "or_ci_ub", "1.0")]
    row = one(trial(*stated), mix_dichotomous=True)
    odds = one(trial(*stated), measure="OR")
    factor = math.sqrt(3) / math.pi
    assert (row["yi"], row["sei"]) == (pytest.approx(factor * odds["yi"]), pytest.approx(factor * odds["sei"]))
    assert made(trial(*stated)).effects.empty


@pytest.mark.parametrize("spread", [("sd_change", 6.0), ("se_change", 6.0 / math.sqrt(30))])
@pytest.mark.parametrize("measure", ["SMCC", "MC"])
def test_a_reported_change_needs_no_correlation(trial, measure, spread) -> None:  # type: ignore[no-untyped-def]
    numbers = [
        (a, s, v)
        for a, m in (("new", "-8"), ("old", "-4"))
        for s, v in (("mean_change", m), (spread[0], repr(spread[1])), ("n_change", "30"))
    ]
    row = one(trial(*numbers), measure=measure)
    parts = {"SMCC": {"di": [-8 / 6], "ni": [30]}, "MC": None}[measure]
    first, second = (
        (escalc("SMCC", parts), escalc("SMCC", {"di": [-4 / 6], "ni": [30]}))
        if parts
        else (([-8.0], [36 / 30]), ([-4.0], [36 / 30]))
    )
    assert row["yi"] == pytest.approx(first[0][0] - second[0][0])
    assert row["vi"] == pytest.approx(first[1][0] + second[1][0])


@pytest.mark.parametrize(
    ("measure", "numbers"),
    [
        ("SMCC", [(a, s, v) for a in ("new", "old") for s, v in (("mean_change", "-4"), ("sd_change", "6"))]),
        ("PR", [("new", "events", "12"), ("new", "total", "40")]),
        ("MN", [("new", "mean", "12"), ("new", "sd", "6"), ("new", "n", "40")]),
        ("IRLN", [("new", "rate_events", "12"), ("new", "person_time", "40")]),
    ],
)
def test_changes_and_single_arms_of_a_cluster_trial_are_corrected_too(trial, measure, numbers) -> None:  # type: ignore[no-untyped-def]
    study = {"study_id": "Kern 2001", "cluster_randomised": "yes", "cluster_size": "11", "icc": "0.05"}
    plain, corrected = (one(trial(*numbers, studies=[s]), measure=measure) for s in ({"study_id": "Kern 2001"}, study))
    assert corrected["vi"] == pytest.approx(1.5 * plain["vi"], rel=0.02)
    assert corrected["flags"].count("design effect 1.5") == 1


def _inverse(value: float) -> float:
    return 1 / value


def _negative(value: float) -> float:
    return -value


@pytest.mark.parametrize(
    ("measure", "stat", "value", "turned", "beside"),
    [
        ("SMD", "d", 0.4, _negative, {}),
        ("SMD", "g", 0.4, _negative, {}),
        ("SMD", "t", 2.2, _negative, {}),
        ("SMD", "r", 0.3, _negative, {}),
        ("SMD", "md", 2.0, _negative, {"md_se": 0.9}),
        ("MD", "md", 2.0, _negative, {"md_se": 0.9}),
        ("OR", "or", 2.0, _inverse, {"or_se": 0.4}),
        ("OR", "log_or", 0.7, _negative, {"or_se": 0.4}),
        ("RR", "rr", 2.0, _inverse, {"p": 0.04}),
        ("RD", "rd", 0.2, _negative, {"rd_se": 0.1}),
        ("HR", "hr", 0.7, _inverse, {"hr_se": 0.2}),
        ("HR", "observed_minus_expected", -8.0, _negative, {"variance": 20.0}),
        ("IRR", "irr", 1.5, _inverse, {"p": 0.04}),
    ],
)
def test_turning_a_contrast_round_changes_nothing(trial, measure, stat, value, turned, beside) -> None:  # type: ignore[no-untyped-def]
    there = [("new vs old", stat, repr(value)), *(("new vs old", s, repr(v)) for s, v in beside.items())]
    back = [("old vs new", stat, repr(turned(value))), *(("old vs new", s, repr(v)) for s, v in beside.items())]
    first, second = one(trial(*there, *N), measure=measure), one(trial(*back, *N), measure=measure)
    assert (first["yi"], first["vi"]) == (pytest.approx(second["yi"]), pytest.approx(second["vi"]))


TABLE = (14, 38, 6, 36)  # events and people of new and old
PHI = (14 * 30 - 24 * 6) / math.sqrt(38 * 36 * 20 * 54)
CHI2 = [("new vs old", "chi2", repr(74 * PHI**2))]


@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "PETO", "PHI"])
def test_chi_squared_with_the_margins_is_the_table(trial, measure) -> None:  # type: ignore[no-untyped-def]
    # d shows the direction, and events of both arms together are the margin.
    numbers = [*CHI2, ("new vs old", "events", "20"), ("new vs old", "d", "0.3")]
    row = one(trial(*N, *numbers), measure=measure)
    a, n1, c, n2 = TABLE
    yi, vi = escalc(measure, {"ai": [a], "n1i": [n1], "ci": [c], "n2i": [n2]})
    assert (row["yi"], row["vi"]) == (pytest.approx(yi[0]), pytest.approx(vi[0]))
    assert "2x2 table from its margins and chi-squared" in row["flags"]


def test_an_odds_ratio_with_the_margins_is_the_table_too(trial) -> None:  # type: ignore[no-untyped-def]
    a, n1, c, n2 = TABLE
    odds = a * (n2 - c) / ((n1 - a) * c)
    numbers = [("new vs old", "or", f"{odds:.2f}"), ("new vs old", "events", "20")]
    row = one(trial(*N, *numbers), measure="RR")
    assert row["yi"] == pytest.approx(math.log(a / n1 / (c / n2)))
    back = [("old vs new", "or", f"{1 / odds:.2f}"), ("old vs new", "events", "20")]
    turned = one(trial(*N, *back), measure="RR")
    assert (turned["yi"], turned["vi"]) == (pytest.approx(row["yi"]), pytest.approx(row["vi"]))


def test_chi_squared_without_margins_gives_d_and_the_odds_ratio_that_d_stands_for(trial) -> None:  # type: ignore[no-untyped-def]
    # Lipsey & Wilson (2001): d = 2 sqrt(chi2 / (n - chi2)), its variance d^2 / chi2.
    chi2 = 74 * PHI**2
    d = 2 * math.sqrt(chi2 / (74 - chi2))
    numbers = [*CHI2, ("new vs old", "d", "0.3")]
    odds = one(trial(*N, *numbers), measure="OR")
    factor = math.pi / math.sqrt(3)
    assert (odds["yi"], odds["vi"]) == (pytest.approx(factor * d), pytest.approx(factor**2 * d * d / chi2))
    phi = [("new vs old", "phi", repr(PHI))]
    row = one(trial(*N, *phi), mix_dichotomous=True, correction="none")
    assert (row["yi"], row["vi"]) == (pytest.approx(d), pytest.approx(d * d / chi2))
    back = one(trial(*N, ("old vs new", "phi", repr(-PHI))), mix_dichotomous=True, correction="none")
    assert (back["yi"], back["vi"]) == (pytest.approx(d), pytest.approx(d * d / chi2))
    assert made(trial(*N, *phi)).effects.empty  # a standardized difference from a table is the protocol's choice


@pytest.mark.parametrize(
    ("numbers", "why"),
    [
        (CHI2, "chi-squared has no sign"),
        ([*CHI2, ("new vs old", "df", "2"), ("new vs old", "d", "0.3")], "chi-squared with 2 degrees of freedom"),
        ([("new vs old", "chi2", "80"), ("new vs old", "d", "0.3")], "chi-squared is not below the number of people"),
    ],
)
def test_a_chi_squared_that_gives_nothing_says_why(trial, numbers, why) -> None:  # type: ignore[no-untyped-def]
    assert why in made(trial(*N, *numbers), measure="OR").not_computed["reason"].iloc[0]


def test_chi_squared_of_a_whole_sample_is_a_correlation(trial) -> None:  # type: ignore[no-untyped-def]
    def sample(*numbers: tuple[str, str]):  # type: ignore[no-untyped-def]
        where = {"study_id": "Kern 2001", "outcome_id": "bdi", "timepoint": "post"}
        return trial(results=[{**where, "stat": s, "value": v} for s, v in numbers])

    row = one(sample(("phi", "-0.31"), ("n", "90")), measure="ZCOR")
    assert (row["yi"], row["vi"]) == (pytest.approx(math.atanh(-0.31)), pytest.approx(1 / 87))
    lost = made(sample(("chi2", "8.6"), ("n", "90")), measure="COR").not_computed["reason"].iloc[0]
    assert "chi-squared has no sign" in lost


def test_turning_a_correlation_of_two_arms_round_changes_nothing(trial) -> None:  # type: ignore[no-untyped-def]
    there, back = (
        one(trial(*N, (unit, "r", r), (unit, "n", "74")), measure="COR")
        for unit, r in (("new vs old", "0.3"), ("old vs new", "-0.3"))
    )
    assert (there["yi"], there["vi"]) == (back["yi"], back["vi"])


def test_a_difference_with_the_sd_of_both_arms_together(trial) -> None:  # type: ignore[no-untyped-def]
    # Both arms together have the variance within plus that between: 8^2 (n - 2) + 4^2 n1 n2 / n over n - 1.
    total = math.sqrt((64 * 72 + 16 * 38 * 36 / 74) / 73)
    numbers = [("new vs old", "md", "-4"), ("new vs old", "sd", repr(total))]
    row = one(trial(*N, *numbers))
    assert row["yi"] == pytest.approx(escalc("SMD", {"di": [-0.5], "n1i": [38], "n2i": [36]})[0][0])
    small = [("new vs old", "md", "-4"), ("new vs old", "sd", "1.9")]
    assert "too small for the difference" in made(trial(*N, *small)).not_computed["reason"].iloc[0]


def test_the_standardized_coefficient_of_the_arm_is_its_point_biserial_correlation(trial) -> None:  # type: ignore[no-untyped-def]
    by_beta, by_r = (one(trial(*N, ("new vs old", s, "-0.24"))) for s in ("beta", "r"))
    assert (by_beta["yi"], by_beta["vi"]) == (by_r["yi"], by_r["vi"])


def test_a_reported_change_gives_smcr_with_the_correlation(trial) -> None:  # type: ignore[no-untyped-def]
    # Borenstein et al. (2009), p. 29: SD of differences 5.5, r .70: SD within 7.1005; difference 3.0: d = .4225.
    numbers = [
        (a, s, v)
        for a, m in (("new", "3.0"), ("old", "0"))
        for s, v in (("mean_change", m), ("sd_change", "5.5"), ("n_change", "50"), ("r_pre_post", "0.7"))
    ]
    row = one(trial(*numbers), measure="SMCR", correction="none")
    assert row["yi"] == pytest.approx(0.4225, abs=5e-5)


def test_a_hazard_ratio_with_the_events_of_both_arms(trial) -> None:  # type: ignore[no-untyped-def]
    numbers = [("new vs old", "hr", "0.70"), ("new", "events", "20"), ("old", "events", "40")]
    row = one(trial(*numbers), measure="HR")
    assert (row["yi"], row["vi"]) == (pytest.approx(math.log(0.7)), pytest.approx(1 / 20 + 1 / 40))


def test_medians_by_the_estimator_that_the_protocol_names(trial) -> None:  # type: ignore[no-untyped-def]
    from prismake.synthesis.effect_sizes.box_cox import box_cox
    from prismake.synthesis.effect_sizes.quantiles import Quantiles

    numbers = [(a, s, v) for a, m in (("new", "4"), ("old", "5")) for s, v in (("median", m), ("q1", "2"), ("q3", "9"))]
    row = one(trial(*numbers, *N), medians="bc")
    first = box_cox(Quantiles(38, 4, 2, 9))
    assert first is not None
    assert (row["m1"], row["sd1"]) == (pytest.approx(first.mean), pytest.approx(first.sd))
    assert "mean and SD by the Box-Cox method" in row["flags"]


def test_the_pretest_posttest_control_effect_of_morris(trial) -> None:  # type: ignore[no-untyped-def]
    # Morris (2008), Table 5, first study: 30.6 to 38.5 (SD before 15.0, n 20) and 23.1 to 19.7 (13.8, 20), r .47: d = 0.77.
    def sheet(time: str, means: tuple[str, str], sds: tuple[str, str]) -> list[dict[str, str]]:
        where = {"study_id": "Kern 2001", "outcome_id": "bdi", "timepoint": time}
        arms = zip(("new", "old"), means, sds, strict=True)
        return [
            {**where, "arm_id": a, "stat": s, "value": v}
            for a, mean, sd in arms
            for s, v in (("mean", mean), ("sd", sd), ("n", "20"))
        ]

    rows = [*sheet("baseline", ("30.6", "23.1"), ("15.0", "13.8")), *sheet("post", ("38.5", "19.7"), ("11.6", "14.8"))]
    tables = trial(results=rows)
    row = one(tables, measure="DPPC2", pre_post_correlation=0.47, correction="approximate")
    assert (round(row["yi"], 2), row["n1"], row["n2"]) == (0.77, 20, 20)
    assert "pre-post correlation assumed" in row["flags"]
    assert row["vi"] > 0
    assert made(tables, measure="DPPC2").effects.empty
    assert "no pre-post correlation" in made(tables, measure="DPPC2").not_computed["reason"].iloc[0]


@pytest.mark.parametrize(
    ("measure", "stated", "yi", "sei"),
    [
        # ln 0.60 = -0.5108; (ln 0.90 - ln 0.40) / 3.9199 = 0.2069
        (
            "OR",
            {"measure": "or", "value": "0.60", "ci_lb": "0.40", "ci_ub": "0.90", "adjusted": "yes"},
            -0.5108,
            0.2069,
        ),
        # The same as a 90 percent interval: / 3.2897
        (
            "OR",
            {"measure": "or", "value": "0.60", "ci_lb": "0.40", "ci_ub": "0.90", "ci_level": "90"},
            -0.5108,
            0.2465,
        ),
        # ln 0.70 = -0.3567; p = .04 is z = 2.0537
        ("HR", {"measure": "hr", "value": "0.70", "p": ".04"}, -0.3567, 0.1737),
        ("HR", {"measure": "log_hr", "value": "-0.357", "se": "0.174"}, -0.357, 0.174),
        # ln 1.50 = 0.4055; (ln 2.40 - ln 0.94) / 3.9199 = 0.2391
        ("RR", {"measure": "rr", "value": "1.50", "ci_lb": "0.94", "ci_ub": "2.40"}, 0.4055, 0.2391),
        ("IRR", {"measure": "irr", "value": "2", "p": "0.01"}, 0.6931, 0.2691),
        ("MD", {"measure": "md", "value": "-4.0", "ci_lb": "-7.92", "ci_ub": "-0.08", "adjusted": "yes"}, -4.0, 2.0),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_effects_as_reports_state_them(trial, measure, stated, yi, sei, turned) -> None:  # type: ignore[no-untyped-def]
    contrast = "old vs new" if turned else "new vs old"
    row = one(trial(*N, effects_reported=reported(**stated, contrast=contrast)), measure=measure)
    assert (row["yi"], row["sei"]) == (pytest.approx(-yi if turned else yi, abs=6e-5), pytest.approx(sei, abs=6e-5))
    assert ("adjusted" in row["flags"]) == ("adjusted" in stated)


@pytest.mark.parametrize(
    ("numbers", "choices"),
    [
        ([*((a, s, "1e300") for a in ("new", "old") for s in ("mean_change", "sd_change")), *N], {}),
        ([("new vs old", "d", "1e300"), *N], {"vtype": "AV"}),
        ([("new", "percent", "1e300"), ("new", "n", "1e300"), *((("old", s, "9")) for s in ("percent", "n"))], {}),
        ([*((a, s, v) for a in ("new", "old") for s, v in (("median", "4"), ("iqr", "3"), ("n", "1")))], {}),
        (
            [
                *(
                    (a, s, v)
                    for a in ("new", "old")
                    for s, v in (("median", "4"), ("min", "1"), ("max", "9"), ("n", "1"))
                )
            ],
            {},
        ),
    ],
)
def test_numbers_that_nobody_has_measured_give_a_reason_and_no_crash(trial, numbers, choices) -> None:  # type: ignore[no-untyped-def]
    found = made(trial(*numbers), **choices)
    assert found.effects.empty or found.effects["vi"].gt(0).all()
    assert found.not_computed.empty or found.not_computed["reason"].ne("").all()


def test_a_perfect_pre_post_correlation_leaves_no_root_of_a_negative_number() -> None:
    from prismake.synthesis.effect_sizes.conversions import sd_change

    assert sd_change(0.1 + 0.2, 0.3, 1.0) == pytest.approx(0.0, abs=1e-12)
    assert sd_change(8.0, 6.0, -1.0) == pytest.approx(14.0)
