"""Included reports against a list of retracted publications."""

from __future__ import annotations

import pandas as pd
import pytest
from prismake.flow.retractions import none_is_retracted, retracted_reports

TITLE = "A trial of a treatment that was not what it said"


def reports(doi: str = "10.5555/a", title: str = TITLE, decision: str = "include") -> pd.DataFrame:
    return pd.DataFrame(
        {"report_id": ["r"], "study_id": ["S"], "title": [title], "doi": [doi], "full_text": [decision]}
    )


@pytest.mark.parametrize(("listed", "how"), [
    ({"doi": "https://doi.org/10.5555/A"}, "doi"),
    ({"title": TITLE.upper() + "."}, "title"),
    ({"doi": "10.5555/b", "title": TITLE}, None),  # another DOI: another publication of that title
    ({"doi": "10.5555/b"}, None),
    ({"doi": ""}, None),
])  # fmt: skip
def test_a_report_is_known_by_its_doi_or_else_its_title(listed, how):
    found = retracted_reports(reports(), pd.DataFrame([{"date": "2024-02-01", **listed}]))
    assert list(found["matched_by"]) == ([how] if how else [])


def test_a_short_title_retracts_nothing():
    assert retracted_reports(reports("", "Editorial"), pd.DataFrame({"title": ["Editorial"]})).empty


def test_only_included_reports_are_looked_up():
    assert retracted_reports(reports(decision="exclude"), pd.DataFrame({"doi": ["10.5555/a"]})).empty


def test_a_retracted_report_is_a_warning_with_its_id():
    identity, found = none_is_retracted(
        reports(), pd.DataFrame({"doi": ["10.5555/a"], "note": ["data could not be found"]})
    )
    assert (identity.holds, identity.level, identity.difference) == ("no", "warning", ("r",))
    assert found["note"].item() == "data could not be found"
    assert none_is_retracted(reports(), None)[0].holds == "not_applicable"
