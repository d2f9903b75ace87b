"""The Metapsy data standard: one row a comparison of two arms; `;` and decimal comma in its published files.

docs.metapsy.org/data-preparation/format. Columns: study, condition_arm1/2, multi_arm1/2, outcome_type, instrument,
time,
time_weeks, rating; then means, change scores, events, or ready effects; `.g` and `.g_se` are what metapsyTools
computed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from prismake.extraction.codebook import Codebook
from prismake.extraction.formats.build import Builder, direction_of, missing_columns, rows_where, say_assumed
from prismake.extraction.numerals import pointed_columns
from prismake.extraction.tables import Extraction
from prismake.extraction.values import number
from prismake.messages.faults import Faults
from prismake.records.sheets import line_of, read_sheet
from prismake.records.tables import write_text

REQUIRED = ("study", "condition_arm1", "condition_arm2")
# Statistic of the sheet results -> the standard's column without its _arm1 or _arm2.
ARM_STATS = {
    "mean": "mean",
    "sd": "sd",
    "n": "n",
    "mean_change": "mean_change",
    "sd_change": "sd_change",
    "n_change": "n_change",
    "events": "event",
    "total": "totaln",
}
BASELINE_STATS = {
    "mean": ("baseline_m", "baseline_mean", "m_baseline"),
    "sd": ("baseline_sd", "sd_baseline"),
    "n": ("baseline_n", "n_baseline"),
}
COMPUTED = (".id", ".g", ".g_se", ".log_rr", ".log_rr_se", ".event_arm1", ".event_arm2", ".totaln_arm1", ".totaln_arm2")
_DESIGN = (
    "study",
    "condition_arm1",
    "condition_arm2",
    "multi_arm1",
    "multi_arm2",
    "outcome_type",
    "instrument",
    "time",
    "time_weeks",
    "rating",
)
_RANDOMISED = ("rand_{}", "n_allocation_{}", "n_randomized_{}")
_MISSING = ("", "na", "nan")


def read_metapsy(files: Mapping[str, str], book: Codebook, settings: Mapping[str, Any] | None = None) -> Extraction:
    """Read a Metapsy file (the only one given) into the canonical sheets.

    Each arm of each row becomes rows of results; `precalc_g` and `precalc_log_rr` go to effects_reported. The directions of
    the instruments are not in the standard: option `direction` gives them (higher_worse by default, as symptom scales
    are), option `directions` that of single instruments or constructs.
    `precalc_favours: arm1` says that precalc_g is positive where arm 1 did better, whatever the instrument's direction (some
    data sets turn it; the standard does not). Further columns become moderators of the study where they do not vary within it, else of the outcome.
    """
    settings = settings or {}
    path = next(iter(files.values()))
    frame, faults = read_sheet(path, columns=settings.get("columns"))
    result = from_wide(frame, book, path, dict(settings.get("options") or {}), settings.get("where") or {})
    result.faults = Faults([*faults, *result.faults])
    return result


def from_wide(
    frame: pd.DataFrame, book: Codebook, path: str, options: Mapping[str, Any], where: Mapping[str, Any] | None = None
) -> Extraction:
    """A wide sheet with the standard's column names as canonical sheets."""
    lines = [line_of(frame, i) for i in range(len(frame))]
    frame = _standard_headers(frame)
    faults = _missing(frame, path)
    if faults.errors:
        result = Builder(book, path).extraction()
        result.faults = faults
        return result
    frame = pointed_columns(frame, _numeric_columns(frame)).assign(**{"(line)": lines})
    frame = rows_where(frame, where or {}, path, faults)
    say_assumed(options, path, faults)
    builder = Builder(book, path)
    taken: dict[tuple[str, ...], tuple[str, ...]] = {}
    rows = [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]
    treated = {(r["study"], _arm_name(r, 1)) for r in rows}
    for row in rows:
        _read_row(builder, row, treated, taken, options)
    _moderators(builder, frame, rows)
    result = builder.extraction()
    result.faults = faults
    return result


