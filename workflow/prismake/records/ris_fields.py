"""What the tags of RIS mean, which differs by who wrote the file."""

from __future__ import annotations

import re
from functools import lru_cache

from prismake.records.cleaning import unescaped
from prismake.records.databases import database_name, databases_in
from prismake.records.drafts import Draft
from prismake.records.names import are_initials, family_first, given_first, is_collective, names_in

Fields = dict[str, list[str]]

_PSYCINFO = re.compile(r"\d{4}-\d{5}-\d{3}")
_EID = re.compile(r"eid=(2-s2\.0-\d+)|scopus\.com/pages/publications/(\d+)")  # until 2025, and since
_EID_NOTE = re.compile(r"\bEID: *(2-s2\.0-\d+)")
_UT = re.compile(
    r"(?:WOS|MEDLINE|BCI|BIOSIS|CABI|CCC|KJD|RSCI|SCIELO|ZOOREC|DIIDW|INSPEC|DRCI|FSTA|PPRN|GCI|PQDT|ARCI):[A-Z0-9]+"
)
_EBSCO_ACCESSION = re.compile(r"Accession Number: *([A-Z]{0,4}[\d-]+(?:-\d+)*)")
_EBSCO_AN = re.compile(r"[?&](?:amp;)?AN=([^&\s]+)")
_EBSCO_DB = re.compile(r"[?&](?:amp;)?db=([a-z0-9]+)", re.IGNORECASE)
_OVID_DB = re.compile(r"[?&]D=([a-z0-9]+)")
_DOCVIEW = re.compile(r"docview/(\d+)")
_LENS = re.compile(r"lens\.org/(?:lens/scholar/article/)?(\d{3}(?:-\d{3}){4})|lens\.org/([\dX]{3}(?:-[\dX]{3}){4})")
_PMID = re.compile(
    r"(?:PMID|PUBMED|PubMed ID|Medline)[:\s]*(\d{4,9})|(\d{4,9}) ?\[PMID\]"
    r"|(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/(\d{4,9})",
    re.IGNORECASE,
)
_PMID_HINTS = ("PM", "ubMed", "ubmed", "PUBMED", "edline")
_DOI_IN_NOTE = re.compile(r"\bdoi:? ?(10\.\S+)", re.IGNORECASE)
_RAYYAN = re.compile(r"rayyan-\d+")
_INITIALS_LISTED = re.compile(r"\w [A-Z]{1,3}, \w")
_TITLES = re.compile(
    r"\b(?:ph\.?d|m\.?d|m\.?sc|m\.?ph|r\.?n|jr|sr|i{2,3}|university|institute|department)\b", re.IGNORECASE
)
_BOOKS = ("BOOK", "EDBOOK", "EBOOK", "SER", "SERIAL", "THES")


def draft_of(fields: Fields, people: list[str]) -> Draft:
    """The draft of a record's fields; `people` are its author names in their order."""
    one = {tag: values[0] for tag, values in fields.items() if values}.get
    code = (one("TY") or "").upper()
    links = " ".join([*fields.get("UR", ()), *fields.get("L2", ())])
    ovid = "ovid" in links and ("ovidsp.ovid.com" in links or "ovidweb" in links)
    database, platform = _database(fields, links, ovid)
    title = one("TI") or one("T1") or one("CT") or (one("BT") if code in _BOOKS else "") or one("ST") or ""
    journal, abbreviation, alternative = _journal(fields, code, ovid, platform)
    doi = [*fields.get("DO", ()), *fields.get("DI", ())]
    if not any("10." in value for value in doi):
        doi += _doi_elsewhere(fields)
    accession, aliases = _accession(fields, links, platform, ovid)
    pmid = _pmid(fields, accession, database)
    return {
        "database": database,
        "platform": platform,
        "accession": accession,
        "alias": aliases,
        "pmid": pmid,
        "doi": doi,
        "type_code": code,
        "type_words": [
            *fields.get("PT", ()),
            *(m for m in fields.get("M3", ()) if not m.lower().startswith("doi") and "[" not in m),
        ],
        "title": title,
        "title_alternative": one("TT") or alternative,
        "authors": _authors(people, fields, code),
        "years": [value for tag in ("PY", "Y1", "YR", "DA", "DP") if tag in fields for value in fields[tag]],
        "dates": [value for tag in ("DA", "Y1", "PY") if tag in fields for value in fields[tag]],
        "journal": journal,
        "journal_abbreviation": abbreviation,
        "volume": one("VL") or one("VO") or "",
        "issue": one("IS") or one("IP") or one("CP") or one("NO") or "",
        "first_page": one("SP") or one("PG") or "",
        "last_page": one("EP") or "",
        "article_number": one("C7") or one("AR") or "",
        "serials": fields.get("SN", ()),
        "publisher": one("PB") or one("PU") or "",
        "language": "; ".join(fields.get("LA", ())),
        "abstract": _abstract(fields),
        "keywords": _keywords(fields),
        "url": _url(fields),
        "raw": fields,
    }


