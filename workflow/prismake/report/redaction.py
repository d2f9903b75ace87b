"""What a bundle may hold of the files that people brought: without abstracts, without e-mail addresses, else as they are.

Abstracts belong to the databases' vendors, e-mail addresses are personal data. Both are taken out of the files themselves, so
that a bundle can still be built: an abstract leaves an empty field, an address becomes `person-1@removed.invalid`, the
same address the same everywhere. What cannot be cleared (a format without a rule here) is left out and named.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from prismake.records import formats, table
from prismake.records.table_formats import FORMATS, USUAL
from prismake.records.text import decode, unix
from prismake.records.workbooks import is_workbook, read_workbook, sheet_names

EMAIL = re.compile(r"[\w.%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
REMOVED = "[e-mail removed]"

# RFC 2606 keeps .invalid free for ever: nobody is reached there.
_STAND_IN = re.compile(r"person-(\d+)@removed\.invalid")

# The earliest date that a zip file can hold.
NO_DATE = (1980, 1, 1, 0, 0, 0)

# Headers of abstracts in sheets that are no exports; in exports every header that the readers know is one.
_PLAIN_HEADERS = frozenset({"abstract", "abstracts", "abstractnote", "originalabstract"})
_EXPORT_HEADERS = frozenset(
    [*USUAL["abstract"], *(name for known in FORMATS for name in known.columns.get("abstract", ()))]
)

# Format -> (beginning of an abstract's first line, beginning of the next line that is none of it).
_TAGGED = {
    "ris": (r"(?:AB|N2)  ?- ?", r"[A-Z][A-Z0-9]  ?-|\d+\. *$"),
    "wos-text": (r"AB ", r"[A-Z][A-Z0-9] |E[RF]\s*$|\s*$"),
    "medline": (r"O?AB  ?- ?", r"\S|\s*$"),
    "enw": (r"%X ?", r"%.|\s*$"),
    "refworks": (r"AB ", r"[A-Z][A-Z0-9] |\s*$"),
    "ovid-text": (r"AB {1,2}- ?", r"[A-Z]{2,7} {1,2}- |<\d+|\s*$"),
    "cochrane-text": (r"AB: ?", r"[A-Z]{2,}: |\S* ?#\d|\s*$"),
}
_LINE_END = re.compile(r"\r\n|\n|\r")
_XML = re.compile(r"(<(abstract|ab)\b[^>]*(?<!/)>)(.*?)(</\2\s*>)", re.DOTALL | re.IGNORECASE)
_BIBTEX = re.compile(r"(?im)^[ \t]*abstract[ \t]*=[ \t]*")


class CannotBeCleared(Exception):
    """A file that would have to be cleared of something, and cannot be; the message says why."""


class Addresses:
    """E-mail address -> stand-in, numbered in the order in which the addresses are met; stand-ins stay what they are."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._last = 0

    def spare(self, text: str) -> None:
        """Pass over the stand-ins that a text holds already: new ones are numbered after them."""
        if "@removed.invalid" in text:
            self._last = max(self._last, *(int(n) for n in _STAND_IN.findall(text)), 0)

    def _stand_in(self, match: re.Match[str]) -> str:
        address = match[0].lower()
        if _STAND_IN.fullmatch(address):
            return match[0]
        if address not in self._known:
            self._last += 1
            self._known[address] = f"person-{self._last}@removed.invalid"
        return self._known[address]

    def replaced(self, text: str) -> str:
        """The text with the stand-in in place of every address."""
        return EMAIL.sub(self._stand_in, text) if "@" in text else text


