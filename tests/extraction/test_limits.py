"""Values that cannot be: each limit, and its neighbour that can."""

from __future__ import annotations

import pytest
from prismake.extraction.limits import LIMITS, check_limits


@pytest.mark.parametrize(
    ("stat", "value", "found"),
    [
        ("or", "-0.5", [("error", "impossible-value")]),
        ("or", "0", [("warning", "value-not-used")]),
        ("or_ci_lb", "0.00", []),
        ("hr", "0.7", []),
        ("log_or", "-0.5", []),
        ("r", "1.2", [("error", "impossible-value")]),
        ("r", "-1", []),
        ("p", "1.2", [("error", "impossible-value")]),
        ("p", "<.001", []),
        ("p", "5", [("error", "impossible-value")]),
        ("F", "-2", [("error", "impossible-value")]),
        ("t", "-2", []),
        ("percent", "120", [("error", "impossible-value")]),
        ("rd", "-35", [("error", "impossible-value")]),
        ("d_se", "-0.1", [("error", "impossible-value")]),
    ],
)
def test_a_number_beyond_its_limits(trial, stat, value, found) -> None:  # type: ignore[no-untyped-def]
    faults = list(check_limits(trial(("new vs old", stat, value))))
    assert [(f.level, f.code) for f in faults] == found
    assert all((f.file, f.line, f.column, f.value) == ("results.csv", 2, "value", value) for f in faults)


def test_reported_effects_have_the_same_limits(trial) -> None:  # type: ignore[no-untyped-def]
    row = {"study_id": "Kern 2001", "outcome_id": "bdi", "contrast": "new vs old", "timepoint": "post"}
    effects = [
        {**row, "measure": "or", "value": "-0.69", "ci_lb": "-1.2", "ci_ub": "0.1", "p": "2"},
        {**row, "measure": "log_or", "value": "-0.69", "ci_lb": "-1.2", "ci_ub": "0.1", "p": "NR"},
    ]
    faults = check_limits(trial(effects_reported=effects))
    assert [(f.line, f.column) for f in faults] == [(2, "value"), (2, "ci_lb"), (2, "p")]
    assert "log_or" in next(iter(faults)).mend


def test_every_limit_is_of_a_statistic_that_the_codebook_knows(book) -> None:  # type: ignore[no-untyped-def]
    (stat,) = [f for f in book.sheets["results"].fields if f.name == "stat"]
    assert set(LIMITS) - set(stat.allowed) <= {"irr_se"}
