"""Counts of the PRISMA 2020 flow as lengths of lists of ids: no number is ever typed or subtracted.

Every list is taken from its own table by its own condition, repeats kept, so that the identities between the lists
can fail where a table is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from prismake.flow.boxes import BOXES, ID_COLUMNS, OTHER_METHODS, PENDING_BOXES
from prismake.flow.tables import FlowTables
from prismake.flow.updates import per_update
from prismake.messages.faults import Faults

DBR_ARMS = ("databases", "registers")


@dataclass(frozen=True)
class Flow:
    """The lists of a flow and what belongs to them.

    `lists` has every name of `BOXES` (ids in the order of their tables, repeats kept); `applies` the names that this
    review has; `notes` box -> id -> the reason, database or method of that id; `summary` what flow.json holds.
    """

    lists: dict[str, list[str]]
    applies: frozenset[str]
    notes: dict[str, dict[str, str]]
    summary: dict[str, Any]

    def n(self, box: str) -> int | None:
        """Length of a list; None where the review has no such box (blank is not zero)."""
        return len(self.lists[box]) if box in self.applies else None


def count_flow(tables: FlowTables, exclusion_reasons: Sequence[Mapping[str, str]] = ()) -> Flow:
    """Count a review's flow.

    Args:
        tables: the review's tables.
        exclusion_reasons: the protocol's reasons in order, each with `id` and `label`.

    A review is an update where studies or reports of a previous version are listed: a previous version of which nothing
    is known is not one that had none.
    """
    lists: dict[str, list[str]] = {name: [] for name in BOXES}
    notes: dict[str, dict[str, str]] = {}
    _count_identification(tables, lists, notes)
    _count_screening(tables, lists)
    for arm in ("dbr", "other"):
        _count_reports(tables, arm, lists, notes)
    _count_other_identified(tables, lists, notes)
    _count_included(tables, lists)
    applies = _applying(tables, lists)
    summary = _summary(tables, lists, applies, exclusion_reasons)
    return Flow(lists, applies, notes, summary)


def previous_version_missing(flow: Flow, update_of: str | None) -> Faults:
    """A warning where config calls the review an update and nothing of the previous version is listed."""
    faults = Faults()
    if update_of and "previous_studies" not in flow.applies:
        faults.warning(
            "previous-version-missing",
            "the review is called an update, and no study or report of its previous version is listed",
            file="config/config.yaml",
            column="review.update_of",
            value=update_of,
            expected="the studies of the previous version, so that the flow can count them",
            mend="fill in resources/previous_review/previous_review.csv",
        )
    return faults


def is_duplicate_of_databases(tables: FlowTables) -> pd.Series:
    """For each report: found by other methods, but its record is one that the databases or registers had found.

    The rule that assigns such a report to one arm: databases and registers keep it, other methods do not count it
    again.
    """
    records = set(tables.membership["record_id"])
    return tables.reports["arm"].eq("other") & tables.reports["record_id"].isin(records)


def arm_of_reports(tables: FlowTables) -> pd.Series:
    """For each report: dbr, other, previous, or "duplicate" (see `is_duplicate_of_databases`)."""
    arm = tables.reports["arm"].map(lambda name: "dbr" if name in DBR_ARMS else name)
    return arm.mask(is_duplicate_of_databases(tables), "duplicate")


def split_ids(text: str) -> list[str]:
    """The ids of a cell that may hold several, joined by "; " (an id may be an old DOI with a semicolon of its own)."""
    return [part for part in (part.strip() for part in text.split("; ")) if part]


def _count_identification(tables: FlowTables, lists: dict[str, list[str]], notes: dict[str, dict[str, str]]) -> None:
    kind = dict(zip(tables.searches["search"], tables.searches["kind"], strict=True))
    database = dict(zip(tables.searches["search"], tables.searches["database"], strict=True))
    # By search and id: the order of rows in an export is no property of the review.
    place = {search: number for number, search in enumerate(tables.searches["search"])}
    rows = tables.source_records
    rows = rows.iloc[np.lexsort((rows["source_record_id"].to_numpy(dtype=object), rows["search"].map(place)))]
    of_register = rows["search"].map(lambda search: kind.get(search) == "register").astype(bool)
    lists["database_results"] = list(rows.loc[~of_register, "source_record_id"])
    lists["register_results"] = list(rows.loc[of_register, "source_record_id"])
    names = {i: database.get(s, s) for i, s in zip(rows["source_record_id"], rows["search"], strict=True)}
    notes["database_results"] = notes["register_results"] = names
    later = tables.membership["earliest"].ne("true")
    lists["duplicates"] = list(tables.membership.loc[later, "source_record_id"])
    notes["duplicates"] = {
        i: f"same entry as {record}"
        for i, record in zip(
            tables.membership.loc[later, "source_record_id"], tables.membership.loc[later, "record_id"], strict=True
        )
    }
    before = tables.excluded_before
    for box, chosen in (
        ("excluded_automatic", before["kind"].eq("automatic")),
        ("excluded_other", before["kind"].ne("automatic")),
    ):
        lists[box] = list(before.loc[chosen, "record_id"])
        notes[box] = dict(zip(before.loc[chosen, "record_id"], before.loc[chosen, "reason"], strict=True))


def _count_screening(tables: FlowTables, lists: dict[str, list[str]]) -> None:
    rows = tables.decisions
    rows = rows[rows["phase"].eq("title_abstract") & rows["decision"].ne("not_eligible")]
    excluded = rows["decision"].eq("exclude")
    automation = rows["basis"].eq("automation")
    lists["records_screened"] = list(rows["record_id"])
    lists["records_excluded"] = list(rows.loc[excluded, "record_id"])
    lists["records_excluded_human"] = list(rows.loc[excluded & ~automation, "record_id"])
    lists["records_excluded_automation"] = list(rows.loc[excluded & automation, "record_id"])
    lists["records_advanced"] = list(rows.loc[rows["decision"].eq("include"), "record_id"])
    lists["records_ongoing"] = list(rows.loc[rows["decision"].eq("ongoing"), "record_id"])
    lists["records_awaiting"] = list(rows.loc[rows["decision"].eq("awaiting"), "record_id"])
    lists["records_pending"] = list(rows.loc[rows["decision"].isin(("pending", "")), "record_id"])


def _count_reports(tables: FlowTables, arm: str, lists: dict[str, list[str]], notes: dict[str, dict[str, str]]) -> None:
    rows = tables.reports[arm_of_reports(tables).eq(arm)]
    sought = rows["sought"].eq("yes")
    assessed = sought & rows["retrieval"].eq("retrieved")
    decision = rows["full_text"]
    chosen = {
        "sought_reports": sought,
        "not_sought": ~sought,
        "notretrieved_reports": sought & rows["retrieval"].eq("not_retrieved"),
        "retrieval_pending": sought & rows["retrieval"].isin(("pending", "")),
        "assessed": assessed,
        "excluded": decision.eq("exclude"),
        "ongoing": decision.eq("ongoing"),
        "awaiting": decision.eq("awaiting"),
        "fulltext_pending": assessed & decision.isin(("pending", "")),
        "included_reports": decision.eq("include"),
    }
    for name, mask in chosen.items():
        lists[f"{arm}_{name}"] = list(rows.loc[mask, "report_id"])
    excluded = rows[chosen["excluded"]]
    notes[f"{arm}_excluded"] = dict(zip(excluded["report_id"], excluded["primary_reason"], strict=True))


def _count_other_identified(tables: FlowTables, lists: dict[str, list[str]], notes: dict[str, dict[str, str]]) -> None:
    rows = tables.reports[tables.reports["arm"].eq("other")]
    box = rows["method"].map(lambda method: OTHER_METHODS.get(method, "other_method_results"))
    for name in dict.fromkeys(OTHER_METHODS.values()):
        lists[name] = list(rows.loc[box.eq(name), "report_id"])
        notes[name] = dict(zip(rows["report_id"], rows["method"], strict=True))
    duplicate = is_duplicate_of_databases(tables).loc[rows.index]
    lists["other_duplicates"] = list(rows.loc[duplicate, "report_id"])
    notes["other_duplicates"] = dict(zip(rows["report_id"], rows["record_id"], strict=True))


def _count_included(tables: FlowTables, lists: dict[str, list[str]]) -> None:
    origin = tables.studies["origin"]
    ids = tables.studies["study_id"]
    lists["previous_studies"] = list(ids[origin.isin(("previous", "both"))])
    lists["updated_studies"] = list(ids[origin.eq("both")])
    lists["new_studies"] = list(ids[origin.eq("new")])
    lists["total_studies"] = list(ids)
    of_previous = tables.reports["arm"].eq("previous")
    lists["previous_reports"] = list(tables.reports.loc[of_previous, "report_id"])
    previous = set(lists["previous_reports"])
    linked = list(dict.fromkeys(tables.study_links["report_id"]))
    lists["total_reports"] = linked
    lists["new_reports"] = [report for report in linked if report not in previous]
    included = lists["dbr_included_reports"] + lists["other_included_reports"] + lists["previous_reports"]
    lists["unlinked_reports"] = [report for report in included if report not in set(linked)]


def _applying(tables: FlowTables, lists: Mapping[str, list[str]]) -> frozenset[str]:
    absent: set[str] = set()
    if not tables.searches["kind"].eq("register").any():
        absent.add("register_results")
    if not tables.searches["kind"].ne("register").any():
        absent.add("database_results")
    if not (lists["previous_studies"] or lists["previous_reports"]):
        absent |= {"previous_studies", "previous_reports", "updated_studies"}
    if not tables.reports["arm"].eq("other").any():
        absent |= {name for name, box in BOXES.items() if box.arm == "other"}
    return frozenset(set(BOXES) - absent)


def _summary(
    tables: FlowTables,
    lists: Mapping[str, list[str]],
    applies: frozenset[str],
    exclusion_reasons: Sequence[Mapping[str, str]],
) -> dict[str, Any]:
    """What flow.json holds."""
    updated, other = "previous_studies" in applies, "other_sought_reports" in applies
    pending = {name: len(lists[name]) for name in PENDING_BOXES if name in applies}
    return {
        "template": ("updated" if updated else "new") + ("_databases_other" if other else "_databases"),
        "boxes": {name: len(lists[name]) if name in applies else None for name in BOXES},
        "databases": _by_database(tables, lambda kind: kind != "register"),
        "registers": _by_database(tables, lambda kind: kind == "register"),
        "sources": dict(Counter(tables.source_records["search"])),
        "excluded_before": [
            {"kind": kind, "reason": reason, "n": n}
            for (kind, reason), n in sorted(
                Counter(zip(tables.excluded_before["kind"], tables.excluded_before["reason"], strict=True)).items()
            )
        ],
        "reasons": _by_reason(tables, "dbr", exclusion_reasons),
        "other_reasons": _by_reason(tables, "other", exclusion_reasons) if other else [],
        "screening_reasons": _by_screening_reason(tables, exclusion_reasons),
        "pending": pending,
        "interim": any(pending.values()),
        "updates": per_update(tables, lists),
    }


def _by_database(tables: FlowTables, wanted: Callable[[str], bool]) -> list[dict[str, Any]]:
    """Source records of each database, in the order of the searches; searches of one database are added up."""
    n = Counter(tables.source_records["search"])
    found: dict[str, int] = {}
    for search, name, kind in zip(
        tables.searches["search"], tables.searches["database"], tables.searches["kind"], strict=True
    ):
        if wanted(kind):
            found[name or search] = found.get(name or search, 0) + n[search]
    return [{"name": name, "n": count} for name, count in found.items()]


def _by_reason(tables: FlowTables, arm: str, exclusion_reasons: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Excluded reports of each primary reason."""
    rows = tables.reports[arm_of_reports(tables).eq(arm) & tables.reports["full_text"].eq("exclude")]
    return _counted_reasons(rows["primary_reason"], exclusion_reasons)


