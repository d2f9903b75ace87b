"""The works as three databases would export them, each in its own format and with its own view of the same work.

The shapes follow real exports: Scopus CSV as written since 2023, Web of Science tagged text, APA PsycInfo RIS as
Ovid writes it. What differs between databases here (letter case, lost diacritics, abbreviated journals, missing DOIs,
early-view years, cut titles) is what differs between them in reality.
"""

from __future__ import annotations

import csv
import io
import re
import textwrap
import unicodedata
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from dice import Dice
from works import Work

SEARCH_OF = {"s": "scopus", "p": "psycinfo", "w": "wos", "r": "register"}
ORDER = ("scopus", "psycinfo", "wos", "register")  # as in config/config.yaml: the earliest member names a record
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


@dataclass(frozen=True)
class Source:
    """One row of one export: a work as that database has it, under that database's accession number."""

    search: str
    accession: str
    work: Work
    repeated: bool = False
    unclear: bool = False

    @property
    def source_record_id(self) -> str:
        """Its id in Prismake; a row exported twice gets the ordinal."""
        return f"{self.search}:{self.accession}{'#2' if self.repeated else ''}"


def plain(text: str) -> str:
    """Text without diacritics and typographic signs, as older databases have it."""
    for sign, simple in (("–", "-"), ("“", '"'), ("”", '"'), ("’", "'"), ("ø", "o"), ("Ø", "O"), ("æ", "ae"),
                         ("ð", "d"), ("ß", "ss"), ("Æ", "Ae")):  # fmt: skip
        text = text.replace(sign, simple)
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def initials(given: str) -> str:
    """`Ilse M.` -> `I.M.`"""
    return ".".join(part[0] for part in re.findall(r"\w+", given)) + "."


def title_case(text: str) -> str:
    """Capitals on all long words, as Web of Science often has them."""
    small = {"with", "from", "among"}
    return " ".join(w if len(w) < 4 or w in small else w[:1].upper() + w[1:] for w in text.split(" "))


def as_indexed(work: Work, search: str, dice: Dice) -> Work:
    """A work as a database that is not its best source indexes it."""
    changes: dict[str, object] = {}
    if search == "register":
        return work
    if work.doi and dice.chance({"scopus": 0.03, "psycinfo": 0.10, "wos": 0.08}[search]):
        changes["doi"] = ""
    if search == "scopus" and dice.chance(0.03):
        changes["title"] = work.title.replace(" and ", " &amp; ", 1)
    if search == "wos" and dice.chance(0.02) and len(work.title) > 110:
        changes["title"] = work.title[:96].rsplit(" ", 1)[0]
    if search == "psycinfo" and dice.chance(0.04) and ": " in work.title:
        changes["title"] = work.title.split(": ")[0]
    if search != "scopus" and work.first_page and dice.chance(0.03):
        changes |= {"first_page": "", "last_page": "", "issue": "", "volume": "", "year": work.year - 1}
    if search != "scopus" and not dice.chance(0.9):
        changes["abstract"] = ""
    return replace(work, **changes)  # type: ignore[arg-type]


def accession_number(search: str, work: Work, dice: Dice, extra: int = 0) -> str:
    """An accession number in the database's form, in a range that it has not given out."""
    number = int(work.key[1:])
    if search == "scopus":
        return f"2-s2.0-99{number + extra:09d}"
    if search == "wos":
        return f"WOS:0099{number:06d}{dice.whole(10000, 99999)}"
    if search == "register":
        return f"SIM-{work.year}-{number:04d}"
    return f"{work.year}-9{number + extra:04d}-{dice.whole(1, 12):03d}"


