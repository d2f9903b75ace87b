"""The flow diagram as boxes with numbers, for the report: the layout of the PRISMA 2020 template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prismake.flow.boxes import BOXES
from prismake.report.blocks import Flow, FlowBox, FlowStep
from prismake.report.facts import Facts
from prismake.report.numbers import Number

IDENTIFICATION, SCREENING, INCLUDED = "Identification", "Screening", "Included"


def flow_block(facts: Facts) -> Flow:
    """The whole diagram of a review, new or updated, with the arms that it has."""
    flow = facts.results.json("flow/flow.json")
    boxes = flow.get("boxes") or {}
    arms: list[tuple[str, tuple[FlowStep, ...]]] = []
    if boxes.get("previous_studies") is not None:
        previous = _box(
            facts,
            "previous_studies",
            "Previous studies",
            [
                ("Studies included in previous version of review", "previous_studies"),
                ("Reports of studies included in previous version of review", "previous_reports"),
            ],
        )
        arms.append(("Previous studies", (FlowStep(IDENTIFICATION, previous),)))
    arms.append(("Identification of studies via databases and registers", tuple(_databases(facts))))
    if boxes.get("other_sought_reports") is not None:
        arms.append(("Identification of studies via other methods", tuple(_other(facts))))
    notes = [] if not facts.interim else ["Interim: decisions are still pending, so the numbers will change."]
    return Flow(
        "flow",
        "PRISMA 2020 flow diagram",
        tuple(arms),
        tuple(_included(facts)),
        "flow/flow.svg",
        alt(facts),
        tuple(notes),
    )


def _n(facts: Facts, name: str) -> Number:
    return facts.numbers.entry("flow/flow.json", f"boxes.{name}", "count")


def _box(
    facts: Facts,
    id: str,
    label: str,
    lines: Iterable[tuple[str, str]],
    parts: Mapping[str, Iterable[tuple[str, Number]]] | None = None,
) -> FlowBox:
    """A box of named counts, those that the review does not have left out; `parts` divide the count of a line."""
    found: list[tuple[str, Number, bool]] = []
    for words, name in lines:
        if facts.numbers.has(f"flow.{name}"):
            found.append((words, facts.numbers.n(f"flow.{name}"), False))
            found += [(part, number, True) for part, number in (parts or {}).get(name, ())]
    return FlowBox(id, label, tuple(found))


def _parts(facts: Facts, key: str, label: str, **where: str) -> list[tuple[str, Number]]:
    """The parts of a count as flow.json lists them, those of no record left out."""
    items = facts.results.json("flow/flow.json").get(key) or []
    return [
        (str(item[label]), facts.numbers.entry("flow/flow.json", f"{key}.{i}.n", "count"))
        for i, item in enumerate(items)
        if (item["n"] or label == "name") and all(item.get(k) == v for k, v in where.items())
    ]


def _databases(facts: Facts) -> list[FlowStep]:
    identified = _box(
        facts,
        "database_results",
        "Records identified from",
        [("Databases", "database_results"), ("Registers", "register_results")],
        {
            "database_results": _parts(facts, "databases", "name"),
            "register_results": _parts(facts, "registers", "name"),
        },
    )
    removed = _box(
        facts,
        "duplicates",
        "Records removed before screening",
        [
            ("Duplicate records", "duplicates"),
            ("Marked as ineligible by automation tools", "excluded_automatic"),
            ("Removed for other reasons", "excluded_other"),
        ],
        {
            "excluded_automatic": _parts(facts, "excluded_before", "reason", kind="automatic"),
            "excluded_other": _parts(facts, "excluded_before", "reason", kind="other"),
        },
    )
    automation = _if_any(facts, "by automation tools", "records_excluded_automation")
    excluded = _box(facts, "records_excluded", "Records excluded", [("", "records_excluded"), *automation])
    return [
        FlowStep(IDENTIFICATION, identified, removed),
        FlowStep(SCREENING, _box(facts, "records_screened", "Records screened", [("", "records_screened")]), excluded),
        *_waiting(facts, "records_pending"),
        *_reports(facts, "dbr", "reasons"),
    ]


def _if_any(facts: Facts, words: str, name: str) -> list[tuple[str, str]]:
    return [(words, name)] if facts.numbers.value(f"flow.{name}") else []


def _waiting(facts: Facts, name: str) -> list[FlowStep]:
    """A box to the side for what is not decided yet, only where there is something."""
    if not facts.numbers.value(f"flow.{name}"):
        return []
    return [FlowStep(SCREENING, None, _box(facts, name, BOXES[name].label, [("", name)]))]


def _reports(facts: Facts, arm: str, reasons: str) -> list[FlowStep]:
    why = {f"{arm}_excluded": _parts(facts, reasons, "label")}
    rest = _if_any(facts, "Ongoing studies", f"{arm}_ongoing") + _if_any(
        facts, "Awaiting classification", f"{arm}_awaiting"
    )
    return [
        FlowStep(
            SCREENING,
            _box(facts, f"{arm}_sought_reports", "Reports sought for retrieval", [("", f"{arm}_sought_reports")]),
            _box(facts, f"{arm}_notretrieved_reports", "Reports not retrieved", [("", f"{arm}_notretrieved_reports")]),
        ),
        *_waiting(facts, f"{arm}_retrieval_pending"),
        FlowStep(
            SCREENING,
            _box(facts, f"{arm}_assessed", "Reports assessed for eligibility", [("", f"{arm}_assessed")]),
            _box(facts, f"{arm}_excluded", "Reports excluded", [("", f"{arm}_excluded"), *rest], why),
        ),
        *_waiting(facts, f"{arm}_fulltext_pending"),
    ]


def _other(facts: Facts) -> list[FlowStep]:
    names = ["website_results", "organisation_results", "citations_results", "contact_results", "other_method_results"]
    lines = [(BOXES[name].label, name) for name in names if facts.numbers.value(f"flow.{name}")]
    identified = _box(facts, "other_identified", "Records identified from", lines)
    dropped = _if_any(facts, "Also found in databases or registers", "other_duplicates") + _if_any(
        facts, "Not sought", "other_not_sought"
    )
    side = _box(facts, "other_duplicates", "Not taken further", dropped) if dropped else None
    return [FlowStep(IDENTIFICATION, identified, side), *_reports(facts, "other", "other_reasons")]


def _included(facts: Facts) -> list[FlowBox]:
    boxes = [
        _box(
            facts,
            "new_studies",
            "Included in review" if not facts.numbers.has("flow.previous_studies") else "New in this version",
            [("Studies", "new_studies"), ("Reports of included studies", "new_reports")]
            + _if_any(facts, "Included reports not yet linked to a study", "unlinked_reports"),
        )
    ]
    if facts.numbers.has("flow.previous_studies"):
        boxes.append(
            _box(
                facts,
                "total_studies",
                "Included in review",
                [("Studies", "total_studies"), ("Reports of included studies", "total_reports")],
            )
        )
    files = [f"analyses/{a.name}/result.json" for a in facts.run]
    pooled = facts.numbers.derived(
        "flow.total_studies_ma", len(facts.pooled_studies), "count", files, "different studies in at least one analysis"
    )
    return (
        [*boxes, FlowBox("total_studies_ma", "Included in meta-analysis", (("Studies", pooled, False),))]
        if files
        else boxes
    )


def alt(facts: Facts) -> str:
    """The diagram in one sentence, for those who do not see it."""
    said = [
        f"{words} {_n(facts, name).text}"
        for words, name in (
            ("source records identified", "database_results"),
            ("duplicates removed", "duplicates"),
            ("records screened", "records_screened"),
            ("records excluded", "records_excluded"),
            ("reports sought", "dbr_sought_reports"),
            ("reports not retrieved", "dbr_notretrieved_reports"),
            ("reports assessed", "dbr_assessed"),
            ("reports excluded", "dbr_excluded"),
            ("studies included", "total_studies"),
        )
    ]
    return "PRISMA 2020 flow diagram: " + ", ".join(said) + "."
