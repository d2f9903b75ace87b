"""English: counts with their nouns, lists, and what may be said of an estimate."""

from __future__ import annotations

from collections.abc import Sequence

from prismake.report.formats import is_missing

_IRREGULAR = {
    "study": "studies",
    "entry": "entries",
    "analysis": "analyses",
    "synthesis": "syntheses",
    "hypothesis": "hypotheses",
    "deviation": "deviations",
    "discrepancy": "discrepancies",
    "was": "were",
    "is": "are",
    "has": "have",
    "criterion": "criteria",
    "it": "they",
    "its": "their",
    "this": "these",
    "a": "",
    "category": "categories",
    "query": "queries",
    "does": "do",
}

_DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def plural(noun: str) -> str:
    """The plural of a noun or noun phrase (its last word), or of a verb."""
    head, space, last = noun.rpartition(" ")
    return head + space + _IRREGULAR.get(last, last + ("es" if last.endswith(("s", "x", "ch", "sh")) else "s"))


def noun_for(value: object, singular: str, many: str | None = None) -> str:
    """`singular` for exactly one, else its plural: 1 record, 0 records, 2 records."""
    one = not is_missing(value) and float(str(value)) == 1
    return singular if one else (many or plural(singular))


def listed(items: Sequence[str], last: str = "and", said: Sequence[str] | None = None) -> str:
    """a; a and b; a, b and c. Where the parts have commas or an `and` of their own: a, b; c and d; and e.

    `said` is what the parts say, where they are only places for it.
    """
    items = [i for i in items if i]
    if len(items) > 1 and any(", " in part or f" {last} " in part for part in said or items):
        return "; ".join(items[:-1]) + f"; {last} " + items[-1]
    if len(items) < 3:
        return f" {last} ".join(items)
    return ", ".join(items[:-1]) + f" {last} " + items[-1]


def sentence(text: str) -> str:
    """With a capital first letter, or a word for a number below ten, and a full stop."""
    text = text.strip()
    if not text:
        return ""
    if text[0] in "123456789" and text[1:2] == " ":
        text = _DIGITS[int(text[0]) - 1] + text[1:]
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else text + "."


def uncapitalised(text: object) -> str:
    """As it stands inside a sentence: `Not randomised` -> `not randomised`; abbreviations stay (`RCT`, `Q test`)."""
    said = str(text)
    return said[0].lower() + said[1:] if len(said) > 1 and said[1].islower() else said


def label_of(identifier: str) -> str:
    """An identifier as words: `leave_one_out` -> `leave one out`."""
    words = identifier.replace("_", " ").strip()
    return f"% {words.removeprefix('pct ')}" if words.startswith("pct ") else words


def authors_short(authors: str) -> str:
    """`Family, G.; Family2, G.; …` as in a citation: Family; Family & Family2; Family et al."""
    families = [a.partition(",")[0].strip() for a in authors.split(";") if a.strip()]
    if not families:
        return ""
    if len(families) == 1:
        return families[0]
    return f"{families[0]} & {families[1]}" if len(families) == 2 else f"{families[0]} et al."


def significance(pval: object, level: float = 95.0) -> str:
    """`significant`, `not significant`, or `not estimable` at the analysis' own level."""
    if is_missing(pval):
        return "not estimable"
    alpha = 1 - (level / 100 if level > 1 else level)
    return "significant" if float(str(pval)) < alpha else "not significant"


def excludes(null: float, lower: object, upper: object) -> bool:
    """True if an interval is known and does not hold the null value."""
    if is_missing(lower) or is_missing(upper):
        return False
    return float(str(lower)) > null or float(str(upper)) < null
