"""The tables that the deduplication writes, from decided pairs and clusters."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from prismake.deduplication.cluster import Clusters
from prismake.deduplication.decide import UNDECIDED
from prismake.deduplication.overlap import contributions
from prismake.deduplication.rules import DIFFERENT, DUPLICATE, PERSON, RELATED
from prismake.deduplication.rulings import COLUMNS as RULING_COLUMNS
from prismake.deduplication.rulings import Rulings
from prismake.deduplication.settings import Settings

PAIR_COLUMNS = (
    "source_record_id_1", "source_record_id_2", "outcome", "rule", "relation", "evidence", "against", "title", "authors", "abstract",
    "year_gap", "journal", "volume", "issue", "page", "doi",
)  # fmt: skip
QUEUE_COLUMNS = (
    "source_record_id_1", "source_record_id_2", "title_1", "title_2", "authors_1", "authors_2", "year_1", "year_2", "journal_1", "journal_2",
    "place_1", "place_2", "doi_1", "doi_2", "evidence", "against", *RULING_COLUMNS[2:],
)  # fmt: skip
RELATED_COLUMNS = (
    "record_id_1",
    "record_id_2",
    "relation",
    "source_record_id_1",
    "source_record_id_2",
    "evidence",
    "against",
)
PENDING_COLUMNS = ("stage", "id", "title", "who", "what")
_SAID = {-1: "different", 0: "unknown", 1: "same", 2: "same"}


def queue_positions(pairs: pd.DataFrame, clusters: Clusters, ruled: Rulings) -> np.ndarray:
    """The pairs to ask about: one for each two records, none that a ruling already settles."""
    seen = {_between(clusters, i, j) for i, j in ruled.different}
    kept = []
    asked = np.flatnonzero(pairs["outcome"].to_numpy() == PERSON).tolist()
    left, right, title = pairs["left"].to_numpy(), pairs["right"].to_numpy(), pairs["title"].to_numpy()
    for k in sorted(asked, key=lambda k: (-float(title[k]), int(left[k]), int(right[k]))):
        between = _between(clusters, int(left[k]), int(right[k]))
        if between[0] != between[1] and between not in seen:
            seen.add(between)
            kept.append(k)
    return np.array(sorted(kept), dtype=np.int64)


def _between(clusters: Clusters, i: int, j: int) -> tuple[int, int]:
    a, b = clusters.root(i), clusters.root(j)
    return min(a, b), max(a, b)


def pair_table(pairs: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    """The pairs that were joined, asked about, related, or kept apart by a rule or a ruling."""
    told = pairs[(pairs["outcome"] != DIFFERENT) | (pairs["rule"] != UNDECIDED)]
    table = pd.DataFrame(
        {
            "source_record_id_1": [ids[i] for i in told["left"].tolist()],
            "source_record_id_2": [ids[i] for i in told["right"].tolist()],
            **{c: told[c].astype(str).to_numpy() for c in ("outcome", "rule", "relation", "evidence", "against")},
            **{
                c: told[c].astype(float).round(3).where(told[c] >= 0).to_numpy()
                for c in ("title", "authors", "abstract")
            },
            "year_gap": told["year"].astype("Int64").where(told["year"] >= 0).array,
            **{c: told[c].astype(int).map(_SAID).to_numpy() for c in ("journal", "volume", "issue", "page", "doi")},
        }
    )
    return table[list(PAIR_COLUMNS)].sort_values(["source_record_id_1", "source_record_id_2"], ignore_index=True)


def queue_table(pairs: pd.DataFrame, asked: np.ndarray, source: pd.DataFrame, ids: list[str]) -> pd.DataFrame:
    """The sheet of questions: both records side by side, the evidence, and blank columns for the ruling."""
    rows = pairs.iloc[asked]
    sides = (("1", rows["left"].tolist()), ("2", rows["right"].tolist()))
    columns: dict[str, list[str]] = {f"source_record_id_{side}": [ids[i] for i in at] for side, at in sides}
    for side, at in sides:
        part = source.iloc[at]
        for name in ("title", "authors", "year", "journal", "doi"):
            columns[f"{name}_{side}"] = texts(part, name)
        cells = zip(texts(part, "volume"), texts(part, "issue"), texts(part, "pages"), strict=True)
        columns[f"place_{side}"] = [f"{v}{f'({i})' if i else ''}{f', {p}' if p else ''}" for v, i, p in cells]
    for name in ("evidence", "against"):
        columns[name] = rows[name].tolist()
    for name in RULING_COLUMNS[2:]:
        columns[name] = [""] * len(rows)
    table = pd.DataFrame(columns, columns=list(QUEUE_COLUMNS), dtype=str)
    return table.sort_values(list(QUEUE_COLUMNS[:2]), ignore_index=True)


def related_table(pairs: pd.DataFrame, record_of: dict[int, str], ids: list[str]) -> pd.DataFrame:
    """One row for each two records with related members."""
    rows = []
    part = pairs[pairs["outcome"] == RELATED]
    columns = ("left", "right", "relation", "evidence", "against")
    for i, j, relation, evidence, against in zip(*(part[c].tolist() for c in columns), strict=True):
        if record_of[i] != record_of[j]:
            one, other = sorted(((record_of[i], ids[i]), (record_of[j], ids[j])))
            rows.append((one[0], other[0], relation, one[1], other[1], evidence, against))
    table = pd.DataFrame(rows, columns=list(RELATED_COLUMNS), dtype=str).sort_values(
        list(RELATED_COLUMNS[:5]), ignore_index=True
    )
    return table.drop_duplicates(list(RELATED_COLUMNS[:3]), ignore_index=True)


def with_relations(records: pd.DataFrame, related: pd.DataFrame) -> pd.DataFrame:
    """The records with the ids of related records and what they are, in one order."""
    others: dict[str, dict[str, str]] = {}
    for one, other, relation in zip(*(related[c].tolist() for c in RELATED_COLUMNS[:3]), strict=True):
        others.setdefault(one, {})[other] = relation
        others.setdefault(other, {})[one] = relation
    found = [others.get(r, {}) for r in records["record_id"].tolist()]
    return records.assign(
        related=pd.array(["; ".join(sorted(t)) for t in found], dtype=str),
        relation=pd.array(["; ".join(t[r] for r in sorted(t)) for t in found], dtype=str),
    )


def with_kept_apart(records: pd.DataFrame, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    """The records with the ids of those that each would be joined with, but for a contradiction of members or a ruling."""
    others: dict[str, list[str]] = {}
    for one, other in pairs:
        others.setdefault(one, []).append(other)
        others.setdefault(other, []).append(one)
    told = ["; ".join(sorted(others.get(r, []))) for r in records["record_id"].tolist()]
    return records.assign(kept_apart=pd.array(told, dtype=str))


def membership_table(source: pd.DataFrame, record_of: dict[int, str]) -> pd.DataFrame:
    """Which source record went into which record."""
    ids = source["source_record_id"].tolist()
    table = pd.DataFrame(
        {
            "source_record_id": ids,
            "record_id": [record_of[i] for i in range(len(ids))],
            "search": texts(source, "search"),
            "database": texts(source, "database"),
            "aliases": texts(source, "aliases"),
            "earliest": pd.array([record_of[i] == ids[i] for i in range(len(ids))], dtype=bool),
        }
    )
    return table.sort_values("source_record_id", ignore_index=True)


def pending_table(pairs: pd.DataFrame, asked: np.ndarray, source: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """What waits for a person: each pair of the queue, unless what nobody ruled on counts as settled."""
    rows = []
    if not settings.queue_is_settled:
        ids, titles = source["source_record_id"].tolist(), texts(source, "title")
        sides = pairs.iloc[asked]
        for i, j in zip(sides["left"].tolist(), sides["right"].tolist(), strict=True):
            rows.append(
                (
                    "deduplication",
                    f"{ids[i]} | {ids[j]}",
                    titles[i],
                    "",
                    "say whether the two source records are the same entry",
                )
            )
    return pd.DataFrame(rows, columns=list(PENDING_COLUMNS), dtype=str).sort_values("id", ignore_index=True)


def summarised(
    source: pd.DataFrame, records: pd.DataFrame, pairs: pd.DataFrame, asked: np.ndarray, related: pd.DataFrame, conflicts: pd.DataFrame,
    overlap: pd.DataFrame, settings: Settings, ruled: Rulings,
) -> dict[str, Any]:  # fmt: skip
    """The numbers of the stage."""
    joined = pairs[pairs["outcome"] == DUPLICATE]
    return {
        "source_records": len(source),
        "records": len(records),
        "duplicates_removed": len(source) - len(records),
        "queue": len(asked),
        "related": _counted(related["relation"].tolist()),
        "conflicts": _counted(conflicts["column"].tolist()),
        "joined_by": _counted(joined["rule"].tolist()),
        "rulings": {"same": len(ruled.same), "different": len(ruled.different)},
        "databases": contributions(overlap, Counter(texts(source, "database"))),
        "searches": _counted(texts(source, "search")),
        "settings": {
            "mode": settings.mode,
            "join_preprints": settings.join_preprints,
            "join_dissertations": settings.join_dissertations,
            "without_rules": list(settings.without_rules),
            "largest_cluster": settings.largest_cluster,
        },
    }


def _counted(values: list[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def texts(frame: pd.DataFrame, column: str) -> list[str]:
    """A column as text, blank for missing cells and for a column that is not there."""
    if column not in frame:
        return [""] * len(frame)
    return frame[column].astype("string").fillna("").tolist()
