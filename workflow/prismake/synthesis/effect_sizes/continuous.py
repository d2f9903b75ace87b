"""Two groups on a quantitative outcome: means, standard deviations and sample sizes, or d, t, p."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from prismake.synthesis.effect_sizes.numeric import (
    Array,
    norm_cdf,
    norm_pdf,
    norm_ppf,
    small_sample_correction,
    t_from_two_sided_p,
    weighted_mean,
)
from prismake.synthesis.effect_sizes.registry import Estimate, Options, choose, measure, need

Data = Mapping[str, Array]

_LOGISTIC = math.pi / math.sqrt(3)  # SD of the standard logistic; Hasselblad & Hedges (1995)
_COX = 1.65  # Cox & Snell (1989); Sanchez-Meca et al. (2003), eq. 18


def pooled_sd(n1: Array, sd1: Array, n2: Array, sd2: Array) -> Array:
    """Within-group SD pooled over two groups (Borenstein, 2009, eq. 12.12)."""
    return np.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2))


def uncorrected_d(data: Data) -> Array:
    """Cohen's d from `di`, else from `ti`, `pi` or `ri` (point-biserial), else from means and SDs."""
    n1, n2 = need(data, "n1i", "n2i")
    d = np.array(data.get("di", np.full(len(n1), np.nan)))
    t = np.array(data.get("ti", np.full(len(n1), np.nan)))
    if "pi" in data:
        t = np.where(np.isnan(t), t_from_two_sided_p(data["pi"], n1 + n2 - 2), t)
    d = np.where(np.isnan(d), t * np.sqrt(1 / n1 + 1 / n2), d)
    if "ri" in data:
        ratio = (n1 + n2 - 2) * (1 / n1 + 1 / n2)
        d = np.where(np.isnan(d), np.sqrt(ratio) * data["ri"] / np.sqrt(1 - data["ri"] ** 2), d)
    if {"m1i", "m2i", "sd1i", "sd2i"} <= data.keys():
        from_means = (data["m1i"] - data["m2i"]) / pooled_sd(n1, data["sd1i"], n2, data["sd2i"])
        d = np.where(np.isnan(d), from_means, d)
    return d


@measure("MD", "raw mean difference", ("LS", "UB", "HO"))
def mean_difference(data: Data, options: Options) -> Estimate:
    """Borenstein (2009), eq. 12.5 (LS, UB) and 12.3 (HO)."""
    n1, n2, m1, m2, sd1, sd2 = need(data, "n1i", "n2i", "m1i", "m2i", "sd1i", "sd2i")
    unequal = sd1**2 / n1 + sd2**2 / n2
    equal = pooled_sd(n1, sd1, n2, sd2) ** 2 * (1 / n1 + 1 / n2)
    return m1 - m2, choose(options.vtype, {"LS": unequal, "UB": unequal, "HO": equal})


@measure("POMPMD", "mean difference in percent of the scale's range", ("LS", "UB", "HO"))
def pomp_difference(data: Data, options: Options) -> Estimate:
    """Cohen, Cohen, Aiken & West (1999): scores as percent of the maximum possible; needs mini and maxi."""
    low, high = need(data, "mini", "maxi")
    scale = 100 / (high - low)
    scaled = dict(data)
    scaled.update({name: (data[name] - low) * scale for name in ("m1i", "m2i")})
    scaled.update({name: data[name] * scale for name in ("sd1i", "sd2i")})
    return mean_difference(scaled, options)


def _standardized(d: Array, df: Array, n1: Array, n2: Array, n_of_sd: Array, options: Options) -> Estimate:
    """Corrected difference and its variances; `n_of_sd` is the number of people behind the standardizer."""
    j = small_sample_correction(df, options.small_sample())  # type: ignore[arg-type]
    g = j * d
    groups = 1 / n1 + 1 / n2
    mean_g = weighted_mean(g, n1 + n2)
    variances = {
        "LS": groups + g**2 / (2 * n_of_sd),  # Hedges (1982), eq. 8
        "LS2": j**2 * (groups + d**2 / (2 * n_of_sd)),  # Borenstein (2009), eq. 12.17
        "LS3": groups + g**2 / (2 * (n_of_sd - 3.94)),  # Hedges & Olkin (1985), ch. 6, eq. 8: RevMan's
        "ESC": groups + d**2 / (2 * n_of_sd),  # of the uncorrected d: esc's and metapsyTools' (Lipsey & Wilson, 2001)
        "UB": groups + (1 - (df - 2) / (df * j**2)) * g**2,  # Hedges (1983), eq. 9
        "AV": groups + mean_g**2 / (2 * n_of_sd),
        "H0": np.where(df > 2, j**2 * groups * df / (df - 2), np.nan),
    }
    return g, choose(options.vtype, variances)


