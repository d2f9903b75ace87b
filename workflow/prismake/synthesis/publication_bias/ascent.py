"""Climbing a log-likelihood with several maxima: Newton's method inside bounds, from many starts, to the highest top."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from prismake.synthesis.model import NotEstimable

Array = NDArray[np.float64]


class Surface(Protocol):
    """A log-likelihood with its gradient. A parameter whose bounds are equal is fixed."""

    @property
    def lower(self) -> Array:
        """Smallest values."""

    @property
    def upper(self) -> Array:
        """Largest values."""

    def widths(self, parameters: Array) -> Array:
        """Steps of the size over which the likelihood varies."""

    def value_and_gradient(self, parameters: Array) -> tuple[float, Array]:
        """Log-likelihood and gradient."""

    def starts(self) -> list[Array]:
        """Where to climb from."""


def highest(surface: Surface) -> tuple[Array, float]:
    """Parameters and log-likelihood of the highest of the tops that the starts lead to. Raises NotEstimable without any."""
    starts = surface.starts()
    if not starts:
        raise NotEstimable("the sampling variances differ too much for a selection model")
    return max((climb(surface, start) for start in starts), key=lambda pair: pair[1])


def free(surface: Surface, parameters: Array, gradient: Array) -> NDArray[np.bool_]:
    """What may move: nothing fixed, and nothing at a bound that would go beyond it."""
    lower, upper = surface.lower, surface.upper
    beyond = ((parameters <= lower) & (gradient <= 0)) | ((parameters >= upper) & (gradient >= 0))
    return (lower < upper) & ~beyond


def hessian(surface: Surface, parameters: Array, moving: NDArray[np.bool_]) -> Array:
    """Second derivatives in the moving parameters, from central differences of the gradient.

    A parameter at a bound is differenced across it: the likelihood goes on beyond, but for a tau2 that would make a
    variance negative, which the step is too small for.
    """
    rows = np.flatnonzero(moving)
    width = surface.widths(parameters)
    H = np.empty((rows.size, rows.size))
    for position, row in enumerate(rows):
        step = np.zeros(parameters.size)
        step[row] = 1e-4 * width[row]
        up = surface.value_and_gradient(parameters + step)[1]
        down = surface.value_and_gradient(parameters - step)[1]
        H[position] = (up - down)[rows] / (2 * step[row])
    return 0.5 * (H + H.T)


def climb(surface: Surface, parameters: Array) -> tuple[Array, float]:
    """Newton's method with a ridge that makes every step rise, inside the bounds."""
    ll, gradient = surface.value_and_gradient(parameters)
    lower, upper = surface.lower, surface.upper
    for _ in range(300):
        moving = free(surface, parameters, gradient)
        if not moving.any():
            break
        H = hessian(surface, parameters, moving)
        scale = np.sqrt(np.maximum(np.abs(np.diag(H)), 1e-12))
        values, vectors = np.linalg.eigh(-H / np.outer(scale, scale))
        slope = vectors.T @ (gradient[moving] / scale)
        # Where the surface is not concave the step follows the gradient instead.
        steep = np.maximum(np.abs(values), 1e-6)
        direction = (vectors @ (slope / steep)) / scale
        rise = float(np.abs(slope) @ (np.abs(slope) / steep))
        for halving in range(40):
            trial = parameters.copy()
            trial[moving] = np.clip(trial[moving] + direction * 0.5**halving, lower[moving], upper[moving])
            found = surface.value_and_gradient(trial)
            if np.isfinite(found[0]) and found[0] >= ll:
                break
        else:
            break
        gain = found[0] - ll
        parameters, (ll, gradient) = trial, found
        # Past this only rounding moves: Newton's next step would gain less than the last digit of ll.
        if rise < 1e-20 or (gain <= 0 and rise < 1e-9):
            break
    return parameters, ll


def standard_errors(
    surface: Surface, parameters: Array, logarithms: NDArray[np.bool_]
) -> tuple[list[float | None], float]:
    """Standard errors from the observed information, and the largest slope left at the top.

    Those of parameters that are `logarithms` are of what they are logarithms of. None for what is fixed or lies on its
    lower bound, a natural one (no variance, no selection); an upper bound is only a limit to how far was looked, and
    what lies there counts as uncertain, as metafor has it.
    """
    gradient = surface.value_and_gradient(parameters)[1]
    moving = (surface.lower < surface.upper) & (parameters > surface.lower)
    result: list[float | None] = [None] * parameters.size
    inner = moving & (parameters < surface.upper)
    score = float(np.abs(gradient[inner]).max()) if inner.any() else 0.0
    if not moving.any():
        return result, score
    # d2/dx2 = (d2/dt2 - d/dt) / x^2 for t = log x; the slope is zero but at a bound.
    scale = np.exp(np.where(logarithms & moving, parameters, 0.0))[moving]
    H = hessian(surface, parameters, moving) - np.diag(np.where(logarithms, gradient, 0.0)[moving])
    try:
        covariance = np.linalg.inv(-H / np.outer(scale, scale))
    except np.linalg.LinAlgError:
        return result, score
    for position, row in enumerate(np.flatnonzero(moving)):
        if covariance[position, position] > 0:
            result[row] = float(np.sqrt(covariance[position, position]))
    return result, score
