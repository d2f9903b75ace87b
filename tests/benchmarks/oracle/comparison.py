"""Comparing what Prismake computes with the oracle's numbers, one leaf at a time.

A section gives a tree of the oracle's own shape; the comparison walks the oracle's tree. A number of the oracle without a
counterpart is *not implemented*; a number beyond its tolerance is a *disagreement* unless the section gives an *argued*
reason; the oracle's own failures (an error of R, NA) are counted apart.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from prismake.synthesis.model import NotEstimable

IGNORED = frozenset(
    [
        "note",
        "notes",
        "warnings",
        "warning",
        "threshold",
        "digits",
        "slab",
        "names",
        "formula",
        "data",
        "used",
        "labels",
        "inputs",
        "method",
        "type",
        "rule",
        "method_predict",
        "lb_sign",
        "ub_sign",
        "cpu_three",
        "cpu_CHE",
        "cols",
        "columns",
        "moderator",
        "side",
        "_row",
        "error",
    ]
)
"""Leaves that say how R computed, or repeat the input, and are not outputs."""


class Missing:
    """Stands for what Prismake does not compute, or, with a reason, for what cannot be computed from the folder's files."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason


class Argued:
    """A value that differs from the oracle's for a stated reason, shown to hold when the section made it."""

    def __init__(self, value: Any, reason: str) -> None:
        self.value, self.reason = value, reason


