"""XML of reference managers and sources: MODS (Zotero, JabRef, EndNote's converters), Zotero RDF, arXiv's Atom feed,
and the trials of the ICTRP.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

from prismake.records import table
from prismake.records.databases import database_name
from prismake.records.drafts import Draft, Parsed
from prismake.records.names import family_first, given_first
from prismake.records.ris_fields import bibliographic_number, database_of_links, pmid_in
from prismake.records.xml_records import element_of, parse_at, parse_elements, raw_of, text_of

_MODS = r"(?:[A-Za-z][\w.-]*:)?mods"
_RDF_START = re.compile(r"<((?:bib|rdf|z|foaf):[A-Za-z]+)\s+rdf:about=")
_RDF_TYPE = re.compile(r"<z:itemType>\s*([A-Za-z]+)")
_RDF_HOLDERS = frozenset({"bib:Journal", "bib:Series", "bib:Memo", "z:Collection", "z:Attachment"})
_RDF_NO_RECORD = frozenset({"attachment", "note", "annotation"})


def looks_like_mods(head: str) -> bool:
    """Whether the beginning of a text is MODS."""
    return bool(re.search(rf"<{_MODS}(?:Collection)?\b", head))


def looks_like_zotero_rdf(head: str) -> bool:
    """Whether the beginning of a text is Zotero RDF."""
    zotero = re.search(r"www\.zotero\.org/namespaces|purl\.org/net/biblio", head)
    return "<rdf:RDF" in head and bool(zotero) and "purl.org/ontology/bibo" not in head


def looks_like_ictrp(head: str) -> bool:
    """Whether the beginning of a text is the XML of the International Clinical Trials Registry Platform."""
    return bool(re.search(r"<Trial>\s*<", head)) and "<TrialID>" in head


def looks_like_atom(head: str) -> bool:
    """Whether the beginning of a text is arXiv's answer to a query."""
    return "<feed" in head and bool(re.search(r"arxiv\.org/", head)) and "<entry" in head


def parse_mods(text: str) -> Parsed:
    """All records of a MODS text."""
    return parse_elements(text, _MODS, _mods)


def parse_zotero_rdf(text: str) -> Parsed:
    """All items of a Zotero RDF text; attachments and notes are none, journals are read into their articles."""
    found = list(_RDF_START.finditer(text))
    bounds = [*(match.start() for match in found), len(text)]
    typed = "<z:itemType>" in text
    starts, holders = [], {}
    for match, end in zip(found, bounds[1:], strict=True):
        chunk = text[match.start() : end]
        if _is_item(chunk, match[1], typed):
            starts.append((match.start(), re.escape(match[1])))
        else:
            stop = chunk.rfind(f"</{match[1]}>")
            element = element_of(chunk[: stop + len(match[1]) + 3]) if stop > 0 else None
            if element is not None:
                holders[element.get("about", "")] = element
    return parse_at(text, starts, lambda item: _zotero(item, holders))


def parse_atom(text: str) -> Parsed:
    """All entries of arXiv's feed."""
    return parse_elements(text, "entry", _arxiv)


def parse_ictrp(text: str) -> Parsed:
    """All trials of the platform's XML."""
    return parse_elements(text, "Trial", _trial)


def _is_item(chunk: str, name: str, typed: bool) -> bool:
    """Whether an element of Zotero RDF is an entry: by its type, as Zotero writes it, or, in a text without types
    (`typed` is false), by its name and title.
    """
    if typed:
        kind = _RDF_TYPE.search(chunk)
        return kind is not None and kind[1] not in _RDF_NO_RECORD
    return name not in _RDF_HOLDERS and "<dc:title>" in chunk


