"""Bibliontology RDF, as Zotero writes it: entries, people and what holds the entries are elements that name each other."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from prismake.records.drafts import Draft, Parsed
from prismake.records.names import family_first
from prismake.records.ris_fields import bibliographic_number, database_of_links
from prismake.records.xml_records import element_of, parse_at, raw_of, text_of

_START = re.compile(
    r"^[ \t]*<((?:bibo|foaf|z|rdf|sioct?|po|dcmit|dcterms|res|address):[A-Za-z]+)\s+rdf:(about|nodeID)=", re.MULTILINE
)
_HOLDERS = frozenset({
    "bibo:Journal", "bibo:Issue", "bibo:Magazine", "bibo:Newspaper", "bibo:Periodical", "bibo:Series", "bibo:Website",
    "bibo:MultiVolumeBook", "bibo:Collection", "bibo:Conference", "bibo:EditedBook", "z:UserItem", "foaf:Person", "foaf:Organization",
    "bibo:Note", "z:Note", "z:Tag", "z:AutoTag", "z:UserTag",
})  # fmt: skip
_CODES = {
    "AcademicArticle": "article-journal", "Article": "article-journal", "Book": "book", "EditedBook": "book", "BookSection": "chapter",
    "Chapter": "chapter", "Thesis": "thesis", "Report": "report", "Proceedings": "conference", "Webpage": "webpage", "Manuscript": "manuscript",
}  # fmt: skip


def looks_like(head: str) -> bool:
    """Whether the beginning of a text is Bibliontology RDF."""
    return "<rdf:RDF" in head and "purl.org/ontology/bibo" in head


def parse(text: str) -> Parsed:
    """All entries of a text; what is named by an entry, as its authors, is read into it."""
    found = [match for match in _START.finditer(text) if _top(text, match.start())]
    bounds = [*(match.start() for match in found), len(text)]
    starts: list[tuple[int, str]] = []
    others: dict[str, ElementTree.Element] = {}
    pointed = set(re.findall(r"<dcterms:isPartOf rdf:(?:resource|nodeID)=[\"']([^\"']+)", text))
    for match, begin, end in zip(found, bounds[:-1], bounds[1:], strict=True):
        chunk = text[begin:end]
        name = re.search(r"""=["']([^"']*)""", chunk)
        entry = match[1].startswith("bibo:") and match[1] not in _HOLDERS and "title>" in chunk
        edited = match[1] == "bibo:EditedBook" and name is not None and name[1] not in pointed and "title>" in chunk
        if entry or edited:
            starts.append((begin, re.escape(match[1])))
            continue
        stop = chunk.rfind(f"</{match[1]}>")
        element = element_of(chunk[: stop + len(match[1]) + 3]) if stop > 0 else None
        if element is not None:
            others[element.get("nodeID") or element.get("about", "")] = element
    return parse_at(text, starts, lambda item: _draft(item, others))


def _top(text: str, place: int) -> bool:
    """Whether an element stands in the outermost one: behind the end of another, or at the beginning."""
    end = text.rfind(">", 0, place)
    tag = text[text.rfind("<", 0, end) : end + 1]
    return tag.startswith(("<rdf:RDF", "<?", "<!", "</")) or tag.endswith("/>")


def _draft(item: ElementTree.Element, others: dict[str, ElementTree.Element]) -> Draft:
    within: list[ElementTree.Element] = []
    part: ElementTree.Element | None = item
    while part is not None and len(within) < 5:
        link = part.find("isPartOf")
        part = (
            None
            if link is None
            else link[0]
            if len(link)
            else others.get(link.get("resource") or link.get("nodeID", ""))
        )
        if part is not None:
            within.append(part)

    def text(*paths: str) -> str:
        return next((found for e in (item, *within) for path in paths if (found := text_of(e.find(path)))), "")

    raw = raw_of(item)
    for holder in within:
        for path, values in raw_of(holder).items():
            raw.setdefault(f"isPartOf/{holder.tag}/{path}", values)
    names = _names(item, others)
    if names:
        raw["authors"] = names
    journal = next((e for e in within if text_of(e.find("title"))), None)
    links = text("uri")
    database, platform = database_of_links(links, "", "")
    return {
        "raw": raw,
        "database": database,
        "platform": platform,
        "accession": bibliographic_number(links),
        "pmid": text_of(item.find("pmid")),
        "doi": [text("doi"), links if "doi.org/" in links else ""],
        "type_code": _CODES.get(item.tag, "other"),
        "title": text_of(item.find("title")),
        "authors": names,
        "years": [text("date", "issued")],
        "dates": [text("date", "issued")],
        "journal": text_of(journal.find("title")) if journal is not None else "",
        "journal_abbreviation": text_of(journal.find("shortTitle")) if journal is not None else "",
        "volume": text("volume"),
        "issue": text("issue"),
        "pages": text_of(item.find("pages")),
        "first_page": text_of(item.find("pageStart")),
        "last_page": text_of(item.find("pageEnd")),
        "issn": " ".join(filter(None, (text("issn"), text("eissn")))),
        "isbn": " ".join(filter(None, (text("isbn13"), text("isbn10"), text("isbn")))),
        "publisher": text("publisher/Organization/name", "publisher"),
        "language": text_of(item.find("language")),
        "abstract": text_of(item.find("abstract")),
        "keywords": [text_of(e) for e in item.findall("subject")],
        "url": links,
    }


def _names(item: ElementTree.Element, others: dict[str, ElementTree.Element]) -> list[str]:
    """Authors in the order of their list, else all creators, else the editors."""
    for path in ("authorList", "creator", "editorList", "contributorList"):
        makers = [e for maker in item.findall(path) for e in ([maker] if path == "creator" else maker.iter("li"))]
        names = []
        for maker in makers:
            person = maker[0] if len(maker) else others.get(maker.get("nodeID") or maker.get("resource", ""))
            if person is not None:
                given = text_of(person.find("givenName")) or text_of(person.find("givenname"))
                family = (
                    text_of(person.find("familyName"))
                    or text_of(person.find("surname"))
                    or text_of(person.find("name"))
                )
                names.append(family_first(f"{family}, {given}".strip(", ")))
        if names:
            return [name for name in names if name]
    return []
