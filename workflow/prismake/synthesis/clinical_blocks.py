"""The clinical reading of an analysis, its power and its sequential boundary, as the block `clinical` of result.json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prismake.synthesis import clinical
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.pooling import Pool
from prismake.synthesis.power import (
    HETEROGENEITY,
    detectable_effect,
    power_of_difference,
    power_of_homogeneity,
    power_of_mean,
    power_of_z,
    studies_needed,
    variance_of_smd,
)
from prismake.synthesis.result import plain
from prismake.synthesis.sequential_block import sequential_block
from prismake.synthesis.specification import DEPENDENT, TABLES, Specification

Array = NDArray[np.float64]

DIFFERENCES = frozenset({"SMD", "SMDH", "SMD1", "SMD1H", "PBIT", "OR2D", "OR2DN", "OR2DL"})
"""Measures that are standardised mean differences of two groups, or estimate one."""
ODDS_RATIOS = frozenset({"OR", "PETO", "D2OR", "D2ORN", "D2ORL"})
KEYS = frozenset({"control_event_rate", "higher_is", "power", "sequential"})


def clinical_block(result: Mapping[str, Any], pooled: Pool, spec: Specification) -> dict[str, Any]:
    """reading, power and sequential, each with its own reason where it cannot be had."""
    asked = spec.clinical or {}
    block: dict[str, Any] = {"reading": _or_reason(lambda: reading_block(result, asked))}
    if asked.get("power") is not None:
        block["power"] = _or_reason(lambda: power_block(result, pooled, spec, asked["power"]))
    if asked.get("sequential") is not None:
        block["sequential"] = _or_reason(lambda: sequential_block(pooled, spec, asked["sequential"]))
    return plain(block)


def _or_reason(make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return make()
    except NotEstimable as reason:
        return {"not_estimable": str(reason)}


def reading_block(result: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the estimate and its interval mean for patients, on the side of the intervention.

    Raises NotEstimable where there is no estimate, or the measure has no such reading.
    """
    estimate, measure = result["estimate"], str(result["measure"])
    if estimate is None:
        raise NotEstimable(str(result["not_estimable"] or "there is no estimate"))
    sign = -1.0 if asked.get("higher_is", "better") == "worse" else 1.0
    values = np.array([estimate[key] for key in ("b", "ci_lb", "ci_ub")], dtype=float)
    d, how = _as_d(values, measure)
    block: dict[str, Any] = {
        "measure": measure,
        "higher_is": asked.get("higher_is", "better"),
        "d": None if d is None else _interval(sign * d),
        "d_from": how,
        "not_estimable": None,
    }
    if d is not None:
        r = np.tanh(values) if measure == "ZCOR" else values if measure == "COR" else clinical.correlation_of(d)
        block |= _of_difference(sign * d, sign * r)
    block["nnt"] = _numbers_needed(values, d, measure, sign, _rates(asked))
    if d is None and not block["nnt"]:
        raise NotEstimable(f"effects of the measure {measure} have this reading only with a control event rate")
    return block


def _as_d(values: Array, measure: str) -> tuple[Array | None, str | None]:
    """The values as standardised mean differences of two groups, and how they were made so; None where none is."""
    if measure in DIFFERENCES:
        return values, None
    if measure in ODDS_RATIOS:
        return clinical.d_from_log_odds_ratio(values), "ln(OR) * sqrt(3) / pi (Chinn 2000)"
    if measure in ("COR", "ZCOR"):
        r = np.tanh(values) if measure == "ZCOR" else values
        return clinical.d_from_correlation(r), "2 r / sqrt(1 - r^2)"
    if measure in ("RR", "RD"):
        return None, None
    raise NotEstimable(f"effects of the measure {measure or '(none)'} have no such reading")


