"""Extraction sheets made from a few rows, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from prismake.extraction.codebook import Codebook, read_codebook
from prismake.extraction.tables import Extraction, empty


@pytest.fixture(scope="session")
def book(root: Path) -> Codebook:
    """The shipped codebook."""
    return read_codebook(root / "workflow/schemas/codebook.yaml")


@pytest.fixture
def sheets(book: Codebook) -> Callable[..., Extraction]:
    """A function that makes an extraction: sheet=[{column: text}, ...]."""

    def make(**rows: list[dict[str, str]]) -> Extraction:
        made = empty(book)
        for name, content in rows.items():
            columns = list(dict.fromkeys([*made[name].columns, *(c for row in content for c in row)]))
            frame = pd.DataFrame(content, columns=columns, dtype=str).fillna("")
            frame.attrs["first_line"] = 2
            made.tables[name] = frame
            made.files[name] = f"{name}.csv"
        return made

    return make


@pytest.fixture
def trial(sheets: Callable[..., Extraction]) -> Callable[..., Extraction]:
    """One trial of two arms; `numbers` are the results' (arm or contrast, statistic, value)."""

    def make(
        *numbers: tuple[str, str, str], outcome: dict[str, str] | None = None, **more: list[dict[str, str]]
    ) -> Extraction:
        results = [
            {
                "study_id": "Kern 2001",
                "outcome_id": "bdi",
                "arm_id": "" if " vs " in unit else unit,
                "contrast": unit if " vs " in unit else "",
                "timepoint": "post",
                "stat": stat,
                "value": value,
            }
            for unit, stat, value in numbers
        ]
        content = {
            "studies": [{"study_id": "Kern 2001", "label": "Kern (2001)"}],
            "arms": [
                {"study_id": "Kern 2001", "arm_id": "new", "role": "intervention", "n_randomised": "40"},
                {"study_id": "Kern 2001", "arm_id": "old", "role": "standardised", "n_randomised": "40"},
            ],
            "outcomes": [
                {
                    "study_id": "Kern 2001",
                    "outcome_id": "bdi",
                    "construct": "depression",
                    "instrument": "BDI-II",
                    "direction": "higher_worse",
                    "scale_min": "0",
                    "scale_max": "63",
                    **(outcome or {}),
                }
            ],
            "results": results,
        }
        return sheets(**{**content, **more})

    return make
