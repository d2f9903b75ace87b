"""Selection models: results are published with a probability that depends on their one-sided p-value.

The weights are a step function of the p-value (step_function.py) or fall smoothly with it (weight_functions.py: beta,
halfnorm, logistic, negexp, power), as in metafor's `selmodel`. Mean, tau2 and weights are estimated by maximum
likelihood, to the highest of several maxima.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.distributions import critical, two_sided_p, upper_chi2
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.publication_bias.ascent import highest, standard_errors
from prismake.synthesis.publication_bias.step_function import StepSelection, step_selection
from prismake.synthesis.publication_bias.weight_functions import WEIGHTS, SmoothSelection

Array = NDArray[np.float64]

TYPES = ("step", *WEIGHTS)


@dataclass(frozen=True)
class Selection:
    """The fitted model: mean b with its test and interval, tau2 with its interval, the weights delta, log-likelihood
    ll, and the likelihood-ratio test of no selection (without one where the weights are given).

    For a step function delta has one weight for each interval of p-values, and counts the effects in each; else delta
    are the parameters of the weight function. p_delta test a weight of 1, or no selection. Standard errors are None for
    what lies on a bound or is fixed. `score` is the largest gradient left at the top.
    """

    type: str
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
    tau2_ci_lb: float | None
    tau2_ci_ub: float | None
    delta: tuple[float, ...]
    se_delta: tuple[float | None, ...]
    p_delta: tuple[float | None, ...]
    ll: float
    LRT: float
    LRT_df: int
    LRT_p: float | None
    score: float


def selection_model(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    type: str = "step",
    steps: tuple[float, ...] = (0.025,),
    delta: Sequence[float] | None = None,
    alternative: str = "auto",
    random: bool = True,
    level: float = 95.0,
) -> Selection:
    """Fit a selection model by maximum likelihood, to the highest of its maxima.

    Args:
        yi, vi: effects and sampling variances (k,).
        type: step, or the weight function beta, halfnorm, logistic, negexp or power.
        steps: one-sided p-values, rising, between 0 and 1, at which the weight of a step function changes.
        delta: weights of all intervals, the first 1, that are assumed and not estimated (Vevea & Woods 2005, Psychol.
            Methods 10:428-443).
        alternative: "greater", "less", or "auto", the direction of the equal-effects estimate.
        random: False fixes tau2 at 0.
        level: of the confidence intervals, in percent.

    Raises:
        NotEstimable: fewer than three effects.
        ValueError: an unknown type or alternative, steps that do not rise between 0 and 1, weights that do not fit them.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if type not in TYPES:
        raise ValueError(f"unknown type of selection {type!r}; known: {', '.join(TYPES)}")
    if alternative not in ("auto", "greater", "less"):
        raise ValueError(f"unknown alternative {alternative!r}; known: auto, greater, less")
    if y.size < 3:
        raise NotEstimable("a selection model needs at least three effects")
    if alternative == "auto":
        alternative = "less" if float(fit(y, v, method="EE").b[0]) < 0 else "greater"
    sign = -1.0 if alternative == "less" else 1.0
    if type == "step":
        surface: StepSelection | SmoothSelection = _step(sign * y, v, steps, delta, random)
    else:
        surface = SmoothSelection(sign * y, v, WEIGHTS[type], random)
    parameters, ll = highest(surface)
    unselected = float(fit(y, v, method="ML" if random else "EE").ml.ll)
    return _result(surface, type, alternative, steps if type == "step" else (), parameters, ll, unselected, level)


def _step(y: Array, v: Array, steps: tuple[float, ...], delta: Sequence[float] | None, random: bool) -> StepSelection:
    if not steps or any(not low < high for low, high in zip((0.0, *steps), (*steps, 1.0), strict=True)):
        raise ValueError("the steps of a selection model must rise between 0 and 1")
    if delta is None:
        return step_selection(y, v, np.asarray(steps), random)
    if len(delta) != len(steps) + 1 or delta[0] != 1 or min(delta) <= 0:
        raise ValueError("the weights must be positive, one for each interval, the first 1")
    return step_selection(y, v, np.asarray(steps), random, np.asarray(delta[1:], dtype=float))


def _result(
    surface: StepSelection | SmoothSelection,
    type: str,
    alternative: str,
    steps: tuple[float, ...],
    parameters: Array,
    ll: float,
    unselected: float,
    level: float,
) -> Selection:
    logarithms = isinstance(surface, StepSelection) or surface.weight.logarithms
    se, score = standard_errors(surface, parameters, np.array([False, False, *([logarithms] * (parameters.size - 2))]))
    delta, se_delta = np.exp(parameters[2:]) if logarithms else parameters[2:], se[2:]
    given = isinstance(surface, StepSelection) and surface.given is not None
    df = 0 if given else len(delta)
    lrt = max(0.0, 2 * (ll - unselected))
    if isinstance(surface, StepSelection):
        weights, errors, null = [1.0, *delta], [None, *se_delta], [1.0] * (delta.size + 1)
        counts = tuple(int(count) for count in surface.counts)
    else:
        weights, errors, null, counts = list(delta), se_delta, list(surface.weight.null), ()
    sign, crit = (-1.0 if alternative == "less" else 1.0), float(critical(level))
    b, tau2 = sign * float(parameters[0]), float(parameters[1])
    zval = None if se[0] is None else b / se[0]
    return Selection(
        type=type,
        alternative=alternative,
        steps=tuple(float(step) for step in steps),
        counts=counts,
        b=b,
        se=se[0],
        zval=zval,
        pval=None if zval is None else float(two_sided_p(zval)),
        ci_lb=None if se[0] is None else b - crit * se[0],
        ci_ub=None if se[0] is None else b + crit * se[0],
        tau2=tau2,
        se_tau2=se[1],
        tau2_ci_lb=None if se[1] is None else max(0.0, tau2 - crit * se[1]),
        tau2_ci_ub=None if se[1] is None else tau2 + crit * se[1],
        delta=tuple(float(weight) for weight in weights),
        se_delta=tuple(errors),
        p_delta=tuple(
            None if error is None or error <= 0 else float(two_sided_p((weight - none) / error))
            for weight, error, none in zip(weights, errors, null, strict=True)
        ),
        ll=ll,
        LRT=lrt,
        LRT_df=df,
        LRT_p=None if df == 0 else float(upper_chi2(lrt, df)),
        score=score,
    )
