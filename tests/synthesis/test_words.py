"""Specifications, back-transformations, blocks of result.json."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.model import fit
from prismake.synthesis.outliers import outside
from prismake.synthesis.result import estimate_block, heterogeneity_block, plain, transformed_block
from prismake.synthesis.specification import specification
from prismake.synthesis.transform import back_transformation


def test_absent_and_null_keys_take_their_defaults():
    found = specification({"method": None, "test": "knha", "subgroups": ["a"], "moderators": [["x", "y"]]})
    assert found.method == "REML" and found.test == "knha" and found.rho == 0.6
    assert found.subgroups == ("a",) and found.moderators == (("x", "y"),)
    assert specification({"model": "fixed", "method": "REML"}).method == "EE"


@pytest.mark.parametrize("wrong", [{"model": "mixed"}, {"method": "MAGIC"}, {"test": "u"}])
def test_unknown_words_name_the_known_ones(wrong):
    with pytest.raises(ValueError, match="known:"):
        specification(wrong)


@pytest.mark.parametrize(
    ("measure", "value", "expected"), [("OR", 0.0, 1.0), ("ZCOR", 0.5493061443, 0.5), ("PLO", 0.0, 0.5)]
)
def test_scales_that_are_read(measure, value, expected):
    assert back_transformation(measure)[1](value) == pytest.approx(expected)


def test_differences_are_read_as_they_are():
    assert back_transformation("SMD") is None


def test_a_protocol_can_ask_for_another_scale():
    estimate = {"b": 0.5, "ci_lb": 0.1, "ci_ub": 0.9, "pi_lb": None, "pi_ub": None}
    assert transformed_block(estimate, "SMD", "exp")["b"] == pytest.approx(np.exp(0.5))
    assert transformed_block(estimate, "OR", "none") is None
    assert set(transformed_block(estimate, "ZCOR")) == {"scale", "b", "ci_lb", "ci_ub"}


def test_what_is_not_finite_becomes_null():
    assert plain({"a": np.nan, "b": [np.float64(1.5), np.inf], "c": np.int64(3), "d": np.array([True])}) == {
        "a": None,
        "b": [1.5, None],
        "c": 3,
        "d": [True],
    }


def test_blocks_name_z_and_t(eight):
    assert "zval" in estimate_block(fit(*eight)) and "tval" in estimate_block(fit(*eight, test="knha"))
    block = heterogeneity_block(fit(*eight), *eight)
    assert block["tau2_ci_lb"] <= block["tau2"] <= block["tau2_ci_ub"] and block["tau2_ci_method"] == "Q-profile"


def test_outliers_lie_wholly_outside_the_pooled_interval():
    y, v = np.array([0.1, 0.2, 0.15, 0.12, 2.0]), np.array([0.01, 0.01, 0.01, 0.01, 0.02])
    assert outside(y, v, fit(y, v, method="EE")).tolist() == [False, False, False, False, True]
