"""Author names in the forms that databases write, as "Family, Given"."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from prismake.records.cleaning import cleaned

PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "du",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "ben",
        "ter",
        "ten",
        "te",
        "zu",
        "zur",
        "zum",
        "vom",
        "af",
        "av",
        "dal",
        "dalla",
        "lo",
        "los",
        "las",
        "san",
        "santa",
        "st",
        "st.",
        "y",
        "e",
        "d'",
        "'t",
        "op",
    ]
)

_IN_ORDER = re.compile(r"[\w'.-]+(?: [\w'.-]+)*, [\w'.-]+(?: [\w'.-]+)*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,5}", re.UNICODE)
_SUFFIX = re.compile(r",?\s+(?:(jr|sr)\.?|(2nd|3rd|[23]d|4th|II|III|IV))$", re.IGNORECASE)
_COLLECTIVE = re.compile(
    r"\b(?:group|consortium|committee|universit|institut|association|society|organi[sz]ation|investigators|collaborat|network|cent(?:er|re)|"
    r"team|department|ministry|agency|council|foundation|project|study|trial|federation|academy|commission|initiative|program|working|task"
    r"|international|national|college|hospital|office|bureau|board|clinic|laborator)",
    re.IGNORECASE,
)
_NOTE = re.compile(r"\s*(?:\([^()]*@[^()]*\)|\[[^\]]*\]|\((?:\d{6,}|ORCID[^)]*)\)|;?\s*ORCID:.*$)", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+|\s*;\s*", re.IGNORECASE)


@lru_cache(maxsize=65536)
def family_first(name: str) -> str:
    """A name whose family name comes first: "Smith, John", "Smith JM", "Smith J.M." or "SMITH, John" or a collective
    author.
    """
    if _IN_ORDER.fullmatch(name) and (name.isascii() or unicodedata.is_normalized("NFC", name)):
        return name  # nothing to tidy: nearly all names
    name = _tidied(name)
    if "," in name:
        family, _, given = name.partition(",")
        return f"{family.strip()}, {given.strip(' ,')}".strip(" ,")
    suffix = _SUFFIX.search(name)
    if suffix:
        name = name[: suffix.start()]
    parts = name.rsplit(" ", 1)
    if len(parts) == 2 and are_initials(parts[1]):
        family, initials = parts
        while " " in family and are_initials(family.rsplit(" ", 1)[1]) and "." in initials:  # "Silva J. P."
            family, more = family.rsplit(" ", 1)
            initials = f"{more} {initials}"
        return f"{family}, {initials}" + (f" {suffix.group(0).strip(', ')}" if suffix else "")
    return name + (suffix.group(0) if suffix else "")


@lru_cache(maxsize=65536)
def given_first(name: str) -> str:
    """A name whose given names come first: "John M. van der Smith" becomes "van der Smith, John M."; one word stays."""
    name = _tidied(name)
    if "," in name:
        return family_first(name)
    suffix = _SUFFIX.search(name)
    words = (name[: suffix.start()] if suffix else name).split()
    if len(words) < 2 or is_collective(name):
        return name
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in PARTICLES:
        start -= 1
    given = " ".join(words[:start]) + (f" {suffix.group(0).strip(', ')}" if suffix else "")
    return f"{' '.join(words[start:])}, {given}"


def is_collective(name: str) -> bool:
    """Whether a name holds a word of groups and institutions ("Centers for Disease Control and Prevention")."""
    return bool(_COLLECTIVE.search(name))


def names_in(text: str) -> list[str]:
    """Names of a cell that separates them by ";" or by "and" or by line breaks."""
    if "\n" in text:
        return [part for line in text.split("\n") for part in names_in(line)]
    return [name for name in _AND.split(text) if name.strip()]


def scopus_names(text: str) -> list[str]:
    """Names of Scopus' author cell: "Baker M.R., Goodman A.C." (until 2023) or "Liu F.; Li C." or "Liu, F., Li, C."."""
    text = text.strip().strip(";, ")
    if text.lower() in ("[no author name available]", "[no author id available]", ""):
        return []
    if ";" in text:
        return [name.strip() for name in text.split(";") if name.strip()]
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 1 and len(parts) % 2 == 0 and all(are_initials(given) for given in parts[1::2]):
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    names: list[str] = []
    for part in parts:
        if names and _SUFFIX.fullmatch(" " + part):
            names[-1] += f" {part}"
        else:
            names.append(part)
    return names


def comma_names(text: str) -> list[str]:
    """Names of a cell that separates them by commas: "Smith JM, van Dam AB" as PubMed has it, "A Mkrtchian, J
    Aylward", or "Carnagey, N. L., Anderson, C. A." as APA style has it.
    """
    if text.count(".") == 1:
        text = text.rstrip(". ")
    parts = [part.strip(" &") for part in re.split(r",|\s&\s|;|…", text) if part.strip(" .&")]
    if len(parts) > 1 and len(parts) % 2 == 0 and all(are_initials(p.replace(" ", "")) for p in parts[1::2]):
        return [f"{family}, {given}" for family, given in zip(parts[::2], parts[1::2], strict=True)]
    return parts


def are_initials(word: str) -> bool:
    """Whether a word is initials: capitals with or without points and hyphens, at most five of them."""
    letters = [char for char in word if char.isalpha()]
    return bool(letters) and all(c.isupper() for c in letters) and len(letters) <= 4 and bool(_INITIALS.fullmatch(word))


def _tidied(name: str) -> str:
    name = cleaned(name)
    if "@" in name or "[" in name or "(" in name or "ORCID" in name:
        name = _NOTE.sub("", name)
    return name.strip(" ;,*")
