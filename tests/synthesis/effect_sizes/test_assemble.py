"""From extraction sheets to effects: which ones, by which way, with which sign."""

from __future__ import annotations

import json
import math

import pytest
from prismake.synthesis.effect_sizes.assemble import COLUMNS, assemble
from prismake.synthesis.effect_sizes.choices import Choices, read_choices
from prismake.synthesis.effect_sizes.escalc import escalc
from prismake.synthesis.effect_sizes.quantiles import expected_iqr

MEANS = [
    ("new", "mean", "12.0"),
    ("new", "sd", "8.0"),
    ("new", "n", "38"),
    ("old", "mean", "16.0"),
    ("old", "sd", "8.0"),
    ("old", "n", "38"),
]
PLAIN = Choices(comparators=("standardised", "waitlist"))


def one(tables, **choices):  # type: ignore[no-untyped-def]
    """The only effect of the sheets as a dict."""
    result = assemble(tables, Choices(comparators=("standardised", "waitlist"), **choices))
    assert len(result.effects) == 1, result.not_computed.to_dict("records")
    return result.effects.iloc[0].to_dict()


def test_g_from_means_favours_the_intervention_where_fewer_symptoms_are_better(trial) -> None:  # type: ignore[no-untyped-def]
    row = one(trial(*MEANS))
    g, v = escalc("SMD", {"m1i": [12], "sd1i": [8], "n1i": [38], "m2i": [16], "sd2i": [8], "n2i": [38]})
    assert (row["yi"], row["vi"]) == (-g[0], v[0])
    assert row["yi"] > 0
    assert row["direction_applied"] == "reversed: higher is worse"
    assert (row["m1"], row["sd2"], row["n1"], row["ni"]) == (12, 8, 38, 76)
    assert json.loads(row["inputs"])["m1i"] == 12


def test_signs_stay_as_reported_on_request(trial) -> None:  # type: ignore[no-untyped-def]
    assert one(trial(*MEANS), direction="as_reported")["yi"] < 0


def test_the_columns_stand_in_their_order_even_without_effects(trial) -> None:  # type: ignore[no-untyped-def]
    assert list(assemble(trial(), PLAIN).effects.columns[: len(COLUMNS)]) == COLUMNS


@pytest.mark.parametrize(
    ("numbers", "step"),
    [
        ([("new", "se", str(8 / math.sqrt(38))), ("old", "se", str(8 / math.sqrt(38)))], "SD = SE x sqrt(n)"),
        ([("new", "iqr", "10.6"), ("old", "iqr", "10.6")], "SD from the interquartile range (Wan et al. 2014)"),
        (
            [
                ("new", "ci_lb", "9.3705"),
                ("new", "ci_ub", "14.6295"),
                ("old", "ci_lb", "13.3705"),
                ("old", "ci_ub", "18.6295"),
            ],
            "SD from the 95% CI of the mean (t)",
        ),
    ],
)
def test_an_sd_comes_from_what_is_there(trial, numbers, step) -> None:  # type: ignore[no-untyped-def]
    row = one(trial(*[m for m in MEANS if m[1] != "sd"], *numbers))
    assert row["sd1"] == pytest.approx(8.0, rel=0.03)
    assert step in row["flags"]


def test_medians_become_means_unless_the_protocol_forbids_it(trial) -> None:  # type: ignore[no-untyped-def]
    quantiles = [
        (a, s, v)
        for a, m in (("new", 12), ("old", 16))
        for s, v in (("median", f"{m}"), ("q1", f"{m - 5}"), ("q3", f"{m + 5}"), ("n", "38"))
    ]
    row = one(trial(*quantiles))
    assert "mean from median and quantiles (Luo et al. 2018)" in row["flags"]
    lost = assemble(trial(*quantiles), Choices(comparators=("standardised",), medians=False)).not_computed
    assert lost["reason"].iloc[0] == "new lacks mean, sd; old lacks mean, sd"
    assert lost["direction"].iloc[0] == "positive"


