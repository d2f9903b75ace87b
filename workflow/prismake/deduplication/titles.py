"""Titles: what databases add to them is taken off, and two titles are told apart by the words in which they differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from prismake.deduplication.folding import folded, unmarked
from prismake.deduplication.generic_titles import is_generic
from prismake.deduplication.numbering import roman

_FLAG = re.compile(
    r"^\W*(?:retracted(?: article| paper)?|withdrawn|removed|reprint(?:ed article)?(?: of)?|republished(?: article| research| paper)?)\s*[:.\-\u2013\u2014]\s*",
    re.I,
)
_FLAG_AFTER = re.compile(
    r"\s*[(\[](?:retracted|withdrawn|this article has been retracted|reprinted|republished|publication with expression)\b[^()\[\]]*[)\]]?\s*\.?$",
    re.I,
)
_LANGUAGES = (
    "afrikaans|arabic|bulgarian|catalan|chinese|croatian|czech|danish|dutch|english|estonian|finnish|french|german|greek|hebrew|hungarian|"
    "icelandic|italian|japanese|korean|lithuanian|macedonian|norwegian|persian|polish|portuguese|romanian|russian|serbian|serbo-croatian|"
    "slovak|slovene|slovenian|spanish|swedish|thai|turkish|ukrainian|vietnamese"
)
_NOTE_AFTER = re.compile(
    rf"\s*[\[(](?:(?:original article )?in )?(?:(?:{_LANGUAGES})(?:[,;/ ]+(?:and )?(?:{_LANGUAGES}))*|see comments?\.?|comments?|review|\d+ refs?\.?|"
    r"review\]\s*\[\d+ refs?|letter|abstract|abstract(?: no\.?| number)?[ :#]*[a-z]{0,3}[- ]?\d{0,5}|electronic version|electronic resource|summary for patients in[^\]]*)"
    r"\.?[\])]\s*\.?$",
    re.I,
)
_NOTICE_APPEARED = re.compile(
    r"\s*[\[(](?:(?:a )?(?:published )?(?:erratum|corrected|correction|corrigendum|retraction|comment|see comments?|reprint|update|expression of concern)\b[^\[\]]{0,40}?\b(?:appear(?:s|ed)|in)\b).*$",
    re.I,
)
_NAMED = "|".join(name.title().replace("-C", "-C") for name in _LANGUAGES.split("|"))
_LANGUAGE_NAMES = frozenset(_NAMED.split("|")) | {"Serbo"}
_CAPITALISED = re.compile(r"[A-Z][a-z]+")
_VERNACULAR = re.compile(
    rf"(?<=[A-Za-z0-9)\]?!\"”])[.?!]*\]?[.?!]?\s+[\[(]?(?:{_NAMED})\b[\])]?(?=\s*$|\.?\s+[^\W\d_a-z])"
)
_OTHER_IN_BRACKETS = re.compile(r"^(.{15,}?)[;.]?\s*\[([^\[\]]{15,})\]$", re.S)
_BILINGUAL = re.compile(r"\s+=\s+|\s*\.\s*=\s*")
_ARTICLES = frozenset({"a", "an", "the", "and", "plus"})  # "plus" because one database writes + and another drops it
# fmt: off
_ENGLISH = frozenset({
    "about", "across", "after", "against", "among", "an", "and", "are", "as", "at", "before", "between", "by", "can", "does",
    "during", "following", "for", "from", "how", "into", "is", "its", "of", "on", "or", "the", "their", "through", "to",
    "towards", "under", "upon", "using", "versus", "via", "what", "when", "where", "which", "who", "why", "with", "within",
    "without",
})
# fmt: on
_DAMAGED = frozenset(
    {
        "",
        "name",
        "untitled",
        "no title",
        "title",
        "unknown",
        "na",
        "n a",
        "nan",
        "null",
        "value",
        "ref",
        "not available",
        "title not available",
        "no title available",
    }
)

_NUMBERS = {
    w: str(i)
    for i, group in enumerate(
        [("zero",), ("one", "first", "1st"), ("two", "second", "2nd"), ("three", "third", "3rd"), ("four", "fourth", "4th"), ("five", "fifth", "5th"),
         ("six", "sixth", "6th"), ("seven", "seventh", "7th"), ("eight", "eighth", "8th"), ("nine", "ninth", "9th"), ("ten", "tenth", "10th"),
         ("eleven", "eleventh", "11th"), ("twelve", "twelfth", "12th")]
    )
    for w in group
}  # fmt: skip
NUMBER_WORDS = frozenset(_NUMBERS)
_NEGATING = (
    "a",
    "an",
    "un",
    "in",
    "im",
    "ir",
    "non",
    "dis",
    "de",
    "anti",
    "hypo",
    "hyper",
    "pre",
    "post",
    "sub",
    "re",
    "co",
    "bi",
    "uni",
    "mono",
    "di",
    "tri",
    "inter",
    "intra",
    "extra",
    "trans",
    "cis",
)


_ONE_LETTER_APART = (
    {"mediation", "meditation", "medication"}, {"addition", "addiction"}, {"adoption", "adaption"}, {"interval", "internal"}, {"moral", "mortal", "morale"},
    {"complement", "compliment"}, {"sensory", "sensor"}, {"personal", "personnel"},
)  # fmt: skip
"""Words that a letter makes another word: no slip of the keys."""


class Difference(IntEnum):
    """How two titles differ; the lower, the less."""

    NONE = 0
    """Equal but for case, accents, markup, articles, spacing, roman against arabic numerals."""
    SPELLING = 1
    """Words differ by spelling, inflection or a slip of the keys."""
    SUBTITLE = 2
    """One stops where the other goes on, or begins later."""
    ADDED = 3
    """One has words that the other lacks."""
    EXCHANGED = 4
    """Each has words that the other lacks, few of them."""
    NUMERAL = 5
    """They differ by a number: part, year, study, dose."""
    UNRELATED = 6
    """Little in common, or not comparable (another language)."""


@dataclass(frozen=True, slots=True)
class Title:
    """A title for comparing: `words` folded, `key` without spaces and articles, `other` the key of a title in another language,
    `generic` when it could stand on any work (Editorial, Introduction), `bracketed` when it was given as a translation, `english` when
    one of its small words is."""

    words: str
    key: str
    other: str
    generic: bool
    bracketed: bool
    english: bool


NO_TITLE = Title("", "", "", True, False, False)


def title_of(text: str, alternative: str = "") -> Title:
    """A title as written, and another of the same work where the database gives one."""
    other = alternative
    if "ORIGINAL" in text:
        text, _, other = (
            text.replace("&lt;", "<").partition("<ORIGINAL>") if "<ORIGINAL>" in text else (text, "", alternative)
        )
    text = _cleaned(text)
    bracketed = text.startswith("[")
    text = text.strip(" .")
    if bracketed or "[" not in text:
        text = text.strip("[] .")
    tail = _vernacular(text)
    if tail:
        text, other, bracketed = text[: tail[0]], text[tail[1] :] or other, True
    halves = _BILINGUAL.split(text)
    if len(halves) == 2 and min(len(h) for h in halves) > 12:
        text, other = halves[1], halves[0]
        bracketed = True
    pair = _OTHER_IN_BRACKETS.match(text)
    if pair and _is_english(pair.group(1)) != _is_english(pair.group(2)):
        text, other, bracketed = pair.group(1), pair.group(2), True
    words = folded(text)
    if words in _DAMAGED:
        return NO_TITLE
    parts = words.split()
    kept = [w for w in parts if w not in _ARTICLES] or parts
    key = "".join(kept)
    other_key = "".join(w for w in folded(_cleaned(other)).split() if w not in _ARTICLES) if other else ""
    return Title(
        words, key, other_key if other_key != key else "", is_generic(kept, NUMBER_WORDS), bracketed, _is_english(words)
    )


def _is_english(text: str) -> bool:
    return not _ENGLISH.isdisjoint(text.lower().split())


def _vernacular(text: str) -> tuple[int, int] | None:
    """Where `Title. Polish Tytul` (a language named after a full stop, then the title in it) ends and goes on."""
    if _LANGUAGE_NAMES.isdisjoint(_CAPITALISED.findall(text)):
        return None
    for match in _VERNACULAR.finditer(text):
        stop = match.group().lstrip()
        if match.start() > 15 and (stop[:1] in ".?!])[(" or text[match.start() - 1 : match.start()] in ")]?!"):
            return match.start(), match.end()
    return None


def without_notes(text: str) -> str:
    """The title without a database's note that an erratum, comment or reprint of it appeared elsewhere."""
    return _FLAG_AFTER.sub("", _NOTICE_APPEARED.sub("", text)) or text


