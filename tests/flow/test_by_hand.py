"""A review small enough to count on paper. Every number below was worked out in the comments, not by the program.

Two databases and a register are searched:

    Scopus     s1 s2 s3 s4 s5 s6      6 records
    PsycInfo   p1 p2 p3 p4            4 records
    registry   r1 r2                  2 records
                                     12 source records: 10 from databases, 2 from the register

Deduplication: p1 is the same entry as s1; p2 and r1 are the same as s2. That is 1 + 2 = 3 duplicates,
and 12 - 3 = 9 records: s1 s2 s3 s4 s5 s6 p3 p4 r2.

Before screening: p4 is a dissertation (other reason), s6 was marked by a tool. 9 - 2 = 7 records are screened:
s1 s2 s3 s4 s5 p3 r2.

Title and abstract, two reviewers:
    s1 include, include -> include             s4 exclude, exclude -> exclude
    s2 include, exclude -> adjudicated include s5 exclude, include -> adjudicated exclude
    s3 include, include -> include             p3 include, include -> include
    r2 include, include -> include
2 excluded (s4, s5), 5 taken to full text (s1 s2 s3 p3 r2).

Retrieval: s1 has two reports (s1, s1b), the others one each: 6 reports are sought. p3's cannot be had:
6 - 1 = 5 assessed.

Full text: s1 include, s1b include, s2 exclude (wrong population), s3 include, r2 ongoing.
5 = 1 excluded + 1 ongoing + 3 included.

Other methods: c1 (citation searching), w1 (website), w2 (website, but it is s3, which the databases had found).
3 identified; w2 counts with the databases; 2 sought, 2 assessed, c1 included, w1 excluded (wrong design).

Studies: s1 and s1b are one study (A); s3 reports two studies (B, C); c1 is a further report of study P of the
previous version.
Previous version: study P (report p-rep) and study Q (reports q-1, q-2): 2 studies, 3 reports.
New reports: s1, s1b, s3, c1 = 4 (3 from databases and registers, 1 from other methods).
New studies: A, B, C = 3; P is a study of the previous version with a new report.
Total: 5 studies (A B C P Q), 4 + 3 = 7 reports.
"""

from __future__ import annotations

import pytest
from prismake.flow.count import Flow, count_flow
from prismake.flow.identities import check_flow

REASONS = [{"id": "population", "label": "Wrong population"}, {"id": "design", "label": "Wrong design"}]


@pytest.fixture(scope="module")
def flow(tables) -> Flow:
    return count_flow(tables, REASONS)


@pytest.mark.parametrize(
    ("box", "ids"),
    {
        "database_results": "s1 s2 s3 s4 s5 s6 p1 p2 p3 p4",
        "register_results": "r1 r2",
        "duplicates": "p1 p2 r1",
        "excluded_automatic": "s6",
        "excluded_other": "p4",
        "records_screened": "s1 s2 s3 s4 s5 p3 r2",
        "records_excluded": "s4 s5",
        "records_excluded_human": "s4 s5",
        "records_excluded_automation": "",
        "records_advanced": "s1 s2 s3 p3 r2",
        "records_pending": "",
        "dbr_sought_reports": "s1 s1b s2 s3 p3 r2",
        "dbr_notretrieved_reports": "p3",
        "dbr_assessed": "s1 s1b s2 s3 r2",
        "dbr_excluded": "s2",
        "dbr_ongoing": "r2",
        "dbr_awaiting": "",
        "dbr_included_reports": "s1 s1b s3",
        "website_results": "w1 w2",
        "organisation_results": "",
        "citations_results": "c1",
        "other_duplicates": "w2",
        "other_not_sought": "",
        "other_sought_reports": "c1 w1",
        "other_notretrieved_reports": "",
        "other_assessed": "c1 w1",
        "other_excluded": "w1",
        "other_included_reports": "c1",
        "previous_studies": "P Q",
        "previous_reports": "p-rep q-1 q-2",
        "new_studies": "A B C",
        "updated_studies": "P",
        "new_reports": "s1 s1b s3 c1",
        "unlinked_reports": "",
        "total_studies": "A B C P Q",
        "total_reports": "s1 s1b s3 c1 p-rep q-1 q-2",
    }.items(),
)
def test_each_box_holds_the_ids_counted_on_paper(flow, box, ids):
    assert sorted(flow.lists[box]) == sorted(ids.split())
    assert flow.n(box) == len(ids.split())


