"""What a pooled effect means for patients: number needed to treat, probability of superiority, U3, overlap, BESD.

Every function takes the effect so that a positive value favours the intervention. Two normal distributions of one
standard deviation, d apart, stand behind each reading of a standardised mean difference.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]


def probability_of_superiority(d: ArrayLike) -> Array:
    """The chance that a person of the intervention fares better than one of the control: Phi(d / sqrt 2).

    McGraw & Wong 1992, Psychol. Bull. 111:361 (the common language effect size); the area under the curve of
    Kraemer & Kupfer 2006.
    """
    return ndtr(np.asarray(d, dtype=float) / np.sqrt(2.0))


def cohen_u3(d: ArrayLike) -> Array:
    """The share of the control group that the average person of the intervention surpasses: Phi(d).

    Cohen 1988, Statistical Power Analysis, ch. 2.2.1.
    """
    return ndtr(np.asarray(d, dtype=float))


def cohen_u1(d: ArrayLike) -> Array:
    """The share of both groups' area that is not overlapped: (2 U2 - 1) / U2, U2 = Phi(|d| / 2) (Cohen 1988,
    eq. 2.2.2)."""
    u2 = ndtr(np.abs(np.asarray(d, dtype=float)) / 2.0)
    return (2.0 * u2 - 1.0) / u2


def overlap(d: ArrayLike) -> Array:
    """The overlapping coefficient of the two distributions: 2 Phi(-|d| / 2) (Bradley 1985, in Reiser & Faraggi
    1999, Statistician 48:413)."""
    return 2.0 * ndtr(-np.abs(np.asarray(d, dtype=float)) / 2.0)


def correlation_of(d: ArrayLike) -> Array:
    """The point-biserial correlation of a difference between groups of one size: d / sqrt(d^2 + 4)."""
    value = np.asarray(d, dtype=float)
    return value / np.sqrt(value**2 + 4.0)


def binomial_effect_size_display(r: ArrayLike) -> tuple[Array, Array]:
    """Success rates of intervention and control, .50 + r/2 and .50 - r/2 (Rosenthal & Rubin 1982, J. Educ. Psychol.
    74:166)."""
    value = np.asarray(r, dtype=float)
    return 0.5 + value / 2.0, 0.5 - value / 2.0


def success_rate_difference(d: ArrayLike) -> Array:
    """2 AUC - 1, whose reciprocal is the NNT of Kraemer & Kupfer 2006, Biol. Psychiatry 59:990."""
    return 2.0 * probability_of_superiority(d) - 1.0


def event_rate_from_d(d: ArrayLike, control: float) -> Array:
    """The intervention's rate of response, where `control` responded: Phi(Phi^-1(control) + d).

    Furukawa & Leucht 2011, PLoS ONE 6:e19070. Raises ValueError for a rate that is not between 0 and 1.
    """
    return ndtr(ndtri(_rate(control)) + np.asarray(d, dtype=float))


def event_rate_from_odds_ratio(log_or: ArrayLike, control: float) -> Array:
    """The intervention's rate of events, where `control` of the control group had one (Cochrane Handbook 15.4.4)."""
    odds = _rate(control) / (1.0 - control) * np.exp(np.asarray(log_or, dtype=float))
    return odds / (1.0 + odds)


def event_rate_from_risk_ratio(log_rr: ArrayLike, control: float) -> Array:
    """The intervention's rate of events; no more than 1, which a risk ratio does not know."""
    return np.minimum(_rate(control) * np.exp(np.asarray(log_rr, dtype=float)), 1.0)


def event_rate_from_risk_difference(rd: ArrayLike, control: float) -> Array:
    """The intervention's rate of events, held between 0 and 1, which a risk difference does not know."""
    return np.clip(_rate(control) + np.asarray(rd, dtype=float), 0.0, 1.0)


def number_needed_to_treat(difference: ArrayLike) -> Array:
    """The reciprocal of a difference of success rates: negative is a number needed to harm, 0 gives infinity."""
    value = np.asarray(difference, dtype=float)
    with np.errstate(divide="ignore"):
        return 1.0 / value


def d_from_log_odds_ratio(log_or: ArrayLike) -> Array:
    """ln(OR) sqrt(3) / pi (Chinn 2000, Stat. Med. 19:3127)."""
    return np.asarray(log_or, dtype=float) * np.sqrt(3.0) / np.pi


def d_from_correlation(r: ArrayLike) -> Array:
    """2 r / sqrt(1 - r^2), for groups of one size."""
    value = np.asarray(r, dtype=float)
    return 2.0 * value / np.sqrt(1.0 - value**2)


def _rate(control: float) -> float:
    if not 0.0 < control < 1.0:
        raise ValueError(f"a control event rate lies between 0 and 1, not {control:g}")
    return control
