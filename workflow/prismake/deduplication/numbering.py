"""Pages, volumes, issues and years as databases write them.

Seen: `1201-9` for 1201-1209, `997-+`, `06-Oct` (a spreadsheet's reading of 6-10), `376 -- 383`, `S215`, `A353`, `H384-H391`, `e123`,
`UNKNOWN`, `88 Suppl 1`, `3 Pt 2`, `1)`, `3-B(E)`, a running number as issue, roman volumes, an article number in place of pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_JUNK = frozenset(
    {
        "",
        "unknown",
        "nan",
        "na",
        "n a",
        "none",
        "null",
        "no",
        "specified",
        "not specified",
        "no pagination",
        "np",
        "0",
        "00",
        "-",
        "?",
    }
)
_MONTHS = {
    m: i + 1 for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
}
_MONTH_FIRST = re.compile(r"^([a-z]{3})[- ](\d{1,4})$")
_MONTH_LAST = re.compile(r"^(\d{1,4})[- ]([a-z]{3})(?:[- ]\d{2,4})?$")
_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?: 00:00:00)?$")
_PAGE = re.compile(r"([a-z]{0,3}\.?)0*(\d+)([a-z]?\d{0,2})")
_RANGE = re.compile(r"\s*(?:-{1,3}|\u2010|\u2011|\u2012|\u2013|\u2014|/|~|\bto\b)\s*")
_ROMAN = re.compile(r"^m{0,3}(cm|cd|d?c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})$")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
_IN_JOURNAL = re.compile(
    r"^(.{4,}?)[\s,.;:(]+vol(?:ume)?\b\.?\s*(\d+|[ivxlc]+)\b\s*(?:\(([^()]*)\))?(.*)$", re.I | re.S
)
_PAGES_AFTER = re.compile(r"(?:^|[\s,;:.]|pp\.?)\s*([a-z]?\d+\s?[-\u2013]\s?[a-z]?\d+)(?=\s*[.,;]?\s*$)", re.I)
_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


@dataclass(frozen=True, slots=True)
class Pages:
    """First and last page as folded text ("" = blank), `options`: every first page it may have been before a spreadsheet read it,
    `count`: number of pages (0 = unknown), `number`: one number alone (a page of an abstract or an article number)."""

    first: str
    last: str
    options: frozenset[str]
    count: int
    alone: bool


NO_PAGES = Pages("", "", frozenset(), 0, False)


def roman(text: str) -> int:
    """The value of a lower-case roman numeral, 0 for anything else."""
    if not text or not _ROMAN.match(text):
        return 0
    total = 0
    for here, following in zip(text, text[1:] + " ", strict=True):
        value = _ROMAN_VALUES[here]
        total += -value if _ROMAN_VALUES.get(following, 0) > value else value
    return total


def pages_of(text: str, article_number: str = "") -> Pages:
    """Pages as written; the article number stands in where there are none."""
    raw = text.strip().lower()
    if raw.strip(" .()") in _JUNK or raw.startswith("no pag"):
        raw = article_number.strip().lower()
        if raw.strip(" .()") in _JUNK:
            return NO_PAGES
    mangled = _spreadsheet(raw)
    if mangled:
        low, high = sorted(mangled)
        return Pages(str(low), str(high), frozenset({str(low), str(high)}), 0, False)
    raw = re.sub(r"^(?:pp?\.?|pages?|article(?: no\.?| number)?|art\.?(?: no\.?)?|no\.)\s*:?\s*(?=[a-z]?\d)", "", raw)
    if re.fullmatch(r"\d+\s*(?:p|pp|pages|seiten|s)\.?", raw):  # so many pages, not a page
        return NO_PAGES
    raw = re.sub(r"^s(\d{1,2})-(\d+)\s?-\s?s\1-(?=\d)", r"s\2-s", raw)  # `S4-76-S4-101`: pages of supplement 4
    raw = re.sub(r"^([ivxs]{1,4})-(?=\d)", r"\1", raw)
    raw = re.split(r"[,;]\s*|\s\(", raw, maxsplit=1)[0]
    parts = [p for p in _RANGE.split(raw) if p]
    first = _page(parts[0]) if parts else ""
    if not first:
        return NO_PAGES
    last = _page(parts[1]) if len(parts) > 1 and parts[1] != "+" else ""
    last = _whole(first, last)
    first_digits, last_digits = _digits(first), _digits(last)
    count = last_digits - first_digits + 1 if last and 0 <= last_digits - first_digits < 2000 else 0
    return Pages(first, last or first, _starts(text, first), count, not last or last == first)


def _starts(text: str, first: str) -> frozenset[str]:
    """The first pages of all ranges where several are listed (`233-238+230-235`: one work in two languages)."""
    parts = re.split(r"[,;+]\s*", text.lower().strip('" '))
    if len(parts) == 1 or not all(re.fullmatch(r"[a-z]?\d+(?:\s*-\s*[a-z]?\d+)?", p.strip()) for p in parts):
        return frozenset({first})
    return frozenset({first, *(_page(p.split("-")[0]) for p in parts)} - {""})


def _spreadsheet(raw: str) -> tuple[int, int] | None:
    """The two numbers of a page range that a spreadsheet took for a date."""
    for pattern, month_group, other_group in ((_MONTH_FIRST, 1, 2), (_MONTH_LAST, 2, 1)):
        match = pattern.match(raw)
        if match and match.group(month_group) in _MONTHS:
            return _MONTHS[match.group(month_group)], int(match.group(other_group)) % 1900
    match = _DATE.match(raw)
    if match:
        return int(match.group(2)), int(match.group(3))
    return None


def _page(text: str) -> str:
    match = _PAGE.search(text)
    if match:
        return match.group(1).strip(".") + match.group(2) + match.group(3)
    value = roman(text.strip(" ."))
    return f"r{value}" if value else ""


def _digits(page: str) -> int:
    match = _DIGITS.search(page)
    return int(match.group()) if match and len(match.group()) < 12 else 0


def _whole(first: str, last: str) -> str:
    """The last page in full: `9` after `1201` is `1209`, `h91` after `h384` is `h391`."""
    if not last:
        return ""
    head, tail = _DIGITS.search(first), _DIGITS.search(last)
    if not head or not tail:
        return last
    if len(tail.group()) < len(head.group()):
        return first[: head.start()] + head.group()[: len(head.group()) - len(tail.group())] + tail.group()
    return first[: head.start()] + tail.group()


def volume_of(text: str) -> str:
    """The volume's number as text: `Vol. 88 Suppl 1` -> `88`, `XII` -> `12`; "" where there is none."""
    raw = text.strip().lower()
    if raw in _JUNK or raw.count("(") != raw.count(")"):  # `1)` is the end of `55 (SUPPL. 1)`
        return ""
    raw = re.sub(r"^(?:part|pt|no|number|issue)\b\.?\s*\w+\s*[.,;:]\s*(?=\d)", "", raw)
    raw = re.sub(r"^(?:v|vol|volume|vol\.|v\.|bd|bd\.|jg|jg\.|t|t\.)\s*(?=\d)", "", raw)
    match = re.search(r"\d+", raw)
    if match:
        return match.group().lstrip("0") or ""
    value = roman(raw.strip(" ."))
    word = re.sub(r"[\W_]+", "", raw)
    return str(value) if value else "" if word[:3] in _MONTHS or word in ("phd", "md", "ma", "msc") else word


