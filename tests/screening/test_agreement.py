"""Agreement of two reviewers against published worked examples."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.screening.agreement import cohen_kappa, square_table, two_by_two, wilson


@pytest.mark.parametrize(
    ("successes", "n", "lower", "upper"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 857-872, Table I, method 3 (score interval).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_is_newcombes(successes, n, lower, upper):
    assert wilson(successes, n) == pytest.approx((lower, upper), abs=6e-5)


def test_kappa_of_fleiss_psychiatric_diagnoses():
    # Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, 3rd ed., Table 18.1: kappa = .68.
    kappa, _ = cohen_kappa(np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]]))
    assert kappa == pytest.approx(0.68, abs=0.005)


def test_standard_error_of_kappa_is_that_of_statsmodels():
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")
    for table in ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], [[12, 10], [12, 966]], [[80, 10], [5, 5]]):
        theirs = inter_rater.cohens_kappa(np.array(table))
        assert cohen_kappa(np.array(table)) == pytest.approx((theirs.kappa, theirs.std_kappa), rel=1e-12)


@pytest.mark.parametrize(
    ("cells", "po", "kappa", "p_pos", "p_neg"),
    [
        # Feinstein & Cicchetti (1990), J Clin Epidemiol 43, 543-549: the same agreement, two kappas; positive and
        # negative # agreement as in Cicchetti & Feinstein (1990), 43, 551-558.
        ((40, 9, 6, 45), 0.85, 0.70, 0.84, 0.86),
        ((80, 10, 5, 5), 0.85, 0.32, 0.91, 0.40),
    ],
)
def test_the_paradox_of_high_agreement_and_low_kappa(cells, po, kappa, p_pos, p_neg):
    found = two_by_two(*cells)
    assert [round(found[name]["estimate"], 2) for name in ("po", "kappa", "p_pos", "p_neg")] == [
        po,
        kappa,
        p_pos,
        p_neg,
    ]
    # Byrt, Bishop & Carlin (1993), J Clin Epidemiol 46, 423-429: prevalence- and bias-adjusted, both are 2 x .85 - 1.
    assert found["pabak"]["estimate"] == pytest.approx(0.70)


def test_gwets_ac1_where_kappa_fails():
    # Gwet (2002), Statistical Methods for Inter-Rater Reliability Assessment 1, Table 1: kappa -.0234, AC1 .9408.
    found = two_by_two(118, 5, 2, 0)
    assert found["kappa"]["estimate"] == pytest.approx(-0.0234, abs=5e-5)
    assert found["ac1"]["estimate"] == pytest.approx(0.9408, abs=5e-5)


def test_a_screening_with_few_includes():
    found = two_by_two(12, 10, 12, 966)
    rounded = {name: round(found[name]["estimate"], 3) for name in ("po", "kappa", "pabak", "ac1", "p_pos")}
    assert rounded == {"po": 0.978, "kappa": 0.511, "pabak": 0.956, "ac1": 0.977, "p_pos": 0.522}
    assert found["prevalence_index"]["estimate"] == pytest.approx(954 / 1000)
    assert found["bias_index"]["estimate"] == pytest.approx(2 / 1000)


def test_every_estimate_lies_in_its_interval():
    found = two_by_two(12, 10, 12, 966)
    for name in ("po", "kappa", "pabak", "ac1", "p_pos", "p_neg", "prevalence_index", "bias_index"):
        value = found[name]
        assert value["ci_lb"] <= value["estimate"] <= value["ci_ub"], name


def test_intervals_are_the_same_for_the_same_seed_and_others_for_another():
    assert two_by_two(12, 10, 12, 966, seed=3) == two_by_two(12, 10, 12, 966, seed=3)
    assert two_by_two(12, 10, 12, 966, seed=3)["ac1"] != two_by_two(12, 10, 12, 966, seed=4)["ac1"]


@pytest.mark.parametrize("cells", [(0, 0, 0, 50), (50, 0, 0, 0)])
def test_one_category_is_not_estimable_and_never_zero_or_one(cells):
    found = two_by_two(*cells)
    assert found["kappa"]["estimate"] is None and found["kappa"]["reason"]
    assert found["po"]["estimate"] == 1.0


def test_no_shared_record_is_not_estimable():
    assert "not_estimable" in two_by_two(0, 0, 0, 0)


def test_square_table_counts_pairs():
    first, second = (
        np.array(["include", "maybe", "exclude"], dtype=object),
        np.array(["include", "exclude", "exclude"], dtype=object),
    )
    assert square_table(first, second).tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 1]]