def _by_screening_reason(tables: FlowTables, exclusion_reasons: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Records excluded on title and abstract for each primary reason; reasons are optional there, so blank ones are
    said."""
    if "primary_reason" not in tables.decisions:
        return []
    rows = tables.decisions
    rows = rows[rows["phase"].eq("title_abstract") & rows["decision"].eq("exclude")]
    given = _counted_reasons(rows["primary_reason"], exclusion_reasons)
    return [reason for reason in given if reason["n"]] if rows["primary_reason"].ne("").any() else []


def _counted_reasons(reasons: pd.Series, exclusion_reasons: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """The protocol's reasons in its order, then any other in the order of its words, each with its number."""
    n = Counter(reasons)
    labels = {reason["id"]: reason["label"] for reason in exclusion_reasons}
    others = {reason: reason or "No reason given" for reason in sorted(set(n) - set(labels))}
    return [{"id": reason, "label": label, "n": n[reason]} for reason, label in {**labels, **others}.items()]


def list_table(
    flow: Flow,
    box: str,
    titles: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    waves: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """One list as a table: the id column of its unit, title, note, and in a living review the update it belongs to.

    Args:
        flow: the counted flow.
        box: its name.
        titles: id -> title of a source record, record or report, or label of a study.
        labels: words for notes that are ids of exclusion reasons.
        waves: id -> search wave (0 is the first search), where there are several.
    """
    ids = flow.lists[box]
    notes, labels = flow.notes.get(box, {}), labels or {}
    column = ID_COLUMNS[BOXES[box].unit]
    table = {
        column: ids,
        "title": [titles.get(i, "") for i in ids],
        "note": [labels.get(notes.get(i, ""), notes.get(i, "")) for i in ids],
    }
    if waves:
        table["update"] = [str(waves.get(i, "")) for i in ids]
    return pd.DataFrame(table, columns=list(table), dtype=str)
