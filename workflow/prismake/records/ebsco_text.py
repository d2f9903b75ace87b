"""EBSCOhost's plain text, as it is saved or sent by e-mail: `Record: 1`, then `Title:`, `Authors:` and other names, each
with its value behind it or in the lines below.
"""

from __future__ import annotations

import re

from prismake.records import table
from prismake.records.drafts import Draft, Parsed
from prismake.records.labelled import Fields, fields_of, parse_blocks

_START = re.compile(r"^[ \t]*Record:?[ \t]*\d+[ \t]*$", re.MULTILINE)
_LABEL = re.compile(r"^[ \t]*([A-Z][A-Za-z/&()' -]{0,60}?):(?:[ \t]+(.*))?$")
_NAMES = frozenset({
    "title", "othertitles", "alternatetitle", "originaltitle", "translatedtitle", "titles", "authors", "author",
    "affiliation", "authoraffiliation", "authoraffiliations", "address", "correspondence", "email", "source",
    "nlmtitleabbreviation", "isonlmtitleabbreviation", "journalinfo", "publisher", "otherpublishers", "otherjournaltitles",
    "issn", "isbn", "language", "languages", "keywords", "authorsuppliedkeywords", "authorsuppliedabstract", "abstract",
    "abstractenglish", "abstractauthor", "documenttype", "publicationtype", "publicationyear", "publicationdate", "formatcovered",
    "format", "subjectterms", "subjects", "subject", "thesaurusterms", "geographicterms", "geographicsubjects", "people",
    "companyentity", "naicsindustrycodes", "reviewsproducts", "fulltextwordcount", "meshterms", "meshheadings",
    "majorsubjects", "minorsubjects", "psycinfoclassification", "classification", "population", "location", "agegroup",
    "testsmeasures", "testsandmeasures", "methodology", "grantsponsorship", "supplementalmaterial", "conference",
    "conferenceinformation", "releasedate", "correctiondate", "copyright", "copyrightstatement", "digitalobjectidentifier", "doi",
    "pmid", "mid", "nlmuid", "accessionnumber", "ericnumber", "entrydate", "entrydates", "revisiondate", "update", "updatecode",
    "dateofelectroni", "numberofcitationsinsource", "citedreferences", "references", "persistentlinktothisrecordpermalink",
    "persistentlinktothisrecord", "permalink", "cutandpaste", "database", "publisherlogo", "images", "notes", "specialinterest",
    "instrumentation", "journalsubset", "contents", "series", "physicaldescription", "institution", "peerreviewed",
    "descriptors", "identifiers", "clearinghouse", "pagecount", "degree", "degreelevel", "university", "reviewedentity",
    "lexile", "ismn", "relatedurls", "publicationstatus", "publicationinformation", "publicationhistory", "impactstatement",
})  # fmt: skip
"""The names that EBSCOhost's databases write, by their letters."""
_VOLUME = re.compile(r"\bVol(?:ume|\.)? ?([\w-]+?)(?: ?\(([^()]*)\))?(?=[\s,;.]|$)", re.IGNORECASE)
_ISSUE = re.compile(r"\bIssue ([\w/-]+)")
_PAGES = re.compile(r"\bpp?\.? ?([A-Za-z]?\d[\w]*(?:[-\u2013][A-Za-z]?\d\w*)?)")
_YEAR = re.compile(r"(?<!\d)((?:18|19|20)\d\d)(?!\d)")
_JOURNAL = re.compile(
    r"^(.+?)(?:[,.;] *(?=Vol\b|Volume\b|Issue\b|\d{1,2}/|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Spring|Summer"
    r"|Fall|Autumn|Winter)[a-z]*\.?(?:[ ,/-]|\d)|\d{4}\b|p\d|pp\b)| \((?=\d{4})|\.?$)"
)
_NO_NAME = re.compile(
    r"\((?:AUTHOR|Author)\)|[^\s;,]+@[^\s;,]+|\bORCID\S*|(?<=[^\W\d_]|\.)\d+(?:,\d+)*(?=\W|$)|[*\u2020]| +\d+(?=[\s;,]|$)"
)
_OWN = frozenset({"title", "authors", "author", "source", "accessionnumber", "abstract", "database"})


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is EBSCOhost's plain text."""
    start = _START.search(head)
    return bool(start) and len(set(map(table.key_of, fields_of(head[start.end() :], _name))) & _OWN) >= 3


def parse(text: str) -> Parsed:
    """All records of a text (LF line ends)."""
    parsed = parse_blocks(text, _START, lambda block: fields_of(block, _name), _draft)
    parsed.format = "ebsco-text"
    return parsed


def _name(line: str) -> tuple[str, str] | None:
    match = _LABEL.match(line)
    return (match[1], match[2] or "") if match and table.key_of(match[1]) in _NAMES else None


def _draft(fields: Fields, line: int) -> Draft:
    keys = {table.key_of(name): values for name, values in fields.items()}
    joined = {name: [" ".join(values)] for name, values in fields.items()}
    draft = table.draft_of(joined, "ebsco-text", line)
    source = " ".join(keys.get("source", ()))
    people = keys.get("authors") or keys.get("author") or []
    for name, value in _place(source).items():
        draft[name] = draft[name] or value
    years = _YEAR.findall(source)
    words = keys.get("keywords", []) + keys.get("authorsuppliedkeywords", [])
    return {
        **draft,
        "raw": fields,
        "authors": [name for cell in people for name in table.people(_NO_NAME.sub("", cell).strip(" ;"), "semicolon")],
        "years": [*draft["years"], *years],
        "keywords": [
            w.strip("* ")
            for words in (words, keys.get("subjectterms", []), keys.get("subjects", []))
            for w in _words(words)
        ],
    }


def _words(lines: list[str]) -> list[str]:
    """Key words, of which each stands in a line, or several between semicolons or commas."""
    text = "; ".join(lines)
    return re.split(r"\s*;\s*", text) if ";" in text else text.split(", ")


def _place(source: str) -> dict[str, str]:
    """Journal, volume, issue and pages in a line as "Journal of Tests, Vol 5(2), May, 2006. pp. 11-22." or "Journal of
    Tests. Jan2020, Vol. 5 Issue 2, p11-22. 12p."
    """
    journal = _JOURNAL.match(source)
    volume, issue, pages = _VOLUME.search(source), _ISSUE.search(source), _PAGES.search(source)
    return {
        "journal": journal[1].strip() if journal else "",
        "volume": volume[1] if volume else "",
        "issue": issue[1] if issue else (volume[2] or "") if volume else "",
        "pages": pages[1] if pages else "",
    }
