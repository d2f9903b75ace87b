"""What a meta-regression predicts along each of its moderators, with intervals: the rows of a table, the band of a plot."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prismake.synthesis.design import Design
from prismake.synthesis.distributions import critical
from prismake.synthesis.moderation import prediction_at
from prismake.synthesis.result import plain, transformed_block

Array = NDArray[np.float64]

POINTS = 21
"""Values of a numeric moderator from its lowest to its highest; the first, the middle and the last are tabulated."""


def predicted(
    design: Design,
    b: Array,
    vb: Array,
    *,
    tau2: float | None,
    level: float,
    df: float | None,
    measure: str = "",
    transform: str | None = None,
) -> list[dict[str, Any]]:
    """For each term that has no part in an interaction its predictions, the other columns at their means, as metafor's
    `regplot` and `predict` have them.

    Args:
        b, vb: coefficients (p,) of the design's columns and their covariance (p, p).
        tau2: variance of true effects, that of studies and of effects within them together; None for a model without
            one, whose predictions have no prediction interval.
        level: percent; df: degrees of freedom, None for a normal reference.
        measure, transform: as the analysis has them, for `transformed`.

    Returns:
        One dictionary a term: term, kind (numeric or factor), and rows of value, estimate (b, se, ci_lb, ci_ub, pi_lb,
        pi_ub) and transformed (None where the scale of analysis is the one that is read).
    """
    joined = {part for name in design.terms if ":" in name for part in name.split(":")}
    blocks: list[dict[str, Any]] = []
    for term, columns in design.terms.items():
        if ":" in term or term in joined or not columns:
            continue
        factor = term in design.levels
        values = design.levels[term] if factor else _grid(design.x[:, columns[0]])
        at = np.tile(design.x.mean(axis=0), (len(values), 1))
        at[:, columns] = np.eye(len(values))[:, 1:] if factor else np.asarray(values)[:, None]
        found = asdict(prediction_at(at, b, vb, tau2 or 0.0, float(critical(level, df))))
        found |= {"pi_lb": np.full(len(values), np.nan), "pi_ub": np.full(len(values), np.nan)} if tau2 is None else {}
        rows = []
        for i, value in enumerate(values):
            estimate = plain({("b" if key == "pred" else key): array[i] for key, array in found.items()})
            transformed = transformed_block(estimate, measure, transform)
            rows.append({"value": value, "estimate": estimate, "transformed": transformed})
        blocks.append({"term": term, "kind": "factor" if factor else "numeric", "rows": rows})
    return blocks


def _grid(values: Array) -> list[float]:
    return np.linspace(values.min(), values.max(), POINTS).tolist()
