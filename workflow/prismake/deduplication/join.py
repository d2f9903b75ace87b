"""Join: from decided pairs to clusters that are right as wholes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from prismake.deduplication.block import candidate_pairs, key_codes
from prismake.deduplication.cluster import Clusters, cluster
from prismake.deduplication.compare import compare
from prismake.deduplication.conditions import Pairs
from prismake.deduplication.decide import decide
from prismake.deduplication.merge import Choice, choose
from prismake.deduplication.normalise import Features, chosen, merged
from prismake.deduplication.rules import DIFFERENT, DUPLICATE, PERSON, RULE_ORDER
from prismake.deduplication.rulings import Rulings
from prismake.deduplication.settings import Settings

WHOLE = 60
"""A cluster with more members is checked by one record of each different content."""
ROUNDS = 4


def join(
    features: Features, pairs: pd.DataFrame, ruled: Rulings, search_rank: np.ndarray, settings: Settings
) -> tuple[pd.DataFrame, Clusters]:
    """Clusters, and the pairs with what the rulings and the check of whole clusters made of them."""
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    order = _in_order(pairs, search_rank)
    joins = list(zip(left[order].tolist(), right[order].tolist(), strict=True))
    contradicting = np.flatnonzero(Pairs(pairs).contradicting)
    apart = list(zip(left[contradicting].tolist(), right[contradicting].tolist(), strict=True))
    clusters, refused = cluster(len(features), joins, apart, ruled.same, ruled.different)
    for _ in range(ROUNDS):
        unseen = _contradictions_within(features, pairs, clusters, settings, search_rank)
        if not unseen:
            break
        apart += unseen
        clusters, refused = cluster(len(features), joins, apart, ruled.same, ruled.different)
    return _told(pairs, refused, ruled), clusters


def join_merged(
    source: pd.DataFrame,
    features: Features,
    pairs: pd.DataFrame,
    clusters: Clusters,
    settings: Settings,
    choices: dict[tuple[int, ...], Choice],
    codes: np.ndarray,
    search_rank: np.ndarray,
) -> pd.DataFrame:
    """Look again with what the merged records know together, until nothing changes; so that the result, deduplicated, stays as it is.

    Joins `clusters` further and gives the pairs with those that decided so. `codes`: the blocking keys of the single records.
    """
    for _ in range(ROUNDS):
        roots = clusters.roots()
        first, size = np.unique(roots, return_counts=True)
        several = first[size > 1].tolist()
        if not several:
            break
        taken = choose(source, features, [sorted(clusters.of(i)) for i in several], choices)
        known = chosen(merged(features, several, taken), first.tolist())
        changed = size > 1
        anew = codes[:, first]
        anew[:, changed] = key_codes(chosen(known, np.flatnonzero(changed).tolist()))
        a, b = candidate_pairs(known, codes=anew, stage=search_rank[first])
        a, b = (side[changed[a] | changed[b]] for side in (a, b))
        again = decide(compare(known, a, b), settings)
        again = again[again["outcome"] == DUPLICATE]
        found = _joined_again(clusters, again.assign(left=first[again["left"]], right=first[again["right"]]))
        if not len(found):
            break
        pairs = pd.concat([pairs, found.assign(clash="")], ignore_index=True)
        pairs = pairs.drop_duplicates(["left", "right"], keep="last", ignore_index=True)
    return pairs


def _joined_again(clusters: Clusters, again: pd.DataFrame) -> pd.DataFrame:
    done = []
    strength = again["rule"].map(RULE_ORDER).to_numpy()
    left, right = again["left"].to_numpy(), again["right"].to_numpy()
    for k in np.lexsort((right, left, strength)).tolist():
        i, j = int(left[k]), int(right[k])
        if clusters.root(i) != clusters.root(j) and clusters.contradiction(i, j) is None:
            clusters.join(i, j)
            done.append(k)
    return again.iloc[sorted(done)]


def _in_order(pairs: pd.DataFrame, search_rank: np.ndarray) -> np.ndarray:
    """The pairs to join: those of the earliest searches first, so that a later search takes nothing apart; then by the strictest rule."""
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    joined = np.flatnonzero(pairs["outcome"].to_numpy() == DUPLICATE)
    strength = pairs["rule"].map(RULE_ORDER).fillna(len(RULE_ORDER)).to_numpy()[joined]
    later = np.maximum(search_rank[left[joined]], search_rank[right[joined]])
    return joined[np.lexsort((right[joined], left[joined], strength, later))]


def _contradictions_within(
    features: Features, pairs: pd.DataFrame, clusters: Clusters, settings: Settings, search_rank: np.ndarray
) -> list[tuple[int, int]]:
    """Pairs inside clusters of three and more that blocking did not bring together, and that contradict each other.

    In a cluster larger than `settings.largest_cluster` a pair that is not itself a duplicate needs but one sign against it; how large it was
    when the later of the two was searched for decides, so that a later search takes nothing apart.
    """
    outcomes = pairs["outcome"].tolist()
    seen = dict(zip(zip(pairs["left"].tolist(), pairs["right"].tolist(), strict=True), outcomes, strict=True))
    small, large = [], []
    for members in clusters.members.values():
        if len(members) < 3:
            continue
        is_large = len(members) > settings.largest_cluster
        told = _distinct(features, sorted(members)) if len(members) > WHOLE else sorted(members)
        for n, j in enumerate(told):
            if is_large and np.count_nonzero(search_rank[members] <= search_rank[j]) > settings.largest_cluster:
                large += [(i, j) for i in told[:n] if seen.get((i, j)) != DUPLICATE]
            else:
                small += [(i, j) for i in told[:n] if (i, j) not in seen]
    found = []
    for wanted, every in ((small, False), (large, True)):
        if wanted:
            one, other = np.array(wanted, dtype=np.int64).T
            decided = decide(compare(features, one, other, every=True), settings)
            told = Pairs(decided)
            wrong = (decided["outcome"].to_numpy() != DUPLICATE) & told.unlike if every else told.contradicting
            found += list(zip(one[wrong].tolist(), other[wrong].tolist(), strict=True))
    return found


def _distinct(features: Features, members: list[int]) -> list[int]:
    """One record of each different content."""
    first: dict[tuple, int] = {}
    for i in members:
        content = (
            features.titles[i],
            features.names[i].families,
            features.doi[i],
            features.volume[i],
            features.pages[i],
            features.year[i],
        )
        first.setdefault(content, i)
    return sorted(first.values())


def _told(pairs: pd.DataFrame, refused: list[tuple[int, int, int, int]], ruled: Rulings) -> pd.DataFrame:
    outcome, rule = pairs["outcome"].to_numpy().copy(), pairs["rule"].to_numpy().copy()
    clash = np.full(len(pairs), "", dtype=object)
    if refused or ruled.same or ruled.different:
        at = {pair: k for k, pair in enumerate(zip(pairs["left"].tolist(), pairs["right"].tolist(), strict=True))}
        for i, j, a, b in refused:
            outcome[at[i, j]], clash[at[i, j]] = PERSON, f"{a},{b}"
        for mine, said, name in (
            (ruled.same, DUPLICATE, "a person ruled: the same"),
            (ruled.different, DIFFERENT, "a person ruled: different"),
        ):
            for pair in mine:
                if pair in at:
                    outcome[at[pair]], rule[at[pair]], clash[at[pair]] = said, name, ""
    return pairs.assign(outcome=outcome, rule=rule, clash=clash)
