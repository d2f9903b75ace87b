"""Author lists as databases write them, reduced to what can be compared.

Seen: `Family, Given; Family, G.`, `Family, G. and Family, G.`, `Family G, Family G`, `Family G. H.Family G.` run together, first
and last names swapped, particles with either part, `others` and `et al` for the rest, `Anonymous` and `[No authors listed]` for none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from prismake.deduplication.folding import folded

_NOBODY = frozenset(
    {
        "anonymous",
        "anon",
        "no authors listed",
        "no author",
        "na",
        "nan",
        "none",
        "unknown",
        "not available",
        "no authorship indicated",
    }
)
_REST = frozenset({"others", "et al", "etal", "and others"})
_RUN_TOGETHER = re.compile(
    r"(?<=[A-Z]\.)(?=[^\W\d_a-z][\w'’-]{2,}|(?:de|van|von|den|der|du|la|le|di|da|el|al|ter|ten)\b)"
)
_INITIALS = re.compile(r"^(?:[A-Z]\.?[\s-]?){1,5}$")
_TRAILING_INITIALS = re.compile(r"^(.*?)[\s,]+((?:[^\W\d_a-z]\.?[\s-]?){1,5})$")
_LEADING_INITIALS = re.compile(r"^[A-Z]{1,4}\s+[^\W\d_][\w'’ -]+$")  # Google Scholar: `RB Family`
_CUT = re.compile(r"\s*(?:\u2026|\.\.\.)$")
_AND = re.compile(r"\s+and\s+|\s+&\s+", re.IGNORECASE)
_SUFFIX = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md", "dr", "prof", "mr", "mrs", "ms"})
_PARTICLES = frozenset(
    {
        "de",
        "van",
        "von",
        "den",
        "der",
        "du",
        "la",
        "le",
        "di",
        "da",
        "el",
        "al",
        "ter",
        "ten",
        "dos",
        "del",
        "st",
        "mc",
        "o",
    }
)


@dataclass(frozen=True, slots=True)
class Names:
    """The authors of one record, for comparing.

    `families`: folded family names in order, without spaces; `first_words`: every word of the first author's name that is
    longer than a letter, plus the family as one; `words`: the same over all authors; `cut`: the list says that it goes on; `initials`: the
    letters with which the first author's given names begin; `given`: those of them that are written out.
    """

    families: tuple[str, ...]
    first_words: frozenset[str]
    words: frozenset[str]
    cut: bool
    initials: frozenset[str]
    given: frozenset[str]


EMPTY = Names((), frozenset(), frozenset(), False, frozenset(), frozenset())
_NAMESAKES = 0.4
"""What two single authors share who have a family name in common and no given name: enough for a person to be asked, not to be joined."""


def split_names(text: str) -> list[str]:
    """The names in a list of authors, whatever separates them."""
    if ";" in text:
        parts = text.split(";")
    elif "|" in text:
        parts = text.split("|")
    elif _AND.search(text):
        parts = _AND.split(text)
    elif "\n" in text:
        parts = text.split("\n")
    elif "," in text and _each_with_initials(_CUT.sub("", text).split(",")):
        parts = text.split(",")
    else:
        parts = _RUN_TOGETHER.split(text)
    return [p.strip() for p in parts if p.strip()]


def _each_with_initials(names: list[str]) -> bool:
    return any(all(form.match(name.strip()) for name in names) for form in (_TRAILING_INITIALS, _LEADING_INITIALS))


def names_of(text: str) -> Names:
    """What can be compared of an author list; `EMPTY` for a blank or a word for nobody."""
    families: list[str] = []
    first: frozenset[str] = frozenset()
    words: set[str] = set()
    cut = False
    initials: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    for part in split_names(text):
        if _CUT.search(part):
            cut, part = True, _CUT.sub("", part)
        family, given = _family_given(part)
        family_words = [w for w in folded(family).split() if w not in _SUFFIX]
        key = "".join(family_words)
        if " ".join(family_words) in _REST or (not key and families):
            cut = True
            continue
        if not key or " ".join(family_words) in _NOBODY:
            continue
        given_folded = folded(given)
        if given_folded in _REST:
            cut = True
        mine = {w for w in family_words if len(w) > 1 and w not in _PARTICLES}
        mine.update(w for w in given_folded.split() if len(w) > 2)
        mine.add(key)
        if not families:
            first = frozenset(mine)
            initials = _initials(given)
            written = frozenset(w for w in given_folded.split() if len(w) > 2)
        families.append(key)
        words |= mine
        if part.endswith(("et al", "et al.")):
            cut = True
    return Names(tuple(families), first, frozenset(words), cut, initials, written) if families else EMPTY


def _family_given(name: str) -> tuple[str, str]:
    if "," in name:
        family, _, given = name.partition(",")
        if _INITIALS.match(family.strip()) and not _INITIALS.match(given.strip()):
            return given, family
        return family, given
    name = re.sub(r"\bet al\.?$", "", name).strip()
    match = _TRAILING_INITIALS.match(name)
    if match and match.group(1):
        return match.group(1), match.group(2)
    head, _, last = name.rpartition(" ")
    return (last, head) if head and last.isalpha() else (name, "")


def _initials(given: str) -> frozenset[str]:
    """`Ada M.`, `A.M.`, `AM` -> a, m; a name in capitals longer than three letters counts as a name."""
    words = re.findall(r"[^\W\d_]+", given)
    return frozenset(letter.lower() for w in words for letter in (w if w.isupper() and len(w) <= 3 else w[:1]))


def overlap(a: Names, b: Names) -> float:
    """Share of the shorter list found in the longer, 0 to 1; -1 where one list is blank.

    A name is found when its family is a family or a word of the other list (names swapped, double names cut short).
    """
    if not a.families or not b.families:
        return -1.0
    if a.families == b.families:
        return _NAMESAKES if len(a.families) == 1 and _other_given(a, b) else 1.0
    short, long = (a, b) if len(a.families) <= len(b.families) else (b, a)
    found = _found(short, long)
    if found < len(short.families):
        # first and last names swapped in the shorter list, then double names cut short and transliterations
        found = max(found, min(_found(long, short), len(short.families)))
    if found < len(short.families):
        families = set(long.families)
        left_over = [f for f in long.families if f not in short.families]
        alike = sum(1 for f in short.families if f not in families and f not in long.words and _alike(f, left_over))
        found = min(found + alike, len(short.families))
    return found / len(short.families)


def _other_given(a: Names, b: Names) -> bool:
    """Whether both lists tell the first author's given names, and none of one begins as one of the other, or written out is like one."""
    if a.cut or b.cut or not (a.initials and b.initials):
        return False
    return a.initials.isdisjoint(b.initials) or bool(
        a.given and b.given and not any(_one_given(x, y) for x in a.given for y in b.given)
    )


def _one_given(a: str, b: str) -> bool:
    """Whether two given names may be one: cut short, or in two spellings."""
    return a.startswith(b) or b.startswith(a) or fuzz.ratio(a, b) >= 55


def _found(of: Names, among: Names) -> int:
    """How many families of one list are a family or a word of a name in the other."""
    families = set(among.families)
    return sum(1 for family in of.families if family in families or family in among.words)


def _alike(family: str, others: list[str]) -> bool:
    """Whether a family name is one of the others cut short (`de Prado`, `Garrido de Prado`) or transliterated."""
    return any(
        (min(len(family), len(other)) > 4 and (family.endswith(other) or other.endswith(family)))
        or (len(family) > 3 and fuzz.ratio(family, other, score_cutoff=76) > 0)
        for other in others
    )


def same_first(a: Names, b: Names) -> bool:
    """Whether the first authors can be one person: they share a family or swapped name word."""
    if not a.first_words.isdisjoint(b.first_words):
        return True
    return bool(a.families and b.families) and len(a.families[0]) > 3 and fuzz.ratio(a.families[0], b.families[0]) >= 80
