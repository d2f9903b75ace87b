"""Merge: one record of several source records, each field from the member that has it best, with where it came from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from prismake.deduplication.kinds import UNPUBLISHED
from prismake.deduplication.normalise import Features
from prismake.deduplication.serials import Journals, compare_journals
from prismake.deduplication.titles import Difference, difference

MERGED_COLUMNS = (
    "accession", "pmid", "doi", "entry_type", "title", "title_alternative", "authors", "year", "date", "journal", "journal_abbreviation",
    "volume", "issue", "pages", "article_number", "issn", "isbn", "publisher", "language", "abstract", "keywords", "url",
)  # fmt: skip
PLACE = ("journal", "volume", "issue", "pages", "year")
WHERE = ("journal", "journal_abbreviation", "volume", "issue", "pages", "article_number", "issn", "isbn", "publisher")
"""Where a work appeared: of an article that was joined with its preprint or dissertation, the article's alone."""
RECORD_COLUMNS = (
    "record_id",
    *MERGED_COLUMNS,
    "member_ids",
    "searches",
    "databases",
    "n_members",
    "field_sources",
    "related",
    "relation",
    "kept_apart",
)
CONFLICT_COLUMNS = ("record_id", "column", "kept", "kept_from", "other", "other_from")


Choice = dict[str, int]
"""For each column the row position of the member whose value is taken."""


def choose(
    source: pd.DataFrame,
    features: Features,
    groups: Sequence[Sequence[int]],
    known: dict[tuple[int, ...], Choice],
) -> list[Choice]:
    """For each group of rows, the row that each column's value is taken from; `known` keeps choices from one call to the next.

    What an article says goes before what its preprint or dissertation says, and these say nothing of where it appeared.
    """
    wanted = [tuple(g) for g in groups if tuple(g) not in known]
    involved = sorted({i for g in wanted for i in g})
    row = {i: n for n, i in enumerate(involved)}
    part = source.iloc[involved]
    cells = {c: _texts(part, c) for c in MERGED_COLUMNS}
    whole = {i: sum((2 if c in PLACE else 1) for c in MERGED_COLUMNS if cells[c][n]) for i, n in row.items()}
    for group in wanted:
        known[group] = choice = {}
        published = [i for i in group if features.work[i] not in UNPUBLISHED] or group
        for column, values in cells.items():
            filled = [i for i in group if values[row[i]]]
            better = [i for i in filled if i in published]
            if not filled:
                continue
            if not better and column in WHERE:
                choice[column] = published[0]  # blank
            elif len(better or filled) == 1:
                choice[column] = (better or filled)[0]
            else:
                choice[column] = _best(column, {i: values[row[i]] for i in better or filled}, whole, features)
    return [known[tuple(g)] for g in groups]


