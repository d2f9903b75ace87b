"""Records for what teams carry onward: RIS, CSV for Rayyan and ASReview, RIS for Covidence, EPPI-Reviewer and Zotero
or EndNote, BibTeX.

Each carries Prismake's record id in a field that the tool was seen to give back in real exports: Rayyan keeps `notes`
(and, in older exports, `key`), Covidence `Accession Number` (AN), ASReview every column, EPPI-Reviewer `Comments`
(N1), Zotero and EndNote N1 and AN, BibTeX files the key and `note`. Reading back what was written gives the same
records.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pandas as pd

from prismake.records.latex import escaped
from prismake.records.model import authors_of
from prismake.records.tables import csv_text, defuse

ID_NOTE = "prismake-record: "

_RIS_TYPES = {
    "article": "JOUR", "review": "JOUR", "conference": "CONF", "chapter": "CHAP", "book": "BOOK",
    "dissertation": "THES",
    "thesis": "THES", "preprint": "UNPB", "report": "RPRT", "dataset": "DATA", "editorial": "JOUR", "letter": "JOUR",
    "comment": "JOUR", "erratum": "JOUR", "retraction": "JOUR", "protocol": "JOUR", "registration": "GEN",
    "other": "GEN", "": "GEN",
}  # fmt: skip
TYPE_WORDS = {
    "article": "Article", "review": "Review", "conference": "Conference Paper", "chapter": "Book Chapter",
    "book": "Book",
    "dissertation": "Dissertation", "thesis": "Master's thesis", "preprint": "Preprint", "report": "Report",
    "dataset": "Dataset",
    "editorial": "Editorial", "letter": "Letter", "comment": "Comment", "erratum": "Erratum",
    "retraction": "Retraction",
    "protocol": "Protocol", "registration": "Trial registry record", "other": "Website", "": "Unspecified",
}  # fmt: skip
_BIBTEX_TYPES = {
    "article": "article", "review": "article", "conference": "inproceedings", "chapter": "incollection",
    "book": "book",
    "dissertation": "phdthesis", "thesis": "mastersthesis", "report": "techreport",
}  # fmt: skip
FLAVOURS = ("ris", "covidence", "eppi", "zotero", "endnote")


def in_pieces(records: pd.DataFrame, write: Callable[..., str], rows: int = 20_000) -> Iterator[str]:
    """What `write` makes of the records, so many at a time: a million records never stand in memory as one text.

    `write` takes some of the records and `first`, whether they are the first ones.
    """
    for start in range(0, max(len(records), 1), rows):
        yield write(records.iloc[start : start + rows], first=start == 0)


def ris_text(records: pd.DataFrame, flavour: str = "ris", *, first: bool = True) -> str:
    """Records (columns of the model, and `record_id`) as RIS with CRLF line ends, as most reference managers write
    it.

    `flavour`: "covidence" puts the record id into AN, which Covidence returns as Accession Number; the others keep
    the database's number there and carry the id in N1.
    """
    if flavour not in FLAVOURS:
        raise ValueError(f"{flavour!r} is none of {', '.join(FLAVOURS)}")
    return "".join(_ris_record(row, flavour) for row in _rows(records))


def rayyan_csv(records: pd.DataFrame, *, first: bool = True) -> str:
    """Records as the CSV that Rayyan imports, with Rayyan's own columns; the header only above the first."""
    rows = [
        {
            "key": r["record_id"],
            "title": r["title"],
            "year": r["year"],
            "month": "",
            "day": "",
            "journal": r["journal"],
            "issn": r["issn"],
            "volume": r["volume"],
            "issue": r["issue"],
            "pages": r["pages"],
            "authors": " and ".join(name.replace(" and ", " & ") for name in r["authors"].split("; ") if name),
            "url": r["url"],
            "language": r["language"],
            "publisher": r["publisher"],
            "location": "",
            "abstract": r["abstract"],
            "notes": f"{ID_NOTE}{r['record_id']}",
            "doi": r["doi"],
            "keywords": r["keywords"],
            "pubmed_id": r["pmid"],
            "pmc_id": "",
            "type": TYPE_WORDS.get(r["entry_type"], ""),
        }
        for r in _rows(records)
    ]
    columns = [*_RAYYAN_COLUMNS]
    return csv_text(defuse(pd.DataFrame(rows, columns=columns, dtype=str)), header=first)


_RAYYAN_COLUMNS = (
    "key", "title", "year", "month", "day", "journal", "issn", "volume", "issue", "pages", "authors", "url",
    "language", "publisher",
    "location", "abstract", "notes", "doi", "keywords", "pubmed_id", "pmc_id", "type",
)  # fmt: skip
_ASREVIEW_COLUMNS = (
    "prismake_record_id", "title", "abstract", "authors", "keywords", "year", "journal", "volume", "issue", "pages",
    "doi", "pmid", "issn",
    "isbn", "publisher", "language", "url", "type",
)  # fmt: skip
SHEET_COLUMNS = (
    "record_id", "title", "authors", "year", "journal", "abstract", "doi", "url", "reviewer", "decision", "reason",
    "note",
)  # fmt: skip


