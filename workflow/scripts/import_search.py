"""Read one search's export files into source records, with what was set aside and what was odd."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from prismake.messages.logs import log_errors_to
from prismake.records.search import Imported, import_parts
from prismake.records.tables import write_csv, write_json, write_parquet_parts


def main(
    *,
    files: list[str],
    lookups: list[str],
    settings: dict[str, Any],
    records: str,
    set_aside: str,
    summary: str,
    messages: str,
) -> None:
    """Write the source records of one search.

    Raises InputFaults, after writing nothing, when an export cannot be trusted.
    """
    imported = Imported(settings["id"])
    number = write_parquet_parts(_checked(imported, files, lookups, settings), records)
    write_csv(imported.set_aside, set_aside)
    write_csv(imported.faults.frame(), messages)
    write_json(
        {
            "search": imported.search,
            "in_file": imported.in_file,
            "set_aside": len(imported.set_aside),
            "records": number,
            "files": imported.files.to_dict("records"),
        },
        summary,
    )


def _checked(
    imported: Imported, files: list[str], lookups: list[str], settings: dict[str, Any]
) -> Iterator[pd.DataFrame]:
    """The parts of a search; at their end every error is raised, before the file takes its place."""
    yield from import_parts(imported, files, settings, lookups=lookups)
    imported.faults.raise_errors()


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        files=list(snakemake.input.files),  # noqa: F821
        lookups=list(snakemake.input.lookups),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
        records=snakemake.output.records,  # noqa: F821
        set_aside=snakemake.output.set_aside,  # noqa: F821
        summary=snakemake.output.summary,  # noqa: F821
        messages=snakemake.output.messages,  # noqa: F821
    )
