"""Back-transformation of pooled values from the scale that is analysed to the scale that is read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_LOGIT = frozenset({"PLO"})
_LOG = frozenset({"OR", "RR", "PETO", "ROM", "IRR", "HR", "PLN", "VR", "CVR", "IRLN", "MNLN"})
_Z = frozenset({"ZCOR", "ZPCOR", "ZSPCOR", "ZR2"})

_NAMES = {
    "OR": "odds ratio",
    "PETO": "odds ratio",
    "RR": "risk ratio",
    "ROM": "ratio of means",
    "IRR": "rate ratio",
    "HR": "hazard ratio",
    "VR": "ratio of standard deviations",
    "CVR": "ratio of coefficients of variation",
}


def back_transformation(measure: str) -> tuple[str, Callable[[float], float]] | None:
    """(name of the scale, function) for log, Fisher z and logit measures; None where the scale is read as it is."""
    if measure in _LOG:
        return _NAMES.get(measure, "ratio" if measure != "PLN" else "proportion"), lambda value: float(np.exp(value))
    if measure in _Z:
        return "correlation", lambda value: float(np.tanh(value))
    if measure in _LOGIT:
        return "proportion", lambda value: float(1.0 / (1.0 + np.exp(-value)))
    if measure == "PAS":
        return "proportion", lambda value: float(np.sin(min(max(value, 0.0), np.pi / 2)) ** 2)
    return None
