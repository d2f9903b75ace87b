"""The table of measures: what each needs, and which variances it offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from prismake.synthesis.effect_sizes.numeric import Array

Estimate = tuple[Array, Array]


@dataclass(frozen=True)
class Options:
    """How zero cells and small samples are treated.

    `vtype` is one name or one for each row. `add`, `to` and `drop00` are metafor's: the number added, to which tables
    (`all`, `only0`, `if0all`, `none`), and whether tables without any event (or without any non-event) are dropped.
    """

    vtype: str | tuple[str, ...] = "LS"
    add: float | None = None
    to: str = "only0"
    drop00: bool = False
    correct: bool = True
    correction: str = "exact"

    def added(self, default: float = 0.5) -> float:
        """The number to add, `default` where the caller did not say."""
        return default if self.add is None else self.add

    def small_sample(self) -> str:
        """The name of the correction to apply."""
        return self.correction if self.correct else "none"


@dataclass(frozen=True)
class Measure:
    """One measure: its name, its long name, the variances it offers, and its function."""

    name: str
    title: str
    vtypes: tuple[str, ...]
    compute: Callable[[Mapping[str, Array], Options], Estimate]


MEASURES: dict[str, Measure] = {}


def measure(
    name: str, title: str, vtypes: tuple[str, ...] = ("LS",)
) -> Callable[[Callable[[Mapping[str, Array], Options], Estimate]], Callable]:
    """Enter a function into the table under `name`."""

    def enter(function: Callable[[Mapping[str, Array], Options], Estimate]) -> Callable:
        MEASURES[name] = Measure(name, title, vtypes, function)
        return function

    return enter


def choose(vtype: str | tuple[str, ...], variances: Mapping[str, Array]) -> Array:
    """For each row the variance that `vtype` asks for."""
    if isinstance(vtype, str):
        return variances[vtype]
    columns = {name: np.broadcast_to(v, (len(vtype),)) for name, v in variances.items()}
    return np.array([columns[name][i] for i, name in enumerate(vtype)])


def need(data: Mapping[str, Array], *names: str) -> list[Array]:
    """The arrays of these names; a measure that lacks one says which."""
    missing = [n for n in names if n not in data]
    if missing:
        raise KeyError(f"missing input: {', '.join(missing)}")
    return [data[n] for n in names]