def merge(
    source: pd.DataFrame,
    features: Features,
    groups: Sequence[Sequence[int]],
    known: dict[tuple[int, ...], Choice] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One record a group, in the order given, and the conflicts between members.

    Each group lists row positions of `source`, its earliest record first: that one gives the record its id.
    """
    at = [n for n, g in enumerate(groups) if len(g) > 1]
    choices = dict(
        zip(at, choose(source, features, [groups[n] for n in at], {} if known is None else known), strict=True)
    )
    ids = source["source_record_id"].tolist()
    columns = _taken(source, groups, choices)
    search, database = _texts(source, "search"), _texts(source, "database")
    columns["member_ids"] = ["; ".join(sorted(ids[i] for i in g)) for g in groups]
    columns["searches"] = [search[g[0]] if len(g) == 1 else _listed(search, g) for g in groups]
    columns["databases"] = [_databases(database, g) for g in groups]
    columns["n_members"] = pd.array([len(g) for g in groups], dtype="Int64")
    columns["field_sources"] = [
        json.dumps({c: ids[i] for c, i in sorted(choices[n].items())}, ensure_ascii=False) if n in choices else ""
        for n in range(len(groups))
    ]
    # Texts stay texts where there is no record yet: an empty list has no type of its own.
    typed = {
        name: pd.array(values, dtype=str) if isinstance(values, list) else values for name, values in columns.items()
    }
    return pd.DataFrame(typed), _conflicts(source, features, groups, choices, ids)


def merged_entries(source: pd.DataFrame, groups: Sequence[Sequence[int]], choices: Sequence[Choice]) -> pd.DataFrame:
    """The groups as entries like source records, with what `merge` will write of them: to be compared again."""
    columns = _taken(source, groups, dict(enumerate(choices)))
    database = _texts(source.iloc[[i for g in groups for i in g]], "database")
    ends = np.cumsum([len(g) for g in groups]).tolist()
    columns["database"] = [_databases(database, range(end - len(g), end)) for g, end in zip(groups, ends, strict=True)]
    return pd.DataFrame(columns).rename(columns={"record_id": "source_record_id"})


def _taken(source: pd.DataFrame, groups: Sequence[Sequence[int]], choices: dict[int, Choice]) -> dict[str, object]:
    """The id of each group's first and, for each column, the values chosen."""
    first = np.array([g[0] for g in groups], dtype=np.int64)
    columns: dict[str, object] = {"record_id": pd.array(source["source_record_id"].iloc[first].tolist(), dtype=str)}
    for column in MERGED_COLUMNS:
        if column not in source:
            columns[column] = pd.array([""] * len(first), dtype=str)
            continue
        take = first.copy()
        for n, choice in choices.items():
            take[n] = choice.get(column, take[n])
        columns[column] = source[column].array.take(take)
    return columns


def _databases(database: Sequence[str], group: Sequence[int]) -> str:
    return database[group[0]] if len(group) == 1 else "; ".join(sorted({database[i] for i in group} - {""}))


def _listed(values: list[str], group: Sequence[int]) -> str:
    """Values of the members in their order, each once."""
    return "; ".join(dict.fromkeys(values[i] for i in group if values[i]))


def _texts(frame: pd.DataFrame, column: str) -> list[str]:
    if column not in frame:
        return [""] * len(frame)
    return frame[column].astype("string").fillna("").tolist()


def _best(column: str, values: dict[int, str], whole: dict[int, int], features: Features) -> int:
    """The row whose value of a column is taken: the best by the column's own measure, then the commonest, the fullest record, the earliest."""
    filled = list(values)
    if len(set(values.values())) == 1:
        return max(filled, key=lambda i: whole[i])  # max gives the first of equals
    score = _SCORES.get(column)
    common = Counter(values.values())
    return max(filled, key=lambda i: (score(features, i, values[i]) if score else 0, common[values[i]], whole[i]))


def _title_score(features: Features, i: int, text: str) -> tuple[int, int]:
    """Whole before damaged or in capitals or with markup, then the longer."""
    key = features.titles[i].key
    damaged = text.isupper() or "\ufffd" in text or "<" in text or ("&" in text and ";" in text)
    return (0 if not key else 1 if damaged else 2, min(len(key), 400))


def _author_score(features: Features, i: int, text: str) -> tuple[int, int]:
    names = features.names[i]
    return (0 if names.cut else len(names.families), len(text))


def _page_score(features: Features, i: int, text: str) -> int:
    """A range before a single page, either before what a spreadsheet made a date of."""
    pages = features.pages[i]
    return 0 if not pages.first else 1 if len(pages.options) > 1 else 3 if pages.count else 2


_SCORES: dict[str, Callable[[Features, int, str], object]] = {
    "title": _title_score,
    "authors": _author_score,
    "pages": _page_score,
    "abstract": lambda features, i, text: len(text),
    "keywords": lambda features, i, text: len(text),
    "journal": lambda features, i, text: (features.journals[i].key != "", len(text)),
    "doi": lambda features, i, text: features.doi[i] != "",
    "volume": lambda features, i, text: (features.volume[i] != "", -len(text)),
    "issn": lambda features, i, text: len(text),
    "isbn": lambda features, i, text: len(text),
}


def _conflicts(
    source: pd.DataFrame,
    features: Features,
    groups: Sequence[Sequence[int]],
    choices: dict[int, Choice],
    ids: list[str],
) -> pd.DataFrame:
    """Where members say different things, one row for each that says otherwise than the value kept."""
    found = []
    for column, differ in _DIFFER.items():
        values = _texts(source, column)
        for n, choice in choices.items():
            kept = choice.get(column)
            if kept is None:
                continue
            for i in groups[n]:
                if i != kept and values[i] and values[i] != values[kept] and differ(features, kept, i):
                    found.append((ids[groups[n][0]], column, values[kept], ids[kept], values[i], ids[i]))
    return pd.DataFrame(found, columns=list(CONFLICT_COLUMNS), dtype=str)


def _differ_by(function: Callable[[Features, int], object]) -> Callable[[Features, int, int], bool]:
    def differ(features: Features, a: int, b: int) -> bool:
        x, y = function(features, a), function(features, b)
        return bool(x) and bool(y) and x != y

    return differ


_DIFFER: dict[str, Callable[[Features, int, int], bool]] = {
    "title": lambda f, a, b: (
        f.titles[a].key != f.titles[b].key and difference(f.titles[a].words, f.titles[b].words)[0] > Difference.SUBTITLE
    ),
    "year": _differ_by(lambda f, i: int(f.year[i])),
    "journal": lambda f, a, b: compare_journals(f.journals[a], f.journals[b]) == Journals.OTHER,
    "volume": _differ_by(lambda f, i: f.volume[i]),
    "issue": _differ_by(lambda f, i: f.issue[i]),
    "pages": _differ_by(lambda f, i: f.pages[i].first),
    "doi": _differ_by(lambda f, i: f.doi[i]),
    "pmid": _differ_by(lambda f, i: f.pmid[i]),
}
