"""XML: EndNote's (as EndNote, Zotero and Mendeley write it), EBSCOhost's, and PubMed's."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from prismake.records.databases import database_name
from prismake.records.drafts import Draft, Parsed
from prismake.records.names import family_first, given_first
from prismake.records.ris_fields import bibliographic_number, database_of_links, pmid_in
from prismake.records.xml_records import parse_elements, raw_of, text_of


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
    return parse_elements(text, "record", _endnote)


def parse_ebsco(text: str) -> Parsed:
    """All records of an EBSCOhost XML text."""
    return parse_elements(text, "rec", _ebsco)


def parse_pubmed(text: str) -> Parsed:
    """All records of a PubMed XML text, articles and books."""
    return parse_elements(text, "(?:PubmedArticle|PubmedBookArticle)", _pubmed)


def _endnote(record: ElementTree.Element) -> Draft:
    raw = raw_of(record)

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
    raw = raw_of(record)

    def find(path: str) -> ElementTree.Element | None:
        return record.find(path)

    def of_type(kind: str) -> str:
        return next((text_of(e) for e in record.iter("ui") if e.get("type") == kind), "")

    header = find("header")
    head = header.attrib if header is not None else {}
    base = "header/controlInfo/" if find("header/controlInfo") is not None else "controlInfo/"
    authors = [text_of(e) for e in record.findall(f"{base}artinfo/aug/au")] or [
        text_of(e) for e in record.findall(f"{base}bkinfo/aug/au")
    ]
    date = find(f"{base}pubinfo/dt")
    abstracts = [text_of(e) for e in record.iter("ab")]
    return {
        "raw": raw,
        "database": database_name(head.get("longDbName", "")) or database_name(head.get("shortDbName", "")),
        "platform": "EBSCOhost",
        "accession": head.get("uiTerm", "") or of_type("an"),
        "pmid": of_type("pmid"),
        "doi": [of_type("doi")],
        "type_words": [text_of(e) for e in record.iter("doctype")] + [text_of(e) for e in record.iter("pubtype")],
        "type_code": "article" if text_of(find(f"{base}jinfo/jtl")) else "",
        "title": text_of(find(f"{base}artinfo/tig/atl")) or text_of(find(f"{base}bkinfo/btl")),
        "title_alternative": text_of(find(f"{base}artinfo/tig/atl2")),
        "authors": [family_first(a) if "," in a else given_first(a) for a in authors],
        "years": [date.get("year", "") if date is not None else "", text_of(date)],
        "dates": [text_of(date)],
        "journal": text_of(find(f"{base}jinfo/jtl")) or text_of(find(f"{base}chapinfo/btl")),
        "volume": text_of(find(f"{base}pubinfo/vid")),
        "issue": text_of(find(f"{base}pubinfo/iid")),
        "pages": text_of(find(f"{base}artinfo/pages")),
        "first_page": text_of(find(f"{base}artinfo/ppf")),
        "issn": " ".join(text_of(e) for e in record.iter("issn")),
        "isbn": " ".join(text_of(e) for e in record.iter("isbn")),
        "publisher": text_of(find(f"{base}pubinfo/pub")),
        "language": "; ".join(text_of(e) for e in record.findall(f"{base}language"))
        or text_of(find(f"{base}artinfo/language")),
        "abstract": " ".join(a for i, a in enumerate(abstracts) if not (i and a.startswith("Copyright of "))),
        "keywords": [text_of(e) for e in record.iter("keyword")] or [text_of(e) for e in record.iter("subj")],
        "url": text_of(find("header/displayInfo/pLink/url")) or text_of(record.find(".//pLink/url")),
    }


def _pubmed(record: ElementTree.Element) -> Draft:
    raw = raw_of(record)

    def text(path: str) -> str:
        return text_of(record.find(path))

    people = []
    for author in record.findall(".//Article/AuthorList/Author") or record.findall(".//BookDocument/AuthorList/Author"):
        family, given = (
            text_of(author.find("LastName")),
            text_of(author.find("ForeName")) or text_of(author.find("Initials")),
        )
        people.append(f"{family}, {given}".strip(", ") if family else text_of(author.find("CollectiveName")))
    dois = [text_of(e) for e in record.findall(".//ELocationID") if e.get("EIdType") == "doi"] + [
        text_of(e) for e in record.findall("./PubmedData/ArticleIdList/ArticleId") if e.get("IdType") == "doi"
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
        "type_words": [text_of(e) for e in record.iter("PublicationType")],
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
        "issn": " ".join(text_of(e) for e in record.iter("ISSN")),
        "isbn": text(".//Isbn"),
        "language": "; ".join(text_of(e) for e in record.iter("Language")),
        "abstract": " ".join(text_of(e) for e in record.findall(".//Abstract/AbstractText")),
        "keywords": [text_of(e) for e in record.iter("Keyword")] + [text_of(e) for e in record.iter("DescriptorName")],
    }
