"""The distribution of a weighted sum of chi-squared variables, needed by the median-unbiased generalised Q
estimator.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_NODES = 40


def weighted_chi2_cdf(x: float, lambdas: ArrayLike) -> float:
    """P(sum lambda_j X_j <= x), X_j independent chi-squared with one degree of freedom and lambda_j > 0.

    Inverts the Laplace transform prod(1 + 2 lambda_j z)^(-1/2) / z, whose singularities lie on the real axis at or
    below 0, on Talbot's contour (Weideman & Trefethen 2007, Math Comp 76:1341, modified cotangent contour). The error
    falls geometrically with the nodes, whatever the spread of the lambdas, where Ruben's and Farebrother's series need
    a number of terms proportional to max(lambda) / min(lambda).
    """
    weights = np.asarray(lambdas, dtype=float)
    if x <= 0:
        return 0.0
    theta = np.pi * (2 * np.arange(_NODES // 2) + 1) / _NODES
    cot = 1.0 / np.tan(0.6407 * theta)
    scale = _NODES / x
    z = scale * (0.5017 * theta * cot - 0.6122 + 0.2645j * theta)
    dz = scale * (0.5017 * (cot - 0.6407 * theta * (1.0 + cot**2)) + 0.2645j)
    log_transform = -0.5 * np.log1p(2.0 * weights[:, None] * z[None, :]).sum(axis=0)
    total = np.sum(np.exp(z * x + log_transform) / z * dz)
    return float(min(1.0, max(0.0, 2.0 * total.imag / _NODES)))
