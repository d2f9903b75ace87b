"""The CSV that the PRISMA2020 R package reads (Haddaway et al. 2022): data, node, box, description, boxtext,
tooltips, url, n.

The package finds a row by a pattern in `data`, splits reasons at semicolons, ends a reason at its first comma and
takes the digits after it; NA hides a box. So a reason must hold neither comma nor semicolon, and no other row may be
named like one of these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from prismake.flow.boxes import NEW_REVIEW
from prismake.messages.faults import Faults

PRISMA2020_COLUMNS = ["data", "node", "box", "description", "boxtext", "tooltips", "url", "n"]

_HIDDEN = "NA"
_ROWS: list[tuple[str, str, str, str]] = [
    # data, node, box, boxtext
    ("NA", "node4", "prevstud", "Previous studies"),
    ("previous_studies", "node5", "box1", "Studies included in previous version of review"),
    ("previous_reports", "NA", "box1", "Reports of studies included in previous version of review"),
    ("NA", "node6", "newstud", "Identification of new studies via databases and registers"),
    ("database_results", "node7", "box2", "Databases"),
    ("database_specific_results", "NA", "box2", "Specific Databases"),
    ("register_results", "NA", "box2", "Registers"),
    ("register_specific_results", "NA", "box2", "Specific Registers"),
    ("NA", "node16", "othstud", "Identification of new studies via other methods"),
    ("website_results", "node17", "box11", "Websites"),
    ("organisation_results", "NA", "box11", "Organisations"),
    ("citations_results", "NA", "box11", "Citation searching"),
    ("duplicates", "node8", "box3", "Duplicate records"),
    ("excluded_automatic", "NA", "box3", "Records marked as ineligible by automation tools"),
    ("excluded_other", "NA", "box3", "Records removed for other reasons"),
    ("records_screened", "node9", "box4", "Records screened"),
    ("records_excluded", "node10", "box5", "Records excluded"),
    ("dbr_sought_reports", "node11", "box6", "Reports sought for retrieval"),
    ("dbr_notretrieved_reports", "node12", "box7", "Reports not retrieved"),
    ("other_sought_reports", "node18", "box12", "Reports sought for retrieval"),
    ("other_notretrieved_reports", "node19", "box13", "Reports not retrieved"),
    ("dbr_assessed", "node13", "box8", "Reports assessed for eligibility"),
    ("dbr_excluded", "node14", "box9", "Reports excluded"),
    ("other_assessed", "node20", "box14", "Reports assessed for eligibility"),
    ("other_excluded", "node21", "box15", "Reports excluded"),
    ("new_studies", "node15", "box10", "New studies included in review"),
    ("new_reports", "NA", "box10", "Reports of new included studies"),
    ("total_studies", "node22", "box16", "Total studies included in review"),
    ("total_reports", "NA", "box16", "Reports of total included studies"),
    ("total_studies_ma", "NA", "box16", "Total studies included in meta-analysis"),
    ("total_reports_ma", "NA", "box16", "Reports of total included studies in meta-analysis"),
    ("identification", "node1", "identification", "Identification"),
    ("screening", "node2", "screening", "Screening"),
    ("included", "node3", "included", "Included"),
]
_LISTS = {
    "database_specific_results": ("databases", "name"),
    "register_specific_results": ("registers", "name"),
    "dbr_excluded": ("reasons", "label"),
    "other_excluded": ("other_reasons", "label"),
}


def prisma2020_frame(
    summary: Mapping[str, Any], *, synthesis: Mapping[str, int] | None = None
) -> tuple[pd.DataFrame, Faults]:
    """A flow as the R package's table, and a warning for each reason whose words had to change.

    Args:
        summary: what flow.json holds.
        synthesis: total_studies_ma and total_reports_ma, where they are known.
    """
    faults = Faults()
    counts: dict[str, int | None] = {**summary["boxes"], **(synthesis or {})}
    updated = summary["template"].startswith("updated")
    rows = []
    for data, node, box, words in _ROWS:
        if data in _LISTS:
            key, label = _LISTS[data]
            parts = [part for part in summary.get(key, []) if part["n"] or label == "name"]
            n = reason_cell(parts, label, faults) if counts.get(data, 0) is not None else _HIDDEN
        elif data == "NA" or data == box:
            n = "0"
        else:
            n = _cell(counts.get(data))
        if data.startswith("total_") and not updated and not data.endswith("_ma"):
            n = _HIDDEN
        text = words if updated else NEW_REVIEW.get(data, words)
        url = _HIDDEN if data in ("NA", box) else f"ids/{data.replace('_specific', '')}.csv"
        rows.append([data, node, box, words, text, text, url, n])
    return pd.DataFrame(rows, columns=PRISMA2020_COLUMNS, dtype=str), faults


def reason_cell(parts: Sequence[Mapping[str, Any]], label: str, faults: Faults) -> str:
    """Words and counts as the package splits them: `Words, 12; More words, 3`; `0` where there is nothing."""
    cells = []
    for part in parts:
        words = str(part[label])
        safe = safe_words(words)
        if safe != words:
            faults.warning(
                "reason-reworded",
                "the PRISMA2020 package would break these words at their comma or semicolon; they were replaced",
                value=words,
                expected=safe,
                mend="nothing, or give the reason a label without commas and semicolons",
            )
        cells.append(f"{safe}, {part['n']}")
    return "; ".join(cells) if cells else "0"


def safe_words(words: str) -> str:
    """Words that the package cannot break: no comma, semicolon or line break, and not blank."""
    return re.sub(r"\s+", " ", re.sub(r"\s*[,;]+\s*", " - ", words)).strip(" -") or "No words"


def _cell(n: int | None) -> str:
    return _HIDDEN if n is None else str(n)
