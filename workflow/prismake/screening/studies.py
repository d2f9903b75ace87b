"""Which report belongs to which study: the team's sheet, the previous review, and what is left to link."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from prismake.messages.faults import Faults
from prismake.screening.retrieval import yes_no
from prismake.screening.votes import as_text

STUDY_COLUMNS = ["study_id", "label", "primary_report_id", "report_ids", "n_reports", "arm", "origin"]
LINK_COLUMNS = ["study_id", "report_id", "primary", "evidence"]
TO_LINK_COLUMNS = [
    "study_id", "report_id", "primary", "label", "evidence", "note", "record_id", "title", "authors", "year", "doi",
]  # fmt: skip
TO_RETRIEVE_COLUMNS = [
    "record_id",
    "report_id",
    "sought",
    "retrieved",
    "date",
    "note",
    "title",
    "authors",
    "year",
    "doi",
]
_FILE = "resources/studies/studies.csv"


def link_studies(
    reports: pd.DataFrame,
    sheet: pd.DataFrame,
    faults: Faults,
    *,
    one_study_per_report: bool = False,
    known: Iterable[str] = (),
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Reports with their `study_id`, studies (`STUDY_COLUMNS`) and links (`LINK_COLUMNS`).

    A report is linked by the sheet, by the study_id of its own row (other methods, previous review), or, if config says
    one_study_per_report, to a study of its own whose id is the report's. `known` are ids of records and reports that
    are in the review, whether or not they are in `reports` now.
    """
    links = _sheet_links(reports, sheet, faults, set(known))
    linked = set(links["report_id"])
    own = reports[(reports["study_id"] != "") & ~reports["report_id"].isin(linked)]
    parts = [links]
    if len(own):
        spread = own.assign(study_id=own["study_id"].str.split(";")).explode("study_id")
        spread["study_id"] = spread["study_id"].str.strip()
        spread["evidence"] = spread["arm"].map({"previous": "previous review"}).fillna("sheet of other methods")
        parts.append(spread.assign(primary="", label="")[[*LINK_COLUMNS, "label"]])
    included = reports[reports["full_text"] == "include"]
    if one_study_per_report:
        lone = included[~included["report_id"].isin(linked | set(own["report_id"]))]
        evidence = "one study per report"
        parts.append(
            lone.assign(study_id=lone["report_id"], primary="yes", evidence=evidence, label="")[
                [*LINK_COLUMNS, "label"]
            ]
        )
    links = pd.concat(parts, ignore_index=True).drop_duplicates(["study_id", "report_id"])
    known = links[links["report_id"].isin(set(included["report_id"]))].reset_index(drop=True)
    known = _primaries(known, faults)
    studies = _studies(known, included)
    ids = known.groupby("report_id", sort=False)["study_id"].agg("; ".join)
    reports = reports.assign(study_id=as_text(reports["report_id"].map(ids)))
    return (
        reports,
        studies,
        known[LINK_COLUMNS].sort_values(["study_id", "report_id"], kind="stable", ignore_index=True),
    )


def _sheet_links(reports: pd.DataFrame, sheet: pd.DataFrame, faults: Faults, known: set[str]) -> pd.DataFrame:
    columns = ["study_id", "report_id", "primary", "label", "evidence"]
    links = sheet.reindex(columns=columns, fill_value="").copy()
    links = links[(links["study_id"] != "") & (links["report_id"] != "")].reset_index(drop=True)
    by_record = reports[reports["record_id"] != ""].drop_duplicates("record_id").set_index("record_id")["report_id"]
    links["report_id"] = links["report_id"].where(
        links["report_id"].isin(set(reports["report_id"])), links["report_id"].map(by_record).fillna(links["report_id"])
    )
    links["primary"] = links["primary"].map(yes_no)
    for value in sorted(set(links["primary"]) - {"yes", "no", ""}):
        faults.error(
            "unknown-word",
            "This is neither yes nor no.",
            file=_FILE,
            column="primary",
            value=value,
            expected="yes, no, or blank",
            mend="write yes or no",
        )
    state = links["report_id"].map(reports.drop_duplicates("report_id").set_index("report_id")["full_text"])
    waiting = state.isna() & links["report_id"].isin(known)
    for link in links[waiting].itertuples():
        faults.warning(
            "link-to-undecided",
            "This report's record is not included on title and abstract now; the link waits.",
            file=_FILE,
            line=int(link.Index) + 2,
            column="report_id",
            value=link.report_id,
            expected="an included report",
            mend="settle the record on title and abstract, or remove the link",
        )
    for link in links[state.isna() & ~waiting].itertuples():
        faults.error(
            "unknown-report",
            "This report is in no list of reports.",
            file=_FILE,
            line=int(link.Index) + 2,
            column="report_id",
            value=link.report_id,
            expected="a report_id of results/retrieval/reports.csv",
            mend="correct the id",
        )
    for link in links[state.notna() & ~state.isin(["include", "pending", ""])].itertuples():
        faults.warning(
            "link-to-excluded",
            "This report is linked to a study and is not included; the link is not used.",
            file=_FILE,
            line=int(link.Index) + 2,
            column="report_id",
            value=link.report_id,
            expected="an included report",
            mend="remove the link, or correct the decision",
        )
    return links


