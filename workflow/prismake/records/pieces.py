"""A long text in pieces that each begin with a record, so that a million records pass in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LONGEST = 8_000_000
"""Characters of a piece: some ten thousand records without cited references."""

_BEGINNINGS = {
    "ris": re.compile(r"\n(?=TY  -)"),
    "wos-text": re.compile(r"\n(?=PT [A-Z]\n)"),
    "medline": re.compile(r"\n\n(?=PMID- )"),
    "bibtex": re.compile(r"\n(?=@[A-Za-z]+\{)"),
    "enw": re.compile(r"\n(?=%0 )"),
    "refworks": re.compile(r"\n[ \t]*\n(?=RT )"),
    "endnote-xml": re.compile(r"(?=<record>)"),
    "ebsco-xml": re.compile(r"(?=<rec resultID=)"),
    "pubmed-xml": re.compile(r"(?=<PubmedArticle>)"),
}
"""Where a record of a format begins for certain; other formats, but tables, are read whole."""

_WHOLE = {"bibtex": re.compile(r"@string\b", re.IGNORECASE), "enw": re.compile(r"^%T .*\n%0 ", re.MULTILINE)}
"""What makes a text of a format be read whole: abbreviations for all that follows; titles before the beginnings."""


def pieces(
    blocks: Iterable[str], format: str, longest: int = LONGEST, row_end: re.Pattern[str] | None = None
) -> Iterator[tuple[str, int, bool]]:
    """(piece, number of lines before it, whether it is the last) of a text that comes in blocks.

    Pieces hold about `longest` characters, or the whole text where its format has no certain beginnings. `row_end`
    finds the quoted cells and the line ends of a table; a table is cut behind a line end outside of quoted cells.
    """
    lines, waiting = 0, ""
    for piece in _cut(blocks, format, longest, row_end):
        if waiting:
            yield waiting, lines, False
            lines += waiting.count("\n")
        waiting = piece
    yield waiting, lines, True


def _cut(blocks: Iterable[str], format: str, longest: int, row_end: re.Pattern[str] | None) -> Iterator[str]:
    held: list[str] = []
    size, wanted = 0, longest
    for part in (block[i : i + longest] for block in blocks for i in range(0, len(block), longest)):
        held.append(part)
        size += len(part)
        if size >= wanted:
            text = "".join(held)
            place = _last_beginning(text, format, row_end)
            if place:
                yield text[:place]
            held, size = [text[place:]], len(text) - place
            wanted = longest if place else 2 * size
    if size:
        yield "".join(held)


def _last_beginning(text: str, format: str, row_end: re.Pattern[str] | None) -> int:
    """Where the last record of a text begins for certain, 0 where none but the first does."""
    whole = _WHOLE.get(format)
    beginning = row_end if format == "table" else _BEGINNINGS.get(format)
    if beginning is None or (whole and whole.search(text)):
        return 0
    place = 0
    for match in beginning.finditer(text):
        if format != "table" or match.group() == "\n":
            place = match.end()
    return place
