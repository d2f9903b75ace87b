"""The identities of a flow from identification to inclusion (E1-E14, E20, W1, the monotone ones).

Both sides are counted from different tables wherever two tables say the same thing, so a row that is lost or doubled
in one of them breaks an identity. E15-E19, which need later stages, are in prismake.flow.finished.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import chain

import pandas as pd

from prismake.flow.boxes import OTHER_METHODS
from prismake.flow.count import Flow, arm_of_reports, split_ids
from prismake.flow.identity import Holds, Identity, at_most, repeated, same_ids, same_number, unequal, whole
from prismake.flow.tables import FlowTables
from prismake.flow.updates import UPDATE_COUNTS, split_by_wave
from prismake.flow.vote_identities import votes_and_conflicts
from prismake.screening.matching import doi_key

_KEYS = {
    "searches": ["search"],
    "source_records": ["source_record_id"],
    "membership": ["source_record_id"],
    "excluded_before": ["record_id"],
    "decisions": ["phase", "record_id"],
    "ledger": ["vote_id"],
    "reports": ["report_id"],
    "studies": ["study_id"],
    "study_links": ["study_id", "report_id"],
}


def check_flow(tables: FlowTables, flow: Flow) -> list[Identity]:
    """Every identity of the flow, in its order."""
    return [identity for check in CHECKS for identity in check(tables, flow)]


def lists_without_repeats(tables: FlowTables, flow: Flow) -> list[Identity]:
    """S1: a list of ids is a set."""
    wrong = sorted({i for ids in flow.lists.values() for i in repeated(ids)})
    left = sum(map(len, flow.lists.values()))
    right = sum(len(set(ids)) for ids in flow.lists.values())
    return [same_number("S1", "No list of the flow holds an id twice", left, right, wrong)]


def rows_without_repeats(tables: FlowTables, flow: Flow) -> list[Identity]:
    """S3: no table says the same thing in two rows."""
    left, extra, wrong = 0, 0, []
    for name, columns in _KEYS.items():
        frame: pd.DataFrame = getattr(tables, name)
        columns = [*columns, "report_id"] if name == "decisions" and "report_id" in frame else columns
        if set(columns) <= set(frame.columns):
            keys = [" ".join(key) for key in frame[columns].itertuples(index=False, name=None)]
            left += len(keys)
            wrong += [f"{name} {key}" for key in repeated(keys)]
            extra += len(keys) - len(set(keys))
    return [same_number("S3", "Rows of all tables = different rows by their ids", left, left - extra, wrong)]


def known_records(tables: FlowTables, flow: Flow) -> list[Identity]:
    """S2: what later tables call a record is one."""
    records = set(tables.membership["record_id"])
    of_reports = tables.reports.loc[arm_of_reports(tables).eq("dbr"), "record_id"]
    named = {
        *tables.decisions["record_id"],
        *tables.excluded_before["record_id"],
        *(i for cell in of_reports for i in split_ids(cell)),
    } - {""}  # a decision on a report of other methods names no record
    unknown = sorted(named - records)
    statement = "Every record that screening or retrieval names came out of deduplication"
    return [same_number("S2", statement, len(named), len(named) - len(unknown), unknown)]


def searches_add_up(tables: FlowTables, flow: Flow) -> list[Identity]:
    """E1: the rows read from each export are the source records identified."""
    n = Counter(tables.source_records["search"])
    rows = {s: whole(records) for s, records in zip(tables.searches["search"], tables.searches["records"], strict=True)}
    twice = repeated(tables.searches["search"])
    wrong = sorted({*twice, *(s for s in rows.keys() | n.keys() if rows.get(s) != n.get(s, 0))})
    is_register = tables.searches["kind"].eq("register")
    made = []
    for identity, box, of_kind, words in (
        ("E1a", "database_results", ~is_register, "databases"),
        ("E1b", "register_results", is_register, "registers"),
    ):
        if box not in flow.applies:
            made.append(Identity(identity, f"Records of all {words} = records identified from {words}"))
            continue
        searches = tables.searches.loc[of_kind, "search"]
        total = sum(rows[search] or 0 for search in searches)
        statement = f"Rows read from the exports of all {words} = records identified from {words}"
        made.append(same_number(identity, statement, total, len(flow.lists[box]), set(wrong) & set(searches) or wrong))
    statement = "For each search, the rows read from its export = its source records"
    made.append(
        same_number("E1c", statement, len(rows.keys() | n.keys()), len(rows.keys() | n.keys()) - len(wrong), wrong)
    )
    return made


def reported_hits(tables: FlowTables, flow: Flow) -> list[Identity]:
    """W1: the database's own number of hits is the number of rows in its export (else the export is cut off)."""
    statement = "The hits that each database reported = the rows of its export"
    if "hits" not in tables.searches or not tables.searches["hits"].ne("").any():
        return [Identity("W1", statement, level="warning", note="no search gives its number of hits")]
    given = tables.searches[tables.searches["hits"].ne("")]
    hits, rows = [whole(n) for n in given["hits"]], [whole(n) for n in given["records"]]
    if "in_file" in given:  # rows set aside on purpose (a table that lists records twice) may be hits too
        all_rows = [whole(n) for n in given["in_file"]]
        rows = [full if full == hit else read for full, hit, read in zip(all_rows, hits, rows, strict=True)]
    wrong = [
        f"{search} ({hit} hits, {row} rows)"
        for search, hit, row in zip(given["search"], hits, rows, strict=True)
        if hit != row
    ]
    total = sum(n or 0 for n in hits), sum(n or 0 for n in rows)
    holds: Holds = "no" if wrong else "yes"
    return [Identity("W1", statement, *total, holds, "warning", tuple(wrong), f"{len(given)} searches give their hits")]


