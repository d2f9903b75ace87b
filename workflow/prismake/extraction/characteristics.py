"""Tables about the included studies in the form that APA style and PRISMA 2020 (items 16b, 17, 19) ask for."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from prismake.extraction.long_results import is_baseline
from prismake.extraction.tables import Extraction
from prismake.extraction.values import number

CHARACTERISTICS = [
    "study_id",
    "study",
    "country",
    "design",
    "population",
    "n_randomised",
    "pct_female",
    "age_mean",
    "intervention",
    "comparator",
    "outcome_measures",
    "follow_up",
]
EXCLUDED = ["report_id", "report", "reason", "other_reasons"]


def characteristics(tables: Extraction, intervention: tuple[str, ...] = ("intervention",)) -> pd.DataFrame:
    """One row a study: who, what, against what, measured how and when.

    Percent female and age are means of the arms weighted by the number randomised, where all arms report them; a blank
    is a value that was not reported.
    """
    rows = []
    for study in tables["studies"].to_dict("records"):
        name = str(study["study_id"])
        arms = [a for a in tables["arms"].to_dict("records") if a["study_id"] == name]
        outcomes = [o for o in tables["outcomes"].to_dict("records") if o["study_id"] == name]
        rows.append(
            {
                "study_id": name,
                "study": study["label"] or name,
                "country": study["country"],
                "design": study["design"],
                "population": study["population"],
                "n_randomised": _total(str(study["n_total"]), arms),
                "pct_female": _weighted(arms, "pct_female"),
                "age_mean": _weighted(arms, "age_mean"),
                "intervention": _conditions(arms, intervention, True),
                "comparator": _conditions(arms, intervention, False),
                "outcome_measures": _measures(outcomes),
                "follow_up": _times(tables, name),
            }
        )
    return pd.DataFrame(rows, columns=CHARACTERISTICS)


def with_risk_of_bias(table: pd.DataFrame, overall: Mapping[str, str]) -> pd.DataFrame:
    """The characteristics with a last column risk_of_bias (blank: not assessed)."""
    return table.assign(risk_of_bias=[overall.get(s, "") for s in table["study_id"]])


def _total(stated: str, arms: list[dict]) -> int | str:
    value = number(stated)
    if value == value:
        return int(value)
    known = [number(str(a["n_randomised"])) for a in arms]
    return int(sum(known)) if known and all(n == n for n in known) else ""


def _weighted(arms: list[dict], column: str) -> float | str:
    pairs = [(number(str(a[column])), number(str(a["n_randomised"]))) for a in arms]
    if not pairs or any(v != v or n != n for v, n in pairs) or not sum(n for _, n in pairs):
        return ""
    return round(sum(v * n for v, n in pairs) / sum(n for _, n in pairs), 1)


def _conditions(arms: list[dict], intervention: tuple[str, ...], wanted: bool) -> str:
    names = [str(a["condition"] or a["arm_id"]) for a in arms if (a["role"] in intervention) is wanted]
    return "; ".join(dict.fromkeys(names))


def _measures(outcomes: list[dict]) -> str:
    words = [f"{o['construct']} ({o['instrument']})" if o["instrument"] else str(o["construct"]) for o in outcomes]
    return "; ".join(dict.fromkeys(words))


def _times(tables: Extraction, study: str) -> str:
    found: dict[str, None] = {}
    for sheet in ("results", "effects_reported"):
        frame = tables[sheet]
        for name, time, weeks in zip(frame["study_id"], frame["timepoint"], frame["time_weeks"], strict=True):
            if name == study and time and not is_baseline(time):
                found.setdefault(f"{time} ({weeks} weeks)" if weeks else time)
    return "; ".join(found)


def excluded_reports(reports: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Reports excluded on full text with their primary reason (PRISMA 2020, item 16b), by author and year.

    `reports` is results/retrieval/reports.csv; `labels` maps a reason's id to its words.
    """
    rows = [
        {
            "report_id": r["report_id"],
            "report": _citation(r),
            "reason": labels.get(r["primary_reason"], r["primary_reason"]),
            "other_reasons": "; ".join(
                labels.get(x, x) for x in str(r["reasons"]).split("; ") if x and x != r["primary_reason"]
            ),
        }
        for r in reports.to_dict("records")
        if r.get("full_text") == "exclude"
    ]
    return pd.DataFrame(rows, columns=EXCLUDED).sort_values(["report", "report_id"], ignore_index=True)


def _citation(report: Mapping[str, str]) -> str:
    families = [a.split(",")[0].strip() for a in str(report.get("authors", "")).split(";") if a.strip()]
    year = str(report.get("year", "") or "n.d.").removesuffix(".0")
    who = {0: str(report.get("title", "")), 1: "".join(families[:1]), 2: " & ".join(families[:2])}
    return f"{who.get(len(families), (families or [''])[0] + ' et al.')} ({year})"
