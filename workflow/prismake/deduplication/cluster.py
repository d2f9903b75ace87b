"""Cluster: which source records are one record, checked as wholes.

Pairs are joined one at a time, from the strictest rule to the laxest; a pair is only joined if no member of the one side
contradicts a member of the other. So no chain of likenesses joins two records that contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np


class Clusters:
    """Sets of records that can be joined and kept apart (union by smallest root, so that the result knows no order)."""

    def __init__(self, n: int) -> None:
        self.parent = list(range(n))
        self.members: dict[int, list[int]] = {}
        self.apart: dict[int, set[int]] = {}

    def copy(self) -> Clusters:
        """The same sets, to be joined further; what is kept apart in one is kept apart in the other."""
        made = Clusters(0)
        made.parent, made.members, made.apart = self.parent.copy(), self.members.copy(), self.apart
        return made

    def root(self, i: int) -> int:
        parent = self.parent
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def of(self, i: int) -> list[int]:
        """The members of the record's set."""
        root = self.root(i)
        return self.members.get(root, [root])

    def keep_apart(self, i: int, j: int) -> None:
        """No set shall hold both."""
        self.apart.setdefault(i, set()).add(j)
        self.apart.setdefault(j, set()).add(i)

    def contradiction(self, i: int, j: int) -> tuple[int, int] | None:
        """Two records of the two sets that shall not be one, the smallest such pair."""
        one, other = self.of(i), self.of(j)
        if len(one) > len(other):
            one, other = other, one
        others = set(other)
        found = [(a, min(self.apart[a] & others)) for a in sorted(one) if a in self.apart and self.apart[a] & others]
        return found[0] if found else None

    def join(self, i: int, j: int) -> None:
        """Make the two sets one."""
        a, b = self.root(i), self.root(j)
        if a == b:
            return
        a, b = min(a, b), max(a, b)
        self.parent[b] = a
        self.members[a] = self.members.get(a, [a]) + self.members.pop(b, [b])

    def roots(self) -> np.ndarray:
        """The smallest member of each record's set."""
        return np.fromiter((self.root(i) for i in range(len(self.parent))), dtype=np.int64, count=len(self.parent))


def cluster(clusters: Clusters, joins: Iterable[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Join the pairs in the order given; those refused: (left, right, and the two records that contradict each other)."""
    refused = []
    for i, j in joins:
        if clusters.root(i) == clusters.root(j):
            continue
        clash = clusters.contradiction(i, j)
        if clash is None:
            clusters.join(i, j)
        else:
            refused.append((i, j, *clash))
    return refused


def keep_ruled_apart(clusters: Clusters, same: Iterable[tuple[int, int]], different: Iterable[tuple[int, int]]) -> None:
    """Keep apart what people ruled different, and with it what they ruled the same as either."""
    ruled = Clusters(len(clusters.parent))
    for i, j in same:
        ruled.join(i, j)
    for i, j in different:
        for a in ruled.of(i):
            for b in ruled.of(j):
                clusters.keep_apart(a, b)
