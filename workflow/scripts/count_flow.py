"""Count the PRISMA 2020 flow: a list of ids for each box, and their lengths."""

from pathlib import Path
from typing import Any

from prismake.flow.boxes import BOXES
from prismake.flow.count import count_flow, list_table, previous_version_missing
from prismake.flow.prisma2020 import prisma2020_frame
from prismake.flow.reading import read_flow_tables, titles_of
from prismake.flow.updates import update_table, wave_of_all
from prismake.messages.logs import log_errors_to
from prismake.records.tables import defuse, write_csv, write_json


def main(
    *,
    tables: dict[str, str],
    flow: str,
    prisma2020: str,
    updates: str,
    messages: str,
    lists: list[str],
    settings: dict[str, Any],
) -> None:
    """Write flow.json, a CSV for each list, the PRISMA2020 package's CSV and the table of updates.

    `tables` names the files of `prismake.flow.tables.COLUMNS`; `lists` are the files of the boxes, named after them.
    """
    read = read_flow_tables(tables)
    reasons = settings.get("exclusion_reasons") or []
    counted = count_flow(read, reasons)
    labels = {reason["id"]: reason["label"] for reason in reasons}
    waves = wave_of_all(read) if len(counted.summary["updates"]) > 1 else None
    for path in map(Path, lists):
        titles = titles_of(read, BOXES[path.stem].unit)
        write_csv(defuse(list_table(counted, path.stem, titles, labels, waves)), path)
    frame, faults = prisma2020_frame(counted.summary)
    faults.extend(previous_version_missing(counted, settings.get("review.update_of")))
    write_csv(frame, prisma2020)
    write_csv(update_table(counted.summary["updates"]), updates)
    write_csv(faults.frame(), messages)
    write_json(counted.summary, flow)


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        tables={name: str(path) for name, path in snakemake.input.items() if name != "code"},  # noqa: F821
        flow=snakemake.output.flow,  # noqa: F821
        prisma2020=snakemake.output.prisma2020,  # noqa: F821
        updates=snakemake.output.updates,  # noqa: F821
        messages=snakemake.output.messages,  # noqa: F821
        lists=list(snakemake.output.lists),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
