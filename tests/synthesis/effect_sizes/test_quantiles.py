"""Means and SDs from medians, quartiles and ranges, each estimator against an example that is worked out in print."""

from __future__ import annotations

import math

import numpy as np
import pytest
from prismake.synthesis.effect_sizes.box_cox import box_cox
from prismake.synthesis.effect_sizes.numeric import norm_ppf
from prismake.synthesis.effect_sizes.quantile_fit import quantile_estimation
from prismake.synthesis.effect_sizes.quantiles import (
    Quantiles,
    hozo,
    mean_from_quantiles,
    sd_from_iqr,
    sd_from_quantiles,
    skewed,
    skewness_test,
)
from scipy import stats

# metafor's reference page of conv.fivenum (version 5.1), 20 people each: median 6 with 2 to 14, with quartiles 4 and 10, with
# both; the means of Luo et al. (2018), the SDs of Wan et al. (2014) and, for both, Shi et al. (2020); then the statistic and
# the critical value of Shi et al. (2023).
FIVE_NUMBERS = [
    (Quantiles(20, 6, low=2, high=14), (6.594468, 3.211576), (0.333, 0.416)),
    (Quantiles(20, 6, q1=4, q3=10), (6.719500, 4.787076), (0.333, 0.578)),
    (Quantiles(20, 6, 4, 10, 2, 14), (6.938841, 3.679435), (0.491, 0.666)),
]


@pytest.mark.parametrize(("given", "printed", "test"), FIVE_NUMBERS)
def test_luo_wan_and_shi_as_metafor_prints_them(given: Quantiles, printed: tuple, test: tuple) -> None:
    assert (round(mean_from_quantiles(given), 6), round(sd_from_quantiles(given), 6)) == printed
    found = skewness_test(given)
    assert found is not None and tuple(round(x, 3) for x in found) == test
    assert skewed(given) is False


@pytest.mark.parametrize(("n", "xi"), [(5, 2.326), (10, 3.078), (25, 3.931), (50, 4.498)])
def test_the_range_in_standard_deviations(n: int, xi: float) -> None:
    # Wan et al. (2014), Table 1: the expected range of n standard normals; their eq. 9 approximates it to about 1 percent.
    assert sd_from_quantiles(Quantiles(n, low=0.0, high=xi)) == pytest.approx(1.0, rel=0.015)


def test_mean_and_sd_from_median_and_range() -> None:
    # R package metaBLUE 1.0.0, example output of its help pages Luo.mean and Wan.std: minimum 1, median 4, maximum 10,
    # n = 30: 4.356748 by Luo et al. (2018), 2.205578 by Wan et al. (2014).
    given = Quantiles(30, 4, low=1, high=10)
    assert (round(mean_from_quantiles(given), 6), round(sd_from_quantiles(given), 6)) == (4.356748, 2.205578)


def test_sd_from_quartiles() -> None:
    # Wan et al. (2014), eq. 16, as worked in R on imathworks.com ("mean and standard deviation from median and
    # quartiles"): quartiles 0.02 and 0.04, n = 100: 0.0150441.
    assert round(sd_from_quantiles(Quantiles(100, q1=0.02, q3=0.04)), 7) == 0.0150441
    assert round(sd_from_iqr(0.02, 100), 7) == 0.0150441


def test_shi_by_the_shortcut_formula() -> None:
    # Shi et al. (2020) write the same estimate as (max - min) / theta1 + (q3 - q1) / theta2, with these thetas of n.
    for n in (15, 60, 401):
        theta1 = (2 + 0.14 * n**0.6) * norm_ppf((n - 0.375) / (n + 0.25))[0]
        theta2 = (2 + 2 / (0.07 * n**0.6)) * norm_ppf((0.75 * n - 0.125) / (n + 0.25))[0]
        given = Quantiles(n, q1=11, q3=19, low=3, high=40)
        assert sd_from_quantiles(given) == pytest.approx(37 / theta1 + 8 / theta2, rel=1e-12)


def test_quantile_estimators_are_right_on_average() -> None:
    rng = np.random.default_rng(5)
    samples = np.sort(rng.normal(50, 10, size=(4000, 41)), axis=1)
    five = [Quantiles(41, s[20], s[10], s[30], s[0], s[-1]) for s in samples]
    found = [(mean_from_quantiles(q), sd_from_quantiles(q), sd_from_iqr(q.q3 - q.q1, 41)) for q in five]  # type: ignore[operator]
    mean, sd, by_iqr = np.mean(found, axis=0)
    assert (mean, sd, by_iqr) == (pytest.approx(50, abs=0.1), pytest.approx(10, abs=0.15), pytest.approx(10, abs=0.2))


