"""The table of the included studies in the form that APA style and PRISMA 2020 (item 17) ask for."""

from __future__ import annotations

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
