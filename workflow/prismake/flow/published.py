"""Reading a published flow: the CSV of the PRISMA2020 R package, a Metapsy search_flow.json, or a small YAML or JSON.

What is not a number stays what it is: a blank is not zero, "-5" is not 5, and a reason that lost its count is said.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prismake.messages.faults import Faults

MOST = 10**12
"""No review has more records: a longer row of digits is something else."""
PARTS = ("databases", "registers", "reasons", "other_reasons")
"""Lists of a flow that a total is made of."""

COUNTS = [
    "previous_studies", "previous_reports", "database_results", "register_results", "additional", "duplicates",
    "after_duplicates", "excluded_automatic", "excluded_other", "records_screened", "records_excluded",
    "dbr_not_sought", "dbr_sought_reports", "dbr_notretrieved_reports", "dbr_assessed", "dbr_excluded",
    "dbr_ongoing", "dbr_awaiting", "website_results", "organisation_results", "citations_results",
    "contact_results", "other_method_results",
    "other_results", "other_duplicates", "other_not_sought", "other_sought_reports", "other_notretrieved_reports",
    "other_assessed", "other_excluded", "other_ongoing", "other_awaiting", "new_studies", "new_reports", "included",
    "removed_studies", "merged_studies", "total_studies", "total_reports", "total_studies_ma", "total_reports_ma",
    "stated_studies",
]  # fmt: skip
"""Names that a YAML may give: PRISMA 2020's, and `included` where a paper does not say whether studies or reports,
`additional` records from elsewhere, `after_duplicates` for what remained, `stated_studies` for the number in the
text."""

_METAPSY = [  # words of a key (all of them) -> name; the first that fits
    (("after", "duplicat"), "after_duplicates"),
    (("duplicat", "remaining"), "after_duplicates"),
    (("duplicat",), "duplicates"),
    (("automat",), "excluded_automatic"),
    (("additional",), "additional"),
    (("other", "source"), "additional"),
    (("other", "record"), "additional"),
    (("screened", "excluded"), "records_excluded"),
    (("abstract", "excluded"), "records_excluded"),
    (("records", "excluded"), "records_excluded"),
    (("screened",), "records_screened"),
    (("sought",), "dbr_sought_reports"),
    (("not", "retrieved"), "dbr_notretrieved_reports"),
    (("not", "available"), "dbr_notretrieved_reports"),
    (("full", "text", "excluded"), "dbr_excluded"),
    (("full", "text", "reason"), "dbr_excluded"),
    (("full", "text"), "dbr_assessed"),
    (("assessed",), "dbr_assessed"),
    (("ongoing",), "dbr_ongoing"),
    (("awaiting",), "dbr_awaiting"),
    (("included", "analys"), "subset"),
    (("included", "meta"), "subset"),
    (("reports", "included"), "new_reports"),
    (("included",), "included"),
    (("database",), "database_results"),
    (("hits",), "database_results"),
    (("identified",), "database_results"),
]


@dataclass
class Published:
    """A flow as somebody published it.

    `counts` holds what is a whole number of 0 or more; `parts` the lists below a total, `incomplete` the names of those
    in which a number is missing; `subsets` included studies
    of single analyses; `unreadable` name, text and what is wrong with it; `notes` what else a reader must know.
    """

    source: str
    counts: dict[str, int] = field(default_factory=dict)
    parts: dict[str, dict[str, int]] = field(default_factory=dict)
    subsets: dict[str, int] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)
    unreadable: list[tuple[str, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def set(self, name: str, value: Any) -> None:
        """Take a value for what it is: a count, nothing (blank), or unreadable."""
        n, wrong = count_of(value)
        if wrong:
            self.unreadable.append((name, _shown(value), wrong))
        elif n is not None:
            self.counts[name] = n

    def set_parts(self, name: str, pairs: Iterable[tuple[str, Any]]) -> None:
        """Take a list of words with counts; words that come twice are kept apart."""
        held = self.parts.setdefault(name, {})
        for words, value in pairs:
            n, wrong = count_of(value)
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
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        return from_prisma2020(text, path)
    if path.suffix.lower() == ".json":
        flow = _json(text, path)
        found = from_summary(flow) if isinstance(flow.get("boxes"), Mapping) else from_metapsy(flow)
    else:
        found = from_yaml(text, path)
    stated = _stated_beside(path)
    if stated is not None and "stated_studies" not in found.counts:
        found.set("stated_studies", stated)
    return found


def count_of(value: Any) -> tuple[int | None, str]:
    """A count and what is wrong with it: (12, ""), (None, "") for blank, (None, "negative") and so on."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None, ""
    if isinstance(value, bool):
        return None, "not a number"
    if isinstance(value, (int, float)):
        if value < 0:
            return None, "negative"
        if value > MOST:
            return None, "too large for a number of records"
        return (int(value), "") if float(value).is_integer() else (None, "not a whole number")
    text = str(value).strip().strip("\u00a0")
    if text.lower() in ("", "na", "n/a", "null", "none", "xxx", "nr", "."):
        return None, ""
    text = re.sub(r"^\(?\s*n\s*=\s*(.*?)\)?$", r"\1", text, flags=re.IGNORECASE)
    if re.fullmatch(r"\d{1,3}([, \u00a0\u202f]\d{3})+", text) or text.isdecimal():
        digits = re.sub(r"\D", "", text)
        return (int(digits), "") if len(digits) <= len(str(MOST)) else (None, "too large for a number of records")
    if re.fullmatch(r"\d+\.0+", text):
        return int(text.split(".")[0]), ""
    if re.fullmatch(r"\d{1,3}(\.\d{3})+", text):
        return None, f"either {text.replace('.', ',')} or {text.split('.')[0]} and a fraction"
    if re.fullmatch(r"[-\u2212\u2013]\s*\d[\d,]*", text):
        return None, "negative"
    return None, "not a number"


