"""The script that pools the effects of one analysis."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from prismake.messages.faults import InputFaults
from prismake.records.tables import read_csv, write_csv

EFFECTS = pd.DataFrame(
    {
        "effect_id": ["a:1", "b:1", "c:1"],
        "study_id": ["a", "b", "c"],
        "label": ["Ames (2001)", "Bose (2002)", "Cruz (2003)"],
        "measure": "SMD",
        "yi": ["0.2", "0.5", "-0.1"],
        "vi": ["0.04", "0.05", "0.02"],
    }
)


def run(script, folder, table, specification, **more):
    """Run the script on a table and read back what it wrote."""
    write_csv(table, folder / "effects.csv")
    write_csv(table.assign(yi="0.1"), folder / "as_registered.csv")
    settings = {"analysis": "primary", "specification": specification, "file": "config/protocol.yaml"}
    settings |= {"effects": "effects", "again": False, **more}
    paths = {"result": str(folder / "result.json"), "pooled": str(folder / "pooled.csv")}
    tables = {name: str(folder / f"{name}.csv") for name in ("effects", "as_registered")}
    script("analysis").main(settings=settings, **tables, **paths)
    return json.loads((folder / "result.json").read_text("utf-8")), read_csv(folder / "pooled.csv")


def test_writes_the_result_and_the_pooled_rows(script, tmp_path):
    result, pooled = run(
        script, tmp_path, EFFECTS, {"role": "confirmatory", "title": "T", "sensitivity": ["leave_one_out"]}
    )
    assert result["k"] == 3 and result["analysis"] == "primary" and result["estimate"]["b"] > 0
    assert pooled["study_id"].tolist() == ["a", "b", "c"]


def test_no_effects_give_a_reason_and_a_header(script, tmp_path):
    result, pooled = run(script, tmp_path, EFFECTS.iloc[:0], {"effects": {"construct": "depression"}})
    assert result["not_estimable"] == "there are no effects to pool" and pooled.empty and "weight" in pooled


def test_a_column_that_is_not_there_stops_the_build_and_writes_nothing(script, tmp_path):
    with pytest.raises(InputFaults, match="subgroup_of_nothing"):
        run(script, tmp_path, EFFECTS, {"subgroups": ["subgroup_of_nothing"]})
    assert not (tmp_path / "result.json").exists()


def test_an_analysis_as_registered_pools_the_effects_as_registered(script, tmp_path):
    result, _ = run(script, tmp_path, EFFECTS, {"title": "T"}, effects="as_registered", again=True)
    assert result["estimate"]["b"] == pytest.approx(0.1) and result["effects_table"] == "effects/as_registered.csv"


@pytest.mark.parametrize(
    ("specification", "reason"),
    [({"subgroups": ["gone"]}, "the effects have no such column: gone"), ({"method": "REMLX"}, "REMLX")],
)
def test_an_analysis_as_registered_that_cannot_run_says_why_and_stops_nothing(script, tmp_path, specification, reason):
    result, pooled = run(script, tmp_path, EFFECTS, {"title": "T", **specification}, again=True)
    assert reason in result["not_estimable"] and result["title"] == "T" and result["estimate"] is None and pooled.empty


def test_an_estimate_is_read_in_the_measure_of_its_effects(script, tmp_path):
    table = EFFECTS.assign(measure="RD")
    result, _ = run(script, tmp_path, table, {"title": "T", "measure": "OR"})
    assert result["measure"] == "RD" and "its effects are RD" in result["notes"][-1]
    assert not (result["transformed"] or {}).get("scale")
