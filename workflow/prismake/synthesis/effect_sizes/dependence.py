"""Sampling covariances of effects that share people: a control arm, several outcomes, several times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from prismake.synthesis.effect_sizes.numeric import Array, numbers


def covariance_matrix(vi: Array, correlation: Array) -> Array:
    """V from sampling variances and correlations."""
    root = np.sqrt(numbers(vi))
    return correlation * np.outer(root, root)


def correlation_by_type_and_time(
    cluster: Sequence[object],
    *,
    kind: Sequence[object] | None = None,
    time: Sequence[float] | None = None,
    rho: float = 0.5,
    phi: float = 1.0,
) -> Array:
    """Correlations within clusters: `rho` between kinds of outcome, `phi` to the power of the distance in time.

    Effects of one cluster that differ in neither have the correlation rho too (1 on the diagonal): two different
    effects are never taken for one.
    """
    return _no_twins(_within(cluster, kind, time, rho, phi), rho)


def _within(
    cluster: Sequence[object], kind: Sequence[object] | None, time: Sequence[float] | None, rho: float, phi: float
) -> Array:
    r = np.array([[float(a == b) for b in cluster] for a in cluster])
    if kind is not None:
        r = r * np.array([[1.0 if a == b else rho for b in kind] for a in kind])
    if time is not None:
        t = numbers(time)
        r = r * phi ** np.abs(t[:, None] - t[None, :])
    return r


def _no_twins(r: Array, rho: float) -> Array:
    """Two different effects are never one: a correlation of 1 off the diagonal becomes rho."""
    return np.where((r == 1.0) & ~np.eye(len(r), dtype=bool), rho, r)


def correlation_of_shared_arms(
    cluster: Sequence[object],
    arm_1: Sequence[object],
    arm_2: Sequence[object],
    n_1: Array | None = None,
    n_2: Array | None = None,
) -> Array:
    """Correlations of contrasts of one cluster that have an arm in common.

    Each contrast is a difference of two independent arms with variances proportional to 1/n (equal n where unknown):
    sharing an arm gives plus its part of the variance in both, or minus where it stands on different sides (Gleser &
    Olkin, 2009). Contrasts of the same two arms have 1.
    """
    k = len(cluster)
    n1 = np.ones(k) if n_1 is None else numbers(n_1)
    n2 = np.ones(k) if n_2 is None else numbers(n_2)
    weights = [
        {
            (cluster[i], arm_1[i]): np.sqrt(n2[i] / (n1[i] + n2[i])),
            (cluster[i], arm_2[i]): -np.sqrt(n1[i] / (n1[i] + n2[i])),
        }
        for i in range(k)
    ]
    r = np.array([[sum(a[arm] * b[arm] for arm in a.keys() & b.keys()) for b in weights] for a in weights], dtype=float)
    np.fill_diagonal(r, 1.0)
    return r


def smd_shared_control_covariance(g_1: float, g_2: float, n_control: float, n_total: float) -> float:
    """Covariance of two SMDs against one control: 1/n_C + g1 g2 / (2 N), N all arms (Gleser & Olkin, 2009, eq.

    19.19).
    """
    return 1 / n_control + g_1 * g_2 / (2 * n_total)


def smd_two_outcomes_covariance(g_1: float, g_2: float, n_1: float, n_2: float, r: float) -> float:
    """Covariance of the SMDs of two outcomes correlated r in the same people (Gleser & Olkin, 2009, eq. 19.27)."""
    return (1 / n_1 + 1 / n_2) * r + g_1 * g_2 * r**2 / (2 * (n_1 + n_2))


def is_positive_definite(v: Array) -> bool:
    """Can this be a covariance matrix? Assumed correlations that contradict each other fail here."""
    try:
        np.linalg.cholesky(v)
    except np.linalg.LinAlgError:
        return False
    return True


def aggregate(yi: Array, v: Array) -> tuple[float, float]:
    """Inverse-variance average of correlated effects and its variance (weights from the whole covariance matrix)."""
    y = numbers(yi)
    ones = np.ones(len(y))
    solved = np.linalg.solve(v, np.column_stack([ones, y]))
    variance = 1 / float(ones @ solved[:, 0])
    return float(ones @ solved[:, 1]) * variance, variance


def split_control(n_control: float, contrasts: int) -> float:
    """The part of a shared control that one of `contrasts` comparisons gets (Handbook, 23.3.4)."""
    return n_control / contrasts


def sampling_covariance(effects: pd.DataFrame, *, rho: float = 0.5, phi: float = 1.0) -> Array:
    """V of rows of effects.csv: effects of one cluster correlate by outcome, time and the arms that they share.

    The correlation is `rho` between different outcomes, `phi` to the power of the weeks between, times that of shared arms (1
    for the same two arms, 0 for effects of one study without an arm in common); rows without arms are one sample.
    """
    cluster = effects["cluster"].astype(str).tolist()
    weeks = pd.to_numeric(effects["time_weeks"], errors="coerce").fillna(0.0).tolist()
    by_outcome = _within(cluster, effects["outcome_id"].tolist(), weeks, rho, phi)
    arms = [effects[c].fillna("").astype(str).tolist() for c in ("arm_1", "arm_2")]
    n = [pd.to_numeric(effects[c], errors="coerce").fillna(1.0).to_numpy(dtype=float) for c in ("n1", "n2")]
    shared = correlation_of_shared_arms(cluster, *arms, *n)
    no_arms = np.array([a == "" for a in arms[0]])
    shared[np.ix_(no_arms, no_arms)] = 1.0
    return covariance_matrix(effects["vi"].to_numpy(dtype=float), _no_twins(by_outcome * shared, rho))
