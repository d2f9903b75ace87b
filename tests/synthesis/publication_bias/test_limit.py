"""Limit meta-analysis against metasens and by its definition."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.publication_bias.limit import limit_meta_analysis


def test_without_heterogeneity_the_limit_is_the_intercept_of_the_radial_plot():
    sei = np.array([0.1, 0.15, 0.2, 0.25, 0.3])
    found = limit_meta_analysis(0.2 + 1.5 * sei + np.array([0.01, -0.01, 0.0, 0.01, -0.01]), sei**2, method="EE")
    assert found.tau2 == 0 and found.b == pytest.approx(found.beta)
    assert found.b == pytest.approx(0.2, abs=0.03) and found.alpha == pytest.approx(1.5, abs=0.15)
    assert found.Q_small + found.Q_residual == pytest.approx(found.Q)


def test_limits_shrink_towards_the_line_and_vary_least_without_heterogeneity(eight):
    y, v = eight
    found = limit_meta_analysis(y, v)
    shrunk = np.sqrt(found.tau2 / (v + found.tau2))
    assert found.effects - found.beta == pytest.approx(shrunk * (y - found.beta))
    assert found.b == pytest.approx(found.beta + np.sqrt(found.tau2) * found.alpha)
    assert 0 <= found.G2 <= 100


def test_what_cannot_be_had_says_why():
    with pytest.raises(NotEstimable, match="three effects"):
        limit_meta_analysis([0.1, 0.2], [0.1, 0.2])
    with pytest.raises(NotEstimable, match="equally precise"):
        limit_meta_analysis([0.1, 0.2, 0.4], [0.1, 0.1, 0.1])


@pytest.mark.parametrize("name", ["baskerville2012", "bcg_RR", "dorn2007_OR", "linde2005_OR"])
def test_metasens_of_the_oracle(oracle, name):
    data = oracle(name)
    expected = data["outputs"]["misc"]["limitmeta"]
    found = limit_meta_analysis(data["inputs"]["yi"], data["inputs"]["vi"])
    # metasens takes tau2 from meta's REML, which stops at its own default accuracy.
    ours = [found.b, found.se, found.alpha, found.beta, found.G2 / 100]
    theirs = [expected[key] for key in ("TE_adjust", "se_adjust", "alpha", "beta", "G2")]
    assert ours == pytest.approx(theirs, rel=1e-4)
    parts = [found.Q, found.Q_small, found.Q_residual]
    assert parts == pytest.approx([expected[key] for key in ("Q", "Q_small", "Q_resid")], rel=1e-10)
