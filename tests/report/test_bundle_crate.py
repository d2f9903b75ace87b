"""The bundle as an RO-Crate: read back with the community's own library, and complete."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from prismake.report.bundle_crate import METADATA, crate
from rocrate.rocrate import ROCrate

RULES = [
    {"rule": "deduplicate", "does": "Join records.", "script": "deduplicate", "code": "ab" * 32,
     "needs": ["results/searches/source_records.parquet"], "makes": ["results/deduplication/records.parquet"]},
    {"rule": "analysis", "does": "Pool.", "script": "analysis", "code": "cd" * 32,
     "needs": ["results/deduplication/records.parquet"], "makes": ["results/analyses/{analysis}/result.json"]},
    {"rule": "draw_flow", "does": "Draw.", "script": "draw_flow", "code": "ef" * 32, "needs": [],
     "makes": ["results/flow/flow.svg"]},
]  # fmt: skip
ENTRIES = {
    "README.md": b"# T",
    "results/deduplication/records.csv": b"record_id\n",
    "results/analyses/primary/result.json": b"{}",
    "results/analyses/other/result.json": b"{}",
    "results/provenance/provenance.json": json.dumps({"prismake": "0.1.0", "rules": RULES}).encode(),
}
REVIEW = {
    "title": "T",
    "licence": "CC-BY-4.0",
    "published": "2026-06-30",
    "doi": "10.5555/x",
    "authors": [
        {"name": "Ada Example", "orcid": "0000-0001-0002-0003", "affiliation": "University of Elsewhere"},
        {"name": "Bo Muster"},
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in {**ENTRIES, METADATA: crate(ENTRIES, REVIEW).encode()}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def graph() -> dict[str, dict]:
    return {entity["@id"]: entity for entity in json.loads(crate(ENTRIES, REVIEW))["@graph"]}


def test_it_loads_and_says_what_a_crate_must_say(folder: Path) -> None:
    read = ROCrate(folder)
    assert read.root_dataset["name"] == "T" and str(read.root_dataset["datePublished"]).startswith("2026-06-30")
    assert read.root_dataset["license"].id == "https://spdx.org/licenses/CC-BY-4.0"
    assert [person["name"] for person in read.root_dataset["author"]] == ["Ada Example", "Bo Muster"]
    assert read.root_dataset["author"][0].id == "https://orcid.org/0000-0001-0002-0003"


def test_every_file_is_described_with_its_hash_and_kind(folder: Path) -> None:
    found = {entity.id: entity for entity in ROCrate(folder).data_entities}
    assert set(found) == set(ENTRIES)
    for name, content in ENTRIES.items():
        assert found[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert found[name]["contentSize"] == str(len(content)) and "/" in found[name]["encodingFormat"]


def test_rules_are_actions_with_what_they_read_and_made_as_far_as_it_is_here() -> None:
    found = graph()
    assert found["#rule-analysis"]["result"] == [
        {"@id": "results/analyses/other/result.json"},
        {"@id": "results/analyses/primary/result.json"},
    ]
    assert found["#rule-analysis"]["object"] == {"@id": "results/deduplication/records.csv"}
    assert found["#rule-analysis"]["instrument"] == {"@id": "#script-analysis"}
    assert "object" not in found["#rule-deduplicate"] and "#rule-draw_flow" not in found


def test_every_reference_inside_the_crate_has_its_entity() -> None:
    found = graph()

    def references(node):
        if isinstance(node, dict):
            if set(node) == {"@id"}:
                yield node["@id"]
            for child in node.values():
                yield from references(child)
        elif isinstance(node, list):
            for child in node:
                yield from references(child)

    named = {name for entity in found.values() for name in references(entity)}
    assert {name for name in named if name not in found} == {"https://w3id.org/ro/crate/1.1"}


def test_it_has_the_same_bytes_each_time() -> None:
    assert crate(ENTRIES, REVIEW) == crate(dict(reversed(ENTRIES.items())), REVIEW)


def test_without_licence_or_authors_that_is_said() -> None:
    root = {e["@id"]: e for e in json.loads(crate({}, {"title": "T", "published": "2026-01-01"}))["@graph"]}["./"]
    assert root["license"] == "No licence is stated." and "author" not in root
