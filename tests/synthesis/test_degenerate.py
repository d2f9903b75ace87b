"""Data that a model cannot carry: every number that is missing from a result has its reason, and nothing breaks."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.funnel import PUBLICATION_BIAS
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.publication_bias.limit import limit_meta_analysis
from prismake.synthesis.sensitivity import SENSITIVITY

UNEVEN = [0.02, 0.05, 0.01, 0.04, 0.09, 0.03]
MIXED = [0.10, 0.62, 0.25, -0.15, 0.90, 0.33]
PAIRS = ["a", "a", "b", "b", "c", "c"]
DATA = {
    "one effect": ([0.3], [0.05], None),
    "two effects": ([0.3, 0.7], [0.05, 0.02], None),
    "three effects, two alike": ([0.3, 0.3, 0.9], [0.02, 0.03, 0.04], None),
    "identical effects": ([0.3] * 6, UNEVEN, None),
    "identical effects, equally precise": ([0.3] * 6, [0.05] * 6, None),
    "no effect at all": ([0.0] * 6, [0.05] * 6, None),
    "equally precise": (MIXED, [0.05] * 6, None),
    "nearly equal, tiny variances": (MIXED, list(np.linspace(1e-9, 4e-9, 6)), None),
    "a funnel without scatter": ([0.1 + 0.5 * math.sqrt(v) for v in UNEVEN], UNEVEN, None),
    "huge ratios": (MIXED, [1e-8, 1e-4, 1.0, 10.0, 1e3, 1e6], None),
    "huge ratios in pairs": (MIXED, [1e-8, 1e-4, 1.0, 10.0, 1e3, 1e6], PAIRS),
    "one study": (MIXED, UNEVEN, ["a"] * 6),
    "two studies": (MIXED, UNEVEN, ["a"] * 3 + ["b"] * 3),
    "one study with two effects": (MIXED, UNEVEN, ["a", "a", "b", "c", "d", "e"]),
    "identical effects in pairs": ([0.3] * 6, UNEVEN, PAIRS),
    "no variance within studies": ([0.1, 0.1, 0.4, 0.4, 0.7, 0.7], [0.05] * 6, PAIRS),
}
MODELS = {
    "REML, z": {"test": "z"},
    "REML, Knapp-Hartung": {"test": "knha", "robust": "CR2"},
    "equal, Knapp-Hartung": {"model": "equal", "test": "knha"},
    "three-level": {"model": "multilevel", "test": "t", "robust": "CR2"},
    "CHE": {"model": "che", "test": "z"},
}
# The same under every test of an independent model, and slower than the rest: run once.
ONCE = {"p_uniform_star", "selection_model", *(f"{name}_{model}" for name in ("leave_one_out", "egger", "pet_peese")
        for model in ("che", "three_level"))}  # fmt: skip
SLOW = {"gosh", "cluster_bootstrap", "multiverse", "all_models", "beta_selection"}
NUMBERS = {"b", "se", "zval", "tval", "statistic", "pval", "ci_lb", "ci_ub", "tau2", "QM", "p", "slope_se"}
NUMBERS |= {"rstudent", "dffits", "cook_d", "cov_r", "hat", "dfbs", "x", "y", "limit", "I2", "QE"}
# What a method does not have by its definition: Orwin's number no test, the classical form of Egger's no tau2; and no
# true effect leaves an excess of significant results where there are none.
UNDEFINED = {f".publication_bias.{one}" for one in ("fail_safe.orwin.p", "egger.tau2", "excess_significance.limit")}


def effects_of(name):
    y, v, study = DATA[name]
    k = len(y)
    columns = {
        "effect_id": [f"e{i}" for i in range(k)],
        "study_id": study or [f"s{i}" for i in range(k)],
        "yi": y,
        "vi": v,
        "study_year": [2000 + i for i in range(k)],
        "rob": (["low", "high", "some"] * k)[:k],
        "half": (["old", "young"] * k)[:k],
        "own": [f"z{i}" for i in range(k)],
        "same": ["one"] * k,
        "age": [20 + i * i for i in range(k)],
        "age2": [40 + 2 * i * i for i in range(k)],
    }
    return pd.DataFrame(columns)


def unexplained(tree, path="", excused=False):
    """Where a number is missing without a reason in its block or around it."""
    if isinstance(tree, dict):
        excused = excused or bool(tree.get("not_estimable"))
        said = str(tree.get("caution"))
        bounds = {key for key, word in (("ci_lb", "no lower"), ("ci_ub", "no upper")) if word in said}
        missing = {key for key in NUMBERS & set(tree) if tree[key] is None} - bounds
        lacking = [] if excused else [f"{path}.{key}" for key in missing if f"{path}.{key}" not in UNDEFINED]
        return lacking + [w for key, item in tree.items() for w in unexplained(item, f"{path}.{key}", excused)]
    if isinstance(tree, list):
        return [w for i, item in enumerate(tree) for w in unexplained(item, f"{path}.{i}", excused)]
    return []


# Dependent effects under their models, independent ones under theirs, and one of each the other way about.
PAIRED = ("three-level", "CHE")
CASES = [
    *((name, model) for name in DATA for model in MODELS if (DATA[name][2] is None) == (model not in PAIRED)),
    ("huge ratios in pairs", "REML, z"),
    ("identical effects", "three-level"),
]


@pytest.mark.parametrize(("name", "model"), CASES)
def test_what_cannot_be_estimated_has_a_reason_and_never_a_nan(name, model):
    left_out = SLOW if model == "REML, z" else SLOW | ONCE
    spec = {
        "measure": "SMD",
        "subgroups": ["half", "own", "same"],
        "moderators": [["age"], ["half"], ["own"], ["same"], ["age", "age2"]],
        "sensitivity": sorted(set(SENSITIVITY) - left_out),
        "publication_bias": sorted(set(PUBLICATION_BIAS) - left_out),
    }
    found = run_analysis(effects_of(name), spec | MODELS[model], "primary")
    json.dumps(found, allow_nan=False)
    assert unexplained(found) == []


def test_studies_left_out_or_added_without_scatter_have_their_reason():
    spec = {"test": "knha", "sensitivity": ["leave_one_out", "cumulative", "influence"]}
    found = run_analysis(effects_of("three effects, two alike"), spec)["sensitivity"]
    assert "do not vary" in found["leave_one_out"][2]["not_estimable"] and found["leave_one_out"][0]["estimate"]
    assert [row["estimate"] is None for row in found["cumulative"]] == [False, True, False]
    assert "do not vary" in found["cumulative"][1]["not_estimable"]
    assert found["cumulative"][0]["estimate"]["df"] is None and "zval" in found["cumulative"][0]["estimate"]
    assert "do not vary" in found["influence"][2]["not_estimable"] and found["influence"][0]["not_estimable"] is None


@pytest.mark.parametrize("test", ["t", "knha", "adhoc"])
def test_no_degrees_of_freedom_are_no_test(test):
    x = np.column_stack([np.ones(2), [0.0, 1.0]])
    with pytest.raises(NotEstimable, match="no degrees of freedom"):
        fit([0.3, 0.7], [0.05, 0.02], x, method="EE", test=test)
    assert np.isfinite(fit([0.3, 0.7], [0.05, 0.02], x, method="EE").pval).all()


def test_limits_need_precisions_that_differ_beside_tau2():
    with pytest.raises(NotEstimable, match="beside the variance between studies"):
        limit_meta_analysis(MIXED, np.linspace(1e-11, 4e-11, 6))


@pytest.mark.parametrize("variances", [[1e-8, 1e-4, 1, 10, 1e3, 1e6], [2e-5, 3.0, 500.0, 0.7, 0.1, 2.0]])
def test_reml_keeps_its_digits_where_one_study_outweighs_all(variances):
    fitted = fit(MIXED, variances)
    w = [1 / (Fraction(float(one)) + Fraction(float(fitted.tau2))) for one in variances]
    s1, s2, s3 = (sum(one**power for one in w) for power in (1, 2, 3))
    se = math.sqrt(2 / (s2 - 2 * s3 / s1 + (s2 / s1) ** 2))
    assert float(fitted.se_tau2) == pytest.approx(se, rel=1e-9)
