"""The whole of the deduplication: normalise -> block -> compare -> decide -> cluster -> merge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from prismake.deduplication.block import candidate_pairs
from prismake.deduplication.cluster import Clusters, cluster
from prismake.deduplication.compare import compare
from prismake.deduplication.conditions import Pairs
from prismake.deduplication.decide import decide
from prismake.deduplication.merge import CONFLICT_COLUMNS, RECORD_COLUMNS, merge
from prismake.deduplication.normalise import normalise
from prismake.deduplication.overlap import contributions, overlap_table
from prismake.deduplication.rules import DIFFERENT, DUPLICATE, PERSON, RELATED, RULE_ORDER
from prismake.deduplication.rulings import COLUMNS as RULING_COLUMNS
from prismake.deduplication.rulings import Rulings, positions, read_rulings
from prismake.deduplication.settings import Settings, settings_from
from prismake.deduplication.words import words
from prismake.messages.faults import Faults

PAIR_COLUMNS = (
    "source_record_id_1", "source_record_id_2", "outcome", "rule", "relation", "evidence", "against", "title", "authors", "abstract", "year_gap", "journal",
    "volume", "issue", "page", "doi",
)  # fmt: skip
QUEUE_COLUMNS = (
    "source_record_id_1", "source_record_id_2", "title_1", "title_2", "authors_1", "authors_2", "year_1", "year_2", "journal_1", "journal_2", "place_1",
    "place_2", "doi_1", "doi_2", "evidence", "against", *RULING_COLUMNS[2:],
)  # fmt: skip
MEMBERSHIP_COLUMNS = ("source_record_id", "record_id", "search", "database", "aliases", "earliest")
RELATED_COLUMNS = ("record_id_1", "record_id_2", "relation", "source_record_id_1", "source_record_id_2", "evidence", "against")


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

    `source_records` with the columns of `prismake.records.model.COLUMNS` (missing ones count as blank); `rulings` as filled in from the queue;
    `searches`: their order, which decides which source record gives a record its id (searches not named come after, by name). Neither
    the order of rows nor the number of cores changes anything in the result. Raises InputFaults for settings and rulings that
    cannot be obeyed and for source record ids that are not unique.
    """
    settings = settings if isinstance(settings, Settings) else settings_from(settings)
    source, search_rank = _ordered(source_records, searches)
    ids = source["source_record_id"].tolist()
    ruled = read_rulings(rulings, positions(ids, _texts(source, "aliases")), rulings_file)
    features = normalise(source)
    left, right = candidate_pairs(features)
    pairs = decide(compare(features, left, right), settings)
    pairs, clusters = _clustered(pairs, len(source), ruled, search_rank)
    roots = clusters.roots()
    groups = _groups(roots)
    records, conflicts = merge(source, groups)
    record_of = {i: ids[g[0]] for g in groups for i in g}
    queue = _queue(pairs, roots, ruled)
    evidence, against = words(pairs)
    pairs = pairs.assign(evidence=evidence, against=_with_refusals(against, pairs, ids))
    related = _related(pairs, record_of, ids)
    records = _with_relations(records, related)
    membership = _membership(source, record_of)
    table = overlap_table(records["databases"].tolist())
    summary = _summary(source, records, pairs, queue, related, conflicts, table, settings, ruled)
    return Deduplicated(
        records=records[list(RECORD_COLUMNS)].sort_values("record_id", ignore_index=True),
        membership=membership,
        pairs=_pair_table(pairs, ids),
        queue=_queue_table(pairs, queue, source, ids),
        related=related,
        conflicts=conflicts.sort_values(list(CONFLICT_COLUMNS), ignore_index=True),
        pending=_pending(pairs, queue, source, settings),
        overlap=table,
        summary=summary,
        faults=ruled.faults,
    )


