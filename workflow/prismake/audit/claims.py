"""The claims audit: numbers that were stated about a review, against themselves, each other, and this review's results.

Only claims about this very review are ever held against its results. The others are checked inside themselves
(estimate, interval and p; sums) and against what other sources say of the same review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from prismake.audit import coherence
from prismake.audit.claim_rows import decimals_of, is_number, rounded_claim, row_of, stated
from prismake.audit.claim_sums import sums
from prismake.audit.claim_text import comparable, read_claim, same_review, same_subject
from prismake.audit.claim_words import says_significant
from prismake.audit.coherence import Check
from prismake.audit.rounding import Interval, p_interval, printed_decimals, rounded, scale_of

VERDICT_COLUMNS = ["claim", "source", "about", "metric", "subject", "stated", "check", "verdict", "against", "why"]

# In the order of what a reader must see first.
VERDICTS = ("contradicted", "incoherent", "not computable", "within rounding", "confirmed", "coherent")

# The metrics whose words on significance and sign are held against the figures beside them.
WORDED = ("effect", "moderators", "publication_bias", "subgroups", "heterogeneity")

_ALONE = "nothing stands beside it that it could be held against, and no other source states it"


def audit_claims(claims: Mapping[str, Any], numbers: Mapping[str, float | None]) -> pd.DataFrame:
    """All verdicts on a claims file, one row a check, with `VERDICT_COLUMNS`.

    Args:
        claims: the content of config/claims.yaml.
        numbers: this review's numbers by name, raw; a claim names one with its key `is`.
    """
    items = [read_claim(claim) for claim in claims.get("claims") or []]
    this_review = claims.get("this_review", "this review")
    rows = [row for claim in items for row in _inside(claim)]
    rows += sums(items)
    rows += _across(items)
    own = [claim for claim in items if same_review(claim["about"], this_review)]
    rows += [row for claim in own for row in _against_results(claim, numbers)]
    judged = {row[0] for row in rows} | {row[8].partition(":")[0] for row in rows}  # a total is judged with its parts
    rows += [row_of(claim, "any check", "not computable", why=_ALONE) for claim in items if claim["id"] not in judged]
    frame = pd.DataFrame(rows, columns=VERDICT_COLUMNS, dtype=str)
    order = {verdict: place for place, verdict in enumerate(VERDICTS)}
    return frame.sort_values(
        ["verdict", "claim", "check"], key=lambda c: c.map(order) if c.name == "verdict" else c, kind="stable"
    ).reset_index(drop=True)


def _inside(claim: Mapping[str, Any]) -> list[list[str]]:
    """Checks of a claim in itself: estimate, interval and p; words against them; I2 and p from Q; a share of its counts."""
    value, p = claim.get("value"), claim.get("p")
    number, ci = value if is_number(value) else None, tuple(claim["ci"]) if "ci" in claim else None
    level, scale = float(claim.get("level", 95)), scale_of(claim.get("measure", ""))
    k = claim["k"] if isinstance(claim.get("k"), int) else None
    words = f"{value} {claim.get('wording', '')}" if isinstance(value, str) else claim.get("wording", "")
    checks: list[Check] = coherence.possible(number, claim.get("measure") or claim["metric"], ci)
    if "no_interval" in claim:
        checks.append(Check("interval", "not computable", why=f"{claim['no_interval']!r} is no interval"))
    if number is not None and ci is not None:
        checks += coherence.effect(
            number, ci, decimals_of(claim), p=p, k=k, df=claim.get("df"), level=level, scale=scale, words=words
        )
    if claim["metric"] in WORDED:
        checks += coherence.wording(words, number, ci, p, level, scale, aside=claim["metric"] == "effect")
    if number is not None and is_number(claim.get("part")) and is_number(claim.get("of")):
        checks.append(coherence.share(claim["part"], claim["of"], number, decimals_of(claim)))
    if "range" in claim and is_number(claim.get("part")) and is_number(claim.get("of")) and claim["of"] > 0:
        exact = 100 * claim["part"] / claim["of"]
        fits = (
            claim["range"].low - 1 <= exact <= claim["range"].high + 1
        )  # `more than 50 %` of 52.9 %, `over 50 %` of 50.4 %
        why = "" if fits else f"{claim['part']} of {claim['of']} are {exact:.1f} %"
        checks.append(Check("percentage from its counts", "coherent" if fits else "incoherent", why=why))
    df = claim.get("df", None if k is None else k - 1)
    if number is not None and claim["metric"] == "I2" and "q" in claim and df is not None:
        from_q = claim.get("estimator") in ("DL", "EE", "FE")
        checks.append(
            coherence.i2(number, decimals_of(claim), claim["q"], printed_decimals(claim["q"]), df, from_q=from_q)
        )
    if number is not None and claim["metric"] == "Q" and df is not None and p is not None:
        checks.append(coherence.q_test(number, decimals_of(claim), df, p))
    return [row_of(claim, check.check, check.verdict, check.against, check.why) for check in checks]


def _across(items: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Two sources on the same thing: same review, metric and subject."""
    rows = []
    for one, other in combinations(items, 2):
        same = (
            one["metric"] == other["metric"] and same_review(one["about"], other["about"]) and same_subject(one, other)
        )
        if not same or one["source"] == other["source"] or "value" not in one or "value" not in other:
            continue
        if not comparable(one, other):
            verdict, why = "not computable", "they are stated in different measures"
        elif "range" in one or "range" in other:
            verdict, why = _ranges(one, other)
        elif is_number(one["value"]) and is_number(other["value"]):
            equal = one["value"] == other["value"]
            near = equal or not _both_counts(one, other) and rounded_claim(one).overlaps(rounded_claim(other))
            verdict = "confirmed" if equal else "within rounding" if near else "contradicted"
            why = "" if near else f"{stated(one)} and {stated(other)} cannot both be right"
            if not near and rounded_claim(one).overlaps(rounded_claim({**other, "value": -other["value"]})):
                why += "; they have opposite signs"
            if near and "ci" in one and "ci" in other and not _same_ci(one, other):
                verdict, why = "contradicted", "the intervals differ by more than rounding"
        elif is_number(one["value"]) or is_number(other["value"]):
            verdict, why = "not computable", "one of them states no figure"
        else:
            verdict = "confirmed" if _says(one["value"]) == _says(other["value"]) else "contradicted"
            why = "" if verdict == "confirmed" else "the two say different things"
        for claim, against in ((one, other), (other, one)):
            rows.append(
                row_of(claim, "against another source", verdict, f"{against['source']}: {stated(against)}", why)
            )
    return rows


