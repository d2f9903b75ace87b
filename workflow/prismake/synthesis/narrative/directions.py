"""The direction of effect of each study in each outcome domain, and vote counting by direction.

Boon & Thomson (2021), Res Synth Methods 12:29; Cochrane Handbook, section 12.2.1.3. Significance plays no part in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from prismake.synthesis.pooling import people_in

# A study's outcomes in one domain share a direction if this part of them does (Boon & Thomson, 2021).
CONSISTENT = 0.7

COLUMNS = [
    "study_id",
    "label",
    "group",
    "construct",
    "direction",
    "n_effects",
    "n_positive",
    "n_negative",
    "ni",
    "people",
    "measure",
    "yi",
    "sei",
    "pval",
    "rob",
    "evidence",
]


@dataclass(frozen=True)
class Vote:
    """One effect's vote: +1 favours the intervention, -1 the comparator, 0 neither."""

    sign: int
    n: float | None
    yi: float | None
    sei: float | None
    evidence: str
    pval: float | None = None  # as reported, where there is no effect size
    measure: str = ""


def directions(
    effects: pd.DataFrame, not_computed: pd.DataFrame, groups: Mapping[str, str], constructs: Sequence[str] = ()
) -> pd.DataFrame:
    """One row for each study and construct: its direction, positive, negative, mixed or none.

    `effects` has yi > 0 favouring the intervention; `not_computed` a column direction for effects without a size.
    `groups` gives each study's group (SWiM item 1). Effects on different scales are never averaged: yi and sei are given
    where the study has one effect in the construct, or its first. `ni` is the largest sample that an effect rests on,
    `people` everybody behind the effects, each arm once, where a cluster trial's `ni` is smaller.
    """
    votes: dict[tuple[str, str], list[Vote]] = {}
    about: dict[str, dict[str, Any]] = {}
    for row in effects.to_dict("records"):
        yi, sei = _float(row["yi"]), _float(row["sei"])
        if yi is None:
            continue
        vote = Vote(_sign(yi), _float(row["ni"]), yi, sei, "effect size", measure=str(row.get("measure", "")))
        votes.setdefault((row["study_id"], row["construct"]), []).append(vote)
        about.setdefault(row["study_id"], {"label": row["label"], "rob": row.get("rob", "")})
    for row in not_computed.to_dict("records"):
        if row.get("direction") in ("positive", "negative", "none"):
            sign = {"positive": 1, "negative": -1, "none": 0}[row["direction"]]
            votes.setdefault((row["study_id"], row["construct"]), []).append(_without_size(sign, row))
        about.setdefault(row["study_id"], {"label": row["label"], "rob": row.get("rob", "")})
    people = {key: people_in(part) for key, part in effects.groupby(["study_id", "construct"], sort=False)}
    rows = [
        {**_row(study, construct, found, about[study], groups.get(study, "")), "people": people.get((study, construct))}
        for (study, construct), found in votes.items()
        if not constructs or construct in constructs
    ]
    for row in rows:
        if row["people"] is None or row["people"] != row["people"]:
            row["people"] = row["ni"]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(
        ["construct", "group", "label"], ignore_index=True, kind="stable"
    )


def _without_size(sign: int, row: Mapping[str, Any]) -> Vote:
    """The vote of an effect that has no size: its direction, and its p where the report gives one."""
    pval = _float(row.get("pval"))
    return Vote(sign, _float(row.get("ni")), None, None, "direction only" if pval is None else "direction and p", pval)


def z_of(row: Mapping[str, Any]) -> float | None:
    """z of a study's row: effect over standard error, else that of its two-sided p with the sign of its direction."""
    yi, sei, pval = (_float(row[c]) for c in ("yi", "sei", "pval"))
    if yi is not None and sei:
        return yi / sei
    sign = {"positive": 1.0, "negative": -1.0}.get(str(row["direction"]))
    if pval is None or sign is None or not 0 < pval < 1:
        return None
    from statistics import NormalDist

    return sign * -NormalDist().inv_cdf(max(pval / 2, 1e-300))


def _row(study: str, construct: str, votes: list[Vote], about: Mapping[str, Any], group: str) -> dict[str, Any]:
    positive, negative = sum(v.sign > 0 for v in votes), sum(v.sign < 0 for v in votes)
    sized = next((v for v in votes if v.yi is not None), None)
    z = sized.yi / sized.sei if sized and sized.yi is not None and sized.sei else None
    known = [v.n for v in votes if v.n is not None]
    return {
        "study_id": study,
        "label": about["label"],
        "group": group,
        "construct": construct,
        "direction": direction_of(positive, negative, len(votes)),
        "n_effects": len(votes),
        "n_positive": positive,
        "n_negative": negative,
        "ni": max(known) if known else None,
        "measure": sized.measure if sized else "",
        "yi": sized.yi if sized else None,
        "sei": sized.sei if sized else None,
        "pval": next((v.pval for v in votes if v.pval is not None), None) if z is None else two_sided(z),
        "rob": about["rob"],
        "evidence": "; ".join(dict.fromkeys(v.evidence for v in votes)),
    }


def direction_of(positive: int, negative: int, total: int) -> str:
    """positive or negative where at least 70 percent of the effects agree, none where all are zero, else mixed."""
    if total == 0 or (positive == 0 and negative == 0):
        return "none"
    if positive / total >= CONSISTENT:
        return "positive"
    return "negative" if negative / total >= CONSISTENT else "mixed"


def two_sided(z: float) -> float:
    """Two-sided p of a z."""
    return math.erfc(abs(z) / math.sqrt(2))


def vote_count(table: pd.DataFrame) -> dict[str, Any]:
    """Counts of directions and the two-sided sign test; mixed and zero directions are no votes.

    The share has Wilson's 95 percent interval. Null with a reason where nobody votes.
    """
    positive = int((table["direction"] == "positive").sum())
    negative = int((table["direction"] == "negative").sum())
    votes = positive + negative
    result: dict[str, Any] = {
        "studies": len(table),
        "positive": positive,
        "negative": negative,
        "mixed": int((table["direction"] == "mixed").sum()),
        "none": int((table["direction"] == "none").sum()),
        "votes": votes,
        "share": None,
        "share_ci_lb": None,
        "share_ci_ub": None,
        "pval": None,
        "not_estimable": None,
    }
    if votes == 0:
        return {**result, "not_estimable": "no study has a clear direction"}
    low, high = wilson(positive, votes)
    return {
        **result,
        "share": positive / votes,
        "share_ci_lb": low,
        "share_ci_ub": high,
        "pval": sign_test(positive, votes),
    }


def sign_test(successes: int, n: int) -> float:
    """Exact two-sided binomial p against one half (twice the smaller tail, at most 1)."""
    tail = min(successes, n - successes)
    return min(1.0, 2 * sum(math.comb(n, i) for i in range(tail + 1)) / 2**n)


def wilson(successes: int, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """Wilson's (1927) score interval of a share."""
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def _sign(value: float) -> int:
    return 0 if value == 0 else 1 if value > 0 else -1


def _float(value: object) -> float | None:
    if value is None or value == "":
        return None
    number = float(value)  # type: ignore[arg-type]
    return None if math.isnan(number) else number
