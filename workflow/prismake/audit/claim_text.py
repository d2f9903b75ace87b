"""A claim as people type it, brought to one form: numbers typed as text, DOIs and subjects in different spellings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NUMBER = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:[, \u2009\u202f]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|[.,]\d+)\s*%?")
_ABOUT = re.compile(
    r"\b(?:about|approximately|approx\.?|around|roughly|nearly|almost|some|circa|ca\.?)\s+(?=\d)|[~≈]\s*(?=\d)",
    re.IGNORECASE,
)
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)$", re.IGNORECASE)
_MINUS = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2013": "-", "\ufe63": "-", "\uff0d": "-"})

# Measures that say the same thing in the same unit.
_ALIKE = {"d", "g", "smd", "hedgesg", "cohensd", "smdh", "standardizedmeandifference", "standardisedmeandifference"}
_NAMES = {"oddsratio": "or", "riskratio": "rr", "relativerisk": "rr", "hazardratio": "hr", "meandifference": "md", "wmd": "md",
          "correlation": "r", "cor": "r", "pearsonsr": "r"}  # fmt: skip


def read_claim(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The claim with a number for a number typed as text ("7,617", "−0.30", "47 %"), and `decimals` as printed there."""
    read = dict(claim)
    value = claim.get("value")
    if isinstance(value, str):
        number = number_of(value)
        if number is not None:
            read["value"] = number[0]
            if number[1] and "decimals" not in claim:
                read["decimals"] = number[1]
    elif isinstance(value, Mapping):
        read["value"] = {
            key: (number_of(part) or (part,))[0] if isinstance(part, str) else part for key, part in value.items()
        }
        if any(isinstance(part, str) and "%" in part for part in value.values()):
            read["shares"] = True
    if isinstance(read.get("value"), int) and "decimals" not in read and _ABOUT.search(str(claim.get("wording", ""))):
        read["decimals"] = -_zeros(read["value"])
    return read


def number_of(text: str) -> tuple[float | int, int] | None:
    """(number, digits after its point) of a text that is one number; None where it is more or other than that."""
    text = text.strip().translate(_MINUS)
    if not _NUMBER.fullmatch(text):
        return None
    digits = text.rstrip("% \t")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(?:[, \u2009\u202f]\d{3})+(?:\.\d+)?", digits):
        digits = re.sub(r"[, \u2009\u202f]", "", digits)
    digits = digits.replace(",", ".")
    decimals = len(digits.split(".")[1]) if "." in digits else 0
    return (float(digits), decimals) if decimals else (int(digits), 0)


def _zeros(number: int) -> int:
    """The zeros at the end of a round number: 3 of 4000."""
    text = str(abs(number))
    return len(text) - len(text.rstrip("0")) if number else 0


def same_review(one: str, other: str) -> bool:
    """Whether two claims are about one review: the same DOI however it is written, else the same words."""
    return _review(one) == _review(other)


def _review(about: str) -> str:
    doi = _DOI.match(about.strip())
    return f"doi:{doi[1].lower()}" if doi else " ".join(about.split()).casefold()


def same_subject(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two claims are on one outcome, comparison or subgroup, whatever the case and the spaces."""
    return _plain(one.get("subject", "")) == _plain(other.get("subject", ""))


def _plain(text: str) -> str:
    return " ".join(str(text).split()).casefold()


def comparable(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two values are in one measure; a value without one is taken to be in that of the other."""
    measures = [re.sub(r"[\W_]+", "", str(claim.get("measure", "")).lower()) for claim in (one, other)]
    named = {"smd" if name in _ALIKE else _NAMES.get(name, name) for name in measures if name}
    return len(named) < 2