def _ranges(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, str]:
    """(verdict, why) where a source states a range or a bound."""
    first, second = _span(one), _span(other)
    if first is None or second is None:
        return "not computable", "one of them states no figure"
    if first.overlaps(second):
        return "within rounding", ""
    return "contradicted", f"{stated(one)} and {stated(other)} cannot both be right"


def _span(claim: Mapping[str, Any]) -> Interval | None:
    """What a claim's figure can be: its range, itself where it counts something, else all that rounds to it."""
    if "range" in claim:
        found: Interval = claim["range"]
        return found
    value = claim["value"]
    if not is_number(value):
        return None
    return Interval(value, value) if isinstance(value, int) and "decimals" not in claim else rounded_claim(claim)


def _says(value: Any) -> Any:
    """Words by what they say of significance, where they say anything of it; every other value as it is."""
    said = says_significant(value) if isinstance(value, str) else None
    return value if said is None else said


def _both_counts(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two whole numbers are compared: 9 and 10 studies are no matter of rounding."""
    return all(isinstance(claim["value"], int) and "decimals" not in claim for claim in (one, other))


def _same_ci(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(
        rounded(a, decimals_of(one)).overlaps(rounded(b, decimals_of(other)))
        for a, b in zip(one["ci"], other["ci"], strict=True)
    )


def _against_results(claim: Mapping[str, Any], numbers: Mapping[str, float | None]) -> list[list[str]]:
    """A claim about this review against the number that it states, and its interval, p, k and N against their own."""
    name = claim.get("is")
    check = "against this review's results"
    if name is None:
        return [row_of(claim, check, "not computable", why="the claim names no number (key `is`)")]
    found = numbers.get(name)
    if found is None:
        return [row_of(claim, check, "not computable", name, "there is no such number in the results")]
    value = claim.get("value")
    if "range" in claim:
        fits = claim["range"].overlaps(Interval(found, found))
        why = "" if fits else f"the results say {found:.6g}"
        return [row_of(claim, check, "within rounding" if fits else "contradicted", f"{name} = {found:.6g}", why)]
    if isinstance(value, str):
        return [_worded(claim, name, found)]
    if value is None or not is_number(value):
        return [row_of(claim, check, "not computable", name, "the claim states no figure")]
    rows = [row_of(claim, check, *_compared(value, decimals_of(claim), found, name, counted="decimals" not in claim))]
    if claim["metric"] != "effect":
        return rows
    stem = _stem(name)
    beside: list[tuple[str, str, Any, int | None]] = []
    if "ci" in claim:
        ends = (("lower bound", "ci_lb"), ("upper bound", "ci_ub"))
        beside += [(w, f"{stem}.{key}", x, decimals_of(claim)) for (w, key), x in zip(ends, claim["ci"], strict=True)]
    for key, place in (("k", "k"), ("n", "N")):
        if key in claim:
            beside.append((key, _nearest(stem, place, numbers), claim[key], None))
    for words, key, figure, decimals in beside:
        there = numbers.get(key)
        if there is not None:
            verdict = _compared(figure, decimals or 0, there, key, counted=decimals is None)
            rows.append(row_of(claim, f"{words} {check}", *verdict))
    p = numbers.get(f"{stem}.pval")
    if "p" in claim and p is not None:
        rows.append(_stated_p(claim, f"{stem}.pval", p))
    return rows


def _stem(name: str) -> str:
    """The name that an estimate's bounds and p share: `primary.estimate` -> `primary`, `x.estimate.b` -> `x.estimate`."""
    return name.rpartition(".")[0]


def _nearest(stem: str, key: str, numbers: Mapping[str, float | None]) -> str:
    """The name of the k or N of an estimate: that of its subgroup where it has one, else that of its analysis."""
    parts = stem.split(".")
    names = [".".join([*parts[:end], key]) for end in range(len(parts), 0, -1)]
    return next((name for name in names if name in numbers), names[-1])


def _compared(value: float, decimals: int, found: float, name: str, *, counted: bool) -> tuple[str, str, str]:
    """(verdict, against, why); whole numbers that count something are never within rounding of each other."""
    if found == value:
        return "confirmed", f"{name} = {found:g}", ""
    exact = counted and isinstance(value, int) and float(found).is_integer()
    if not exact and rounded(value, decimals).overlaps(Interval(found, found)):
        return "within rounding", f"{name} = {found:.6g}", ""
    return "contradicted", f"{name} = {found:.6g}", f"the results say {found:.6g}"


def _worded(claim: Mapping[str, Any], name: str, p: float) -> list[str]:
    """Words on significance against a p value of the results."""
    said, check = says_significant(claim["value"]), "against this review's results"
    if said is None or name.rpartition(".")[2] not in ("p", "pval", "QMp", "QEp"):
        return row_of(
            claim, check, "not computable", name, "words are held against p values, and say if they are significant"
        )
    alpha = 1 - float(claim.get("level", 95)) / 100
    fits = (p < alpha) == said
    why = "" if fits else f"the results say {'' if p < alpha else 'not '}significant"
    return row_of(claim, check, "confirmed" if fits else "contradicted", f"{name} = {p:.3g}", why)


def _stated_p(claim: Mapping[str, Any], name: str, p: float) -> list[str]:
    check = "p against this review's results"
    try:
        given = p_interval(claim["p"])
    except ValueError:
        return row_of(claim, check, "not computable", name, f"{claim['p']!r} is no p value")
    fits = given.overlaps(Interval(p, p))
    verdict = "within rounding" if fits else "contradicted"
    return row_of(claim, check, verdict, f"{name} = {p:.3g}", "" if fits else f"the results say {p:.3g}")
