"""Agreement in each phase, round and pair of reviewers, from independent votes on records that both decided.

Adjudications and consensus are left out, calibration rounds stand apart. Where a tool's log shows that votes were
changed later, the first votes are reported beside those that stood in the end: a team that settles conflicts by
overwriting its votes would else report its consensus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from prismake.messages.faults import Faults
from prismake.screening.agreement import CATEGORIES, gwet_ac1, kappa_estimate, square_table, two_by_two
from prismake.screening.agreement_many import many
from prismake.screening.ledger import times
from prismake.screening.missed import missed_includes
from prismake.screening.reported import reported_agreement
from prismake.screening.resolution import PhaseRules, round_order

FEWEST_FOR_RECONCILED = 20
"""Records that two reviewers must share before complete agreement is remarked on."""


def agreement(
    ledger: pd.DataFrame,
    rules: Mapping[str, PhaseRules],
    faults: Faults,
    *,
    seed: int = 1,
    reported: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """What results/screening/agreement.json holds: {phases: {phase: {rounds: [...], overall: ..., reported: [...]}}}.

    `reported`: two-by-two tables that a tool gives in place of votes (`prismake.screening.reported`).
    """
    phases: dict[str, Any] = {}
    usable = ledger[(ledger["role"] == "reviewer") & (ledger["record_id"] != "") & (ledger["state"] != "implied")]
    for phase in ("title_abstract", "full_text"):
        part = usable[
            (usable["phase"] == phase) & usable["decision"].isin(["include", "exclude", "maybe", "ongoing", "awaiting"])
        ]
        if not len(part):
            continue
        maybe = rules[phase].maybe_as if phase in rules else "include"
        phases[phase] = _phase(part, phase, "exclude" if maybe == "exclude" else "include", faults, seed)
    for phase, pairs in reported_agreement(reported, seed=seed).items():
        none = {"maybe_as": "include", "reviewers": [], "rounds": [], "overall": None}
        phases[phase] = {**phases.get(phase, none), "reported": pairs}
    return {"phases": phases, "seed": seed}


def _phase(votes: pd.DataFrame, phase: str, maybe: str, faults: Faults, seed: int) -> dict[str, Any]:
    rounds = []
    for calibration in ("true", "false"):
        part = votes[votes["calibration"] == calibration]
        for name in round_order(list(dict.fromkeys(part["round"]))):
            entry = _compared(part[part["round"] == name], maybe, seed)
            if entry is not None:
                rounds.append({"round": name, "calibration": calibration == "true", **entry})
    main = votes[votes["calibration"] == "false"]
    overall = _compared(main, maybe, seed)
    for pair in (overall or {}).get("pairs", []):
        _reconciled(pair, phase, faults)
    per_reviewer = [
        {"reviewer": name, "n": len(own), "included": int((own["binary"] == "include").sum())}
        for name, own in _last(_binary(votes, maybe)).groupby("reviewer", sort=True)
    ]
    return {"maybe_as": maybe, "reviewers": per_reviewer, "rounds": rounds, "overall": overall}


def _binary(votes: pd.DataFrame, maybe: str) -> pd.DataFrame:
    """Decisions in two categories (`binary`) and three (`ternary`): ongoing and awaiting are not excluded."""
    ternary = votes["decision"].where(~votes["decision"].isin(("ongoing", "awaiting")), "include")
    return votes.assign(ternary=ternary, binary=ternary.where(ternary != "maybe", maybe))


def _last(votes: pd.DataFrame) -> pd.DataFrame:
    """The vote of each reviewer that stands on each record; none where duplicates that were joined differ."""
    counted = votes[votes["state"] == "counted"]
    return _unanimous(counted)


def _first(votes: pd.DataFrame) -> pd.DataFrame:
    """The first vote of each reviewer on each record, where votes have times."""
    ordered = votes[votes["state"].isin(("counted", "superseded", "duplicate"))]
    ordered = ordered.assign(time=times(ordered["decided_at"])).sort_values("time", kind="stable")
    return ordered.drop_duplicates(["reviewer", "record_id", "source_record_id"])


def _unanimous(votes: pd.DataFrame) -> pd.DataFrame:
    keys = ["reviewer", "record_id"]
    one = votes.groupby(keys, sort=False)["decision"].transform("nunique") == 1
    return votes[one].drop_duplicates(keys)


def _compared(votes: pd.DataFrame, maybe: str, seed: int) -> dict[str, Any] | None:
    votes = _binary(votes, maybe)
    last = _last(votes)
    names = sorted(last["reviewer"].unique())
    if len(names) < 2:
        return None
    wide = last.pivot(index="record_id", columns="reviewer", values="ternary")
    history = (votes["state"] == "superseded").any()
    first = (
        _unanimous(_first(votes)).pivot(index="record_id", columns="reviewer", values="ternary") if history else None
    )
    pairs = []
    for one, two in combinations(names, 2):
        both = wide[[one, two]].dropna()
        if not len(both):
            continue
        pair = {"reviewers": [one, two], **_pair(both, maybe, seed)}
        if first is not None and {one, two} <= set(first.columns):
            pair["first_votes"] = _pair(first[[one, two]].dropna(), maybe, seed)
        pairs.append(pair)
    entry: dict[str, Any] = {"n_records": int(wide.notna().any(axis=1).sum()), "pairs": pairs}
    entry["n_both"] = int((wide.notna().sum(axis=1) >= 2).sum())
    if len(names) > 2:
        entry["many"] = {"reviewers": names, **many(_counts(wide, maybe), seed=seed)}
    return entry


def _pair(both: pd.DataFrame, maybe: str, seed: int) -> dict[str, Any]:
    first, second = both.iloc[:, 0].to_numpy(dtype=object), both.iloc[:, 1].to_numpy(dtype=object)
    three = square_table(first, second)
    one = np.where(first == "maybe", maybe, first) == "include"
    two = np.where(second == "maybe", maybe, second) == "include"
    a, b = int((one & two).sum()), int((one & ~two).sum())
    c, d = int((~one & two).sum()), int((~one & ~two).sum())
    result = two_by_two(a, b, c, d, seed=seed)
    result["missed"] = missed_includes(a, b, c)
    if "maybe" in set(first) | set(second):
        result["three_categories"] = {
            "categories": list(CATEGORIES),
            "table": three.tolist(),
            "po": float(np.trace(three) / three.sum()),
            "kappa": kappa_estimate(three),
            "ac1": gwet_ac1(three),
        }
    return result


def _counts(wide: pd.DataFrame, maybe: str) -> np.ndarray:
    """Records x (include, exclude): how many reviewers chose each."""
    values = wide.replace("maybe", maybe)
    return np.column_stack([(values == name).sum(axis=1) for name in ("include", "exclude")])


def _reconciled(pair: dict[str, Any], phase: str, faults: Faults) -> None:
    """Complete agreement, or conflicts that vanished by changed votes, are no sign of independent votes."""
    first = pair.get("first_votes")
    before = first["b"] + first["c"] if first and first.get("n") else None
    after = pair["b"] + pair["c"]
    names = " and ".join(pair["reviewers"])
    complete = after == 0 and pair["n"] >= FEWEST_FOR_RECONCILED and 0 < pair["a"] < pair["n"]
    vanished = before is not None and before >= 5 and after <= 0.1 * before
    pair["looks_reconciled"] = bool(complete or vanished)
    if vanished:
        what = f"{before} conflicts of {names} in {phase} became {after} by changed votes"
    elif complete:
        what = f"{names} agree on all {pair['n']} records in {phase}"
    else:
        return
    faults.warning(
        "looks-reconciled",
        f"{what}: these votes look reconciled, and agreement from them is not that of independent votes.",
        expected="votes as they were cast before conflicts were discussed",
        mend="export the votes from before the discussion (Rayyan: customizations_log.csv), or report their loss",
    )
