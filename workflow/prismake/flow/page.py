"""The flow as a table: HTML for readers who cannot see or follow the diagram, and rows for a Word table."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import pandas as pd

from prismake.flow.boxes import BOXES, NEW_REVIEW, SYNTHESIS_BOXES
from prismake.flow.diagram import banner, number

FLOW_ROW_COLUMNS = ["stage", "arm", "label", "n", "unit", "box"]

_STAGES = {
    "Identification": "previous_studies previous_reports database_results register_results website_results "
    "organisation_results citations_results contact_results other_method_results duplicates excluded_automatic "
    "excluded_other other_duplicates other_not_sought",
    "Screening": "records_screened records_excluded records_excluded_human records_excluded_automation records_ongoing "
    "records_awaiting records_pending dbr_sought_reports dbr_not_sought dbr_notretrieved_reports dbr_retrieval_pending "
    "dbr_assessed dbr_excluded dbr_ongoing dbr_awaiting dbr_fulltext_pending other_sought_reports "
    "other_notretrieved_reports other_retrieval_pending other_assessed other_excluded other_ongoing other_awaiting "
    "other_fulltext_pending",
    "Included": "new_studies new_reports updated_studies unlinked_reports total_studies total_reports",
}
_PARTS = {
    "database_results": ("databases", "name"),
    "register_results": ("registers", "name"),
    "dbr_excluded": ("reasons", "label"),
    "other_excluded": ("other_reasons", "label"),
}
_OF_ITS_WHOLE = ("records_excluded_human", "records_excluded_automation")
_ARMS = {"": "", "dbr": "Databases and registers", "other": "Other methods"}


def flow_rows(summary: Mapping[str, Any], *, synthesis: Mapping[str, int] | None = None) -> pd.DataFrame:
    """Every count of the flow as a row (`FLOW_ROW_COLUMNS`), in the order of the diagram, parts below their whole.

    Rows that only a review in progress has (pending lists) are left out where they count nothing.
    """
    rows: list[list[str]] = []
    updated = summary["template"].startswith("updated")
    for stage, names in _STAGES.items():
        for name in names.split():
            n = summary["boxes"].get(name)
            box = BOXES[name]
            if n is None or (n == 0 and not box.of_template) or (name.startswith("total_") and not updated):
                continue
            label = box.label if updated else NEW_REVIEW.get(name, box.label)
            label = f"\u2013 {label}" if name in _OF_ITS_WHOLE else label
            rows.append([stage, _ARMS[box.arm], label, number(n), box.unit, name])
            rows += _part_rows(summary, name, stage, _ARMS[box.arm])
    for name, n in (synthesis or {}).items():
        rows.append(["Included", "", SYNTHESIS_BOXES[name].label, number(n), SYNTHESIS_BOXES[name].unit, name])
    return pd.DataFrame(rows, columns=FLOW_ROW_COLUMNS, dtype=str)


def _part_rows(summary: Mapping[str, Any], name: str, stage: str, arm: str) -> list[list[str]]:
    if name in ("excluded_automatic", "excluded_other"):
        kind = name.removeprefix("excluded_")
        parts = [(part["reason"], part["n"]) for part in summary["excluded_before"] if part["kind"] == kind]
    else:
        key, label = _PARTS.get(name, ("", ""))
        parts = [(part[label], part["n"]) for part in summary.get(key, []) if part["n"] or label == "name"]
    return [[stage, arm, f"\u2013 {words}", number(n), BOXES[name].unit, ""] for words, n in parts]


def flow_html(
    summary: Mapping[str, Any], *, synthesis: Mapping[str, int] | None = None, list_file: str = "../flow/ids/{box}.csv"
) -> str:
    """A fragment of HTML: the same content as the diagram, as a table with a row for each count.

    Args:
        summary: what flow.json holds.
        synthesis: total_studies_ma and total_reports_ma, where they are known.
        list_file: address of a list's file, {box} standing for its name; "" for no links.

    Each row is the target (`list-<box>`) of the link of its box in the diagram.
    """
    rows = flow_rows(summary, synthesis=synthesis)
    interim = banner(summary)
    parts = ['<table class="prisma-flow">', "<caption>PRISMA 2020 flow, as numbers</caption>"]
    if interim:
        parts.insert(0, f'<p class="interim" role="note">{html.escape(interim)}</p>')
    parts.append(
        '<thead><tr><th scope="col">Stage</th><th scope="col">Arm</th><th scope="col">What is counted</th>'
        '<th scope="col">n</th><th scope="col">Unit</th><th scope="col">List</th></tr></thead>'
    )
    for stage, group in rows.groupby("stage", sort=False):
        parts.append("<tbody>")
        for row in group.itertuples():
            has_list = row.box in BOXES
            identity = f' id="list-{row.box}"' if row.box else ""
            address = html.escape(list_file.format(box=row.box))
            link = f'<a href="{address}">{row.box}.csv</a>' if has_list and list_file else ""
            parts.append(
                f'<tr{identity}><td>{stage}</td><td>{row.arm}</td><th scope="row">{html.escape(row.label)}</th>'
                f"<td>{row.n}</td><td>{row.unit}s</td><td>{link}</td></tr>"
            )
        parts.append("</tbody>")
    return "\n".join([*parts, "</table>"]) + "\n"
