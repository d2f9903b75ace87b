"""From what papers report to what `escalc` needs: standard errors, intervals, tests, correlations, odds.

Scalars in, scalars out. Each function cites its formula; the tests hold each against a worked example in print.
"""

from __future__ import annotations

import math

from prismake.synthesis.effect_sizes.numeric import norm_ppf, small_sample_correction, t_from_two_sided_p


def sd_from_se(se: float, n: float) -> float:
    """SD from the standard error of a mean (Cochrane Handbook 6.5, section 6.5.2.2)."""
    return se * math.sqrt(n)


def sd_from_ci(low: float, high: float, n: float, level: float = 95.0) -> float:
    """SD from the confidence interval of a mean, by the t distribution with n - 1 df (Handbook, 6.5.2.2)."""
    return math.sqrt(n) * (high - low) / (2 * _t_quantile(level, n - 1))


def se_from_ci(low: float, high: float, level: float = 95.0) -> float:
    """Standard error from a normal confidence interval; for ratios give the logs of both ends (Handbook, 6.3.2)."""
    return (high - low) / (2 * float(norm_ppf(0.5 + level / 200)[0]))


def se_from_p(estimate: float, p: float) -> float:
    """Standard error from an estimate and its two-sided p by the normal distribution (Handbook, 6.3.1)."""
    z = -float(norm_ppf(p / 2)[0])
    return abs(estimate) / z if z > 0 else math.inf


def t_from_p(p: float, df: float, sign: int = 1) -> float:
    """t from an exact two-sided p and its degrees of freedom."""
    return float(t_from_two_sided_p(math.copysign(p, sign), df)[0])


def t_from_f(f: float, sign: int = 1) -> float:
    """t of two groups from F with one numerator df: its root with the sign of the difference."""
    return math.copysign(math.sqrt(f), sign)


def d_from_r(r: float, n1: float | None = None, n2: float | None = None) -> float:
    """d from a point-biserial correlation; with equal groups 2 r / sqrt(1 - r^2) (Borenstein et al., 2009, eq. 7.5).

    With group sizes, the factor 2 becomes the root of (n1 + n2 - 2)(1/n1 + 1/n2). The standardized coefficient of a
    two-group dummy alone in a regression is that correlation too.
    """
    factor = 2.0 if n1 is None or n2 is None else math.sqrt((n1 + n2 - 2) * (1 / n1 + 1 / n2))
    return factor * r / math.sqrt(1 - r * r)


def d_from_log_or(log_or: float) -> float:
    """d from the log odds ratio by the logistic distribution (Borenstein et al., 2009, eq. 7.1)."""
    return log_or * math.sqrt(3) / math.pi


def g_from_d(d: float, df: float, correction: str = "exact") -> float:
    """Hedges' g: d times the small-sample correction."""
    return d * float(small_sample_correction(df, correction)[0])  # type: ignore[arg-type]


def phi_from_chi2(chi2: float, n: float, sign: int = 1) -> float:
    """Phi of a 2x2 table from its chi-squared with one df (Lipsey & Wilson, 2001, appendix B)."""
    return math.copysign(math.sqrt(chi2 / n), sign)


def d_from_chi2(chi2: float, n: float, sign: int = 1) -> tuple[float, float]:
    """d and its variance from a chi-squared with one df: 2 sqrt(chi2 / (n - chi2)), d^2 / chi2 (Lipsey & Wilson, 2001)."""
    d = math.copysign(2 * math.sqrt(chi2 / (n - chi2)), sign)
    return d, d * d / chi2


def d_from_phi(phi: float, n: float) -> tuple[float, float]:
    """d and its variance from phi of a 2x2 table: phi is the root of chi-squared over n (Lipsey & Wilson, 2001)."""
    return d_from_chi2(n * phi * phi, n, 1 if phi >= 0 else -1)


def sd_within_from_total(sd: float, difference: float, n1: float, n2: float) -> float:
    """SD within two groups from that of both taken together and the difference of their means (Lipsey & Wilson, 2001).

    The difference is taken out of the outcome's variance; NaN where nothing is left of it.
    """
    n = n1 + n2
    within = (sd**2 * (n - 1) - difference**2 * n1 * n2 / n) / (n - 2)
    return math.sqrt(within) if within > 0 else math.nan


