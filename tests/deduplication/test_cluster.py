from hypothesis import given, settings
from hypothesis import strategies as st
from prismake.deduplication.cluster import Clusters, cluster, keep_ruled_apart


def sets(n, joins, apart=(), same=(), different=()):
    clusters = Clusters(n)
    keep_ruled_apart(clusters, same, different)
    for i, j in apart:
        clusters.keep_apart(i, j)
    for i, j in same:
        clusters.join(i, j)
    refused = cluster(clusters, joins)
    roots = clusters.roots().tolist()
    return {frozenset(i for i in range(n) if roots[i] == root) for root in roots}, refused


def test_no_chain_joins_two_that_contradict_each_other():
    found, refused = sets(3, [(0, 1), (1, 2)], [(0, 2)])
    assert found == {frozenset({0, 1}), frozenset({2})}
    assert refused == [(1, 2, 2, 0)]


def test_what_is_ruled_different_is_kept_apart():
    found, _ = sets(3, [(0, 1), (1, 2)], different=[(0, 1)])
    assert found == {frozenset({0}), frozenset({1, 2})}


def test_what_is_ruled_different_is_kept_apart_from_all_that_is_ruled_the_same():
    clusters = Clusters(4)
    keep_ruled_apart(clusters, [(0, 3)], [(1, 3)])
    assert cluster(clusters, [(0, 1)]) == [(0, 1, 0, 1)]  # before 3 is there at all


def test_what_is_ruled_the_same_is_joined_against_the_rules():
    found, _ = sets(2, [], [(0, 1)], same=[(0, 1)])
    assert found == {frozenset({0, 1})}


def test_a_copy_is_joined_by_itself():
    clusters = Clusters(3)
    clusters.join(0, 1)
    other = clusters.copy()
    other.join(1, 2)
    assert clusters.of(0) == [0, 1] and clusters.root(2) == 2
    assert other.of(2) == [0, 1, 2]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] < p[1]), max_size=20), st.data())
@settings(deadline=None, max_examples=50)
def test_contradictions_are_never_inside_a_cluster(joins, data):
    apart = data.draw(
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] < p[1]), max_size=8)
    )
    found, _ = sets(10, joins, apart)
    assert all(not {a, b} <= members for a, b in apart for members in found)
