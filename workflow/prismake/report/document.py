"""The report as one document: facts, sentences, tables and figures put into the templates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from prismake.report import tables
from prismake.report.all_effects import all_effects
from prismake.report.bibliography import Bibliography, bibliography_of, read_entries
from prismake.report.blocks import Column, References, Table, Verbatim, labels
from prismake.report.certainty import summary_of_findings
from prismake.report.checklists import checklists
from prismake.report.citations import settle, with_citations
from prismake.report.effect_tables import effects
from prismake.report.facts import PENDING_FILES, Facts
from prismake.report.figures.catalogue import figures_of
from prismake.report.flowchart import flow_block
from prismake.report.formats import measure_name
from prismake.report.manuscript import check_citations, funding_in
from prismake.report.methods import TOOLS, Methods, Synthesis, as_rule
from prismake.report.plan_tables import codebook, entering
from prismake.report.prose import Document, Inline, Writer
from prismake.report.reading_tables import readings
from prismake.report.results_tables import (
    agreement,
    directions,
    drift_figure,
    moderators,
    not_pooled,
    predictions,
    registration,
    risk_of_bias,
)
from prismake.report.robustness_tables import kinds, levels_of_variance, publication_bias, robust_table, sensitivity
from prismake.report.second_opinion_tables import crosscheck_main, crosscheck_summary
from prismake.report.sentences import Sentences
from prismake.report.words import label_of, uncapitalised


def write_document(
    facts: Facts,
    templates: Sequence[Path],
    checklist_files: Sequence[Path] = (),
    bibliography: Bibliography | None = None,
    style: Path | None = None,
) -> Document:
    """The whole report of a review.

    Args:
        facts: the review.
        templates: folders with report.md.j2 and sections/, the review's own before the shipped ones.
        checklist_files: reporting checklists to fill in, in the order in which they are shown.
        bibliography: what may be cited; None for the included studies and the sources of the methods.
        style: the CSL style of citations; None for the shipped one.

    Raises KeyError for a number or a cited source that does not exist.
    """
    writer = Writer(templates, facts.numbers, citations=with_citations)
    sources = bibliography_of(facts, method_sources(templates)) if bibliography is None else bibliography
    references = References()
    facts = replace(facts, reference_ids={i: sources.names[i] for i in facts.labels if i in sources.names})
    said, planned = Sentences(writer, facts), Methods(writer, facts)
    provenance = Table(
        "provenance",
        "Numbers and where they come from",
        [Column(c) for c in ("Number", "As written", "Raw value", "File", "Where in it", "SHA-256")],
        [],
        "The numbers of the text. Those of the tables, and the full checksums, stand in results/report/numbers.csv.",
        file="report/numbers.csv",
    )
    writer.define(_context(facts, writer, said, planned, provenance))
    writer.define({"references": references, "included_sources": sources.included})
    writer.define({"checklists": checklists(facts, checklist_files, headings_of(templates))})
    document = writer.render("report.md.j2")
    shipped = next((folder / STYLE for folder in reversed(templates) if (folder / STYLE).is_file()), None)
    language = str((facts.config.get("report") or {}).get("language") or "en")
    references.items = settle(document, sources, style=style or shipped, own=style is None, language=language)
    _number(document)
    said_in_prose = {(i.number.id, i.number.form) for i in document.inlines if i.number is not None}
    rows = [row for row in facts.numbers.table() if (row["id"], row["format"]) in said_in_prose]
    provenance.rows = [[r["id"], r["text"], r["value"], r["file"], r["key"], r["sha256"][:12]] for r in rows]
    return document


STYLE = "author-date.csl"
METHOD_SOURCES = "method-sources.json"


def method_sources(templates: Sequence[Path]) -> list[dict[str, Any]]:
    """The shipped sources that the methods section cites."""
    found = [folder / METHOD_SOURCES for folder in reversed(templates) if (folder / METHOD_SOURCES).is_file()]
    return read_entries(found[0]) if found else []


def read_sources(
    facts: Facts, templates: Sequence[Path], files: Sequence[Path], manuscript: Sequence[Path]
) -> Bibliography:
    """All that may be cited: included studies, people's own sources in `files`, and those of the methods section.

    Raises InputFaults for a source that cannot be read, and for a citation in the texts that names none.
    """
    entries = [entry for path in files for entry in read_entries(path)]
    sources = bibliography_of(facts, [*entries, *method_sources(templates)])
    check_citations([path for path in manuscript if path.stem in facts.manuscript], sources.names)
    return sources


def _number(document: Document) -> None:
    """Write the numbers of tables and figures where the text refers to them."""
    numbers = labels(document.blocks)
    for position, item in enumerate(document.inlines):
        if item.target:
            known = item.target in numbers
            text = numbers[item.target] if known else "the " + item.target.partition("-")[0]
            document.inlines[position] = Inline(
                text, href=item.href if known else "", target=item.target if known else ""
            )


def headings_of(templates: Sequence[Path]) -> dict[str, str]:
    """Anchor -> words of every heading that the sections' templates bear themselves."""
    found = {}
    for folder in reversed(templates):
        for section in sorted(folder.glob("sections/*.md.j2")):
            text = section.read_text(encoding="utf-8")
            found.update({name: words for words, name in re.findall(r"^#+ ([^{}]+?) \{#([\w-]+)\}$", text, re.M)})
    return {"title": "Title page", **found}


