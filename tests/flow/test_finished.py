"""E15-E19: the stages after the flow hold the same studies, and their numbers add up."""

from __future__ import annotations

import pandas as pd
import pytest
from prismake.flow.count import count_flow
from prismake.flow.finished import LaterStages, check_later_stages, synthesis_counts
from prismake.flow.tables import flow_tables


def ids(*names: str, **columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"study_id": list(names), **columns})


@pytest.fixture(scope="module")
def flow():
    """A review that includes the studies A, B and C."""
    studies = pd.DataFrame({"study_id": ["A", "B", "C"], "origin": "new"})
    return count_flow(flow_tables({"studies": studies}))


RESULT = {"k": 2, "N": 100, "studies": ["A", "B"], "effects": ["A1", "B1"], "not_estimable": None}
POOLED = ids("A", "B", n=["60", "40"])


def verdicts(flow, **later):
    return {i.id: i.holds for i in check_later_stages(flow, LaterStages(**later))}


def test_a_finished_review_holds(flow):
    found = verdicts(
        flow,
        extracted=ids("A", "B", "C"),
        risk_of_bias=ids(
            "A", "B", "C", overall=["low", "high", "low"], worst_domain=["low", "high", "low"], override_reason=[""] * 3
        ),
        analyses={"primary": RESULT},
        pooled={"primary": POOLED},
        not_pooled=ids("C"),
        severity={"low": 0, "high": 1},
    )
    assert set(found.values()) == {"yes"}
    assert set(found) == {"E15a", "E15b", "E16a", "E16b", "E17 primary", "E17k primary", "E18 primary", "E19a", "E19b"}


def test_what_is_not_extracted_yet_is_pending_and_a_stranger_is_wrong(flow):
    assert verdicts(flow, extracted=ids("A"))["E15a"] == "pending"
    assert verdicts(flow, extracted=ids("A", "B", "C", "X"))["E15a"] == "no"


def test_a_pooled_study_must_be_included(flow):
    found = {i.id: i for i in check_later_stages(flow, LaterStages(analyses={"p": RESULT | {"studies": ["A", "X"]}}))}
    assert (found["E16a"].holds, found["E16a"].level, found["E16a"].difference) == ("no", "final", ("X",))


def test_a_study_in_no_synthesis_needs_a_reason(flow):
    found = {i.id: i for i in check_later_stages(flow, LaterStages(analyses={"p": RESULT}))}
    assert (found["E16b"].holds, found["E16b"].difference) == ("pending", ("C",))


@pytest.mark.parametrize(("change", "broken"), [
    ({"k": 5}, "E17k p"),
    ({"studies": ["A", "C"]}, "E17 p"),
    ({"N": 101}, "E18 p"),
    ({"subgroups": {"rob": {"levels": [{"k": 1}], "missing": 0}}}, "E17s p.rob"),
    ({"sensitivity": {"without_high_risk_of_bias": {"k": 2, "left_out": ["B"]}}}, "E17h p"),
])  # fmt: skip
def test_a_number_of_an_analysis_that_does_not_add_up(flow, change, broken):
    found = verdicts(flow, analyses={"p": RESULT | change}, pooled={"p": POOLED})
    assert [name for name, holds in found.items() if holds == "no"] == [broken]


@pytest.mark.parametrize("change", [
    {"subgroups": {"rob": {"levels": [{"k": 1}], "missing": 1}}},
    {"sensitivity": {"without_high_risk_of_bias": {"k": 1, "left_out": ["B"]}}},
    {"subgroups": {"rob": {"levels": [], "not_estimable": "no effects"}}},
])  # fmt: skip
def test_parts_of_an_analysis_that_add_up(flow, change):
    assert "no" not in verdicts(flow, analyses={"p": RESULT | change}, pooled={"p": POOLED}).values()


def test_several_effects_of_a_study_may_share_people(flow):
    pooled = ids("A", "A", "B", n=["60", "60", "40"])
    result = RESULT | {"k": 3, "effects": ["A1", "A2", "B1"]}
    assert verdicts(flow, analyses={"p": result}, pooled={"p": pooled})["E18 p"] == "yes"
    assert verdicts(flow, analyses={"p": result | {"N": 99}}, pooled={"p": pooled})["E18 p"] == "no"


def test_an_analysis_that_could_not_be_run_says_why(flow):
    found = check_later_stages(flow, LaterStages(analyses={"p": {"studies": [], "not_estimable": "no effects"}}))
    assert [i.note for i in found if i.id == "E17 p"] == ["no effects"]


@pytest.mark.parametrize(("overall", "worst", "reason", "e19a", "e19b"), [
    ("high", "high", "", "yes", "yes"),
    ("low", "high", "", "yes", "no"),
    ("low", "high", "the domain does not matter here", "yes", "yes"),
    ("", "high", "", "pending", "yes"),
    ("purple", "high", "", "no", "yes"),
])  # fmt: skip
def test_risk_of_bias_levels(flow, overall, worst, reason, e19a, e19b):
    frame = ids("A", overall=[overall], worst_domain=[worst], override_reason=[reason])
    found = verdicts(flow, risk_of_bias=frame, severity={"low": 0, "high": 1, "no_information": None})
    assert (found["E19a"], found["E19b"]) == (e19a, e19b)


def test_studies_and_reports_in_the_meta_analysis():
    links = pd.DataFrame({"study_id": ["A", "A", "B", "C"], "report_id": ["a1", "a2", "b", "c"]})
    analyses = {"p": {"studies": ["A"]}, "q": {"studies": ["B", "X"]}}
    assert synthesis_counts(links["study_id"], links, analyses) == {"total_studies_ma": 2, "total_reports_ma": 3}
    assert synthesis_counts(links["study_id"], links, {}) == {}
