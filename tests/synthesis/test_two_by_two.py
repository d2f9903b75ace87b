"""Mantel-Haenszel and Peto."""

from __future__ import annotations

import numpy as np
import pytest
from prismake.synthesis.model import NotEstimable
from prismake.synthesis.specification import specification
from prismake.synthesis.two_by_two import fit_two_by_two, mantel_haenszel, peto, rate_ratio

TABLES = ([4, 10, 0], [50, 60, 40], [8, 12, 3], [52, 58, 41])


def test_one_table_gives_its_own_effect():
    one = ([10], [60], [20], [62])
    assert mantel_haenszel(*one).b == pytest.approx(np.log(10 * 42 / (50 * 20)))
    assert mantel_haenszel(*one).se == pytest.approx((1 / 10 + 1 / 50 + 1 / 20 + 1 / 42) ** 0.5)
    assert mantel_haenszel(*one, measure="RR").b == pytest.approx(np.log((10 / 60) / (20 / 62)))
    assert mantel_haenszel(*one, measure="RD").b == pytest.approx(10 / 60 - 20 / 62)
    assert (mantel_haenszel(*one).QE, mantel_haenszel(*one).QEp) == (0.0, 1.0)


def test_swapping_the_groups_changes_the_sign():
    a, n1, c, n2 = TABLES
    for measure in ("OR", "RR", "RD"):
        first, second = mantel_haenszel(a, n1, c, n2, measure=measure), mantel_haenszel(c, n2, a, n1, measure=measure)
        assert first.b == pytest.approx(-second.b) and first.se == pytest.approx(second.se)
    assert peto(a, n1, c, n2).b == pytest.approx(-peto(c, n2, a, n1).b)


def test_tables_without_events_say_nothing_about_ratios():
    a, n1, c, n2 = TABLES
    more = ([*a, 0], [*n1, 30], [*c, 0], [*n2, 30])
    for measure in ("OR", "RR"):
        assert mantel_haenszel(*more, measure=measure).b == pytest.approx(mantel_haenszel(*TABLES, measure=measure).b)
    assert peto(*more).b == pytest.approx(peto(*TABLES).b)


def test_no_event_in_a_group_has_no_ratio():
    with pytest.raises(NotEstimable, match="zero or infinite"):
        mantel_haenszel([0, 0], [20, 30], [3, 4], [20, 30])
    with pytest.raises(NotEstimable, match="more events than people"):
        mantel_haenszel([30], [20], [3], [20])


def test_rates_of_equal_times_are_counts():
    assert rate_ratio([10], [100], [20], [100]).b == pytest.approx(np.log(0.5))
    assert rate_ratio([10], [100], [20], [100]).se == pytest.approx((1 / 10 + 1 / 20) ** 0.5)


def test_columns_of_the_effects_are_used(effects):
    table = effects.assign(
        events1=["4", "10", "1", "7", "8", "9", "20"], events2=["8", "12", "3", "9", "9", "11", "31"]
    )
    found = fit_two_by_two(table, specification({"model": "mantel_haenszel", "measure": "OR"}))
    assert found["estimate"]["b"] < 0 and found["heterogeneity"]["QE_df"] == 6
    with pytest.raises(NotEstimable, match="2x2"):
        fit_two_by_two(effects, specification({"model": "peto"}))


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@pytest.mark.parametrize("events", [([24, 24], [32, 22]), ([0, 0], [0, 0])])
def test_an_event_that_everybody_or_nobody_has_is_refused(measure, events):
    with pytest.raises(NotEstimable):
        mantel_haenszel(events[0], [24, 24], events[1], [32, 22], measure=measure)


def test_peto_counts_the_tables_that_carry_nothing():
    assert peto([3, 0], [20, 10], [5, 0], [20, 10]).k == 2
