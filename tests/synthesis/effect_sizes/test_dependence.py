"""Covariances of effects that share people."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from prismake.synthesis.effect_sizes.dependence import (
    aggregate,
    correlation_by_type_and_time,
    correlation_of_shared_arms,
    covariance_matrix,
    is_positive_definite,
    sampling_covariance,
    smd_shared_control_covariance,
    smd_two_outcomes_covariance,
)


def test_agrees_with_vcalc(shared_data: Path) -> None:
    oracle = json.loads((shared_data / "oracle/escalc_all.json").read_text())["outputs"]
    shared = oracle["vcalc_shared_control"]
    i = shared["inputs"]
    weighted = correlation_of_shared_arms(i["study"], i["t"], i["c"], np.array(i["n1"]), np.array(i["n2"]))
    equal = correlation_of_shared_arms(i["study"], i["t"], i["c"])
    for r, expected in ((weighted, shared["V_weighted"]), (equal, shared["V_equal"])):
        assert covariance_matrix(i["vi"], r) == pytest.approx(np.array(expected), rel=1e-10)
    both = oracle["vcalc_type_time"]
    i = both["inputs"]
    r = correlation_by_type_and_time(i["study"], kind=i["type"], time=i["time"], rho=both["rho"], phi=both["phi"])
    assert covariance_matrix(i["vi"], r) == pytest.approx(np.array(both["V"]), rel=1e-10)


def test_an_arm_on_different_sides_correlates_negatively() -> None:
    r = correlation_of_shared_arms(["s", "s"], ["a", "b"], ["b", "c"])
    assert r[0, 1] == pytest.approx(-0.5)


def test_covariances_of_gleser_and_olkin() -> None:
    # Gleser & Olkin (2009), Handbook of Research Synthesis, 19.19 and 19.27: with r = 1 and one outcome both are the
    # variance.
    assert smd_shared_control_covariance(0.4, 0.4, 50, 150) == pytest.approx(1 / 50 + 0.16 / 300)
    assert smd_two_outcomes_covariance(0.4, 0.4, 50, 60, 1.0) == pytest.approx(1 / 50 + 1 / 60 + 0.16 / 220)


def test_the_average_of_uncorrelated_effects_is_the_weighted_mean() -> None:
    y, v = aggregate(np.array([0.2, 0.6]), np.diag([0.1, 0.3]))
    assert (y, v) == (
        pytest.approx((0.2 / 0.1 + 0.6 / 0.3) / (1 / 0.1 + 1 / 0.3)),
        pytest.approx(1 / (1 / 0.1 + 1 / 0.3)),
    )


def test_two_effects_of_one_kind_and_time_are_not_one() -> None:
    r = correlation_by_type_and_time(["s", "s"], rho=0.6)
    assert r[0, 1] == 0.6
    assert is_positive_definite(r)
    assert not is_positive_definite(np.array([[1.0, 1.0], [1.0, 1.0]]))


def test_the_covariance_of_a_table_of_effects() -> None:
    rows = [
        ("A", "dep", "new", "old", 0.04),
        ("A", "dep", "newer", "old", 0.05),
        ("A", "anx", "new", "old", 0.04),
        ("B", "dep", "new", "old", 0.03),
    ]
    table = pd.DataFrame([dict(zip(("cluster", "outcome_id", "arm_1", "arm_2", "vi"), r, strict=True)) for r in rows])
    v = sampling_covariance(table.assign(n1=40, n2=40, time_weeks=12), rho=0.6)
    assert v[0, 1] == pytest.approx(0.5 * np.sqrt(0.04 * 0.05))
    assert v[0, 2] == pytest.approx(0.6 * 0.04)
    assert v[1, 2] == pytest.approx(0.6 * 0.5 * np.sqrt(0.04 * 0.05))
    assert (v[3, :3] == 0).all() and is_positive_definite(v)