def identified_is_accounted_for(tables: FlowTables, flow: Flow) -> list[Identity]:
    """E2: each source record is a duplicate, or its record was removed before screening, or screened."""
    earliest = _earliest(tables)
    right = flow.lists["duplicates"] + [
        earliest.get(record, record)
        for box in ("excluded_automatic", "excluded_other", "records_screened")
        for record in flow.lists[box]
    ]
    left = flow.lists["database_results"] + flow.lists["register_results"]
    statement = "Databases + registers = duplicates + removed by automation + removed for other reasons + screened"
    return [same_ids("E2", statement, left, right)]


def duplicates_are_members(tables: FlowTables, flow: Flow) -> list[Identity]:
    """E3: duplicates are the members of the clusters beyond the first; every source record is in one cluster; one
    arm each."""
    membership = tables.membership
    sizes = Counter(membership["record_id"])
    firsts = Counter(membership.loc[membership["earliest"].eq("true"), "record_id"])
    wrong = sorted(record for record in sizes if firsts[record] != 1)
    beyond = sum(n - 1 for n in sizes.values())
    in_arms = tables.reports.loc[arm_of_reports(tables).isin(("dbr", "other")), "report_id"]
    return [
        same_number("E3a", "Duplicates = sum over records of (source records - 1)", len(flow.lists["duplicates"]),
                    beyond, wrong),
        same_ids("E3b", "Every source record belongs to exactly one record",
                 list(tables.source_records["source_record_id"]), list(membership["source_record_id"])),
        same_ids("E3c", "Every report is in one arm, once", list(in_arms), sorted(set(in_arms))),
    ]  # fmt: skip


def found_by_both_arms(tables: FlowTables, flow: Flow) -> list[Identity]:
    """W2: a report that other methods found and the databases too (same DOI) is counted in one arm only."""
    statement = "DOIs of reports of other methods = those that no report of databases and registers has"
    if "doi" not in tables.reports or "other_sought_reports" not in flow.applies:
        return [Identity("W2", statement, level="warning")]
    arm, doi = arm_of_reports(tables), doi_key(tables.reports["doi"])
    counted = tables.reports["sought"].eq("yes") & doi.ne("")
    found = set(doi[arm.eq("dbr") & counted])
    other = tables.reports[arm.eq("other") & counted]
    both = list(other.loc[doi[other.index].isin(found), "report_id"])
    note = "say sought = no for them in the sheet of other methods" if both else ""
    return [same_number("W2", statement, len(other), len(other) - len(both), both, level="warning", note=note)]