def _cleaned(text: str) -> str:
    text = unmarked(text).strip()
    text = without_notes(_FLAG.sub("", text))
    for _ in range(3):
        shorter = _NOTE_AFTER.sub("", _FLAG_AFTER.sub("", text)).strip()
        if shorter == text or not shorter:
            break
        text = shorter
    return text


def difference(a: str, b: str) -> tuple[Difference, str, str]:
    """How two folded titles differ, and the words that only the first and only the second has."""
    left, right = _tokens(a), _tokens(b)
    if left == right or "".join(left) == "".join(right):
        return Difference.NONE, "", ""
    prefix = _common_start(left, right)
    suffix = _common_end(left[prefix:], right[prefix:])
    only_left = left[prefix : len(left) - suffix]
    only_right = right[prefix : len(right) - suffix]
    if "".join(only_left) == "".join(only_right):
        return Difference.NONE, "", ""
    rotated = not (prefix or suffix) and _rotated(left, right)
    only_left, only_right = _without_shared(only_left, only_right)
    if not only_left and not only_right:
        # title and subtitle may change places; `anxiety after depression` and `depression after anxiety` are two works
        return (Difference.SPELLING if rotated else Difference.EXCHANGED), "", ""
    if (len(left) - len(only_left)) * 3 < min(len(left), len(right)):  # too little in common for slips to mend
        return Difference.UNRELATED, " ".join(only_left), " ".join(only_right)
    only_left, only_right, slips = _without_slips(only_left, only_right)
    said = " ".join(only_left), " ".join(only_right)
    if not only_left and not only_right:
        return (Difference.SPELLING if slips else Difference.NONE), *said
    if "".join(only_left) == "".join(only_right):
        return Difference.NONE, "", ""
    in_common = len(left) - len(only_left)
    numerals_left, numerals_right = _numerals(only_left), _numerals(only_right)
    if in_common * 2 < min(len(left), len(right)):
        return Difference.UNRELATED, *said
    if (numerals_left or numerals_right) and numerals_left != numerals_right:
        return Difference.NUMERAL, *said
    letters = _letters(only_left), _letters(only_right)
    if letters[0] and letters[1] and letters[0] != letters[1]:  # part A and part B, vitamin D and vitamin E
        return Difference.NUMERAL, *said
    if not only_left or not only_right:
        longer, shorter = (left, right) if only_right == [] else (right, left)
        if longer[: len(shorter)] == shorter or longer[-len(shorter) :] == shorter:
            return Difference.SUBTITLE, *said
        return Difference.ADDED, *said
    return Difference.EXCHANGED, *said


