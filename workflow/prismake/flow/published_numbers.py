"""Counts as people type them: what is a number, what is blank, and what is neither."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

MOST = 10**12
"""No review has more records: a longer row of digits is something else."""

_BLANK = ("", "na", "n/a", "nan", "null", "none", "xxx", "nr", ".")
_UNITS = r"(?:records?|reports?|studies|study|articles?|papers?|hits|references?|citations?|trials?|full[- ]texts?)"
_COUNT_KEYS = ("n", "count", "number", "records", "reports", "results", "hits")


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
    text = str(value).strip().strip("\u00a0")
    text = re.sub(r"^\(?\s*n\s*=\s*(.*?)\)?$", r"\1", text, flags=re.IGNORECASE)
    if text.lower() in _BLANK:
        return None, ""
    text = re.sub(rf"(?<=\d)(?:\s*[*\u2020\u2021]+|\s+{_UNITS})$", "", text, flags=re.IGNORECASE)  # footnote, unit
    if re.fullmatch(r"\d{1,3}([, \u00a0\u2009\u202f'\u2019]\d{3})+", text) or text.isdecimal():
        digits = re.sub(r"\D", "", text)
        return (int(digits), "") if len(digits) <= len(str(MOST)) else (None, "too large for a number of records")
    if re.fullmatch(r"\d+\.0+", text) and not re.fullmatch(r"\d{1,3}\.000", text):
        return int(text.split(".")[0]), ""
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", text):
        return None, f"either {text.replace('.', ',')} or {text.split('.')[0]} and a fraction"
    if re.fullmatch(r"[-\u2212\u2013]\s*\d[\d,]*", text):
        return None, "negative"
    return None, "not a number"


def counted_words(text: str) -> tuple[str, str] | None:
    """Words and the count after their last comma or colon (`Wrong design, 12`, `Wrong design (n = 12)`), else None."""
    match = re.fullmatch(r"(.*?)\s*[,:]\s*([-\u2212]?\d[\d,. ]*)", text, flags=re.DOTALL) or re.fullmatch(
        r"(.*?)\s*\(\s*n\s*=\s*([-\u2212]?\d[\d,. ]*)\)", text, flags=re.DOTALL | re.IGNORECASE
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
