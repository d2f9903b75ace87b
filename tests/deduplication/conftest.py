"""Made-up source records for the deduplication's tests."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

_COLUMNS = (
    "search", "database", "accession", "pmid", "doi", "entry_type", "title", "title_alternative", "authors", "journal", "journal_abbreviation",
    "volume", "issue", "pages", "article_number", "issn", "isbn", "publisher", "abstract", "aliases",
)  # fmt: skip


@pytest.fixture
def made() -> Callable[..., pd.DataFrame]:
    """Source records from dicts: ids r1, r2, ... unless given, searches and databases named alike."""

    def records(*rows: dict) -> pd.DataFrame:
        frame = pd.DataFrame({name: [str(row.get(name, "")) for row in rows] for name in _COLUMNS}, dtype=str)
        frame.insert(0, "source_record_id", [row.get("id", f"r{n}") for n, row in enumerate(rows, 1)])
        frame["year"] = pd.array([row.get("year") for row in rows], dtype="Int64")
        frame["date"] = ""
        for name in ("language", "keywords", "url"):
            frame[name] = [str(row.get(name, "")) for row in rows]
        return frame

    return records
