"""Records removed before screening, each with its reason."""

from __future__ import annotations

import pandas as pd
from prismake.records.before_screening import aliases_of, excluded_before

RECORDS = pd.DataFrame(
    {"record_id": ["a:1", "a:2", "a:3"], "title": ["One", "Two", "Three"], "entry_type": ["article", "dissertation",
    "book"],
     "databases": ["Scopus; PubMed", "PubMed", "Scopus"], "year": pd.array([2001, 2002, None], dtype="Int64")}
)  # fmt: skip


def test_by_columns_and_the_first_rule_decides() -> None:
    rules = [
        {"reason": "Dissertation", "kind": "other", "where": {"entry_type": ["dissertation"]}},
        {"reason": "In PubMed", "kind": "automatic", "tool": "x", "where": {"databases": "PubMed"}},
    ]
    out, faults = excluded_before(RECORDS, rules)
    assert not faults
    assert out.to_numpy().tolist() == [
        ["a:1", "automatic", "In PubMed", "x", "One"],
        ["a:2", "other", "Dissertation", "", "Two"],
    ]


def test_by_a_sheet_with_any_id_of_a_record() -> None:
    membership = pd.DataFrame(
        {"source_record_id": ["a:1", "b:9"], "record_id": ["a:1", "a:1"], "aliases": ["KEY1; doi:10.1/x", "9"]}
    )
    out, faults = excluded_before(
        RECORDS,
        [{"reason": "By hand", "kind": "other", "sheet": "s.csv"}],
        {"s.csv": pd.DataFrame({"record_id": ["KEY1", "a:3", ""]})},
        aliases_of(membership),
    )
    assert not faults and out["record_id"].tolist() == ["a:1", "a:3"]


def test_what_a_rule_names_must_be_there() -> None:
    rules = [
        {"reason": "x", "where": {"entry_typ": "book"}},
        {"reason": "y", "sheet": "s.csv"},
        {"reason": "z", "sheet": "no.csv"},
    ]
    _, faults = excluded_before(RECORDS, rules, {"s.csv": pd.DataFrame({"record_id": ["a:9"]})})
    assert [f.code for f in faults] == ["unknown-column", "unknown-record", "empty-rule"]
    assert "did you mean 'entry_type'" in faults.errors[0].expected