def _mods(record: ElementTree.Element) -> Draft:
    def text(path: str) -> str:
        return text_of(record.find(path))

    def numbers(kind: str, within: ElementTree.Element | None = record) -> list[str]:
        found = within.findall("identifier") if within is not None else []
        return [text_of(e) for e in found if e.get("type", "").lower() == kind]

    host = next((e for e in record.findall("relatedItem") if e.get("type") == "host"), None)
    part = record.find("part") if record.find("part") is not None else record.find("relatedItem/part")
    origin = [e for e in (record.find("originInfo"), record.find("relatedItem/originInfo")) if e is not None]
    titles = {e.get("type", ""): _mods_title(e) for e in reversed(record.findall("titleInfo"))}
    host_titles = (
        {e.get("type", ""): _mods_title(e) for e in reversed(host.findall("titleInfo"))} if host is not None else {}
    )
    genres = [text_of(e) for e in record.findall("genre")]
    urls = [text_of(e) for e in record.findall("location/url")] + numbers("uri")
    database, platform = database_of_links(" ".join(urls), "", "", text("recordInfo/recordContentSource"))
    date = [
        text_of(e) for o in origin for name in ("dateIssued", "copyrightDate", "dateCreated") for e in o.findall(name)
    ]
    return {
        "raw": raw_of(record),
        "database": database,
        "platform": platform,
        "accession": (numbers("accession") or numbers("pmid") or [bibliographic_number(" ".join(urls))])[0],
        "alias": [key for key in (record.get("ID", ""), *numbers("citekey")) if key],
        "pmid": (numbers("pmid") or numbers("pubmed") or [""])[0],
        "doi": [*numbers("doi"), *(url for url in urls if "doi.org/" in url)],
        "type_code": "chapter"
        if "book" in map(str.lower, _genres(host))
        else "journalarticle"
        if host is not None
        else "",
        "type_words": genres,
        "title": titles.get("", "") or next(iter(titles.values()), ""),
        "title_alternative": titles.get("translated", "") or titles.get("alternative", ""),
        "authors": _mods_names(record),
        "years": date,
        "dates": date,
        "journal": host_titles.get("", ""),
        "journal_abbreviation": host_titles.get("abbreviated", ""),
        "volume": _mods_part(part, "volume"),
        "issue": _mods_part(part, "issue") or _mods_part(part, "number"),
        "first_page": text_of(part.find("extent/start")) if part is not None else "",
        "last_page": text_of(part.find("extent/end")) if part is not None else "",
        "pages": text_of(part.find("extent/list")) if part is not None else "",
        "issn": " ".join([*numbers("issn"), *numbers("issn", host)]),
        "isbn": " ".join([*numbers("isbn"), *numbers("isbn", host)]),
        "publisher": next((text_of(e) for o in origin for e in o.findall("publisher")), ""),
        "language": text("language/languageTerm") or text("language"),
        "abstract": " ".join(text_of(e) for e in record.findall("abstract")),
        "keywords": [text_of(e) for subject in record.findall("subject") for e in subject.findall("topic")],
        "url": urls[0] if urls else "",
    }


def _mods_title(info: ElementTree.Element) -> str:
    """A title with its leading article before it and its subtitle behind a colon."""
    title = " ".join(filter(None, (text_of(info.find("nonSort")), text_of(info.find("title")))))
    sub = text_of(info.find("subTitle"))
    return f"{title}: {sub}" if sub else title


def _mods_names(record: ElementTree.Element) -> list[str]:
    """Authors; where none is named as such, those of whom no role is said, else the editors."""
    by_role: dict[str, list[str]] = {}
    for name in record.findall("name"):
        roles = [text_of(e).lower() for e in name.findall("role/roleTerm")] or [""]
        parts = {part.get("type", ""): text_of(part) for part in reversed(name.findall("namePart"))}
        given = " ".join(text_of(p) for p in name.findall("namePart") if p.get("type") == "given")
        if "family" in parts:
            person = family_first(f"{parts['family']}, {given}".strip(", "))
        else:
            whole = parts.get("", "") or text_of(name.find("displayForm"))
            person = (
                whole
                if name.get("type") == "corporate"
                else family_first(whole)
                if "," in whole
                else given_first(whole)
            )
        for role in roles:
            by_role.setdefault(role, []).append(person)
    return next(
        (by_role[role] for role in ("author", "aut", "creator", "cre", "", "editor", "edt") if role in by_role), []
    )


def _mods_part(part: ElementTree.Element | None, kind: str) -> str:
    details = part.findall("detail") if part is not None else []
    return next((text_of(d.find("number")) or text_of(d) for d in details if d.get("type") == kind), "")


def _genres(element: ElementTree.Element | None) -> list[str]:
    return [text_of(e) for e in element.findall("genre")] if element is not None else []