def removals_are_disjoint(tables: FlowTables, flow: Flow) -> list[Identity]:
    """E4: each removal has a kind and a reason, and no record is removed twice or removed and screened."""
    before = tables.excluded_before
    explained = before["kind"].isin(("automatic", "other")) & before["reason"].ne("")
    earliest = _earliest(tables)
    removed = list(flow.lists["duplicates"])
    removed += [
        earliest.get(i, i)
        for box in ("excluded_automatic", "excluded_other", "records_screened")
        for i in flow.lists[box]
    ]
    return [
        same_ids("E4a", "Every record removed before screening has a kind and a reason", list(before["record_id"]),
                 list(before.loc[explained, "record_id"])),
        same_ids("E4b", "Duplicates, removals and screened records have no record in common", removed,
                 sorted(set(removed))),
    ]  # fmt: skip


def screened_is_decided(tables: FlowTables, flow: Flow) -> list[Identity]:
    """E5: each screened record is excluded by people or by automation, taken to full text, set apart, or pending."""
    lists = flow.lists
    parts = ("excluded_human", "excluded_automation", "advanced", "ongoing", "awaiting", "pending")
    right = [i for part in parts for i in lists[f"records_{part}"]]
    statement = "Screened = excluded by people + by automation + taken to full text + ongoing + awaiting + pending"
    return [same_ids("E5", statement, lists["records_screened"], right, pending=lists["records_pending"])]


def sought_are_advanced(tables: FlowTables, flow: Flow) -> list[Identity]:
    """E7: the reports sought are those of the records taken to full text, and of records that were rescued later."""
    rows = tables.reports[arm_of_reports(tables).eq("dbr")]
    records = [list(dict.fromkeys(split_ids(cell))) for cell in rows["record_id"]]
    named = Counter(record for cell in records for record in cell)
    advanced, sought = flow.lists["records_advanced"], flow.lists["dbr_sought_reports"]
    stopped = (flow.lists[f"records_{name}"] for name in ("excluded", "ongoing", "awaiting"))
    rescued = sorted(set(named).intersection(chain.from_iterable(stopped)))
    early = sorted(set(named) & set(flow.lists["records_pending"]))
    extra = sum(n - 1 for n in named.values())
    merged = sum(len(cell) - 1 for cell in records if cell)
    aside = flow.lists["dbr_not_sought"]
    right = len(advanced) + len(rescued) + len(early) + extra - merged - len(aside)
    wrong = set(unequal([*advanced, *rescued, *early], sorted(named)))
    wrong |= {i for i, cell in zip(rows["report_id"], records, strict=True) if not cell}
    decided = tables.decisions["phase"].eq("full_text") & tables.decisions["record_id"].ne("")
    wrong |= set(tables.decisions.loc[decided, "record_id"]) - set(named)
    statement = (
        "Sought = taken to full text + stopped before and rescued + further reports of a record "
        "- records in one report - reports not sought"
    )
    note = f"{len(rescued)} rescued, {extra} further reports, {merged} in one report, {len(aside)} not sought"
    if wrong or len(sought) != right:
        return [Identity("E7", statement, len(sought), right, "no", "always", tuple(sorted(wrong)), note)]
    if early:
        return [Identity("E7", statement, len(sought), right, "pending", "final", tuple(early), note)]
    return [Identity("E7", statement, len(sought), right, "yes", note=note)]


def reports_are_accounted_for(tables: FlowTables, flow: Flow) -> list[Identity]:
    """E8-E10 for databases and registers."""
    return [_retrieved("E8", "dbr", flow), _assessed("E9", "dbr", flow), _reasons("E10", "dbr", tables, flow)]