def from_metapsy(flow: Mapping[str, Any]) -> Published:
    """A search_flow.json of the Metapsy databases; keys are known by their words, since no two databases agree on
    them."""
    found = Published("Metapsy search_flow.json")
    if set(flow) & (set(COUNTS) - {"included"} | set(PARTS)):
        return from_mapping(flow, "JSON with PRISMA 2020 names")
    for key, value in flow.items():
        name = _metapsy_name(key)
        if name is None:
            found.notes.append(f"{key!r} is not understood and is left out")
        elif isinstance(value, (Mapping, list)):
            part = {"dbr_excluded": "reasons", "database_results": "databases"}.get(name)
            if part is None:
                found.notes.append(f"{key!r} holds a list that is not understood")
            else:
                found.set_parts(part, _pairs(value))
        elif name == "subset":
            n, wrong = count_of(value)
            if n is not None:
                found.subsets[key] = n
            elif wrong:
                found.unreadable.append((key, _shown(value), wrong))
        elif name in found.counts:
            found.notes.append(f"{key!r} gives {name} a second time and is left out")
        else:
            found.set(name, value)
    return found


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
    """A small YAML typed from a paper: names of `COUNTS`, and lists `databases`, `registers`, `reasons`,
    `other_reasons`."""
    import yaml

    try:
        flow = yaml.safe_load(text)
    except yaml.YAMLError as error:
        _refuse(path, f"this is not YAML: {error}", "name: number, one a line")
    if not isinstance(flow, Mapping):
        _refuse(path, "the file holds no names with numbers", "name: number, one a line")
    return from_mapping(flow, "YAML")


def from_mapping(flow: Mapping[str, Any], source: str) -> Published:
    """Names and numbers as `COUNTS` and `PARTS` have them; a list may stand below the name of its total too."""
    found = Published(source)
    nested = {"database_results": "databases", "register_results": "registers", "dbr_excluded": "reasons",
              "other_excluded": "other_reasons"}  # fmt: skip
    for key, value in flow.items():
        name = str(key)
        if isinstance(value, (Mapping, list)) and (name in PARTS or name in nested):
            found.set_parts(nested.get(name, name), _pairs(value))
        elif name in ("analyses", "subsets") and isinstance(value, Mapping):
            for words, given in value.items():
                n, wrong = count_of(given)
                if n is not None:
                    found.subsets[str(words)] = n
                elif wrong:
                    found.unreadable.append((str(words), _shown(given), wrong))
        elif name in COUNTS:
            found.set(name, value)
        elif name not in ("title", "source", "doi", "note", "reference"):
            found.notes.append(f"{name!r} is not understood and is left out")
    return found


