"""Reviewers over time."""

from __future__ import annotations

from xml.etree import ElementTree

import pandas as pd
import pytest
from prismake.screening.drift import drift, drift_svg


def ledger_of(invented, n, decision_of):
    rows = [
        {"record_key": f"r{i}", "reviewer": name, "decision": decision_of(name, i), "decided_at": f"2024-01-{1 + i // 10:02}T{i % 10:02}:00"}
        for name in ("Ann", "Bo")
        for i in range(n)
    ]  # fmt: skip
    return invented.merge(invented.votes(*rows), invented.records({f"r{i}": [f"r{i}"] for i in range(n)})).ledger


def test_a_reviewer_who_grows_stricter_is_seen(invented):
    ledger = ledger_of(
        invented, 80, lambda name, i: "include" if i % 4 == 0 and (name == "Ann" or i < 40) else "exclude"
    )
    table = drift(ledger).set_index(["reviewer", "block"])
    assert table.loc["Ann", "included"].tolist() == [0.25] * 4
    assert table.loc["Bo", "included"].tolist() == [0.25, 0.25, 0, 0]
    assert table.loc["Bo", "agreed"].tolist() == [1, 1, 0.75, 0.75]
    assert table.loc[("Bo", 1), ["first_vote", "last_vote", "n", "n_both"]].tolist() == [
        "2024-01-01",
        "2024-01-02",
        20,
        20,
    ]
    assert table.loc[("Bo", 3), "included_ub"] == pytest.approx(0.1611, abs=1e-4)  # Newcombe (1998): 0 of 20


def test_few_votes_or_votes_without_time_say_nothing(invented):
    assert not len(drift(ledger_of(invented, 19, lambda name, i: "include")))
    assert "too few" in drift_svg(drift(ledger_of(invented, 3, lambda name, i: "include")))


def test_the_figure_is_well_formed_and_describes_itself(invented):
    ledger = ledger_of(invented, 40, lambda name, i: "include" if i % 2 else "exclude")
    ledger["reviewer"] = ledger["reviewer"].replace("Ann", "A <&> B")
    svg = drift_svg(drift(ledger))
    tree = ElementTree.fromstring(svg)
    assert tree.get("role") == "img"
    assert "A <&> B, title and abstract: included 50% of the first 20" in tree.find("{*}desc").text


def test_titles_and_abstracts_come_before_full_texts(invented):
    first = ledger_of(invented, 40, lambda name, i: "include")
    second = first.assign(phase="full_text")
    svg = drift_svg(drift(pd.concat([first, second], ignore_index=True)))
    assert svg.index("Ann, title and abstract</text>") < svg.index("Ann, full text</text>")
