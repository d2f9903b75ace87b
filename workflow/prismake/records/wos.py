"""Web of Science's tagged text (.txt, .ciw, .isi), with FN and VR lines or without, and with or without indented
continuations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prismake.records.cleaning import unescaped
from prismake.records.drafts import Draft, Parsed
from prismake.records.names import family_first, given_first

_TAG = re.compile(r"\n(?=[A-Z][A-Z0-9](?:[ \n]|\Z))")
_OUTSIDE = frozenset({"FN", "VR", "EF", "ER"})
_LISTS = frozenset({"AU", "AF", "BA", "BE", "BF", "CA", "ED", "CR", "C1", "C3", "RI", "OI", "GP", "SN", "EI", "BN"})
_DATABASES = {
    "WOS": "Web of Science", "MEDLINE": "MEDLINE", "ZOOREC": "Zoological Record", "BCI": "BIOSIS", "BIOSIS": "BIOSIS",
    "CABI": "CAB Abstracts",
    "KJD": "KCI", "SCIELO": "SciELO", "INSPEC": "Inspec", "ISI": "Web of Science",
}  # fmt: skip


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is Web of Science's tagged text."""
    return bool(re.search(r"^FN .*(?:Web of|ISI|Thomson|Clarivate)", head, re.MULTILINE)) or (
        bool(re.search(r"^PT [A-Z]\s*$", head, re.MULTILINE))
        and bool(re.search(r"^(?:AU|TI|SO|UT) \S", head, re.MULTILINE))
    )


def parse(text: str) -> Parsed:
    """All records of a tagged text (LF line ends)."""
    parsed = Parsed([], counted(text))
    start, ended = 0, True
    for start, fields, ended in raw_records(text):  # noqa: B007  # the last record's are used below
        _close(parsed, fields, start)
    if not ended and "\nER" in text and parsed.drafts:
        parsed.faults.warning(
            "truncated",
            "The last record has no end (ER) line: the file may have been cut off.",
            line=start,
            expected="ER at the end of each record and EF at the end of the file",
            mend="export this search again and compare the number of records",
        )
    return parsed


def raw_records(text: str) -> Iterator[tuple[int, dict[str, list[str]], bool]]:
    """Line, fields and whether it was ended, of each record, as they stand in the text."""
    fields: dict[str, list[str]] = {}
    start, ended = 0, True
    before, *parts = _TAG.split("\n" + text)
    line = before.count("\n")
    for part in parts:
        tag, here = part[:2], line + 1
        line += part.count("\n") + 1
        if tag == "PT" or (not fields and ended and tag not in _OUTSIDE):
            if fields:
                yield start, fields, False
            fields, start, ended = {}, here, False
        elif tag == "ER":
            if fields:
                yield start, fields, True
            fields, ended = {}, True
            continue
        elif tag in _OUTSIDE and ended or not fields:
            continue
        lines = part[3:].split("\n") if "\n" in part else [part[3:]]
        values = [value for value in (raw.strip() for raw in lines) if value]
        if tag not in _LISTS and len(values) > 1:
            values = ["\n".join(values)]
        if tag in fields:
            fields[tag] += values
        else:
            fields[tag] = values
    if fields:
        yield start, fields, False


def counted(text: str) -> int:
    """Records by their PT lines; where PT is missing, a title between two ends is a record as well."""
    number, opened, titled = 0, False, False
    for tag in re.findall(r"^(PT|ER|TI|AU|UT|SO|AB|DI|FT|X1)(?: |$)", text, re.MULTILINE):
        if tag == "PT":
            number += 1 + (titled and not opened)
            opened, titled = True, False
        elif tag == "ER":
            number += titled and not opened
            opened = titled = False
        else:
            titled = True
    return number + (titled and not opened)


def _close(parsed: Parsed, fields: dict[str, list[str]], line: int) -> None:
    begun = "PT" in fields
    telling = any(tag in fields for tag in ("TI", "AU", "UT", "SO", "AB", "DI", "FT", "X1"))
    fields = {tag: values for tag, values in fields.items() if values}
    if not any(tag != "PT" for tag in fields):
        if begun or telling:
            parsed.set_aside.append((line, "has a type but no content", "PT " + "".join(fields.get("PT", [])[:1])))
        return
    if not begun and not telling:
        return
    parsed.drafts.append(_draft(fields, line))


def _draft(fields: dict[str, list[str]], line: int) -> Draft:
    def one(*tags: str) -> str:
        return next((" ".join(fields[tag][0].split()) for tag in tags if tag in fields), "")

    def text(tag: str) -> str:
        return " ".join(" ".join(fields.get(tag, ())).split())

    accession = one("UT").replace("ISI:", "WOS:")
    prefix = one("UT").partition(":")[0]
    full, short = fields.get("AF", []), fields.get("AU", [])
    names = full if len(full) >= len(short) else short
    names = [*names, *fields.get("CA", ())] or fields.get("GP") or fields.get("BE") or []
    pages = one("PS")
    return {
        "line": line,
        "raw": fields,
        "database": _DATABASES.get(prefix, "Web of Science"),
        "platform": "Web of Science",
        "accession": accession,
        "alias": [one("UT")] if one("UT") != accession else [],
        "pmid": one("PM"),
        "doi": [*fields.get("DI", ()), *fields.get("D2", ())],
        "type_code": one("PT"),
        "type_words": [text("DT")],
        "title": one("TI", "FT"),
        "title_alternative": one("X1", "Z1", "Y1"),
        "authors": [_name(name) for name in names],
        "years": [one("PY"), one("PD"), one("EA")],
        "dates": [f"{one('PD')} {one('PY')}".strip() if "PD" in fields else ""],
        "journal": one("SO"),
        "journal_abbreviation": one("JI", "J9"),
        "volume": one("VL"),
        "issue": one("IS"),
        "pages": pages,
        "first_page": one("BP"),
        "last_page": one("EP"),
        "article_number": one("AR"),
        "issn": " ".join([*fields.get("SN", ()), *fields.get("EI", ())]),
        "isbn": " ".join(fields.get("BN", ())),
        "publisher": one("PU"),
        "language": text("LA"),
        "abstract": text("AB"),
        "keywords": [word for tag in ("DE", "ID", "MH") for word in re.split(r";\s*", unescaped(text(tag)))],
        "url": one("DL"),
    }


def _name(name: str) -> str:
    if "," not in name and re.match(r"^[A-Z][a-z]+ (?:[A-Z]\.? )?[A-Z][a-z]+$", name):
        return given_first(name)
    return family_first(name)
