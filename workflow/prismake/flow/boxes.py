"""The boxes of a PRISMA 2020 flow: their names, units and words.

Names are those of the PRISMA 2020 statement's template as the PRISMA2020 R package has them (Haddaway et al. 2022,
Campbell Systematic Reviews 18:e1230); boxes that the template lacks (what is pending, ongoing studies, contacts)
follow the same manner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["source record", "record", "report", "study"]
Arm = Literal["", "dbr", "other"]

ID_COLUMNS: dict[Unit, str] = {
    "source record": "source_record_id",
    "record": "record_id",
    "report": "report_id",
    "study": "study_id",
}


@dataclass(frozen=True)
class Box:
    """One list of ids that the flow counts.

    `label` stands in the diagram before the number; `meaning` says in a sentence what is counted; `arm` is dbr for
    databases and registers, other for other methods; `of_template` is true for the boxes of PRISMA 2020's own template.
    """

    name: str
    unit: Unit
    label: str
    meaning: str
    arm: Arm = ""
    of_template: bool = True


_ARMS: list[tuple[Arm, str]] = [("dbr", "databases and registers"), ("other", "other methods")]
_ALL = [
    Box("previous_studies", "study", "Studies included in previous version of review",
        "Studies that the previous version of the review included."),
    Box("previous_reports", "report", "Reports of studies included in previous version of review",
        "Reports of the studies that the previous version of the review included."),
    Box("database_results", "source record", "Databases", "Source records identified from databases.", "dbr"),
    Box("register_results", "source record", "Registers", "Source records identified from registers.", "dbr"),
    Box("duplicates", "source record", "Duplicate records removed",
        "Source records that are the same entry as an earlier one, removed before screening.", "dbr"),
    Box("excluded_automatic", "record", "Records marked as ineligible by automation tools",
        "Records that an automation tool marked as ineligible before screening.", "dbr"),
    Box("excluded_other", "record", "Records removed for other reasons",
        "Records removed before screening for other reasons.", "dbr"),
    Box("records_screened", "record", "Records screened", "Records screened on title and abstract.", "dbr"),
    Box("records_excluded", "record", "Records excluded", "Records excluded on title and abstract.", "dbr"),
    Box("records_excluded_human", "record", "by a human",
        "Records that people excluded on title and abstract.", "dbr", False),
    Box("records_excluded_automation", "record", "by automation tools",
        "Records that an automation tool or a stopping rule excluded on title and abstract.", "dbr", False),
    Box("records_advanced", "record", "Records taken to full text",
        "Records that title and abstract screening did not exclude.", "dbr", False),
    Box("records_ongoing", "record", "Records of ongoing studies",
        "Records that title and abstract show to be of studies that are still running.", "dbr", False),
    Box("records_awaiting", "record", "Records awaiting classification",
        "Records that cannot be classified on title and abstract yet.", "dbr", False),
    Box("records_pending", "record", "Records still to be decided",
        "Records whose title and abstract decision is not final yet.", "dbr", False),
    *[
        box
        for arm, of in _ARMS
        for box in (
            Box(f"{arm}_sought_reports", "report", "Reports sought for retrieval",
                f"Reports sought for retrieval ({of}).", arm),
            Box(f"{arm}_not_sought", "report", "Reports not sought",
                f"Reports that nobody sought, for a reason of the team's own ({of}).", arm, False),
            Box(f"{arm}_notretrieved_reports", "report", "Reports not retrieved",
                f"Reports sought and not retrieved ({of}).", arm),
            Box(f"{arm}_retrieval_pending", "report", "Reports still to be retrieved",
                f"Reports sought of which it is not known yet whether they can be retrieved ({of}).", arm, False),
            Box(f"{arm}_assessed", "report", "Reports assessed for eligibility",
                f"Reports retrieved and assessed in full text ({of}).", arm),
            Box(f"{arm}_excluded", "report", "Reports excluded",
                f"Reports excluded in full text, each for one primary reason ({of}).", arm),
            Box(f"{arm}_ongoing", "report", "Reports of ongoing studies",
                f"Reports of studies that are still running ({of}).", arm, False),
            Box(f"{arm}_awaiting", "report", "Reports awaiting classification",
                f"Reports that cannot be classified yet ({of}).", arm, False),
            Box(f"{arm}_fulltext_pending", "report", "Reports still to be decided",
                f"Reports retrieved whose full-text decision is not final yet ({of}).", arm, False),
            Box(f"{arm}_included_reports", "report", "Reports included",
                f"Reports included in full text ({of}).", arm, False),
        )
    ],
    Box("website_results", "report", "Websites", "Reports identified from websites.", "other"),
    Box("organisation_results", "report", "Organisations", "Reports identified from organisations.", "other"),
    Box("citations_results", "report", "Citation searching", "Reports identified by citation searching.", "other"),
    Box("contact_results", "report", "Contact with authors or experts",
        "Reports identified through contact with authors or experts.", "other", False),
    Box("other_method_results", "report", "Other methods", "Reports identified by other methods than these.",
        "other", False),
    Box("other_duplicates", "report", "Reports also found in databases or registers",
        "Reports found by other methods that the databases or registers had found too: counted there, once.",
        "other", False),
    Box("new_studies", "study", "New studies included in review", "Studies that this review newly includes."),
    Box("new_reports", "report", "Reports of new included studies",
        "Reports newly included, those of studies of a previous version among them."),
    Box("updated_studies", "study", "Studies of the previous version with new reports",
        "Studies of the previous version of the review of which new reports were included.", "", False),
    Box("unlinked_reports", "report", "Included reports not yet linked to a study",
        "Included reports that no study has been named for yet.", "", False),
    Box("total_studies", "study", "Total studies included in review", "All studies that the review includes."),
    Box("total_reports", "report", "Reports of total included studies",
        "All reports of the studies that the review includes."),
]  # fmt: skip

BOXES: dict[str, Box] = {box.name: box for box in _ALL}
"""Every list of ids, by name, in the order of the flow."""

NEW_REVIEW = {"new_studies": "Studies included in review", "new_reports": "Reports of included studies"}
"""What PRISMA 2020's template for new reviews calls the boxes of what is included; there are no totals beside them."""

SYNTHESIS_BOXES: dict[str, Box] = {
    "total_studies_ma": Box("total_studies_ma", "study", "Total studies included in meta-analysis",
                            "Studies with an effect in at least one meta-analysis."),
    "total_reports_ma": Box("total_reports_ma", "report", "Reports of total included studies in meta-analysis",
                            "Reports of the studies with an effect in at least one meta-analysis."),
}  # fmt: skip
"""Known only once the analyses have run, so they have no list among those that the flow counts."""

PENDING_BOXES = [
    "records_pending",
    "dbr_retrieval_pending",
    "dbr_fulltext_pending",
    "other_retrieval_pending",
    "other_fulltext_pending",
    "unlinked_reports",
]
"""Lists that must be empty before a review is final."""

OTHER_METHODS: dict[str, str] = {
    "website": "website_results",
    "organisation": "organisation_results",
    "citation": "citations_results",
    "contact": "contact_results",
    "other": "other_method_results",
}
"""Method of a report found by other methods -> its box; any other word counts as other_method_results."""
