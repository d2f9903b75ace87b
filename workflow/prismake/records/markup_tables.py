"""Tables that were saved as a web page or as Excel's XML of 2003, often under the name .xls."""

from __future__ import annotations

import html
import re

from prismake.records.delimited import Rows

_ROW = re.compile(r"<(?:tr|(?:ss:)?Row)(?=[\s>])", re.IGNORECASE)
_CELL = re.compile(r"<(?:t[dh]|(?:ss:)?Cell)(?=[\s>])([^>]*)>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/?(?:p|div|li|data))\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>?")
_INDEX = re.compile(r'\bIndex="(\d{1,4})"', re.IGNORECASE)


def looks_like(head: str) -> bool:
    """Whether the beginning of a text holds such a table."""
    return head.lstrip()[:1] == "<" and bool(
        re.search(r"<table[\s>]|urn:schemas-microsoft-com:office:spreadsheet", head, re.IGNORECASE)
        and _ROW.search(head)
    )


def read_text(text: str) -> tuple[Rows, int]:
    """Rows of the tables in a text, blank ones left out, and an independent count of them."""
    starts = [match.start() for match in _ROW.finditer(text)]
    rows, lines = [], []
    line, seen = 1, 0
    for start, stop in zip(starts, [*starts[1:], len(text)], strict=True):
        line += text.count("\n", seen, start)
        seen = start
        cells = _cells(text[start:stop])
        if cells:
            rows.append(cells)
            lines.append(line)
    return Rows(rows, lines, "\t"), sum(bool(_plain(part.partition(">")[2])) for part in _ROW.split(text)[1:])


def _cells(row: str) -> list[str]:
    """The cells of a row, each up to the next one; what stands in a row without any is one cell, a blank row has none.

    Excel leaves blank cells out and says in the next one where it stands.
    """
    cells: list[str] = []
    _, *parts = _CELL.split(row)
    for attributes, content in zip(parts[::2], parts[1::2], strict=True):
        place = _INDEX.search(attributes)
        cells += [""] * (int(place[1]) - 1 - len(cells) if place else 0)
        cells.append(_plain(content))
    if any(cells):
        return cells
    text = _plain(row.partition(">")[2])
    return [text] if text else []


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", _BREAK.sub(" ", markup))).split())
