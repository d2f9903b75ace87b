"""Reading the tables that the flow needs from a review's results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from prismake.extraction.risk_of_bias.tools import tool_of
from prismake.flow.boxes import Unit
from prismake.flow.finished import LaterStages
from prismake.flow.tables import COLUMNS, LEDGER_COLUMNS, FlowTables, flow_tables
from prismake.records.tables import read_csv, read_parquet


def read_flow_tables(paths: Mapping[str, str | Path]) -> FlowTables:
    """Read the tables of `prismake.flow.tables.COLUMNS` by name; files that are not given count as empty tables.

    Raises:
        InputFaults: where a table lacks a column.
    """
    frames = {name: _read(name, paths[name]) for name in COLUMNS if paths.get(name)}
    return flow_tables(frames)


def _read(name: str, path: str | Path) -> pd.DataFrame:
    if str(path).endswith(".parquet"):
        return read_parquet(path, ["source_record_id", "search", "title"] if name == "source_records" else None)
    return read_csv(path, LEDGER_COLUMNS if name == "ledger" else None)


def titles_of(tables: FlowTables, unit: Unit) -> dict[str, str]:
    """Id -> title of a source record, a record (its earliest source record's), a report; label of a study."""
    if unit == "study":
        return _column(tables.studies, "study_id", "label")
    if unit == "report":
        return _column(tables.reports, "report_id", "title")
    titles = _column(tables.source_records, "source_record_id", "title")
    if unit == "source record":
        return titles
    first = tables.membership[tables.membership["earliest"].eq("true")]
    return {
        record: titles.get(source, "")
        for record, source in zip(first["record_id"], first["source_record_id"], strict=True)
    }


LATER = ["extracted", "risk_of_bias", "effects", "not_computed", "narrative", "not_pooled"]
"""The tables of later stages, as `LaterStages` has them."""


def read_later_stages(
    paths: Mapping[str, str | Path], results: list[str], risk_of_bias_tool: Mapping[str, Any] | None = None
) -> LaterStages:
    """Read what E15-E19 need.

    Args:
        paths: files by the names in `LATER`; those that are not given count as stages that the review does not have.
        results: the result.json files of the analyses, each with effects.csv beside it.
        risk_of_bias_tool: the protocol's leaves of the tool, which order its levels.
    """
    tool = dict(risk_of_bias_tool or {"tool": "none"})
    names = [name for name in LATER if paths.get(name)]
    if tool.get("tool") == "none":  # the protocol plans no risk of bias assessment
        names = [name for name in names if name != "risk_of_bias"]
    pooled = {Path(path).parent.name: Path(path).parent / "effects.csv" for path in results}
    return LaterStages(
        **{name: read_csv(paths[name]) for name in names},
        analyses=read_results(results),
        pooled={name: read_csv(path) for name, path in pooled.items() if path.exists()},
        severity={level.id: level.severity for level in tool_of(tool).levels},
    )


def read_results(paths: list[str]) -> dict[str, dict[str, Any]]:
    """Analysis -> the content of its result.json."""
    return {Path(path).parent.name: json.loads(Path(path).read_text(encoding="utf-8")) for path in paths}


def _column(frame: pd.DataFrame, key: str, value: str) -> dict[str, str]:
    return dict(zip(frame[key], frame[value], strict=True)) if value in frame else {}
