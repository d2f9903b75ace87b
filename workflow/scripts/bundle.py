"""Pack what may be shared of a review into one zip with a manifest."""

from pathlib import Path
from typing import Any

from prismake.audit.provenance import shown
from prismake.messages.logs import log_errors_to
from prismake.records.tables import write_bytes
from prismake.report.bundle import bundle as bundle_of


def main(*, results: list[str], written: list[str], bundle: str, settings: dict[str, Any]) -> None:
    """Write the bundle of the given results and of the sheets that people wrote."""
    files = {shown(path, settings["data_root"]): Path(path) for path in [*results, *written]}
    write_bytes(bundle_of(files, settings["review"] or {}), Path(bundle))


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        results=list(snakemake.input.results),  # noqa: F821
        written=list(snakemake.input.written),  # noqa: F821
        bundle=snakemake.output.bundle,  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
