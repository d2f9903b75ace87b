"""The lock: each registered leaf edited in place is caught and named."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prismake.audit.lock import canonical, changed_leaves, check_lock, digest, hold_to_lock, lock_text, make_lock
from prismake.messages.faults import Faults, InputFaults
from prismake.protocol.leaves import leaves, with_leaf
from prismake.protocol.review import LOCK, load_review
from prismake.protocol.yaml_files import read_yaml

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


@pytest.fixture(scope="module")
def example(root):
    review = load_review(root)
    return root, review.protocol, json.loads((root / "config/protocol.lock.json").read_text(encoding="utf-8"))


def test_the_locked_example_passes(example):
    root, protocol, lock = example
    assert _faults(lock, protocol, root) == []
    assert len(leaves(protocol["registered"])) > 150


EXAMPLE = leaves(read_yaml(Path(__file__).parents[2] / "config/protocol.yaml", "", Faults())["registered"])


def _edits(value):
    """Other values of a leaf: another text; of a list each item changed, left out and moved, one more; of null any."""
    yield "edited"
    if isinstance(value, str):
        yield value + " "
        yield None
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
        yield str(value)
    elif isinstance(value, list):
        for place in range(len(value)):
            yield [*value[:place], "edited", *value[place + 1 :]]
            yield [*value[:place], *value[place + 1 :]]
            if place:
                yield [*value[: place - 1], value[place], value[place - 1], *value[place + 1 :]]
        yield [*value, "more"]
        for place, item in enumerate(value):
            if isinstance(item, dict):
                for key in item:
                    yield [*value[:place], {**item, key: "edited"}, *value[place + 1 :]]


@pytest.mark.parametrize("path", EXAMPLE)
def test_each_edit_of_each_leaf_of_the_locked_example_is_caught_and_named(example, path):
    root, protocol, lock = example
    was = canonical(EXAMPLE[path])
    for now in _edits(EXAMPLE[path]):
        edited = {**protocol, "registered": with_leaf(protocol["registered"], path, now)}
        (fault,) = _faults(lock, edited, root)
        assert fault.code == "registered-leaf-edited" and f"the registered leaf {path} was changed" in fault.what
        assert fault.value == canonical(now) and fault.expected == f"what was registered: {was}"
        assert f"(leaf: {path})" in fault.mend and fault.line is not None


@pytest.mark.parametrize("path", EXAMPLE)
def test_each_leaf_that_is_taken_out_of_the_locked_example_is_caught_and_named(example, path):
    root, protocol, lock = example
    *parents, last = path.split(".")
    edited = copy.deepcopy(protocol)
    node = edited["registered"]
    for part in parents:
        node = node[part]
    del node[last]
    assert path in " ".join(fault.what for fault in _faults(lock, edited, root))


def test_a_build_of_an_edited_protocol_stops_before_anything_runs(folder):
    (folder / LOCK).write_text(lock_text(make_lock(load_review(folder).protocol)))
    hold_to_lock(load_review(folder))
    path = folder / "config/protocol.yaml"
    path.write_text(path.read_text().replace("question: Does it work?", "question: Does it help?"))
    with pytest.raises(InputFaults, match="the registered leaf question was changed"):
        hold_to_lock(load_review(folder))


def test_a_protocol_without_a_lock_is_held_to_none(folder):
    hold_to_lock(load_review(folder))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"format": 1}', '{"format": 1, "leaves": {"a": 1}, "registration": {}, "sha256": "x"}',
     '{"format": 9, "leaves": {}, "registration": {}, "sha256": "x"}'],
)  # fmt: skip
def test_what_is_no_lock_any_more_is_said(folder, text):
    (folder / LOCK).write_text(text)
    with pytest.raises(InputFaults, match="no lock that can be read"):
        hold_to_lock(load_review(folder))


def test_a_lock_whose_leaves_were_edited_in_agreement_is_caught_by_the_fingerprint_of_the_whole(protocol, folder):
    lock = make_lock(protocol)
    edited = {**protocol, "registered": with_leaf(protocol["registered"], "question", "Another?")}
    lock["leaves"]["question"] = make_lock(edited)["leaves"]["question"]
    assert [f.code for f in _faults(lock, edited, folder)] == ["lock-edited"]


def test_a_version_below_the_locked_one_is_caught(protocol, folder):
    lock = make_lock({**protocol, "protocol_version": 3})
    assert [f.code for f in _faults(lock, protocol, folder)] == ["version-lowered"]


def test_what_is_not_there_is_not_called_null(protocol, folder):
    lock = make_lock(protocol)
    registered = {k: v for k, v in protocol["registered"].items() if k != "question"}
    added = with_leaf(registered, "analyses.primary.level", None)
    level, question = _faults(lock, {**protocol, "registered": added}, folder)
    assert (question.value, question.expected) == ("it is not there", 'what was registered: "Does it work?"')
    assert (level.value, level.expected) == ("null", "nothing: it was not registered")


def _rewritten(text):
    """The same protocol in other words of YAML: comments, line ends, quotes, an anchor, another order, decomposed letters."""
    yield "# a comment\n" + text
    yield text.replace("\n", "\r\n")
    yield text.replace("question: Does it work?", 'question: "Does it work?"  # the question')
    yield text.replace("{reviewers: 2, maybe_as: include}", "{maybe_as: include, reviewers: 2}")
    yield text.replace("title_abstract: {reviewers: 2,", "title_abstract: {reviewers: &two 2,").replace(
        "full_text: {reviewers: 2}", "full_text: {reviewers: *two}"
    )
    yield text.replace("reviewers: 2,", "reviewers: 2.0,")
    lines = text.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("  effect_measure"))
    yield "\n".join([*lines[:at], *lines[at + 1 :], lines[at]]) + "\n"


def test_another_way_of_writing_the_same_protocol_is_no_edit(folder):
    (folder / LOCK).write_text(lock_text(make_lock(load_review(folder).protocol)))
    path = folder / "config/protocol.yaml"
    text = path.read_text()
    for other in _rewritten(text):
        assert other != text
        path.write_text(other, newline="")
        hold_to_lock(load_review(folder, check=False))


def test_a_type_is_part_of_a_value(folder):
    assert digest("2") != digest(2) and digest("true") != digest(True) and digest(None) != digest("null")
    assert digest(True) != digest(1)


def test_letters_of_a_key_may_be_composed_or_not(protocol):
    composed = {**protocol, "registered": with_leaf(protocol["registered"], "narrative.Zürich", "x")}
    decomposed = {**protocol, "registered": with_leaf(protocol["registered"], "narrative.Zu\u0308rich", "x")}
    assert changed_leaves(make_lock(composed), decomposed) == []


def test_a_group_that_was_empty_is_named_by_what_was_put_into_it(protocol, folder):
    empty = {**protocol, "registered": {**protocol["registered"], "outcomes": {}}}
    filled = {**protocol, "registered": with_leaf(protocol["registered"], "outcomes.mood.label", "Mood")}
    (fault,) = _faults(make_lock(empty), filled, folder)
    assert "outcomes.mood.label" in fault.what and fault.mend.startswith("take it out here")
    (fault,) = _faults(make_lock(filled), empty, folder)
    assert "outcomes.mood.label" in fault.what and fault.value == "it is not there"
