"""Leaves: the values of a nested mapping by dotted path, and the overlay of deviations on them.

A leaf is a value that is not a mapping; lists are leaves, because their order carries meaning (exclusion reasons).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

_MISSING = object()


def leaf(tree: Mapping[str, Any], path: str, default: Any = _MISSING) -> Any:
    """The value at a dotted path; KeyError where there is none and no default was given."""
    node: Any = tree
    for part in path.split("."):
        if not isinstance(node, Mapping) or part not in node:
            if default is _MISSING:
                raise KeyError(path)
            return default
        node = node[part]
    return node


def leaves(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """All leaves by dotted path. An empty mapping is a leaf too, so that nothing is left out."""
    found: dict[str, Any] = {}
    for key, value in tree.items():
        path = f"{prefix}.{key}" if prefix else str(key)
        if isinstance(value, Mapping) and value:
            found.update(leaves(value, path))
        else:
            found[path] = value
    return found


def with_leaf(tree: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of the tree with `value` at the path; parents are made where they are missing.

    Raises:
        KeyError: if a parent on the path is itself a value.
    """
    changed = copy.deepcopy(dict(tree))
    node = changed
    *parents, last = path.split(".")
    for part in parents:
        child = node.setdefault(part, {})
        if not isinstance(child, dict):
            raise KeyError(path)
        node = child
    node[last] = copy.deepcopy(value)
    return changed


def without_leaf(tree: Mapping[str, Any], path: str) -> dict[str, Any]:
    """A copy of the tree without what stands at the path; the same where nothing stands there."""
    changed = copy.deepcopy(dict(tree))
    *parents, last = path.split(".")
    node: Any = changed
    for part in parents:
        node = node.get(part) if isinstance(node, dict) else None
    if isinstance(node, dict):
        node.pop(last, None)
    return changed


def filled(given: Mapping[str, Any], default: Mapping[str, Any]) -> dict[str, Any]:
    """`given` with what it lacks taken from `default`, nested."""
    whole = copy.deepcopy(dict(default))
    for key, value in given.items():
        if isinstance(value, Mapping) and isinstance(whole.get(key), Mapping):
            whole[key] = filled(value, whole[key])
        else:
            whole[key] = copy.deepcopy(value)
    return whole
