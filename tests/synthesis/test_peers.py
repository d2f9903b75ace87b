"""Second opinions: PyMARE and statsmodels on the models that they compute rightly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.synthesis.model import fit
from prismake.synthesis.permutation import permutation_test
from prismake.synthesis.robust import robust


def drawn(seed, k=12):
    """A set of effects by a seed."""
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.01, 0.2, k)
    return rng.normal(0.2, np.sqrt(v + 0.05)), v


def agree(ours, theirs, rel):
    """Estimates, standard errors, intervals and p values of a summary of PyMARE's are ours."""
    stats = {name: np.ravel(values) for name, values in theirs.get_fe_stats().items()}
    for mine, his in ((ours.b, "est"), (ours.se, "se"), (ours.pval, "p"), (ours.ci_lb, "ci_l"), (ours.ci_ub, "ci_u")):
        # A bound near zero is held on the scale of its interval.
        assert mine == pytest.approx(stats[his], rel=rel, abs=rel * float(ours.se.max())), his


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10**6))
def test_pymare_agrees_on_moment_estimators_with_knapp_hartung(seed):
    from pymare import estimators

    y, v = drawn(seed)
    for x in (np.ones((y.size, 1)), np.linspace(-1, 1, y.size)[:, None]):
        for method, estimator in (("DL", estimators.DerSimonianLaird()), ("HE", estimators.Hedges())):
            theirs = estimator.fit(y[:, None], v[:, None], X=x).summary()
            ours = fit(y, v, x, method=method, test="knha")
            assert ours.tau2 == pytest.approx(float(np.ravel(theirs.tau2)[0]), rel=1e-10, abs=1e-14)
            agree(ours, theirs, 1e-9)
            assert ours.df == float(np.ravel(theirs.fe_dof)[0])


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10**6))
def test_pymare_agrees_on_equal_effects_and_reml(seed):
    from pymare import estimators

    y, v = drawn(seed)
    x = np.ones((y.size, 1))
    agree(
        fit(y, v, method="EE"),
        estimators.WeightedLeastSquares(tau2=0.0).fit(y[:, None], x, v[:, None]).summary(),
        1e-10,
    )
    for method in ("REML", "ML"):
        theirs = estimators.VarianceBasedLikelihoodEstimator(method=method.lower())
        summary = theirs.fit(y[:, None], v[:, None], X=x).summary()
        tau2 = float(np.ravel(summary.tau2)[0])
        # Theirs stops early, so that the likelihood judges: at our tau2 it is never lower. At their tau2 all else is ours.
        ours = fit(y, v, method=method)
        assert ours.tau2 == pytest.approx(tau2, rel=1e-4, abs=1e-6)
        at_theirs = fit(y, v, method=method, tau2=tau2)
        name = method.lower()
        assert getattr(ours, name).ll >= getattr(at_theirs, name).ll - 1e-12
        assert at_theirs.b == pytest.approx(np.ravel(summary.fe_params), rel=1e-9)


@pytest.mark.filterwarnings("ignore:Cluster-robust variance estimation")
@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10**6))
def test_pymare_agrees_on_robust_variances_of_dependent_effects(seed):
    from pymare import stats

    rng = np.random.default_rng(seed)
    study = np.repeat(np.arange(8), rng.integers(1, 5, 8))
    x = np.ones((study.size, 1))
    for v in (rng.uniform(0.01, 0.2, study.size), rng.uniform(0.01, 0.2, 8)[study]):
        y = rng.normal(0.2, np.sqrt(v + 0.05))
        b = np.array([[np.average(y, weights=1 / (v + 0.05))]])
        for kind, method, scaled in (("CR0", "CR0", False), ("CR1", "CR0", True), ("CR2", "CR2", True)):
            theirs = stats.cluster_robust_cov(
                y[:, None], v[:, None], x, b, study, tau2=0.05, method=method, small_sample=scaled
            )
            ours = robust(y, v, x, study, sigma2=(0.0, 0.05), kind=kind)
            # Their CR2 is that of clubSandwich only where the effects of a study have one variance.
            if kind != "CR2" or np.unique(v).size <= 8:
                assert ours.se[0] == pytest.approx(float(np.sqrt(np.ravel(theirs)[0])), rel=1e-9)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10**6))
def test_statsmodels_agrees_on_paule_mandel_and_knapp_hartung(seed):
    combine = pytest.importorskip("statsmodels.stats.meta_analysis").combine_effects
    y, v = drawn(seed)
    theirs = combine(y, v, method_re="iterated", use_t=True)
    ours = fit(y, v, method="PM", test="knha")
    assert ours.tau2 == pytest.approx(max(0.0, float(theirs.tau2)), rel=1e-4, abs=1e-6)
    if theirs.tau2 > 1e-6:
        assert ours.b[0] == pytest.approx(float(theirs.mean_effect_re), rel=1e-4)
        assert ours.se[0] == pytest.approx(float(theirs.sd_eff_w_re_hksj), rel=1e-4)


def test_few_studies_make_the_permutation_test_coarse():
    y, v = drawn(3, k=4)
    assert permutation_test(y, v).p[0] * 16 == pytest.approx(round(permutation_test(y, v).p[0] * 16))
