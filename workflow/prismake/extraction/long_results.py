"""The long sheet `results`, gathered: for each arm or contrast, outcome and time one set of statistics."""

from __future__ import annotations

from dataclasses import dataclass, field

from prismake.extraction.tables import Extraction
from prismake.extraction.values import Reported, any_number

BASELINE = frozenset({"baseline", "pre", "pretest", "pre-test", "t0", "intake"})


@dataclass(frozen=True)
class Cell:
    """One reported number and where it stands (row of the sheet)."""

    value: Reported
    row: int


@dataclass
class Statistics:
    """All statistics of one arm (or contrast, or whole sample) for one outcome, time and analysis set."""

    study: str
    outcome: str
    unit: str  # arm id, or "arm_a vs arm_b", or "" for the whole sample
    kind: str  # arm, contrast or sample
    timepoint: str
    time_weeks: str
    analysis_set: str
    cells: dict[str, Cell] = field(default_factory=dict)

    def get(self, stat: str) -> float | None:
        """The exact value of a statistic, None if it is not there or only bounded."""
        cell = self.cells.get(stat)
        return cell.value.value if cell is not None and cell.value.exact else None

    @property
    def baseline(self) -> bool:
        """Measured before treatment?"""
        return is_baseline(self.timepoint)


def is_baseline(timepoint: str) -> bool:
    """Does this name of a time mean before treatment?"""
    return timepoint.strip().lower() in BASELINE


def gather(tables: Extraction) -> list[Statistics]:
    """The rows of `results` in groups, in the order in which they first appear."""
    frame = tables["results"]
    groups: dict[tuple[str, ...], Statistics] = {}
    columns = (
        "study_id",
        "outcome_id",
        "arm_id",
        "contrast",
        "timepoint",
        "time_weeks",
        "analysis_set",
        "stat",
        "value",
    )
    for row, values in enumerate(frame[list(columns)].itertuples(index=False, name=None)):
        study, outcome, arm, contrast, timepoint, weeks, analysis, stat, text = values
        kind = "arm" if arm else "contrast" if contrast else "sample"
        key = (study, outcome, arm or contrast, kind, timepoint.strip().lower(), analysis.strip().lower())
        group = groups.setdefault(key, Statistics(study, outcome, arm or contrast, kind, timepoint, weeks, analysis))
        group.time_weeks = group.time_weeks or weeks
        value = any_number(text)
        if value is not None and stat not in group.cells:
            group.cells[stat] = Cell(value, row)
    return list(groups.values())
