"""Columns of a Metapsy data set that the oracle's file of it does not repeat."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

_TOY = "metapsy_toy_effectsizes"


def columns_of(text: str) -> dict[str, list[str | None]]:
    """The columns of a CSV file, whose separator its first line shows; None for a blank and NA."""
    first = text.split("\n", 1)[0]
    rows = list(csv.reader(io.StringIO(text), delimiter=max(";,", key=first.count)))
    return {
        name: [None if index >= len(row) or row[index] in ("", "NA") else row[index] for row in rows[1:]]
        for index, name in enumerate(rows[0])
    }


def moderator(content: dict[str, Any], column: str, inputs_of: Callable[[str], dict | None]) -> list[Any] | None:
    """One value an effect of the oracle's file: of its inputs, else of the data set that it was made of.

    Rows are found by study, g and its standard error; None where the column is nowhere or rows alike have different values.
    """
    inputs = content["inputs"]
    if column in inputs:
        return list(inputs[column])
    source = str(content.get("source", ""))
    found = inputs_of(source.rsplit("/data-", 1)[1] if "/data-" in source else _TOY)
    if found is None or not {"study", column, ".g", ".g_se"} <= set(found):
        return None
    places: dict[tuple[str, str, str], list[Any]] = {}
    for study, g, se, value in zip(*(found[name] for name in ("study", ".g", ".g_se", column)), strict=True):
        places.setdefault((str(study), _key(g), _key(se)), []).append(value)
    values = [
        places.get((str(study), _key(g), _key(se)), [])
        for study, g, se in zip(inputs["study"], inputs["g"], inputs["g_se"], strict=True)
    ]
    return [value[0] for value in values] if all(len(set(map(str, value))) == 1 for value in values) else None


def _key(value: Any) -> str:
    """A number to nine digits; its sign does not matter, since some data sets were turned."""
    try:
        return f"{abs(float(str(value).replace(',', '.'))):.9g}"
    except ValueError:
        return ""