def test_hozo_by_sample_size() -> None:
    # Thresholds: abstract of Hozo et al. (2005). With the median in the middle the SD of up to 15 people is that of a
    # uniform distribution over the range.
    assert hozo(Quantiles(12, 6, low=2, high=10)) == (6, pytest.approx(8 / math.sqrt(12)))
    assert hozo(Quantiles(15, 5, low=2, high=14)) == (6.5, pytest.approx(math.sqrt((36 / 4 + 144) / 12)))
    assert hozo(Quantiles(25, 5, low=2, high=14)) == (6.5, 3.0)
    assert hozo(Quantiles(26, 5, low=2, high=14)) == (5, 3.0)
    assert hozo(Quantiles(71, 5, low=2, high=14)) == (5, 2.0)
    assert hozo(Quantiles(71, 5, q1=2, q3=14)) is None


def test_hozo_is_the_limit_of_the_formula_with_the_sample_size() -> None:
    # Hozo et al. (2005), eq. 12, has the sample size in it; their eq. 16, which is used, is what it tends to.
    def eq_12(n: float, low: float, median: float, high: float) -> float:
        bracket = (n**2 + 3) * (low - 2 * median + high) ** 2 + 4 * n**2 * (high - low) ** 2
        return (n + 1) / (48 * n * (n - 1) ** 2) * bracket

    found = hozo(Quantiles(15, 5, low=2, high=14))
    assert found is not None
    assert eq_12(1e9, 2, 5, 14) == pytest.approx(found[1] ** 2, rel=1e-6)


def _normals_of_r(seed: int, count: int) -> np.ndarray:
    """The first standard normals after R's set.seed: its scrambling of the seed, its Mersenne Twister, its inversion."""
    scrambled, key = seed, []
    for _ in range(50):
        scrambled = (69069 * scrambled + 1) % 2**32
    for _ in range(625):
        scrambled = (69069 * scrambled + 1) % 2**32
        key.append(scrambled)
    twister = np.random.MT19937()
    twister.state = {"bit_generator": "MT19937", "state": {"key": np.array(key[1:], dtype=np.uint32), "pos": 624}}
    uniform = twister.random_raw(2 * count) * 2.3283064365386963e-10
    big = 134217728.0
    return norm_ppf((np.floor(big * uniform[::2]) + uniform[1::2]) / big)


def test_the_box_cox_method_as_in_print() -> None:
    # R package estmeansd 1.0.1, README of its repository (stmcg/estmeansd), after set.seed(1): minimum 2, median 4, maximum 9,
    # n = 100 give 4.210971 and 1.337348, drawn with 1,100 random numbers; the same numbers of R on our distribution:
    found = box_cox(Quantiles(100, 4, low=2, high=9))
    assert found is not None and found.power == 0
    drawn = np.exp(found.location + found.scale * _normals_of_r(1, 1100))
    assert (round(drawn.mean(), 6), round(drawn.std(ddof=1), 6)) == (4.210971, 1.337348)
    assert (found.mean, found.sd) == (pytest.approx(4.210971, rel=0.01), pytest.approx(1.337348, rel=0.04))


def test_the_power_makes_the_quantiles_symmetric() -> None:
    # Of 0, 4 and 9 the power p with 9^p = 2 * 4^p: ln 2 / ln 2.25. Symmetric quantiles need none, a scale changes none.
    found = box_cox(Quantiles(100, 4, low=0, high=9))
    assert found is not None and found.power == pytest.approx(math.log(2) / math.log(2.25), rel=1e-12)
    plain = box_cox(Quantiles(60, 50, 44, 56, 30, 70))
    assert plain is not None and (plain.power, plain.mean) == (pytest.approx(1), pytest.approx(50))
    small, large = (box_cox(Quantiles(90, 8 * f, 4 * f, 13 * f)) for f in (1, 1000))
    assert small is not None and large is not None
    assert (large.mean, large.sd) == (pytest.approx(1000 * small.mean, rel=1e-10), pytest.approx(1000 * small.sd))


