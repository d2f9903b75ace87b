"""How wide the columns of a table on paper are, and whether it needs a page on its side."""

from __future__ import annotations

import math
import re

from prismake.report.blocks import Table, text_of

# Widths of the text on an A4 page in points, upright and on its side.
UPRIGHT, SIDEWAYS = 459.0, 706.0

# Mean width of a character and the space between columns, in parts of the font size and in points.
CHARACTER, _GUTTER = 0.5, 8.0

# A column of text is readable from so many characters on.
_READABLE = 34


def needs(table: Table) -> list[int]:
    """For each column the characters that it should hold in a line: whole numbers and words, and some of a text."""
    found = []
    for i, column in enumerate(table.columns):
        cells = [column.label, *(text_of(row[i]) for row in table.rows[:300])]
        longest = max(len(cell) for cell in cells)
        if column.align == "right":
            found.append(longest)
            continue
        word = max((len(word) for cell in cells for word in cell.split()), default=1)
        found.append(max(min(word, 18), min(typical_length(table, i), _READABLE), min(longest, 10)))
    return found


def _unbroken(table: Table) -> list[float]:
    """For each column the characters without which a word or a number is broken, at most what `needs` asks for."""
    found = []
    for i, (column, most) in enumerate(zip(table.columns, needs(table), strict=True)):
        cells = [column.label, *(text_of(row[i]) for row in table.rows[:300])]
        parts = cells if column.align == "right" and not any("[" in cell for cell in cells) else " ".join(cells).split()
        found.append(float(min(most, max(map(len, parts), default=1))))
    return found


def typical_length(table: Table, i: int) -> int:
    """The third quartile of the lengths of a column's cells."""
    lengths = sorted(len(text_of(row[i])) for row in table.rows[:300]) or [0]
    return lengths[min(len(lengths) - 1, (3 * len(lengths)) // 4)]


def font_size(table: Table) -> float:
    """Smaller where there are many columns."""
    return 8.5 if len(table.columns) <= 6 else 7.5 if len(table.columns) <= 8 else 7.0


def sideways(table: Table, size: float | None = None) -> bool:
    """True if the table is too wide for an upright page at a font size; a short one may be a little tight."""
    width = sum(needs(table)) * CHARACTER * (size or font_size(table)) + _GUTTER * len(table.columns)
    return width > UPRIGHT * (1.12 if len(table.rows) > 4 else 1.5)


# The tallest table that is held together on one page rather than broken across two, points.
_WHOLE = 300.0


def whole(table: Table) -> bool:
    """True if the table is so short that it should stand on one page, as far as can be told before it is set."""
    size, room = font_size(table), SIDEWAYS if sideways(table) else UPRIGHT
    columns = [max(1.0, (share * room - _GUTTER) / (CHARACTER * size)) for share in shares(table)]
    lines = [
        max(math.ceil(len(text_of(cell)) / fits) for cell, fits in zip(row, columns, strict=True))
        for row in table.rows[: int(_WHOLE / size)]
    ]
    return sum(max(1, n) * 1.3 * size + _GUTTER for n in lines) <= _WHOLE


def shares(table: Table) -> list[float]:
    """The share of the width that each column gets; they sum to one. What is left over goes to columns of long text."""
    wanted = [n + 2.0 for n in needs(table)]
    room = (SIDEWAYS if sideways(table) else UPRIGHT) / (CHARACTER * font_size(table)) - sum(wanted)
    extra = [max(0.0, typical_length(table, i) - _READABLE) for i in range(len(table.columns))]
    slack = [w - m - 2.0 for w, m in zip(wanted, _unbroken(table), strict=True)]
    if room < 0 and sum(slack) > 0:
        # What is wide may wrap; words and numbers are broken last.
        part = min(1.0, -room / sum(slack))
        wanted = [w - part * s for w, s in zip(wanted, slack, strict=True)]
    elif room > 0 and sum(extra) > 0:
        wanted = [w + room * e / sum(extra) for w, e in zip(wanted, extra, strict=True)]
    return [w / sum(wanted) for w in wanted]


# So many characters of a word fit into a line; a longer one may be broken after as many.
LONGEST_WORD = 40


def broken(text: str) -> str:
    """A text with places in very long words where a line may end; names put together with _ and . end there first."""
    if "_" in text:
        text = re.sub(
            r"\S*[a-z]_[a-z]\S*", lambda match: re.sub(r"(?<=[a-z])[._](?=[a-z])", "\\g<0>\u200b", match[0]), text
        )
    return re.sub(rf"\S{{{LONGEST_WORD}}}(?=\S)", lambda match: match[0] + "\u200b", text)
