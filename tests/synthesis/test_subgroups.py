"""Subgroups with separate and common tau2."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.model import fit
from prismake.synthesis.subgroups import subgroups

GROUPS = ["a", "a", "a", "b", "b", "b", "b", "b"]


def test_separate_tau2_fits_each_level_and_compares_them(eight):
    y, v = eight
    found = subgroups(y, v, list(GROUPS))
    alone = [fit(y[:3], v[:3]), fit(y[3:], v[3:])]
    assert [level.fit.tau2 for level in found.levels] == [one.tau2 for one in alone]
    gap = alone[0].b[0] - alone[1].b[0]
    assert found.q == pytest.approx(gap**2 / (alone[0].vb[0, 0] + alone[1].vb[0, 0]), rel=1e-12)
    assert found.df == 1


@pytest.mark.parametrize("test", ["z", "knha"])
def test_common_tau2_is_the_meta_regression(eight, test):
    y, v = eight
    found = subgroups(y, v, list(GROUPS), tau2="common", test=test)
    x = np.array([[g == "a", g == "b"] for g in GROUPS], dtype=float)
    joint = fit(y, v, x, test=test)
    for position, level in enumerate(found.levels):
        assert level.fit.b[0] == pytest.approx(joint.b[position], rel=1e-10)
        assert level.fit.se[0] == pytest.approx(joint.se[position], rel=1e-10)
        assert level.fit.ci_lb[0] == pytest.approx(joint.ci_lb[position], rel=1e-9)
    assert found.df2 == (None if test == "z" else 6.0)


def test_blanks_are_left_out_and_numbers_sort_as_numbers(eight):
    y, v = eight
    found = subgroups(y, v, ["10", "9", "", "10", None, "9", "9", "10"])
    assert [level.name for level in found.levels] == ["9", "10"]
    assert sum(level.rows.size for level in found.levels) == 6


def test_a_level_with_one_effect_has_a_reason_and_so_has_the_test(eight):
    found = subgroups(*eight, ["a"] * 7 + ["b"])
    assert found.levels[1].fit is None and "one effect" in found.levels[1].reason
    assert found.q is None and "b" in found.reason


def test_one_level_is_no_comparison(eight):
    assert subgroups(*eight, ["a"] * 8).reason == "there is only one level"
    assert "no effect has a value" in subgroups(*eight, [""] * 8).reason


def test_unknown_tau2_is_refused(eight):
    with pytest.raises(ValueError, match="common, separate"):
        subgroups(*eight, list(GROUPS), tau2="pooled")
