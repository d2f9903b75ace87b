"""Estimates, intervals, tests and p values against each other."""

from __future__ import annotations

import pytest
from prismake.extraction.consistency import check_consistency

REPORTED = {"study_id": "Kern 2001", "outcome_id": "bdi", "contrast": "new vs old", "timepoint": "post"}


def codes(tables):  # type: ignore[no-untyped-def]
    """Codes of all findings."""
    return [f.code for f in check_consistency(tables)]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([("t", "2.20"), ("df", "28"), ("p", ".036")], []),
        ([("t", "2.20"), ("df", "28"), ("p", ".05")], ["p-contradicts-test"]),
        ([("t", "2.20"), ("df", "28"), ("p", ".018")], []),  # one-sided
        ([("t", "2.20"), ("df", "28"), ("p", "<.05")], []),
        ([("t", "1.20"), ("df", "28"), ("p", "<.05")], ["p-contradicts-test"]),
        ([("F", "4.84"), ("df", "1"), ("df2", "28"), ("p", ".036")], []),
        ([("chi2", "3.84"), ("df", "1"), ("p", ".05")], []),
        ([("z", "1.96"), ("p", ".20")], ["p-contradicts-test"]),
        ([("t", "2.20"), ("p", ".05")], []),  # without df it may be any p from .028 (many) to .27 (one)
        ([("t", "2.20"), ("p", ".30")], ["p-contradicts-test"]),
        ([("F", "4.84"), ("df", "1"), ("p", ".40")], ["p-contradicts-test"]),
        ([("F", "4.84"), ("df", "3"), ("p", ".01")], []),
        ([("md", "-4.0"), ("md_ci_lb", "-7.6"), ("md_ci_ub", "-0.4"), ("p", ".03")], []),
        ([("md", "-4.0"), ("md_ci_lb", "-7.6"), ("md_ci_ub", "-0.4"), ("p", ".30")], ["p-contradicts-interval"]),
        ([("md", "-4.0"), ("md_ci_lb", "-9.6"), ("md_ci_ub", "-0.4")], ["interval-not-centred"]),
        ([("or", "2.0"), ("or_ci_lb", "1.0"), ("or_ci_ub", "4.0")], []),
        ([("or", "2.5"), ("or_ci_lb", "1.0"), ("or_ci_ub", "4.0")], ["interval-not-centred"]),
    ],
)
def test_each_rule(trial, numbers, expected) -> None:  # type: ignore[no-untyped-def]
    assert codes(trial(*[("new vs old", s, v) for s, v in numbers])) == expected


def test_fishers_z_of_a_sample_is_no_test(trial) -> None:  # type: ignore[no-untyped-def]
    where = {"study_id": "Kern 2001", "outcome_id": "bdi", "timepoint": "post"}
    for stat, expected in (("z", []), ("t", ["p-contradicts-test"])):
        rows = [{**where, "stat": s, "value": v} for s, v in ((stat, "0.31"), ("p", ".003"))]
        assert codes(trial(results=rows)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"measure": "d", "value": "0.22", "ci_lb": "0.05", "ci_ub": "0.39", "p": ".011"}, []),
        ({"measure": "d", "value": "0.22", "ci_lb": "0.05", "ci_ub": "0.39", "p": ".11"}, ["p-contradicts-interval"]),
        ({"measure": "d", "value": "0.50", "ci_lb": "0.05", "ci_ub": "0.39"}, ["interval-not-centred"]),
        ({"measure": "hr", "value": "0.60", "ci_lb": "0.40", "ci_ub": "0.90"}, []),
        ({"measure": "g", "value": "0.40", "ci_lb": "0.07", "ci_ub": "0.73", "ci_level": "90"}, []),
    ],
)
def test_reported_effects(trial, given, expected) -> None:  # type: ignore[no-untyped-def]
    assert codes(trial(effects_reported=[{**REPORTED, **given}])) == expected