def cleared(
    content: bytes,
    addresses: Addresses | None,
    *,
    abstracts: bool = False,
    export: bool = False,
    format: str = "auto",
    columns: Mapping[str, str] | None = None,
) -> bytes:
    """A file's bytes as they may be shared.

    Args:
        addresses: what stands in for e-mail addresses; None leaves them.
        abstracts: True leaves them.
        export: the file is a database's export, of which `format` and `columns` are the search's settings.

    Raises:
        CannotBeCleared: if the file holds, or may hold, what is to be taken out, and there is no way to.
    """
    if content[:2] == b"PK" or is_workbook(content):
        if not abstracts and is_workbook(content) and _abstracts_in_workbook(content, export):
            raise CannotBeCleared("a workbook with abstracts")
        return _cleared_archive(content, addresses) if addresses else content
    text, encoding = _text(content)
    if not abstracts:
        text = without_abstracts(text, decode(content)[0], export=export, format=format, columns=columns)
    if addresses:
        text = addresses.replaced(text)
    return text.encode(encoding)


def _text(content: bytes) -> tuple[str, str]:
    """Text and an encoding in which the same text gives the same bytes again."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16-le" if content.startswith(b"\xff\xfe") else "utf-16-be"
        text = content.decode(name, "surrogatepass")
        return text, name
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def without_abstracts(
    text: str,
    read: str | None = None,
    *,
    export: bool = False,
    format: str = "auto",
    columns: Mapping[str, str] | None = None,
) -> str:
    """A text without the abstracts of its records.

    Args:
        text: the text, with the line ends it has.
        read: the text as readers see it, by which the format is known.
        export, format, columns: as for `cleared`.

    Raises:
        CannotBeCleared: if its format has no rule here.
    """
    seen = unix(text if read is None else read)
    name = formats.detect(seen, columns) if format == "auto" else formats.family(format)
    if name == "ovid-text" and re.search(r"(?mi)^abstract\.?:?\s*$", seen):
        raise CannotBeCleared("abstracts cannot be told apart in this layout of Ovid's")
    if name in _TAGGED:
        return _without_tagged(text, *_TAGGED[name], keep_lines=name in ("ris", "wos-text"))
    if name.endswith("-xml"):
        return _XML.sub(lambda m: m[1] + "\n" * m[3].count("\n") + m[4], text)
    if name == "bibtex":
        return _without_bibtex(text)
    if name == "json":
        return _without_json(text)
    if name == "table":
        headers = set(_EXPORT_HEADERS if export else _PLAIN_HEADERS)
        headers.update(table.key_of(columns[key]) for key in ("abstract",) if columns and key in columns)
        return _without_columns(text, seen, headers, columns)
    if name and export:
        raise CannotBeCleared(f"abstracts cannot be told apart in this format ({name})")
    return text


def _without_tagged(text: str, first: str, other: str, *, keep_lines: bool) -> str:
    """Tagged lines: the abstract's lines lose what stands after their tag or their indentation, and stay as lines.

    Where an empty line would end a record (`keep_lines` False), the lines go.
    """
    begins, ends = re.compile(first), re.compile(other)
    end = "\n" if "\n" in text else "\r"
    lines: list[str | None] = list(text.split(end))
    inside = False
    for number, line in enumerate(text.split(end)):
        tail = "\r" if line.endswith("\r") else ""
        match = begins.match(line)
        if match:
            inside = True
            lines[number] = match[0] + tail
        elif inside and not ends.match(line):
            lines[number] = line[: len(line) - len(line.lstrip(" "))] + tail if keep_lines else None
        elif inside and line.strip():
            inside = False
    return end.join(line for line in lines if line is not None)


def _without_bibtex(text: str) -> str:
    kept, last = [], 0
    for match in _BIBTEX.finditer(text):
        start = match.end()
        if start < last or text[start : start + 1] not in ("{", '"'):
            continue
        stop = _closing(text, start)
        kept += [text[last : start + 1], "\n" * text.count("\n", start, stop)]
        last = stop
    return "".join([*kept, text[last:]])


def _closing(text: str, start: int) -> int:
    """Position of the brace or quotation mark that closes the one at `start`."""
    depth, quoted = 0, text[start] == '"'
    position = start + 1 if quoted else start
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 1
        elif char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if not quoted and depth == 0:
                return position
        elif char == '"' and quoted and depth == 0:
            return position
        position += 1
    return position


def _without_json(text: str) -> str:
    try:
        content = json.loads(text.lstrip("\ufeff"))
    except ValueError as error:
        raise CannotBeCleared("this JSON cannot be read whole") from error
    return json.dumps(_blank_abstracts(content), ensure_ascii=False, indent=1) + "\n"


def _blank_abstracts(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: (None if isinstance(value, dict | list) else "")
            if "abstract" in key.lower() and "title" not in key.lower() and value
            else _blank_abstracts(value)
            for key, value in node.items()
        }
    return [_blank_abstracts(child) for child in node] if isinstance(node, list) else node


def _without_columns(text: str, seen: str, headers: Collection[str], columns: Mapping[str, str] | None) -> str:
    """Delimited text: the cells under these headers become empty, every other byte stays."""
    head = seen[:200_000]
    rows, _ = table.read_text(head[: head.rfind("\n") + 1] or head)
    position = table.header_row(rows.cells, columns)
    if position is None:
        return text
    keys = [table.key_of(cell) for cell in rows.cells[position]]
    wanted = {i for i, key in enumerate(keys) if any(_is_header(key, header) for header in headers)}
    if not wanted:
        return text
    quoting = not (rows.delimiter == "\t" and text.lstrip("\ufeff").startswith("PT\t"))
    starts = [0, *(m.end() for m in _LINE_END.finditer(text))]
    kept, last = [], 0
    for row, number, begin, stop in _cells(text, starts[rows.lines[position] - 1], rows.delimiter, quoting):
        if row and number in wanted:
            lines = "\n" * len(_LINE_END.findall(text, begin, stop))  # so that what follows keeps its line numbers
            kept.append(text[last:begin] + (f'"{lines}"' if lines else ""))
            last = stop
    return "".join([*kept, text[last:]])


def _is_header(key: str, header: str) -> bool:
    return key == header if "*" not in header else bool(re.fullmatch(header.replace("*", r"\d+"), key))


def _cells(text: str, start: int, delimiter: str, quoting: bool) -> Iterator[tuple[int, int, int, int]]:
    """(row, cell in its row, begin, end) of every cell from `start` on, as csv.reader cuts them; rows count from 0."""
    d = re.escape(delimiter)
    plain = rf"[^{d}\r\n]*"
    quoted = rf'"[^"]*(?:""[^"]*)*(?:"|\Z){plain}'
    cell = re.compile(rf"({quoted}|{plain})({d}|\r\n|\n|\r|\Z)" if quoting else rf"({plain})({d}|\r\n|\n|\r|\Z)")
    row, number, position = 0, 0, start
    while position < len(text):
        match = cell.match(text, position)
        if match is None:
            return
        yield row, number, match.start(1), match.end(1)
        row, number = (row, number + 1) if match[2] == delimiter else (row + 1, 0)
        position = match.end()


def _abstracts_in_workbook(content: bytes, export: bool) -> bool:
    headers = _EXPORT_HEADERS if export else _PLAIN_HEADERS
    try:
        rows = [row for sheet in sheet_names(content) for row in read_workbook(content, sheet)[:25]]
    except ValueError:
        return True
    return any(_is_header(table.key_of(cell), header) for row in rows for cell in row if cell for header in headers)


def _cleared_archive(content: bytes, addresses: Addresses) -> bytes:
    """A .xlsx or .docx without e-mail addresses; the archive is the same where it holds none.

    Raises:
        CannotBeCleared: for an old .xls with an address in it.
    """
    if content[:2] != b"PK":
        if EMAIL.search(content.decode("latin-1")) or EMAIL.search(content.replace(b"\0", b"").decode("latin-1")):
            raise CannotBeCleared("an .xls workbook with e-mail addresses; save it as .xlsx or CSV")
        return content
    changed = False
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename.endswith((".xml", ".rels")):
                without = addresses.replaced(part.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
                changed = changed or without != part
                part = without
            entry = zipfile.ZipInfo(info.filename, NO_DATE)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            new.writestr(entry, part)
    return buffer.getvalue() if changed else content
