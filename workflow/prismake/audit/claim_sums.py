"""What one source says in several claims: parts and totals, a total twice, tau beside tau2, prediction intervals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from prismake.audit.claim_rows import decimals_of, is_number, rounded_claim, row_of, stated
from prismake.audit.claim_text import same_review, same_subject
from prismake.audit.rounding import Interval, printed_decimals, rounded

# Metric whose value is a mapping of parts -> the metric that they add up to, and the name of the check.
PARTS = {
    "risk_of_bias": ("studies", "risk-of-bias levels sum to the studies"),
    "subgroup_studies": ("studies_in_meta_analysis", "subgroups sum to the studies pooled"),
    "subgroup_participants": ("participants_in_meta_analysis", "subgroups sum to the participants pooled"),
}

# What `k` can count besides studies.
_EFFECTS_COUNTED = re.compile(r"\b(?:effects|effect sizes|comparisons|contrasts|samples|outcomes)\b", re.IGNORECASE)
# Words that explain why parts are fewer or more than the whole.
_SOME_LACK = re.compile(
    r"\b(?:missing|unknown|unclear|remaining|rest|other|others|(?:did|could|was|were) not|not (?:report|rated|stated|given))",
    re.IGNORECASE,
)
_SOME_TWICE = re.compile(r"\b(?:overlap\w*|both|several|more than one|multiple|twice)\b", re.IGNORECASE)

# Metrics that one source can state only one number of.
_TOTALS = ("studies", "participants", "studies_in_meta_analysis", "participants_in_meta_analysis")


def sums(items: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Parts against totals of the same source: levels and subgroups add up, no part is larger than its whole."""
    rows = []
    for claim in items:
        same = [c for c in items if c["source"] == claim["source"] and same_review(c["about"], claim["about"])]

        def totals(metric: str, same: Sequence[Mapping[str, Any]] = tuple(same)) -> list[Mapping[str, Any]]:
            return [c for c in same if c["metric"] == metric and is_number(c.get("value"))]

        value = claim.get("value")
        if claim["metric"] in PARTS and isinstance(value, Mapping):
            whole, check = PARTS[claim["metric"]]
            if claim.get("shares"):
                rows.append(_shares(claim))
            elif not any(map(is_number, value.values())):
                rows.append(row_of(claim, check, "not computable", why="a part is no number"))
            else:
                rows += [
                    row_of(claim, check, verdict, against=f"{total['id']}: {total['value']}", why=why)
                    for total in totals(whole)
                    for verdict, why in [_parts(claim, total["value"])]
                ]
                if not totals(whole) and not all(map(is_number, value.values())):
                    rows.append(row_of(claim, check, "not computable", why="a part is no number"))
        for part, metric, whole, check in (
            (value, "studies_in_meta_analysis", "studies", "studies in meta analysis among all"),
            (value, "participants_in_meta_analysis", "participants", "participants in meta analysis among all"),
            (claim.get("k"), "effect", "studies_in_meta_analysis", "studies of the effect among those pooled"),
            (
                claim.get("n"),
                "effect",
                "participants_in_meta_analysis",
                "participants of the effect among those pooled",
            ),
        ):
            if claim["metric"] == metric and is_number(part):
                for total in totals(whole):
                    why = "" if part <= total["value"] else "more than there are in all"
                    verdict = "incoherent" if why else "coherent"
                    if why and metric == "effect" and _EFFECTS_COUNTED.search(str(claim.get("wording", ""))):
                        verdict, why = "not computable", "it counts effects or people more than once"
                    rows.append(row_of(claim, check, verdict, against=f"{total['id']}: {total['value']}", why=why))
        rows += _twice(claim, same) + _beside(claim, same)
    return rows


def _shares(claim: Mapping[str, Any]) -> list[str]:
    """Parts given in per cent: they sum to 100, give or take half a unit of the last digit each."""
    parts = [part for part in claim["value"].values() if is_number(part)]
    if len(parts) < len(claim["value"]):
        return row_of(claim, "shares sum to 100 %", "not computable", why="a part is no number")
    total = sum(parts)
    slack = len(parts) * 0.5 * 10.0 ** -printed_decimals(*parts)
    why = "" if abs(total - 100) <= slack + 1e-9 else f"the parts sum to {total:g} %"
    return row_of(claim, "shares sum to 100 %", *_coherent(why), against="100 %", why=why)


def _parts(claim: Mapping[str, Any], total: float) -> tuple[str, str]:
    """(verdict, why) on parts against their whole; where not all parts are stated, only too much of them is wrong."""
    value, wording = claim["value"], str(claim.get("wording", ""))
    numbers = [part for part in value.values() if is_number(part)]
    parts = sum(numbers)
    if parts == total and len(numbers) == len(value):
        return "coherent", ""
    if parts > total and not _SOME_TWICE.search(wording):
        return "incoherent", f"the parts sum to {parts}"
    if parts <= total and (len(numbers) < len(value) or len(value) == 1 or _SOME_LACK.search(wording)):
        return "not computable", f"the parts that are stated sum to {parts}"
    if parts > total:
        return "not computable", f"the parts sum to {parts}, and some are counted in several"
    return "incoherent", f"the parts sum to {parts}"


def _twice(claim: Mapping[str, Any], same: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """One source that states a total twice, each time another one."""
    others = [
        other
        for other in same
        if claim["metric"] in _TOTALS and other["metric"] == claim["metric"] and same_subject(claim, other)
        if is_number(claim.get("value")) and is_number(other.get("value")) and other["value"] != claim["value"]
    ]
    why = "the same source states another one"
    return [
        row_of(claim, "one total in one source", "incoherent", f"{other['id']}: {other['value']}", why)
        for other in others
    ]


def _beside(claim: Mapping[str, Any], same: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """tau beside tau2, and a prediction interval beside the confidence interval that it has to contain."""
    rows = []
    for other in same:
        if not same_subject(claim, other) or not is_number(claim.get("value")):
            continue
        kinds, against = (claim["metric"], other["metric"]), f"{other['id']}: {stated(other)}"
        if kinds == ("tau", "tau2") and is_number(other.get("value")):
            tau = rounded(claim["value"], decimals_of(claim))
            squared = Interval(max(tau.low, 0.0) ** 2, tau.high**2)
            why = "" if squared.overlaps(rounded_claim(other)) else "its square is another tau2"
            rows.append(row_of(claim, "tau from tau2", *_coherent(why), against, why))
        if kinds == ("prediction_interval", "effect") and "ci" in claim and "ci" in other:
            slack = 0.5 * 10.0 ** -decimals_of(claim) + 0.5 * 10.0 ** -decimals_of(other)
            inside = claim["ci"][0] <= other["ci"][0] + slack and claim["ci"][1] >= other["ci"][1] - slack
            why = "" if inside else "a prediction interval is never narrower than the confidence interval"
            rows.append(
                row_of(claim, "prediction interval around the confidence interval", *_coherent(why), against, why)
            )
    return rows


def _coherent(why: str) -> tuple[str]:
    return ("incoherent" if why else "coherent",)