@pytest.mark.parametrize(
    ("medians", "given", "step"),
    [
        ("qe", ("q1", "q3"), "mean and SD of the nearest normal distribution (McGrath et al. 2020)"),
        ("hozo", ("min", "max"), "mean and SD from median and range (Hozo et al. 2005)"),
        ("hozo", ("q1", "q3"), "mean from median and quantiles (Luo et al. 2018)"),  # Hozo's needs the range
    ],
)
def test_the_protocol_may_name_another_estimator(trial, medians, given, step) -> None:  # type: ignore[no-untyped-def]
    numbers = [
        (a, s, v)
        for a, m in (("new", 12), ("old", 16))
        for s, v in (("median", f"{m}"), (given[0], f"{m - 5}"), (given[1], f"{m + 5}"), ("n", "38"))
    ]
    row = one(trial(*numbers), medians=medians)
    assert step in row["flags"]
    assert (row["m1"], row["m2"]) == (pytest.approx(12), pytest.approx(16))


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([("new vs old", "t", "-2.18")], -2.18 * math.sqrt(2 / 38)),
        ([("old vs new", "t", "2.18")], -2.18 * math.sqrt(2 / 38)),
        ([("new vs old", "d", "-0.5")], -0.5),
        (
            [("new vs old", "F", "4.75"), ("new vs old", "df", "1"), ("new", "mean", "12"), ("old", "mean", "16")],
            -math.sqrt(4.75 * 2 / 38),
        ),
        ([("new vs old", "p", ".03"), ("new", "mean", "12"), ("old", "mean", "16")], -2.2134 * math.sqrt(2 / 38)),
        ([("new vs old", "md", "-4"), ("new vs old", "md_se", "1.835")], -4 / (1.835 / math.sqrt(2 / 38))),
    ],
)
def test_tests_give_effects_with_the_right_sign(trial, numbers, expected) -> None:  # type: ignore[no-untyped-def]
    sizes = [("new", "n", "38"), ("old", "n", "38")]
    row = one(trial(*numbers, *sizes), correction="none", direction="as_reported")
    assert row["yi"] == pytest.approx(expected, rel=1e-3)


def test_a_bounded_p_is_taken_as_its_bound_and_said_so(trial) -> None:  # type: ignore[no-untyped-def]
    numbers = [
        ("new vs old", "p", "<.05"),
        ("new", "mean", "12"),
        ("old", "mean", "16"),
        ("new", "n", "38"),
        ("old", "n", "38"),
    ]
    assert "p < 0.05 taken as 0.05" in one(trial(*numbers))["flags"]
    lost = assemble(trial(*numbers), Choices(comparators=("standardised",), bounded_p="skip")).not_computed
    assert "p is only bounded (<0.05)" in lost["reason"].iloc[0]


def test_p_above_a_bound_gives_no_effect(trial) -> None:  # type: ignore[no-untyped-def]
    numbers = [("new vs old", "p", ">.05"), ("new", "mean", "12"), ("old", "mean", "16")]
    lost = assemble(trial(*numbers), PLAIN).not_computed
    assert "only bounded" in lost["reason"].iloc[0]


def test_p_without_a_direction_gives_no_effect(trial) -> None:  # type: ignore[no-untyped-def]
    lost = assemble(trial(("new vs old", "p", ".20")), PLAIN).not_computed
    assert "no sign" in lost["reason"].iloc[0]


def test_change_scores_need_a_correlation_or_their_own_sd(trial) -> None:  # type: ignore[no-untyped-def]
    numbers = [
        (a, s, v)
        for a, m in (("new", "-8"), ("old", "-4"))
        for s, v in (("mean_change", m), ("sd_change", "6"), ("n_change", "30"))
    ]
    row = one(trial(*numbers))
    assert (row["sd1"], row["n1"], row["formula"]) == (6, 30, "SMD from change scores")
    assert assemble(trial(*numbers), Choices(comparators=("standardised",), change_scores="never")).effects.empty


def baseline(trial, **more):  # type: ignore[no-untyped-def]
    """A trial with means and SDs before and after."""
    tables = trial(*MEANS)
    frame = tables["results"]
    before = frame[frame["stat"] != "n"].assign(timepoint="baseline", value=["20.0", "9.0", "20.5", "9.5"])
    tables.tables["results"] = type(frame)(
        [*frame.to_dict("records"), *before.to_dict("records")], columns=frame.columns, dtype=str
    )
    return tables


