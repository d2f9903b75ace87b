"""ASReview's exports."""

from __future__ import annotations

import pytest

THREE = (
    "prismake_record_id,title,asreview_label,asreview_time,asreview_note,asreview_user_name,asreview_user_email\n"
    "s:1,One,1,1700000000.5,good,Ann,ann@uni.example\ns:2,Two,0,,,,bo@uni.example\ns:3,Three,,,,,\n"
)


def test_version_three(reading, shown):
    votes, _ = reading(THREE, "asreview")
    assert shown(votes, "record_key", "reviewer", "decision", "decided_at", "note") == [
        ("s:1", "Ann", "include", "2023-11-14T22:13:20", "good"),
        ("s:2", "bo@uni.example", "exclude", "", ""),
        ("s:3", "", "unseen", "", ""),
    ]


def test_what_was_not_seen_is_excluded_by_automation_only_under_a_stopping_rule(reading, shown):
    votes, _ = reading(THREE, "asreview", options={"stopping_rule": "100 irrelevant in a row"})
    assert shown(votes, "role", "decision") == [
        ("reviewer", "include"),
        ("reviewer", "exclude"),
        ("automation", "exclude"),
    ]
    assert "100 irrelevant" in votes["note"].iloc[2]


@pytest.mark.parametrize(
    "label", ["included", "label", "label_included", "included_final", "final_included", "include"]
)
def test_columns_that_asreview_takes_for_labels(reading, label):
    assert reading(f"title;{label}\nOne;1\nTwo;no\n", "asreview", reviewer="Ann")[0]["decision"].tolist() == [
        "include",
        "exclude",
    ]


def test_ris_labels_anywhere_in_a_note(reading, shown):
    notes = [
        "ASReview_relevant",
        "text. ASReview_irrelevant. more",
        "ASReview_not_seen",
        "only a note",
        "prismake-record: s:9",
    ]
    ris = "\ufeff" + "".join(f"TY  - GEN\nTI  - {i}\nN1  - first\nN1  - {n}\nER  -\n\n" for i, n in enumerate(notes))
    votes, _ = reading(ris, "asreview", "a.ris", reviewer="Ann")
    assert votes["decision"].tolist() == ["include", "exclude", "unseen", "unseen", "unseen"]
    assert votes["record_key"].tolist()[-1] == "s:9"


def test_ris_without_labels_has_no_votes(reading):
    votes, faults = reading("TY  - JOUR\nTI  - One\nER  - \n", "asreview", "a.ris")
    assert not len(votes) and [f.code for f in faults] == ["no-decisions"]


def test_version_one_writes_minus_one_where_there_is_no_label(reading, shown):
    votes, faults = reading("record_id,title,included\n1,One,1\n2,Two,0\n3,Three,-1\n4,Four,\n", "asreview")
    assert shown(votes, "decision") == [("include",), ("exclude",), ("unseen",), ("unseen",)]
    assert not faults.errors


def test_the_only_reviewer_has_yet_to_see_the_other_records(reading, shown):
    text = "title;asreview_label;asreview_time;asreview_user_name\nOne;1,0;1700000000,5;Ann\nTwo;;;\n"
    votes, faults = reading(text, "asreview")
    assert shown(votes, "reviewer", "decision", "decided_at") == [
        ("Ann", "include", "2023-11-14T22:13:20"),
        ("Ann", "unseen", ""),
    ]
    assert not len(faults)
