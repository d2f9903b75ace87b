"""Reports and studies: several reports of one study, several studies in one report."""

from __future__ import annotations

import pandas as pd
import pytest
from prismake.messages.faults import Faults
from prismake.screening.retrieval import REPORT_COLUMNS
from prismake.screening.studies import link_studies, pending_reports, study_label, to_link, to_retrieve


def reports(**full_text):
    """Reports with the decisions given; r3 is of other methods and names its study."""
    rows = [
        {
            "report_id": k,
            "record_id": k,
            "arm": "databases",
            "method": "database",
            "authors": "Frisch, Anna; Bo, Cy; Di, Eve",
            "year": "2001",
            "sought": "yes",
            "retrieval": "retrieved",
            "full_text": d,
            "title": k,
        }
        for k, d in full_text.items()
    ]
    return pd.DataFrame(rows).reindex(columns=REPORT_COLUMNS, fill_value="").fillna("")


def links(*rows):
    return pd.DataFrame(rows, columns=["study_id", "report_id", "primary", "label", "evidence"], dtype=str)


def linked(table, sheet=None, **options):
    faults = Faults()
    return *link_studies(table, sheet if sheet is not None else pd.DataFrame(), faults, **options), faults


def test_two_reports_of_one_study():
    sheet = links(("S1", "r1", "no", "", "same registration"), ("S1", "r2", "yes", "My trial", ""))
    table, studies, made, _ = linked(reports(r1="include", r2="include"), sheet)
    assert studies.values.tolist() == [["S1", "My trial", "r2", "r2; r1", 2, "databases", "new"]]
    assert made[["study_id", "report_id"]].values.tolist() == [["S1", "r1"], ["S1", "r2"]]
    assert table["study_id"].tolist() == ["S1", "S1"]


def test_two_studies_in_one_report():
    table, studies, _, _ = linked(reports(r1="include"), links(("S1", "r1", "", "", ""), ("S2", "r1", "", "", "")))
    assert table["study_id"].tolist() == ["S1; S2"]
    assert studies["label"].tolist() == ["Frisch et al. (2001a)", "Frisch et al. (2001b)"]


def test_one_study_a_report_where_config_says_so():
    _, studies, _, _ = linked(reports(r1="include", r2="exclude"), one_study_per_report=True)
    assert studies["study_id"].tolist() == ["r1"]


def test_reports_that_are_not_linked_are_to_link():
    table, studies, _, _ = linked(reports(r1="include", r2="include", r3="exclude"), links(("S1", "r1", "", "", "")))
    assert to_link(table)["report_id"].tolist() == ["r2"]
    assert pending_reports(table)["id"].tolist() == ["r2"]
    assert len(studies) == 1


def test_a_new_report_of_an_old_study():
    table = reports(r1="include", p1="include")
    table.loc[table["report_id"] == "p1", ["arm", "study_id"]] = ["previous", "S1"]
    _, studies, _, _ = linked(table, links(("S1", "r1", "", "", "")))
    assert studies[["origin", "arm", "n_reports"]].values.tolist() == [["both", "databases", 2]]


@pytest.mark.parametrize(
    ("rows", "level", "code"),
    [
        ([("S1", "nowhere", "", "", "")], "error", "unknown-report"),
        ([("S1", "r2", "", "", "")], "warning", "link-to-excluded"),
        ([("S1", "r1", "yes", "", ""), ("S1", "r3", "yes", "", "")], "error", "two-primary-reports"),
        ([("S1", "r1", "perhaps", "", "")], "error", "unknown-word"),
    ],
)
def test_faults_of_the_sheet_of_studies(rows, level, code):
    *_, faults = linked(reports(r1="include", r2="exclude", r3="include"), links(*rows))
    assert (level, code) in [(f.level, f.code) for f in faults]


@pytest.mark.parametrize(
    ("authors", "label"),
    [
        ("Frisch, Anna", "Frisch (2001)"),
        ("van Dis, Eva; Bo, Cy", "van Dis & Bo (2001)"),
        ("A, B; C, D; E, F", "A et al. (2001)"),
        ("World Health Organization", "World Health Organization (2001)"),
        ("", "S9 (2001)"),
    ],
)
def test_labels_are_as_apa_cites(authors, label):
    assert study_label(authors, "2001", "S9") == label


def test_what_is_sought_and_not_yet_retrieved_is_to_retrieve():
    table = reports(r1="include", r2="")
    table.loc[table["report_id"] == "r2", "retrieval"] = "pending"
    assert to_retrieve(table)["report_id"].tolist() == ["r2"]
