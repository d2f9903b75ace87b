"""Whole numbers in English words, zero to nine hundred ninety-nine: `nine`, `twenty-three`, `one hundred and four`."""

from __future__ import annotations

import re

# fmt: off
_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
         "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
# fmt: on

_BELOW_100 = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[1:10])}))?|{'|'.join(sorted(_ONES, key=len, reverse=True))})"
)
# For patterns that look for a number in words.
NUMBER_WORDS = rf"(?:(?:{'|'.join(_ONES[1:10])}|an?) hundred(?: (?:and )?{_BELOW_100})?|{_BELOW_100})"
_WHOLE = re.compile(NUMBER_WORDS, re.IGNORECASE)


def number_in_words(text: str) -> int | None:
    """The number that a text names in words; None where it is anything else."""
    text = " ".join(text.lower().split())
    if not _WHOLE.fullmatch(text):
        return None
    hundreds, _, rest = text.rpartition(" hundred")
    below = rest if hundreds else text
    total = 100 * (_ONES.index(hundreds) if hundreds in _ONES else 1) if hundreds else 0
    for word in re.split(r"[- ]", below.strip().removeprefix("and ")):
        if word in _TENS:
            total += 20 + 10 * _TENS.index(word)
        elif word in _ONES:
            total += _ONES.index(word)
    return total