def other_methods_add_up(tables: FlowTables, flow: Flow) -> list[Identity]:
    """E11: the same for other methods, from their identification on."""
    names = ["E11a", "E11b", "E11c", "E11d", "E11e"]
    if "other_sought_reports" not in flow.applies:
        return [Identity(name, "Other methods", note="no report was found by other methods") for name in names]
    lists = flow.lists
    by_method = [i for box in dict.fromkeys(OTHER_METHODS.values()) for i in lists[box]]
    rows = list(tables.reports.loc[tables.reports["arm"].eq("other"), "report_id"])
    aside = lists["other_duplicates"] + lists["other_not_sought"]
    return [
        same_ids("E11a", "Reports of all other methods = reports identified by other methods", by_method, rows),
        same_ids("E11b", "Identified by other methods = also in databases or registers + not sought + sought",
                 by_method, aside + lists["other_sought_reports"]),
        _retrieved("E11c", "other", flow),
        _assessed("E11d", "other", flow),
        _reasons("E11e", "other", tables, flow),
    ]  # fmt: skip


def included_reports_have_studies(tables: FlowTables, flow: Flow) -> list[Identity]:
    """E12-E13: included reports are those of the studies; a study has reports; links and reports say the same."""
    lists = flow.lists
    included = lists["dbr_included_reports"] + lists["other_included_reports"]
    previous = set(lists["previous_reports"])
    unlinked = [report for report in lists["unlinked_reports"] if report not in previous]
    new = set(lists["new_reports"])
    links = list(zip(tables.study_links["study_id"], tables.study_links["report_id"], strict=True))
    made = [
        same_ids("E12", "New reports + not yet linked = included from databases and registers + from other methods",
                 lists["new_reports"] + unlinked, included, pending=unlinked),
        same_ids("E13a", "Every study has a report and every linked report a study", list(tables.studies["study_id"]),
                 sorted({study for study, _ in links})),
    ]  # fmt: skip
    statement = "The studies that reports name = the links from studies to reports"
    if "study_id" in tables.reports:
        arm = arm_of_reports(tables)
        counts = arm.eq("previous") | (arm.isin(("dbr", "other")) & tables.reports["full_text"].eq("include"))
        rows = tables.reports[counts]
        named = [
            f"{study} <- {report}"
            for studies, report in zip(rows["study_id"], rows["report_id"], strict=True)
            for study in split_ids(studies)
        ]
        made.append(same_ids("E13b", statement, named, [f"{study} <- {report}" for study, report in links]))
    else:
        made.append(Identity("E13b", statement, note="the reports name no study"))
    linked_new = sum(1 for study, report in links if report in new)
    several = linked_new - len(new)
    made.append(
        at_most("E13c", "New studies <= new reports + further studies of reports of several studies",
                len(lists["new_studies"]), len(new) + several, lists["new_studies"], note=f"{several} further studies")
    )  # fmt: skip
    return made


def totals_are_unions(tables: FlowTables, flow: Flow) -> list[Identity]:
    """E14: totals are the unions of previous and new."""
    lists = flow.lists
    studies = sorted(set(lists["previous_studies"]) | set(lists["new_studies"]))
    reports = sorted(set(lists["previous_reports"]) | set(lists["new_reports"]))
    unlinked = sorted(set(lists["unlinked_reports"]) & set(lists["previous_reports"]))
    statement = "Total reports + previous ones not yet linked = previous reports and new reports together"
    return [
        same_ids("E14a", "Total studies = previous studies and new studies together", lists["total_studies"], studies),
        same_ids("E14b", statement, lists["total_reports"] + unlinked, reports, pending=unlinked),
    ]


def updates_add_up(tables: FlowTables, flow: Flow) -> list[Identity]:
    """E20: the waves of a living review divide every list; no record is screened in two waves."""
    split = split_by_wave(tables, flow.lists)
    statements = {
        "E20a": "Identified in the first search and all updates = identified in all",
        "E20b": "Screened, sought, assessed and included in all waves = those of the whole flow",
    }
    if len(split) < 2:
        return [Identity(name, statement, note="one search wave only") for name, statement in statements.items()]
    identified = ["database_results", "register_results", "duplicates"]
    made = []
    for name, boxes in (("E20a", identified), ("E20b", [box for box in UPDATE_COUNTS if box not in identified])):
        left = [i for wave in split.values() for box in boxes for i in wave[box]]
        right = [i for box in boxes for i in flow.lists[box]]
        made.append(same_ids(name, statements[name], left, right))
    return made


