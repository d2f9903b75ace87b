"""Step-function selection models: results are published with a probability that depends on their one-sided p-value.

Hedges (1992), Stat. Sci. 7:246-255; Vevea & Hedges (1995), Psychometrika 60:419-435. With one step at .025 it is the
three-parameter selection model (McShane, Bockenholt & Hansen 2016, Perspect. Psychol. Sci. 11:730-749). Parametrised as
metafor's `selmodel(type = "stepfun")`: the first interval has the weight 1, the others are relative to it.

The likelihood has several maxima. For given mean and tau2 it is concave in the logarithms of the weights, so a grid
over mean and tau2 alone finds every basin; each is then climbed, and the highest top is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from prismake.synthesis.distributions import critical, two_sided_p, upper_chi2
from prismake.synthesis.model import NotEstimable, fit

Array = NDArray[np.float64]

DELTA_MAX = 100.0
"""The largest weight, metafor's own bound; a weight runs into it where the first interval is empty."""


@dataclass(frozen=True)
class Selection:
    """The fitted model: mean b with its test and interval, tau2, the weight delta of each interval of p-values, the
    number of effects in each (counts), log-likelihood ll, and the likelihood-ratio test of no selection.

    Standard errors are None for what lies on a bound or is fixed. `score` is the largest gradient left at the top.
    """

    alternative: str
    steps: tuple[float, ...]
    counts: tuple[int, ...]
    b: float
    se: float | None
    zval: float | None
    pval: float | None
    ci_lb: float | None
    ci_ub: float | None
    tau2: float
    se_tau2: float | None
    delta: tuple[float, ...]
    se_delta: tuple[float | None, ...]
    ll: float
    LRT: float
    LRT_df: int
    LRT_p: float
    score: float


@dataclass(frozen=True)
class _Problem:
    """Effects y (k,) with the direction of selection made positive, variances v, the values cut (k, J - 1) of y at
    which the p-value is a step, the interval of each effect, the number of effects in each interval.
    """

    y: Array
    v: Array
    cut: Array
    interval: NDArray[np.intp]
    counts: NDArray[np.intp]