def test_difference_of_standardized_mean_changes(trial) -> None:  # type: ignore[no-untyped-def]
    row = one(baseline(trial), measure="SMCR", pre_post_correlation=0.6, direction="as_reported")
    first = escalc("SMCR", {"m1i": [12], "m2i": [20], "sd1i": [9], "ri": [0.6], "ni": [38]})
    second = escalc("SMCR", {"m1i": [16], "m2i": [20.5], "sd1i": [9.5], "ri": [0.6], "ni": [38]})
    assert row["yi"] == pytest.approx(first[0][0] - second[0][0])
    assert row["vi"] == pytest.approx(first[1][0] + second[1][0])
    assert "pre-post correlation assumed" in row["flags"]


def test_baseline_is_no_time_of_an_effect(trial) -> None:  # type: ignore[no-untyped-def]
    assert one(baseline(trial))["timepoint"] == "post"


COUNTS = [("new", "events", "12"), ("new", "total", "40"), ("old", "events", "20"), ("old", "total", "40")]


@pytest.mark.parametrize(
    ("measure", "expected"),
    [("OR", math.log((12 / 28) / (20 / 20))), ("RR", math.log(12 / 20)), ("RD", 12 / 40 - 20 / 40)],
)
def test_counts(trial, measure, expected) -> None:  # type: ignore[no-untyped-def]
    row = one(trial(*COUNTS), measure=measure, direction="as_reported")
    assert (row["yi"], row["events1"], row["events2"]) == (pytest.approx(expected), 12, 20)


def test_a_percentage_becomes_events(trial) -> None:  # type: ignore[no-untyped-def]
    numbers = [("new", "percent", "30"), ("new", "n", "40"), ("old", "percent", "50"), ("old", "n", "40")]
    row = one(trial(*numbers), measure="RR", direction="as_reported")
    assert row["yi"] == pytest.approx(math.log(12 / 20))
    assert "events from the percentage" in row["flags"]


def test_counts_give_an_smd_only_where_the_protocol_mixes_them(trial) -> None:  # type: ignore[no-untyped-def]
    assert assemble(trial(*COUNTS), PLAIN).effects.empty
    row = one(trial(*COUNTS), mix_dichotomous=True, direction="as_reported", correction="none")
    assert row["yi"] == pytest.approx(math.log((12 / 28) / 1) * math.sqrt(3) / math.pi)


def test_rates(trial) -> None:  # type: ignore[no-untyped-def]
    numbers = [
        ("new", "rate_events", "4"),
        ("new", "person_time", "100"),
        ("old", "rate_events", "10"),
        ("old", "person_time", "90"),
    ]
    assert one(trial(*numbers), measure="IRR", direction="as_reported")["yi"] == pytest.approx(
        math.log((4 / 100) / (10 / 90))
    )


def test_hazard_ratio_with_its_interval(trial) -> None:  # type: ignore[no-untyped-def]
    row = one(
        trial(("new vs old", "hr", "0.60"), ("new vs old", "hr_ci_lb", "0.40"), ("new vs old", "hr_ci_ub", "0.90")),
        measure="HR",
        direction="as_reported",
    )
    assert row["yi"] == pytest.approx(math.log(0.6))
    assert row["sei"] == pytest.approx(math.log(0.9 / 0.4) / (2 * 1.959964), rel=1e-6)


@pytest.mark.parametrize(
    ("measure", "numbers", "yi", "sei"),
    [
        ("OR", [("or", "0.5"), ("or_ci_lb", "0.25"), ("or_ci_ub", "1.0")], math.log(0.5), math.log(4) / 3.919928),
        ("OR", [("log_or", "-0.7"), ("or_se", "0.3")], -0.7, 0.3),
        ("RR", [("rr", "0.8"), ("p", ".0455003")], math.log(0.8), -math.log(0.8) / 2),
        ("RD", [("rd", "-0.10"), ("rd_se", "0.05")], -0.10, 0.05),
        ("IRR", [("irr", "0.5"), ("irr_ci_lb", "0.25"), ("irr_ci_ub", "1.0")], math.log(0.5), math.log(4) / 3.919928),
    ],
)
def test_effects_that_a_report_states_for_a_contrast(trial, measure, numbers, yi, sei) -> None:  # type: ignore[no-untyped-def]
    row = one(trial(*[("new vs old", s, v) for s, v in numbers]), measure=measure, direction="as_reported")
    assert (row["yi"], row["sei"]) == (pytest.approx(yi), pytest.approx(sei, rel=1e-4))
    turned = one(trial(*[("old vs new", s, v) for s, v in numbers]), measure=measure, direction="as_reported")
    assert turned["yi"] == pytest.approx(-yi)


