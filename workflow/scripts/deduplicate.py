"""Rule deduplicate: find the source records that are the same entry and join them into records."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prismake.deduplication.overlap_figure import draw_overlap
from prismake.deduplication.pipeline import deduplicate
from prismake.deduplication.settings import settings_from
from prismake.messages.faults import Faults
from prismake.messages.logs import log_errors_to
from prismake.records.sheets import read_sheet
from prismake.records.tables import defuse, read_parquet, write_csv, write_json, write_parquet


def main(
    *,
    source_records: str,
    rulings: list[str],
    output: Mapping[str, str],
    figures: list[str],
    settings: Mapping[str, Any],
) -> None:
    """Read the source records and the rulings, if there are any, and write the tables of `output` and the overlap's figures.

    `settings`: the configured values by dotted key (`deduplication.mode`, ...) and `searches`, their names in order.
    """
    sheet, faults, file = None, Faults(), rulings[0] if rulings else ""
    if file:
        sheet, faults = read_sheet(file)
        faults.raise_errors()
    found = deduplicate(
        # The export's own fields are half of the table and decide nothing.
        read_parquet(source_records, without=["fields"]),
        rulings=sheet,
        settings=settings_from({name: value for name, value in settings.items() if name != "review.simulated"}),
        searches=settings.get("searches", ()),
        rulings_file=file,
    )
    faults.extend(found.faults)
    write_parquet(found.records, output["records"])
    for name in ("membership", "pairs", "related", "conflicts", "overlap", "pending"):
        write_csv(getattr(found, name), output[name])
    write_csv(defuse(found.queue), output["queue"])
    write_csv(faults.frame(), output["messages"])
    write_json(found.summary, output["summary"])
    note = "Simulated example: no record in it is real." if settings.get("review.simulated") else ""
    draw_overlap(found.overlap, [Path(path) for path in figures], note=note)


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        source_records=snakemake.input.source_records,  # noqa: F821
        rulings=list(snakemake.input.rulings),  # noqa: F821
        output=dict(snakemake.output.items()),  # noqa: F821
        figures=list(snakemake.output.figures),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
