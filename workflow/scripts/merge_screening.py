"""Join the decisions of every tool and reviewer into one ledger, and resolve them by the protocol's rules."""

from pathlib import Path
from typing import Any

from prismake.messages.logs import log_errors_to
from prismake.records.tables import read_csv, read_parquet, write_csv, write_json
from prismake.screening.merge import Records, merge_screening
from prismake.screening.retrieve import read_given
from prismake.screening.sources import read_decisions
from prismake.screening.to_fill import write_lists, write_pairs
from prismake.screening.worklists import with_abstracts

TABLES = ("ledger", "decisions", "conflicts", "waiting", "matches", "drift", "pending")


def main(
    *,
    files: list[str],
    tables: dict[str, str],
    sheets: dict[str, list[str]],
    outputs: dict[str, str],
    settings: dict[str, Any],
) -> None:
    """Write the ledger, decisions, work lists, matches, agreement, drift, messages and what is pending.

    `files` are those of the configured sources, in their order; `tables` has records, source_records, membership,
    excluded_before and queue; `sheets` retrieval, other_methods, rulings and changes, [] where there is none yet.
    """
    votes, reported, faults = read_decisions(settings["screening"], settings["protocol"], files)
    given, said = read_given(sheets)
    faults.extend(said)
    records = Records.of(
        membership=read_csv(tables["membership"]),
        source_records=read_parquet(tables["source_records"], ["source_record_id", "search", "title", "doi", "year"]),
        records=read_parquet(tables["records"], ["record_id", "title", "authors", "year", "doi"]),
        excluded_before=read_csv(tables["excluded_before"]),
        sheets=given,
    )
    merged = merge_screening(votes, records, **settings, changes=given["changes"], reported=reported, faults=faults)
    faults.raise_errors()
    waiting = with_abstracts(merged.waiting, tables["records"])
    for name in TABLES:
        write_csv(waiting if name == "waiting" else getattr(merged, name), outputs[name])
    write_json(merged.agreement, outputs["agreement"])
    folder = Path(outputs["conflicts"]).parent / "to_fill"
    write_lists(folder, {"conflicts": merged.conflicts, "waiting": waiting}, tables["records"], faults)
    write_pairs(folder, "duplicates", read_csv(tables["queue"]), tables["source_records"], faults)
    write_csv(faults.frame(), outputs["messages"])


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    inputs = {name: paths for name, paths in snakemake.input.items() if name != "files"}  # noqa: F821
    main(
        files=list(snakemake.input.files),  # noqa: F821
        tables={name: path for name, path in inputs.items() if isinstance(path, str)},
        sheets={name: list(paths) for name, paths in inputs.items() if not isinstance(paths, str)},
        outputs=dict(snakemake.output.items()),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
