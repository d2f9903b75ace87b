"""Block: the pairs worth comparing, found by keys that duplicates share and that few other records share.

No key is ever blank or generic. A group of up to `WHOLE` records gives all its pairs; a larger one is sorted and gives the pairs
within a sliding window, so that the cost grows with the number of records and not with the square of any group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from prismake.deduplication.folding import folded
from prismake.deduplication.normalise import Features

WHOLE = 24
WINDOW = 8

_NO_DIGIT = re.compile(r"\D")


def candidate_pairs(
    features: Features, *, codes: np.ndarray | None = None, stage: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Positions (left < right) of the pairs to compare, each once, sorted.

    `codes`: what `key_codes` gives, where it is known already. `stage`: the rank of each record's search; pairs of earlier searches are the
    same whatever comes later, also in groups that grow too large to be compared whole.
    """
    n = len(features)
    if n < 2:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    rank = _order_in_group(features)
    stage = np.zeros(n, dtype=np.int64) if stage is None else stage
    codes = key_codes(features) if codes is None else codes
    found = np.concatenate([_pairs_of_groups(one, rank, stage) for one in codes])
    found.sort()
    found = found[np.r_[True, found[1:] != found[:-1]]] if len(found) else found
    return found // n, found % n


def key_codes(features: Features) -> np.ndarray:
    """The blocking keys as numbers, one row a key and one column a record; 0 = not in this block, equal keys have equal numbers."""
    return np.array(
        [np.fromiter((hash(k) if k else 0 for k in key), dtype=np.int64, count=len(features)) for key in keys(features)]
    )


def keys(features: Features) -> Iterator[list[str]]:
    """The blocking keys, one list a key with a text for each record ("" = not in this block)."""
    titles = features.titles
    first = [names.families[0] if names.families else "" for names in features.names]
    page = [_first_page(pages.options) for pages in features.pages]
    journal = [_initials(j.words) for j in features.journals]
    volume = features.volume
    year = [str(y) if y else "" for y in features.year]
    generic = features.generic.tolist()
    key = [t.key for t in titles]
    yield features.doi
    yield features.pmid
    yield features.accession
    yield [t if not g else _all(t, p, j) for t, g, p, j in zip(key, generic, page, journal, strict=True)]
    yield [t[:24] if not g and len(t) > 24 else "" for t, g in zip(key, generic, strict=True)]
    yield [t[-24:] if not g and len(t) > 24 else "" for t, g in zip(key, generic, strict=True)]
    yield [t.other for t in titles]
    yield [_rare_start(t.words) if not g else "" for t, g in zip(titles, generic, strict=True)]
    yield [_all(j, v, p) for j, v, p in zip(journal, volume, page, strict=True)]
    yield [_all(a, v, p) for a, v, p in zip(first, volume, page, strict=True)]
    yield [_all(a, y, p) for a, y, p in zip(first, year, page, strict=True)]
    yield [_all(v, p, y, str(i)) for v, p, y, i in zip(volume, page, year, features.issue, strict=True)]
    yield [_all(a, y, v) for a, y, v in zip(first, year, volume, strict=True)]
    yield [_all(a, _long_words(t.words)) if not g else "" for a, t, g in zip(first, titles, generic, strict=True)]
    yield [_opening(text) for text in features.abstract]
    yield [about if len(about) > 12 and not g else "" for about, g in zip(features.about, generic, strict=True)]
    yield [(t.other or t.key) if not g else "" for t, g in zip(titles, generic, strict=True)]


def _all(*parts: str) -> str:
    return "\x1f".join(parts) if all(parts) else ""


def _first_page(options: frozenset[str]) -> str:
    return min((_digits(o) for o in options), default="")


@lru_cache(maxsize=100_000)
def _digits(page: str) -> str:
    return _NO_DIGIT.sub("", page).lstrip("0") or page


def _initials(words: tuple[str, ...]) -> str:
    return "".join(w[0] for w in words)[:3]


def _rare_start(words: str) -> str:
    """The three longest words, in alphabetical order: other spellings, orders and subtitles keep most of them."""
    parts = [w for w in words.split() if len(w) > 4]
    if len(parts) < 4:
        return ""
    longest = sorted(set(parts), key=lambda w: (-len(w), w))[:3]
    return " ".join(sorted(longest))


def _long_words(words: str) -> str:
    parts = sorted({w for w in words.split() if len(w) > 5}, key=lambda w: (-len(w), w))[:1]
    return parts[0][:8] if parts else ""


def _opening(abstract: str) -> str:
    if len(abstract) < 150:
        return ""
    return folded(abstract[60:200]).replace(" ", "")[8:56]


def _order_in_group(features: Features) -> np.ndarray:
    """A rank of the records by content, for the windows in large groups: equal content lies together, whatever the order of rows."""
    frame = pd.DataFrame(
        {
            "title": [t.key for t in features.titles],
            "names": ["".join(n.families[:3]) for n in features.names],
            "volume": features.volume,
            "page": [p.first for p in features.pages],
            "id": features.ids,
        }
    )
    order = frame.sort_values(["title", "names", "volume", "page", "id"], kind="stable").index.to_numpy()
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _pairs_of_groups(codes: np.ndarray, rank: np.ndarray, stage: np.ndarray) -> np.ndarray:
    """Pairs as numbers left * n + right of the records that share a key; `codes` with 0 for those that are in no group."""
    members = np.flatnonzero(codes)
    members = members[np.lexsort((rank[members], codes[members]))]
    size = _sizes(codes[members])
    large = members[size > WHOLE]
    found = [_within(members[(size > 1) & (size <= WHOLE)], codes, stage, 0)]
    found += [_within(large[stage[large] <= one], codes, stage, one) for one in np.unique(stage[large]).tolist()]
    return np.concatenate(found)


def _within(members: np.ndarray, codes: np.ndarray, stage: np.ndarray, least: int) -> np.ndarray:
    """Pairs of neighbours, at least one of them of the stage `least` or later; `members` sorted by group and within it."""
    group, n = codes[members], len(codes)
    size = _sizes(group)
    reach = np.where(size <= WHOLE, size - 1, WINDOW)
    found = [np.empty(0, dtype=np.int64)]
    for step in range(1, int(reach.max(initial=0)) + 1):
        at = np.flatnonzero((group[step:] == group[:-step]) & (reach[:-step] >= step))
        if not len(at):
            break
        a, b = members[at], members[at + step]
        late = np.maximum(stage[a], stage[b]) >= least
        found.append(np.minimum(a, b)[late] * n + np.maximum(a, b)[late])
    return np.concatenate(found)


def _sizes(group: np.ndarray) -> np.ndarray:
    """The size of each one's group, in an array where groups lie together."""
    if not len(group):
        return np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    sizes = np.diff(np.r_[starts, len(group)])
    return np.repeat(sizes, sizes)
