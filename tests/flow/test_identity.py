"""What an identity's verdict means for a build."""

from __future__ import annotations

import pytest
from prismake.flow.identity import (
    IDENTITY_COLUMNS,
    Identity,
    at_most,
    finished_ids,
    identity_faults,
    identity_frame,
    same_ids,
    same_number,
    whole,
)


def test_equal_lists_hold_whatever_their_order():
    found = same_ids("E", "left = right", ["a", "b"], ["b", "a"])
    assert (found.holds, found.left, found.right, found.difference) == ("yes", 2, 2, ())


def test_equal_numbers_of_different_ids_do_not_hold():
    found = same_ids("E", "left = right", ["a", "b"], ["a", "c"])
    assert (found.holds, found.left, found.right, found.difference) == ("no", 2, 2, ("b", "c"))


def test_an_id_that_stands_twice_is_named():
    assert same_ids("E", "left = right", ["a", "a"], ["a"]).difference == ("a",)


def test_pending_ids_wait_for_a_final_build():
    found = same_ids("E", "left = right", ["a"], ["a"], pending=["a"])
    assert (found.holds, found.level) == ("pending", "final")


def test_a_later_stage_that_lacks_ids_is_pending_and_one_with_strangers_is_wrong():
    assert finished_ids("E", "", ["a"], ["a", "b"]).holds == "pending"
    assert finished_ids("E", "", ["a", "c"], ["a"]).holds == "no"
    assert finished_ids("E", "", ["a"], ["a"]).holds == "yes"


@pytest.mark.parametrize(("level", "holds", "draft", "final"), [
    ("always", "no", "error", "error"),
    ("final", "no", "warning", "error"),
    ("final", "pending", "warning", "error"),
    ("warning", "no", "warning", "warning"),
    ("always", "yes", None, None),
    ("always", "not_applicable", None, None),
])  # fmt: skip
def test_when_a_failing_identity_stops_a_build(level, holds, draft, final):
    identity = Identity("E9", "assessed = all", 3, 4, holds, level, ("x1",))
    for is_final, expected in ((False, draft), (True, final)):
        faults = list(identity_faults([identity], final=is_final))
        assert [fault.level for fault in faults] == ([expected] if expected else [])


def test_a_fault_names_the_identity_both_sides_and_the_ids():
    identity = same_ids("E2", "Identified = accounted for", [f"i{n}" for n in range(20)], [])
    words = str(next(iter(identity_faults([identity], final=False))))
    for part in ("E2", "Identified = accounted for", "20 against 0", "i0", "and 8 more", "To mend it"):
        assert part in words


def test_the_table_has_a_row_for_each_with_its_ids():
    table = identity_frame([same_ids("E", "a = b", ["x"], []), Identity("F", "not here")])
    assert list(table.columns) == IDENTITY_COLUMNS
    assert list(table["difference_ids"]) == ["x", ""]
    assert list(table["left"]) == ["1", ""]


def test_numbers_and_bounds():
    assert same_number("E", "", 3, 3).holds == "yes"
    assert same_number("E", "", 3, 4, ["a"]).difference == ("a",)
    assert at_most("M", "", 4, 4, ["a"]).difference == ()
    assert at_most("M", "", 5, 4, ["a"]).holds == "no"


@pytest.mark.parametrize(
    ("text", "n"), [("12", 12), ("12.0", 12), ("", None), ("-1", None), ("12.5", None), ("x", None)]
)
def test_whole_numbers_as_tables_write_them(text, n):
    assert whole(text) == n
