"""Join the decisions of every tool and reviewer into one ledger, and resolve them by the protocol's rules."""

from pathlib import Path
from typing import Any

import pandas as pd
from prismake.messages.logs import log_errors_to
from prismake.records.sheets import read_sheet
from prismake.records.tables import read_csv, read_parquet, write_csv, write_json, write_text
from prismake.screening.drift import drift, drift_svg
from prismake.screening.merge import Records, merge_screening
from prismake.screening.retrieval import not_retrieved_records, with_current_ids
from prismake.screening.sources import read_sources
from prismake.screening.to_fill import write_lists
from prismake.screening.worklists import conflicts_list, waiting_list


def main(
    *,
    files: list[str],
    records: str,
    source_records: str,
    membership: str,
    excluded_before: str,
    retrieval: list[str],
    rulings: list[str],
    changes: list[str],
    outputs: dict[str, str],
    settings: dict[str, Any],
) -> None:
    """Write the ledger, decisions, work lists, matches, agreement, messages and what is pending to
    results/screening/."""
    screening = settings["screening"] or {}
    named = [name for source in screening.get("sources") or [] for name in source["files"]]
    found = dict(zip(named, map(Path, files), strict=True))
    votes, faults = read_sources(screening.get("sources") or [], found.__getitem__)
    sheets = {}
    for name, path in {"retrieval": retrieval, "rulings": rulings, "changes": changes}.items():
        sheets[name], said = read_sheet(path[0]) if path else (pd.DataFrame(), [])
        faults.extend(said)
    entries = read_parquet(records, ["record_id", "title", "authors", "year", "doi", "abstract"])
    members = read_csv(membership)
    merged = merge_screening(
        votes,
        Records(
            membership=members,
            source_records=read_parquet(source_records, ["source_record_id", "search", "title", "doi", "year"]),
            records=entries,
            excluded_before=read_csv(excluded_before),
            not_retrieved=not_retrieved_records(with_current_ids(sheets["retrieval"], pd.DataFrame(), members)[0]),
            rulings=sheets["rulings"],
        ),
        screening=screening,
        protocol=settings["protocol"],
        changes=sheets["changes"] if len(sheets["changes"]) else None,
        final=bool(settings.get("final")),
        seed=int(settings.get("seed") or 1),
        faults=faults,
    )
    faults.raise_errors()
    write_csv(merged.ledger, outputs["ledger"])
    write_csv(merged.decisions, outputs["decisions"])
    conflicts = conflicts_list(merged.decisions, merged.ledger, entries)
    waiting = waiting_list(merged.decisions, merged.ledger, entries)
    write_csv(conflicts, outputs["conflicts"])
    write_csv(waiting, outputs["waiting"])
    to_fill = Path(outputs["conflicts"]).parent / "to_fill"
    write_lists(to_fill, {"conflicts": conflicts, "waiting": waiting}, records, faults)
    write_csv(merged.matches, outputs["matches"])
    over_time = drift(merged.ledger)
    write_csv(over_time, outputs["drift"])
    write_text(drift_svg(over_time, simulated=bool(settings.get("review.simulated"))), outputs["drift_figure"])
    write_csv(faults.frame(), outputs["messages"])
    write_csv(merged.pending, outputs["pending"])
    write_json(merged.agreement, outputs["agreement"])


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        files=list(snakemake.input.files),  # noqa: F821
        records=snakemake.input.records,  # noqa: F821
        source_records=snakemake.input.source_records,  # noqa: F821
        membership=snakemake.input.membership,  # noqa: F821
        excluded_before=snakemake.input.excluded_before,  # noqa: F821
        retrieval=list(snakemake.input.retrieval),  # noqa: F821
        rulings=list(snakemake.input.rulings),  # noqa: F821
        changes=list(snakemake.input.changes),  # noqa: F821
        outputs=dict(snakemake.output.items()),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
