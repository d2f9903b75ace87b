"""What the readers of plain texts share in which a name stands before each field, in its line or in one of its own."""

from __future__ import annotations

import re
from collections.abc import Callable

from prismake.records.drafts import Draft, Parsed

Fields = dict[str, list[str]]


def parse_blocks(
    text: str, start: re.Pattern[str], fields: Callable[[str], Fields], draft: Callable[[Fields, int], Draft]
) -> Parsed:
    """All records of a text in which each begins with a match of `start`; one without fields is set aside."""
    starts = [match.start() for match in start.finditer(text)]
    parsed = Parsed([], len(starts))
    line, seen = 1, 0
    for begin, stop in zip(starts, [*starts[1:], len(text)], strict=True):
        line += text.count("\n", seen, begin)
        seen = begin
        block = text[begin:stop]
        found = {name: values for name, values in fields(block).items() if values}
        if found:
            parsed.drafts.append(draft(found, line))
        else:
            parsed.set_aside.append((line, "has a number but no content", " ".join(block.split())[:200]))
    return parsed


def fields_of(block: str, name_in: Callable[[str], tuple[str, str] | None]) -> Fields:
    """The lines of each field of a record; `name_in` gives the name that a line begins with and what follows it."""
    fields: Fields = {}
    name = ""
    for line in block.split("\n"):
        found = name_in(line)
        if found:
            name, line = found
            fields.setdefault(name, [])
        if name and line.strip():
            fields[name].append(line.strip())
    return fields
