"""The bundle as an RO-Crate 1.1 (https://w3id.org/ro/crate/1.1): what its files are, which rule made them, and of what.

The rules of the build are actions after the profile Process Run Crate 0.5: `instrument` the rule's script, `object` what it
read, `result` what it wrote, as far as these are in the bundle.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
from collections.abc import Iterable, Mapping
from typing import Any

METADATA = "ro-crate-metadata.json"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_SHA256 = "https://w3id.org/ro/terms/workflow-run#sha256"

# Kinds of files as the standard library may not know them on every system.
_KINDS = {
    ".cff": "application/yaml", ".csv": "text/csv", ".docx":
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".html": "text/html",
    ".json": "application/json", ".md": "text/markdown", ".pdf": "application/pdf", ".png": "image/png",
    ".ris": "application/x-research-info-systems", ".svg": "image/svg+xml", ".tex": "application/x-tex",
    ".txt": "text/plain", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml", ".yml": "application/yaml", ".zip": "application/zip", ".tsv": "text/tab-separated-values",
}  # fmt: skip

# What the files are that a reader opens first.
_WORDS = {
    "README.md": "What is in the bundle, and how it is checked and built again.",
    "DICTIONARY.csv": "What the columns of each table mean.",
    "CITATION.cff": "How to cite the review.",
    "LICENCES.csv": "The licence of each file.",
    "CLEARED.csv": "What was taken out of which file before it was shared.",
    "config/protocol.yaml": "What was registered.",
    "config/protocol.lock.json": "Fingerprints of every registered leaf.",
    "config/deviations.yaml": "What was changed since the registration, with reason and timing.",
    "results/report/report.html": "The report.",
    "results/flow/flow.json": "The counts of the PRISMA 2020 flow.",
    "results/extraction/codebook.json": "The codebook of the extraction.",
    "results/provenance/numbers.csv": "Every number with its file, key, stamp and the ids behind it.",
    "results/provenance/provenance.json": "Inputs, versions, rules and the lock of the build.",
}


def crate(entries: Mapping[str, bytes], review: Mapping[str, Any]) -> str:
    """The text of ro-crate-metadata.json for a bundle with these files.

    Args:
        entries: name -> content of every other file of the bundle.
        review: the section `review` of config.
    """
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    made = ROCrate(version="1.1")
    made.metadata.extra_terms["sha256"] = _SHA256
    provenance = json.loads(entries.get("results/provenance/provenance.json", b"{}"))

    def add(identifier: str, **properties: Any) -> Any:
        return made.add(ContextEntity(made, identifier, properties={k: v for k, v in properties.items() if v}))

    root = made.root_dataset
    for key, value in _root(review).items():
        root[key] = value
    root["author"] = [_person(add, number, author) for number, author in enumerate(review.get("authors") or [], 1)]
    licence = _licence(str(review.get("licence") or ""))
    root["license"] = (
        add(licence["@id"], **{k: v for k, v in licence.items() if k != "@id"}) if licence else _NO_LICENCE
    )
    root["conformsTo"] = add(_PROFILE, **{"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"})
    for name in sorted(entries):
        made.add_file(dest_path=name, properties=_file(name, entries[name]))
    software = add(
        "#prismake",
        **{"@type": "SoftwareApplication", "name": "Prismake", "softwareVersion": provenance.get("prismake"),
           "description": "Rebuilds a systematic review from raw exports to the report with one command."},
    )  # fmt: skip
    root["mentions"] = [
        add(f"#rule-{action['rule']}", **properties)
        for action in provenance.get("rules", [])
        if (properties := _action(action, entries, add, software))
    ]
    return json.dumps(_sorted(made.metadata.generate()), indent=1, ensure_ascii=False) + "\n"


_NO_LICENCE = "No licence is stated."


def _root(review: Mapping[str, Any]) -> dict[str, Any]:
    title = str(review.get("title") or "Review")
    simulated = " Simulated example: everything in it is invented." if review.get("simulated") else ""
    found = {
        "name": title,
        "description": f"The data, decisions and results of the systematic review {title!r}.{simulated}",
        "datePublished": str(review.get("published") or ""),
    }
    if review.get("doi"):
        found["identifier"] = f"https://doi.org/{review['doi']}"
    return found


def _person(add: Any, number: int, author: Mapping[str, Any]) -> Any:
    identifier = f"https://orcid.org/{author['orcid']}" if author.get("orcid") else f"#author-{number}"
    given, _, family = str(author["name"]).rpartition(" ")
    return add(
        identifier,
        **{"@type": "Person", "name": author["name"], "givenName": given, "familyName": family},
        affiliation=_organisation(add, author.get("affiliation")),
    )


def _organisation(add: Any, name: str | None) -> Any:
    if not name:
        return None
    return add(f"#{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-').lower()}", **{"@type": "Organization", "name": name})


def _licence(spdx: str) -> dict[str, str] | None:
    """The licence as an entity; None where none is stated or it is no SPDX identifier."""
    if not spdx or not re.fullmatch(r"[A-Za-z0-9.+-]+", spdx):
        return None
    return {
        "@id": f"https://spdx.org/licenses/{spdx}",
        "@type": "CreativeWork",
        "name": spdx,
        "description": f"The licence {spdx}.",
    }


def _file(name: str, content: bytes) -> dict[str, Any]:
    ending = "." + name.rpartition(".")[2].lower()
    properties = {
        "name": name.rpartition("/")[2],
        "encodingFormat": _KINDS.get(ending) or mimetypes.types_map.get(ending, "application/octet-stream"),
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return {**properties, "description": _WORDS[name]} if name in _WORDS else properties


def _action(rule: Mapping[str, Any], entries: Iterable[str], add: Any, software: Any) -> dict[str, Any]:
    """One rule of the build as an action, {} where nothing that it made is in the bundle."""
    made = _matching(rule["makes"], entries)
    if not made:
        return {}
    script = add(
        f"#script-{rule['script']}",
        **{"@type": "SoftwareApplication", "name": f"{rule['script']} of Prismake", "sha256": rule["code"],
           "softwareVersion": software.get("softwareVersion"), "isPartOf": software},
    )  # fmt: skip
    return {
        "@type": "CreateAction",
        "name": rule["rule"],
        "description": rule["does"],
        "instrument": script,
        "object": [{"@id": name} for name in _matching(rule["needs"], entries)],
        "result": [{"@id": name} for name in made],
    }


def _matching(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    """The files of the bundle that patterns with {wildcards} name; a Parquet table lies in the bundle as CSV."""
    named = {re.sub(r"\.parquet$", ".csv", pattern) for pattern in patterns}
    shapes = [re.compile(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(name))) for name in named if "{" in name]
    return sorted(name for name in names if name in named or any(shape.fullmatch(name) for shape in shapes))


def _sorted(generated: dict[str, Any]) -> dict[str, Any]:
    """The JSON-LD with its entities in one order: root and descriptor first, then by id."""
    first = {METADATA: 0, "./": 1}
    graph = sorted(generated["@graph"], key=lambda entity: (first.get(entity["@id"], 2), entity["@id"]))
    return {**generated, "@graph": [_unwrapped(entity) for entity in graph]}


def _unwrapped(entity: Mapping[str, Any]) -> dict[str, Any]:
    """A list of one thing as that thing, as RO-Crate recommends; an empty list as nothing."""
    return {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in entity.items()
        if value != []
    }
