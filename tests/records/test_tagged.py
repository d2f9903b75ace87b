"""Tagged lines, found in all bytes at once, beside a loop over the lines."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.records.tagged import ris_lines, web_of_science_values

LINES = st.sampled_from(
    ["TY  - JOUR", "TI  - \u00dcber  ", "TI  -", "TI  -x", "T1 - x", "ER  - ", "ER", "", "   three blanks", " \u00a0x", "AU A", "A1  - b",
     "DESCRIPTORS  - long", "ABCDEFGHIJKLMNOPQRSTU  - too long", "EF", "PT J", "pt j", "\u20ac  - x", "1A  - x", "\u2003C1  q\u2003"]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


@settings(deadline=None, max_examples=50)
@given(TEXTS)
def test_ris_lines_are_those_of_a_loop(text: str) -> None:
    wanted: list[list] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r"([A-Z][A-Z0-9]{1,19})  -(?: |$)(.*)|([A-Z][A-Z0-9])  -(.*)", line)
        if match:
            wanted.append([match[1] or match[3], match[2] or match[4] or "", number])
        elif wanted:
            wanted[-1][1] += "\n" + line
    tagged = ris_lines(text)
    found = zip(tagged.tags, tagged.values, tagged.lines.tolist(), strict=True)
    assert list(found) == [(tag, value.strip(), number) for tag, value, number in wanted]
    assert tagged.positions("TY", "ER").tolist() == [i for i, tag in enumerate(tagged.tags) if tag in ("TY", "ER")]


@settings(deadline=None, max_examples=50)
@given(TEXTS)
def test_web_of_science_values_are_those_of_a_loop(text: str) -> None:
    rows = text.split("\n")
    begun = [i for i, row in enumerate(rows) if re.match(r"[A-Z][A-Z0-9](?: |$)", row)]
    found = web_of_science_values(text)
    assert found.tags == [rows[i][:2] for i in begun]
    if begun:
        assert found.lines() == [i + 1 for i in begun]
    parts = [rows[i:stop] for i, stop in zip(begun, [*begun, len(rows)][1:], strict=True)]
    wanted = [[part[0][3:], *part[1:]] for part in parts]
    assert [value.strip("\n") for value in found.values] == ["\n".join(part).strip("\n") for part in wanted]
    assert found.positions("PT", "EF") == [i for i, tag in enumerate(found.tags) if tag in ("PT", "EF")]


def test_what_cannot_be_written_as_utf_8_is_replaced() -> None:
    assert ris_lines("TI  - a\ud800b").values == ["a?b"]
