"""XML: EndNote's (as EndNote, Zotero and Mendeley write it), EBSCOhost's, and PubMed's.

Each record's element is parsed by itself, so that one broken record sets aside only itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

from prismake.records.databases import database_name
from prismake.records.drafts import Draft, Parsed
from prismake.records.names import family_first, given_first
from prismake.records.ris_fields import bibliographic_number, database_of_links, pmid_in

_ILLEGAL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F])|0*(?:[0-8]|1[124-9]|2\d|3[01]));"
)
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
Fields = dict[str, list[str]]


def looks_like_endnote(head: str) -> bool:
    """Whether the beginning of a text is EndNote XML."""
    return bool(re.search(r"<records?>\s*<record\b|<record>\s*<(?:database|source-app|ref-type|rec-number)", head))


def looks_like_ebsco(head: str) -> bool:
    """Whether the beginning of a text is EBSCOhost XML."""
    return bool(re.search(r"<rec resultID=", head))


def looks_like_pubmed(head: str) -> bool:
    """Whether the beginning of a text is PubMed XML."""
    return bool(re.search(r"<PubmedArticle(?:Set)?\b|<PubmedBookArticle\b", head))


def parse_endnote(text: str) -> Parsed:
    """All records of an EndNote XML text."""
    return _parse(text, "record", _endnote)


def parse_ebsco(text: str) -> Parsed:
    """All records of an EBSCOhost XML text."""
    return _parse(text, "rec", _ebsco)


def parse_pubmed(text: str) -> Parsed:
    """All records of a PubMed XML text, articles and books."""
    return _parse(text, "(?:PubmedArticle|PubmedBookArticle)", _pubmed)


def _parse(text: str, tag: str, draft: Callable[[ElementTree.Element], Draft]) -> Parsed:
    start = re.compile(rf"<{tag}(?=[\s>])")
    parsed = Parsed([], len(start.findall(text)))
    positions = [match.start() for match in start.finditer(text)]
    line, seen = 1, 0
    for number, position in enumerate(positions):
        chunk = text[position : positions[number + 1] if number + 1 < len(positions) else len(text)]
        line += text.count("\n", seen, position)
        seen = position
        ends = [match.end() for match in re.finditer(rf"</{tag}\s*>", chunk)]
        if not ends:
            parsed.set_aside.append(
                (line, "has no end tag: the file may have been cut off", " ".join(chunk[:200].split()))
            )
            parsed.faults.warning(
                "truncated",
                "This record has no end tag: the file may have been cut off.",
                line=line,
                expected="an end tag after each record",
                mend="export this search again and compare the number of records",
            )
            continue
        element = _element(chunk[: ends[-1]])
        if element is None:
            parsed.set_aside.append((line, "is not well-formed XML", " ".join(chunk[:200].split())))
            parsed.faults.warning(
                "broken-record",
                "This record is not well-formed XML and was set aside.",
                line=line,
                mend="export this search again",
            )
            continue
        made = draft(element)
        if not made["raw"]:
            parsed.set_aside.append((line, "has no content", ""))
            continue
        parsed.drafts.append({"line": line, **made})
    return parsed


def _element(chunk: str) -> ElementTree.Element | None:
    chunk = _ILLEGAL.sub(" ", chunk)
    for text in (chunk, _AMPERSAND.sub("&amp;", chunk)):
        try:
            return ElementTree.fromstring(text)
        except ElementTree.ParseError:
            continue
    return None


def _text(element: ElementTree.Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _leaves(element: ElementTree.Element, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of all elements without children, and (path@name, value) of attributes."""
    for child in element:
        here = f"{path}/{child.tag}" if path else child.tag
        if len(child) and not all(grand.tag == "style" for grand in child):
            yield from _leaves(child, here)
        else:
            text = _text(child)
            if text:
                yield here, text
        for name, value in child.attrib.items():
            if value and child.tag != "style":
                yield f"{here}@{name}", value


def _raw(element: ElementTree.Element) -> Fields:
    raw: Fields = {}
    for path, text in _leaves(element):
        raw.setdefault(path, []).append(text)
    return raw


def _endnote(record: ElementTree.Element) -> Draft:
    raw = _raw(record)

    def one(*paths: str) -> str:
        return next((raw[path][0] for path in paths if path in raw), "")

    names = raw.get("contributors/authors/author") or raw.get("contributors/secondary-authors/author") or []
    links = " ".join(value for path, values in raw.items() if path.startswith("urls/") for value in values)
    database, platform = database_of_links(links, "", one("accession-num"), one("remote-database-name"))
    number = one("accession-num") or bibliographic_number(links)
    notes = " ".join(raw.get("notes", ())[:1])[:4000]
    journal = one("titles/secondary-title", "periodical/full-title", "alt-periodical/full-title")
    return {
        "raw": raw,
        "database": database,
        "platform": platform,
        "accession": number,
        "alias": [f"endnote-{one('rec-number')}"] if one("rec-number") else [],
        "pmid": number
        if number.isdigit() and (one("remote-database-provider") == "NLM" or database in ("PubMed", "MEDLINE"))
        else pmid_in(notes),
        "doi": [one("electronic-resource-num"), *([links] if "doi.org" in links else [])],
        "type_code": one("ref-type@name"),
        "type_words": [one("work-type")],
        "title": one("titles/title", "titles/short-title"),
        "title_alternative": one("titles/translated-title", "titles/alt-title")
        if one("titles/translated-title")
        else "",
        "authors": [family_first(name) if "," in name or _short(name) else given_first(name) for name in names],
        "years": [one("dates/year"), one("dates/pub-dates/date")],
        "dates": [one("dates/pub-dates/date")],
        "journal": journal,
        "journal_abbreviation": one("periodical/abbr-1", "titles/alt-title"),
        "volume": one("volume"),
        "issue": one("number", "issue"),
        "pages": one("pages"),
        "serials": raw.get("isbn", ()),
        "issn": one("issn"),
        "publisher": one("publisher"),
        "language": one("language"),
        "abstract": one("abstract"),
        "keywords": [word for value in raw.get("keywords/keyword", ()) for word in re.split(r"[\r\n;]+", value)],
        "url": one("urls/related-urls/url", "urls/web-urls/url"),
    }


