"""JSON: CSL-JSON (Zotero, Mendeley), Zotero's own, OpenAlex, Crossref, Semantic Scholar, The Lens, Europe PMC,
ClinicalTrials.gov, EPPI-Reviewer, and any list of objects with the usual names.
"""

from __future__ import annotations

import json
import re
from typing import Any

from prismake.records.databases import database_name
from prismake.records.drafts import Draft, Parsed
from prismake.records.names import family_first, given_first
from prismake.records.table import key_of, people
from prismake.records.table_formats import USUAL

_LISTS = (
    "results", "items", "data", "references", "records", "works", "entries", "articles", "publications", "studies",
    "result", "documents", "papers",
)  # fmt: skip
_WRAPPERS = ("message", "resultlist", "response")
_IDS = ("externalIds", "external_ids", "identifiers", "ids")


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is JSON that can hold records."""
    start = head.lstrip()[:2000]
    return bool(re.match(r"[\[{]\s*(?:[{\"\]])", start)) and ":" in start


def parse(text: str) -> Parsed:
    """All objects of the list of records in a JSON text; one object a line is read as well."""
    parsed = Parsed([], 0)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:
            value = [json.loads(line) for line in text.split("\n") if line.strip()]
        except (ValueError, RecursionError) as error:
            parsed.faults.error(
                "broken-json",
                f"This JSON file is not well formed ({error}).",
                expected="a whole JSON file",
                mend="export this search again",
            )
            return parsed
    items = _items(value)
    parsed.in_file = len(items)
    for number, item in enumerate(items, 1):
        if isinstance(item, dict) and item:
            raw = {key: [_plain(value)] for key, value in item.items() if _plain(value)}
            parsed.drafts.append({"line": None, **_draft(_opened(item)), "raw": raw})
        else:
            parsed.set_aside.append((number, "is no object with fields", str(item)[:200]))
    return parsed


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict):
        lower = {key.lower(): held for key, held in value.items()}
        for name in _WRAPPERS:
            if isinstance(lower.get(name), dict):
                return _items(lower[name])
        for name in _LISTS:
            if isinstance(lower.get(name), list):
                return list(lower[name])
        return [value]
    return list(value) if isinstance(value, list) else [value]


def _opened(item: dict[str, Any]) -> dict[str, Any]:
    """An object with what some sources nest in it brought up: Zotero's `data`, identifiers, the journal, a trial's
    modules; what stands at the top already stays.
    """
    if isinstance(item.get("data"), dict) and ("title" in item["data"] or "itemType" in item["data"]):
        item = {**item, **item["data"]}
        item.pop("data")
    if isinstance(item.get("protocolSection"), dict):
        item = _trial(item["protocolSection"]) | item
    for name in _IDS:
        held = item.get(name)
        pairs = held.items() if isinstance(held, dict) else _pairs(held)
        item = {"pmid" if key.lower() == "pubmed" else key.lower(): value for key, value in pairs} | item
    for name in ("journal", "source"):
        held = item.get(name)
        if isinstance(held, dict):
            title = held.get("name") or held.get("title") or held.get("display_name")
            rest = {key: value for key, value in held.items() if key in ("volume", "issue", "pages", "issn")}
            item = rest | {**item, name: _plain(title)} | ({name + "_record": held} if len(held) > 1 else {})
    return item


def _pairs(held: Any) -> list[tuple[str, Any]]:
    """The Lens' list of {type, value} as pairs."""
    entries = held if isinstance(held, list) else []
    return [(str(e["type"]), e["value"]) for e in entries if isinstance(e, dict) and "type" in e and "value" in e]


def _trial(sections: dict[str, Any]) -> dict[str, Any]:
    """The fields of a trial in the modules of ClinicalTrials.gov's JSON."""

    def module(name: str) -> dict[str, Any]:
        held = sections.get(name)
        return held if isinstance(held, dict) else {}

    names, status = module("identificationModule"), module("statusModule")
    dates = [status.get(name) for name in ("studyFirstPostDateStruct", "startDateStruct")]
    return {
        "id": names.get("nctId"),
        "title": names.get("officialTitle") or names.get("briefTitle"),
        "original-title": names.get("briefTitle"),
        "date": next((held.get("date") for held in dates if isinstance(held, dict)), None),
        "abstract": module("descriptionModule").get("briefSummary"),
        "keywords": module("conditionsModule").get("conditions"),
        "database": "ClinicalTrials.gov",
        "type": "trial registry record",
    }


