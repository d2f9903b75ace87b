"""Rows of an audit: one identity with both of its sides and its verdict."""

from __future__ import annotations

from typing import Literal, NamedTuple

Verdict = Literal["yes", "no", "warning", "not_applicable"]


class Row(NamedTuple):
    """An identity, what it says, its sides, whether it holds, and what a reader must know of that."""

    id: str
    statement: str
    left: int | None
    right: int | None
    holds: Verdict
    note: str = ""


Ways = dict[int, int]
"""What a left side may come to -> how many records from elsewhere are in it; the plainest first."""


def ways(left: int, elsewhere: int) -> Ways:
    """A left side without and with the records from elsewhere."""
    return {left: 0} | ({left + elsewhere: elsewhere} if elsewhere else {})


def one_of(id: str, statement: str, lefts: Ways, right: int, elsewhere: int = 0) -> Row:
    """An identity that holds in one of several ways; where in none, the nearest is shown."""
    left = right if right in lefts else min(lefts, key=lambda value: abs(value - right))
    note = f"{'with' if lefts[left] else 'without'} the {elsewhere} additional records" if elsewhere else ""
    return Row(id, statement, left, right, "yes" if left == right else "no", note)


def equal(id: str, statement: str, left: int | None, right: int | None, note: str = "") -> Row:
    """An identity of two numbers; the note is for one that breaks."""
    if left is None or right is None:
        return not_computable(id, statement, left, right)
    return Row(id, statement, left, right, "yes", "") if left == right else Row(id, statement, left, right, "no", note)


def at_most(id: str, statement: str, left: int | None, right: int | None, note: str = "") -> Row:
    """An identity that says that one number is at most another; the note is for one that breaks."""
    if left is None or right is None:
        return not_computable(id, statement, left, right)
    return Row(id, statement, left, right, "yes", "") if left <= right else Row(id, statement, left, right, "no", note)


def not_computable(id: str, statement: str, left: int | None, right: int | None) -> Row:
    """An identity of which a side is missing."""
    sides = [side for side, n in (("left", left), ("right", right)) if n is None]
    return Row(id, statement, left, right, "not_applicable", f"a number is missing on the {' and the '.join(sides)}")
