"""The table of errors and warnings of screening, row by row: the fault that says it, its levels, and the test that tries it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# condition -> (code of the fault, levels it can have, test)
ROWS = {
    "vote for an unknown id": (
        "unknown-record", {"error"}, "test_a_vote_on_an_unknown_record_is_an_error_with_candidates"),
    "vote for an unknown id that config allows": (
        "allowed-unknown", {"info"}, "test_an_unknown_record_may_be_allowed_with_a_reason"),
    "one reviewer's contradictory votes on one record": (
        "contradictory-votes", {"error"}, "test_contradictory_votes_of_one_reviewer_are_an_error"),
    "conflict without adjudication": (
        "unsettled-conflicts", {"error", "warning"}, "test_what_is_pending_warns_in_a_draft_and_fails_a_final_build"),
    "eligible record without decision": (
        "undecided-records", {"error", "warning"}, "test_what_is_pending_warns_in_a_draft_and_fails_a_final_build"),
    "full-text exclusion without reason": (
        "exclusion-without-reason", {"error"}, "test_a_full_text_exclusion_without_reason_is_an_error"),
    "reason that is not in the codebook": (
        "unknown-reason", {"error"}, "test_a_reason_that_is_not_in_the_protocol_is_an_error_on_full_text_only"),
    "include with an exclusion reason": (
        "include-with-reason", {"error"}, "test_an_include_with_an_exclusion_reason_is_an_error"),
    "full-text decision on a record that was excluded": (
        "full-text-after-exclusion", {"error"}, "test_full_text_after_an_exclusion_is_an_error_unless_rescued"),
    "members of a cluster with different finals": (
        "conflict-of-duplicates", {"warning"}, "test_merged_duplicates_with_different_decisions_are_a_conflict"),
    "members of a cluster with identical finals": (
        "votes-of-duplicates", {"info"}, "test_merged_duplicates_with_the_same_decision_count_once"),
    "cluster split after voting": (
        "split-record", {"warning"}, "test_when_a_record_is_split_votes_stay_and_the_sibling_waits"),
    "vote older than a material change": (
        "stale-votes", {"error", "warning"}, "test_votes_older_than_a_material_change_are_stale"),
    "vote older than a version of the criteria": (
        "stale-votes", {"error", "warning"}, "test_a_new_version_of_the_criteria_makes_all_older_votes_stale"),
    "adjudicator is one of the voters": (
        "adjudicator-voted", {"warning"}, "test_an_adjudicator_who_voted_is_remarked_on"),
    "kappa from votes that were reconciled: complete agreement": (
        "looks-reconciled", {"warning"}, "test_agreement_after_consensus_looks_reconciled"),
    "kappa from votes that were reconciled: changed votes": (
        "looks-reconciled", {"warning"}, "test_conflicts_that_vanish_by_changed_votes_look_reconciled"),
    "one reviewer in a dual-screening protocol": (
        "too-few-reviewers", {"error", "warning"}, "test_one_reviewer_in_a_dual_protocol"),
    "reviewer's name like another's": (
        "similar-reviewers", {"warning"}, "test_names_that_look_like_another_are_remarked_on"),
    "record that an earlier version decided": (
        "carried-forward", {"info"}, "test_votes_of_an_earlier_version_are_carried_forward_and_marked"),
    "identical rows": ("duplicate-votes", {"info"}, "test_identical_rows_are_collapsed_and_said"),
    "stopping rule that was not registered": (
        "stopping-rule-not-registered", {"error", "warning"},
        "test_another_rule_than_the_registered_one_warns_in_a_draft_and_stops_a_final_build"),
}  # fmt: skip


@pytest.fixture(scope="module")
def tests() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("test_*.py")))


@pytest.mark.parametrize("condition", ROWS)
def test_the_row_has_its_fault_and_its_test(root: Path, tests: str, condition: str):
    code, levels, test = ROWS[condition]
    body = re.search(rf"^def {test}\(.*?(?=^def |\Z)", tests, re.MULTILINE | re.DOTALL)
    assert body, f"no test {test}"
    before = tests[: body.start()].rsplit("\n\n\n", 1)[-1]
    assert code in before + body[0], f"{test} does not look for {code}"
    source = "\n".join(p.read_text(encoding="utf-8") for p in (root / "workflow/prismake/screening").rglob("*.py"))
    calls = re.findall(rf"(faults\.\w+|report|\(faults\.error if final else faults\.warning\))\(\s*\"{code}\"", source)
    given = {
        level for call in calls for level in (("error", "warning") if "." not in call or " if " in call else [call[7:]])
    }
    assert given == levels
