"""Compare: how alike the two records of each candidate pair are, field by field.

A comparison says 1 same, 0 not known (a side is blank or the two cannot be compared), -1 differs; a similarity lies between 0 and 1,
and is -1 where a side is blank.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from prismake.deduplication.folding import folded
from prismake.deduplication.identifiers import doi_version
from prismake.deduplication.names import Names, overlap, same_first
from prismake.deduplication.normalise import Features
from prismake.deduplication.numbering import Pages
from prismake.deduplication.serials import Journals, compare_journals
from prismake.deduplication.titles import Difference, Title, difference
from prismake.messages.progress import watched

WORTH_A_LOOK = 0.6
"""Least likeness of titles for a pair that shares no identifier and no place to be looked at further, if the two share a name."""
MUCH_ALIKE = 0.8
"""Least likeness of titles for a pair to be looked at, whoever wrote it."""

_LEAST_CONTINUED = 14  # letters of a title that another may continue
_AT_ONCE = 200_000  # pairs
_PART = re.compile(r"\b(?:part|parts|paper|study|experiment|phase|section|[1-9]|i{1,3}|iv|vi{0,3}|ix|x)\b")
_LOCATOR = re.compile(r"^[b-oqrt-z]\d{4,}$")
_ARTICLE_NUMBER = re.compile(r"^(?:\d{5,}|[b-oqrt-z]\d{4,}|[a-z]{2}\d{4,})$")
_ABSTRACT_LEAST = 240  # shorter ones are a search engine's snippets, from anywhere in the abstract


def compare(features: Features, left: np.ndarray, right: np.ndarray, *, every: bool = False) -> pd.DataFrame:
    """One row a pair that is worth a look (`every`: that is given), in the order given, with the columns described in the module."""
    if not every:
        keep = worth_a_look(features, left, right)
        left, right = left[keep], right[keep]
    keys = [t.key for t in features.titles]
    ratio = _ratio(keys, left, right)
    doi = _same_text(features.doi, left, right)
    pmid = _same_text(features.pmid, left, right)
    page = _pages(features, left, right)
    volume = _volumes(features, left, right)
    cross = _cross(features.titles, left, right)
    about = _about(features, left, right)
    code, only_left, only_right = _differences(features.titles, left, right, ratio)
    names = features.names
    year_left, year_right = features.year[left], features.year[right]
    notice, work = np.array(features.notice, dtype=object), np.array(features.work, dtype=object)
    generic = features.generic
    length = np.array([len(t.key) for t in features.titles], dtype=np.int32)
    bracketed = np.array([t.bracketed or bool(t.other) for t in features.titles], dtype=bool)
    english = np.array([t.english for t in features.titles], dtype=bool)
    version = [doi_version(d) if d else "" for d in features.doi]
    cut = np.array([n.cut for n in names], dtype=bool)
    many = np.array([len(n.families) for n in names], dtype=np.int32)
    bare = np.fromiter(
        (not (j.words or v or p.first or d) for j, v, p, d in zip(features.journals, features.volume, features.pages, features.doi, strict=True)),
        dtype=bool, count=len(features),
    )  # fmt: skip
    placed = np.fromiter(
        (bool(v or p.first) for v, p in zip(features.volume, features.pages, strict=True)),
        dtype=bool,
        count=len(features),
    )
    counts = np.array([p.count for p in features.pages], dtype=np.int32)
    single = np.array([p.alone for p in features.pages], dtype=bool)
    return pd.DataFrame(
        {
            "left": left,
            "right": right,
            "title": ratio,
            "difference": code,
            "only_left": only_left,
            "only_right": only_right,
            "parts": _parts(features.titles, left, right, code),
            "cross": cross,
            "about": about,
            "generic": generic[left] | generic[right],
            "length": np.minimum(length[left], length[right]),
            "translated": bracketed[left] | bracketed[right] | (english[left] != english[right]),
            "authors": _each_pair(overlap, names, left, right, np.float32),
            "first": _first(names, left, right),
            "fewest": np.minimum(many[left], many[right]),
            "most": np.maximum(many[left], many[right]),
            "cut": cut[left] | cut[right],
            "year": np.where((year_left > 0) & (year_right > 0), np.abs(year_left - year_right), -1),
            "journal": _journals(features, left, right),
            "volume": volume,
            "issue": _issues(features.issue, left, right),
            "page": page,
            "last": _last_pages(features.pages, left, right),
            "own_pages": _own_pages(features.pages, left, right),
            "sparser_earlier": _sparser_earlier(features, placed, left, right),
            "longest": np.maximum(counts[left], counts[right]),
            "unplaced_both": ~placed[left] & ~placed[right],
            "sparse_both": bare[left] & bare[right],
            "sparse_one": bare[left] | bare[right],
            "alone": single[left] | single[right],
            "alone_both": single[left] & single[right],
            "supplement": features.supplement[left] | features.supplement[right],
            "supplement_both": features.supplement[left] & features.supplement[right],
            "doi": doi,
            "pmid": pmid,
            "isbn": _shared(features.isbn, left, right),
            "version": _same_text(version, left, right),
            "abstract": _abstracts(features.abstract, left, right),
            "notice_left": notice[left],
            "notice_right": notice[right],
            "work_left": work[left],
            "work_right": work[right],
            "accession": _accessions(features.accession, left, right),
        }
    )


def worth_a_look(features: Features, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether a pair shares an identifier, much of its title or its place: the rest is not compared further.

    What costs least comes first, and each pair is asked only until something speaks for it: nearly all pairs that a block brings together by
    chance fall away on comparisons of numbers.
    """
    keys = [t.key for t in features.titles]
    ratio = _ratio(keys, left, right)
    keep = (ratio >= MUCH_ALIKE) | (_same_text(features.doi, left, right) == 1)
    keep |= (_same_text(features.pmid, left, right) == 1) | _about(features, left, right)
    keep |= _same_text(features.accession, left, right) == 1
    volume = _volumes(features, left, right)
    several = np.fromiter((bool(t.other) for t in features.titles), dtype=bool, count=len(features))
    for asked, condition in (
        (ratio >= WORTH_A_LOOK, lambda a, b: _someone_shared(features.names, a, b)),
        (several[left] | several[right], lambda a, b: _cross(features.titles, a, b)),
        (_same_end(keys, left, right), lambda a, b: _continued(keys, a, b)),
        ((volume == 1) | ((volume == 0) & (ratio > 0.2)), lambda a, b: _pages(features, a, b) == 1),
    ):
        at = np.flatnonzero(asked & ~keep)
        keep[at] = condition(left[at], right[at])
    return keep


