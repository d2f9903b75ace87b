"""Words for slips."""

import pytest
from prismake.protocol.plain_words import choices, form, instead_of_form, instead_of_type, nearest, place


@pytest.mark.parametrize(
    ("at", "said"),
    [((), "the file"), (("final",), "`final`"), (("searches", "0", "hits"), "`hits` in searches no. 1"),
     (("review", "authors", "1"), "`authors no. 2` in review")],
)  # fmt: skip
def test_a_key_path_is_said_as_people_count(at, said):
    assert place(at) == said


@pytest.mark.parametrize(
    ("typed", "known", "meant"),
    [("Rayyan", ["rayyan", "long"], "rayyan"), ("HKSJ", ["z", "knha"], "knha"), ("typo", ["typo/error", "other"], "typo/error"),
     ("ranodm", ["random", "fixed"], "random"), ("xyz", ["random"], "")],
)  # fmt: skip
def test_the_word_that_was_meant(typed, known, meant):
    assert nearest(typed, known) == meant


@pytest.mark.parametrize(
    ("value", "types", "words"),
    [("0", "boolean", "write false"), ("maybe", "boolean", "write true or false"), ("12", "integer", "write 12 without"),
     (5, "string", 'put it into quotes: "5"'), (True, "string", "put it into quotes"), ({}, "array", "begin each entry"),
     (None, "string", "write a value"), (None, ["string", "null"], "")],
)  # fmt: skip
def test_how_to_write_another_kind_of_value(value, types, words):
    assert instead_of_type(value, types).startswith(words)


@pytest.mark.parametrize(
    ("value", "words"),
    [("1.9.2025", "write 2025-09-01"), ("2025/9/1", "write 2025-09-01"), ("Sept 2025", "write the year first")],
)
def test_how_to_write_a_date(value, words):
    assert instead_of_form(value, r"^\d{4}-\d{2}-\d{2}$").startswith(words)


def test_every_pattern_of_the_schemas_has_its_words(root):
    import re

    for path in (root / "workflow/schemas").glob("*.schema.yaml"):
        for pattern in re.findall(r'pattern: "((?:[^"\\\\]|\\\\.)*)"', path.read_text(encoding="utf-8")):
            assert not form(pattern.replace("\\\\", "\\")).startswith("the form"), (path.name, pattern)


def test_null_is_said_to_leave_open():
    assert choices(["z", None]) == "one of z, null (left open)"
