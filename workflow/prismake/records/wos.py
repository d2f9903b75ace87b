"""Web of Science's tagged text (.txt, .ciw, .isi), with FN and VR lines or without, and with or without indented
continuations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from prismake.records.cleaning import unescaped
from prismake.records.drafts import Draft, Parsed
from prismake.records.names import family_first, given_first
from prismake.records.tagged import Values, web_of_science_values

_OUTSIDE = frozenset({"FN", "VR", "EF", "ER"})
_LISTS = frozenset({"AU", "AF", "BA", "BE", "BF", "CA", "ED", "CR", "C1", "C3", "RI", "OI", "GP", "SN", "EI", "BN"})
_DATABASES = {
    "WOS": "Web of Science", "MEDLINE": "MEDLINE", "ZOOREC": "Zoological Record", "BCI": "BIOSIS", "BIOSIS": "BIOSIS",
    "CABI": "CAB Abstracts",
    "KJD": "KCI", "SCIELO": "SciELO", "INSPEC": "Inspec", "ISI": "Web of Science",
}  # fmt: skip


class Raw(NamedTuple):
    """A record as it stands: from which to which tag, and whether it was ended."""

    begun: int
    stop: int
    ended: bool


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
    found = web_of_science_values(text)
    lines = found.lines()
    for record in raw_records(found):
        start, ended = lines[record.begun], record.ended
        _close(parsed, fields_of(found, record), start)
    if not ended and "\nER" in text and parsed.drafts:
        parsed.faults.warning(
            "truncated",
            "The last record has no end (ER) line: the file may have been cut off.",
            line=start,
            expected="ER at the end of each record and EF at the end of the file",
            mend="export this search again and compare the number of records",
        )
    return parsed


def raw_records(found: Values) -> Iterator[Raw]:
    """Every record of the tagged values of a text."""
    tags = found.tags
    begun, free = -1, 0  # the tag at which the open record began, if one is open; from where tags belong to none
    for place in [*found.positions("PT", "ER"), len(tags)]:
        tag = tags[place] if place < len(tags) else ""
        if begun < 0:  # a record without its PT line
            begun = next((i for i in range(free, place) if tags[i] not in _OUTSIDE), -1)
        if begun >= 0:
            yield Raw(begun, place, tag == "ER")
        begun, free = (place if tag == "PT" else -1), place + 1


def fields_of(found: Values, record: Raw) -> dict[str, list[str]]:
    """The values of each tag of a record: a list of lines, or all lines as one value."""
    fields: dict[str, list[str]] = {}
    part = slice(record.begun, record.stop)
    for tag, value in zip(found.tags[part], found.values[part], strict=True):
        if "\n" in value:
            values = list(filter(None, map(str.strip, value.split("\n"))))
            if len(values) > 1 and tag not in _LISTS:
                values = ["\n".join(values)]
        else:
            values = [text] if (text := value.strip()) else []
        if tag in fields:
            fields[tag] += values
        else:
            fields[tag] = values
    return fields


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
