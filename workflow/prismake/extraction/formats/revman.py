"""RevMan's study data as four CSV files (study information, study arms, study results, risk of bias), and data packages.

RevMan's templates, Covidence's export for RevMan and the data packages of published Cochrane reviews have the same four
files. The headers are those that public programs write to and read from them (`read.cdir` of R's meta for the risk of bias);
of the rows of analyses a part of a real package was seen (CD000478.pub5), of the four study files none, so other spellings
are taken too:

- information: Study, "Char: ..." for each characteristic, "Cov: ..." for each covariate, "ID: ..." for ids;
- arms: Study, Arm, Description, Intervention;
- results: Study, Outcome, Data type, Effect measure, Arm, Reference arm, Sample size, Cases, Mean, SD, SE, CI start, CI end,
  Exp mean, Exp CI start, Exp CI end, P value, Footnotes and others: an arm's numbers, or with a reference arm an effect;
- risk of bias: Study, "Domain (judgement): ..." and "Domain (support): ..." for each domain.

There is no column for the time point: we write it in brackets after the outcome. Nor is there one for the direction of an
outcome: it is read from a column that somebody added, else from the footnotes, where we write it, else from the option
`direction` (higher_worse if that is not given, as symptom scales are). The rows of a review's analyses
(data-rows.csv) are read too: Analysis group, Analysis number, Analysis name, Subgroup, Subgroup number, Applicability,
Study, Study year, GIV Mean, GIV SE, Experimental mean, Experimental SD, Experimental cases, Experimental N, the same of
Control, O-E, Variance, Weight, Mean, CI start, CI end, Footnotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from prismake.extraction.codebook import Codebook
from prismake.extraction.formats.build import Builder, direction_of, missing_columns, say_assumed
from prismake.extraction.numerals import pointed_columns
from prismake.extraction.tables import Extraction
from prismake.extraction.values import number
from prismake.messages.faults import Faults
from prismake.records.sheets import line_of, read_sheet

_ALIASES: dict[str, tuple[str, ...]] = {
    "study": ("study", "study id", "study name", "study identifier"),
    "year": ("year", "study year", "publication year"),
    "arm": ("arm", "arm name", "study arm", "arm label"),
    "intervention": ("intervention", "intervention name", "mapped intervention", "review intervention"),
    "comparator": ("reference arm", "comparator", "comparison arm", "versus", "contrast arm"),
    "role": ("role", "arm role", "arm type"),
    "outcome": ("outcome", "outcome name", "study outcome", "review outcome"),
    "measure": ("outcome measure", "scale", "instrument", "measurement tool"),
    "timepoint": ("timepoint", "time point", "time", "follow-up"),
    "direction": ("direction", "direction of benefit"),
    "mean": ("mean",),
    "sd": ("sd", "standard deviation"),
    "se": ("se", "standard error"),
    "events": ("events", "cases", "number of events"),
    "total": ("total", "sample size", "n", "participants", "number of participants", "total participants"),
    "ci_lb": ("ci start", "ci lower", "lower ci"),
    "ci_ub": ("ci end", "ci upper", "upper ci"),
    "median": ("median",),
    "q1": ("q1",),
    "q3": ("q3",),
    "min": ("minimum", "min"),
    "max": ("maximum", "max"),
    "exp_mean": ("exp mean",),
    "exp_ci_lb": ("exp ci start",),
    "exp_ci_ub": ("exp ci end",),
    "ci_level": ("ci level",),
    "p": ("p value",),
    "effect_measure": ("effect measure",),
    "data_type": ("data type",),
    "description": ("description", "arm description"),
    "footnotes": ("footnotes",),
    "n_randomised": ("randomised", "number randomised", "participants randomised", "n randomised"),
}
_STATS = ("mean", "sd", "se", "events", "total", "ci_lb", "ci_ub", "median", "q1", "q3", "min", "max")
# What we write into an arm's description, where RevMan has no columns for it.
DESCRIBED = re.compile(r"Role: (?P<role>[^;]+)(?:; (?P<n>[^;]+) randomised)?")
# What we write into footnotes, where RevMan has no columns for it.
WITHOUT_COLUMN = ("median", "q1", "q3", "min", "max")
TOLD_OF_OUTCOMES = ("construct", "instrument", "direction", "rater")
TOLD_OF_EFFECTS = ("favours", "adjusted")
_TOLD = re.compile(rf"(?:^|; )({'|'.join((*WITHOUT_COLUMN, *TOLD_OF_OUTCOMES, *TOLD_OF_EFFECTS))}): ")
# The time point that we write after an outcome.
_TIMED = re.compile(r"(?P<outcome>.+?) \[(?P<timepoint>[^\[\]]+)\]")
# RevMan's effect measures -> ours; ratios are theirs by "Mean" as logs, by "Exp mean" as ratios.
MEASURES = {"MD": "md", "SMD": "g", "OR": "or", "RR": "rr", "RD": "rd", "HR": "hr", "IRR": "irr", "RATE RATIO": "irr"}
RATIOS = ("or", "rr", "hr", "irr")
_PLACES = ("Analysis group", "Analysis number", "Analysis name", "Subgroup number", "Study year", "CI start", "CI end")
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


def read_revman(files: Mapping[str, str], book: Codebook, settings: Mapping[str, Any] | None = None) -> Extraction:
    """Read the CSV files, told apart by their names: information, arms, results, bias; or data-rows alone.

    `settings["options"]`, `direction` and `directions`: of the outcomes whose direction the files do not say.
    """
    usual = dict((settings or {}).get("options") or {})
    builder = Builder(book, ", ".join(Path(p).name for p in files.values()))
    faults = Faults()
    sheets: dict[str, pd.DataFrame] = {}
    paths: dict[str, str] = {}
    for path in files.values():
        frame, found = read_sheet(path)
        faults.extend(found)
        if _which(path) == "rows":
            frame = _undotted(frame)
        sheets[_which(path)], paths[_which(path)] = frame, path
    if "rows" in sheets:
        builder.at(1, paths["rows"])
        missing_columns(sheets["rows"].columns, ("Study",), paths["rows"], faults)
        if "Study" in sheets["rows"].columns:
            _read_rows(builder, sheets["rows"], usual)
    for row in _rows(sheets.get("information")):
        builder.at(row["(line)"], paths["information"])
        _add_study(builder, row)
    for row in _rows(sheets.get("arms")):
        builder.at(row["(line)"], paths["arms"])
        study, arm = _get(row, "study"), _get(row, "arm") or _get(row, "intervention")
        told = DESCRIBED.fullmatch(_get(row, "description"))
        role = _get(row, "role") or (told["role"] if told else _get(row, "intervention")) or "intervention"
        randomised = _get(row, "n_randomised") or ((told["n"] or "") if told else "")
        builder.add("studies", {"study_id": study, "label": study}, once=True)
        values = {"condition": _get(row, "intervention"), "role": role, "n_randomised": randomised}
        builder.add("arms", {"study_id": study, "arm_id": arm, **values}, once=True)
    for row in _rows(sheets.get("results")):
        builder.at(row["(line)"], paths["results"])
        _add_result(builder, row, usual)
    result = builder.extraction()
    told = " ".join(c for frame in sheets.values() for c in [*frame.columns, *frame.get("Footnotes", ())]).lower()
    if "direction" not in told:
        say_assumed(usual, builder.path, faults)
    result.faults = faults
    return result


def _undotted(frame: pd.DataFrame) -> pd.DataFrame:
    """The headers as a package has them where R has written them with dots: Analysis.group, GIV.Mean, O.E."""
    standard = {re.sub(r"[ -]", ".", name): name for name in (*_ROWS, *_READY, *_PLACES)}
    renamed = frame.rename(columns={c: standard[c] for c in frame.columns if c in standard and c not in _PLACES})
    renamed.attrs.update(frame.attrs)
    return renamed


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
        c for c in frame.columns if _canonical(c) in (*_STATS, "exp_mean", "exp_ci_lb", "exp_ci_ub", "ci_level", "p")
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


def _footnotes(text: str) -> tuple[str, dict[str, str]]:
    """The note of a footnote, and what we wrote into it by name."""
    note, *told = _TOLD.split(text)
    return note, dict(zip(told[::2], told[1::2], strict=True))


def _direction(text: str, usual: str) -> str:
    """Ours for "higher is better", "Higher scores are better", "higher_better", "lower is worse" and their contraries."""
    words = text.lower()
    high, low = "high" in words, "low" in words
    good, bad = "bet" in words or "good" in words, "wors" in words or "bad" in words
    if high == low or good == bad:
        return usual
    return "higher_better" if high == good else "higher_worse"


def _add_result(builder: Builder, row: Mapping[str, str], options: Mapping[str, Any]) -> None:
    study, arm = _get(row, "study"), _get(row, "arm") or _get(row, "intervention")
    timed = _TIMED.fullmatch(_get(row, "outcome"))
    outcome = timed["outcome"] if timed else _get(row, "outcome")
    timepoint = _get(row, "timepoint") or (timed["timepoint"] if timed else "post")
    note, told = _footnotes(_get(row, "footnotes"))
    instrument = _get(row, "measure") or told.get("instrument", "")
    usual = direction_of(options, instrument, told.get("construct", ""), outcome)
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
            "construct": told.get("construct") or outcome,
            "instrument": instrument,
            "direction": _direction(_get(row, "direction") or told.get("direction", ""), usual),
            "rater": told.get("rater", ""),
        },
        once=True,
    )
    if _get(row, "comparator"):
        own = {"note": note, **{name: told[name] for name in TOLD_OF_EFFECTS if name in told}}
        _add_effect(builder, row, {"study_id": study, "outcome_id": outcome, "timepoint": timepoint}, arm, own)
        return
    continuous = bool(_get(row, "mean") or _get(row, "median")) or _get(row, "data_type").lower() == "continuous"
    for stat in _STATS:
        value = _get(row, stat) or (told.get(stat, "") if stat in WITHOUT_COLUMN else "")
        if value:
            name = "n" if stat == "total" and continuous else stat
            where = {
                "study_id": study,
                "outcome_id": outcome,
                "arm_id": arm,
                "timepoint": timepoint,
            }
            header = next((h for h, v in row.items() if _canonical(h) == stat and v.strip()), "Footnotes")
            builder.add("results", {**where, "stat": name, "value": value}, once=True, column=header)


def _add_effect(
    builder: Builder, row: Mapping[str, str], where: Mapping[str, str], arm: str, own: Mapping[str, str]
) -> None:
    """A row that compares an arm with its reference arm: the effect as it is reported."""
    measure = MEASURES.get(_get(row, "effect_measure").upper(), "gen")
    exponentiated = measure in RATIOS and bool(_get(row, "exp_mean"))
    if measure in RATIOS and not exponentiated:
        measure = f"log_{measure}"
    prefix = "exp_" if exponentiated else ""
    values = {
        "value": _get(row, f"{prefix}mean"),
        "ci_lb": _get(row, f"{prefix}ci_lb"),
        "ci_ub": _get(row, f"{prefix}ci_ub"),
    }
    if not values["value"]:
        return
    level = _get(row, "ci_level").rstrip("% ")
    told = {"se": _get(row, "se"), "ci_level": level, "p": _get(row, "p"), "n": _get(row, "total")}
    effect = {**where, "contrast": f"{arm} vs {_get(row, 'comparator')}", "measure": measure, **values, **told}
    builder.add("effects_reported", {**effect, **own}, once=True)


def _read_rows(builder: Builder, frame: pd.DataFrame, options: Mapping[str, Any]) -> None:
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
        _add_row(builder, cells, study, outcome, options)


def _analysis_of(cells: Mapping[str, str]) -> str:
    analysis = ".".join(
        p for p in (cells.get(c, "") for c in ("Analysis group", "Analysis number", "Subgroup number")) if p
    )
    return f"{analysis} {cells.get('Subgroup', '')}".strip() or "analysis"


def _add_row(builder: Builder, cells: Mapping[str, str], study: str, outcome: str, options: Mapping[str, Any]) -> None:
    builder.add("studies", {"study_id": study, "label": study, "year": cells.get("Study year", "")}, once=True)
    for arm, role in (("experimental", "intervention"), ("control", "control")):
        builder.add("arms", {"study_id": study, "arm_id": arm, "condition": arm, "role": role}, once=True)
    construct = cells.get("Analysis name") or outcome
    place = {"study_id": study, "outcome_id": outcome}
    direction = direction_of(options, construct, outcome)
    own = {"construct": construct, "direction": direction, "applicability": cells.get("Applicability", "")}
    builder.add("outcomes", {**place, **own, "note": cells.get("Footnotes", "")})
    for column, stat, arm in _numbers_of(cells):
        builder.add(
            "results",
            {**place, "arm_id": arm, "timepoint": "post", "stat": stat, "value": cells[column]},
            column=column,
        )
    contrast = {**place, "contrast": "experimental vs control", "timepoint": "post"}
    if number(cells.get("Variance", "")) > 0:
        for column, stat in (("O-E", "observed_minus_expected"), ("Variance", "variance")):
            builder.add("results", {**contrast, "stat": stat, "value": cells[column]}, column=column)
    if number(cells.get("GIV SE", "")) > 0:
        ready = {"measure": "gen", "value": cells["GIV Mean"], "se": cells["GIV SE"]}
        sizes = {"n_1": cells.get("Experimental N", ""), "n_2": cells.get("Control N", "")}
        builder.add("effects_reported", {**contrast, **ready, **sizes}, column="GIV Mean")


def _numbers_of(cells: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(column, statistic, arm) of the numbers of both arms that a row has.

    A package fills the columns that a row does not use with 0: means where there is no SD, events of a ready effect, O - E
    without a variance. So a row is continuous where an SD is above 0, and its events count where it is neither that nor a
    ready effect without any event.
    """
    continuous = any(number(cells.get(f"{arm} SD", "")) > 0 for arm in ("Experimental", "Control"))
    events = any(number(cells.get(f"{arm} cases", "")) > 0 for arm in ("Experimental", "Control"))
    ready = any(number(cells.get(column, "")) > 0 for column in ("GIV SE", "Variance"))
    for column, (stat, side) in _ROWS.items():
        if stat in ("mean", "sd") and not continuous or stat == "events" and (continuous or ready and not events):
            continue
        if stat == "total" and not continuous and ready and not events:
            continue  # its people stand with the effect
        if cells.get(column):
            yield column, "n" if stat == "total" and continuous else stat, "experimental" if side == 1 else "control"


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