def sources_of(works: list[Work], seed: int) -> list[Source]:
    """Every row of the three exports, shuffled as a database sorts by relevance."""
    dice = Dice(seed, "sources")
    rows: list[Source] = []
    for work in works:
        for code in work.covered:
            search = SEARCH_OF[code]
            rows.append(Source(search, accession_number(search, work, dice), as_indexed(work, search, dice)))
    twice = [row for row in rows if row.work.doi and row.work.first_page and row.work.fate == "out"]
    for row in dice.some([row for row in twice if row.search == "scopus"], 4):  # article in press, then final
        early = replace(row.work, volume="", issue="", first_page="", last_page="")
        rows.append(Source("scopus", accession_number("scopus", row.work, dice, 500000), early))
    for row in dice.some([row for row in twice if row.search == "psycinfo"], 2):  # the same row on two result pages
        rows.append(replace(row, repeated=True))
    for row in dice.some([row for row in twice if row.search == "psycinfo"], 2):  # indexed twice
        rows.append(Source("psycinfo", accession_number("psycinfo", row.work, dice, 9000), row.work))
    rows = _made_unclear(rows, Dice(seed, "unclear"))
    order = {id(row): dice.unit() for row in rows}
    return sorted(rows, key=lambda row: (row.repeated, order[id(row)]))


def _made_unclear(rows: list[Source], dice: Dice) -> list[Source]:
    """Five rows that no rule should join: the same title and people, a year on and without DOI, place or abstract."""
    pool = [row for row in rows if row.search == "psycinfo" and len(row.work.covered) == 2 and row.work.fate == "out"]
    chosen = {id(row) for row in dice.some([row for row in pool if row.work.entry_type == "article"], 5)}
    nowhere: dict[str, Any] = {"volume": "", "issue": "", "first_page": "", "last_page": "", "doi": "", "abstract": ""}
    return [
        replace(row, work=replace(row.work, year=row.work.year + 1, **nowhere), unclear=True)
        if id(row) in chosen
        else row
        for row in rows
    ]


SCOPUS_COLUMNS = [
    "Authors", "Author full names", "Author(s) ID", "Title", "Year", "Source title", "Volume", "Issue", "Art. No.",
    "Page start", "Page end", "Cited by", "DOI", "Link", "Abstract", "Author Keywords", "Publisher", "ISSN",
    "PubMed ID", "Language of Original Document", "Abbreviated Source Title", "Document Type", "Publication Stage",
    "Open Access", "Source", "EID",
]  # fmt: skip
SCOPUS_TYPES = {"article": "Article", "review": "Review", "editorial": "Editorial", "letter": "Letter",
                "erratum": "Erratum", "conference": "Conference paper", "protocol": "Article",
                "preprint": "Preprint", "dissertation": "Article"}  # fmt: skip


def scopus_csv(rows: list[Source], seed: int) -> str:
    """Scopus CSV: every cell quoted, the byte order mark is added when the file is written."""
    dice = Dice(seed, "scopus")
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(SCOPUS_COLUMNS)
    for row in rows:
        work, journal = row.work, row.work.journal
        ids = [str(99000000000 + dice.whole(1, 999999)) for _ in work.authors]
        in_press = bool(journal) and not work.volume
        publisher = journal.publisher if journal else "SimArchive"
        year = journal.publisher if journal else "The Authors"
        link = f"https://www.scopus.com/inward/record.uri?eid={row.accession}"
        if work.doi:
            link += f"&doi={quote(work.doi, safe='').lower()}&partnerID=40&md5={dice.whole(10**8, 10**9):032x}"
        writer.writerow([
            "; ".join(f"{family} {initials(given)}" for family, given in work.authors),
            "; ".join(f"{name[0]}, {name[1]} ({i})" for name, i in zip(work.authors, ids, strict=True)),
            "; ".join(ids), work.title, work.year, journal.name if journal else "SimArchive",
            work.volume, work.issue, work.article_number, work.first_page, work.last_page, dice.whole(0, 90), work.doi,
            link, f"{work.abstract} © {work.year} {year}." if work.abstract else "[No abstract available]",
            "; ".join(work.keywords), publisher, journal.issn.replace("-", "") if journal else "", work.pmid, "English",
            journal.abbreviation.replace(" ", ". ") + "." if journal else "", SCOPUS_TYPES[work.entry_type],
            "Article in press" if in_press else "Final", dice.one(["", "", "All Open Access; Gold Open Access"]),
            "Scopus", row.accession,
        ])  # fmt: skip
    return out.getvalue()