@pytest.mark.parametrize("power", [0.0, 0.3, 0.7, 1.0, 1.6])
def test_the_box_cox_method_finds_the_distribution_behind(power: float) -> None:
    # The quartiles of an outcome whose transform is normal: what is found is near the mean and SD of the outcome.
    z = stats.norm.ppf((np.arange(1, 400_001) - 0.5) / 400_000)
    outcome = np.exp(3 + 0.3 * z) if power == 0 else (1 + power * (6 + 0.8 * z)) ** (1 / power)
    q1, median, q3 = np.quantile(outcome, (0.25, 0.5, 0.75))
    found = box_cox(Quantiles(4001, median, q1, q3))
    assert found is not None and found.power == pytest.approx(power, abs=1e-3)
    assert (found.mean, found.sd) == (pytest.approx(outcome.mean(), rel=1e-3), pytest.approx(outcome.std(), rel=1e-2))


@pytest.mark.parametrize(
    "given",
    [
        Quantiles(50, 4),
        Quantiles(50, 4, q1=3),
        Quantiles(50, None, q1=3, q3=6),
        Quantiles(50, 4, q1=6, q3=5),
        Quantiles(50, 4, q1=4, q3=8),
        Quantiles(50, 4, q1=-2, q3=8),
        Quantiles(3, 5.0, low=5.0, high=5.0),
    ],
)
def test_what_no_power_can_transform_gives_nothing(given: Quantiles) -> None:
    assert box_cox(given) is None


def test_the_nearest_distribution_as_in_print() -> None:
    # R package estmeansd, README of its repository (stmcg/estmeansd): minimum 2, median 4, maximum 9, n = 100 give
    # 4.347284 and 1.502171 by quantile estimation; its optimizer stops at about five digits.
    fit = quantile_estimation(Quantiles(100, 4, low=2, high=9))
    assert fit is not None and fit.family == "log-normal"
    assert (fit.mean, fit.sd) == (pytest.approx(4.347284, rel=1e-5), pytest.approx(1.502171, rel=1e-5))


@pytest.mark.parametrize(
    ("family", "distribution"),
    [
        ("normal", stats.norm(50, 10)),
        ("log-normal", stats.lognorm(0.6, scale=8)),
        ("gamma", stats.gamma(1.7, scale=4)),
        ("Weibull", stats.weibull_min(1.4, scale=20)),
        ("beta", stats.beta(2, 7)),
    ],
)
def test_the_nearest_distribution_is_the_one_that_the_quantiles_come_from(family: str, distribution) -> None:  # type: ignore[no-untyped-def]
    low, q1, median, q3, high = distribution.ppf([1 / 80, 0.25, 0.5, 0.75, 1 - 1 / 80])
    for given in ({"q1": q1, "q3": q3, "low": low, "high": high}, {"q1": q1, "q3": q3}, {"low": low, "high": high}):
        fit = quantile_estimation(Quantiles(80, median, **given))
        assert fit is not None and fit.distance < 1e-12
        if len(given) == 4:  # three quantiles may fit two families
            assert fit.family == family
            assert (fit.mean, fit.sd) == (pytest.approx(distribution.mean()), pytest.approx(distribution.std()))


STRANGE = [
    Quantiles(50, 1.03, 0.97, 14.98, 0.61, 516.9),
    Quantiles(5, 0.961, low=0.068, high=497.2),
    Quantiles(10, 0.922, 0.587, 42.6, 0.542, 285.9),
    Quantiles(3, 2.0, low=1.0, high=9.0),
]


@pytest.mark.parametrize("estimator", [quantile_estimation, box_cox])
@pytest.mark.parametrize("given", STRANGE)
def test_quantiles_of_no_known_shape_give_nothing_that_cannot_be(given: Quantiles, estimator) -> None:  # type: ignore[no-untyped-def]
    found = estimator(given)
    if found is not None:
        low, high = given.low or 0.0, given.high or 0.0
        assert low <= found.mean <= high
        assert 0 < found.sd <= (high - low) / 2 * math.sqrt(given.n / (given.n - 1)) * (1 + 1e-9)


def test_without_a_pair_of_quantiles_nothing_is_nearest() -> None:
    assert quantile_estimation(Quantiles(50, 4)) is None
    assert quantile_estimation(Quantiles(50, 4, q1=3)) is None
    assert quantile_estimation(Quantiles(50, 4, q1=6, q3=5)) is None


def test_skewness_is_seen() -> None:
    assert skewed(Quantiles(50, 5, q1=4, q3=14)) is True
    assert skewed(Quantiles(50, 9, q1=4, q3=14)) is False
    assert skewed(Quantiles(50, 9)) is None
