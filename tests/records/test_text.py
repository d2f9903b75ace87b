"""Encodings and line ends."""

from __future__ import annotations

import pytest
from prismake.records.text import decode, lines_of, unix

TEXT = "TY  - JOUR\nTI  - Größe – naïve\n"


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_encoding_gives_the_same_text(name: str) -> None:
    assert decode(TEXT.encode(name))[0] == TEXT


def test_single_windows_bytes_in_utf8_are_read() -> None:
    text, name = decode("Ölçer İ, Größe, naïve – ".encode() + b"\x93quoted\x94")
    assert text == "Ölçer İ, Größe, naïve – “quoted”"
    assert name == "utf-8 with windows-1252 bytes"


def test_a_mark_that_was_mangled_goes() -> None:
    assert decode("\u00ef\u00bb\u00bfKey,Title".encode())[0] == "Key,Title"


def test_any_bytes_are_decoded() -> None:
    assert isinstance(decode(bytes(range(256)))[0], str)
    assert decode(b"\x81\x8d\x8f\x90\x9d")[1] == "windows-1252"


def test_lines_end_with_three_marks_and_no_other() -> None:
    assert lines_of("a\r\nb\rc\nd\u2028e\x0cf") == ["a", "b", "c", "d\u2028e\x0cf"]
    assert unix("a\r\nb\rc") == "a\nb\nc"