_SMD_VTYPES = ("LS", "LS2", "LS3", "ESC", "UB", "AV", "H0")


@measure("SMD", "standardized mean difference (Hedges' g)", _SMD_VTYPES)
def standardized_mean_difference(data: Data, options: Options) -> Estimate:
    """Hedges (1981): d over the pooled SD, times J(n1 + n2 - 2)."""
    n1, n2 = need(data, "n1i", "n2i")
    return _standardized(uncorrected_d(data), n1 + n2 - 2, n1, n2, n1 + n2, options)


@measure("SMD1", "standardized mean difference over the SD of group 2 (Glass's delta)", _SMD_VTYPES)
def glass_delta(data: Data, options: Options) -> Estimate:
    """Hedges (1981): standardized by the control group's SD, times J(n2 - 1)."""
    n1, n2, m1, m2, sd2 = need(data, "n1i", "n2i", "m1i", "m2i", "sd2i")
    return _standardized((m1 - m2) / sd2, n2 - 1, n1, n2, n2, options)


@measure("SMD1H", "Glass's delta with unequal variances", _SMD_VTYPES + ("HO", "ST", "CS"))
def glass_delta_unequal(data: Data, options: Options) -> Estimate:
    """Bonett (2008), eq. 12, whatever the vtype."""
    n1, n2, m1, m2, sd1, sd2 = need(data, "n1i", "n2i", "m1i", "m2i", "sd1i", "sd2i")
    g = small_sample_correction(n2 - 1, options.small_sample()) * (m1 - m2) / sd2  # type: ignore[arg-type]
    return g, (sd1 / sd2) ** 2 / (n1 - 1) + 1 / (n2 - 1) + g**2 / (2 * (n2 - 1))


@measure("SMDH", "standardized mean difference with unequal variances", ("LS", "LS2", "LS3"))
def standardized_unequal(data: Data, options: Options) -> Estimate:
    """Bonett (2008, eq. 8; 2009, eq. 5): standardized by the root of the mean of the two variances."""
    n1, n2, m1, m2, sd1, sd2 = need(data, "n1i", "n2i", "m1i", "m2i", "sd1i", "sd2i")
    s2 = (sd1**2 + sd2**2) / 2
    g = small_sample_correction(n1 + n2 - 2, options.small_sample()) * (m1 - m2) / np.sqrt(s2)  # type: ignore[arg-type]
    r1, r2 = sd1**2 / s2, sd2**2 / s2  # the two variances relative to their mean

    def variance(a1: Array, a2: Array, b1: Array, b2: Array) -> Array:
        return r1 / a1 + r2 / a2 + g**2 / 8 * (r1**2 / b1 + r2**2 / b2)

    return g, choose(
        options.vtype,
        {
            "LS": variance(n1 - 1, n2 - 1, n1 - 1, n2 - 1),
            "LS2": variance(n1, n2, n1, n2),
            "LS3": variance(n1, n2, n1 - 1, n2 - 1),
        },
    )


@measure("ROM", "log ratio of means", ("LS", "LS2", "HO", "AV", "AVHO"))
def ratio_of_means(data: Data, options: Options) -> Estimate:
    """Hedges, Gurevitch & Curtis (1999), eq. 1; bias correction and LS2 by Lajeunesse (2015), eqs. 8 and 9.

    AV and AVHO use coefficients of variation averaged over the rows (Nakagawa et al., 2023).
    """
    n1, n2, m1, m2, sd1, sd2 = need(data, "n1i", "n2i", "m1i", "m2i", "sd1i", "sd2i")
    c1, c2 = sd1**2 / (n1 * m1**2), sd2**2 / (n2 * m2**2)  # squared standard errors of the log means
    yi = np.log(m1 / m2) + ((c1 - c2) / 2 if options.correct else 0.0)
    pooled2 = pooled_sd(n1, sd1, n2, sd2) ** 2
    cv1, cv2 = sd1 / m1, sd2 / m2
    mean1, mean2 = weighted_mean(cv1, n1), weighted_mean(cv2, n2)
    both = weighted_mean(np.concatenate([cv1, cv2]), np.concatenate([n1, n2]))
    return yi, choose(
        options.vtype,
        {
            "LS": c1 + c2,
            "LS2": c1 + c2 + (c1**2 + c2**2) / 2,
            "HO": pooled2 / (n1 * m1**2) + pooled2 / (n2 * m2**2),
            "AV": mean1**2 / n1 + mean2**2 / n2,
            "AVHO": both**2 * (1 / n1 + 1 / n2),
        },
    )


