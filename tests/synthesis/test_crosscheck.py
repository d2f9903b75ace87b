"""The tasks that metafor is given, both numbers side by side, and metafor itself where it is on the machine."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from prismake.synthesis.analysis import pooled_effects, run_analysis
from prismake.synthesis.crosscheck import tasks_of
from prismake.synthesis.crosscheck_compare import agree, compare, summary
from prismake.synthesis.crosscheck_run import NoMetafor, find_metafor, run_tasks

SPECS = {
    "everything": {
        "measure": "SMD",
        "rho": 0.5,
        "subgroups": ["study_group"],
        "moderators": [["study_age"], ["study_age", "study_group"]],
        "sensitivity": ["leave_one_out", "influence", "outliers_removed", "influential_removed"],
        "publication_bias": ["egger", "egger_random", "begg", "trim_and_fill", "selection_model"],
    },
    "common": {
        "measure": "SMD",
        "method": "PM",
        "test": "knha",
        "subgroups": ["study_group"],
        "subgroup_tau2": "common",
    },
    "three_level": {"measure": "SMD", "model": "multilevel", "test": "t"},
    "che": {"measure": "SMD", "model": "che", "rho": 0.5},
    "outcomes": {"measure": "SMD", "model": "multivariate", "rho": 0.5, "test": "t", "options": {"inner": "scale"}},
    "three_level_in_depth": {
        "measure": "SMD",
        "model": "multilevel",
        "robust": "CR2",
        "subgroups": ["study_group"],
        "moderators": [["study_age", "study_group"]],
        "publication_bias": ["egger_multilevel", "pet_peese"],
    },
    "beside": {
        "measure": "SMD",
        "rho": 0.5,
        "robust": "CR1p",
        "method": "DL",
        "sensitivity": ["all_models", "cumulative"],
        "publication_bias": ["egger_che", "pet_peese", "excess_significance", "fail_safe"],
        "options": {"cumulative_by": "study_age"},
    },
    "assumed_weights": {
        "measure": "SMD",
        "publication_bias": ["selection_model"],
        "options": {"selection_steps": [0.025, 0.5], "selection_weights": [1, 0.6, 0.15]},
    },
    "assumed_weights_equal": {
        "measure": "SMD",
        "model": "equal",
        "publication_bias": ["selection_model"],
        "options": {"selection_steps": [0.05], "selection_weights": [1, 0.3], "selection_alternative": "less"},
    },
    "equal": {"measure": "SMD", "model": "equal", "one_per_study": "all"},
    "peto": {"measure": "OR", "model": "peto", "one_per_study": "first"},
    "mantel_haenszel": {"measure": "RR", "model": "mantel_haenszel", "one_per_study": "all"},
}


@pytest.fixture(scope="module")
def many():
    """Effects of sixteen studies with one to three effects, two-by-two tables and moderators, all as text."""
    rng = np.random.default_rng(20)
    rows = []
    for s in range(16):
        age = rng.normal(40, 8)
        for e in range(1 + s % 3):
            v = rng.uniform(0.02, 0.15)
            rows.append((f"s{s}:{e}", f"s{s}", f"Study {s}", rng.normal(0.3, np.sqrt(v + 0.04)), v, "young" if s % 2 else "old",
                         age, rng.integers(3, 20), 40, rng.integers(3, 20), 40))  # fmt: skip
    columns = [
        "effect_id",
        "study_id",
        "label",
        "yi",
        "vi",
        "study_group",
        "study_age",
        "events1",
        "n1",
        "events2",
        "n2",
    ]
    frame = pd.DataFrame(rows, columns=columns).astype(str)
    return frame.assign(scale=[("anxiety", "mood", "sleep")[int(name[-1])] for name in frame["effect_id"]])


def tasks(many, name):
    table = many.assign(measure=SPECS[name]["measure"])
    return tasks_of(run_analysis(table, SPECS[name], name), pooled_effects(table, SPECS[name]), table)


SHARED = {
    "shared_three_level": {"measure": "SMD", "model": "multilevel", "robust": "CR2", "moderators": [["study_age"]]},
    "shared_che": {"measure": "SMD", "model": "che", "rho": 0.6, "test": "t", "sensitivity": ["leave_one_out"]},
    "shared_outcomes": {"measure": "SMD", "model": "multivariate", "rho": 0.5, "options": {"structure": "CS"}},
    "shared_regressions": {"measure": "SMD", "model": "che", "rho": 0.4, "publication_bias": ["pet_peese"]},
    "few": {"measure": "SMD", "effects": {"study_age": {"max": 36}}, "sensitivity": ["permutation"], "moderators": [["study_age"]]},
}  # fmt: skip


@pytest.fixture(scope="module")
def shared():
    """Two outcomes of one to three treatments against one control, in twelve studies; two studies without arms."""
    rng = np.random.default_rng(7)
    rows = []
    for s in range(12):
        control, age = rng.integers(20, 60), 30 + s
        for arm in range(1 + s % 3):
            for outcome in ("anxiety", "mood")[: 1 + s % 2]:
                n, mean = rng.integers(20, 60), rng.normal(0.3, 0.25)
                arms = ("", "", "", "") if s > 9 else (f"t{arm}", "control", str(n), str(control))
                v = 1 / n + 1 / control
                rows.append((f"s{s}:{arm}{outcome}", f"s{s}", f"Study {s}", mean + rng.normal(0, np.sqrt(v)), v, age, f"s{s}",
                             outcome, "", *arms, "" if s > 9 else f"s{s}-control"))  # fmt: skip
    columns = ["effect_id", "study_id", "label", "yi", "vi", "study_age", "cluster", "outcome_id", "time_weeks", "arm_1",
               "arm_2", "n1", "n2", "shared_group"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype(str).assign(measure="SMD")


def of_shared(shared, name):
    return tasks_of(run_analysis(shared, SHARED[name], name), pooled_effects(shared, SHARED[name]), shared)


def answered(found, change=None):
    """Our own numbers as if metafor had given them."""
    rows = [
        (str(i), q, "NA" if v is None else repr(float(v))) for i, t in enumerate(found) for q, v in t.expected.items()
    ]
    frame = pd.DataFrame(rows, columns=["task", "quantity", "value"])
    return frame if change is None else change(frame)


def test_each_part_of_an_analysis_is_a_task(many):
    parts = [task.part for task in tasks(many, "everything")]
    assert parts == [
        "effects averaged within studies",
        "overall",
        "study_group: old",
        "study_group: young",
        "study_group: differences",
        "meta-regression on study_age",
        "meta-regression on study_age, study_group",
        "leave-one-out",
        "influence",
        "outliers removed",
        "influential removed",
        "Egger's test",
        "Egger's test",
        "Begg's test",
        "trim and fill",
        "selection model",
    ]


@pytest.mark.parametrize(
    ("name", "extra"),
    [
        ("everything", ["greater", "step", [0.025]]),
        ("assumed_weights", ["greater", "step", [0.025, 0.5], [1.0, 0.6, 0.15]]),
        ("assumed_weights_equal", ["less", "step", [0.05], [1.0, 0.3]]),
    ],
)
def test_weights_that_are_assumed_are_given_to_metafor_and_those_estimated_are_not(many, name, extra):
    (task,) = [task for task in tasks(many, name) if task.kind == "selection_model"]
    alternative, kind, *numbers = task.extra.split(" ")
    assert [alternative, kind] == extra[:2]
    given = [[float(number) for number in part.split(",")] for part in numbers]
    assert given == [pytest.approx(part, rel=1e-15) for part in extra[2:]]


def test_equal_numbers_agree_and_a_changed_one_does_not(many):
    found = tasks(many, "everything")
    assert set(compare(found, answered(found))["agrees"]) <= {"yes"}

    def worse(frame):
        at = frame.index[(frame["task"] == "1") & (frame["quantity"] == "b")][0]
        frame.loc[at, "value"] = repr(float(frame.loc[at, "value"]) * 1.001)
        return frame

    table = compare(found, answered(found, worse))
    (row,) = table[table["agrees"] == "no"].to_dict("records")
    assert (row["part"], row["quantity"]) == ("overall", "b")
    assert summary(table, {})["disagreeing"] == 1
    assert summary(table, {})["analyses"]["everything"]["largest_relative_difference"] == pytest.approx(1e-3, rel=0.01)


def test_a_number_that_one_side_lacks_has_a_note_and_a_failure_its_words(many):
    found = tasks(many, "equal")
    table = compare(found, answered(found, lambda frame: frame[frame["quantity"] != "QE"]))
    assert table.loc[table["quantity"] == "QE", "note"].tolist() == ["metafor gives no number"]
    table = compare(found, pd.DataFrame([("0", "error", "no convergence")], columns=["task", "quantity", "value"]))
    assert table["note"].tolist() == ["metafor: no convergence"] and summary(table, {})["without_a_number"] == 1


def test_a_lower_likelihood_of_metafor_is_no_disagreement(many):
    found = tasks(many, "che")

    def lower(frame):
        frame.loc[frame["quantity"] == "ll", "value"] = repr(found[-1].expected["ll"] - 1.0)
        frame.loc[frame["quantity"] == "b", "value"] = "9"
        return frame

    table = compare(found, answered(found, lower))
    odd = table[table["agrees"] != "yes"]
    assert set(odd["quantity"]) == {"ll", "b"} and set(odd["note"]) == {"metafor stopped at a lower likelihood"}


def test_an_analysis_without_an_estimate_asks_nothing(many):
    assert tasks_of(run_analysis(many, {"measure": "SMD", "effects": {"study_id": "s99"}}), many, many) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "flat", "same"),
    [(1.0, 1.00005, False, True), (1.0, 1.0005, False, False), (1.0, 1.0005, True, True), (0.0, 5e-7, False, True)],
)
def test_agreement(ours, theirs, flat, same):
    assert agree(ours, theirs, flat) is same


def test_without_r_there_is_a_reason(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(NoMetafor, match="Rscript is not"):
        find_metafor()


def test_with_r_but_without_metafor_there_is_a_reason(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: "Rscript")
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 1))
    with pytest.raises(NoMetafor, match="no package metafor"):
        find_metafor()


def test_metafor_agrees(many, root):
    try:
        program = find_metafor()
    except NoMetafor as reason:
        pytest.skip(str(reason))
    found = [task for name in SPECS for task in tasks(many, name)]
    answers, versions = run_tasks(found, root / "workflow/templates/crosscheck/metafor.R", program)
    table = compare(found, answers)
    # Selection models need a further package of R, numDeriv.
    compared = table[~table["note"].str.contains("numDeriv")]
    assert compared[compared["agrees"] != "yes"].to_dict("records") == []
    assert set(table["analysis"]) == set(SPECS) and len(table) > 300
    assert set(versions) == {"R", "metafor"}


def test_metafor_agrees_where_effects_share_arms(shared, root):
    try:
        program = find_metafor()
    except NoMetafor as reason:
        pytest.skip(str(reason))
    found = [task for name in SHARED for task in of_shared(shared, name)]
    assert sum("grp1" in task.data for task in found) == 8
    answers, _ = run_tasks(found, root / "workflow/templates/crosscheck/metafor.R", program)
    table = compare(found, answers)
    compared = table[~(table["quantity"].str.startswith("robust") & (table["note"] == "metafor gives no number"))]
    assert compared[compared["agrees"] != "yes"].to_dict("records") == []
    assert set(table["analysis"]) == set(SHARED)


def test_r_that_stops_is_heard(many, root, tmp_path):
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("Rscript is not on this machine")
    script = tmp_path / "stops.R"
    script.write_text('stop("nothing works")\n', encoding="utf-8")
    with pytest.raises(RuntimeError, match="nothing works"):
        run_tasks(tasks(many, "equal"), script, program)