def selection_model(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    steps: tuple[float, ...] = (0.025,),
    alternative: str = "auto",
    random: bool = True,
    level: float = 95.0,
) -> Selection:
    """Fit a step-function selection model by maximum likelihood, to the highest of its maxima.

    Args:
        yi, vi: effects and sampling variances (k,).
        steps: one-sided p-values, rising, between 0 and 1, at which the weight changes.
        alternative: "greater", "less", or "auto", the direction of the equal-effects estimate.
        random: False fixes tau2 at 0.
        level: of the confidence interval, in percent.

    Raises:
        NotEstimable: fewer than three effects.
        ValueError: steps that do not rise between 0 and 1, or another alternative.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if not steps or any(not low < high for low, high in zip((0.0, *steps), (*steps, 1.0), strict=True)):
        raise ValueError("the steps of a selection model must rise between 0 and 1")
    if alternative not in ("auto", "greater", "less"):
        raise ValueError(f"unknown alternative {alternative!r}; known: auto, greater, less")
    if y.size < 3:
        raise NotEstimable("a selection model needs at least three effects")
    if alternative == "auto":
        alternative = "less" if float(fit(y, v, method="EE").b[0]) < 0 else "greater"
    sign = -1.0 if alternative == "less" else 1.0
    problem = _problem(sign * y, v, np.asarray(steps))
    parameters, ll = _best(problem, random)
    unselected = fit(y, v, method="ML" if random else "EE")
    lrt = max(0.0, 2 * (ll - float(unselected.ml.ll)))
    se, score = _standard_errors(problem, parameters, random)
    b, tau2, delta = sign * float(parameters[0]), float(parameters[1]), np.exp(parameters[2:])
    half = None if se[0] is None else float(critical(level)) * se[0]
    zval = None if se[0] is None else b / se[0]
    return Selection(
        alternative=alternative,
        steps=tuple(float(step) for step in steps),
        counts=tuple(int(count) for count in problem.counts),
        b=b,
        se=se[0],
        zval=zval,
        pval=None if zval is None else float(two_sided_p(zval)),
        ci_lb=None if half is None else b - half,
        ci_ub=None if half is None else b + half,
        tau2=tau2,
        se_tau2=se[1],
        delta=(1.0, *(float(weight) for weight in delta)),
        se_delta=(None, *se[2:]),
        ll=ll,
        LRT=lrt,
        LRT_df=len(steps),
        LRT_p=float(upper_chi2(lrt, len(steps))),
        score=score,
    )


def _problem(y: Array, v: Array, steps: Array) -> _Problem:
    p = special.ndtr(-y / np.sqrt(v))
    interval = np.searchsorted(steps, p, side="left")
    cut = -special.ndtri(steps)[None, :] * np.sqrt(v)[:, None]
    return _Problem(y, v, cut, interval, np.bincount(interval, minlength=steps.size + 1))


def _shares(u: Array) -> Array:
    """P of each interval (..., J) from the standardised cuts u (..., J - 1), falling: small tails keep precision."""
    low, high = special.ndtr(u), special.ndtr(-u)
    # The difference of the smaller tails, on whichever side of zero the interval lies.
    inner = np.where(u[..., 1:] > 0, high[..., 1:] - high[..., :-1], low[..., :-1] - low[..., 1:])
    return np.concatenate([high[..., :1], inner, low[..., -1:]], axis=-1)


def _value_and_gradient(problem: _Problem, parameters: Array) -> tuple[float, Array]:
    """Log-likelihood and its gradient in (mean, tau2, log delta_2, ...)."""
    mu, tau2 = parameters[:2]
    delta = np.concatenate([[1.0], np.exp(parameters[2:])])
    total = problem.v + tau2
    root = np.sqrt(total)
    u = (problem.cut - mu) / root[:, None]
    shares = _shares(u)
    A = shares @ delta
    r = problem.y - mu
    used = problem.counts > 0
    logs = np.where(np.isfinite(parameters[2:]), parameters[2:], 0.0)
    ll = float(problem.counts[1:] @ logs) if used.any() else 0.0
    ll += float((-0.5 * np.log(2 * np.pi * total) - 0.5 * r**2 / total - np.log(A)).sum())
    density = np.exp(-0.5 * u**2) / np.sqrt(2 * np.pi) * np.diff(delta)[None, :]
    d_mu = r / total + density.sum(axis=1) / root / A
    d_tau2 = -0.5 / total + 0.5 * (r / total) ** 2 + (density * u).sum(axis=1) / (2 * total) / A
    d_theta = problem.counts[1:] - delta[1:] * (shares[:, 1:] / A[:, None]).sum(axis=0)
    return ll, np.concatenate([[d_mu.sum(), d_tau2.sum()], d_theta])


def _grid(problem: _Problem, random: bool) -> Array:
    """Starts for climbing: the local maxima, on a grid of mean and tau2, of the likelihood maximised over the weights.

    The weights follow from n_j = delta_j sum_i P_ij / A_i by repeated substitution, each step of which rises.
    """
    spread = float(np.ptp(problem.y)) + float(np.sqrt(problem.v.max()))
    mus = np.linspace(problem.y.min() - spread, problem.y.max() + spread, 61)
    scale = float(np.var(problem.y)) + float(problem.v.mean())
    tau2s = np.concatenate([[0.0], scale * np.geomspace(1e-3, 30.0, 12)]) if random else np.zeros(1)
    total = problem.v[None, :] + tau2s[:, None]
    root = np.sqrt(total)
    u = (problem.cut[None, None] - mus[None, :, None, None]) / root[:, None, :, None]
    shares = np.maximum(_shares(u), 1e-300)
    counts = problem.counts[1:].astype(float)
    delta = np.ones((tau2s.size, mus.size, counts.size + 1))
    for _ in range(25):
        A = np.einsum("tmkj,tmj->tmk", shares, delta)
        delta[..., 1:] = np.minimum(
            counts / np.maximum((shares / A[..., None])[..., 1:].sum(axis=2), 1e-300), DELTA_MAX
        )
    A = np.einsum("tmkj,tmj->tmk", shares, delta)
    r2 = (problem.y[None, None, :] - mus[None, :, None]) ** 2
    ll = (-0.5 * np.log(total)[:, None, :] - 0.5 * r2 / total[:, None, :] - np.log(A)).sum(axis=2)
    ll += (np.log(np.maximum(delta[..., 1:], 1e-300)) * counts).sum(axis=2)
    around = np.pad(ll, 1, constant_values=-np.inf)
    top = np.ones_like(ll, dtype=bool)
    for rows, columns in ((0, 1), (2, 1), (1, 0), (1, 2)):
        top &= ll >= around[rows : rows + ll.shape[0], columns : columns + ll.shape[1]]
    places = np.argwhere(top)
    places = places[np.argsort(-ll[top], kind="stable")][:6]
    with np.errstate(divide="ignore"):
        return np.array([[mus[m], tau2s[t], *np.log(delta[t, m, 1:])] for t, m in places])


def _best(problem: _Problem, random: bool) -> tuple[Array, float]:
    """Parameters and log-likelihood of the highest maximum."""
    found = [_climb(problem, start, random) for start in _grid(problem, random)]
    return max(found, key=lambda pair: pair[1])


def _free(problem: _Problem, parameters: Array, gradient: Array, random: bool) -> NDArray[np.bool_]:
    """What may move: not tau2 at 0 that would fall, no weight at its bound that would rise, none of an empty
    interval, whose weight is 0.
    """
    free = np.ones(parameters.size, dtype=bool)
    free[1] = random and (parameters[1] > 0 or gradient[1] > 0)
    at_bound = (parameters[2:] >= np.log(DELTA_MAX)) & (gradient[2:] > 0)
    free[2:] = (problem.counts[1:] > 0) & ~at_bound
    return free


def _hessian(problem: _Problem, parameters: Array, free: NDArray[np.bool_]) -> Array:
    """Second derivatives in the free parameters, from central differences of the gradient."""
    rows = np.flatnonzero(free)
    width = np.ones(parameters.size)
    width[0], width[1] = np.sqrt(problem.v.min() + parameters[1]), problem.v.min() + parameters[1]
    H = np.empty((rows.size, rows.size))
    for position, row in enumerate(rows):
        step = np.zeros(parameters.size)
        step[row] = 1e-4 * width[row]
        up, down = (
            _value_and_gradient(problem, parameters + step)[1],
            _value_and_gradient(problem, parameters - step)[1],
        )
        H[position] = (up - down)[rows] / (2 * step[row])
    return 0.5 * (H + H.T)


def _climb(problem: _Problem, parameters: Array, random: bool) -> tuple[Array, float]:
    """Newton's method with a ridge that makes every step rise, inside the bounds."""
    ll, gradient = _value_and_gradient(problem, parameters)
    for _ in range(300):
        free = _free(problem, parameters, gradient, random)
        H = _hessian(problem, parameters, free)
        scale = np.sqrt(np.maximum(np.abs(np.diag(H)), 1e-12))
        values, vectors = np.linalg.eigh(-H / np.outer(scale, scale))
        slope = vectors.T @ (gradient[free] / scale)
        # Where the surface is not concave the step follows the gradient instead.
        direction = (vectors @ (slope / np.maximum(np.abs(values), 1e-6))) / scale
        rise = float(np.abs(slope) @ (np.abs(slope) / np.maximum(np.abs(values), 1e-6)))
        for halving in range(40):
            trial = parameters.copy()
            trial[free] += direction * 0.5**halving
            trial[1] = max(trial[1], 0.0)
            trial[2:] = np.minimum(trial[2:], np.log(DELTA_MAX))
            found = _value_and_gradient(problem, trial)
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


def _standard_errors(problem: _Problem, parameters: Array, random: bool) -> tuple[list[float | None], float]:
    """Standard errors of mean, tau2 and weights from the observed information, None where there is none; the score."""
    gradient = _value_and_gradient(problem, parameters)[1]
    free = _free(problem, parameters, gradient, random)
    free[1] &= bool(parameters[1] > 0)
    free[2:] &= parameters[2:] < np.log(DELTA_MAX)
    result: list[float | None] = [None] * parameters.size
    scale = np.ones(parameters.size)
    scale[2:] = np.exp(parameters[2:])
    try:
        covariance = np.linalg.inv(-_hessian(problem, parameters, free))
    except np.linalg.LinAlgError:
        return result, float(np.abs(gradient[free]).max())
    for position, row in enumerate(np.flatnonzero(free)):
        if covariance[position, position] > 0:
            # At the top the delta method from log delta to delta is exact: the gradient is zero.
            result[row] = float(np.sqrt(covariance[position, position]) * scale[row])
    return result, float(np.abs(gradient[free]).max())