def _zotero(item: ElementTree.Element, holders: dict[str, ElementTree.Element]) -> Draft:
    within = []  # what the item is part of: in the item itself, or an element of its own
    for part in item.findall("isPartOf"):
        holder = holders.get(part.get("resource", ""), part[0] if len(part) else None)
        if holder is not None:
            within.append(holder)

    def text(path: str) -> str:
        return next((found for e in (item, *within) if (found := text_of(e.find(path)))), "")

    def numbers(kind: str) -> list[str]:
        found = (text_of(e) for part in (item, *within) for e in part.findall("identifier"))
        return [number[len(kind) :].strip() for number in found if number.startswith(f"{kind} ")]

    raw = raw_of(item)
    for holder in within:
        for path, values in raw_of(holder).items():
            raw.setdefault(f"isPartOf/{holder.tag}/{path}", values)
    links = text_of(item.find("identifier/URI/value"))
    extra = text_of(item.find("description"))
    about = item.get("about", "")
    database, platform = database_of_links(links, "", "")
    holding = next((e for e in within if e.tag != "Series"), None)
    return {
        "raw": raw,
        "database": database or database_name(text_of(item.find("libraryCatalog"))),
        "platform": platform,
        "accession": bibliographic_number(links),
        "alias": [about] if about and not about.startswith(("#", "http")) else [],
        "pmid": pmid_in(extra),
        "doi": [
            *numbers("DOI"),
            text("doi"),
            extra if "DOI:" in extra else "",
            links if "doi.org/" in links else "",
            about if "doi.org/" in about else "",
        ],
        "type_code": text_of(item.find("itemType")),
        "type_words": [text_of(item.find("type"))],
        "title": text_of(item.find("title")) or text_of(item.find("shortTitle")),
        "authors": _zotero_names(item),
        "years": [text_of(item.find("date"))],
        "dates": [text_of(item.find("date"))],
        "journal": (text_of(holding.find("title")) if holding is not None else "")
        or text_of(item.find("presentedAt/Conference/title"))
        or text_of(item.find("publicationName")),
        "journal_abbreviation": text_of(holding.find("alternative")) if holding is not None else "",
        "volume": text("volume"),
        "issue": text("number"),
        "pages": text_of(item.find("pages")),
        "issn": " ".join(numbers("ISSN")),
        "isbn": " ".join(numbers("ISBN")),
        "publisher": text_of(item.find("publisher/Organization/name")) or text_of(item.find("publisher")),
        "language": text_of(item.find("language")),
        "abstract": text_of(item.find("abstract")),
        "keywords": [text_of(e) for e in item.findall("subject")],
        "url": links,
    }


def _zotero_names(item: ElementTree.Element) -> list[str]:
    """Authors, else whoever else made the item, in the order in which they stand."""
    makers = next(
        (
            found
            for name in ("authors", "presenters", "contributors", "editors")
            if (found := item.find(name)) is not None
        ),
        None,
    )
    if makers is None:
        return [
            family_first(name) if "," in name else given_first(name)
            for name in map(text_of, item.findall("creator"))
            if name
        ]
    names = []
    for person in makers.iter("Person"):
        given = text_of(person.find("givenName")) or text_of(person.find("givenname"))
        names.append(family_first(f"{text_of(person.find('surname'))}, {given}".strip(", ")))
    return names


def _trial(trial: ElementTree.Element) -> Draft:
    fields = {child.tag: [text_of(child)] for child in trial if text_of(child)}
    return table.draft_of(fields, "ictrp-table", 0)


def _arxiv(entry: ElementTree.Element) -> Draft:
    number = text_of(entry.find("id")).rpartition("/abs/")[2]
    published = text_of(entry.find("published"))
    return {
        "raw": raw_of(entry),
        "database": "arXiv",
        "platform": "arXiv",
        "accession": f"arXiv:{re.sub(r'v[0-9]+$', '', number)}" if number else "",
        "doi": [text_of(entry.find("doi"))],
        "type_code": "posted-content",
        "title": text_of(entry.find("title")),
        "authors": [given_first(text_of(name)) for name in entry.findall("author/name")],
        "years": [published],
        "dates": [published[:10]],
        "journal": text_of(entry.find("journal_ref")),
        "abstract": text_of(entry.find("summary")),
        "keywords": [category.get("term", "") for category in entry.findall("category")],
        "url": text_of(entry.find("id")),
    }
