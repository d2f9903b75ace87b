"""The number function."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from prismake.audit.stamps import Stamps
from prismake.report.numbers import Numbers, descend
from prismake.report.results import Results, UndeclaredFile


def test_a_number_is_recorded_with_file_place_and_checksum(results: Path) -> None:
    numbers = Numbers(Results(results))
    screened = numbers.n("flow.records_screened")
    assert (screened.value, screened.text, screened.form) == (40, "40", "count")
    assert (screened.file, screened.key) == ("flow/flow.json", "boxes.records_screened")
    assert screened.sha256 == hashlib.sha256((results / "flow/flow.json").read_bytes()).hexdigest()
    assert screened.ids == "flow/ids/records_screened.csv"
    assert [row["id"] for row in numbers.table()] == ["flow.records_screened"]


def test_short_names_reach_into_an_analysis(results: Path) -> None:
    numbers = Numbers(Results(results))
    assert numbers.n("primary.estimate").key == "estimate.b"
    assert numbers.n("primary.p").form == "p"
    assert numbers.n("primary.I2").key == "heterogeneity.I2"
    assert numbers.n("primary.heterogeneity.tau2").value == numbers.n("primary.tau2").value


def test_a_transformed_estimate_is_shown_on_its_own_scale(tmp_path: Path) -> None:
    folder = tmp_path / "analyses/or"
    folder.mkdir(parents=True)
    (folder / "result.json").write_text('{"estimate": {"b": 0.69}, "transformed": {"scale": "odds ratio", "b": 2.0}}')
    assert Numbers(Results(tmp_path)).n("or.estimate").value == 2.0


def test_a_wrong_name_says_what_is_near(results: Path) -> None:
    numbers = Numbers(Results(results))
    with pytest.raises(KeyError, match="near it: .*records_screened"):
        numbers.n("flow.record_screened")
    with pytest.raises(KeyError, match="did you mean 'primary'"):
        numbers.n("primry.estimate")
    with pytest.raises(KeyError, match="not one number"):
        numbers.n("primary.heterogeneity")
    with pytest.raises(KeyError, match="not the name of a number"):
        numbers.n("estimate")


def test_what_is_not_there_yet_is_said_in_words(results: Path) -> None:
    number = Numbers(Results(results)).n("flow.previous_studies")
    assert (number.known, number.text) == (False, "not yet counted")


def test_only_declared_files_are_read(results: Path) -> None:
    with pytest.raises(UndeclaredFile, match=r"flow/flow\.json"):
        Numbers(Results(results, declared=["retrieval/studies.csv"])).n("flow.records_screened")


def test_rows_and_different_values_are_counted(results: Path) -> None:
    numbers = Numbers(Results(results))
    assert numbers.rows("risk_of_bias/overall.csv", overall="low").value == 4
    assert numbers.different("effects/effects.csv", "study_id").value == 9


def test_keys_descend_through_lists_by_position_or_name() -> None:
    tree = {"levels": [{"level": "a.b", "k": 1}, {"level": "c", "k": 2}], "x.y": 5}
    assert descend(tree, "levels.1.k") == 2
    assert descend(tree, "levels.c.k") == 2
    assert descend(tree, "x.y") == 5
    with pytest.raises(KeyError):
        descend(tree, "levels.9.k")


def test_the_record_says_how_each_number_stands_to_the_registration(results: Path) -> None:
    numbers = Numbers(Results(results))
    numbers.n("primary.estimate")
    numbers.n("flow.records_screened")
    analyses = [{"analysis": "primary", "stamp": "deviation", "deviations": "D1; D2"}]
    leaves = [{"leaf": "screening.reviewers", "registered": "2", "verdict": "preregistered", "deviation": ""}]
    rows = {row["id"]: row for row in numbers.table(Stamps(analyses, leaves, registered=True))}
    assert (rows["primary.estimate"]["stamp"], rows["primary.estimate"]["deviations"]) == ("deviation", "D1; D2")
    assert rows["flow.records_screened"]["stamp"] == "preregistered"
