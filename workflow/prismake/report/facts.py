"""What the report's templates may speak of: the review, its searches, its analyses, in the order in which they are
told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from prismake.report.evidence import Evidence
from prismake.report.formats import is_missing, measure_name, symbol
from prismake.report.numbers import Numbers
from prismake.report.results import Results, Row

STAMPS = {
    "preregistered": "Preregistered",
    "deviation": "Deviation from the registration",
    "exploratory": "Exploratory (not registered)",
    "unspecified": "Not fully specified at registration",
    "planned": "Planned; no registration on record",
    "": "Not checked against a registration",
}


# What still waits, stage by stage, in the order of the flow.
PENDING_FILES = [
    "deduplication/pending.csv",
    "screening/pending.csv",
    "retrieval/pending.csv",
    "extraction/pending.csv",
    "risk_of_bias/pending.csv",
    "grade/pending.csv",
]

# So many records of a list stand in the report; a longer one says where all of it is.
LISTED = 20_000

_ROLES = {"confirmatory": 0, "sensitivity": 1, "exploratory": 2}


@dataclass(frozen=True)
class Analysis:
    """One analysis: its result and how it stands to the registration."""

    name: str
    result: Mapping[str, Any]
    row: Row

    @property
    def title(self) -> str:
        """Its title, or its name in words."""
        return str(self.result.get("title") or self.row.get("title") or self.name.replace("_", " "))

    @property
    def stamp(self) -> str:
        """preregistered, deviation, exploratory, unspecified, or "" where no check was made."""
        return self.row.get("stamp", "")

    @property
    def stamp_words(self) -> str:
        """The stamp as a reader sees it, with the ids of its deviations."""
        words = STAMPS.get(self.stamp, self.stamp)
        ids = self.row.get("deviations", "")
        return f"{words}: {ids}" if ids and self.stamp == "deviation" else words

    @property
    def estimable(self) -> bool:
        """True if there is a pooled estimate."""
        estimate = self.result.get("estimate") or {}
        return not self.result.get("not_estimable") and not is_missing(estimate.get("b"))

    @property
    def reason(self) -> str:
        """Why there is no estimate."""
        return str(self.result.get("not_estimable") or self.row.get("reason") or "no result")

    @property
    def shown(self) -> Mapping[str, Any]:
        """The estimate on the scale of reading."""
        transformed = self.result.get("transformed") or {}
        return transformed if not is_missing(transformed.get("b")) else self.result.get("estimate") or {}

    @property
    def symbol(self) -> str:
        """g, r, OR …"""
        return symbol(str(self.result.get("measure", "")))

    @property
    def analysis_symbol(self) -> str:
        """The symbol on the scale of analysis: log OR where the odds ratio is what is read."""
        scale = str((self.result.get("transformed") or {}).get("scale", ""))
        if not scale:
            return self.symbol
        return f"log {self.symbol}" if "ratio" in scale else f"{self.symbol} as analysed"

    @property
    def measure(self) -> str:
        """The measure in words."""
        return measure_name(str(self.result.get("measure", "")))

    @property
    def null(self) -> float:
        """No effect, on the scale of reading."""
        scale = str((self.result.get("transformed") or {}).get("scale", ""))
        return 1.0 if "ratio" in scale or self.symbol in ("OR", "RR", "IRR", "HR", "ROM") else 0.0

    @property
    def level(self) -> float:
        """Confidence level in per cent."""
        level = float(self.result.get("level") or 95)
        return level if level > 1 else 100 * level

    @property
    def interval_head(self) -> str:
        """What a table calls its confidence intervals: 95% CI."""
        return f"{self.level:g}% CI"

    @property
    def random(self) -> bool:
        """True if the model has a variance between studies."""
        return str(self.result.get("model", "random")) in ("random", "multilevel", "che", "multivariate")


@dataclass
class Facts:
    """Everything that the templates and tables read.

    Args:
        results: the files of results/.
        numbers: the number function over them.
        config: the review's settings: `review`, `final`, `searches`, `report`, and `analyses`, every one that runs with its
            specification.
        protocol: configured protocol leaves by top-level name.
        manuscript: texts that people wrote, by file name without .md.
        versions: package -> version, for the methods section.
        reference_ids: study id -> id of its primary report in the list of references.
    """

    results: Results
    numbers: Numbers
    config: Mapping[str, Any]
    protocol: Mapping[str, Any] = field(default_factory=dict)
    manuscript: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    reference_ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def review(self) -> Mapping[str, Any]:
        """The section `review` of config."""
        return self.config.get("review") or {}

    @property
    def title(self) -> str:
        """The review's title."""
        return str(self.review.get("title") or "Untitled review")

    @property
    def simulated(self) -> bool:
        """True if the data are invented."""
        return bool(self.review.get("simulated"))

    @cached_property
    def pending(self) -> Counter[tuple[str, ...]]:
        """How many tasks wait: (stage, what, who) -> rows of every pending.csv, in the order of the stages."""
        found: Counter[tuple[str, ...]] = Counter()
        for file in PENDING_FILES:
            if self.results.knows(file):
                found.update(self.results.grouped(file, ("stage", "what", "who")))
        return found

    @property
    def abstracts_shown(self) -> bool:
        """True if config says that abstracts may be shown; they are the vendors'."""
        return bool((self.config.get("report") or {}).get("show_abstracts"))

    @property
    def interim(self) -> bool:
        """True while anything is pending."""
        return bool(self.pending) or bool(self.results.json("flow/flow.json").get("interim"))

    @property
    def banner(self) -> str:
        """What every page says: simulated, interim, deviations that lack a reason or timing, or nothing."""
        unexplained = self.results.json("protocol/check.json").get("unexplained") or []
        words = f"Deviation without reason or timing: {', '.join(unexplained)}" if unexplained else ""
        return " · ".join(filter(None, [self.mark, "Interim" if self.interim else "", words]))

    @property
    def mark(self) -> str:
        """What every figure and table says by itself: that it is simulated, or nothing."""
        return "Simulated example" if self.simulated else ""

    @property
    def registration(self) -> Mapping[str, Any]:
        """Where and when the protocol was registered, {} if it was not."""
        return self.results.json("protocol/check.json").get("registration") or {}

    @property
    def searches(self) -> list[Mapping[str, Any]]:
        """The searches as configured, in order."""
        return list(self.config.get("searches") or [])

    @property
    def databases(self) -> list[str]:
        """Names of the databases, each once."""
        return list(dict.fromkeys(str(s["database"]) for s in self.searches))

    @cached_property
    def analyses(self) -> list[Analysis]:
        """All analyses: confirmatory, then sensitivity, then exploratory, each in the order of the protocol."""
        rows = {row["analysis"]: row for row in self.results.table("protocol/analyses.csv")}
        names = [*rows, *(n for n in self.results.analyses if n not in rows)]
        planned = list(self.protocol.get("analyses") or {})
        found = []
        for name in names:
            known = self.results.knows(f"analyses/{name}/result.json")
            row = rows.get(name, {})
            if not self.registration and row.get("stamp", "exploratory") != "exploratory":
                row = {**row, "stamp": "planned"}
            found.append(Analysis(name, self.results.analysis(name) if known else {}, row))

        def place(analysis: Analysis) -> tuple[int, int, str]:
            role = str(analysis.result.get("role") or analysis.row.get("role") or "")
            position = planned.index(analysis.name) if analysis.name in planned else len(planned)
            return _ROLES.get(role, 3), position, analysis.name

        return sorted(found, key=place)

    @property
    def run(self) -> list[Analysis]:
        """The analyses that have an estimate."""
        return [a for a in self.analyses if a.estimable]

    @property
    def main(self) -> Analysis | None:
        """The analysis that the abstract tells of: `primary`, else the first confirmatory one that has an estimate."""
        confirmatory = [a for a in self.run if a.result.get("role") == "confirmatory"]
        named = [a for a in self.run if a.name == "primary"]
        return next(iter([*named, *confirmatory]), None)

    @cached_property
    def studies(self) -> list[Row]:
        """The included studies."""
        return self.results.table("retrieval/studies.csv")

    @cached_property
    def labels(self) -> dict[str, str]:
        """Study id -> its label."""
        return {row["study_id"]: row.get("label") or row["study_id"] for row in self.studies}

    @cached_property
    def pooled_studies(self) -> list[str]:
        """Ids of the studies in at least one analysis that has an estimate."""
        return sorted({str(s) for a in self.run for s in a.result.get("studies") or []})

    @cached_property
    def records(self) -> dict[str, dict[str, Any]]:
        """record id -> bibliographic data, of the records of which the report names more than the number."""
        columns = [
            "record_id",
            "title",
            "authors",
            "year",
            "journal",
            "volume",
            "issue",
            "pages",
            "article_number",
            "doi",
            "publisher",
            "entry_type",
            "pmid",
            "databases",
            "url",
        ]
        if self.abstracts_shown:
            columns.append("abstract")
        wanted = {row.get("record_id", "") for row in self.results.table("retrieval/reports.csv")}
        for box in self.results.json("flow/flow.json").get("boxes") or {}:
            name = f"flow/ids/{box}.csv"
            if self.results.knows(name):
                wanted |= {next(iter(row.values())) for row in islice(self.results.rows(name), LISTED)}
        found = self.results.parquet("deduplication/records.parquet", columns, ("record_id", wanted))
        return {row["record_id"]: row for row in found}

    @cached_property
    def sources(self) -> Evidence:
        """Where each value was read."""
        return Evidence([row for row in self.results.table("extraction/sources.csv") if row.get("source_id")])

    def reason_label(self, identifier: str) -> str:
        """An exclusion reason's words."""
        for reason in self.protocol.get("exclusion_reasons") or []:
            if reason["id"] == identifier:
                return str(reason["label"])
        return identifier
