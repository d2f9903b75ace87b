"""What describes a bundle: a data dictionary of its tables, and how the review is cited."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from prismake.report.column_meanings import MEANINGS

DICTIONARY_COLUMNS = ["file", "column", "kind", "filled", "rows", "meaning"]

# Beginning of a column of effects -> whose value it is; the rest is a column of the extraction sheets.
_OF = {"study_": "study", "outcome_": "outcome", "arm_": "intervention arm", "comparator_": "comparison arm"}


def dictionary(tables: Mapping[str, str], codebook: Mapping[str, str] | None = None) -> str:
    """The data dictionary of some CSV texts (name -> text), itself a CSV with `DICTIONARY_COLUMNS`.

    Args:
        codebook: column -> meaning, from the extraction codebook; it wins in the extraction sheets.
    """
    own = codebook or {}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(DICTIONARY_COLUMNS)
    for name in sorted(tables):
        first = tables[name].split("\n", 1)[0]
        rows = list(csv.reader(io.StringIO(tables[name]), delimiter=max(",;\t", key=first.count)))
        if not rows:
            continue
        for i, column in enumerate(rows[0]):
            values = [row[i] for row in rows[1:] if i < len(row) and row[i] != ""]
            words = _meaning(name, column, own)
            writer.writerow([name, column, kind_of(values), len(values), len(rows) - 1, words])
    return out.getvalue()


def _meaning(name: str, column: str, codebook: Mapping[str, str]) -> str:
    """A column's meaning: people's sheets by their codebook first, results by the columns that Prismake writes."""
    if "extraction" in name and column in codebook:
        return codebook[column]
    if column in MEANINGS:
        return MEANINGS[column]
    if column in codebook:
        return codebook[column]
    for beginning, whose in _OF.items():
        if column.startswith(beginning):
            words = codebook.get(column.removeprefix(beginning))
            return f"Of the {whose}: {words}" if words else f"Of the {whose}; a column of this review's own sheets."
    return "A column of this review's own." if "resources/extraction" in name else ""


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