def _primaries(links: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """One primary report a study: the one marked, else the study's first in order of year and id, decided by
    `_studies`."""
    marked = links[links["primary"] == "yes"]
    for study_id in sorted(set(marked.loc[marked.duplicated("study_id"), "study_id"])):
        faults.error(
            "two-primary-reports",
            "Two reports of this study are marked as its primary report.",
            file=_FILE,
            column="primary",
            value=study_id,
            expected="one primary report a study",
            mend="leave one `yes`",
        )
    alone = links.groupby("study_id")["report_id"].transform("size") == 1
    links.loc[alone, "primary"] = "yes"
    return links


def _studies(links: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Studies with their reports in the order primary, year, id."""
    details = reports.drop_duplicates("report_id").set_index("report_id")
    table = links.assign(
        year=as_text(links["report_id"].map(details["year"])),
        authors=as_text(links["report_id"].map(details["authors"])),
        arm=as_text(links["report_id"].map(details["arm"])),
        second=links["primary"] != "yes",
    ).sort_values(["study_id", "second", "year", "report_id"], kind="stable")
    rows = []
    for study_id, part in table.groupby("study_id", sort=True):
        first = part.iloc[0]
        label = next((str(v) for v in part["label"] if v), "") or study_label(
            str(first["authors"]), str(first["year"]), str(study_id)
        )
        arms = list(dict.fromkeys(a for a in ("previous", "databases", "registers", "other") if a in set(part["arm"])))
        new = [a for a in arms if a != "previous"]
        origin = "new" if "previous" not in arms else "both" if new else "previous"
        rows.append(
            [study_id, label, first["report_id"], "; ".join(part["report_id"]), len(part), (new or arms)[0], origin]
        )
    studies = pd.DataFrame(rows, columns=STUDY_COLUMNS)
    studies["label"] = _told_apart(studies["label"])
    return studies


def study_label(authors: str, year: str, fallback: str = "") -> str:
    """ "Author (year)" as APA cites in text: one or two family names, from three on et al."""
    families = [re.split(r",", name)[0].strip() for name in authors.split(";") if name.strip()]
    if not families:
        return f"{fallback} ({year})" if year else fallback
    if len(families) == 2:
        name = f"{families[0]} & {families[1]}"
    else:
        name = families[0] + (" et al." if len(families) > 2 else "")
    return f"{name} ({year})" if year else f"{name} (n.d.)"


def _told_apart(labels: pd.Series) -> pd.Series:
    """Equal labels get a, b, c behind the year, as APA does."""
    again = labels.groupby(labels).cumcount()
    several = labels.groupby(labels).transform("size") > 1
    letters = again.map(lambda i: chr(ord("a") + i) if i < 26 else str(i + 1))
    with_letter = [
        label[:-1] + letter + ")" if label.endswith(")") else f"{label} {letter}"
        for label, letter in zip(labels, letters, strict=True)
    ]
    return pd.Series(with_letter, index=labels.index, dtype=object).where(several, labels).astype(str)


def to_link(reports: pd.DataFrame) -> pd.DataFrame:
    """Included reports without a study, in the columns of resources/studies/studies.csv, to fill in."""
    rows = reports[(reports["full_text"] == "include") & (reports["study_id"] == "")]
    table = rows.assign(primary="", label="", evidence="", note="", study_id="")
    return table.reindex(columns=TO_LINK_COLUMNS).reset_index(drop=True)


def to_retrieve(reports: pd.DataFrame) -> pd.DataFrame:
    """Reports that are sought and not yet said to be retrieved, in the columns of
    resources/retrieval/retrieval.csv, to fill in."""
    rows = reports[(reports["retrieval"] == "pending") & (reports["arm"] != "previous")]
    table = rows.assign(sought="yes", retrieved="", date="")
    return table.reindex(columns=TO_RETRIEVE_COLUMNS, fill_value="").apply(as_text).reset_index(drop=True)


def pending_reports(reports: pd.DataFrame) -> pd.DataFrame:
    """What is open about reports: to retrieve, to link; what waits for a decision on full text is said by screening."""
    sought = to_retrieve(reports).assign(what="retrieve the report")
    linked = to_link(reports).assign(what="link the report to its study")
    both = pd.concat([sought, linked], ignore_index=True)
    table = pd.DataFrame(
        {"stage": "retrieval", "id": both["report_id"], "title": both["title"], "who": "team", "what": both["what"]}
    )
    return table.astype(str)
