"""From bytes to text: which encoding a file is in, and its lines whatever ends them.

Exports are seen in UTF-8 with and without a byte-order mark, with a mark that was itself mangled, in UTF-16, in
Windows-1252, in UTF-8 with single Windows-1252 bytes in it (a library that joined two exports), and with line ends of
LF, CRLF, lone CR or all of them in one file.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path

_MANGLED_MARK = "\u00ef\u00bb\u00bf"  # the UTF-8 mark read as Latin-1 and saved again
_ASCII = bytes(range(128))


def decode(content: bytes) -> tuple[str, str]:
    """Text and the name of its encoding: utf-8, utf-8-sig, utf-16-le, utf-16-be, windows-1252 or a mix.

    Never fails: bytes that are not UTF-8 are read as Windows-1252, singly where the rest of the file is UTF-8.
    """
    if content.startswith(codecs.BOM_UTF8):
        text, encoding = _utf8(content[3:])
        return _without_marks(text), encoding.replace("utf-8", "utf-8-sig", 1)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16-le" if content.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return _without_marks(content[2:].decode(name, "replace")), name
    name = _utf16_without_mark(content)
    if name:
        return _without_marks(content.decode(name, "replace")), name
    text, encoding = _utf8(content)
    return _without_marks(text), encoding


def text_blocks(path: Path, size: int) -> tuple[str, Iterator[str]]:
    """The encoding of a file and its text with LF line ends, as `decode` and `unix` give them, in blocks of `size` bytes.

    The file is read twice, and never as a whole.
    """
    encoding = _encoding_of(path, size)
    codec, errors = _CODECS[encoding]
    decoder = codecs.getincrementaldecoder(codec)(errors=errors)
    return encoding, _decoded(_blocks(path, size), decoder)


def _decoded(blocks: Iterator[bytes], decoder: codecs.IncrementalDecoder) -> Iterator[str]:
    """Marks and NULs go before line ends are joined, as in `decode`: a NUL may stand between CR and LF."""
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    start: str | None = ""  # what was read so far, while it may still be a mark that is cut by the end of a block
    for block in blocks:
        text = decoder.decode(block, final=not block).replace("\0", "")
        if start is not None:
            start = (start + text).lstrip("\ufeff")
            if block and len(start) < len(_MANGLED_MARK):
                continue
            text, start = _without_marks(start), None
        if text := newlines.decode(text, final=not block):
            yield text


def lines_of(text: str) -> list[str]:
    """Lines ended by LF, CRLF or CR; unlike str.splitlines nothing else ends a line (U+2028 or a form feed may stand
    in a title).
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def unix(text: str) -> str:
    """The text with LF line ends only."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _blocks(path: Path, size: int) -> Iterator[bytes]:
    """The blocks of a file, and an empty one at its end."""
    with path.open("rb") as file:
        while block := file.read(size):
            yield block
    yield b""


def _encoding_of(path: Path, size: int) -> str:
    """The name of the encoding that `decode` gives for a file's content."""
    head = next(_blocks(path, max(size, 4096)))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    marked = head.startswith(codecs.BOM_UTF8)
    name = "" if marked else _utf16_without_mark(head)
    if name:
        return name
    strict = codecs.getincrementaldecoder("utf-8")(errors="strict")
    try:
        for block in _blocks(path, size):
            strict.decode(block, final=not block)
        return "utf-8-sig" if marked else "utf-8"
    except UnicodeDecodeError:
        pass
    loose = codecs.getincrementaldecoder("utf-8")(errors="ignore")
    wrong = right = 0
    for block in _blocks(path, size):
        wrong += len(block.translate(None, _ASCII))
        right += len(loose.decode(block, final=not block).encode().translate(None, _ASCII))
    wrong, right = (wrong - 3, right - 3) if marked else (wrong, right)  # the mark's own bytes
    if right * 2 > wrong:
        return f"utf-8{'-sig' if marked else ''} with windows-1252 bytes"
    return "windows-1252"


def _utf8(content: bytes) -> tuple[str, str]:
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    mixed = content.decode("utf-8", "prismake-windows-1252")
    wrong = len(content.translate(None, _ASCII))
    right = len(content.decode("utf-8", "ignore").encode().translate(None, _ASCII))
    if right * 2 > wrong:
        return mixed, "utf-8 with windows-1252 bytes"
    return _windows(content), "windows-1252"


def _windows(content: bytes) -> str:
    """Windows-1252, where its five unused bytes are read as Latin-1's control characters instead of failing."""
    return content.decode("cp1252", "prismake-latin-1")


def _utf16_without_mark(content: bytes) -> str:
    """UTF-16 saved without its mark shows as a NUL in every other byte of plain text."""
    head = content[:2000]
    if len(head) < 4 or b"\0" not in head:
        return ""
    half = len(head) // 2
    if head[1::2].count(0) > 0.6 * half and head[0::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if head[0::2].count(0) > 0.6 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return ""


def _without_marks(text: str) -> str:
    text = text.replace("\0", "").lstrip("\ufeff")
    return text[3:] if text.startswith(_MANGLED_MARK) else text


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _windows(error.object[error.start : error.end]), error.end


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("prismake-windows-1252", _as_windows_1252)
codecs.register_error("prismake-latin-1", _as_latin_1)

_CODECS = {
    "utf-8": ("utf-8", "strict"),
    "utf-8-sig": ("utf-8", "strict"),
    "utf-16-le": ("utf-16-le", "replace"),
    "utf-16-be": ("utf-16-be", "replace"),
    "utf-8 with windows-1252 bytes": ("utf-8", "prismake-windows-1252"),
    "utf-8-sig with windows-1252 bytes": ("utf-8", "prismake-windows-1252"),
    "windows-1252": ("cp1252", "prismake-latin-1"),
}
"""Codec and what it does with errors, by the name of an encoding."""
