"""Meta-regression: terms, R2, variance inflation, predictions, empirical Bayes."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.analysis import run_analysis
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.moderation import best_linear_unbiased, meta_regression, predict, variance_inflation, wald_test
from prismake.synthesis.predicted import predicted

YEARS = [2001, 2004, 2003, 2008, 2010, 2012, 2011, 2019]
KINDS = ["a", "b", "c", "a", "b", "c", "a", "b"]


def test_terms_are_tested_as_a_whole(eight):
    found = meta_regression(*eight, {"year": YEARS, "kind": KINDS}, ["year", "kind"], test="knha")
    assert found.design.names == ["intrcpt", "year", "kindb", "kindc"]
    assert found.term_tests["kind"].df == 2 and found.term_tests["kind"].df2 == 4
    assert wald_test(found.fit, [1, 2, 3]).statistic == pytest.approx(float(found.fit.QM), rel=1e-9)
    assert found.term_tests["year"].statistic == pytest.approx(found.fit.statistic[1] ** 2, rel=1e-9)


def test_r2_is_the_share_of_tau2_that_goes(eight):
    found = meta_regression(*eight, {"year": YEARS}, ["year"])
    null = fit(*eight)
    assert pytest.approx(max(0, 100 * (null.tau2 - found.fit.tau2) / null.tau2)) == found.R2


def test_r2_of_nothing_to_explain_is_none(homogeneous):
    assert meta_regression(*homogeneous, {"x": [1, 2, 3, 4, 6]}, ["x"]).R2 is None


def test_orthogonal_moderators_do_not_inflate():
    x = np.array([[1, -1, -1], [1, 1, -1], [1, -1, 1], [1, 1, 1]] * 2, dtype=float)
    y = np.array([0.1, 0.4, 0.2, 0.8, 0.0, 0.5, 0.3, 0.6])
    assert variance_inflation(fit(y, np.full(8, 0.05), x)) == pytest.approx([1, 1])


def test_constant_and_blank_moderators_are_refused_by_name(eight):
    with pytest.raises(NotEstimable, match="size does not vary"):
        meta_regression(*eight, {"size": [3] * 8}, ["size"])
    with pytest.raises(NotEstimable, match="no effect has a value"):
        meta_regression(*eight, {"size": [""] * 8}, ["size"])


def test_predictions_at_the_mean_are_the_mean(eight):
    y, v = eight
    fitted = fit(y, v, test="t")
    found = predict(fitted, np.ones((1, 1)))
    assert found.ci_lb[0] == pytest.approx(fitted.ci_lb[0]) and found.pi_ub[0] == pytest.approx(
        float(fitted.prediction_interval()[1])
    )


def test_empirical_bayes_lies_between_study_and_mean(eight):
    y, v = eight
    fitted = fit(y, v)
    found = best_linear_unbiased(y, v, fitted)
    mean = fitted.b[0]
    assert (np.abs(found.pred - mean) <= np.abs(y - mean)).all()
    assert (found.se < np.sqrt(v + 1e-12)).all()


def test_moderators_have_permutation_tests_where_the_protocol_asks_for_them(effects):
    spec = {"moderators": [["study_age"]], "sensitivity": ["permutation"], "options": {"seed": 2}}
    (block,) = run_analysis(effects, spec)["moderators"]
    assert block["permutation"]["exact"] and block["permutation"]["arrangements"] == 720
    assert all(0 < row["p_permutation"] <= 1 for row in block["coefficients"])
    assert block["permutation"]["p"] == pytest.approx(block["coefficients"][1]["p_permutation"])


def test_what_a_regression_predicts_is_the_line_and_the_means_of_levels(eight):
    y, v = eight
    year = meta_regression(y, v, {"year": YEARS}, ["year"])
    (line,) = predicted(year.design, year.fit.b, year.fit.vb, tau2=float(year.fit.tau2), level=95.0, df=None)
    assert (line["kind"], len(line["rows"]), line["rows"][0]["value"], line["rows"][-1]["value"]) == (
        "numeric", 21, 2001.0, 2019.0,
    )  # fmt: skip
    by_hand = predict(year.fit, np.array([[1.0, 2010.0]]))
    middle = line["rows"][10]["estimate"]
    assert [middle[key] for key in ("b", "se", "ci_lb", "pi_ub")] == pytest.approx(
        [by_hand.pred[0], by_hand.se[0], by_hand.ci_lb[0], by_hand.pi_ub[0]]
    )
    kind = meta_regression(y, v, {"kind": KINDS}, ["kind"], method="EE")
    (levels,) = predicted(kind.design, kind.fit.b, kind.fit.vb, tau2=None, level=95.0, df=None, measure="OR")
    assert [row["value"] for row in levels["rows"]] == ["a", "b", "c"]
    for row in levels["rows"]:  # equal effects: the level's own pooled effect
        own = np.array([name == row["value"] for name in KINDS])
        alone = fit(y[own], v[own], method="EE")
        assert [row["estimate"]["b"], row["estimate"]["se"]] == pytest.approx([alone.b[0], alone.se[0]])
        assert row["estimate"]["pi_lb"] is None and row["transformed"]["b"] == pytest.approx(np.exp(alone.b[0]))


def test_terms_of_an_interaction_have_no_prediction_of_their_own(eight):
    found = meta_regression(
        *eight, {"year": YEARS, "half": [0, 1] * 4, "size": [3, 9, 4, 7, 1, 8, 2, 6]}, ["year*half", "size"]
    )
    blocks = predicted(found.design, found.fit.b, found.fit.vb, tau2=0.1, level=95.0, df=2.0)
    assert [block["term"] for block in blocks] == ["size"]
    mean = found.design.x.mean(axis=0) @ found.fit.b
    middle = blocks[0]["rows"][10]
    assert middle["value"] == 5.0 and middle["estimate"]["b"] == pytest.approx(mean)  # the mean of the sizes
