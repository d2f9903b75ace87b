"""The multivariate model as blocks of result.json: effects of several kinds (outcomes) within studies.

metafor's `rma.mv(yi, V, random = ~ kind | study, struct = ...)`: the kinds (inner factor) are the option `inner`, a
column of the effects, the studies (outer factor) are `study_id`, the structure is the option `structure`. The pooled
estimate has an intercept only; beside it stands `mods = ~ kind - 1`, one estimate for each kind.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prismake.synthesis.blocks import groups_of, typical_sampling_variance
from prismake.synthesis.distributions import critical, two_sided_p, upper_chi2, upper_f
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.multivariate import STRUCTURES, Multivariate, fit_multivariate
from prismake.synthesis.pooling import Pool
from prismake.synthesis.result import plain
from prismake.synthesis.robust import robust_block
from prismake.synthesis.specification import Specification

Array = NDArray[np.float64]

INNER, STRUCTURE = "outcome_id", "UN"
"""What the options `inner` and `structure` are where a protocol does not say."""


def multivariate_blocks(pooled: Pool, spec: Specification, V: Array) -> dict[str, Any]:
    """estimate, heterogeneity and fit of all effects of the pool, and `kinds`, one estimate a kind with their test.

    V: covariance of the sampling errors (k, k). With test t the reference has (studies - coefficients) degrees of
    freedom. Raises NotEstimable with the reason, ValueError for an unknown structure.
    """
    kinds, study = kinds_of(pooled, spec), pooled.table["study_id"].astype(str).to_numpy()
    names = sorted(set(kinds))
    mean = fit_kinds(pooled, spec, V, np.ones((len(kinds), 1)))
    each = fit_kinds(pooled, spec, V, np.array([[float(kind == name) for name in names] for kind in kinds]))
    df = _reference(study, len(names), spec)
    estimate = coefficient(mean, 0, spec, _reference(study, 1, spec))
    spread = groups_of(pooled.yi, pooled.vi, np.ones((len(kinds), 1)), study, V=V)
    return {
        "estimate": plain(estimate | {"pi_lb": None, "pi_ub": None}),
        "heterogeneity": heterogeneity_of_kinds(mean, typical_sampling_variance(spread)),
        "fit": plain(fit_of(mean, spec) | {"covariance": "known" if _shares_arms(V, pooled, spec) else "assumed"}),
        "kinds": plain(
            {
                "inner": str(spec.options.get("inner", INNER)),
                "estimates": [
                    {"kind": name, "k": int((kinds == name).sum())}
                    | coefficient(each, position, spec, df)
                    | {"tau2": each.tau2[each.kinds.index(name)]}
                    for position, name in enumerate(names)
                ],
                "test": _differences(each, df),
                "heterogeneity": heterogeneity_of_kinds(each, typical_sampling_variance(each.groups)),
                "fit": fit_of(each, spec),
            }
        ),
    }


def fit_kinds(pooled: Pool, spec: Specification, V: Array, design: Array) -> Multivariate:
    """The multivariate model of a pool with this design. Raises NotEstimable with the reason."""
    structure = str(spec.options.get("structure", STRUCTURE))
    if structure not in STRUCTURES:
        raise ValueError(f"unknown structure {structure!r}; known: {', '.join(STRUCTURES)}")
    if spec.test not in ("z", "t"):
        raise NotEstimable(f"the test {spec.test} belongs to models of independent effects; use z or t")
    kinds, study = kinds_of(pooled, spec), pooled.table["study_id"].astype(str).to_numpy()
    refuse_unidentified(study, kinds, structure)
    try:
        return fit_multivariate(pooled.yi, V, design, study, kinds, structure=structure, method=spec.method)
    except (ValueError, np.linalg.LinAlgError) as error:
        raise NotEstimable(str(error)) from error


def kinds_of(pooled: Pool, spec: Specification) -> NDArray[np.str_]:
    """The kind of each effect. Raises NotEstimable where an effect has none."""
    inner = str(spec.options.get("inner", INNER))
    if inner not in pooled.table:
        raise NotEstimable(f"the effects have no column {inner} that tells their kinds apart")
    kinds = np.asarray(pooled.table[inner].fillna("").astype(str).str.strip(), dtype=str)
    if (kinds == "").any():
        raise NotEstimable(f"an effect has no value in the column {inner} that tells the kinds apart")
    return kinds


def refuse_unidentified(study: NDArray[Any], kinds: NDArray[np.str_], structure: str) -> None:
    """Raise NotEstimable where no effect tells of a variance or a correlation that the structure has."""
    where = {str(kind): set(study[kinds == kind]) for kind in sorted(set(kinds))}
    if len(where) < 2:
        raise NotEstimable("there is only one kind of effects; a multivariate model needs two")
    alone = [kind for kind, studies in where.items() if len(studies) < 2]
    if alone and structure != "CS":
        raise NotEstimable(
            f"only one study has {', '.join(alone)}, so its variance between studies cannot be estimated; CS shares one"
        )
    apart = [pair for pair in combinations(where, 2) if not where[pair[0]] & where[pair[1]]]
    if structure == "UN" and apart:
        raise NotEstimable(f"no study has both {' and '.join(apart[0])}, so their correlation cannot be estimated")
    if structure in ("CS", "HCS") and len(apart) == len(list(combinations(where, 2))):
        raise NotEstimable("no study has effects of two kinds, so their correlation cannot be estimated; use DIAG")


def coefficient(fitted: Multivariate, position: int, spec: Specification, df: float | None) -> dict[str, Any]:
    """One coefficient with its test and interval, and its robust ones where the specification names them."""
    b, se = float(fitted.b[position]), float(np.sqrt(fitted.vb[position, position]))
    half = float(critical(spec.level, df)) * se
    row: dict[str, Any] = {
        "b": b,
        "se": se,
        "zval" if df is None else "tval": b / se,
        "df": df,
        "pval": float(two_sided_p(b / se, df)),
        "ci_lb": b - half,
        "ci_ub": b + half,
    }
    if spec.robust is not None:
        try:
            row["robust"] = robust_block(fitted.robust(spec.robust, spec.level), position)
        except NotEstimable as reason:
            row["robust"] = {"type": spec.robust, "not_estimable": str(reason)}
    return row


def heterogeneity_of_kinds(fitted: Multivariate, typical: float) -> dict[str, Any]:
    """Variances between studies by kind, their correlations, Q, and I2 of each kind against the typical variance.

    There is no one tau2 or I2 of all, so both are None (Jackson, White & Riley 2012, Stat. Med. 31:3805-3820).
    """
    pairs = list(combinations(fitted.kinds, 2))
    return plain(
        {
            "tau2": None,
            "I2": None,
            "tau2_by_kind": dict(zip(fitted.kinds, fitted.tau2, strict=True)),
            "I2_by_kind": dict(zip(fitted.kinds, 100 * fitted.tau2 / (fitted.tau2 + typical), strict=True)),
            "rho_by_kinds": [
                {"kinds": list(pair), "rho": value} for pair, value in zip(pairs, fitted.rho, strict=True)
            ],
            "QE": fitted.QE,
            "QE_df": fitted.QE_df,
            "QEp": float(upper_chi2(fitted.QE, fitted.QE_df)),
        }
    )


def fit_of(fitted: Multivariate, spec: Specification) -> dict[str, Any]:
    """Log-likelihood, deviance, AIC with the parameters that the structure has."""
    structure, c = str(spec.options.get("structure", STRUCTURE)), len(fitted.kinds)
    parameters = len(fitted.b) + {"UN": c * (c + 1) // 2, "CS": 2, "HCS": c + 1, "DIAG": c}[structure]
    return {
        "ll": fitted.ll,
        "deviance": -2 * fitted.ll,
        "AIC": -2 * fitted.ll + 2 * parameters,
        "likelihood": spec.method,
        "structure": structure,
        "rho": spec.rho,
    }


def _reference(study: NDArray[Any], coefficients: int, spec: Specification) -> float | None:
    """Degrees of freedom of the tests, None for a normal distribution."""
    if spec.test == "z":
        return None
    df = len(np.unique(study)) - coefficients
    if df < 1:
        raise NotEstimable(f"{len(np.unique(study))} studies leave no degrees of freedom for {coefficients} kinds")
    return float(df)


def _differences(fitted: Multivariate, df: float | None) -> dict[str, Any]:
    """The Wald test that all kinds have one mean."""
    contrast = np.eye(len(fitted.b))[1:] - np.eye(len(fitted.b))[0]
    apart = contrast @ fitted.b
    statistic, m = float(apart @ np.linalg.solve(contrast @ fitted.vb @ contrast.T, apart)), len(apart)
    if df is None:
        return {"QM": statistic, "df": m, "df2": None, "p": float(upper_chi2(statistic, m))}
    return {"QM": statistic / m, "df": m, "df2": df, "p": float(upper_f(statistic / m, m, df))}


def _shares_arms(V: Array, pooled: Pool, spec: Specification) -> bool:
    """Whether V is more than the assumed correlation within studies."""
    study = pooled.table["study_id"].astype(str).to_numpy()
    together = study[:, None] == study[None, :]
    root = np.sqrt(pooled.vi)
    assumed = np.where(together, spec.rho * np.outer(root, root), 0.0)
    np.fill_diagonal(assumed, pooled.vi)
    return not np.allclose(V, assumed, rtol=1e-9, atol=0)
