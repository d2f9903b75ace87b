"""The lock: each registered leaf edited in place is caught and named."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.audit.lock import canonical, changed_leaves, check_lock, digest, lock_text, make_lock
from prismake.messages.faults import Faults
from prismake.protocol.leaves import leaves, with_leaf
from prismake.protocol.review import load_review

VALUES = st.recursive(
    st.integers(-5, 5) | st.text(max_size=4) | st.booleans() | st.none(),
    lambda child: st.lists(child, max_size=2) | st.dictionaries(st.text(max_size=3), child, max_size=2),
    max_leaves=6,
)


@pytest.fixture
def protocol(folder):
    return load_review(folder).protocol


def _faults(lock, protocol, folder):
    faults = Faults()
    check_lock(lock, protocol, folder, faults)
    return list(faults)


def test_an_unchanged_protocol_passes(protocol, folder):
    assert _faults(make_lock(protocol), protocol, folder) == []


def test_every_leaf_in_turn_is_caught_and_named_with_old_and_new_value(protocol, folder):
    lock = make_lock(protocol)
    for path, value in leaves(protocol["registered"]).items():
        edited = {**protocol, "registered": with_leaf(protocol["registered"], path, "edited")}
        (fault,) = _faults(lock, edited, folder)
        assert fault.code == "registered-leaf-edited" and path in fault.what
        assert canonical(value) in fault.expected and "edited" in fault.value
        assert f"leaf: {path}" in fault.mend
        assert fault.line is not None


def test_a_removed_and_an_added_leaf_are_caught(protocol, folder):
    lock = make_lock(protocol)
    registered = {k: v for k, v in protocol["registered"].items() if k != "question"}
    added = with_leaf(registered, "analyses.primary.level", 90)
    named = [f.what for f in _faults(lock, {**protocol, "registered": added}, folder)]
    assert len(named) == 2 and any("question" in w for w in named) and any("primary.level" in w for w in named)


def test_a_changed_registration_is_caught(protocol, folder):
    edited = {**protocol, "registration": {**protocol["registration"], "registered": "2025-01-01"}}
    (fault,) = _faults(make_lock(protocol), edited, folder)
    assert "registration.registered" in fault.what


def test_an_amendment_has_to_be_locked_again(protocol, folder):
    amended = {**protocol, "protocol_version": 2, "registered": with_leaf(protocol["registered"], "question", "New?")}
    assert [f.code for f in _faults(make_lock(protocol), amended, folder)] == ["amendment-not-locked"]
    assert _faults(make_lock(amended), amended, folder) == []


def test_an_edited_lock_file_is_caught(protocol, folder):
    lock = json.loads(lock_text(make_lock(protocol)))
    lock["leaves"]["question"]["value"] = "Another?"
    assert [f.code for f in _faults(lock, protocol, folder)] == ["lock-edited"]


def test_no_lock_is_a_warning(protocol, folder):
    assert [(f.level, f.code) for f in _faults(None, protocol, folder)] == [("warning", "protocol-not-locked")]


def test_the_lock_survives_being_written_and_read(protocol):
    assert changed_leaves(json.loads(lock_text(make_lock(protocol))), protocol) == []


def test_composed_and_decomposed_letters_and_line_ends_are_the_same_registered_text():
    assert digest("Zürich\r\nB") == digest("Zu\u0308rich\nB")


def test_the_order_of_a_list_is_part_of_what_was_registered():
    assert digest(["a", "b"]) != digest(["b", "a"])


@given(VALUES)
def test_canonical_form_is_stable_under_reading_it_back(value):
    assert canonical(json.loads(canonical(value))) == canonical(value)


def test_every_leaf_of_the_locked_example_is_caught_when_it_is_edited(root):
    review = load_review(root)
    lock = json.loads((root / "config/protocol.lock.json").read_text(encoding="utf-8"))
    assert _faults(lock, review.protocol, root) == []
    registered = review.protocol["registered"]
    found = leaves(registered)
    assert len(found) > 50
    for path in found:
        edited = {**review.protocol, "registered": with_leaf(registered, path, "edited")}
        named = [leaf for leaf, _, _ in changed_leaves(lock, edited)]
        assert named == [path]
