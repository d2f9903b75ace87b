"""Check the identities of the flow and of the stages after it; a failing one stops the build."""

from typing import Any

from prismake.flow.count import count_flow
from prismake.flow.finished import check_later_stages
from prismake.flow.identities import check_flow
from prismake.flow.identity import identity_faults, identity_frame
from prismake.flow.reading import read_flow_tables, read_later_stages
from prismake.flow.retractions import none_is_retracted
from prismake.messages.logs import log_errors_to
from prismake.records.sheets import read_sheet
from prismake.records.tables import write_csv


def main(
    *,
    tables: dict[str, str],
    results: list[str],
    retractions: list[str],
    identities: str,
    retracted: str,
    messages: str,
    settings: dict[str, Any],
) -> None:
    """Write identities.csv and the included reports that were retracted.

    `tables` names the files of `prismake.flow.tables.COLUMNS` and `prismake.flow.reading.LATER`.

    Raises:
        InputFaults: a set that must be equal is not, or, in a final build, something is pending.
    """
    read = read_flow_tables(tables)
    flow = count_flow(read)
    later = read_later_stages(tables, results, settings.get("risk_of_bias"))
    listed, faults_of_list = read_sheet(retractions[0]) if retractions else (None, [])
    known, found = none_is_retracted(read.reports, listed)
    checked = [*check_flow(read, flow), *check_later_stages(flow, later), known]
    faults = identity_faults(checked, final=bool(settings.get("final")))
    faults.extend(faults_of_list)
    faults.raise_errors()
    write_csv(found, retracted)
    write_csv(faults.frame(), messages)
    write_csv(identity_frame(checked), identities)


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    lists = ("results", "pooled", "retractions", "code")
    main(
        tables={name: str(path) for name, path in snakemake.input.items() if name not in lists},  # noqa: F821
        results=list(snakemake.input.results),  # noqa: F821
        retractions=list(snakemake.input.retractions),  # noqa: F821
        identities=snakemake.output.identities,  # noqa: F821
        retracted=snakemake.output.retracted,  # noqa: F821
        messages=snakemake.output.messages,  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