def test_eta_squared_of_two_groups(trial) -> None:  # type: ignore[no-untyped-def]
    # F = 4.75 with 1 and 74 df has eta squared 4.75 / (4.75 + 74).
    numbers = [
        ("new vs old", "eta2", str(4.75 / 78.75)),
        ("new", "mean", "12"),
        ("old", "mean", "16"),
        ("new", "n", "38"),
        ("old", "n", "38"),
    ]
    row = one(trial(*numbers), correction="none", direction="as_reported")
    assert row["yi"] == pytest.approx(-math.sqrt(4.75 * 2 / 38))


def test_a_correlation_of_a_whole_sample_needs_no_arms(sheets) -> None:  # type: ignore[no-untyped-def]
    tables = sheets(
        studies=[{"study_id": "Ost 2010", "n_total": "103"}],
        outcomes=[{"study_id": "Ost 2010", "outcome_id": "r1", "construct": "support", "direction": "higher_better"}],
        results=[
            {"study_id": "Ost 2010", "outcome_id": "r1", "timepoint": "once", "stat": "r", "value": "-.20"},
            {"study_id": "Ost 2010", "outcome_id": "r1", "timepoint": "once", "stat": "n", "value": "103"},
        ],
    )
    row = one(tables, measure="ZCOR")
    assert (row["yi"], row["vi"], row["ni"], row["arm_1"]) == (pytest.approx(math.atanh(-0.2)), 0.01, 103, "")
    assert row["effect_id"] == "Ost 2010|r1|once"


REPORTED = {"study_id": "Kern 2001", "outcome_id": "bdi", "contrast": "new vs old", "timepoint": "post"}


@pytest.mark.parametrize(
    ("given", "choices", "yi", "sei"),
    [
        ({"measure": "g", "value": "-0.40", "se": "0.20"}, {}, 0.40, 0.20),
        ({"measure": "g", "value": "0.40", "se": "0.20", "favours": "new"}, {}, 0.40, 0.20),
        ({"measure": "g", "value": "0.40", "se": "0.20", "favours": "old"}, {}, -0.40, 0.20),
        ({"measure": "g", "value": "-0.40", "ci_lb": "-0.79", "ci_ub": "-0.01"}, {}, 0.40, 0.78 / 3.919928),
        (
            {"measure": "or", "value": "2.0", "ci_lb": "1.0", "ci_ub": "4.0"},
            {"measure": "OR"},
            -math.log(2),
            math.log(4) / 3.919928,
        ),
        ({"measure": "md", "value": "-4", "p": ".0455003"}, {"measure": "MD"}, 4, 2.0),
        ({"measure": "r", "value": "-.3", "n": "103"}, {"measure": "ZCOR"}, math.atanh(0.3), 0.1),
    ],
)
def test_reported_effects(trial, given, choices, yi, sei) -> None:  # type: ignore[no-untyped-def]
    row = one(trial(effects_reported=[{**REPORTED, **given}]), **choices)
    assert (row["yi"], row["sei"]) == (pytest.approx(yi, rel=1e-5), pytest.approx(sei, rel=1e-4))
    assert "reported effect" in row["flags"]


def test_own_numbers_go_before_a_reported_effect_unless_adjusted_ones_are_preferred(trial) -> None:  # type: ignore[no-untyped-def]
    given = [{**REPORTED, "measure": "g", "value": "-0.30", "se": "0.20", "adjusted": "yes"}]
    assert one(trial(*MEANS, effects_reported=given))["formula"] == "SMD from means, SDs and n"
    assert one(trial(*MEANS, effects_reported=given), prefer_adjusted=True)["yi"] == pytest.approx(0.30)


def cluster(**more: str) -> list[dict[str, str]]:
    """The study as a cluster trial."""
    return [{"study_id": "Kern 2001", "cluster_randomised": "yes", "cluster_size": "11", **more}]