class Refused:
    """Prismake gives no number but a reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


@dataclass
class Kind:
    """What was found for one kind of output."""

    compared: int = 0
    missing: int = 0
    absent: int = 0
    """Numbers whose data are not in the folder."""
    refused: int = 0
    argued: int = 0
    absolute: float = 0.0
    relative: float = 0.0
    where: str = ""
    disagreements: list[str] = field(default_factory=list)
    more: int = 0
    """Numbers that Prismake has where R failed or gave NA."""


Tolerance = Callable[[str, str], tuple[float, float]]
"""(kind, leaf) -> (tolerance, floor): |ours - theirs| <= tolerance * max(|theirs|, floor)."""


@dataclass
class Comparison:
    """All kinds, and the reasons of everything that is argued or refused."""

    kinds: dict[str, Kind] = field(default_factory=lambda: defaultdict(Kind))
    reasons: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    values: dict[str, float] = field(default_factory=dict)
    """Every number of ours that was compared, by file and path, for what publications print of it."""
    section: str = ""

    @contextmanager
    def part(self, name: str, file: str, theirs: Any = None) -> Iterator[None]:
        """One section or block of a file: where it cannot be compared to its end, that is a disagreement, and the next goes on.

        A reason of the engine is none: the numbers that R has there count as refused.
        """
        before, self.section = self.section, name
        try:
            yield
        except NotEstimable as reason:
            self._refused(name, file, name, Refused(str(reason)), theirs)
        except Exception as reason:
            self.kinds[name].disagreements.append(f"{file} {name}: stopped at {type(reason).__name__}: {reason}")
        finally:
            self.section = before

    def walk(self, kind: str, file: str, ours: Any, theirs: Any, tolerance: Tolerance, path: str = "") -> None:
        """Compare a tree of the oracle with ours."""
        leaf = path.rsplit(".", 1)[-1].split("[")[0]
        if isinstance(ours, Refused) and not isinstance(theirs, Mapping):
            self._refused(kind, file, path, ours, theirs)
        elif isinstance(ours, Missing) and ours.reason and not isinstance(theirs, Mapping):
            self._absent(kind, file, path, ours, theirs)
        elif isinstance(theirs, Mapping):
            for key, value in theirs.items():
                if key in IGNORED:
                    continue
                below = ours if isinstance(ours, (Refused, Missing)) else _get(ours, key)
                self.walk(kind, file, below, value, tolerance, f"{path}.{key}" if path else key)
        elif isinstance(theirs, list):
            self._walk_list(kind, file, ours, theirs, tolerance, path)
        elif isinstance(theirs, (int, float, bool)) and not isinstance(ours, (Missing, Mapping)):
            self._leaf(kind, file, ours, float(theirs), tolerance(kind, leaf), path)
        elif isinstance(theirs, (int, float, bool)):
            self.kinds[kind].missing += 1
        elif theirs is None and ours is not None and not isinstance(ours, (Missing, Mapping)):
            self.kinds[kind].more += 1

    def _walk_list(self, kind: str, file: str, ours: Any, theirs: list[Any], tolerance: Tolerance, path: str) -> None:
        if isinstance(ours, (Missing, Refused)):
            values: list[Any] = [ours] * len(theirs)
        elif isinstance(ours, Argued):
            values = [Argued(value, ours.reason) for value in ours.value]
        else:
            values = [ours] if isinstance(ours, (int, float)) or ours is None else list(ours)
        if len(values) != len(theirs):
            self.kinds[kind].disagreements.append(f"{file} {path}: {len(values)} values, the oracle has {len(theirs)}")
            return
        for position, (mine, other) in enumerate(zip(values, theirs, strict=True)):
            self.walk(kind, file, mine, other, tolerance, f"{path}[{position}]")

    def _refused(self, kind: str, file: str, path: str, ours: Refused, theirs: Any) -> None:
        count = _numbers(theirs)
        self.kinds[kind].refused += count
        if count:
            self.reasons[f"refused: {ours.reason}"].append(f"{file} {path}")

    def _absent(self, kind: str, file: str, path: str, ours: Missing, theirs: Any) -> None:
        count = _numbers(theirs)
        self.kinds[kind].absent += count
        if count:
            self.reasons[f"not in the folder: {ours.reason}"].append(f"{file} {path}")

    def _leaf(self, kind: str, file: str, ours: Any, theirs: float, limits: tuple[float, float], path: str) -> None:
        found = self.kinds[kind]
        reason = None
        if isinstance(ours, Argued):
            ours, reason = ours.value, ours.reason
        if isinstance(ours, list):
            # R writes a vector of one as a number.
            ours = ours[0] if len(ours) == 1 else None
        if ours is None or (isinstance(ours, float) and math.isnan(ours)):
            found.disagreements.append(f"{file} {path}: no number, the oracle has {theirs!r}")
            return
        self.values[address(file, path if path.startswith(self.section) else f"{self.section}.{path}")] = float(ours)
        difference = abs(float(ours) - theirs)
        allowed, floor = limits
        relative = difference / max(abs(theirs), floor) if max(abs(theirs), floor) > 0 else difference
        leaf = path.rsplit(".", 1)[-1]
        if _is_p(leaf) and theirs > 0:
            # A p value far in the tail magnifies the relative error of its statistic by its square.
            allowed *= 1.0 + 2.0 * abs(math.log(theirs))
        agrees = difference == 0 or relative <= allowed
        if reason is not None and not agrees:
            found.argued += 1
            self.reasons[f"argued: {reason}"].append(f"{file} {path}: {float(ours)!r} against {theirs!r}")
            return
        found.compared += 1
        if not agrees:
            found.disagreements.append(f"{file} {path}: {float(ours)!r}, the oracle {theirs!r} ({relative:.1e})")
        if relative > found.relative:
            found.relative, found.where = relative, f"{file} {path}"
        found.absolute = max(found.absolute, difference)


def address(file: str, path: str) -> str:
    """One name for a number whatever stands between the parts of its path, and whether it says that fits are fits."""
    parts = path.replace(" ", ".").split(".")
    return f"{file}:{'.'.join(part for part in parts if part and part not in ('fits', 'models', 'composite'))}"


def answered(tree: Any) -> Any:
    """The tree without the calls that failed in R, which are `error` and the reason."""
    if isinstance(tree, Mapping):
        return {key: answered(value) for key, value in tree.items() if not _failed(value)}
    return [answered(item) for item in tree] if isinstance(tree, list) else tree


def _failed(tree: Any) -> bool:
    return isinstance(tree, Mapping) and "error" in tree


def _is_p(leaf: str) -> bool:
    name = leaf.split("[")[0]
    return name in ("p", "QEp", "QMp", "Qp", "MHp", "TAp", "pval")


def _get(tree: Any, key: str) -> Any:
    return tree[key] if isinstance(tree, Mapping) and key in tree else Missing()


def _numbers(tree: Any) -> int:
    if isinstance(tree, list):
        return sum(_numbers(item) for item in tree)
    if isinstance(tree, Mapping):
        return sum(_numbers(item) for key, item in tree.items() if key not in IGNORED)
    return int(isinstance(tree, (int, float)))
