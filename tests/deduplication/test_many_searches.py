"""What later searches, more cores and groups of any size must not change."""

import pandas as pd
import pytest
from prismake.deduplication import compare as comparing
from prismake.deduplication.block import WHOLE, candidate_pairs
from prismake.deduplication.normalise import normalise
from prismake.deduplication.pipeline import deduplicate
from prismake.screening.matching import current_record_ids

from .database_styles import medline, ovid, proquest, psycinfo, scopus, wos
from .test_database_styles import FOLLOW_UP, TRIAL

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


def test_one_entry_of_fourteen_exports_is_one_record_with_all_ids_databases_and_searches(made):
    whole = {**TRIAL, "pmid": "31234567"}
    copies = [
        scopus(whole), psycinfo(whole), ovid(whole), proquest(whole), wos(whole), medline(whole), scopus(whole, doi="", issue=""), wos(whole, abstract=""),
        psycinfo(whole, doi="10.1037/t01234-000"), medline(whole, doi="", volume="", issue="", pages=""), wos(whole, year=2020, volume="", issue="", pages=""),
        scopus(whole, title=f"RETRACTED: {whole['title']}"), proquest(whole, authors="Okoro, Ada M.; et al."), {**medline(whole, abstract=""), "database": "Embase"},
    ]  # fmt: skip
    other = scopus(FOLLOW_UP, id="s01:other", search="s01")
    rows = [{**row, "id": f"s{n:02}:1", "search": f"s{n:02}"} for n, row in enumerate(copies, 1)]
    order = [row["search"] for row in rows]
    for given in ([*rows, other], [other, *rows[::-1]]):
        found = deduplicate(made(*given), searches=order)
        assert found.records["record_id"].tolist() == ["s01:1", "s01:other"]
        record = found.records.iloc[0]
        assert record["member_ids"] == "; ".join(row["id"] for row in rows) and record["n_members"] == len(rows) == 14
        assert record["searches"] == "; ".join(order)
        assert record["databases"] == "APA PsycInfo; Embase; PubMed; Scopus; Web of Science"
        assert (record["doi"], record["pmid"], record["volume"], record["pages"]) == (
            "10.5555/jcfr0000820",
            "31234567",
            "89",
            "389-397",
        )
        assert not len(found.queue) and not len(found.pending)


def test_where_a_later_record_shows_two_to_be_one_the_later_id_is_an_alias_and_votes_find_their_record(made):
    early = [
        {"id": "a:1", "search": "first", "title": "Sleep and rumination in adolescents", "authors": "Ito, D.; Haas, C.", "year": 2015, "pmid": "31234567"},
        {"id": "a:2", "search": "first", "title": "Schlaf und Grübeln bei Jugendlichen", "authors": "Ito, D.; Haas, C.", "year": 2015, "doi": "10.5555/z.44", "journal": "Schlaf"},
        {"id": "a:3", "search": "first", "title": "Visual search in pigeons under load", "authors": "Moe, F.", "year": 2015},
    ]  # fmt: skip
    late = {
        "id": "b:1", "search": "second", "title": "Sleep and rumination in adolescents", "title_alternative": "Schlaf und Grübeln bei Jugendlichen",
        "authors": "Ito, D.; Haas, C.", "year": 2015, "pmid": "31234567", "doi": "10.5555/z.44", "journal": "Schlaf",
    }  # fmt: skip
    order = ["first", "second"]
    before = deduplicate(made(*early), searches=order)
    assert before.records["record_id"].tolist() == ["a:1", "a:2", "a:3"]
    after = deduplicate(made(*early, late), searches=order)
    assert after.records["record_id"].tolist() == ["a:1", "a:3"]
    assert after.records["member_ids"].tolist() == ["a:1; a:2; b:1", "a:3"]
    voted_on = pd.Series(["a:1", "a:2", "a:3"])
    assert current_record_ids(voted_on, after.membership.assign(aliases="")).tolist() == ["a:1", "a:1", "a:3"]
