"""The codebook and what is made from it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from prismake.extraction.codebook import Codebook, chapter, frictionless, json_schema, read_codebook, schemas
from prismake.messages.faults import InputFaults


def test_every_column_is_explained_and_has_an_example(book: Codebook) -> None:
    for sheet in book.sheets.values():
        for field in sheet.fields:
            assert field.definition, f"{sheet.name}.{field.name}"
            assert field.example or field.name == "note", f"{sheet.name}.{field.name}"
        assert set(sheet.key) <= set(sheet.columns)


def test_examples_obey_their_own_rules(book: Codebook) -> None:
    schema = json_schema(book)
    jsonschema.Draft202012Validator.check_schema(schema)
    for name, sheet in book.sheets.items():
        row = {f.name: f.example for f in sheet.fields if f.example}
        jsonschema.validate({name: [row]}, schema)


@pytest.mark.parametrize(
    ("column", "value"), [("direction", "up"), ("scale_min", "about 0"), ("integer_scores", "maybe")]
)
def test_the_schema_refuses_what_the_codebook_does(book: Codebook, column: str, value: str) -> None:
    row = {f.name: f.example for f in book.sheets["outcomes"].fields if f.example}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"outcomes": [{**row, column: value}]}, json_schema(book))


def test_missing_codes_are_allowed_in_numbers(book: Codebook) -> None:
    row = {f.name: f.example for f in book.sheets["arms"].fields if f.example}
    jsonschema.validate({"arms": [{**row, "age_mean": "NR"}]}, json_schema(book))


def test_the_frictionless_descriptor_names_each_file_and_key(book: Codebook) -> None:
    package = frictionless(book)
    results = next(r for r in package["resources"] if r["path"] == "results.csv")
    assert results["schema"]["primaryKey"] == list(book.sheets["results"].key)
    assert results["schema"]["missingValues"] == ["", "NR", "NA", "unclear"]


def test_everything_made_is_plain_json(book: Codebook) -> None:
    assert json.loads(json.dumps(schemas(book)))["chapter"] == chapter(book)


def test_a_review_adds_its_own_columns(root: Path, tmp_path: Path) -> None:
    own = tmp_path / "codebook.yaml"
    own.write_text(
        "sheets:\n  studies:\n    fields:\n"
        "      - {name: tailoring, type: category, allowed: [preference, alliance], "
        "definition: By what treatment is chosen.}\n"
    )
    book = read_codebook(root / "workflow/schemas/codebook.yaml", own)
    assert book.sheets["studies"].columns[-1] == "tailoring"
    assert book.sheets["studies"].key == ("study_id",)


def test_a_review_cannot_add_a_sheet(root: Path, tmp_path: Path) -> None:
    own = tmp_path / "codebook.yaml"
    own.write_text("sheets:\n  therapists:\n    fields:\n      - {name: age, type: number}\n")
    with pytest.raises(InputFaults, match="codebook-sheet"):
        read_codebook(root / "workflow/schemas/codebook.yaml", own)


def test_a_faulty_codebook_says_all_its_faults_at_once(tmp_path: Path) -> None:
    bad = tmp_path / "codebook.yaml"
    bad.write_text("sheets:\n  studies:\n    fields:\n      - {name: a, typ: text}\n      - {name: b, type: wild}\n")
    with pytest.raises(InputFaults) as raised:
        read_codebook(bad)
    assert [f.code for f in raised.value.faults] == ["codebook-field", "codebook-type"]


def test_unreadable_yaml_names_its_line(tmp_path: Path) -> None:
    bad = tmp_path / "codebook.yaml"
    bad.write_text("sheets:\n  a: {b: c: d}\n")
    with pytest.raises(InputFaults) as raised:
        read_codebook(bad)
    assert raised.value.faults[0].line == 2


def test_the_descriptor_knows_the_columns_that_a_file_has_beyond_the_codebook(book) -> None:  # type: ignore[no-untyped-def]
    described = frictionless(book, {"studies": ["study_id", "tailoring"]})
    studies, arms = (resource["schema"]["fields"] for resource in described["resources"][:2])
    assert studies[-1] == {"name": "tailoring", "type": "string"}
    assert [field["name"] for field in arms] == book.sheets["arms"].columns
