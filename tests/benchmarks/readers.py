"""Every file of a folder of exports: what was found in it, whether a record was lost, how long it took, and the peers
beside it.

Run by hand: `python tests/benchmarks/readers.py DIR [repeats]`. A line for each file, in all sub-folders: format,
records in the file by an independent count, read, set aside, seconds (best of `repeats`, from bytes to the record
model), and for each peer that is installed and reads the kind of file: records and seconds. Exits 1 where a record was
lost or an export could not be read.

Files that are no exports (read-me's, PDFs, archives, empty ones) are named as such and left out. Where the folder has
an ORIGINS.csv that states numbers of records, a number that differs is shown; a file that it does not list, in no
known format, is left out too.
"""

from __future__ import annotations

import csv
import gc
import importlib.util
import io
import re
import sys
import time
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from prismake.records import bibtex, medline, ris, wos
from prismake.records.delimited import delimiter_of, rows_of
from prismake.records.formats import TEXT_FORMATS
from prismake.records.read import Export, read_bytes
from prismake.records.table import key_of
from prismake.records.text import decode, unix
from prismake.records.workbooks import read_workbook

Content = str | bytes
Peer = Callable[[Path, Any], Collection[Any]]


def _rispy(path: Path, text: str) -> Collection[Any]:
    import rispy

    return rispy.loads(text, skip_unknown_tags=False)


def _risparser(path: Path, text: str) -> Collection[Any]:
    import RISparser

    return list(RISparser.read(text.split("\n")))


def _bibtexparser(path: Path, text: str) -> Collection[Any]:
    import bibtexparser

    if hasattr(bibtexparser, "parse_string"):
        return bibtexparser.parse_string(text).entries
    return bibtexparser.loads(text).entries


def _pybtex(path: Path, text: str) -> Collection[Any]:
    from pybtex.database import parse_string

    return parse_string(text, "bibtex").entries


def _wostools(path: Path, text: str) -> Collection[Any]:
    from wostools.sources import isi

    return list(isi.parse_file(io.StringIO(text)))


def _metaknowledge(path: Path, text: str) -> Collection[Any]:
    from metaknowledge.WOS import wosHandlers

    records, error = wosHandlers.wosParser(str(path))
    if error:
        raise error
    return records


def _nbib(path: Path, text: str) -> Collection[Any]:
    import nbib

    return nbib.read(text)


def _csv(path: Path, text: str) -> Collection[Any]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)))


def _xlrd(path: Path, content: bytes) -> Collection[Any]:
    import xlrd

    sheet = xlrd.open_workbook(file_contents=content, ragged_rows=True, logfile=io.StringIO()).sheet_by_index(0)
    return [sheet.row(number) for number in range(sheet.nrows)]


def _calamine(path: Path, content: bytes) -> Collection[Any]:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def number_of(peer: str, found: Collection[Any]) -> int:
    """How many records a peer found; for the readers of RIS, those whose title came out."""
    if peer in ("rispy", "RISparser"):
        return sum(bool(record.get("title") or record.get("primary_title")) for record in found)
    return len(found)


PEERS: dict[str, dict[str, Peer]] = {
    "ris": {"rispy": _rispy, "RISparser": _risparser},
    "bibtex": {"bibtexparser": _bibtexparser, "pybtex": _pybtex},
    "wos-text": {"wostools": _wostools, "metaknowledge": _metaknowledge},
    "medline": {"nbib": _nbib},
    "table": {"csv": _csv},
    "xls": {"xlrd": _xlrd},
    "xlsx": {"python_calamine": _calamine},
}
"""Peers by our name of the format. The last three are inside our readers; what they count are rows."""

INSIDE = frozenset({"table", "xls", "xlsx"})


def _ris_fields(text: str) -> list[dict[str, list[str]]]:
    text = ris.tagged(text)
    return ris.plain_records(text) or ris.careful_records(text).records


def _wos_fields(text: str) -> list[dict[str, list[str]]]:
    return wos.plain_records(text) or [record.fields for record in wos.careful_records(text)]