WOS_TYPES = {"article": "Article", "review": "Review", "editorial": "Editorial Material", "letter": "Letter",
             "erratum": "Correction", "conference": "Meeting Abstract", "protocol": "Article"}  # fmt: skip


def _tagged(tag: str, text: str, width: int = 0) -> list[str]:
    """A field of Web of Science's tagged text, wrapped where the platform wraps it."""
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) if width else [text]
    return [f"{tag} {lines[0]}", *(f"   {line}" for line in lines[1:])]


def wos_text(rows: list[Source], seed: int) -> str:
    """Web of Science plain text: FN and VR on top, one block a record, EF at the end."""
    dice = Dice(seed, "wos")
    lines = ["FN Clarivate Analytics Web of Science", "VR 1.0"]
    for row in rows:
        work, journal = row.work, row.work.journal
        assert journal is not None, "Web of Science holds journal articles only"
        fold = plain if dice.chance(0.7) else str
        capital = title_case if dice.chance(0.6) else str
        people = [(fold(family), fold(given)) for family, given in work.authors]
        lines.append("PT J")
        for tag, form in (("AU", lambda g: initials(g).replace(".", "")), ("AF", str)):
            names = [f"{family}, {form(given)}" for family, given in people]
            lines += [f"{tag} {names[0]}", *(f"   {name}" for name in names[1:])]
        lines += _tagged("TI", capital(work.title), 77)
        lines += _tagged("SO", plain(journal.name).upper(), 77)
        lines += ["LA English", f"DT {WOS_TYPES[work.entry_type]}"]
        lines += _tagged("DE", "; ".join(work.keywords), 77)
        lines += _tagged("ID", "; ".join(word.upper().replace(" ", "-") for word in work.keywords[:3]), 77)
        if work.abstract:
            lines += _tagged("AB", work.abstract)
        first = ", ".join((people[0][0], initials(people[0][1]).replace(".", "")))
        lines += [f"RP {first} (corresponding author), Univ Elsewhere, Dept Psychol, Nowhere.",
                  f"NR {dice.whole(11, 78)}", f"TC {dice.whole(0, 60)}", f"Z9 {dice.whole(0, 66)}",
                  f"U1 {dice.whole(0, 5)}", f"U2 {dice.whole(0, 40)}", f"PU {journal.publisher.upper()}",
                  "PI NOWHERE", f"SN {journal.issn}", f"J9 {plain(journal.abbreviation).upper()}",
                  f"JI {plain(journal.abbreviation).replace(' ', '. ')}."]  # fmt: skip
        if work.volume:
            lines.append(f"PD {dice.one(MONTHS)}")
        lines.append(f"PY {work.year}")
        for tag, value in (("VL", work.volume), ("IS", work.issue), ("BP", work.first_page), ("EP", work.last_page),
                           ("AR", work.article_number), ("DI", work.doi)):  # fmt: skip
            if value:
                lines.append(f"{tag} {value}")
        if not work.volume:
            lines.append(f"EA {dice.one(MONTHS)} {work.year}")
        lines += [f"PG {dice.whole(2, 20)}", "WC Psychology, Clinical", "WE Social Science Citation Index (SSCI)",
                  "SC Psychology", f"GA {dice.whole(100, 999)}ZZ", f"UT {row.accession}"]  # fmt: skip
        if work.pmid:
            lines.append(f"PM {work.pmid}")
        lines += ["DA 2025-09-18", "ER", ""]
    return "\n".join([*lines, "EF"])


OVID_TYPES = {"article": "Journal Article", "review": "Journal Article", "editorial": "Editorial", "letter": "Letter",
              "erratum": "Erratum/Correction", "conference": "Abstract Collection", "protocol": "Journal Article",
              "dissertation": "Dissertation Abstract", "preprint": "Journal Article"}  # fmt: skip


