"""A claim as people type it, brought to one form: numbers typed as text, DOIs and subjects in different spellings."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from prismake.audit.number_words import NUMBER_WORDS, number_in_words
from prismake.audit.rounding import Interval, printed_decimals

_NUMBER = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:[, \u2009\u202f]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|[.,]\d+)\s*%?")
_ABOUT = re.compile(
    r"\b(?:about|approximately|approx\.?|around|roughly|nearly|almost|some|circa|ca\.?)\s+(?=\d)|[~≈]\s*(?=\d)",
    re.IGNORECASE,
)
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)$", re.IGNORECASE)
_MINUS = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2013": "-", "\ufe63": "-", "\uff0d": "-"})

_DASHES = str.maketrans({"\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2014": "-"})

# Metrics that count something, and keys that do: they have no fractions, so that 7.617 is a German 7,617.
_COUNTED = re.compile(r"studies|participants|patients|trials|records|reports|duplicates|sessions", re.IGNORECASE)
_WHOLE_KEYS = ("k", "n", "part", "of")

_OVER, _UNDER = ("more than", "over", "above", ">"), ("fewer than", "less than", "under", "below", "<")
_LEAST, _MOST = (
    ("at least", "no fewer than", "no less than", "≥", ">="),
    ("at most", "up to", "no more than", "≤", "<="),
)
_NUMERAL = rf"[-+\u2212]?[\d.,]*\d(?:[ \u2009\u202f]\d{{3}})*|{NUMBER_WORDS}"
_UNITS = (
    "(?:studies|trials|rcts|participants|patients|people|persons|adults|children|adolescents|clients|individuals|women|men|"
    "students|records|reports|articles|papers|publications|citations|percent|per cent|effect sizes|comparisons)"
)
# `nearly 8,000 people`, `over 7,000`, `15 to 20 studies`, `twenty-three randomised trials`.
_STATED = re.compile(
    rf"(?:a total of |in total |[nk]\s*=\s*)?(?:(?P<about>about|approximately|approx\.?|around|roughly|nearly|almost|some|circa|ca\.?|~|≈)\s*)?"
    rf"(?:(?P<bound>{'|'.join(map(re.escape, (*_OVER, *_UNDER, *_LEAST, *_MOST)))})\s*)?"
    rf"(?P<number>{_NUMERAL})(?:\s*(?:-|to|and|bis)\s*(?P<to>{_NUMERAL}))?\s*%?"
    rf"(?:\s+(?:(?!in\b|of\b|thirds?\b|quarters?\b|dozen|hundred|thousand|million)[a-z-]+\s+){{0,3}}{_UNITS})?",
    re.IGNORECASE,
)
# `0.35 (95% CI 0.12 to 0.58)`.
_WITH_INTERVAL = re.compile(
    r"([^\s\[(]+)[\s,]*[\[(]\s*(?:\d\d\s?%\s*)?(?:[CK]I|CrI)?[\s:,]*([^\[\]()]+?)\s*[\])]", re.IGNORECASE
)
_TRUTH = {"yes": True, "true": True, "no": False, "false": False}
_LEVEL = re.compile(
    r"\b(\d\d(?:[.,]\d)?)\s?%[\s-]*(?:[CK]I\b|CrI\b|confidence|credible|Konfidenz)|\b[CK]I\s?(\d\d)\s?%", re.IGNORECASE
)

# Measures that say the same thing in the same unit.
_ALIKE = {"d", "g", "smd", "hedgesg", "cohensd", "smdh", "standardizedmeandifference", "standardisedmeandifference"}
_NAMES = {"oddsratio": "or", "riskratio": "rr", "relativerisk": "rr", "hazardratio": "hr", "meandifference": "md", "wmd": "md",
          "correlation": "r", "cor": "r", "pearsonsr": "r"}  # fmt: skip


def read_claim(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The claim with a number for a number typed as text ("7,617", "−0.30", "47 %", "twenty-three studies").

    Added where the text or the wording says so: `decimals` as printed there, `range` (an `Interval`) of a value that is one
    ("over 7,000", "15 to 20"), `level` of an interval.
    """
    read = {key: _whole(child) if key in _WHOLE_KEYS else child for key, child in claim.items()}
    counts = bool(_COUNTED.search(str(claim.get("metric", ""))))
    wording = str(claim.get("wording", ""))
    if (
        isinstance(claim.get("value"), str)
        and "ci" not in claim
        and (whole := _WITH_INTERVAL.fullmatch(claim["value"].strip()))
    ):
        claim = {**claim, "value": whole[1], "ci": whole[2]}
        read |= {"value": whole[1], "ci": whole[2]}
    if isinstance(claim.get("ci"), str | list):
        bounds = _bounds(claim["ci"])
        read["ci"] = bounds
        if bounds is None:
            read["no_interval"] = read.pop("ci")
    value = claim.get("value")
    if isinstance(value, str):
        _read_value(read, value, counts=counts)
    elif isinstance(value, Mapping):
        read["value"] = {
            key: _number_or_text(part, counts=counts) if isinstance(part, str) else part for key, part in value.items()
        }
        if any(isinstance(part, str) and "%" in part for part in value.values()):
            read["shares"] = True
    elif counts and isinstance(value, float):
        read["value"] = _thousands(value)
    if str(claim.get("metric")) == "I2" and _is_share(read.get("value"), read, str(value)):
        read["value"], read["decimals"] = _percent(read)
    if isinstance(read.get("value"), int) and "decimals" not in read and _ABOUT.search(f"{wording} {value}"):
        read["decimals"] = -_zeros(read["value"])
    if "decimals" not in read and isinstance(read.get("value"), float):
        numbers = [read["value"], *read.get("ci", [])]
        printed = _printed(wording, numbers)
        if printed is not None:
            read["decimals"] = max(printed, printed_decimals(*numbers))
    level = _LEVEL.search(wording)
    if "level" not in read and level:
        read["level"] = float((level[1] or level[2]).replace(",", "."))
    return read


