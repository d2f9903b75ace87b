"""Faults: one message says everything, all errors are raised at once."""

import pytest
from prismake.messages.faults import MESSAGE_COLUMNS, Fault, Faults, InputFaults


def test_a_fault_names_file_line_column_value_expected_and_mend():
    fault = Fault("error", "wrong-value", "this is no number", "arms.csv", 7, "n", "12a", "a whole number", "type 12")
    text = str(fault)
    for part in ("arms.csv, line 7, column 'n'", "this is no number", "'12a'", "a whole number", "type 12"):
        assert part in text


def test_a_long_value_is_shortened_in_the_message_and_whole_in_the_table():
    faults = Faults([Fault("error", "x", "too long", value="a" * 500)])
    assert len(str(next(iter(faults)))) < 250
    assert faults.frame().loc[0, "value"] == "a" * 500


def test_all_errors_are_raised_at_once_and_warnings_are_kept_beside_them():
    faults = Faults()
    faults.error("one", "first")
    faults.warning("two", "second")
    faults.error("three", "third")
    with pytest.raises(InputFaults, match="2 errors") as raised:
        faults.raise_errors()
    assert "first" in str(raised.value) and "third" in str(raised.value)
    assert [f.code for f in raised.value.faults] == ["one", "two", "three"]


def test_warnings_alone_raise_nothing():
    faults = Faults()
    faults.warning("two", "second")
    faults.raise_errors()
    assert list(faults.frame().columns) == MESSAGE_COLUMNS


def test_no_faults_make_an_empty_table_with_its_header():
    assert list(Faults().frame().columns) == MESSAGE_COLUMNS
    assert len(Faults().frame()) == 0
