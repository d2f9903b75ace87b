"""Stopping rules: the protocol has the rule, config says that it was reached, and only then unseen is excluded."""

from __future__ import annotations

import pytest
from prismake.screening.merge import Records, merge_screening
from prismake.screening.sources import read_sources
from prismake.screening.stopping import registered_rules

RULE = "50 irrelevant in a row"
EXPORT = (
    "record_id,asreview_label,asreview_time\n"
    "A,1,2024-01-01T10:00:00\nB,0,2024-01-01T10:01:00\nC,0,2024-01-01T10:02:00\nD,,\n"
)


@pytest.fixture
def stopped(tmp_path, invented):
    """The merge of an ASReview export of one reviewer: stopped(registered rule, option, final=False)."""
    (tmp_path / "a.csv").write_text(EXPORT)

    def run(registered: str | None, option: object = None, *, final: bool = False):
        phase = {"reviewers": 1, "stopping_rule": registered}
        protocol = {"screening": {"title_abstract": phase}, "exclusion_reasons": invented.reasons}
        source = {"id": "asr", "tool": "asreview", "files": ["a.csv"], "reviewer": "Ann"}
        source |= {"options": {"stopping_rule": option}} if option is not None else {}
        votes, faults = read_sources([source], lambda n: tmp_path / n, stopping_rules=registered_rules(protocol))
        records: Records = invented.records({i: [i] for i in "ABCD"})
        return merge_screening(
            votes, records, screening={"sources": [source]}, protocol=protocol, final=final, faults=faults
        )

    return run


def test_a_registered_rule_alone_excludes_nothing_and_what_was_not_seen_waits(stopped, invented):
    result = stopped(RULE)
    assert invented.decision(result, "D")["decision"] == "pending"
    info = next(f for f in result.faults if f.code == "stopping-rule-not-reached")
    assert info.value == RULE and "1 records" in info.what and "The last 2 that were seen are irrelevant" in info.what


def test_once_it_is_reached_the_registered_rule_excludes_by_automation(stopped, invented):
    result = stopped(RULE, True)
    decided = invented.decision(result, "D")
    assert (decided["decision"], decided["basis"], decided["n_reviewers"]) == ("exclude", "automation", 0)
    assert result.ledger["note"].tolist()[-1] == f"stopping rule: {RULE}"
    assert "stopped" in invented.codes(result.faults, "info")
    assert "stopping-rule-not-registered" not in invented.codes(result.faults)


@pytest.mark.parametrize("registered", [None, "100 irrelevant in a row"])
def test_another_rule_than_the_registered_one_warns_in_a_draft_and_stops_a_final_build(stopped, invented, registered):
    assert "stopping-rule-not-registered" in invented.codes(stopped(registered, RULE).faults, "warning")
    assert "stopping-rule-not-registered" in invented.codes(stopped(registered, RULE, final=True).faults, "error")


def test_reached_without_any_rule_in_the_protocol_is_said_too(stopped, invented):
    assert "stopping-rule-not-registered" in invented.codes(stopped(None, True, final=True).faults, "error")


def test_neither_rule_nor_option_says_nothing(stopped, invented):
    assert not {"stopped", "stopping-rule-not-reached"} & set(invented.codes(stopped(None).faults))
