"""Ovid's tagged text (`<1. >`, `TI  - `), its "Reprint" text, in which a line of its own names each field, and its XML."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from prismake.records import table
from prismake.records.drafts import Draft, Parsed
from prismake.records.xml_records import parse_elements, text_of

_START = re.compile(r"^<(\d+)\s*\.?\s*>", re.MULTILINE)
_TAG = re.compile(r"^([A-Z]{2,7}) {1,2}- ?(.*)$")
_YEAR_AT_END = re.compile(r"\b((?:19|20)\d\d)$")
_LABELS = {
    "unique identifier": "UI", "accession number": "AN", "title": "TI", "original title": "OT", "author": "AU",
    "authors": "AU", "authors full name": "FA",
    "authors full names": "FA", "institution": "IN", "source": "SO", "journal": "JN", "journal name": "JN",
    "abstract": "AB", "year of publication": "YR", "date of publication": "DP",
    "publication date": "DP", "volume": "VO", "issue part": "IP", "issue": "IP", "page": "PG", "pages": "PG",
    "issn": "IS", "issn print": "IS", "issn electronic": "IS", "isbn": "IB",
    "publisher": "PU", "language": "LG", "publication type": "PT", "document type": "DT", "doi": "DO", "doi number": "DO",
    "digital object identifier": "DO", "keywords": "KW", "author keywords": "KW", "keyword heading": "KW", "mesh headings": "MH", "local messages": "LM",
    "key concepts": "ID", "subject headings": "MH", "mesh subject headings": "MH", "database": "DB", "version": "VN",
    "status": "ST", "pmid": "PM", "year": "YR", "book title": "BT", "country of publication": "CP", "link to the ovid full text or citation": "FTURL",
}  # fmt: skip


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is one of Ovid's."""
    tagged = bool(re.search(r"^VN {1,2}- Ovid Tech", head, re.MULTILINE))
    labelled = bool(_START.search(head)) and bool(
        re.search(
            r"^(?:Unique Identifier|Accession Number|Title|Source)\.?:?[ \t]*$", head, re.MULTILINE | re.IGNORECASE
        )
    )
    numbered = bool(re.search(r"^<1\s*\.?\s*>[^\n]*\n(?:UI|AN|TI|AU|ST|DB) {1,2}- ", head, re.MULTILINE))
    return tagged or labelled or numbered


def parse(text: str) -> Parsed:
    """All records of a text (LF line ends)."""
    parsed = Parsed([], counted(text), format="ovid-text")
    starts = [match.start() for match in _START.finditer(text)]
    if not starts:
        starts = [match.start() for match in re.finditer(r"^VN {1,2}- ", text, re.MULTILINE)]
    line, seen = 1, 0
    for number, start in enumerate(starts):
        block = text[start : starts[number + 1] if number + 1 < len(starts) else len(text)]
        line += text.count("\n", seen, start)
        seen = start
        fields = _tagged(block) or _labelled(block)
        if not any(tag in fields for tag in ("TI", "AN", "UI", "SO", "AU", "AB", "BT")):
            parsed.set_aside.append((line, "has a number but no content", " ".join(block.split())[:200]))
            continue
        parsed.drafts.append(_draft(fields, line))
    return parsed


def looks_like_xml(head: str) -> bool:
    """Whether the beginning of a text is Ovid's XML."""
    return "<record" in head and bool(re.search(r"<F\b[^>]*\bC=[\"'][A-Z]{2}", head))


def parse_xml(text: str) -> Parsed:
    """All records of an XML text: a field is an element F with its tag as C, its values are elements D."""
    parsed = parse_elements(text, "record", _element)
    parsed.format = "ovid-xml"
    return parsed


def _element(record: ElementTree.Element) -> Draft:
    fields: dict[str, list[str]] = {}
    for field in record.iter("F"):
        values = [text_of(part) for part in field.findall("D")] or [text_of(field)]
        fields.setdefault(field.get("C", "") or field.get("L", ""), []).extend(value for value in values if value)
    fields = {tag: values for tag, values in fields.items() if values}
    joined = {tag: ["\n".join(v) if tag in ("AU", "FA") else "; ".join(v)] for tag, v in fields.items()}
    return {**_draft(joined, 0), "raw": fields}


def _draft(fields: dict[str, list[str]], line: int) -> Draft:
    if "ST" in fields and "YR" not in fields and "DP" not in fields:
        published = _YEAR_AT_END.search(fields["ST"][0])
        if published and not _YEAR_AT_END.search(" ".join(fields.get("SO", ())).rstrip(". ")):
            fields["YR"] = [published.group(1)]
    if "TI" not in fields and "BT" in fields:
        fields["TI"] = fields["BT"]
    if "PU" not in fields and "PB" in fields:
        fields["PU"] = fields["PB"]
    draft = table.draft_of(fields, "ovid-table", line)
    return {**draft, "accession": draft["accession"].rstrip(".")}


def counted(text: str) -> int:
    """Records by their number lines, or by their first tag where there are none."""
    numbers = len(re.findall(r"^<\d+\s*\.?\s*>", text, re.MULTILINE))
    return numbers or len(re.findall(r"^VN {1,2}- ", text, re.MULTILINE))


def _tagged(block: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    tag = ""
    for line in block.split("\n")[0 if block.startswith("VN") else 1 :]:
        match = _TAG.match(line)
        if match:
            tag = match.group(1)
            if match.group(2).strip():
                fields.setdefault(tag, []).append(match.group(2).strip())
        elif tag and line.strip():
            fields.setdefault(tag, [""])
            fields[tag][-1] = f"{fields[tag][-1]} {line.strip()}".strip()
    return fields


def _labelled(block: str) -> dict[str, list[str]]:
    """Fields of a record in which each field's name stands in a line of its own and its value in indented lines
    below.
    """
    fields: dict[str, list[str]] = {}
    tag = ""
    for line in block.split("\n")[1:]:
        label = re.sub(r"[^a-z ]+", " ", line.lower()).strip()
        if line and not line[0].isspace() and " ".join(label.split()) in _LABELS:
            tag = _LABELS[" ".join(label.split())]
        elif line and not line[0].isspace() and len(line) < 60 and line.rstrip(". :").replace(" ", "").isalpha():
            tag = line.strip()
        elif tag and line.strip():
            fields.setdefault(tag, []).append(line.strip())
    return {t: _people(v) if t == "AU" else [" ".join(v)] for t, v in fields.items()}


def _people(lines: list[str]) -> list[str]:
    """Names at the semicolons, without the marks of their institutions; other lines as they stand."""
    if not any(re.search(r";\s", f"{line} ") for line in lines):
        return ["; ".join(lines)]
    names = (re.sub(r"[\s*+#&\d]+$", "", name) for name in re.split(r";\s*", " ".join(lines)))
    return ["\n".join(name for name in names if name)]
