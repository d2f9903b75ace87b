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
_ENDS = frozenset({"TY", "ER"})
_NUMBER_LINE = re.compile(r"\d+\s*[.:>]?\s*|<?\d+\.?\s*>|Record #\d+ of \d+")


class Bounds(NamedTuple):
    """Where records stand in the tagged lines: from which to which line each."""

    begun: list[int]
    stops: list[int]
    after: dict[int, list[str]]
    """Lines that follow the end of a record and belong to it, by its position."""
    ended: bool
    """Whether the last one was ended."""


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is RIS."""
    return bool(_FIRST.search(head))


def parse(text: str) -> Parsed:
    """All records of a RIS text (LF line ends)."""
    text = _tagged(text)
    parsed = Parsed([], counted(text))
    envelope = _ENVELOPE.search(text[: max(text.find("TY  -"), 0)])
    tagged = ris_lines(text)
    lines = tagged.lines.tolist()
    bounds = raw_records(tagged)
    for number, (start, stop) in enumerate(zip(bounds.begun, bounds.stops, strict=True)):
        line, fields = lines[start], fields_of(tagged, start, stop)
        if fields.keys() <= _ENDS:
            what = "TY  - " + " ".join(fields.get("TY", [""]))
            parsed.set_aside.append((line, "has a type but no content", what))
            continue
        if number in bounds.after:
            fields.setdefault("ER", []).extend(bounds.after[number])
        draft = draft_of(fields, _people(tagged, slice(start, stop), fields))
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
    if parsed.drafts and not bounds.ended and "\nER  -" in text:
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
        odd = "\u00a0" in text and any(sign in text for sign in ("\u00a0-", "\u00a0 -", "  -\u00a0"))
        return _OTHER_BLANKS.sub(r"\1  - ", text) if odd or "  -\t" in text else text
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


def raw_records(tagged: Tagged) -> Bounds:
    """Every record of the tagged lines of a text: the plain case at once, where TY and ER take turns."""
    types, ends = tagged.positions("TY"), tagged.positions("ER")
    if (
        len(types) == len(ends) > 0
        and types[0] == 0
        and ends[-1] == len(tagged.codes) - 1
        and (ends[:-1] + 1 == types[1:]).all()
        and not any(map(tagged.values.__getitem__, ends.tolist()))
    ):
        return Bounds(types.tolist(), ends.tolist(), {}, True)
    return _bounds(tagged)


def _bounds(tagged: Tagged) -> Bounds:
    tags, values = tagged.tags, tagged.values
    begun: list[int] = []
    stops: list[int] = []
    after: dict[int, list[str]] = {}
    opened = ended = False
    free = 0  # from here on lines belong to no record

    def strays(lines: list[str]) -> None:
        if begun and lines:
            after.setdefault(len(begun) - 1, []).extend(lines)

    for place in [*tagged.positions("TY", "ER").tolist(), len(tags)]:
        tag = tags[place] if place < len(tags) else ""
        if opened:
            stops[-1] = place
        elif place > free:
            if any(title in tags[free:place] for title in _TITLES):  # a record without its TY line
                begun.append(free)
                stops.append(place)
                opened, ended = True, False
            else:
                strays([f"{tags[i]}  - {values[i]}".strip() for i in range(free, place)])
        if tag == "ER":
            if values[place]:
                strays(_kept(values[place]))
            opened, ended = False, ended or opened
        elif tag:
            begun.append(place)
            stops.append(place + 1)
            opened, ended = True, False
        free = place + 1
    return Bounds(begun, stops, after, ended)


def _kept(value: str) -> list[str]:
    """Lines that follow an ER tag, without blank lines and the number of the next record."""
    lines = (line.strip() for line in value.split("\n"))
    return [line for line in lines if line and not _NUMBER_LINE.fullmatch(line)]


def fields_of(tagged: Tagged, start: int, stop: int) -> dict[str, list[str]]:
    """The values of each tag from one tagged line to another, blank ones left out."""
    fields: dict[str, list[str]] = {}
    for tag, value in zip(tagged.tags[start:stop], tagged.values[start:stop]):  # noqa: B905  # parallel by design
        if value:
            if tag in fields:
                fields[tag].append(value)
            else:
                fields[tag] = [value]
    return fields


def _people(tagged: Tagged, part: slice, fields: dict[str, list[str]]) -> list[str]:
    """Author names in their order, which AU and A1 share where a record has both."""
    if "AU" in fields and "A1" in fields:
        pairs = zip(tagged.tags[part], tagged.values[part], strict=True)
        return list(dict.fromkeys(name for tag, name in pairs if tag in ("AU", "A1") and name))
    return fields.get("AU") or fields.get("A1") or []
