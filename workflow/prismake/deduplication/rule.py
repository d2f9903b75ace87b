"""A rule of a decision: a name, an outcome and a condition on comparisons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from prismake.deduplication.conditions import Pairs

DUPLICATE, DIFFERENT, PERSON, RELATED = "duplicate", "different", "person", "related"


@dataclass(frozen=True)
class Rule:
    """A name, an outcome, the condition, the relation where the outcome is `related`, the least daring mode that uses it."""

    name: str
    outcome: str
    condition: Callable[[Pairs], np.ndarray]
    relation: str = ""
    mode: str = "only exact"


def careful(name: str, condition: Callable[[Pairs], np.ndarray]) -> Rule:
    """A rule that joins in every mode but the strictest."""
    return Rule(name, DUPLICATE, condition, mode="careful")