def test_a_cluster_trial_is_corrected_by_its_design_effect(trial) -> None:  # type: ignore[no-untyped-def]
    row = one(trial(*MEANS, studies=cluster(icc="0.05")))
    assert row["n1"] == pytest.approx(38 / 1.5)
    assert "design effect 1.5 (ICC 0.05)" in row["flags"]
    assert one(trial(*MEANS, studies=cluster(icc="0.05", clusters_adjusted="yes")))["n1"] == 38
    assert "not corrected" in one(trial(*MEANS, studies=cluster()))["flags"]
    assert "assumed" in one(trial(*MEANS, studies=cluster()), icc=0.02)["flags"]


def test_a_stated_effect_of_a_cluster_trial_has_its_standard_error_enlarged(trial) -> None:  # type: ignore[no-untyped-def]
    # Handbook 23.1.5: a standard error that ignores the clusters, times the root of the design effect 1.5.
    given = [{**REPORTED, "measure": "g", "value": "-0.40", "se": "0.20"}]
    row = one(trial(effects_reported=given, studies=cluster(icc="0.05")))
    assert (row["yi"], row["sei"]) == (pytest.approx(0.40), pytest.approx(0.20 * math.sqrt(1.5)))
    assert "SE times the root of the design effect 1.5" in row["flags"]
    assert one(trial(effects_reported=given, studies=cluster(icc="0.05", clusters_adjusted="yes")))["sei"] == 0.20
    numbers = [("new vs old", s, v) for s, v in (("md", "-4"), ("md_se", "2"))]
    row = one(trial(*numbers, studies=cluster(icc="0.05")), measure="MD")
    assert row["sei"] == pytest.approx(2 * math.sqrt(1.5))
    ratio = [("new vs old", s, v) for s, v in (("or", "0.5"), ("or_ci_lb", "0.25"), ("or_ci_ub", "1.0"))]
    row = one(trial(*ratio, studies=cluster(icc="0.05")), measure="OR")
    assert row["sei"] == pytest.approx(math.log(4) / 3.919928 * math.sqrt(1.5), rel=1e-6)


@pytest.mark.parametrize(
    ("numbers", "choices", "yi", "sei"),
    [
        # Handbook 6.5.2.3: MD 3.8, p = .008, n = 25 and 22: t = 2.78, SE = 1.37.
        ([("md", "-3.8"), ("p", ".008")], {"measure": "MD"}, 3.8, 1.37),
        ([("r", "-.25")], {}, 0.5050, 0.2271),
        ([("or", "0.5"), ("p", "<.05")], {"measure": "OR"}, math.log(2), math.log(2) / 1.959964),
        ([("hr", "0.7"), ("p", "<.05")], {"measure": "HR"}, -math.log(0.7), -math.log(0.7) / 1.959964),
    ],
)
def test_further_statistics_of_a_contrast(trial, numbers, choices, yi, sei) -> None:  # type: ignore[no-untyped-def]
    sizes = ("25", "22") if choices.get("measure") == "MD" else ("40", "40")
    arms = [
        {"study_id": "Kern 2001", "arm_id": a, "role": r, "n_analysed": n}
        for (a, r), n in zip((("new", "intervention"), ("old", "standardised")), sizes, strict=True)
    ]
    row = one(trial(*[("new vs old", s, v) for s, v in numbers], arms=arms), **choices)
    assert (row["yi"], row["sei"]) == (pytest.approx(yi, abs=1e-4), pytest.approx(sei, abs=4e-3))


def test_a_bounded_p_may_be_refused(trial) -> None:  # type: ignore[no-untyped-def]
    numbers = [("new vs old", "hr", "0.7"), ("new vs old", "p", "<.05")]
    choices = Choices(measure="HR", comparators=("standardised",), bounded_p="skip")
    assert "no SE, interval or p" in assemble(trial(*numbers), choices).not_computed["reason"].iloc[0]


def test_a_median_with_nothing_but_the_width_of_its_quartiles(trial) -> None:  # type: ignore[no-untyped-def]
    numbers = [
        (a, s, v) for a, m in (("new", "12"), ("old", "16")) for s, v in (("median", m), ("iqr", "10.8"), ("n", "38"))
    ]
    row = one(trial(*numbers))
    assert (row["m1"], row["sd1"]) == (12, pytest.approx(10.8 / expected_iqr(38)))
    assert "median taken for the mean" in row["flags"]


