"""PET-PEESE: the effect expected of a study without sampling error, from a regression on the standard error (PET) or on
the sampling variance (PEESE).

Stanley & Doucouliagos (2014), Res. Synth. Methods 5:60-78: weighted least squares with a free dispersion. PEESE is read
where PET's intercept is significant in the direction of the pooled effect, PET elsewhere. For dependent effects the
same two regressions stand in the three-level model or CHE with robust variances, as Rodgers & Pustejovsky (2021),
Psychol. Methods 26:141-160, do for Egger's test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.multilevel import fit_multilevel
from prismake.synthesis.projection import redundant
from prismake.synthesis.result import estimate_block, plain
from prismake.synthesis.robust import robust, robust_block

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Regression:
    """Blocks of result.json for the intercept (the effect at no sampling error) and the slope of one regression."""

    intercept: dict[str, Any]
    slope: dict[str, Any]
    pooled: float


def design_of(vi: Array, predictor: str) -> Array:
    """Intercept and `sei` or `vi` (k, 2). Raises NotEstimable where the predictor does not vary."""
    x = np.column_stack([np.ones_like(vi), np.sqrt(vi) if predictor == "sei" else vi])
    if redundant(x):
        raise NotEstimable("all effects are equally precise, so nothing can be said of an effect without error")
    return x


def independent_regression(yi: ArrayLike, vi: ArrayLike, predictor: str, level: float = 95.0) -> Regression:
    """PET (`sei`) or PEESE (`vi`) of independent effects.

    Raises NotEstimable with fewer than three effects or without variation in precision.
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.size < 3:
        raise NotEstimable("the regression needs at least three effects")
    fitted = fit(y, v, design_of(v, predictor), method="EE", test="knha", level=level)
    intercept, slope = (estimate_block(fitted, position, prediction=False) for position in (0, 1))
    return Regression(intercept, slope, float(np.average(y, weights=1 / v)))


def dependent_regression(
    yi: ArrayLike,
    vi: ArrayLike,
    study: ArrayLike,
    predictor: str,
    *,
    rho: float = 0.0,
    V: Array | None = None,
    method: str = "REML",
    kind: str = "CR2",
    level: float = 95.0,
) -> Regression:
    """PET or PEESE in a three-level model (rho = 0) or CHE (rho > 0), with robust tests and intervals.

    V: the whole covariance of the sampling errors (k, k), of effects that share arms, in place of vi and rho.

    Raises NotEstimable with fewer than three studies or without variation in precision.
    """
    y, v, cluster = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float), np.asarray(study)
    x = design_of(v, predictor)
    if len(np.unique(cluster)) < 3:
        raise NotEstimable("the regression needs at least three studies")
    try:
        fitted = fit_multilevel(y, v, x, cluster, rho=rho, method=method, V=V)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise NotEstimable(str(error)) from error
    sigma2 = (float(fitted.sigma2[0]), float(fitted.sigma2[1]))
    found = robust(y, v, x, cluster, sigma2=sigma2, rho=rho, V=V, kind=kind, level=level)
    blocks = [plain({"b": found.b[position], **robust_block(found, position)}) for position in (0, 1)]
    return Regression(blocks[0], blocks[1], float(np.average(y, weights=1 / v)))


def pet_peese(pet: Regression, peese: Regression, alpha: float = 0.05) -> dict[str, Any]:
    """Both regressions and the one to be read: PEESE where PET's intercept is significant at one-sided `alpha`.

    One-sided .05 in the direction of the pooled effect, as in the comparison of Carter et al. (2019), Adv. Methods
    Pract. Psychol. Sci. 2:115-144.
    """
    onward = pet.intercept["b"] * pet.pooled > 0
    chosen = "peese" if onward and pet.intercept["pval"] / 2 < alpha else "pet"
    estimate = (peese if chosen == "peese" else pet).intercept
    return {
        "chosen": chosen,
        "estimate": estimate,
        "pet": {"intercept": pet.intercept, "slope": pet.slope},
        "peese": {"intercept": peese.intercept, "slope": peese.slope},
        "rule": f"PEESE where PET's intercept has a one-sided p < {alpha:g} in the direction of the pooled effect",
    }
