"""Web of Science's tagged text (.txt, .ciw, .isi), with FN and VR lines or without, and with or without indented
continuations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from prismake.records.cleaning import unescaped
from prismake.records.drafts import Draft, Parsed
from prismake.records.names import family_first, given_first
from prismake.records.tagged import lines_beginning, web_of_science_values

_OUTSIDE = frozenset({"FN", "VR", "EF", "ER"})
# A tag, or the end of a record with the beginning of the next, for which the group is None.
_PLAIN = re.compile(r"\n(?:ER[ \n]*\nPT |([A-Z][A-Z0-9])(?: |(?=\n)|\Z))")
_TAG = re.compile(r"(?!FN|VR|EF|ER)[A-Z][A-Z0-9](?: |\n|\Z)")
_LISTS = frozenset({"AU", "AF", "BA", "BE", "BF", "CA", "ED", "CR", "C1", "C3", "RI", "OI", "GP", "SN", "EI", "BN"})
_DATABASES = {
    "WOS": "Web of Science", "MEDLINE": "MEDLINE", "ZOOREC": "Zoological Record", "BCI": "BIOSIS", "BIOSIS": "BIOSIS",
    "CABI": "CAB Abstracts",
    "KJD": "KCI", "SCIELO": "SciELO", "INSPEC": "Inspec", "ISI": "Web of Science",
}  # fmt: skip


class Raw(NamedTuple):
    """A record as it stands in a text."""

    line: int
    fields: dict[str, list[str]]
    """The values of each tag: a list of lines, or all lines as one value."""
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
    records = list(raw_records(text))
    for line, fields, _ in records:
        _close(parsed, fields, line)
    if parsed.drafts and not records[-1].ended and "\nER" in text:
        parsed.faults.warning(
            "truncated",
            "The last record has no end (ER) line: the file may have been cut off.",
            line=records[-1].line,
            expected="ER at the end of each record and EF at the end of the file",
            mend="export this search again and compare the number of records",
        )
    return parsed


def raw_records(text: str) -> Iterable[Raw]:
    """Every record of a text, by the short way where it is written plainly."""
    records = plain_records(text)
    if records is None:
        return careful_records(text)
    ended = "ER" in records[-1]
    for tag in ("ER", "EF"):
        records[-1].pop(tag, None)
    ends = [True] * (len(records) - 1) + [ended]
    return map(Raw, lines_beginning(text, "PT "), records, ends)


def plain_records(text: str) -> list[dict[str, list[str]]] | None:
    """The fields of every record where each stands between PT and ER, and each tag once in it, blank ones left out.

    The last record has the tags ER and EF where they end it. None where `careful_records` has to look.
    """
    found = _PLAIN.split(text)
    if found[0].startswith("PT "):
        found[:1] = None, found[0][3:]
    else:
        begun = next((i for i in range(1, len(found), 2) if found[i] not in _OUTSIDE), 0)
        if found[begun] != "PT" or _TAG.match(found[0]):
            return None
        found[: begun + 1] = [None]
    pieces = iter(found)
    records: list[dict[str, list[str]]] = []
    fields: dict[str, list[str]] = {}
    for tag, value in zip(pieces, map(str.strip, pieces)):  # noqa: B905  # one iterator gives both
        if tag in fields:
            return None
        if tag:
            if "\n" in value:
                fields[tag] = _lines(tag, value)
            elif value or tag in _OUTSIDE:
                fields[tag] = [value]
        elif value:
            fields = {"PT": _lines("PT", value)}
            records.append(fields)
        else:
            return None
    outside = [_OUTSIDE.intersection(fields) for fields in records]
    last = list(fields)[-len(outside[-1]) :] if outside[-1] else []
    if any(outside[:-1]) or last not in ([], ["ER"], ["ER", "EF"]) or any(map(any, map(fields.get, last))):
        return None
    return records


def _lines(tag: str, value: str) -> list[str]:
    """A value's lines, as one value where the tag does not hold a list."""
    lines = list(map(str.strip, value.rsplit("\n   ")))  # rsplit finds a line end faster than split
    if len(lines) <= value.count("\n") or "" in lines:  # lines that are not indented, and blank ones
        lines = list(filter(None, map(str.strip, value.split("\n"))))
    return lines if tag in _LISTS or len(lines) < 2 else ["\n".join(lines)]


def careful_records(text: str) -> Iterator[Raw]:
    """Every record of a text, also where PT or ER is missing or a tag is repeated."""
    found = web_of_science_values(text)
    tags, values, lines = found.tags, found.values, found.lines()
    begun, free = -1, 0  # the tag at which the open record began, if one is open; from where tags belong to none
    for place in [*found.positions("PT", "ER"), len(tags)]:
        tag = tags[place] if place < len(tags) else ""
        if begun < 0:  # a record without its PT line
            begun = next((i for i in range(free, place) if tags[i] not in _OUTSIDE), -1)
        if begun >= 0:
            fields: dict[str, list[str]] = {}
            for name, value in zip(tags[begun:place], values[begun:place], strict=True):
                fields.setdefault(name, []).extend(_lines(name, value))
            yield Raw(lines[begun], fields, tag == "ER")
        begun, free = (place if tag == "PT" else -1), place + 1


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
