"""The canonical sheets as RevMan's four tables of study data, under the headers that `formats.revman` describes."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from prismake.extraction.formats.revman import MEASURES, RATIOS

ARMS = ["Study", "Arm", "Description", "Intervention"]
RESULTS = [
    *(
        "Study",
        "Outcome",
        "Data type",
        "Effect measure",
        "Arm",
        "Reference arm",
        "Sample size",
        "Cases",
        "Mean",
        "SD",
        "SE",
    ),
    *(
        "Variance",
        "CI level",
        "CI start",
        "CI end",
        "Exp mean",
        "Exp CI start",
        "Exp CI end",
        "t-test",
        "z-test",
        "P value",
    ),
    *("Covariance method", "Covariance", "Other arm 1", "Other arm 2", "Correlation arm 1", "Correlation arm 2"),
    *("Correlation", "Other mean", "Other SE", "Other variance", "Other CI level", "Other CI start", "Other CI end"),
    *("Other exp mean", "Other exp CI start", "Other exp CI end", "Other t-test", "Other z-test", "Other P value"),
    "Footnotes",
]
_CHARACTERISTICS = {"population": "Participants", "design": "Methods", "country": "Country", "funding": "Funding"}
_COLUMN_OF = {
    **{"n": "Sample size", "total": "Sample size", "events": "Cases", "mean": "Mean", "sd": "SD", "se": "SE"},
    **{"ci_lb": "CI start", "ci_ub": "CI end"},
}
_WITHOUT_COLUMN = ("median", "q1", "q3", "min", "max")
_REVMANS = {"d": "SMD", **{ours: theirs for theirs, ours in MEASURES.items() if theirs != "RATE RATIO"}}


def revman_tables(
    tables: Mapping[str, pd.DataFrame], judgements: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """study_information, study_arms, study_results and risk_of_bias; judgements are those of whole studies."""
    studies, arms = tables["studies"], tables["arms"]
    characteristics = {f"Char: {name}": studies[column] for column, name in _CHARACTERISTICS.items()}
    return {
        "study_information": pd.DataFrame({"Study": studies["study_id"], "Year": studies["year"], **characteristics}),
        "study_arms": pd.DataFrame(
            {
                "Study": arms["study_id"],
                "Arm": arms["arm_id"],
                "Description": [
                    f"Role: {role}" + (f"; {n} randomised" if n else "")
                    for role, n in zip(arms["role"], arms["n_randomised"], strict=True)
                ],
                "Intervention": arms["condition"],
            },
            columns=ARMS,
        ),
        "study_results": _study_results(tables["results"], tables.get("effects_reported")),
        "risk_of_bias": _risk_of_bias(judgements),
    }


def _study_results(results: pd.DataFrame, effects: pd.DataFrame | None) -> pd.DataFrame:
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for r in results.to_dict("records"):
        if not r["arm_id"] or r["stat"] not in (*_COLUMN_OF, *_WITHOUT_COLUMN):
            continue
        key = (r["study_id"], r["outcome_id"], r["timepoint"], r["arm_id"])
        row = rows.setdefault(key, {"Study": key[0], "Outcome": _outcome(r), "Data type": "Continuous", "Arm": key[3]})
        if r["stat"] in _WITHOUT_COLUMN:
            row["Footnotes"] = "; ".join([*filter(None, [row.get("Footnotes")]), f"{r['stat']} {r['value']}"])
            continue
        row[_COLUMN_OF[r["stat"]]] = r["value"]
        if r["stat"] in ("events", "total"):
            row["Data type"] = "Dichotomous"
    compared = [] if effects is None else [_compared(e) for e in effects.to_dict("records")]
    every = [*rows.values(), *(row for row in compared if row)]
    return pd.DataFrame([{c: row.get(c, "") for c in RESULTS} for row in every], columns=RESULTS, dtype=str)


def _compared(effect: Mapping[str, str]) -> dict[str, str]:
    """A reported effect as a row with a reference arm; empty where RevMan has no such measure."""
    measure = effect["measure"].removeprefix("log_")
    arm, versus, reference = effect["contrast"].partition(" vs ")
    if measure not in _REVMANS or not versus:
        return {}
    prefix = (
        ("Exp mean", "Exp CI start", "Exp CI end") if effect["measure"] in RATIOS else ("Mean", "CI start", "CI end")
    )
    return {
        "Study": effect["study_id"],
        "Outcome": _outcome(effect),
        "Data type": "Continuous" if measure in ("md", "d", "g") else "Dichotomous",
        "Effect measure": _REVMANS[measure],
        "Arm": arm,
        "Reference arm": reference,
        "Sample size": effect.get("n", ""),
        **dict(zip(prefix, (effect[c] for c in ("value", "ci_lb", "ci_ub")), strict=True)),
        "SE": effect["se"],
        "CI level": effect.get("ci_level", ""),
        "P value": effect.get("p", ""),
        "Footnotes": effect.get("note", ""),
    }


def _outcome(row: Mapping[str, str]) -> str:
    return f"{row['outcome_id']} [{row['timepoint']}]" if row["timepoint"] else row["outcome_id"]


def _risk_of_bias(judgements: pd.DataFrame | None) -> pd.DataFrame:
    if judgements is None or not len(judgements):
        return pd.DataFrame(columns=["Study"])
    wide = judgements.pivot_table(index="study_id", columns="domain", values="judgement", aggfunc="first", sort=False)
    named = wide.rename(columns=lambda domain: f"Domain (judgement): {domain}").reset_index()
    return named.rename(columns={"study_id": "Study"}).fillna("")
