"""Recompute every analysis with metafor and put both numbers side by side."""

import json
from pathlib import Path

import pandas as pd
from prismake.messages.logs import log_errors_to
from prismake.records.tables import read_csv, write_csv, write_json
from prismake.synthesis.crosscheck import tasks_of
from prismake.synthesis.crosscheck_compare import COLUMNS, compare, summary
from prismake.synthesis.crosscheck_run import NoMetafor, find_metafor, run_tasks
from prismake.synthesis.crosscheck_task import Task


def main(*, results: list[str], pooled: list[str], effects: str, as_registered: str, script: str, table: str,
         overview: str) -> None:  # fmt: skip
    """Write the table of both numbers and its summary; without R or metafor, an empty table and the reason.

    results, pooled: result.json and effects.csv of each analysis, in the same order.
    """
    every, registered = read_csv(effects), read_csv(as_registered)
    tasks: list[Task] = []
    for path, rows in zip(results, pooled, strict=True):
        result = json.loads(Path(path).read_text(encoding="utf-8"))
        tasks += tasks_of(result, read_csv(rows), registered if "effects_table" in result else every)
    try:
        answers, versions = run_tasks(tasks, Path(script), find_metafor())
    except NoMetafor as reason:
        write_csv(pd.DataFrame(columns=COLUMNS), table)
        write_json(summary(pd.DataFrame(columns=COLUMNS), {}) | {"not_compared": str(reason)}, overview)
        return
    found = compare(tasks, answers)
    write_csv(found, table)
    write_json(summary(found, versions), overview)


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        results=list(snakemake.input.results),  # noqa: F821
        pooled=list(snakemake.input.pooled),  # noqa: F821
        effects=snakemake.input.effects,  # noqa: F821
        as_registered=snakemake.input.as_registered,  # noqa: F821
        script=snakemake.input.script,  # noqa: F821
        table=snakemake.output.table,  # noqa: F821
        overview=snakemake.output.overview,  # noqa: F821
    )
