"""A published flow as its numbers: what stands under which name, whatever the names are.

What is not a number stays what it is: a blank is not zero, "-5" is not 5, and a reason that lost its count is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prismake.flow.published_names import (
    ARTICLES,
    COUNTS,
    EXCLUDED,
    METHODS,
    PART_OF,
    PARTS,
    SUBSET,
    TOTAL_OF,
    is_stage,
    name_of,
    says_itself,
    words_of,
)
from prismake.flow.published_numbers import count_of, counted_words, has_points, pairs_of, studies_and_reports

_ASIDE = ("title", "source", "doi", "note", "notes", "reference", "url", "date", "authors", "year", "comment")
"""What a file may say beside its numbers."""

_TOTALS = ("total", "sum", "all", "overall", "n", "count", "number", "gesamt", "insgesamt", "summe")
"""Words that name a list's total where they stand in the list."""

_ADDED_UP = ("dbr_notretrieved_reports", "excluded_other", "records_excluded", "additional", *METHODS)
"""Boxes that papers split: titles and then abstracts excluded, full texts not found and not accessible."""


@dataclass
class Published:
    """A flow as somebody published it.

    `counts` holds what is a whole number of 0 or more; `parts` the lists below a total, `incomplete` the names of those
    in which a number is missing; `subsets` included studies
    of single analyses; `blank` names that stand there without a number; `unreadable` name, text and what is wrong with
    it; `left_out` numbers whose name is not understood or stands a second time; `notes` what else a reader must know;
    `articles` whether the reports are articles, one of which may describe several studies.
    """

    source: str
    counts: dict[str, int] = field(default_factory=dict)
    parts: dict[str, dict[str, int]] = field(default_factory=dict)
    subsets: dict[str, int] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)
    blank: set[str] = field(default_factory=set)
    unreadable: list[tuple[str, str, str]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    articles: bool = False

    def gives(self, name: str) -> bool:
        """Whether a number stands under a name, or a list of numbers that add up to it."""
        return name in self.counts or PART_OF.get(name) in self.parts

    def count(self, name: str, value: Any) -> int | None:
        """A value as a count; None where it is blank or unreadable, which is noted under the name."""
        n, wrong = count_of(value)
        if wrong:
            self.unreadable.append((name, _shown(value), wrong))
        elif has_points(value):
            self.notes.append(f"{_shown(value)!r} for {name} is read as {n:,}: no count has a fraction")
        return n

    def set(self, name: str, value: Any) -> None:
        """Take a value for what it is: a count, nothing (blank), or unreadable."""
        n = self.count(name, value)
        if n is not None:
            self.counts[name] = n
        else:
            self.blank.add(name)

    def set_parts(self, name: str, pairs: Iterable[tuple[str, Any]]) -> None:
        """Take a list of words with counts; words that come twice are kept apart."""
        held, total, pairs = self.parts.setdefault(name, {}), TOTAL_OF[name], list(pairs)
        for words, value in pairs:
            listed = name.replace("_", " ")
            n = self.count(f"{name}: {words}", value)
            if n is not None and is_total(words) and len(pairs) > 1 and total not in self.counts:
                self.counts[total] = n
                continue
            if n is None:
                self.incomplete.add(name)
                if not count_of(value)[1]:
                    self.notes.append(f"{words!r} among the {listed} has no number: a blank is not 0")
                continue
            key, again = words, 2
            while key in held:
                key, again = f"{words} ({again})", again + 1
            if key != words:
                self.notes.append(f"{words!r} stands twice among the {listed}")
            held[key] = n

    def set_subset(self, words: str, value: Any) -> None:
        """Take the number of studies of one analysis."""
        n = self.count(words, value)
        if n is not None:
            self.subsets[words] = n

    def leave_out(self, said: str, value: Any, why: str) -> None:
        """Note what was said and is not taken, with its number."""
        self.notes.append(f"{said!r} {why} and is left out")
        n, _ = count_of(value)
        if n is not None:
            self.left_out[said] = n


def is_total(words: str) -> bool:
    """Whether words in a list name its total."""
    return words.strip().lower() in _TOTALS


def from_names(flow: Mapping[str, Any], source: str) -> Published:
    """Numbers by name, in a Metapsy search_flow.json or typed from a paper; see `prismake.flow.published_names`.

    A list may stand below the name of its total, and names may stand below those of their stage.
    """
    found = Published(source)
    articles: dict[str, int] = {}
    _read_names(found, flow, (), articles)
    c = found.counts
    if "new_reports" in c and "new_studies" not in c and "included" in c:
        c["new_studies"] = c.pop("included")  # beside reports, what was included are studies
    if articles:
        reports = "new_studies" in c and "new_reports" not in c
        c.setdefault("new_reports" if reports else "included", articles[ARTICLES])
        found.articles = reports
    if not c.keys() & {"included", "new_studies", "new_reports", "previous_studies", "previous_reports"}:
        if "total_studies" in c:
            c["new_studies"] = c.pop("total_studies")  # a new review's total are its new studies
        elif len(found.subsets) == 1:  # the studies of the only analysis are all that is said to be included
            c["new_studies"] = next(iter(found.subsets.values()))
    if "identified" in c and not any(found.gives(name) for name in ("database_results", "register_results")):
        c["database_results"] = c.pop("identified")
    if "identified" in found.blank and "identified" not in c:
        found.blank.add("database_results")
    return found


def _read_names(found: Published, flow: Mapping[str, Any], above: tuple[str, ...], articles: dict[str, int]) -> None:
    for key, value in flow.items():
        keys = (*above, str(key))
        said, name = ": ".join(keys), name_of(keys)
        if isinstance(value, (Mapping, list)):
            _read_below(found, keys, value, articles)
            continue
        if above and is_total(keys[-1]):
            name = name_of(above) or name
        elif above and not says_itself(keys[-1]) and _part_of_its_stage(found, name, key, value):
            continue
        name = _in_place(found, name, said)
        if name == SUBSET:
            found.set_subset(said, value)
        elif name is None:
            if keys[-1].lower() not in _ASIDE:
                found.leave_out(said, value, "is not understood")
        elif name == ARTICLES:
            n = found.count(said, value)
            if n is not None:
                articles.setdefault(ARTICLES, n)
        else:
            _take(found, TOTAL_OF.get(name, name), said, value)


def _take(found: Published, name: str, said: str, value: Any) -> None:
    """Take a value under a name: a count, a list in one text, two numbers in one text, or one of several boxes."""
    n = count_of(value)[0]
    two = studies_and_reports(value)
    if two and n is None:
        if name in ("included", "new_studies", "new_reports"):
            found.counts["new_studies"] = two.get("studies", two.get("", 0))
            found.counts["new_reports"] = two.get("reports", two.get("", 0))
            return
        n = value = two.get("reports", two.get(""))
    if isinstance(value, str) and name in PART_OF and count_of(value)[1]:
        counted_cell(found, PART_OF[name], value)
    elif name not in found.counts or n is None:
        found.set(name, value)
    elif n == found.counts[name] and (name == "records_excluded" or name not in _ADDED_UP):
        return  # said twice, and alike
    elif name in _ADDED_UP and not said.endswith(")"):
        found.counts[name] += n
        found.notes.append(f"{said!r} is added to what else is given of {name}: {found.counts[name]} in all")
    else:
        found.leave_out(said, value, f"gives {name} a second time")


def _part_of_its_stage(found: Published, name: str | None, key: str, value: Any) -> bool:
    """Take a number that only those around it explain: a database below "Records identified from", a reason below
    "Records removed before screening"."""
    if name in ("identified", "database_results", "register_results"):
        found.set_parts("registers" if name == "register_results" else "databases", [(key, value)])
    elif name == "removed_before_screening":
        n = found.count(f"removed before screening: {key}", value)
        if n is None:
            found.blank.add("excluded_other")
        else:
            found.counts["excluded_other"] = found.counts.get("excluded_other", 0) + n
    else:
        return False
    return True


def _in_place(found: Published, name: str | None, said: str) -> str | None:
    """What a name means after what stands before it in the file."""
    given = found.gives
    first = any(word in words_of(said) for word in ("title", "abstract"))
    if name == EXCLUDED or (name == "records_excluded" and given(name) and not first):
        if (given("dbr_assessed") or given("dbr_sought_reports")) and not given("dbr_excluded"):
            return "dbr_excluded"
        if name == EXCLUDED and not given("records_screened"):
            return "excluded_other" if "remov" in words_of(said) else None
        if name == EXCLUDED:
            return "records_excluded"
    screening = given("records_screened") or given("excluded_automatic")
    if name == "excluded_automatic" and screening and "exclu" in words_of(said) and said != name:
        return "records_excluded_automatic"
    if name is not None and name.startswith("dbr_") and given(name):
        other = name.replace("dbr_", "other_", 1)
        if any(given(method) for method in (*METHODS, "other_results")) and other in COUNTS and not given(other):
            return other
    return name


def _read_below(
    found: Published, keys: tuple[str, ...], value: Mapping[str, Any] | list[Any], articles: dict[str, int]
) -> None:
    """What stands below a key: numbers of a stage, studies of single analyses, or a list that a total is made of."""
    name = _in_place(found, name_of(keys), keys[-1])
    if keys[-1] in ("analyses", "subsets") or name == SUBSET:
        for words, n in pairs_of(value):
            found.set_subset(words, n)
    elif (
        name is not None
        and (part := PART_OF.get(name, name)) in PARTS
        and not (isinstance(value, Mapping) and is_stage(keys, [str(key) for key in value]))
    ):
        found.set_parts(part, pairs_of(value))
    elif isinstance(value, Mapping):
        _read_names(found, value, keys, articles)
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


def counted_cell(found: Published, part: str, cell: str) -> None:
    """`Reason, 12; Other reason, 3`, with what the R package would make of a reason that it cannot read."""
    n, wrong = count_of(cell)
    if not wrong:
        if n is not None and TOTAL_OF[part] not in found.counts:
            found.set(TOTAL_OF[part], n)
        return
    pieces = [piece.strip() for piece in cell.split(";") if piece.strip()]
    blank = [unfilled_reason(piece) for piece in pieces]
    if all(blank):  # the package's own example, never filled in
        return
    for piece, unfilled in zip(pieces, blank, strict=True):
        if unfilled:
            found.set_parts(part, [(unfilled, None)])
            continue
        pair = counted_words(piece)
        if pair is None:
            found.incomplete.add(part)
            found.unreadable.append((f"{part}: {piece}", piece, "no count after a comma: the R package prints n = NA"))
            continue
        if "," in pair[0]:
            found.notes.append(f"the comma in {pair[0]!r} makes the R package lose its count")
        found.set_parts(part, [pair])


def unfilled_reason(piece: str) -> str:
    """`Reason1` of the R package's template `Reason1, xxx`; else nothing."""
    words, _, count = piece.rpartition(",")
    return words.strip() if count.strip() and not count.strip().lower().strip("x") else ""


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
