"""Outliers by their intervals (Harrer, Cuijpers, Furukawa & Ebert 2021, Doing Meta-Analysis in R, section 5.4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.distributions import critical
from prismake.synthesis.model import Fit


def outside(yi: ArrayLike, vi: ArrayLike, fitted: Fit) -> NDArray[np.bool_]:
    """True for effects whose own (normal) interval does not overlap the pooled interval, at the model's level."""
    y, half = np.asarray(yi, dtype=float), critical(fitted.level) * np.sqrt(np.asarray(vi, dtype=float))
    return (y + half < fitted.ci_lb[0]) | (y - half > fitted.ci_ub[0])
