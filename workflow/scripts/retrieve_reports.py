"""List the reports that were sought, retrieved and assessed, and link those included to their studies."""

from pathlib import Path
from typing import Any

from prismake.messages.logs import log_errors_to
from prismake.records.tables import read_csv, read_parquet, write_csv
from prismake.screening.retrieve import read_given, retrieve_reports
from prismake.screening.to_fill import write_lists

SHEETS = ("retrieval", "studies", "other_methods", "previous_review")
TABLES = ("reports", "studies", "study_links", "to_retrieve", "to_link", "pending")


def main(
    *,
    decisions: str,
    records: str,
    membership: str,
    sheets: dict[str, list[str]],
    outputs: dict[str, str],
    settings: dict[str, Any],
) -> None:
    """Write reports, studies, their links, the lists to fill in, messages and what is pending to results/retrieval/.

    `sheets` has the file of each of `SHEETS`, [] where people have not begun it.
    """
    read, faults = read_given(sheets)
    found = retrieve_reports(
        read_csv(decisions),
        read_parquet(records, ["record_id", "title", "authors", "year", "doi", "searches"]),
        read_csv(membership),
        read,
        settings,
        faults,
    )
    faults.raise_errors()
    for name in TABLES:
        write_csv(getattr(found, name), outputs[name])
    write_lists(Path(outputs["reports"]).parent / "to_fill", found.to_fill, records, faults)
    write_csv(faults.frame(), outputs["messages"])


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        decisions=snakemake.input.decisions,  # noqa: F821
        records=snakemake.input.records,  # noqa: F821
        membership=snakemake.input.membership,  # noqa: F821
        sheets={name: list(snakemake.input[name]) for name in SHEETS},  # noqa: F821
        outputs=dict(snakemake.output.items()),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
