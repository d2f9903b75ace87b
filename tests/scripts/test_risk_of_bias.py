"""The script risk_of_bias: from judgements to tables and pictures."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from prismake.messages.faults import InputFaults
from prismake.records.tables import read_csv

PLAN = {
    "tool": "custom",
    "levels": ["low", "moderate", "high"],
    "domains": {"a": "Allocation", "b": "Blinding"},
    "overall": "worst",
    "raters": 1,
}


def run(root: Path, folder: Path, sheet: list[str], plan: dict | None = None) -> dict[str, str]:
    """Run the script; the outputs by name."""
    spec = importlib.util.spec_from_file_location("risk_of_bias", root / "workflow/scripts/risk_of_bias.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (folder / "included.csv").write_text("study_id,label\nKern 2001,Kern (2001)\n")
    outputs = {
        n: str(folder / f"out/{n}.csv")
        for n in ("given", "answers", "judgements", "overall", "conflicts", "robvis", "findings", "pending")
    }
    outputs |= {n: str(folder / f"out/{n}.json") for n in ("summary", "agreement")}
    outputs |= {
        f"{p}_{k}": str(folder / f"out/{p}.{k}") for p in ("traffic_light", "summary") for k in ("svg", "pdf", "png")
    }
    settings = {"risk_of_bias": PLAN if plan is None else plan, "review.simulated": True, "risk_of_bias.columns": None}
    module.main(sheet=sheet, included=str(folder / "included.csv"), outputs=outputs, settings=settings)
    return outputs


def test_judgements_become_tables_and_pictures(root: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "rob.csv"
    sheet.write_text("study_id,domain,judgement,support\nKern 2001,a,low,sealed envelopes\nKern 2001,b,High,\n")
    out = run(root, tmp_path, [str(sheet)])
    assert read_csv(out["overall"]).loc[0, ["study_id", "overall", "basis"]].tolist() == [
        "Kern 2001",
        "high",
        "algorithm",
    ]
    assert read_csv(out["robvis"]).loc[0].tolist() == ["Kern (2001)", "Low", "High", "High", "1"]
    assert json.loads(Path(out["summary"]).read_text())["overall"]["high"] == 1
    assert "Simulated example" in Path(out["traffic_light_svg"]).read_text()
    assert Path(out["summary_pdf"]).read_bytes().startswith(b"%PDF")


def test_without_a_sheet_every_study_is_pending(root: Path, tmp_path: Path) -> None:
    assert read_csv(run(root, tmp_path, [])["pending"])["id"].tolist() == ["Kern 2001"]


def test_a_review_that_assesses_no_bias_has_nothing_pending(root: Path, tmp_path: Path) -> None:
    assert read_csv(run(root, tmp_path, [], {"tool": "none"})["pending"]).empty


def test_errors_stop_before_anything_is_written(root: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "rob.csv"
    sheet.write_text("study_id,domain,judgement\nKern 2001,c,awful\n")
    with pytest.raises(InputFaults, match="unknown-domain"):
        run(root, tmp_path, [str(sheet)])
    assert not (tmp_path / "out").exists()