def asreview_csv(records: pd.DataFrame, *, first: bool = True) -> str:
    """Records as the CSV that ASReview imports; the column prismake_record_id comes back with the labels."""
    rows = [
        {
            **{name: r.get(name, "") for name in _ASREVIEW_COLUMNS},
            "prismake_record_id": r["record_id"],
            "type": TYPE_WORDS.get(r["entry_type"], ""),
        }
        for r in _rows(records)
    ]
    return csv_text(defuse(pd.DataFrame(rows, columns=list(_ASREVIEW_COLUMNS), dtype=str)), header=first)


def sheet_csv(records: pd.DataFrame, *, first: bool = True) -> str:
    """Records as a sheet to screen in: one row a record, with blank columns for the reviewer and the decision."""
    rows = [{name: r.get(name, "") for name in SHEET_COLUMNS} for r in _rows(records)]
    return csv_text(defuse(pd.DataFrame(rows, columns=list(SHEET_COLUMNS), dtype=str)), header=first)


def bibtex_text(records: pd.DataFrame, *, first: bool = True, keys: dict[str, int] | None = None) -> str:
    """Records as BibTeX in UTF-8; the key is made of the record id, which stands whole in `note`.

    `keys`: how often each key was given in earlier pieces of the same file; counted on.
    """
    keys = {} if keys is None else keys
    text = "\n".join(_bibtex_record(row, keys) for row in _rows(records))
    return text if first or not text else f"\n{text}"


def _rows(records: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Rows as dicts of text, blank for what is missing."""
    columns = {}
    for name in records.columns:
        column = records[name]
        columns[name] = ["" if v is None or v is pd.NA or v != v else str(v) for v in column.astype(object).tolist()]
    if "record_id" not in columns:
        columns["record_id"] = columns["source_record_id"]
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def _ris_record(r: dict[str, str], flavour: str) -> str:
    kind = r["entry_type"]
    lines = [("TY", _RIS_TYPES.get(kind, "GEN")), ("TI", r["title"])]
    lines += [("AU", f"{a.family}, {a.given}" if a.given else a.family) for a in authors_of(r["authors"])]
    first, last = _page_ends(r["pages"])
    lines += [
        ("PY", r["year"]),
        (
            "DA",
            r.get("date", "").replace("-", "/") if re.fullmatch(r"[\d-]+", r.get("date", "")) else r.get("date", ""),
        ),
        ("JF", r["journal"]),
        ("J2", r.get("journal_abbreviation", "")),
        ("VL", r["volume"]),
        ("IS", r["issue"]),
        ("SP", first),
        ("EP", last),
        ("C7", r.get("article_number", "")),
        *(("SN", n) for n in f"{r['issn']}; {r['isbn']}".split("; ") if n),
        ("PB", r["publisher"]),
        ("LA", r["language"]),
        ("AB", r["abstract"]),
        *(("KW", word) for word in r["keywords"].split("; ") if word),
        ("DO", r["doi"]),
        ("UR", r["url"]),
        ("M3", TYPE_WORDS.get(kind, "")),
        ("TT", r.get("title_alternative", "")),
        ("AN", r["record_id"] if flavour == "covidence" else r.get("accession", "")),
        ("N1", f"{ID_NOTE}{r['record_id']}"),
        ("N1", f"PMID: {r['pmid']}" if r["pmid"] else ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value) + "ER  - \r\n\r\n"


def _page_ends(pages: str) -> tuple[str, str]:
    first, dash, last = pages.partition("-")
    return (first, last) if dash and first and last and "-" not in last else (pages, "")


def _bibtex_record(r: dict[str, str], keys: dict[str, int]) -> str:
    kind = _BIBTEX_TYPES.get(
        r["entry_type"],
        "misc" if r["entry_type"] in ("", "other", "dataset", "registration", "preprint") else "article",
    )
    key = re.sub(r"[^A-Za-z0-9_:.\-]+", "_", r["record_id"]) or "record"
    keys[key] = keys.get(key, 0) + 1
    if keys[key] > 1:
        key = f"{key}_{keys[key]}"
    container = "booktitle" if kind in ("inproceedings", "incollection") else "journal"
    names = (
        _bibtex_name(f"{a.family}, {a.given}" if a.given else f"{{{a.family}}}", bool(a.given))
        for a in authors_of(r["authors"])
    )
    fields = [
        ("title", f"{{{escaped(r['title'])}}}" if r["title"] else ""),
        ("author", " and ".join(names)),
        ("year", r["year"]),
        (container, escaped(r["journal"])),
        ("volume", escaped(r["volume"])),
        ("number", escaped(r["issue"])),
        ("pages", escaped(r["pages"])),
        ("doi", escaped(r["doi"])),
        ("issn", r["issn"]),
        ("isbn", r["isbn"]),
        ("publisher", escaped(r["publisher"])),
        ("language", escaped(r["language"])),
        ("abstract", escaped(r["abstract"])),
        ("keywords", escaped(r["keywords"])),
        ("url", escaped(r["url"])),
        ("type", escaped(TYPE_WORDS.get(r["entry_type"], ""))),
        ("pmid", r["pmid"]),
        ("note", escaped(f"{ID_NOTE}{r['record_id']}")),
    ]
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields if value)
    return f"@{kind}{{{key},\n{body}}}\n"


def _bibtex_name(name: str, personal: bool) -> str:
    """A name of which `and` in a collective author is kept whole by its braces."""
    if not personal:
        return "{" + escaped(name[1:-1]) + "}"
    return escaped(name)
