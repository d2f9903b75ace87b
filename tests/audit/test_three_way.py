"""Registered, configured, run."""

import pytest
import yaml
from prismake.audit import three_way
from prismake.messages.faults import Faults
from prismake.protocol.review import load_review

RESULT = {"measure": "SMD", "model": "random", "method": "REML", "test": "z", "level": 95, "not_estimable": None}


def _review(folder, deviations="", exploratory="", config=None):
    (folder / "config/deviations.yaml").write_text(deviations)
    (folder / "config/exploratory.yaml").write_text(exploratory)
    return load_review(folder, config)


def _codes(check, *arguments):
    faults = Faults()
    check(*arguments, faults)
    return [(fault.level, fault.code) for fault in faults]


def test_each_leaf_has_its_verdict(folder):
    review = _review(folder, "deviations:\n  - {id: D1, leaf: analyses.primary.test, value: knha}\n")
    table = three_way.leaf_table(review).set_index("leaf")
    assert table.loc["analyses.primary.test", ["registered", "configured", "verdict", "deviation"]].tolist() == [
        '"z"', '"knha"', "deviation", "D1",
    ]  # fmt: skip
    assert table.loc["analyses.by_age.method", "verdict"] == "unspecified"
    assert table.loc["question", "verdict"] == "preregistered"


def test_a_deviation_on_a_branch_is_the_deviation_of_its_leaves(folder):
    review = _review(folder, "deviations:\n  - {id: D7, leaf: screening.full_text, value: {reviewers: 1}}\n")
    table = three_way.leaf_table(review).set_index("leaf")
    assert table.loc["screening.full_text.reviewers", "deviation"] == "D7"


def test_analyses_are_stamped_and_say_whether_they_ran(folder):
    review = _review(folder, exploratory="analyses:\n  dose: {role: exploratory, title: Dose}\n")
    results = {"primary": RESULT, "by_age": {**RESULT, "not_estimable": "only one study"}}
    table = three_way.analysis_table(review, results).set_index("analysis")
    assert table.loc["primary", ["stamp", "run", "reason"]].tolist() == ["preregistered", "yes", ""]
    assert table.loc["by_age", ["stamp", "run", "reason"]].tolist() == ["unspecified", "no", "only one study"]
    assert table.loc["dose", ["stamp", "run", "reason"]].tolist() == ["exploratory", "no", "no result"]


def test_a_registered_analysis_that_was_not_run_is_listed_with_its_reason(folder):
    review = _review(folder, "deviations:\n  - {id: D1, leaf: analyses.by_age.not_run, value: no study gave ages}\n")
    table = three_way.analysis_table(review, {"primary": RESULT}).set_index("analysis")
    assert "by_age" not in review.analyses
    assert table.loc["by_age", ["run", "reason", "deviations"]].tolist() == ["no", "no study gave ages", "D1"]


def test_the_deviation_table_fills_original_wording_and_deviation_from_the_leaf(folder):
    review = _review(folder, "deviations:\n  - {id: D1, leaf: effect_measure, value: MD, reason: new knowledge}\n")
    row = three_way.deviation_table(review).iloc[0]
    assert (row["item"], row["original_wording"], row["deviation"]) == ("effect_measure", '"SMD"', '"MD"')


@pytest.mark.parametrize(("final", "level"), [(False, "warning"), (True, "error")])
def test_a_deviation_without_a_reason_is_an_error_in_a_final_build_only(folder, final, level):
    review = _review(folder, "deviations:\n  - {id: D1, leaf: effect_measure, value: MD}\n", config={"final": final})
    assert _codes(three_way.check_deviations, review) == [(level, "deviation-without-reason")]


def test_a_result_that_ran_with_another_setting_is_an_error(folder):
    review = _review(folder)
    assert _codes(three_way.check_run, review, {"primary": RESULT}) == []
    assert _codes(three_way.check_run, review, {"primary": {**RESULT, "test": "knha"}}) == [
        ("error", "run-differs-from-configured")
    ]
    named = _review(folder, "deviations:\n  - {id: D1, leaf: analyses.primary.measure, value: OR}\n")
    assert _codes(three_way.check_run, named, {"primary": {**RESULT, "measure": "RD"}}) == [
        ("warning", "measure-of-the-effects")
    ]


