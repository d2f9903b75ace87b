"""Import of a registration from the OSF's saved API responses.

Three responses make a registration readable without the network: `/v2/registrations/{guid}/`, its `schema_responses/` (the
original answers and each later revision), and the `schema_blocks/` of its form. Blocks are ordered by index; a
`question-label` opens a group, the input block of that group carries the key of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prismake.messages.faults import Faults

# Items of the Generalized Systematic Review registration form (van den Akker et al. 2023, Syst. Rev. 12), by our names.
ITEMS = {
    "metadata": "title authors target_discipline tasks_and_roles",
    "methods": "type_of_review review_stages current_stage start_date end_date background primary_research_question "
    "secondary_research_question expectations_hypotheses dvs_outcomes_main_vars ivs_intervention_treatment "
    "additional_variables software funding cois overlapping_authorships",
    "search": "databases interfaces grey_literature inclusions_exclusion_criteria query_strings "
    "search_validation_procedure other_search_strategies procedure_for_contacting_authors "
    "results_of_contacting_authors search_expiration_and_repetition search_strategy_justification misc_search",
    "screening": "screening_stages screened_fields_masking used_exclusion_criteria screener_instructions "
    "screening_reliability screening_reconciliation_procedure sampling_and_sample_size screening_justification "
    "screening_data_management misc_screening",
    "extraction": "entities_to_extract extraction_stages extractor_instructions extractor_blinding "
    "extraction_reliability extraction_reconciliation_procedure extraction_justification extraction_data_management "
    "misc_extraction",
    "synthesis": "planned_data_transformations missing_data data_validation quality_assessment synthesis_plan "
    "criteria_for_conclusions synthesis_masking synthesis_reliability synthesis_reconciliation_procedure "
    "publication_bias sensitivity_analysis synthesis_justification synthesis_data_management misc_synthesis",
}
_NAMES = {name: section for section, names in ITEMS.items() for name in names.split()}

# Labels whose words are not our name's.
_SYNONYMS = {
    "research_question": "primary_research_question",
    "primary_research_question_s": "primary_research_question",
    "secondary_research_question_s": "secondary_research_question",
    "expectations_hypotheses": "expectations_hypotheses",
    "expectations": "expectations_hypotheses",
    "hypotheses": "expectations_hypotheses",
    "dependent_variable_s_outcome_s_main_variables": "dvs_outcomes_main_vars",
    "outcomes": "dvs_outcomes_main_vars",
    "independent_variable_s_intervention_s_treatment_s": "ivs_intervention_treatment",
    "additional_variable_s_covariate_s": "additional_variables",
    "conflicts_of_interest": "cois",
    "inclusion_and_exclusion_criteria": "inclusions_exclusion_criteria",
    "inclusion_exclusion_criteria": "inclusions_exclusion_criteria",
    "query_string_s": "query_strings",
    "search_string_s": "query_strings",
    "screened_fields_blinding": "screened_fields_masking",
    "screened_fields_masking": "screened_fields_masking",
    "sensitivity_analyses": "sensitivity_analysis",
    "risk_of_bias": "quality_assessment",
}


@dataclass(frozen=True)
class Question:
    """One question of the form: key of its answer, section, label, help text, options, whether it is required."""

    key: str
    section: str
    label: str
    help: str = ""
    options: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Revision:
    """One version of the answers: number from 1, date submitted, justification, keys that it changed."""

    version: int
    submitted: str
    justification: str
    changed: tuple[str, ...]
    responses: Mapping[str, Any]


@dataclass(frozen=True)
class Registration:
    """A registration with its questions in the order of the form and its revisions in the order of their dates."""

    guid: str
    doi: str
    registered: str
    title: str
    schema: str
    embargoed: bool
    questions: tuple[Question, ...]
    revisions: tuple[Revision, ...]
    faults: Faults = field(default_factory=Faults, compare=False)


def pages(responses: Any) -> list[dict[str, Any]]:
    """All items of one response, or of a list of pages."""
    if isinstance(responses, Mapping):
        responses = [responses]
    items: list[dict[str, Any]] = []
    for page in responses:
        data = page.get("data", [])
        items.extend([data] if isinstance(data, Mapping) else data)
    return items


def questions_of(blocks: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """The questions of a form from its schema blocks."""
    ordered = sorted((b.get("attributes", b) for b in blocks), key=lambda block: block.get("index") or 0)
    page, section, found = "", "", []
    label: dict[str, str] = {}
    options: dict[str, list[str]] = {}
    for block in ordered:
        kind, group = block.get("block_type", ""), block.get("schema_block_group_key") or ""
        text = (block.get("display_text") or "").strip()
        if kind in ("page-heading", "section-heading"):
            page = section = text
        elif kind == "subsection-heading":
            section = f"{page}: {text}" if page else text
        elif kind == "question-label":
            label[group] = text
        elif kind in ("select-input-option", "select-other-option"):
            options.setdefault(group, []).append(text)
        elif block.get("registration_response_key"):
            found.append((block, group, section, text))
    return tuple(
        Question(
            key=block["registration_response_key"],
            section=where,
            label=label.get(group) or text or where,
            help=(block.get("help_text") or "").strip(),
            options=tuple(options.get(group, ())),
            required=bool(block.get("required")),
        )
        for block, group, where, text in found
    )


def item_of(label: str) -> str | None:
    """Our name of a question of the Generalized form by its label, None where it is no such question."""
    name = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
    name = _SYNONYMS.get(name, name)
    return name if name in _NAMES else None


def read_registration(
    registration: Any, schema_responses: Any, schema_blocks: Any, faults: Faults
) -> Registration | None:
    """Join the three saved responses; None (with an error) where the registration is withdrawn or not readable.

    An embargoed registration is a warning: readers cannot see it yet.
    """
    items = pages(registration)
    if len(items) != 1:
        faults.error("no-registration", f"the first response holds {len(items)} registrations", expected="one")
        return None
    attributes = items[0].get("attributes", {})
    guid = str(items[0].get("id", ""))
    if attributes.get("withdrawn"):
        why = str(attributes.get("withdrawal_justification") or "").strip()
        faults.error(
            "registration-withdrawn",
            f"the registration {guid} is withdrawn" + (f" ({why})" if why else ""),
            value=guid,
            mend="name the registration that holds, or say in config/deviations.yaml why there is none",
        )
        return None
    if attributes.get("embargoed"):
        faults.warning(
            "registration-embargoed", f"the registration {guid} is embargoed: readers cannot see it yet", value=guid
        )
    revisions = _revisions(pages(schema_responses), attributes)
    return Registration(
        guid=guid,
        doi=str(attributes.get("doi") or f"10.17605/OSF.IO/{guid.upper()}"),
        registered=str(attributes.get("date_registered") or "")[:10],
        title=str(attributes.get("title") or ""),
        schema=str(attributes.get("registration_supplement") or ""),
        embargoed=bool(attributes.get("embargoed")),
        questions=questions_of(pages(schema_blocks)),
        revisions=revisions,
        faults=faults,
    )


def _revisions(items: Sequence[Mapping[str, Any]], registration: Mapping[str, Any]) -> tuple[Revision, ...]:
    approved = [
        i.get("attributes", {}) for i in items if i.get("attributes", {}).get("reviews_state", "approved") == "approved"
    ]
    ordered = sorted(approved, key=lambda a: (not a.get("is_original_response"), str(a.get("date_submitted") or "")))
    if not ordered:
        ordered = [
            {
                "revision_responses": registration.get("registration_responses") or _old(registration),
                "date_submitted": registration.get("date_registered"),
            }
        ]
    return tuple(
        Revision(
            version=number,
            submitted=str(a.get("date_submitted") or "")[:10],
            justification=str(a.get("revision_justification") or ""),
            changed=tuple(sorted(a.get("updated_response_keys") or ())),
            responses=a.get("revision_responses") or {},
        )
        for number, a in enumerate(ordered, 1)
    )


def _old(registration: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they stood before the OSF had responses: {key: {value, comments, extra}}, nested by question."""

    def walk(key: str, node: Any) -> dict[str, Any]:
        value = node.get("value") if isinstance(node, Mapping) else node
        if isinstance(value, Mapping):
            return {k: v for part, child in value.items() for k, v in walk(f"{key}.{part}", child).items()}
        files = node.get("extra") if isinstance(node, Mapping) else None
        return {key: [value, *files] if files and isinstance(files, list) else value}

    meta = registration.get("registered_meta")
    return {k: v for key, node in meta.items() for k, v in walk(key, node).items()} if isinstance(meta, Mapping) else {}