def three_arms(trial):  # type: ignore[no-untyped-def]
    """Two interventions against one control."""
    arms = [
        {"study_id": "Kern 2001", "arm_id": a, "role": r}
        for a, r in (("new", "intervention"), ("newer", "intervention"), ("old", "standardised"))
    ]
    return trial(*MEANS, ("newer", "mean", "11"), ("newer", "sd", "8"), ("newer", "n", "40"), arms=arms)


def test_a_shared_control_is_marked_or_split(trial) -> None:  # type: ignore[no-untyped-def]
    marked = assemble(three_arms(trial), PLAIN).effects
    assert list(marked["shared_group"]) == ["Kern 2001:old", "Kern 2001:old"]
    assert list(marked["n2"]) == [38, 38]
    split = assemble(three_arms(trial), Choices(comparators=("standardised",), shared_control="split")).effects
    assert list(split["n2"]) == [19, 19]
    assert list(split["n1"]) == [38, 40]


def test_a_shared_control_without_a_remedy_is_an_error(trial) -> None:  # type: ignore[no-untyped-def]
    result = assemble(three_arms(trial), Choices(comparators=("standardised",), shared_control="none"))
    assert [f.code for f in result.findings] == ["shared-arm", "shared-arm"]


def test_each_effect_names_its_sources(trial) -> None:  # type: ignore[no-untyped-def]
    sources = [
        {"cell_key": "results/Kern 2001", "method": "reported"},
        {"cell_key": "results/Kern 2001/bdi/new/post/mean", "source_id": "T2", "method": "digitised"},
    ]
    assert one(trial(*MEANS, sources=sources))["source"] == "S1; T2"


def test_risk_of_bias_and_moderators_come_along(trial) -> None:  # type: ignore[no-untyped-def]
    tables = trial(*MEANS, studies=[{"study_id": "Kern 2001", "label": "Kern", "tailoring": "preference"}])
    row = assemble(tables, PLAIN, {("Kern 2001", ""): "high", ("Kern 2001", "bdi"): "low"}).effects.iloc[0]
    assert (row["rob"], row["study_tailoring"], row["arm_role"], row["comparator_role"]) == (
        "low",
        "preference",
        "intervention",
        "standardised",
    )


def test_analysis_sets_are_chosen_and_the_others_said(trial) -> None:  # type: ignore[no-untyped-def]
    tables = trial(*MEANS)
    frame = tables["results"].assign(analysis_set="completers")
    more = frame.assign(analysis_set="ITT", value=["13", "8", "40", "16", "8", "40"])
    tables.tables["results"] = type(frame)([*frame.to_dict("records"), *more.to_dict("records")], dtype=str)
    row = one(tables)
    assert row["n1"] == 40
    assert "other analysis sets not used: completers" in row["flags"]


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (("new vs old", "d", "-0.50"), None),
        (("new vs old", "g", "-0.49"), None),
        (("new vs old", "t", "-2.18"), None),
        (("new vs old", "d", "-0.90"), "effect-contradicted"),
        (("new vs old", "d", "0.50"), "sign-turned"),
    ],
)
def test_a_reported_effect_is_held_against_its_own_data(trial, claim, code) -> None:  # type: ignore[no-untyped-def]
    findings = list(assemble(trial(*MEANS, claim), PLAIN).findings)
    assert [f.code for f in findings] == ([code] if code else [])


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (("new vs old", "or", "0.44"), None),
        (("old vs new", "or", "2.25"), None),
        (("old vs new", "rr", "1.5"), None),
        (("new vs old", "or", "2.25"), "sign-turned"),
        (("old vs new", "or", "4.00"), "effect-contradicted"),
    ],
)
def test_a_reported_ratio_is_inverted_where_its_contrast_is_turned(trial, claim, code) -> None:  # type: ignore[no-untyped-def]
    # 16 of 40 and 24 of 40: odds ratio (16 * 16) / (24 * 24) = 0.444, the other way round 2.25; risk ratio 1.5.
    counts = [("new", "events", "16"), ("new", "total", "40"), ("old", "events", "24"), ("old", "total", "40")]
    choices = Choices(measure="OR", comparators=("standardised",))
    findings = list(assemble(trial(*counts, claim), choices).findings)
    assert [f.code for f in findings] == ([code] if code else [])


