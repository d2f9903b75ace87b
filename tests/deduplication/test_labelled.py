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


MODES = {
    "copper": (0.95, 0.99, 0.99),
    "tafenoquine": (0.97, 0.99, 0.99),
    "citesource_validation": (0.95, 0.99, 0.99),
    "haematology": (0.75, 0.95, 0.95),
}


@pytest.mark.parametrize("name", MODES)
def test_each_mode_joins_what_the_stricter_joins_and_asks_less(shared_data, name):
    folder = shared_data / "dedup"
    records = benchmark.source_records(folder / f"{name}.records.csv")
    gold = benchmark.gold_clusters(folder, name)
    right, asked = [], []
    for mode, least in zip(("only exact", "careful", "eager"), MODES[name], strict=True):
        found = deduplicate(records, settings={"mode": mode})
        members = found.membership.groupby("record_id")["source_record_id"].apply(list)
        numbers, mixed = benchmark.score(records["source_record_id"].tolist(), gold, [c for c in members if len(c) > 1])
        assert mixed == []
        assert numbers["right"] / numbers["duplicates"] >= least
        right.append(numbers["right"])
        asked.append(len(found.queue))
    assert right == sorted(right) and asked == sorted(asked, reverse=True)


def test_the_score_counts_merges():
    numbers, mixed = benchmark.score(list("abcdef"), [["a", "b", "c"], ["d", "e"]], [["a", "b"], ["c", "f"]])
    assert (numbers["right"], numbers["false"], numbers["missed"], numbers["exact"]) == (1, 1, 2, 0)
    assert mixed == [["c", "f"]]
