"""Import of a registration from the OSF's saved API responses.

Three responses make a registration readable without the network: `/v2/registrations/{guid}/`, its `schema_responses/` (the
original answers and each later revision), and the `schema_blocks/` of its form. Blocks are ordered by index; a
`question-label` opens a group, the input block of that group carries the key of the answer.
"""

from __future__ import annotations

import json
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

# The form's own labels that are not our name with spaces (as on the OSF in 2026), by our name.
LABELS = {
    "authors": "Contributors",
    "target_discipline": "Subjects",
    "current_stage": "Current review stage",
    "primary_research_question": "Primary research question(s)",
    "secondary_research_question": "Secondary research question(s)",
    "expectations_hypotheses": "Expectations / hypotheses",
    "dvs_outcomes_main_vars": "Dependent variable(s) / outcome(s) / main variables",
    "ivs_intervention_treatment": "Independent variable(s) / intervention(s) / treatment(s)",
    "additional_variables": "Additional variable(s) / covariate(s)",
    "cois": "Conflicts of interest",
    "inclusions_exclusion_criteria": "Inclusion and exclusion criteria",
    "procedure_for_contacting_authors": "Procedures to contact authors",
    "misc_search": "Miscellaneous search strategy details",
    "screened_fields_masking": "Screened fields / blinding",
    "screening_justification": "Screening procedure justification",
    "screening_data_management": "Screening data management and sharing",
    "misc_screening": "Miscellaneous screening details",
    "extractor_blinding": "Extractor masking",
    "extraction_justification": "Extraction procedure justification",
    "extraction_data_management": "Extraction data management and sharing",
    "misc_extraction": "Miscellaneous extraction details",
    "criteria_for_conclusions": "Criteria for conclusions / inference criteria",
    "synthesis_masking": "Synthesist blinding",
    "publication_bias": "Publication bias analyses",
    "sensitivity_analysis": "Sensitivity analyses / robustness checks",
    "synthesis_justification": "Synthesis procedure justification",
    "synthesis_data_management": "Synthesis data management and sharing",
    "misc_synthesis": "Miscellaneous synthesis details",
}


def _plain(label: str) -> str:
    """A label by its words alone, plurals in brackets and marks of what is required left out."""
    text = re.sub(r"\((?:e?s|optional|required)\)", "", label.lower())
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")