def _standard_headers(frame: pd.DataFrame) -> pd.DataFrame:
    """The sheet with the standard's spelling of its headers: "Mean_arm1" and "mean.arm1" are mean_arm1.

    A header that is there as the standard has it is not touched, and takes no second one beside it.
    """
    standard = {_folded(name): name for name in (*_DESIGN, *_results_columns(), *COMPUTED, "year", "country")}
    standard |= {_folded(n): n for pattern in _RANDOMISED for side in (1, 2) if (n := pattern.format(f"arm{side}"))}
    found: dict[str, str] = {}
    for column in frame.columns:
        name = standard.get(_folded(column), column)
        if name != column and name not in frame.columns and name not in found.values():
            found[column] = name
    renamed = frame.rename(columns=found)
    renamed.attrs.update(frame.attrs)
    return renamed


def _folded(header: str) -> str:
    return re.sub(r"[\s.\-_]+", "_", header.strip().lower())


def _results_columns() -> list[str]:
    """Every column of the standard that holds a result."""
    names = [*ARM_STATS.values(), *(n for spellings in BASELINE_STATS.values() for n in spellings)]
    ready = [f"precalc_{measure}{end}" for measure in ("g", "log_rr") for end in ("", "_se")]
    return [*(f"{name}_arm{side}" for name in names for side in (1, 2)), *ready]


def _missing(frame: pd.DataFrame, path: str) -> Faults:
    """An error for each column that the standard requires, and one where no column holds a result at all."""
    faults = Faults()
    missing_columns(frame.columns, REQUIRED, path, faults)
    if not faults.errors and len(frame) and not set(_results_columns()) & set(frame.columns):
        faults.error(
            "missing-column",
            "No column of the sheet holds results.",
            file=path,
            line=1,
            column="mean_arm1",
            value=", ".join(c for c in frame.columns if not c.startswith("(")),
            expected="mean_arm1, sd_arm1, n_arm1 and the same of arm 2, or event_arm1 and totaln_arm1, or precalc_g",
            mend="name the columns so, or say in config's extraction.columns which of the file they are",
        )
    return faults


def _read_row(
    builder: Builder, row: Mapping[str, str], treated: set[tuple[str, str]], taken: dict, options: Mapping[str, Any]
) -> None:
    study = row["study"]
    builder.at(row["(line)"])
    first, second = _arm_name(row, 1), _arm_name(row, 2)
    if (study, second) in treated:
        second += " (arm 2)"
    builder.add(
        "studies",
        {"study_id": study, "label": study, "year": _year(_get(row, "year")), "country": _get(row, "country")},
        once=True,
    )
    builder.add("arms", _arm(row, study, first, 1, "intervention"), once=True)
    builder.add("arms", _arm(row, study, second, 2, _get(row, "condition_arm2") or "comparator"), once=True)
    outcome = _outcome_id(row, study, first, second, taken)
    construct = (
        _get(row, "outcome_domain")
        or _get(row, "symptom_domain")
        or str(options.get("construct") or _get(row, "outcome_type") or "outcome")
    )
    builder.add(
        "outcomes",
        {
            "study_id": study,
            "outcome_id": outcome,
            "construct": construct,
            "instrument": _get(row, "instrument"),
            "direction": direction_of(options, _get(row, "instrument"), construct),
            "rater": _get(row, "rating"),
        },
        once=True,
    )
    time = {"timepoint": _timepoint(row), "time_weeks": _get(row, "time_weeks")}
    for side, arm in ((1, first), (2, second)):
        for stat, column in ARM_STATS.items():
            value = _get(row, f"{column}_arm{side}")
            if value:
                builder.add(
                    "results",
                    {"study_id": study, "outcome_id": outcome, "arm_id": arm, **time, "stat": stat, "value": value},
                    once=True,
                    column=f"{column}_arm{side}",
                )
        for stat, names in BASELINE_STATS.items():
            column = next((f"{n}_arm{side}" for n in names if _get(row, f"{n}_arm{side}")), "")
            value = _get(row, column)
            if value:
                builder.add(
                    "results",
                    {
                        "study_id": study,
                        "outcome_id": outcome,
                        "arm_id": arm,
                        "timepoint": "baseline",
                        "stat": stat,
                        "value": value,
                    },
                    once=True,
                    column=column,
                )
    contrast = f"{first} vs {second}"
    place = {"study_id": study, "outcome_id": outcome, "arm_1": first, "arm_2": second, "timepoint": time["timepoint"]}
    builder.origin.append({**place, "line": str(row["(line)"]), **{c: _get(row, c) for c in COMPUTED}})
    for measure, column in (("g", "precalc_g"), ("log_rr", "precalc_log_rr")):
        if _get(row, column):
            builder.add(
                "effects_reported",
                {
                    "study_id": study,
                    "outcome_id": outcome,
                    "contrast": contrast,
                    **time,
                    "measure": measure,
                    "value": _get(row, column),
                    "se": _get(row, column + "_se"),
                    "favours": first if options.get("precalc_favours") == "arm1" else "",
                },
                column=column,
            )


