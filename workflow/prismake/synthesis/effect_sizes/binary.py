"""Two groups on a dichotomous outcome: the cells ai, bi (group 1: event, no event) and ci, di (group 2)."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from prismake.synthesis.effect_sizes.continuous import z_of_r
from prismake.synthesis.effect_sizes.numeric import Array, norm_ppf, weighted_mean
from prismake.synthesis.effect_sizes.registry import Estimate, Options, choose, measure, need

Data = Mapping[str, Array]
Cells = tuple[Array, Array, Array, Array]


def cells(data: Data, options: Options, default_add: float = 0.5) -> Cells:
    """The four cells with the zero-cell rule applied.

    bi and di may be given as n1i and n2i. ValueError where a count is negative or above its group's size.
    """
    a, c = need(data, "ai", "ci")
    b = data["bi"] if "bi" in data else need(data, "n1i")[0] - a
    d = data["di"] if "di" in data else need(data, "n2i")[0] - c
    if any(np.any(x < 0) for x in (a, b, c, d)):
        raise ValueError("a count is negative, or events exceed the group's size")
    table = [np.array(x, dtype=float) for x in (a, b, c, d)]
    if options.drop00:
        empty = ((a == 0) & (c == 0)) | ((b == 0) & (d == 0))
        for x in table:
            x[empty] = np.nan
    zero = np.logical_or.reduce([x == 0 for x in table])
    return tuple(x + added(zero, options, default_add) for x in table)  # type: ignore[return-value]


def added(zero: Array, options: Options, default_add: float = 0.5) -> Array:
    """What is added to each row's cells: to `all`, `only0` (those with a zero), `if0all`, or `none`."""
    rows = {
        "all": np.ones_like(zero),
        "only0": zero,
        "if0all": np.full_like(zero, bool(zero.any())),
        "none": np.zeros_like(zero),
    }[options.to]
    return np.where(rows, options.added(default_add), 0.0)


@measure("OR", "log odds ratio", ("LS", "AV", "H0"))
def odds_ratio(data: Data, options: Options) -> Estimate:
    """Woolf (1955); AV and H0 with proportions averaged over all rows, or over the row's two groups."""
    a, b, c, d = cells(data, options)
    n1, n2 = a + b, c + d
    p1, p2 = weighted_mean(a / n1, n1), weighted_mean(c / n2, n2)
    common = (a + c) / (n1 + n2)
    return np.log(a * d / (b * c)), choose(
        options.vtype,
        {
            "LS": 1 / a + 1 / b + 1 / c + 1 / d,
            "AV": 1 / (p1 * (1 - p1) * n1) + 1 / (p2 * (1 - p2) * n2),
            "H0": (1 / n1 + 1 / n2) / (common * (1 - common)),
        },
    )


@measure("RR", "log risk ratio", ("LS", "AV", "H0"))
def risk_ratio(data: Data, options: Options) -> Estimate:
    """Katz et al. (1978)."""
    a, b, c, d = cells(data, options)
    n1, n2 = a + b, c + d
    p1, p2 = weighted_mean(a / n1, n1), weighted_mean(c / n2, n2)
    common = (a + c) / (n1 + n2)
    return np.log(a / n1) - np.log(c / n2), choose(
        options.vtype,
        {
            "LS": 1 / a - 1 / n1 + 1 / c - 1 / n2,
            "AV": (1 - p1) / (p1 * n1) + (1 - p2) / (p2 * n2),
            "H0": (1 / n1 + 1 / n2) * (1 - common) / common,
        },
    )


@measure("RD", "risk difference", ("LS", "UB", "AV", "H0"))
def risk_difference(data: Data, options: Options) -> Estimate:
    """Wald variance (LS), unbiased (UB), with proportions averaged over the rows (AV), or under no difference (H0)."""
    a, b, c, d = cells(data, options)
    n1, n2 = a + b, c + d
    r1, r2 = a / n1, c / n2
    p1, p2 = weighted_mean(a / n1, n1), weighted_mean(c / n2, n2)
    common = (a + c) / (n1 + n2)
    return r1 - r2, choose(
        options.vtype,
        {
            "LS": r1 * (1 - r1) / n1 + r2 * (1 - r2) / n2,
            "UB": np.where((n1 != 1) & (n2 != 1), r1 * (1 - r1) / (n1 - 1) + r2 * (1 - r2) / (n2 - 1), np.inf),
            "AV": p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2,
            "H0": (1 / n1 + 1 / n2) * common * (1 - common),
        },
    )


