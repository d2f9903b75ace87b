"""The trial sequential analysis of an analysis: required information, a look a year, the boundary at each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from prismake.synthesis.futility import Futility, futility_boundaries
from prismake.synthesis.influence import cumulative
from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.pooling import Pool
from prismake.synthesis.sequential import (
    diversity,
    obrien_fleming_boundaries,
    obrien_fleming_spending,
    required_information,
    required_participants,
)
from prismake.synthesis.specification import DEPENDENT, TABLES, Specification

_STANDARDISED = frozenset({"SMD", "SMDH"})


def sequential_block(pooled: Pool, spec: Specification, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Looks in the order of publication, one a year, each with its information, Z, boundary and whether it crossed.

    Information is that of the fixed-effect weights; heterogeneity enters through the diversity, by which what is
    required grows. Z is the estimate of the analysis's model by its standard error, and normal.
    Raises NotEstimable for models of dependent effects and two-by-two tables, and where no year is known.
    """
    if spec.model in DEPENDENT or spec.model in TABLES:
        raise NotEstimable(f"sequential boundaries are for models of independent effects, not for {spec.model}")
    if pooled.k == 0:
        raise NotEstimable("there are no effects to pool")
    alpha, power = float(asked.get("alpha", 0.05)), float(asked.get("power", 0.9))
    effect = float(asked["effect"])
    column = str(asked.get("order_by", "study_year"))
    times = _times(pooled, column)
    heterogeneity = _diversity(pooled, spec, asked)
    required = required_information(effect, alpha=alpha, power=power, diversity=heterogeneity["value"])
    inflation = _inflation(pooled, times, required, alpha, power) if asked.get("futility") else 1.0
    required *= inflation
    looks = _looks(pooled, spec, times, required, alpha)
    if asked.get("futility"):
        _add_futility(looks, alpha, power)
    crossed = [look for look in looks if look["crossed"]]
    last = looks[-1]
    return {
        "effect": effect,
        "alpha": alpha,
        "power": power,
        "order_by": column,
        "diversity": heterogeneity,
        "required_information": required,
        "required_information_homogeneous": required_information(effect, alpha=alpha, power=power),
        "required_participants": _participants(pooled, effect, alpha, power, heterogeneity["value"], inflation),
        "futility": bool(asked.get("futility")),
        "inflation": inflation,
        "information": last["information"],
        "fraction": last["fraction"],
        "looks": looks,
        "crossed": bool(crossed),
        "crossed_at": crossed[0]["at"] if crossed else None,
        "reached": last["fraction"] >= 1.0,
        "futile_at": next((look["at"] for look in looks if look["futile"] and not _before(crossed, look, looks)), None),
        "not_estimable": None,
    }


def _times(pooled: Pool, column: str) -> np.ndarray:
    """When each pooled row came, inf where that is not known: such rows come last, as one look."""
    if column not in pooled.table:
        raise NotEstimable(f"the effects have no column {column} to order them by")
    values = np.array([_number(value) for value in pooled.table[column]])
    if np.isinf(values).all():
        raise NotEstimable(f"no effect has a number in the column {column} to order it by")
    return values


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return float("inf")
    return number if np.isfinite(number) else float("inf")


def _diversity(pooled: Pool, spec: Specification, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The diversity that the protocol assumed, else the one observed under the analysis's estimator."""
    if asked.get("diversity") not in (None, "observed"):
        return {"value": float(asked["diversity"]), "basis": "assumed"}
    if spec.method == "EE" or pooled.yi.size < 2:
        return {"value": 0.0, "basis": "observed"}
    return {
        "value": diversity(pooled.vi, float(fit(pooled.yi, pooled.vi, method=spec.method).tau2)),
        "basis": "observed",
    }


def _participants(
    pooled: Pool, effect: float, alpha: float, power: float, share: float, inflation: float
) -> float | None:
    """People that are required, for standardised mean differences, whose variance in a group is 1."""
    measures = set(pooled.source["measure"].astype(str)) if "measure" in pooled.source else set()
    if not measures or not measures <= _STANDARDISED:
        return None
    return float(np.ceil(inflation * required_participants(effect, alpha=alpha, power=power, diversity=share)))


def _before(crossed: list[dict[str, Any]], look: dict[str, Any], looks: list[dict[str, Any]]) -> bool:
    """Whether a boundary of efficacy was crossed before a look."""
    return bool(crossed) and looks.index(crossed[0]) < looks.index(look)


def _schedule(fractions: np.ndarray) -> np.ndarray:
    """The looks before the required information, and the one that reaches it."""
    return np.append(fractions[fractions < 1.0 - 1e-9], 1.0)


def _futility(fractions: np.ndarray, alpha: float, power: float) -> Futility:
    """Boundaries over a schedule; beta is spent as alpha is."""
    spent = obrien_fleming_spending(fractions, 1.0 - power)
    return futility_boundaries(fractions, obrien_fleming_boundaries(fractions, alpha), spent, alpha=alpha)


def _inflation(pooled: Pool, times: np.ndarray, required: float, alpha: float, power: float) -> float:
    """By what the required information grows for the futility boundary, at the looks that it leaves before its end."""
    ends = np.cumsum([float((1.0 / pooled.vi[times == when]).sum()) for when in np.unique(times)])
    factor = 1.0
    for _ in range(50):
        before, factor = factor, _futility(_schedule(ends / (required * factor)), alpha, power).inflation
        if abs(factor - before) <= 1e-9:
            break
    return factor


def _add_futility(looks: list[dict[str, Any]], alpha: float, power: float) -> None:
    """The boundary of futility at each look before the required information, and whether Z lies within it."""
    fractions = _schedule(np.array([look["fraction"] for look in looks]))
    found = _futility(fractions, alpha, power).boundaries
    for look, bound in zip(looks, found[:-1], strict=False):
        look["futility"] = None if np.isnan(bound) else float(bound)
        look["futile"] = bool(np.isfinite(bound) and abs(look["z"]) < bound)


def _looks(pooled: Pool, spec: Specification, times: np.ndarray, required: float, alpha: float) -> list[dict[str, Any]]:
    order, models = cumulative(pooled.yi, pooled.vi, times, method=spec.method, test="z", level=spec.level)
    information = np.cumsum(1.0 / pooled.vi[order])
    ends = [i for i in range(len(order)) if i + 1 == len(order) or times[order[i]] != times[order[i + 1]]]
    boundaries = obrien_fleming_boundaries(information[ends] / required, alpha)
    studies = pooled.table["study_id"].astype(str).to_numpy()
    looks = []
    for number, (end, boundary) in enumerate(zip(ends, boundaries, strict=True)):
        start = ends[number - 1] + 1 if number else 0
        z, when = float(models.row(end).statistic[0]), times[order[end]]
        looks.append(
            {
                "at": f"{when:g}" if np.isfinite(when) else "unknown",
                "added": [studies[i] for i in order[start : end + 1]],
                "k": int(np.unique(studies[order[: end + 1]]).size),
                "information": float(information[end]),
                "fraction": float(information[end] / required),
                "z": z,
                "boundary": float(boundary),
                "no_boundary": _why_none(float(boundary)),
                "crossed": bool(np.isfinite(boundary) and abs(z) >= boundary),
                "b": float(models.row(end).b[0]),
                "futility": None,
                "futile": False,
            }
        )
    return looks


def _why_none(boundary: float) -> str | None:
    """Why a look has no boundary to reach."""
    if np.isinf(boundary):
        return "too little information for any result to count"
    return "the required information was reached before" if np.isnan(boundary) else None
