"""Every defensible specification of one analysis, and its curve (Voracek, Kossmeier & Tran 2019; Simonsohn et al.
2020).

A specification is a choice of effects (all, or without a level of risk of bias), of a rule for several effects of one
study, of an estimator of tau2 and of a test. All of them are run; the curve is their estimates in ascending order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from prismake.synthesis.model import NotEstimable, fit
from prismake.synthesis.pooling import Pool, pool
from prismake.synthesis.result import estimate_block, plain
from prismake.synthesis.specification import Specification

DEFAULT_CHOICES: dict[str, list[str]] = {
    "one_per_study": ["average", "first", "lowest", "highest", "all"],
    "method": ["EE", "DL", "PM", "REML", "ML", "SJ", "HE"],
    "test": ["z", "knha"],
    "risk_of_bias": ["any", "without_high"],
}
"""What is tried where the protocol's option `multiverse` does not say."""


def multiverse_block(pooled: Pool, spec: Specification) -> dict[str, Any]:
    """Run every combination of choices; the option `multiverse` names those to use (choice -> list of values).

    Choices that lead to the same effects are one specification, counted once, with the others in its `same_as`.
    Returns the specifications in ascending order of the estimate (`rank` 1, 2, ...), those that could not be fitted
    with their reason, and a summary. Raises NotEstimable where none could be, ValueError for an unknown choice.
    """
    choices = choices_of(spec.options.get("multiverse"))
    pools = {
        (rule, risk): pool(_with_risk(pooled, spec, risk), rule, spec.rho)
        for rule, risk in product(choices["one_per_study"], choices["risk_of_bias"])
    }
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    seen: dict[tuple[Any, ...], dict[str, Any]] = {}
    for rule, risk, method, test in product(
        choices["one_per_study"], choices["risk_of_bias"], choices["method"], choices["test"]
    ):
        part = pools[rule, risk]
        same = seen.get(key := (part.yi.tobytes(), part.vi.tobytes(), method, test))
        if same is not None:
            same.setdefault("same_as", []).append({"one_per_study": rule, "risk_of_bias": risk})
            continue
        row: dict[str, Any] = {"one_per_study": rule, "risk_of_bias": risk, "method": method, "test": test, "k": part.k}
        seen[key] = row
        try:
            model = fit(part.yi, part.vi, method=method, test=test, level=spec.level)
        except NotEstimable as reason:
            row["not_estimable"] = str(reason)
            failed.append(row)
            continue
        row |= {"estimate": estimate_block(model, prediction=False), "tau2": float(model.tau2)}
        done.append(row)
    if not done:
        raise NotEstimable("no specification could be fitted")
    done.sort(key=lambda row: (row["estimate"]["b"], row["estimate"]["ci_lb"]))
    for rank, row in enumerate(done, start=1):
        row["rank"] = rank
    return plain({"specifications": done, "failed": failed, "summary": _summary(done), "choices": choices})


def choices_of(given: Mapping[str, Sequence[str]] | None) -> dict[str, list[str]]:
    """The choices that a protocol gives, the default ones for the rest."""
    unknown = set(given or {}) - set(DEFAULT_CHOICES)
    if unknown:
        raise ValueError(f"unknown choice {sorted(unknown)[0]!r}; known: {', '.join(DEFAULT_CHOICES)}")
    return {name: list((given or {}).get(name, default)) for name, default in DEFAULT_CHOICES.items()}


def _with_risk(pooled: Pool, spec: Specification, risk: str) -> Any:
    """The effects that a choice about risk of bias keeps."""
    if risk == "any":
        return pooled.source
    if risk != "without_high":
        raise ValueError(f"unknown choice about risk of bias {risk!r}; known: any, without_high")
    if "rob" not in pooled.source:
        return pooled.source
    high = {level.strip().lower() for level in spec.high_risk_of_bias}
    rated = pooled.source["rob"].fillna("").astype(str).str.strip().str.lower()
    return pooled.source[~rated.isin(high)].reset_index(drop=True)


def _summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How many specifications, the span and the median of their estimates, how many are positive and significant."""
    b = np.array([row["estimate"]["b"] for row in rows])
    p = np.array([row["estimate"]["pval"] for row in rows])
    return {
        "specifications": len(rows),
        "smallest": b.min(),
        "median": np.median(b),
        "largest": b.max(),
        "positive": int((b > 0).sum()),
        "significant": int((p < 0.05).sum()),
        "significant_positive": int(((p < 0.05) & (b > 0)).sum()),
    }