@measure("PETO", "log odds ratio by Peto's method")
def peto(data: Data, options: Options) -> Estimate:
    """Yusuf et al. (1985): (observed - expected) over the hypergeometric variance."""
    a, b, c, d = cells(data, options)
    n1, n2 = a + b, c + d
    n = n1 + n2
    expected = (a + c) * n1 / n
    v = (a + c) * (b + d) * (n1 / n) * (n2 / n) / (n - 1)
    return (a - expected) / v, 1 / v


@measure("AS", "arcsine square root risk difference")
def arcsine_difference(data: Data, options: Options) -> Estimate:
    """Ruecker et al. (2009)."""
    a, b, c, d = cells(data, options, 0.0)
    n1, n2 = a + b, c + d
    return np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n2)), 1 / (4 * n1) + 1 / (4 * n2)


@measure("PHI", "phi coefficient", ("LS", "ST", "CS"))
def phi(data: Data, options: Options) -> Estimate:
    """Yule (1912, p. 603) for a cross section (LS, CS); delta method for two samples of fixed size (ST)."""
    a, b, c, d = cells(data, options, 0.0)
    n1, n2, e, f = a + b, c + d, a + c, b + d
    n = n1 + n2
    root = np.sqrt(n1 * n2 * e * f)
    r = (a * d - b * c) / root
    rows, columns = (n1 - n2) / n, (e - f) / n
    skew = rows * columns * n**2 / root
    spread = rows**2 * n**2 / (n1 * n2) + columns**2 * n**2 / (e * f)
    cross = (1 - r**2 + r * (1 + r**2 / 2) * skew - 0.75 * r**2 * spread) / n
    return r, choose(options.vtype, {"LS": cross, "CS": cross, "ST": _phi_stratified(a, b, c, d)})