def _of_difference(d: Array, r: Array) -> dict[str, Any]:
    """Readings of a standardised mean difference; r is the correlation that goes with it."""
    success, failure = clinical.binomial_effect_size_display(r)
    return {
        "probability_of_superiority": _interval(clinical.probability_of_superiority(d)),
        "cohen_u3": _interval(clinical.cohen_u3(d)),
        "cohen_u1": _even(d, clinical.cohen_u1),
        "overlap": _even(d, clinical.overlap),
        "besd": {"r": _interval(r), "intervention": _interval(success), "control": _interval(failure)},
    }


def _interval(three: Array) -> dict[str, float]:
    """Value and bounds, the lower one first whichever way the reading runs."""
    return {"b": float(three[0]), "ci_lb": float(three[1:].min()), "ci_ub": float(three[1:].max())}


def _even(d: Array, reading: Callable[[Array], Array]) -> dict[str, float]:
    """A reading of |d|, whose interval reaches the value at 0 where the interval of d holds 0."""
    ends = reading(d[1:])
    inside = reading(np.zeros(1)) if d[1:].min() < 0.0 < d[1:].max() else np.empty(0)
    both = np.concatenate([ends, inside])
    return {"b": float(reading(d[:1])[0]), "ci_lb": float(both.min()), "ci_ub": float(both.max())}


def _rates(asked: Mapping[str, Any]) -> list[float]:
    given = asked.get("control_event_rate")
    return [] if given is None else [float(rate) for rate in (given if isinstance(given, (list, tuple)) else [given])]


def _numbers_needed(
    values: Array, d: Array | None, measure: str, sign: float, rates: list[float]
) -> list[dict[str, Any]]:
    """One number needed to treat a method and control event rate."""
    found = []
    if d is not None:
        found.append(_number_needed("Kraemer & Kupfer (2006)", clinical.success_rate_difference(sign * d)))
    for rate in rates:
        if measure in ODDS_RATIOS:
            method, event_rate = "control event rate and odds ratio", clinical.event_rate_from_odds_ratio(values, rate)
        elif measure == "RR":
            method, event_rate = "control event rate and risk ratio", clinical.event_rate_from_risk_ratio(values, rate)
        elif measure == "RD":
            method, event_rate = "risk difference", clinical.event_rate_from_risk_difference(values, rate)
        elif d is not None:
            # The rate is that of responders, so the effect counts towards responding whichever way the scale runs.
            responders = clinical.event_rate_from_d(sign * d, rate)
            found.append(_number_needed("Furukawa & Leucht (2011)", responders - rate, rate, responders))
            continue
        found.append(_number_needed(method, sign * (event_rate - rate), rate, event_rate))
    return found


def _number_needed(
    method: str, difference: Array, control: float | None = None, intervention: Array | None = None
) -> dict[str, Any]:
    """The number with its interval; where that holds no difference it runs through infinity (Altman 1998, BMJ
    317:1309), and its ends are a number needed to benefit (positive) and one to harm (negative)."""
    span = _interval(difference)
    through = bool(span["ci_lb"] <= 0.0 <= span["ci_ub"])
    number = float(clinical.number_needed_to_treat(span["b"]))
    return {
        "method": method,
        "control_event_rate": control,
        "intervention_event_rate": None if intervention is None else _interval(intervention),
        "difference": span,
        "nnt": number,
        "nnt_ci_lb": float(clinical.number_needed_to_treat(span["ci_ub"])),
        "nnt_ci_ub": float(clinical.number_needed_to_treat(span["ci_lb"])),
        "through_infinity": through,
        "harm": number < 0,
        "not_estimable": None if np.isfinite(number) else "there is no difference, so no number is enough",
    }


