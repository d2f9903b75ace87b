"""The script that puts metafor's numbers beside ours."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from prismake.records.tables import read_csv, write_csv, write_json
from prismake.synthesis.analysis import pooled_effects, run_analysis
from prismake.synthesis.crosscheck_compare import COLUMNS
from prismake.synthesis.crosscheck_run import NoMetafor, find_metafor

EFFECTS = pd.DataFrame(
    {
        "effect_id": ["a:1", "b:1", "c:1", "d:1"],
        "study_id": ["a", "b", "c", "d"],
        "label": ["Ames (2001)", "Bose (2002)", "Cruz (2003)", "Diaz (2004)"],
        "measure": "SMD",
        "yi": ["0.2", "0.5", "-0.1", "0.3"],
        "vi": ["0.04", "0.05", "0.02", "0.03"],
    }
)


@pytest.fixture
def paths(root, tmp_path):
    """One finished analysis."""
    write_csv(EFFECTS, tmp_path / "effects.csv")
    write_json(run_analysis(EFFECTS, {"measure": "SMD"}, "primary"), tmp_path / "result.json")
    write_csv(pooled_effects(EFFECTS, {"measure": "SMD"}), tmp_path / "pooled.csv")
    return {
        "results": [str(tmp_path / "result.json")],
        "pooled": [str(tmp_path / "pooled.csv")],
        "effects": str(tmp_path / "effects.csv"),
        "as_registered": str(tmp_path / "effects.csv"),
        "script": str(root / "workflow/templates/crosscheck/metafor.R"),
        "table": str(tmp_path / "crosscheck.csv"),
        "overview": str(tmp_path / "crosscheck.json"),
    }


def test_without_metafor_the_table_is_empty_and_the_reason_written(script, paths, monkeypatch):
    module = script("crosscheck")

    def nowhere():
        raise NoMetafor("Rscript is not on this machine")

    monkeypatch.setattr(module, "find_metafor", nowhere)
    module.main(**paths)
    assert list(read_csv(paths["table"]).columns) == COLUMNS and read_csv(paths["table"]).empty
    with open(paths["overview"], encoding="utf-8") as file:
        found = json.load(file)
    assert found["not_compared"] == "Rscript is not on this machine" and found["compared"] == 0


def test_with_metafor_both_numbers_stand_side_by_side(script, paths):
    try:
        find_metafor()
    except NoMetafor as reason:
        pytest.skip(str(reason))
    script("crosscheck").main(**paths)
    table = read_csv(paths["table"])
    assert set(table["agrees"]) == {"yes"} and "tau2" in set(table["quantity"])
    with open(paths["overview"], encoding="utf-8") as file:
        assert json.load(file)["disagreeing"] == 0
