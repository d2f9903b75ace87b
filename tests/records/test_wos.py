"""Web of Science's tagged text."""

from __future__ import annotations

from prismake.records.read import read_bytes

TEXT = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Zelle, RM
   van Maris, AJA
AF Zelle, Rintze M.
   van Maris, Antonius J. A.
TI Anaplerotic Role for Malic Enzyme in
   Yeast
SO APPLIED MICROBIOLOGY
J9 APPL MICROBIOL
DT Review; Early Access
DE acid; enzyme
SN 0099-2240
EI 1098-5336
VL 77
IS 3
BP 732
EP 738
DI 10.1128/AEM.02132-10
PY 2011
UT WOS:000286597100003
PM 21131518
ER

PT B
AU Smith, W. G.
TI A book
PY 2011
UT CABI:20113178956
ER

EF
"""


def test_header_lists_and_continued_lines() -> None:
    export = read_bytes(TEXT.encode("utf-16"))
    assert (export.format, export.in_file, export.platform, export.encoding) == (
        "wos-text",
        2,
        "Web of Science",
        "utf-16-le",
    )
    first = export.records.iloc[0]
    assert first["authors"] == "Zelle, Rintze M.; van Maris, Antonius J. A."
    assert first["title"] == "Anaplerotic Role for Malic Enzyme in Yeast"
    assert (first["accession"], first["pmid"], first["pages"], first["issn"]) == (
        "WOS:000286597100003",
        "21131518",
        "732-738",
        "0099-2240; 1098-5336",
    )
    assert first["entry_type"] == "review" and first["keywords"] == "acid; enzyme" and first["line"] == 3
    assert export.records.loc[1, "database"] == "CAB Abstracts" and export.records.loc[1, "entry_type"] == "book"


def test_without_header_and_without_indentation() -> None:
    text = "PT J\nUT BCI:BCI201300112663\nTI Importance of carbon for two\nconsumers\nAU A, B.\nHershey, Anne E.\nSO Hydrobiologia\nER\n"
    frame = read_bytes(text.encode()).records
    assert frame.loc[0, "title"] == "Importance of carbon for two consumers"
    assert frame.loc[0, "authors"] == "A, B.; Hershey, Anne E."


def test_a_file_that_was_cut_is_said() -> None:
    export = read_bytes(TEXT[: TEXT.index("PY 2011\nUT CABI")].encode())
    assert len(export.records) == 2
    assert [f.code for f in export.faults] == ["truncated"]
