"""What stands between the tags at which the lines of a text begin, cut by one pattern for all of it.

A loop over the lines in Python costs as much as a whole parser. What a tag means is left to each format's reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate

_RIS = re.compile(r"\n([A-Z][A-Z0-9](?:[A-Z0-9]{1,18}(?=  -[ \n]))?)  -")
_WEB_OF_SCIENCE = re.compile(r"\n([A-Z][A-Z0-9])(?: |(?=\n))")


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


def ris_values(text: str) -> Values:
    """RIS: two capitals or digits, two blanks and a hyphen; up to twenty where a blank or a line end follows."""
    return _values(_RIS, text)


def web_of_science_values(text: str) -> Values:
    """Web of Science: two capitals or digits and a blank or a line end."""
    return _values(_WEB_OF_SCIENCE, text)


def lines_beginning(text: str, mark: str) -> list[int]:
    """The 1-based lines of a text that begin with a mark."""
    lines, line, place = [], 0, 0
    text = f"\n{text}"
    while (found := text.find(f"\n{mark}", place) + 1) > 0:
        line += text.count("\n", place, found)
        lines.append(line)
        place = found
    return lines


def _values(pattern: re.Pattern[str], text: str) -> Values:
    pieces = pattern.split(f"\n{text}\n")
    return Values(pieces[0], pieces[1::2], pieces[2::2])
