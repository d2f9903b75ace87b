"""Each number has its place in a report."""

from __future__ import annotations

import pytest
from prismake.extraction.sources import Sources, check_sources, result_path

NUMBERS = [("new", "mean", "12.0"), ("new", "sd", "8.0"), ("new vs old", "t", "2.1")]
PATH = result_path("Kern 2001", "bdi", "new", "post", "mean")


@pytest.mark.parametrize(
    "key",
    [
        "results/Kern 2001/bdi/new/post/mean",
        "results/Kern 2001/bdi/new",
        "results/kern 2001",
        "results",
        "results/*/bdi/*/post",
        " results / Kern 2001 ",
    ],
)
def test_a_key_covers_the_cells_under_it(sheets, key: str) -> None:  # type: ignore[no-untyped-def]
    frame = sheets(sources=[{"cell_key": key}])["sources"]
    assert Sources(frame).of(PATH) == ["S1"]


@pytest.mark.parametrize("key", ["results/Kern 2001/hrsd", "results/Kern", "arms/Kern 2001"])
def test_another_key_does_not(sheets, key: str) -> None:  # type: ignore[no-untyped-def]
    assert Sources(sheets(sources=[{"cell_key": key}])["sources"]).of(PATH) == []


def test_the_nearest_key_wins_and_both_count_as_used(sheets) -> None:  # type: ignore[no-untyped-def]
    frame = sheets(
        sources=[
            {"cell_key": "results/Kern 2001"},
            {"cell_key": "results/Kern 2001/bdi/new/post/mean", "source_id": "T2"},
        ]
    )["sources"]
    sources = Sources(frame)
    assert sources.of(PATH) == ["T2"]
    assert sources.unused() == []


def test_a_number_without_a_source_is_a_warning_and_an_error_when_final(trial) -> None:  # type: ignore[no-untyped-def]
    tables = trial(*NUMBERS, sources=[{"cell_key": "results/Kern 2001/bdi/new"}])
    draft, ids = check_sources(tables, final=False)
    final, _ = check_sources(tables, final=True)
    assert [(f.code, f.level, f.line) for f in draft] == [("no-source", "warning", 4)]
    assert [f.level for f in final] == ["error"]
    assert list(ids["source_ids"]) == ["S1", "S1", ""]


def test_no_sources_at_all_is_said_once(trial) -> None:  # type: ignore[no-untyped-def]
    faults, _ = check_sources(trial(*NUMBERS), final=False)
    assert [f.code for f in faults] == ["no-sources"]


def test_a_source_of_nothing_is_pointed_out(trial) -> None:  # type: ignore[no-untyped-def]
    keys = ["results", "results/Kern 2002", "arms/Kern 2001/new/age_mean"]
    faults, _ = check_sources(trial(*NUMBERS, sources=[{"cell_key": k} for k in keys]), final=False)
    assert [(f.code, f.value) for f in faults] == [("source-of-nothing", "results/Kern 2002")]


def test_reported_effects_have_sources_too(trial) -> None:  # type: ignore[no-untyped-def]
    row = {
        "study_id": "Kern 2001",
        "outcome_id": "bdi",
        "contrast": "new vs old",
        "timepoint": "post",
        "measure": "g",
        "value": "0.4",
    }
    sources = [{"cell_key": "effects_reported/Kern 2001/bdi/new vs old/post/g"}]
    _, ids = check_sources(trial(effects_reported=[row], sources=sources), final=True)
    assert ids.to_dict("records") == [{"sheet": "effects_reported", "row": 0, "source_ids": "S1"}]