def _context(facts: Facts, writer: Writer, said: Sentences, planned: Methods, provenance: Table) -> dict[str, Any]:
    protocol, numbers = facts.protocol, facts.numbers
    rob = protocol.get("risk_of_bias") or {}
    narrative = protocol.get("narrative_synthesis") or {}
    identified = [numbers.value(f"flow.{b}") for b in ("database_results", "register_results")]
    total = (
        sum(identified_ for identified_ in identified if identified_ is not None)
        if any(v is not None for v in identified)
        else None
    )
    removed = [numbers.value(f"flow.{b}") or 0 for b in ("excluded_automatic", "excluded_other")]
    flow_file = ["flow/flow.json"]
    dates = sorted(str(s["date"]) for s in facts.searches if s.get("date"))
    return {
        "facts": facts,
        "texts": facts.manuscript,
        "weave": writer.weave,
        "tables": _table_functions(facts),
        "flow_block": flow_block(facts),
        "figures_of": lambda what, which="": figures_of(facts, what, which),
        "drift": drift_figure(facts),
        "readings": partial(readings, facts),
        "further_figures": [f for a in facts.run for f in figures_of(facts, a.name, "further") if a is facts.main],
        "provenance": provenance,
        "verbatim": Verbatim,
        "doi_link": tables.doi_link,
        "pending_total": numbers.derived(
            "pending.total", facts.pending.total(), "count", PENDING_FILES, "rows of every pending.csv"
        ),
        "pooled_number": numbers.derived(
            "flow.total_studies_ma",
            len(facts.pooled_studies),
            "count",
            [f"analyses/{a.name}/result.json" for a in facts.run],
            "different studies in at least one analysis",
        ),
        "total_identified": numbers.derived(
            "flow.identified", total, "count", flow_file, "boxes.database_results + boxes.register_results"
        ),
        "removed_before": numbers.derived(
            "flow.removed_before", sum(removed), "count", flow_file, "boxes.excluded_automatic + boxes.excluded_other"
        ),
        "registration_warnings": said.registration_warnings(),
        "last_search": dates[-1] if dates else "",
        "rob_source": "method.rob2" if str(rob.get("tool", "")).startswith("rob2") else "",
        "rob_tool": TOOLS.get(str(rob.get("tool", "none")), ""),
        "rob_unit": rob.get("unit", ""),
        "rob_domains": [uncapitalised(name) for name in (rob.get("domains") or {}).values()],
        "rob_raters": _raters(writer, numbers, rob),
        "rob_overall": "The overall judgement is that of the worst domain." if rob.get("overall") == "worst" else "",
        "effect_measure": measure_name(str(protocol["effect_measure"])) if protocol.get("effect_measure") else "",
        "direction_positive": protocol.get("direction", "positive_favours_intervention")
        == "positive_favours_intervention",
        "narrative_planned": narrative.get("planned", False),
        "narrative_method": narrative.get("method", ""),
        "narrative_grouping": label_of(str(narrative.get("grouping") or "").removeprefix("study_")),
        "phases": [
            {"sentence": planned.phase(name, rule)} for name, rule in (protocol.get("screening") or {}).items() if rule
        ],
        "extraction_sentence": planned.extraction(),
        "outcomes_sentence": planned.outcomes(),
        "syntheses": planned.syntheses(),
        "titles_of": lambda synthesis: _titles(writer, synthesis),
        "explored": planned.explored(),
        "as_rule": as_rule,
        "one": 1,
        "all_dated": all(search.get("date") for search in facts.searches),
        "all_strings": all(search.get("string") for search in facts.searches),
        "agreement": said.agreement(),
        "reading": said.reading,
        "pi_reading": said.pi_reading,
        "main_model": said.main_model(),
        "main_standing": said.main_standing(),
        "funding": funding_in(facts.manuscript.get("other_information", "")),
        "main_reading": said.main_reading(),
        "rob_sentence": said.risk_of_bias(),
        "rob_done": bool(facts.results.table("risk_of_bias/overall.csv")),
        "narrated": bool(facts.results.table("narrative/directions.csv")),
        "screening_verb": said.screening_verb(),
        "subgroup_sentence": said.subgroup,
        "kinds_sentence": said.kinds,
        "sensitivity_sentence": said.sensitivity,
        "bias_sentence": said.bias,
        "claims_sentence": said.claims(),
        "narrative_sentences": said.narrative(),
        "prismake_version": facts.versions.get("prismake", ""),
        "software": [f"{name} {version}" for name, version in sorted(facts.versions.items()) if name != "prismake"],
    }


