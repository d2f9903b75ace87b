"""Correlations: raw, corrected for bias, Fisher's z, partial and semi-partial."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from prismake.synthesis.effect_sizes.continuous import z_of_r
from prismake.synthesis.effect_sizes.numeric import Array, hypergeometric, t_from_two_sided_p, weighted_mean
from prismake.synthesis.effect_sizes.registry import Estimate, Options, choose, measure, need

Data = Mapping[str, Array]


def _r(data: Data) -> tuple[Array, Array]:
    """r and n, with r from `ti` or `pi` where `ri` is missing."""
    n = need(data, "ni")[0]
    r = np.array(data.get("ri", np.full(len(n), np.nan)))
    t = np.array(data.get("ti", np.full(len(n), np.nan)))
    if "pi" in data:
        t = np.where(np.isnan(t), t_from_two_sided_p(data["pi"], n - 2), t)
    r = np.where(np.isnan(r), t / np.sqrt(t**2 + n - 2), r)
    if np.any(np.abs(r) > 1):
        raise ValueError("a correlation lies outside -1 ... 1")
    return r, n


def _known(vi: Array, n: Array) -> Array:
    """A variance needs more than three people."""
    return np.where(n > 3, vi, np.nan)


@measure("COR", "correlation", ("LS", "AV", "H0"))
def correlation(data: Data, options: Options) -> Estimate:
    """Large-sample variance (1 - r^2)^2 / (n - 1); AV with r averaged over the rows; H0 under no correlation."""
    r, n = _r(data)
    average = weighted_mean(r, n)
    return r, _known(
        choose(
            options.vtype,
            {
                "LS": (1 - r**2) ** 2 / (n - 1),
                "AV": (1 - average**2) ** 2 / (n - 1),
                "H0": (1 - r**2) / (n - 2),
            },
        ),
        n,
    )


@measure("UCOR", "correlation corrected for bias", ("LS", "UB", "AV"))
def unbiased_correlation(data: Data, options: Options) -> Estimate:
    """Olkin & Pratt (1958), eqs. 2.3 and 2.6; UB is the unbiased variance by Hedges (1989)."""
    r, n = _r(data)
    rest = 1 - r**2
    g = r * hypergeometric(0.5, 0.5, (n - 2) / 2, rest)
    average = weighted_mean(g, n)
    unbiased = g**2 - 1 + (n - 3) / (n - 2) * rest * hypergeometric(1.0, 1.0, n / 2, rest)
    return g, _known(
        choose(
            options.vtype,
            {"LS": (1 - g**2) ** 2 / (n - 1), "UB": unbiased, "AV": (1 - average**2) ** 2 / (n - 1)},
        ),
        n,
    )


@measure("ZCOR", "Fisher's z of the correlation", ("LS", "LS2", "AV", "HO", "H0"))
def z_correlation(data: Data, options: Options) -> Estimate:
    """Fisher (1921): artanh r, variance 1 / (n - 3) whatever the vtype."""
    r, n = _r(data)
    return np.arctanh(r), _known(1 / (n - 3), n)


def _from_t(data: Data, semi: bool) -> tuple[Array, Array, Array]:
    """(Semi-)partial r, n and the number of predictors `mi`, from `ri`, or from the predictor's `ti`."""
    m, n = need(data, "mi", "ni")
    df = n - m - 1
    if np.any(df <= 0):
        raise ValueError("ni - mi - 1 must be positive")
    r = np.array(data.get("ri", np.full(len(n), np.nan)))
    t = np.array(data.get("ti", np.full(len(n), np.nan)))
    if "pi" in data:
        t = np.where(np.isnan(t), t_from_two_sided_p(data["pi"], df), t)
    from_t = t * np.sqrt(1 - need(data, "r2i")[0]) / np.sqrt(df) if semi else t / np.sqrt(t**2 + df)
    return np.where(np.isnan(r), from_t, r), m, n


@measure("PCOR", "partial correlation", ("LS", "AV"))
def partial(data: Data, options: Options) -> Estimate:
    """Aloe & Thompson (2013): (1 - r^2)^2 / (n - m), m predictors."""
    r, m, n = _from_t(data, semi=False)
    average = weighted_mean(r, n)
    return r, choose(options.vtype, {"LS": (1 - r**2) ** 2 / (n - m), "AV": (1 - average**2) ** 2 / (n - m)})


@measure("ZPCOR", "Fisher's z of the partial correlation")
def z_partial(data: Data, options: Options) -> Estimate:
    """Variance 1 / (n - m - 2)."""
    r, m, n = _from_t(data, semi=False)
    return np.arctanh(r), 1 / (n - m - 2)


@measure("SPCOR", "semi-partial correlation", ("LS", "AV"))
def semi_partial(data: Data, options: Options) -> Estimate:
    """Aloe & Becker (2012), eq. 6, with R^2 of the whole model in `r2i`."""
    r, _, n = _from_t(data, semi=True)
    big = need(data, "r2i")[0]

    def variance(x: Array | float) -> Array:
        reduced = big - x**2  # R^2 without this predictor
        return (big**2 - 2 * big + reduced + 1 - reduced**2) / n

    return r, choose(options.vtype, {"LS": variance(r), "AV": variance(weighted_mean(r, n))})


@measure("ZSPCOR", "Fisher's z of the semi-partial correlation", ("LS", "AV"))
def z_semi_partial(data: Data, options: Options) -> Estimate:
    """Not variance-stabilizing here, hence the delta method."""
    return z_of_r(*semi_partial(data, options))


@measure("R2", "coefficient of determination", ("LS", "LS2"))
def r_squared(data: Data, options: Options) -> Estimate:
    """Kendall & Stuart (1979), eqs. 27.88 (LS) and 27.87 (LS2)."""
    r2, m, n = need(data, "r2i", "mi", "ni")
    base = 4 * r2 * (1 - r2) ** 2
    return r2, choose(options.vtype, {"LS": base / n, "LS2": base * (n - m - 1) ** 2 / ((n**2 - 1) * (n + 3))})


@measure("ZR2", "Fisher's z of the multiple correlation")
def z_r_squared(data: Data, options: Options) -> Estimate:
    """Olkin & Finn (1995)."""
    r2, n = need(data, "r2i", "ni")
    return np.arctanh(np.sqrt(r2)), 1 / n
