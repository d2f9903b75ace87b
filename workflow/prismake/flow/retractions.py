"""Included reports against a list of retracted publications."""

from __future__ import annotations

import pandas as pd

from prismake.flow.identity import Holds, Identity
from prismake.screening.matching import doi_key, title_key

RETRACTED_COLUMNS = ["report_id", "study_id", "title", "doi", "matched_by", "date", "note"]

_SHORTEST_TITLE = 20
"""Letters and digits that a title must have to be known by alone: "Editorial" retracts nothing."""


def retracted_reports(reports: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Included reports that the list names, a row each with `RETRACTED_COLUMNS`.

    Args:
        reports: the table of reports (report_id, full_text, title, doi, study_id), every cell as text.
        listed: the list of retractions with a column doi or title, date and note beside it where they are known. A
            report is known by its DOI; by its title where the list or the report has no DOI.
    """
    included = reports[reports["full_text"].eq("include")].reindex(
        columns=["report_id", "study_id", "title", "doi"], fill_value=""
    )
    listed = listed.reindex(columns=["title", "doi", "date", "note"], fill_value="").reset_index(drop=True)
    by_doi = {doi: row for doi, row in zip(doi_key(listed["doi"]), listed.index, strict=True) if doi}
    titles = listed["title"].map(title_key)
    by_title = {title: row for title, row in zip(titles, listed.index, strict=True) if len(title) >= _SHORTEST_TITLE}
    listed_doi = doi_key(listed["doi"])
    found = []
    for report, doi, title in zip(
        included.to_dict("records"), doi_key(included["doi"]), included["title"].map(title_key), strict=True
    ):
        row, how = (by_doi[doi], "doi") if doi in by_doi else (by_title.get(title), "title")
        if row is None or (how == "title" and doi and listed_doi[row]):
            continue
        found.append({**report, "matched_by": how, "date": listed["date"][row], "note": listed["note"][row]})
    return pd.DataFrame(found, columns=RETRACTED_COLUMNS, dtype=str)


def none_is_retracted(reports: pd.DataFrame, listed: pd.DataFrame | None) -> tuple[Identity, pd.DataFrame]:
    """W4: no included report has been retracted, as far as the list knows; with the reports that have."""
    statement = "Included reports = included reports that the list of retractions does not name"
    if listed is None:
        none = pd.DataFrame(columns=RETRACTED_COLUMNS, dtype=str)
        return Identity("W4", statement, level="warning", note="there is no list of retractions"), none
    found = retracted_reports(reports, listed)
    n = int(reports["full_text"].eq("include").sum())
    holds: Holds = "no" if len(found) else "yes"
    note = f"{len(listed)} retractions listed"
    return Identity("W4", statement, n, n - len(found), holds, "warning", tuple(found["report_id"]), note), found