def _ordered(source: pd.DataFrame, searches: Sequence[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """The source records by the order of their searches, then by id, and the rank of each one's search."""
    ids = source["source_record_id"].astype(str)
    if ids.duplicated().any():
        faults = Faults()
        for name in sorted(set(ids[ids.duplicated()]))[:20]:
            faults.error("repeated-id", "two source records have one id", column="source_record_id", value=name, expected="unique ids")
        faults.raise_errors()
    search = pd.Series(_texts(source, "search"))
    order = {name: n for n, name in enumerate(dict.fromkeys([*searches, *sorted(set(search))]))}
    rank = search.map(order).to_numpy(dtype=np.int64) if len(search) else np.empty(0, dtype=np.int64)
    by = np.lexsort((pd.Series(ids.tolist(), dtype=object).rank(method="first").to_numpy() if len(ids) else np.empty(0), rank))
    return source.iloc[by].reset_index(drop=True), rank[by]


def _clustered(
    pairs: pd.DataFrame, n: int, ruled: Rulings, search_rank: np.ndarray
) -> tuple[pd.DataFrame, Clusters]:
    """Clusters, and the pairs with what the rulings and the check of whole clusters made of them."""
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    joined = np.flatnonzero(pairs["outcome"].to_numpy() == DUPLICATE)
    strength = pairs["rule"].map(RULE_ORDER).fillna(len(RULE_ORDER)).to_numpy()
    later = np.maximum(search_rank[left], search_rank[right]) if n else np.empty(0)
    order = joined[np.lexsort((right[joined], left[joined], strength[joined], later[joined]))]
    contradicting = np.flatnonzero(Pairs(pairs).contradicting)
    clusters, refused = cluster(
        n,
        zip(left[order].tolist(), right[order].tolist(), strict=True),
        zip(left[contradicting].tolist(), right[contradicting].tolist(), strict=True),
        ruled.same,
        ruled.different,
    )
    outcome, rule = pairs["outcome"].to_numpy().copy(), pairs["rule"].to_numpy().copy()
    at = {pair: k for k, pair in enumerate(zip(left.tolist(), right.tolist(), strict=True))} if refused or ruled.same or ruled.different else {}
    clash = [""] * len(pairs)
    for i, j, a, b in refused:
        k = at[i, j]
        outcome[k], clash[k] = PERSON, f"{a},{b}"
    for mine, said, name in ((ruled.same, DUPLICATE, "a person ruled: the same"), (ruled.different, DIFFERENT, "a person ruled: different")):
        for pair in mine:
            if pair in at:
                outcome[at[pair]], rule[at[pair]] = said, name
    return pairs.assign(outcome=outcome, rule=rule, clash=clash), clusters


def _groups(roots: np.ndarray) -> list[list[int]]:
    """The members of each record, its earliest first; records by their earliest member."""
    members: dict[int, list[int]] = {}
    for i, root in enumerate(roots.tolist()):
        members.setdefault(root, []).append(i)
    return [members[root] for root in sorted(members)]


def _queue(pairs: pd.DataFrame, roots: np.ndarray, ruled: Rulings) -> np.ndarray:
    """The pairs to ask about: one for each two records, none that a ruling already settles."""
    settled = {tuple(sorted((int(roots[i]), int(roots[j])))) for i, j in ruled.different}
    seen = set(settled)
    kept = []
    asked = np.flatnonzero(pairs["outcome"].to_numpy() == PERSON)
    left, right, title = pairs["left"].to_numpy(), pairs["right"].to_numpy(), pairs["title"].to_numpy()
    for k in sorted(asked.tolist(), key=lambda k: (-float(title[k]), int(left[k]), int(right[k]))):
        between = tuple(sorted((int(roots[left[k]]), int(roots[right[k]]))))
        if between[0] != between[1] and between not in seen:
            seen.add(between)
            kept.append(k)
    return np.array(sorted(kept), dtype=np.int64)


def _with_refusals(against: list[str], pairs: pd.DataFrame, ids: list[str]) -> list[str]:
    said = list(against)
    for k, clash in enumerate(pairs["clash"].tolist()):
        if clash:
            a, b = (ids[int(i)] for i in clash.split(","))
            said[k] = "; ".join(s for s in (said[k], f"joining them would join {a} and {b}, which contradict each other") if s)
    return said


def _related(pairs: pd.DataFrame, record_of: dict[int, str], ids: list[str]) -> pd.DataFrame:
    """One row for each two records with related members."""
    rows = []
    part = pairs[pairs["outcome"] == RELATED]
    columns = ("left", "right", "relation", "evidence", "against")
    for i, j, relation, evidence, against in zip(*(part[c].tolist() for c in columns), strict=True):
        if record_of[i] != record_of[j]:
            one, other = sorted(((record_of[i], ids[i]), (record_of[j], ids[j])))
            rows.append((one[0], other[0], relation, one[1], other[1], evidence, against))
    table = pd.DataFrame(rows, columns=list(RELATED_COLUMNS), dtype=str).sort_values(list(RELATED_COLUMNS[:5]), ignore_index=True)
    return table.drop_duplicates(list(RELATED_COLUMNS[:3]), ignore_index=True)


def _with_relations(records: pd.DataFrame, related: pd.DataFrame) -> pd.DataFrame:
    others: dict[str, dict[str, str]] = {}
    for one, other, relation in zip(*(related[c].tolist() for c in RELATED_COLUMNS[:3]), strict=True):
        others.setdefault(one, {})[other] = relation
        others.setdefault(other, {})[one] = relation
    texts = [others.get(r, {}) for r in records["record_id"].tolist()]
    return records.assign(
        related=["; ".join(sorted(t)) for t in texts],
        relation=["; ".join(t[r] for r in sorted(t)) for t in texts],
    )


def _membership(source: pd.DataFrame, record_of: dict[int, str]) -> pd.DataFrame:
    ids = source["source_record_id"].tolist()
    return pd.DataFrame(
        {
            "source_record_id": ids,
            "record_id": [record_of[i] for i in range(len(ids))],
            "search": _texts(source, "search"),
            "database": _texts(source, "database"),
            "aliases": _texts(source, "aliases"),
            "earliest": [record_of[i] == ids[i] for i in range(len(ids))],
        }
    ).sort_values("source_record_id", ignore_index=True)


def _pair_table(pairs: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    """The pairs that were joined, asked about, related, or kept apart by a rule or a ruling."""
    told = pairs[(pairs["outcome"] != DIFFERENT) | (pairs["rule"] != "nothing decides")]
    one, other = [ids[i] for i in told["left"].tolist()], [ids[i] for i in told["right"].tolist()]
    table = pd.DataFrame(
        {
            "source_record_id_1": one,
            "source_record_id_2": other,
            **{c: told[c].tolist() for c in ("outcome", "rule", "relation", "evidence", "against")},
            **{c: [round(float(v), 3) if v >= 0 else None for v in told[c].tolist()] for c in ("title", "authors", "abstract")},
            "year_gap": pd.array([None if v < 0 else int(v) for v in told["year"].tolist()], dtype="Int64"),
            **{c: [_SAID[int(v)] for v in told[c].tolist()] for c in ("journal", "volume", "issue", "page", "doi")},
        }
    )
    return table[list(PAIR_COLUMNS)].sort_values(["source_record_id_1", "source_record_id_2"], ignore_index=True)


_SAID = {-1: "different", 0: "unknown", 1: "same", 2: "same"}


def _queue_table(pairs: pd.DataFrame, queue: np.ndarray, source: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    asked = pairs.iloc[queue]
    left, right = asked["left"].tolist(), asked["right"].tolist()
    columns: dict[str, list[str]] = {"source_record_id_1": [ids[i] for i in left], "source_record_id_2": [ids[i] for i in right]}
    for name in ("title", "authors", "year", "journal", "doi"):
        texts = source[name].astype("string").fillna("") if name in source else pd.Series([""] * len(source))
        for side, at in (("1", left), ("2", right)):
            columns[f"{name}_{side}"] = texts.iloc[at].tolist()
    for side, at in (("1", left), ("2", right)):
        parts = source.iloc[at]
        cells = zip(_texts(parts, "volume"), _texts(parts, "issue"), _texts(parts, "pages"), strict=True)
        columns[f"place_{side}"] = [f"{v}{f'({i})' if i else ''}{f', {p}' if p else ''}" for v, i, p in cells]
    for name in ("evidence", "against"):
        columns[name] = asked[name].tolist()
    for name in RULING_COLUMNS[2:]:
        columns[name] = [""] * len(asked)
    return pd.DataFrame(columns, columns=list(QUEUE_COLUMNS), dtype=str).sort_values(list(QUEUE_COLUMNS[:2]), ignore_index=True)


def _pending(pairs: pd.DataFrame, queue: np.ndarray, source: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """What waits for a person: each pair of the queue, unless what nobody ruled on counts as settled."""
    rows = []
    if not settings.queue_is_settled:
        ids, titles = source["source_record_id"].tolist(), _texts(source, "title")
        asked = pairs.iloc[queue]
        for i, j in zip(asked["left"].tolist(), asked["right"].tolist(), strict=True):
            rows.append(("deduplication", f"{ids[i]} | {ids[j]}", titles[i], "", "say whether the two source records are the same entry"))
    return pd.DataFrame(rows, columns=["stage", "id", "title", "who", "what"], dtype=str).sort_values("id", ignore_index=True)


def _summary(
    source: pd.DataFrame, records: pd.DataFrame, pairs: pd.DataFrame, queue: np.ndarray, related: pd.DataFrame, conflicts: pd.DataFrame,
    table: pd.DataFrame, settings: Settings, ruled: Rulings,
) -> dict[str, Any]:  # fmt: skip
    joined = pairs[pairs["outcome"] == DUPLICATE]
    within = Counter(_texts(source, "database"))
    return {
        "source_records": len(source),
        "records": len(records),
        "duplicates_removed": len(source) - len(records),
        "queue": len(queue),
        "related": dict(sorted(Counter(related["relation"].tolist()).items())),
        "conflicts": dict(sorted(Counter(conflicts["column"].tolist()).items())),
        "joined_by": dict(sorted(Counter(joined["rule"].tolist()).items())),
        "rulings": {"same": len(ruled.same), "different": len(ruled.different)},
        "databases": contributions(table, within),
        "searches": dict(sorted(Counter(_texts(source, "search")).items())),
        "settings": {"mode": settings.mode, "join_preprints": settings.join_preprints, "join_dissertations": settings.join_dissertations,
                     "without_rules": list(settings.without_rules)},
    }  # fmt: skip


def _texts(frame: pd.DataFrame, column: str) -> list[str]:
    if column not in frame:
        return [""] * len(frame)
    return frame[column].fillna("").astype(str).tolist()
