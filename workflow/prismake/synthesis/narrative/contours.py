"""Contours of an albatross plot: how many people an effect of a size needs for a z (Harrison et al., 2017).

A contour joins the points at which one effect size would stand: its z grows with the root of the number of people. For
measures of events it holds for two equal groups in which half of the people have the event.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """Measures with the same contours: their name, the effects drawn, and z of an effect for a number of people."""

    words: str
    effects: tuple[float, ...]
    z: Callable[[float, float], float]


_GROUPS = "two equal groups"
FAMILIES = {
    # The variance of d is 4 / n.
    "SMD": Family(
        f"standardized mean difference, {_GROUPS}", (0.1, 0.25, 0.5, 1.0), lambda d, n: abs(d) * math.sqrt(n) / 2
    ),
    # That of Fisher's z is 1 / (n - 3).
    "COR": Family("correlation", (0.1, 0.2, 0.3, 0.5), lambda r, n: abs(math.atanh(r)) * math.sqrt(max(n - 3, 0.0))),
    # With half the people having the event: 16 / n, 4 / n and 1 / n.
    "OR": Family(
        f"odds ratio (or its reciprocal), {_GROUPS}, half with the event",
        (1.2, 1.5, 2.0, 4.0),
        lambda odds, n: abs(math.log(odds)) * math.sqrt(n) / 4,
    ),
    "RR": Family(
        f"risk ratio (or its reciprocal), {_GROUPS}, half with the event",
        (1.1, 1.25, 1.5, 2.0),
        lambda ratio, n: abs(math.log(ratio)) * math.sqrt(n) / 2,
    ),
    "RD": Family(
        f"risk difference, {_GROUPS}, half with the event", (0.05, 0.1, 0.2, 0.4), lambda rd, n: abs(rd) * math.sqrt(n)
    ),
}
_MEMBERS = {
    **dict.fromkeys(("SMD", "SMDH", "SMD1", "SMD1H", "OR2D", "OR2DL", "OR2DN"), "SMD"),
    **dict.fromkeys(("COR", "UCOR", "ZCOR", "PHI", "ZPHI", "RPB", "ZPB", "RTET", "ZTET"), "COR"),
    **dict.fromkeys(("OR", "PETO", "D2OR", "D2ORL", "D2ORN"), "OR"),
    **{name: name for name in ("RR", "RD")},
}


def family_of(measures: Iterable[str]) -> Family | None:
    """The family of most of the effects; None where it has no contours: a mean difference, a hazard ratio, a change.

    Effects that are known by their direction and p alone have no measure; where all are so, standardized differences.
    """
    named = Counter(_MEMBERS.get(measure, "") for measure in measures if measure)
    if not named:
        return FAMILIES["SMD"]
    return FAMILIES.get(max(sorted(named), key=lambda name: named[name]))
