"""Leaves: by dotted path, never losing one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.protocol.leaves import filled, leaf, leaves, with_leaf

KEYS = st.text("abcxyz", min_size=1, max_size=3)
TREES = st.recursive(
    st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2) | st.none(),
    lambda child: st.dictionaries(KEYS, child, max_size=3),
    max_leaves=8,
).filter(lambda tree: isinstance(tree, dict))


@given(TREES)
def test_every_leaf_is_found_by_its_path(tree):
    for path, value in leaves(tree).items():
        assert leaf(tree, path) == value


@given(TREES)
def test_the_leaves_rebuild_the_tree(tree):
    rebuilt = {}
    for path, value in leaves(tree).items():
        rebuilt = with_leaf(rebuilt, path, value)
    assert rebuilt == tree


def test_with_leaf_changes_a_copy_only():
    tree = {"a": {"b": 1}}
    assert with_leaf(tree, "a.b", 2) == {"a": {"b": 2}}
    assert tree == {"a": {"b": 1}}


def test_with_leaf_refuses_to_go_below_a_value():
    with pytest.raises(KeyError):
        with_leaf({"a": 1}, "a.b", 2)


def test_a_missing_leaf_is_an_error_or_the_default():
    with pytest.raises(KeyError):
        leaf({"a": {}}, "a.b")
    assert leaf({"a": {}}, "a.b", None) is None


def test_given_values_win_over_defaults_at_every_depth():
    assert filled({"a": {"x": 1}}, {"a": {"x": 0, "y": 2}, "b": 3}) == {"a": {"x": 1, "y": 2}, "b": 3}