def _phi_stratified(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Delta method on p1 and p2 with n1 and n2 fixed: phi = sqrt(n1 n2) (p1 - p2) / sqrt(e f)."""
    n1, n2, e, f = a + b, c + d, a + c, b + d
    p1, p2 = a / n1, c / n2
    scale, difference = np.sqrt(n1 * n2), p1 - p2
    slope = difference * (f - e) / (2 * e * f)  # of -log sqrt(e f) by e, times the difference
    d1 = scale / np.sqrt(e * f) * (1 - n1 * slope)
    d2 = scale / np.sqrt(e * f) * (-1 - n2 * slope)
    return d1**2 * p1 * (1 - p1) / n1 + d2**2 * p2 * (1 - p2) / n2


@measure("ZPHI", "Fisher's z of phi", ("LS", "ST", "CS"))
def z_phi(data: Data, options: Options) -> Estimate:
    """Not variance-stabilizing for phi, hence the delta method."""
    return z_of_r(*phi(data, options))


def _positive(odds: Array) -> Array:
    """NaN for odds of 0 or infinity: the variance of Q and Y does not exist there."""
    return np.where((odds > 0) & np.isfinite(odds), odds, np.nan)


@measure("YUQ", "Yule's Q")
def yule_q(data: Data, options: Options) -> Estimate:
    """Yule (1900, p. 285; 1912, p. 593)."""
    a, b, c, d = cells(data, options)
    odds = _positive(a * d / (b * c))
    q = (odds - 1) / (odds + 1)
    return q, (1 - q**2) ** 2 / 4 * (1 / a + 1 / b + 1 / c + 1 / d)


@measure("YUY", "Yule's Y")
def yule_y(data: Data, options: Options) -> Estimate:
    """Yule (1912, p. 593)."""
    a, b, c, d = cells(data, options)
    root = np.sqrt(_positive(a * d / (b * c)))
    y = (root - 1) / (root + 1)
    return y, (1 - y**2) ** 2 / 16 * (1 / a + 1 / b + 1 / c + 1 / d)


@measure("RTET", "tetrachoric correlation")
def tetrachoric(data: Data, options: Options) -> Estimate:
    """Maximum likelihood; the model is saturated, so thresholds and correlation reproduce the table (Pearson, 1900).

    0 with infinite variance (so: not estimable) where a margin is empty, +-1 with variance 0 where a diagonal is, and
    +-1 without a variance where one cell is.
    """
    from prismake.synthesis.effect_sizes.tetrachoric import tetrachoric_correlation

    table = cells(data, options, 0.0)
    pairs = [tetrachoric_correlation(*row) for row in zip(*(x.tolist() for x in table), strict=True)]
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


@measure("ZTET", "Fisher's z of the tetrachoric correlation")
def z_tetrachoric(data: Data, options: Options) -> Estimate:
    """Not variance-stabilizing here, hence the delta method."""
    return z_of_r(*tetrachoric(data, options))


@measure("PBIT", "standardized mean difference from probits")
def probit(data: Data, options: Options) -> Estimate:
    """Sanchez-Meca et al. (2003), eqs. 20 and 21."""
    a, b, c, d = cells(data, options)
    n1, n2 = a + b, c + d
    p1, p2 = a / n1, c / n2
    z1, z2 = norm_ppf(p1), norm_ppf(p2)
    vi = 2 * math.pi * (p1 * (1 - p1) * np.exp(z1**2) / n1 + p2 * (1 - p2) * np.exp(z2**2) / n2)
    return z1 - z2, vi


def _rescaled(data: Data, options: Options, factor: float) -> Estimate:
    plain = Options("LS", options.add, options.to, options.drop00)
    yi, vi = odds_ratio(data, plain)
    return factor * yi, factor**2 * vi


@measure("OR2D", "standardized mean difference from the odds ratio (logistic)")
def or_to_d(data: Data, options: Options) -> Estimate:
    """Hasselblad & Hedges (1995); Chinn (2000)."""
    return _rescaled(data, options, math.sqrt(3) / math.pi)


@measure("OR2DL", "standardized mean difference from the odds ratio (logistic)")
def or_to_d_logistic(data: Data, options: Options) -> Estimate:
    """The same as OR2D."""
    return _rescaled(data, options, math.sqrt(3) / math.pi)


@measure("OR2DN", "standardized mean difference from the odds ratio (normal)")
def or_to_d_normal(data: Data, options: Options) -> Estimate:
    """Cox & Snell (1989)."""
    return _rescaled(data, options, 1 / 1.65)


@measure("MPRD", "risk difference of matched pairs")
def matched_difference(data: Data, options: Options) -> Estimate:
    """Agresti & Min (2004): cells are pairs, ai both, bi only first, ci only second, di neither."""
    a, b, c, d = cells(data, options)
    n = a + b + c + d
    return (b - c) / n, (b + c - (b - c) ** 2 / n) / n**2


@measure("MPRR", "log risk ratio of matched pairs")
def matched_ratio(data: Data, options: Options) -> Estimate:
    """Becker & Balagtas (1993)."""
    a, b, c, d = cells(data, options)
    n = a + b + c + d  # NaN where any cell is unknown: without d it is not known that the table has no zero
    p1, p2 = (a + b) / n, (a + c) / n
    return np.log(p1) - np.log(p2), (b + c) / n / (n * p1 * p2)


@measure("MPOR", "log odds ratio of matched pairs, marginal")
def matched_odds(data: Data, options: Options) -> Estimate:
    """Becker & Balagtas (1993), marginal odds; Zou (2007)."""
    a, b, c, d = cells(data, options)
    n = a + b + c + d
    p1, p2 = (a + b) / n, (a + c) / n
    p12, p21 = b / n, c / n
    vi = (p12 * (1 - p12) + p21 * (1 - p21) + 2 * p12 * p21) / (n * p1 * (1 - p1) * p2 * (1 - p2))
    return np.log(p1 / (1 - p1)) - np.log(p2 / (1 - p2)), vi


@measure("MPORC", "log odds ratio of matched pairs, conditional")
def matched_odds_conditional(data: Data, options: Options) -> Estimate:
    """Curtin et al. (2002): the log of bi / ci."""
    _, b, c, _ = cells(data, options)
    return np.log(b / c), 1 / b + 1 / c


@measure("MPPETO", "log odds ratio of matched pairs, conditional, by Peto's method")
def matched_peto(data: Data, options: Options) -> Estimate:
    """Curtin et al. (2002)."""
    _, b, c, _ = cells(data, options)
    return 2 * (b - c) / (b + c), 4 / (b + c)
