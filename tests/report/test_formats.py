"""How values are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.report import formats


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ("count", 0, "0"),
        ("count", 1234567, "1,234,567"),
        ("count", 17.0, "17"),
        ("size", 17.0, "17"),
        ("size", 22.5, "22.5"),
        ("estimate", 0.2249, "0.22"),
        ("estimate", -1.4, "−1.40"),
        ("estimate", -0.001, "0.00"),
        ("slope", -0.0123, "−0.012"),
        ("unit", 0.511, ".51"),
        ("unit", -0.07, "−.07"),
        ("unit", 1.0, "1.00"),
        ("unit", 0.999, "1.00"),
        ("p", 0.011, ".011"),
        ("p", 0.0009, "< .001"),
        ("p", 0.001, ".001"),
        ("p", 0.99999, "> .999"),
        ("p_equals", 0.05, "= .050"),
        ("p_equals", 1e-9, "< .001"),
        ("percent", 45.26, "45.3%"),
        ("share", 0.978, "97.8%"),
        ("variance", 0.00001, "< 0.001"),
        ("variance", 0, "0.000"),
        ("degrees", 8.0, "8"),
        ("degrees", 7.34, "7.3"),
        ("level", 95, "95%"),
        ("level", 0.9, "90%"),
    ],
)
def test_a_value_is_written_as_apa_writes_it(form: str, value: float, text: str) -> None:
    assert formats.write(value, form) == text


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), "", "  "])
@pytest.mark.parametrize("form", sorted(formats.FORMATS))
def test_a_missing_value_is_said_in_words(form: str, value: object) -> None:
    assert formats.write(value, form) == "not estimable"


def test_a_fraction_is_no_count() -> None:
    with pytest.raises(ValueError, match="is not a count"):
        formats.count(2.5)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e6, max_value=1e6))
@settings(deadline=None, max_examples=50)
def test_an_estimate_reads_back_within_its_rounding(value: float) -> None:
    back = float(formats.estimate(value).replace("−", "-").replace(",", ""))
    assert math.isclose(back, value, abs_tol=0.005 + 1e-9)
    assert not formats.estimate(value).startswith("−0.00")


@given(st.floats(min_value=0, max_value=1))
@settings(deadline=None, max_examples=50)
def test_a_p_value_never_prints_as_zero_or_one(p: float) -> None:
    assert formats.p_value(p) not in (".000", "0.000", "1.000")
