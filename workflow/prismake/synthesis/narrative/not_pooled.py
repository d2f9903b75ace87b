"""Which included studies no analysis pools, and why (SWiM item 2; PRISMA 2020 item 13d)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

COLUMNS = ["study_id", "label", "pooled_in", "reason"]


def matches(effects: pd.DataFrame, where: Mapping[str, Any]) -> pd.Series:
    """Rows that an analysis's `effects` filter keeps: value, list of values, {not: ...}, {min: ...}, {max: ...}."""
    keep = pd.Series(True, index=effects.index)
    for column, wanted in where.items():
        if column not in effects.columns:
            return pd.Series(False, index=effects.index)
        keep &= effects[column].map(lambda value, wanted=wanted: _fits(value, wanted)).astype(bool)
    return keep


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        if "not" in wanted and _fits(value, wanted["not"]):
            return False
        number = _number(value)
        if "min" in wanted and not (number is not None and number >= float(wanted["min"])):
            return False
        return not ("max" in wanted and not (number is not None and number <= float(wanted["max"])))
    if isinstance(wanted, list):
        return any(_fits(value, one) for one in wanted)
    number, target = _number(value), _number(wanted)
    return number == target if number is not None and target is not None else str(value) == str(wanted)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return None if math.isnan(number) else number


def not_pooled(
    included: pd.DataFrame,
    studies: pd.DataFrame,
    effects: pd.DataFrame,
    not_computed: pd.DataFrame,
    analyses: Mapping[str, Mapping[str, Any]],
) -> pd.DataFrame:
    """Every included study with the analyses that pool it; for those in none, the reason."""
    pools = {
        name: set(effects.loc[matches(effects, spec.get("effects") or {}), "study_id"])
        for name, spec in analyses.items()
    }
    excused = dict(zip(studies["study_id"], studies["narrative_only"], strict=True))
    rows = []
    for study, label in zip(included["study_id"], included["label"], strict=True):
        names = [name for name, pool in pools.items() if study in pool]
        reason = "" if names else _reason(study, excused, effects, not_computed, analyses)
        rows.append({"study_id": study, "label": label, "pooled_in": "; ".join(names), "reason": reason})
    return pd.DataFrame(rows, columns=COLUMNS)


def _reason(
    study: str,
    excused: Mapping[str, str],
    effects: pd.DataFrame,
    not_computed: pd.DataFrame,
    analyses: Mapping[str, Any],
) -> str:
    if study not in excused:
        return "not extracted yet"
    if excused[study]:
        return excused[study]
    mine = effects[effects["study_id"] == study]
    if len(mine):
        what = sorted(
            {
                f"{c} against {r or 'no comparator'} at {t}"
                for c, r, t in zip(mine["construct"], mine["comparator_role"], mine["timepoint"], strict=True)
            }
        )
        return "its effects are in no planned analysis: " + "; ".join(what) if analyses else "no analysis is planned"
    lost = not_computed[not_computed["study_id"] == study]
    if len(lost):
        return "no effect size could be computed: " + "; ".join(dict.fromkeys(lost["reason"]))
    return "no results of a planned comparison were extracted"