def d_ppc2(
    treated: tuple[float, float, float, float],
    control: tuple[float, float, float, float],
    r: float,
    correction: str = "exact",
) -> tuple[float, float]:
    """Pretest-posttest-control effect over the pooled pretest SD, and its variance (Morris, 2008, eqs. 8 and 25).

    Each group is (mean before, mean after, SD before, n); `r` the pre-post correlation. Morris prints the `approximate` correction.
    """
    (pre1, post1, sd1, n1), (pre2, post2, sd2, n2) = treated, control
    df = n1 + n2 - 2
    pooled = math.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / df)
    c = g_from_d(1.0, df, correction)
    effect = c * ((post1 - pre1) - (post2 - pre2)) / pooled
    ratio = (n1 + n2) / (n1 * n2)
    factor = 2 * c * c * (1 - r) * ratio * df / (df - 2)
    return effect, factor * (1 + effect**2 / (2 * (1 - r) * ratio)) - effect**2


def sd_change(sd_pre: float, sd_post: float, r: float) -> float:
    """SD of the change from both SDs and the pre-post correlation (Handbook, 6.5.2.8)."""
    # sd_pre^2 + sd_post^2 - 2 r sd_pre sd_post, so written that no rounding makes it negative
    return math.sqrt((sd_pre - sd_post) * (sd_pre - sd_post) + 2 * (1 - r) * sd_pre * sd_post)


def pre_post_correlation(sd_pre: float, sd_post: float, sd_of_change: float) -> float:
    """The pre-post correlation that three SDs imply (Handbook, 6.5.2.8)."""
    return (sd_pre**2 + sd_post**2 - sd_of_change**2) / (2 * sd_pre * sd_post)


def sd_within_from_change(sd_of_change: float, r: float) -> float:
    """Raw-score SD from that of the change: s_D / sqrt(2 (1 - r)) (Borenstein et al., 2009, eq. 4.27)."""
    return sd_of_change / math.sqrt(2 * (1 - r))


def sd_from_difference(se_of_difference: float, n1: float, n2: float) -> float:
    """Pooled SD from the standard error of a difference of two means (Handbook, 6.5.2.3)."""
    return se_of_difference / math.sqrt(1 / n1 + 1 / n2)


def se_of_difference(low: float, high: float, n1: float, n2: float, level: float = 95.0) -> float:
    """Standard error of a mean difference from its interval, by t with n1 + n2 - 2 df (Handbook, 6.5.2.3)."""
    return (high - low) / (2 * _t_quantile(level, n1 + n2 - 2))


def log_hr_from_o_minus_e(o_minus_e: float, variance: float) -> tuple[float, float]:
    """ln HR and its SE from observed minus expected and its variance (Parmar, Torri & Stewart, 1998, eqs. 1 and 2)."""
    return o_minus_e / variance, 1 / math.sqrt(variance)


def log_hr_variance_from_events(events1: float, events2: float) -> float:
    """Variance of ln HR from the events of two arms: (e1 + e2) / (e1 e2) (Parmar et al., 1998, eq. 7)."""
    return (events1 + events2) / (events1 * events2)


def design_effect(cluster_size: float, icc: float) -> float:
    """1 + (m - 1) ICC (Handbook, 23.1.4); 1 where that is below 1."""
    return max(1.0, 1 + (cluster_size - 1) * icc)


def table_from_phi(phi: float, n: float, row1: float, column1: float) -> tuple[int, int, int, int]:
    """The 2x2 table with these margins whose phi is nearest."""
    p, q = row1 / n, column1 / n
    return _table(n * (p * q + phi * math.sqrt(p * (1 - p) * q * (1 - q))), n, row1, column1)


def table_from_chi2(
    chi2: float, n: float, row1: float, column1: float, sign: int = 1, *, yates: bool = False
) -> tuple[int, int, int, int]:
    """The 2x2 table with these margins from its chi-squared; `yates` where that has the continuity correction."""
    phi = math.sqrt(chi2 / n)
    if yates:  # chi2 = n (|ad - bc| - n/2)^2 / (product of the margins)
        phi += n / (2 * math.sqrt(row1 * (n - row1) * column1 * (n - column1)))
    return table_from_phi(math.copysign(phi, sign), n, row1, column1)


def table_from_or(odds: float, n: float, row1: float, column1: float) -> tuple[int, int, int, int]:
    """The 2x2 table with these margins from its odds ratio (Bonett, 2007):
    the root of a quadratic in the first cell.
    """
    if abs(odds - 1) < 1e-12:
        return _table(row1 * column1 / n, n, row1, column1)
    b = odds * (row1 + column1) + (n - row1 - column1)
    return _table((b - math.sqrt(b * b - 4 * odds * (odds - 1) * row1 * column1)) / (2 * (odds - 1)), n, row1, column1)


def _table(first: float, n: float, row1: float, column1: float) -> tuple[int, int, int, int]:
    a = int(math.floor(first + 0.5))
    return a, int(row1) - a, int(column1) - a, int(n - row1 - column1) + a


def _t_quantile(level: float, df: float) -> float:
    return float(t_from_two_sided_p(1 - level / 100, df)[0])
