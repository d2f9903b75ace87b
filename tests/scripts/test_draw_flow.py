"""The script that draws the flow."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
from prismake.flow.count import count_flow
from prismake.flow.tables import flow_tables
from prismake.records.tables import read_csv, write_csv, write_json


def test_it_writes_the_drawing_in_three_forms_and_the_table_beside_it(script, tmp_path: Path):
    studies = pd.DataFrame({"study_id": ["A", "B"], "origin": "new"})
    links = pd.DataFrame({"study_id": ["A", "B"], "report_id": ["a", "b"]})
    summary = count_flow(flow_tables({"studies": studies, "study_links": links})).summary
    write_json(summary, tmp_path / "flow.json")
    write_csv(links, tmp_path / "study_links.csv")
    (tmp_path / "primary").mkdir()
    (tmp_path / "primary" / "result.json").write_text(json.dumps({"studies": ["A"]}), encoding="utf-8")
    script("draw_flow").main(
        flow=str(tmp_path / "flow.json"),
        study_links=str(tmp_path / "study_links.csv"),
        results=[str(tmp_path / "primary" / "result.json")],
        svg=str(tmp_path / "flow.svg"),
        pdf=str(tmp_path / "flow.pdf"),
        png=str(tmp_path / "flow.png"),
        page=str(tmp_path / "flow.html"),
        rows=str(tmp_path / "rows.csv"),
        docx=str(tmp_path / "flow.docx"),
        settings={"review.simulated": True},
    )
    drawing = (tmp_path / "flow.svg").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "Studies included in review (n = 2)" in drawing
    assert "Studies in meta-analysis (n = 1)" in drawing
    assert "Simulated example" in drawing
    assert 'href="ids/records_screened.csv"' in drawing  # the lists lie beside the drawing
    assert (tmp_path / "flow.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "flow.png").read_bytes().startswith(b"\x89PNG")
    assert 'id="list-records_screened"' in (tmp_path / "flow.html").read_text(encoding="utf-8")
    rows = read_csv(tmp_path / "rows.csv")
    assert rows.loc[rows["box"].eq("total_studies_ma"), "n"].item() == "1"
