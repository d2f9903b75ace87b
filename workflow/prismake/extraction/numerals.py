"""Decimal commas made points, sheet by sheet, so that the canonical tables have one way to write a number.

Only the writing of numbers changes, and no digit: "12,10" becomes "12.10". What is no number stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from prismake.records.sheets import MissingCode, decimal

_SIGN = r"[+\-−–]?"
_COMMA = re.compile(rf"{_SIGN}\d*,(\d{{1,2}}|\d{{4,}})|{_SIGN}0?,\d+")
_POINT = re.compile(rf"{_SIGN}\d*\.(\d{{1,2}}|\d{{4,}})|{_SIGN}0?\.\d+")
_EITHER = re.compile(rf"{_SIGN}[1-9]\d{{0,2}},\d{{3}}")
_BOUND = re.compile(r"^(\s*(?:p\s*)?[<>=≤≥]+\s*)(.*)$", re.IGNORECASE)


def uses_comma(cells: Iterable[str]) -> bool | None:
    """Do these cells write decimal commas? True or False by the cells that leave no doubt, None without any."""
    commas = points = 0
    for cell in cells:
        text = _BOUND.sub(r"\2", cell.strip())
        commas += _COMMA.fullmatch(text) is not None
        points += _POINT.fullmatch(text) is not None
    return None if commas == points == 0 else commas > points


def pointed(text: str, comma: bool | None) -> str:
    """The number with a decimal point and no thousands marks; anything else as it was typed."""
    bound = _BOUND.match(text)
    lead, rest = (bound.group(1), bound.group(2)) if bound else ("", text)
    if "," not in rest and " " not in rest.strip() and "'" not in rest:
        return text
    value = _read(rest, comma)
    if value is None:
        return text
    body = re.sub(r"[\s']", "", rest)
    is_decimal = "," in body and "." not in body and not (comma is False and _EITHER.fullmatch(body))
    if "," in body and "." in body:
        is_decimal = body.rfind(",") > body.rfind(".")
    if body.count(",") > 1:
        is_decimal = False
    written = body.replace(".", "").replace(",", ".") if is_decimal else body.replace(",", "")
    return lead + written if float(written.replace("−", "-").replace("–", "-")) == float(value) else text


def _read(text: str, comma: bool | None) -> float | None:
    """The number, read with the sheet's mark, else with either; None for what is none."""
    for mark in dict.fromkeys((comma, None)):
        try:
            value = decimal(text, comma=mark)
        except ValueError:
            continue
        return None if value is None or isinstance(value, MissingCode) else value
    return None


def pointed_columns(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The sheet with its numeric columns rewritten; whether it uses commas is found over all of them together."""
    cells = {c: frame[c].tolist() for c in columns if c in frame.columns}
    marked = {c: values for c, values in cells.items() if any("," in v or " " in v or "'" in v for v in values)}
    if not marked:
        return frame
    comma = uses_comma(v for values in cells.values() for v in values if "," in v or "." in v)
    attrs = dict(frame.attrs)
    changed = frame.assign(**{c: [pointed(v, comma) for v in values] for c, values in marked.items()})
    changed.attrs.update(attrs)
    return changed