def ovid_ris(rows: list[Source], seed: int) -> str:
    """APA PsycInfo as Ovid writes RIS: a number before each record; journal abbreviation and link after its end."""
    dice = Dice(seed, "psycinfo")
    lines: list[str] = []
    for number, row in enumerate(rows, start=1):
        work, journal = row.work, row.work.journal
        doi = f"http://dx.doi.org/{work.doi}" if work.doi else ""
        lines += [f"{number}. ", "TY  - JOUR" if journal else "TY  - THES", f"ID  - {row.accession}"]
        lines += [f"DO  - {doi}"] if doi else []
        lines.append(f"T1  - {plain(work.title).replace(' - ', '--')}.")
        lines += [f"A1  - {plain(family)}, {plain(given).replace('.', '')}" for family, given in work.authors]
        if dice.chance(0.2):
            family, given = (plain(part) for part in work.authors[0])
            lines.append(
                f"AI  - ORCID: http://orcid.org/{family}, {given}; ORCID: http://orcid.org/0000-0000-0000-0000"
            )
        lines.append(f"Y1  - {work.year}//")
        if work.abstract:
            rights = f"(PsycInfo Database Record (c) {work.year + 1} APA, all rights reserved)"
            lines.append(f"N2  - {plain(work.abstract)} {rights}")
        lines += [f"KW  - {'*' if place < 2 else ''}{plain(word).title()}" for place, word in enumerate(work.keywords)]
        lines.append("M3  - Health & Mental Health Treatment & Prevention [3300]")
        if journal:
            lines.append(f"JF  - {plain(journal.name)}")
            lines += [f"VL  - {work.volume}"] if work.volume else []
            lines += [f"IS  - {work.issue}"] if work.issue else []
            if work.first_page:
                lines += [f"SP  - {work.first_page}", f"EP  - {work.last_page}"]
            else:
                lines += ["SP  - No", "EP  - Specified"]
            lines += ["CY  - US", f"PB  - {journal.publisher}", "PB  - US", f"SN  - {journal.issn}"]
        else:
            lines += ["JF  - Dissertation Abstracts of Elsewhere: Section B", "SP  - No", "EP  - Specified"]
        family, given = (plain(part) for part in work.authors[0])
        lines.append(f"AD  - {family}, {given}: Department of Psychology, University of Elsewhere")
        for _ in range(dice.whole(0, 3)):
            place = f"{dice.whole(1, 60)}, {dice.whole(1, 400)}-{dice.whole(401, 500)}"
            lines.append(f"M1  - Anon. ({dice.whole(1979, 2010)}). An invented reference. Nowhere, {place}")
        lines += [f"DO  - {doi}"] if doi else []
        lines.append(f"PT  - {OVID_TYPES[work.entry_type]}")
        link = "http://ovidsp.ovid.com/ovidweb.cgi?T=JS&PAGE=reference&D=psycsim&NEWS=N&AN="
        lines.append(f"L2  - {link}{row.accession}")
        lines += ["ER  - ", f"NL  - {plain(journal.abbreviation) if journal else 'Diss Abstr Elsewhere'}", ""]
        lines.append(
            "Link to the Ovid Full Text or citation: http://ovidsp.ovid.com/ovidweb.cgi?T=JS&CSC=Y&NEWS=N&PAGE=fulltext"
            f"&D=psycsim&AN={row.accession}Link to the External Link Resolver: http://resolver.example.org/?sid=OVID:psycdb"
            f"&id=doi:{quote(work.doi, safe='')}&date={work.year}&atitle={quote(plain(work.title))}"
        )
        lines.append("")
    return "\n".join(lines) + "\n"


def register_csv(rows: list[Source]) -> str:
    """The invented trial register's list of hits, as a plain table."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["Trial ID", "Public title", "Contact", "Registered", "Status", "URL"])
    for row in rows:
        status = "Recruiting" if row.work.fate == "ongoing" else "Completed"
        family, given = row.work.authors[0]
        writer.writerow([row.accession, row.work.title, f"{family}, {given}", row.work.year, status,
                         f"https://register.example.org/{row.accession}"])  # fmt: skip
    return out.getvalue()
