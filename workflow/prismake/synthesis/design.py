"""Design matrices from columns of a table: numbers, factors and their interactions, named as R names them.

A term is a column ("year"), or columns joined by ":" (their interaction alone) or "*" (main effects and interaction).
A column whose values all read as numbers is numeric; any other is a factor, treatment-coded against its first level in
sorted order, or in the order given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """x (n, p) of the complete rows, the names of its columns, the positions of those rows, and the levels of each
    factor.

    terms: for each term, the columns of x that it made, so that a factor can be tested as a whole.
    """

    x: Array
    names: list[str]
    rows: NDArray[np.intp]
    levels: dict[str, list[str]]
    terms: dict[str, list[int]]


def as_numbers(values: Sequence[object]) -> Array | None:
    """The values as floats with NaN for blanks, or None when one of them is not a number."""
    numbers = np.empty(len(values))
    for position, value in enumerate(values):
        if _blank(value):
            numbers[position] = np.nan
            continue
        if isinstance(value, (bool, np.bool_)):
            return None
        try:
            numbers[position] = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return None
    return numbers


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or bool(value != value)


def expand_terms(terms: Sequence[str]) -> list[str]:
    """Main effects and interactions behind each term, without repeats, in order: "a*b" gives a, b, a:b."""
    expanded: list[str] = []
    for term in terms:
        parts = [part.strip() for part in term.replace("*", ":").split(":")]
        wanted = [*parts, ":".join(parts)] if "*" in term else [":".join(parts)]
        expanded += [name for name in wanted if name not in expanded]
    return sorted(expanded, key=lambda name: name.count(":"))


def design_matrix(
    columns: Mapping[str, Sequence[object]],
    terms: Sequence[str],
    *,
    intercept: bool = True,
    levels: Mapping[str, Sequence[str]] | None = None,
    factors: Sequence[str] = (),
) -> Design:
    """The design of `terms` over the rows where every column they use has a value.

    levels: an order of levels by column (levels absent from the data are left out). factors: columns to treat as
    factors although they read as numbers. Raises KeyError for a column that is not there.
    """
    names = expand_terms(terms)
    used = list(dict.fromkeys(part for name in names for part in name.split(":")))
    n = len(next(iter(columns.values()))) if columns else 0
    complete = np.array([all(not _blank(columns[c][i]) for c in used) for i in range(n)], dtype=bool)
    rows = np.flatnonzero(complete)
    blocks: dict[str, tuple[Array, list[str]]] = {}
    found: dict[str, list[str]] = {}
    for column in used:
        values = [columns[column][i] for i in rows]
        numbers = None if column in factors else as_numbers(values)
        if numbers is not None:
            blocks[column] = (numbers[:, None], [column])
            continue
        present = {level_text(value) for value in values}
        order = [*(levels or {}).get(column, ())]
        ordered = [level for level in order if level in present] + sorted(present - set(order), key=level_order)
        found[column] = ordered
        text = [level_text(value) for value in values]
        dummies = np.array([[float(cell == level) for level in ordered[1:]] for cell in text])
        dummies = dummies.reshape(rows.size, max(len(ordered) - 1, 0))
        blocks[column] = (dummies, [f"{column}{level}" for level in ordered[1:]])
    parts: list[Array] = [np.ones((rows.size, 1))] if intercept else []
    labels = ["intrcpt"] if intercept else []
    positions: dict[str, list[int]] = {}
    for name in names:
        block, block_names = _interaction([blocks[part] for part in name.split(":")])
        positions[name] = list(range(len(labels), len(labels) + len(block_names)))
        parts.append(block)
        labels += block_names
    x = np.hstack(parts) if parts else np.empty((rows.size, 0))
    return Design(x, labels, rows, found, positions)


def level_text(value: object) -> str:
    """A level's name: 3.0 is "3"."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def level_order(level: str) -> tuple[int, float, str]:
    """The sorting key of levels: numbers in order of size first, then words, so that "10" comes after "9"."""
    try:
        return (0, float(level), level)
    except ValueError:
        return (1, 0.0, level)


def _interaction(blocks: list[tuple[Array, list[str]]]) -> tuple[Array, list[str]]:
    x, names = blocks[0]
    for other, other_names in blocks[1:]:
        pairs = [x[:, i] * other[:, j] for j in range(other.shape[1]) for i in range(x.shape[1])]
        # A factor with one level has no column, and so has its interaction.
        x = np.stack(pairs, axis=1) if pairs else np.empty((x.shape[0], 0))
        names = [f"{a}:{b}" for b in other_names for a in names]
    return x, names
