"""The included studies' references, from the records' own fields, in the manner of APA (7th edition)."""

from __future__ import annotations

import re
from typing import Any

from prismake.report.blocks import Reference
from prismake.report.facts import Facts
from prismake.report.tables import doi_link

# Up to so many authors are all named; of more, the first nineteen and the last (APA 7, section 9.8).
ALL_NAMED = 20


def initials(given: str) -> str:
    """`Ada Maria` -> `A. M.`; `Jean-Paul` -> `J.-P.`; initials stay."""
    out = []
    for name in re.split(r"\s+", given.replace(".", ". ").strip()):
        letters = [part[0].upper() + "." for part in name.split("-") if part[:1].isalpha()]
        if letters:
            out.append("-".join(letters))
    return " ".join(out)


def author_list(authors: str) -> str:
    """`Family, Given; …` as APA lists it: Family, A., & Family, B."""
    names = []
    for author in (a.strip() for a in authors.split(";")):
        family, comma, given = author.partition(",")
        if family.strip():
            names.append(f"{family.strip()}, {initials(given)}".rstrip(", ") if comma else family.strip())
    if not names:
        return ""
    if len(names) == 1:
        return names[0]
    if len(names) > ALL_NAMED:
        return ", ".join(names[: ALL_NAMED - 1]) + ", … " + names[-1]
    return ", ".join(names[:-1]) + ", & " + names[-1]


def reference_of(key: str, record: dict[str, Any], included: bool = True) -> Reference:
    """A reference from a record's fields."""
    pages = str(record.get("pages") or record.get("article_number") or "").replace("-", "–")
    volume, issue = str(record.get("volume") or ""), str(record.get("issue") or "")
    detail = ", ".join(p for p in (f"({issue})" if issue else "", pages) if p)
    doi = str(record.get("doi") or "")
    title = str(record.get("title") or "Untitled").strip()
    return Reference(
        key,
        author_list(str(record.get("authors") or "")),
        str(record.get("year") or "n.d."),
        title if title[-1:] in ".!?" else title + ".",
        str(record.get("journal") or record.get("publisher") or ""),
        volume,
        detail,
        doi_link(doi),
        included,
    )


def references(facts: Facts) -> list[Reference]:
    """All reports of the included studies, by author and year."""
    reports = {r["report_id"]: r for r in facts.results.table("retrieval/reports.csv")}
    found: dict[str, Reference] = {}
    for study in facts.studies:
        for report_id in (i.strip() for i in study.get("report_ids", "").split(";")):
            report = reports.get(report_id)
            if report is None or report_id in found:
                continue
            record = facts.records.get(report.get("record_id", ""), {})
            merged = {**report, **{k: v for k, v in record.items() if v not in ("", None)}}
            found[report_id] = reference_of(report_id, merged)
    return sorted(found.values(), key=lambda r: (r.authors.casefold(), r.year, r.title.casefold()))
