"""Merge: one record of several source records, each field from the member that has it best, with where it came from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from prismake.deduplication.identifiers import doi_of, pmid_of
from prismake.deduplication.names import names_of
from prismake.deduplication.numbering import issue_of, pages_of, volume_of
from prismake.deduplication.serials import Journals, compare_journals, journal_of
from prismake.deduplication.titles import Difference, difference, title_of

MERGED_COLUMNS = (
    "accession", "pmid", "doi", "entry_type", "title", "title_alternative", "authors", "year", "date", "journal", "journal_abbreviation",
    "volume", "issue", "pages", "article_number", "issn", "isbn", "publisher", "language", "abstract", "keywords", "url",
)  # fmt: skip
PLACE = ("journal", "volume", "issue", "pages", "year")
RECORD_COLUMNS = ("record_id", *MERGED_COLUMNS, "member_ids", "searches", "databases", "n_members", "field_sources", "related", "relation")
CONFLICT_COLUMNS = ("record_id", "column", "kept", "kept_from", "other", "other_from")


def merge(source: pd.DataFrame, groups: Sequence[Sequence[int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One record a group, in the order given, and the conflicts between members.

    Each group lists row positions of `source`, its earliest record first: that one gives the record its id.
    """
    first = np.array([g[0] for g in groups], dtype=np.int64)
    several = [(at, g) for at, g in enumerate(groups) if len(g) > 1]
    ids = source["source_record_id"].tolist()
    records = pd.DataFrame({"record_id": [ids[i] for i in first.tolist()]})
    involved = sorted({i for _, g in several for i in g})
    row = {i: n for n, i in enumerate(involved)}
    chosen: dict[int, dict[str, int]] = {at: {} for at, _ in several}
    part = source.iloc[involved]
    cells = {c: _texts(part, c) for c in MERGED_COLUMNS}
    whole = _completeness(cells, len(involved))
    conflicts: list[tuple[str, ...]] = []
    for at, group in several:
        members = [row[i] for i in group]
        for column in MERGED_COLUMNS:
            best = _best(column, cells, members, whole)
            if best >= 0:
                chosen[at][column] = involved[best]
        conflicts.extend(_conflicts(ids[group[0]], cells, members, chosen[at], involved, ids, row))
    for column in MERGED_COLUMNS:
        values = source[column].iloc[first].reset_index(drop=True) if column in source else pd.Series([""] * len(first), dtype=str)
        moved = [(at, took[column]) for at, took in chosen.items() if column in took and took[column] != first[at]]
        if moved:
            values = values.copy()
            values.iloc[[at for at, _ in moved]] = source[column].iloc[[i for _, i in moved]].to_numpy()
        records[column] = values
    search, database = _texts(source, "search"), _texts(source, "database")
    records["member_ids"] = ["; ".join(sorted(ids[i] for i in g)) for g in groups]
    records["searches"] = [search[g[0]] if len(g) == 1 else _listed(search, g) for g in groups]
    records["databases"] = [database[g[0]] if len(g) == 1 else "; ".join(sorted({database[i] for i in g} - {""})) for g in groups]
    records["n_members"] = pd.array([len(g) for g in groups], dtype="Int64")
    records["field_sources"] = [
        json.dumps({c: ids[i] for c, i in sorted(chosen[at].items())}, ensure_ascii=False) if at in chosen else ""
        for at in range(len(groups))
    ]
    return records, pd.DataFrame(conflicts, columns=list(CONFLICT_COLUMNS), dtype=str)


def _listed(values: list[str], group: Sequence[int]) -> str:
    """Values of the members in their order, each once."""
    return "; ".join(dict.fromkeys(values[i] for i in group if values[i]))


def _texts(frame: pd.DataFrame, column: str) -> list[str]:
    if column not in frame:
        return [""] * len(frame)
    return frame[column].astype("string").fillna("").tolist()


def _completeness(cells: dict[str, list[str]], n: int) -> list[int]:
    """How many fields a record fills, its place counting double."""
    return [sum((2 if c in PLACE else 1) for c in MERGED_COLUMNS if cells[c][i]) for i in range(n)]


def _best(column: str, cells: dict[str, list[str]], members: list[int], whole: list[int]) -> int:
    """The member whose value of a column is taken, -1 where all are blank; ties go to the fuller, then to the earlier record."""
    values = cells[column]
    filled = [i for i in members if values[i]]
    if len(filled) < 2:
        return filled[0] if filled else -1
    score = _SCORES.get(column)
    common = Counter(values[i] for i in filled)
    order = {i: n for n, i in enumerate(members)}
    return max(filled, key=lambda i: (score(values[i]) if score else 0, common[values[i]], whole[i], -order[i]))


def _title_score(text: str) -> tuple[int, int]:
    flagged = text.isupper() or "\ufffd" in text or "&" in text and ";" in text or "<" in text
    return (0 if title_of(text).key == "" else 1 if flagged else 2, min(len(title_of(text).key), 400))


def _author_score(text: str) -> tuple[int, int]:
    names = names_of(text)
    return len(names.families) * (0 if names.cut else 1), len(text)


def _page_score(text: str) -> tuple[int, int]:
    pages = pages_of(text)
    mangled = any(m in text.lower() for m in ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))
    return (0 if not pages.first else 1 if mangled else 2, (2 if pages.count else 1))


_SCORES: dict[str, Callable[[str], object]] = {
    "title": _title_score,
    "authors": _author_score,
    "pages": _page_score,
    "abstract": len,
    "keywords": len,
    "journal": lambda text: (journal_of(text).key != "", len(text)),
    "doi": lambda text: doi_of(text) != "",
    "volume": lambda text: (volume_of(text) != "", -len(text)),
    "issn": len,
    "isbn": len,
}


def _conflicts(
    record: str, cells: dict[str, list[str]], members: list[int], chosen: dict[str, int], involved: list[int], ids: list[str], row: dict[int, int]
) -> list[tuple[str, ...]]:
    found = []
    for column, differ in _DIFFER.items():
        if column not in chosen:
            continue
        kept = row[chosen[column]]
        value = cells[column][kept]
        for i in members:
            other = cells[column][i]
            if other and other != value and differ(value, other):
                found.append((record, column, value, ids[involved[kept]], other, ids[involved[i]]))
    return found


def _differ_by(function: Callable[[str], object]) -> Callable[[str, str], bool]:
    def differ(a: str, b: str) -> bool:
        x, y = function(a), function(b)
        return bool(x) and bool(y) and x != y

    return differ


_DIFFER: dict[str, Callable[[str, str], bool]] = {
    "title": lambda a, b: difference(title_of(a).words, title_of(b).words)[0] > Difference.SUBTITLE,
    "year": lambda a, b: a != b,
    "journal": lambda a, b: compare_journals(journal_of(a), journal_of(b)) == Journals.OTHER,
    "volume": _differ_by(volume_of),
    "issue": _differ_by(issue_of),
    "pages": _differ_by(lambda text: pages_of(text).first),
    "doi": _differ_by(doi_of),
    "pmid": _differ_by(pmid_of),
}
