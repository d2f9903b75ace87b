"""Join: from decided pairs to clusters that are right as wholes, and that stay as they are when they are compared again.

One search after the other, in their order: what a search leaves depends on nothing that was searched for later, so a later search takes
nothing apart. In each, first the pairs of source records, from the strictest rule to the laxest; then, until nothing changes, what
the clusters are as merged entries is compared with all others. A join is refused where any two members contradict each other. Where merged
entries would be joined but for that, the pair is kept, so that a person is asked and the result, deduplicated, stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import pandas as pd

from prismake.deduplication.block import candidate_pairs, key_codes
from prismake.deduplication.cluster import Clusters, cluster, keep_ruled_apart
from prismake.deduplication.compare import compare
from prismake.deduplication.conditions import Pairs
from prismake.deduplication.decide import decide
from prismake.deduplication.merge import Choice, choose, merged_entries
from prismake.deduplication.normalise import Features, chosen, copied, normalise, put
from prismake.deduplication.rules import DIFFERENT, DUPLICATE, PERSON, RULE_ORDER, RULES
from prismake.deduplication.rulings import Rulings
from prismake.deduplication.settings import Settings

WHOLE = 60
"""A cluster with more members is checked by one record of each different content."""

Positions = tuple[int, int]


@dataclass(frozen=True)
class Joined:
    """The pairs with what rulings and the check of whole clusters made of them, the clusters, and who was kept apart.

    `pairs` has the columns `clash` (positions of two members that contradict each other) and `together` (compared as merged entries).
    `kept_apart`: first members of two clusters that would be joined but for a contradiction of members or a ruling. `choices`: as `choose` fills them.
    """

    pairs: pd.DataFrame
    clusters: Clusters
    kept_apart: list[Positions]
    choices: dict[tuple[int, ...], Choice]


def join(
    source: pd.DataFrame,
    features: Features,
    pairs: pd.DataFrame,
    *,
    met: np.ndarray,
    codes: np.ndarray,
    search_rank: np.ndarray,
    ruled: Rulings,
    kept_apart: Sequence[Positions] = (),
    settings: Settings,
) -> Joined:
    """Clusters of the source records, which stand in the order of their searches (`search_rank`).

    `pairs`: those decided, among the pairs that blocking brought together (`met`, as left * n + right) by the blocking keys `codes`, which are changed to those of the
    merged entries; `kept_apart`: pairs that an earlier deduplication kept apart.
    """
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    clusters = Clusters(len(features))
    keep_ruled_apart(clusters, ruled.same, ruled.different)
    conditions = Pairs(pairs)
    contradicting = np.flatnonzero(conditions.contradicting)
    against = zip(left[contradicting].tolist(), right[contradicting].tolist(), strict=True)
    for i, j in {*against, *kept_apart} - set(ruled.same):
        clusters.keep_apart(i, j)
    state = _State(source, features, pairs, met, codes, clusters, settings)
    by_search: dict[int, tuple[list[Positions], list[Positions]]] = {}
    for k, later in _in_order(pairs, search_rank):
        by_search.setdefault(later, ([], []))[1].append((int(left[k]), int(right[k])))
    for i, j in ruled.same:
        by_search.setdefault(int(search_rank[j]), ([], []))[0].append((i, j))
    for search in np.unique(search_rank).tolist():
        first, end = np.searchsorted(search_rank, [search, search + 1]).tolist()
        changed, touched = state.join_pairs(*by_search.get(search, ([], [])), first)
        state.join_merged(changed, touched | set(range(first, end)), end)
    apart = {state.roots(*pair) for pair in (*ruled.different, *kept_apart)}
    refused = [r for r in state.refused if state.clusters.root(r[0]) != state.clusters.root(r[1])]
    told = _told(pairs, refused, ruled)
    again, blocked = state.decided_again()
    if len(again):
        settled = set(
            zip(left[conditions.settled_apart].tolist(), right[conditions.settled_apart].tolist(), strict=True)
        )
        again = again[[pair not in settled for pair in zip(again["left"], again["right"], strict=True)]]
        told = pd.concat([told, again], ignore_index=True)
        told = told.drop_duplicates(["left", "right"], keep="last", ignore_index=True)
    return Joined(told, state.clusters, sorted((apart | blocked) - {(i, i) for i, _ in apart}), state.choices)


class _State:
    """The clusters while they are joined, and each cluster as the merged entry that it is, at the position of its first member."""

    def __init__(
        self,
        source: pd.DataFrame,
        features: Features,
        pairs: pd.DataFrame,
        met: np.ndarray,
        codes: np.ndarray,
        clusters: Clusters,
        settings: Settings,
    ) -> None:
        self.source, self.features, self.settings, self.clusters = source, features, settings, clusters
        self.n = len(features)
        self.known, self.codes = features, codes
        self.is_first = np.ones(self.n, dtype=bool)
        self.several = np.zeros(self.n, dtype=bool)
        self.met = met
        keys = pairs["left"].to_numpy() * self.n + pairs["right"].to_numpy()
        self.compared = set(keys.tolist())
        self.alike = set(keys[pairs["outcome"].to_numpy() == DUPLICATE].tolist())
        self.choices: dict[tuple[int, ...], Choice] = {}
        self.refused: list[tuple[int, int, int, int]] = []
        self.joined_again: list[pd.DataFrame] = []
        self.blocked: dict[Positions, tuple[Positions, pd.DataFrame]] = {}

    def roots(self, i: int, j: int) -> Positions:
        a, b = self.clusters.root(i), self.clusters.root(j)
        return min(a, b), max(a, b)

    def size(self, i: int) -> int:
        return len(self.clusters.of(i))

    # --- source records
    def join_pairs(self, same: list[Positions], joins: list[Positions], new: int) -> tuple[list[int], set[int]]:
        """Join what people ruled the same and what the rules join; `new`: the first position of the search.

        Gives the first members of the clusters that changed and these with all that are no longer first.
        """
        before = self.clusters
        asked = {i for pair in (*same, *joins) for i in pair}
        while True:
            clusters = before.copy()
            for i, j in same:
                clusters.join(i, j)
            refused = cluster(clusters, joins)
            now = {i: clusters.root(i) for i in asked}
            changed = sorted({r for r in now.values() if len(clusters.of(r)) != len(before.of(r))})
            unseen: list[Positions] = []
            strict: list[Positions] = []
            for members in (sorted(clusters.of(r)) for r in changed):
                if len(members) > 2:
                    inside = combinations(self._telling(members), 2)
                    large = len(members) > self.settings.largest_cluster
                    for i, j in inside:
                        (strict if large and j >= new else unseen).append((i, j))
            found = self._contradicting(unseen, strict)
            if not found:
                break
            for i, j in found:
                clusters.keep_apart(i, j)
        self.clusters = clusters
        self.refused += refused
        gone = {before.root(i) for i in asked} - set(now.values())
        self.is_first[sorted(gone)] = False
        return changed, gone | set(changed)

    def _contradicting(self, unseen: list[Positions], strict: list[Positions]) -> list[Positions]:
        """The pairs that contradict each other, each told once: of `unseen` those that were not compared yet and contradict, of `strict` (in
        clusters larger than the settings' largest) also those of which one thing speaks against either, unless they are duplicates themselves."""
        found = []
        for pairs, done in ((unseen, self.compared), (strict, self.alike)):
            asked = sorted({(i, j) for i, j in pairs if i * self.n + j not in done})
            if not asked:
                continue
            done.update(i * self.n + j for i, j in asked)
            one, other = np.array(asked, dtype=np.int64).T
            decided = _decided(self.features, one, other, self.settings, every=True)
            told = Pairs(decided)
            wrong = told.contradicting
            if pairs is strict:
                wrong = (decided["outcome"].to_numpy() != DUPLICATE) & told.unlike
            found += list(zip(one[wrong].tolist(), other[wrong].tolist(), strict=True))
        return found

    def _telling(self, members: list[int]) -> list[int]:
        return members if len(members) <= WHOLE else _distinct(self.features, members)

    # --- merged entries
    def join_merged(self, changed: list[int], touched: set[int], end: int) -> None:
        """Compare merged entries with all others up to the position `end`, and join them, until nothing changes.

        `touched`: positions that are new, changed or gone, whose blocks may bring other pairs together than before.
        """
        while True:
            at = np.array(sorted(touched), dtype=np.int64)
            codes = [self.codes[:, at]]
            if changed:
                self._merge(changed)
                codes.append(self.codes[:, changed])
            if not self.several[:end].any():
                return
            a, b = self._brought_together(np.concatenate(codes, axis=1), end)
            keys = a * self.n + b
            new = self.several[a] | self.several[b]
            new[~new] = ~np.isin(keys[~new], self.met, assume_unique=True)
            found = _decided(self.known, a[new], b[new], self.settings)
            found = found[found["outcome"] == DUPLICATE]
            changed, touched = self._join_again(found)
            if not changed:
                return

    def _merge(self, changed: list[int]) -> None:
        if self.known is self.features:
            self.known = copied(self.features)
        groups = [sorted(self.clusters.of(i)) for i in changed]
        entries = normalise(
            merged_entries(self.source, groups, choose(self.source, self.features, groups, self.choices))
        )
        put(self.known, changed, entries)
        self.codes[:, changed] = key_codes(entries)
        self.several[changed] = True

    def _brought_together(self, wanted: np.ndarray, end: int) -> tuple[np.ndarray, np.ndarray]:
        """The pairs of first members, up to `end`, in blocks with one of the keys `wanted`."""
        first = np.flatnonzero(self.is_first[:end])
        codes = self.codes[:, first]
        for row, keys in zip(codes, wanted, strict=True):
            row[~_among(row, keys)] = 0
        met = codes.any(axis=0)
        first = first[met]
        a, b = candidate_pairs(chosen(self.known, first.tolist()), codes=codes[:, met])
        return first[a], first[b]

    def _join_again(self, found: pd.DataFrame) -> tuple[list[int], set[int]]:
        """Join clusters that are one as merged entries, each at most once, as it then is another entry."""
        strength = found["rule"].map(RULE_ORDER).to_numpy()
        left, right = found["left"].to_numpy(), found["right"].to_numpy()
        asked = [(int(left[k]), int(right[k]), k) for k in np.lexsort((right, left, strength)).tolist()]
        self._check_members(asked)
        changed: set[int] = set()
        gone: set[int] = set()
        done = []
        for i, j, k in asked:
            if i in changed or i in gone or j in changed or j in gone:
                continue
            clash = self.clusters.contradiction(i, j)
            if clash is None:
                self.clusters.join(i, j)
                changed.add(i)
                gone.add(j)
                done.append(k)
            else:
                row = found.iloc[[k]].assign(outcome=PERSON, clash=f"{clash[0]},{clash[1]}", together=True)
                self.blocked[i, j] = ((self.size(i), self.size(j)), row)
        self.is_first[sorted(gone)] = False
        self.joined_again.append(found.iloc[sorted(done)].assign(clash="", together=True))
        return sorted(changed), changed | gone

    def _check_members(self, asked: list[tuple[int, int, int]]) -> None:
        """Find the contradictions between members of clusters that might be joined."""
        unseen: list[Positions] = []
        strict: list[Positions] = []
        for i, j, _ in asked:
            one, other = (self._telling(sorted(self.clusters.of(x))) for x in (i, j))
            large = self.size(i) + self.size(j) > self.settings.largest_cluster
            for a, b in product(one, other):
                (strict if large else unseen).append((min(a, b), max(a, b)))
        for a, b in self._contradicting(unseen, strict):
            self.clusters.keep_apart(a, b)

    def decided_again(self) -> tuple[pd.DataFrame, set[Positions]]:
        """The pairs of merged entries that were joined or kept apart, and the latter's positions, where they are still as they were."""
        kept = {
            pair: row
            for pair, (sizes, row) in sorted(self.blocked.items())
            if self.roots(*pair) == pair and sizes == (self.size(pair[0]), self.size(pair[1]))
        }
        frames = [frame for frame in (*self.joined_again, *kept.values()) if len(frame)]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(), set(kept)


def _decided(
    features: Features, left: np.ndarray, right: np.ndarray, settings: Settings, *, every: bool = False
) -> pd.DataFrame:
    """The pairs compared and decided, at a cost that grows with them and not with all records."""
    at, inverse = np.unique(np.concatenate([left, right]), return_inverse=True)
    part = chosen(features, at.tolist())
    decided = decide(compare(part, inverse[: len(left)], inverse[len(left) :], every=every), settings)
    return decided.assign(left=at[decided["left"]], right=at[decided["right"]])


def _among(values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Whether each value is one of those wanted; a table of their last bits tells most of the others apart."""
    bits = (1 << 20) - 1
    table = np.zeros(bits + 1, dtype=bool)
    table[wanted & bits] = True
    found = table[values & bits]
    found[found] = np.isin(values[found], wanted)
    return found


def _in_order(pairs: pd.DataFrame, search_rank: np.ndarray) -> Iterable[Positions]:
    """The pairs to join, by the strictest rule, each with the later of its two searches; a preprint first with the article whose abstract is most like its own."""
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    joined = np.flatnonzero(pairs["outcome"].to_numpy() == DUPLICATE)
    strength = pairs["rule"].map(RULE_ORDER).fillna(len(RULE_ORDER)).to_numpy()[joined]
    of_relation = np.array([rule.outcome != DUPLICATE for rule in RULES] + [False])[strength.astype(int)]
    likeness = np.where(of_relation, pairs["abstract"].to_numpy()[joined], 0)
    order = joined[np.lexsort((right[joined], left[joined], -likeness, strength))]
    later = np.maximum(search_rank[left[order]], search_rank[right[order]])
    return zip(order.tolist(), later.tolist(), strict=True)


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
    return pairs.assign(outcome=outcome, rule=rule, clash=clash, together=False)
