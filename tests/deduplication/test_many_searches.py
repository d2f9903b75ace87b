"""What later searches, more cores and groups of any size must not change."""

import pandas as pd
import pytest
from prismake.deduplication import compare as comparing
from prismake.deduplication.block import WHOLE, candidate_pairs
from prismake.deduplication.normalise import normalise
from prismake.deduplication.pipeline import deduplicate

SEARCHES = ["first", "second", "third"]


def entries(made, n=40):
    """Entries of `n` works in three searches: half with blanks, some in other words, and one title on fifty letters."""
    rows = []
    for work in range(n):
        whole = {
            "title": f"Rest and mood in {['nurses', 'pilots', 'miners', 'drivers'][work % 4]} of region {'abcdefghijklmnop'[work % 16] * 3}{work}",
            "authors": "Okoro, Ada; Lindgren, Bo; Haas, Cem", "year": 2000 + work % 20, "journal": "Journal of Applied Rest Research", "volume": str(work + 1),
            "issue": "2", "pages": f"{100 + work}-{112 + work}", "doi": f"10.5555/{work}",
        }  # fmt: skip
        for k, search in enumerate(SEARCHES):
            blank = ("doi", "pages", "volume", "issue") if (work + k) % 5 == 0 else ("doi",) if (work + k) % 2 else ()
            rows.append(
                {**{c: v for c, v in whole.items() if c not in blank}, "id": f"{search}:{work}", "search": search}
            )
    for k in range(50):
        rows.append({"id": f"{SEARCHES[k % 3]}:x{k}", "search": SEARCHES[k % 3], "title": "Rest and mood in the night shift, a reply to critics",
                     "authors": f"Okoro, {'ABCDEFGHIJ'[k % 10]}.", "year": 2010, "volume": str(k % 7), "pages": str(k)})  # fmt: skip
    return made(*rows)


def test_pairs_of_earlier_searches_are_the_same_whatever_comes_later(made):
    frame = entries(made).sort_values("search", ignore_index=True)
    stage = frame["search"].map({name: n for n, name in enumerate(SEARCHES)}).to_numpy()
    assert (frame["title"] == "Rest and mood in the night shift, a reply to critics").sum() > 2 * WHOLE
    before = set()
    for n in range(3):
        part = frame[stage <= n].reset_index(drop=True)
        left, right = candidate_pairs(normalise(part), stage=stage[stage <= n])
        now = set(zip(left.tolist(), right.tolist(), strict=True))
        assert before <= now
        before = now


def test_a_later_search_takes_no_record_apart(made):
    frame = entries(made)
    before: pd.Series | None = None
    for n in (1, 2, 3):
        found = deduplicate(frame[frame["search"].isin(SEARCHES[:n])], searches=SEARCHES)
        record = found.membership.set_index("source_record_id")["record_id"]
        if before is not None:
            assert record[before.index].groupby(before).nunique().eq(1).all()
        before = record


def test_one_search_or_three_give_the_same_records(made):
    frame = entries(made)
    three = deduplicate(frame, searches=SEARCHES).membership
    one = deduplicate(frame.assign(search="all")).membership
    sets = [set(m.groupby("record_id")["source_record_id"].apply(frozenset)) for m in (three, one)]
    assert sets[0] == sets[1]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_number_of_cores_changes_no_byte(made, monkeypatch, workers):
    frame = entries(made)

    def text() -> list[str]:
        found = deduplicate(frame, searches=SEARCHES)
        return [t.to_csv() for t in (found.records, found.pairs, found.queue, found.related, found.conflicts)]

    wanted = text()
    asked = []
    given = comparing.process.cpdist

    def cpdist(*args, **kwargs):
        asked.append(kwargs["workers"])
        return given(*args, **{**kwargs, "workers": workers})

    monkeypatch.setattr(comparing.process, "cpdist", cpdist)
    assert text() == wanted
    assert set(asked) == {-1}


def test_pairs_that_meet_by_chance_are_not_compared_further(made):
    row = {"authors": "Okoro, Ada", "year": 2010, "volume": "3"}
    frame = made(
        {**row, "title": "Rest and mood in shift workers", "pages": "10-19"},
        {**row, "title": "Visual search in pigeons under load", "pages": "30-39"},
        {**row, "title": "Rest and mood in shift workers: A diary study", "pages": "50-59"},
    )
    features = normalise(frame)
    left, right = candidate_pairs(features)
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == {(0, 1), (0, 2), (1, 2)}
    compared = comparing.compare(features, left, right)
    assert set(zip(compared["left"], compared["right"], strict=True)) == {(0, 2)}
    assert len(comparing.compare(features, left, right, every=True)) == 3


def test_a_large_cluster_of_an_early_search_stays_when_it_grows(made):
    row = {
        "title": "Rest and mood in rotating shift workers of a hospital",
        "authors": "Okoro, A.; Lind, B.",
        "year": 2010,
        "journal": "Sleep",
    }
    placed = {**row, "volume": "3", "pages": "10-19", "issue": "1"}
    early = [{**(placed if k % 2 else row), "id": f"a:{k:02d}", "search": "first"} for k in range(10)]
    late = [{**(placed if k % 2 else row), "id": f"b:{k:02d}", "search": "second"} for k in range(10)]
    order = ["first", "second"]
    before = deduplicate(made(*early), searches=order).membership.set_index("source_record_id")["record_id"]
    after = deduplicate(made(*early, *late), searches=order).membership.set_index("source_record_id")["record_id"]
    assert after[before.index].groupby(before).nunique().eq(1).all()