def _one(fields: Fields, *tags: str) -> str:
    """The first value of the first of these tags that is there."""
    for tag in tags:
        values = fields.get(tag)
        if values:
            return values[0]
    return ""


def _authors(people: list[str], fields: Fields, code: str) -> list[str]:
    if not people and code in _BOOKS:
        people = fields.get("ED", []) or fields.get("A2", [])
    people = people or fields.get("CA", [])
    together = "\0".join(people)
    separate = "; " not in together and "\n" not in together and " and " not in together
    if (
        separate and together.count(",") <= len(people) and not _INITIALS_LISTED.search(together)
    ):  # a name a line, as RIS has it
        return [name for name in map(_person, people) if name]
    names: list[str] = []
    for cell in people:
        if "; " in cell or "\n" in cell or (" and " in cell and ("," in cell or not is_collective(cell))):
            many = names_in(cell)
        else:
            many = _listed(cell)
        if len(many) < 2:
            names.append(_person(many[0] if many else cell))
        else:
            names += [_person(name, "," not in name and not are_initials(name.split()[-1])) for name in many]
    return [name for name in names if name]


def _listed(cell: str) -> list[str]:
    """The names of a cell with whole names between commas ("Ann Ng, Bo Ek, Cy Aas" or "Ng A, Ek B"), else none."""
    parts = [part.strip() for part in cell.split(",")]
    if len(parts) < 2 or not all(" " in part for part in parts) or _TITLES.search(cell):
        return []
    return parts if len(parts) > 2 or all(are_initials(part.split()[-1]) for part in parts) else []


@lru_cache(maxsize=65536)
def _person(name: str, given_names_first: bool = False) -> str:
    """A name as "Family, Given"; "" for the words that databases write where there is no author."""
    name = given_first(name) if given_names_first else family_first(name)
    return "" if name.lower() in ("anonymous", "[anonymous]", "anon", "na", "[no author name available]") else name


def _journal(fields: Fields, code: str, ovid: bool, platform: str) -> tuple[str, str, str]:
    """Journal (or the book of a chapter), its abbreviation, and the title in another language that Ovid, and
    EBSCOhost beside JF, put into T2.
    """
    full = _one(fields, "JF")
    second = _one(fields, "T2")
    short = _one(fields, "J2", "JA", "J1", "JI", "J9", "JO")
    if short.lower().startswith("http"):
        short = ""
    alternative = ""
    if code in _BOOKS:
        return full or _one(fields, "T3") or second, short, ""
    if full and second and (ovid or platform == "EBSCOhost") and code == "JOUR" and second.lower() != full.lower():
        alternative = second
    elif ovid and not full and second and short and code == "JOUR":
        return short, "", second  # MEDLINE on Ovid: JA only, T2 the vernacular title
    journal = (
        full or second or _one(fields, "JO") or (_one(fields, "BT") if code == "CHAP" else "") or _one(fields, "T3")
    )
    if journal.lower().startswith("http"):
        journal = ""
    return journal, short, alternative


