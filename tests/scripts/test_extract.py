"""The script extract: from people's sheets to canonical tables."""

from __future__ import annotations

import importlib.util
import io
import json
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from prismake.messages.faults import InputFaults
from prismake.records.tables import read_csv

TABLES = (
    "studies",
    "arms",
    "outcomes",
    "results",
    "effects_reported",
    "sources",
    "characteristics",
    "findings",
    "pending",
    "differences",
    "agreement",
    "facts_for_raters",
)


def script(root: Path, name: str) -> ModuleType:
    """A script of the workflow as a module."""
    spec = importlib.util.spec_from_file_location(name, root / f"workflow/scripts/{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(root: Path, folder: Path, sheets: list[Path], **settings: object) -> dict[str, str]:
    """Run the script; the outputs by name."""
    (folder / "included.csv").write_text("study_id,label\nKern 2001,Kern (2001)\nOst 2002,Ost (2002)\n")
    outputs = {name: str(folder / f"out/{name}.csv") for name in TABLES}
    outputs |= {name: str(folder / f"out/{name}.json") for name in ("codebook", "datapackage")}
    outputs |= {"workbook": str(folder / "out/sheets.xlsx")}
    script(root, "extract").main(
        sheets=[str(s) for s in sheets],
        second=[],
        adjudicated=[],
        included=str(folder / "included.csv"),
        codebook=str(root / "workflow/schemas/codebook.yaml"),
        own_codebook=[],
        outputs=outputs,
        settings=settings,
    )
    return outputs


def test_sheets_are_checked_and_written(root: Path, tmp_path: Path) -> None:
    (tmp_path / "studies.csv").write_text("study_id;label;year\nKern 2001;Kern (2001);2001\n")
    (tmp_path / "arms.csv").write_text("study_id,arm_id,role,n_randomised\nKern 2001,new,intervention,40\n")
    (tmp_path / "outcomes.csv").write_text(
        "study_id,outcome_id,construct,direction\nKern 2001,bdi,depression,higher_worse\n"
    )
    (tmp_path / "results.csv").write_text(
        "study_id;outcome_id;arm_id;timepoint;stat;value\nKern 2001;bdi;new;post;mean;12,5\n"
    )
    out = run(root, tmp_path, sorted(tmp_path.glob("*.csv")))
    assert read_csv(out["results"])["value"].tolist() == ["12.5"]
    assert read_csv(out["pending"])[["stage", "id"]].values.tolist() == [["extraction", "Ost 2002"]]
    assert read_csv(out["findings"])["code"].tolist() == ["no-sources"]
    assert set(json.loads(Path(out["codebook"]).read_text())) == {"chapter", "json_schema", "frictionless"}
    assert Path(out["workbook"]).read_bytes()[:2] == b"PK"


def test_a_review_without_sheets_yet_is_only_pending(root: Path, tmp_path: Path) -> None:
    out = run(root, tmp_path, [])
    assert len(read_csv(out["pending"])) == 2
    assert read_csv(out["results"]).columns.tolist()[:2] == ["study_id", "outcome_id"]


def test_errors_stop_before_anything_is_written(root: Path, tmp_path: Path) -> None:
    (tmp_path / "arms.csv").write_text("study_id,arm_id,role,n_randomised\nKern 2001,new,,many\n")
    with pytest.raises(InputFaults) as raised:
        run(root, tmp_path, [tmp_path / "arms.csv"])
    assert {f.code for f in raised.value.faults} >= {"required", "not-a-number", "unknown-study"}
    assert not (tmp_path / "out").exists()


def test_a_column_that_is_missing_does_not_hide_what_else_is_wrong(root: Path, tmp_path: Path) -> None:
    (tmp_path / "studies.csv").write_text("study_id,label\nKern 2001,Kern (2001)\n")
    (tmp_path / "arms.csv").write_text("study_id,arm_id,role\nKern 2001,new,intervention\nKern 2001,old,waitlist\n")
    (tmp_path / "outcomes.csv").write_text("study_id,outcome_id,construct\nKern 2001,bdi,depression\n")
    (tmp_path / "results.csv").write_text(
        "study_id,outcome_id,arm_id,timepoint,stat,value\nKern 2001,bdi,new,post,sd,-2\nKern 2001,bdi,neu,post,n,ten\n"
    )
    sheets = [tmp_path / f"{n}.csv" for n in ("studies", "arms", "outcomes", "results")]
    with pytest.raises(InputFaults) as raised:
        run(root, tmp_path, sheets)
    errors = [(f.code, f.column) for f in raised.value.faults if f.level == "error"]
    assert sorted(errors) == [
        ("missing-column", "direction"),
        ("not-a-number", "value"),
        ("sd-not-positive", "value"),
        ("unknown-arm", "arm_id"),
    ]


def test_a_workbook_of_libreoffice(root: Path, tmp_path: Path) -> None:
    sheets = {
        "studies": [["study_id", "label"], ["Kern 2001", "Kern (2001)"]],
        "arms": [["Title of the sheet"], ["study_id", "arm_id", "role"]],
    }
    (tmp_path / "extraction.ods").write_bytes(open_document(sheets))
    with pytest.raises(InputFaults) as raised:
        run(root, tmp_path, [tmp_path / "extraction.ods"])
    faults = [f for f in raised.value.faults if f.level == "error"]
    assert [f.column for f in faults] == ["study_id", "arm_id", "role"]
    assert all(f.file.endswith("extraction.ods [arms]") and "line 2: delete the lines above" in f.mend for f in faults)
    sheets["arms"] = [["study_id", "arm_id", "role"], ["Kern 2001", "new", "intervention"]]
    (tmp_path / "extraction.ods").write_bytes(open_document(sheets))
    outputs = run(root, tmp_path, [tmp_path / "extraction.ods"])
    assert read_csv(outputs["arms"])["arm_id"].tolist() == ["new"]


def open_document(sheets: dict[str, list[list[str]]]) -> bytes:
    """A spreadsheet in the OpenDocument form, of text cells."""
    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(
            "<table:table-row>"
            + "".join(
                f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in row
            )
            + "</table:table-row>"
            for row in rows
        )
        + "</table:table>"
        for name, rows in sheets.items()
    )
    space = "urn:oasis:names:tc:opendocument:xmlns:{0}:1.0"
    names = " ".join(f'xmlns:{n}="{space.format(n)}"' for n in ("office", "table", "text"))
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f"{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{space.format("manifest")}"/>')
    return made.getvalue()
