"""Double extraction: two sheets with the same keys, compared cell by cell, and a third with what was decided.

Nothing is overwritten: the two sheets stay as they are, decisions are rows of their own, and the reconciled table
says of
each cell where it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from prismake.extraction.agreement import agreement_by_column
from prismake.extraction.codebook import Codebook, Field
from prismake.extraction.formats.build import missing_columns
from prismake.extraction.numerals import pointed_columns
from prismake.extraction.tables import Extraction, Place
from prismake.extraction.values import exact_number, missing_code
from prismake.messages.faults import Faults
from prismake.records.sheets import line_of

DIFFERENCES = ["sheet", "key", "column", "value_1", "value_2", "status", "decision", "who", "date", "note"]


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
    file: str = "the adjudicated sheet",
) -> Reconciled:
    """Compare two extractions and apply the decisions.

    Status of a cell: agree; tolerance (numbers that differ by no more than `tolerance`, relative to the larger, or
    by rounding to
    the fewer decimals); conflict; only_1 or only_2 (the row or value is in one of them). Tolerated cells take the first
    value, those of one side the value that is there, both listed; a conflict without a decision is left blank and
    listed.
    `adjudicated`: rows of DIFFERENCES with `decision` filled, from `file`. Where it has the two values that were decided
    between, and the sheets have others by now, that is a warning; two decisions for one cell are an error, and so are two
    rows with one key in a sheet, of which only the first could be compared.
    """
    faults = Faults()
    decided = _decisions(adjudicated, file, faults)
    for extraction in (first, second):
        _check_keys(extraction, book, faults)
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
    _check_decisions(decided, differences, file, faults)
    merged = Extraction(
        tables, dict(first.files), Faults([*first.faults, *second.faults]), origin=first.origin, places=places
    )
    return Reconciled(
        merged,
        differences[differences["status"] != "agree"].reset_index(drop=True),
        agreement_by_column(differences, book),
        faults,
    )


def undecided_cells(extraction: Extraction, book: Codebook, differences: pd.DataFrame) -> set[tuple[object, ...]]:
    """File, line and column of each cell that is blank because the two extractors differ and nobody decided yet."""
    found = set()
    for name, sheet in book.sheets.items():
        mine = undecided(differences[differences["sheet"] == name])
        open_columns = set(zip(mine["key"], mine["column"], strict=True))
        keys = [_key_text(key) for key in _keys(extraction[name], list(sheet.key))] if open_columns else []
        for position, text in enumerate(keys):
            for column in (c for k, c in open_columns if k == text):
                where = extraction.where(name, position, column)
                found.add((where["file"], where["line"], where["column"]))
    return found


def undecided(differences: pd.DataFrame) -> pd.DataFrame:
    """The conflicts without a decision."""
    return differences[(differences["status"] == "conflict") & (differences["decision"] == "")]


def _places(first: Extraction, sheet: str, second: Extraction) -> list[Place]:
    """Where the rows of both extractors stand, one after the other."""
    return [each.place(sheet, i) for each in (first, second) for i in range(len(each[sheet]))]


def _check_keys(extraction: Extraction, book: Codebook, faults: Faults) -> None:
    for name, sheet in book.sheets.items():
        if name == "sources" or not len(extraction[name]):
            continue
        seen: dict[tuple[str, ...], int] = {}
        for position, key in enumerate(_keys(extraction[name], list(sheet.key))):
            first = seen.setdefault(key, position)
            if first != position:
                faults.error(
                    "row-twice",
                    "This row has the same key as another one of its sheet, so that it cannot be compared.",
                    **extraction.where(name, position, sheet.key[-1]),
                    expected=f"one row for {_key_text(key)}; the other stands in line {extraction.place(name, first).line}",
                    mend="correct the key, or remove one of the rows",
                )


def _decisions(
    adjudicated: pd.DataFrame | None, file: str, faults: Faults
) -> dict[tuple[str, str, str], dict[str, str]]:
    if adjudicated is None:
        return {}
    missing_columns(adjudicated.columns, ("sheet", "key", "column", "decision"), file, faults)
    if faults.errors:
        return {}
    decided: dict[tuple[str, str, str], dict[str, str]] = {}
    frame = pointed_columns(adjudicated.fillna(""), ["value_1", "value_2", "decision"])
    for position, values in enumerate(frame.to_dict("records")):
        row = {str(k): str(v).strip() for k, v in values.items()}
        place = (row["sheet"].lower(), _spaced(row["key"]), row["column"])
        if not row["decision"]:
            continue
        if place in decided and decided[place]["decision"] != row["decision"]:
            faults.error(
                "decided-twice",
                "This cell is decided twice, and differently.",
                file=file,
                line=line_of(adjudicated, position),
                column="decision",
                value=row["decision"],
                expected=f"one decision; another row has {decided[place]['decision']}",
                mend="leave the one that counts",
            )
        decided.setdefault(place, {**row, "(line)": str(line_of(adjudicated, position))})
    return decided


def _spaced(key: str) -> str:
    """A key as people's programs may have left it: the parts without the spaces around them, in lower case."""
    return " | ".join(part.strip().lower() for part in key.split("|"))


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
    left, right = _by_key(a, key), _by_key(b, key)
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
            if column == "note" and x and y and status != "agree":  # two remarks are no contradiction: both stay
                row[column] = f"{x}; {y}"
                continue
            row[column] = _settled(name, k, column, x, y, status, decided, cells)
        rows.append(row)
    return pd.DataFrame(rows, columns=columns, dtype=str)


def _by_key(frame: pd.DataFrame, key: list[str]) -> dict[tuple[str, ...], dict[str, str]]:
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for k, row in zip(_keys(frame, key), frame.to_dict("records"), strict=True):
        rows.setdefault(k, {str(c): str(v) for c, v in row.items()})
    return rows


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
    if (code := missing_code(x)) is not None and code == missing_code(y):
        return "agree"
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
    decided: Mapping[tuple[str, str, str], dict[str, str]], differences: pd.DataFrame, file: str, faults: Faults
) -> None:
    columns = ("sheet", "key", "column", "value_1", "value_2")
    known = {(s, k, c): (x, y) for s, k, c, x, y in zip(*(differences[n] for n in columns), strict=True)}
    for place, row in decided.items():
        where = {"file": file, "line": int(row["(line)"]), "column": "decision", "value": row["decision"]}
        if place not in known:
            faults.warning(
                "decision-on-nothing",
                "This decision is about a cell that neither sheet has.",
                **{**where, "value": " / ".join(place)},
                expected="sheet, key and column as in the list of differences",
                mend="correct or remove the row",
            )
        elif {"value_1", "value_2"} <= row.keys() and known[place] != (row["value_1"], row["value_2"]):
            faults.warning(
                "decision-on-other-values",
                "The sheets have other values by now than those that this decision was made between.",
                **where,
                expected=" and ".join(v or "blank" for v in (row["value_1"], row["value_2"]))
                + "; now "
                + " and ".join(v or "blank" for v in known[place]),
                mend="decide again, and put the present values into value_1 and value_2",
            )
