"""The model: what it gives by hand calculation, in batches, and where it must refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.synthesis.model import NotEstimable, fit, fit_batch
from prismake.synthesis.single import fit_mean
from prismake.synthesis.tau2 import METHODS

FLOATS = st.floats(-2, 2, allow_nan=False).map(lambda value: round(value, 3))
VARIANCES = st.floats(0.001, 1).map(lambda value: round(value, 4) + 0.001)


@st.composite
def effect_sets(draw):
    """Between three and nine effects with variances."""
    k = draw(st.integers(3, 9))
    y = draw(st.lists(FLOATS, min_size=k, max_size=k))
    v = draw(st.lists(VARIANCES, min_size=k, max_size=k))
    return np.array(y), np.array(v)


def test_equal_effects_by_hand():
    # given weights 10, 20 and effects 0.2, 0.5: mean 12/30, variance 1/30, Q = 10 * 0.04 + 20 * 0.01
    found = fit([0.2, 0.5], [0.1, 0.05], method="EE")
    assert found.b[0] == pytest.approx(0.4, abs=1e-15)
    assert found.se[0] == pytest.approx((1 / 30) ** 0.5, abs=1e-15)
    assert pytest.approx(0.6, abs=1e-14) == found.QE
    assert found.ci_lb[0] == pytest.approx(0.4 - 1.959963984540054 * (1 / 30) ** 0.5, abs=1e-14)


def test_equal_variances_make_the_moment_estimators_and_reml_one():
    y, v = np.array([0.1, 0.5, 0.9, -0.2, 0.6]), np.full(5, 0.04)
    expected = y.var(ddof=1) - 0.04
    for method in ("DL", "HE", "PM", "REML", "EB"):
        assert fit(y, v, method=method).tau2 == pytest.approx(expected, rel=1e-12)


def test_knapp_hartung_with_equal_variances_is_the_t_test_of_the_mean():
    y, v = np.array([0.1, 0.5, 0.9, -0.2, 0.6]), np.full(5, 0.04)
    found = fit(y, v, test="knha")
    assert found.se[0] == pytest.approx(y.std(ddof=1) / 5**0.5, rel=1e-12)
    assert found.df == 4


def test_adhoc_never_narrows_the_interval(homogeneous):
    y, v = homogeneous
    plain, narrow, kept = (fit(y, v, test=test) for test in ("t", "knha", "adhoc"))
    assert narrow.se[0] < plain.se[0]
    assert kept.se[0] == plain.se[0]


def test_prediction_interval_is_wider_by_tau2_and_rileys_by_a_degree_of_freedom(eight):
    found = fit(*eight, test="t")
    low, high = found.prediction_interval()
    riley_low, riley_high = found.prediction_interval("riley")
    assert riley_low < low < found.ci_lb[0] < found.ci_ub[0] < high < riley_high


@pytest.mark.parametrize(
    ("y", "v", "reason"),
    [
        ([], [], "no effects"),
        ([0.1], [0.1], "one effect"),
        ([0.1, 0.2], [0.1, 0.0], "zero or negative"),
        ([0.1, np.nan], [0.1, 0.2], "missing"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_its_reason(y, v, reason):
    with pytest.raises(NotEstimable, match=reason):
        fit(y, v)


def test_singular_and_too_large_designs_are_refused(eight):
    y, v = eight
    twice = np.column_stack([np.ones(8), np.arange(8), 2 * np.arange(8)])
    with pytest.raises(NotEstimable, match="redundant"):
        fit(y, v, twice)
    with pytest.raises(NotEstimable, match="cannot carry"):
        fit(y[:2], v[:2], np.column_stack([np.ones(2), [1, 2], [1, 4]]))


def test_unknown_words_are_refused(eight):
    with pytest.raises(ValueError, match="known: EE"):
        fit(*eight, method="MEDIAN")
    with pytest.raises(ValueError, match="known: z"):
        fit(*eight, test="wald")


def test_a_batch_gives_what_single_fits_give(eight):
    y, v = eight
    rng = np.random.default_rng(7)
    many = rng.normal(0.3, 0.4, (30, 8))
    for method in METHODS:
        batch = fit_batch(many, v, method=method, test="knha")
        for row in (0, 17, 29):
            one = fit(many[row], v, method=method, test="knha")
            assert batch.tau2[row] == pytest.approx(float(one.tau2), rel=1e-12, abs=1e-15)
            assert batch.se[row, 0] == pytest.approx(one.se[0], rel=1e-12)


def test_rows_that_are_left_out_do_not_count(eight):
    y, v = eight
    used = np.ones((1, 8))
    used[0, [2, 5]] = 0
    x = np.column_stack([np.ones(8), np.arange(8.0)])
    keep = used[0] == 1
    for design, part in ((None, None), (x, x[keep])):
        batch, one = fit_batch(y, v, design, used=used, test="t"), fit(y[keep], v[keep], part, test="t")
        assert batch.b[0] == pytest.approx(one.b, rel=1e-12)
        assert batch.reml.ll[0] == pytest.approx(float(one.reml.ll), rel=1e-12)
        assert batch.QE[0] == pytest.approx(float(one.QE), rel=1e-12)


def test_large_batches_in_pieces_are_the_same(eight, monkeypatch):
    many = np.random.default_rng(3).normal(0.2, 0.5, (50, 8))
    whole = fit_batch(many, eight[1])
    monkeypatch.setattr("prismake.synthesis.model._CHUNK", 64)
    pieces = fit_batch(many, eight[1])
    assert pieces.b == pytest.approx(whole.b, rel=1e-11) and pieces.ml.aic == pytest.approx(whole.ml.aic, rel=1e-11)


def test_fit_statistics_follow_their_definitions(eight):
    found = fit(*eight, method="ML")
    assert found.stats.aic == pytest.approx(-2 * float(found.stats.ll) + 4)
    assert found.stats.bic == pytest.approx(-2 * float(found.stats.ll) + 2 * np.log(8))
    assert fit(*eight).stats.bic == pytest.approx(-2 * float(fit(*eight).stats.ll) + 2 * np.log(7))


@settings(deadline=None, max_examples=40)
@given(effect_sets(), st.sampled_from(["DL", "HE", "SJ", "ML", "REML", "PM"]))
def test_scale_order_and_sign_change_nothing_but_themselves(sets, method):
    y, v = sets
    one = fit(y, v, method=method)
    order = np.argsort(-v, kind="stable")
    other = fit(-3.0 * y[order], 9.0 * v[order], method=method)
    assert other.tau2 == pytest.approx(9.0 * float(one.tau2), rel=1e-8, abs=1e-12)
    assert other.b[0] == pytest.approx(-3.0 * one.b[0], rel=1e-8, abs=1e-9)
    assert other.pval[0] == pytest.approx(one.pval[0], rel=1e-6, abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(effect_sets())
def test_every_number_is_finite(sets):
    for method in METHODS:
        found = fit(*sets, method=method, test="adhoc")
        assert np.isfinite([found.b[0], float(found.tau2), float(found.I2), float(found.QEp)]).all()
        assert 0 <= found.I2 <= 100


@pytest.mark.parametrize("y", [[0.3] * 4, [0.0] * 4])
def test_effects_that_do_not_vary_have_no_knapp_hartung_error(y):
    v = [0.01, 0.02, 0.03, 0.05]
    with pytest.raises(NotEstimable, match="do not vary around the model"):
        fit(y, v, test="knha")
    assert fit(y, v, test="adhoc").se[0] == pytest.approx(fit(y, v, test="z").se[0])
    line = np.column_stack([np.ones(4), [1.0, 2.0, 3.0, 4.0]])
    with pytest.raises(NotEstimable, match="do not vary around the model"):
        fit(line @ [0.1, 0.2], v, line, test="knha")


@pytest.mark.parametrize("method", ["REML", "ML", "DL", "PM", "EE"])
@pytest.mark.parametrize("test", ["z", "t", "knha", "adhoc"])
def test_the_short_way_of_one_model_gives_the_numbers_of_the_batch(method, test):
    rng = np.random.default_rng(12)
    for k, spread, scale in ((2, 0.3, 1.0), (8, 0.0, 1e-3), (20, 0.2, 1.0), (35, 1.0, 1e3)):
        v = rng.uniform(0.01, 0.2, k) * scale**2
        y = rng.normal(0.3 * scale, np.sqrt(v + (spread * scale) ** 2))
        assert fit_mean(y, v, method) is not None
        one, row = fit(y, v, method=method, test=test), fit_batch(y[None], v[None], method=method, test=test).row(0)
        for name in ("b", "vb", "se", "ci_lb", "ci_ub"):
            assert getattr(one, name) == pytest.approx(getattr(row, name), rel=1e-12, abs=1e-12 * float(row.se[0]))
        assert one.tau2 == pytest.approx(float(row.tau2), rel=1e-11, abs=1e-13 * float(v.mean()))
        for name in (
            "statistic",
            "pval",
            "df",
            "se_tau2",
            "QE",
            "QE_df",
            "QEp",
            "QM",
            "QMp",
            "vt",
            "I2",
            "H2",
            "s2w",
            "k",
        ):
            assert getattr(one, name) == pytest.approx(getattr(row, name), rel=1e-11, abs=1e-12, nan_ok=True), name
        for name in ("ll", "deviance", "aic", "bic", "aicc"):
            for kind in ("ml", "reml"):
                pair = [float(getattr(getattr(fitted, kind), name)) for fitted in (one, row)]
                assert pair[0] == pytest.approx(pair[1], rel=1e-11, abs=1e-11), (kind, name)


def test_several_maxima_and_extreme_scales_are_left_to_the_batch():
    y = np.array([-1.0, -1.001, 1.0, 12.0, -10.0])
    v = np.array([1e-4, 1e-4, 0.9, 1e-3, 30.0])
    assert fit_mean(y, v * 1e70, "REML") is None and fit_mean(y[:1], v[:1], "REML") is None
    assert fit_mean(y, v, "GENQ") is None
    rng = np.random.default_rng(5)
    left = 0
    for _ in range(400):
        k = 4
        v = 10.0 ** rng.uniform(-4, 1, k)
        y = rng.normal(0, 1, k)
        left += fit_mean(y, v, "ML") is None
        one, row = fit(y, v, method="ML"), fit_batch(y[None], v[None], method="ML").row(0)
        assert float(one.ml.ll) == pytest.approx(float(row.ml.ll), rel=1e-10, abs=1e-10)
    assert left > 0


def test_the_omnibus_test_of_moderators_far_from_zero_is_that_of_centred_ones():
    # Given latitude, year and their product, not centred; the test of all three does not change by centring.
    rng = np.random.default_rng(3)
    far = np.column_stack([rng.uniform(20, 60, 13), rng.uniform(1930, 1990, 13)])
    near = far - far.mean(axis=0)
    y, v = rng.normal(size=13), rng.uniform(0.02, 0.3, 13)
    both = [
        fit(y, v, np.column_stack([np.ones(13), m, m[:, 0] * m[:, 1]]), method="EE", test="knha") for m in (far, near)
    ]
    omnibus = [fitted.QM for fitted in both]
    assert omnibus[0] == pytest.approx(omnibus[1], rel=2e-12)