def _database(fields: Fields, links: str, ovid: bool) -> tuple[str, str]:
    """Database and platform of a record by its provider, its database field and its links; "" where nothing tells."""
    provider = _one(fields, "DP").lower()
    named = databases_in("\n".join(fields.get("DB", ())))
    if ovid:
        code = _OVID_DB.search(links)
        return (named[0] if named else database_name(code.group(1)) if code else ""), "Ovid"
    if "ebsco" in provider or "ebscohost.com" in links:
        code = _EBSCO_DB.search(links)
        found = named[0] if named else (database_name(code.group(1)) if code else "")
        return found, "EBSCOhost"
    if "proquest.com" in links or any("proquest" in db.lower() for db in fields.get("DB", ())):
        others = [name for name in named if name != "ProQuest"]
        return (others[0] if others else "ProQuest"), "ProQuest"
    ut = next((v for v in [*fields.get("AN", ()), *fields.get("UT", ())] if _UT.fullmatch(v)), "")
    if ut:
        return _of_ut(ut), "Web of Science"
    if _one(fields, "AN").startswith("CN-") or "cochranelibrary.com" in links:
        return "CENTRAL", "Cochrane Library"
    if named:
        platform = "Embase.com" if "embase.com/" in links else ""
        return named[0], platform or {"Scopus": "Scopus", "Embase": "Embase.com"}.get(named[0], "")
    if "scopus.com/" in links:
        return "Scopus", "Scopus"
    if "app.dimensions.ai" in links:
        return "Dimensions", "Dimensions"
    if "lens.org" in links:
        return "The Lens", "The Lens"
    if provider == "nlm":
        return "PubMed", "PubMed"
    return "", ""


def _of_ut(ut: str) -> str:
    prefix = ut.partition(":")[0]
    names = {
        "WOS": "Web of Science",
        "MEDLINE": "MEDLINE",
        "ZOOREC": "Zoological Record",
        "BCI": "BIOSIS",
        "BIOSIS": "BIOSIS",
        "CABI": "CAB Abstracts",
        "KJD": "KCI",
        "SCIELO": "SciELO",
        "INSPEC": "Inspec",
    }
    return names.get(prefix, "Web of Science")


def _accession(fields: Fields, links: str, platform: str, ovid: bool) -> tuple[str, list[str]]:
    """The database's own number of a record and other ids; a reference manager's running number (ID) is none."""
    aliases: list[str] = []
    rayyan = None
    for tag in ("AN", "ID", "N1"):
        for value in fields.get(tag, ()):
            if "rayyan" in value and not rayyan:
                rayyan = _RAYYAN.search(value)
    if rayyan:
        aliases.append(rayyan.group(0))
    identifier = _one(fields, "ID")
    numbers = fields.get("AN", [])
    if any(";" in value or "\n" in value for value in numbers):
        numbers = [part.strip() for value in numbers for part in re.split(r";|\n", value)]
    numbers = [number for number in numbers if number]
    eid = _scopus_number(fields, links)
    if eid:
        numbers.insert(0, eid)
    numbers += [value for value in fields.get("U2", ()) if re.fullmatch(r"L\d+", value)]
    if (
        identifier
        and (ovid or platform == "EBSCOhost" or _PSYCINFO.fullmatch(identifier) or identifier.startswith("CN-"))
        and not (platform == "EBSCOhost" and identifier.isdigit() and len(identifier) < 5)
    ):
        numbers.append(identifier)
    if platform == "EBSCOhost":
        found = [
            m.group(1) for m in (_EBSCO_AN.search(links), _EBSCO_ACCESSION.search(" ".join(fields.get("N1", ())))) if m
        ]
        numbers += found
    docview = _DOCVIEW.search(links) if "docview" in links else None
    if docview:
        numbers.append(docview.group(1))
    lens = _LENS.search(links) if "lens.org" in links else None
    if lens:
        numbers.append(lens.group(1) or lens.group(2))
    unique = list(dict.fromkeys(number.rstrip(".") for number in numbers if number and number.upper() != "NA"))
    if not unique and rayyan:
        return rayyan.group(0), []
    return (unique[0], aliases + unique[1:]) if unique else ("", aliases)