def _year(text: str) -> str:
    """The first year of "2014, 2015 (follow-up)"; a study of several reports has several."""
    found = re.search(r"(?:18|19|20)\d\d", text)
    return found.group(0) if found else text


def _arm(row: Mapping[str, str], study: str, arm: str, side: int, role: str) -> dict[str, str]:
    randomised = next((v for n in _RANDOMISED if (v := _get(row, n.format(f"arm{side}")))), "")
    return {
        "study_id": study,
        "arm_id": arm,
        "condition": _get(row, f"condition_arm{side}"),
        "role": role,
        "n_randomised": randomised,
    }


def _arm_name(row: Mapping[str, str], side: int) -> str:
    parts = [_get(row, f"condition_arm{side}"), _get(row, f"multi_arm{side}")]
    return " ".join(p for p in parts if p) or f"arm {side}"


def _timepoint(row: Mapping[str, str]) -> str:
    time, weeks = _get(row, "time") or _get(row, "study_time_point"), _get(row, "time_weeks")
    return time or (f"week {weeks}" if weeks else "post")


def _outcome_id(row: Mapping[str, str], study: str, first: str, second: str, taken: dict) -> str:
    """Instrument and rater; numbered where the same arms and time come again with other numbers."""
    parts = [
        _get(row, "instrument"),
        _get(row, "rating"),
        "" if _get(row, "outcome_type") in ("", "msd") else _get(row, "outcome_type"),
    ]
    name = ", ".join(p for p in parts if p) or "outcome"
    values = tuple(_get(row, f"{c}_arm{s}") for s in (1, 2) for c in ARM_STATS.values())
    count = 1
    while True:
        shown = name if count == 1 else f"{name} #{count}"
        mine = [
            ((study, shown, arm, _timepoint(row)), values[8 * s : 8 * s + 8]) for s, arm in ((0, first), (1, second))
        ]
        pair = (study, shown, first, second, _timepoint(row))
        if all(taken.get(key, cells) == cells for key, cells in mine) and pair not in taken:
            taken.update(dict(mine))
            taken[pair] = ()
            return shown
        count += 1


def _get(row: Mapping[str, str], column: str) -> str:
    value = str(row.get(column, "") or "").strip()
    return "" if value.lower() in _MISSING else value


def _numeric_columns(frame: pd.DataFrame) -> list[str]:
    fixed = {*_DESIGN, "full_ref", "title", "abstract", "url", "doi"} - {"time_weeks"}
    return [c for c in frame.columns if c not in fixed]


