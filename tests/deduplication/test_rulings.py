import pandas as pd
import pytest
from prismake.deduplication.rulings import positions, read_rulings
from prismake.messages.faults import InputFaults

WHERE = {"a": 0, "b": 1, "c": 2}


def sheet(*rows):
    return pd.DataFrame(rows, columns=["source_record_id_1", "source_record_id_2", "ruling"], dtype=str)


def test_rulings_are_read_and_blank_ones_wait():
    ruled = read_rulings(sheet(("b", "a", "Same"), ("b", "c", "different"), ("a", "c", "")), WHERE)
    assert ruled.same == ((0, 1),)
    assert ruled.different == ((1, 2),)
    assert not ruled.faults


def test_every_wrong_row_is_named_at_once():
    with pytest.raises(InputFaults) as raised:
        read_rulings(sheet(("a", "b", "perhaps"), ("a", "c", "same"), ("c", "a", "different")), WHERE, "rulings.csv")
    assert [f.line for f in raised.value.faults] == [2, 4]
    assert {f.code for f in raised.value.faults} == {"unknown-ruling", "contradicting-rulings"}


def test_rulings_that_cannot_all_hold_are_refused():
    with pytest.raises(InputFaults):
        read_rulings(sheet(("a", "b", "same"), ("b", "c", "same"), ("a", "c", "different")), WHERE)


def test_an_unknown_record_is_a_warning():
    ruled = read_rulings(sheet(("a", "z", "same")), WHERE)
    assert ruled.same == ()
    assert [f.level for f in ruled.faults] == ["warning"]


def test_a_missing_column_is_named():
    with pytest.raises(InputFaults, match="ruling"):
        read_rulings(pd.DataFrame({"source_record_id_1": ["a"], "source_record_id_2": ["b"]}), WHERE)


def test_aliases_find_their_record_unless_two_share_them():
    where = positions(["a", "b"], [["old-a; shared"], ["shared"]])
    assert where == {"old-a": 0, "a": 0, "b": 1}
