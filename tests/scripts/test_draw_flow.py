"""The script that draws the flow."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
from prismake.flow.count import count_flow
from prismake.flow.tables import flow_tables
from prismake.records.tables import read_csv, write_csv, write_json


def drawn(script, folder: Path, **settings: bool) -> str:
    """Draw two studies, one of them pooled, and a record excluded for a reason; gives the drawing."""
    tables = {
        "studies": pd.DataFrame({"study_id": ["A", "B"], "origin": "new"}),
        "study_links": pd.DataFrame({"study_id": ["A", "B"], "report_id": ["a", "b"]}),
        "decisions": pd.DataFrame(
            {"phase": ["title_abstract"], "record_id": ["r"], "decision": ["exclude"], "basis": ["single"],
             "status": ["final"], "primary_reason": ["design"]}
        ),
    }  # fmt: skip
    summary = count_flow(flow_tables(tables), [{"id": "design", "label": "Wrong design"}]).summary
    write_json(summary, folder / "flow.json")
    write_csv(tables["study_links"], folder / "study_links.csv")
    (folder / "primary").mkdir(exist_ok=True)
    (folder / "primary" / "result.json").write_text(json.dumps({"studies": ["A"]}), encoding="utf-8")
    made = {"page": "flow.html", "rows": "rows.csv"} | {e: f"flow.{e}" for e in ("svg", "pdf", "png", "docx")}
    made |= {f"updates_{e}": f"updates.{e}" for e in ("svg", "png")}
    script("draw_flow").main(
        flow=str(folder / "flow.json"),
        study_links=str(folder / "study_links.csv"),
        results=[str(folder / "primary" / "result.json")],
        **{name: str(folder / file) for name, file in made.items()},
        settings={"review.simulated": True, **{f"flow.{name}": value for name, value in settings.items()}},
    )
    return (folder / "flow.svg").read_text(encoding="utf-8").replace("\u00a0", " ")


def test_it_writes_the_drawing_in_three_forms_and_the_table_beside_it(script, tmp_path: Path):
    drawing = drawn(script, tmp_path)
    assert "Studies included in review (n = 2)" in drawing
    assert "Studies in meta-analysis (n = 1)" in drawing
    assert "Simulated example" in drawing
    assert 'href="ids/records_screened.csv"' in drawing  # the lists lie beside the drawing
    assert (tmp_path / "flow.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "flow.png").read_bytes().startswith(b"\x89PNG")
    assert 'id="list-records_screened"' in (tmp_path / "flow.html").read_text(encoding="utf-8")
    rows = read_csv(tmp_path / "rows.csv")
    assert rows.loc[rows["box"].eq("total_studies_ma"), "n"].item() == "1"


def test_config_hides_lines_that_count_nothing_and_shows_reasons_of_screening(script, tmp_path: Path):
    plain, chosen = drawn(script, tmp_path), drawn(script, tmp_path, hide_zero=True, screening_reasons=True)
    assert "Duplicate records removed (n = 0)" in plain and "Wrong design (n = 1)" not in plain
    assert "Duplicate records removed (n = 0)" not in chosen and "Wrong design (n = 1)" in chosen
    assert "Records screened (n = 1)" in chosen
