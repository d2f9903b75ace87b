"""The names of a review's numbers, and where in results/ each stands.

`flow.records_screened` is a box of results/flow/flow.json; `primary.k` a key of results/analyses/primary/result.json.
Every number below an analysis has its dotted key as its name (`primary.heterogeneity.tau2`); those that texts use most
have a short one too (`primary.estimate`, `primary.tau2`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Place:
    """Where a number stands: file relative to the review folder, dotted key in it, raw value."""

    file: str
    key: str
    value: float | int | str | None


# Short name -> dotted key of result.json.
SHORT = {
    "estimate": "estimate.b",
    "se": "estimate.se",
    "ci_lb": "estimate.ci_lb",
    "ci_ub": "estimate.ci_ub",
    "pi_lb": "estimate.pi_lb",
    "pi_ub": "estimate.pi_ub",
    "pval": "estimate.pval",
    "tau2": "heterogeneity.tau2",
    "I2": "heterogeneity.I2",
    "H2": "heterogeneity.H2",
    "Q": "heterogeneity.QE",
}


def scalars(tree: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted key, value) of every number, text or null below a mapping or list; list items count from 0."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from scalars(value, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            yield from scalars(value, f"{prefix}.{number}" if prefix else str(number))
    else:
        yield prefix, tree


# First part of a name -> file, for the numbers besides the flow and the analyses.
OTHERS = {
    "deduplication": "results/deduplication/summary.json",
    "agreement": "results/screening/agreement.json",
    "risk_of_bias": "results/risk_of_bias/summary.json",
    "risk_of_bias_agreement": "results/risk_of_bias/agreement.json",
    "narrative": "results/narrative/narrative.json",
}


def catalogue(
    flow: Mapping[str, Any] | None,
    analyses: Mapping[str, Mapping[str, Any]],
    others: Mapping[str, Any] | None = None,
) -> dict[str, Place]:
    """Name -> place of every number of the flow and of the analyses.

    Args:
        flow: the content of results/flow/flow.json, None where there is none.
        analyses: analysis -> the content of its result.json.
        others: first part of a name (of `OTHERS`) -> the content of its file.
    """
    places: dict[str, Place] = {}
    for part, content in sorted((others or {}).items()):
        for key, value in scalars(content):
            places[f"{part}.{key}"] = Place(OTHERS[part], key, value)
    for key, value in (flow or {}).get("boxes", {}).items():
        places[f"flow.{key}"] = Place("results/flow/flow.json", f"boxes.{key}", value)
    for name in sorted(analyses):
        file = f"results/analyses/{name}/result.json"
        keys = dict(scalars(analyses[name]))
        for key, value in keys.items():
            places[f"{name}.{key}"] = Place(file, key, value)
        for short, key in SHORT.items():
            if key in keys:
                places[f"{name}.{short}"] = Place(file, key, keys[key])
    return places


def numeric(places: Mapping[str, Place]) -> dict[str, float]:
    """Name -> raw value of every place that holds a number."""
    return {
        name: place.value
        for name, place in places.items()
        if isinstance(place.value, int | float) and not isinstance(place.value, bool)
    }


def read_numbers(folder: Path) -> dict[str, float] | None:
    """Name -> raw value of every number of a built review; None where nothing is built in the folder."""
    flow = folder / "results/flow/flow.json"
    results = sorted(folder.glob("results/analyses/*/result.json"))
    if not flow.exists() and not results:
        return None
    analyses = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in results}
    return numeric(catalogue(json.loads(flow.read_text(encoding="utf-8")) if flow.exists() else None, analyses))
