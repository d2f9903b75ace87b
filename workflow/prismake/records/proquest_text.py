"""ProQuest's text: documents between lines of underscores, with a name before each field ("Publication title: ")."""

from __future__ import annotations

import re

from prismake.records import table
from prismake.records.drafts import Parsed

_BREAK = re.compile(r"^_{20,}[ \t]*$|^Document \d+ of \d+[ \t]*$", re.MULTILINE)
_FIELD = re.compile(r"^([A-Z][\w/,.()-]*(?: [\w/(),.-]+){0,5}): ?(.*)$")
_NAMES = frozenset({
    "title", "alternatetitle", "originaltitle", "author", "authors", "correspondenceauthor", "abstract",
    "abstractenglish", "abstractsummary", "links", "fulltext", "subject", "location", "people",
    "companyorganization", "classification", "identifierkeyword", "meshsubject", "publicationtitle", "volume",
    "issue", "pages", "firstpage", "numberofpages", "publicationyear", "publicationdate", "year", "section",
    "publisher", "placeofpublication", "countryofpublication", "publicationsubject", "issn", "isbn", "eissn",
    "electronicissn", "sourcetype", "peerreviewed", "languageofpublication", "documenttype", "documentfeature",
    "publicationhistory", "onlinepublicationdate", "doi", "pmid", "accessionnumber", "proquestdocumentid",
    "documenturl", "copyright", "lastupdated", "database", "source", "conference", "degree",
    "universityinstitution", "methodology", "population", "agegroup", "testsandmeasures", "numberofreferences",
})  # fmt: skip
"""The names that ProQuest writes, by their letters."""
_OWN = re.compile(r"^(?:Title|Publication title|ProQuest document ID|Document URL|Accession number): ?\S", re.MULTILINE)


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is ProQuest's."""
    own = re.search(
        r"^Report Information from ProQuest|^(?:ProQuest document ID|Publication title): \S", head, re.MULTILINE
    )
    return bool(own and _BREAK.search(head))


def counted(text: str) -> int:
    """Records by the stretches between breaks in which a document's own fields stand."""
    return sum(bool(_OWN.search(part)) for part in _BREAK.split(text))


def parse(text: str) -> Parsed:
    """All records of a text (LF line ends)."""
    parsed = Parsed([], counted(text), format="proquest-text")
    places = [0, *(match.end() for match in _BREAK.finditer(text))]
    stops = [*(match.start() for match in _BREAK.finditer(text)), len(text)]
    line, seen = 1, 0
    for start, stop in zip(places, stops, strict=True):
        part = text[start:stop]
        if not _OWN.search(part):
            continue
        begin = start + len(part) - len(part.lstrip())
        line += text.count("\n", seen, begin)
        seen = begin
        parsed.drafts.append(table.draft_of(_fields(part), "proquest-text", line))
    return parsed


def _fields(part: str) -> dict[str, list[str]]:
    """The fields of a document, whose first line, without a name, is its title.

    A name begins a paragraph, or follows the line of another field. Within an abstract or the full text, which may
    hold paragraphs with names of their own ("Method: "), only the names that ProQuest writes count.
    """
    fields: dict[str, list[str]] = {}
    name, after_blank, after_field = "", True, False
    for raw in part.split("\n"):
        line = raw.strip()
        match = _FIELD.match(line)
        known = match is not None and table.key_of(match[1]) in _NAMES
        long = name.startswith(("Abstract", "Full text"))
        if match and (known and (after_blank or after_field) or after_blank and not long):
            name = match[1]
            fields.setdefault(name, [])
            if match[2].strip():
                fields[name].append(match[2].strip())
            after_field = True
        elif line:
            if not fields:
                name = "Heading"
            elif after_blank and not long:
                name = "Text"
            fields[name] = [" ".join([*fields.get(name, ()), line])]
            after_field = False
        after_blank = not line
    if "Heading" in fields and not fields.get("Title"):
        fields["Title"] = fields["Heading"]
    return {name: values for name, values in fields.items() if values}