def _moderators(builder: Builder, frame: pd.DataFrame, rows: Sequence[Mapping[str, str]]) -> None:
    """Columns beyond the standard, at the level at which they do not vary."""
    used = {
        *_DESIGN,
        *COMPUTED,
        "year",
        "country",
        "(line)",
    }
    used |= set(_results_columns())
    extra = [c for c in frame.columns if c not in used and not c.startswith("(column")]
    steady = [c for c in extra if frame.groupby("study")[c].nunique().max() <= 1] if len(frame) else []
    by_study = {row["study"]: row for row in reversed(rows)}
    builder.extend("studies", {"study_id": lambda r: by_study[r["study_id"]]}, steady, _get)


def write_metapsy(rows: pd.DataFrame, path: str | Path) -> None:
    """Write rows with the standard's columns as Metapsy publishes them:
    `;`, decimal comma, NA for missing, quoted texts.
    """
    columns = [c for c in (*_DESIGN, *rows.columns) if c in rows.columns]
    columns = list(dict.fromkeys(columns))
    lines = [";".join(f'"{c}"' for c in columns)]
    for row in rows[columns].itertuples(index=False, name=None):
        lines.append(";".join(_cell(v) for v in row))
    write_text("\n".join(lines) + "\n", path)


def _cell(value: object) -> str:
    if value is None or value == "" or value != value:
        return "NA"
    if isinstance(value, float):
        return repr(value).removesuffix(".0").replace(".", ",")
    text = str(value)
    if number(text) == number(text) and "," not in text:
        return text.replace(".", ",")
    return '"' + text.replace('"', '""') + '"'


def metapsy_rows(effects: pd.DataFrame) -> pd.DataFrame:
    """effects.csv as rows of the Metapsy standard, with `.g` or `.log_rr` from yi and sei (sign as in effects.csv).

    Means of change scores stand in the columns of changes, events beside their totals; what an effect was not computed
    from is blank. The ready effect stands in the precalc columns where there are no numbers behind it.
    """
    return pd.DataFrame([_metapsy_row(r) for r in effects.to_dict("records")])


def _metapsy_row(r: Mapping[str, Any]) -> dict[str, Any]:
    means, events = _known(r["m1"]), _known(r["events1"])
    change = means and "change" in str(r["formula"])
    kind = "change" if change else "msd" if means else "dich" if events else "precalc"
    numbers: dict[str, Any] = {f"{column}_arm{side}": None for column in ARM_STATS.values() for side in (1, 2)}
    for side in (1, 2):
        end = "_change" if change else ""
        if means:
            numbers |= {f"{c}{end}_arm{side}": r[f"{v}{side}"] for c, v in (("mean", "m"), ("sd", "sd"), ("n", "n"))}
        elif events:
            numbers |= {f"event_arm{side}": r[f"events{side}"], f"totaln_arm{side}": r[f"n{side}"]}
    effect: dict[str, Any] = {}
    for name, measure in (("g", "SMD"), ("log_rr", "RR")):
        own = r["measure"] == measure
        ready = own and kind == "precalc"
        effect |= {f"precalc_{name}": r["yi"] if ready else None, f"precalc_{name}_se": r["sei"] if ready else None}
        effect |= {f".{name}": r["yi"] if own else None, f".{name}_se": r["sei"] if own else None}
    return {
        "study": r["label"],
        "condition_arm1": r["arm_1"],
        "condition_arm2": r["arm_2"],
        "multi_arm1": None,
        "multi_arm2": None,
        "outcome_type": kind,
        "instrument": r["instrument"],
        "time": r["timepoint"],
        "time_weeks": r["time_weeks"],
        "rating": r["rater"],
        **numbers,
        **{k: v for k, v in effect.items() if k.startswith("precalc")},
        ".id": r["effect_id"],
        **{k: v for k, v in effect.items() if k.startswith(".")},
    }


def _known(value: object) -> bool:
    return value is not None and value != "" and value == value
