"""Double extraction: cell by cell, decided in a sheet of its own."""

from __future__ import annotations

import pandas as pd
import pytest
from prismake.extraction.agreement import icc
from prismake.extraction.codebook import Field
from prismake.extraction.reconcile import compare_cells, reconcile


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("14.2", "14.2", "agree"),
        ("14.2", "14.20", "agree"),
        ("14.2", "14.23", "tolerance"),
        ("14.2", "14.3", "conflict"),
        ("14.2", "", "only_1"),
        ("", "RCT", "only_2"),
        ("Rct", "RCT", "agree"),
        ("NR", "NA", "conflict"),
        ("<.05", ".05", "conflict"),
        ("100", "101", "tolerance"),
    ],
)
def test_cells(first: str, second: str, status: str) -> None:
    tolerance = 0.01 if first == "100" else 0.0
    assert compare_cells(first, second, Field("value"), tolerance) == status


def test_conflicts_stay_open_until_somebody_decides(trial, book) -> None:  # type: ignore[no-untyped-def]
    first, second = (
        trial(("new", "mean", "14.2"), ("new", "sd", "8")),
        trial(("new", "mean", "12.4"), ("new", "sd", "8"), ("new", "n", "38")),
    )
    result = reconcile(first, second, book)
    shown = result.differences[["key", "column", "value_1", "value_2", "status"]].to_dict("records")
    assert shown[0] == {
        "key": "kern 2001 | bdi | new |  | post |  | mean",
        "column": "value",
        "value_1": "14.2",
        "value_2": "12.4",
        "status": "conflict",
    }
    assert [r["status"] for r in shown[1:]] == ["only_2"]
    assert list(result.extraction["results"]["value"]) == ["", "8", "38"]
    decided = pd.DataFrame(
        [
            {
                "sheet": "results",
                "key": shown[0]["key"],
                "column": "value",
                "decision": "14.2",
                "who": "CD",
                "date": "2024-01-02",
                "note": "",
            }
        ]
    )
    again = reconcile(first, second, book, decided)
    assert list(again.extraction["results"]["value"]) == ["14.2", "8", "38"]
    assert again.differences.loc[0, ["value_1", "value_2", "decision", "who"]].tolist() == [
        "14.2",
        "12.4",
        "14.2",
        "CD",
    ]
    assert list(first["results"]["value"]) == ["14.2", "8"]


def test_a_decision_about_no_cell_is_pointed_out(trial, book) -> None:  # type: ignore[no-untyped-def]
    decided = pd.DataFrame([{"sheet": "results", "key": "nobody", "column": "value", "decision": "1"}])
    faults = reconcile(trial(("new", "mean", "1")), trial(("new", "mean", "1")), book, decided).faults
    assert [f.code for f in faults] == ["decision-on-nothing"]


def test_agreement_by_column(trial, book) -> None:  # type: ignore[no-untyped-def]
    first = trial(*[("new", s, v) for s, v in (("mean", "10"), ("sd", "8"), ("n", "38"))])
    second = trial(*[("new", s, v) for s, v in (("mean", "10"), ("sd", "9"), ("n", "38"))])
    table = reconcile(first, second, book).agreement.set_index(["sheet", "column"])
    row = table.loc[("results", "value of sd")]
    assert (row["cells"], row["agree"], row["conflict"], row["percent_agreement"]) == (1, 0, 1, 0.0)
    assert table.loc[("results", "value of mean"), "percent_agreement"] == 100


def test_icc_of_shrout_and_fleiss_1979() -> None:
    # Shrout & Fleiss (1979), Table 2, judges 1 and 3: by the ANOVA's mean squares worked by hand, ICC(2,1).
    pairs = [(9, 5), (6, 3), (8, 6), (7, 2), (10, 6), (6, 4)]
    n = len(pairs)
    grand = sum(a + b for a, b in pairs) / (2 * n)
    bms = 2 * sum(((a + b) / 2 - grand) ** 2 for a, b in pairs) / (n - 1)
    jms = n * sum((sum(p[j] for p in pairs) / n - grand) ** 2 for j in (0, 1))
    ems = (sum((x - grand) ** 2 for p in pairs for x in p) - bms * (n - 1) - jms) / (n - 1)
    assert icc(pairs) == pytest.approx((bms - ems) / (bms + ems + 2 * (jms - ems) / n))
    assert icc(pairs[:2]) is None
