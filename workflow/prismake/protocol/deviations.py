"""Whether a deviation says something that can be: its leaf is one that a protocol has, its value one that it can take."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from prismake.messages.faults import Faults
from prismake.protocol.leaves import leaf
from prismake.protocol.overlay import takes_out
from prismake.protocol.validate import check_part, schema
from prismake.protocol.yaml_files import fault_at

_NONE = object()


def _may_be_null(path: str) -> bool:
    """A setting of an analysis that is null is left to the engine's default."""
    return takes_out(path) or path.startswith("analyses.")


def check_deviations(
    path: Path, shown: str, registered: Mapping[str, Any], deviations: list[dict[str, Any]], faults: Faults
) -> None:
    """Each deviation has its own id, names a leaf that the protocol can have, and changes it to a value it can take.

    Args:
        path: the file of the deviations.
        shown: its name as the user knows it.
        registered: the registered leaves.
        deviations: the file's entries, in their form already held against the schema.
        faults: collects id-given-twice, unknown-leaf, deviation-changes-nothing, wrong-value and the schema's others.
    """
    seen: set[str] = set()
    for number, deviation in enumerate(deviations):
        at = ("deviations", str(number))
        if deviation["id"] in seen:
            what = "two deviations have the same id"
            fault_at(
                faults,
                path,
                shown,
                (*at, "id"),
                "id-given-twice",
                what,
                value=deviation["id"],
                mend="give each its own id",
            )
        seen.add(deviation["id"])
        if "value" not in deviation:
            continue
        name = deviation["leaf"]
        part = _part_of_schema(name, registered)
        if isinstance(part, _Unknown):
            fault_at(
                faults, path, shown, (*at, "leaf"), "unknown-leaf", "the protocol has no such leaf",
                value=name, expected=part.expected, mend=part.mend,
            )  # fmt: skip
        elif leaf(registered, name, _NONE) == deviation["value"]:
            fault_at(
                faults, path, shown, (*at, "leaf"), "deviation-changes-nothing", "the new value is the registered one",
                value=name, mend="remove the deviation, or give the value that was used",
            )  # fmt: skip
        elif deviation["value"] is not None or not _may_be_null(name):
            check_part(deviation["value"], part, path, shown, (*at, "value"), faults)


class _Unknown:
    """Where a path leaves what a protocol can hold: what would have been possible there, and how to mend it."""

    def __init__(self, before: str, part: str, known: list[str]) -> None:
        near = get_close_matches(part, known, n=1)
        self.expected = (
            f"{before + '.' if before else ''}… with one of {', '.join(known)}" if known else f"{before} itself"
        )
        self.mend = (
            f"did you mean {before + '.' if before else ''}{near[0]}"
            if near
            else "copy the path from config/protocol.yaml, without `registered.`"
        )


def _part_of_schema(name: str, registered: Mapping[str, Any]) -> dict[str, Any] | _Unknown:
    """The schema of what may stand at a dotted path, {} where anything may."""
    definitions = schema("protocol")["$defs"]
    node = schema("protocol")["properties"]["registered"]
    parts = name.split(".")
    for depth, part in enumerate(parts):
        before = ".".join(parts[:depth])
        present = leaf(registered, before, {}) if before else registered
        there = sorted(present) if isinstance(present, Mapping) else []
        more = node.get("additionalProperties", False)
        if part in node.get("properties", {}):
            node = node["properties"][part]
        elif isinstance(more, dict) and (part in there or depth == len(parts) - 1):
            node = more  # a group of free names: a new one has to be given whole
        elif more is True:
            return {}
        else:
            return _Unknown(before, part, there if isinstance(more, dict) else sorted(node.get("properties", {})))
        if "$ref" in node:
            node = definitions[node["$ref"].rpartition("/")[2]]
    return node
