"""What describes a bundle: a data dictionary of its tables, and how the review is cited."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

DICTIONARY_COLUMNS = ["file", "column", "kind", "filled", "rows", "meaning"]

# Columns that mean the same in every table.
MEANINGS = {
    "source_record_id": "A row of a database export: search, colon, accession number.",
    "record_id": "A record as it was screened: the id of its earliest source record.",
    "report_id": "A document that was sought.",
    "study_id": "An investigation, with one or more reports.",
    "effect_id": "One contrast’s effect size.",
    "search": "Id of the search in config.",
    "database": "Database or register.",
    "title": "Title.",
    "authors": "Family, given; separated by semicolons.",
    "year": "Year of publication.",
    "journal": "Journal.",
    "doi": "Digital object identifier, lower case.",
    "label": "Short citation of the study.",
    "phase": "title_abstract or full_text.",
    "reviewer": "Name or pseudonym of the reviewer.",
    "decision": "Vote or resolved decision.",
    "basis": "How the decision came about.",
    "reason": "Reason, by its id or in words.",
    "primary_reason": "The first exclusion reason that held, in the order of the protocol.",
    "yi": "Effect size, as metafor names it.",
    "vi": "Sampling variance of yi.",
    "sei": "Standard error of yi.",
    "weight": "Weight in the analysis, per cent.",
    "ni": "Sample size of the effect.",
    "n1": "Sample size of the intervention arm.",
    "n2": "Sample size of the comparator arm.",
    "measure": "Effect measure, as metafor names it.",
    "rob": "Overall risk of bias.",
    "overall": "Overall risk-of-bias judgement.",
    "domain": "Risk-of-bias domain.",
    "judgement": "Level of risk of bias.",
    "stamp": "preregistered, deviation, exploratory or unspecified.",
    "sha256": "Checksum of the file.",
    "note": "Remark.",
}


def dictionary(tables: Mapping[str, str], codebook: Mapping[str, str] | None = None) -> str:
    """The data dictionary of some CSV texts (name -> text), itself a CSV with `DICTIONARY_COLUMNS`.

    Args:
        codebook: column -> meaning, from the extraction codebook; it wins over `MEANINGS`.
    """
    meanings = {**MEANINGS, **(codebook or {})}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(DICTIONARY_COLUMNS)
    for name in sorted(tables):
        rows = list(csv.reader(io.StringIO(tables[name])))
        if not rows:
            continue
        for i, column in enumerate(rows[0]):
            values = [row[i] for row in rows[1:] if i < len(row) and row[i] != ""]
            writer.writerow([name, column, kind_of(values), len(values), len(rows) - 1, meanings.get(column, "")])
    return out.getvalue()


def kind_of(values: list[str]) -> str:
    """empty, yes/no, whole number, number or text."""
    if not values:
        return "empty"
    if set(values) <= {"true", "false"} or set(values) <= {"yes", "no"}:
        return "yes/no"
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return "text"
    return "whole number" if all(n.is_integer() for n in numbers) else "number"


def codebook_meanings(codebook: Mapping[str, Any]) -> dict[str, str]:
    """column -> description of every variable that a codebook describes, however it is nested."""
    found: dict[str, str] = {}

    def walk(node: Any) -> None:
        if isinstance(node, Mapping):
            for key, child in node.items():
                if isinstance(child, Mapping):
                    words = child.get("description") or child.get("definition")
                    if isinstance(words, str):
                        found.setdefault(str(key), words)
                    elif isinstance(child.get("name"), str):
                        found.setdefault(str(key), "")
                walk(child)
        elif isinstance(node, list):
            for child in node:
                if isinstance(child, Mapping) and isinstance(child.get("name"), str):
                    words = child.get("description") or child.get("definition")
                    if isinstance(words, str):
                        found.setdefault(child["name"], words)
                walk(child)

    walk(codebook)
    return {name: words for name, words in found.items() if words}


def citation(review: Mapping[str, Any]) -> str:
    """CITATION.cff (version 1.2.0) of a review, from the section `review` of config."""
    import yaml

    people = []
    for author in review.get("authors") or []:
        given, _, family = str(author["name"]).rpartition(" ")
        person = {"family-names": family or given, "given-names": given}
        if author.get("affiliation"):
            person["affiliation"] = str(author["affiliation"])
        if author.get("orcid"):
            person["orcid"] = f"https://orcid.org/{author['orcid']}"
        people.append({key: value for key, value in person.items() if value})
    content: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite the review.",
        "type": "dataset",
        "title": str(review.get("title") or "Review"),
        "authors": people or [{"name": "The authors of the review"}],
    }
    if review.get("licence"):
        content["license"] = str(review["licence"])
    if review.get("published"):
        content["date-released"] = str(review["published"])
    if review.get("doi"):
        content["doi"] = str(review["doi"])
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
