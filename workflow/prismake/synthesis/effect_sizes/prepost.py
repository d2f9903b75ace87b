"""Change within one group, or matched pairs: m1i, sd1i against m2i, sd2i, correlation ri, ni people."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from prismake.synthesis.effect_sizes.numeric import (
    Array,
    hypergeometric,
    norm_cdf,
    small_sample_correction,
    t_from_two_sided_p,
)
from prismake.synthesis.effect_sizes.registry import Estimate, Options, choose, measure, need

Data = Mapping[str, Array]


def change_sd(sd1: Array, sd2: Array, r: Array) -> Array:
    """SD of the change scores from both SDs and their correlation."""
    return np.sqrt(sd1**2 + sd2**2 - 2 * r * sd1 * sd2)


def _five(data: Data) -> list[Array]:
    return need(data, "m1i", "m2i", "sd1i", "sd2i", "ri", "ni")


@measure("MC", "mean change", ("LS", "UB", "LS2", "AV", "HO"))
def mean_change(data: Data, options: Options) -> Estimate:
    """Squared standard error of the mean change, whatever the vtype."""
    m1, m2, sd1, sd2, r, n = _five(data)
    return m1 - m2, change_sd(sd1, sd2, r) ** 2 / n


@measure("SMCC", "standardized mean change, change score standardization", ("LS", "LS2", "UB", "H0"))
def standardized_change(data: Data, options: Options) -> Estimate:
    """Gibbons et al. (1993), eq. 21; UB by Viechtbauer (2007), eq. 26. `di`, `ti` or `pi` may be given instead."""
    n = need(data, "ni")[0]
    d = np.array(data.get("di", np.full(len(n), np.nan)))
    t = np.array(data.get("ti", np.full(len(n), np.nan)))
    if "pi" in data:
        t = np.where(np.isnan(t), t_from_two_sided_p(data["pi"], n - 1), t)
    d = np.where(np.isnan(d), t / np.sqrt(n), d)
    if {"m1i", "m2i", "sd1i", "sd2i", "ri"} <= data.keys():
        m1, m2, sd1, sd2, r, _ = _five(data)
        d = np.where(np.isnan(d), (m1 - m2) / change_sd(sd1, sd2, r), d)
    df = n - 1
    j = small_sample_correction(df, options.small_sample())  # type: ignore[arg-type]
    g = j * d
    return g, choose(
        options.vtype,
        {
            "LS": 1 / n + g**2 / (2 * n),
            "LS2": j**2 * (1 / n + d**2 / (2 * n)),
            "UB": 1 / n + (1 - (df - 2) / (df * j**2)) * g**2,
            "H0": np.where(df > 2, j**2 / n * df / (df - 2), np.nan),
        },
    )


def _raw(data: Data, options: Options) -> tuple[Array, Array, Array]:
    m1, m2, sd1, n = need(data, "m1i", "m2i", "sd1i", "ni")
    j = small_sample_correction(n - 1, options.small_sample())  # type: ignore[arg-type]
    d = (m1 - m2) / sd1
    return j, d, j * d


@measure("SMCR", "standardized mean change, raw score standardization", ("LS", "LS2", "UB", "H0"))
def raw_standardized_change(data: Data, options: Options) -> Estimate:
    """Becker (1988), eq. 13; UB by Viechtbauer (2007), eq. 37. Standardized by sd1i."""
    r, n = need(data, "ri", "ni")
    j, d, g = _raw(data, options)
    df = n - 1
    unbiased_r = r * hypergeometric(0.5, 0.5, (n - 2) / 2, 1 - r**2)
    return g, choose(
        options.vtype,
        {
            "LS": 2 * (1 - r) / n + g**2 / (2 * n),
            "LS2": j**2 * (2 * (1 - r) / n + d**2 / (2 * n)),
            "UB": 2 * (1 - unbiased_r) / n + (1 - (df - 2) / (df * j**2)) * g**2,
            "H0": np.where(df > 2, j**2 * 2 * (1 - unbiased_r) / n * df / (df - 2), np.nan),
        },
    )


@measure("SMCRH", "standardized mean change, raw score standardization, unequal variances", ("LS", "LS2"))
def raw_standardized_change_unequal(data: Data, options: Options) -> Estimate:
    """Bonett (2008), eq. 13."""
    _, _, sd1, sd2, r, n = _five(data)
    _, _, g = _raw(data, options)
    ratio = change_sd(sd1, sd2, r) ** 2 / sd1**2
    return g, choose(options.vtype, {"LS": (ratio + g**2 / 2) / (n - 1), "LS2": (ratio + g**2 / 2) / n})


def _pooled(data: Data, options: Options) -> tuple[Array, Array]:
    m1, m2, sd1, sd2, r, n = _five(data)
    df = 2 * (n - 1) / (1 + r**2)  # Cousineau (2020)
    s2 = (sd1**2 + sd2**2) / 2
    return small_sample_correction(df, options.small_sample()) * (m1 - m2) / np.sqrt(s2), s2  # type: ignore[arg-type]


@measure("SMCRP", "standardized mean change over the pooled SD")
def pooled_standardized_change(data: Data, options: Options) -> Estimate:
    """Cousineau (2020), eq. 2."""
    r, n = need(data, "ri", "ni")
    g, _ = _pooled(data, options)
    return g, 2 * (1 - r) / n + g**2 * (1 + r**2) / (4 * n)


@measure("SMCRPH", "standardized mean change over the pooled SD, unequal variances", ("LS", "LS2"))
def pooled_standardized_change_unequal(data: Data, options: Options) -> Estimate:
    """Bonett (2008), eq. 10."""
    _, _, sd1, sd2, r, n = _five(data)
    g, s2 = _pooled(data, options)
    fourth = (sd1**4 + sd2**4 + 2 * r**2 * sd1**2 * sd2**2) / (8 * s2**2)
    core = change_sd(sd1, sd2, r) ** 2 / s2 + g**2 * fourth
    return g, choose(options.vtype, {"LS": core / (n - 1), "LS2": core / n})


@measure("CLESCN", "probability of superiority of matched scores under normality")
def matched_common_language(data: Data, options: Options) -> Estimate:
    """Phi(d / sqrt 2) with the variance of SMCRPH by the delta method."""
    plain = Options(options.vtype, correct=False)
    d, v = pooled_standardized_change_unequal(data, plain)
    return norm_cdf(d / math.sqrt(2)), np.exp(-(d**2) / 2) / (4 * math.pi) * v


def _matched(data: Data) -> dict[str, Array]:
    """Variance of the log ratio of two matched means to first and to second order."""
    m1, m2, sd1, sd2, r, n = _five(data)
    c1, c2 = sd1**2 / (n * m1**2), sd2**2 / (n * m2**2)
    first = c1 + c2 - 2 * r * sd1 * sd2 / (m1 * m2 * n)
    fourth = r**2 * sd1**2 * sd2**2 * (m1**4 + m2**4) / (2 * n**2 * m1**4 * m2**4)
    return {"LS": first, "LS2": first + (c1**2 + c2**2) / 2 + fourth, "bias": (c1 - c2) / 2}


@measure("ROMC", "log ratio of means of matched scores", ("LS", "LS2"))
def matched_ratio_of_means(data: Data, options: Options) -> Estimate:
    """Lajeunesse (2011), eq. 6; Senior et al. (2020), eqs. 7, 18 and 19."""
    m1, m2, *_ = _five(data)
    parts = _matched(data)
    return np.log(m1 / m2) + (parts["bias"] if options.correct else 0.0), choose(options.vtype, parts)


@measure("VRC", "log ratio of standard deviations of matched scores", ("LS", "LS2"))
def matched_variability_ratio(data: Data, options: Options) -> Estimate:
    """Senior et al. (2020), eqs. 8, 21 and 22."""
    sd1, sd2, r, n = need(data, "sd1i", "sd2i", "ri", "ni")
    fourth = r**4 * (sd1**8 + sd2**8) / (2 * (n - 1) ** 2 * sd1**4 * sd2**4)
    second = n / (n - 1) ** 2 - r**2 / (n - 1) + fourth
    return np.log(sd1 / sd2), choose(options.vtype, {"LS": (1 - r**2) / (n - 1), "LS2": second})


@measure("CVRC", "log ratio of coefficients of variation of matched scores", ("LS", "LS2"))
def matched_variation_ratio(data: Data, options: Options) -> Estimate:
    """Senior et al. (2020), eqs. 9, 23 and 24."""
    m1, m2, *_ = _five(data)
    parts = _matched(data)
    spread, v_spread = matched_variability_ratio(data, options)
    yi = spread - (np.log(m1) - np.log(m2)) - (parts["bias"] if options.correct else 0.0)
    return yi, v_spread + choose(options.vtype, parts)
