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
from itertools import accumulate

from prismake.records.databases import database_name
from prismake.records.drafts import Parsed
from prismake.records.ris_fields import draft_of

_WIDE = re.compile(r"\n(?=[A-Z][A-Z0-9]{1,19}  -(?:[ \n]|\Z))")
_INDENT = re.compile(r"^[ \t]+(?=[A-Z][A-Z0-9] {1,2}-(?: |$))", re.MULTILINE)
_TIGHT = re.compile(r"^(TY|ER) ?-(?=[A-Z \n]|$)", re.MULTILINE)
_ENVELOPE = re.compile(
    r"^Provider: American Psychological.*\nDatabase: *(.+)", re.MULTILINE
)  # PsycNet's lines before the records
_COUNTED = re.compile(r"\n(TY|ER|TI|T1)  -(?=[ \n]|\Z)")
_TITLES = ("TI", "T1")
_NUMBER_LINE = re.compile(r"\d+\s*[.:>]?\s*|<?\d+\.?\s*>|Record #\d+ of \d+")

Pairs = list[tuple[str, str]]


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is RIS."""
    return bool(re.search(r"^[ \t]*TY {0,2}-", head, re.MULTILINE))


def parse(text: str) -> Parsed:
    """All records of a RIS text (LF line ends)."""
    text = _tagged(text)
    parsed = Parsed([], counted(text))
    ended = False
    envelope = _ENVELOPE.search(text[: max(text.find("TY  -"), 0)])
    for line, pairs, after, complete in raw_records(text):
        ended = complete
        fields = fields_of(pairs)
        if not any(tag not in ("TY", "ER") for tag in fields):
            what = "TY  - " + " ".join(fields.get("TY", [""]))
            parsed.set_aside.append((line, "has a type but no content", what))
            continue
        if after:
            fields.setdefault("ER", []).extend(after)
        draft = draft_of(fields, _people(pairs, fields))
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
    """The text with tags at the beginnings of lines and two blanks before each hyphen, where it was otherwise."""
    if "\nTY  -" in text or text.startswith("TY  -"):
        return text
    text = _TIGHT.sub(r"\1  - ", _INDENT.sub("", text))
    text = re.sub(r"^(TY|ER)  - {2}", r"\1  - ", text, flags=re.MULTILINE)
    return re.sub(r"^([A-Z][A-Z0-9]) -(?= |$)", r"\1  -", text, flags=re.MULTILINE)


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


def raw_records(text: str) -> Iterator[tuple[int, Pairs, list[str], bool]]:
    """Line, (tag, value) pairs, lines after the end, and whether it was ended, of each record."""
    parts = _WIDE.split("\n" + text)
    lines = list(accumulate([part.count("\n") + 1 for part in parts]))
    current: Pairs = []
    begun = 0
    opened = ended = False
    stray: Pairs = []
    stray_begun = 0
    after: list[str] = []
    for number, part in enumerate(parts):
        if number == 0:
            continue
        if part[2:5] == "  -":
            tag, value = part[:2], part[5:].strip()
        else:
            tag, _, value = part.partition("  -")
            value = value.strip()
        if opened and tag != "TY" and tag != "ER":
            current.append((tag, value))
        elif tag == "TY":
            titled = stray and any(t in _TITLES for t, _ in stray)
            if titled:
                if current:
                    yield lines[begun - 1], current, after, ended
                current, begun, after, ended = stray, stray_begun, [], False
            elif stray:
                after += [f"{t}  - {v}".strip() for t, v in stray]
            if current:
                yield lines[begun - 1], current, after, ended
            current, begun, after, stray, opened, ended = [("TY", value)], number, [], [], True, False
        elif tag == "ER":
            if not opened and any(t in _TITLES for t, _ in stray):
                if current:
                    yield lines[begun - 1], current, after, ended
                current, begun, after, stray, opened = stray, stray_begun, [], [], True
            if value:
                after += _kept(value)
            if not opened:
                after += [f"{t}  - {v}".strip() for t, v in stray]
                stray = []
            else:
                opened, ended = False, True
        else:
            if not stray:
                stray_begun = number
            stray.append((tag, value))
    if any(t in _TITLES for t, _ in stray):
        if current:
            yield lines[begun - 1], current, after, ended
        yield lines[stray_begun - 1], stray, [], False
    elif current:
        yield lines[begun - 1], current, after + [f"{t}  - {v}".strip() for t, v in stray], ended


def _kept(value: str) -> list[str]:
    """Lines that follow an ER tag, without blank lines and the number of the next record."""
    lines = (line.strip() for line in value.split("\n"))
    return [line for line in lines if line and not _NUMBER_LINE.fullmatch(line)]


def fields_of(pairs: Pairs) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for tag, value in pairs:
        if value:
            if tag in fields:
                fields[tag].append(value)
            else:
                fields[tag] = [value]
    return fields


def _people(pairs: Pairs, fields: dict[str, list[str]]) -> list[str]:
    """Author names in their order, which AU and A1 share where a record has both."""
    if "AU" in fields and "A1" in fields:
        return list(dict.fromkeys(value for tag, value in pairs if tag in ("AU", "A1") and value))
    return fields.get("AU") or fields.get("A1") or []