def _draft(item: dict[str, Any]) -> Draft:
    flat = {key_of(key): value for key, value in item.items()}

    def one(*names: str) -> str:
        return next((found for name in names if (found := _plain(flat.get(key_of(name))))), "")

    def usual(name: str) -> str:
        return one(*USUAL[name])

    location = item.get("primary_location") or {}
    source = (location.get("source") or {}) if isinstance(location, dict) else {}
    held = item.get("biblio")
    biblio: dict[str, Any] = held if isinstance(held, dict) else {}
    openalex = str(item.get("id", "")).startswith("https://openalex.org/")
    title = _first(item.get("title")) or one("display_name") or usual("title")
    return {
        "database": "OpenAlex" if openalex else database_name(one("database")),
        "platform": "OpenAlex" if openalex else "ClinicalTrials.gov" if "protocolSection" in item else "",
        "accession": str(item["id"]).rsplit("/", 1)[-1]
        if openalex
        else one("ItemId", "lens_id", "paperId", "id", "citation-key", "key"),
        "pmid": re.sub(r".*/", "", one("PMID")),
        "doi": [one("DOI")],
        "type_code": one("type", "TypeName", "itemType"),
        "type_words": [one("type"), one("publication_type", "publicationTypes")],
        "title": title,
        "title_alternative": _first(item.get("original-title")),
        "authors": _authors(item),
        "years": [_issued(item), usual("year"), one("year_published", "publishedDate", "published_date")],
        "dates": [one("publication_date", "date_published") or usual("date")],
        "journal": _first(item.get("container-title"))
        or _plain(source.get("display_name"))
        or one("ParentTitle")
        or usual("journal")
        or one("venue"),
        "journal_abbreviation": _first(item.get("container-title-short")) or one("journalAbbreviation"),
        "volume": one("volume", "journalVolume") or _plain(biblio.get("volume")),
        "issue": one("issue") or _plain(biblio.get("issue")),
        "pages": one("page", "pages", "pageInfo"),
        "first_page": _plain(biblio.get("first_page")) or usual("first_page"),
        "last_page": _plain(biblio.get("last_page")) or usual("last_page"),
        "issn": " ".join([one("ISSN", "StandardNumber", "journalIssn"), _plain(source.get("issn"))]),
        "isbn": one("ISBN"),
        "publisher": one("publisher"),
        "language": one("language"),
        "abstract": _inverted(item.get("abstract_inverted_index")) or usual("abstract"),
        "keywords": re.split(r"[\r\n;]+", one("keywords", "Keywords")),
        "url": one("URL", "url"),
    }


def _authors(item: dict[str, Any]) -> list[str]:
    for name in ("author", "authors", "authorships", "Authors", "creators", "authorString"):
        held = item.get(name)
        if isinstance(held, str):
            if ";" in held and "," not in held:  # EPPI-Reviewer: "Dal-Ré Rafael ; "
                return [
                    family_first(f"{p.split(' ', 1)[0]}, {p.split(' ', 1)[1]}") if " " in p else p
                    for p in (q.strip() for q in held.split(";"))
                    if p
                ]
            return people(held, "any")
        if isinstance(held, list):
            return [name for name in map(_author, held) if name]
    return []


def _author(held: Any) -> str:
    if isinstance(held, str):
        return family_first(held) if "," in held else given_first(held)
    if not isinstance(held, dict):
        return ""
    if isinstance(held.get("author"), dict):
        return given_first(str(held["author"].get("display_name") or held.get("raw_author_name") or ""))
    family = held.get("family") or held.get("lastName") or held.get("last_name") or ""
    given = held.get("given") or held.get("firstName") or held.get("first_name") or ""
    particle = held.get("non-dropping-particle") or held.get("dropping-particle") or ""
    if family:
        return family_first(f"{particle} {family}, {given}".strip())
    name = held.get("literal") or held.get("name") or held.get("display_name") or ""
    return given_first(str(name)) if name else ""


def _issued(item: dict[str, Any]) -> str:
    for name in ("issued", "published", "published-print", "published-online"):
        held = item.get(name)
        if isinstance(held, dict):
            parts = held.get("date-parts") or [[]]
            if parts and parts[0] and parts[0][0]:
                return str(parts[0][0])
            return _plain(held.get("raw") or held.get("literal"))
    return ""


def _inverted(index: Any) -> str:
    """An abstract from OpenAlex' {word: [positions]}."""
    if not isinstance(index, dict):
        return ""
    places = [
        (place, word)
        for word, held in index.items()
        if isinstance(held, list)
        for place in held
        if isinstance(place, int)
    ]
    return " ".join(word for _, word in sorted(places))


def _first(value: Any) -> str:
    return _plain(value[0]) if isinstance(value, list) and value else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, (list, tuple)) and all(isinstance(v, (str, int, float)) for v in value):
        return "; ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, (dict, list)) else str(value)
