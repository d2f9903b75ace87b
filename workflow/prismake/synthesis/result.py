"""Fitted models as plain dictionaries for result.json: metafor's names, null for what cannot be had, never NaN."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from prismake.synthesis.heterogeneity import inconsistency_of, q_based, q_profile
from prismake.synthesis.model import Fit
from prismake.synthesis.tau2 import EQUAL
from prismake.synthesis.transform import back_transformation


def plain(value: Any) -> Any:
    """The value with numpy types made Python's own and every number that is not finite made None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def estimate_block(fitted: Fit, coefficient: int = 0, *, prediction: bool = True) -> dict[str, Any]:
    """Estimate, standard error, test and interval of one coefficient; the prediction interval where it makes sense."""
    # One effect alone leaves no degrees of freedom; its test is that of a known variance, whatever the model's.
    normal = fitted.test == "z" or math.isinf(fitted.df)
    block: dict[str, Any] = {
        "b": fitted.b[coefficient],
        "se": fitted.se[coefficient],
        "zval" if normal else "tval": fitted.statistic[coefficient],
        "df": None if normal else fitted.df,
        "pval": fitted.pval[coefficient],
        "ci_lb": fitted.ci_lb[coefficient],
        "ci_ub": fitted.ci_ub[coefficient],
    }
    if prediction and fitted.p == 1 and fitted.method not in EQUAL:
        block["pi_lb"], block["pi_ub"] = fitted.prediction_interval()
        block["pi_riley_lb"], block["pi_riley_ub"] = fitted.prediction_interval("riley")
    elif prediction:
        block["pi_lb"] = block["pi_ub"] = None
    return plain(block)


def heterogeneity_block(fitted: Fit, yi: ArrayLike, vi: ArrayLike, x: Any = None) -> dict[str, Any]:
    """tau2, I2 and H2 with Q-profile intervals, Cochran's Q, and the Q-based I2 under its own name.

    With equal effects tau2 is zero by assumption, not by estimation: se_tau2 is None.
    """
    level = fitted.level
    block: dict[str, Any] = {
        "tau2": fitted.tau2,
        "se_tau2": fitted.se_tau2,
        "tau": math.sqrt(float(fitted.tau2)),
        "I2": fitted.I2,
        "H2": fitted.H2,
        "QE": fitted.QE,
        "QE_df": fitted.QE_df,
        "QEp": fitted.QEp,
    }
    if fitted.method not in EQUAL and fitted.QE_df >= 1:
        interval = q_profile(yi, vi, x, level)
        for bound, value in (("lb", interval.lb), ("ub", interval.ub)):
            i2, h2 = inconsistency_of(value, float(fitted.vt))
            block |= {
                f"tau2_ci_{bound}": value,
                f"tau_ci_{bound}": math.sqrt(value),
                f"I2_ci_{bound}": i2,
                f"H2_ci_{bound}": h2,
            }
        block["tau2_ci_method"] = "Q-profile"
        block["tau2_ci_empty"] = interval.empty
    by_q = q_based(float(fitted.QE), float(fitted.QE_df), level)
    if by_q is not None:
        block |= {"I2_Q": 100.0 * by_q.I2, "I2_Q_ci_lb": 100.0 * by_q.I2_lb, "I2_Q_ci_ub": 100.0 * by_q.I2_ub}
    return plain(block)


def fit_block(fitted: Fit) -> dict[str, Any]:
    """Log-likelihood, deviance, AIC, BIC and AICc of the kind of likelihood that goes with the method."""
    stats = fitted.stats
    kind = "REML" if fitted.method == "REML" else "ML"
    return plain(
        {
            "likelihood": kind,
            "ll": stats.ll,
            "deviance": stats.deviance,
            "AIC": stats.aic,
            "BIC": stats.bic,
            "AICc": stats.aicc,
        }
    )


def transformed_block(estimate: Mapping[str, Any], measure: str, scale: str | None = None) -> dict[str, Any] | None:
    """The estimate and its intervals on the scale that is read; None where that is the scale of analysis."""
    wanted = {"exp": "OR", "tanh": "ZCOR", "ilogit": "PLO"}.get(scale or "", measure)
    found = None if scale == "none" else back_transformation(wanted)
    if found is None:
        return None
    name, back = found
    if scale == "exp":
        name = (back_transformation(measure) or ("ratio", None))[0]
    keys = [key for key in ("b", "ci_lb", "ci_ub", "pi_lb", "pi_ub") if estimate.get(key) is not None]
    return {"scale": name, **{key: back(float(estimate[key])) for key in keys}}
