"""The claims audit: numbers that were stated about a review, against themselves, each other, and this review's results.

Only claims about this very review are ever held against its results. The others are checked inside themselves
(estimate, interval and p; sums) and against what other sources say of the same review.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from prismake.audit import coherence
from prismake.audit.claim_text import comparable, read_claim, same_review, same_subject
from prismake.audit.coherence import Check
from prismake.audit.rounding import Interval, p_interval, printed_decimals, rounded, scale_of

VERDICT_COLUMNS = ["claim", "source", "about", "metric", "subject", "stated", "check", "verdict", "against", "why"]

# In the order of what a reader must see first.
VERDICTS = ("contradicted", "incoherent", "not computable", "within rounding", "confirmed", "coherent")

# The metrics whose words on significance and sign are held against the figures beside them.
WORDED = ("effect", "moderators", "publication_bias", "subgroups", "heterogeneity")

_ALONE = "nothing stands beside it that it could be held against, and no other source states it"

# Metric whose value is a mapping of parts -> the metric that they add up to, and the name of the check.
PARTS = {
    "risk_of_bias": ("studies", "risk-of-bias levels sum to the studies"),
    "subgroup_studies": ("studies_in_meta_analysis", "subgroups sum to the studies pooled"),
    "subgroup_participants": ("participants_in_meta_analysis", "subgroups sum to the participants pooled"),
}


def audit_claims(claims: Mapping[str, Any], numbers: Mapping[str, float | None]) -> pd.DataFrame:
    """All verdicts on a claims file, one row a check, with `VERDICT_COLUMNS`.

    Args:
        claims: the content of config/claims.yaml.
        numbers: this review's numbers by name, raw; a claim names one with its key `is`.
    """
    items = [read_claim(claim) for claim in claims.get("claims") or []]
    this_review = claims.get("this_review", "this review")
    rows = [row for claim in items for row in _inside(claim)]
    rows += _sums(items)
    rows += _across(items)
    own = [claim for claim in items if same_review(claim["about"], this_review)]
    rows += [row for claim in own for row in _against_results(claim, numbers)]
    judged = {row[0] for row in rows} | {row[8].partition(":")[0] for row in rows}  # a total is judged with its parts
    rows += [_row(claim, "any check", "not computable", why=_ALONE) for claim in items if claim["id"] not in judged]
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
    """Checks of a claim in itself: estimate, interval and p; words against them; I2 and p from Q; a share of its counts."""
    value, p = claim.get("value"), claim.get("p")
    number, ci = value if _is_number(value) else None, tuple(claim["ci"]) if "ci" in claim else None
    level, scale = float(claim.get("level", 95)), scale_of(claim.get("measure", ""))
    k = claim["k"] if isinstance(claim.get("k"), int) else None
    words = f"{value} {claim.get('wording', '')}" if isinstance(value, str) else claim.get("wording", "")
    checks: list[Check] = coherence.possible(number, claim.get("measure") or claim["metric"], ci)
    if "no_interval" in claim:
        checks.append(Check("interval", "not computable", why=f"{claim['no_interval']!r} is no interval"))
    if number is not None and ci is not None:
        checks += coherence.effect(
            number, ci, _decimals(claim), p=p, k=k, df=claim.get("df"), level=level, scale=scale, words=words
        )
    if claim["metric"] in WORDED:
        checks += coherence.wording(words, number, ci, p, level, scale, aside=claim["metric"] == "effect")
    if number is not None and _is_number(claim.get("part")) and _is_number(claim.get("of")):
        checks.append(coherence.share(claim["part"], claim["of"], number, _decimals(claim)))
    df = claim.get("df", None if k is None else k - 1)
    if number is not None and claim["metric"] == "I2" and "q" in claim and df is not None:
        from_q = claim.get("estimator") in ("DL", "EE", "FE")
        checks.append(
            coherence.i2(number, _decimals(claim), claim["q"], printed_decimals(claim["q"]), df, from_q=from_q)
        )
    if number is not None and claim["metric"] == "Q" and df is not None and p is not None:
        checks.append(coherence.q_test(number, _decimals(claim), df, p))
    return [_row(claim, check.check, check.verdict, check.against, check.why) for check in checks]


def _sums(items: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Parts against totals of the same source: levels and subgroups add up, no part is larger than its whole."""
    rows = []
    for claim in items:
        same = [c for c in items if c["source"] == claim["source"] and same_review(c["about"], claim["about"])]

        def totals(metric: str, same: Sequence[Mapping[str, Any]] = tuple(same)) -> list[Mapping[str, Any]]:
            return [c for c in same if c["metric"] == metric and _is_number(c.get("value"))]

        value = claim.get("value")
        if claim["metric"] in PARTS and isinstance(value, Mapping):
            whole, check = PARTS[claim["metric"]]
            if claim.get("shares"):
                rows.append(_shares(claim))
            elif not any(map(_is_number, value.values())):
                rows.append(_row(claim, check, "not computable", why="a part is no number"))
            else:
                rows += [
                    _row(claim, check, verdict, against=f"{total['id']}: {total['value']}", why=why)
                    for total in totals(whole)
                    for verdict, why in [_parts(claim, total["value"])]
                ]
                if not totals(whole) and not all(map(_is_number, value.values())):
                    rows.append(_row(claim, check, "not computable", why="a part is no number"))
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
            if claim["metric"] == metric and _is_number(part):
                for total in totals(whole):
                    why = "" if part <= total["value"] else "more than there are in all"
                    verdict = "incoherent" if why else "coherent"
                    if why and metric == "effect" and _EFFECTS_COUNTED.search(str(claim.get("wording", ""))):
                        verdict, why = "not computable", "it counts effects or people more than once"
                    rows.append(_row(claim, check, verdict, against=f"{total['id']}: {total['value']}", why=why))
        rows += _twice(claim, same) + _beside(claim, same)
    return rows


