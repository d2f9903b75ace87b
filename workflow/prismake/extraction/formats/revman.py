"""RevMan's study data as four CSV files: study information, study arms, study results, risk of bias.

After Cochrane's description of its data extraction templates (RevMan Knowledge Base, "Data extraction templates")
and of
Covidence's export for RevMan Web: a row a study with characteristics in columns "Char: ..." and covariates in "Cov:
...",
a row an arm, a row an arm and result. Headers are matched by several spellings: no file of this kind is public, and
the templates have changed them. The rows of a published review's analyses are read too, by the headers that the data packages
of the Cochrane Library have: Analysis group, Analysis number, Analysis name, Subgroup, Subgroup number, Applicability, Study,
Study year, GIV Mean, GIV SE, Experimental mean, Experimental SD, Experimental cases, Experimental N, the same of Control, O-E,
Variance, Weight, Mean, CI start, CI end, Footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from prismake.extraction.codebook import Codebook
from prismake.extraction.formats.build import Builder, missing_columns
from prismake.extraction.numerals import pointed_columns
from prismake.extraction.tables import Extraction
from prismake.messages.faults import Faults
from prismake.records.sheets import line_of, read_sheet

FILES = ("study_information", "study_arms", "study_results", "risk_of_bias")

_ALIASES: dict[str, tuple[str, ...]] = {
    "study": ("study", "study id", "study name", "study identifier"),
    "year": ("year", "study year", "publication year"),
    "arm": ("arm", "arm name", "study arm", "arm label"),
    "intervention": ("intervention", "intervention name", "mapped intervention", "review intervention"),
    "comparator": ("comparator", "comparison arm", "versus", "contrast arm"),
    "role": ("role", "arm role", "arm type"),
    "outcome": ("outcome", "outcome name", "study outcome", "review outcome"),
    "measure": ("outcome measure", "scale", "instrument", "measurement tool"),
    "timepoint": ("timepoint", "time point", "time", "follow-up"),
    "direction": ("direction", "direction of benefit"),
    "mean": ("mean",),
    "sd": ("sd", "standard deviation"),
    "se": ("se", "standard error"),
    "events": ("events", "cases", "number of events"),
    "total": ("total", "n", "participants", "number of participants", "total participants"),
    "ci_lb": ("ci start", "ci lower", "lower ci"),
    "ci_ub": ("ci end", "ci upper", "upper ci"),
    "median": ("median",),
    "q1": ("q1",),
    "q3": ("q3",),
    "min": ("minimum", "min"),
    "max": ("maximum", "max"),
    "n_randomised": ("randomised", "number randomised", "participants randomised", "n randomised"),
}
_READY = ("GIV Mean", "GIV SE", "O-E", "Variance")
_ROWS = {
    "Experimental mean": ("mean", 1),
    "Experimental SD": ("sd", 1),
    "Experimental cases": ("events", 1),
    "Experimental N": ("total", 1),
    "Control mean": ("mean", 2),
    "Control SD": ("sd", 2),
    "Control cases": ("events", 2),
    "Control N": ("total", 2),
}


def read_revman(files: Mapping[str, str], book: Codebook) -> Extraction:
    """Read the CSV files, told apart by their names: information, arms, results, bias; or data-rows alone."""
    builder = Builder(book, ", ".join(Path(p).name for p in files.values()))
    faults = Faults()
    sheets: dict[str, pd.DataFrame] = {}
    paths: dict[str, str] = {}
    for path in files.values():
        frame, found = read_sheet(path)
        faults.extend(found)
        sheets[_which(path)], paths[_which(path)] = frame, path
    if "rows" in sheets:
        builder.at(1, paths["rows"])
        missing_columns(sheets["rows"].columns, ("Study",), paths["rows"], faults)
        if "Study" in sheets["rows"].columns:
            _read_rows(builder, sheets["rows"])
    for row in _rows(sheets.get("information")):
        builder.at(row["(line)"], paths["information"])
        _add_study(builder, row)
    for row in _rows(sheets.get("arms")):
        builder.at(row["(line)"], paths["arms"])
        study, arm = _get(row, "study"), _get(row, "arm") or _get(row, "intervention")
        role = _get(row, "role") or _get(row, "intervention") or "intervention"
        builder.add("studies", {"study_id": study, "label": study}, once=True)
        values = {"condition": _get(row, "intervention"), "role": role, "n_randomised": _get(row, "n_randomised")}
        builder.add("arms", {"study_id": study, "arm_id": arm, **values}, once=True)
    for row in _rows(sheets.get("results")):
        builder.at(row["(line)"], paths["results"])
        _add_result(builder, row)
    result = builder.extraction()
    result.faults = faults
    return result


def _which(path: str) -> str:
    name = Path(path).stem.lower()
    for word, sheet in (
        ("data-rows", "rows"),
        ("data_rows", "rows"),
        ("arm", "arms"),
        ("result", "results"),
        ("bias", "bias"),
        ("rob", "bias"),
    ):
        if word in name:
            return sheet
    return "information"


def _rows(frame: pd.DataFrame | None) -> list[dict[str, str]]:
    if frame is None:
        return []
    numeric = [
        c
        for c in frame.columns
        if _canonical(c)
        in ("mean", "sd", "se", "events", "total", "ci_lb", "ci_ub", "median", "q1", "q3", "min", "max")
    ]
    lines = [line_of(frame, i) for i in range(len(frame))]
    return [
        {**{str(k): str(v) for k, v in r.items()}, "(line)": str(n)}
        for r, n in zip(pointed_columns(frame, numeric).to_dict("records"), lines, strict=True)
    ]


def _canonical(header: str) -> str:
    folded = re.sub(r"[\s_]+", " ", header.strip().lower())
    return next((name for name, spellings in _ALIASES.items() if folded in spellings), "")


def _get(row: Mapping[str, str], name: str) -> str:
    return next((v.strip() for k, v in row.items() if _canonical(k) == name and v.strip()), "")


def _add_study(builder: Builder, row: Mapping[str, str]) -> None:
    study = _get(row, "study")
    values = {"study_id": study, "label": study, "year": _get(row, "year")}
    for header, value in row.items():
        named = re.match(r"(?:char|characteristic|cov|covariate)\w*:\s*(.+)", header, re.IGNORECASE)
        if named and value:
            name = re.sub(r"\W+", "_", named.group(1).strip().lower()).strip("_")
            values["population" if name == "participants" else name] = value
    builder.add("studies", values, once=True)


def _add_result(builder: Builder, row: Mapping[str, str]) -> None:
    study, arm = _get(row, "study"), _get(row, "arm") or _get(row, "intervention")
    outcome = _get(row, "outcome")
    direction = (
        "higher_better"
        if "high" in _get(row, "direction").lower() and "bet" in _get(row, "direction").lower()
        else "higher_worse"
    )
    builder.add("studies", {"study_id": study, "label": study}, once=True)
    builder.add(
        "arms",
        {"study_id": study, "arm_id": arm, "condition": arm, "role": _get(row, "intervention") or "intervention"},
        once=True,
    )
    builder.add(
        "outcomes",
        {
            "study_id": study,
            "outcome_id": outcome,
            "construct": outcome,
            "instrument": _get(row, "measure"),
            "direction": direction,
        },
        once=True,
    )
    continuous = bool(_get(row, "mean") or _get(row, "median"))
    for stat in ("mean", "sd", "se", "events", "total", "ci_lb", "ci_ub", "median", "q1", "q3", "min", "max"):
        value = _get(row, stat)
        if value:
            name = "n" if stat == "total" and continuous else stat
            where = {
                "study_id": study,
                "outcome_id": outcome,
                "arm_id": arm,
                "timepoint": _get(row, "timepoint") or "post",
            }
            header = next((h for h, v in row.items() if _canonical(h) == stat and v.strip()), "")
            builder.add("results", {**where, "stat": name, "value": value}, once=True, column=header)


def _read_rows(builder: Builder, frame: pd.DataFrame) -> None:
    """The rows behind the forest plots of a published Cochrane review: counts, means, ready effects (GIV), or O - E.

    A study that stands twice in a subgroup (two comparisons, say) keeps both rows: the second outcome is numbered.
    """
    lines = [line_of(frame, i) for i in range(len(frame))]
    frame = pointed_columns(frame, [c for c in (*_ROWS, *_READY) if c in frame.columns])
    taken: dict[tuple[str, str], int] = {}
    for line, row in zip(lines, frame.to_dict("records"), strict=True):
        builder.at(line)
        cells = {str(k): "" if str(v).strip() in ("", "NA") else str(v).strip() for k, v in row.items()}
        study, outcome = cells["Study"], _analysis_of(cells)
        taken[(study, outcome)] = taken.get((study, outcome), 0) + 1
        if taken[(study, outcome)] > 1:
            outcome += f" #{taken[(study, outcome)]}"
        _add_row(builder, cells, study, outcome)


def _analysis_of(cells: Mapping[str, str]) -> str:
    analysis = ".".join(
        p for p in (cells.get(c, "") for c in ("Analysis group", "Analysis number", "Subgroup number")) if p
    )
    return f"{analysis} {cells.get('Subgroup', '')}".strip() or "analysis"


def _add_row(builder: Builder, cells: Mapping[str, str], study: str, outcome: str) -> None:
    builder.add("studies", {"study_id": study, "label": study, "year": cells.get("Study year", "")}, once=True)
    for arm, role in (("experimental", "intervention"), ("control", "control")):
        builder.add("arms", {"study_id": study, "arm_id": arm, "condition": arm, "role": role}, once=True)
    construct = cells.get("Analysis name") or outcome
    place = {"study_id": study, "outcome_id": outcome}
    own = {"construct": construct, "direction": "higher_worse", "applicability": cells.get("Applicability", "")}
    builder.add("outcomes", {**place, **own, "note": cells.get("Footnotes", "")})
    continuous = bool(cells.get("Experimental SD"))
    for column, (stat, side) in _ROWS.items():
        unused = stat == "events" if continuous else stat in ("mean", "sd")
        if cells.get(column) and not unused:
            name = "n" if stat == "total" and continuous else stat
            arm = "experimental" if side == 1 else "control"
            value = {"stat": name, "value": cells[column]}
            builder.add("results", {**place, "arm_id": arm, "timepoint": "post", **value}, column=column)
    contrast = {**place, "contrast": "experimental vs control", "timepoint": "post"}
    for column, stat in (("O-E", "observed_minus_expected"), ("Variance", "variance")):
        if cells.get("O-E") and cells.get(column):
            builder.add("results", {**contrast, "stat": stat, "value": cells[column]}, column=column)
    if cells.get("GIV Mean") and cells.get("GIV SE"):
        ready = {"measure": "gen", "value": cells["GIV Mean"], "se": cells["GIV SE"]}
        sizes = {"n_1": cells.get("Experimental N", ""), "n_2": cells.get("Control N", "")}
        builder.add("effects_reported", {**contrast, **ready, **sizes}, column="GIV Mean")


def revman_tables(
    tables: Mapping[str, pd.DataFrame], judgements: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """The canonical sheets as RevMan's four tables, by the names in FILES."""
    studies = tables["studies"]
    told = {"population": "Participants", "design": "Methods", "country": "Country", "funding": "Funding"}
    information = pd.DataFrame(
        {"Study": studies["study_id"], "Year": studies["year"], **{f"Char: {v}": studies[k] for k, v in told.items()}}
    )
    arms = tables["arms"]
    arm_table = pd.DataFrame(
        {
            "Study": arms["study_id"],
            "Arm": arms["arm_id"],
            "Intervention": arms["condition"],
            "Role": arms["role"],
            "Participants randomised": arms["n_randomised"],
        }
    )
    outcomes = {(r["study_id"], r["outcome_id"]): r for r in tables["outcomes"].to_dict("records")}
    names = {
        "mean": "Mean",
        "sd": "SD",
        "se": "SE",
        "events": "Events",
        "total": "Total",
        "n": "Total",
        "ci_lb": "CI lower",
        "ci_ub": "CI upper",
        "median": "Median",
        "q1": "Q1",
        "q3": "Q3",
        "min": "Minimum",
        "max": "Maximum",
    }
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for r in tables["results"].to_dict("records"):
        if not r["arm_id"] or r["stat"] not in names:
            continue
        key = (r["study_id"], r["outcome_id"], r["timepoint"], r["arm_id"])
        outcome = outcomes.get(key[:2], {})
        better = "Higher is better" if outcome.get("direction") == "higher_better" else "Lower is better"
        row = rows.setdefault(
            key,
            {
                "Study": key[0],
                "Outcome": key[1],
                "Outcome measure": outcome.get("instrument", ""),
                "Direction": better,
                "Timepoint": key[2],
                "Arm": key[3],
            },
        )
        row[names[r["stat"]]] = r["value"]
    columns = ["Study", "Outcome", "Outcome measure", "Direction", "Timepoint", "Arm", *dict.fromkeys(names.values())]
    results = pd.DataFrame([{c: row.get(c, "") for c in columns} for row in rows.values()], columns=columns, dtype=str)
    bias = pd.DataFrame(columns=["Study"])
    if judgements is not None and len(judgements):
        wide = judgements.pivot_table(
            index="study_id", columns="domain", values="judgement", aggfunc="first", sort=False
        ).reset_index()
        bias = wide.rename(columns={"study_id": "Study"}).fillna("")
    return {"study_information": information, "study_arms": arm_table, "study_results": results, "risk_of_bias": bias}


def wide_rows(effects: pd.DataFrame) -> pd.DataFrame:
    """effects.csv as a plain sheet of one row a comparison, for a meta-analysis in any program."""
    columns = [
        "effect_id",
        "label",
        "construct",
        "instrument",
        "timepoint",
        "arm_1",
        "arm_2",
        "n1",
        "m1",
        "sd1",
        "events1",
        "n2",
        "m2",
        "sd2",
        "events2",
        "ri",
        "ni",
        "measure",
        "yi",
        "vi",
        "sei",
        "rob",
    ]
    return effects[columns].rename(columns={"label": "study"})
