"""A long text in pieces that each begin with a record, so that a million records pass in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 8_000_000
"""Characters of a piece: some ten thousand records without cited references."""

_BEGINNINGS = {
    "ris": re.compile(r"\n(?=TY  -)"),
    "wos-text": re.compile(r"\n(?=PT [A-Z]\n)"),
    "medline": re.compile(r"\n\n(?=PMID- )"),
    "bibtex": re.compile(r"\n(?=@[A-Za-z]+\{)"),
    "enw": re.compile(r"\n(?=%0 )"),
    "endnote-xml": re.compile(r"(?=<record>)"),
}
"""Where a record of a format begins for certain; other formats are read whole."""


def pieces(text: str, format: str, longest: int = LONGEST) -> Iterator[tuple[str, int]]:
    """(piece, number of lines before it); the whole text where it is short or its format has no certain beginnings."""
    beginning = _BEGINNINGS.get(format)
    if (
        len(text) <= longest
        or beginning is None
        or (format == "bibtex" and re.search(r"@string\b", text, re.IGNORECASE))
    ):
        yield text, 0
        return
    start, lines = 0, 0
    while start < len(text):
        match = beginning.search(text, start + longest) if start + longest < len(text) else None
        end = match.end() if match else len(text)
        yield text[start:end], lines
        lines += text.count("\n", start, end)
        start = end
