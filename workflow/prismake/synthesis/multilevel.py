"""Three-level models: effects within studies, with known sampling (co)variances.

y = X b + u_study + w_effect + e, u ~ N(0, sigma2_1), w ~ N(0, sigma2_2), e ~ N(0, V): metafor's
`rma.mv(yi, V, random = ~ 1 | study/effect)` (Konstantopoulos 2011, Res. Synth. Methods 2:61-76). With V diagonal it is
the three-level model; with V compound-symmetric within studies for an assumed rho, the correlated and hierarchical
effects model CHE (Pustejovsky & Tipton 2022, Prev. Sci. 23:425-438); with a component left out, the models with
studies alone or effects alone. V may also be given whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.blocks import (
    Evaluation,
    evaluate,
    generalised_q,
    groups_of,
    in_terms_of,
    ones_and_identity,
    orthonormal,
    sampling_covariance,
)
from prismake.synthesis.compound import compound_of, evaluate_compound

__all__ = ["COMPONENTS", "Multilevel", "fit_multilevel", "likelihood_of", "sampling_covariance"]

Array = NDArray[np.float64]
Likelihood = Callable[[Array], Evaluation]

COMPONENTS = ("study", "effect")
_MOST_STEPS = 200


@dataclass(frozen=True)
class Multilevel:
    """A fitted model: b (p,), vb (p, p), sigma2 (2,) of studies and of effects within them, log-likelihood, Q and its
    df.

    `score` is the gradient of the log-likelihood at sigma2: zero where a component is positive, not positive where it
    is 0 although it might be larger. A component that the model leaves out is 0. se_sigma2 come from the expected
    information; NaN for a component that is 0.
    """

    b: Array
    vb: Array
    sigma2: Array
    se_sigma2: Array
    ll: float
    QE: float
    QE_df: int
    k: int
    score: Array


def fit_multilevel(
    yi: ArrayLike,
    vi: ArrayLike,
    X: ArrayLike,
    cluster: ArrayLike,
    *,
    rho: float = 0.0,
    method: str = "REML",
    components: Sequence[str] = COMPONENTS,
    V: Array | None = None,
) -> Multilevel:
    """Fit the three-level model (rho = 0) or CHE (rho > 0) by REML or ML, to the best of several optima.

    Args:
        yi, vi: effects and sampling variances (k,).
        X: design (k, p), full column rank.
        cluster: study of each effect (k,).
        rho: assumed correlation of the sampling errors within a study, in [0, 1).
        method: "REML" or "ML".
        components: which variances are estimated: of studies, of effects within them, or both.
        V: the whole covariance of the sampling errors (k, k) in place of vi and rho.

    Raises:
        ValueError: another method or component, fewer than two studies, or fewer effects than coefficients; a V that is
            no covariance.
    """
    y, v, design, study = (np.asarray(yi, float), np.asarray(vi, float), np.asarray(X, float), np.asarray(cluster))
    if method not in ("REML", "ML"):
        raise ValueError(f"a multilevel model is fitted by REML or ML, not by {method}")
    if not components or not set(components) <= set(COMPONENTS):
        raise ValueError(f"the variance components are {' and '.join(COMPONENTS)}, not {list(components)}")
    if len(np.unique(study)) < 2:
        raise ValueError("a multilevel model needs at least two studies")
    if len(y) <= design.shape[1]:
        raise ValueError("a multilevel model needs more effects than coefficients")
    if not 0.0 <= rho < 1.0:
        raise ValueError(f"rho must be at least 0 and less than 1, not {rho}")
    used = np.array([component in components for component in COMPONENTS])
    # V alone decides the scale of sampling; a scale of effects far above it shows where the optimum may lie.
    scale = max(float(np.var(y)), float(np.mean(v)))
    floor = 1e-3 * float(np.mean(v))
    starts = [np.where(used, start, 0.0) * scale for start in product((0.02, 0.5), repeat=2)]
    try:
        likelihood = likelihood_of(y, v, design, study, rho=rho, method=method, V=V)
        tops = [climb(likelihood, start, used, floor) for start in {tuple(start): start for start in starts}.values()]
    except np.linalg.LinAlgError as error:
        raise ValueError("the sampling (co)variances of a study, or the design, are singular") from error
    sigma2, found = max(tops, key=lambda top: top[1].ll)
    groups = groups_of(y, v, design, study, rho=rho, V=V)
    QE = generalised_q(groups)[0]
    free = used & (sigma2 > 0)
    se = np.full(2, np.nan)
    with np.errstate(invalid="ignore"):
        # NaN where the information is not positive, as at a component so small that only rounding is left of it.
        se[free] = np.sqrt(np.diag(np.linalg.pinv(found.information[np.ix_(free, free)])))
    score = np.where(used, found.score, 0.0)
    return Multilevel(found.b, found.vb, sigma2, se, found.ll, QE, len(y) - design.shape[1], len(y), score)


def likelihood_of(
    yi: Array,
    vi: Array,
    X: Array,
    cluster: NDArray,
    *,
    rho: float = 0.0,
    method: str = "REML",
    V: Array | None = None,
) -> Likelihood:
    """The likelihood as a function of sigma2 (2,), in linear time unless V is given."""
    restricted = method == "REML"
    Q, T = orthonormal(X)
    if V is None:
        data = compound_of(yi, vi, Q, cluster, rho)
        return lambda sigma2: in_terms_of(evaluate_compound(data, sigma2, restricted), T)
    groups = groups_of(yi, vi, Q, cluster, V=V)
    matrices = ones_and_identity(groups)
    return lambda sigma2: in_terms_of(evaluate(groups, matrices, sigma2, restricted), T)


def climb(likelihood: Likelihood, start: Array, used: NDArray[np.bool_], floor: float) -> tuple[Array, Evaluation]:
    """Newton's method inside sigma2 >= 0 from one start to its optimum, with Fisher scoring where the surface is not
    concave; only the components `used` move.
    """
    sigma2, at = start, likelihood(start)
    for _ in range(_MOST_STEPS):
        # A component at zero whose gradient points below zero stays there.
        free = used & ((sigma2 > 0) | (at.score > 0))
        if not free.any():
            break
        step = np.zeros(sigma2.size)
        step[free] = _step(at, free)
        if np.all(np.abs(step) <= 1e-13 * np.maximum(sigma2, floor)):
            break
        # As in any Newton method the error after a small step is its square: nothing is left but rounding.
        last = bool(np.all(np.abs(step) <= 1e-8 * np.maximum(sigma2, floor)))
        for halving in range(40):
            trial = np.maximum(sigma2 + step * 0.5**halving, 0.0)
            found = _defined(likelihood, trial)
            if found is not None and found.ll >= at.ll - 1e-13 * abs(at.ll):
                break
        if found is None:
            break
        moved = float(np.abs(trial - sigma2).max())
        sigma2, at = trial, found
        if last or moved <= 1e-15 * max(floor, float(sigma2.max())):
            break
    return sigma2, at


def _defined(likelihood: Likelihood, sigma2: Array) -> Evaluation | None:
    """The likelihood, or None where the covariance is singular, as it may be at zero for a singular V."""
    try:
        return likelihood(sigma2)
    except np.linalg.LinAlgError:
        return None


def _step(at: Evaluation, free: NDArray[np.bool_]) -> Array:
    """Newton's step in the free components, or the scoring step where the observed information is not positive."""
    chosen = np.ix_(free, free)
    for information in (at.observed[chosen], at.information[chosen]):
        try:
            np.linalg.cholesky(information)
            return np.asarray(np.linalg.solve(information, at.score[free]))
        except np.linalg.LinAlgError:
            continue
    diagonal = np.maximum(np.diag(at.information)[free], 1e-300)
    return at.score[free] / diagonal
