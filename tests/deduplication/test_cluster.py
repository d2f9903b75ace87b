from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.deduplication.cluster import cluster


def sets(n, *args, **kwargs):
    clusters, refused = cluster(n, *args, **kwargs)
    roots = clusters.roots().tolist()
    return {frozenset(i for i in range(n) if roots[i] == root) for root in roots}, refused


def test_no_chain_joins_two_that_contradict_each_other():
    found, refused = sets(3, [(0, 1), (1, 2)], [(0, 2)])
    assert found == {frozenset({0, 1}), frozenset({2})}
    assert refused == [(1, 2, 2, 0)]


def test_a_ruling_that_two_are_different_always_holds():
    found, _ = sets(3, [(0, 1), (1, 2)], [], ruled_different=[(0, 1)])
    assert found == {frozenset({0}), frozenset({1, 2})}


def test_a_ruling_that_two_are_the_same_holds_against_the_rules():
    found, _ = sets(2, [], [(0, 1)], ruled_same=[(0, 1)])
    assert found == {frozenset({0, 1})}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] < p[1]), max_size=20), st.data())
@settings(deadline=None, max_examples=50)
def test_contradictions_are_never_inside_a_cluster(joins, data):
    apart = data.draw(
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] < p[1]), max_size=8)
    )
    found, _ = sets(10, joins, apart)
    assert all(not {a, b} <= members for a, b in apart for members in found)
