"""Names that results may show."""

from __future__ import annotations

from prismake.messages.faults import Faults
from prismake.screening.reviewers import named_reviewers


def names(invented, *typed, given=None):
    votes = invented.votes(*[("A", name, "include") for name in typed])
    return named_reviewers(votes, given, Faults())["reviewer"].tolist()


def test_emails_become_pseudonyms_in_order_of_appearance(invented):
    assert names(invented, "z@uni.example", "a@uni.example", "z@uni.example") == [
        "Reviewer 1",
        "Reviewer 2",
        "Reviewer 1",
    ]


def test_config_names_go_first_and_taken_pseudonyms_are_passed_over(invented):
    given = {"Z@uni.example": "Zoe", "reviewer 1": "Reviewer 1"}
    assert names(invented, "z@uni.example", "a@uni.example", "Reviewer 1", given=given) == [
        "Zoe",
        "Reviewer 2",
        "Reviewer 1",
    ]


def test_no_email_reaches_the_ledger(invented):
    vote = {"record_key": "A", "reviewer": "ann@uni.example", "decision": "include", "note": "ask bo@uni.example"}
    ledger = invented.merge(invented.votes(vote), invented.records({"A": ["A"]})).ledger
    assert "@" not in ledger.to_csv()


def test_votes_without_a_name_are_remarked_on(invented):
    result = invented.merge(invented.votes(("A", "", "include")), invented.records({"A": ["A"]}))
    assert "unnamed-reviewer" in invented.codes(result.faults, "warning")
    assert result.ledger["reviewer"].tolist() == ["Unnamed reviewer"]
