"""One group: proportions, rates, means, and reliabilities."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from prismake.synthesis.effect_sizes.binary import added
from prismake.synthesis.effect_sizes.numeric import Array, norm_ppf, small_sample_correction, weighted_mean
from prismake.synthesis.effect_sizes.registry import Estimate, Options, choose, measure, need

Data = Mapping[str, Array]


def _events(data: Data, options: Options, default_add: float = 0.5) -> tuple[Array, Array]:
    """Events and sample size after the zero-cell rule."""
    x = need(data, "xi")[0]
    rest = data["mi"] if "mi" in data else need(data, "ni")[0] - x
    if np.any(x < 0) or np.any(rest < 0):
        raise ValueError("a count is negative, or events exceed the sample size")
    if np.any(x + rest <= 0):
        raise ValueError("a sample size is not positive")
    extra = added((x == 0) | (rest == 0), options, default_add)
    return x + extra, x + rest + 2 * extra


@measure("PR", "proportion", ("LS", "UB", "AV"))
def proportion(data: Data, options: Options) -> Estimate:
    """Binomial variance, its unbiased form, or with the proportion averaged over the rows."""
    x, n = _events(data, options)
    p = x / n
    mean = weighted_mean(p, n)
    unbiased = np.where(n != 1, p * (1 - p) / (n - 1), np.inf)
    return p, choose(options.vtype, {"LS": p * (1 - p) / n, "UB": unbiased, "AV": mean * (1 - mean) / n})


@measure("PLN", "log proportion", ("LS", "AV"))
def log_proportion(data: Data, options: Options) -> Estimate:
    """Delta method."""
    x, n = _events(data, options)
    mean = weighted_mean(x / n, n)
    return np.log(x / n), choose(options.vtype, {"LS": 1 / x - 1 / n, "AV": 1 / (mean * n) - 1 / n})


@measure("PLO", "log odds of a proportion", ("LS", "AV"))
def logit_proportion(data: Data, options: Options) -> Estimate:
    """Delta method."""
    x, n = _events(data, options)
    mean = weighted_mean(x / n, n)
    return np.log(x / (n - x)), choose(
        options.vtype, {"LS": 1 / x + 1 / (n - x), "AV": 1 / (mean * n) + 1 / ((1 - mean) * n)}
    )


@measure("PRZ", "probit of a proportion")
def probit_proportion(data: Data, options: Options) -> Estimate:
    """Delta method."""
    x, n = _events(data, options)
    p = x / n
    z = norm_ppf(p)
    return z, 2 * math.pi * p * (1 - p) * np.exp(z**2) / n


@measure("PAS", "arcsine square root of a proportion")
def arcsine_proportion(data: Data, options: Options) -> Estimate:
    """Variance-stabilizing (Freeman & Tukey, 1950)."""
    x, n = _events(data, options, 0.0)
    return np.arcsin(np.sqrt(x / n)), 1 / (4 * n)


@measure("PFT", "Freeman-Tukey double arcsine of a proportion")
def freeman_tukey(data: Data, options: Options) -> Estimate:
    """Freeman & Tukey (1950), halved as Miller (1978) has it."""
    x, n = _events(data, options, 0.0)
    yi = (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))) / 2
    return yi, 1 / (4 * n + 2)


def _rate(data: Data, options: Options, default_add: float = 0.5) -> tuple[Array, Array]:
    x, t = need(data, "xi", "ti")
    if np.any(x < 0) or np.any(t <= 0):
        raise ValueError("a count is negative or a person-time is not positive")
    return x + added(x == 0, options, default_add), t


@measure("IR", "incidence rate")
def rate(data: Data, options: Options) -> Estimate:
    """Poisson rate."""
    x, t = _rate(data, options)
    return x / t, x / t**2


@measure("IRLN", "log incidence rate")
def log_rate(data: Data, options: Options) -> Estimate:
    """Delta method."""
    x, t = _rate(data, options)
    return np.log(x / t), 1 / x


@measure("IRS", "square root of the incidence rate")
def root_rate(data: Data, options: Options) -> Estimate:
    """Variance-stabilizing."""
    x, t = _rate(data, options, 0.0)
    return np.sqrt(x / t), 1 / (4 * t)


@measure("IRFT", "Freeman-Tukey incidence rate")
def freeman_tukey_rate(data: Data, options: Options) -> Estimate:
    """Freeman & Tukey (1950)."""
    x, t = _rate(data, options, 0.0)
    return (np.sqrt(x / t) + np.sqrt((x + 1) / t)) / 2, 1 / (4 * t)


@measure("MN", "mean", ("LS", "HO"))
def mean(data: Data, options: Options) -> Estimate:
    """Squared standard error; HO with the SD pooled over the rows."""
    m, sd, n = need(data, "mi", "sdi", "ni")
    pooled2 = weighted_mean(sd**2, n - 1)
    return m, choose(options.vtype, {"LS": sd**2 / n, "HO": pooled2 / n})


@measure("POMPMN", "mean in percent of the scale's range", ("LS", "HO"))
def pomp_mean(data: Data, options: Options) -> Estimate:
    """Cohen et al. (1999); needs mini and maxi."""
    low, high = need(data, "mini", "maxi")
    scaled = {**data, "mi": 100 * (data["mi"] - low) / (high - low), "sdi": 100 * data["sdi"] / (high - low)}
    return mean(scaled, options)


@measure("SMN", "standardized mean")
def standardized_mean(data: Data, options: Options) -> Estimate:
    """Mean over SD with the small-sample correction J(n - 1)."""
    m, sd, n = need(data, "mi", "sdi", "ni")
    yi = small_sample_correction(n - 1, options.small_sample()) * m / sd  # type: ignore[arg-type]
    return yi, 1 / n + yi**2 / (2 * n)


@measure("MNLN", "log mean")
def log_mean(data: Data, options: Options) -> Estimate:
    """Delta method; negative means are not allowed."""
    m, sd, n = need(data, "mi", "sdi", "ni")
    if np.any(m < 0):
        raise ValueError("MNLN: a mean is negative")
    return np.log(m), sd**2 / (n * m**2)


@measure("SDLN", "log standard deviation")
def log_sd(data: Data, options: Options) -> Estimate:
    """Nakagawa et al. (2015), eq. 7."""
    sd, n = need(data, "sdi", "ni")
    return np.log(sd) + (1 / (2 * (n - 1)) if options.correct else 0.0), 1 / (2 * (n - 1))


@measure("CVLN", "log coefficient of variation")
def log_cv(data: Data, options: Options) -> Estimate:
    """Nakagawa et al. (2015), without the correlation term; negative means are not allowed."""
    m, sd, n = need(data, "mi", "sdi", "ni")
    if np.any(m < 0):
        raise ValueError("CVLN: a mean is negative")
    yi, vi = log_sd(data, options)
    return yi - np.log(m), vi + sd**2 / (n * m**2)


@measure("ARAW", "Cronbach's alpha")
def alpha(data: Data, options: Options) -> Estimate:
    """van Zyl, Neudecker & Nel (2000); `mi` items, `ai` alpha."""
    a, items, n = need(data, "ai", "mi", "ni")
    return a, 2 * items * (1 - a) ** 2 / ((items - 1) * (n - 2))


@measure("AHW", "Cronbach's alpha, Hakstian-Whalen transformed")
def alpha_hakstian(data: Data, options: Options) -> Estimate:
    """Hakstian & Whalen (1976); Rodriguez & Maeda (2006)."""
    a, items, n = need(data, "ai", "mi", "ni")
    vi = 18 * items * (n - 1) * (1 - a) ** (2 / 3) / ((items - 1) * (9 * n - 11) ** 2)
    return 1 - np.cbrt(1 - a), vi


@measure("ABT", "Cronbach's alpha, Bonett transformed")
def alpha_bonett(data: Data, options: Options) -> Estimate:
    """Bonett (2002, 2010): -ln(1 - alpha)."""
    a, items, n = need(data, "ai", "mi", "ni")
    return -np.log(1 - a), 2 * items / ((items - 1) * (n - 2))
