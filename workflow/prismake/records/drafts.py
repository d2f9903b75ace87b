"""From what a format's reader found to the record model: the last step that all readers share.

A draft is a dict with some of the model's columns as they stand in the export; `finish` brings every one of them to
its normal form. Beside the columns a draft may hold: `authors` as a list of "Family, Given", `doi` as a list of texts
of which the first with a DOI in it counts, `type_code` and `type_words`, `first_page` and `last_page`, `years` (texts
of which the first with a year counts), `serials` (texts with ISSNs or ISBNs), `alias` (other ids) and `raw` ({tag:
[values]}, everything that was there).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.records import model
from prismake.records.cleaning import alphanumeric, alphanumeric_word, blank_if_none, cleaned, cleaned_word
from prismake.records.entry_types import entry_type
from prismake.records.languages import language_name

Draft = dict[str, Any]
Columns = dict[str, list[Any]]

# The id that Prismake's own exports carry in notes, as it comes back from a tool.
_OUR_ID = re.compile(r"prismake(?:[-_ ]?(?:record|id))*\s*(?:[:=]|\":\[\")\s*([^\s\"\\]+)", re.IGNORECASE)

_NO_ABSTRACT = re.compile(r"\[?no abstract (?:is )?(?:available|provided)", re.IGNORECASE)
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode

SET_ASIDE_COLUMNS = ["line", "reason", "text"]


@dataclass
class Parsed:
    """What a format's reader found in one text."""

    drafts: list[Draft]
    in_file: int
    """Records in the file by a count that does not go through the reader's own parsing."""
    set_aside: list[tuple[int, str, str]] = field(default_factory=list)
    """(line, reason, text) of what is no record although it was counted as one."""
    faults: Faults = field(default_factory=Faults)
    format: str = ""
    """A narrower name of the format, where the reader tells dialects apart."""


def finish(drafts: Sequence[Draft], first_row: int = 1) -> pd.DataFrame:
    """Records of the model from drafts, in their order; blank: source_record_id, search and file.

    Column by column: a column in which nothing stands costs nothing, and what repeats is brought to its form once.
    """
    columns = _names_of_works(drafts) | _identifiers(drafts) | _places(drafts) | _contents(drafts)
    columns["entry_type"] = [_kind(*found) for found in zip(drafts, columns["journal"], strict=True)]
    columns["fingerprint"] = _fingerprints(columns)
    columns["aliases"] = _aliases(columns, [draft.get("alias", ()) for draft in drafts])
    columns["line"] = [draft.get("line") for draft in drafts]
    columns["row"] = list(range(first_row, first_row + len(drafts)))
    return model.typed(columns)


def _texts(drafts: Sequence[Draft], name: str) -> list[str]:
    return [draft.get(name, "") for draft in drafts]


def _words(drafts: Sequence[Draft], name: str, form: Callable[[str], str] = cleaned_word) -> list[str]:
    """A column of what repeats from record to record, in its form."""
    return [form(text) if text else "" for text in _texts(drafts, name)]


def _names_of_works(drafts: Sequence[Draft]) -> Columns:
    """Titles and journals, and their other forms where they have some."""
    titles = _words(drafts, "title", cleaned)
    alternatives = _words(drafts, "title_alternative", cleaned)
    journals, abbreviations = _words(drafts, "journal"), _words(drafts, "journal_abbreviation")
    columns: Columns = {}
    for name, first, other, others in (
        ("title", titles, "title_alternative", alternatives),
        ("journal", journals, "journal_abbreviation", abbreviations),
    ):
        pairs = [_two_names(*pair) if pair[1] else pair for pair in zip(first, others, strict=True)]
        columns[name] = [pair[0] for pair in pairs]
        columns[other] = [pair[1] for pair in pairs]
    return columns


def _two_names(first: str, other: str) -> tuple[str, str]:
    """The other name in the place of one that is blank; one name only where they are the same."""
    return (first, other if other.casefold() != first.casefold() else "") if first else (other, "")


def _identifiers(drafts: Sequence[Draft]) -> Columns:
    dois = [_doi(draft.get("doi", ())) for draft in drafts]
    pmids = ["".join(filter(str.isdigit, text)) if text else "" for text in _texts(drafts, "pmid")]
    serials = [" ; ".join([s for s in draft.get("serials", ()) if s]) for draft in drafts]
    return {
        "database": _texts(drafts, "database"),
        "platform": _texts(drafts, "platform"),
        "accession": [" ".join(text.split()) for text in _texts(drafts, "accession")],
        "pmid": ["" if pmid == "0" else pmid for pmid in pmids],
        "doi_original": [original for original, _ in dois],
        "doi": [doi for _, doi in dois],
        "issn": _serial_numbers(_texts(drafts, "issn"), serials, model.issns_in),
        "isbn": _serial_numbers(_texts(drafts, "isbn"), serials, model.isbns_in),
        "url": [url.strip() for url in _texts(drafts, "url")],
    }