def test_what_the_data_give_is_said_in_the_reports_own_direction(trial) -> None:  # type: ignore[no-untyped-def]
    given = [{**REPORTED, "measure": "g", "value": "0.90", "favours": "new"}]
    fault = next(iter(assemble(trial(*MEANS, effects_reported=given), PLAIN).findings))
    assert fault.code == "effect-contradicted"
    assert "which give 0.495 (positive favours new)" in fault.what
    turned = [{**REPORTED, "contrast": "old vs new", "measure": "md", "value": "7"}]
    assert (
        "give 4 (old minus new as measured)"
        in next(iter(assemble(trial(*MEANS, effects_reported=turned), PLAIN).findings)).what
    )


def test_counts_without_a_measure_of_their_own_say_what_to_do(trial) -> None:  # type: ignore[no-untyped-def]
    lost = assemble(trial(*COUNTS, outcome={"construct": "response"}), PLAIN).not_computed.iloc[0]
    assert "measures: {response: RR}" in lost["reason"]


@pytest.mark.parametrize(("typed", "pval"), [(".03", 0.03), ("<.05", 0.05), (">.05", None)])
def test_an_effect_that_cannot_be_computed_keeps_its_p(trial, typed, pval) -> None:  # type: ignore[no-untyped-def]
    numbers = [("new", "mean", "12"), ("old", "mean", "16"), ("new vs old", "p", typed)]
    bare = [
        {"study_id": "Kern 2001", "arm_id": a, "role": r} for a, r in (("new", "intervention"), ("old", "standardised"))
    ]
    lost = assemble(trial(*numbers, arms=bare), PLAIN).not_computed.iloc[0]
    assert (lost["direction"], lost["pval"] if lost["pval"] == lost["pval"] else None) == ("positive", pval)


def test_a_correlation_of_a_measure_with_itself_has_no_z(trial) -> None:  # type: ignore[no-untyped-def]
    given = [{**REPORTED, "contrast": "", "measure": "r", "value": "1", "n": "80"}]
    lost = assemble(trial(effects_reported=given), Choices(measure="ZCOR")).not_computed
    assert "a measure with itself" in lost["reason"].iloc[0]


def test_a_very_large_effect_is_questioned(trial) -> None:  # type: ignore[no-untyped-def]
    numbers = [(a, s, v if s != "sd" else "1.3") for a, s, v in MEANS]
    result = assemble(trial(*numbers), PLAIN)
    assert [f.code for f in result.findings] == ["large-effect"]
    assert "|g| > 2" in result.effects["flags"].iloc[0]


def test_effects_of_a_study_stand_in_the_protocols_order(trial) -> None:  # type: ignore[no-untyped-def]
    outcomes = [
        {
            "study_id": "Kern 2001",
            "outcome_id": o,
            "construct": "depression",
            "instrument": i,
            "direction": "higher_worse",
        }
        for o, i in (("bdi", "BDI-II"), ("phq", "PHQ-9"))
    ]
    rows = [
        {"study_id": "Kern 2001", "outcome_id": o, "arm_id": a, "timepoint": t, "stat": s, "value": v}
        for o in ("bdi", "phq")
        for t in ("later", "post")
        for a, s, v in MEANS
    ]
    leaves = {
        "comparisons": {"comparators": ["standardised"]},
        "outcomes": {"depression": {"instruments": ["phq-9"], "timepoints": ["post", "later"]}},
    }
    choices, faults = read_choices(leaves)
    effects = assemble(trial(outcomes=outcomes, results=rows), choices).effects
    assert not list(faults)
    assert effects[["outcome_id", "timepoint"]].values.tolist() == [
        ["phq", "post"],
        ["phq", "later"],
        ["bdi", "post"],
        ["bdi", "later"],
    ]


def test_measures_may_differ_by_construct(trial) -> None:  # type: ignore[no-untyped-def]
    row = one(trial(*COUNTS, outcome={"construct": "response"}), measures={"response": "RR"})
    assert row["measure"] == "RR"


def test_options_are_checked() -> None:
    _, faults = read_choices({"effect_measure": "SMDX", "effect_options": {"shared_control": "ignore", "vtypo": "LS"}})
    assert sorted(f.code for f in faults) == ["unknown-measure", "unknown-option", "wrong-option"]
