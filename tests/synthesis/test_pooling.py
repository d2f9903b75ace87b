"""Selecting effects and counting people."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.pooling import participants, pool, select_effects


def test_conditions_select_by_value_list_negation_and_range(effects):
    assert len(select_effects(effects, {"construct": "depression"})) == 6
    assert len(select_effects(effects, {"construct": ["depression", "anxiety"]})) == 7
    assert select_effects(effects, {"rob": {"not": "high"}})["study_id"].tolist() == ["s1", "s1", "s3", "s6"][:2] + [
        "s3",
        "s5",
        "s6",
    ]
    assert select_effects(effects, {"study_year": {"min": 2006, "max": 2012}})["study_id"].tolist() == [
        "s3",
        "s4",
        "s5",
    ]
    with pytest.raises(KeyError, match="no column 'instrument'"):
        select_effects(effects, {"instrument": "BDI"})
    with pytest.raises(ValueError, match="known: not, min, max"):
        select_effects(effects, {"study_year": {"above": 3}})


def test_several_effects_of_a_study_become_one_row_with_the_people_counted_once(effects):
    pooled = pool(effects, "average", 0.5)
    assert pooled.k == 6 and pooled.effects[0] == ["s1:d", "s1:a"]
    assert pooled.table["n"].iloc[0] == 118
    assert pooled.table["construct"].iloc[0] is None and pooled.table["rob"].iloc[0] == "low"
    assert "averaged" in pooled.notes[0]


def test_shared_control_arms_count_once(effects):
    two = effects.iloc[[2, 2]].assign(effect_id=["s2:x", "s2:y"], arm_1=["x", "y"], n1=["50", "50"])
    assert participants(pool(two, "all")) == 50 + 50 + 100


def test_unknown_sizes_make_n_unknown(effects):
    assert participants(pool(effects.assign(n1="", n2=""), "first")) is None


def test_unusable_effects_are_named(effects):
    broken = effects.copy()
    broken.loc[3, "vi"] = ""
    pooled = pool(broken, "first")
    assert pooled.k == 5 and "s3:d" in pooled.notes[0]


def test_treating_dependent_effects_as_independent_is_said(effects):
    assert "independent" in pool(effects, "all").notes[0]


def test_nothing_pools_to_nothing(effects):
    pooled = pool(effects.iloc[:0], "average")
    assert pooled.k == 0 and participants(pooled) == 0 and pooled.yi.size == 0
    assert np.array_equal(pooled.vi, np.empty(0))
