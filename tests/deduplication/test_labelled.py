"""No false merge and nearly every duplicate on labelled sets of real records, where they are beside the checkout."""

import importlib.util
from pathlib import Path

import pytest
from prismake.deduplication.pipeline import deduplicate

_SPEC = importlib.util.spec_from_file_location(
    "deduplication_benchmark", Path(__file__).parents[1] / "benchmarks" / "deduplication.py"
)
benchmark = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(benchmark)


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("citesource_validation", 0.99),
        ("copper", 0.99),
        ("tafenoquine", 0.99),
        ("haematology", 0.95),
        ("edge_cases", 27 / 28),
    ],
)
def test_no_false_merge_on_real_records(shared_data, name, least):
    folder = shared_data / "dedup"
    records = benchmark.source_records(folder / f"{name}.records.csv")
    members = deduplicate(records).membership.groupby("record_id")["source_record_id"].apply(list)
    numbers, mixed = benchmark.score(
        records["source_record_id"].tolist(), benchmark.gold_clusters(folder, name), [c for c in members if len(c) > 1]
    )
    assert mixed == []
    assert numbers["right"] / numbers["duplicates"] >= least


def test_the_score_counts_merges():
    numbers, mixed = benchmark.score(list("abcdef"), [["a", "b", "c"], ["d", "e"]], [["a", "b"], ["c", "f"]])
    assert (numbers["right"], numbers["false"], numbers["missed"], numbers["exact"]) == (1, 1, 2, 0)
    assert mixed == [["c", "f"]]
