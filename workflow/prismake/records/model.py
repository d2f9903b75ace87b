"""The record model: the columns of a source record and the normal forms of what stands in them."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

import pandas as pd
import pyarrow as pa

COLUMNS = [
    "source_record_id", "search", "database", "platform", "file", "row", "line", "accession", "pmid", "doi",
    "doi_original",
    "entry_type", "title", "title_alternative", "authors", "year", "date", "journal", "journal_abbreviation",
    "volume", "issue",
    "pages", "article_number", "issn", "isbn", "publisher", "language", "abstract", "keywords", "url", "aliases",
    "fields",
    "fingerprint",
]  # fmt: skip
"""All text ("" is blank) but year, row and line (Int64). Lists are joined by "; "; `fields` is JSON {tag: [values]}
with every original field; `row` is the record's 1-based number in its file, `line` the line it begins at.
"""

INTEGER_COLUMNS = ("row", "line", "year")
_TYPES = {pa.large_string(): pd.StringDtype(na_value=float("nan")), pa.int64(): pd.Int64Dtype()}

ENTRY_TYPES = (
    "article", "review", "conference", "chapter", "book", "dissertation", "preprint", "report", "dataset",
    "editorial", "letter",
    "comment", "erratum", "retraction", "protocol", "registration", "thesis", "other", "",
)  # fmt: skip

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"]+", re.IGNORECASE)
_VIEW = re.compile(r"/(?:full(?:text)?|abstract|e?pdf|html|meta|summary)/?$", re.IGNORECASE)  # a page about the work
_DASHES = re.compile(r"\s*[-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d]+\s*")
_PAGE_WORDS = re.compile(r"^(?:pages?|pp?|seiten?|s|art(?:icle)?|artn)\b[.: ]\s*", re.IGNORECASE)
_NO_PAGES = re.compile(
    r"^\(?no[. ]|no pagination|specified|^(?:none|n/?a|nil|undefined|unpaginated|-+|no|null)$", re.IGNORECASE
)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_COMPACT_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)")
_COMPACT_DATE = re.compile(r"^((?:19|20)\d\d)(\d\d)(\d\d)?$")
_ISO_DATE = re.compile(r"^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[-/.].*)?$")
_ISSN = re.compile(r"(?<![\dXx-])(\d{4})[-\u2010\u2013 ]?(\d{3}[\dXx])(?![\dXx-])")
_ISBN = re.compile(r"(?<![\d-])((?:97[89][- ]?)?(?:\d[- ]?){9}[\dXx])(?![\d-])")


class Author(NamedTuple):
    """An author: family with its particles, given names or initials; a collective author has no given name."""

    family: str
    given: str


def empty_frame() -> pd.DataFrame:
    """A table of no records with all columns and their types."""
    return typed({name: [] for name in COLUMNS})


def typed(columns: dict[str, list]) -> pd.DataFrame:
    """A table of records from lists, with the model's columns in order and their types; a list that is not there is
    blank.
    """
    length = max((len(values) for values in columns.values()), default=0)
    arrays = {}
    for name in COLUMNS:
        number = name in INTEGER_COLUMNS
        values = columns.get(name) or [None if number else ""] * length
        arrays[name] = pa.array(values, pa.int64() if number else pa.large_string())
    return pa.table(arrays).to_pandas(types_mapper=_TYPES.get)


def authors_of(text: str) -> list[Author]:
    """The authors in a cell of the column `authors` ("Family, Given; Family2, Given2")."""
    authors = []
    for name in text.split("; "):
        if name.strip():
            family, _, given = name.partition(", ")
            authors.append(Author(family.strip(), given.strip()))
    return authors


def authors_text(authors: list[Author]) -> str:
    """The cell for a list of authors, the inverse of `authors_of`."""
    return "; ".join(f"{a.family}, {a.given}" if a.given else a.family for a in authors)


@lru_cache(maxsize=4096)
def normalise_doi(text: str) -> str:
    """The DOI in a text, in lower case without "doi:", "https://doi.org/" or what follows it; "" where there is none.

    DOIs are case-insensitive (DOI Handbook 2.4). Old Wiley DOIs hold parentheses, `<`, `;` and `:`, so only unmatched
    closing marks and sentence marks at the end are cut.
    """
    if "10." not in text:
        return "" if "10%2" not in text.lower() and "10&" not in text else _doi(unquote(html.unescape(text)))
    if "%" in text:
        text = unquote(text)
    if "&" in text:
        text = html.unescape(text)
    return _doi(text)


def _doi(text: str) -> str:
    match = _DOI.search(text)
    if not match:
        return ""
    doi = match.group(0)
    if "doi.org/" in text[: match.start()].lower() or "://" in text[: match.start()]:
        doi = re.split(r"[?#]|&(?=[A-Za-z_]+=)", doi, maxsplit=1)[0]
        doi = _VIEW.sub("", doi)
    doi = re.split(r"\[(?:doi|pii)\]|\]?,?https?://|</", doi, maxsplit=1)[0]
    while doi:
        if (
            doi[-1] in ".,;:'\"’”}]"
            and not (doi[-1] == "]" and doi.count("[") >= doi.count("]"))
            or (doi[-1] == ")" and doi.count("(") < doi.count(")"))
            or (doi[-1] == ">" and doi.count("<") < doi.count(">"))
        ):
            doi = doi[:-1]
        else:
            break
    return doi.lower() if "/" in doi and not doi.endswith("/") else ""


@lru_cache(maxsize=4096)
def normalise_pages(text: str) -> str:
    """Pages as given ("12-34", "221-8", "e57977"), with one kind of dash and without "pp."; "" for "No Specified" and
    the like.
    """
    text = " ".join(text.split())
    if not text or _NO_PAGES.search(text):
        return ""
    text = _PAGE_WORDS.sub("", text)
    text = _DASHES.sub("-", text).strip(" .,;:")
    return "" if text in ("", "-", "0", "0-0") else text.rstrip("-")


def join_pages(first: str, last: str) -> str:
    """Pages from a first and a last page, either of which may be blank or hold a whole range."""
    first, last = normalise_pages(first), normalise_pages(last)
    if not first or not last or first == last or "-" in first:
        return first or last
    if last == "+":
        return f"{first}+"
    return f"{first}-{last}"


@lru_cache(maxsize=4096)
def normalise_year(text: str) -> int | None:
    """The first year from 1500 to 2099 in a text ("2020//", "Mar 2024", "2014-05-01", "20040401"), or None."""
    match = _YEAR.search(text) or _COMPACT_DATE.match(text.strip()) or _COMPACT_DAY.search(text)
    return int(match.group(1)) if match else None


@lru_cache(maxsize=4096)
def normalise_date(text: str) -> str:
    """An ISO date as precise as the text ("2020-05", "2020-05-01"), the text itself where it is in words, "" for a
    bare year.
    """
    text = text.strip().strip("/").strip()
    if not text or (len(text) == 4 and text.isdigit()):
        return ""
    match = _COMPACT_DATE.match(text) or _ISO_DATE.match(text)
    if not match:
        return re.sub(r"/+(?:undefined)?$", "", " ".join(text.split()))
    year, month, day = match.group(1), int(match.group(2)), int(match.group(3) or 0)
    if not 1 <= month <= 12:
        return ""
    return f"{year}-{month:02d}" + (f"-{day:02d}" if 1 <= day <= 31 else "")


@lru_cache(maxsize=4096)
def issns_in(text: str) -> str:
    """All ISSNs of a text as "1234-567X", each once, joined by "; "."""
    return "; ".join(dict.fromkeys(f"{a}-{b.upper()}" for a, b in _ISSN.findall(text)))


@lru_cache(maxsize=4096)
def isbns_in(text: str) -> str:
    """All ISBNs of a text without hyphens, each once, joined by "; "."""
    found = (re.sub(r"[- ]", "", isbn).upper() for isbn in _ISBN.findall(text))
    return "; ".join(dict.fromkeys(isbn for isbn in found if len(isbn) in (10, 13)))
