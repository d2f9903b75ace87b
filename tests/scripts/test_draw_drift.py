"""The script of the rule draw_drift."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd
import pytest
from prismake.records.tables import write_csv
from prismake.screening.drift import DRIFT_COLUMNS


@pytest.fixture
def script(root: Path):
    spec = importlib.util.spec_from_file_location("draw_drift", root / "workflow/scripts/draw_drift.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def draw(script, folder: Path, rows: list, simulated: bool = False) -> dict[str, bytes]:
    write_csv(pd.DataFrame(rows, columns=DRIFT_COLUMNS), folder / "drift.csv")
    paths = {ending: str(folder / f"drift.{ending}") for ending in ("svg", "pdf", "png")}
    script.main(drift=str(folder / "drift.csv"), **paths, settings={"review.simulated": simulated})
    return {ending: Path(path).read_bytes() for ending, path in paths.items()}


BLOCK = ["title_abstract", "Ann", 1, "2024-01-01", "2024-01-02", 20, 0.25, 0.11, 0.47, 20, 0.9, 0.7, 0.97]
OTHER = ["title_abstract", "Ann", 2, "2024-01-03", "2024-01-04", 20, 0.05, 0.01, 0.24, 0, None, None, None]


def test_the_figure_is_drawn_in_three_formats_the_same_each_time(script, tmp_path):
    made = draw(script, tmp_path, [BLOCK, OTHER])
    assert b"included 25% of the first 20 records and 5% of the last 20" in made["svg"]
    assert made["pdf"].startswith(b"%PDF") and made["png"].startswith(b"\x89PNG")
    assert draw(script, tmp_path, [BLOCK, OTHER]) == made


def test_without_votes_the_figure_says_so(script, tmp_path):
    made = draw(script, tmp_path, [], simulated=True)
    assert b"No votes with a time" in made["svg"] and b"Simulated example" in made["svg"]
