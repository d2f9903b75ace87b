"""Where in a journal: volume, issue, pages and year out of the one line in which some databases give them."""

from __future__ import annotations

import re

_PUBMED = re.compile(
    r"^(?P<journal>.+?)\. (?P<date>(?:1[89]|20)\d\d(?:[ -][A-Z]?[\w/ -]*?)?)"
    r"(?:;(?P<volume>[^;:()]*?)(?:\((?P<issue>[^)]*)\))?)?(?::(?P<pages>[^;]*?))?(?:\.(?:\s|$)|$)"
)  # before it has an issue: "Aging Cell. 2024 May 15:e14195."
_PARENTHESISED = re.compile(
    r"^(?P<journal>.+?)\s*\((?P<year>(?:19|20)\d\d)\)\s*(?P<volume>[^\s:(]*)?(?::(?P<issue>[^\s(]*))?\s*(?:\((?P<pages>[^)]*)\))?"
)  # Embase.com: "Cancer (2004) 102:4 (253-258). Date of Publication: 25 Aug 2004"
_PSYCINFO = re.compile(
    r"^(?P<journal>.+?)\. Vol\.? ?(?P<volume>[^,(]*?)(?:,? ?\((?P<issue>(?:[^()]|\([^()]*\))*)\))?, ?"
    r"(?:[A-Z][a-z]{2}[\w ,-]*? )?(?P<year>\d{4}),?(?: (?:pp?\.|ArtID) ?(?P<pages>[^.]*))?"
)  # Ovid PsycInfo: "Neurological Sciences. Vol.45,(3), 2024, pp. 1209-1216."
_OVID = re.compile(
    r"\. *(?P<volume>[\w-]+)? ?(?:\((?!pp? |var\.)(?P<issue>(?:[^()]|\([^()]*\))*)\))? ?"
    r"(?:\((?:pp? (?P<pages>[^)]*)|var\.pagings)\))?"
    r"(?: Issue [^,]*)?, (?P<year>(?:19|20)\d\d)\.(?: Article Number| Date of Publication|$)"
)  # Ovid Embase: "Nervenarzt. 90 (11) (pp 1117-1124), 2019. Date of Publication: 01 Nov 2019."
_MEDLINE = re.compile(
    r"^(?P<journal>.+?)\. (?P<volume>[\w-]+)(?:\((?P<issue>[^)]*)\))?:(?P<pages>[^,]*), (?P<date>\d{4}[^.]*)"
)
_UNPAGED = re.compile(r"\(no pagination\)", re.IGNORECASE)
_ARTICLE = re.compile(r"Article Number: ([^.,]+)")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_PUBLISHED = re.compile(r"Date of Publication: ([^.]*)")


def citation(text: str) -> dict[str, str]:
    """journal, volume, issue, pages, year and date in a citation line, those that are there.

    Reads PubMed's ("Cogn Emot. 2019 Jul;33(5):876-893."), Embase.com's, and those of Ovid's PsycInfo, Embase and
    MEDLINE.
    """
    text = " ".join(_UNPAGED.sub("", text).split())
    for pattern in (
        (_PSYCINFO, _PUBMED, _MEDLINE, _PARENTHESISED)
        if "Date of Publication:" not in text or re.search(r"\(\d{4}\)", text[:200])
        else ()
    ):
        match = pattern.match(text)
        if match:
            return _found(match.groupdict(), text)
    match = _OVID.search(text)
    journal = re.split(r"\. (?:Conference|Date of)", text[: match.start()] if match else text, maxsplit=1)[0]
    return _found({"journal": journal, **(match.groupdict() if match else {})}, text)


def _found(groups: dict[str, str | None], text: str) -> dict[str, str]:
    found = {name: value.strip(" .,") for name, value in groups.items() if value and value.strip(" .,")}
    article = _ARTICLE.search(text)
    if article:
        found["article_number"] = article.group(1).strip()
    if "year" not in found:
        match = _YEAR.search(found.get("date", "")) or _YEAR.search(text)
        if match:
            found["year"] = match.group(1)
    published = _PUBLISHED.search(text)
    if published:
        found["date"] = published.group(1).strip()
    pages = found.get("pages", "")
    if pages.lower().startswith("no pagination") or (pages and not any(c.isdigit() for c in pages)):
        found.pop("pages")
    return found