def test_the_summary_says_what_the_comments_say(flow):
    summary = flow.summary
    assert summary["template"] == "updated_databases_other"
    assert summary["databases"] == [{"name": "Scopus", "n": 6}, {"name": "PsycInfo", "n": 4}]
    assert summary["registers"] == [{"name": "Registry", "n": 2}]
    assert summary["excluded_before"] == [
        {"kind": "automatic", "reason": "Classifier", "n": 1},
        {"kind": "other", "reason": "Dissertations", "n": 1},
    ]
    assert summary["reasons"] == [
        {"id": "population", "label": "Wrong population", "n": 1},
        {"id": "design", "label": "Wrong design", "n": 0},
    ]
    assert [reason["n"] for reason in summary["other_reasons"]] == [0, 1]
    assert summary["interim"] is False and not any(summary["pending"].values())


def test_each_wave_of_the_searches(flow):
    # first search: the 6 of Scopus, no duplicates, s6 removed, s1 to s5 screened, s4 and s5 excluded,
    # s1 s2 s3 sought as 4 reports
    # update 1: 4 + 2 records, p1 p2 r1 duplicates, p4 removed, p3 and r2 screened and sought
    first, update = flow.summary["updates"]
    names = [
        "database_results",
        "register_results",
        "duplicates",
        "records_screened",
        "records_excluded",
        "dbr_sought_reports",
        "dbr_assessed",
        "dbr_included_reports",
    ]
    assert [first["counts"][name] for name in names] == [6, 0, 0, 5, 2, 4, 4, 3]
    assert [update["counts"][name] for name in names] == [4, 2, 3, 2, 0, 2, 1, 0]
    assert [update["cumulative"][name] for name in names] == [10, 2, 3, 7, 2, 6, 5, 3]
    # A (s1, s1b), B and C (s3) were found by the first search; P's new report c1 by no search at all
    assert [first["counts"]["new_studies"], update["counts"]["new_studies"]] == [3, 0]
    assert update["cumulative"]["new_studies"] == 3
    assert (first["name"], first["date"], update["name"], update["date"]) == (
        "First search",
        "2024-05-01",
        "Update 1",
        "2025-06-01",
    )


def test_both_sides_of_the_identities(tables, flow):
    sides = {i.id: (i.left, i.right, i.holds) for i in check_flow(tables, flow)}
    assert {i: s for i, s in sides.items() if s[2] not in ("yes", "not_applicable")} == {}
    assert sides["E1a"] == (10, 10, "yes")
    assert sides["E1b"] == (2, 2, "yes")
    assert sides["W1"] == (10, 10, "yes")  # two searches give their hits: 6 + 4
    assert sides["E2"] == (12, 12, "yes")  # 10 + 2 = 3 + 1 + 1 + 7
    assert sides["E3a"] == (3, 3, "yes")
    assert sides["E5"] == (7, 7, "yes")  # 2 + 0 + 5 + 0
    assert sides["E6b"] == (2, 2, "yes")  # s2 and s5
    assert sides["E6c"] == (14, 14, "yes")  # 7 records, two reviewers each
    assert sides["E7"] == (6, 6, "yes")  # 5 + 1 further report of s1
    assert sides["E8"] == (6, 6, "yes")  # 1 + 5
    assert sides["E9"] == (5, 5, "yes")  # 1 + 1 + 0 + 3
    assert sides["E11b"] == (3, 3, "yes")  # 1 + 0 + 2
    assert sides["E12"] == (4, 4, "yes")  # 3 + 1
    assert sides["E13c"] == (3, 5, "yes")  # 3 new studies, 4 new reports, one of them of two studies
    assert sides["E14a"] == (5, 5, "yes")
    assert sides["E14b"] == (7, 7, "yes")
