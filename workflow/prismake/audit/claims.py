"""The claims audit: numbers that were stated about a review, against themselves, each other, and this review's results.

Only claims about this very review are ever held against its results. The others are checked inside themselves
(estimate, interval and p; sums) and against what other sources say of the same review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from prismake.audit.rounding import RATIO_MEASURES, Interval, centred, implied_p, p_interval, printed_decimals, rounded

VERDICT_COLUMNS = ["claim", "source", "about", "metric", "subject", "stated", "check", "verdict", "against", "why"]

# In the order of what a reader must see first.
VERDICTS = ("contradicted", "incoherent", "not computable", "within rounding", "confirmed", "coherent")


def audit_claims(claims: Mapping[str, Any], numbers: Mapping[str, float | None]) -> pd.DataFrame:
    """All verdicts on a claims file, one row a check, with `VERDICT_COLUMNS`.

    Args:
        claims: the content of config/claims.yaml.
        numbers: this review's numbers by name, raw; a claim names one with its key `is`.
    """
    items = claims.get("claims", [])
    this_review = claims.get("this_review", "this review")
    rows = [row for claim in items for row in _inside(claim)]
    rows += _sums(items)
    rows += _across(items)
    rows += [_against_results(claim, numbers) for claim in items if claim["about"] == this_review]
    frame = pd.DataFrame(rows, columns=VERDICT_COLUMNS, dtype=str)
    order = {verdict: place for place, verdict in enumerate(VERDICTS)}
    return frame.sort_values(
        ["verdict", "claim", "check"], key=lambda c: c.map(order) if c.name == "verdict" else c, kind="stable"
    ).reset_index(drop=True)


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


def _row(claim: Mapping[str, Any], check: str, verdict: str, against: str = "", why: str = "") -> list[str]:
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


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _decimals(claim: Mapping[str, Any]) -> int:
    if "decimals" in claim:
        return int(claim["decimals"])
    return printed_decimals(claim["value"], *claim.get("ci", []))


def _inside(claim: Mapping[str, Any]) -> list[list[str]]:
    """Checks of a claim in itself: order and middle of the interval, p against interval, p against significance."""
    value = claim.get("value")
    if not _is_number(value) or "ci" not in claim:
        return []
    low, high = claim["ci"]
    decimals, level = _decimals(claim), float(claim.get("level", 95))
    ratio = claim.get("measure", "").upper() in RATIO_MEASURES
    rows = []
    if not low <= value <= high:
        return [
            _row(claim, "estimate inside its interval", "incoherent", why="the estimate lies outside its own interval")
        ]
    middle = centred(value, (low, high), decimals, ratio)
    rows.append(
        _row(
            claim,
            "estimate in the middle of its interval",
            "coherent" if middle else "incoherent",
            why=""
            if middle
            else "no rounding puts the estimate in the middle of the interval; it may be no z- or t-based one",
        )
    )
    if "p" not in claim:
        return rows
    try:
        given = p_interval(claim["p"])
    except ValueError:
        return [*rows, _row(claim, "p value", "not computable", why=f"{claim['p']!r} is no p value")]
    implied = implied_p(value, (low, high), decimals, level, ratio)
    agrees = implied.overlaps(given)
    rows.append(
        _row(
            claim,
            "p value from estimate and interval (z)",
            "coherent" if agrees else "incoherent",
            against=f"p between {implied.low:.3g} and {implied.high:.3g}",
            why="" if agrees else "no rounding of estimate and interval gives the stated p under a z test",
        )
    )
    return rows


def _sums(items: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Parts against totals of the same source: risk-of-bias levels against studies, the pooled against the included."""
    rows = []
    for claim in items:
        same = [c for c in items if c["source"] == claim["source"] and c["about"] == claim["about"]]
        if claim["metric"] == "risk_of_bias" and isinstance(claim.get("value"), Mapping):
            parts = sum(claim["value"].values())
            rows += [
                _row(
                    claim,
                    "risk-of-bias levels sum to the studies",
                    "coherent" if parts == total["value"] else "incoherent",
                    against=f"{total['id']}: {total['value']}",
                    why="" if parts == total["value"] else f"the levels sum to {parts}",
                )
                for total in same
                if total["metric"] == "studies" and _is_number(total.get("value"))
            ]
        for part, whole in (("studies_in_meta_analysis", "studies"), ("participants_in_meta_analysis", "participants")):
            if claim["metric"] == part and _is_number(claim.get("value")):
                rows += [
                    _row(
                        claim,
                        f"{part.replace('_', ' ')} among all",
                        "coherent" if claim["value"] <= total["value"] else "incoherent",
                        against=f"{total['id']}: {total['value']}",
                        why="" if claim["value"] <= total["value"] else "more than there are in all",
                    )
                    for total in same
                    if total["metric"] == whole and _is_number(total.get("value"))
                ]
    return rows


def _across(items: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Two sources on the same thing: same review, metric and subject."""
    rows = []
    for one, other in combinations(items, 2):
        same = all(one.get(key, "") == other.get(key, "") for key in ("about", "metric", "subject"))
        if not same or one["source"] == other["source"] or "value" not in one or "value" not in other:
            continue
        if _is_number(one["value"]) and _is_number(other["value"]):
            equal = one["value"] == other["value"]
            near = equal or not _both_counts(one, other) and _rounded(one).overlaps(_rounded(other))
            verdict = "confirmed" if equal else "within rounding" if near else "contradicted"
            why = "" if near else f"{stated(one)} and {stated(other)} cannot both be right"
            if near and "ci" in one and "ci" in other and not _same_ci(one, other):
                verdict, why = "contradicted", "the intervals differ by more than rounding"
        else:
            verdict = "confirmed" if one["value"] == other["value"] else "contradicted"
            why = "" if verdict == "confirmed" else "the two say different things"
        for claim, against in ((one, other), (other, one)):
            rows.append(_row(claim, "against another source", verdict, f"{against['source']}: {stated(against)}", why))
    return rows


def _rounded(claim: Mapping[str, Any]) -> Interval:
    return rounded(claim["value"], _decimals(claim))


def _both_counts(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two whole numbers are compared: 9 and 10 studies are no matter of rounding."""
    return all(isinstance(claim["value"], int) and "decimals" not in claim for claim in (one, other))


def _same_ci(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(
        rounded(a, _decimals(one)).overlaps(rounded(b, _decimals(other)))
        for a, b in zip(one["ci"], other["ci"], strict=True)
    )


def _against_results(claim: Mapping[str, Any], numbers: Mapping[str, float | None]) -> list[str]:
    """A claim about this review against the number that it states."""
    name = claim.get("is")
    check = "against this review's results"
    if name is None:
        return _row(claim, check, "not computable", why="the claim names no number (key `is`)")
    found = numbers.get(name)
    if found is None or not _is_number(claim.get("value")):
        return _row(
            claim, check, "not computable", name, "there is no such number in the results" if found is None else ""
        )
    value = claim["value"]
    if found == value:
        return _row(claim, check, "confirmed", f"{name} = {found:g}")
    counted = isinstance(value, int) and "decimals" not in claim and float(found).is_integer()
    near = not counted and _rounded(claim).overlaps(Interval(found, found))
    return _row(
        claim,
        check,
        "within rounding" if near else "contradicted",
        f"{name} = {found:.6g}",
        "" if near else f"the results say {found:.6g}",
    )