# Other spellings -> our name: those of earlier versions of the form, of the article, and with other words for blinding.
_SYNONYMS = {
    **{_plain(label): name for name, label in LABELS.items()},
    "discipline": "target_discipline",
    "research_question": "primary_research_question",
    "primary_research_questions": "primary_research_question",
    "secondary_research_questions": "secondary_research_question",
    "expectations": "expectations_hypotheses",
    "hypotheses": "expectations_hypotheses",
    "outcomes": "dvs_outcomes_main_vars",
    "dependent_variables_outcomes_main_variables": "dvs_outcomes_main_vars",
    "independent_variables_interventions_treatments": "ivs_intervention_treatment",
    "additional_variables_covariates": "additional_variables",
    "conflict_of_interest": "cois",
    "competing_interests": "cois",
    "inclusion_exclusion_criteria": "inclusions_exclusion_criteria",
    "query_string": "query_strings",
    "search_string": "query_strings",
    "search_strings": "query_strings",
    "procedures_for_contacting_authors": "procedure_for_contacting_authors",
    "procedure_to_contact_authors": "procedure_for_contacting_authors",
    "risk_of_bias": "quality_assessment",
    "sensitivity_analyses": "sensitivity_analysis",
    **{f"{what}_{how}": "screened_fields_masking" for what in ("screened_fields",) for how in ("blinding", "masking")},
    **{f"{who}_{how}": "extractor_blinding" for who in ("extractor", "extraction") for how in ("blinding", "masking")},
    **{f"{who}_{how}": "synthesis_masking" for who in ("synthesist", "synthesis") for how in ("blinding", "masking")},
}
# Labels that several sections of the form have, and how our names tell them apart.
_BY_SECTION = {
    "data_management_and_sharing": "{}_data_management",
    "data_management": "{}_data_management",
    "justification": "{}_justification",
    "procedure_justification": "{}_justification",
    "reliability": "{}_reliability",
    "reconciliation_procedure": "{}_reconciliation_procedure",
    "miscellaneous": "misc_{}",
    "miscellaneous_details": "misc_{}",
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

    @property
    def generalized(self) -> bool:
        """Whether its form is the Generalized one for systematic reviews (or the Inclusive one before it), or not named."""
        return not self.schema or "systematic review" in self.schema.lower()


def pages(responses: Any) -> list[dict[str, Any]]:
    """All items of one response, or of a list of pages."""
    if isinstance(responses, Mapping):
        responses = [responses]
    items: list[dict[str, Any]] = []
    for page in responses if isinstance(responses, list) else []:
        data = page.get("data") if isinstance(page, Mapping) else None
        items.extend([data] if isinstance(data, Mapping) else data or [])
    return items


def _incomplete(responses: Any, what: str, faults: Faults) -> None:
    """Say where a saved listing is an error of the API, or lacks some of its pages."""
    saved = [page for page in (responses if isinstance(responses, list) else [responses]) if isinstance(page, Mapping)]
    errors = [str(one.get("detail") or one) for page in saved for one in page.get("errors") or []]
    if errors:
        faults.warning("response-is-an-error", f"the saved {what} are an error of the API: {'; '.join(errors)}",
                       mend="save them again")  # fmt: skip
        return
    links = saved[-1].get("links") or {} if saved else {}
    total = (links.get("meta") or {}).get("total") or (saved[-1].get("meta") or {}).get("total") if saved else None
    held = len(pages(responses))
    if (isinstance(total, int) and held < total) or (total is None and links.get("next")):
        faults.warning("page-missing", f"the saved {what} are not all of them: {held} of {total or 'more'}",
                       mend="save every page (links.next of the last one), or use `review.py fetch`")  # fmt: skip


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


def item_of(label: str, section: str = "") -> str | None:
    """Our name of a question of the Generalized form by its label, None where it is no such question.

    `section` tells apart labels that several sections of the form have.
    """
    name = _plain(label)
    if name in _BY_SECTION:
        within = next((one for one in ("search", "screening", "extraction", "synthesis") if one in section.lower()), "")
        name = _BY_SECTION[name].format(within)
    name = _SYNONYMS.get(name, name)
    return name if name in _NAMES else None


# Attribute of a registration -> what of it is not decided yet.
_PENDING = {
    "pending_registration_approval": "the approval",
    "pending_embargo_approval": "the approval of the embargo",
    "pending_withdrawal": "the withdrawal",
}


def read_registration(
    registration: Any, schema_responses: Any, schema_blocks: Any, faults: Faults
) -> Registration | None:
    """Join the three saved responses; None (with an error) where the registration is withdrawn or not readable.

    An embargoed registration is a warning: readers cannot see it yet.
    """
    items = pages(registration)
    if len(items) != 1:
        errors = (registration.get("errors") or []) if isinstance(registration, Mapping) else []
        why = "; ".join(str(one.get("detail") or one) for one in errors)
        what = f"the first response holds {len(items)} registrations" + (f": {why}" if why else "")
        faults.error("no-registration", what, expected="one")
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
    for key, what in _PENDING.items():
        if attributes.get(key):
            faults.warning("registration-pending", f"{what} of the registration {guid} is pending", value=guid)
    _incomplete(schema_responses, "schema responses", faults)
    _incomplete(schema_blocks, "blocks of the form", faults)
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
        if not name and any(answer.values()):
            return json.dumps(answer, ensure_ascii=False, sort_keys=True)  # of no shape that is known: kept as it is
        return f"{name} (sha256 {mark})" if mark else str(name)
    return "" if answer is None else str(answer).strip()


def answers(registration: Registration, version: int | None = None) -> list[dict[str, str]]:
    """item (our name or ""), section, question and answer of every question of a version, the last by default.

    An answer whose key no question has is kept under its key.
    """
    revision = registration.revisions[-1 if version is None else version - 1]
    rows = [
        {
            "item": (item_of(q.label, q.section) or "") if registration.generalized else "",
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
