"""The identities that need finished later stages (E15-E19): extraction, risk of bias, effects, analyses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from prismake.flow.count import Flow
from prismake.flow.identity import Holds, Identity, finished_ids, same_ids, same_number


@dataclass(frozen=True)
class LaterStages:
    """The tables of later stages, every cell as text; None where a review has no such stage.

    `analyses` are the contents of results/analyses/*/result.json by name, `pooled` their tables effects.csv;
    `severity` orders the levels of risk of bias (None for those without a place, such as no information).
    """

    extracted: pd.DataFrame | None = None
    risk_of_bias: pd.DataFrame | None = None
    effects: pd.DataFrame | None = None
    not_computed: pd.DataFrame | None = None
    narrative: pd.DataFrame | None = None
    not_pooled: pd.DataFrame | None = None
    analyses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    pooled: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    severity: Mapping[str, float | None] = field(default_factory=dict)


def check_later_stages(flow: Flow, later: LaterStages) -> list[Identity]:
    """E15-E19 for the studies that the flow includes."""
    included = flow.lists["total_studies"]
    return [
        *_same_studies(included, later),
        *_synthesised(included, later),
        *(identity for name in sorted(later.analyses) for identity in _analysis(name, later)),
        *_risk_of_bias(later),
    ]


def synthesis_counts(
    studies: Iterable[str], links: pd.DataFrame, analyses: Mapping[str, Mapping[str, Any]]
) -> dict[str, int]:
    """total_studies_ma and total_reports_ma: included studies with an effect in at least one analysis, and their
    reports.

    {} where no analysis has pooled anything.
    """
    pooled = pooled_studies(analyses) & set(studies)
    if not pooled:
        return {}
    reports = set(links.loc[links["study_id"].isin(pooled), "report_id"])
    return {"total_studies_ma": len(pooled), "total_reports_ma": len(reports)}


def _same_studies(included: Sequence[str], later: LaterStages) -> list[Identity]:
    """E15: the same studies in the flow, in the table of characteristics and in the risk of bias."""
    made = []
    for name, frame, words in (
        ("E15a", later.extracted, "Studies in the table of characteristics = studies included"),
        ("E15b", later.risk_of_bias, "Studies with a risk of bias judgement = studies included"),
    ):
        if frame is None or "study_id" not in frame:
            made.append(Identity(name, words, level="final", note="this review has no such table"))
        else:
            made.append(finished_ids(name, words, _ids(frame), included))
    return made


def _synthesised(included: Sequence[str], later: LaterStages) -> list[Identity]:
    """E16: pooled studies are included ones; each that is not pooled has a reason or is told in words."""
    statements = {
        "E16a": "Studies in any meta-analysis are included in the review",
        "E16b": "Studies in a meta-analysis + in the narrative synthesis or with a reason why not = studies included",
    }
    if not later.analyses and later.effects is None:
        return [
            Identity(name, words, level="final", note="this review has no synthesis")
            for name, words in statements.items()
        ]
    pooled = pooled_studies(later.analyses)
    strangers = sorted(pooled - set(included))
    explained = set(pooled)
    for frame in (later.not_computed, later.narrative, later.not_pooled, later.effects):
        if frame is not None and "study_id" in frame:
            explained |= set(_ids(frame))
    return [
        same_number("E16a", statements["E16a"], len(pooled), len(pooled) - len(strangers), strangers, level="final"),
        finished_ids("E16b", statements["E16b"], explained & set(included), included, note=f"{len(pooled)} pooled"),
    ]


def _analysis(name: str, later: LaterStages) -> list[Identity]:
    """E17-E18 for one analysis."""
    result = later.analyses[name]
    if result.get("not_estimable") and not result.get("studies"):
        return [Identity(f"E17 {name}", f"Studies of {name} = its k", note=str(result["not_estimable"]))]
    studies, effects = list(result.get("studies") or []), list(result.get("effects") or [])
    made = []
    pooled = later.pooled.get(name)
    if pooled is not None and "study_id" in pooled:
        table = sorted(set(_ids(pooled)))
        made.append(same_ids(f"E17 {name}", f"Different studies in the effects of {name} = the studies it names", table,
                             sorted(set(studies))))  # fmt: skip
    k = _whole(result.get("k"))
    if k is not None:
        right = len(set(studies)) if k == len(set(studies)) else len(set(effects)) or len(set(studies))
        made.append(same_number(f"E17k {name}", f"k of {name} = its different studies (or effects)", k, right))
    more = [*_subgroups(name, result, k), *_without_high_risk(name, result, k), *_participants(name, result, pooled)]
    return [*made, *more]


def _subgroups(name: str, result: Mapping[str, Any], k: int | None) -> list[Identity]:
    """E17: the k of the subgroups add up to the k of the analysis, but for what has no value in the column."""
    made = []
    for column, group in sorted((result.get("subgroups") or {}).items()):
        levels = group.get("levels") or []
        if k is not None and levels:
            total = sum(_whole(level.get("k")) or 0 for level in levels) + (_whole(group.get("missing")) or 0)
            statement = f"k of the subgroups of {name} by {column} + k without a value = k"
            made.append(same_number(f"E17s {name}.{column}", statement, total, k))
    return made


def _without_high_risk(name: str, result: Mapping[str, Any], k: int | None) -> list[Identity]:
    """E17: k without high risk of bias = k - studies left out."""
    block = (result.get("sensitivity") or {}).get("without_high_risk_of_bias") or {}
    kept = _whole(block.get("k"))
    if k is None or kept is None or "left_out" not in block or k != len(set(result.get("studies") or [])):
        return []
    statement = f"k of {name} without high risk of bias + studies left out = k"
    return [same_number(f"E17h {name}", statement, kept + len(block["left_out"]), k, block["left_out"])]


def _participants(name: str, result: Mapping[str, Any], pooled: pd.DataFrame | None) -> list[Identity]:
    """E18: N of an analysis is the sum over its studies, each participant once."""
    total = _whole(result.get("N"))
    if total is None or pooled is None or not {"study_id", "n"} <= set(pooled.columns):
        return []
    sizes = pd.to_numeric(pooled["n"], errors="coerce")
    statement = f"N of {name} = sum over its studies, each participant once"
    if sizes.isna().any():
        note = "a study gives no N"
        return [Identity(f"E18 {name}", statement, total, None, "not_applicable", "final", (), note)]
    largest, everybody = round(float(sizes.groupby(pooled["study_id"]).max().sum())), round(float(sizes.sum()))
    if not pooled["study_id"].duplicated().any():
        return [same_number(f"E18 {name}", statement, total, everybody, sorted(pooled["study_id"]), level="final")]
    holds: Holds = "yes" if largest <= total <= everybody else "no"
    note = f"studies with several effects share people: at least {largest}, at most {everybody}"
    return [Identity(f"E18 {name}", statement, total, everybody, holds, "final", (), note)]


def _risk_of_bias(later: LaterStages) -> list[Identity]:
    """E19: the levels add up to the judgements; an overall level is not better than the worst domain."""
    statements = {
        "E19a": "Judgements of all risk of bias levels = judgements",
        "E19b": "Overall judgements that are not better than their worst domain, or say why = judgements",
    }
    overall = later.risk_of_bias
    if overall is None or "overall" not in overall or overall.empty:
        note = "no risk of bias judgement yet"
        return [Identity(name, words, level="final", note=note) for name, words in statements.items()]
    blank = set(overall.loc[overall["overall"].eq(""), "study_id"])
    judged = overall[overall["overall"].ne("")]
    unknown = set(judged.loc[~judged["overall"].isin(list(later.severity)), "study_id"]) if later.severity else set()
    right = int(overall["overall"].ne("").sum() - judged["study_id"].isin(unknown).sum())
    holds: Holds = "no" if unknown else "pending" if blank else "yes"
    first = Identity("E19a", statements["E19a"], right, len(overall), holds, "final", tuple(sorted(blank | unknown)))
    return [first, _worst_domain(statements["E19b"], judged, later.severity)]


def _worst_domain(statement: str, judged: pd.DataFrame, severity: Mapping[str, float | None]) -> Identity:
    if "worst_domain" not in judged or not severity:
        return Identity("E19b", statement, level="final", note="no judgements by domain, or no order of the levels")
    mine, worst = judged["overall"].map(severity), judged["worst_domain"].map(severity)
    wrong = mine.notna() & worst.notna() & (mine < worst)
    if "override_reason" in judged:
        wrong &= judged["override_reason"].eq("")
    ids = sorted(set(judged.loc[wrong, "study_id"]))
    return same_number("E19b", statement, len(judged) - int(wrong.sum()), len(judged), ids, level="final")


def pooled_studies(analyses: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Ids of the studies in at least one analysis that has an estimate."""
    estimated = (result for result in analyses.values() if not result.get("not_estimable"))
    return {str(study) for result in estimated for study in result.get("studies") or []}


def _ids(frame: pd.DataFrame) -> list[str]:
    return [i for i in _distinct(frame["study_id"]) if i]


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _whole(value: Any) -> int | None:
    """A count of a result.json; None for null."""
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
