"""RIS in all its dialects: Scopus, Web of Science, EBSCOhost, Ovid, ProQuest, PsycNet, Embase, Cochrane, and
reference managers.

What was seen in real files and is read here: a record number or an envelope before TY; lines after ER that belong to
the record before (Ovid's `NL  -` and "Link to the Ovid Full Text"); tags of more than two letters (PsycNet's
`DESCRIPTORS  - `); ER without its blank; blank lines between all lines (EBSCOhost); values over many lines (EndNote's
keywords, Scopus' cited references); repeated tags separated by a lone CR (Web of Science); A1 and AU in one record;
one blank before the hyphen; missing TY and missing ER.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from prismake.records.databases import database_name
from prismake.records.drafts import Parsed
from prismake.records.ris_fields import draft_of
from prismake.records.tagged import Tagged, ris_lines

_GAP, _DASH = r"[ \t\u00a0]", r"[-\u2010-\u2015]"
_FIRST = re.compile(rf"^{_GAP}*(?:(TY)({_GAP}{{0,4}})|(ty)({_GAP}{{1,4}})){_DASH}", re.MULTILINE)
_USUAL = re.compile(r"(?:\n|\A)TY  -(?:[ \nA-Z]|\Z)")
_OTHER_BLANKS = re.compile(rf"^([A-Z][A-Z0-9])[ \u00a0]{{2}}-(?:{_GAP}|$)", re.MULTILINE)
_ENVELOPE = re.compile(
    r"^Provider: American Psychological.*\nDatabase: *(.+)", re.MULTILINE
)  # PsycNet's lines before the records
_COUNTED = re.compile(r"\n(TY|ER|TI|T1)  -")
_TITLES = ("TI", "T1")
_NUMBER_LINE = re.compile(r"\d+\s*[.:>]?\s*|<?\d+\.?\s*>|Record #\d+ of \d+")


class Raw(NamedTuple):
    """A record as it stands: from where to where in the tagged lines, lines after its end, and whether it was ended."""

    begun: int
    stop: int
    after: list[str]
    ended: bool


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is RIS."""
    return bool(_FIRST.search(head))


def parse(text: str) -> Parsed:
    """All records of a RIS text (LF line ends)."""
    text = _tagged(text)
    parsed = Parsed([], counted(text))
    ended = False
    envelope = _ENVELOPE.search(text[: max(text.find("TY  -"), 0)])
    tagged = ris_lines(text)
    for record in raw_records(tagged):
        ended = record.ended
        line = int(tagged.lines[record.begun])
        fields = fields_of(tagged, record)
        if not any(tag not in ("TY", "ER") for tag in fields):
            what = "TY  - " + " ".join(fields.get("TY", [""]))
            parsed.set_aside.append((line, "has a type but no content", what))
            continue
        if record.after:
            fields.setdefault("ER", []).extend(record.after)
        draft = draft_of(fields, _people(tagged, record, fields))
        draft["line"] = line
        if envelope and not draft["database"]:
            draft["database"] = database_name(envelope.group(1))
            draft["platform"] = draft["platform"] or "APA PsycNet"
        parsed.drafts.append(draft)
        if "TY" not in fields:
            parsed.faults.warning(
                "no-type-line",
                "This record has no TY line; it was read all the same.",
                line=line,
                expected="TY  - JOUR or another type",
            )
    if parsed.drafts and not ended and "\nER  -" in text:
        parsed.faults.warning(
            "truncated",
            "The last record has no end (ER) line: the file may have been cut off.",
            line=parsed.drafts[-1]["line"],
            expected="ER  - at the end of each record",
            mend="export this search again and compare the number of records",
        )
    return parsed


