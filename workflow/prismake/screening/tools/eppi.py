"""EPPI-Reviewer: JSON with code sets (a tree of attributes) and references with the codes that were ticked on them.

Which codes are decisions is said in config: `attributes` {attribute's name or id: include | exclude | ... |
exclude:<reason id>}; where nothing is said, attributes whose name begins with INCLUDE or EXCLUDE, as EPPI's own
screening sets name them, are taken. The RIS export holds no codes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from prismake.screening.tools.table import OUR_ID, Source, expecting, no_decisions, read_bytes, record_keys
from prismake.screening.votes import DECISIONS, empty_votes, mapped_reasons, typed_key, votes_frame


def read(source: Source) -> pd.DataFrame:
    """Votes of an EPPI-Reviewer export: one for each code that is a decision on a reference."""
    content = read_bytes(source.path).decode("utf-8-sig", "replace")
    if not content.lstrip().startswith("{"):
        no_decisions(source, "EPPI-Reviewer's RIS holds no codes.", content.count("TY  - "))
        return empty_votes()
    with expecting("EPPI-Reviewer's JSON with CodeSets and References"):
        export = json.loads(content)
        references = list(export["References"])
        names = dict(_attributes(export.get("CodeSets") or []))
        meaning = _meanings(source, names)
        votes = _votes(source, references, names, meaning)
    if not meaning:
        no_decisions(
            source,
            "None of its codes is named as a decision.",
            len(references),
            mend="name them in config (attributes: {CODE: include})",
            columns=names.values(),
        )
        return empty_votes()
    if not len(votes):
        no_decisions(source, "No reference carries a code that is a decision.", len(references))
    return votes


def _attributes(code_sets: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Id and name of each attribute of the trees."""
    for node in code_sets:
        listed = ((node.get("Attributes") or {}).get("AttributesList")) or []
        for attribute in listed:
            yield str(attribute.get("AttributeId")), str(attribute.get("AttributeName", ""))
        yield from _attributes(listed)


def _meanings(source: Source, names: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Attribute id -> (decision, reason)."""
    given = source.settings.get("attributes")
    meaning: dict[str, tuple[str, str]] = {}
    if not given:
        for key, name in names.items():
            word = typed_key(name).split(" ")[0].rstrip(":-")
            if word in ("include", "included", "exclude", "excluded"):
                reason = name if word.startswith("exclude") and typed_key(name) not in ("exclude", "excluded") else ""
                meaning[key] = (word.removesuffix("d"), reason)
        return meaning
    by_name = {typed_key(name): key for key, name in reversed(list(names.items()))}
    for typed, value in given.items():
        key = str(typed) if str(typed) in names else by_name.get(typed_key(typed), "")
        decision, _, reason = str(value).partition(":")
        if not key or decision not in DECISIONS:
            source.faults.error(
                "unknown-attribute",
                "This code is not in the export, or its decision is not known.",
                file=source.file,
                column=str(typed),
                value=str(value),
                expected=f"a code of the export, and one of {', '.join(DECISIONS)}",
                mend="correct `attributes` of this source in config",
            )
            continue
        meaning[key] = (decision, reason.strip())
    return meaning


def _votes(
    source: Source, references: list[dict[str, Any]], names: dict[str, str], meaning: dict[str, tuple[str, str]]
) -> pd.DataFrame:
    """One vote for each distinct decision on a reference; several exclusion codes are one exclusion with all its
    reasons."""
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    for position, reference in enumerate(references, 1):
        coded: dict[tuple[str, str], list[str]] = {}
        for code in reference.get("Codes") or []:
            found = meaning.get(str(code.get("AttributeId")))
            if found:
                who = str(
                    code.get("ContactName") or code.get("Contact") or source.settings.get("reviewer") or "EPPI-Reviewer"
                )
                coded.setdefault((who, found[0]), []).append(found[1])
        for (who, decision), reasons in coded.items():
            held = "; ".join(dict.fromkeys(r for r in reasons if r))
            ours = OUR_ID.search(_field(reference, "Comments"))
            key = ours.group(1) if ours else str(reference.get("OldItemId") or reference.get("ItemId") or "")
            rows.append(
                (
                    key,
                    _field(reference, "Title"),
                    _field(reference, "DOI"),
                    _field(reference, "Year"),
                    who,
                    decision,
                    held,
                )
            )
            lines.append(position)
    if not rows:
        return empty_votes()
    table = pd.DataFrame(rows, columns=["key", "title", "doi", "year", "who", "decision", "reasons"], dtype=str)
    return votes_frame(
        len(table),
        phase=source.phase,
        record_key=record_keys(source, table["key"]),
        title=table["title"],
        doi=table["doi"],
        year=table["year"],
        reviewer=table["who"],
        decision=table["decision"],
        reasons=mapped_reasons(table["reasons"], source.settings.get("reasons")),
        row=pd.Series(lines),
    )


def _field(reference: dict[str, Any], name: str) -> str:
    return str(reference.get(name) or "")
