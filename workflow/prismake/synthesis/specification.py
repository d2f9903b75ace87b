"""What one analysis of the protocol asks for, with every default in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prismake.synthesis.model import TESTS
from prismake.synthesis.tau2 import METHODS

MODELS = ("equal", "fixed", "random", "multilevel", "che", "multivariate", "mantel_haenszel", "peto")
NESTED = ("multilevel", "che")
DEPENDENT = (*NESTED, "multivariate")
TABLES = ("mantel_haenszel", "peto")


@dataclass(frozen=True)
class Specification:
    """One analysis as the protocol states it. Method is DL, REML, ... for random models and EE for equal or fixed
    ones.
    """

    role: str = "confirmatory"
    title: str = ""
    effects: Mapping[str, Any] = field(default_factory=dict)
    one_per_study: str = "average"
    rho: float = 0.6
    measure: str = ""
    model: str = "random"
    method: str = "REML"
    test: str = "z"
    level: float = 95.0
    robust: str | None = None
    subgroups: tuple[str, ...] = ()
    subgroup_tau2: str = "separate"
    moderators: tuple[tuple[str, ...], ...] = ()
    sensitivity: tuple[str, ...] = ()
    publication_bias: tuple[str, ...] = ()
    high_risk_of_bias: tuple[str, ...] = ("high",)
    favours: tuple[str, ...] = ()
    transform: str | None = None
    clinical: Mapping[str, Any] | None = None
    bayesian: Mapping[str, Any] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def specification(spec: Mapping[str, Any]) -> Specification:
    """Read a protocol entry; a key that is null or absent takes its default. Raises ValueError for an unknown word."""
    given = {
        key: value for key, value in spec.items() if value is not None and key in Specification.__dataclass_fields__
    }
    for key in ("subgroups", "sensitivity", "publication_bias", "high_risk_of_bias", "favours"):
        if key in given:
            given[key] = tuple(given[key])
    if "moderators" in given:
        given["moderators"] = tuple(tuple(columns) for columns in given["moderators"])
    model = given.get("model", "random")
    if model not in MODELS:
        raise ValueError(f"unknown model {model!r}; known: {', '.join(MODELS)}")
    if model in ("equal", "fixed"):
        given["method"] = "EE"
    if model in DEPENDENT:
        # These models take every effect of a study; averaging first would leave nothing dependent.
        given.setdefault("one_per_study", "all")
    method = given.get("method", "REML")
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}; known: {', '.join(METHODS)}")
    if given.get("test", "z") not in TESTS:
        raise ValueError(f"unknown test {given['test']!r}; known: {', '.join(TESTS)}")
    return Specification(**given)
