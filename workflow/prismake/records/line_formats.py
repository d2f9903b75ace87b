"""Formats of one tag a line: EndNote's Refer text (.enw) and RefWorks' tagged text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.records.databases import database_name
from prismake.records.drafts import Draft, Parsed
from prismake.records.names import family_first, given_first
from prismake.records.ris_fields import draft_of

_REFER = re.compile(r"^%([0-9A-Z!@#$&*()+=\[\]{}:;<>?^~|/]) ?(.*)$")
_REFWORKS = re.compile(r"^([A-Z][A-Z0-9]) (.*)$")
# RefWorks' tags are RIS' but for these.
_TO_RIS = {
    "RT": "TY",
    "AB": "AB",
    "YR": "PY",
    "FD": "DA",
    "OP": "EP",
    "K1": "KW",
    "PB": "PB",
    "PP": "CY",
    "LK": "UR",
    "UL": "UR",
    "DS": "DB",
    "NO": "N1",
    "JO": "JO",
    "SN": "SN",
}
_RIS_CODES = {
    "journal article": "JOUR",
    "book, section": "CHAP",
    "book chapter": "CHAP",
    "book, whole": "BOOK",
    "dissertation/thesis": "THES",
    "conference proceedings": "CONF",
}


def looks_like_refer(head: str) -> bool:
    """Whether the beginning of a text is EndNote's Refer text."""
    return bool(re.search(r"^%0 \S", head, re.MULTILINE)) or (
        bool(re.search(r"^%T \S", head, re.MULTILINE)) and bool(re.search(r"^%[AD] \S", head, re.MULTILINE))
    )


def looks_like_refworks(head: str) -> bool:
    """Whether the beginning of a text is RefWorks' tagged text."""
    return bool(re.search(r"^RT [A-Z]", head, re.MULTILINE)) and bool(
        re.search(r"^(?:T1|A1|SR|ID) \S", head, re.MULTILINE)
    )


def parse_refer(text: str) -> Parsed:
    """All records of a Refer text (LF line ends)."""
    return _parse(text, _REFER, "0", ("T",), _refer, "%0 ")


def parse_refworks(text: str) -> Parsed:
    """All records of a RefWorks text (LF line ends)."""
    return _parse(text, _REFWORKS, "RT", ("T1",), _refworks, "RT ")


def _parse(text: str, pattern: re.Pattern[str], first: str, titles: tuple[str, ...], draft, mark: str) -> Parsed:  # type: ignore[no-untyped-def]
    parsed = Parsed([], counted(text, mark, titles))
    for line, fields in _records(text, pattern, first):
        if not any(tag != first for tag in fields):
            parsed.set_aside.append((line, "has a type but no content", mark + fields.get(first, [""])[0]))
            continue
        parsed.drafts.append({"line": line, **draft(fields)})
    return parsed


def counted(text: str, mark: str, titles: tuple[str, ...]) -> int:
    """Records by the lines that begin one; a block between blank lines without such a line is one if it has a title."""
    number = 0
    prefix = mark[0] if mark[0] == "%" else ""
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.split("\n")
        begun = sum(line.startswith(mark) for line in lines)
        before = next((i for i, line in enumerate(lines) if line.startswith(mark)), len(lines))
        titled = any(line.startswith(f"{prefix}{title} ") for line in lines[:before] for title in titles)
        number += begun + titled
    return number


def _records(text: str, pattern: re.Pattern[str], first: str) -> Iterator[tuple[int, dict[str, list[str]]]]:
    fields: dict[str, list[str]] = {}
    start, tag = 0, ""
    titled = ("T", "T1")
    for number, line in enumerate([*text.split("\n"), ""], 1):
        match = pattern.match(line)
        if (match and match.group(1) == first) or not line.strip(" \t"):
            if fields and (first in fields or any(t in fields for t in titled)):
                yield start, fields
            fields, tag = {}, ""
        if match:
            tag = match.group(1)
            if not fields:
                start = number
            if match.group(2).strip() or tag == first:
                fields.setdefault(tag, []).append(match.group(2).strip())
        elif tag in fields and line.strip():
            fields[tag][-1] = f"{fields[tag][-1]}\n{line.strip()}"
    if fields and (first in fields or any(t in fields for t in titled)):
        yield start, fields


def _refer(fields: dict[str, list[str]]) -> Draft:
    def one(*tags: str) -> str:
        return next((fields[tag][0] for tag in tags if tag in fields), "")

    names = fields.get("A", []) or fields.get("E", [])
    return {
        "raw": fields,
        "database": database_name(one("~")),
        "platform": "",
        "accession": one("M"),
        "doi": [one("R"), *(u for u in fields.get("U", ()) if "doi.org" in u)],
        "type_code": one("0"),
        "type_words": [one("9")],
        "title": one("T"),
        "title_alternative": one("Q"),
        "authors": [family_first(n.rstrip(",")) if "," in n else given_first(n) for n in names],
        "years": [one("D"), one("8")],
        "dates": [one("8")],
        "journal": one("J", "B"),
        "volume": one("V"),
        "issue": one("N"),
        "pages": one("P"),
        "serials": fields.get("@", ()),
        "publisher": one("I"),
        "language": one("G"),
        "abstract": one("X"),
        "keywords": [w for value in fields.get("K", ()) for w in re.split(r"[\n;]+", value)],
        "url": one("U"),
        "pmid": one("M") if one("~") == "NLM" else "",
    }


def _refworks(fields: dict[str, list[str]]) -> Draft:
    ris: dict[str, list[str]] = {}
    for tag, values in fields.items():
        ris.setdefault(_TO_RIS.get(tag, tag), []).extend(values)
    code = ris.get("TY", [""])[0].lower()
    ris["TY"] = [_RIS_CODES.get(code, code)]
    names = [part for value in fields.get("A1", ()) for part in value.split(";") if part.strip()]
    draft = draft_of(ris, [" ".join(name.replace(",", ", ").split()) for name in names])
    return {**draft, "raw": fields}
