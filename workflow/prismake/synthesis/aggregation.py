"""One effect for each study: averaged under an assumed correlation, the first, the lowest, the highest, or all.

The average is metafor's `aggregate` with a compound-symmetric structure: within a study the sampling errors correlate
rho, and the effects are combined by generalised least squares (weighted) or by their plain mean (unweighted;
Borenstein et al. 2009, ch. 24). With rho = 1 every effect of a study carries the same information, so only unequal
variances matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

RULES = ("average", "first", "lowest", "highest", "all")


@dataclass(frozen=True)
class Aggregated:
    """One row a study in order of first appearance. `rows` lists the positions of the effects behind each."""

    yi: Array
    vi: Array
    study: NDArray[np.object_]
    rows: list[NDArray[np.intp]]


def positions_by_study(study: ArrayLike) -> tuple[NDArray[np.object_], list[NDArray[np.intp]]]:
    """(the studies in order of first appearance, the positions of their effects)."""
    labels = np.asarray(study, dtype=object)
    order: dict[object, list[int]] = {}
    for position, label in enumerate(labels):
        order.setdefault(label, []).append(position)
    return np.array(list(order), dtype=object), [np.array(rows, dtype=np.intp) for rows in order.values()]


def combine_within(y: Array, v: Array, rho: float, *, weighted: bool = True) -> tuple[float, float]:
    """(effect, variance) of one study's effects whose sampling errors correlate rho.

    With rho = 1 the covariance is singular; then the most precise effect is taken, the limit of the weighted mean when
    one variance is the smallest (the mean of those that are equally precise).
    """
    if y.size == 1:
        return float(y[0]), float(v[0])
    covariance = rho * np.sqrt(np.outer(v, v))
    np.fill_diagonal(covariance, v)
    if not weighted:
        return float(y.mean()), float(covariance.sum() / y.size**2)
    if rho >= 1.0:
        best = v == v.min()
        return float(y[best].mean()), float(v.min())
    solved = np.linalg.solve(covariance, np.column_stack([np.ones_like(y), y]))
    total = solved[:, 0].sum()
    return float(solved[:, 1].sum() / total), float(1.0 / total)


def one_per_study(
    yi: ArrayLike, vi: ArrayLike, study: ArrayLike, rule: str, *, rho: float = 0.6, weighted: bool = True
) -> Aggregated:
    """Apply a rule to effects yi, vi (n,) of the studies named in `study` (n,).

    lowest and highest take the numerically smallest and largest effect of each study. Raises ValueError for an unknown
    rule or a rho outside [0, 1].
    """
    if rule not in RULES:
        raise ValueError(f"unknown rule {rule!r}; known: {', '.join(RULES)}")
    if not 0.0 <= rho <= 1.0:
        raise ValueError(f"rho must lie between 0 and 1, not {rho}")
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    labels = np.asarray(study, dtype=object)
    if rule == "all":
        return Aggregated(y, v, labels, [np.array([i]) for i in range(y.size)])
    studies, groups = positions_by_study(labels)
    if rule == "average":
        pairs = [combine_within(y[rows], v[rows], rho, weighted=weighted) for rows in groups]
        means = np.array(pairs, dtype=float).reshape(-1, 2)
        return Aggregated(means[:, 0], means[:, 1], studies, groups)
    picked = [int(rows[_choice(y[rows], rule)]) for rows in groups]
    return Aggregated(y[picked], v[picked], studies, [np.array([i]) for i in picked])


def _choice(y: Array, rule: str) -> int:
    if rule == "first":
        return 0
    return int(np.argmin(y) if rule == "lowest" else np.argmax(y))
