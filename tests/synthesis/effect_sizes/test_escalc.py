"""Effect sizes against metafor's, and against worked examples in print."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.synthesis.effect_sizes.escalc import escalc, measures
from prismake.synthesis.effect_sizes.numeric import small_sample_correction

# metafor maximises the tetrachoric likelihood by Nelder-Mead to about 1e-5; here it is solved exactly.
TETRACHORIC = {"RTET", "ZTET"}
NAMES = {
    "t": "ti",
    "n1": "n1i",
    "n2": "n2i",
    "p_signed": "pi",
    "d": "di",
    "n": "ni",
    "m": "mi",
    "r2": "r2i",
    "r": "ri",
    "alpha": "ai",
    "x": "xi",
    "sd": "sdi",
}


@pytest.fixture(scope="session")
def oracle(shared_data: Path) -> dict:
    """What metafor 5.1.12 computes."""
    return json.loads((shared_data / "oracle/escalc_all.json").read_text())


def _cases(oracle: dict, part: str):
    """(name, measure, inputs, options, expected) of one part of the oracle's file."""
    content = oracle["outputs"][part]
    inputs = content.get("inputs") or oracle["inputs"].get(part)
    if part not in ("continuous", "prepost", "binary", "rates"):
        names = {**NAMES, "n": "ni"} if part != "single_rate" else {"x": "xi", "t": "ti"}
        if part == "single_mean":
            names = {"m": "mi", "sd": "sdi", "n": "ni"}
        inputs = {names.get(k, k): v for k, v in inputs.items() if k != "sign"}
    for name, expected in content.items():
        if name in ("inputs", "note"):
            continue
        measure, *rest = name.split("_")
        options: dict = {}
        for word in rest:
            if word in ("corrected", "uncorrected"):
                options["correct"] = word == "corrected"
            elif word in ("only0", "all", "if0all", "none"):
                options["to"] = word
            elif word in ("keep00", "drop00"):
                options.update(drop00=word == "drop00", add=0.5)
            else:
                options["vtype"] = word
        yield name, measure, inputs, options, expected


PARTS = [
    "continuous",
    "prepost",
    "binary",
    "rates",
    "single_prop",
    "single_rate",
    "single_mean",
    "correlation",
    "from_t",
    "from_p",
    "from_d",
    "correlation_from_t",
    "correlation_from_p",
    "partial_cor",
    "prepost_from_t",
    "reliability",
]


@pytest.mark.parametrize("part", PARTS)
def test_agrees_with_metafor_to_ten_digits(oracle: dict, part: str) -> None:
    compared, worst = 0, 0.0
    for name, measure, inputs, options, expected in _cases(oracle, part):
        if "error" in expected:
            with pytest.raises((ValueError, KeyError)):
                escalc(measure, inputs, **options)
            continue
        for ours, theirs in zip(escalc(measure, inputs, **options), (expected["yi"], expected["vi"]), strict=True):
            target = np.array([np.nan if x is None else x for x in theirs], dtype=float)
            if measure in TETRACHORIC:
                both = ~np.isnan(ours) & ~np.isnan(target)
                assert np.abs(ours - target)[both].max() < 3e-5, name
                continue
            assert (np.isnan(ours) == np.isnan(target)).all(), name
            known = ~np.isnan(target)
            relative = np.abs(ours - target)[known] / np.maximum(np.abs(target[known]), 1e-8)
            worst = max(worst, float(relative.max(initial=0.0)))
            assert relative.max(initial=0.0) < 1e-10, name
            compared += int(known.sum())
    print(f"{part}: {compared} numbers, largest relative difference {worst:.1e}")


# Parts of the file that are no `escalc` call, and the test that holds them.
ELSEWHERE = {
    "from_F": "test_t_and_f_give_the_same_effect",
    "morris2008": "test_conversions.test_morris_2008",
    "conv_fivenum": "test_conversions.test_conversions_agree_with_metafor",
    "conv_wald": "test_conversions.test_conversions_agree_with_metafor",
    "conv_2x2": "test_conversions.test_conversions_agree_with_metafor",
    "transf": "test_conversions.test_readable_scales_agree_with_metafor and test_scales_and_design_effects_of_the_oracle",
    "nnt": "test_conversions.test_readable_scales_agree_with_metafor",
    "cluster_design_effect": "test_conversions.test_scales_and_design_effects_of_the_oracle",
    "esc_pkg": "test_conversions.test_g_from_t_f_r_chi2_and_b_as_the_esc_package_has_it; not mean_sd_g and mean_se_g, "
    "whose inputs are not in the file, nor gain, which is an error message",
    "vcalc_shared_control": "test_dependence.test_agrees_with_vcalc",
    "vcalc_type_time": "test_dependence.test_agrees_with_vcalc",
}


def test_every_part_of_the_oracle_is_covered_and_the_rest_is_printed(oracle: dict) -> None:
    assert set(oracle["outputs"]) == {*PARTS, *ELSEWHERE}
    names: dict[str, list[str]] = {}
    for part in PARTS:
        for name, measure, _, _, expected in _cases(oracle, part):
            names.setdefault(measure, []).append(f"{name} (refused)" if "error" in expected else name)
    unknown = sorted(m for m, cases in names.items() if m not in measures() and not all("refused" in c for c in cases))
    print(f"{len(names)} measures, {sum(map(len, names.values()))} calls; not covered: {', '.join(unknown) or 'none'}")
    for part, where in ELSEWHERE.items():
        print(f"{part}: {where}")
    assert not unknown


def test_t_and_f_give_the_same_effect(oracle: dict) -> None:
    expected = oracle["outputs"]["from_F"]
    given = expected["inputs"]
    sign = np.sign(given.get("sign", np.ones(len(given["F"]))))
    n = {ours: given[ours.rstrip("i")] for ours in ("n1i", "n2i")}
    yi, vi = escalc("SMD", {"ti": sign * np.sqrt(given["F"]), **n})
    assert yi == pytest.approx(np.array(expected["SMD"]["yi"]), rel=1e-10)
    assert vi == pytest.approx(np.array(expected["SMD"]["vi"]), rel=1e-10)


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
