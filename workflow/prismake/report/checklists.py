"""Reporting checklists, filled in: where in the report each item stands, and which are not reported yet, first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prismake.report.blocks import Cell, Column, Content, Table
from prismake.report.certainty import certainty_rated
from prismake.report.facts import Facts
from prismake.report.manuscript import funding_in
from prismake.report.results_tables import agreement_pairs

# What an item needs -> what to do where it is not there.
NEEDS = {
    "affiliations": "give the authors with their affiliations, one of them as corresponding author",
    "agreement": "let two reviewers decide on the same records",
    "harms": "say in results.md or discussion.md which adverse effects studies reported, or that none did",
    "included": "include studies",
    "title": "name the review a systematic review in its title",
    "question": "write the question into the protocol",
    "background": "write background.md",
    "eligibility": "write the eligibility criteria into the protocol",
    "searches": "configure the searches",
    "search_dates": "give each search its date",
    "platforms": "give each search its platform",
    "registers": "no register was searched: say why in methods.md",
    "limits": "give each search its limits, or `none`",
    "strings": "give each search its string",
    "selection": "write the screening rules into the protocol",
    "extraction": "write the extraction rules into the protocol",
    "outcomes": "write the outcomes into the protocol",
    "characteristics": "extract the studies' characteristics",
    "risk_of_bias_tool": "name the risk-of-bias tool in the protocol",
    "risk_of_bias": "assess the studies' risk of bias",
    "effect_measure": "name the effect measure in the protocol",
    "analyses": "plan the analyses in the protocol",
    "heterogeneity_explored": "plan subgroups or moderators, or say why there are none",
    "sensitivity": "plan sensitivity analyses, or say why there are none",
    "publication_bias": "plan an assessment of reporting bias, or say why there is none",
    "certainty": "write about the certainty of the evidence in other_information.md",
    "flow": "screen the records",
    "excluded": "record the reasons for exclusion in full text",
    "effects": "extract results from which effects can be computed",
    "results": "no analysis has a result",
    "conclusions": "write conclusions.md, limitations included",
    "discussion": "write discussion.md",
    "limitations": "say in discussion.md what limits the evidence and the review",
    "implications": "say in discussion.md what follows for practice, policy and research",
    "registration": "register the protocol, or say that it was not",
    "registration_address": "give the registration's DOI or address",
    "other_information": "write other_information.md (funding, interests, availability)",
    "funding": "say in other_information.md who paid, under the heading Funding",
    "funding_in_abstract": "say in other_information.md who paid, under the heading Funding; the abstract repeats it",
    "other_methods": "say in the protocol which other methods were used, or none",
    "methods_text": "write methods.md",
    "grouping": "name the grouping of the narrative synthesis in the protocol",
    "narrative_method": "name the method of the narrative synthesis in the protocol",
    "narrative": "record directions of effect",
}


def met(facts: Facts) -> dict[str, bool]:
    """Need -> whether the report has it."""
    protocol, texts = facts.protocol, facts.manuscript
    searches = facts.searches
    narrative = protocol.get("narrative_synthesis") or {}
    specs: list[Any] = [a.result for a in facts.analyses] + list((protocol.get("analyses") or {}).values())

    def every(key: str) -> bool:
        return bool(searches) and all(search.get(key) for search in searches)

    def planned(*keys: str) -> bool:
        return any(spec.get(key) for spec in specs for key in keys)

    authors = facts.review.get("authors") or []
    told = " ".join(texts.get(part, "") for part in ("results", "discussion")).lower()
    discussed = " ".join(texts.get(part, "") for part in ("discussion", "conclusions")).lower()
    return {
        "affiliations": bool(authors)
        and all(a.get("affiliation") for a in authors)
        and any(a.get("corresponding") for a in authors),
        "agreement": any(agreement_pairs(facts)),
        "harms": bool(re.search(r"\b(?:adverse|harm|side.effect|deteriorat)", told)),
        "limitations": bool(re.search(r"\blimit|\bweakness", discussed)),
        "implications": bool(re.search(r"\bimplication|\bimplies|\bpractice|\bpolic|\bfuture|\bresearch", discussed)),
        "funding": bool(funding_in(texts.get("other_information", ""))),
        "funding_in_abstract": bool(
            re.search(r"\bfund", texts["abstract"], re.I)
            if "abstract" in texts
            else funding_in(texts.get("other_information", ""))
        ),
        "included": bool(facts.studies),
        "title": "review" in facts.title.lower() or "meta-analysis" in facts.title.lower(),
        "question": bool(protocol.get("question") or "objectives" in texts),
        "background": "background" in texts,
        "eligibility": bool(protocol.get("eligibility")),
        "searches": bool(searches),
        "search_dates": every("date"),
        "platforms": every("platform"),
        "limits": every("limits"),
        "strings": every("string"),
        "registers": any(search.get("kind") == "register" for search in searches),
        "selection": bool(protocol.get("screening")),
        "extraction": bool(protocol.get("extraction")),
        "outcomes": bool(protocol.get("outcomes")),
        "characteristics": bool(facts.results.table("extraction/characteristics.csv")),
        "risk_of_bias_tool": (protocol.get("risk_of_bias") or {}).get("tool", "none") != "none",
        "risk_of_bias": bool(facts.results.table("risk_of_bias/overall.csv")),
        "effect_measure": bool(protocol.get("effect_measure")),
        "analyses": bool(facts.analyses),
        "heterogeneity_explored": planned("subgroups", "moderators"),
        "sensitivity": planned("sensitivity"),
        "publication_bias": planned("publication_bias"),
        "certainty": certainty_rated(facts) or "certainty" in texts.get("other_information", "").lower(),
        "flow": bool(facts.numbers.value("flow.records_screened")),
        "excluded": bool(facts.numbers.value("flow.dbr_excluded")),
        "effects": bool(facts.results.table("effects/effects.csv")),
        "results": bool(facts.run),
        "conclusions": "conclusions" in texts or "abstract" in texts,
        "discussion": "discussion" in texts,
        "registration": bool(facts.registration),
        "registration_address": bool(facts.registration.get("doi") or facts.registration.get("url")),
        "other_information": "other_information" in texts,
        "other_methods": bool(protocol.get("other_methods")),
        "methods_text": "methods" in texts,
        "grouping": bool(narrative.get("grouping")),
        "narrative_method": bool(narrative.get("method")),
        "narrative": bool(facts.results.table("narrative/directions.csv")),
    }


def read_checklist(path: Path) -> dict[str, Any]:
    """A checklist: `title`, and `items` with item, topic, asks, where, needs.

    Raises ValueError for an item that needs what `NEEDS` does not know.
    """
    import yaml

    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    unknown = {need for item in content["items"] for need in item["needs"]} - set(NEEDS)
    if unknown:
        raise ValueError(f"{path.name}: unknown needs {', '.join(sorted(unknown))}")
    return content


def checklist_table(name: str, content: dict[str, Any], facts: Facts, headings: dict[str, str]) -> Table:
    """A checklist as a table: what is missing first, then where each item stands.

    Args:
        headings: anchor -> words of the report's headings.
    """
    have = met(facts)
    missing: list[list[Content]] = []
    reported: list[list[Content]] = []
    for item in content["items"]:
        lacking = [need for need in item["needs"] if not have[need]]
        where: Content = Cell(headings.get(item["where"], item["where"]), href=f"#{item['where']}")
        if lacking:
            where = Cell("Not reported yet: " + "; ".join(NEEDS[need] for need in lacking), mark="not reported")
        row: list[Content] = [Cell(item["item"], sort=_order(item["item"])), item["topic"], item["asks"], where]
        (missing if lacking else reported).append(row)
    heads = [Column("Item"), Column("Topic"), Column("What it asks", prose=True), Column("Where", prose=True)]
    note = " ".join(
        part
        for part in (content.get("note", ""), "Items that are not reported yet stand first." if missing else "")
        if part
    )
    return Table(f"checklist-{name}", content["title"], heads, missing + reported, note)


def _order(item: str) -> str:
    digits = "".join(c for c in item if c.isdigit())
    return f"{int(digits):03d}{item[len(digits) :]}"


def checklists(facts: Facts, paths: Sequence[Path], headings: dict[str, str]) -> list[Table]:
    """All checklists that apply: SWiM only where a narrative synthesis is planned, MARS only where a meta-analysis is;
    that of PRISMA 2020 first."""
    applies = {
        "swim": bool((facts.protocol.get("narrative_synthesis") or {}).get("planned")),
        "mars": bool(facts.analyses or facts.protocol.get("analyses")),
    }
    chosen = [p for p in paths if applies.get(p.stem, True)]
    chosen.sort(key=lambda p: (not p.stem.startswith("prisma_2020"), p.stem))
    return [checklist_table(p.stem, read_checklist(p), facts, headings) for p in chosen]
