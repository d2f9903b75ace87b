"""Reading a published flow: the CSV of the PRISMA2020 R package, a Metapsy search_flow.json, or a small YAML or JSON.

What is not a number stays what it is: a blank is not zero, "-5" is not 5, and a reason that lost its count is said.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from prismake.flow.published_names import COUNTS, PART_OF, PARTS, SUBSET, TOTAL_OF, is_stage, name_of
from prismake.flow.published_numbers import count_of, counted_words, pairs_of
from prismake.messages.faults import Faults, InputFaults

_ASIDE = ("title", "source", "doi", "note", "notes", "reference", "url", "date", "authors", "year")
"""What a file may say beside its numbers."""

_TOTALS = ("total", "sum", "all", "overall", "n", "count", "number")
"""Words that name a list's total where they stand in the list."""


@dataclass
class Published:
    """A flow as somebody published it.

    `counts` holds what is a whole number of 0 or more; `parts` the lists below a total, `incomplete` the names of those
    in which a number is missing; `subsets` included studies
    of single analyses; `blank` names that stand there without a number; `unreadable` name, text and what is wrong with
    it; `notes` what else a reader must know.
    """

    source: str
    counts: dict[str, int] = field(default_factory=dict)
    parts: dict[str, dict[str, int]] = field(default_factory=dict)
    subsets: dict[str, int] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)
    blank: set[str] = field(default_factory=set)
    unreadable: list[tuple[str, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def set(self, name: str, value: Any) -> None:
        """Take a value for what it is: a count, nothing (blank), or unreadable."""
        n, wrong = count_of(value)
        if wrong:
            self.unreadable.append((name, _shown(value), wrong))
        if n is not None:
            self.counts[name] = n
        else:
            self.blank.add(name)

    def set_parts(self, name: str, pairs: Iterable[tuple[str, Any]]) -> None:
        """Take a list of words with counts; words that come twice are kept apart."""
        held, total, pairs = self.parts.setdefault(name, {}), TOTAL_OF[name], list(pairs)
        for words, value in pairs:
            n, wrong = count_of(value)
            is_total = words.strip().lower() in _TOTALS and len(pairs) > 1
            if n is not None and is_total and total not in self.counts:
                self.counts[total] = n
                continue
            if n is None:
                self.incomplete.add(name)
                if wrong:
                    self.unreadable.append((f"{name}: {words}", _shown(value), wrong))
                else:
                    self.notes.append(f"{words!r} among the {name.replace('_', ' ')} has no number: a blank is not 0")
                continue
            key, again = words, 2
            while key in held:
                key, again = f"{words} ({again})", again + 1
            if key != words:
                self.notes.append(f"{words!r} stands twice among the {name.replace('_', ' ')}")
            held[key] = n

    def set_subset(self, words: str, value: Any) -> None:
        """Take the number of studies of one analysis."""
        n, wrong = count_of(value)
        if n is not None:
            self.subsets[words] = n
        elif wrong:
            self.unreadable.append((words, _shown(value), wrong))


def read_published(path: str | Path) -> Published:
    """Read a published flow, whatever of the three forms it has.

    Raises:
        InputFaults: where the file cannot be read as any of them.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        _refuse(path, f"the file cannot be read: {error.strerror or error}", "a file that exists")
    if path.suffix.lower() in (".csv", ".tsv", ".txt") and text.lstrip()[:1] != "{":
        return from_prisma2020(text, path)
    if path.suffix.lower() == ".json" or text.lstrip()[:1] == "{":
        flow, mended = _json(text, path)
        found = from_summary(flow) if isinstance(flow.get("boxes"), Mapping) else from_names(flow, "JSON")
        if mended:
            found.notes.insert(0, mended)
    else:
        found = from_yaml(text, path)
    stated = _stated_beside(path)
    if stated is not None and "stated_studies" not in found.counts:
        found.set("stated_studies", stated)
    return found


def from_names(flow: Mapping[str, Any], source: str) -> Published:
    """Numbers by name, in a Metapsy search_flow.json or typed from a paper; see `prismake.flow.published_names`.

    A list may stand below the name of its total, and names may stand below those of their stage.
    """
    found = Published(source)
    _read_names(found, flow, ())
    if "new_reports" in found.counts and "new_studies" not in found.counts and "included" in found.counts:
        found.counts["new_studies"] = found.counts.pop("included")  # beside reports, what was included are studies
    return found


def _read_names(found: Published, flow: Mapping[str, Any], above: tuple[str, ...]) -> None:
    for key, value in flow.items():
        keys = (*above, str(key))
        said, name = ": ".join(keys), name_of(keys)
        if isinstance(value, (Mapping, list)):
            _read_below(found, keys, value)
        elif name == SUBSET:
            found.set_subset(said, value)
        elif name is None:
            if keys[-1].lower() not in _ASIDE:
                found.notes.append(f"{said!r} is not understood and is left out")
        else:
            name = TOTAL_OF.get(name, name)
            if isinstance(value, str) and name in PART_OF:
                _counted_cell(found, PART_OF[name], value)
            elif name in found.counts and count_of(value)[0] is not None:
                found.notes.append(f"{said!r} gives {name} a second time and is left out")
            else:
                found.set(name, value)


def _read_below(found: Published, keys: tuple[str, ...], value: Mapping[str, Any] | list[Any]) -> None:
    """What stands below a key: numbers of a stage, studies of single analyses, or a list that a total is made of."""
    name = name_of(keys)
    if keys[-1] in ("analyses", "subsets") or name == SUBSET:
        for words, n in pairs_of(value):
            found.set_subset(words, n)
    elif isinstance(value, Mapping) and is_stage(keys, [str(key) for key in value]):
        _read_names(found, value, keys)
    elif name is not None and (part := PART_OF.get(name, name)) in PARTS:
        found.set_parts(part, pairs_of(value))
    else:
        found.notes.append(f"{': '.join(keys)!r} holds a list that is not understood")


def from_summary(flow: Mapping[str, Any]) -> Published:
    """A flow.json of this workflow."""
    found = Published("flow.json")
    for name, n in flow["boxes"].items():
        if name in COUNTS:
            found.set(name, n)
    for part, key in (("databases", "name"), ("registers", "name"), ("reasons", "label"), ("other_reasons", "label")):
        entries = flow.get(part) or []
        if not isinstance(entries, list) or not all(isinstance(e, Mapping) and {key, "n"} <= set(e) for e in entries):
            found.notes.append(f"{part!r} is not understood and is left out")
            found.incomplete.add(part)
        elif entries:
            found.set_parts(part, [(str(entry[key]), entry["n"]) for entry in entries])
    return found


def from_yaml(text: str, path: Path) -> Published:
    """A small YAML typed from a paper."""
    import yaml

    try:
        flow = yaml.safe_load(text)
    except yaml.YAMLError as error:
        _refuse(path, f"this is not YAML: {error}", "name: number, one a line")
    if not isinstance(flow, Mapping):
        _refuse(path, "the file holds no names with numbers", "name: number, one a line")
    return from_names(flow, "YAML")


def from_prisma2020(text: str, path: Path) -> Published:
    """The CSV of the PRISMA2020 R package (columns data and n); comma, semicolon or tab between columns.

    n is the package's last column: where a cell with commas in it was not quoted, what follows belongs to it.
    """
    rows = list(csv.reader(io.StringIO(text), delimiter=_delimiter(text)))
    names = [name.strip().lower() for name in rows[0]] if rows else []
    if not {"data", "n"} <= set(names):
        _refuse(path, "the columns data and n are missing", "the columns of the PRISMA2020 package's CSV")
    data, n = names.index("data"), names.index("n")
    found, seen = Published("PRISMA2020 CSV"), set[str]()
    for line, row in enumerate(rows[1:], start=2):
        name = row[data].strip() if data < len(row) else ""
        cell = row[n].strip() if n < len(row) else ""
        if len(row) > len(names) and n == len(names) - 1:
            cell = ",".join(row[n:]).strip()
            found.notes.append(f"line {line} has more cells than the first line; they were read as one: {cell!r}")
        if name in seen:
            found.notes.append(f"{name!r} stands a second time, in line {line}, and is left out")
        elif name in _LISTS:
            _counted_cell(found, _LISTS[name], cell)
        elif name in COUNTS:
            found.set(name, cell)
        if name in _LISTS or name in COUNTS:
            seen.add(name)
    return found


_LISTS = {
    "database_specific_results": "databases",
    "register_specific_results": "registers",
    "dbr_excluded": "reasons",
    "other_excluded": "other_reasons",
}


_TEMPLATE = re.compile(r"(.*?)\s*,\s*x+", flags=re.IGNORECASE | re.DOTALL)
"""A reason of the package's template: `Reason1, xxx`."""


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _counted_cell(found: Published, part: str, cell: str) -> None:
    """`Reason, 12; Other reason, 3`, with what the R package would make of a reason that it cannot read."""
    n, wrong = count_of(cell)
    if not wrong:
        if n is not None and TOTAL_OF[part] not in found.counts:
            found.set(TOTAL_OF[part], n)
        return
    pieces = [piece.strip() for piece in cell.split(";") if piece.strip()]
    blank = [_TEMPLATE.fullmatch(piece) for piece in pieces]
    if all(blank):  # the package's own example, never filled in
        return
    for piece, unfilled in zip(pieces, blank, strict=True):
        if unfilled:
            found.set_parts(part, [(unfilled[1], None)])
            continue
        pair = counted_words(piece)
        if pair is None:
            found.incomplete.add(part)
            found.unreadable.append((f"{part}: {piece}", piece, "no count after a comma: the R package prints n = NA"))
            continue
        if "," in pair[0]:
            found.notes.append(f"the comma in {pair[0]!r} makes the R package lose its count")
        found.set_parts(part, [pair])


def _json(text: str, path: Path) -> tuple[dict[str, Any], str]:
    """A JSON object, and what was mended in it: published ones have commas too many or no value after a colon.

    A key that stands twice keeps both values, the second under `key (2)`.
    """

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        held: dict[str, Any] = {}
        for key, value in items:
            name, again = key, 2
            while name in held:
                name, again = f"{key} ({again})", again + 1
            held[name] = value
        return held

    said = ""
    try:
        flow = json.loads(text, object_pairs_hook=pairs)
    except ValueError as error:
        try:
            flow = json.loads(_mended(text), object_pairs_hook=pairs)
        except ValueError:
            _refuse(path, f"this is not JSON: {error}", "a JSON object")
        said = f"the file is no valid JSON ({error}): it was read with its commas mended, a missing value as blank"
    if isinstance(flow, list) and all(isinstance(row, Mapping) and {"data", "n"} <= set(row) for row in flow):
        flow = {str(row["data"]): row["n"] for row in flow}
    if not isinstance(flow, dict):
        _refuse(path, "the file holds no names with numbers", "a JSON object")
    return flow, said


def _mended(text: str) -> str:
    """JSON with a comma before a closing bracket dropped, a missing value made null, and a number with thousands
    separators made a text; what stands between quotes is left alone."""
    string = r'("(?:[^"\\\\]|\\\\.)*")'
    for wrong, right in (
        (r",(?=\s*[}\]])", ""),
        (r":(?=\s*[,}])", ": null"),
        (r"(?<=[:\s])\d{1,3}(?:,\d{3})+(?=\s*[,}\]])", r'"\g<0>"'),
    ):
        text = re.sub(f"{string}|{wrong}", lambda m, right=right: m[1] or m.expand(right), text)  # type: ignore[misc]
    return text


def _stated_beside(path: Path) -> str | None:
    """The number of studies that a Metapsy database states in the file beside its flow."""
    names = [path.name.replace("search_flow.json", "number_studies.txt"), "number_studies.txt"]
    for name in dict.fromkeys(names):
        beside = path.with_name(name)
        if name != path.name and path.name.endswith("search_flow.json") and beside.is_file():
            return beside.read_text(encoding="utf-8", errors="replace").strip()
    return None


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _refuse(path: Path, what: str, expected: str) -> NoReturn:
    faults = Faults()
    mend = "give the PRISMA2020 package's CSV, a Metapsy search_flow.json, or a YAML with PRISMA 2020's names"
    faults.error("unreadable-flow", what, file=str(path), expected=expected, mend=mend)
    raise InputFaults(faults)
