"""A claim's figures, and the row that a check of it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prismake.audit.rounding import Interval, printed_decimals, rounded


def stated(claim: Mapping[str, Any]) -> str:
    """The claim's figures in one line."""
    parts = [] if claim.get("value") is None else [f"{claim.get('measure', '')} {_plain(claim['value'])}".strip()]
    if "ci" in claim:
        parts.append(f"[{_plain(claim['ci'][0])}, {_plain(claim['ci'][1])}]")
    parts += [f"{name} = {_plain(claim[name])}" for name in ("k", "n") if name in claim]
    if "p" in claim:
        p = str(claim["p"])
        parts.append(f"p {p}" if p[:1] in "<>=" else f"p = {p}")
    return ", ".join(parts)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(child)}" for key, child in value.items())
    return str(value)


def row_of(claim: Mapping[str, Any], check: str, verdict: str, against: str = "", why: str = "") -> list[str]:
    return [
        claim["id"],
        claim["source"],
        claim["about"],
        claim["metric"],
        claim.get("subject", ""),
        stated(claim),
        check,
        verdict,
        against,
        why,
    ]


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def decimals_of(claim: Mapping[str, Any]) -> int:
    if "decimals" in claim:
        return int(claim["decimals"])
    return printed_decimals(claim["value"], *claim.get("ci", []))


def rounded_claim(claim: Mapping[str, Any]) -> Interval:
    return rounded(claim["value"], decimals_of(claim))
