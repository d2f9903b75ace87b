"""From records that were included to reports, retrieved or not, and from reports to studies.

A report is a document that was sought; as a rule one a record, and its id is the record's. A study is an
investigation with one or more reports (Cochrane Handbook, chapter 5); a report may belong to several studies.
Reports of other methods (websites, citations) and those of a previous review stand beside them, each in its own arm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from prismake.messages.faults import Faults
from prismake.screening.matching import current_record_ids
from prismake.screening.votes import BLANKS, as_text, typed_key

REPORT_COLUMNS = [
    "report_id",
    "record_id",
    "arm",
    "method",
    "title",
    "authors",
    "year",
    "doi",
    "sought",
    "retrieval",
    "full_text",
    "primary_reason",
    "reasons",
    "study_id",
    "retrieved_on",
    "note",
]
RETRIEVAL_COLUMNS = ["record_id", "report_id", "sought", "retrieved", "date", "note"]
OTHER_COLUMNS = [
    "report_id",
    "method",
    "title",
    "authors",
    "year",
    "doi",
    "sought",
    "retrieved",
    "decision",
    "reason",
    "study_id",
    "note",
    "record_id",
]
"""`record_id` is filled in where the databases or registers had found the report too: it is counted there, once."""
PREVIOUS_COLUMNS = ["study_id", "report_id", "title", "authors", "year", "doi"]
METHODS = ("website", "organisation", "citation", "contact", "other")
_METHOD_WORDS = {
    "websites": "website",
    "organisations": "organisation",
    "organization": "organisation",
    "organizations": "organisation",
    "citations": "citation",
    "citation searching": "citation",
    "reference list": "citation",
    "contacts": "contact",
    "author": "contact",
    "authors": "contact",
    "experts": "contact",
    "browsing": "other",
    "hand search": "other",
    "": "other",
}
_YES = frozenset({"yes", "y", "true", "1", "retrieved", "sought"})
_NO = frozenset({"no", "n", "false", "0", "not retrieved", "not sought", "not_retrieved"})
_DECIDED = ("include", "exclude", "ongoing", "awaiting")


@dataclass(frozen=True)
class Sheets:
    """What people wrote about reports, read as text: retrieval, other_methods, previous_review (empty where there
    is none)."""

    retrieval: pd.DataFrame
    other_methods: pd.DataFrame
    previous_review: pd.DataFrame


def not_retrieved_reports(retrieval: pd.DataFrame) -> list[str]:
    """Ids of the reports that the retrieval sheet calls not sought or not retrieved; a report without an id of its own
    has its record's."""
    if not len(retrieval) or "record_id" not in retrieval:
        return []
    no = pd.Series(False, index=retrieval.index)
    for name in ("sought", "retrieved"):
        if name in retrieval:
            no |= retrieval[name].map(yes_no) == "no"
    report = retrieval.get("report_id", retrieval["record_id"])
    report = report.where(report != "", retrieval["record_id"])
    all_no = no.groupby(report).all()
    return sorted(all_no.index[all_no])