FIELDS_ONLY: dict[str, Callable[[Any], object]] = {
    "ris": _ris_fields,
    "bibtex": lambda text: list(bibtex.raw_entries(text)),
    "wos-text": _wos_fields,
    "medline": lambda text: list(medline.raw_records(text)),
    "table": lambda text: rows_of(text),
    "xls": lambda content: read_workbook(content),
    "xlsx": lambda content: read_workbook(content),
}
"""The part of our readers that does what the peers do: from text to the fields of each record, without the model."""


def kind_of(content: bytes, export: Export) -> tuple[str, Content]:
    """The kind of a file by which it has peers, "" where it has none, and what these read."""
    if export.encoding == "binary":
        return ("xls" if content.startswith(b"\xd0\xcf") else "xlsx"), content
    text = unix(decode(content)[0])
    kind = export.format if export.format in TEXT_FORMATS else "table"
    return (kind if kind in PEERS else ""), text


def timed(call: Callable[[], Any], repeats: int) -> tuple[Any, float]:
    """What a call returns, and the seconds of its fastest run (CPU time of this process).

    As in the standard library's timeit, for all alike: no search for reference cycles meanwhile, and the runs follow
    each other. What a run returned is given back outside of the time.
    """
    best, result = float("inf"), None
    was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(max(repeats, 1)):
            result = None
            start = time.process_time()
            result = call()
            best = min(best, time.process_time() - start)
    finally:
        if was_on:
            gc.enable()
    return result, best


def lost(export: Export) -> bool:
    """Whether a record of a file is neither read nor set aside, or the file could not be read."""
    return len(export.records) + len(export.set_aside) != export.in_file or bool(export.faults.errors)


_MAGIC = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file: unpack it",
    b"7z\xbc\xaf": "an archive: unpack it",
    b"Rar!": "an archive: unpack it",
}
_BESIDE = re.compile(
    r"\.|(?:readme|licen[cs]e|changelog|origins|sha\d*sums?|md5sums?)\b|thumbs\.db$|.*\.md$", re.IGNORECASE
)
_FILE, _RECORDS = ("file", "path", "filename", "name"), ("records", "nrecords", "numberofrecords", "count", "n")


def no_export(path: Path, content: bytes) -> str:
    """What a file is that is no export, "" where it may be one."""
    if _BESIDE.match(path.name):
        return "describes the folder or belongs to the system"
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return "empty"
    if content.startswith(b"PK\x03\x04"):
        try:
            names = zipfile.ZipFile(io.BytesIO(content)).namelist()
        except (zipfile.BadZipFile, OSError, ValueError):
            return ""  # a workbook that was cut off, it may be
        return "" if any(name.startswith("xl/") for name in names) else "an archive or a document, not a workbook"
    return next((what for mark, what in _MAGIC.items() if content.startswith(mark)), "")


def origins(folder: Path) -> dict[str, str] | None:
    """What an ORIGINS.csv states of each file, its number of records or "", by path and by name; None without one."""
    path = folder / "ORIGINS.csv"
    if not path.is_file():
        return None
    text = unix(decode(path.read_bytes())[0])
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)))
    keys = [key_of(name) for name in rows[0]] if rows else []
    where = next((keys.index(name) for name in _FILE if name in keys), None)
    number = next((keys.index(name) for name in _RECORDS if name in keys), None)
    stated: dict[str, str] = {}
    for row in rows[1:]:
        if where is not None and len(row) > where:
            name = unicodedata.normalize("NFC", row[where].strip().replace("\\", "/"))
            found = row[number].strip() if number is not None and len(row) > number else ""
            stated[name] = stated[name.rpartition("/")[2]] = found if found.isdigit() else ""
    return stated


def stated_for(name: str, stated: dict[str, str]) -> str | None:
    """The number that is stated of a file, "" where none is, None where the file is not listed."""
    name = unicodedata.normalize("NFC", name)
    return stated.get(name, stated.get(name.rpartition("/")[2]))