def from_prisma2020(text: str, path: Path) -> Published:
    """The CSV of the PRISMA2020 R package (columns data and n), comma or semicolon between columns."""
    import pandas as pd

    first = text.split("\n", 1)[0]
    try:
        frame = pd.read_csv(io.StringIO(text), sep=";" if first.count(";") > first.count(",") else ",", dtype=str,
                            keep_default_na=False)  # fmt: skip
    except (ValueError, pd.errors.ParserError) as error:
        _refuse(path, f"this is not a table: {error}", "the columns data and n of the PRISMA2020 package's CSV")
    frame.columns = [str(name).strip().lower() for name in frame.columns]
    if not {"data", "n"} <= set(frame.columns):
        _refuse(path, "the columns data and n are missing", "the columns of the PRISMA2020 package's CSV")
    found = Published("PRISMA2020 CSV")
    lists = {"database_specific_results": "databases", "register_specific_results": "registers",
             "dbr_excluded": "reasons", "other_excluded": "other_reasons"}  # fmt: skip
    for name, cell in zip(frame["data"].str.strip(), frame["n"].str.strip(), strict=True):
        if name in lists:
            _reasons_cell(found, name, lists[name], cell)
        elif name in COUNTS:
            found.set(name, cell)
    return found


def _reasons_cell(found: Published, name: str, part: str, cell: str) -> None:
    """`Reason, 12; Other reason, 3`, with what the R package would make of a reason that it cannot read."""
    if "xxx" in cell.lower():
        return
    n, wrong = count_of(cell)
    if n is not None or (not wrong):
        if n is not None:
            found.set({"databases": "database_results", "registers": "register_results"}.get(part, name), n)
        return
    for piece in filter(None, (piece.strip() for piece in cell.split(";"))):
        match = re.fullmatch(r"(.*?)\s*[,:]\s*([-\u2212]?\d[\d,. ]*)", piece, flags=re.DOTALL)
        if match is None:
            found.incomplete.add(part)
            found.unreadable.append((f"{part}: {piece}", piece, "no count after a comma: the R package prints n = NA"))
            continue
        if "," in match[1]:
            found.notes.append(f"the comma in {match[1]!r} makes the R package lose its count")
        found.set_parts(part, [(match[1], match[2].strip())])


def _pairs(value: Mapping[Any, Any] | list[Any]) -> list[tuple[str, Any]]:
    """Words and counts of a list: {words: 3}, or [{words: 3}, ...], or [{reason: words, n: 3}, ...]; else no count."""
    if isinstance(value, Mapping):
        return [(str(words), n) for words, n in value.items()]
    pairs: list[tuple[str, Any]] = []
    for entry in value:
        if isinstance(entry, Mapping) and "n" in entry and len(entry) == 2:
            pairs.append((str(next(words for key, words in entry.items() if key != "n")), entry["n"]))
        elif isinstance(entry, Mapping):
            pairs += _pairs(entry)
        else:
            pairs.append((str(entry), None))
    return pairs


def _metapsy_name(key: str) -> str | None:
    words = re.sub(r"[^a-z]+", " ", key.lower())
    return next((name for parts, name in _METAPSY if all(part in words for part in parts)), None)


def _json(text: str, path: Path) -> dict[str, Any]:
    """A JSON object in which a key that stands twice keeps both values, the second under `key (2)`."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        held: dict[str, Any] = {}
        for key, value in items:
            name, again = key, 2
            while name in held:
                name, again = f"{key} ({again})", again + 1
            held[name] = value
        return held

    try:
        flow = json.loads(text, object_pairs_hook=pairs)
    except ValueError as error:
        _refuse(path, f"this is not JSON: {error}", "a JSON object")
    if not isinstance(flow, dict):
        _refuse(path, "the file holds no names with numbers", "a JSON object")
    return flow


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


def _refuse(path: Path, what: str, expected: str) -> None:
    faults = Faults()
    mend = "give the PRISMA2020 package's CSV, a Metapsy search_flow.json, or a YAML with PRISMA 2020's names"
    faults.error("unreadable-flow", what, file=str(path), expected=expected, mend=mend)
    faults.raise_errors()
