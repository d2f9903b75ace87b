"""The reference pages: made from the schemas, whole, and the committed ones are these."""

from __future__ import annotations

from pathlib import Path

from prismake.protocol.reference import page, pages, undescribed, write


def test_the_committed_pages_are_those_of_the_schemas(root: Path) -> None:
    for name, text in pages().items():
        committed = (root / "docs/reference" / name).read_text(encoding="utf-8")
        assert committed == text, f"write them again: python -m prismake.protocol.reference docs/reference ({name})"


def test_every_key_says_what_it_is() -> None:
    assert undescribed() == []


def test_a_page_names_keys_kinds_bounds_and_defaults_and_follows_references() -> None:
    schema = {
        "title": "x.yaml",
        "properties": {
            "many": {"type": "array", "items": {"$ref": "#/$defs/one"}, "description": "All of them."},
            "level": {"type": "number", "minimum": 50, "exclusiveMaximum": 100, "default": 95, "description": "a | b"},
        },
        "required": ["many"],
        "$defs": {"one": {"type": "object", "properties": {"kind": {"enum": ["a", None], "description": "<x>"}}}},
    }
    lines = page(schema).splitlines()
    assert "| `many` | All of them. See [`many[]`](#many). | list of: keys of its own | **must be there** |" in lines
    assert r"| `level` | a \| b | number, at least 50 and below 100 | `95` |" in lines
    assert "| `kind` | &lt;x> | `a`, `null` |  |" in lines


def test_the_pages_are_written(tmp_path: Path) -> None:
    write(tmp_path / "reference")
    assert sorted(path.name for path in (tmp_path / "reference").iterdir()) == sorted(pages())