def _serial_numbers(own: list[str], serials: list[str], numbers_in: Callable[[str], str]) -> list[str]:
    """The numbers of a field of their own, else those of the fields that hold ISSNs and ISBNs."""
    pairs = zip(own, serials, strict=True)
    return [(numbers_in(text) if text else "") or (numbers_in(both) if both else "") for text, both in pairs]


def _places(drafts: Sequence[Draft]) -> Columns:
    """When and where in a journal or book."""
    pages = zip(*(_texts(drafts, name) for name in ("pages", "first_page", "last_page")), strict=True)
    return {
        "year": [next(filter(None, map(model.normalise_year, draft.get("years", ()))), None) for draft in drafts],
        "date": [next(filter(None, map(model.normalise_date, draft.get("dates", ()))), "") for draft in drafts],
        "volume": _words(drafts, "volume", _number),
        "issue": _words(drafts, "issue", _number),
        "article_number": _words(drafts, "article_number", _number),
        "pages": [
            (model.normalise_pages(text) if text else "") or (model.join_pages(first, last) if first or last else "")
            for text, first, last in pages
        ],
        "publisher": _words(drafts, "publisher"),
    }


def _contents(drafts: Sequence[Draft]) -> Columns:
    return {
        "authors": ["; ".join(dict.fromkeys([n for n in draft.get("authors", ()) if n])) for draft in drafts],
        "language": _words(drafts, "language", language_name),
        "abstract": _words(drafts, "abstract", _abstract),
        "keywords": [_keywords(draft.get("keywords", ())) for draft in drafts],
        "fields": [_encoded(draft.get("raw", {})) for draft in drafts],
    }


def _kind(draft: Draft, journal: str) -> str:
    """The entry type; APA PsycInfo's dissertations reach reference managers as documents of Dissertation Abstracts
    International.
    """
    kind = draft.get("entry_type") or entry_type(draft.get("type_code", ""), *draft.get("type_words", ()))
    if (
        kind in ("", "other", "article", "thesis")
        and "dissertation abstracts" in f"{journal} {draft.get('publisher', '')}".lower()
    ):
        return "dissertation"
    return kind


def _fingerprints(columns: Columns) -> list[str]:
    """SHA-256 over what identifies each entry, indifferent to case, accents, punctuation and format.

    Only title, family names, year, journal, volume, issue, the first page, DOI and, where there is no title, whatever
    else stands in the record count, so that the same entry exported twice has the same fingerprint.
    """
    parts = zip(
        map(alphanumeric, columns["title"]),
        map(_families, columns["authors"]),
        [str(year or "") for year in columns["year"]],
        *(
            [alphanumeric_word(text) if text else "" for text in columns[name]]
            for name in ("journal", "volume", "issue")
        ),
        [alphanumeric_word(text.partition("-")[0]) if text else "" for text in columns["pages"]],
        columns["doi"],
        strict=True,
    )
    marks = [
        "\x1f".join(part if title else (*part, fields))
        for part, title, fields in zip(parts, columns["title"], columns["fields"], strict=True)
    ]
    return [sha256(mark.encode("utf-8", "replace")).hexdigest() for mark in marks]


def _families(authors: str) -> str:
    return "|".join([alphanumeric_word(name.partition(",")[0]) for name in authors.split("; ")])


def _abstract(text: str) -> str:
    text = cleaned(blank_if_none(text))
    return "" if len(text) < 40 and _NO_ABSTRACT.match(text) else text


def _doi(texts: Iterable[str]) -> tuple[str, str]:
    """The first text with a DOI in it, and the DOI."""
    for text in texts:
        doi = model.normalise_doi(text) if text and "10" in text else ""
        if doi:
            return " ".join(text.split())[:500], doi
    return "", ""


def _keywords(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys([word for word in map(_keyword, values) if word]))


@lru_cache(maxsize=65536)
def _keyword(text: str) -> str:
    return cleaned(text).strip(" *;,.")


def _number(text: str) -> str:
    """A volume, an issue or an article number."""
    return cleaned_word(blank_if_none(text))


def _aliases(columns: Columns, others: Iterable[Iterable[str]]) -> list[str]:
    """Other ids of each record by which a decision may be attached to it."""
    names = ("accession", "pmid", "doi", "fields")
    aliases = []
    for accession, pmid, doi, fields, more in zip(*(columns[name] for name in names), others, strict=True):
        ids = [accession]
        if "rismake" in fields or "RISMAKE" in fields:
            ids += _OUR_ID.findall(fields)
        ids += [" ".join(other.split()) for other in more]
        if pmid:
            ids.append(f"pmid:{pmid}")
        if doi:
            ids.append(f"doi:{doi}")
        aliases.append("; ".join(dict.fromkeys([alias.replace("; ", ";") for alias in ids if alias])))
    return aliases
