"""Effect sizes on scales that people read: probabilities of superiority, numbers needed to treat, overlap."""

from __future__ import annotations

import math

from prismake.synthesis.effect_sizes.numeric import norm_cdf, norm_ppf


def d_to_u3(d: float) -> float:
    """Share of the control group below the mean of the treated (Cohen, 1988)."""
    return float(norm_cdf(d)[0])


def d_to_cles(d: float) -> float:
    """Probability that a treated person does better than an untreated one (McGraw & Wong, 1992)."""
    return float(norm_cdf(d / math.sqrt(2))[0])


def d_to_besd(d: float) -> float:
    """Success rate of the treated in the binomial effect size display (Rosenthal & Rubin, 1982)."""
    return 0.5 + d / math.sqrt(d * d + 4) / 2


def nnt_furukawa_leucht(d: float, control_rate: float) -> float:
    """Number needed to treat from d and the control group's event rate (Furukawa & Leucht, 2011)."""
    threshold = float(norm_ppf(control_rate)[0])
    difference = float(norm_cdf(threshold + d)[0]) - control_rate
    return 1 / difference if difference else math.inf


def nnt_kraemer_kupfer(d: float) -> float:
    """Number needed to treat from d alone (Kraemer & Kupfer, 2006)."""
    difference = 2 * d_to_cles(d) - 1
    return 1 / difference if difference else math.inf


def z_to_r(z: float) -> float:
    """Correlation from Fisher's z."""
    return math.tanh(z)


def r_to_z(r: float) -> float:
    """Fisher's z of a correlation."""
    return math.atanh(r)
