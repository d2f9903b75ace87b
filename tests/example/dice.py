"""Random numbers that are the same on every platform and Python.

Only `random.Random.random()` is used, the one method whose sequence the standard library promises to keep for a seed.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A seeded source of choices. `Dice(7, "votes")` and `Dice(7, "effects")` are independent of each other, so that
    a change in one part of the simulation leaves the other parts as they were."""

    def __init__(self, seed: int, part: str) -> None:
        self._random = random.Random(f"{seed}:{part}")

    def unit(self) -> float:
        """A number in (0, 1)."""
        return min(max(self._random.random(), 1e-12), 1 - 1e-12)

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.unit() * (high - low + 1))

    def between(self, low: float, high: float) -> float:
        """A number between `low` and `high`."""
        return low + self.unit() * (high - low)

    def normal(self, mean: float, sd: float) -> float:
        """A normally distributed number."""
        return mean + sd * NormalDist().inv_cdf(self.unit())

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.unit() < probability

    def one(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.whole(0, len(options) - 1)]

    def some(self, options: Sequence[T], number: int) -> list[T]:
        """`number` different options, in the order drawn."""
        return self.shuffled(options)[:number]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All options in a random order (Fisher-Yates)."""
        order = list(options)
        for last in range(len(order) - 1, 0, -1):
            other = self.whole(0, last)
            order[last], order[other] = order[other], order[last]
        return order

    def weighted(self, options: Mapping[T, float]) -> T:
        """One of the keys, drawn with its weight."""
        point = self.unit() * sum(options.values())
        for option, weight in options.items():
            point -= weight
            if point < 0:
                return option
        return list(options)[-1]