def _ratio(texts: list[str], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Likeness of the texts, 0 to 1; -1 where one is blank. In parts, so that no list of all pairs is held."""
    values = np.empty(len(left), dtype=np.float32)
    for start in watched(range(0, len(left), _AT_ONCE), "Comparing"):
        part = slice(start, start + _AT_ONCE)
        x, y = [texts[i] for i in left[part].tolist()], [texts[i] for i in right[part].tolist()]
        values[part] = process.cpdist(x, y, scorer=fuzz.ratio, dtype=np.float32, workers=-1) / np.float32(100)
    blank = np.fromiter((not t for t in texts), dtype=bool, count=len(texts))
    return np.where(blank[left] | blank[right], np.float32(-1), values)


def _someone_shared(names: list[Names], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether the authors share a word of a name, or one has none."""

    def one(a: Names, b: Names) -> bool:
        return not a.words or not b.words or not a.words.isdisjoint(b.words)

    return _each_pair(one, names, left, right, bool)


def _same_end(keys: list[str], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether two titles begin or end with the same letters, too few to be cut short."""
    first = _same_text([key[:_LEAST_CONTINUED] for key in keys], left, right)
    return (first == 1) | (_same_text([key[-_LEAST_CONTINUED:] for key in keys], left, right) == 1)


def _continued(keys: list[str], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether one title, not a short one, is the beginning or the end of the other."""

    def one(a: str, b: str) -> bool:
        short, long = (a, b) if len(a) <= len(b) else (b, a)
        return len(short) >= _LEAST_CONTINUED and (long.startswith(short) or long.endswith(short))

    return _each_pair(one, keys, left, right, bool)


def _same_text(values: list[str], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    codes, _ = pd.factorize(np.array(["", *values], dtype=object))
    codes = codes[1:]
    a, b = codes[left], codes[right]
    return np.where((a == 0) | (b == 0), 0, np.where(a == b, 1, -1)).astype(np.int8)


def _accessions(accession: list[str], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Accession numbers, where those of two databases say nothing against each other."""
    database = _same_text([text.partition(":")[0] for text in accession], left, right)
    return np.where(database == 1, _same_text(accession, left, right), 0).astype(np.int8)


def _volumes(features: Features, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Volumes, where a year in the volume's place says nothing against another volume."""
    same = _same_text(features.volume, left, right)
    as_year = np.fromiter(
        (v == str(y) for v, y in zip(features.volume, features.year.tolist(), strict=True)),
        dtype=bool,
        count=len(features),
    )
    return np.where((same == -1) & (as_year[left] != as_year[right]), 0, same).astype(np.int8)


def _issues(issue: list[str], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Issues, where a number above 100 (a running number of a reference manager, or of all issues ever) says nothing against another."""
    same = _same_text(issue, left, right)
    for n in np.flatnonzero(same == -1).tolist():
        one, other = issue[left[n]], issue[right[n]]
        if _running(one) or _running(other) or _one_supplement(one, other):
            same[n] = 0
    return same


def _running(issue: str) -> bool:
    return issue.isdigit() and int(issue) > 100


def _one_supplement(a: str, b: str) -> bool:
    """`9` and `s1` may both be short for `9s1`, and `2` of a journal's supplements may be `s2` of the journal."""
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    number, _, supplement = long.partition("s")
    return "s" in long and short in (number, supplement, f"s{supplement}", f"{number}s")


def _each_pair(function, values: list, left: np.ndarray, right: np.ndarray, dtype: type) -> np.ndarray:
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.fromiter((function(values[i], values[j]) for i, j in pairs), dtype=dtype, count=len(left))


def _first(names: list, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    def one(a, b) -> int:
        if not a.families or not b.families:
            return 0
        return 1 if same_first(a, b) else -1

    return _each_pair(one, names, left, right, np.int8)


def _pages(features: Features, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """First pages; those of an early view, counted from 1 without a volume, say nothing against the issue's."""
    same = _each_pair(_same_page, features.pages, left, right, np.int8)
    early = np.fromiter(
        (p.first == "1" and not v for p, v in zip(features.pages, features.volume, strict=True)),
        dtype=bool,
        count=len(features),
    )
    return np.where((same == -1) & (early[left] != early[right]), 0, same).astype(np.int8)


def _same_page(a: Pages, b: Pages) -> int:
    if not a.first or not b.first:
        return 0
    if a.first == b.first or not a.options.isdisjoint(b.options):
        return 1
    x, y = a.first.lstrip("abcdefghijklmnopqrstuvwxyz."), b.first.lstrip("abcdefghijklmnopqrstuvwxyz.")
    if x == y and (x == a.first or y == b.first):
        return 1
    if _overlapping(a, b):
        return 1  # a slip in a page: no two works of a volume share most of their pages
    if a.alone and b.alone and (bool(_LOCATOR.match(a.first)) != bool(_LOCATOR.match(b.first))):
        return 0  # the article number of the electronic version says nothing against the page of the printed one
    if a.alone != b.alone:
        whole, number = (b, a) if a.alone else (a, b)
        # a range counted from 1 says nothing against an article number, and a single page may be any of a range
        if whole.first == "1" or _within(number, whole) or len(number.first) >= 5:
            return 0
    return -1


def _overlapping(a: Pages, b: Pages) -> bool:
    if min(a.count, b.count) < 4 or not (a.first.isdigit() and b.first.isdigit()):
        return False
    shared = min(int(a.last), int(b.last)) - max(int(a.first), int(b.first)) + 1
    return 2 * shared > max(a.count, b.count) and min(int(a.first), int(b.first)) > 1


def _within(number: Pages, whole: Pages) -> bool:
    if not (number.first.isdigit() and whole.first.isdigit() and whole.last.isdigit()):
        return False
    return int(whole.first) <= int(number.first) <= int(whole.last)


def _last_pages(pages: list[Pages], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    def one(a: Pages, b: Pages) -> int:
        if a.alone or b.alone or not a.first or not b.first:
            return 0
        return 1 if a.last == b.last else -1

    return _each_pair(one, pages, left, right, np.int8)


def _own_pages(pages: list[Pages], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether both have one range of several pages that does not begin at 1, or one article number: no two works of a volume have that."""

    def one(a: Pages, b: Pages) -> bool:
        if a.first != b.first or a.last != b.last:
            return False
        if a.alone or b.alone:
            return bool(a.alone and b.alone and _ARTICLE_NUMBER.match(a.first))
        return a.count >= 2 and a.first.lstrip("abcdefghijklmnopqrstuvwxyz.") != "1"

    return _each_pair(one, pages, left, right, bool)


def _sparser_earlier(features: Features, placed: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether one record has neither volume nor page, the other has, and the first is not of a later year: early view and issue."""
    earlier = np.where(
        placed[left], features.year[right] <= features.year[left], features.year[left] <= features.year[right]
    )
    return (placed[left] != placed[right]) & earlier


def _shared(values: list[tuple[str, ...]], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    def one(a: tuple[str, ...], b: tuple[str, ...]) -> int:
        if not a or not b:
            return 0
        return -1 if set(a).isdisjoint(b) else 1

    return _each_pair(one, values, left, right, np.int8)


def _journals(features: Features, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The best agreement of either name; equal ISSNs stand in for a missing name and make other names similar."""
    full, short, issn = features.journals, features.journals_abbreviated, features.issn
    values = np.empty(len(left), dtype=np.int8)
    for n, (i, j) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        best = compare_journals(full[i], full[j])
        if best < Journals.SAME:
            if issn[i] and issn[j] and not set(issn[i]).isdisjoint(issn[j]):
                # an ISSN alone against two names may be a renamed journal or an ISSN copied with a wrong DOI
                best = max(best, Journals.SIMILAR if best == Journals.OTHER else Journals.SAME)
            else:
                for a, b in ((full[i], short[j]), (short[i], full[j]), (short[i], short[j])):
                    if a.words and b.words:
                        other = compare_journals(a, b)
                        best = other if other > best or best == Journals.UNKNOWN else best
        values[n] = best
    return values


def _cross(titles: list[Title], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether a title in another language is the other record's title."""

    def one(a: Title, b: Title) -> bool:
        if not a.other and not b.other:
            return False
        both = (a.key + a.other == b.key) or (b.key + b.other == a.key)  # both titles run together
        return both or (a.other != "" and a.other in (b.key, b.other)) or (b.other != "" and b.other == a.key)

    return _each_pair(one, titles, left, right, bool)


def _about(features: Features, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Whether one is a notice about a work with the other's title."""
    codes, _ = pd.factorize(np.array(["", *features.about], dtype=object))
    codes = codes[1:]
    notice = np.fromiter((bool(n) for n in features.notice), dtype=bool, count=len(features))
    return (codes[left] == codes[right]) & (codes[left] != 0) & (notice[left] != notice[right])


def _differences(
    titles: list[Title], left: np.ndarray, right: np.ndarray, ratio: np.ndarray
) -> tuple[np.ndarray, list[str], list[str]]:
    code = np.empty(len(left), dtype=np.int8)
    only_left, only_right = [""] * len(left), [""] * len(left)
    for n, (i, j) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        a, b = titles[i], titles[j]
        if not a.key or not b.key:
            code[n] = Difference.UNRELATED
        elif a.key == b.key:
            code[n] = Difference.NONE
        elif ratio[n] < 0.3 and a.key[:20] != b.key[:20]:
            code[n] = Difference.UNRELATED
        else:
            code[n], only_left[n], only_right[n] = difference(a.words, b.words)
    return code, only_left, only_right


def _parts(titles: list[Title], left: np.ndarray, right: np.ndarray, code: np.ndarray) -> np.ndarray:
    """Whether the titles differ by a number and both name a part or a study."""

    def one(n: int, i: int, j: int) -> bool:
        return code[n] == Difference.NUMERAL and bool(_PART.search(titles[i].words) and _PART.search(titles[j].words))

    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.fromiter((one(n, i, j) for n, (i, j) in enumerate(pairs)), dtype=bool, count=len(left))


def _abstracts(abstract: list[str], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Likeness of the beginnings of the abstracts, -1 where one is blank or too short to tell."""
    wanted = np.unique(np.concatenate([left, right])).tolist() if len(left) else []
    short = {i: _opening(abstract[i]) for i in wanted}
    words: dict[str, frozenset[tuple[str, str, str]]] = {}
    values = np.full(len(left), -1, dtype=np.float32)
    at = [n for n, (i, j) in enumerate(zip(left.tolist(), right.tolist(), strict=True)) if short[i] and short[j]]
    if at:
        x = [short[left[n]] for n in at]
        y = [short[right[n]] for n in at]
        values[at] = process.cpdist(x, y, scorer=fuzz.ratio, dtype=np.float32, workers=-1) / np.float32(100)
        for n in at:
            if values[n] < 0.9:
                values[n] = max(values[n], _words_shared(short[left[n]], short[right[n]], words))
    return values


def _opening(text: str) -> str:
    if len(text) < _ABSTRACT_LEAST:
        return ""
    opening = folded(text)
    return opening if len(opening) >= _ABSTRACT_LEAST else ""


def _words_shared(a: str, b: str, known: dict[str, frozenset[tuple[str, str, str]]]) -> float:
    """Share of the three-word runs of the shorter text that the other has: high where one begins elsewhere or is cut."""
    for text in (a, b):
        if text not in known:
            parts = text.split()
            known[text] = frozenset(zip(parts, parts[1:], parts[2:], strict=False))
    x, y = known[a], known[b]
    return len(x & y) / max(1, min(len(x), len(y)))
