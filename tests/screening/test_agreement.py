"""Agreement of two reviewers against published worked examples."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.screening.agreement import cohen_kappa, gwet_ac1, kappa_estimate, square_table, two_by_two, wilson


@pytest.mark.parametrize(
    ("successes", "n", "lower", "upper"),
    [
        # The four examples of Newcombe (1998), Statistics in Medicine 17, 857-872, by his method 3 (score interval).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_is_newcombes(successes, n, lower, upper):
    assert wilson(successes, n) == pytest.approx((lower, upper), abs=6e-5)


# Three categories and two abstractors of 100 records, and what the author of AC1 prints for them: Gwet (2019), irrCAC 1.0,
# vignette "Calculating Chance-corrected Agreement Coefficients" (cran.r-project.org/package=irrCAC), data set
# cont3x3abstractors: kappa 0.7964094 (standard error 0.05891072, interval .680 to .913), AC1 0.8493305.
ABSTRACTORS = np.array([[13, 0, 0], [0, 20, 7], [0, 4, 56]])


def test_kappa_of_three_categories_is_that_of_irrcac():
    kappa, se = cohen_kappa(ABSTRACTORS)
    assert kappa == pytest.approx(0.7964094, abs=5e-8)
    assert se == pytest.approx(0.05891072, rel=0.006)  # irrCAC divides by n - 1, and this formula by n
    shown = kappa_estimate(ABSTRACTORS)
    assert (round(shown["ci_lb"], 2), round(shown["ci_ub"], 2)) == (0.68, 0.91)


def test_ac1_of_three_categories_is_that_of_irrcac():
    assert gwet_ac1(ABSTRACTORS) == pytest.approx(0.8493305, abs=5e-8)


def test_ac1_of_two_categories_is_the_general_one():
    for cells in ((118, 5, 2, 0), (12, 10, 12, 966), (40, 9, 6, 45)):
        table = np.array(cells).reshape(2, 2)
        assert two_by_two(*cells)["ac1"]["estimate"] == pytest.approx(gwet_ac1(table), rel=1e-14)
    assert gwet_ac1(np.array([[50, 0], [0, 0]])) is None and gwet_ac1(np.zeros((2, 2))) is None


def test_standard_error_of_kappa_is_that_of_statsmodels():
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")
    for table in ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], [[12, 10], [12, 966]], [[80, 10], [5, 5]]):
        theirs = inter_rater.cohens_kappa(np.array(table))
        assert cohen_kappa(np.array(table)) == pytest.approx((theirs.kappa, theirs.std_kappa), rel=1e-12)


@pytest.mark.parametrize(
    ("cells", "po", "kappa", "p_pos", "p_neg"),
    [
        # Feinstein & Cicchetti (1990), J Clin Epidemiol 43, 543-549: the same agreement, two kappas, as reprinted in
        # Gerstman, Epidemiology Kept Simple, 3rd ed., Table 10.6 (p. 227). Positive and negative agreement, 2a/(2a + b + c)
        # and 2d/(2d + b + c), are those of the second paper (Cicchetti & Feinstein 1990, 43, 551-558), by hand.
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
    # By its definition (Byrt, Bishop & Carlin 1993, J Clin Epidemiol 46, 423-429), PABAK is 2 x .85 - 1 for both.
    assert found["pabak"]["estimate"] == pytest.approx(0.70)


def test_gwets_ac1_where_kappa_fails():
    # The table of 125 subjects by which Gwet (2008, Br J Math Stat Psychol 61, 29-48) shows the paradox of kappa; the two
    # values are those of two other open implementations' tests, and follow from the definitions by hand:
    # po = 118/125; pe = (123 x 120 + 2 x 5)/125^2, kappa = -.0234; q = 243/250, 2q(1 - q) = .0544, AC1 = .9408.
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
    for name in ("kappa", "ac1"):
        assert found[name]["estimate"] is None and found[name]["reason"]
    assert found["po"]["estimate"] == 1.0


def test_agreement_on_includes_has_an_interval_even_where_all_agree():
    # J = 5/5: Wilson's interval of J is .5655 to 1 (5 / (5 + z^2)), and 2J/(1 + J) of it .7225 to 1
    found = two_by_two(5, 0, 0, 95)
    assert found["p_pos"]["ci_lb"] == pytest.approx(0.7225, abs=5e-5) and found["p_pos"]["ci_ub"] == pytest.approx(1)
    assert "says nothing" in found["kappa"]["method"] and "says nothing" not in found["p_pos"]["method"]


def test_interval_of_agreement_on_includes_holds_what_it_promises():
    # 300 tables of 400 records, one in ten included by anyone: at least 92 % of the intervals hold the true value
    rng = np.random.default_rng(5)
    shares, truth = np.array([0.05, 0.03, 0.02, 0.90]), 2 * 0.05 / (2 * 0.05 + 0.05)
    held = [
        two["ci_lb"] <= truth <= two["ci_ub"]
        for two in (two_by_two(*cells)["p_pos"] for cells in rng.multinomial(400, shares, size=300).tolist())
    ]
    assert 0.92 <= np.mean(held) <= 0.985


def test_no_shared_record_is_not_estimable():
    assert "not_estimable" in two_by_two(0, 0, 0, 0)


def test_square_table_counts_pairs():
    first, second = (
        np.array(["include", "maybe", "exclude"], dtype=object),
        np.array(["include", "exclude", "exclude"], dtype=object),
    )
    assert square_table(first, second).tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 1]]
