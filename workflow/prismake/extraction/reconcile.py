"""Double extraction: two sheets with the same keys, compared cell by cell, and a third with what was decided.

Nothing is overwritten: the two sheets stay as they are, decisions are rows of their own, and the reconciled table
says of
each cell where it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from prismake.extraction.codebook import Codebook, Field
from prismake.extraction.tables import Extraction, Place
from prismake.extraction.values import exact_number
from prismake.messages.faults import Faults

DIFFERENCES = ["sheet", "key", "column", "value_1", "value_2", "status", "decision", "who", "date", "note"]
AGREEMENT = [
    "sheet",
    "column",
    "cells",
    "both_filled",
    "agree",
    "tolerance",
    "conflict",
    "one_sided",
    "percent_agreement",
    "icc",
    "kappa",
]
_NOTES = ("note", "unit", "time_weeks")


@dataclass
class Reconciled:
    """The table to go on with, every cell that was compared and is not simply equal, agreement by column,
    and faults.
    """

    extraction: Extraction
    differences: pd.DataFrame
    agreement: pd.DataFrame
    faults: Faults


def reconcile(
    first: Extraction,
    second: Extraction,
    book: Codebook,
    adjudicated: pd.DataFrame | None = None,
    *,
    tolerance: float = 0.0,
) -> Reconciled:
    """Compare two extractions and apply the decisions.

    Status of a cell: agree; tolerance (numbers that differ by no more than `tolerance`, relative to the larger, or
    by rounding to
    the fewer decimals); conflict; only_1 or only_2 (the row or value is in one of them). Tolerated cells take the first
    value, those of one side the value that is there, both listed; a conflict without a decision is left blank and
    listed.
    `adjudicated`: rows of DIFFERENCES with `decision` filled.
    """
    decided = _decisions(adjudicated)
    faults = Faults()
    tables: dict[str, pd.DataFrame] = {}
    places: dict[str, list[Place]] = {}
    cells: list[dict[str, str]] = []
    for name, sheet in book.sheets.items():
        if name == "sources":
            both = pd.concat([first[name], second[name]], ignore_index=True).fillna("")
            kept = both[~both.duplicated()]
            places[name] = [_places(first, name, second)[i] for i in kept.index]
            tables[name] = kept.reset_index(drop=True)
            continue
        fields = {f.name: f for f in sheet.fields}
        key = list(sheet.key)
        tables[name] = _sheet(name, key, fields, first[name], second[name], tolerance, decided, cells)
        found = zip([*_keys(first[name], key), *_keys(second[name], key)], _places(first, name, second), strict=True)
        by_key: dict[tuple[str, ...], Place] = {}
        for k, place in found:
            by_key.setdefault(k, place)
        places[name] = list(by_key.values())
    differences = pd.DataFrame(cells, columns=DIFFERENCES, dtype=str)
    _check_decisions(decided, differences, faults)
    merged = Extraction(
        tables, dict(first.files), Faults([*first.faults, *second.faults]), origin=first.origin, places=places
    )
    return Reconciled(
        merged,
        differences[differences["status"] != "agree"].reset_index(drop=True),
        agreement_by_column(differences),
        faults,
    )


def _places(first: Extraction, sheet: str, second: Extraction) -> list[Place]:
    """Where the rows of both extractors stand, one after the other."""
    return [each.place(sheet, i) for each in (first, second) for i in range(len(each[sheet]))]


def _decisions(adjudicated: pd.DataFrame | None) -> dict[tuple[str, str, str], dict[str, str]]:
    if adjudicated is None:
        return {}
    rows = adjudicated.fillna("").to_dict("records")
    return {
        (str(r["sheet"]), str(r["key"]), str(r["column"])): {str(k): str(v) for k, v in r.items()}
        for r in rows
        if str(r.get("decision", ""))
    }


def _key_text(key: tuple[str, ...]) -> str:
    return " | ".join(key)


def _sheet(
    name: str,
    key: list[str],
    fields: Mapping[str, Field],
    a: pd.DataFrame,
    b: pd.DataFrame,
    tolerance: float,
    decided: Mapping[tuple[str, str, str], dict[str, str]],
    cells: list[dict[str, str]],
) -> pd.DataFrame:
    left = {k: row for k, row in zip(_keys(a, key), a.to_dict("records"), strict=True)}
    right = {k: row for k, row in zip(_keys(b, key), b.to_dict("records"), strict=True)}
    columns = list(dict.fromkeys([*a.columns, *b.columns]))
    rows = []
    for k in dict.fromkeys([*left, *right]):
        row: dict[str, str] = {}
        for column in columns:
            x, y = str(left.get(k, {}).get(column, "")), str(right.get(k, {}).get(column, ""))
            if column in key:
                row[column] = x or y
                continue
            status = compare_cells(x, y, fields.get(column), tolerance)
            if column in _NOTES and status != "agree":
                status = "agree" if column == "note" else status
            row[column] = _settled(name, k, column, x, y, status, decided, cells)
        rows.append(row)
    return pd.DataFrame(rows, columns=columns, dtype=str)


def _keys(frame: pd.DataFrame, key: list[str]) -> list[tuple[str, ...]]:
    folded = [[str(v).strip().lower() for v in frame[c]] for c in key]
    return list(zip(*folded, strict=True)) if len(frame) else []


def _settled(
    name: str,
    key: tuple[str, ...],
    column: str,
    x: str,
    y: str,
    status: str,
    decided: Mapping[tuple[str, str, str], dict[str, str]],
    cells: list[dict[str, str]],
) -> str:
    if not x and not y:
        return ""
    ruling = decided.get((name, _key_text(key), column), {})
    cells.append(
        {
            "sheet": name,
            "key": _key_text(key),
            "column": column,
            "value_1": x,
            "value_2": y,
            "status": status,
            "decision": ruling.get("decision", ""),
            "who": ruling.get("who", ""),
            "date": ruling.get("date", ""),
            "note": ruling.get("note", ""),
        }
    )
    if ruling:
        return ruling["decision"]
    return "" if status == "conflict" else x or y


def compare_cells(x: str, y: str, entry: Field | None, tolerance: float) -> str:
    """agree, tolerance, conflict, only_1 or only_2 for two cells of one column."""
    if x == y or (entry is not None and entry.type in ("category", "yes_no", "id") and x.lower() == y.lower()):
        return "agree"
    if not x or not y:
        return "only_1" if x else "only_2"
    a, b = exact_number(x), exact_number(y)
    if a is None or b is None:
        return "agree" if " ".join(x.lower().split()) == " ".join(y.lower().split()) else "conflict"
    if a.value == b.value:
        return "agree"
    coarse = max(a.half_unit, b.half_unit)
    near = abs(a.value - b.value) <= max(tolerance * max(abs(a.value), abs(b.value)), 0.0)
    rounded = a.decimals != b.decimals and abs(a.value - b.value) <= coarse * (1 + 1e-9)
    return "tolerance" if near or rounded else "conflict"


def _check_decisions(
    decided: Mapping[tuple[str, str, str], dict[str, str]], differences: pd.DataFrame, faults: Faults
) -> None:
    known = set(zip(differences["sheet"], differences["key"], differences["column"], strict=True))
    for place in decided:
        if place not in known:
            faults.warning(
                "decision-on-nothing",
                "This decision is about a cell that neither sheet has.",
                file="adjudicated",
                value=" / ".join(place),
                expected="sheet, key and column as in the list of differences",
                mend="correct or remove the row",
            )


def agreement_by_column(differences: pd.DataFrame) -> pd.DataFrame:
    """For each column: cells compared, exact and tolerated agreement in percent; ICC for numbers, kappa for categories.

    Cells that only one extractor filled count as disagreement. ICC(A,1) (McGraw & Wong, 1996) over pairs of numbers;
    kappa over
    pairs of words; blank where not estimable.
    """
    rows = []
    for (sheet, column), group in differences.groupby(["sheet", "column"], sort=False):
        both = group[(group["value_1"] != "") & (group["value_2"] != "")]
        pairs = [(exact_number(x), exact_number(y)) for x, y in zip(both["value_1"], both["value_2"], strict=True)]
        numbers = [(x.value, y.value) for x, y in pairs if x is not None and y is not None]
        numeric = len(numbers) == len(both) and len(both) > 0
        n = len(group)
        rows.append(
            {
                "sheet": sheet,
                "column": column,
                "cells": n,
                "both_filled": len(both),
                "agree": int((group["status"] == "agree").sum()),
                "tolerance": int((group["status"] == "tolerance").sum()),
                "conflict": int((group["status"] == "conflict").sum()),
                "one_sided": int(group["status"].isin(["only_1", "only_2"]).sum()),
                "percent_agreement": 100 * float(group["status"].isin(["agree", "tolerance"]).mean()) if n else None,
                "icc": icc(numbers) if numeric else None,
                "kappa": None if numeric else _kappa(both["value_1"].tolist(), both["value_2"].tolist()),
            }
        )
    return pd.DataFrame(rows, columns=AGREEMENT)


def icc(pairs: list[tuple[float, float]]) -> float | None:
    """ICC(A,1): absolute agreement of single ratings, two-way (McGraw & Wong, 1996, Table 4);
    None below 3 pairs or without spread.
    """
    n = len(pairs)
    if n < 3:
        return None
    grand = sum(x + y for x, y in pairs) / (2 * n)
    rows = 2 * sum(((x + y) / 2 - grand) ** 2 for x, y in pairs) / (n - 1)
    m1, m2 = sum(x for x, _ in pairs) / n, sum(y for _, y in pairs) / n
    columns = n * ((m1 - grand) ** 2 + (m2 - grand) ** 2)
    total = sum((x - grand) ** 2 + (y - grand) ** 2 for x, y in pairs)
    error = (total - rows * (n - 1) - columns) / (n - 1)
    denominator = rows + error + 2 * (columns - error) / n
    return (rows - error) / denominator if denominator > 0 else None


def _kappa(a: list[str], b: list[str]) -> float | None:
    from prismake.extraction.risk_of_bias.agreement import compare

    found: Mapping[str, Any] = compare([x.lower() for x in a], [y.lower() for y in b], [])
    return found["kappa"]
