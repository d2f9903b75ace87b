"""What is deduplicated stays as it is: again, in another order, and when a search is added, however much its records contradict each other."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.deduplication.pipeline import Deduplicated, deduplicate

ABSTRACT = (
    "Aim: Whether nurses on rotating shifts sleep worse and feel lower was asked in a diary study of nine hospitals over twelve weeks. Method: "
    "Sleep was taken from watches, mood from short scales four times a day. Results: Both fell with each further night in a row and came back slowly."
)
TITLE = "Rest and mood in rotating shift workers of nine hospitals"
FIELDS = {
    "title": [TITLE] * 6 + [f"{TITLE}: A diary study", "Erholung und Stimmung im Schichtdienst", f"{TITLE}, part II", f"Correction to: {TITLE}",
              "Rest and mood in rotating shift workers of ten hospitals", ""],
    "authors": ["Okoro, Ada; Lind, Bo; Haas, Cem"] * 4 + ["Okoro, A.; Lind, B.; Haas, C.", "Okoro, A.", "Lind, B.; Okoro, A.", "Petrov, Ilya", ""],
    "year": [2018] * 4 + [2017, 2019, 2012, None],
    "journal": ["Sleep Research"] * 3 + ["Sleep Res", "Nordic Nursing", "PsyArXiv", "Dissertation Abstracts International", ""],
    "volume": ["12"] * 3 + ["13", "", ""],
    "issue": ["2", "2", "3", "Suppl. 1", ""],
    "pages": ["101-112"] * 3 + ["101", "301-312", "S15", "", ""],
    "doi": ["10.5555/sr.12.101"] * 2 + ["10.5555/sr.13.301", "10.31234/osf.io/ab1cd", "", "", ""],
    "pmid": ["31234567", "31234999", "", "", ""],
    "abstract": [ABSTRACT, ABSTRACT, ABSTRACT[::-1], "", ""],
    "entry_type": ["article"] * 4 + ["conference", "dissertation", "erratum", ""],
    "title_alternative": [""] * 6 + ["Erholung und Stimmung im Schichtdienst"],
    "search": ["first", "second", "third"],
    "ward": ["nine hospitals", "two clinics", "a night school", "five ships"],
}  # fmt: skip
SEARCHES = ["first", "second", "third"]
ENTRIES = st.lists(st.fixed_dictionaries({k: st.sampled_from(v) for k, v in FIELDS.items()}), min_size=8, max_size=28)
MODES = st.sampled_from(
    [
        {},
        {"mode": "only exact"},
        {"mode": "eager"},
        {"join_preprints": True, "join_dissertations": True, "mode": "eager"},
        {"largest_cluster": 3},
    ]
)


def frame(entries: list[dict]) -> pd.DataFrame:
    """Source records of entries, their databases named after their searches; each ward has works of its own."""
    made = pd.DataFrame(entries).assign(database=[f"Base {e['search']}" for e in entries])
    made["title"] = [e["title"].replace("nine hospitals", e["ward"]) for e in entries]
    for column in ("doi", "pmid"):
        made[column] = [f"{e[column]}{len(e['ward'])}" if e[column] else "" for e in entries]
    made.insert(0, "source_record_id", [f"{e['search']}:{n:02}" for n, e in enumerate(entries)])
    return made.assign(year=pd.array(made["year"], dtype="Int64"))


def again(found: Deduplicated, **more: object) -> Deduplicated:
    """The records deduplicated as if they were source records."""
    return deduplicate(found.records.rename(columns={"record_id": "source_record_id"}), **more)


def sets(found: Deduplicated) -> dict[str, str]:
    return found.membership.set_index("source_record_id")["record_id"].to_dict()


def unchanged(found: Deduplicated, second: Deduplicated) -> bool:
    columns = ["record_id", "title", "authors", "year", "journal", "volume", "pages", "doi", "pmid", "abstract", "kept_apart"]  # fmt: skip
    return found.records[columns].to_csv() == second.records[columns].to_csv()


@given(ENTRIES, MODES, st.booleans())
@settings(max_examples=10)
def test_its_own_output_stays_as_it_is(entries, chosen, with_databases):
    found = deduplicate(frame(entries), settings=chosen, searches=SEARCHES)
    if with_databases:
        found.records.insert(0, "database", found.records["databases"])
    assert unchanged(found, again(found, settings=chosen))


@given(ENTRIES, MODES, st.randoms())
@settings(max_examples=6)
def test_the_order_of_rows_changes_nothing(entries, chosen, random):
    made = frame(entries)
    order = list(range(len(made)))
    random.shuffle(order)
    one, other = (deduplicate(f, settings=chosen, searches=SEARCHES) for f in (made, made.iloc[order]))
    for table in ("records", "membership", "pairs", "queue", "related", "conflicts"):
        assert getattr(one, table).to_csv() == getattr(other, table).to_csv()


@given(ENTRIES, MODES)
@settings(max_examples=6)
def test_a_search_that_is_added_takes_nothing_apart_and_keeps_every_id(entries, chosen):
    made = frame(entries)
    before: dict[str, str] = {}
    for n in (1, 2, 3):
        part = made[made["search"].isin(SEARCHES[:n])]
        now = sets(deduplicate(part, settings=chosen, searches=SEARCHES)) if len(part) else {}
        for one, record in before.items():
            assert now[one] == now[record]
        before = now


@given(ENTRIES, st.data())
@settings(max_examples=3)
def test_rulings_hold_again_and_when_a_search_is_added(entries, data):
    made = frame(entries)
    ids = made["source_record_id"].tolist()
    pair = st.lists(st.sampled_from(ids), min_size=2, max_size=2, unique=True)
    different = data.draw(pair)
    same = data.draw(pair.filter(lambda p: set(p) != set(different)))
    said = pd.DataFrame([[*same, "same"], [*different, "different"]], columns=["source_record_id_1", "source_record_id_2", "ruling"])  # fmt: skip
    before: dict[str, str] = {}
    for n in (1, 2, 3):
        part = made[made["search"].isin(SEARCHES[:n])]
        if not len(part):
            continue
        found = deduplicate(part, rulings=said, searches=SEARCHES)
        now = sets(found)
        if set(same) <= set(now):
            assert now[same[0]] == now[same[1]]
        if set(different) <= set(now):
            assert now[different[0]] != now[different[1]]
        for one, record in before.items():
            assert now[one] == now[record]
        asked = {frozenset((now[a], now[b])) for a, b in found.queue.iloc[:, :2].values}
        assert frozenset(now.get(i, "") for i in different) not in asked
        assert unchanged(found, again(found, rulings=said))
        assert unchanged(found, again(found))
        before = now


def test_what_only_a_member_contradicts_is_asked_about_and_not_joined_in_a_second_run(made):
    whole = {"title": TITLE, "authors": "Okoro, Ada; Lind, Bo; Haas, Cem", "year": 2018, "journal": "Sleep Research"}
    first = {**whole, "id": "a:1", "volume": "12", "pages": "772136", "abstract": ABSTRACT}
    second = {**whole, "id": "b:1", "volume": "12", "pages": "772136", "doi": "10.5555/sr.12.101"}
    other = {**whole, "id": "c:1", "volume": "13", "pages": "1", "doi": "10.5555/sr.12.101", "abstract": ABSTRACT}
    found = deduplicate(made(first, second, other))
    assert found.records["member_ids"].tolist() == ["a:1; b:1", "c:1"]
    assert found.records["kept_apart"].tolist() == ["c:1", "a:1"]
    question = found.queue.iloc[0]
    assert (question["source_record_id_1"], question["source_record_id_2"]) == ("a:1", "c:1")
    assert "same DOI" in question["evidence"] and "different volumes" in question["against"]
    once = again(found)
    assert unchanged(found, once) and unchanged(once, again(once)) and len(once.queue) == 1


@pytest.mark.parametrize("said", ["same", "different"])
def test_a_ruling_on_a_member_is_obeyed_in_a_second_run(made, said):
    row = {"title": TITLE, "authors": "Okoro, A.; Lind, B.", "year": 2018, "journal": "Sleep", "doi": "10.5555/a"}
    entries = made({**row, "id": "a:1"}, {**row, "id": "a:2"}, {**row, "id": "b:1", "doi": "", "year": 2014})
    ruled = pd.DataFrame([["a:2", "b:1", said]], columns=["source_record_id_1", "source_record_id_2", "ruling"])
    found = deduplicate(entries, rulings=ruled)
    second = again(found, rulings=ruled)
    assert len(second.records) == len(found.records) == (1 if said == "same" else 2)
    assert not len(second.queue) and not len(second.faults.frame().query("code == 'unknown-record'"))
