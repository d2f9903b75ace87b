"""Tagged lines, cut by one pattern for all the text, beside a loop over the lines; and the short way of the readers
beside the careful one.
"""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.records import ris, wos
from prismake.records.tagged import lines_beginning, ris_values, web_of_science_values

LINES = st.sampled_from(
    ["TY  - JOUR", "TI  - \u00dcber  ", "TI  -", "TI  -x", "T1 - x", "ER  - ", "ER", "", "   three blanks", " \u00a0x", "AU A", "A1  - b",
     "DESCRIPTORS  - long", "ABCDEFGHIJKLMNOPQRSTU  - too long", "EF", "PT J", "pt j", "\u20ac  - x", "1A  - x", "\u2003C1  q\u2003"]
)  # fmt: skip
TEXTS = st.lists(LINES, max_size=12).map("\n".join)
# Mostly plain records, with something odd among them here and there.
RIS = st.lists(st.sampled_from(
    [*["TY  - JOUR\nTI  - A\nAU  - Ng, A.\nAU  - Ek, B.\nER  - \n"] * 3, "TY  - BOOK\nA1  - C\nAU  - D\nA1  - E\nER  -", "TY  - JOUR\nER  - ",
     "ER  - ", "TY  - JOUR", "TY  -", "1. ", "KW  - a\nKW  -\nKW  - b", "ABC  - x", "ABC  -x", "NL  - x", "AB  - one\n\n  two ", " ", ""]
), max_size=8).map("\n".join)  # fmt: skip
WEB_OF_SCIENCE = st.lists(st.sampled_from(
    [*["PT J\nAU Ng, A\n   Ek, B\nTI One\n   two\nER\n"] * 3, "PT B\nTI \nAB x  \n\n   y\nno indent\nER", "PT J\nER\n", "ER", "PT J", "PT ",
     "EF", "FN Clarivate\nVR 1.0", "TI a", "TI", "AU A", "   more", "", "ER x"]
), max_size=8).map("\n".join)  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(TEXTS)
def test_ris_values_are_those_of_a_loop(text: str) -> None:
    wanted: list[list] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r"([A-Z][A-Z0-9]{1,19})  -(?: |$)(.*)|([A-Z][A-Z0-9])  -(.*)", line)
        if match:
            wanted.append([match[1] or match[3], match[2] or match[4] or "", number])
        elif wanted:
            wanted[-1][1] += "\n" + line
    found = ris_values(text)
    values = [value.strip() for value in found.values]
    assert list(zip(found.tags, values, strict=True)) == [(tag, value.strip()) for tag, value, _ in wanted]
    if wanted:
        assert found.lines() == [number for *_, number in wanted]
    assert lines_beginning(text, "TY  -") == [number for tag, _, number in wanted if tag == "TY"]
    assert found.positions("TY", "ER") == [i for i, tag in enumerate(found.tags) if tag in ("TY", "ER")]


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


@settings(deadline=None, max_examples=200)
@given(RIS)
def test_plain_ris_is_read_as_carefully(text: str) -> None:
    records = ris.plain_records(text)
    if records is None:
        return
    assert ris.raw_records(text) == ris.careful_records(text)
    assert len(records) == ris.counted(text)


@settings(deadline=None, max_examples=200)
@given(WEB_OF_SCIENCE)
def test_plain_web_of_science_is_read_as_carefully(text: str) -> None:
    if wos.plain_records(text) is None:
        return
    wanted = [raw._replace(fields={tag: v for tag, v in raw.fields.items() if v}) for raw in wos.careful_records(text)]
    assert list(wos.raw_records(text)) == wanted


def test_ordinary_texts_go_the_short_way() -> None:
    ris_text = "TY  - JOUR\nTI  - A\nAU  - Ng, A.\nKW  - \nER  - \n\n"
    assert ris.plain_records("\n" + ris_text * 3) == [{"TY": ["JOUR"], "TI": ["A"], "AU": ["Ng, A."]}] * 2 + [
        {"TY": ["JOUR"], "TI": ["A"], "AU": ["Ng, A."], "ER": []}
    ]
    wos_text = "PT J\nAU Ng, A\n   Ek, B\nTI One\n   two\nER\n\n"
    record = {"PT": ["J"], "AU": ["Ng, A", "Ek, B"], "TI": ["One\ntwo"]}
    for head in ("", "FN Clarivate Analytics Web of Science\nVR 1.0\n"):
        found = wos.plain_records(f"{head}{wos_text * 2}EF\n")
        assert found == [record, {**record, "ER": [""], "EF": [""]}]
