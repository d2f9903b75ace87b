"""The likelihood of the random-effects model: its global maximum over tau2, its value, profile intervals.

l(tau2) for ML and REML as in Viechtbauer (2005), J Educ Behav Stat 30:261, eqs 8 and 10. Fisher scoring, as metafor
does it, starts at one value, stops at an absolute change and may fail to converge; here a coarse grid picks the
highest basin and Newton steps inside a bracket go to rounding error, so there is nothing to fail.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prismake.synthesis.projection import Moments, Problem

Array = NDArray[np.float64]

_LOG_2PI = float(np.log(2.0 * np.pi))
_FEW = 4000
GRID = np.array([0.0, 8.0**-4, 8.0**-3, 8.0**-2, 8.0**-1, 0.5, 1.0])


def _score(m: Moments, restricted: bool) -> tuple[Array, Array, Array]:
    """First derivative, second derivative and expected information of l in tau2."""
    trace, trace2 = (m.tr_p, m.tr_pp) if restricted else (m.sum_w, m.sum_w2)
    return 0.5 * (m.ypp - trace), 0.5 * trace2 - m.yppp, 0.5 * trace2


def _shape(problem: Problem, tau2: Array, restricted: bool) -> Array:
    """l(tau2) up to a constant that does not depend on tau2."""
    w = problem.weights(tau2)
    rss = problem.quadratic(w)
    value = -0.5 * (_sum_used(problem, np.log(problem.v + tau2[:, None])) + rss)
    if not restricted:
        return value
    gram = problem.gram(w)
    return value - 0.5 * (np.log(gram[:, 0, 0]) if problem.p == 1 else np.linalg.slogdet(gram)[1])


def _upper_bound(problem: Problem) -> Array:
    """A tau2 beyond which l only falls: from y'PPy <= RSS / (min v + t)^2 and tr(P), tr(W) >= (k - p) / (max v + t)."""
    low, high = problem.extremes
    s2 = problem.quadratic(problem.unit_weights()) / (problem.k - problem.p)
    half = 0.5 * s2 - low
    inside = half**2 - low**2 + s2 * high
    bound = np.maximum(half + np.sqrt(np.maximum(inside, 0.0)), 0.0)
    # With equal variances the bound is the maximum itself: a little more room keeps it inside.
    return np.where(inside > 0, 1.001 * bound, 0.0)


def upper_bound_of(s2: float, low: float, high: float) -> float:
    """The same of one problem: its residual variance, its smallest and largest sampling variance."""
    half = 0.5 * s2 - low
    inside = half**2 - low**2 + s2 * high
    return 1.001 * max(half + float(np.sqrt(inside)), 0.0) if inside > 0 else 0.0


def maximum_likelihood(problem: Problem, *, restricted: bool) -> Array:
    """The tau2 >= 0 with the highest (restricted) likelihood, (B,); 0 where there is no residual degree of freedom."""
    size = problem.y.shape[0]
    result = np.zeros(size)
    bound = _upper_bound(problem)
    rows = np.flatnonzero((problem.k > problem.p) & (bound > 0) & np.isfinite(bound))
    if rows.size == 0:
        return result
    part = problem if rows.size == size else problem.take(rows)
    grid = bound[rows][None, :] * GRID[:, None]
    rising = _rising(part, grid, restricted)
    # A maximum lies where l stops rising.
    peaks = np.vstack([~rising[0], rising[:-1] & ~rising[1:]])
    several = peaks.sum(axis=0) > 1
    last = np.where(several, _highest(part, grid, peaks, several, restricted), peaks.argmax(axis=0))
    inside = np.flatnonzero(last > 0)
    if inside.size:
        low, high = grid[last[inside] - 1, inside], grid[last[inside], inside]
        result[rows[inside]] = _climb(part.take(inside), low, high, restricted)
    return result


def _rising(problem: Problem, grid: Array, restricted: bool) -> NDArray[np.bool_]:
    """Where on the grid (points, B) the likelihood rises; nowhere at its last point."""
    points, size = grid.shape
    if size * problem.y.shape[1] < _FEW and problem.basis is None:
        # For a few problems one call for the whole grid costs less than one a point.
        every = problem.take(np.tile(np.arange(size), points))
        rising = (_slope(every, grid.ravel(), restricted) > 0).reshape(points, size)
    else:
        rising = np.array([_slope(problem, tau2, restricted) > 0 for tau2 in grid])
    rising[-1] = False
    return rising


def _slope(problem: Problem, tau2: Array, restricted: bool) -> Array:
    """The score, up to a factor of two."""
    if problem.basis is not None:
        m = problem.moments(problem.weights(tau2), third=False)
        return m.ypp - (m.tr_p if restricted else m.sum_w)
    w = problem.weights(tau2)
    sum_w = w.sum(axis=1)
    u = problem.y - (np.einsum("bk,bk->b", w, problem.y) / sum_w)[:, None]
    u *= w
    trace = sum_w - np.einsum("bk,bk->b", w, w) / sum_w if restricted else sum_w
    return np.einsum("bk,bk->b", u, u) - trace