def _read_value(read: dict[str, Any], text: str, *, counts: bool) -> None:
    """Put the number, the range or the truth that a text states in place of the text."""
    truth = _TRUTH.get(text.strip().casefold())
    if truth is not None:
        read["value"] = truth
        return
    stated = number_of(text)
    if stated is None:
        about, bound, number, number_too = "", "", None, None
        if match := _STATED.fullmatch(text.strip().translate(_DASHES)):
            about, bound = (match["about"] or ""), (match["bound"] or "").casefold()
            number, number_too = _one_number(match["number"]), _one_number(match["to"] or "")
        if number is None:
            return
        if number_too is not None or bound:
            read["range"] = _range(number[0], None if number_too is None else number_too[0], bound)
            return
        stated = number
        if about and isinstance(stated[0], int) and "decimals" not in read:
            read["decimals"] = -_zeros(stated[0])
    value, decimals = stated
    if counts and decimals == 3 and "%" not in text:
        value, decimals = _thousands(float(value)), 0
    read["value"] = value
    if decimals and "decimals" not in read:
        read["decimals"] = decimals


def _range(low: float, high: float | None, bound: str) -> Interval:
    """What `more than 7,000`, `at least 9`, `15 to 20` allow."""
    step = 1 if float(low).is_integer() else 0.0
    if high is not None:
        return Interval(min(low, high), max(low, high))
    if bound in _OVER:
        return Interval(low + step, math.inf)
    if bound in _UNDER:
        return Interval(-math.inf, low - step)
    return Interval(low, math.inf) if bound in _LEAST else Interval(-math.inf, low)


def _one_number(text: str) -> tuple[float | int, int] | None:
    words = number_in_words(text)
    return (words, 0) if words is not None else number_of(text) if text else None


def _number_or_text(text: str, *, counts: bool) -> Any:
    stated = _one_number(text)
    if stated is None:
        return text
    return _thousands(float(stated[0])) if counts and stated[1] == 3 else stated[0]


def _whole(value: Any) -> Any:
    """A count typed as text or with a point between thousands; what is none stays as it is."""
    if isinstance(value, str):
        stated = _one_number(value)
        value = value if stated is None else stated[0]
    return _thousands(value) if isinstance(value, float) else value


def _thousands(value: float) -> float | int:
    """7.617 people are 7,617 people: a count has no fraction."""
    times = round(value * 1000, 6)
    return int(value) if value.is_integer() else int(times) if times.is_integer() else value


def _bounds(given: str | Sequence[Any]) -> list[float] | None:
    """Both bounds of an interval however they are typed; None where they are not two numbers."""
    parts = given
    if isinstance(given, str):
        text = re.sub(r"(?<=\d)\s*[–—-]\s*(?=[.,\d])", " to ", given.strip().strip("[]() "))
        parts = next((found for sign in (r"\bto\b", r"\bbis\b", ";", r",\s+", ",")
                      if len(found := re.split(sign, text)) == 2), [])  # fmt: skip
    numbers = [number_of(part) if isinstance(part, str) else (part, 0) for part in parts]
    if len(numbers) != 2 or any(one is None for one in numbers):
        return None
    return [one[0] for one in numbers if one is not None]


def _is_share(value: Any, read: Mapping[str, Any], text: str) -> bool:
    """Whether an I2 is printed as a share of one: 0.67 for 67 %."""
    decimals = read.get("decimals", printed_decimals(value) if isinstance(value, float) else 0)
    return isinstance(value, float) and 0 < value < 1 and decimals >= 2 and "%" not in text


def _percent(read: Mapping[str, Any]) -> tuple[float | int, int]:
    decimals = int(read.get("decimals", printed_decimals(read["value"]))) - 2
    value = round(100 * read["value"], 10)
    return (int(value) if value.is_integer() else value), decimals


def _printed(wording: str, numbers: Sequence[float]) -> int | None:
    """The most digits after the point with which a wording prints some numbers; None where it has not all of them."""
    printed: dict[float, int] = {}
    for token in re.findall(r"\d*[.,·]?\d+", wording):
        digits = re.sub(r"[,·]", ".", token)
        printed[float(digits)] = max(printed.get(float(digits), 0), len(digits.partition(".")[2]))
    found = [printed.get(abs(number)) for number in numbers]
    return None if None in found else max(one for one in found if one is not None)


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