_ANY = ("LS", "UB", "LS2", "AV", "HO", "ST", "CS")


def _point_biserial(d: Array, n1: Array, n2: Array) -> tuple[Array, Array]:
    ratio = (n1 + n2 - 2) * (1 / n1 + 1 / n2)
    return d / np.sqrt(d**2 + ratio), ratio


@measure("RPB", "point-biserial correlation", ("LS", "ST", "CS"))
def point_biserial(data: Data, options: Options) -> Estimate:
    """From d; variance for fixed group sizes (ST, LS: delta method) or for a cross section (CS: Tate, 1954)."""
    n1, n2 = need(data, "n1i", "n2i")
    d, n = uncorrected_d(data), n1 + n2
    r, h = _point_biserial(d, n1, n2)
    fixed = h**2 / (h + d**2) ** 3 * (1 / n1 + 1 / n2 + d**2 / (2 * n))
    sampled = (1 - r**2) ** 2 * (n * r**2 / (4 * n1 * n2) + (2 - 3 * r**2) / (2 * n))
    return r, choose(options.vtype, {"LS": fixed, "ST": fixed, "CS": sampled})


@measure("RBIS", "biserial correlation", _ANY)
def biserial(data: Data, options: Options) -> Estimate:
    """Point-biserial times sqrt(pq)/phi(z); variance by Soper (1914), whatever the vtype."""
    n1, n2 = need(data, "n1i", "n2i")
    n = n1 + n2
    p, q = n1 / n, n2 / n
    z = -norm_ppf(p)
    density = norm_pdf(z)
    r = np.sqrt(p * q) / density * _point_biserial(uncorrected_d(data), n1, n2)[0]
    b = np.clip(r, -1, 1)
    inner = 1.5 + (1 - p * z / density) * (1 + q * z / density)
    return r, (p * q / density**2 - inner * b**2 + b**4) / (n - 1)


def z_of_r(r: Array, vi: Array) -> Estimate:
    """Fisher's z of a correlation with the variance carried over by the delta method."""
    bounded = np.clip(r, -1, 1)
    return np.arctanh(bounded), vi / (1 - bounded**2) ** 2


@measure("ZPB", "Fisher's z of the point-biserial correlation", ("LS", "ST", "CS"))
def z_point_biserial(data: Data, options: Options) -> Estimate:
    """Not variance-stabilizing for this correlation, hence the delta method."""
    return z_of_r(*point_biserial(data, options))


@measure("ZBIS", "Fisher's z of the biserial correlation", _ANY)
def z_biserial(data: Data, options: Options) -> Estimate:
    """Not variance-stabilizing for this correlation, hence the delta method."""
    return z_of_r(*biserial(data, options))


def _log_odds(data: Data, factor: float) -> Estimate:
    n1, n2 = need(data, "n1i", "n2i")
    d = uncorrected_d(data)
    return factor * d, factor**2 * (1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2)))


@measure("D2ORL", "log odds ratio from d (logistic)", _ANY)
def log_odds_logistic(data: Data, options: Options) -> Estimate:
    """Hasselblad & Hedges (1995); Chinn (2000): d times pi/sqrt(3)."""
    return _log_odds(data, _LOGISTIC)


@measure("D2OR", "log odds ratio from d (logistic)", _ANY)
def log_odds_default(data: Data, options: Options) -> Estimate:
    """The same as D2ORL."""
    return _log_odds(data, _LOGISTIC)


@measure("D2ORN", "log odds ratio from d (normal)", _ANY)
def log_odds_normal(data: Data, options: Options) -> Estimate:
    """Cox & Snell (1989): d times 1.65."""
    return _log_odds(data, _COX)


