"""Empty extraction sheets as one workbook: drop-downs, limits on numbers, a note on each column,
and the codebook itself.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from prismake.extraction.codebook import Codebook, Field, Sheet

_ROWS = 2000
_FIRST_YEAR = datetime(2000, 1, 1)  # workbooks carry dates; a fixed one keeps equal input equal
_LONGEST_LIST = 250  # Excel allows 255 characters in a list written into the rule itself


def workbook(book: Codebook, rows: Mapping[str, Sequence[Mapping[str, str]]] | None = None) -> bytes:
    """An .xlsx with one sheet a table of the codebook; `rows` fills some in (studies that wait for extraction, say).

    Categories and yes/no have drop-downs that allow the missing codes too; numbers out of range are questioned, not
    refused;
    ids of studies, arms and outcomes are offered from their sheets. The same codebook gives the same bytes.
    """
    from openpyxl import Workbook

    made = Workbook()
    made.remove(made.active)
    made.properties.created = made.properties.modified = _FIRST_YEAR
    made.properties.creator = "Prismake"
    lists = _list_sheet(book)
    for sheet in book.sheets.values():
        _add_sheet(made, sheet, book, (rows or {}).get(sheet.name, ()), lists)
    _add_codebook(made, book)
    _add_lists(made, lists)
    return _without_clock(made)


def workbook_to_fill(book: Codebook, included: pd.DataFrame, pending: pd.DataFrame) -> bytes:
    """The empty sheets with the studies that wait for extraction already in the sheet studies."""
    waiting = set(pending["id"])
    rows = [
        {"study_id": str(r["study_id"]), "label": str(r.get("label", ""))}
        for r in included.to_dict("records")
        if r["study_id"] in waiting
    ]
    return workbook(book, {"studies": rows})


def _list_sheet(book: Codebook) -> dict[tuple[str, str], list[str]]:
    """Allowed words of each column that has some, with the missing codes behind them."""
    lists = {}
    for sheet in book.sheets.values():
        for entry in sheet.fields:
            words = list(entry.allowed) or (["yes", "no"] if entry.type == "yes_no" else [])
            if words:
                lists[(sheet.name, entry.name)] = [*words, *([] if entry.required else book.missing_codes)]
    return lists


def _add_sheet(made, sheet: Sheet, book: Codebook, rows: Sequence[Mapping[str, str]], lists: Mapping) -> None:  # type: ignore[no-untyped-def]
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    page = made.create_sheet(sheet.name)
    page.freeze_panes = page.cell(row=2, column=len(sheet.key) + 1 if len(sheet.key) < 3 else 2)
    for position, entry in enumerate(sheet.fields, 1):
        letter = get_column_letter(position)
        cell = page.cell(row=1, column=position, value=entry.name)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F5A8A" if entry.required else "59626C")
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        cell.comment = Comment(_note(entry, book), "Prismake", width=320, height=160)
        page.column_dimensions[letter].width = max(12, min(34, len(entry.name) + 4))
        for row in range(2, _ROWS + 2 if entry.type in ("id", "text") and position == 1 else 2):
            page.cell(row=row, column=position).number_format = "@"
        _add_validation(page, sheet, entry, letter, lists)
    for line, values in enumerate(rows, 2):
        for position, entry in enumerate(sheet.fields, 1):
            if values.get(entry.name):
                page.cell(row=line, column=position, value=str(values[entry.name])).number_format = "@"


def _note(entry: Field, book: Codebook) -> str:
    parts = [entry.definition]
    if entry.unit:
        parts.append(f"Unit: {entry.unit}.")
    if entry.min is not None or entry.max is not None:
        parts.append("Range: " + " to ".join(str(x) if x is not None else "any" for x in (entry.min, entry.max)) + ".")
    if entry.required_when:
        parts.append("Needed where " + " and ".join(f"{k} is {v}" for k, v in entry.required_when) + ".")
    if entry.example:
        parts.append(f"Example: {entry.example}")
    if not entry.required and book.missing_codes:
        parts.append("Missing: " + ", ".join(book.missing_codes) + ".")
    return "\n".join(parts)


_FROM = {"study_id": "studies", "arm_id": "arms", "outcome_id": "outcomes"}


def _add_validation(page, sheet: Sheet, entry: Field, letter: str, lists: Mapping[tuple[str, str], list[str]]) -> None:  # type: ignore[no-untyped-def]
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = None
    words = lists.get((sheet.name, entry.name))
    if words:
        position = get_column_letter(list(lists).index((sheet.name, entry.name)) + 1)
        rule = DataValidation(
            type="list", formula1=f"=lists!${position}$2:${position}${len(words) + 1}", allow_blank=not entry.required
        )
        rule.error, rule.errorTitle, rule.errorStyle = (
            f"Use one of: {', '.join(words)}"[:_LONGEST_LIST],
            entry.name,
            "stop",
        )
    elif entry.name in _FROM and _FROM[entry.name] != sheet.name:
        column = "A" if entry.name == "study_id" else "B"
        rule = DataValidation(
            type="list", formula1=f"={_FROM[entry.name]}!${column}$2:${column}${_ROWS}", allow_blank=True
        )
        rule.error, rule.errorTitle, rule.errorStyle = (
            f"Not in the sheet {_FROM[entry.name]} yet.",
            entry.name,
            "warning",
        )
    elif entry.type in ("integer", "number") and (entry.min is not None or entry.max is not None):
        kind = "whole" if entry.type == "integer" else "decimal"
        low, high = entry.min if entry.min is not None else -1e9, entry.max if entry.max is not None else 1e9
        rule = DataValidation(type=kind, operator="between", formula1=str(low), formula2=str(high), allow_blank=True)
        rule.error, rule.errorTitle, rule.errorStyle = (
            f"Outside {low:g} to {high:g}; a missing code is fine.",
            entry.name,
            "warning",
        )
    if rule is not None:
        rule.showErrorMessage = True
        page.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{_ROWS + 1}")


def _add_codebook(made, book: Codebook) -> None:  # type: ignore[no-untyped-def]
    from openpyxl.styles import Alignment, Font

    page = made.create_sheet("codebook")
    header = ["sheet", "column", "type", "unit", "required", "allowed", "min", "max", "definition", "example"]
    page.append(header)
    for cell in page[1]:
        cell.font = Font(bold=True)
    for sheet in book.sheets.values():
        for f in sheet.fields:
            needed = (
                "yes"
                if f.required
                else "if " + " and ".join(f"{k} = {v}" for k, v in f.required_when)
                if f.required_when
                else ""
            )
            page.append(
                [
                    sheet.name,
                    f.name,
                    f.type,
                    f.unit,
                    needed,
                    ", ".join(f.allowed),
                    f.min,
                    f.max,
                    f.definition,
                    f.example,
                ]
            )
    for code, meaning in book.missing_codes.items():
        page.append(["(missing)", code, "", "", "", "", None, None, meaning, ""])
    for letter, width in zip("ABCDEFGHIJ", (18, 22, 11, 10, 12, 34, 8, 8, 80, 30), strict=True):
        page.column_dimensions[letter].width = width
    for row in page.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    page.freeze_panes = "C2"


def _add_lists(made, lists: Mapping[tuple[str, str], list[str]]) -> None:  # type: ignore[no-untyped-def]
    page = made.create_sheet("lists")
    page.sheet_state = "hidden"
    for column, ((sheet, name), words) in enumerate(lists.items(), 1):
        page.cell(row=1, column=column, value=f"{sheet}.{name}")
        for row, word in enumerate(words, 2):
            page.cell(row=row, column=column, value=word)


def _without_clock(made) -> bytes:  # type: ignore[no-untyped-def]
    """The workbook's bytes with the times in its archive and its properties fixed."""
    raw = io.BytesIO()
    made.save(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in sorted(source.infolist(), key=lambda i: i.filename):
            content = source.read(item)
            if item.filename == "docProps/core.xml":
                content = _fixed_properties(content)
            entry = zipfile.ZipInfo(item.filename, (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return out.getvalue()


def _fixed_properties(content: bytes) -> bytes:
    import re

    return re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</)", rb"\g<1>2000-01-01T00:00:00Z\g<3>", content)
