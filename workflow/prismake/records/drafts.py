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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.records import model
from prismake.records.cleaning import alphanumeric, alphanumeric_word, blank_if_none, cleaned, cleaned_word
from prismake.records.entry_types import entry_type
from prismake.records.languages import language_name

Draft = dict[str, Any]

# The id that Prismake's own exports carry in notes, as it comes back from a tool.
_OUR_ID = re.compile(r"prismake(?:[-_ ]?(?:record|id))*\s*(?:[:=]|\":\[\")\s*([^\s\"\\]+)", re.IGNORECASE)

_NO_ABSTRACT = re.compile(r"\[?no abstract (?:is )?(?:available|provided)", re.IGNORECASE)
_FINISHED = [name for name in model.COLUMNS if name not in ("source_record_id", "search", "file", "row")]
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

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
    """Records of the model from drafts, in their order; blank: source_record_id, search and file."""
    rows = [_finished(draft) for draft in drafts]
    columns: dict[str, list] = {name: [row[name] for row in rows] for name in _FINISHED} if rows else {}
    columns["row"] = list(range(first_row, first_row + len(rows)))
    return model.typed(columns)


def _finished(draft: Draft) -> Draft:
    get = draft.get
    title = cleaned(get("title", ""))
    alternative = cleaned(get("title_alternative", ""))
    if not title:
        title, alternative = alternative, ""
    journal = cleaned_word(get("journal", ""))
    abbreviation = cleaned_word(get("journal_abbreviation", ""))
    if not journal:
        journal, abbreviation = abbreviation, ""
    doi_original, doi = _doi(get("doi", ()))
    pages = model.normalise_pages(get("pages", "")) or model.join_pages(get("first_page", ""), get("last_page", ""))
    serials = " ; ".join(s for s in get("serials", ()) if s)
    issn = model.issns_in(get("issn", "")) or model.issns_in(serials)
    isbn = model.isbns_in(get("isbn", "")) or model.isbns_in(serials)
    pmid = "".join(filter(str.isdigit, get("pmid", "")))
    authors = "; ".join(dict.fromkeys(name for name in get("authors", ()) if name))
    year = next((y for y in map(model.normalise_year, get("years", ())) if y is not None), None)
    accession = " ".join(get("accession", "").split())
    record: Draft = {
        "database": get("database", ""),
        "platform": get("platform", ""),
        "line": get("line"),
        "accession": accession,
        "pmid": pmid if pmid != "0" else "",
        "doi": doi,
        "doi_original": doi_original,
        "entry_type": _kind(draft, journal),
        "title": title,
        "title_alternative": alternative if alternative.casefold() != title.casefold() else "",
        "authors": authors,
        "year": year,
        "date": next((d for d in map(model.normalise_date, get("dates", ())) if d), ""),
        "journal": journal,
        "journal_abbreviation": abbreviation if abbreviation.casefold() != journal.casefold() else "",
        "volume": cleaned_word(blank_if_none(get("volume", ""))),
        "issue": cleaned_word(blank_if_none(get("issue", ""))),
        "pages": pages,
        "article_number": cleaned_word(blank_if_none(get("article_number", ""))),
        "issn": issn,
        "isbn": isbn,
        "publisher": cleaned_word(get("publisher", "")),
        "language": language_name(get("language", "")),
        "abstract": _abstract(get("abstract", "")),
        "keywords": _keywords(get("keywords", ())),
        "url": get("url", "").strip(),
        "fields": _encoded(get("raw", {})),
    }
    record["fingerprint"] = fingerprint(record)
    record["aliases"] = _aliases(record, get("alias", ()))
    return record


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


def fingerprint(record: Draft) -> str:
    """SHA-256 over what identifies an entry, indifferent to case, accents, punctuation and format.

    Only `title`, family names, `year`, `journal`, `volume`, `issue`, the first page, `doi` and, where there is no
    title, whatever else stands in the record count, so that the same entry exported twice has the same fingerprint.
    """
    families = "|".join([alphanumeric_word(name.partition(",")[0]) for name in record["authors"].split("; ")])
    parts = [
        alphanumeric(record["title"]),
        families,
        str(record["year"] or ""),
        alphanumeric_word(record["journal"]),
        alphanumeric_word(record["volume"]),
        alphanumeric_word(record["issue"]),
        alphanumeric_word(record["pages"].partition("-")[0]),
        record["doi"],
    ]
    if not record["title"]:
        parts.append(record["fields"])
    return sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


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
    words = (cleaned_word(value).strip(" *;,.") for value in values)
    return "; ".join(dict.fromkeys(word for word in words if word))


def _aliases(record: Draft, others: Iterable[str]) -> str:
    """Other ids of the record by which a decision may be attached to it."""
    ours = _OUR_ID.findall(record["fields"]) if "prismake" in record["fields"].lower() else []
    ids = [record["accession"], *ours, *(" ".join(other.split()) for other in others)]
    if record["pmid"]:
        ids.append(f"pmid:{record['pmid']}")
    if record["doi"]:
        ids.append(f"doi:{record['doi']}")
    return "; ".join(dict.fromkeys(alias.replace("; ", ";") for alias in ids if alias))
