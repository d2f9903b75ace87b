"""Where the tagged lines of a text begin, found in all of it at once, and what stands between them.

A loop over the lines in Python costs as much as a whole parser. In RIS, where nearly every line has its tag, the line
ends and the bytes behind them are compared as arrays, and the values are cut out of one buffer; Web of Science's text,
where most lines belong to the tag before, is cut by one pattern. What a tagged line means is left to each format's reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_LINE_END, _BLANK, _HYPHEN = b"\n -"
_PADDING = b"\n" * 8
_WEB_OF_SCIENCE = re.compile(r"\n([A-Z][A-Z0-9])(?: |(?=\n))")
_RIS_LONG = re.compile(rb"\n([A-Z][A-Z0-9]{2,19})  -[ \n]")

Positions = npt.NDArray[np.int64]


def _code(tag: str) -> int:
    return ord(tag[0]) * 256 + ord(tag[1])


_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAMES = np.full(65536, "", object)  # each tag one and the same text wherever it stands
for _tag in (a + b for a in _CAPITALS for b in _CAPITALS + "0123456789"):
    _NAMES[_code(_tag)] = _tag


@dataclass
class Tagged:
    """The tagged lines of a text, in order; a value holds the lines that follow up to the next tag as well."""

    tags: list[str]
    values: list[str]
    lines: Positions
    """The 1-based line that each begins at."""
    codes: Positions
    """The two letters of each tag as a number, by which `positions` finds them; 0 for longer tags."""

    def positions(self, *tags: str) -> Positions:
        """Where these tags of two letters stand."""
        found = np.zeros(len(self.codes), np.bool_)
        for tag in tags:
            found |= self.codes == _code(tag)
        return np.flatnonzero(found)


def ris_lines(text: str) -> Tagged:
    """RIS: two capitals or digits, two blanks and a hyphen; up to twenty where a blank or a line end follows."""
    content, data, ends = _line_ends(text)
    hyphens = (data[ends + 3] == _BLANK) & (data[ends + 4] == _BLANK) & (data[ends + 5] == _HYPHEN)
    first, second = data[ends + 1], data[ends + 2]
    short = hyphens & _capital(first) & _capital_or_digit(second)
    found = np.flatnonzero(short)
    codes = first[found].astype(np.int64) * 256 + second[found]
    names: list[str] = _NAMES[codes].tolist()
    widths: Positions | int = 2
    maybe_long = np.flatnonzero(_capital(first) & _capital_or_digit(second) & _capital_or_digit(data[ends + 3]))
    longer = {int(i): match[1].decode() for i in maybe_long if (match := _RIS_LONG.match(content, int(ends[i])))}
    if longer:
        there = dict(zip(found.tolist(), names, strict=True)) | longer
        by_place = dict(zip(found.tolist(), codes.tolist(), strict=True))
        found = np.array(sorted(there))
        names = [there[i] for i in found.tolist()]
        codes = np.array([by_place.get(i, 0) for i in found.tolist()])
        widths = np.array([len(name) for name in names])
    begins = ends[found]
    stops = np.append(begins[1:], len(content) - len(_PADDING))
    return Tagged(names, cut(content, data, begins + widths + 4, stops), found + 1, codes)


@dataclass
class Values:
    """The tags at which lines begin, in order, and what stands behind each up to the next, as it stands."""

    before: str
    """What stands before the first tag, with a line end before it."""
    tags: list[str]
    values: list[str]

    def positions(self, *tags: str) -> list[int]:
        """Where these tags stand."""
        return [place for place, tag in enumerate(self.tags) if tag in tags]

    def lines(self) -> list[int]:
        """The 1-based line that each tag stands on."""
        ends = (value.count("\n") + 1 for value in self.values[:-1])
        return list(accumulate(ends, initial=self.before.count("\n") + 1))


def web_of_science_values(text: str) -> Values:
    """Web of Science: two capitals or digits and a blank or a line end; its values are long, so one pattern cuts all."""
    pieces = _WEB_OF_SCIENCE.split(f"\n{text}\n")
    return Values(pieces[0], pieces[1::2], pieces[2::2])


def _line_ends(text: str) -> tuple[bytes, npt.NDArray[np.uint8], Positions]:
    """The text between line ends as bytes, with room behind it to look ahead, and the places before its lines."""
    content = b"".join((b"\n", text.encode("utf-8", "replace"), _PADDING))
    data = np.frombuffer(content, np.uint8)
    return content, data, np.flatnonzero(data[: len(content) - len(_PADDING)] == _LINE_END)


def cut(content: bytes, data: npt.NDArray[np.uint8], starts: Positions, stops: Positions) -> list[str]:
    """The pieces of a content from each start to its stop, without outer white space; none may overlap the next."""
    if not len(starts):
        return []
    starts = np.minimum(starts + (data[starts] == _BLANK), stops)
    stops = np.maximum(stops - ((data[stops - 1] == _BLANK) | (data[stops - 1] == _LINE_END)), starts)
    offsets = np.empty(2 * len(starts), np.int64)
    offsets[0::2], offsets[1::2] = starts, stops
    pieces = pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(content))
    wanted = pieces.take(pa.array(np.arange(0, len(offsets) - 1, 2)))
    texts: list[str] = wanted.to_numpy(zero_copy_only=False).tolist()
    first, last = data[starts], data[stops - 1]
    ragged = (stops > starts) & ((first <= _BLANK) | (first > 126) | (last <= _BLANK) | (last > 126))
    for position in np.flatnonzero(ragged).tolist():
        texts[position] = texts[position].strip()
    return texts


def _capital(byte: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    return (byte >= ord("A")) & (byte <= ord("Z"))


def _capital_or_digit(byte: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    return _capital(byte) | ((byte >= ord("0")) & (byte <= ord("9")))
