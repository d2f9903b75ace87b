from prismake.deduplication.block import candidate_pairs
from prismake.deduplication.normalise import normalise


def pairs_of(frame):
    left, right = candidate_pairs(normalise(frame))
    return set(zip(left.tolist(), right.tolist(), strict=True))


def test_likely_pairs_are_found_by_each_of_several_keys(made):
    frame = made(
        {"title": "Rest and mood in shift workers", "authors": "Okoro, A.", "year": 2010, "doi": "10.5555/a"},
        {"title": "Ruhe und Stimmung", "doi": "https://doi.org/10.5555/A"},
        {"title": "REST AND MOOD IN SHIFT WORKERS."},
        {"title": "Visual search in pigeons under load", "authors": "Haas, C.", "year": 1999},
    )
    assert pairs_of(frame) == {(0, 1), (0, 2)}


def test_blank_and_generic_keys_bring_nothing_together(made):
    frame = made(*[{"title": "Editorial"} for _ in range(50)], *[{"title": ""} for _ in range(50)])
    assert pairs_of(frame) == set()


def test_a_large_group_gives_windows_and_not_the_square(made):
    frame = made(*[{"title": "Rest and mood in shift workers", "year": 2010} for _ in range(600)])
    assert len(pairs_of(frame)) < 600 * 20


def test_one_record_or_none_gives_no_pairs(made):
    assert pairs_of(made({"title": "Rest and mood"})) == set()
    assert pairs_of(made({"title": "x"}).iloc[:0]) == set()
