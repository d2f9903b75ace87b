"""Confidence intervals of tau2, I2 and H2.

Q-profile (Viechtbauer 2007, Stat Med 26:37) by root finding on the generalised Q, with no cap on tau2 (metafor stops
at 100); profile likelihood (Hardy & Thompson 1996); and the Q-based I2 and H with their test-based intervals (Higgins
& Thompson 2002, Stat Med 21:1539, eqs 13-16), which is another quantity than the tau2-based I2 and is always labelled
so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.distributions import chi2_quantile, critical
from prismake.synthesis.likelihood import maximum_likelihood, profile_interval
from prismake.synthesis.model import _problem
from prismake.synthesis.tau2 import solve_q

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A confidence interval of tau2. `empty` says that even tau2 = 0 is too much, so both bounds are 0."""

    lb: float
    ub: float
    empty: bool = False


def q_profile(yi: ArrayLike, vi: ArrayLike, x: Array | None = None, level: float = 95.0) -> Interval:
    """The Q-profile interval of tau2; exact under the model, and the same whatever the estimator."""
    problem, _, _ = _problem(np.asarray(yi, dtype=float), np.asarray(vi, dtype=float), x, None, 1)
    df = problem.k - problem.p
    tail = (1.0 - level / 100.0) / 2.0
    low_target, high_target = chi2_quantile(1.0 - tail, df), chi2_quantile(tail, df)
    at_zero = problem.quadratic(problem.weights(np.zeros(1)))
    if at_zero[0] < high_target[0]:
        return Interval(0.0, 0.0, empty=True)
    return Interval(float(solve_q(problem, low_target)[0]), float(solve_q(problem, high_target)[0]))


def profile_likelihood(
    yi: ArrayLike, vi: ArrayLike, x: Array | None = None, level: float = 95.0, *, restricted: bool = True
) -> Interval:
    """The profile-likelihood interval of tau2 around the ML or REML estimate."""
    problem, _, _ = _problem(np.asarray(yi, dtype=float), np.asarray(vi, dtype=float), x, None, 1)
    top = maximum_likelihood(problem, restricted=restricted)
    low, high = profile_interval(problem, top, 0.5 * float(critical(level)) ** 2, restricted=restricted)
    return Interval(float(low[0]), float(high[0]))


def inconsistency_of(tau2: float, vt: float) -> tuple[float, float]:
    """(I2 in percent, H2) of a value of tau2, for the bounds of an interval; vt is the typical sampling variance."""
    return 100.0 * tau2 / (tau2 + vt), tau2 / vt + 1.0


@dataclass(frozen=True)
class QBased:
    """I2 (as a proportion) and H from Cochran's Q, each with its interval."""

    I2: float
    I2_lb: float
    I2_ub: float
    H: float
    H_lb: float
    H_ub: float


def q_based(q: float, df: float, level: float = 95.0) -> QBased | None:
    """Higgins and Thompson's Q-based I2 and H; None where Q has no degree of freedom.

    The standard error of log H has two forms, for Q above k = df + 1 and below (their eq 16).
    """
    k = df + 1.0
    if df < 1:
        return None
    h = np.sqrt(max(q / df, 1.0))
    if q > k:
        se = 0.5 * (np.log(q) - np.log(df)) / (np.sqrt(2.0 * q) - np.sqrt(2.0 * k - 3.0))
    elif k > 2:
        se = np.sqrt(1.0 / (2.0 * (k - 2.0)) * (1.0 - 1.0 / (3.0 * (k - 2.0) ** 2)))
    else:
        se = np.nan
    z = float(critical(level))
    low, high = max(np.exp(np.log(h) - z * se), 1.0), max(np.exp(np.log(h) + z * se), 1.0)

    def share(value: float) -> float:
        return max(0.0, (value**2 - 1.0) / value**2)

    return QBased(share(h), share(low), share(high), float(h), float(low), float(high))