# What `k` can count besides studies.
_EFFECTS_COUNTED = re.compile(r"\b(?:effects|effect sizes|comparisons|contrasts|samples|outcomes)\b", re.IGNORECASE)
# Words that explain why parts are fewer or more than the whole.
_SOME_LACK = re.compile(
    r"\b(?:missing|unknown|unclear|remaining|rest|other|others|(?:did|could|was|were) not|not (?:report|rated|stated|given))",
    re.IGNORECASE,
)
_SOME_TWICE = re.compile(r"\b(?:overlap\w*|both|several|more than one|multiple|twice)\b", re.IGNORECASE)


def _parts(claim: Mapping[str, Any], total: float) -> tuple[str, str]:
    """(verdict, why) on parts against their whole; where not all parts are stated, only too much of them is wrong."""
    value, wording = claim["value"], str(claim.get("wording", ""))
    numbers = [part for part in value.values() if _is_number(part)]
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


# Metrics that one source can state only one number of.
_TOTALS = ("studies", "participants", "studies_in_meta_analysis", "participants_in_meta_analysis")


def _twice(claim: Mapping[str, Any], same: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """One source that states a total twice, each time another one."""
    others = [
        other
        for other in same
        if claim["metric"] in _TOTALS and other["metric"] == claim["metric"] and same_subject(claim, other)
        if _is_number(claim.get("value")) and _is_number(other.get("value")) and other["value"] != claim["value"]
    ]
    why = "the same source states another one"
    return [
        _row(claim, "one total in one source", "incoherent", f"{other['id']}: {other['value']}", why)
        for other in others
    ]


def _beside(claim: Mapping[str, Any], same: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """tau beside tau2, and a prediction interval beside the confidence interval that it has to contain."""
    rows = []
    for other in same:
        if not same_subject(claim, other) or not _is_number(claim.get("value")):
            continue
        kinds, against = (claim["metric"], other["metric"]), f"{other['id']}: {stated(other)}"
        if kinds == ("tau", "tau2") and _is_number(other.get("value")):
            tau = rounded(claim["value"], _decimals(claim))
            squared = Interval(max(tau.low, 0.0) ** 2, tau.high**2)
            why = "" if squared.overlaps(_rounded(other)) else "its square is another tau2"
            rows.append(_row(claim, "tau from tau2", *_coherent(why), against, why))
        if kinds == ("prediction_interval", "effect") and "ci" in claim and "ci" in other:
            slack = 0.5 * 10.0 ** -_decimals(claim) + 0.5 * 10.0 ** -_decimals(other)
            inside = claim["ci"][0] <= other["ci"][0] + slack and claim["ci"][1] >= other["ci"][1] - slack
            why = "" if inside else "a prediction interval is never narrower than the confidence interval"
            rows.append(
                _row(claim, "prediction interval around the confidence interval", *_coherent(why), against, why)
            )
    return rows


def _shares(claim: Mapping[str, Any]) -> list[str]:
    """Parts given in per cent: they sum to 100, give or take half a unit of the last digit each."""
    parts = [part for part in claim["value"].values() if _is_number(part)]
    if len(parts) < len(claim["value"]):
        return _row(claim, "shares sum to 100 %", "not computable", why="a part is no number")
    total = sum(parts)
    slack = len(parts) * 0.5 * 10.0 ** -printed_decimals(*parts)
    why = "" if abs(total - 100) <= slack + 1e-9 else f"the parts sum to {total:g} %"
    return _row(claim, "shares sum to 100 %", *_coherent(why), against="100 %", why=why)


def _coherent(why: str) -> tuple[str]:
    return ("incoherent" if why else "coherent",)


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
        elif _is_number(one["value"]) and _is_number(other["value"]):
            equal = one["value"] == other["value"]
            near = equal or not _both_counts(one, other) and _rounded(one).overlaps(_rounded(other))
            verdict = "confirmed" if equal else "within rounding" if near else "contradicted"
            why = "" if near else f"{stated(one)} and {stated(other)} cannot both be right"
            if not near and _rounded(one).overlaps(_rounded({**other, "value": -other["value"]})):
                why += "; they have opposite signs"
            if near and "ci" in one and "ci" in other and not _same_ci(one, other):
                verdict, why = "contradicted", "the intervals differ by more than rounding"
        elif _is_number(one["value"]) or _is_number(other["value"]):
            verdict, why = "not computable", "one of them states no figure"
        else:
            verdict = "confirmed" if _says(one["value"]) == _says(other["value"]) else "contradicted"
            why = "" if verdict == "confirmed" else "the two say different things"
        for claim, against in ((one, other), (other, one)):
            rows.append(_row(claim, "against another source", verdict, f"{against['source']}: {stated(against)}", why))
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
    if not _is_number(value):
        return None
    return Interval(value, value) if isinstance(value, int) and "decimals" not in claim else _rounded(claim)


def _says(value: Any) -> Any:
    """Words by what they say of significance, where they say anything of it; every other value as it is."""
    said = coherence.says_significant(value) if isinstance(value, str) else None
    return value if said is None else said


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


def _against_results(claim: Mapping[str, Any], numbers: Mapping[str, float | None]) -> list[list[str]]:
    """A claim about this review against the number that it states, and its interval, p, k and N against their own."""
    name = claim.get("is")
    check = "against this review's results"
    if name is None:
        return [_row(claim, check, "not computable", why="the claim names no number (key `is`)")]
    found = numbers.get(name)
    if found is None:
        return [_row(claim, check, "not computable", name, "there is no such number in the results")]
    value = claim.get("value")
    if "range" in claim:
        fits = claim["range"].overlaps(Interval(found, found))
        why = "" if fits else f"the results say {found:.6g}"
        return [_row(claim, check, "within rounding" if fits else "contradicted", f"{name} = {found:.6g}", why)]
    if isinstance(value, str):
        return [_worded(claim, name, found)]
    if value is None or not _is_number(value):
        return [_row(claim, check, "not computable", name, "the claim states no figure")]
    rows = [_row(claim, check, *_compared(value, _decimals(claim), found, name, counted="decimals" not in claim))]
    if claim["metric"] != "effect":
        return rows
    stem = _stem(name)
    beside: list[tuple[str, str, Any, int | None]] = []
    if "ci" in claim:
        ends = (("lower bound", "ci_lb"), ("upper bound", "ci_ub"))
        beside += [(w, f"{stem}.{key}", x, _decimals(claim)) for (w, key), x in zip(ends, claim["ci"], strict=True)]
    for key, place in (("k", "k"), ("n", "N")):
        if key in claim:
            beside.append((key, _nearest(stem, place, numbers), claim[key], None))
    for words, key, figure, decimals in beside:
        there = numbers.get(key)
        if there is not None:
            verdict = _compared(figure, decimals or 0, there, key, counted=decimals is None)
            rows.append(_row(claim, f"{words} {check}", *verdict))
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
    said, check = coherence.says_significant(claim["value"]), "against this review's results"
    if said is None or name.rpartition(".")[2] not in ("p", "pval", "QMp", "QEp"):
        return _row(
            claim, check, "not computable", name, "words are held against p values, and say if they are significant"
        )
    alpha = 1 - float(claim.get("level", 95)) / 100
    fits = (p < alpha) == said
    why = "" if fits else f"the results say {'' if p < alpha else 'not '}significant"
    return _row(claim, check, "confirmed" if fits else "contradicted", f"{name} = {p:.3g}", why)


def _stated_p(claim: Mapping[str, Any], name: str, p: float) -> list[str]:
    check = "p against this review's results"
    try:
        given = p_interval(claim["p"])
    except ValueError:
        return _row(claim, check, "not computable", name, f"{claim['p']!r} is no p value")
    fits = given.overlaps(Interval(p, p))
    verdict = "within rounding" if fits else "contradicted"
    return _row(claim, check, verdict, f"{name} = {p:.3g}", "" if fits else f"the results say {p:.3g}")
