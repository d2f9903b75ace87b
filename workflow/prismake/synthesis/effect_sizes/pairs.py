"""Which effects a review has: every intervention arm with every comparator of its study, outcome and time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from prismake.extraction.long_results import Statistics, gather, is_baseline
from prismake.extraction.structure import arms_of_contrast
from prismake.extraction.tables import Extraction
from prismake.extraction.values import number
from prismake.synthesis.effect_sizes.choices import CORRELATIONS, ONE_ARM, Choices

Row = Mapping[str, str]


@dataclass
class Pair:
    """One effect to compute. `arm_2` is blank for one arm, both are blank for a whole sample."""

    study: Row
    outcome: Row
    timepoint: str
    time_weeks: str
    arm_1: str = ""
    arm_2: str = ""
    stats_1: Statistics | None = None
    stats_2: Statistics | None = None
    baseline_1: Statistics | None = None
    baseline_2: Statistics | None = None
    contrast: Statistics | None = None
    contrast_sign: int = 1  # -1 where the report has the arms the other way round
    reported: list[tuple[Row, int, int]] = field(default_factory=list)  # row, its position, its sign
    n_1: float | None = None
    n_2: float | None = None
    row_1: Row = field(default_factory=dict)  # the arms' rows of the sheet arms
    row_2: Row = field(default_factory=dict)
    sets_left_out: tuple[str, ...] = ()

    @property
    def role_2(self) -> str:
        """What the second arm is in the comparison."""
        return self.row_2.get("role", "")

    @property
    def name(self) -> str:
        """Study, outcome, time and arms in words."""
        arms = " vs ".join(a for a in (self.arm_1, self.arm_2) if a)
        return ", ".join(p for p in (self.study["study_id"], self.outcome["outcome_id"], self.timepoint, arms) if p)


class Gathered:
    """The extraction sheets, indexed for asking by study, outcome, arm and time."""

    def __init__(self, tables: Extraction, choices: Choices) -> None:
        self.studies = {r["study_id"]: r for r in _rows(tables, "studies")}
        self.outcomes = {(r["study_id"], r["outcome_id"]): r for r in _rows(tables, "outcomes")}
        self.arms: dict[str, dict[str, Row]] = {}
        for row in _rows(tables, "arms"):
            self.arms.setdefault(row["study_id"], {})[row["arm_id"]] = row
        self._preference = {name.lower(): i for i, name in enumerate(choices.analysis_sets)}
        self._stats: dict[tuple[str, str, str, str, str], list[Statistics]] = {}
        self._baselines: dict[tuple[str, str, str], Statistics] = {}
        self._times: dict[tuple[str, str], dict[str, str]] = {}
        self.reported: dict[tuple[str, str, str], list[tuple[Row, int]]] = {}
        for group in gather(tables):
            self._enter(group)
        for position, row in enumerate(_rows(tables, "effects_reported")):
            folded = row["timepoint"].strip().lower()
            self.reported.setdefault((row["study_id"], row["outcome_id"], folded), []).append((row, position))
            self._enter_time(row["study_id"], row["outcome_id"], row["timepoint"])

    def _enter(self, group: Statistics) -> None:
        unit, folded = _folded_contrast(group.unit), group.timepoint.strip().lower()
        self._stats.setdefault((group.study, group.outcome, group.kind, unit, folded), []).append(group)
        if group.baseline and group.kind == "arm":
            self._baselines.setdefault((group.study, group.outcome, unit), group)
        self._enter_time(group.study, group.outcome, group.timepoint)

    def _enter_time(self, study: str, outcome: str, timepoint: str) -> None:
        if not is_baseline(timepoint):
            self._times.setdefault((study, outcome), {}).setdefault(timepoint.strip().lower(), timepoint)

    def times(self, study: str, outcome: str) -> list[str]:
        """Times with any result, as first typed, without baseline, in the order of the sheets."""
        return list(self._times.get((study, outcome), {}).values())

    def _groups(self, study: str, outcome: str, kind: str, unit: str, time: str) -> list[Statistics]:
        return self._stats.get((study, outcome, kind, _folded_contrast(unit), time.strip().lower()), [])

    def stats(self, study: str, outcome: str, kind: str, unit: str, time: str) -> Statistics | None:
        """The statistics of a unit at a time, of the preferred analysis set."""
        order, last = self._preference, len(self._preference)
        groups = self._groups(study, outcome, kind, unit, time)
        return min(groups, key=lambda g: order.get(g.analysis_set.strip().lower(), last), default=None)

    def sets(self, study: str, outcome: str, kind: str, unit: str, time: str) -> list[str]:
        """Names of the analysis sets that a unit was reported for."""
        return [g.analysis_set for g in self._groups(study, outcome, kind, unit, time)]

    def baseline(self, study: str, outcome: str, unit: str) -> Statistics | None:
        """The statistics of an arm before treatment."""
        return self._baselines.get((study, outcome, _folded_contrast(unit)))


def pairs(tables: Extraction, choices: Choices) -> list[Pair]:
    """All effects to compute, in the order of the sheets."""
    have = Gathered(tables, choices)
    found: list[Pair] = []
    for (study, outcome), row in have.outcomes.items():
        if study not in have.studies:
            continue
        measure = choices.of(row["construct"])
        for time in have.times(study, outcome):
            if measure in ONE_ARM or not choices.comparators and measure not in CORRELATIONS and _one_arm(have, study):
                found += _single_arms(have, choices, study, row, time)
            else:
                found += _two_arms(have, choices, study, row, time)
            found += _whole_sample(have, study, row, time)
    return found


def _one_arm(have: Gathered, study: str) -> bool:
    return len(have.arms.get(study, {})) == 1


def _two_arms(have: Gathered, choices: Choices, study: str, outcome: Row, time: str) -> Iterable[Pair]:
    arms = have.arms.get(study, {})
    for first in (a for a, r in arms.items() if r["role"] in choices.intervention):
        for second, row in arms.items():
            wanted = not choices.comparators or row["role"] in choices.comparators
            if second != first and wanted and row["role"] not in choices.intervention:
                pair = _pair(have, study, outcome, time, first, second)
                if pair.stats_1 or pair.stats_2 or pair.contrast or pair.reported:
                    yield pair


def _pair(have: Gathered, study: str, outcome: Row, time: str, first: str, second: str) -> Pair:
    arms, name = have.arms[study], outcome["outcome_id"]
    contrast = have.stats(study, name, "contrast", f"{first} vs {second}", time)
    sign = 1
    if contrast is None:
        contrast, sign = have.stats(study, name, "contrast", f"{second} vs {first}", time), -1
    stats_1, stats_2 = (have.stats(study, name, "arm", a, time) for a in (first, second))
    sets = {s for a in (first, second) for s in have.sets(study, name, "arm", a, time)}
    taken = {s.analysis_set for s in (stats_1, stats_2) if s}
    weeks = next((s.time_weeks for s in (stats_1, stats_2, contrast) if s and s.time_weeks), "")
    reported = list(_reported(have, study, name, time, first, second))
    return Pair(
        have.studies[study],
        outcome,
        time,
        weeks or next((r["time_weeks"] for r, _, _ in reported), ""),
        first,
        second,
        stats_1,
        stats_2,
        have.baseline(study, name, first),
        have.baseline(study, name, second),
        contrast,
        sign,
        reported,
        _n(arms[first]),
        _n(arms[second]),
        arms[first],
        arms[second],
        tuple(sorted(sets - taken)),
    )


def _reported(
    have: Gathered, study: str, outcome: str, time: str, first: str, second: str
) -> Iterable[tuple[Row, int, int]]:
    for row, position in have.reported.get((study, outcome, time.strip().lower()), []):
        arms = arms_of_contrast(row["contrast"])
        if arms == (first, second):
            yield row, position, 1
        elif arms == (second, first):
            yield row, position, -1


def _single_arms(have: Gathered, choices: Choices, study: str, outcome: Row, time: str) -> Iterable[Pair]:
    arms = have.arms.get(study, {})
    for arm, row in arms.items():
        stats = have.stats(study, outcome["outcome_id"], "arm", arm, time)
        if stats is not None and (row["role"] in choices.intervention or len(arms) == 1):
            yield Pair(
                have.studies[study],
                outcome,
                time,
                stats.time_weeks,
                arm,
                "",
                stats,
                None,
                have.baseline(study, outcome["outcome_id"], arm),
                n_1=_n(row),
                row_1=row,
            )


def _whole_sample(have: Gathered, study: str, outcome: Row, time: str) -> Iterable[Pair]:
    stats = have.stats(study, outcome["outcome_id"], "sample", "", time)
    rows = have.reported.get((study, outcome["outcome_id"], time.strip().lower()), [])
    reported = [(row, position, 1) for row, position in rows if not row["contrast"]]
    if stats is not None or reported:
        weeks = stats.time_weeks if stats else reported[0][0]["time_weeks"]
        total = number(have.studies[study].get("n_total", ""))
        yield Pair(
            have.studies[study],
            outcome,
            time,
            weeks,
            stats_1=stats,
            reported=reported,
            n_1=total if total == total else None,
        )


def _rows(tables: Extraction, sheet: str) -> list[dict[str, str]]:
    return [{str(k): str(v) for k, v in row.items()} for row in tables[sheet].to_dict("records")]


def _n(arm: Row) -> float | None:
    for column in ("n_analysed", "n_randomised"):
        value = number(arm.get(column, ""))
        if value == value and value > 0:
            return value
    return None


def _folded_contrast(text: str) -> str:
    arms = arms_of_contrast(text)
    return f"{arms[0]} vs {arms[1]}" if arms else text
