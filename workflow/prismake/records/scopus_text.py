"""Scopus' plain text: authors, title, place and link in lines of their own, then `ABSTRACT: ` and other names, up to
`SOURCE: Scopus`.
"""

from __future__ import annotations

import re

from prismake.records import table
from prismake.records.drafts import Draft, Parsed
from prismake.records.ris_fields import bibliographic_number

_END = re.compile(r"^SOURCE: *Scopus[ \t]*(?:\n|\Z)", re.MULTILINE)
_PLACE = re.compile(r"^\((\d{4})\) (.+)$", re.MULTILINE)
_LABEL = re.compile(r"^([A-Z][A-Z0-9 /&'.()-]{2,44}):(?: (.*))?$")
_NUMBERS = re.compile(r"[\d;\s]+")
_HEAD = re.compile(r"Scopus|EXPORT DATE:.*")
_BEFORE = re.compile(r"\s*(?:Scopus\s*\n)?(?:EXPORT DATE:.*\n)?\s*")
_LABELS = {  # other names than in Scopus' CSV
    "AUTHOR FULL NAMES": "Author full names",
    "ABBREVIATED SOURCE TITLE": "Abbreviated Source Title",
    "LANGUAGE OF ORIGINAL DOCUMENT": "Language of Original Document",
    "PUBMED ID": "PubMed ID",
}
_PAGES = re.compile(r",? pp?\. ([\w.-]+(?: ?- ?[\w.-]+)?)")
_ARTICLE = re.compile(r",? art\. no\. ([^\s,]+)")
_CITED = re.compile(r"[.,]? *Cited \d+ times?\.? *$")
_JOURNAL = re.compile(
    r"(.*?)(?:, ([\w/.-]*\d[\w/.-]*(?: [A-Z]{2,8})?))?(?:,? \(([^()]+)\)|, ([\w/.-]*\d[\w/.-]*))?[ .,]*"
)


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is Scopus' plain text."""
    exported = re.match(r"\s*Scopus\s*\nEXPORT DATE:", head)
    return bool(_PLACE.search(head)) and bool(exported or _END.search(head))


def counted(text: str) -> int:
    """Records by their ends; what follows the last one is a record where it has a place."""
    last = max((match.end() for match in _END.finditer(text)), default=0)
    return len(_END.findall(text)) + bool(_PLACE.search(text, last))


def parse(text: str) -> Parsed:
    """All records of a text (LF line ends)."""
    parsed = Parsed([], counted(text), format="scopus-text")
    begin, line = 0, 1
    for stop in [*(match.end() for match in _END.finditer(text)), len(text)]:
        block = text[begin:stop]
        head = _BEFORE.match(block)
        blank = head.end() if head else 0
        place = _PLACE.search(block)
        if place:
            parsed.drafts.append(_draft(block, place, line + block.count("\n", 0, blank)))
        elif stop < len(text) or _END.search(block):
            parsed.set_aside.append((line, "has an end but no year and place", " ".join(block.split())[:200]))
        line += block.count("\n")
        begin = stop
    if parsed.drafts and not _END.search(block) and _PLACE.search(block):
        parsed.faults.warning(
            "truncated",
            "The last record has no end (SOURCE): the file may have been cut off.",
            line=parsed.drafts[-1]["line"],
            expected="SOURCE: Scopus at the end of each record",
            mend="export this search again and compare the number of records",
        )
    return parsed


def _draft(block: str, place: re.Match[str], line: int) -> Draft:
    fields: dict[str, list[str]] = {}
    plain: list[str] = []
    for row in filter(None, map(str.strip, block[: place.start()].split("\n"))):
        label = _LABEL.match(row)
        if label and label[1] in _LABELS:
            fields[_LABELS[label[1]]] = [label[2] or ""]
        elif not _HEAD.fullmatch(row) and not _NUMBERS.fullmatch(row):
            plain.append(row)
    if plain:
        fields["Title"] = [plain[-1]]
    if len(plain) > 1:
        fields["Authors"] = [" ".join(plain[:-1])]
    fields["Year"], fields["Place"] = [place[1]], [place[2]]
    name = "Link"
    for row in filter(None, map(str.strip, block[place.end() :].split("\n"))):
        label = _LABEL.match(row)
        if label:
            name, row = _LABELS.get(label[1], label[1].capitalize() if label[1] != "DOI" else "DOI"), label[2] or ""
        if row:
            fields.setdefault(name, []).append(row)
    fields = {name: values for name, values in fields.items() if any(values)}
    joined = {name: ["\n".join(values)] for name, values in fields.items() if name != "Place"}
    draft = table.draft_of(joined, "scopus-csv", line)
    return {
        **draft,
        **_in_journal(place[2]),
        "raw": fields,
        "accession": bibliographic_number(" ".join(fields.get("Link", ()))),
    }


def _in_journal(place: str) -> dict[str, str]:
    """Journal, volume, issue, pages and article number in a line as "Journal of Tests, 11 (4), pp. 9-16. Cited 3
    times." or "Journal of Tests, 11, 4, art. no. 17".
    """
    place = _CITED.sub("", place)
    pages, article = _PAGES.search(place), _ARTICLE.search(place)
    found = _JOURNAL.fullmatch(
        place[: min(match.start() for match in (pages, article) if match)] if pages or article else place
    )
    return {
        "journal": found[1] if found else place,
        "volume": (found[2] or "") if found else "",
        "issue": (found[3] or found[4] or "") if found else "",
        "pages": pages[1].replace(" ", "").rstrip(".") if pages else "",
        "article_number": article[1].rstrip(".") if article else "",
    }
