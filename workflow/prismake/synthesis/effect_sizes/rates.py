"""Two groups with person-time: events x1i, x2i in times t1i, t2i."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from prismake.synthesis.effect_sizes.binary import added
from prismake.synthesis.effect_sizes.numeric import Array
from prismake.synthesis.effect_sizes.registry import Estimate, Options, measure, need

Data = Mapping[str, Array]


def _counts(data: Data, options: Options, default_add: float = 0.5) -> tuple[Array, Array, Array, Array]:
    x1, x2, t1, t2 = need(data, "x1i", "x2i", "t1i", "t2i")
    if np.any(x1 < 0) or np.any(x2 < 0) or np.any(t1 <= 0) or np.any(t2 <= 0):
        raise ValueError("a count is negative or a person-time is not positive")
    if options.drop00:
        none = (x1 == 0) & (x2 == 0)
        x1, x2 = np.where(none, np.nan, x1), np.where(none, np.nan, x2)
    extra = added((x1 == 0) | (x2 == 0), options, default_add)
    return x1 + extra, x2 + extra, t1, t2


@measure("IRR", "log incidence rate ratio")
def rate_ratio(data: Data, options: Options) -> Estimate:
    """Bagos & Nikolopoulos (2009)."""
    x1, x2, t1, t2 = _counts(data, options)
    return np.log(x1 / t1) - np.log(x2 / t2), 1 / x1 + 1 / x2


@measure("IRD", "incidence rate difference")
def rate_difference(data: Data, options: Options) -> Estimate:
    """Difference of Poisson rates."""
    x1, x2, t1, t2 = _counts(data, options)
    return x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2


@measure("IRSD", "difference of square root transformed incidence rates")
def root_rate_difference(data: Data, options: Options) -> Estimate:
    """Variance-stabilized rates."""
    x1, x2, t1, t2 = _counts(data, options, 0.0)
    return np.sqrt(x1 / t1) - np.sqrt(x2 / t2), 1 / (4 * t1) + 1 / (4 * t2)