def _highest(
    problem: Problem, grid: Array, peaks: Array, several: NDArray[np.bool_], restricted: bool
) -> NDArray[np.intp]:
    """Where l has several maxima, the one that is highest once each has been climbed."""
    choice = peaks.argmax(axis=0)
    for row in np.flatnonzero(several):
        one = problem.take(np.array([row]))
        tops = []
        for peak in np.flatnonzero(peaks[:, row]):
            top = np.zeros(1)
            if peak > 0:
                top = _climb(one, grid[peak - 1, row : row + 1], grid[peak, row : row + 1], restricted)
            tops.append((float(_shape(one, top, restricted)[0]), int(peak)))
        choice[row] = max(tops)[1]
    return choice


def _climb(problem: Problem, low: Array, high: Array, restricted: bool) -> Array:
    """The zero of the score between `low`, where l rises, and `high`, where it falls: Newton's method, else halving."""
    result = np.empty(low.size)
    rows = np.arange(low.size)
    t = np.where(low > 0, np.sqrt(low * high), 0.25 * high)
    for _ in range(100):
        slope, curve, information = _score(problem.moments(problem.weights(t)), restricted)
        rising = slope > 0
        low, high = np.where(rising, t, low), np.where(rising, high, t)
        step = t + slope / np.where(curve < 0, -curve, information)
        # Newton's error is the square of the last step, so after a step of 1e-9 only rounding is left.
        done = (curve < 0) & (np.abs(step - t) <= 1e-9 * t) | (high - low <= 4e-16 * high)
        new = np.where((step > low) & (step < high), step, 0.5 * (low + high))
        new = np.where(done, np.clip(step, 0.0, None), new)
        result[rows] = new
        going = np.flatnonzero(~done)
        if going.size == 0:
            break
        if going.size <= 0.7 * rows.size:
            problem, rows, new, low, high = problem.take(going), rows[going], new[going], low[going], high[going]
        t = new
    return result


def log_likelihoods(problem: Problem, tau2: Array, beta: Array | None = None) -> tuple[Array, Array, Array]:
    """(ML, REML, saturated ML) log-likelihoods, each (B,); at coefficients `beta` on the basis where they are not the
    best.

    REML includes +log|X'X|/2, metafor's convention, which makes it invariant to the scale of the moderators: with X =
    QR the log|R| cancel and the orthonormal basis serves.
    """
    w = problem.weights(tau2)
    rss = problem.quadratic(w) if beta is None else (w * (problem.y - problem.expand(beta)) ** 2).sum(axis=1)
    logs = _sum_used(problem, np.log(problem.v + tau2[:, None]))
    gram = problem.gram(w)
    logdet = np.log(gram[:, 0, 0]) if problem.p == 1 else np.linalg.slogdet(gram)[1]
    ml = -0.5 * (problem.k * _LOG_2PI + logs + rss)
    gram_x = np.linalg.slogdet(problem.gram(problem.used))[1] if problem.used is not None else _plain_logdet(problem)
    reml = -0.5 * ((problem.k - problem.p) * _LOG_2PI - gram_x + logs + logdet + rss)
    saturated = -0.5 * (problem.k * _LOG_2PI + _sum_used(problem, np.log(problem.v)))
    return ml, reml, saturated


def _sum_used(problem: Problem, values: Array) -> Array:
    """The sum over the rows used."""
    return values.sum(axis=1) if problem.used is None else np.einsum("bk,bk->b", values, problem.used)


def _plain_logdet(problem: Problem) -> Array:
    """log|Q'Q| when every row is used: zero for an orthonormal basis, log k for the column of ones."""
    return np.log(problem.k) if problem.basis is None else np.zeros(problem.y.shape[0])


def profile_interval(problem: Problem, tau2: Array, drop: float, *, restricted: bool) -> tuple[Array, Array]:
    """The tau2 on both sides of the maximum at which l has fallen by `drop`, each (B,); the lower one is at least 0."""
    top = _shape(problem, tau2, restricted) - drop
    low = _crossing(problem, np.zeros_like(tau2), tau2, top, restricted)
    low = np.where(_shape(problem, np.zeros_like(tau2), restricted) >= top, 0.0, low)
    far = np.maximum(tau2, problem.v.mean(axis=1)) * 2.0
    for _ in range(2000):
        short = _shape(problem, far, restricted) >= top
        if not short.any():
            break
        far = np.where(short, far * 2.0, far)
    return low, _crossing(problem, far, tau2, top, restricted)


def _crossing(problem: Problem, outside: Array, inside: Array, level: Array, restricted: bool) -> Array:
    """The point between `inside` (l above the level) and `outside` (below) where l crosses it."""
    t = 0.5 * (inside + outside)
    for _ in range(200):
        gap = _shape(problem, t, restricted) - level
        inside, outside = np.where(gap > 0, t, inside), np.where(gap > 0, outside, t)
        slope = _score(problem.moments(problem.weights(t)), restricted)[0]
        step = t - gap / slope
        done = (np.abs(step - t) <= 4e-16 * t) | (np.abs(inside - outside) <= 4e-16 * t)
        near, far = np.minimum(inside, outside), np.maximum(inside, outside)
        new = np.where((step > near) & (step < far), step, 0.5 * (inside + outside))
        t = np.where(done, t, new)
        if done.all():
            break
    return t