class Totals:
    """Sums over the files, by kind of file and reader."""

    def __init__(self) -> None:
        self.sums: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0, 0])
        self.beside: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])

    def add(self, name: str, records: float, seconds: float, differ: float = 0, crashed: float = 0) -> None:
        """Add one file's to what is kept under a name."""
        for position, value in enumerate((records, seconds, differ, crashed)):
            self.sums[name][position] += value

    def add_pair(self, name: str, fields: float, whole: float, peer: float) -> None:
        """Add one file that a peer reads rightly: our seconds to fields and to the record model, and the peer's."""
        for position, value in enumerate((fields, whole, peer)):
            self.beside[name][position] += value

    def lines(self) -> Iterator[str]:
        """The sums as lines to print."""
        for name, (records, seconds, differ, crashed) in sorted(self.sums.items()):
            yield (
                f"{name}: {records:.0f} records, {seconds:.3f} s, {differ:.0f} files with another number, "
                f"{crashed:.0f} crashes"
            )
        yield "\nBeside each peer, over the files that it reads rightly:"
        for name, (own, whole, theirs) in sorted(self.beside.items()):
            peer = name.split(": ")[1]
            yield (
                f"{name}: Prismake to fields {own:.3f} s, {peer} {theirs:.3f} s: {theirs / max(own, 1e-9):.1f} times faster; "
                f"Prismake to the record model {whole:.3f} s: {whole / max(theirs, 1e-9):.1f} times {peer}'s time"
            )


def judged(path: Path, name: str, repeats: int, stated: dict[str, str] | None, totals: Totals) -> tuple[str, bool]:
    """The line about a file, and whether a record of it is lost."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return f"UNREAD {name}: cannot be opened ({error.strerror or type(error).__name__})", True
    said = stated_for(name, stated or {})
    other = no_export(path, content) if not said or said == "0" else ""
    if other:
        return f"{name}: no export ({other})", False
    try:
        export, seconds = timed(lambda: read_bytes(content), repeats)
    except Exception as error:
        return f"CRASH {name}: {type(error).__name__}: {error}", True
    assert isinstance(export, Export)
    if stated is not None and said is None and any(f.code == "unknown-format" for f in export.faults.errors):
        return f"{name}: not listed in ORIGINS.csv and in no known format, left out", False
    failed = lost(export)
    line = (
        f"{('LOST ' if export.in_file else 'UNREAD ') if failed else ''}{name}: {export.format or 'no format'}, {export.in_file} in file, "
        f"{len(export.records)} read, {len(export.set_aside)} set aside, {seconds:.3f} s"
    )
    kind, text = kind_of(content, export) if len(export.records) else ("", "")
    fields = 0.0
    if kind:
        _, fields = timed(lambda: FIELDS_ONLY[kind](text), repeats)
        line += f" ({fields:.4f} s to fields)"
        totals.add(f"{kind}: prismake, whole", len(export.records), seconds)
        totals.add(f"{kind}: prismake, to fields", len(export.records), fields)
    if said and said != str(export.in_file):
        line += f"; ORIGINS.csv states {said}"
    for peer, read in PEERS.get(kind, {}).items():
        if not importlib.util.find_spec(peer):
            continue
        try:
            found, took = timed(lambda read=read: read(path, text), repeats)  # type: ignore[misc]
            number = number_of(peer, found)
        except Exception as error:
            line += f" | {peer} crashes ({type(error).__name__})"
            totals.add(f"{kind}: {peer}", 0, 0, crashed=1)
            continue
        line += f" | {peer} {number}, {took:.4f} s"
        right = number == export.in_file or kind in INSIDE
        totals.add(f"{kind}: {peer}", number, took, differ=not right)
        if right:
            totals.add_pair(f"{kind}: {peer}", fields, seconds, took)
    for fault in export.faults:
        if fault in export.faults.errors or fault.code in ("truncated", "no-records-in-file"):
            line += f"\n    {fault}"
    return line, failed


def main(arguments: Sequence[str]) -> int:
    """Run from the command line; 1 where a record was lost, 2 where there is no folder to read."""
    if not arguments or not Path(arguments[0]).is_dir() or not all(a.isdigit() for a in arguments[1:2]):
        print(
            "usage: python tests/benchmarks/readers.py DIR [repeats], where DIR is a folder of exports", file=sys.stderr
        )
        return 2
    folder = Path(arguments[0])
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    stated = origins(folder)
    totals = Totals()
    wrong = 0
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in paths:
        name = path.relative_to(folder).as_posix()
        line, failed = judged(path, name, int(arguments[1]) if len(arguments) > 1 else 1, stated, totals)
        wrong += failed
        print(line, flush=True)
    print(f"\n{len(paths)} files, {wrong} with records lost or unread")
    for line in totals.lines():
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
