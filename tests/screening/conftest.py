"""Small invented reviews for the tests of screening."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from prismake.messages.faults import Faults
from prismake.screening.merge import Merged, Records, merge_screening
from prismake.screening.sources import read_sources
from prismake.screening.votes import votes_frame

REASONS = [
    {"id": "not_rct", "label": "Not a randomised trial"},
    {"id": "population", "label": "Wrong population"},
    {"id": "comparator", "label": "Wrong comparator"},
]
DUAL = {
    "screening": {
        "title_abstract": {"reviewers": 2, "maybe_as": "include", "reconcile": "adjudicator"},
        "full_text": {"reviewers": 2, "reconcile": "adjudicator"},
    },
    "exclusion_reasons": REASONS,
}


def records_of(clusters: dict[str, Sequence[str]], **columns: dict[str, str]) -> Records:
    """Records from {record id: ids of its source records}; `columns` gives title, doi, year or aliases by source
    record id."""
    members = [(source, record) for record, sources in clusters.items() for source in sources]
    source = pd.DataFrame(members, columns=["source_record_id", "record_id"], dtype=str)
    for name in ("title", "doi", "year", "aliases", "authors", "abstract", "searches"):
        given = columns.get(name, {})
        source[name] = [given.get(i, "") for i in source["source_record_id"]]
    first = source[source["source_record_id"] == source["record_id"]]
    membership = source[["source_record_id", "record_id", "aliases"]]
    return Records(membership, source.drop(columns="record_id"), first.reset_index(drop=True))


def votes_of(*rows: Sequence[Any] | dict[str, Any], phase: str = "title_abstract") -> pd.DataFrame:
    """Votes from (record_key, reviewer, decision) or dicts of vote columns."""
    named = [
        r if isinstance(r, dict) else dict(zip(("record_key", "reviewer", "decision", "reasons"), r, strict=False))
        for r in rows
    ]
    base = {"phase": phase, "role": "reviewer", "calibration": "false", "tool": "long", "file": "votes.csv"}
    listed = [{**base, "row": i, **row} for i, row in enumerate(named, 2)]
    frame = pd.DataFrame(listed).fillna("") if listed else pd.DataFrame()
    return votes_frame(len(frame), **{name: frame[name] for name in frame if name != "source"})


def merged(votes: pd.DataFrame, records: Records, protocol: dict[str, Any] | None = None, **options: Any) -> Merged:
    """The merge with the dual-screening protocol unless another is given."""
    return merge_screening(votes, records, protocol=protocol or DUAL, **options)


def decision_of(result: Merged, record_id: str, phase: str = "title_abstract") -> dict[str, Any]:
    """The one decision on a record."""
    rows = result.decisions[(result.decisions["record_id"] == record_id) & (result.decisions["phase"] == phase)]
    assert len(rows) == 1
    return rows.iloc[0].to_dict()


def codes(faults: Faults, level: str = "") -> list[str]:
    """Codes of the faults, of one level or all."""
    return [fault.code for fault in faults if not level or fault.level == level]


@pytest.fixture
def reading(tmp_path: Path) -> Callable[..., tuple[pd.DataFrame, Faults]]:
    """Write a file and read it as a source: reading(text or bytes, tool, name="votes.csv", **settings)."""

    def read(
        content: str | bytes, tool: str = "long", name: str = "votes.csv", **settings: Any
    ) -> tuple[pd.DataFrame, Faults]:
        data = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(data)
        return read_sources([{"id": "s", "tool": tool, "files": [name], **settings}], lambda n: tmp_path / n)

    return read


@pytest.fixture(scope="session")
def invented() -> SimpleNamespace:
    """The functions above, by short names."""
    return SimpleNamespace(
        records=records_of, votes=votes_of, merge=merged, decision=decision_of, codes=codes, reasons=REASONS, dual=DUAL
    )