def with_current_ids(
    retrieval: pd.DataFrame, studies: pd.DataFrame, membership: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both sheets with the ids that records have now: an id of a source record that was joined to another still
    finds its record."""
    sheets = []
    for sheet in (retrieval, studies):
        sheet = sheet.copy()
        for name in ("record_id", "report_id"):
            if name in sheet:
                sheet[name] = current_record_ids(sheet[name], membership)
        sheets.append(sheet)
    return sheets[0], sheets[1]


def yes_no(typed: str) -> str:
    """yes, no, "" for blank, and the text itself where it is neither."""
    key = typed_key(typed)
    return "yes" if key in _YES else "no" if key in _NO else "" if key in BLANKS else typed


def build_reports(
    decisions: pd.DataFrame,
    records: pd.DataFrame,
    sheets: Sheets,
    faults: Faults,
    *,
    registers: frozenset[str] = frozenset(),
    exclusion_reasons: Sequence[str] = (),
) -> pd.DataFrame:
    """Every report with `REPORT_COLUMNS`: of included records, of other methods, of a previous review.

    `registers`: ids of searches that are registers; a record found in registers alone is in that arm. A report
    with a decision on full text has been retrieved.
    """
    full_text = _full_text(decisions)
    parts = [
        _of_records(decisions, full_text, records, sheets.retrieval, faults, registers),
        _of_other_methods(_with_votes(sheets.other_methods, full_text, faults), faults, exclusion_reasons),
        _of_previous(sheets.previous_review),
    ]
    held = [part for part in parts if len(part)]
    reports = pd.concat(held, ignore_index=True) if held else pd.DataFrame(columns=REPORT_COLUMNS, dtype=str)
    twice = reports[reports.duplicated("report_id", keep=False)]
    for report_id in sorted(set(twice["report_id"])):
        faults.error(
            "report-twice",
            "Two reports have the same id.",
            value=report_id,
            expected="an id for each report",
            mend="give each its own report_id in resources/retrieval or resources/other_methods",
        )
    return reports[REPORT_COLUMNS]


def _full_text(decisions: pd.DataFrame) -> pd.DataFrame:
    """Decisions on full text with the report that each is on; a report without an id of its own has its record's."""
    second = decisions[decisions["phase"] == "full_text"]
    report = second.get("report_id", second["record_id"])
    return second.assign(report_id=report.where(report != "", second["record_id"]))


def _of_records(
    decisions: pd.DataFrame,
    full_text: pd.DataFrame,
    records: pd.DataFrame,
    retrieval: pd.DataFrame,
    faults: Faults,
    registers: frozenset[str],
) -> pd.DataFrame:
    first = decisions[(decisions["phase"] == "title_abstract") & (decisions["decision"] == "include")]
    second = full_text[full_text["record_id"] != ""]
    ids = list(dict.fromkeys([*first["record_id"], *second["record_id"]]))
    open_ = set(decisions.loc[decisions["decision"] == "pending", "record_id"])
    of_titles = decisions["phase"] == "title_abstract"
    removed = set(decisions.loc[of_titles & (decisions["decision"] == "not_eligible"), "record_id"])
    sheet = _retrieval_rows(retrieval, ids, open_, removed, faults)
    table = pd.DataFrame({"record_id": ids}, dtype=str).merge(sheet, on="record_id", how="left")
    for name in ("report_id", "sought", "retrieved", "date", "note"):
        table[name] = as_text(table[name])
    table["report_id"] = table["report_id"].where(table["report_id"] != "", table["record_id"])
    table = table.merge(_details(records), on="record_id", how="left")
    _settle_arm(table, registers)
    table = _one_row_a_report(table, faults)
    table = table.merge(second[["report_id", "decision", "primary_reason", "reasons"]], on="report_id", how="left")
    decision = as_text(table["decision"])
    table["full_text"] = decision.where(decision != "not_eligible", "")
    decided = table["full_text"].isin(_DECIDED)
    not_sought = (table["sought"] == "no") & ~decided
    table["sought"] = not_sought.map({True: "no", False: "yes"})
    refused = (table["retrieved"] == "no") & ~decided
    table["retrieval"] = "pending"
    table.loc[(table["retrieved"] == "yes") | decided, "retrieval"] = "retrieved"
    table.loc[refused | not_sought, "retrieval"] = "not_retrieved"
    _say_read_but_lost(table[(table["retrieved"] == "no") & decided], faults)
    table.loc[table["retrieval"] != "retrieved", "full_text"] = ""
    open_ = (table["retrieval"] == "retrieved") & (table["full_text"] == "")
    table.loc[open_, "full_text"] = "pending"
    table["study_id"] = ""
    table["retrieved_on"] = table["date"]
    for name in ("primary_reason", "reasons"):
        table[name] = as_text(table[name]).where(table["full_text"] == "exclude", "")
    return table.reindex(columns=REPORT_COLUMNS)


def _settle_arm(table: pd.DataFrame, registers: frozenset[str]) -> None:
    """A record that only registers found is in their arm."""
    table["arm"], table["method"] = "databases", "database"
    if registers:
        only = table["searches"].map(lambda s: bool(s) and set(s.split("; ")) <= registers)
        table.loc[only, ["arm", "method"]] = ["registers", "register"]


def _one_row_a_report(table: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """Records that turned out to be one report share a row: the first one's, with the ids of all in `record_id`."""
    several = table["report_id"].duplicated(keep=False)
    if not several.any():
        return table
    merged = table[several]
    for report_id, part in merged.groupby("report_id", sort=True):
        for name in ("sought", "retrieved"):
            said = sorted(set(part[name]) - {""})
            if len(said) > 1:
                faults.error(
                    "report-said-twice",
                    f"The rows of this report differ in {name!r}.",
                    file="resources/retrieval/retrieval.csv",
                    column=name,
                    value=str(report_id),
                    expected="the same in each row of a report",
                    mend="correct one of the rows",
                )
    for name in ("record_id", "sought", "retrieved", "date", "note"):
        joined = merged.groupby("report_id")[name].agg(lambda v: "; ".join(dict.fromkeys(x for x in v if x)))
        table.loc[several, name] = merged["report_id"].map(joined)
    in_databases = merged["report_id"].map(
        merged.groupby("report_id")["arm"].agg(lambda arms: "databases" in set(arms))
    )
    table.loc[merged.index[in_databases], ["arm", "method"]] = ["databases", "database"]
    faults.info(
        "records-of-one-report",
        f"{int(several.sum())} records turned out to be {merged['report_id'].nunique()} reports.",
        file="resources/retrieval/retrieval.csv",
    )
    return table.drop_duplicates("report_id", ignore_index=True)


def _say_read_but_lost(clash: pd.DataFrame, faults: Faults) -> None:
    for report_id in clash["report_id"]:
        faults.warning(
            "not-retrieved-but-read",
            "This report has a decision on full text and is called not retrieved; it is taken as retrieved.",
            value=report_id,
            expected="retrieved = yes where there is a decision on full text",
            mend="correct resources/retrieval/retrieval.csv or the decision",
        )


def _with_votes(sheet: pd.DataFrame, full_text: pd.DataFrame, faults: Faults) -> pd.DataFrame:
    """The sheet of other methods with the decisions that reviewers' votes came to, where the sheet leaves them blank."""
    voted = full_text[full_text["record_id"] == ""].set_index("report_id")
    if not len(sheet) or not len(voted):
        return sheet
    sheet = sheet.reindex(columns=OTHER_COLUMNS, fill_value="").copy()
    decision = as_text(sheet["report_id"].map(voted["decision"])).replace("not_eligible", "")
    typed = sheet["decision"].map(_decision_word)
    differ = (typed != "") & (decision != "") & (typed != decision)
    for report_id in sheet.loc[differ, "report_id"]:
        faults.error(
            "decision-differs",
            "This report's decision differs from what the reviewers' votes come to.",
            file="resources/other_methods/other_methods.csv",
            column="decision",
            value=report_id,
            expected="the votes' decision, or a blank cell",
            mend="leave the cell blank, or settle it by an adjudication among the votes",
        )
    open_ = (typed == "") & (decision != "")
    sheet.loc[open_, "decision"] = decision[open_]
    excluded = open_ & (decision == "exclude")
    sheet.loc[excluded, "reason"] = as_text(sheet["report_id"].map(voted["primary_reason"]))[excluded]
    sheet.loc[open_ & (sheet["retrieved"] == ""), "retrieved"] = "yes"
    return sheet


def _decision_word(typed: str) -> str:
    words = {"included": "include", "excluded": "exclude", "yes": "include", "no": "exclude"}
    key = typed_key(typed)
    return words.get(key, key)


def _details(records: pd.DataFrame) -> pd.DataFrame:
    columns = ["title", "authors", "year", "doi", "searches"]
    details = records.reindex(columns=["record_id", *columns]).copy()
    for name in columns:
        details[name] = as_text(details[name])
    return details


def _retrieval_rows(
    retrieval: pd.DataFrame, ids: list[str], open_: set[str], removed: set[str], faults: Faults
) -> pd.DataFrame:
    """The retrieval sheet, checked: known records, yes or no, one row a report.

    A record of `open_` is still (or, since duplicates were joined, again) to be decided: its row waits with it. One of
    `removed` was taken out before screening after it had been read: its row stays, as its votes do, and counts no more.
    """
    sheet = retrieval.reindex(columns=RETRIEVAL_COLUMNS, fill_value="").copy()
    sheet = sheet[(sheet["record_id"] != "") | (sheet["report_id"] != "")]
    sheet["record_id"] = sheet["record_id"].where(sheet["record_id"] != "", sheet["report_id"])
    known = set(ids)
    for value in sorted(set(sheet["record_id"]) - known):
        row = sheet.loc[sheet["record_id"] == value].iloc[0]
        if value in open_:
            faults.warning(
                "retrieval-of-undecided",
                "This record is not decided on title and abstract yet, so its row waits.",
                file="resources/retrieval/retrieval.csv",
                column="record_id",
                value=value,
                expected="the title and abstract decided first",
                mend="settle what results/screening/to_fill lists",
            )
        elif value in removed:
            faults.warning(
                "retrieval-of-removed",
                "This record was removed before screening, so its row does not count.",
                file="resources/retrieval/retrieval.csv",
                column="record_id",
                value=value,
                expected="a record that was screened",
                mend="nothing, if it was right to remove it; the votes on its reports are found by this row",
            )
        elif row["sought"] or row["retrieved"]:
            faults.error(
                "retrieval-of-unknown",
                "This record was not included on title and abstract, so its report is not sought.",
                file="resources/retrieval/retrieval.csv",
                column="record_id",
                value=value,
                expected="a record of results/retrieval/to_retrieve.csv",
                mend="correct the id, or the decision on title and abstract",
            )
    for name in ("sought", "retrieved"):
        sheet[name] = sheet[name].map(yes_no)
        for value in sorted(set(sheet[name]) - {"yes", "no", ""}):
            faults.error(
                "unknown-word",
                "This is neither yes nor no.",
                file="resources/retrieval/retrieval.csv",
                column=name,
                value=value,
                expected="yes, no, or blank",
                mend="write yes or no",
            )
    return sheet[sheet["record_id"].isin(known)].drop_duplicates(["record_id", "report_id"])


def _of_other_methods(sheet: pd.DataFrame, faults: Faults, reasons: Sequence[str]) -> pd.DataFrame:
    """Reports found by other methods, with their own decisions."""
    table = sheet.reindex(columns=OTHER_COLUMNS, fill_value="").copy()
    table = table[table["report_id"] != ""].reset_index(drop=True)
    file = "resources/other_methods/other_methods.csv"
    table["method"] = table["method"].map(typed_key).map(lambda m: _METHOD_WORDS.get(m, m))
    for value in sorted(set(table["method"]) - set(METHODS)):
        faults.error(
            "unknown-method",
            "This is no way in which PRISMA 2020 finds reports beside databases.",
            file=file,
            column="method",
            value=value,
            expected="one of " + ", ".join(METHODS),
            mend="write one of these",
        )
    decision = table["decision"].map(_decision_word)
    for value in sorted(set(decision) - {*_DECIDED, "", "pending"}):
        faults.error(
            "unknown-decision",
            "This is no decision that is known.",
            file=file,
            column="decision",
            value=value,
            expected="one of " + ", ".join(_DECIDED),
            mend="write one of these, or leave it blank",
        )
    known = set(reasons)
    for row in table[
        (decision == "exclude") & ~table["reason"].isin(known or set(table["reason"]) - {""})
    ].itertuples():
        faults.error(
            "unknown-reason",
            "A report that is excluded needs one of the protocol's reasons.",
            file=file,
            column="reason",
            value=row.reason or row.report_id,
            expected="one of " + (", ".join(reasons) or "the protocol's reasons"),
            mend="give the reason's id",
        )
    sought, retrieved = table["sought"].map(yes_no), table["retrieved"].map(yes_no)
    decided = decision.isin(_DECIDED)
    also_in_databases = table["record_id"] != ""
    decided &= ~also_in_databases
    table["arm"] = "other"
    table["sought"] = (((sought == "no") & ~decided) | also_in_databases).map({True: "no", False: "yes"})
    table["retrieval"] = "pending"
    table.loc[(retrieved == "yes") | decided, "retrieval"] = "retrieved"
    table.loc[((retrieved == "no") | (table["sought"] == "no")) & ~decided, "retrieval"] = "not_retrieved"
    table.loc[also_in_databases, ["retrieval", "study_id"]] = ["not_retrieved", ""]
    table["full_text"] = decision.where(table["retrieval"] == "retrieved", "")
    table.loc[(table["retrieval"] == "retrieved") & ~table["full_text"].isin(_DECIDED), "full_text"] = "pending"
    table["primary_reason"] = table["reasons"] = table["reason"].where(table["full_text"] == "exclude", "")
    return table.reindex(columns=REPORT_COLUMNS, fill_value="").apply(as_text)


def _of_previous(sheet: pd.DataFrame) -> pd.DataFrame:
    """Reports of the previous review, which it included."""
    table = sheet.reindex(columns=["study_id", "report_id", "title", "authors", "year", "doi"], fill_value="").copy()
    table = table[(table["report_id"] != "") | (table["study_id"] != "")].reset_index(drop=True)
    table["report_id"] = table["report_id"].where(table["report_id"] != "", table["study_id"])
    table = table.assign(arm="previous", method="previous", sought="yes", retrieval="retrieved", full_text="include")
    studies = table.groupby("report_id")["study_id"].agg(lambda s: "; ".join(dict.fromkeys(v for v in s if v)))
    table = table.drop_duplicates("report_id")
    table["study_id"] = table["report_id"].map(studies)
    return table.reindex(columns=REPORT_COLUMNS, fill_value="").apply(as_text)


def empty_sheets(other_methods: bool, previous_review: bool) -> dict[str, pd.DataFrame]:
    """The sheets that people have not begun, with their header, to fill in: reports of other methods, a previous review.

    Each argument says whether the sheet is there already.
    """
    sheets = {"other_methods": (other_methods, OTHER_COLUMNS), "previous_review": (previous_review, PREVIOUS_COLUMNS)}
    return {name: pd.DataFrame(columns=columns, dtype=str) for name, (there, columns) in sheets.items() if not there}
