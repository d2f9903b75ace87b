"""One intercept-only model by plain numbers: the same estimates as the batches of `model.py`, without their overhead.

For twenty effects the arrays of a batch of one cost four times the arithmetic. The grid, the brackets and the stopping
rules are those of `likelihood.py` and `tau2.py`; whatever is out of the ordinary (several maxima, extreme scales,
effects on a line) is left to them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prismake.synthesis.likelihood import GRID, upper_bound_of
from prismake.synthesis.tau2 import EQUAL

Array = NDArray[np.float64]

METHODS = (*EQUAL, "DL", "REML", "ML", "PM")
_LEAST, _MOST = 1e-60, 1e60
_LOG_2PI = math.log(2.0 * math.pi)


@dataclass(frozen=True)
class Mean:
    """tau2 with its standard error; mean, its variance under the weights and the Knapp-Hartung scale; Q, tr(P) at
    tau2 = 0; the ML, REML and saturated log-likelihoods.
    """

    tau2: float
    se_tau2: float
    b: float
    vb: float
    s2w: float
    rss: float
    squares: float
    QE: float
    tr_p: float
    ml: float
    reml: float
    saturated: float


class _Sums:
    """The effects of one problem, and the sums that every weight asks for."""

    def __init__(self, y: Array, v: Array) -> None:
        self.y, self.v, self.one, self.k = y, v, np.ones(y.size), y.size

    def at(self, tau2: float) -> tuple[Array, float, Array]:
        """Weights, their sum, residuals from the weighted mean."""
        w = 1.0 / (self.v + tau2)
        total = float(w.dot(self.one))
        return w, total, self.y - float(w.dot(self.y)) / total


def fit_mean(y: Array, v: Array, method: str) -> Mean | None:
    """The model of effects y (k,) with variances v (k,); None where it is left to the batches."""
    if method not in METHODS or y.size < 2:
        return None
    low, high = float(v.min()), float(v.max())
    if not (low > _LEAST and high < _MOST and float(np.abs(y).max()) < _MOST and high < 1e4 * low):
        return None
    sums = _Sums(y, v)
    w, total, u = sums.at(0.0)
    qe = float((w * u).dot(u))
    before = np.cumsum(w)
    before -= w
    tr_p = 2.0 * float(w.dot(before)) / total
    found = _between(sums, method, low, high, qe, tr_p)
    if found is None:
        return None
    tau2, se_tau2 = found
    saturated = -0.5 * (sums.k * _LOG_2PI + float(np.log(v).dot(sums.one)))
    w, total, u = sums.at(tau2)
    rss = float((w * u).dot(u))
    logs = float(np.log(v + tau2).dot(sums.one))
    reml = -0.5 * ((sums.k - 1) * _LOG_2PI - math.log(sums.k) + logs + math.log(total) + rss)
    return Mean(
        tau2, se_tau2, float(w.dot(y)) / total, 1.0 / total, rss / (sums.k - 1), rss, float((w * y).dot(y)), qe, tr_p,
        -0.5 * (sums.k * _LOG_2PI + logs + rss), reml, saturated,
    )  # fmt: skip


def _between(sums: _Sums, method: str, low: float, high: float, qe: float, tr_p: float) -> tuple[float, float] | None:
    """tau2 and its standard error."""
    df = sums.k - 1
    if method in EQUAL:
        return 0.0, math.nan
    if method == "DL":
        tau2 = max((qe - df) / tr_p, 0.0)
        return tau2, math.sqrt(2.0 * (df + 2.0 * tau2 * tr_p + tau2**2 * _tr_pp(sums, 0.0))) / tr_p
    if method == "PM":
        solved = _paule_mandel(sums, low, qe)
        if solved is None:
            return None
        return solved, math.sqrt(2.0 * sums.k**2 / df) / sums.at(solved)[1]
    top = _highest(sums, low, high, method == "REML")
    if top is None:
        return None
    w = 1.0 / (sums.v + top)
    return top, math.sqrt(2.0 / (_tr_pp(sums, top) if method == "REML" else float(w.dot(w))))


def _tr_pp(sums: _Sums, tau2: float) -> float:
    w = 1.0 / (sums.v + tau2)
    w2 = w * w
    total, squares = float(w.dot(sums.one)), float(w.dot(w))
    return squares - 2.0 * float(w2.dot(w)) / total + (squares / total) ** 2


def _paule_mandel(sums: _Sums, smallest: float, qe: float) -> float | None:
    """The tau2 at which Q equals its degrees of freedom: Newton's steps on 1/Q inside a bracket."""
    aim = float(sums.k - 1)
    if qe <= aim:
        return 0.0
    centred = sums.y - float(sums.y.dot(sums.one)) / sums.k
    t, low, high = 0.0, 0.0, (float(centred.dot(centred)) / aim - smallest) * (1 + 1e-9)
    if high <= 0:
        return None
    for _ in range(200):
        w, _, u = sums.at(t)
        u *= w
        q = float((u / w).dot(u))
        low, high = (t, high) if q > aim else (low, t)
        step = t + q * (q - aim) / (aim * float(u.dot(u)))
        if abs(step - t) <= 1e-9 * t or high - low <= 4e-16 * high:
            return step
        t = step if low < step < high else 0.5 * (low + high)
    return None


def _highest(sums: _Sums, smallest: float, largest: float, restricted: bool) -> float | None:
    """The tau2 of the highest likelihood; None where it has several maxima."""
    centred = sums.y - float(sums.y.dot(sums.one)) / sums.k
    bound = upper_bound_of(float(centred.dot(centred)) / (sums.k - 1), smallest, largest)
    if bound <= 0:
        return 0.0
    grid = bound * GRID
    w = 1.0 / (sums.v + grid[:, None])
    total = w @ sums.one
    u = sums.y - ((w @ sums.y) / total)[:, None]
    u *= w
    trace = total - np.einsum("gk,gk->g", w, w) / total if restricted else total
    rising = (np.einsum("gk,gk->g", u, u) > trace).tolist()
    rising[-1] = False
    peaks = [i for i in range(len(rising)) if not rising[i] and (i == 0 or rising[i - 1])]
    if len(peaks) > 1:
        return None
    return 0.0 if peaks[0] == 0 else _climb(sums, float(grid[peaks[0] - 1]), float(grid[peaks[0]]), restricted)


def _climb(sums: _Sums, low: float, high: float, restricted: bool) -> float | None:
    """The zero of the score between `low`, where the likelihood rises, and `high`: Newton's method, else halving."""
    t = math.sqrt(low * high) if low > 0 else 0.25 * high
    for _ in range(100):
        w, total, u = sums.at(t)
        u *= w
        wu, squares = w * u, float(w.dot(w))
        ypp, yppp = float(u.dot(u)), float(wu.dot(u)) - float(wu.dot(sums.one)) ** 2 / total
        if restricted:
            trace = total - squares / total
            trace2 = squares - 2.0 * float((w * w).dot(w)) / total + (squares / total) ** 2
        else:
            trace, trace2 = total, squares
        slope, curve = 0.5 * (ypp - trace), 0.5 * trace2 - yppp
        low, high = (t, high) if slope > 0 else (low, t)
        step = t + slope / (-curve if curve < 0 else 0.5 * trace2)
        if (curve < 0 and abs(step - t) <= 1e-9 * t) or high - low <= 4e-16 * high:
            return max(step, 0.0)
        t = step if low < step < high else 0.5 * (low + high)
    return None
