"""Reading a published flow: the CSV of the PRISMA2020 R package, a Metapsy search_flow.json, or a small YAML or JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from prismake.flow.published import Published, counted_cell, from_names, from_summary
from prismake.flow.published_names import COUNTS
from prismake.messages.faults import Faults, InputFaults


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


def from_yaml(text: str, path: Path) -> Published:
    """A small YAML typed from a paper. Every value is read as the text that it is: for YAML alone 14.340 is 14.34, and
    of a name that stands twice only the last would be left."""
    import yaml

    class AsTyped(yaml.BaseLoader):
        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            return _apart(
                [(str(self.construct_object(key)), self.construct_object(value)) for key, value in node.value]
            )

    try:
        flow = yaml.load(text, Loader=AsTyped)  # the base loader makes nothing but texts, lists and mappings
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
            counted_cell(found, _LISTS[name], cell)
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


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _json(text: str, path: Path) -> tuple[dict[str, Any], str]:
    """A JSON object, and what was mended in it: published ones have commas too many or no value after a colon.

    A key that stands twice keeps both values, the second under `key (2)`.
    """

    said = ""
    try:
        flow = json.loads(text, object_pairs_hook=_apart, parse_float=str)
    except ValueError as error:
        try:
            flow = json.loads(_mended(text), object_pairs_hook=_apart, parse_float=str)
        except ValueError:
            _refuse(path, f"this is not JSON: {error}", "a JSON object")
        said = f"the file is no valid JSON ({error}): it was read with its commas mended, a missing value as blank"
    if isinstance(flow, list) and all(isinstance(row, Mapping) and {"data", "n"} <= set(row) for row in flow):
        flow = {str(row["data"]): row["n"] for row in flow}
    if not isinstance(flow, dict):
        _refuse(path, "the file holds no names with numbers", "a JSON object")
    return flow, said


def _apart(items: list[tuple[str, Any]]) -> dict[str, Any]:
    """Names with their values; one that stands twice keeps both."""
    held: dict[str, Any] = {}
    for key, value in items:
        name, again = key, 2
        while name in held:
            name, again = f"{key} ({again})", again + 1
        held[name] = value
    return held


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


def _refuse(path: Path, what: str, expected: str) -> NoReturn:
    faults = Faults()
    mend = "give the PRISMA2020 package's CSV, a Metapsy search_flow.json, or a YAML with PRISMA 2020's names"
    faults.error("unreadable-flow", what, file=str(path), expected=expected, mend=mend)
    raise InputFaults(faults)
