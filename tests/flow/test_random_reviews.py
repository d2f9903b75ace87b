"""In any review, every identity holds; in any table that lost or doubled a row, one does not."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.flow.count import count_flow
from prismake.flow.identities import check_flow
from prismake.flow.identity import Identity, identity_faults
from prismake.flow.tables import COLUMNS, flow_tables

SEEDS = st.integers(min_value=0, max_value=2**32)


def checked(frames: dict[str, pd.DataFrame]) -> list[Identity]:
    tables = flow_tables(frames)
    return check_flow(tables, count_flow(tables))


@settings(deadline=None, max_examples=100)
@given(seed=SEEDS)
def test_every_identity_holds_in_any_review(random_review, seed):
    review = random_review(seed)
    identities = checked(review.tables)
    assert [i for i in identities if i.holds == "no"] == []
    if review.finished:
        assert [i for i in identities if i.holds == "pending"] == []
    assert not identity_faults(identities, final=review.finished).errors


@settings(deadline=None, max_examples=25)
@given(seed=SEEDS)
def test_counts_are_those_of_a_plain_recount(random_review, seed):
    """The boxes again, with nothing but loops over the review as it was made."""
    review = random_review(seed)
    flow = count_flow(flow_tables(review.tables))
    records = set(review.record_of.values())
    assert flow.n("duplicates") == len(review.record_of) - len(records)
    assert flow.n("records_screened") == len(records - review.removed)
    decided = {d["record_id"]: d["decision"] for d in review.rows["decisions"] if d["phase"] == "title_abstract"}
    for box, decision in (
        ("records_excluded", "exclude"),
        ("records_advanced", "include"),
        ("records_pending", "pending"),
    ):
        assert sorted(flow.lists[box]) == sorted(r for r, d in decided.items() if d == decision)
    assert flow.n("total_studies") == len(review.rows["studies"])
    assert flow.summary["interim"] == any(flow.lists[box] for box in flow.summary["pending"])
    for box, n in flow.summary["boxes"].items():
        assert n is None or n == len(set(flow.lists[box]))


@pytest.fixture(scope="module")
def some_reviews(random_review) -> list:
    """A few reviews, made once."""
    return [random_review(seed) for seed in range(8)]


def break_one_row(
    frames: dict[str, pd.DataFrame], name: str, doubled: bool, seed: int
) -> dict[str, pd.DataFrame] | None:
    """The tables with one row lost or doubled; None where the table has no row whose loss another table could show."""
    frame = frames.get(name)
    if frame is None or frame.empty:
        return None
    allowed = list(range(len(frame)))
    if not doubled and name == "reports":  # other methods and full texts without a study have no second table
        allowed = [i for i in allowed if frame["arm"].iloc[i] in ("databases", "registers", "previous")]
    if not doubled and name == "ledger":  # a consensus or automation vote beside reviewers' votes decides nothing alone
        allowed = [i for i in allowed if frame["role"].iloc[i] == "reviewer"]
    if not doubled and name == "searches":
        allowed = [i for i in allowed if frame["records"].iloc[i]]
    if not allowed:
        return None
    at = random.Random(seed).choice(allowed)
    rows = list(range(len(frame)))
    rows = [*rows, at] if doubled else [i for i in rows if i != at]
    return {**frames, name: frame.iloc[rows].reset_index(drop=True)}


@pytest.mark.parametrize("doubled", [False, True], ids=["lost", "doubled"])
@pytest.mark.parametrize("name", COLUMNS)
def test_a_lost_or_doubled_row_breaks_an_identity(some_reviews, name, doubled):
    tried = 0
    for seed, review in enumerate(some_reviews):
        frames = break_one_row(review.tables, name, doubled, seed)
        if frames is None:
            continue
        tried += 1
        broken = [i for i in checked(frames) if i.holds == "no"]
        assert broken, f"review {seed}: nothing noticed a {'doubled' if doubled else 'lost'} row of {name}"
        assert all(i.difference for i in broken)
        assert identity_faults(broken, final=False).errors
    assert tried >= 3
