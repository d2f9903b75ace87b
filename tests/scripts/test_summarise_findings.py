"""The script summarise_findings: from analyses and people's judgements to GRADE's table."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from prismake.messages.faults import InputFaults
from prismake.records.tables import read_csv

NAMES = ("table", "json", "findings", "pending", "to_fill")
HEADER = "analysis;start;risk_of_bias;inconsistency;indirectness;imprecision;publication_bias\n"


def run(root: Path, folder: Path, sheet: str | None) -> dict[str, str]:
    """Run the script over two analyses; the outputs by name."""
    spec = importlib.util.spec_from_file_location("summarise_findings", root / "workflow/scripts/summarise_findings.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    results = []
    for name in ("later", "primary"):
        path = folder / f"{name}.json"
        estimate = {"b": 0.2, "ci_lb": 0.1, "ci_ub": 0.3}
        content = {
            "analysis": name,
            "title": name,
            "role": "confirmatory",
            "k": 3,
            "N": 90,
            "measure": "SMD",
            "estimate": estimate,
        }
        path.write_text(json.dumps(content))
        results.append(str(path))
    outputs = {n: str(folder / "out" / (n + (".json" if n == "json" else ".csv"))) for n in NAMES}
    given = []
    if sheet is not None:
        (folder / "grade.csv").write_text(sheet)
        given = [str(folder / "grade.csv")]
    settings = {"grade.sheet": "resources/grade/grade.csv" if given else None, "analyses": ["primary", "later"]}
    module.main(results=results, sheet=given, outputs=outputs, settings=settings)
    return outputs


def test_a_sheet_of_a_german_excel_becomes_the_table(root: Path, tmp_path: Path) -> None:
    out = run(root, tmp_path, HEADER + "primary;high;-1: therapists knew the group;0;0;0;0\n")
    table = read_csv(out["table"])
    assert table["analysis"].tolist() == ["primary", "later"]
    assert table["certainty"].tolist() == ["moderate", ""]
    data = json.loads(Path(out["json"]).read_text())
    assert data["footnotes"][0] == {
        "number": 1,
        "text": "Downgraded 1 level for risk of bias: therapists knew the group.",
    }
    assert read_csv(out["pending"])["id"].tolist() == ["later"]


def test_without_a_sheet_nothing_is_planned_and_a_sheet_to_fill_in_is_made(root: Path, tmp_path: Path) -> None:
    out = run(root, tmp_path, None)
    assert json.loads(Path(out["json"]).read_text())["planned"] is False
    assert read_csv(out["pending"]).empty
    empty = read_csv(out["to_fill"])
    assert empty["analysis"].tolist() == ["primary", "later"]
    assert {"start", "imprecision", "baseline_risk"} <= set(empty.columns)


def test_a_step_without_a_reason_stops_the_build(root: Path, tmp_path: Path) -> None:
    with pytest.raises(InputFaults, match="grade-reason"):
        run(root, tmp_path, "analysis,start,imprecision\nprimary,high,-1\n")
