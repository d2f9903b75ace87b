"""Effects that a report states, held against its own data: cases worked out by hand."""

from __future__ import annotations

import pytest
from prismake.synthesis.effect_sizes.assemble import assemble
from prismake.synthesis.effect_sizes.choices import Choices

# d = -4 / 8 = -0.500; g = -0.500 x 0.98983 = -0.4949; t = -0.5 / sqrt(2/38) = -2.179; the difference is -4.0.
MEANS = [(a, s, v) for a, m in (("new", "12.0"), ("old", "16.0")) for s, v in (("mean", m), ("sd", "8.0"), ("n", "38"))]
# Over the control group's SD -4 / 10 = -0.40, over the pooled one -4 / 8.25 = -0.485; Student's and Welch's t are -2.114.
UNEQUAL = [(a, s, "6.0" if (a, s) == ("new", "sd") else "10.0" if s == "sd" else v) for a, s, v in MEANS]
# Whole numbers: 3.5 to 4.5 points apart at least, over SDs of 7.5 to 8.5.
ROUGH = [(a, s, v.split(".")[0]) for a, s, v in MEANS]
# Changes of -8 and -4 with SDs of 5: d = -0.80.
CHANGES = [
    (a, s, v) for a, m in (("new", "-8.0"), ("old", "-4.0")) for s, v in (("mean_change", m), ("sd_change", "5.0"))
]
# 14 of 38 and 6 of 36: odds ratio 14 x 30 / (24 x 6) = 2.917, its log 1.070; risks .3684 and .1667: ratio 2.211, difference .202.
COUNTS = [("new", "events", "14"), ("new", "total", "38"), ("old", "events", "6"), ("old", "total", "36")]
# 0 of 20 and 4 of 20 with 1/2 in each cell: (0.5 x 16.5) / (20.5 x 4.5) = 0.0894; 0.5/21 over 4.5/21 = 0.111.
ZERO = [("new", "events", "0"), ("new", "total", "20"), ("old", "events", "4"), ("old", "total", "20")]
CASES = [
    (MEANS, ("new vs old", "d", "-0.5"), None),
    (MEANS, ("old vs new", "d", "0.50"), None),
    (MEANS, ("new vs old", "d", "-0.45"), "effect-contradicted"),
    (MEANS, ("new vs old", "g", "-0.495"), None),
    (MEANS, ("new vs old", "g", "-0.55"), "effect-contradicted"),
    (MEANS, ("new vs old", "g", "0.49"), "sign-turned"),
    (MEANS, ("new vs old", "t", "2.18"), "sign-turned"),
    (MEANS, ("old vs new", "t", "2.18"), None),
    (MEANS, ("new vs old", "t", "-2.9"), "effect-contradicted"),
    (MEANS, ("new vs old", "md", "-4"), None),
    (MEANS, ("new vs old", "md", "-4.6"), "effect-contradicted"),
    (UNEQUAL, ("new vs old", "d", "-0.40"), None),
    (UNEQUAL, ("new vs old", "d", "-0.49"), None),
    (UNEQUAL, ("new vs old", "t", "-2.11"), None),
    (UNEQUAL, ("new vs old", "d", "-0.66"), "effect-contradicted"),
    (ROUGH, ("new vs old", "d", "-0.58"), None),
    (ROUGH, ("new vs old", "d", "-0.80"), "effect-contradicted"),
    ([*MEANS, *CHANGES], ("new vs old", "d", "-0.80"), None),
    ([*MEANS, *CHANGES], ("new vs old", "d", "-0.65"), "effect-contradicted"),
    (COUNTS, ("new vs old", "or", "2.9"), None),
    (COUNTS, ("new vs old", "or", "0.34"), "sign-turned"),
    (COUNTS, ("new vs old", "or", "3.5"), "effect-contradicted"),
    (COUNTS, ("new vs old", "log_or", "1.07"), None),
    (COUNTS, ("old vs new", "log_or", "-1.07"), None),
    (COUNTS, ("new vs old", "rr", "2.21"), None),
    (COUNTS, ("new vs old", "rd", "0.20"), None),
    (COUNTS, ("new vs old", "rd", "0.25"), "effect-contradicted"),
    (ZERO, ("new vs old", "or", "0.09"), None),
    (ZERO, ("new vs old", "rr", "0.11"), None),
    (ZERO, ("new vs old", "or", "0.20"), "effect-contradicted"),
]
REPORTED = {"study_id": "Kern 2001", "outcome_id": "bdi", "contrast": "new vs old", "timepoint": "post"}


def codes(tables, **choices):  # type: ignore[no-untyped-def]
    """The codes of what was found."""
    return [f.code for f in assemble(tables, Choices(comparators=("standardised",), **choices)).findings]


@pytest.mark.parametrize(("data", "claim", "code"), CASES)
def test_a_stated_effect_follows_from_its_own_data_or_not(trial, data, claim, code) -> None:  # type: ignore[no-untyped-def]
    measure = "OR" if data in (COUNTS, ZERO) else "SMD"
    assert codes(trial(*data, claim), measure=measure) == ([code] if code else [])


def test_a_cluster_trial_may_state_t_of_its_people_or_of_what_they_count_for(trial) -> None:  # type: ignore[no-untyped-def]
    # Clusters of 11 with an ICC of .05: design effect 1.5, so t is -2.179 or -2.179 / sqrt(1.5) = -1.779.
    study = [{"study_id": "Kern 2001", "cluster_randomised": "yes", "cluster_size": "11", "icc": "0.05"}]
    for t, found in (("-2.18", []), ("-1.78", []), ("-2.60", ["effect-contradicted"])):
        assert codes(trial(*MEANS, ("new vs old", "t", t), studies=study)) == found


def test_an_effect_over_the_sds_before_treatment(trial) -> None:  # type: ignore[no-untyped-def]
    # Scores of 12 and 16 after 20.0 and 20.5 with SDs of 6: changes (-8 + 4.5) / 6 = -0.58; scores -4 / 6 = -0.67.
    tables = trial(*MEANS)
    frame = tables["results"]
    before = [
        {**dict.fromkeys(frame.columns, ""), **where, "arm_id": a, "stat": s, "value": v}
        for where in ({"study_id": "Kern 2001", "outcome_id": "bdi", "timepoint": "baseline"},)
        for a, m in (("new", "20.0"), ("old", "20.5"))
        for s, v in (("mean", m), ("sd", "6.0"))
    ]
    for value, found in (("-0.58", []), ("-0.67", []), ("-0.90", ["effect-contradicted"])):
        claim = {**dict.fromkeys(frame.columns, ""), **before[0], "timepoint": "post", "arm_id": ""}
        claim |= {"contrast": "new vs old", "stat": "d", "value": value}
        tables.tables["results"] = type(frame)([*frame.to_dict("records"), *before, claim], dtype=str)
        assert codes(tables) == found


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"adjusted": "yes"}, []),
        ({"analysis_set": "completers"}, []),
        ({"analysis_set": "ITT"}, ["effect-contradicted"]),
        ({}, ["effect-contradicted"]),
    ],
)
def test_effects_of_other_people_or_models_are_no_claim_about_these_data(trial, more, found) -> None:  # type: ignore[no-untyped-def]
    stated = [{**REPORTED, "measure": "d", "value": "-0.90", **more}]
    tables = trial(*MEANS, effects_reported=stated)
    tables.tables["results"] = tables["results"].assign(analysis_set="itt")
    assert codes(tables) == found
