"""Egger, Begg, trim and fill, fail-safe N, Henmi-Copas."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.failsafe import general, orwin, rosenberg, rosenthal
from prismake.synthesis.henmi_copas import henmi_copas
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.rank_test import kendall, rank_test
from prismake.synthesis.regression_test import regression_test
from prismake.synthesis.trim_and_fill import trim_and_fill
from scipy import stats


def test_egger_is_a_regression_of_the_standard_normal_deviate_on_precision(eight):
    y, v = eight
    se = np.sqrt(v)
    classical = stats.linregress(1 / se, y / se)
    found = regression_test(y, v, model="lm")
    assert found.slope == pytest.approx(classical.intercept, rel=1e-10)
    assert found.statistic == pytest.approx(classical.intercept / classical.intercept_stderr, rel=1e-10)
    assert found.limit == pytest.approx(classical.slope, rel=1e-10) and found.df == 6


def test_predictors_that_grow_with_size_have_no_limit(eight):
    assert regression_test(*eight, ni=np.arange(20, 28), predictor="ni").limit is None
    with pytest.raises(NotEstimable, match="sample size"):
        regression_test(*eight, predictor="ninv")


def test_a_predictor_that_does_not_vary_is_refused():
    for model in ("lm", "rma"):
        with pytest.raises(NotEstimable, match="does not vary"):
            regression_test([0.1, 0.4, 0.2], [0.1, 0.1, 0.1], model=model)
    with pytest.raises(NotEstimable, match="three"):
        regression_test([0.1, 0.4], [0.1, 0.2], model="lm")


def test_exact_kendall_counts_permutations():
    x, y = np.arange(5.0), np.array([2.0, 1.0, 4.0, 3.0, 5.0])

    def score(order):
        return sum(np.sign(order[j] - order[i]) for i in range(5) for j in range(i + 1, 5))

    observed = abs(score(y))
    share = np.mean([abs(score(order)) >= observed for order in itertools.permutations(range(5))])
    assert kendall(x, y).p == pytest.approx(share, abs=1e-12)


def test_ties_take_the_normal_form_and_agree_with_scipy():
    x, y = [1, 2, 2, 3, 4, 5], [1, 3, 2, 2, 5, 4]
    theirs = stats.kendalltau(x, y, method="asymptotic")
    found = kendall(x, y)
    assert not found.exact and found.p == pytest.approx(theirs.pvalue, rel=1e-10)
    assert found.tau == pytest.approx(theirs.statistic, rel=1e-12)


def test_equal_variances_have_no_rank_test():
    with pytest.raises(NotEstimable, match="tied"):
        rank_test([0.1, 0.4, 0.2], [0.1, 0.1, 0.1])


def test_a_funnel_that_lacks_nothing_is_left_as_it_is(eight):
    y, v = np.array([0.1, 0.32, 0.2, 0.0, 0.4, 0.21, 0.18]), np.array([0.02, 0.02, 0.01, 0.05, 0.05, 0.03, 0.03])
    found = trim_and_fill(y, v, side="right")
    assert found.k0 == 0 and found.filled_yi.size == 0 and found.fit.b[0] == pytest.approx(fit(y, v).b[0], rel=1e-12)


@pytest.mark.parametrize("estimator", ["L0", "R0", "Q0"])
def test_filled_effects_mirror_the_trimmed_ones(estimator):
    y = np.array([-0.22, 0.0, 0.02, 0.05, 0.1, 0.3, 0.5, 0.8])
    v = np.array([0.02, 0.01, 0.01, 0.012, 0.03, 0.05, 0.08, 0.1])
    found = trim_and_fill(y, v, side="left", estimator=estimator, method="EE")
    assert found.k0 >= 1 and found.fit.k == 8 + found.k0
    kept = y[: 8 - found.k0]
    center = fit(kept, v[: 8 - found.k0], method="EE").b[0]
    assert np.sort(found.filled_yi) == pytest.approx(np.sort(2 * center - y[8 - found.k0 :]), abs=1e-12)
    assert found.fit.b[0] < fit(y, v, method="EE").b[0]


def test_the_side_follows_the_funnel(eight):
    y, v = np.array([0.0, 0.1, 0.05, 0.3, 0.5, 0.8]), np.array([0.01, 0.01, 0.012, 0.05, 0.08, 0.1])
    assert trim_and_fill(y, v).side == "left" and trim_and_fill(-y, v).side == "right"


def test_fail_safe_numbers_do_what_they_say(eight):
    y, v = np.abs(eight[0]), eight[1] / 4
    z = y / np.sqrt(v)
    n = rosenthal(y, v).number
    assert z.sum() / np.sqrt(8 + n) <= stats.norm.isf(0.05) < z.sum() / np.sqrt(8 + n - 1)
    assert orwin(y, target=0.1).number == int(np.ceil(8 * (y.mean() - 0.1) / 0.1))
    n = rosenberg(y, v).number
    assert n > 0 and rosenberg(y, v * 1e4).number == 0
    drawer = 1 / np.mean(1 / v)
    more = general(y, v, method="EE").number
    with_them = fit(np.r_[y, np.zeros(more)], np.r_[v, np.full(more, drawer)], method="EE")
    fewer = fit(np.r_[y, np.zeros(more - 1)], np.r_[v, np.full(more - 1, drawer)], method="EE")
    assert with_them.pval[0] >= 0.05 > fewer.pval[0]


def test_a_target_that_cannot_be_reached_and_one_already_met():
    assert orwin([0.2, 0.3], target=0.0).number is None
    assert orwin([0.2, 0.3], target=0.5).number == 0


def test_henmi_copas_has_its_level():
    # Without heterogeneity the interval holds the mean in about 95 of 100 simulated analyses or more.
    rng = np.random.default_rng(5)
    v = np.array([0.01, 0.02, 0.05, 0.08, 0.1, 0.2])
    hits = [
        abs(found.b) <= found.ci_ub - found.b for found in (henmi_copas(rng.normal(0, v**0.5), v) for _ in range(400))
    ]
    assert 0.92 <= np.mean(hits) <= 1.0
    with pytest.raises(NotEstimable):
        henmi_copas([0.1], [0.1])


def test_the_fail_safe_numbers_stand_in_one_block(effects):
    found = run_analysis(effects, {"publication_bias": ["fail_safe"]})["publication_bias"]["fail_safe"]
    assert set(found) == {"rosenthal", "orwin", "rosenberg", "general", "k", "caution"}
    y, v = (effects.groupby("study_id").first()[name].astype(float) for name in ("yi", "vi"))
    assert found["rosenthal"]["number"] > 0 and found["k"] == len(y) == len(v)
    halved = run_analysis(effects, {"publication_bias": ["fail_safe"], "options": {"fail_safe_target": 0.1}})
    assert halved["publication_bias"]["fail_safe"]["orwin"]["target"] == 0.1
