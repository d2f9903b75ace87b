"""Normalise: what can be compared of each source record, as arrays in the order of the frame."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from prismake.deduplication.generic_titles import is_serial
from prismake.deduplication.identifiers import doi_of, isbns_of, issns_of, pmid_of
from prismake.deduplication.kinds import ERRATUM, RETRACTION, notice_of, own_doi, without_notice, work_of
from prismake.deduplication.names import Names, names_of
from prismake.deduplication.numbering import (
    Pages,
    is_article_number,
    is_supplement,
    issue_of,
    pages_of,
    place_in_journal,
    volume_of,
)
from prismake.deduplication.serials import Journal, journal_of
from prismake.deduplication.titles import NUMBER_WORDS, Title, title_of

TEXT_COLUMNS = (
    "source_record_id", "database", "accession", "pmid", "doi", "entry_type", "title", "title_alternative", "authors", "journal",
    "journal_abbreviation", "volume", "issue", "pages", "article_number", "issn", "isbn", "publisher", "abstract",
)  # fmt: skip

ABSTRACT_CHARACTERS = 700


@dataclass(frozen=True)
class Features:
    """One entry a source record in every array: lists hold objects, arrays text or numbers; "" and 0 mean blank."""

    ids: list[str]
    accession: list[str]
    """The number that a database gave the entry, with the database's name."""
    titles: list[Title]
    names: list[Names]
    generic: np.ndarray
    """Whether the title could stand on any work of its journal."""
    journals: list[Journal]
    journals_abbreviated: list[Journal]
    pages: list[Pages]
    volume: list[str]
    issue: list[str]
    year: np.ndarray
    doi: list[str]
    pmid: list[str]
    issn: list[tuple[str, ...]]
    isbn: list[tuple[str, ...]]
    notice: list[str]
    work: list[str]
    about: list[str]
    """For a notice, the key of the title that it is about; else the record's own key."""
    supplement: np.ndarray
    abstract: list[str]
    """Its first `ABSTRACT_CHARACTERS`, as given: folded only where it is compared."""

    def __len__(self) -> int:
        return len(self.ids)


def normalise(records: pd.DataFrame) -> Features:
    """Features of source records with the columns of `prismake.records.model.COLUMNS` (missing ones count as blank)."""
    column = {name: _texts(records, name) for name in TEXT_COLUMNS}
    _put_in_place(column)
    # At once, so that the whole abstracts of a million records do not stay beside everything that is made from here on.
    column["abstract"] = [text[:ABSTRACT_CHARACTERS] for text in column["abstract"]]
    notice = [notice_of(t, kind) for t, kind in zip(column["title"], column["entry_type"], strict=True)]
    titles = [
        title_of(without_notice(t) if kind in (ERRATUM, RETRACTION) else t, other)
        for t, other, kind in zip(column["title"], column["title_alternative"], notice, strict=True)
    ]
    journal = column["journal"]
    doi = [
        own_doi(doi_of(text), place or publisher)
        for text, place, publisher in zip(column["doi"], journal, column["publisher"], strict=True)
    ]
    pages = [pages_of(p, number) for p, number in zip(column["pages"], column["article_number"], strict=True)]
    journals = _each(journal_of, journal)
    return Features(
        ids=column["source_record_id"],
        accession=[
            f"{database.strip()}:{text.strip()}".lower() if database.strip() and text.strip() else ""
            for database, text in zip(column["database"], column["accession"], strict=True)
        ],
        titles=titles,
        names=_each(names_of, column["authors"]),
        journals=journals,
        generic=np.fromiter(
            (
                t.generic or is_serial(t.words.split(), frozenset(j.words), NUMBER_WORDS)
                for t, j in zip(titles, journals, strict=True)
            ),
            dtype=bool,
            count=len(records),
        ),
        journals_abbreviated=_each(journal_of, column["journal_abbreviation"]),
        pages=pages,
        volume=_each(volume_of, column["volume"]),
        issue=_each(issue_of, column["issue"]),
        year=_years(records),
        doi=doi,
        pmid=[pmid_of(text) if text else "" for text in column["pmid"]],
        issn=_each(issns_of, column["issn"]),
        isbn=[isbns_of(text) if len(text) >= 10 else () for text in column["isbn"]],
        notice=notice,
        work=[
            work_of(kind, place, d, publisher, volume, begins_within=p.count > 0 and p.first != "1")
            for kind, place, d, publisher, volume, p in zip(
                column["entry_type"], journal, doi, column["publisher"], column["volume"], pages, strict=True
            )
        ],
        about=[
            title_of(without_notice(text)).key if kind else title.key
            for text, kind, title in zip(column["title"], notice, titles, strict=True)
        ],
        supplement=np.fromiter(
            (
                is_supplement(v, i, p)
                for v, i, p in zip(column["volume"], column["issue"], column["pages"], strict=True)
            ),
            dtype=bool,
            count=len(records),
        ),
        abstract=column["abstract"],
    )


def _put_in_place(column: dict[str, list[str]]) -> None:
    """Move volume, issue and pages that stand in the journal's name, and an article number that stands for the issue, where they belong."""
    places = (column["volume"], column["issue"], column["pages"])
    for n, text in enumerate(column["journal"]):
        found = place_in_journal(text)
        if found:
            column["journal"][n] = found[0]
            for values, value in zip(places, found[1:], strict=True):
                values[n] = values[n] or value
    for n, text in enumerate(column["issue"]):
        if text and not column["pages"][n] and not column["article_number"][n] and is_article_number(text):
            column["pages"][n], column["issue"][n] = text, ""


def copied(features: Features) -> Features:
    """Features that can be changed without changing those given."""
    return Features(**{field.name: getattr(features, field.name).copy() for field in fields(Features)})


def put(features: Features, at: list[int], others: Features) -> None:
    """Put others' features in place of those at the positions `at`."""
    for field in fields(Features):
        values, new = getattr(features, field.name), getattr(others, field.name)
        for i, value in zip(at, new, strict=True):
            values[i] = value


def chosen(features: Features, at: list[int]) -> Features:
    """The features of the records at the positions `at`."""
    picked: dict[str, Any] = {}
    for field in fields(Features):
        values = getattr(features, field.name)
        picked[field.name] = values[at] if isinstance(values, np.ndarray) else [values[i] for i in at]
    return Features(**picked)


def _texts(records: pd.DataFrame, name: str) -> list[str]:
    if name not in records:
        return [""] * len(records)
    return records[name].fillna("").astype(str).tolist()


def _years(records: pd.DataFrame) -> np.ndarray:
    if "year" not in records:
        return np.zeros(len(records), dtype=np.int32)
    return pd.to_numeric(records["year"], errors="coerce").fillna(0).to_numpy(dtype=np.int32)


def _each(function, texts: list[str]) -> list:
    """The function's value for each text, computed once for equal texts."""
    known: dict[str, object] = {}
    values = []
    for text in texts:
        value = known.get(text)
        if value is None:
            value = known[text] = function(text)
        values.append(value)
    return values
