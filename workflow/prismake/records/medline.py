"""MEDLINE's tagged text (PubMed's .nbib and its MEDLINE format), and ERIC's, which is written alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.records.drafts import Draft, Parsed
from prismake.records.names import family_first

_LINE = re.compile(r"^(?:([A-Z][A-Z0-9]{1,3}) {0,3}-(?: (.*))?|(PMID) ?-(.*))$")
_BREAK = re.compile(r"\n[ \t]*\n+")


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is MEDLINE's tagged text."""
    return bool(re.search(r"^PMID- ?\d", head, re.MULTILINE)) or (
        bool(re.search(r"^OWN ?- ", head, re.MULTILINE)) and bool(re.search(r"^TI  - ", head, re.MULTILINE))
    )


def parse(text: str) -> Parsed:
    """All records of a text (LF line ends)."""
    parsed = Parsed([], counted(text))
    parsed.drafts = [_draft(fields, line) for line, fields in raw_records(text)]
    if parsed.drafts and not parsed.drafts[-1]["raw"].get("SO") and parsed.drafts[0]["raw"].get("SO"):
        parsed.faults.warning(
            "truncated",
            "The last record lacks its end (SO): the file may have been cut off.",
            line=parsed.drafts[-1]["line"],
            expected="a line SO at the end of each record",
            mend="export this search again and compare the number of records",
        )
    return parsed


def raw_records(text: str) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """Line and fields of each record, as they stand in the text."""
    fields: dict[str, list[str]] = {}
    start, tag, number = 0, "", 0
    for raw in [*text.split("\n"), ""]:
        number += 1
        if not raw.strip(" \t"):
            if fields:
                yield start, fields
            fields, tag = {}, ""
            continue
        match = _LINE.match(raw)
        if match:
            tag = match.group(1) or match.group(3)
            if tag == "PMID" and "PMID" in fields:
                yield start, fields
                fields = {}
            if not fields:
                start = number
            fields.setdefault(tag, []).append((match.group(2) or match.group(4) or "").strip())
        elif tag and fields:
            fields[tag][-1] = f"{fields[tag][-1]} {raw.strip()}".strip()


def counted(text: str) -> int:
    """Records by their PMID lines; a block of tags without one, between blank lines, is a record as well."""
    number = 0
    for block in _BREAK.split(text):
        identified = len(re.findall(r"^PMID ?- ?", block, re.MULTILINE))
        number += identified or bool(re.search(r"^[A-Z][A-Z0-9]{1,3} {0,3}-(?: |$)", block, re.MULTILINE))
    return number


def _draft(fields: dict[str, list[str]], line: int) -> Draft:
    def one(*tags: str) -> str:
        return next((fields[tag][0] for tag in tags if fields.get(tag)), "")

    eric = one("OWN") == "ERIC" or bool(one("OID"))
    identifiers = [*fields.get("LID", ()), *fields.get("AID", ())]
    return {
        "line": line,
        "raw": {tag: [v for v in values if v] for tag, values in fields.items() if any(values)},
        "database": "ERIC" if eric else "PubMed",
        "platform": "ERIC" if eric else "PubMed",
        "accession": one("OID") if eric else one("PMID"),
        "pmid": one("PMID"),
        "alias": [one("PMC")] if one("PMC") else [],
        "doi": [v for v in identifiers if "[doi]" in v]
        + [v for v in identifiers if "10." in v and "[pii]" not in v]
        + [one("SO")],
        "type_words": fields.get("PT", []),
        "type_code": "book" if one("BTI") and not one("TI") else "article" if one("JT", "TA") else "",
        "title": one("TI", "BTI"),
        "title_alternative": one("TT"),
        "authors": [family_first(name) for name in _names(fields)],
        "years": [one("DP"), one("DEP"), one("SO")],
        "dates": [one("DP")],
        "journal": one("JT", "TA", "BTI"),
        "journal_abbreviation": one("TA"),
        "volume": one("VI"),
        "issue": one("IP"),
        "pages": one("PG"),
        "issn": " ".join(fields.get("IS", ())),
        "isbn": one("ISBN"),
        "publisher": one("PB"),
        "language": "; ".join(fields.get("LA", ())),
        "abstract": one("AB"),
        "keywords": [word.lstrip("*") for tag in ("OT", "MH") for word in fields.get(tag, ())],
        "url": next((v for v in identifiers if v.startswith("http")), ""),
    }


def _names(fields: dict[str, list[str]]) -> list[str]:
    """Full names where each author has one, else the short ones; collective authors after them."""
    full, short = fields.get("FAU", []), fields.get("AU", [])
    names = full if len(full) >= len(short) else short
    return [*(names or fields.get("FED", [])), *fields.get("CN", [])]
