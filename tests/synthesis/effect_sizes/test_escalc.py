"""Effect sizes against worked examples in print, and at their edges; test_oracle.py holds them against metafor's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.synthesis.effect_sizes.escalc import escalc, measures
from prismake.synthesis.effect_sizes.numeric import small_sample_correction


def test_g_and_its_variance_as_in_borenstein_2009() -> None:
    # Borenstein, Hedges, Higgins & Rothstein (2009), pp. 22-27: means 103 and 100, SDs 5.5 and 4.5, 50 people each.
    data = {"m1i": [103], "sd1i": [5.5], "n1i": [50], "m2i": [100], "sd2i": [4.5], "n2i": [50]}
    d, _ = escalc("SMD", data, correct=False)
    g, v = escalc("SMD", data, correction="approximate", vtype="LS2")
    md, v_md = escalc("MD", data, vtype="HO")
    assert (round(d[0], 4), round(g[0], 4), round(v[0], 4)) == (0.5970, 0.5924, 0.0411)
    assert (md[0], round(v_md[0], 4)) == (3, 1.0100)


def test_ratios_as_in_borenstein_2009() -> None:
    # The same, pp. 35-38: 5 of 100 treated and 10 of 100 controls have the event.
    data = {"ai": [5], "n1i": [100], "ci": [10], "n2i": [100]}
    found = {m: [round(float(x[0]), 4) for x in escalc(m, data)] for m in ("RR", "OR", "RD")}
    assert found["RR"] == [-0.6931, 0.2800]
    assert found["OR"] == [-0.7472, 0.3216]
    assert found["RD"] == [-0.05, 0.0014]


def test_correlations_as_in_borenstein_2009() -> None:
    # The same, p. 42: r = .50 in 100 people.
    r, v = escalc("COR", {"ri": [0.5], "ni": [100]})
    z, v_z = escalc("ZCOR", {"ri": [0.5], "ni": [100]})
    assert (r[0], round(v[0], 4), round(z[0], 4), round(v_z[0], 4)) == (0.5, 0.0057, 0.5493, 0.0103)


def test_bcg_trial_as_in_viechtbauer_2010() -> None:
    # Viechtbauer (2010), J Stat Softw 36(3), p. 9: Aronson (1948), 4 of 123 and 11 of 139.
    yi, vi = escalc("RR", {"ai": [4], "bi": [119], "ci": [11], "di": [128]})
    assert (round(yi[0], 4), round(vi[0], 4)) == (-0.8893, 0.3256)


@pytest.mark.parametrize(("to", "expected"), [("only0", 0.5), ("none", 0.0), ("all", 0.5), ("if0all", 0.5)])
def test_zero_cell_rule_applies_to_the_rows_it_names(to: str, expected: float) -> None:
    yi, _ = escalc("OR", {"ai": [0, 3], "n1i": [10, 10], "ci": [2, 4], "n2i": [10, 10]}, to=to)
    with np.errstate(divide="ignore"):
        first = math.log((expected / 10.5) / (2.5 / 8.5)) if expected else math.nan
    assert yi[0] == pytest.approx(first, nan_ok=True)
    second = math.log((3 / 7) / (4 / 6)) if to in ("only0", "none") else math.log((3.5 / 7.5) / (4.5 / 6.5))
    assert yi[1] == pytest.approx(second)


def test_tables_without_events_are_dropped_on_request() -> None:
    data = {"ai": [0], "n1i": [20], "ci": [0], "n2i": [20]}
    assert not math.isnan(escalc("OR", data)[0][0])
    assert math.isnan(escalc("OR", data, drop00=True)[0][0])


def test_vtype_may_differ_by_row() -> None:
    data = {
        "m1i": [3.0, 3.0],
        "sd1i": [2.0, 2.0],
        "n1i": [10, 10],
        "m2i": [1.0, 1.0],
        "sd2i": [2.0, 2.0],
        "n2i": [10, 10],
    }
    _, both = escalc("SMD", data, vtype=("LS", "UB"))
    assert both[0] == escalc("SMD", data, vtype="LS")[1][0]
    assert both[1] == escalc("SMD", data, vtype="UB")[1][1]


@pytest.mark.parametrize(
    ("measure", "data"),
    [
        ("SMD", {"m1i": [1], "sd1i": [-1], "n1i": [5], "m2i": [0], "sd2i": [1], "n2i": [5]}),
        ("OR", {"ai": [7], "n1i": [5], "ci": [1], "n2i": [5]}),
        ("ZCOR", {"ri": [1.2], "ni": [30]}),
        ("IRR", {"x1i": [1], "t1i": [0], "x2i": [1], "t2i": [5]}),
        ("NOSUCH", {"ri": [0.2], "ni": [30]}),
        ("PR", {"xi": [9], "ni": [5]}),
    ],
)
def test_impossible_numbers_are_refused(measure: str, data: dict) -> None:
    with pytest.raises(ValueError):
        escalc(measure, data)


def test_a_missing_input_is_named() -> None:
    with pytest.raises(KeyError, match="sd2i"):
        escalc("MD", {"m1i": [1], "sd1i": [1], "n1i": [5], "m2i": [0], "n2i": [5]})


def test_the_correction_is_exact_for_small_and_large_samples() -> None:
    # J(2) = 1 / sqrt(pi), and gamma(x + 1) = x gamma(x) gives J(m + 2) = J(m) m / (m - 1) sqrt(m / (m + 2)).
    m, j = 2.0, 1 / math.sqrt(math.pi)
    while m < 6000:
        assert small_sample_correction(m)[0] == pytest.approx(j, rel=2e-14)
        j *= m / (m - 1) * math.sqrt(m / (m + 2))
        m += 2
    assert math.isnan(small_sample_correction([1.0])[0])


def test_the_unbiased_variance_keeps_its_digits_in_large_samples() -> None:
    # 1 - (m - 2) / (m J^2) is 1 / (2 m) + 7 / (8 m^2) + O(1 / m^3): with g = 100 the variance is all but that.
    n = 50_000.0
    g, v = escalc("SMD", {"di": [100.0], "n1i": [n], "n2i": [n]}, vtype="UB")
    m = 2 * n - 2
    assert v[0] == pytest.approx(2 / n + (1 / (2 * m) + 7 / (8 * m**2)) * g[0] ** 2, rel=1e-8)


@settings(deadline=None, max_examples=50)
@given(
    st.floats(-5, 5), st.floats(0.1, 9), st.integers(2, 400), st.floats(-5, 5), st.floats(0.1, 9), st.integers(2, 400)
)
def test_turning_the_groups_turns_the_sign_and_keeps_the_variance(m1, sd1, n1, m2, sd2, n2) -> None:  # type: ignore[no-untyped-def]
    there = {"m1i": [m1], "sd1i": [sd1], "n1i": [n1], "m2i": [m2], "sd2i": [sd2], "n2i": [n2]}
    back = {"m1i": [m2], "sd1i": [sd2], "n1i": [n2], "m2i": [m1], "sd2i": [sd1], "n2i": [n1]}
    for measure in ("MD", "SMD", "SMDH"):
        (y1, v1), (y2, v2) = escalc(measure, there), escalc(measure, back)
        assert y1[0] == pytest.approx(-y2[0], abs=1e-12)
        assert v1[0] == pytest.approx(v2[0], rel=1e-12)


@pytest.mark.parametrize("measure", ["OR", "RR", "RD", "PR", "PLN", "PLO", "COR"])
def test_averaging_over_rows_that_are_alike_changes_nothing(measure: str) -> None:
    # The averages that AV puts in are then each row's own values. A group that lacks a cell takes no part in them.
    table = {"ai": [12, 6, 5], "bi": [28, 14, math.nan], "ci": [10, 5, 1], "di": [40, 20, 4]}
    data = {
        "P": {"xi": [9, 18, math.nan], "ni": [30, 60, 80]},
        "C": {"ri": [0.4, 0.4, math.nan], "ni": [30, 90, 40]},
    }.get(measure[0], table)
    plain, averaged = escalc(measure, data)[1], escalc(measure, data, vtype="AV")[1]
    assert averaged[:2] == pytest.approx(plain[:2], rel=1e-12)
    assert math.isnan(averaged[2]) or measure == "COR"


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("OR", [1.8866340873681708, 0.7772554450921473, 1.0376430782121326, 0.0176504443975505]),
        ("RR", [1.8557798525026947, 0.7640269682421059, 1.0197685406381058, 0.0173457822317025]),
    ],
)
def test_averaged_proportions_of_both_groups(measure, expected) -> None:  # type: ignore[no-untyped-def]
    # metafor 3.8: escalc("PLO", vtype="AV") of both groups of the first four BCG trials added up, and "PLN" for RR.
    table = {"ai": [4, 6, 3, 62], "bi": [119, 300, 228, 13536], "ci": [11, 29, 11, 248], "di": [128, 274, 209, 12619]}
    assert escalc(measure, table, vtype="AV")[1] == pytest.approx(expected, rel=1e-12)


def test_an_empty_group_is_a_row_of_zeros_and_no_fault() -> None:
    # metafor 3.8: escalc("OR", ai=c(0, 5), n1i=c(0, 15), ci=c(2, 1), n2i=c(2, 6))
    yi, vi = escalc("OR", {"ai": [0, 5], "n1i": [0, 15], "ci": [2, 1], "n2i": [2, 6]})
    assert yi == pytest.approx([-1.6094379124341, 0.916290731874155], rel=1e-12)
    assert vi == pytest.approx([6.4, 1.5], rel=1e-12)
    with pytest.raises(ValueError):
        escalc("PR", {"xi": [0, 3], "ni": [0, 9]})


def test_a_tetrachoric_correlation_with_an_empty_cell_is_at_its_bound_without_a_variance() -> None:
    yi, vi = escalc("RTET", {"ai": [0, 3, 4, 4], "bi": [2, 0, 2, 1], "ci": [1, 5, 0, 1], "di": [3, 1, 2, 0]})
    assert yi.tolist() == [-1, 1, 1, -1]
    assert np.isnan(vi).all()
    assert np.isnan(escalc("ZTET", {"ai": [0], "bi": [20], "ci": [4], "di": [16]})[0]).all()


def test_an_approximation_that_turns_negative_is_no_variance() -> None:
    yi, vi = escalc("SPCOR", {"ti": [-8], "mi": [1], "ni": [50], "r2i": [0.185]})
    assert yi[0] < -1 and math.isnan(vi[0])


def test_an_unbiased_variance_needs_two_people_in_a_group() -> None:
    for measure, data in (("RD", {"ai": [1], "bi": [0], "ci": [1], "di": [100]}), ("PR", {"xi": [0], "ni": [1]})):
        yi, vi = escalc(measure, data, vtype="UB", add=0)
        assert math.isnan(yi[0]) and math.isnan(vi[0])


def test_matched_pairs_need_all_four_cells() -> None:
    whole = {"ai": [10.0], "bi": [4.0], "ci": [2.0], "di": [7.0]}
    assert escalc("MPRR", whole)[0][0] == pytest.approx(math.log(14 / 12))
    assert math.isnan(escalc("MPRR", {**whole, "di": [math.nan]})[0][0])


def test_every_measure_has_a_long_name() -> None:
    assert len(measures()) >= 75
    assert all(title for title in measures().values())