def _scopus_number(fields: Fields, links: str) -> str:
    """Scopus' number of a record (EID) in its links or, as Scopus writes it since 2025, in a note of its own."""
    if "eid=" in links or "scopus.com/pages/" in links:
        eid = _EID.search(links)
        if eid:
            return eid.group(1) or f"2-s2.0-{eid.group(2)}"
    for note in fields.get("N1", ()):
        if note.startswith("EID:"):
            found = _EID_NOTE.match(note)
            if found:
                return found.group(1)
    return ""


def _pmid(fields: Fields, accession: str, database: str) -> str:
    if "PMID" in fields:
        return fields["PMID"][0]
    if database in ("MEDLINE", "PubMed") and accession.isdigit() and len(accession) <= 9:
        return accession
    if database == "Scopus" and _one(fields, "C2").isdigit():
        return _one(fields, "C2")
    for tag in ("PM", "C3", "U1", "N1", "UR", "L2", "ID", "AN"):
        for value in fields.get(tag, ()):
            if not any(hint in value for hint in _PMID_HINTS) or value.startswith("References:"):
                continue
            match = _PMID.search(value)
            if match:
                return match.group(1) or match.group(2) or match.group(3)
    number = _one(fields, "C5") if database in ("Embase", "MEDLINE") else ""
    return number if number.isdigit() else ""


def _doi_elsewhere(fields: Fields) -> list[str]:
    """Places where a DOI stands when DO is not there, or not right: EBSCOhost's L3, PsycNet's M3, links, notes."""
    found = [*fields.get("L3", ()), *fields.get("M3", ()), *fields.get("LID", ())]
    found += [
        url
        for tag in ("UR", "L2", "L1", "LK")
        for url in fields.get(tag, ())
        if "doi.org/" in url or "doi:10" in url or "doi=10" in url
    ]
    for note in fields.get("N1", ()):
        own = note[:3000].partition("References:")[0]  # what follows are the DOIs of cited works
        match = _DOI_IN_NOTE.search(own) if "doi" in own.lower() else None
        if match:
            found.append(match.group(1))
    return found


def _abstract(fields: Fields) -> str:
    parts = [*fields.get("AB", ()), *fields.get("N2", ())]
    if len(parts) < 2:
        return parts[0] if parts else ""
    parts = [
        part for i, part in enumerate(parts) if not (i and part.startswith("Copyright of ")) and part not in parts[:i]
    ]
    return " ".join(parts)


def _keywords(fields: Fields) -> list[str]:
    words: list[str] = []
    for value in [*fields.get("KW", ()), *fields.get("DE", ()), *fields.get("DESCRIPTORS", ())]:
        value = unescaped(value)
        words += value.split("\n") if "\n" in value else re.split(r"\s*;\s+", value) if "; " in value else [value]
    return words


def _url(fields: Fields) -> str:
    for tag in ("UR", "L2", "L1", "LK"):
        for value in fields.get(tag, ()):
            if value:
                return value.split()[0] if value.split() else ""
    return ""


def bibliographic_number(links: str) -> str:
    """The database's number of a record in its links: Scopus' eid, EBSCOhost's AN, ProQuest's docview, The Lens' id."""
    eid = _scopus_number({}, links)
    if eid:
        return eid
    for pattern in (_EBSCO_AN, _DOCVIEW, _LENS):
        match = pattern.search(links)
        if match:
            return next(group for group in match.groups() if group)
    return ""


def database_of_links(links: str, source: str, ut: str, named: str = "") -> tuple[str, str]:
    """Database and platform that links, a `source` field or a Web of Science number tell; "" where nothing does."""
    fields: Fields = {"UR": [links], "DB": [value for value in (source, named) if value], "AN": [ut] if ut else []}
    return _database(fields, links, "ovidsp.ovid.com" in links)


def pmid_in(text: str) -> str:
    """The PMID that a note names, "" where it names none."""
    match = _PMID.search(text)
    return (match.group(1) or match.group(2) or match.group(3)) if match else ""
