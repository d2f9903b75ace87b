"""Block: the pairs worth comparing, found by keys that duplicates share and that few other records share.

No key is ever blank or generic. A group of up to `WHOLE` records gives all its pairs; a larger one is sorted and gives the pairs
within a sliding window, so that the cost grows with the number of records and not with the square of any group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from prismake.deduplication.folding import folded
from prismake.deduplication.normalise import Features

WHOLE = 24
WINDOW = 8

_LETTERS = re.compile(r"[^a-z]+")


def candidate_pairs(features: Features) -> tuple[np.ndarray, np.ndarray]:
    """Positions (left < right) of the pairs to compare, each once, sorted."""
    n = len(features)
    if n < 2:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    place = _order_in_group(features)
    found: list[np.ndarray] = []
    for key in keys(features):
        found.append(_pairs_of_groups(key, place, n))
    codes = np.unique(np.concatenate(found))
    return codes // n, codes % n


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
    if not options:
        return ""
    digits = min(re.sub(r"\D", "", o).lstrip("0") or o for o in options)
    return digits


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


def _pairs_of_groups(key: list[str], rank: np.ndarray, n: int) -> np.ndarray:
    """Pairs as codes left * n + right of the records that share a key."""
    codes, _ = pd.factorize(np.array(key, dtype=object))
    blank = np.fromiter((not k for k in key), dtype=bool, count=n)
    members = np.flatnonzero(~blank)
    members = members[np.lexsort((rank[members], codes[members]))]
    group = codes[members]
    if len(members) < 2:
        return np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    sizes = np.diff(np.r_[starts, len(group)])
    reach = np.repeat(np.where(sizes <= WHOLE, sizes - 1, WINDOW), sizes)
    found = []
    for step in range(1, int(reach.max(initial=0)) + 1):
        same = (group[step:] == group[:-step]) & (reach[:-step] >= step)
        if not same.any():
            break
        a, b = members[:-step][same], members[step:][same]
        found.append(np.minimum(a, b) * n + np.maximum(a, b))
    return np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
