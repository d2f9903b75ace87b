"""A protocol as answers to a registration form, as Markdown to paste.

Three forms: the Generalized Systematic Review Registration form (van den Akker et al. 2023, Syst. Rev. 12, 170; items by
our names, see `prismake.audit.osf`), and crosswalks from its items to the topics that PROSPERO and PRISMA-P ask about.
The topics are in our words; the registry's own wording and order decide. Narrative answers are quoted; what the
comparable leaves hold is put into sentences below them, so that the text registered and the settings run are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prismake.audit.osf import ITEMS, LABELS

FORMS = ("generalized", "prospero", "prisma-p")

# Topic -> the items, or parts of the protocol (`part:...`), that answer it.
PROSPERO = {
    "Title of the review": "title",
    "Title in the original language": "",
    "Anticipated or actual start": "start_date",
    "Anticipated completion": "end_date",
    "Stage at the time of registration": "current_stage review_stages",
    "Contact person, e-mail, address and telephone": "",
    "Organisation": "",
    "Team members and their affiliations": "authors tasks_and_roles",
    "Funding and sponsors": "funding",
    "Grant numbers": "",
    "Conflicts of interest": "cois",
    "Collaborators outside the team": "",
    "Review question": "primary_research_question secondary_research_question",
    "Searches": "databases interfaces grey_literature other_search_strategies search_expiration_and_repetition "
    "procedure_for_contacting_authors",
    "Search strategy": "query_strings",
    "Condition or domain": "target_discipline background",
    "Participants or population": "part:population",
    "Intervention or exposure": "part:intervention",
    "Comparator or control": "part:comparator",
    "Types of study": "part:design",
    "Context": "part:setting",
    "Main outcomes": "part:main_outcomes",
    "Additional outcomes": "part:additional_outcomes",
    "Measures of effect": "part:effect_measure",
    "Selection of studies and extraction of data": "screening_stages screener_instructions screening_reliability "
    "screening_reconciliation_procedure entities_to_extract extraction_stages extraction_reliability "
    "extraction_reconciliation_procedure missing_data",
    "Assessment of risk of bias": "quality_assessment",
    "Strategy of the synthesis": "planned_data_transformations synthesis_plan criteria_for_conclusions publication_bias "
    "sensitivity_analysis",
    "Analysis of subgroups": "part:subgroups",
    "Type and method of the review": "type_of_review",
    "Language of the review": "",
    "Country": "",
    "Other registrations": "part:registration",
    "Published protocol": "",
    "Plans for dissemination": "",
    "Keywords": "",
    "Earlier reviews of the same topic by the team": "overlapping_authorships",
    "Current status": "current_stage",
    "Further information": "software misc_search misc_screening misc_extraction misc_synthesis",
    "Reference of the final report": "",
}

PRISMA_P = {
    "1a Title: identification as a protocol": "title type_of_review",
    "1b Title: update of an earlier review": "part:update_of",
    "2 Registration: registry and number": "part:registration",
    "3a Authors: names, affiliations, contact": "authors",
    "3b Authors: contributions": "tasks_and_roles",
    "4 Amendments: how they are documented": "part:amendments",
    "5a Support: sources": "funding",
    "5b Support: sponsor": "",
    "5c Support: role of the funder or sponsor": "",
    "6 Rationale": "background",
    "7 Objectives": "primary_research_question secondary_research_question expectations_hypotheses "
    "ivs_intervention_treatment dvs_outcomes_main_vars",
    "8 Eligibility criteria": "inclusions_exclusion_criteria used_exclusion_criteria",
    "9 Information sources": "databases interfaces grey_literature other_search_strategies "
    "procedure_for_contacting_authors",
    "10 Search strategy": "query_strings search_validation_procedure",
    "11a Study records: management of data": "screening_data_management extraction_data_management software",
    "11b Study records: selection": "screening_stages screened_fields_masking screener_instructions "
    "screening_reliability screening_reconciliation_procedure",
    "11c Study records: collection of data": "extraction_stages extractor_instructions extractor_blinding "
    "extraction_reliability extraction_reconciliation_procedure missing_data",
    "12 Data items": "entities_to_extract additional_variables planned_data_transformations",
    "13 Outcomes and their priority": "dvs_outcomes_main_vars",
    "14 Risk of bias in studies": "quality_assessment",
    "15a Synthesis: when data are pooled": "criteria_for_conclusions",
    "15b Synthesis: quantitative": "part:effect_measure synthesis_plan",
    "15c Synthesis: additional analyses": "sensitivity_analysis part:subgroups",
    "15d Synthesis: without pooling": "part:narrative_synthesis",
    "16 Biases across studies": "publication_bias",
    "17 Confidence in the evidence": "part:certainty",
}


def label(item: str) -> str:
    """The heading of an item, as the form has it; the import recognises each (`osf.item_of`)."""
    return LABELS.get(item, item.replace("_", " ").capitalize())


def answers(protocol: Mapping[str, Any], review: Mapping[str, Any] | None = None, software: str = "") -> dict[str, str]:
    """Item or `part:...` -> its answer: the narrative one, then what the comparable leaves hold; "" where neither does.

    Args:
        protocol: the content of config/protocol.yaml; the registered values, before any deviation.
        review: the key `review` of config/config.yaml.
        software: what the review is built with.
    """
    registered = protocol.get("registered", {})
    narrative = {key: text.strip() for key, text in (registered.get("narrative") or {}).items() if text}
    drafted = {**_general(protocol, review or {}, software), **_search(registered), **_screening(registered),
               **_extraction(registered), **_synthesis(registered)}  # fmt: skip
    instead = {"title", "authors", "software", "primary_research_question", "type_of_review"}  # one answer is enough
    found = {}
    for item in [*(name for names in ITEMS.values() for name in names.split()), *drafted]:
        parts = [narrative.get(item, ""), drafted.get(item, "")]
        found[item] = parts[0] if parts[0] and item in instead else "\n\n".join(part for part in parts if part)
    return found


def to_markdown(
    form: str, protocol: Mapping[str, Any], review: Mapping[str, Any] | None = None, software: str = ""
) -> str:
    """The protocol as one of `FORMS`, in Markdown: headings with the answers; crosswalks begin with their table.

    Raises:
        ValueError: if there is no such form.
    """
    found = answers(protocol, review, software)
    if form == "generalized":
        return _generalized(found, _other_answers(protocol))
    if form not in FORMS:
        raise ValueError(form)
    topics = PROSPERO if form == "prospero" else PRISMA_P
    name = "PROSPERO" if form == "prospero" else "PRISMA-P"
    lines = [f"# The protocol by the topics of {name}", "", f"The topics are in our words; {name}'s own wording decides.",
             "", "| Topic | Items of the Generalized form, or part of the protocol | Answered |", "|---|---|---|"]  # fmt: skip
    for topic, items in topics.items():
        named = [_source(item) for item in items.split()]
        answered = "yes" if any(found.get(item) for item in items.split()) else "no"
        lines.append(f"| {topic} | {'; '.join(named) or 'to be typed there'} | {answered} |")
    for topic, items in topics.items():
        texts = [found.get(item, "") for item in items.split()]
        lines += ["", f"## {topic}", "", "\n\n".join(text for text in texts if text) or "*Unanswered.*"]
    return "\n".join(lines) + "\n"


def _other_answers(protocol: Mapping[str, Any]) -> dict[str, str]:
    """Question -> answer of the narrative that belongs to another form."""
    known = {name for names in ITEMS.values() for name in names.split()}
    narrative = protocol.get("registered", {}).get("narrative") or {}
    return {question: text.strip() for question, text in narrative.items() if text and question not in known}


def _generalized(found: Mapping[str, str], others: Mapping[str, str]) -> str:
    names = [name for items in ITEMS.values() for name in items.split()]
    filled = sum(bool(found[name]) for name in names)
    lines = ["# Answers to the Generalized Systematic Review Registration form", "",
             f"{filled} of {len(names)} items are answered; none is mandatory."]  # fmt: skip
    for section, items in ITEMS.items():
        lines += ["", f"## {section.capitalize()}"]
        for item in items.split():
            lines += ["", f"### {label(item)}", "", found[item] or "*Unanswered.*"]
    if others:
        lines += ["", "## Answers to questions that this form does not ask"]
    for question, text in others.items():
        lines += ["", f"### {question}", "", text]
    return "\n".join(lines) + "\n"


def _source(item: str) -> str:
    return item.removeprefix("part:").replace("_", " ") if item.startswith("part:") else label(item)


def _listed(rows: Iterable[str]) -> str:
    return "\n".join(f"- {row}" for row in rows)


def _words(value: Any) -> str:
    """A value of the protocol in words: lists with commas, mappings as `name: value`, no value as `any`."""
    if isinstance(value, Mapping):
        return "; ".join(f"{str(key).replace('_', ' ')}: {_words(child)}" for key, child in value.items())
    if isinstance(value, list):
        return ", ".join(_words(child) for child in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _general(protocol: Mapping[str, Any], review: Mapping[str, Any], software: str) -> dict[str, str]:
    registered, registration = protocol.get("registered", {}), protocol.get("registration") or {}
    authors = [
        author["name"] + (f" ({author['affiliation']})" if author.get("affiliation") else "")
        for author in review.get("authors", [])
    ]
    analyses = registered.get("analyses") or {}
    return {
        "title": str(review.get("title", "")),
        "authors": "; ".join(authors),
        "type_of_review": f"Systematic review with {'meta-analysis' if analyses else 'narrative synthesis'}",
        "primary_research_question": str(registered.get("question") or "").strip(),
        "software": software,
        "part:registration": _words({key: registration[key] for key in sorted(registration) if registration[key]}),
        "part:update_of": str(review.get("update_of") or ""),
        "part:amendments": "Every change after registration is logged with the setting that it changes, its reason and its "
        "timing, and is shown in the report beside the registered setting.",
    }


def _search(registered: Mapping[str, Any]) -> dict[str, str]:
    databases = (registered.get("databases") or {}).values()
    eligibility = {key: text for key, text in (registered.get("eligibility") or {}).items() if text}
    strings = [
        f"**{base['name']}**"
        + "".join(
            f"; {words} {base[key]}"
            for key, words in (("from", "from"), ("to", "to"), ("limits", "limits:"))
            if base.get(key)
        )
        + f"\n\n```\n{str(base['string']).strip()}\n```"
        for base in databases
        if base.get("string")
    ]
    return {
        "databases": _listed(base["name"] for base in databases),
        "interfaces": _listed(f"{base['name']}: {base['platform']}" for base in databases if base.get("platform")),
        "query_strings": "\n\n".join(strings),
        "other_search_strategies": _listed(registered.get("other_methods") or []),
        "inclusions_exclusion_criteria": _listed(
            f"{key.replace('_', ' ').capitalize()}: {str(text).strip()}" for key, text in eligibility.items()
        ),
        **{f"part:{key}": str(text).strip() for key, text in eligibility.items()},
    }


def _screening(registered: Mapping[str, Any]) -> dict[str, str]:
    phases = {
        name: phase
        for key, name in (("title_abstract", "Titles and abstracts"), ("full_text", "Full texts"))
        if (phase := (registered.get("screening") or {}).get(key))
    }
    how = {"adjudicator": "a further person decides", "consensus": "the reviewers agree on one decision",
           "any_include": "one vote to include is enough", "single": "one reviewer decides"}  # fmt: skip
    stages = [
        f"{name}: {phase['reviewers']} {'reviewer' if phase['reviewers'] == 1 else 'reviewers'} for each record"
        + (", independently" if phase.get("independent") else "")
        + (f"; an undecided vote counts as {phase['maybe_as']}" if phase.get("maybe_as") else "")
        for name, phase in phases.items()
    ]
    reasons = [reason["label"] for reason in registered.get("exclusion_reasons") or []]
    return {
        "screening_stages": _listed(stages),
        "used_exclusion_criteria": "In this order, the first that holds being the primary reason:\n\n"
        + "\n".join(f"{number}. {reason}" for number, reason in enumerate(reasons, 1))
        if reasons
        else "",
        "screening_reliability": _listed(
            f"{name}: at least kappa = {phase['min_kappa']}" for name, phase in phases.items() if phase.get("min_kappa")
        ),
        "screening_reconciliation_procedure": _listed(
            f"{name}: where votes differ, {how.get(phase['reconcile'], phase['reconcile'])}"
            for name, phase in phases.items()
            if phase.get("reconcile")
        ),
        "sampling_and_sample_size": _listed(
            f"{name}: {phase['stopping_rule']}" for name, phase in phases.items() if phase.get("stopping_rule")
        ),
    }


def _extraction(registered: Mapping[str, Any]) -> dict[str, str]:
    outcomes, extraction = registered.get("outcomes") or {}, registered.get("extraction") or {}
    bias, comparisons = registered.get("risk_of_bias") or {}, registered.get("comparisons") or {}

    def named(roles: set[str | None]) -> str:
        return _listed(
            f"{outcome.get('label', key)}"
            + (f" ({outcome['role']})" if outcome.get("role") else "")
            + (f"; by {_words(outcome['instruments'])}" if outcome.get("instruments") else "")
            + (f"; at {_words(outcome['timepoints'])}" if outcome.get("timepoints") else "")
            for key, outcome in outcomes.items()
            if outcome.get("role") in roles
        )

    n = extraction.get("extractors")
    return {
        "dvs_outcomes_main_vars": named({"primary", "secondary", None}),
        "part:main_outcomes": named({"primary"}),
        "part:additional_outcomes": named({"secondary", None}),
        "ivs_intervention_treatment": _listed(
            f"{words}: {_words(comparisons[key])}"
            for key, words in (("intervention", "Intervention"), ("comparators", "Compared with"))
            if comparisons.get(key)
        ),
        "extraction_reliability": f"{n} {'person extracts' if n == 1 else 'people extract'} each study." if n else "",
        "extraction_reconciliation_procedure": f"Differences are settled by {extraction['reconcile']}."
        if extraction.get("reconcile")
        else "",
        "quality_assessment": _listed(
            f"{key.replace('_', ' ').capitalize()}: {_words(list(value.values()) if key == 'domains' else value)}"
            for key, value in bias.items()
            if value is not None
        ),
    }


def _synthesis(registered: Mapping[str, Any]) -> dict[str, str]:
    analyses = registered.get("analyses") or {}
    narrative = registered.get("narrative_synthesis") or {}
    skipped = {"role", "title", "favours", "sensitivity", "publication_bias"}
    plans = [
        f"{spec['title']} (`{name}`, {spec['role']}): "
        + "; ".join(f"{key.replace('_', ' ')} {_words(value)}" for key, value in spec.items()
                    if key not in skipped and value is not None)
        for name, spec in analyses.items()
    ]  # fmt: skip

    def by_analysis(key: str) -> str:
        return _listed(f"`{name}`: {_words(spec[key])}" for name, spec in analyses.items() if spec.get(key))

    measure = str(registered.get("effect_measure") or "")
    planned = _words(narrative) if narrative.get("planned") else ""
    transformations = [
        f"{words}: {_words(registered[key])}"
        for key, words in (
            ("effect_measure", "Effect measure"),
            ("effect_options", "Options"),
            ("direction", "Direction"),
        )
        if registered.get(key)
    ]
    return {
        "planned_data_transformations": _listed(transformations),
        "synthesis_plan": "\n\n".join(
            part for part in (_listed(plans), f"Narrative synthesis: {planned}" if planned else "") if part
        ),
        "publication_bias": by_analysis("publication_bias"),
        "sensitivity_analysis": _listed(
            [f"`{name}`: {spec['title']}" for name, spec in analyses.items() if spec["role"] == "sensitivity"]
            + [f"`{name}`: {_words(spec['sensitivity'])}" for name, spec in analyses.items() if spec.get("sensitivity")]
        ),
        "part:effect_measure": measure,
        "part:subgroups": "\n".join(part for part in (by_analysis("subgroups"), by_analysis("moderators")) if part),
        "part:narrative_synthesis": planned,
    }
