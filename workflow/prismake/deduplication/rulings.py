"""Rulings: what people decided about pairs. They are always obeyed, and taking a row away undoes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from prismake.messages.faults import Faults

COLUMNS = ("source_record_id_1", "source_record_id_2", "ruling", "who", "date", "note")
_SAME = frozenset({"same", "duplicate", "yes", "merge"})
_DIFFERENT = frozenset({"different", "not a duplicate", "no", "keep apart"})


@dataclass(frozen=True)
class Rulings:
    """Pairs of positions ruled the same and different, and what was wrong with the sheet (no errors)."""

    same: tuple[tuple[int, int], ...]
    different: tuple[tuple[int, int], ...]
    faults: Faults


def positions(ids: list[str], aliases: Sequence[Iterable[str]]) -> dict[str, int]:
    """Where each id and each alias stands; an alias of several records, or one that is another's id, finds none.

    `aliases`: for each id texts with aliases joined by "; ".
    """
    known = {one: i for i, one in enumerate(ids)}
    found: dict[str, int] = {}
    shared: set[str] = set()
    for i, texts in enumerate(aliases):
        for alias in (alias for text in texts if text for alias in text.split("; ")):
            if known.get(alias, i) != i or found.get(alias, i) != i:
                shared.add(alias)
            found[alias] = i
    return {**{a: i for a, i in found.items() if a not in shared}, **known}


def read_rulings(sheet: pd.DataFrame | None, where: Mapping[str, int], file: str = "", first_line: int = 2) -> Rulings:
    """The rulings of a sheet with `COLUMNS`, of which the last three may be missing.

    Raises InputFaults for a ruling that is neither same nor different, for two rulings about one pair, and for rulings that
    cannot all hold (a = b, b = c, a != c). A row without a ruling is one not decided yet; ids that are not (any more) among the source records are
    a warning.
    """
    faults = Faults()
    same: dict[tuple[int, int], int] = {}
    different: dict[tuple[int, int], int] = {}
    if sheet is None or len(sheet) == 0:
        return Rulings((), (), faults)
    missing = [c for c in COLUMNS[:3] if c not in sheet]
    for column in missing:
        faults.error("missing-column", f"the column {column} is missing", file=file, column=column, expected=", ".join(COLUMNS),
                     mend="copy the header of queue.csv")  # fmt: skip
    faults.raise_errors()
    cells = zip(*(sheet[c].fillna("").astype(str).str.strip().tolist() for c in COLUMNS[:3]), strict=True)
    for line, (one, other, ruling) in enumerate(cells, start=first_line):
        word = ruling.lower()
        if not word:
            continue
        if word not in _SAME | _DIFFERENT:
            faults.error("unknown-ruling", "a ruling is neither same nor different", file=file, line=line, column="ruling", value=ruling,
                         expected="same or different")  # fmt: skip
            continue
        unknown = [name for name in (one, other) if name not in where]
        for name in unknown:
            faults.warning("unknown-record", "a ruling is about a source record that is not among the searches", file=file, line=line, value=name,
                           expected="a source_record_id of results/deduplication/membership.csv or one of its aliases",
                           mend="correct the id, or take the row away")  # fmt: skip
        if unknown:
            continue
        i, j = sorted((where[one], where[other]))
        if i == j:
            faults.warning("one-record", "a ruling names one source record twice", file=file, line=line, value=one)
            continue
        mine, others = (same, different) if word in _SAME else (different, same)
        if (i, j) in others:
            faults.error("contradicting-rulings", f"lines {others[i, j]} and {line} rule otherwise about one pair", file=file, line=line,
                         value=f"{one}, {other}", mend="keep the row that holds")  # fmt: skip
        mine.setdefault((i, j), line)
    _check(same, different, faults, file)
    faults.raise_errors()
    return Rulings(tuple(sorted(same)), tuple(sorted(different)), faults)


def _check(same: dict[tuple[int, int], int], different: dict[tuple[int, int], int], faults: Faults, file: str) -> None:
    """Rulings of `different` within what rulings of `same` make one."""
    parent: dict[int, int] = {}

    def root(i: int) -> int:
        while parent.setdefault(i, i) != i:
            i = parent[i]
        return i

    for i, j in sorted(same):
        a, b = sorted((root(i), root(j)))
        parent[b] = a
    for (i, j), line in sorted(different.items(), key=lambda item: item[1]):
        if (i, j) not in same and root(i) == root(j):
            lines = sorted(n for pair, n in same.items() if root(pair[0]) == root(i))
            faults.error("contradicting-rulings", f"line {line} keeps apart what lines {', '.join(map(str, lines))} join", file=file, line=line,
                         mend="take away the row that does not hold")  # fmt: skip
