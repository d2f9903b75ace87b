"""How close is close enough: the accuracy classes that the oracle's index states, and the scale each leaf is measured on.

closed form 1e-12; iterative tau2 1e-9 with a floor of 1e-3 of the mean sampling variance; package defaults 1e-4. What follows from
tau2 inherits its class. A leaf near zero is measured against its natural scale: an estimate and its bounds against its standard
error, a standardised quantity against 1, a percentage against 0.1.
"""

from __future__ import annotations

CLOSED, ITERATIVE, DEFAULT_CONVERGENCE = 1e-12, 1e-9, 1e-4

STOP = 1e-14
"""Fisher scoring in R stops at an absolute change of tau2 of at least this: with tiny variances that is more than 1e-9 of it."""

# What input of 15 digits allows: rounding of the inputs by 5e-16 grows by the condition of the sums behind a result.
CLOSED_SLACK = 10.0

STANDARDISED = frozenset(
    [
        "stat",
        "rstudent",
        "dffits",
        "dfbs",
        "intrcpt",
        "z",
        "t",
        "zval",
        "QM",
        "QM_df",
        "cook_d",
        "cov_r",
        "X2",
        "Q_between",
    ]
)
PERCENT = frozenset(["R2", "hat", "weight", "w"])
LOGLIK = frozenset(["ll", "logLik", "deviance", "AIC", "BIC", "AICc"])


def iterative(mean_vi: float) -> float:
    """The class of an iterative tau2 and of what follows from it; scoring ends some way from where its last step was small."""
    return ITERATIVE + 100.0 * STOP / mean_vi


def floors(leaf: str, se: float, mean_vi: float) -> float:
    """The scale under which an absolute difference is measured."""
    if leaf in STANDARDISED:
        return 1.0
    if leaf == "I2":
        return 1.0
    if leaf in PERCENT:
        return 0.1
    if leaf in LOGLIK:
        return 1.0
    if leaf == "tau2" or leaf == "tau2_del":
        return 1e-3 * mean_vi
    if leaf == "tau":
        # The square root of a tau2 that is zero but for its tolerance.
        return (ITERATIVE * 1e-3 * mean_vi) ** 0.5 / ITERATIVE
    if leaf in ("p", "QEp", "QMp", "Qp"):
        return 1e-290
    return se
