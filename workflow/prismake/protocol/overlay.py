"""What the deviations make of what was registered, and what would run had nothing been changed once results were known.

The registered setting of a late change runs beside the new one, as a sensitivity analysis (Willroth & Atherton, 2024): every
analysis that the change can move runs a second time, as `<name>_as_registered`, with what was changed late put back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prismake.protocol.leaves import with_leaf, without_leaf

Deviation = Mapping[str, Any]
Specification = dict[str, Any]

# The timing of a deviation that makes the registered setting run as well.
AFTER_RESULTS = "after synthesis"

# Branches that effect sizes are computed from.
EFFECTS = ("effect_measure", "effect_options", "direction", "comparisons", "outcomes")

# Leaves below risk_of_bias by which the overall judgement follows from those of the domains; the others say how people
# judged, which no program does again.
_OVERALL_JUDGEMENT = ("risk_of_bias.overall", "risk_of_bias.some_concerns_limit")

_SUFFIX = "_as_registered"


def takes_out(path: str) -> bool:
    """Whether the value null at this path takes a whole database, outcome or analysis out."""
    top, _, rest = path.partition(".")
    return top in ("databases", "outcomes", "analyses") and bool(rest) and "." not in rest


def configured(registered: Mapping[str, Any], deviations: Sequence[Deviation]) -> dict[str, Any]:
    """The registered leaves with every deviation's value laid over them, in their order.

    The value null takes a database, an outcome or an analysis out.
    """
    tree = dict(registered)
    for deviation in deviations:
        if "value" not in deviation:
            continue
        path, value = deviation["leaf"], deviation["value"]
        gone = value is None and takes_out(path)
        tree = without_leaf(tree, path) if gone else with_leaf(tree, path, value)
    return tree


def late(deviations: Sequence[Deviation]) -> list[Deviation]:
    """The changes of a value that were decided once results were known."""
    return [one for one in deviations if one.get("timing") == AFTER_RESULTS and "value" in one]


def standing(deviations: Sequence[Deviation]) -> list[Deviation]:
    """The deviations that hold as registered too: decided before results were known, on leaves that no late one changes."""
    changed_late = [one["leaf"] for one in late(deviations)]
    return [
        one
        for one in deviations
        if one.get("timing") != AFTER_RESULTS and not any(overlap(one["leaf"], other) for other in changed_late)
    ]


def overlap(one: str, other: str) -> bool:
    """Whether two dotted paths are the same or one lies below the other."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def can_rerun(path: str, registered: Mapping[str, Any]) -> bool:
    """Whether a registered setting can run beside another one: an analysis that was registered, or what its effects and
    overall judgements of risk of bias are computed from."""
    parts = path.split(".")
    if parts[0] == "analyses":
        return len(parts) == 1 or parts[1] in registered.get("analyses", {})
    return changes_effects(path)


def changes_effects(path: str) -> bool:
    """Whether another value of a leaf can give other effects, or other overall judgements beside them."""
    top, *rest = path.split(".")
    if top == "outcomes" and rest[1:] in (["label"], ["role"]):
        return False
    return top in EFFECTS or path in _OVERALL_JUDGEMENT


def bears_on(path: str, specification: Mapping[str, Any]) -> bool:
    """Whether an analysis rests on a leaf outside of `analyses`: its outcomes, measures, comparisons, its view of bias."""
    top, *rest = path.split(".")
    if top == "risk_of_bias":
        columns = [*(specification.get("effects") or {}), *(specification.get("subgroups") or [])]
        columns += [column for block in specification.get("moderators") or [] for column in block]
        return "rob" in columns or "without_high_risk_of_bias" in (specification.get("sensitivity") or [])
    if top not in EFFECTS or rest[1:] == ["label"]:
        return False
    of_outcome = rest[:1] if top == "outcomes" else rest[1:2] if rest[:1] == ["measures"] else []
    wanted = (specification.get("effects") or {}).get("construct")
    if not of_outcome or wanted is None or isinstance(wanted, Mapping):
        return True
    return of_outcome[0] in ([wanted] if isinstance(wanted, str) else wanted)


def effects_as_registered(registered: Mapping[str, Any], deviations: Sequence[Deviation]) -> dict[str, Any] | None:
    """The leaves that effects are computed from, without late changes; None where no late change is among them."""
    if not any(changes_effects(one["leaf"]) for one in late(deviations)):
        return None
    tree = configured(registered, standing(deviations))
    return {branch: tree.get(branch) for branch in (*EFFECTS, "risk_of_bias")}


def analyses_as_registered(registered: Mapping[str, Any], deviations: Sequence[Deviation]) -> dict[str, Specification]:
    """Name -> specification of every registered analysis that a late change can move, without late changes.

    What was changed earlier, on other leaves, stays changed; the title says so.
    """
    earlier = standing(deviations)
    planned = configured(registered, earlier).get("analyses", {})
    found = {}
    for name, spec in planned.items():
        moved = name in registered.get("analyses", {}) and "not_run" not in spec and any(
            overlap(one["leaf"], f"analyses.{name}") or changes_effects(one["leaf"]) and bears_on(one["leaf"], spec)
            for one in late(deviations)
        )  # fmt: skip
        if moved:
            kept = ", ".join(one["id"] for one in touching(name, spec, earlier))
            title = f"{spec['title']}, as registered{f' but for {kept}' if kept else ''}"
            found[f"{name}{_SUFFIX}"] = {**spec, "role": "sensitivity", "title": title}
    return found


def of_which(name: str) -> str:
    """The analysis that an analysis as registered stands beside."""
    return name.removesuffix(_SUFFIX)


def touching(name: str, spec: Mapping[str, Any], deviations: Sequence[Deviation]) -> list[Deviation]:
    """The deviations from which a changed value reaches an analysis: its own, and those of its effects."""
    return [
        one
        for one in deviations
        if "value" in one and (overlap(one["leaf"], f"analyses.{name}") or bears_on(one["leaf"], spec))
    ]