def _titles(writer: Writer, synthesis: Synthesis) -> Markup:
    """The analyses that were done alike, each with its stamp."""
    stamps = {a.name: uncapitalised(a.stamp_words).replace(" (", ", ").rstrip(")") for a in synthesis.analyses}
    return writer.listed(writer.say("“{}” (*{}*)", a.title, stamps[a.name]) for a in synthesis.analyses)


def _raters(writer: Writer, numbers: Any, rob: Mapping[str, Any]) -> Any:
    if not rob.get("raters"):
        return ""
    entry = numbers.leaf("risk_of_bias.raters", rob["raters"])
    return writer.counted(entry, "rater")


def _table_functions(facts: Facts) -> SimpleNamespace:
    """The tables by name, as templates call them."""
    plain = (
        "searches",
        "pending",
        "exclusion_reasons",
        "excluded_reports",
        "characteristics",
        "analyses",
        "deviations",
        "claims",
        "not_computed",
        "identities",
        "joined_by",
    )
    functions: dict[str, Any] = {name: partial(getattr(tables, name), facts) for name in plain}
    functions["studies"] = lambda: tables.studies_and_reports(facts)
    functions["effects"] = lambda a: effects(facts, a)
    functions["all_effects"] = lambda: all_effects(facts)
    functions["subgroups"] = lambda a, column: tables.subgroups(facts, a, column)
    for build in (sensitivity, publication_bias, moderators, predictions, levels_of_variance, kinds, robust_table):
        functions[build.__name__] = lambda a, build=build: build(facts, a)
    for whole in (
        crosscheck_main,
        crosscheck_summary,
        agreement,
        codebook,
        directions,
        entering,
        not_pooled,
        registration,
        risk_of_bias,
        summary_of_findings,
    ):
        functions[whole.__name__] = partial(whole, facts)
    return SimpleNamespace(**functions)
