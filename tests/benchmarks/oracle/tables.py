"""Mantel-Haenszel and Peto, and the printed figures of publications."""

from __future__ import annotations

import math
from typing import Any

from prismake.synthesis.two_by_two import mantel_haenszel, peto, rate_ratio

from oracle.comparison import Comparison, Missing, Tolerance, address
from oracle.univariate import Tree, attempt


def compare_two_by_two(out: Comparison, file: str, content: Tree) -> None:
    """Pooled tables of several data sets."""
    for name, block in content["outputs"].items():
        cells = block["inputs"]
        for key, theirs in block.items():
            if key == "inputs":
                continue
            found: Any = Missing()
            if key == "MH_IRR":
                found = attempt(rate_ratio, cells["x1i"], cells["t1i"], cells["x2i"], cells["t2i"])
            elif key == "PETO":
                found = attempt(peto, cells["ai"], cells["n1i"], cells["ci"], cells["n2i"])
            elif key.startswith("MH_"):
                found = attempt(
                    mantel_haenszel,
                    cells["ai"],
                    cells["n1i"],
                    cells["ci"],
                    cells["n2i"],
                    measure=key.removeprefix("MH_"),
                )
            tree = {leaf: getattr(found, leaf, Missing()) for leaf in theirs} if hasattr(found, "b") else found
            kind = "Mantel-Haenszel, Peto" if not key.startswith("GLMM") else "GLMM"
            out.walk(
                kind, file, tree, theirs, lambda kind, leaf: (1e-11, 1e-3 if leaf != "p" else 1e-290), f"{name} {key}"
            )


def compare_published(out: Comparison, file: str, content: Tree) -> None:
    """What publications print, within the tolerance given for each figure; ours are those compared before."""
    for item in content["items"]:
        for where, printed, allowed in item["checks"]:
            clean = where.split(":", 1)[-1]
            ours = out.values.get(address(item["oracle"], clean))
            value: Any = Missing() if ours is None else math.exp(ours) if where.startswith("exp:") else ours
            scale = max(abs(printed), 1.0)
            out.walk(
                "published figures", file, value, printed, _within(allowed / scale, scale), f"{item['src']}: {where}"
            )


def _within(allowed: float, floor: float) -> Tolerance:
    def limits(kind: str, leaf: str) -> tuple[float, float]:
        del kind, leaf
        return allowed * (1.0 + 1e-9), floor

    return limits
