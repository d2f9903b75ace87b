"""Formats of one tag a line: EndNote's Refer text (.enw), RefWorks' tagged text, and NoteExpress' (CNKI, Wanfang,
VIP).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.records.databases import database_name
from prismake.records.drafts import Draft, Parsed
from prismake.records.names import family_first, given_first
from prismake.records.ris_fields import draft_of

_REFER = re.compile(r"^%([0-9A-Z!@#$&*()+=\[\]{}:;<>?^~|/]) ?(.*)$")
_REFWORKS = re.compile(r"^([A-Z][A-Z0-9]) (.*)$")
_NOTEEXPRESS = re.compile(r"^\{([^{}]{1,40})\}:[ \t]*(.*)$")
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


def looks_like_noteexpress(head: str) -> bool:
    """Whether the beginning of a text is NoteExpress'."""
    return bool(re.search(r"^\{Reference Type\}:", head, re.MULTILINE))


def parse_noteexpress(text: str) -> Parsed:
    """All records of a NoteExpress text (LF line ends)."""
    return _parse(text, _NOTEEXPRESS, "Reference Type", ("Title",), _noteexpress, "{Reference Type}:", ("{Title}:",))


def parse_refer(text: str) -> Parsed:
    """All records of a Refer text (LF line ends)."""
    return _parse(text, _REFER, "0", ("T",), _refer, "%0", ("%T",))


def parse_refworks(text: str) -> Parsed:
    """All records of a RefWorks text (LF line ends)."""
    return _parse(text, _REFWORKS, "RT", ("T1",), _refworks, "RT ", ("T1 ",))


def _parse(
    text: str,
    pattern: re.Pattern[str],
    first: str,
    titles: tuple[str, ...],
    draft,
    mark: str,
    title_marks: tuple[str, ...],
) -> Parsed:  # type: ignore[no-untyped-def]
    parsed = Parsed([], counted(text, mark, title_marks))
    for line, fields in _records(text, pattern, first, titles):
        if not any(tag != first for tag in fields):
            parsed.set_aside.append((line, "has a type but no content", f"{mark.strip()} {fields.get(first, [''])[0]}"))
            continue
        parsed.drafts.append({"line": line, **draft(fields)})
    return parsed


def counted(text: str, mark: str, title_marks: tuple[str, ...]) -> int:
    """Records by the lines that begin one; where a title stands before such a line and another one after it, or there
    is no such line between blank lines, the first title's is a record as well.
    """
    number = 0
    for block in re.split(r"\n[ \t]*\n", text):
        kinds = "".join(
            "M" if line.startswith(mark) else "T" if line.startswith(title_marks) else "" for line in block.split("\n")
        )
        before, *after = kinds.split("M")
        number += len(after) + bool(before and (not after or "T" in after[0]))
    return number


def _records(
    text: str, pattern: re.Pattern[str], first: str, titles: tuple[str, ...]
) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """Line and fields of each record. The type stands first, or second after the title (AIS eLibrary); what stands
    between blank lines without either belongs to the record before.
    """
    record: list[tuple[int, str, str]] = []
    for block in _blocks(text, pattern):
        for part in _parts(block, first, titles):
            if any(tag == first or tag in titles for _, tag, _ in part):
                if record:
                    yield record[0][0], _fields(record, first)
                record = part
            elif record:
                record += part
    if record:
        yield record[0][0], _fields(record, first)


def _blocks(text: str, pattern: re.Pattern[str]) -> Iterator[list[tuple[int, str, str]]]:
    """Line, tag and value of the tagged lines between blank lines; other lines continue the value before them."""
    block: list[tuple[int, str, str]] = []
    ended = False
    for number, line in enumerate(text.split("\n"), 1):
        match = pattern.match(line)
        if match:
            if ended and block:
                yield block
                block = []
            block.append((number, match.group(1), match.group(2).strip()))
            ended = False
        elif not line.strip(" \t"):
            ended = True
        elif block:
            begun, tag, value = block[-1]
            block[-1] = (begun, tag, f"{value}\n{line.strip()}")
    if block:
        yield block


def _parts(
    block: list[tuple[int, str, str]], first: str, titles: tuple[str, ...]
) -> Iterator[list[tuple[int, str, str]]]:
    """The records of a block without blank lines: each begins with its type, unless a title stands before that."""
    starts = [i for i, (_, tag, _) in enumerate(block) if tag == first]
    before = block[: starts[0]] if starts else block
    if any(tag in titles for _, tag, _ in before):
        if starts:
            stop = starts[1] if len(starts) > 1 else len(block)
            if any(tag in titles for _, tag, _ in block[starts[0] : stop]):
                yield before
                before = []
        else:
            starts = [0]
        if before:
            starts[0] = 0
    elif before and starts:
        yield before
    elif before:
        starts = [0]
    for start, stop in zip(starts, [*starts[1:], len(block)], strict=True):
        yield block[start:stop]


def _fields(record: list[tuple[int, str, str]], first: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for _, tag, value in record:
        if value or tag == first:
            fields.setdefault(tag, []).append(value)
    return fields


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


def _noteexpress(fields: dict[str, list[str]]) -> Draft:
    def one(*names: str) -> str:
        return next((fields[name][0] for name in names if name in fields), "")

    def split(name: str) -> list[str]:
        return [
            part.strip() for value in fields.get(name, ()) for part in re.split(r"[;\uff1b\n]", value) if part.strip()
        ]

    return {
        "raw": fields,
        "database": database_name(one("Database Provider")),
        "platform": "",
        "accession": one("Accession Number"),
        "doi": [*fields.get("DOI", ()), one("URL", "Link")],
        "type_code": one("Reference Type"),
        "title": one("Title"),
        "title_alternative": one("Translated Title", "Original Title"),
        "authors": [family_first(name) if "," in name else given_first(name) for name in split("Author")],
        "years": [one("Year"), one("Date")],
        "dates": [one("Date")],
        "journal": one("Journal", "Source", "Secondary Title", "Translated Journal"),
        "volume": one("Volume"),
        "issue": one("Issue"),
        "pages": one("Pages"),
        "serials": [one("ISBN/ISSN"), one("ISSN"), one("ISBN")],
        "publisher": one("Publisher"),
        "language": one("Language"),
        "abstract": one("Abstract", "Translated Abstract"),
        "keywords": split("Keywords"),
        "url": one("URL", "Link"),
    }
