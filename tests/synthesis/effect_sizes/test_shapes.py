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
