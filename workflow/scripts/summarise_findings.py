"""Put the summary of findings together from the analyses and people's judgements of their certainty."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
from prismake.messages.logs import log_errors_to
from prismake.records.sheets import read_sheet
from prismake.records.tables import write_csv, write_json
from prismake.synthesis.certainty import SHEET, summary_of_findings


def main(*, results: list[str], sheet: list[str], outputs: dict[str, str], settings: dict[str, Any]) -> None:
    """Write the table as CSV and JSON (with its footnotes), the findings, who is waited for, and an empty sheet to fill in.

    Raises InputFaults with every error of the sheet.
    """
    analyses = settings["analyses"]
    read = [json.loads(Path(path).read_text(encoding="utf-8")) for path in results]
    read.sort(key=lambda result: analyses.index(result["analysis"]))
    judgements, faults = read_sheet(sheet[0], required=("analysis",)) if sheet else (pd.DataFrame(columns=SHEET), [])
    planned = bool(settings["grade.sheet"])
    file = settings["grade.sheet"] or ""
    summary = summary_of_findings(read, judgements, file=file, planned=planned)
    summary.findings.extend(faults)
    summary.findings.raise_errors()
    write_csv(summary.table, outputs["table"])
    write_json(summary.data(planned=planned), outputs["json"])
    write_csv(summary.findings.frame(), outputs["findings"])
    write_csv(summary.pending, outputs["pending"])
    empty = pd.DataFrame({"analysis": summary.table["analysis"], "outcome": summary.table["outcome"]}, columns=SHEET)
    write_csv(empty.fillna(""), outputs["to_fill"])


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        results=list(snakemake.input.results),  # noqa: F821
        sheet=list(snakemake.input.sheet),  # noqa: F821
        outputs=dict(snakemake.output.items()),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
