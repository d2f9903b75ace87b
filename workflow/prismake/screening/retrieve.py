"""The whole of retrieval: decisions and people's sheets to reports, studies, their links and what is still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from prismake.messages.faults import Faults
from prismake.records.sheets import read_sheet
from prismake.screening.matching import current_record_ids
from prismake.screening.retrieval import Sheets, build_reports, empty_sheets, with_current_ids
from prismake.screening.studies import link_studies, pending_reports, to_link, to_retrieve
from prismake.screening.votes import among


@dataclass(frozen=True)
class Retrieved:
    """What the rule retrieve_reports writes; `to_fill` are the lists of which people get copies to fill in."""

    reports: pd.DataFrame
    studies: pd.DataFrame
    study_links: pd.DataFrame
    to_retrieve: pd.DataFrame
    to_link: pd.DataFrame
    pending: pd.DataFrame
    to_fill: dict[str, pd.DataFrame]


def read_given(paths: Mapping[str, list[str]]) -> tuple[dict[str, pd.DataFrame], Faults]:
    """People's sheets by name, empty where there is none yet, and what is wrong with them."""
    sheets, faults = {}, Faults()
    for name, path in paths.items():
        sheets[name], said = read_sheet(path[0]) if path else (pd.DataFrame(), [])
        faults.extend(said)
    return sheets, faults


def retrieve_reports(
    decisions: pd.DataFrame,
    records: pd.DataFrame,
    membership: pd.DataFrame,
    sheets: Mapping[str, pd.DataFrame],
    settings: Mapping[str, Any],
    faults: Faults,
) -> Retrieved:
    """List the reports and link those included to their studies. Faults are collected, not raised.

    Args:
        decisions: results/screening/decisions.csv.
        records: record_id, title, authors, year, doi, searches.
        membership: source_record_id, record_id, aliases.
        sheets: retrieval, studies, other_methods, previous_review, as text; empty where there is none.
        settings: studies (config), final, registers (ids of searches), exclusion_reasons (protocol).
        faults: where what is wrong goes.
    """
    retrieval, studies = with_current_ids(sheets["retrieval"], sheets["studies"], membership)
    other = sheets["other_methods"]
    if "record_id" in other:
        other = other.assign(record_id=current_record_ids(other["record_id"], membership))
        _refuse_unknown(other, membership, faults)
    reports = build_reports(
        decisions,
        records,
        Sheets(retrieval, other, sheets["previous_review"]),
        faults,
        registers=frozenset(settings["registers"]),
        exclusion_reasons=[str(reason["id"]) for reason in settings["exclusion_reasons"] or []],
    )
    one = bool((settings.get("studies") or {}).get("one_study_per_report"))
    known = [*membership["record_id"].unique(), *retrieval.get("report_id", pd.Series(dtype=str))]
    reports, table, links = link_studies(reports, studies, faults, one_study_per_report=one, known=known)
    pending = pending_reports(reports)
    if settings.get("final") and len(pending):
        faults.error(
            "reports-pending",
            f"{len(pending)} reports are still to be retrieved or linked to a study.",
            expected="nothing pending in a final build",
            mend="see results/retrieval/to_retrieve.csv and to_link.csv of a draft build",
        )
    lists = {"to_retrieve": to_retrieve(reports), "to_link": to_link(reports)}
    empty = empty_sheets(bool(len(sheets["other_methods"].columns)), bool(len(sheets["previous_review"].columns)))
    return Retrieved(reports, table, links, **lists, pending=pending, to_fill=lists | empty)


def _refuse_unknown(other: pd.DataFrame, membership: pd.DataFrame, faults: Faults) -> None:
    """A report of other methods that is said to be a record of the databases must name one."""
    named = other["record_id"][other["record_id"] != ""]
    for value in sorted(set(named[~among(named, membership["record_id"].unique())])):
        faults.error(
            "unknown-record",
            "No search found this record.",
            file="resources/other_methods/other_methods.csv",
            column="record_id",
            value=value,
            expected="a record_id of results/deduplication/membership.csv, or a blank cell",
            mend="correct the id; leave it blank where only other methods found the report",
        )
