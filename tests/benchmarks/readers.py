"""Every file of a folder of exports: what was found in it, whether a record was lost, how long it took, and the peers
beside it.

Run by hand: `python tests/benchmarks/readers.py DIR [repeats]`. A line for each file: format, records in the file by
an independent count, read, set aside, seconds (best of `repeats`, from bytes to the record model), and for each peer
that is installed and reads the kind of file: records and seconds. Exits 1 where a record was lost or a file could not
be read. Where the folder has an ORIGINS.csv with a column `records`, a number that differs from it is shown.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from prismake.records import bibtex, medline, ris, wos
from prismake.records.delimited import delimiter_of, rows_of
from prismake.records.formats import TEXT_FORMATS
from prismake.records.read import Export, read_bytes
from prismake.records.tagged import ris_lines, web_of_science_values
from prismake.records.text import decode, unix
from prismake.records.workbooks import read_workbook

Content = str | bytes
Peer = Callable[[Path, Any], int]


def _rispy(path: Path, text: str) -> int:
    import rispy

    return sum(bool(r.get("title") or r.get("primary_title")) for r in rispy.loads(text, skip_unknown_tags=False))


def _risparser(path: Path, text: str) -> int:
    import RISparser

    return sum(bool(r.get("title") or r.get("primary_title")) for r in RISparser.read(text.split("\n")))


def _bibtexparser(path: Path, text: str) -> int:
    import bibtexparser

    if hasattr(bibtexparser, "parse_string"):
        return len(bibtexparser.parse_string(text).entries)
    return len(bibtexparser.loads(text).entries)


def _pybtex(path: Path, text: str) -> int:
    from pybtex.database import parse_string

    return len(parse_string(text, "bibtex").entries)


def _wostools(path: Path, text: str) -> int:
    from wostools.sources import isi

    return sum(1 for _ in isi.parse_file(io.StringIO(text)))


def _metaknowledge(path: Path, text: str) -> int:
    from metaknowledge.WOS import wosHandlers

    records, error = wosHandlers.wosParser(str(path))
    if error:
        raise error
    return len(records)


def _nbib(path: Path, text: str) -> int:
    import nbib

    return len(nbib.read(text))


def _csv(path: Path, text: str) -> int:
    return len(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))))


def _xlrd(path: Path, content: bytes) -> int:
    import xlrd

    sheet = xlrd.open_workbook(file_contents=content, ragged_rows=True, logfile=io.StringIO()).sheet_by_index(0)
    return len([sheet.row(number) for number in range(sheet.nrows)])


def _calamine(path: Path, content: bytes) -> int:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return len(book.get_sheet_by_index(0).to_python(skip_empty_area=False))


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

FIELDS_ONLY: dict[str, Callable[[Any], object]] = {
    "ris": lambda text: list(ris.raw_records(ris_lines(text))),
    "bibtex": lambda text: list(bibtex.raw_entries(text)),
    "wos-text": lambda text: list(wos.raw_records(web_of_science_values(text))),
    "medline": lambda text: list(medline.raw_records(text)),
    "table": lambda text: rows_of(text),
    "xls": lambda content: read_workbook(content),
    "xlsx": lambda content: read_workbook(content),
}
"""The part of our readers that does what the peers do: from text to fields, without the record model."""


def kind_of(content: bytes, export: Export) -> tuple[str, Content]:
    """The kind of a file by which it has peers, "" where it has none, and what these read."""
    if export.encoding == "binary":
        return ("xls" if content.startswith(b"\xd0\xcf") else "xlsx"), content
    text = unix(decode(content)[0])
    kind = export.format if export.format in TEXT_FORMATS else "table"
    return (kind if kind in PEERS else ""), text


def timed(call: Callable[[], object], repeats: int) -> tuple[object, float]:
    """What a call returns, and the seconds of its fastest run (CPU time of this process)."""
    best, result = float("inf"), None
    for _ in range(repeats):
        start = time.process_time()
        result = call()
        best = min(best, time.process_time() - start)
    return result, best


def lost(export: Export) -> bool:
    """Whether a record of a file is neither read nor set aside, or the file could not be read."""
    return (
        len(export.records) + len(export.set_aside) != export.in_file
        or bool(export.faults.errors)
        or not export.in_file
    )


def origins(folder: Path) -> dict[str, str]:
    """Numbers of records by file that an ORIGINS.csv states."""
    path = folder / "ORIGINS.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["file"]: row["records"] for row in csv.DictReader(file) if row.get("records", "").isdigit()}


def main(arguments: Sequence[str]) -> int:
    """Run from the command line; 1 where a record was lost."""
    folder = Path(arguments[0])
    repeats = int(arguments[1]) if len(arguments) > 1 else 1
    stated = origins(folder)
    installed = {name for kind in PEERS.values() for name in kind if importlib.util.find_spec(name)}
    totals: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0, 0])
    beside: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    wrong = 0
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in ("ORIGINS.csv", "README.md"))
    for path in paths:
        content = path.read_bytes()
        export, seconds = timed(lambda content=content: read_bytes(content), repeats)
        assert isinstance(export, Export)
        name = path.relative_to(folder).as_posix()
        failed = lost(export)
        wrong += failed
        kind, text = kind_of(content, export)
        line = (
            f"{'LOST ' if failed else ''}{name}: {export.format}, {export.in_file} in file, {len(export.records)} read, "
            f"{len(export.set_aside)} set aside, {seconds:.3f} s"
        )
        if kind:
            _, fields = timed(lambda text=text, kind=kind: FIELDS_ONLY[kind](text), repeats)
            line += f" ({fields:.4f} s to fields)"
            totals[f"{kind}: prismake, whole"][0] += len(export.records)
            totals[f"{kind}: prismake, whole"][1] += seconds
            totals[f"{kind}: prismake, to fields"][0] += len(export.records)
            totals[f"{kind}: prismake, to fields"][1] += fields
        if name in stated and stated[name] != str(export.in_file):
            line += f"; ORIGINS.csv states {stated[name]}"
        for peer, read in PEERS.get(kind, {}).items():
            if peer not in installed:
                continue
            try:
                number, took = timed(lambda read=read, path=path, text=text: read(path, text), repeats)
            except Exception as error:
                line += f" | {peer} crashes ({type(error).__name__})"
                totals[f"{kind}: {peer}"][3] += 1
                continue
            line += f" | {peer} {number}, {took:.4f} s"
            totals[f"{kind}: {peer}"][0] += int(number)  # type: ignore[call-overload]
            totals[f"{kind}: {peer}"][1] += took
            totals[f"{kind}: {peer}"][2] += number != export.in_file if kind not in INSIDE else 0
            if number == export.in_file or kind in INSIDE:
                beside[f"{kind}: {peer}"][0] += fields
                beside[f"{kind}: {peer}"][1] += took
        for fault in export.faults.errors:
            line += f"\n    {fault}"
        print(line, flush=True)
    print(f"\n{len(paths)} files, {wrong} with records lost or unread")
    for name, (records, seconds, differ, crashed) in sorted(totals.items()):
        print(
            f"{name}: {records:.0f} records, {seconds:.3f} s, {differ:.0f} files with another number, {crashed:.0f} crashes"
        )
    print("\nBeside each peer, over the files that it reads rightly:")
    for name, (own, theirs) in sorted(beside.items()):
        print(f"{name}: Prismake to fields {own:.3f} s, {name.split(': ')[1]} {theirs:.3f} s, {theirs / own:.1f} times")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
