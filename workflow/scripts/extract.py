"""Read the extraction sheets, validate them, and write them as canonical tables with their findings."""

from typing import Any

from prismake.extraction.codebook import frictionless, read_codebook, schemas
from prismake.extraction.load import load_reconciled
from prismake.extraction.stage import check_extraction
from prismake.extraction.workbook import workbook_to_fill
from prismake.messages.logs import log_errors_to
from prismake.records.tables import read_csv, write_bytes, write_csv, write_json


def main(
    *,
    sheets: list[str],
    second: list[str],
    adjudicated: list[str],
    included: str,
    codebook: str,
    own_codebook: list[str],
    outputs: dict[str, str],
    settings: dict[str, Any],
) -> None:
    """Write each canonical sheet, differences of a double extraction, characteristics, findings, pending, codebook.

    Raises InputFaults with every error of the sheets.
    """
    book = read_codebook(codebook, own_codebook[0] if own_codebook else None)
    studies = read_csv(included)
    extracted = load_reconciled(sheets, second, adjudicated, book, settings.get("extraction") or {})
    comparisons = settings.get("comparisons") or {}
    checked = check_extraction(
        extracted,
        book,
        studies,
        final=bool(settings.get("final")),
        intervention=tuple(comparisons.get("intervention") or ("intervention",)),
        comparators=tuple(comparisons.get("comparators") or ()),
        constructs=tuple(settings.get("outcomes") or ()),
    )
    checked.findings.raise_errors()
    for name, table in checked.named().items():
        write_csv(table, outputs[name])
    write_json(schemas(book), outputs["codebook"])
    write_json(frictionless(book, checked.tables), outputs["datapackage"])
    write_bytes(workbook_to_fill(book, studies, checked.pending), outputs["workbook"])


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        sheets=list(snakemake.input.sheets),  # noqa: F821
        second=list(snakemake.input.second),  # noqa: F821
        adjudicated=list(snakemake.input.adjudicated),  # noqa: F821
        included=snakemake.input.included,  # noqa: F821
        codebook=snakemake.input.codebook,  # noqa: F821
        own_codebook=list(snakemake.input.own_codebook),  # noqa: F821
        outputs=dict(snakemake.output.items()),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
