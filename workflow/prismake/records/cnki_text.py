"""CNKI's plain text: `SrcDatabase-来源库: 期刊`, then `Title-题名: ` and other names in two languages."""

from __future__ import annotations

import re

from prismake.records import table
from prismake.records.drafts import Draft, Parsed
from prismake.records.labelled import Fields, fields_of, parse_blocks

_LABEL = re.compile(r"^([A-Za-z]{2,20}-[\u4e00-\u9fffA-Z]{1,12}): ?(.*)$")
_FIRST = re.compile(r"^(?:SrcDatabase|DataType|Title)-?[\u4e00-\u9fff]*: ?", re.MULTILINE)
_TITLE = re.compile(r"^Title-[\u4e00-\u9fff]+: ?", re.MULTILINE)


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is CNKI's plain text."""
    return bool(_TITLE.search(head)) and bool(re.search(r"^Author-[\u4e00-\u9fff]+:", head, re.MULTILINE))


def parse(text: str) -> Parsed:
    """All records of a text (LF line ends): each begins with the name that the first one begins with."""
    first = _FIRST.search(text)
    start = re.compile(rf"^{re.escape(first[0].rstrip(' '))}", re.MULTILINE) if first else _TITLE
    if len(start.findall(text)) < len(_TITLE.findall(text)):
        start = _TITLE
    parsed = parse_blocks(text, start, lambda block: fields_of(block, _name), _draft)
    parsed.format = "cnki-text"
    return parsed


def _name(line: str) -> tuple[str, str] | None:
    match = _LABEL.match(line)
    return (match[1], match[2]) if match else None


def _draft(fields: Fields, line: int) -> Draft:
    joined = {name: [" ".join(values)] for name, values in fields.items()}
    return {**table.draft_of(joined, "cnki-table", line), "raw": fields}
