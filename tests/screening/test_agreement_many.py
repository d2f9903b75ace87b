"""Agreement of more than two reviewers against published worked examples."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.screening.agreement_many import fleiss_kappa, krippendorff_alpha, many

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability (repository.upenn.edu/asc_papers/43), section C: four
# observers, twelve units, nominal alpha = .743; 0 = no value.
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
)


def counted(table: np.ndarray, categories: list[int]) -> np.ndarray:
    """Units x categories: how many observers gave each value."""
    return np.column_stack([(table == c).sum(axis=0) for c in categories])


def test_alpha_with_missing_values_is_krippendorffs():
    assert krippendorff_alpha(counted(OBSERVERS, [1, 2, 3, 4, 5])) == pytest.approx(0.743, abs=5e-4)


def test_alpha_of_two_observers_is_krippendorffs():
    # The same paper, section A: ten units, two values.
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert krippendorff_alpha(counted(np.array([first, second]), [0, 1])) == pytest.approx(0.095, abs=5e-4)


def test_fleiss_kappa_is_that_of_statsmodels():
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater")
    rng = np.random.default_rng(1)
    counts = rng.multinomial(4, [0.2, 0.8], size=60)
    assert fleiss_kappa(counts) == pytest.approx(inter_rater.fleiss_kappa(counts), rel=1e-12)


def test_fleiss_kappa_of_the_published_fourteen_raters():
    # The worked example of the article "Fleiss' kappa" of Wikipedia (ten subjects, fourteen raters, five categories): .210.
    counts = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
    assert fleiss_kappa(np.array(counts)) == pytest.approx(0.210, abs=5e-4)


def test_unequal_numbers_of_reviewers_are_refused():
    with pytest.raises(ValueError, match="same number"):
        fleiss_kappa(np.array([[2, 0], [1, 0]]))


def test_one_category_is_not_estimable():
    found = many(np.array([[3, 0], [3, 0]]))
    assert found["fleiss_kappa"]["estimate"] is None and found["krippendorff_alpha"]["estimate"] is None


def test_intervals_hold_the_estimate_and_follow_the_seed():
    counts = np.random.default_rng(2).multinomial(3, [0.3, 0.7], size=80)
    found = many(counts, seed=9)
    assert found == many(counts, seed=9)
    for name in ("fleiss_kappa", "krippendorff_alpha"):
        assert found[name]["ci_lb"] < found[name]["estimate"] < found[name]["ci_ub"]
    assert found["n_complete"] == found["n_pairable"] == 80


def test_fleiss_kappa_of_the_thirty_psychiatric_patients():
    # Fleiss (1971), Psychological Bulletin 76, 378-382, Table 1: thirty patients, six diagnoses of five kinds each. R's irr
    # prints .4302445 for them (`kappam.fleiss(diagnoses)`, as statsmodels' own tests record it).
    diagnoses = """
        444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445
        333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
    """
    counts = np.array([[patient.count(kind) for kind in "12345"] for patient in diagnoses.split()])
    assert counts.shape == (30, 5) and set(counts.sum(axis=1)) == {6}
    assert fleiss_kappa(counts) == pytest.approx(0.4302445, abs=5e-8)
