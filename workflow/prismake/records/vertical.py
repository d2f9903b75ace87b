"""Embase.com's vertical CSV: a row for each field of each record (`"TITLE","..."`), of which TITLE begins a record."""

from __future__ import annotations

import re

from prismake.records import table
from prismake.records.delimited import rows_of
from prismake.records.drafts import Parsed

_NAMES = frozenset(
    [
        "title",
        "authornames",
        "source",
        "abstract",
        "authoraddresses",
        "correspondenceaddress",
        "issn",
        "doi",
        "fulltextlink",
        "emtreemedicalindexterms",
        "emtreedrugindexterms",
        "embaselink",
        "openurllink",
        "copyright",
        "medlinepmid",
        "pui",
        "publicationtype",
        "publicationyear",
        "sourcetitle",
        "volume",
        "issue",
        "firstpage",
        "lastpage",
    ]
)


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is Embase.com's vertical CSV."""
    return bool(re.search(r'^"?TITLE"?,', head, re.MULTILINE)) and bool(
        re.search(r'^"?(?:AUTHOR NAMES|SOURCE|ABSTRACT)"?,', head, re.MULTILINE)
    )


def parse(text: str) -> Parsed:
    """All records of a vertical CSV (LF line ends)."""
    rows = rows_of(text, ",")
    parsed = Parsed([], len(re.findall(r'^"?TITLE"?,', text, re.MULTILINE)), format="embase-vertical")
    fields: dict[str, list[str]] = {}
    start = 0
    for row, line in zip([*rows.cells, ["TITLE"]], [*rows.lines, 0], strict=True):
        name = row[0].strip()
        if name.upper() == "TITLE":
            if fields:
                parsed.drafts.append(_draft(fields, start))
            fields, start = {}, line
            if not line:
                break
        elif not fields or table.key_of(name) not in _NAMES and name.upper() != name:
            continue
        values = [cell.strip() for cell in row[1:] if cell.strip()]
        if values:
            fields.setdefault(name.capitalize(), []).extend(values)
        elif name.upper() == "TITLE":
            fields[name.capitalize()] = []
    return parsed


def _draft(fields: dict[str, list[str]], line: int) -> dict:
    joined = {name: ["; ".join(values)] if len(values) > 1 else values or [""] for name, values in fields.items()}
    return {
        **table.draft_of(joined, "embase-table", line),
        "raw": {name: values for name, values in fields.items() if values},
    }
