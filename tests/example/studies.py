"""Extraction and risk of bias of the seventeen invented studies.

Every number is drawn: study effects around a mean that lies midway between what Cohen called small and medium, then
sample means and standard deviations around those. A first draw came out near a published figure; the mean was changed
so that nothing looks like a replication.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from designs import DESIGNS, Arm, Design
from dice import Dice
from screening import Report, label_of, sheet

MEAN_EFFECT = 0.35  # standard deviations; (0.2 + 0.5) / 2
HETEROGENEITY = 0.15  # standard deviation of the study effects
EXTRACTORS = ("Ilka Brandmoor", "Jonas Vettergrund")


@dataclass(frozen=True)
class Instrument:
    """A scale: `mean` and `sd` describe patients after standardised treatment, `higher_better` its direction."""

    name: str
    low: float
    high: float
    mean: float
    sd: float
    higher_better: bool = False
    rater: str = "self"
    integer: bool = True


INSTRUMENTS = {
    "depression": (Instrument("PHQ-9", 0, 27, 10.4, 5.6), Instrument("BDI-II", 0, 63, 18.9, 10.8),
                   Instrument("HRSD-17", 0, 52, 12.2, 6.0, rater="clinician")),
    "anxiety": (Instrument("GAD-7", 0, 21, 8.7, 4.9), Instrument("BAI", 0, 63, 17.1, 10.2)),
    "functioning": (Instrument("WSAS", 0, 40, 16.3, 8.1),),
    "alliance": (Instrument("WAI-SR", 1, 5, 3.7, 0.7, True, integer=False),),
    "response": (Instrument("Response (50 % reduction)", 0, 1, 0.45, 0.0, True, integer=False),),
}  # fmt: skip
END_OF_TREATMENT = 16  # weeks after randomisation
TIMEPOINTS = {0: "post", 26: "6 months", 52: "12 months"}

Row = list[object]


class Extraction:
    """The six canonical sheets, filled study by study."""

    def __init__(self, reports: Sequence[Report], seed: int) -> None:
        self.dice = Dice(seed, "effects")
        self.primary = {r.study_id: r for r in reports if r.primary}
        self.second = {r.study_id: r for r in reports if not r.primary}
        self.studies: list[Row] = []
        self.arms: list[Row] = []
        self.outcomes: list[Row] = []
        self.results: list[Row] = []
        self.reported: list[Row] = []
        self.sources: list[Row] = []
        for design in DESIGNS:
            self._study(design)
        self._report("S02", "depr", 0.0)
        self._report("S05", "anxi", 0.31)

    def _study(self, design: Design) -> None:
        dice, report = self.dice, self.primary[design.study_id]
        severity = dice.weighted({"mild": 1, "moderate": 3, "severe": 2})
        age = dice.normal({"late-life depression": 69, "adolescent depression": 15.5}.get(design.condition, 38), 3.5)
        female = dice.between(45, 82) if design.condition != "perinatal depression" else 100.0
        cluster = ["yes", f"{design.cluster_size:.1f}", "0.04", "no"] if design.cluster_size else ["no", "", "", ""]
        self.studies.append([
            design.study_id, label_of(report.work), design.year, design.country, "RCT",
            f"SIM-REG-{design.year}-{design.study_id}", dice.one(["public", "public", "foundation", "NR"]),
            report.report_id, f"People with {design.condition}, {design.setting}",
            sum(arm.randomised for arm in design.arms), *cluster, design.not_pooled, "",
            design.tailoring, severity, f"{age:.1f}", f"{female:.0f}",
        ])  # fmt: skip
        analysed = {arm.arm_id: self._arm(design, arm, age, female) for arm in design.arms}
        effect = dice.normal(MEAN_EFFECT, HETEROGENEITY)
        for construct in design.outcomes:
            self._outcome(design, construct, effect + dice.normal(0, 0.05), analysed)

    def _arm(self, design: Design, arm: Arm, age: float, female: float) -> int:
        dice = self.dice
        analysed = round(arm.randomised * dice.between(0.8, 0.97))
        sessions = "NA" if arm.role == "waiting_list" else str(dice.whole(8, 20))
        self.arms.append([design.study_id, arm.arm_id, arm.condition, arm.role, arm.randomised, analysed,
                          f"{age + dice.normal(0, 0.6):.1f}".replace(".", ","),
                          f"{min(100, female + dice.normal(0, 2)):.1f}".replace(".", ","), sessions])  # fmt: skip
        return analysed

    def _outcome(self, design: Design, construct: str, effect: float, analysed: dict[str, int]) -> None:
        dice = self.dice
        instrument = dice.one(INSTRUMENTS[construct])
        outcome = construct[:4]
        self.outcomes.append([design.study_id, outcome, construct, instrument.name,
                              "higher_better" if instrument.higher_better else "higher_worse",
                              f"{instrument.low:g}", f"{instrument.high:g}",
                              "yes" if instrument.integer else "no", instrument.rater])  # fmt: skip
        weeks = (0, *design.follow_ups) if construct in {"depression", "anxiety"} else (0,)
        for week in weeks:
            here = effect * (1.0 if not week else dice.between(0.55, 1.05))
            people = {arm: max(8, n - round(n * 0.06 * weeks.index(week))) for arm, n in analysed.items()}
            if construct == "response":
                self._events(design, outcome, here, people)
            elif design.shape == "t_value":
                self._t_value(design, outcome, here, people)
            elif design.shape == "direction":
                self._words(design, outcome)
            else:
                self._means(design, outcome, instrument, here, people, week)

    def _cell(self, design: Design, outcome: str, unit_of: str, week: int, stat: str, value: str, unit: str = "",
              quote: str = "") -> None:  # fmt: skip
        """One extracted value and the place it was read from. `unit_of` is an arm or a contrast."""
        timepoint = TIMEPOINTS[week]
        arm, contrast = ("", unit_of) if " vs " in unit_of else (unit_of, "")
        self.results.append([design.study_id, outcome, arm, contrast, timepoint, END_OF_TREATMENT + week, stat, value,
                             unit, "mITT"])  # fmt: skip
        key = f"results/{design.study_id}/{outcome}/{unit_of}/{timepoint}/{stat}"
        self._source(design, key, week, "text" if contrast else f"Table {2 + bool(week)}", quote or value)

    def _source(self, design: Design, key: str, week: int, table: str, quote: str) -> None:
        report = self.second.get(design.study_id) if week == 52 else None
        report = report or self.primary[design.study_id]
        first = int(report.work.first_page or 1)
        page = first + (4 if week else 3) if report.work.first_page else 5
        self.sources.append([key, report.report_id, page, table, quote, "reported",
                             EXTRACTORS[len(self.studies) % 2], f"2026-01-{len(self.studies) + 8:02d}"])  # fmt: skip

    def _means(self, design: Design, outcome: str, instrument: Instrument, effect: float, people: dict[str, int],
               week: int) -> None:  # fmt: skip
        dice = self.dice
        for arm in design.arms:
            n = people[arm.arm_id]
            shift = effect * instrument.sd if arm.role == "personalised" else 0.0
            true = instrument.mean + (shift if instrument.higher_better else -shift)
            mean = dice.normal(true, instrument.sd / math.sqrt(n))
            if instrument.integer:  # the mean of whole-number scores, as a checker of granularity expects
                mean = round(mean * n) / n
            sd = instrument.sd * (1 + dice.normal(0, 1) / math.sqrt(2 * n))
            printed = f"{mean:.2f} ({sd:.2f})"
            self._cell(design, outcome, arm.arm_id, week, "n", str(n))
            self._cell(design, outcome, arm.arm_id, week, "mean", f"{mean:.2f}", "points", printed)
            if design.shape == "mean_se":
                self._cell(design, outcome, arm.arm_id, week, "se", f"{sd / math.sqrt(n):.2f}", "points")
            elif design.shape == "mean_ci":
                half = 1.99 * sd / math.sqrt(n)
                self._cell(design, outcome, arm.arm_id, week, "ci_lb", f"{mean - half:.2f}", "points")
                self._cell(design, outcome, arm.arm_id, week, "ci_ub", f"{mean + half:.2f}", "points")
            else:
                self._cell(design, outcome, arm.arm_id, week, "sd", f"{sd:.2f}", "points", printed)

    def _events(self, design: Design, outcome: str, effect: float, people: dict[str, int]) -> None:
        base = self.dice.between(0.3, 0.5)
        for arm in design.arms:
            odds = base / (1 - base) * (math.exp(1.81 * effect) if arm.role == "personalised" else 1.0)
            n = people[arm.arm_id]
            events = sum(self.dice.chance(odds / (1 + odds)) for _ in range(n))
            self._cell(design, outcome, arm.arm_id, 0, "events", str(events), "people", f"{events} of {n}")
            self._cell(design, outcome, arm.arm_id, 0, "n", str(n), "people", f"{events} of {n}")

    def _t_value(self, design: Design, outcome: str, effect: float, people: dict[str, int]) -> None:
        n1, n2 = (people[arm.arm_id] for arm in design.arms)
        error = math.sqrt(1 / n1 + 1 / n2)
        t = -self.dice.normal(effect, error) / error  # lower scores are better, so a helpful treatment has t < 0
        quote = f"t({n1 + n2 - 2}) = {t:.2f}"
        self._cell(design, outcome, "a", 0, "n", str(n1))
        self._cell(design, outcome, "b", 0, "n", str(n2))
        self._cell(design, outcome, "a vs b", 0, "t", f"{t:.2f}", "", quote)
        self._cell(design, outcome, "a vs b", 0, "df", str(n1 + n2 - 2), "", quote)

    def _words(self, design: Design, outcome: str) -> None:
        self._cell(design, outcome, "a vs b", 0, "p", ">.05", "",
                   "The two conditions did not differ at the end of treatment.")  # fmt: skip

    def _report(self, study_id: str, outcome: str, off: float) -> None:
        """An effect size that the report prints itself: rounded, or off by what the report got wrong."""
        stats = {(str(r[2]), str(r[6])): float(str(r[7])) for r in self.results
                 if r[0] == study_id and r[1] == outcome and r[4] == "post" and r[2]}  # fmt: skip
        n1, n2 = stats["a", "n"], stats["b", "n"]
        pooled = math.sqrt(((n1 - 1) * stats["a", "sd"] ** 2 + (n2 - 1) * stats["b", "sd"] ** 2) / (n1 + n2 - 2))
        d = (stats["b", "mean"] - stats["a", "mean"]) / pooled + off
        se = math.sqrt(1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2)))
        self.reported.append([study_id, outcome, "a vs b", "post", END_OF_TREATMENT, "d", f"{d:.2f}", "",
                              f"{d - 1.96 * se:.2f}", f"{d + 1.96 * se:.2f}", "a", "no", "mITT"])  # fmt: skip
        design = next(design for design in DESIGNS if design.study_id == study_id)
        key = f"effects_reported/{study_id}/{outcome}/a vs b/post/d"
        self._source(design, key, 0, "Abstract", f"d = {d:.2f}")

    def sheets(self) -> dict[str, str]:
        """File name -> text. The sheet of arms comes from a German Excel: semicolons and decimal commas."""
        return {
            "studies.csv": sheet(["study_id", "label", "year", "country", "design", "registration", "funding",
                                  "primary_report_id", "population", "n_total", "cluster_randomised", "cluster_size",
                                  "icc", "clusters_adjusted", "narrative_only", "note", "tailoring",
                                  "baseline_severity", "mean_age", "pct_female"], self.studies),
            "arms.csv": sheet(["study_id", "arm_id", "condition", "role", "n_randomised", "n_analysed", "age_mean",
                               "pct_female", "sessions"], self.arms, delimiter=";"),
            "outcomes.csv": sheet(["study_id", "outcome_id", "construct", "instrument", "direction", "scale_min",
                                   "scale_max", "integer_scores", "rater"], self.outcomes),
            "results.csv": sheet(["study_id", "outcome_id", "arm_id", "contrast", "timepoint", "time_weeks", "stat",
                                  "value", "unit", "analysis_set"], self.results),
            "effects_reported.csv": sheet(["study_id", "outcome_id", "contrast", "timepoint", "time_weeks", "measure",
                                           "value", "se", "ci_lb", "ci_ub", "favours", "adjusted", "analysis_set"],
                                          self.reported),
            "sources.csv": sheet(["cell_key", "report_id", "page", "table_figure", "quote", "method", "extractor",
                                  "date"], self.sources),
        }  # fmt: skip


DOMAINS = {"allocation": "Allocation", "deviations": "Deviations from treatment", "attrition": "Missing outcome data",
           "measurement": "Measurement of outcomes", "reporting": "Selective reporting"}  # fmt: skip
LEVELS = ("low", "moderate", "high")
_SUPPORT = {
    "low": "Described in full and adequate.",
    "moderate": "Described in part.",
    "high": "Described, and likely to bias the result.",
}


# A careful study is careful in most domains: how well a study was done -> how its domains are judged.
_QUALITY = {
    "good": {"low": 0.95, "moderate": 0.05},
    "fair": {"low": 0.65, "moderate": 0.32, "high": 0.03},
    "poor": {"low": 0.35, "moderate": 0.40, "high": 0.25},
}


def risk_of_bias(seed: int) -> str:
    """Judgements of two raters, and the one that they agreed on where they differed."""
    dice = Dice(seed, "risk of bias")
    rows: list[Row] = []
    for design in DESIGNS:
        judged_as = _QUALITY[dice.weighted({"good": 1, "fair": 2, "poor": 1})]
        for domain in DOMAINS:
            level = dice.weighted(judged_as)
            other = dice.one([lvl for lvl in LEVELS if lvl != level]) if dice.chance(0.1) else level
            for rater, judged in zip(EXTRACTORS, (level, other), strict=True):
                rows.append([design.study_id, "", rater, domain, judged, _SUPPORT[judged]])
            if other != level:
                rows.append([design.study_id, "", "consensus", domain, level, "Agreed after discussion."])
    return sheet(["study_id", "outcome_id", "rater", "domain", "judgement", "support"], rows)
