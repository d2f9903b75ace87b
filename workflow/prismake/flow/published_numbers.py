"""Counts as people type them: what is a number, what is blank, and what is neither."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

MOST = 10**12
"""No review has more records: a longer row of digits is something else."""

_BLANK = ("", "na", "n/a", "nan", "null", "none", "xxx", "nr", ".", "~")
_UNITS = r"(?:records?|reports?|studies|study|articles?|papers?|hits|references?|citations?|trials?|full[- ]texts?)"
_COUNT_KEYS = ("n", "count", "number", "records", "reports", "results", "hits")
_NUMBER = r"\d{1,3}(?:[.,' \u00a0\u2009\u202f\u2019]\d{3})+|\d+"
_POINTS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")


def has_points(value: Any) -> bool:
    """Whether a count is written with points between its thousands (1.234): no count has a fraction, so it is 1,234."""
    return isinstance(value, str) and _POINTS.fullmatch(_bare(value)) is not None


def studies_and_reports(value: Any) -> dict[str, int]:
    """The two numbers of `41 studies (75 reports)`, `10 reports of 8 studies` or `190 (170 studies)`, by what they
    count: studies, reports, or "" for a number that does not say; empty where the text says anything else."""
    found = re.findall(rf"({_NUMBER})\s*(stud(?:y|ies)|trials?|reports?|articles?|records?|publications?)?", str(value))
    left = re.sub(rf"{_NUMBER}|stud(?:y|ies)|trials?|reports?|articles?|records?|publications?|of|from|in|n\s*=|[\s();,/:]",
                  "", str(value))  # fmt: skip
    units = ["studies" if unit[:4] in ("stud", "tria") else "reports" if unit else "" for _, unit in found]
    if left or len(found) != 2 or len(set(units)) != 2:
        return {}
    return {unit: int(re.sub(r"\D", "", n)) for unit, (n, _) in zip(units, found, strict=True)}


def count_of(value: Any) -> tuple[int | None, str]:
    """A count and what is wrong with it: (12, ""), (None, "") for blank, (None, "negative") and so on."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None, ""
    if isinstance(value, bool):
        return None, "not a number"
    if isinstance(value, (int, float)):
        if value < 0:
            return None, "negative"
        if value > MOST:
            return None, "too large for a number of records"
        return (int(value), "") if float(value).is_integer() else (None, "not a whole number")
    text = _bare(str(value))
    if text.lower() in _BLANK:
        return None, ""
    if re.fullmatch(r"\d{1,3}([, \u00a0\u2009\u202f'\u2019]\d{3})+", text) or text.isdecimal():
        digits = re.sub(r"\D", "", text)
        return (int(digits), "") if len(digits) <= len(str(MOST)) else (None, "too large for a number of records")
    if _POINTS.fullmatch(text):
        return int(text.replace(".", "")), ""
    if re.fullmatch(r"\d+\.0+", text):
        return int(text.split(".")[0]), ""
    if re.fullmatch(r"\d+[.,]\d+", text):
        return None, "not a whole number"
    if re.fullmatch(r"[-\u2212\u2013]\s*\d[\d,]*", text):
        return None, "negative"
    return None, "not a number"


def _bare(text: str) -> str:
    """A number without what stands around it: `n = `, a footnote's mark, a unit, a percentage."""
    text = text.strip().strip("\u00a0")
    text = re.sub(r"\s*[(\[]\s*\d+(?:[.,]\d+)?\s*%\s*[)\]]$", "", text)
    text = re.sub(r"^[(\[]?\s*[nkN]\s*=\s*(.*?)[)\]]?$", r"\1", text)
    return re.sub(rf"(?<=\d)(?:\s*[*\u2020\u2021]+|\s+{_UNITS})$", "", text, flags=re.IGNORECASE)


def counted_words(text: str) -> tuple[str, str] | None:
    """Words and the count after their last comma or colon (`Wrong design, 12`, `Wrong design (n = 12)`), else None."""
    match = re.fullmatch(r"(.*?)\s*[,:=]\s*([-\u2212]?\d[\d,. ]*)", text, flags=re.DOTALL) or re.fullmatch(
        r"(.*?)\s*[(\[]\s*(?:[nk]\s*=\s*)?([-\u2212]?\d[\d,. ]*)[)\]]", text, flags=re.DOTALL | re.IGNORECASE
    )
    return (match[1], match[2].strip()) if match and match[1] else None


def pairs_of(value: Any) -> list[tuple[str, Any]]:
    """Words and counts of a list, whichever way it is written.

    {words: 3}, {words: {n: 3}}, {group: {words: 3}}, [{words: 3}], [{reason: words, n: 3}], [[words, 3]],
    ["words, 3"], [3, 4] (numbered); an entry with no count has None.
    """
    if isinstance(value, Mapping):
        return [pair for words, held in value.items() for pair in _pairs_below(str(words), held)]
    if isinstance(value, str):
        return [counted_words(piece) or (piece, None) for piece in map(str.strip, value.split(";")) if piece]
    if (whole := _torn(value)) is not None:
        return pairs_of(whole)
    pairs: list[tuple[str, Any]] = []
    for number, entry in enumerate(value, start=1):
        if isinstance(entry, Mapping):
            pairs.append(_named(entry)) if _counts(entry) else pairs.extend(pairs_of(entry))
        elif isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str):
            pairs.append((entry[0], entry[1]))
        elif isinstance(entry, str) and count_of(entry)[0] is None:
            pairs.append(counted_words(entry) or (entry, None))
        else:
            pairs.append((f"number {number}", entry))
    return pairs


def _torn(entries: list[Any]) -> str | None:
    """The text of a list whose entries were torn at their commas: YAML reads `[design, 3; other, 2]` as the three
    entries `design`, `3; other` and `2`. None for any other list."""
    if len(entries) < 2 or not all(isinstance(entry, (str, int)) for entry in entries):
        return None
    texts = [str(entry).strip() for entry in entries]
    pieces = [piece.strip() for text in texts for piece in text.split(";")]
    turns = [count_of(piece)[0] is not None for piece in pieces]
    if turns != [False, True] * (len(pieces) // 2):
        return None
    return "; ".join(f"{words}, {n}" for words, n in zip(pieces[::2], pieces[1::2], strict=True))


def _pairs_below(words: str, held: Any) -> list[tuple[str, Any]]:
    if not isinstance(held, (Mapping, list)) or not held:
        return [(words, held)]
    if isinstance(held, Mapping) and _counts(held):
        return [(words, _named(held)[1])]
    return [(f"{words}: {more}", n) for more, n in pairs_of(held)]


def _counts(entry: Mapping[Any, Any]) -> bool:
    """Whether a mapping is one entry with its count under a name of its own ({reason: words, n: 3})."""
    keys = [str(key).lower() for key in entry]
    return sum(key in _COUNT_KEYS for key in keys) == 1 and (len(keys) == 1 or not _all_counts(entry))


def _all_counts(entry: Mapping[Any, Any]) -> bool:
    return all(count_of(value)[0] is not None for value in entry.values())


def _named(entry: Mapping[Any, Any]) -> tuple[str, Any]:
    held = {str(key).lower(): value for key, value in entry.items()}
    count = next(key for key in held if key in _COUNT_KEYS)
    words = next((str(value) for key, value in held.items() if key != count), "no words")
    return words, held[count]
