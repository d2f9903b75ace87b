"""Random reviews carried from searches to identities by the real stages: no vote is lost, and every identity holds in each,
in a draft, after an update with another deduplication, and once the work lists are filled in."""

from __future__ import annotations

from collections import Counter

import pytest
from prismake.flow.count import count_flow
from prismake.flow.identities import check_flow

TOGETHER = 50
"""Reviews that are built as one; twice as many are tried here, thousands by tests/benchmarks/random_reviews.py."""


class Enough(Exception):
    """What has been seen of a review's life is all that the test needs."""


@pytest.mark.parametrize("seed", range(2))
def test_no_vote_is_lost_and_every_identity_holds(whole_review, seed):
    verdicts: Counter[tuple[str, str]] = Counter()

    def check(reviews, stage: str) -> None:
        assert reviews.built.faults.errors == [], stage
        assert reviews.lost_or_moved() == [], stage
        for name in reviews.names:
            tables = reviews.tables_of(name)
            for identity in check_flow(tables, count_flow(tables)):
                verdicts[stage, identity.holds] += 1
                assert identity.holds != "no", (stage, name, identity)
                assert not (stage == "final" and identity.holds == "pending"), (name, identity)

    reviews = whole_review.lived(seed, TOGETHER, check)
    assert verdicts["draft", "pending"] and verdicts["final", "yes"]
    assert len(reviews.votes) > 10 * TOGETHER


def test_a_vote_that_is_taken_away_or_put_on_another_record_is_noticed(whole_review):
    seen = []

    def check(reviews, stage: str) -> None:
        assert stage == "draft"
        whole = reviews.built.merged.ledger
        for broken in (whole.iloc[1:], whole.assign(record_id=whole["record_id"].iloc[-1])):
            reviews.built = reviews.built._replace(merged=_with(reviews.built.merged, broken))
            seen.append(reviews.lost_or_moved())
        raise Enough

    with pytest.raises(Enough):
        whole_review.lived(99, 2, check)
    assert all(seen) and len(seen) == 2


def _with(merged, ledger):
    return merged.__class__(**{**vars(merged), "ledger": ledger})
