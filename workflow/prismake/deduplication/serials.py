"""Journals: full names, abbreviations, acronyms, suffixes and cities made comparable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from prismake.deduplication.folding import folded

_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "de",
        "der",
        "des",
        "di",
        "do",
        "du",
        "e",
        "et",
        "for",
        "fur",
        "in",
        "l",
        "la",
        "le",
        "of",
        "on",
        "och",
        "os",
        "per",
        "the",
        "to",
        "und",
        "und",
        "voor",
        "y",
        "za",
        "el",
        "en",
        "las",
        "los",
    ]
)
_BRACKET = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_MEETING = re.compile(r"\.?\s*\bconference:.*$", re.I)  # Embase: `Heart. Conference: Annual Meeting of ...`
_MEETING_WORDS = frozenset(
    ["conference", "conferences", "congress", "proceedings", "symposium", "workshop", "meeting", "convention"]
)
_COUNTS = re.compile(
    r"^(?:\d+(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\w+teenth|\w+tieth|twenty|thirty|forty|fifty|"
    r"annual|proceedings|proc|vols?|ieee|acm|joint)$"
)
_AFTER = re.compile(r"\s*[:;=/|].*$| - .*$|\. (?=[A-Z]).*$")
_DAMAGED = frozenset({"", "na", "nan", "none", "unknown", "null", "not available"}) | frozenset(
    {
        "apa psycinfo",
        "cinahl",
        "embase",
        "eric",
        "medline",
        "psycinfo",
        "pubmed",
        "scopus",
        "web of science",
    }  # where it was found
)


class Journals(IntEnum):
    """How two journals compare."""

    OTHER = -1
    UNKNOWN = 0
    SIMILAR = 1
    SAME = 2


@dataclass(frozen=True, slots=True)
class Journal:
    """`words` folded without small words; `head` those before a subtitle, bracket or section; `key` run together."""

    words: tuple[str, ...]
    head: tuple[str, ...]
    key: str
    cut_before: bool = False
    cut_after: bool = False


NO_JOURNAL = Journal((), (), "")
_DOTS = ("\u2026", "...")  # Google Scholar: `\u2026 and anxiety disorders`, `Journal of \u2026`


@lru_cache(maxsize=200_000)
def journal_of(text: str) -> Journal:
    """A journal's name or abbreviation as written."""
    text = text.strip()
    before, after = text.startswith(_DOTS), text.endswith(_DOTS)
    for dots in _DOTS:
        text = text.removeprefix(dots).removesuffix(dots)
    plain = _MEETING.sub("", _BRACKET.sub("", text.strip())) or text
    words = _words(plain) or _words(text)
    if " ".join(words) in _DAMAGED:
        return NO_JOURNAL
    head = _words(_AFTER.sub("", plain))
    if not head or words[: len(head)] != head:
        head = words
    return Journal(words, head, "".join(words), before, after)


def _words(text: str) -> tuple[str, ...]:
    folded_words = folded(text).split()
    return tuple(w for w in folded_words if w not in _SMALL) or tuple(folded_words)


@lru_cache(maxsize=500_000)
def compare_journals(a: Journal, b: Journal) -> Journals:
    """Whether two names can be one journal: equal, one an abbreviation or acronym of the other, or one the other's beginning."""
    if not a.words or not b.words:
        return Journals.UNKNOWN
    if a == b:
        return Journals.SAME
    if a.cut_before or a.cut_after or b.cut_before or b.cut_after:
        return _compare_cut(a, b)
    if a.key == b.key:
        return Journals.SAME
    tails = a.words[len(a.head) :], b.words[len(b.head) :]
    if all(tails) and (a.head == b.head or abbreviates(a.head, b.head) or abbreviates(b.head, a.head)):
        # sections of one journal: Experimental Psychology: General is not Experimental Psychology: Applied
        same = abbreviates(*tails) or abbreviates(*tails[::-1]) or _stems(tails[0]) & _stems(tails[1])
        return Journals.SAME if same else Journals.SIMILAR
    if a.head == b.head:
        return Journals.SAME
    for x in (a.words, a.head):
        for y in (b.words, b.head):
            if abbreviates(x, y) or abbreviates(y, x) or _short_form(x, y) or _short_form(y, x):
                return Journals.SAME
    if _one_meeting(a.words, b.words):
        return Journals.SAME
    if abbreviates(a.words, b.words, left_out=1) or abbreviates(b.words, a.words, left_out=1):
        return Journals.SIMILAR
    if _stems(a.words) & _stems(b.words) and _share(a.words, b.words) >= 0.6:
        return Journals.SIMILAR
    return Journals.OTHER


def _compare_cut(a: Journal, b: Journal) -> Journals:
    """Names of which a search engine shows a part: the same where it is two words or more and stands in the other, else not known."""
    part, whole = (a, b) if len(a.words) <= len(b.words) else (b, a)
    size = len(part.words)
    starts = range(len(whole.words) - size + 1)
    if not part.cut_before:
        starts = starts[:1]
    elif not part.cut_after:
        starts = starts[-1:]
    found = any(
        all(_shortens(x, y) or _shortens(y, x) for x, y in zip(part.words, whole.words[n : n + size], strict=True))
        for n in starts
    )
    return Journals.SAME if found and size >= 2 else Journals.UNKNOWN


def abbreviates(short: tuple[str, ...], long: tuple[str, ...], left_out: int = 0) -> bool:
    """Whether each word of `short` abbreviates a word of `long`, in order, with at most `left_out` words of `long` without one."""
    if len(short) > len(long) or len(long) - len(short) > (left_out if len(short) > 1 else 0):
        return False
    at = 0
    for word in short:
        while at < len(long) and not _shortens(word, long[at]):
            at += 1
        if at == len(long):
            return False
        at += 1
    return True


def _shortens(short: str, long: str) -> bool:
    """`psychol` shortens `psychology`, `natl` shortens `national`, `j` shortens `journal`."""
    if long.startswith(short):
        return True
    if not short or short[0] != long[0] or len(short) > len(long) or len(short) < 3:
        return short == long
    rest = iter(long)
    return all(c in rest for c in short)


def _short_form(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """An acronym (`jama`) or an abbreviation run together (`jthoraccardiovascsurg`)."""
    if len(short) != 1 or len(long) < 3 or len(short[0]) < 3:
        return False
    if len(short[0]) <= 8 and short[0] == "".join(w[0] for w in long):
        return True
    return len(short[0]) > 8 and _made_of_beginnings(short[0], long)


def _made_of_beginnings(text: str, words: tuple[str, ...]) -> bool:
    if not words:
        return not text
    word = words[0]
    for size in range(min(len(word), len(text)), 0, -1):
        if text[:size] == word[:size] and _made_of_beginnings(text[size:], words[1:]):
            return True
    return False


def _one_meeting(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two names of conferences are one but for years, counts, acronyms and themes."""
    if _MEETING_WORDS.isdisjoint(a) and _MEETING_WORDS.isdisjoint(b):
        return False
    a, b = (tuple(w for w in words if not _COUNTS.match(w)) for words in (a, b))
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    at = iter(long)
    return len(short) >= 3 and all(any(word == other for other in at) for word in short)


def _stems(words: tuple[str, ...]) -> set[str]:
    return {w[:4] for w in words if len(w) > 1}


def _share(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    found = sum(1 for w in short if any(_shortens(w, x) or _shortens(x, w) for x in long))
    return found / len(short)
