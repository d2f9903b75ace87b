"""The flow as a table for those who cannot see the diagram."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from prismake.flow.page import FLOW_ROW_COLUMNS, flow_html, flow_rows
from prismake.flow.svg import flow_svg


def test_the_table_says_every_number_of_the_flow(summary):
    rows = flow_rows(summary)
    assert list(rows.columns) == FLOW_ROW_COLUMNS
    said = dict(zip(rows["box"], rows["n"], strict=True))
    for box, n in summary["boxes"].items():
        if n:
            assert box not in said or said[box] == f"{n:,}"
    labels = " ".join(rows["label"])
    assert all(part["name"] in labels for part in summary["databases"])


def test_every_link_of_the_diagram_has_its_row(summary):
    table = ET.fromstring(f"<div>{flow_html(summary, synthesis={'total_studies_ma': 9})}</div>")
    targets = {f"#{node.get('id')}" for node in table.iter("tr") if node.get("id")}
    drawing = ET.fromstring(flow_svg(summary, synthesis={"total_studies_ma": 9}))
    assert {a.get("href") for a in drawing.iter("{http://www.w3.org/2000/svg}a")} <= targets


def test_rows_and_columns_are_named_and_words_escaped(make_summary):
    page = flow_html(make_summary(reasons=9, pending=3))
    assert '<th scope="col">' in page and '<th scope="row">' in page and "<caption>" in page
    assert "&lt;not&gt;" in page and "<not>" not in page
    assert "INTERIM" in page


def test_lists_are_linked_where_they_lie(make_summary):
    assert 'href="lists/duplicates.csv"' in flow_html(make_summary(), list_file="lists/{box}.csv")
    assert "<a " not in flow_html(make_summary(), list_file="")


def test_the_table_of_a_new_review_uses_the_words_of_its_template(make_summary):
    new, update = (
        dict(zip(r["box"], r["label"], strict=True))
        for r in map(flow_rows, (make_summary(), make_summary(update=True)))
    )
    assert (new["new_studies"], new["new_reports"]) == ("Studies included in review", "Reports of included studies")
    assert "total_studies" not in new and update["total_studies"] == "Total studies included in review"
    assert new["records_excluded_human"] == "\u2013 by a human"  # below its whole, as parts are
