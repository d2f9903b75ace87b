"""Every customary model in one table."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.composite import composite_block, waap
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.pooling import pool
from prismake.synthesis.specification import specification


def table(effects, **spec):
    """Rows of the composite table by name."""
    wanted = specification({"test": "knha", "rho": 0.6, **spec})
    return {row["model"]: row for row in composite_block(pool(effects, "average", 0.6), wanted)}


def test_each_row_is_the_model_it_names(effects):
    rows = table(effects)
    y, v = effects["yi"].astype(float).to_numpy(), effects["vi"].astype(float).to_numpy()
    assert rows["overall"]["n_effects"] == 7 and rows["overall"]["estimate"]["b"] == pytest.approx(fit(y, v).b[0])
    assert rows["combined"]["n_effects"] == 6
    assert rows["lowest"]["left_out"] == ["s1:a"] and rows["highest"]["left_out"] == ["s1:d"]
    assert rows["without_high_risk_of_bias"]["left_out"] == ["s2:d", "s4:d"]
    assert rows["three_level"]["not_estimable"] is None and rows["che"]["k"] == 6


def test_a_row_without_a_model_has_its_reason(effects):
    assert "risk of bias" in table(effects.drop(columns="rob"))["without_high_risk_of_bias"]["not_estimable"]
    alone = table(effects.iloc[2:])
    assert "several effects" in alone["three_level"]["not_estimable"]


def test_waap_keeps_the_adequately_powered_or_falls_back():
    y, v = np.array([0.5, 0.45, 0.48, 0.9, 1.2]), np.array([0.01, 0.012, 0.02, 0.2, 0.3])
    found = waap(y, v)
    assert found.restricted and found.powered.tolist() == [True, True, True, False, False]
    assert found.fit.b[0] == pytest.approx(fit(y[:3], v[:3], method="EE").b[0])
    weak = waap(y / 20, v)
    assert not weak.restricted and weak.fit.k == 5
    with pytest.raises(NotEstimable):
        waap([0.1], [0.1])
