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
from prismake.records.ris_fields import Fields, draft_of
from prismake.records.tagged import lines_beginning, ris_values

_GAP, _DASH = r"[ \t\u00a0]", r"[-\u2010-\u2015]"
_FIRST = re.compile(rf"^{_GAP}*(?:(TY)({_GAP}{{0,4}})|(ty)({_GAP}{{1,4}})){_DASH}", re.MULTILINE)
_USUAL = re.compile(r"(?:\n|\A)TY  -(?:[ \nA-Z]|\Z)")
_OTHER_BLANKS = re.compile(rf"^([A-Z][A-Z0-9])[ \u00a0]{{2}}-(?:{_GAP}|$)", re.MULTILINE)
_HARD_BLANK = re.compile(r"\u00a0(?: ?-|(?<=  -\u00a0))")
_ENVELOPE = re.compile(
    r"^Provider: American Psychological.*\nDatabase: *(.+)", re.MULTILINE
)  # PsycNet's lines before the records
_COUNTED = re.compile(r"\n(TY|ER|TI|T1)  -")
# A tag, or the end of a record with the beginning of the next, for which the group is None.
_PLAIN = re.compile(r"\n(?:ER  - ?[ \n]*\nTY  - ?|([A-Z][A-Z0-9]+)  - ?)")
_TITLES = ("TI", "T1")
_ENDS = frozenset({"TY", "ER"})
_NUMBER_LINE = re.compile(r"\d+\s*[.:>]?\s*|<?\d+\.?\s*>|Record #\d+ of \d+")


class Raw(NamedTuple):
    """The records of a text as they stand in it."""

    records: list[Fields]
    """The values of each tag; lines that follow the end of a record and belong to it stand under ER."""
    lines: list[int]
    """The 1-based line that each begins on."""
    people: dict[int, list[str]]
    """Author names in their order, which AU and A1 share, by the position of a record that has both."""
    ended: bool
    """Whether the last one was ended."""


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is RIS."""
    return bool(_FIRST.search(head))


def parse(text: str) -> Parsed:
    """All records of a RIS text (LF line ends)."""
    text = tagged(text)
    parsed = Parsed([], counted(text))
    envelope = _ENVELOPE.search(text[: max(text.find("TY  -"), 0)])
    raw = raw_records(text)
    for number, (line, fields) in enumerate(zip(raw.lines, raw.records, strict=True)):
        if fields.keys() <= _ENDS:
            what = "TY  - " + " ".join(fields.get("TY", [""]))
            parsed.set_aside.append((line, "has a type but no content", what))
            continue
        draft = draft_of(fields, raw.people.get(number) or fields.get("AU") or fields.get("A1") or [])
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
    if parsed.drafts and not raw.ended and "\nER  -" in text:
        parsed.faults.warning(
            "truncated",
            "The last record has no end (ER) line: the file may have been cut off.",
            line=parsed.drafts[-1]["line"],
            expected="ER  - at the end of each record",
            mend="export this search again and compare the number of records",
        )
    return parsed


def tagged(text: str) -> str:
    """The text with tags at the beginnings of lines, two blanks and a hyphen behind each, where it was otherwise."""
    if _USUAL.search(text):
        odd = ("\u00a0" in text and _HARD_BLANK.search(text)) or ("\t" in text and "  -\t" in text)
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


def raw_records(text: str) -> Raw:
    """Every record of a text, by the short way where it is written plainly."""
    records = plain_records(text)
    if records is None:
        return careful_records(text)
    ended = records[-1].pop("ER", None) is not None
    return Raw(records, lines_beginning(text, "TY  -"), _mixed_people(text, records), ended)


def _mixed_people(text: str, records: list[Fields]) -> dict[int, list[str]]:
    """Author names of those plain records that hold AU and A1, in the order of their lines."""
    both = [number for number, fields in enumerate(records) if "A1" in fields and "AU" in fields]
    parts = f"\n{text}".split("\nTY  -")[1:] if both else []
    found = {number: ris_values(parts[number]) for number in both}
    return {number: _people(part.tags, list(map(str.strip, part.values))) for number, part in found.items()}


def _people(tags: list[str], values: list[str]) -> list[str]:
    pairs = zip(tags, values, strict=True)
    return list(dict.fromkeys(name for tag, name in pairs if tag in ("AU", "A1") and name))


def plain_records(text: str) -> list[Fields] | None:
    """Every record of a text in which all lines stand between TY and ER; None where `careful_records` has to look.

    The last record has the tag ER, without a value, where it was ended.
    """
    pieces = _PLAIN.split(text)
    if pieces[0].startswith("TY  -"):
        pieces[:1] = None, pieces[0][5:]
    elif pieces[0].strip() or pieces[1:2] != ["TY"]:
        return None
    else:
        pieces[:2] = [None]
    found = iter(pieces)
    records: list[Fields] = []
    fields: Fields = {}
    for tag, value in zip(found, map(str.strip, found)):  # noqa: B905  # one iterator gives both
        if tag in fields:
            if value:
                fields[tag].append(value)
            elif tag in _ENDS:
                return None
        elif tag:
            if value:
                fields[tag] = [value]
            elif tag == "ER":
                fields[tag] = []
        elif value:
            fields = {"TY": [value]}
            records.append(fields)
        else:
            return None
    last, tags = records[-1], set().union(*records[:-1])
    odd = "ER" in tags or max(map(len, tags.union(last))) > 2 or any(len(fields["TY"]) > 1 for fields in records)
    unended = "ER" in last and (last["ER"] or pieces[-2] != "ER")
    return None if odd or unended else records


def careful_records(text: str) -> Raw:
    """Every record of a text, also where TY or ER is missing, or lines stand before the one and behind the other."""
    found = ris_values(text)
    tags, values, lines = found.tags, list(map(str.strip, found.values)), found.lines()
    raw = Raw([], [], {}, False)
    opened = ended = False
    begun = free = 0  # where the open record began; from where on lines belong to no record

    def close(stop: int) -> None:
        fields: Fields = {}
        for tag, value in zip(tags[begun:stop], values[begun:stop], strict=True):
            if value:
                fields.setdefault(tag, []).append(value)
        if "AU" in fields and "A1" in fields:
            raw.people[len(raw.records)] = _people(tags[begun:stop], values[begun:stop])
        raw.records.append(fields)
        raw.lines.append(lines[begun])

    def strays(lines: list[str]) -> None:
        if raw.records and lines:
            raw.records[-1].setdefault("ER", []).extend(lines)

    for place in [*found.positions("TY", "ER"), len(tags)]:
        tag = tags[place] if place < len(tags) else ""
        if opened:
            close(place)
        elif place > free:
            if any(title in tags[free:place] for title in _TITLES):  # a record without its TY line
                begun, opened, ended = free, True, False
                close(place)
            else:
                strays([f"{tags[i]}  - {values[i]}".strip() for i in range(free, place)])
        if tag == "ER":
            if values[place]:
                strays(_kept(values[place]))
            opened, ended = False, ended or opened
        elif tag:
            begun, opened, ended = place, True, False
        free = place + 1
    return raw._replace(ended=ended)


def _kept(value: str) -> list[str]:
    """Lines that follow an ER tag, without blank lines and the number of the next record."""
    lines = (line.strip() for line in value.split("\n"))
    return [line for line in lines if line and not _NUMBER_LINE.fullmatch(line)]