def _tokens(words: str) -> list[str]:
    return [_canonical(w) for w in words.split() if w not in _ARTICLES]


@lru_cache(maxsize=100_000)
def _canonical(word: str) -> str:
    """A number in digits, a word in one spelling: `ii`, `two` and `second` are `2`, `haemolytic` is `hemolytic`."""
    if word in NUMBER_WORDS:
        return _NUMBERS[word]
    if word in ("i", "v", "x") or (len(word) > 1 and 0 < roman(word) < 40):  # not C, D, L, M: vitamins, forms of a test
        return str(roman(word))
    return _spelling(word) if word.isalpha() and len(word) > 4 else word


def _common_start(a: list[str], b: list[str]) -> int:
    n = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        n += 1
    return n


def _common_end(a: list[str], b: list[str]) -> int:
    return _common_start(a[::-1], b[::-1])


def _rotated(a: list[str], b: list[str]) -> bool:
    """Whether two parts, of two words or more each, have changed places."""
    return len(a) == len(b) and any(a[n:] + a[:n] == b for n in range(2, len(a) - 1))


def _without_shared(a: list[str], b: list[str]) -> tuple[list[str], list[str]]:
    rest = list(b)
    only = []
    for word in a:
        if word in rest:
            rest.remove(word)
        else:
            only.append(word)
    return only, rest


def _without_slips(a: list[str], b: list[str]) -> tuple[list[str], list[str], int]:
    """Words paired off that are one word spelled or typed in two ways; words split or run together count as well."""
    slips = 0
    rest = list(b)
    only: list[str] = []
    for word in a:
        match = next((other for other in rest if same_word(word, other)), None)
        if match is None:
            only.append(word)
        else:
            rest.remove(match)
            slips += 1
    if only and rest:
        joined_left, joined_right = "".join(only), "".join(rest)
        if joined_left == joined_right or (len(joined_left) > 5 and same_word(joined_left, joined_right)):
            return [], [], slips + 1
    return only, rest, slips


def same_word(a: str, b: str) -> bool:
    """Whether two words are one word in two spellings: never where a digit differs, the first letters differ or a prefix turns it round."""
    if a == b:
        return True
    if a[:2] != b[:2] or min(len(a), len(b)) < 4 or abs(len(a) - len(b)) > 2 or not (a.isalpha() and b.isalpha()):
        return False
    if any(a in words and b in words for words in _ONE_LETTER_APART):
        return False
    x, y = _spelling(a), _spelling(b)
    if x == y:
        return True
    short, long = (x, y) if len(x) <= len(y) else (y, x)
    if long.endswith(short) and long[: len(long) - len(short)] in _NEGATING:
        return False
    distance = Levenshtein.distance(x, y, score_cutoff=2)
    if distance <= 1:
        return len(short) >= 5 or long == short + "s"
    return distance == 2 and len(short) >= 11 and x[:4] == y[:4]


@lru_cache(maxsize=100_000)
def _spelling(word: str) -> str:
    """British and American spelling made one."""
    word = word.replace("ae", "e").replace("oe", "e").replace("ys", "yz").replace("ph", "f")
    word = re.sub(r"our(?=$|s$|al|ed|ing|ful|able|hood|ite)", "or", word)
    word = re.sub(r"is(?=e$|ed$|es$|er$|ers$|ing$|ation|ations$)", "iz", word)
    return re.sub(r"(?<=[aeiou])ll(?=ed|ing|er)", "l", word)


def _numerals(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(w for w in words if any(c.isdigit() for c in w)))


def _letters(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(w for w in words if len(w) == 1 and w.isalpha()))
