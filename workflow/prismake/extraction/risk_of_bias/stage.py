"""What the risk-of-bias stage hands on: settled judgements, agreement, pending studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from prismake.extraction.risk_of_bias.agreement import agreement
from prismake.extraction.risk_of_bias.items import COLUMNS as ITEM_COLUMNS
from prismake.extraction.risk_of_bias.items import ITEM_DOMAINS, NO, NO_INFORMATION, YES
from prismake.extraction.risk_of_bias.judgements import LONG, read_items, read_judgements, read_weights
from prismake.extraction.risk_of_bias.overall import Settled, settle, summary
from prismake.extraction.risk_of_bias.tools import Level, Tool
from prismake.messages.faults import Faults

PENDING = ["stage", "id", "title", "who", "what"]


@dataclass
class Assessed:
    """The stage's tables: judgements as given, answers to items, settled judgements, counts, agreement, findings, pending."""

    given: pd.DataFrame
    items: pd.DataFrame
    settled: Settled
    summary: dict[str, Any]
    agreement: dict[str, Any]
    findings: Faults
    pending: pd.DataFrame
    weights: dict[tuple[str, str], float] = field(default_factory=dict)


def assess(
    sheet: Sequence[str],
    tool: Tool,
    included: pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    raters: int = 1,
    wanted: bool = True,
) -> Assessed:
    """Read, check, settle and count the judgements of a sheet (none or one path). Faults are in the result."""
    findings = Faults()
    given = pd.DataFrame(columns=[*LONG, "override_reason", "line"], dtype=str)
    items = pd.DataFrame(columns=ITEM_COLUMNS)
    file = str(sheet[0]) if sheet else ""
    weights: dict[tuple[str, str], float] = {}
    if sheet:
        weights, wrong = read_weights(sheet[0], columns)
        findings.extend(wrong)
        items = read_items(sheet[0], tool, columns)
        given, found = read_judgements(sheet[0], tool, columns)
        findings.extend(found)
    settled = settle(given, tool, file=file)
    findings.extend(settled.faults)
    findings.extend(_unknown_studies(given, included, file))
    pending = _pending(settled, given, included, raters) if wanted else pd.DataFrame(columns=PENDING, dtype=str)
    agreed = agreement(given, tool)
    if len(items):
        agreed["items"] = agreement(_as_judgements(items), _ITEMS)
    counts = summary(settled.final, settled.overall, tool)
    return Assessed(given, items, settled, counts, agreed, findings, pending, weights)


# The items as a tool of their own, so that raters' agreement is counted on answers too.
_ITEMS = Tool(
    "items",
    "Items",
    "study",
    {item: item for item in ITEM_DOMAINS},
    (Level(YES, YES, "+", 0), Level(NO_INFORMATION, NO_INFORMATION, "?", 1), Level(NO, NO, "−", 2)),
)


def _as_judgements(items: pd.DataFrame) -> pd.DataFrame:
    return items.drop(columns="domain").rename(columns={"item": "domain", "answer": "judgement"})


def _unknown_studies(given: pd.DataFrame, included: pd.DataFrame, file: str) -> Faults:
    faults = Faults()
    known = set(included["study_id"])
    for study, lines in given.groupby("study_id", sort=False)["line"]:
        if known and study not in known:
            faults.warning(
                "not-included",
                "This study is not among the included studies.",
                file=file,
                line=int(lines.iloc[0]),
                column="study_id",
                value=str(study),
                expected="a study_id of results/retrieval/studies.csv",
                mend="correct the id",
            )
    return faults


def _pending(settled: Settled, given: pd.DataFrame, included: pd.DataFrame, raters: int) -> pd.DataFrame:
    rows = []
    labels = dict(zip(included["study_id"], included.get("label", included["study_id"]), strict=True))
    assessed = set(settled.overall["study_id"])
    for study, label in labels.items():
        if study not in assessed:
            rows.append(("risk_of_bias", study, label, "rater", "assess the risk of bias"))
    for unit in settled.overall.to_dict("records"):
        if not unit["overall"]:
            who = "adjudicator" if "disagree" in unit["basis"] else "rater"
            what = (
                "settle the raters' disagreement" if who == "adjudicator" else unit["basis"].removeprefix("waiting: ")
            )
            rows.append(("risk_of_bias", unit["study_id"], labels.get(unit["study_id"], unit["study_id"]), who, what))
    for study, group in given.groupby("study_id", sort=False):
        have = group["rater"].nunique()
        if have < raters and study in labels:
            rows.append(
                (
                    "risk_of_bias",
                    study,
                    labels[study],
                    "second rater",
                    f"{raters} raters are planned, {have} has judged",
                )
            )
    return pd.DataFrame(rows, columns=PENDING, dtype=str)