def _tagged(text: str) -> str:
    """The text with tags at the beginnings of lines, two blanks and a hyphen behind each, where it was otherwise."""
    if _USUAL.search(text):
        odd = any(sign in text for sign in ("\u00a0-", "\u00a0 -", "  -\t", "  -\u00a0"))
        return _OTHER_BLANKS.sub(r"\1  - ", text) if odd else text
    first = _FIRST.search(text)
    if not first:
        return text
    letters = "A-Z" if first[1] else "a-z"
    least = 1 if first[2] or first[4] else 0

    def widened(match: re.Match[str]) -> str:
        return f"{match[1].upper()}  - "

    text = re.sub(rf"^{_GAP}*(TY|ty){_GAP}{{0,4}}{_DASH}{_GAP}*(?=[A-Za-z])", widened, text, flags=re.MULTILINE)
    two, end = f"[{letters}][{letters}0-9]", "ER" if first[1] else "er"
    apart = rf"{two}{_GAP}{{2,4}}{_DASH}{_GAP}?"
    near = rf"(?:{two}{_GAP}{{{least},4}}|{end}{_GAP}{{0,4}}){_DASH}(?:{_GAP}|$)"
    return re.sub(rf"^{_GAP}*(?=(\w\w))(?:{apart}|{near})", widened, text, flags=re.MULTILINE)


def counted(text: str) -> int:
    """Records by their TY lines; a title after an ER line without a TY line before it is a record as well."""
    number, opened, titled = 0, False, False
    for tag in _COUNTED.findall("\n" + text):
        if tag == "TY":
            number += 1 + (titled and not opened)
            opened, titled = True, False
        elif tag == "ER":
            number += titled and not opened
            opened = titled = False
        else:
            titled = True
    return number + (titled and not opened)


def raw_records(tagged: Tagged) -> Iterator[Raw]:
    """Every record of the tagged lines of a text."""
    tags, values = tagged.tags, tagged.values

    def strays(start: int, stop: int) -> list[str]:
        return [f"{tags[i]}  - {values[i]}".strip() for i in range(start, stop)]

    begun = stop = -1  # the last record that began, if one did
    after: list[str] = []
    opened = ended = False
    free = 0  # from here on lines belong to no record
    for place in [*tagged.positions("TY", "ER"), len(tags)]:
        tag = tags[place] if place < len(tags) else ""
        if opened:
            stop = place
        elif place > free:
            if any(title in tags[free:place] for title in _TITLES):  # a record without its TY line
                if begun >= 0:
                    yield Raw(begun, stop, after, ended)
                begun, stop, after, opened, ended = free, place, [], True, False
            elif begun >= 0:
                after += strays(free, place)
        if tag == "ER":
            if begun >= 0 and values[place]:
                after += _kept(values[place])
            opened, ended = False, ended or opened
        else:
            if begun >= 0:
                yield Raw(begun, stop, after, ended)
            begun, stop, after, opened, ended = place, place + 1, [], True, False
        free = place + 1


def _kept(value: str) -> list[str]:
    """Lines that follow an ER tag, without blank lines and the number of the next record."""
    lines = (line.strip() for line in value.split("\n"))
    return [line for line in lines if line and not _NUMBER_LINE.fullmatch(line)]


def fields_of(tagged: Tagged, record: Raw) -> dict[str, list[str]]:
    """The values of each tag of a record, blank ones left out."""
    fields: dict[str, list[str]] = {}
    part = slice(record.begun, record.stop)
    for tag, value in zip(tagged.tags[part], tagged.values[part], strict=True):
        if value:
            if tag in fields:
                fields[tag].append(value)
            else:
                fields[tag] = [value]
    return fields


def _people(tagged: Tagged, record: Raw, fields: dict[str, list[str]]) -> list[str]:
    """Author names in their order, which AU and A1 share where a record has both."""
    if "AU" in fields and "A1" in fields:
        names = (tagged.values[i] for i in range(record.begun, record.stop) if tagged.tags[i] in ("AU", "A1"))
        return list(dict.fromkeys(name for name in names if name))
    return fields.get("AU") or fields.get("A1") or []