def test_searches_are_held_against_the_registered_ones(folder):
    assert _codes(three_way.check_searches, _review(folder)) == []
    text = (folder / "config/config.yaml").read_text()
    (folder / "config/config.yaml").write_text(text.replace("a AND b", "a OR b"))
    assert _codes(three_way.check_searches, _review(folder)) == [("warning", "search-differs")]
    (folder / "config/config.yaml").write_text(text.replace("id: wos", "id: pubmed"))
    assert [code for _, code in _codes(three_way.check_searches, _review(folder))] == [
        "search-not-registered", "search-not-run",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("config", "registered", "code"),
    [
        ("date: 2026-02-01", "to: '2026-01-31'", "search-after-registered-end"),
        ("date: 2026-02-01", "to: '2026-02-01'", None),
        ("date: 2026-02-01, to: '2026-01-31'", "to: '2026-01-31'", None),
        ("to: '2026-01-30'", "to: '2026-01-31'", "search-differs"),
        ("from: '2001'", "from: '2000'", "search-differs"),
        ("from: '2001'", "from: null", None),
        ("limits: English", "limits: None", "search-differs"),
        ("platform: Elsevier", "platform: Scopus", "search-differs"),
    ],
)
def test_dates_limits_and_platforms_are_compared_too(folder, config, registered, code):
    path = folder / "config/config.yaml"
    text = path.read_text().replace("date: 2026-02-01", "").replace("platform: Scopus, ", "")
    path.write_text(text.replace('string: "a AND b", }', f'string: "a AND b", {config}}}'))
    path = folder / "config/protocol.yaml"
    text = path.read_text().replace("platform: Scopus, ", "")
    path.write_text(text.replace("scopus: {name: Scopus,", f"scopus: {{name: Scopus, {registered},"))
    assert [found for _, found in _codes(three_way.check_searches, _review(folder))] == ([code] if code else [])


@pytest.mark.parametrize(("final", "level"), [(False, "warning"), (True, "error")])
def test_an_unlogged_difference_of_a_search_is_an_error_in_a_final_build_and_stands_on_the_first_page(
    folder, final, level
):
    path = folder / "config/config.yaml"
    path.write_text(path.read_text().replace("a AND b", "a OR b"))
    review = _review(folder, config={"final": final})
    assert _codes(three_way.check_searches, review) == [(level, "search-differs")]
    assert three_way.check_searches(review, Faults()) == [
        "The search string of the search scopus is not the registered one, and no deviation says so."
    ]


def test_a_logged_difference_of_a_search_is_none(folder):
    path = folder / "config/config.yaml"
    path.write_text(path.read_text().replace("a AND b", "a OR b"))
    review = _review(folder, 'deviations:\n  - {id: D1, leaf: databases.scopus.string, value: "a OR b"}\n')
    assert _codes(three_way.check_searches, review) == []


def test_spaces_in_a_search_string_make_no_difference(folder):
    text = (folder / "config/config.yaml").read_text()
    (folder / "config/config.yaml").write_text(text.replace("a AND b", "a  AND   b"))
    assert _codes(three_way.check_searches, _review(folder)) == []


def test_a_registration_after_a_stage_began_is_said(folder):
    review = _review(folder)
    assert three_way.check_dates(review, "2026-03-01") == []
    assert three_way.check_dates(review, "2026-01-02T10:00") == [
        "Registered on 2026-01-15, after screening began on 2026-01-02."
    ]
    review.protocol["registration"].clear()
    assert three_way.check_dates(review, "") == ["No registration is on record for this review."]


@pytest.mark.parametrize(
    ("leaf", "value", "setting"),
    [
        ("effect_measure", "MD", "run beside it: primary_as_registered, by_age_as_registered"),
        ("analyses.primary.model", "equal", "run beside it: primary_as_registered"),
        ("screening.title_abstract.reviewers", 1, "not run: what the registered way would have let in was not read or extracted"),
        ("databases.wos", None, "not run: records that only the registered search would find were never seen"),
        ("question", "Does it?", "not run: no number is computed from it"),
        ("analyses.new", {"role": "exploratory", "title": "New"}, "none: no such analysis was registered"),
    ],
)  # fmt: skip
def test_a_late_change_runs_the_registered_setting_beside_it_or_says_why_not(folder, leaf, value, setting):
    entry = {"id": "D1", "leaf": leaf, "value": value, "timing": "after synthesis"}
    review = _review(folder, yaml.safe_dump({"deviations": [entry]}))
    faults = Faults()
    said = three_way.late_deviations(review, faults)
    assert three_way.deviation_table(review)["registered_setting"].tolist() == [setting]
    shown = setting.startswith("run beside")
    assert ("primary_as_registered" in review.analyses) == shown
    assert [fault.code for fault in faults] == (
        ["registered-setting-not-shown"] if setting.startswith("not run") else []
    )
    assert [("D1" in text, "not shown here" in text) for text in said] == (
        [] if setting.startswith("none") else [(True, not shown)]
    )
    early = _review(folder, yaml.safe_dump({"deviations": [{**entry, "timing": "before synthesis"}]}))
    assert (
        three_way.late_deviations(early, Faults()) == []
        and three_way.deviation_table(early)["registered_setting"][0] == ""
    )


def test_an_analysis_is_stamped_with_the_deviations_of_its_effects(folder):
    review = _review(folder, "deviations:\n  - {id: D1, leaf: effect_measure, value: MD, timing: after synthesis}\n")
    table = three_way.analysis_table(review, {}).set_index("analysis")
    assert table.loc["primary", ["stamp", "deviations"]].tolist() == ["deviation", "D1"]
    assert table.loc["primary_as_registered", ["stamp", "deviations"]].tolist() == ["preregistered", ""]