def power_block(
    result: Mapping[str, Any], pooled: Pool, spec: Specification, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """Power to find the effect that the protocol names, with the studies planned and with those found.

    The effect is the protocol's, never the estimate: power at the estimate only says again what its p says. All powers
    are of z tests.
    """
    effect, target = float(asked["effect"]), float(asked.get("power", 0.8))
    block: dict[str, Any] = {"effect": effect, "target": target, "level": spec.level}
    block["planned"] = _planned(effect, target, spec.level, asked)
    block["observed"] = _or_reason(lambda: _observed(result, pooled, spec, effect, target))
    if asked.get("difference") is not None:
        block["subgroups"] = _subgroup_power(result, float(asked["difference"]), target, spec.level)
    return block


def _planned(effect: float, target: float, level: float, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """Power for k studies of one size, under each degree of heterogeneity or the tau2 or I2 that was foreseen."""
    if asked.get("k") is None:
        return None
    if asked.get("variance") is not None:
        variance = float(asked["variance"])
    else:
        variance = variance_of_smd(effect, float(asked["n1"]), float(asked["n2"]))
    k = int(asked["k"])
    rows = []
    for name, tau2 in _foreseen(variance, asked).items():
        found = power_of_mean(effect, np.full(k, variance), tau2, power=target, level=level)
        rows.append(
            {
                "heterogeneity": name,
                "tau2": tau2,
                "I2": 100.0 * tau2 / (tau2 + variance),
                "se": found.se,
                "power": found.power,
                "detectable": found.detectable,
                "studies_needed": studies_needed(effect, variance, tau2, power=target, level=level),
            }
        )
    return {"k": k, "variance": variance, "n1": asked.get("n1"), "n2": asked.get("n2"), "rows": rows}


def _foreseen(variance: float, asked: Mapping[str, Any]) -> dict[str, float]:
    if asked.get("tau2") is not None:
        return {"none": 0.0, "foreseen": float(asked["tau2"])}
    if asked.get("I2") is not None:
        return {"none": 0.0, "foreseen": variance * float(asked["I2"]) / (100.0 - float(asked["I2"]))}
    return {name: share * variance for name, share in HETEROGENEITY.items()}


def _observed(
    result: Mapping[str, Any], pooled: Pool, spec: Specification, effect: float, target: float
) -> dict[str, Any]:
    """Power of the studies that were found, under the fixed-effect model and the model of the analysis."""
    if result["estimate"] is None:
        raise NotEstimable(str(result["not_estimable"] or "there is no estimate"))
    se = float(result["estimate"]["se"])
    rows = [
        {
            "model": spec.model,
            "se": se,
            "power": float(power_of_z(effect, se, spec.level)),
            "detectable": detectable_effect(se, target, spec.level),
        }
    ]
    block: dict[str, Any] = {"k": pooled.k, "rows": rows, "homogeneity": None}
    if spec.model in DEPENDENT or spec.model in TABLES:
        return block
    fixed = power_of_mean(effect, pooled.vi, power=target, level=spec.level)
    rows.insert(0, {"model": "fixed", "se": fixed.se, "power": fixed.power, "detectable": fixed.detectable})
    tau2 = float((result["heterogeneity"] or {}).get("tau2") or 0.0)
    if tau2 > 0 and pooled.yi.size > 1:
        block["homogeneity"] = {"tau2": tau2, "power": power_of_homogeneity(pooled.vi, tau2, spec.level)}
    if spec.method == "EE":
        del rows[1:]
    return block


def _subgroup_power(
    result: Mapping[str, Any], difference: float, target: float, level: float
) -> dict[str, list[dict[str, Any]]]:
    """Power to find a difference between each two levels of each subgroup, from the standard errors they have."""
    found: dict[str, list[dict[str, Any]]] = {}
    for column, block in result["subgroups"].items():
        fitted = [one for one in block["levels"] if one["estimate"] is not None]
        found[column] = []
        for first, second in combinations(fitted, 2):
            ses = np.array([first["estimate"]["se"], second["estimate"]["se"]], dtype=float)
            se = float(np.hypot(*ses))
            found[column].append(
                {
                    "levels": [first["level"], second["level"]],
                    "difference": difference,
                    "se": se,
                    "power": power_of_difference([0.0, difference], ses, level),
                    "detectable": detectable_effect(se, target, level),
                }
            )
    return found
