"""Sheets of one row a comparison (`wide`) and of one row a ready effect (`effects`),
in the columns that config names.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from prismake.extraction.codebook import Codebook
from prismake.extraction.formats.build import Builder, direction_of, rows_where
from prismake.extraction.formats.metapsy import from_wide
from prismake.extraction.numerals import pointed_columns
from prismake.extraction.tables import Extraction
from prismake.extraction.values import number
from prismake.messages.faults import Faults
from prismake.records.sheets import line_of, read_sheet

_MISSING = ("", "na", "nan", "none")
_EFFECT = (
    "measure",
    "value",
    "se",
    "ci_lb",
    "ci_ub",
    "ci_level",
    "p",
    "n",
    "n_1",
    "n_2",
    "contrast",
    "favours",
    "adjusted",
    "analysis_set",
    "note",
)
_OUTCOME = ("construct", "instrument", "direction", "rater")
_STUDY = ("label", "year", "country", "design", "population", "n_total", "narrative_only")


def read_flat(files: Mapping[str, str], book: Codebook, settings: Mapping[str, Any]) -> Extraction:
    """Read the one file of the layouts `wide` (Metapsy's column names after config's `columns`) or `effects`.

    For `effects`, `columns` maps the canonical columns of effects_reported, vi (a variance), and label, construct, sample and so on,
    to the
    file's; `options`:
    - measure: the measure where no column has it (r by default where a column r is mapped as value);
    - lowest: {columns, by}: keep in each group the rows with the lowest value of each column in turn;
    - average: columns; rows of one group become one row with the mean of value (n: the largest);
    - moderators: further columns to keep, all that are not mapped if it is left out; one whose name the codebook has
    already
      gets `_as_given` behind it;
    - study_prefix: text before every study_id, where the included studies have it ("scopus:").
    """
    path = next(iter(files.values()))
    frame, faults = read_sheet(path)
    if settings.get("format") == "wide":
        renamed = frame.rename(columns={theirs: ours for ours, theirs in (settings.get("columns") or {}).items()})
        renamed.attrs.update(frame.attrs)
        result = from_wide(renamed, book, path, dict(settings.get("options") or {}), settings.get("where") or {})
    else:
        result = _effects(frame, book, path, settings, faults)
    result.faults = Faults([*faults, *result.faults])
    return result


def _effects(frame: pd.DataFrame, book: Codebook, path: str, settings: Mapping[str, Any], faults: Faults) -> Extraction:
    columns = {"study_id": "study_id", **(settings.get("columns") or {})}
    options = dict(settings.get("options") or {})
    missing = [theirs for theirs in columns.values() if theirs not in frame.columns]
    for column in missing:
        faults.error(
            "missing-column",
            "This column, which config's extraction.columns names, is not in the file.",
            file=path,
            line=1,
            column=column,
            value=", ".join(frame.columns),
            expected=column,
            mend="correct the name in config",
        )
    if missing:
        return Builder(book, path).extraction()
    lines = [line_of(frame, i) for i in range(len(frame))]
    frame = frame.assign(**{"(line)": lines})
    frame = rows_where(frame, settings.get("where") or {}, path, faults)
    numeric = [columns[c] for c in ("value", "se", "vi", "ci_lb", "ci_ub", "n", "n_1", "n_2") if c in columns]
    frame = pointed_columns(frame, numeric)
    frame = frame[[_given(v) for v in frame[columns["value"]]]] if "value" in columns else frame
    frame = _selected(frame, options)
    return _built(frame, book, path, columns, options)


def _given(text: str) -> bool:
    return text.strip().lower() not in _MISSING


def _selected(frame: pd.DataFrame, options: Mapping[str, Any]) -> pd.DataFrame:
    """The rows of the lowest rank in each group, one ranking column after the other."""
    rule = options.get("lowest")
    if not rule:
        return frame
    for column in rule["columns"]:
        ranks = frame[column].map(number)
        best = ranks.groupby([frame[c] for c in rule["by"]]).transform("min")
        frame = frame[ranks == best]
    return frame


def _built(
    frame: pd.DataFrame, book: Codebook, path: str, columns: Mapping[str, str], options: Mapping[str, Any]
) -> Extraction:
    builder = Builder(book, path)
    mapped = set(columns.values())
    extra = options.get("moderators") or [c for c in frame.columns if c not in mapped and not c.startswith("(")]
    rows = [{str(k): str(v) for k, v in r.items()} for r in frame.to_dict("records")]
    by = [columns.get(c, c) for c in options.get("average") or []]
    groups: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for position, row in enumerate(rows):
        key = tuple(row[c] for c in by) if by else (str(position),)
        groups.setdefault(key, []).append(row)
    counts: dict[tuple[str, str], int] = {}
    for members in groups.values():
        _add(builder, members, columns, extra, options, counts)
    return builder.extraction()


def _add(
    builder: Builder,
    members: list[dict[str, str]],
    columns: Mapping[str, str],
    extra: list[str],
    options: Mapping[str, Any],
    counts: dict,
) -> None:
    first = members[0]
    builder.at(first["(line)"])

    def get(name: str) -> str:
        value = first.get(columns.get(name, "(none)"), "").strip()
        return "" if value.lower() in _MISSING else value

    study = str(options.get("study_prefix") or "") + get("study_id")
    construct = get("construct") or str(options.get("construct") or "outcome")
    sample = get("sample")
    base = f"{construct}, sample {sample}" if sample else construct
    counts[(study, base)] = counts.get((study, base), 0) + 1
    count = counts[(study, base)]
    outcome = base if count == 1 else f"{base} #{count}"
    builder.add("studies", {"study_id": study, **{c: get(c) for c in _STUDY if c in columns}}, once=True)
    own = {c: get(c) for c in _OUTCOME if c in columns}
    known = builder.columns("outcomes")
    moderators = {
        f"{c}_as_given" if c in known else c: "" if first[c].strip().lower() in _MISSING else first[c] for c in extra
    }
    usual = direction_of({"direction": "higher_better", **options}, own.get("instrument", ""), construct)
    direction = own.pop("direction", "") or usual
    outcome_row = {
        "study_id": study,
        "outcome_id": outcome,
        **own,
        "construct": construct,
        "direction": direction,
        "sample": sample,
        **moderators,
    }
    builder.add("outcomes", outcome_row)
    values = [number(m[columns["value"]]) for m in members]
    effect = {c: get(c) for c in _EFFECT if c in columns}
    if "vi" in columns and not effect.get("se"):
        effect["se"] = _root(first[columns["vi"]])
    effect["measure"] = effect.get("measure") or str(options.get("measure") or "r")
    if len(members) > 1:
        effect["value"] = repr(sum(values) / len(values))
        effect["note"] = f"mean of {len(members)} values on lines " + ", ".join(m["(line)"] for m in members)
        if "n" in columns:
            effect["n"] = max((m[columns["n"]] for m in members), key=number)
    else:
        effect["note"] = effect.get("note") or f"line {first['(line)']}"
    time = {"timepoint": get("timepoint") or "single", "time_weeks": get("time_weeks")}
    row = {"study_id": study, "outcome_id": outcome, **time, **effect}
    builder.add("effects_reported", row, column=columns["value"])
    builder.add(
        "sources",
        {
            "cell_key": "/".join(p.replace("/", "|") for p in ("effects_reported", study, outcome)),
            "report_id": get("report_id"),
            "method": "reported",
            "table_figure": get("source"),
            "quote": f"{path_name(builder)} line {first['(line)']}",
        },
    )


def _root(text: str) -> str:
    """The standard error of a variance."""
    value = number(text)
    return repr(math.sqrt(value)) if value > 0 else ""


def path_name(builder: Builder) -> str:
    """The file's own name, for a source's quote."""
    return builder.path.replace("\\", "/").rsplit("/", 1)[-1]