@measure("VR", "log ratio of standard deviations", ("LS", "LS2"))
def variability_ratio(data: Data, options: Options) -> Estimate:
    """Nakagawa et al. (2015), eq. 9; LS2 by Senior et al. (2020), eq. 15."""
    n1, n2, sd1, sd2 = need(data, "n1i", "n2i", "sd1i", "sd2i")
    bias = 1 / (2 * (n1 - 1)) - 1 / (2 * (n2 - 1))
    first = 1 / (2 * (n1 - 1)) + 1 / (2 * (n2 - 1))
    second = (n1 / (n1 - 1) ** 2 + n2 / (n2 - 1) ** 2) / 2
    return np.log(sd1 / sd2) + (bias if options.correct else 0.0), choose(options.vtype, {"LS": first, "LS2": second})


@measure("CVR", "log ratio of coefficients of variation", ("LS", "LS2"))
def variation_ratio(data: Data, options: Options) -> Estimate:
    """Nakagawa et al. (2015), eq. 12 without the correlation term; Senior et al. (2020), eqs. 6 and 16."""
    n1, n2, m1, m2, sd1, sd2 = need(data, "n1i", "n2i", "m1i", "m2i", "sd1i", "sd2i")
    c1, c2 = sd1**2 / (n1 * m1**2), sd2**2 / (n2 * m2**2)
    vr, v_vr = variability_ratio(data, options)
    yi = vr - (np.log(m1) - np.log(m2)) + ((c2 - c1) / 2 if options.correct else 0.0)
    extra = choose(options.vtype, {"LS": c1 + c2, "LS2": c1 + c2 + (c1**2 + c2**2) / 2})
    return yi, v_vr + extra


@measure("CLESN", "probability of superiority under normality", ("LS", "LS2", "LS3", "HO", "H0"))
def common_language(data: Data, options: Options) -> Estimate:
    """McGraw & Wong (1992): Phi(d / sqrt 2); variance by the delta method on SMDH (LS, LS2, LS3) or SMD (HO)."""
    n1, n2, m1, m2, sd1, sd2 = need(data, "n1i", "n2i", "m1i", "m2i", "sd1i", "sd2i")
    names = (options.vtype,) * len(n1) if isinstance(options.vtype, str) else options.vtype
    pooled = pooled_sd(n1, sd1, n2, sd2)
    average = np.sqrt((sd1**2 + sd2**2) / 2)
    d = (m1 - m2) / np.where(np.array(names) == "HO", pooled, average)
    share = sd1**2 / (sd1**2 + sd2**2)
    slope2 = np.exp(-(d**2) / 2) / (4 * math.pi)  # squared derivative of Phi(d / sqrt 2)

    def smdh(a1: Array, a2: Array, b1: Array, b2: Array) -> Array:
        return 2 * (share / a1 + (1 - share) / a2) + d**2 / 2 * (share**2 / b1 + (1 - share) ** 2 / b2)

    return norm_cdf(d / math.sqrt(2)), choose(
        options.vtype,
        {
            "LS": slope2 * smdh(n1 - 1, n2 - 1, n1 - 1, n2 - 1),
            "LS2": slope2 * smdh(n1, n2, n1, n2),
            "LS3": slope2 * smdh(n1, n2, n1 - 1, n2 - 1),
            "HO": slope2 * (1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2))),
            "H0": (share / (n1 - 1) + (1 - share) / (n2 - 1)) / (2 * math.pi),
        },
    )


@measure("CLES", "probability of superiority (area under the curve)", ("LS", "LS2", "H0", "MAX"))
def probability_of_superiority(data: Data, options: Options) -> Estimate:
    """From the area `ai`: Newcombe (2006) and Hanley & McNeil (1982) in Cho et al.'s (2019) form; Bamber (1975)."""
    a, n1, n2 = need(data, "ai", "n1i", "n2i")
    ties = data.get("mi", np.zeros(len(a)))
    q0, q1, q2 = a * (1 - a), a / (2 - a), 2 * a**2 / (1 + a)
    denominator = (n1 - 1) * (n2 - 1)
    n = n1 + n2
    return a, choose(
        options.vtype,
        {
            "LS": q0 / denominator * (n - 1 - (1.5 * n - 3) / ((2 - a) * (1 + a))),
            "LS2": (q0 - ties / 4 + (n1 - 1) * (q1 - a**2) + (n2 - 1) * (q2 - a**2)) / denominator,
            "H0": (n + 1) / (12 * n1 * n2),
            "MAX": q0 / (np.minimum(n1, n2) - 1),
        },
    )
