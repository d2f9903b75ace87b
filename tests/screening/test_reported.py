"""Agreement that Covidence reports itself, in place of votes."""

from __future__ import annotations

import pytest
from prismake.screening.sources import read_reported_agreement, read_sources

HEADER = (
    'Reviewer A,Reviewer B,"A Yes, B Yes","A Yes, B No","A No, B Yes","A No, B No",Proportionate Agreement,'
    "Yes Probability,No Probability,Random Agreement Probability,Cohen's Kappa\n"
)
# The counts and the kappa that Covidence printed for the screening of Vembye et al. (github.com/MikkelVembye/
# screen_benchmarks, co-teaching/screening_measures.csv); the reviewers' names are invented.
PUBLISHED = HEADER + "Ann,bo@example.org,232,257,242,7246,0.93745,0.00364,0.88292,0.88656,0.44855\n"


@pytest.fixture
def given(tmp_path):
    """given(text, name=..., **settings): the source's settings and how its file is found."""

    def write(text: str, name: str = "irr.csv", **settings: object):
        (tmp_path / name).write_text(text)
        return [{"id": "c", "tool": "covidence", "files": [name], **settings}], lambda n: tmp_path / n

    return write


def test_the_counts_give_the_kappa_that_covidence_printed(given, invented):
    sources, find = given(PUBLISHED)
    votes, faults = read_sources(sources, find)
    assert not len(votes) and invented.codes(faults) == []
    pairs, faults = read_reported_agreement(sources, find)
    assert invented.codes(faults) == [] and pairs[0]["cells"] == (232, 257, 242, 7246)
    result = invented.merge(votes, invented.records({"A": ["A"]}), reported=pairs)
    shown = result.agreement["phases"]["title_abstract"]["reported"][0]
    assert shown["kappa"]["estimate"] == pytest.approx(0.44855, abs=5e-6)
    assert shown["po"]["estimate"] == pytest.approx(0.93745, abs=5e-6)
    assert shown["p_pos"]["estimate"] == pytest.approx(2 * 232 / (2 * 232 + 257 + 242))
    assert shown["reviewers"] == ["Ann", "Reviewer 1"] and shown["source"] == "Covidence"
    assert result.agreement["phases"]["title_abstract"]["overall"] is None


@pytest.mark.parametrize(
    ("name", "settings", "phase"),
    [
        ("irr.csv", {}, "title_abstract"),
        ("review_irr_full_text.csv", {}, "full_text"),
        ("irr.csv", {"phase": "full_text"}, "full_text"),
    ],
)
def test_the_phase_is_configs_or_the_file_names(given, name, settings, phase):
    assert read_reported_agreement(*given(PUBLISHED, name, **settings))[0][0]["phase"] == phase


def test_a_kappa_that_is_not_that_of_its_counts_is_a_warning(given, invented):
    _, faults = read_reported_agreement(*given(PUBLISHED.replace("0.44855", "0.74855")))
    assert invented.codes(faults, "warning") == ["reported-kappa-differs"]


def test_a_count_that_is_none_is_an_error_and_no_pair(given, invented):
    pairs, faults = read_reported_agreement(*given(PUBLISHED.replace("7246", "NR")))
    assert pairs == [] and invented.codes(faults, "error") == ["unreadable-count"]


def test_a_list_of_records_reports_no_agreement(given):
    text = "Title,Authors,Notes,Covidence #\nOne,A,Exclusion reason: Wrong population; ,#1\n"
    assert read_reported_agreement(*given(text, "excluded.csv"))[0] == []
