"""Put the source records of all searches into one table, in the order of the searches, and count them."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
from prismake.messages.logs import log_errors_to
from prismake.records.combine import combined_faults, combined_parts, searches_table
from prismake.records.search import ASIDE_COLUMNS
from prismake.records.tables import read_csv, write_csv, write_parquet_parts


def main(
    *,
    records: list[str],
    set_aside: list[str],
    summaries: list[str],
    messages: list[str],
    settings: dict[str, Any],
    source_records: str,
    searches: str,
    all_set_aside: str,
    all_messages: str,
) -> None:
    """Write the source records of the review and one row of numbers for each search."""
    order = [search["id"] for search in settings["searches"]]
    counts = [json.loads(Path(path).read_text(encoding="utf-8")) for path in summaries]
    faults = combined_faults(counts)
    faults.raise_errors()
    by_search = {count["search"]: path for count, path in zip(counts, records, strict=True)}
    write_parquet_parts(combined_parts([by_search[search] for search in order], order), source_records)
    write_csv(searches_table(settings["searches"], counts), searches)
    nothing = pd.DataFrame(columns=ASIDE_COLUMNS, dtype=str)  # of a review whose first search is still to come
    write_csv(pd.concat([nothing, *(read_csv(path) for path in set_aside)], ignore_index=True), all_set_aside)
    write_csv(pd.concat([*(read_csv(path) for path in messages), faults.frame()], ignore_index=True), all_messages)


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        records=list(snakemake.input.records),  # noqa: F821
        set_aside=list(snakemake.input.set_aside),  # noqa: F821
        summaries=list(snakemake.input.summaries),  # noqa: F821
        messages=list(snakemake.input.messages),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
        source_records=snakemake.output.source_records,  # noqa: F821
        searches=snakemake.output.searches,  # noqa: F821
        all_set_aside=snakemake.output.set_aside,  # noqa: F821
        all_messages=snakemake.output.messages,  # noqa: F821
    )