def issue_of(text: str) -> str:
    """The issue as folded text: `3 Pt 2` -> `3`, `Supplement 1` and `S1` -> `s1`, `9 Suppl. 1` -> `9s1`, `1-2` -> `1`."""
    raw = text.strip().lower()
    if raw in _JUNK:
        return ""
    if raw.startswith(("art", "e0", "e1")) or raw[:3] in _MONTHS:  # an article number or a month in the issue's place
        return ""
    supplement = re.search(r"\bsuppl\w*\.?\s*-?\s*(\d*)|\bs\s?(\d+)\b", raw)
    if supplement:
        number = re.match(r"0*(\d+)\b", raw)
        return (number.group(1) if number else "") + "s" + (supplement.group(1) or supplement.group(2) or "")
    match = re.search(r"\d+", raw)
    if match:
        return match.group().lstrip("0")
    return re.sub(r"[\W_]+", "", raw)


def place_in_journal(text: str) -> tuple[str, str, str, str] | None:
    """Journal, volume, issue and pages of `Journal of Rest, Vol 12(3), 2018, 201-215` or `ANNUAL REVIEW OF REST, VOL 32`; None for a name alone."""
    match = _IN_JOURNAL.match(text) if "vol" in text.lower() else None
    if not match:
        return None
    pages = _PAGES_AFTER.search(match.group(4))
    return match.group(1), match.group(2), match.group(3) or "", pages.group(1) if pages else ""


def is_article_number(text: str) -> bool:
    """Whether an issue is an article number in the issue's place: `e0191240`, `Art. 12`."""
    return bool(re.fullmatch(r"\s*\(?(?:[a-z]\d{4,}|art(?:icle)?\.?(?: no\.?)? ?[a-z]?\d+)\)?\s*", text.lower()))


def is_supplement(volume: str, issue: str, pages: str) -> bool:
    """Whether the place is a supplement or a page of abstracts (`S12`, `55A`), where one page may hold several works."""
    place = f"{volume} {issue}".lower()
    return (
        "suppl" in place
        or bool(re.search(r"\bs\d", place))
        or bool(re.match(r"\s*(?:pp?\.?\s*)?(?:(?:[sap]\.?|os|lb|e?p)\s?-?\d|\d+[a-z]\b)", pages.lower()))
    )


def year_of(text: str) -> int:
    """The first year in a text, 0 for none."""
    match = _YEAR.search(text)
    return int(match.group()) if match else 0
