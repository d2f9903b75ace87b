"""The line from each analysed number back to its place in a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from prismake.extraction.tables import Extraction
from prismake.messages.faults import Faults


class Sources:
    """The sheet `sources`, asked by cell.

    A cell_key is a path: sheet, then the row's key, then the statistic or column, parted by "/". It covers that cell
    and everything under it; "*" stands for any one part.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._ids = source_ids(frame)
        self._exact: dict[tuple[str, ...], list[int]] = {}
        self._patterns: list[tuple[tuple[str, ...], int]] = []
        for row, key in enumerate(frame["cell_key"].tolist()):
            parts = _parts(key)
            if "*" in parts:
                self._patterns.append((parts, row))
            elif parts:
                self._exact.setdefault(parts, []).append(row)
        self.used: set[int] = set()

    def of(self, path: Sequence[str]) -> list[str]:
        """Ids of the sources that cover this cell, the most specific ones only."""
        return [self._ids[r] for r in self.rows_of(path)]

    def rows_of(self, path: Sequence[str]) -> list[int]:
        """The same as positions in the sheet: one id may stand in several rows."""
        cell = tuple(p.strip().lower() for p in path)
        nearest: list[int] = []
        for length in range(len(cell), 0, -1):
            rows = list(self._exact.get(cell[:length], ()))
            rows += [r for parts, r in self._patterns if len(parts) == length and _fits(parts, cell)]
            self.used.update(rows)
            nearest = nearest or rows
        return sorted(nearest)

    def unused(self) -> list[int]:
        """Rows that no cell asked for."""
        rows = {r for found in self._exact.values() for r in found} | {r for _, r in self._patterns}
        return sorted(rows - self.used)


def _parts(key: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in key.split("/")) if key.strip() else ()


def _fits(pattern: tuple[str, ...], cell: tuple[str, ...]) -> bool:
    return all(p in ("*", c) for p, c in zip(pattern, cell, strict=False))


def source_ids(frame: pd.DataFrame) -> list[str]:
    """The id of each row: as typed, else S1, S2 and so on by its position."""
    return [typed or f"S{row + 1}" for row, typed in enumerate(frame["source_id"].tolist())]


def result_path(study: str, outcome: str, unit: str, timepoint: str, stat: str) -> list[str]:
    """The path of a cell of `results`. A "/" inside an id is taken out, as it is in a key."""
    return ["results", *(part.replace("/", "|") for part in (study, outcome, unit, timepoint, stat))]


def effect_path(study: str, outcome: str, contrast: str, timepoint: str, measure: str) -> list[str]:
    """The path of a row of `effects_reported`."""
    return ["effects_reported", *(part.replace("/", "|") for part in (study, outcome, contrast, timepoint, measure))]


def check_sources(tables: Extraction, *, final: bool) -> tuple[Faults, pd.DataFrame]:
    """Faults for each number without a source (error when final), and the table (sheet, row, source ids).

    A sheet `sources` without any row means that sources are not kept: one warning, an error when final.
    """
    faults = Faults()
    sources = Sources(tables["sources"])
    rows: list[tuple[str, int, str]] = []
    without = 0
    for sheet, row, path in _cells(tables):
        ids = sources.of(path)
        rows.append((sheet, row, "; ".join(ids)))
        if ids or tables["sources"].empty:
            without += not ids
            continue
        column = "value"
        add = faults.error if final else faults.warning
        add(
            "no-source",
            "No row of the sheet sources says where this number stands.",
            **tables.where(sheet, row, column),
            expected="a cell_key that covers " + "/".join(path),
            mend="add a row to sources; a key of fewer parts covers a whole arm, outcome or study",
        )
    if without:
        add = faults.error if final else faults.warning
        add(
            "no-sources",
            f"No number has a source: {without} numbers are extracted and the sheet sources is empty.",
            file=tables.files.get("results", "results"),
            expected="a row in sources for each number",
            mend="fill in the sheet sources",
        )
    for path in _descriptive_cells(tables):
        sources.of(path)
    for row in sources.unused():
        faults.warning(
            "source-of-nothing",
            "This cell_key covers no number of the sheets.",
            **tables.where("sources", row, "cell_key"),
            expected="results/<study_id>/<outcome_id>/<arm_id or contrast>/<timepoint>/<stat>",
            mend="correct its spelling",
        )
    return faults, pd.DataFrame(rows, columns=["sheet", "row", "source_ids"])


def _descriptive_cells(tables: Extraction) -> Iterable[list[str]]:
    """Cells of studies, arms and outcomes: their sources are welcome, not asked for."""
    for sheet, keys in (("studies", 1), ("arms", 2), ("outcomes", 2)):
        frame = tables[sheet]
        for values in frame.itertuples(index=False, name=None):
            for column in frame.columns:
                yield [sheet, *(str(v).replace("/", "|") for v in values[:keys]), str(column)]


def _cells(tables: Extraction) -> Iterable[tuple[str, int, list[str]]]:
    results = tables["results"]
    keys = ["study_id", "outcome_id", "arm_id", "contrast", "timepoint", "stat"]
    for row, values in enumerate(results[keys].itertuples(index=False, name=None)):
        study, outcome, arm, contrast, timepoint, stat = values
        yield "results", row, result_path(study, outcome, arm or contrast, timepoint, stat)
    reported = tables["effects_reported"]
    keys = ["study_id", "outcome_id", "contrast", "timepoint", "measure"]
    for row, values in enumerate(reported[keys].itertuples(index=False, name=None)):
        yield "effects_reported", row, effect_path(*values)
