"""Ids of source records: stable when rows change places, when an export is corrected, and when later searches are
added.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from prismake.records import model


def identify(frame: pd.DataFrame, search: str, seen: dict[str, int] | None = None) -> pd.DataFrame:
    """The records of one search with `search` and `source_record_id` filled in.

    The id is `<search>:<accession>` where the database gives an accession number, else `<search>:sha-` and the first
    16 hex digits of the fingerprint. A second record with the same id gets "#2": two equal rows still are two source
    records. Every id that the record would have had by another of its numbers becomes an alias, so that decisions
    survive a corrected export.

    `seen` counts ids over several parts of one search.
    """
    frame = frame.copy()
    by_content = [f"{search}:sha-{mark[:16]}" for mark in frame["fingerprint"].tolist()]
    seen = {} if seen is None else seen
    ids: list[str] = []
    aliases: list[str] = []
    for accession, content, others in zip(
        frame["accession"].tolist(), by_content, frame["aliases"].tolist(), strict=True
    ):
        plain = f"{search}:{'_'.join(accession.split())}" if accession else content
        seen[plain] = seen.get(plain, 0) + 1
        ids.append(plain if seen[plain] == 1 else f"{plain}#{seen[plain]}")
        known = [other for other in (*others.split("; "), content if accession else "") if other]
        aliases.append("; ".join(dict.fromkeys(known)))
    frame["search"] = pd.Series([search] * len(frame), index=frame.index, dtype=str)
    frame["source_record_id"] = pd.Series(ids, index=frame.index, dtype=str)
    frame["aliases"] = pd.Series(aliases, index=frame.index, dtype=str)
    return frame[model.COLUMNS]


def combine(frames: Sequence[pd.DataFrame], order: Sequence[str]) -> pd.DataFrame:
    """All source records of a review, search by search in the order given, each search's in the order of its files.

    Raises ValueError where a frame's search is not in `order` or an id is there twice.
    """
    by_search: dict[str, list[pd.DataFrame]] = {}
    for frame in frames:
        for search, part in frame.groupby("search", sort=False):
            by_search.setdefault(str(search), []).append(part)
    unknown = sorted(set(by_search) - set(order))
    if unknown:
        raise ValueError(f"records of searches that are not configured: {', '.join(unknown)}")
    parts = [part for search in order for part in by_search.get(search, [])]
    combined = pd.concat(parts, ignore_index=True) if parts else model.empty_frame()
    twice = combined["source_record_id"][combined["source_record_id"].duplicated()]
    if len(twice):
        raise ValueError(f"{len(twice)} source record ids are there twice, the first {twice.iloc[0]!r}")
    return combined[model.COLUMNS]
