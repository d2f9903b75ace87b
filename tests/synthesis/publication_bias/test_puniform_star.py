"""p-uniform* by simulation and by its definition."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.publication_bias.puniform_star import p_uniform_star
from scipy import optimize, stats


def _published(seed: int, k: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.01, 0.1, k)
    y = rng.normal(0.25, np.sqrt(v + 0.03))
    kept = (y / np.sqrt(v) > 1.959964) | (rng.random(k) < share)
    return y[kept], v[kept]


def test_selection_that_was_simulated_is_undone():
    y, v = _published(4, 1500, 0.2)
    found = p_uniform_star(y, v)
    assert found.b == pytest.approx(0.25, abs=0.05) and found.tau2 == pytest.approx(0.03, abs=0.02)
    assert fit(y, v).b[0] > found.b + 0.05 and found.ci_lb < 0.25 < found.ci_ub


def test_it_is_the_maximum_of_the_truncated_likelihood():
    y, v = _published(9, 40, 0.3)
    cut = stats.norm.isf(0.025) * np.sqrt(v)

    def minus(parameters):
        mu, scale = parameters[0], np.sqrt(v + np.exp(parameters[1]))
        tail = np.where(y > cut, stats.norm.logsf(cut, mu, scale), stats.norm.logcdf(cut, mu, scale))
        return -(stats.norm.logpdf(y, mu, scale) - tail).sum()

    theirs = optimize.minimize(minus, [0.2, -3], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12})
    found = p_uniform_star(y, v)
    assert found.ll >= -theirs.fun - 1e-9
    assert [found.b, found.tau2] == pytest.approx([theirs.x[0], np.exp(theirs.x[1])], rel=1e-4)


def test_turning_every_effect_turns_the_answer():
    y, v = _published(5, 40, 0.3)
    one, other = p_uniform_star(y, v), p_uniform_star(-y, v)
    assert [other.b, other.ci_lb, other.ci_ub] == pytest.approx([-one.b, -one.ci_ub, -one.ci_lb], abs=1e-6)


def test_a_result_has_it_or_the_reason(effects):
    spec = {"publication_bias": ["p_uniform_star"], "one_per_study": "first"}
    block = run_analysis(effects, spec)["publication_bias"]["p_uniform_star"]
    assert "not_estimable" in block or block["k"] == 6
    with pytest.raises(NotEstimable, match="two effects"):
        p_uniform_star([0.4], [0.1])
