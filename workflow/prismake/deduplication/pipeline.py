"""The whole of the deduplication: normalise -> block -> compare -> decide -> cluster -> merge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from prismake.deduplication.block import candidate_pairs, key_codes
from prismake.deduplication.cluster import Clusters
from prismake.deduplication.compare import compare
from prismake.deduplication.decide import decide
from prismake.deduplication.join import join
from prismake.deduplication.merge import CONFLICT_COLUMNS, RECORD_COLUMNS, merge
from prismake.deduplication.normalise import normalise
from prismake.deduplication.overlap import overlap_table
from prismake.deduplication.rulings import positions, read_rulings
from prismake.deduplication.settings import Settings, settings_from
from prismake.deduplication.tables import (
    membership_table,
    pair_table,
    pending_table,
    queue_positions,
    queue_table,
    related_table,
    summarised,
    texts,
    with_kept_apart,
    with_relations,
)
from prismake.deduplication.words import words
from prismake.messages.faults import Faults
from prismake.messages.progress import progress


@dataclass(frozen=True)
class Deduplicated:
    """What the deduplication gives; every table sorted by its ids."""

    records: pd.DataFrame
    membership: pd.DataFrame
    pairs: pd.DataFrame
    queue: pd.DataFrame
    related: pd.DataFrame
    conflicts: pd.DataFrame
    pending: pd.DataFrame
    overlap: pd.DataFrame
    summary: dict[str, Any]
    faults: Faults


def deduplicate(
    source_records: pd.DataFrame,
    *,
    rulings: pd.DataFrame | None = None,
    settings: Settings | Mapping[str, Any] | None = None,
    searches: Sequence[str] = (),
    rulings_file: str = "",
) -> Deduplicated:
    """Join the source records that are one entry.

    `source_records` with the columns of `prismake.records.model.COLUMNS` (missing ones count as blank); `rulings` as filled in from the
    queue; `searches`: their order, which decides which source record gives a record its id (searches not named come after, by
    name). Neither the order of rows nor the number of cores changes anything in the result. Raises InputFaults for settings and
    rulings that cannot be obeyed and for source record ids that are not unique.
    """
    settings = settings if isinstance(settings, Settings) else settings_from(settings)
    source, search_rank = _ordered(source_records, searches)
    del source_records  # where nobody else holds it, a million records make room here
    ids = source["source_record_id"].tolist()
    where = positions(ids, [*zip(texts(source, "aliases"), texts(source, "member_ids"), strict=True)])
    ruled = read_rulings(rulings, where, rulings_file)
    with progress("Deduplicating", 6) as shown:
        features = normalise(source)
        shown.step(doing="looking for pairs")
        codes = key_codes(features)
        met = candidate_pairs(features, codes=codes, stage=search_rank)
        shown.step(doing="comparing pairs")
        pairs = compare(features, *met)
        brought = met[0] * len(features) + met[1]
        del met
        shown.step(doing="deciding on pairs")
        pairs = decide(pairs, settings)
        shown.step(doing="joining")
        joined = join(
            source,
            features,
            pairs,
            met=brought,
            codes=codes,
            search_rank=search_rank,
            ruled=ruled,
            kept_apart=_kept_apart(source, where),
            settings=settings,
        )
        pairs, clusters = joined.pairs, joined.clusters
        del brought, codes
        shown.step(doing="merging")
        groups = _groups(clusters)
        records, conflicts = merge(source, features, groups, joined.choices)
        shown.step(doing="writing")
    record_of = {i: ids[g[0]] for g in groups for i in g}
    asked = queue_positions(pairs, clusters, ruled)
    evidence, against = _told(*words(pairs), pairs, ids)
    pairs = pairs.assign(evidence=evidence, against=against)
    related = related_table(pairs, record_of, ids)
    records = with_relations(records, related)
    records = with_kept_apart(records, [(ids[i], ids[j]) for i, j in joined.kept_apart])
    overlap = overlap_table(records["databases"].tolist())
    return Deduplicated(
        records=records[list(RECORD_COLUMNS)].sort_values("record_id", ignore_index=True),
        membership=membership_table(source, record_of),
        pairs=pair_table(pairs, ids),
        queue=queue_table(pairs, asked, source, ids),
        related=related,
        conflicts=conflicts.sort_values(list(CONFLICT_COLUMNS), ignore_index=True),
        pending=pending_table(pairs, asked, source, settings),
        overlap=overlap,
        summary=summarised(source, records, pairs, asked, related, conflicts, overlap, settings, ruled),
        faults=ruled.faults,
    )


def _ordered(source: pd.DataFrame, searches: Sequence[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """The source records by the order of their searches, then by id, and the rank of each one's search."""
    ids = source["source_record_id"].astype(str)
    repeated = ids[ids.duplicated()]
    if len(repeated):
        faults = Faults()
        for name in sorted(set(repeated))[:20]:
            faults.error(
                "repeated-id",
                "two source records have one id",
                column="source_record_id",
                value=name,
                expected="unique ids",
            )
        faults.raise_errors()
    search = texts(source, "search")
    order = {name: n for n, name in enumerate(dict.fromkeys([*searches, *sorted(set(search))]))}
    rank = np.array([order[name] for name in search], dtype=np.int64)
    names = ids.tolist()
    by = sorted(range(len(names)), key=lambda i: (rank[i], names[i]))
    return source.iloc[by].reset_index(drop=True), rank[by]


def _kept_apart(source: pd.DataFrame, where: dict[str, int]) -> list[tuple[int, int]]:
    """The pairs that an earlier deduplication kept apart, of which these are the records."""
    found = set()
    for i, text in enumerate(texts(source, "kept_apart")):
        found |= {(i, where[one]) for one in text.split("; ") if text and one in where}
    return sorted({(min(i, j), max(i, j)) for i, j in found if i != j})


def _groups(clusters: Clusters) -> list[list[int]]:
    """The members of each record, its earliest first; records by their earliest member."""
    members: dict[int, list[int]] = {}
    for i, root in enumerate(clusters.roots().tolist()):
        members.setdefault(root, []).append(i)
    return [members[root] for root in sorted(members)]


def _told(evidence: list[str], against: list[str], pairs: pd.DataFrame, ids: list[str]) -> tuple[list[str], list[str]]:
    """The words for and against with what was found when the clusters were joined."""
    for_it, against = list(evidence), list(against)
    for k in np.flatnonzero(pairs["together"]).tolist():
        for_it[k] = f"with what other entries of the same records say: {for_it[k]}"
    sides = zip(pairs["left"].tolist(), pairs["right"].tolist(), pairs["clash"].tolist(), strict=True)
    for k, (left, right, clash) in enumerate(sides):
        if clash:
            a, b = (int(i) for i in clash.split(","))
            told = f"joining them would join {ids[a]} and {ids[b]}, which contradict each other"
            if {a, b} == {left, right}:
                told = "by themselves they contradict each other"
            against[k] = "; ".join(s for s in (against[k], told) if s)
    return for_it, against
