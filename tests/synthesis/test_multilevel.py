"""Three-level models and CHE against published figures and R's metafor."""

import numpy as np
import pytest
from prismake.synthesis.dependent import typical_variance
from prismake.synthesis.multilevel import fit_multilevel, sampling_covariance
from prismake.synthesis.profile import Profile

# Konstantopoulos (2011), Res. Synth. Methods 2:61-76, Table 1: school calendars, 56 schools in 11 districts.
DISTRICT = np.repeat([11, 12, 18, 27, 56, 58, 71, 86, 91, 108, 644], [4, 4, 3, 4, 4, 11, 3, 8, 6, 5, 4])
YI = np.array(
    [-0.18, -0.22, 0.23, -0.3, 0.13, -0.26, 0.19, 0.32, 0.45, 0.38, 0.29, 0.16, 0.65, 0.36, 0.6, 0.08, 0.04,
     0.19, -0.06, -0.18, 0, 0, -0.28, -0.04, -0.3, 0.07, 0, 0.05, -0.08, -0.09, 0.3, 0.98, 1.19, -0.07, -0.05,
     -0.01, 0.02, -0.03, 0, 0.01, -0.1, 0.5, 0.66, 0.2, 0, 0.05, 0.07, -0.52, 0.7, -0.03, 0.27, -0.34, 0.12,
     0.61, 0.04, -0.05]
)  # fmt: skip
VI = np.array(
    [0.118, 0.118, 0.144, 0.144, 0.014, 0.014, 0.015, 0.024, 0.023, 0.043, 0.012, 0.02, 0.004, 0.004, 0.007,
     0.019, 0.007, 0.005, 0.004, 0.02, 0.018, 0.019, 0.022, 0.02, 0.021, 0.006, 0.007, 0.007, 0.007, 0.007,
     0.015, 0.011, 0.01, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.01, 0.011, 0.01, 0.009,
     0.013, 0.013, 0.031, 0.031, 0.03, 0.03, 0.03, 0.087, 0.082, 0.067, 0.067]
)  # fmt: skip


def test_konstantopoulos_2011_table_4_three_level_reml():
    fitted = fit_multilevel(YI, VI, np.ones((56, 1)), DISTRICT)
    assert fitted.b[0] == pytest.approx(0.184713, abs=2e-6)  # printed 0.184
    assert np.sqrt(fitted.vb[0, 0]) == pytest.approx(0.084556, abs=2e-6)  # printed 0.085
    assert fitted.sigma2 == pytest.approx([0.065062, 0.032737], abs=2e-6)  # printed 0.065 and 0.033


def test_the_gradient_is_zero_at_the_optimum():
    fitted = fit_multilevel(YI, VI, np.ones((56, 1)), DISTRICT, rho=0.6)
    assert np.abs(fitted.score).max() < 1e-8


def test_the_typical_variance_gives_metafor_s_i2_by_level():
    typical = typical_variance(VI, DISTRICT)
    assert typical == pytest.approx(0.00494470632972748, rel=1e-12)  # metafor 5.1
    assert 100 * 0.0650619483536123 / (0.0650619483536123 + 0.032736517025638 + typical) == pytest.approx(
        63.3248, abs=1e-4
    )


def test_a_component_without_variation_is_zero_and_its_gradient_does_not_point_up():
    vi = np.full(8, 0.04)
    yi = np.array([0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9])  # studies have equal means
    fitted = fit_multilevel(yi, vi, np.ones((8, 1)), np.repeat([1, 2, 3, 4], 2))
    assert fitted.sigma2[0] == 0 and fitted.score[0] <= 1e-9
    assert fitted.sigma2[1] == pytest.approx(np.var(yi, ddof=1) - 0.04, rel=0.2)


def test_rho_fills_the_blocks_of_a_study_only():
    V = sampling_covariance(np.array([1.0, 4.0, 9.0]), np.array(["a", "a", "b"]), 0.5)
    assert V.tolist() == [[1, 1, 0], [1, 4, 0], [0, 0, 9]]


def test_the_order_of_effects_makes_no_difference():
    order = np.random.default_rng(1).permutation(56)
    one = fit_multilevel(YI, VI, np.ones((56, 1)), DISTRICT, rho=0.6)
    other = fit_multilevel(YI[order], VI[order], np.ones((56, 1)), DISTRICT[order], rho=0.6)
    assert other.b == pytest.approx(one.b, rel=1e-9) and other.sigma2 == pytest.approx(one.sigma2, rel=1e-7)


@pytest.mark.parametrize(
    ("cluster", "method", "words"), [([1, 1, 1], "REML", "two studies"), ([1, 1, 2], "DL", "REML or ML")]
)
def test_what_cannot_be_fitted_says_why(cluster, method, words):
    with pytest.raises(ValueError, match=words):
        fit_multilevel(np.zeros(3), np.ones(3), np.ones((3, 1)), np.array(cluster), method=method)


def test_metafor_s_profile_interval_of_the_school_calendars():
    one = np.ones((56, 1))
    profile = Profile(fit_multilevel(YI, VI, one, DISTRICT), YI, VI, one, DISTRICT)
    district, school = profile.interval(0), profile.interval(1)
    # Printed to four places at https://www.metafor-project.org/doku.php/analyses:konstantopoulos2011
    assert [round(district.lb, 4), round(district.ub, 4)] == [0.0222, 0.2072]
    assert [round(school.lb, 4), round(school.ub, 4)] == [0.0163, 0.0628]