def answer_text(answer: Any) -> str:
    """An answer as text: a list joined by "; ", a file by its name and sha256."""
    if isinstance(answer, list):
        return "; ".join(text for text in map(answer_text, answer) if text)
    if isinstance(answer, Mapping):
        name = next(
            (answer[key] for key in ("file_name", "selectedFileName", "title", "full_name", "name") if answer.get(key)),
            "",
        )
        mark = (answer.get("file_hashes") or {}).get("sha256") or answer.get("sha256")
        return f"{name} (sha256 {mark})" if mark else str(name)
    return "" if answer is None else str(answer).strip()


def answers(registration: Registration, version: int | None = None) -> list[dict[str, str]]:
    """item (our name or ""), section, question and answer of every question of a version, the last by default.

    An answer whose key no question has is kept under its key.
    """
    revision = registration.revisions[-1 if version is None else version - 1]
    rows = [
        {
            "item": item_of(q.label) or "",
            "section": q.section,
            "question": q.label,
            "key": q.key,
            "answer": answer_text(revision.responses.get(q.key)),
        }
        for q in registration.questions
    ]
    known = {q.key for q in registration.questions}
    rows += [
        {"item": "", "section": "", "question": key, "key": key, "answer": answer_text(value)}
        for key, value in sorted(revision.responses.items())
        if key not in known
    ]
    return rows


def as_protocol(registration: Registration) -> dict[str, Any]:
    """The parts of config/protocol.yaml that a registration fills: registration, question, narrative answers.

    Free text is never guessed into comparable leaves; it is quoted, under our item's name where the question is one of the
    Generalized form's, else under the question itself.
    """
    rows = [row for row in answers(registration) if row["answer"]]
    narrative: dict[str, str] = {}
    for row in rows:
        name = row["item"] or row["question"]
        narrative[name] = f"{narrative[name]}\n\n{row['answer']}" if name in narrative else row["answer"]
    question = narrative.get("primary_research_question")
    return {
        "protocol_version": len(registration.revisions),
        "registration": {
            "registry": "OSF",
            "guid": registration.guid,
            "doi": registration.doi,
            "registered": registration.registered,
            "schema": registration.schema,
        },
        "registered": {**({"question": question} if question else {}), "narrative": narrative},
    }
