"""List the reports that were sought, retrieved and assessed, and link those included to their studies."""

from pathlib import Path
from typing import Any

import pandas as pd
from prismake.messages.faults import Faults
from prismake.messages.logs import log_errors_to
from prismake.records.sheets import read_sheet
from prismake.records.tables import read_csv, read_parquet, write_csv
from prismake.screening.retrieval import Sheets, build_reports, empty_sheets, with_current_ids
from prismake.screening.studies import link_studies, pending_reports, to_link, to_retrieve
from prismake.screening.to_fill import write_lists


def main(
    *,
    decisions: str,
    records: str,
    membership: str,
    retrieval: list[str],
    studies: list[str],
    other_methods: list[str],
    previous_review: list[str],
    outputs: dict[str, str],
    settings: dict[str, Any],
) -> None:
    """Write reports, studies, their links, the lists to fill in, messages and what is pending to results/retrieval/."""
    faults = Faults()
    sheets = {}
    named = {"retrieval": retrieval, "studies": studies, "other": other_methods, "previous": previous_review}
    for name, path in named.items():
        sheets[name], said = read_sheet(path[0]) if path else (pd.DataFrame(), [])
        faults.extend(said)
    sheets["retrieval"], sheets["studies"] = with_current_ids(
        sheets["retrieval"], sheets["studies"], read_csv(membership)
    )
    reports = build_reports(
        read_csv(decisions),
        read_parquet(records, ["record_id", "title", "authors", "year", "doi", "searches"]),
        Sheets(sheets["retrieval"], sheets["other"], sheets["previous"]),
        faults,
        registers=frozenset(settings["registers"]),
        exclusion_reasons=[str(reason["id"]) for reason in settings["exclusion_reasons"] or []],
    )
    one = bool((settings.get("studies") or {}).get("one_study_per_report"))
    reports, study_table, links = link_studies(reports, sheets["studies"], faults, one_study_per_report=one)
    pending = pending_reports(reports)
    if settings.get("final") and len(pending):
        faults.error(
            "reports-pending",
            f"{len(pending)} reports are still to be retrieved or linked to a study.",
            expected="nothing pending in a final build",
            mend="see results/retrieval/to_retrieve.csv and to_link.csv of a draft build",
        )
    faults.raise_errors()
    write_csv(reports, outputs["reports"])
    write_csv(study_table, outputs["studies"])
    write_csv(links, outputs["study_links"])
    lists = {"to_retrieve": to_retrieve(reports), "to_link": to_link(reports)}
    for name, table in lists.items():
        write_csv(table, outputs[name])
    lists |= empty_sheets(bool(other_methods), bool(previous_review))
    write_lists(Path(outputs["reports"]).parent / "to_fill", lists, records, faults)
    write_csv(faults.frame(), outputs["messages"])
    write_csv(pending, outputs["pending"])


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        decisions=snakemake.input.decisions,  # noqa: F821
        records=snakemake.input.records,  # noqa: F821
        membership=snakemake.input.membership,  # noqa: F821
        retrieval=list(snakemake.input.retrieval),  # noqa: F821
        studies=list(snakemake.input.studies),  # noqa: F821
        other_methods=list(snakemake.input.other_methods),  # noqa: F821
        previous_review=list(snakemake.input.previous_review),  # noqa: F821
        outputs=dict(snakemake.output.items()),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