def _short(name: str) -> bool:
    """Whether a name without a comma ends in initials ("Smith JM")."""
    last = name.rsplit(" ", 1)[-1]
    return len(last) <= 4 and last.replace(".", "").isupper()


def _ebsco(record: ElementTree.Element) -> Draft:
    raw = _raw(record)

    def find(path: str) -> ElementTree.Element | None:
        return record.find(path)

    def of_type(kind: str) -> str:
        return next((_text(e) for e in record.iter("ui") if e.get("type") == kind), "")

    header = find("header")
    head = header.attrib if header is not None else {}
    base = "header/controlInfo/" if find("header/controlInfo") is not None else "controlInfo/"
    authors = [_text(e) for e in record.findall(f"{base}artinfo/aug/au")] or [
        _text(e) for e in record.findall(f"{base}bkinfo/aug/au")
    ]
    date = find(f"{base}pubinfo/dt")
    abstracts = [_text(e) for e in record.iter("ab")]
    return {
        "raw": raw,
        "database": database_name(head.get("longDbName", "")) or database_name(head.get("shortDbName", "")),
        "platform": "EBSCOhost",
        "accession": head.get("uiTerm", "") or of_type("an"),
        "pmid": of_type("pmid"),
        "doi": [of_type("doi")],
        "type_words": [_text(e) for e in record.iter("doctype")] + [_text(e) for e in record.iter("pubtype")],
        "type_code": "article" if _text(find(f"{base}jinfo/jtl")) else "",
        "title": _text(find(f"{base}artinfo/tig/atl")) or _text(find(f"{base}bkinfo/btl")),
        "title_alternative": _text(find(f"{base}artinfo/tig/atl2")),
        "authors": [family_first(a) if "," in a else given_first(a) for a in authors],
        "years": [date.get("year", "") if date is not None else "", _text(date)],
        "dates": [_text(date)],
        "journal": _text(find(f"{base}jinfo/jtl")) or _text(find(f"{base}chapinfo/btl")),
        "volume": _text(find(f"{base}pubinfo/vid")),
        "issue": _text(find(f"{base}pubinfo/iid")),
        "pages": _text(find(f"{base}artinfo/pages")),
        "first_page": _text(find(f"{base}artinfo/ppf")),
        "issn": " ".join(_text(e) for e in record.iter("issn")),
        "isbn": " ".join(_text(e) for e in record.iter("isbn")),
        "publisher": _text(find(f"{base}pubinfo/pub")),
        "language": "; ".join(_text(e) for e in record.findall(f"{base}language"))
        or _text(find(f"{base}artinfo/language")),
        "abstract": " ".join(a for i, a in enumerate(abstracts) if not (i and a.startswith("Copyright of "))),
        "keywords": [_text(e) for e in record.iter("keyword")] or [_text(e) for e in record.iter("subj")],
        "url": _text(find("header/displayInfo/pLink/url")) or _text(record.find(".//pLink/url")),
    }


def _pubmed(record: ElementTree.Element) -> Draft:
    raw = _raw(record)

    def text(path: str) -> str:
        return _text(record.find(path))

    people = []
    for author in record.findall(".//Article/AuthorList/Author") or record.findall(".//BookDocument/AuthorList/Author"):
        family, given = _text(author.find("LastName")), _text(author.find("ForeName")) or _text(author.find("Initials"))
        people.append(f"{family}, {given}".strip(", ") if family else _text(author.find("CollectiveName")))
    dois = [_text(e) for e in record.findall(".//ELocationID") if e.get("EIdType") == "doi"] + [
        _text(e) for e in record.findall("./PubmedData/ArticleIdList/ArticleId") if e.get("IdType") == "doi"
    ]
    issue = ".//JournalIssue"
    return {
        "raw": raw,
        "database": "PubMed",
        "platform": "PubMed",
        "accession": text(".//PMID"),
        "pmid": text(".//PMID"),
        "doi": dois,
        "type_code": "article" if text(".//Journal/Title") else "book",
        "type_words": [_text(e) for e in record.iter("PublicationType")],
        "title": text(".//ArticleTitle") or text(".//BookTitle"),
        "title_alternative": text(".//VernacularTitle"),
        "authors": people,
        "years": [
            text(f"{issue}/PubDate/Year"),
            text(f"{issue}/PubDate/MedlineDate"),
            text(".//ArticleDate/Year"),
            text(".//PubDate/Year"),
        ],
        "journal": text(".//Journal/Title"),
        "journal_abbreviation": text(".//Journal/ISOAbbreviation"),
        "volume": text(f"{issue}/Volume"),
        "issue": text(f"{issue}/Issue"),
        "pages": text(".//Pagination/MedlinePgn") or text(".//Pagination/StartPage"),
        "issn": " ".join(_text(e) for e in record.iter("ISSN")),
        "isbn": text(".//Isbn"),
        "language": "; ".join(_text(e) for e in record.iter("Language")),
        "abstract": " ".join(_text(e) for e in record.findall(".//Abstract/AbstractText")),
        "keywords": [_text(e) for e in record.iter("Keyword")] + [_text(e) for e in record.iter("DescriptorName")],
    }
