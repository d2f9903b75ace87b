"""Encodings and line ends."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from prismake.records.text import decode, lines_of, text_blocks, unix

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


ENDS = st.sampled_from(["\r\n", "\r", "\n", " ", "\u00fc", "\u20ac", "\0", "x"])


@settings(deadline=None, max_examples=50)
@given(
    st.lists(ENDS, max_size=30).map("".join),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"]),
    st.binary(max_size=3),
    st.integers(1, 9),
    st.sampled_from(["", "\ufeff", "\u00ef\u00bb\u00bf", "\u00ef\u00bb", "\0\ufeff", "\r"]),
)
@example("\r\0\n", "utf-8", b"", 1, "")
@example("", "utf-8", b"", 1, "\u00ef\u00bb\u00bf")
def test_a_file_in_blocks_is_the_text_of_its_bytes(
    text: str, encoding: str, more: bytes, size: int, before: str
) -> None:
    content = (before + TEXT + text).encode(encoding, "replace") + more
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(content)
        name, blocks = text_blocks(path, size)
        whole, wanted = decode(content)
        assert (name, "".join(blocks)) == (wanted, unix(whole))
