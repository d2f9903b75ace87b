"""Records that are removed before screening for other reasons than duplication, each with its reason."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.records.sheets import line_of

EXCLUDED_COLUMNS = ["record_id", "kind", "reason", "tool", "title"]

_LISTS = ("searches", "databases", "member_ids", "keywords", "aliases")


def excluded_before(
    records: pd.DataFrame,
    rules: Sequence[Mapping[str, Any]],
    sheets: Mapping[str, pd.DataFrame] | None = None,
    aliases: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, Faults]:
    """The records that the rules of config (`before_screening`) remove, by the first rule that holds.

    `records`: columns record_id and those that rules name. `sheets`: {path as configured: sheet with a column
    record_id}. `aliases`: {any other id: record_id}. Returns a table with EXCLUDED_COLUMNS in the order of the
    records, and what is wrong in rules and sheets.
    """
    faults = Faults()
    why: dict[str, Mapping[str, Any]] = {}
    for rule in rules:
        chosen = (
            _by_columns(records, rule, faults)
            if rule.get("where")
            else _by_sheet(records, rule, sheets or {}, aliases or {}, faults)
        )
        for record in chosen:
            why.setdefault(record, rule)
    held = records[records["record_id"].isin(why)]
    rows = [
        (record, why[record].get("kind", "other"), why[record]["reason"], why[record].get("tool") or "", title)
        for record, title in zip(held["record_id"], held["title"], strict=True)
    ]
    return pd.DataFrame(rows, columns=EXCLUDED_COLUMNS, dtype=str), faults


def _by_columns(records: pd.DataFrame, rule: Mapping[str, Any], faults: Faults) -> list[str]:
    """Ids of records whose columns all have one of the values that the rule gives."""
    keep = pd.Series(True, index=records.index)
    for column, wanted in rule["where"].items():
        if column not in records.columns:
            near = difflib.get_close_matches(column, list(records.columns), n=1)
            faults.error(
                "unknown-column",
                "A rule of before_screening names a column that records do not have.",
                file="config/config.yaml",
                column=column,
                expected="one of " + ", ".join(records.columns) + (f" (did you mean {near[0]!r}?)" if near else ""),
                mend="correct the column under `where`",
            )
            return []
        values = {str(v).casefold() for v in (wanted if isinstance(wanted, list) else [wanted])}
        cells = records[column].astype(object).where(records[column].notna(), "").map(str).str.casefold()
        if column in _LISTS:
            keep &= cells.map(lambda cell, values=values: bool(values & set(cell.split("; "))))
        else:
            keep &= cells.isin(values)
    return records.loc[keep, "record_id"].tolist()


def _by_sheet(
    records: pd.DataFrame,
    rule: Mapping[str, Any],
    sheets: Mapping[str, pd.DataFrame],
    aliases: Mapping[str, str],
    faults: Faults,
) -> list[str]:
    """Ids of records that a sheet lists, by record id or any other id of theirs."""
    name = str(rule.get("sheet") or "")
    sheet = sheets.get(name)
    if sheet is None:
        faults.error(
            "empty-rule",
            "A rule of before_screening has neither `where` nor a sheet that is there.",
            file="config/config.yaml",
            value=str(rule.get("reason", "")),
            expected="`where` with columns and values, or `sheet` with a CSV",
            mend="complete the rule",
        )
        return []
    known = set(records["record_id"])
    chosen = []
    for position, value in enumerate(sheet["record_id"]):
        record = value if value in known else aliases.get(value, "")
        if record:
            chosen.append(record)
        elif value:
            near = difflib.get_close_matches(value, sorted(known), n=1, cutoff=0.8)
            faults.error(
                "unknown-record",
                "This record is in no search.",
                file=name,
                line=line_of(sheet, position),
                column="record_id",
                value=value,
                expected="the id of a record in results/deduplication/records.parquet"
                + (f" (is it {near[0]!r}?)" if near else ""),
                mend="correct the id or remove the row",
            )
    return chosen


def aliases_of(membership: pd.DataFrame) -> dict[str, str]:
    """Record id by every source record id, and by every alias that means one record only."""
    ids = dict(zip(membership["source_record_id"], membership["record_id"], strict=True))
    records_of: dict[str, set[str]] = {}
    for record, cell in zip(membership["record_id"], membership["aliases"], strict=True):
        for alias in cell.split("; "):
            records_of.setdefault(alias, set()).add(record)
    return {**{alias: min(held) for alias, held in records_of.items() if len(held) == 1}, **ids}
