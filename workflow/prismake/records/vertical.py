"""Embase.com's vertical CSV: a row for each field of each record (`"TITLE","..."`), of which TITLE begins a record; and its
plain text, in which a line `RECORD 1` begins it and each field's name stands in a line above its value.
"""

from __future__ import annotations

import re

from prismake.records import table
from prismake.records.delimited import rows_of
from prismake.records.drafts import Parsed
from prismake.records.labelled import Fields, fields_of, parse_blocks

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


_RECORD = re.compile(r"^[ \t]*RECORD[ \t]+\d+[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"(?:AiP/IP )?[A-Z][A-Z/()& -]{1,60}")
_HEADINGS = frozenset({
    *_NAMES, "originalnonenglishtitle", "originaltitle", "author", "authors", "aipipentrydate", "fullrecordentrydate",
    "dateofpublication", "bookpublisher", "languageofarticle", "languageofsummary", "articlelanguage", "summarylanguage",
    "isbn", "pages", "pmid", "authorkeywords", "emtreedrugindextermsmajorfocus", "emtreemedicalindextermsmajorfocus",
    "emtreedeviceindexterms", "embaseclassification", "embaseaccessionid", "casregistrynumbers", "casregistrynumber",
    "clinicaltrialnumbers", "drugtradenames", "drugmanufacturer", "drugmanufacturers", "devicetradenames",
    "devicemanufacturer", "conferencename", "conferencelocation", "conferencedate", "conferenceeditors", "editors",
    "molecularsequencenumbers", "originalabstract", "articlenumber", "keywords", "funding", "summary", "abstractsummary",
})  # fmt: skip


def looks_like_text(head: str) -> bool:
    """Whether the beginning of a text is Embase.com's plain text."""
    record = _RECORD.search(head)
    return bool(record) and len(fields_of(head[record.end() :], _heading)) >= 2


def parse_text(text: str) -> Parsed:
    """All records of a plain text (LF line ends)."""
    parsed = parse_blocks(text, _RECORD, lambda block: fields_of(block, _heading), _text_draft)
    parsed.format = "embase-text"
    return parsed


def _heading(line: str) -> tuple[str, str] | None:
    name = line.strip()
    known = _HEADING.fullmatch(name) and table.key_of(name) in _HEADINGS
    return (name.capitalize(), "") if known else None


def _text_draft(fields: Fields, line: int) -> dict:
    names = {"Pages": "Pages", "Summary": "Abstract", "Abstract/summary": "Abstract", "Author": "Author names"}
    one = {names.get(name, name): [(" " if name != "Author names" else "; ").join(v)] for name, v in fields.items()}
    return {**table.draft_of(one, "embase-table", line), "raw": fields}


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