def later_is_not_more(tables: FlowTables, flow: Flow) -> list[Identity]:
    """Monotone: no stage has more than the one before it."""
    lists = flow.lists
    identified = lists["database_results"] + lists["register_results"]
    extra = sum(n - 1 for n in Counter(tables.reports.loc[arm_of_reports(tables).eq("dbr"), "record_id"]).values())
    made = [
        at_most("M1", "Screened <= identified", len(lists["records_screened"]), len(identified)),
        at_most("M2", "Sought <= screened + further reports of a record", len(lists["dbr_sought_reports"]),
                len(lists["records_screened"]) + extra),
    ]  # fmt: skip
    for identity, arm, words in (("M3", "dbr", "databases and registers"), ("M4", "other", "other methods")):
        statement = f"Assessed <= sought ({words})"
        if f"{arm}_assessed" not in flow.applies:
            made.append(Identity(identity, statement))
            continue
        assessed, sought = lists[f"{arm}_assessed"], lists[f"{arm}_sought_reports"]
        made.append(at_most(identity, statement, len(assessed), len(sought), sorted(set(assessed) - set(sought))))
    return made


def _retrieved(identity: str, arm: str, flow: Flow) -> Identity:
    lists = flow.lists
    pending = lists[f"{arm}_retrieval_pending"]
    right = lists[f"{arm}_notretrieved_reports"] + lists[f"{arm}_assessed"] + pending
    statement = f"Sought = not retrieved + assessed + pending{_of(arm)}"
    return same_ids(identity, statement, lists[f"{arm}_sought_reports"], right, pending=pending)


def _assessed(identity: str, arm: str, flow: Flow) -> Identity:
    lists = flow.lists
    pending = lists[f"{arm}_fulltext_pending"]
    right = [i for part in ("excluded", "ongoing", "awaiting", "included_reports") for i in lists[f"{arm}_{part}"]]
    statement = f"Assessed = excluded + ongoing + awaiting classification + included + pending{_of(arm)}"
    return same_ids(identity, statement, lists[f"{arm}_assessed"], right + pending, pending=pending)


def _reasons(identity: str, arm: str, tables: FlowTables, flow: Flow) -> Identity:
    rows = tables.reports[arm_of_reports(tables).eq(arm) & tables.reports["full_text"].eq("exclude")]
    one = [len(split_ids(reason)) == 1 for reason in rows["primary_reason"]]
    statement = f"Every excluded report has exactly one primary reason{_of(arm)}"
    return same_ids(identity, statement, list(rows.loc[one, "report_id"]), flow.lists[f"{arm}_excluded"])


def _of(arm: str) -> str:
    return " (databases and registers)" if arm == "dbr" else " (other methods)"


def _earliest(tables: FlowTables) -> dict[str, str]:
    """Record id -> its earliest source record's id."""
    rows = tables.membership[tables.membership["earliest"].eq("true")]
    return dict(zip(rows["record_id"], rows["source_record_id"], strict=True))


CHECKS: list[Callable[[FlowTables, Flow], list[Identity]]] = [
    lists_without_repeats,
    known_records,
    rows_without_repeats,
    searches_add_up,
    reported_hits,
    identified_is_accounted_for,
    duplicates_are_members,
    found_by_both_arms,
    removals_are_disjoint,
    screened_is_decided,
    votes_and_conflicts,
    sought_are_advanced,
    reports_are_accounted_for,
    other_methods_add_up,
    included_reports_have_studies,
    totals_are_unions,
    updates_add_up,
    later_is_not_more,
]
"""One function an identity or a family of them, in the order of the flow."""
