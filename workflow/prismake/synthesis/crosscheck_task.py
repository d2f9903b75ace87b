"""What metafor is asked of one part of an analysis: a call in R, with our value of each quantity that it will give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

_COEFFICIENT = {"b": "b", "se": "se", "pval": "pval", "ci_lb": "ci_lb", "ci_ub": "ci_ub"}
_ROBUST = {"robust_se": "se", "robust_df": "df", "robust_pval": "pval"}
# metafor's own sandwich is CR1 with m / (m - p); clubSandwich, which metafor calls, has CR2 with Satterthwaite's df.
ROBUST = ("CR1p", "CR2")


@dataclass(frozen=True)
class Task:
    """One call in R. expected: quantity -> our value, None where we give none.

    data: yi, vi, and where the call needs them study, the design x1, x2, ..., and the arms of each effect.
    """

    analysis: str
    part: str
    kind: str
    data: pd.DataFrame
    expected: dict[str, float | None]
    method: str = "REML"
    test: str = "z"
    level: float = 95.0
    extra: str = ""
    robust: str = ""
    labels: dict[str, str] = field(default_factory=dict)


def common(result: Mapping[str, Any]) -> dict[str, Any]:
    """What every task of an analysis repeats."""
    return {
        "analysis": result["analysis"],
        "method": result["method"],
        "test": result["test"],
        "level": float(result["level"]),
    }


def coefficient(estimate: Mapping[str, Any], suffix: str = "") -> dict[str, float | None]:
    """Our numbers of one coefficient, with its robust ones where metafor can give them."""
    found = {f"{theirs}{suffix}": estimate[ours] for theirs, ours in _COEFFICIENT.items()}
    found |= {f"statistic{suffix}": estimate.get("zval", estimate.get("tval"))}
    block = estimate.get("robust") or {}
    if robust_kind(estimate):
        found |= {f"{theirs}{suffix}": block[ours] for theirs, ours in _ROBUST.items()}
    return found


def robust_kind(estimate: Mapping[str, Any]) -> str:
    """The robust variance of a coefficient that metafor can be asked for, else nothing."""
    block = estimate.get("robust") or {}
    return str(block["type"]) if block.get("type") in ROBUST and not block.get("not_estimable") else ""


def differences(
    result: Mapping[str, Any], column: str, levels: list[Mapping[str, Any]], test: Mapping[str, Any]
) -> Task:
    """The test that estimates of separate models do not differ, which is Q of those estimates."""
    means = pd.DataFrame(
        {
            "yi": [level["estimate"]["b"] for level in levels],
            "vi": [level["estimate"]["se"] ** 2 for level in levels],
        }
    )
    settings = common(result) | {"method": "EE", "test": "z"}
    expected = {"QE": test["QM"], "QEp": test["p"]}
    return Task(part=f"{column}: differences", kind="univariate", data=means, expected=expected, **settings)
