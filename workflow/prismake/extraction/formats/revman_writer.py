"""The canonical sheets as RevMan's four tables of study data, under the headers that `formats.revman` describes."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from prismake.extraction.formats.revman import MEASURES, RATIOS, TOLD_OF_EFFECTS, TOLD_OF_OUTCOMES, WITHOUT_COLUMN

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
_REVMANS = {"d": "SMD", **{ours: theirs for theirs, ours in MEASURES.items() if theirs != "RATE RATIO"}}


def revman_tables(
    tables: Mapping[str, pd.DataFrame], judgements: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """study_information, study_arms, study_results and risk_of_bias; judgements are those of whole studies.

    What RevMan has no column for (an outcome's direction and instrument, medians, which arm an effect favours) stands in
    the footnotes, where `read_revman` finds it again.
    """
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
        "study_results": _study_results(tables["results"], tables.get("effects_reported"), tables.get("outcomes")),
        "risk_of_bias": _risk_of_bias(judgements),
    }


def _study_results(results: pd.DataFrame, effects: pd.DataFrame | None, outcomes: pd.DataFrame | None) -> pd.DataFrame:
    told = {
        (r["study_id"], r["outcome_id"]): _told(r, TOLD_OF_OUTCOMES)
        for r in ([] if outcomes is None else outcomes.to_dict("records"))
    }
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for r in results.to_dict("records"):
        if not r["arm_id"] or r["stat"] not in (*_COLUMN_OF, *WITHOUT_COLUMN):
            continue
        key = (r["study_id"], r["outcome_id"], r["timepoint"], r["arm_id"])
        first = {"Study": key[0], "Outcome": _outcome(r), "Data type": "Continuous", "Arm": key[3]}
        row = rows.setdefault(key, {**first, "Footnotes": told.get(key[:2], "")})
        if r["stat"] in WITHOUT_COLUMN:
            row["Footnotes"] = "; ".join(filter(None, [row["Footnotes"], f"{r['stat']}: {r['value']}"]))
            continue
        row[_COLUMN_OF[r["stat"]]] = r["value"]
        if r["stat"] in ("events", "total"):
            row["Data type"] = "Dichotomous"
    compared = [
        _compared(e, told.get((e["study_id"], e["outcome_id"]), ""))
        for e in ([] if effects is None else effects.to_dict("records"))
    ]
    every = [*rows.values(), *(row for row in compared if row)]
    return pd.DataFrame([{c: row.get(c, "") for c in RESULTS} for row in every], columns=RESULTS, dtype=str)


def _told(row: Mapping[str, str], names: tuple[str, ...]) -> str:
    return "; ".join(f"{name}: {row[name]}" for name in names if row.get(name))


def _compared(effect: Mapping[str, str], told: str) -> dict[str, str]:
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
        "Footnotes": "; ".join(filter(None, [effect.get("note", ""), told, _told(effect, TOLD_OF_EFFECTS)])),
    }


def _outcome(row: Mapping[str, str]) -> str:
    return f"{row['outcome_id']} [{row['timepoint']}]" if row["timepoint"] else row["outcome_id"]


def _risk_of_bias(judgements: pd.DataFrame | None) -> pd.DataFrame:
    if judgements is None or not len(judgements):
        return pd.DataFrame(columns=["Study"])
    wide = judgements.pivot_table(index="study_id", columns="domain", values="judgement", aggfunc="first", sort=False)
    named = wide.rename(columns=lambda domain: f"Domain (judgement): {domain}").reset_index()
    return named.rename(columns={"study_id": "Study"}).fillna("")
