"""p-curve: do the significant p-values have the shape of true effects, or that of chance and selection?

Simonsohn, Nelson & Simmons (2014), J. Exp. Psychol. Gen. 143:534-547, with Stouffer's method and the half p-curve of
Simonsohn, Simmons & Nelson (2015), J. Exp. Psychol. Gen. 144:1146-1152. Every effect is taken as a z-value, yi / sei, of
which those count that are significant two-sided in the direction of the equal-effects estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from prismake.synthesis.distributions import two_sided_p
from prismake.synthesis.model import NotEstimable, fit

Array = NDArray[np.float64]

SIGNIFICANT, HALF = 0.05, 0.025


@dataclass(frozen=True)
class Shape:
    """Stouffer's z and p of the full curve (p < .05) and of its half (p < .025; None where no p-value is that small),
    with the binomial p of the share below .025.
    """

    z_full: float
    p_full: float
    z_half: float | None
    p_half: float | None
    p_binomial: float


@dataclass(frozen=True)
class PCurve:
    """Tests for right skew (evidential value) and for a curve flatter than 33 % power gives, and the average power.

    k_significant results went in, k_half of them with p < .025; `p_values` are theirs, sorted. power is that of the
    studies before selection, None where it lies outside 5.1 % to 99 %.
    """

    k_significant: int
    k_half: int
    right_skew: Shape
    flatness: Shape
    evidential_value: bool
    inadequate: bool
    power: float | None
    p_values: Array


def p_curve(yi: ArrayLike, vi: ArrayLike) -> PCurve:
    """The p-curve of effects. Raises NotEstimable with fewer than two significant results."""
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.size == 0:
        raise NotEstimable("there are no effects")
    sign = -1.0 if float(fit(y, v, method="EE").b[0]) < 0 else 1.0
    z = np.sort(sign * y / np.sqrt(v))
    z = z[(z > 0) & (two_sided_p(z) < SIGNIFICANT)][::-1]
    if z.size < 2:
        raise NotEstimable("a p-curve needs at least two significant results")
    p = two_sided_p(z)
    below = p < HALF
    right = _shape(p / SIGNIFICANT, p[below] / HALF, special.bdtrc(int(below.sum()) - 1, z.size, 0.5))
    third = _noncentrality(1.0 / 3.0)
    share = float(_beyond(_threshold(HALF), third)) * 3.0
    flat = _shape(
        1.0 - _beyond(z, third) * 3.0,
        1.0 - _beyond(z[below], third) / _beyond(_threshold(HALF), third),
        special.bdtr(int(below.sum()), z.size, share),
    )
    return PCurve(
        k_significant=int(z.size),
        k_half=int(below.sum()),
        right_skew=right,
        flatness=flat,
        evidential_value=_small(right.p_half, 0.05) or (right.p_full < 0.1 and _small(right.p_half, 0.1)),
        inadequate=flat.p_full < 0.05 or (_small(flat.p_half, 0.1) and flat.p_binomial < 0.1),
        power=_average_power(z),
        p_values=p,
    )


def _small(p: float | None, alpha: float) -> bool:
    return p is not None and p < alpha


def _shape(full: Array, half: Array, binomial: float) -> Shape:
    z_full = _stouffer(full)
    z_half = _stouffer(half) if half.size else None
    p_half = None if z_half is None else float(special.ndtr(z_half))
    return Shape(z_full, float(special.ndtr(z_full)), z_half, p_half, float(binomial))


def _stouffer(pp: Array) -> float:
    """Sum of normal quantiles over sqrt(k); pp-values are kept away from 0 and 1, whose quantiles are infinite."""
    return float(special.ndtri(np.clip(pp, 2.2e-16, 1 - 2.2e-16)).sum() / np.sqrt(pp.size))


def _threshold(p: float) -> float:
    """The |z| with the two-sided p-value p."""
    return float(-special.ndtri(p / 2.0))


def _beyond(z: Array | float, noncentrality: float) -> Array:
    """P(|Z| > z) for Z normal with mean `noncentrality` and variance one."""
    size = np.asarray(z, dtype=float)
    return special.ndtr(noncentrality - size) + special.ndtr(-noncentrality - size)


def _noncentrality(power: float) -> float:
    """The mean of Z that gives the two-sided test at .05 this power."""
    low, high, z = 0.0, 10.0, _threshold(SIGNIFICANT)
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if float(_beyond(z, middle)) < power else (low, middle)
    return 0.5 * (low + high)


def _average_power(z: Array) -> float | None:
    """The power at which the observed pp-values are, by Stouffer, in the middle of what is expected."""

    def gap(power: float) -> float:
        return _stouffer(1.0 - _beyond(z, _noncentrality(power)) / power)

    low, high = 0.051, 0.99
    if gap(low) <= 0 or gap(high) >= 0:
        return None
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if gap(middle) > 0 else (low, middle)
    return 0.5 * (low + high)
