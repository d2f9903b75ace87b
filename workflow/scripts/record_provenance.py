"""Record what this build read, with which versions, and where each number stands."""

import json
from pathlib import Path
from typing import Any

from prismake import __version__
from prismake.audit.catalogue import catalogue
from prismake.audit.provenance import input_hashes, number_table, versions
from prismake.messages.logs import log_errors_to
from prismake.records.tables import write_csv, write_json


def main(
    *,
    inputs: list[str],
    check: str,
    flow: str,
    analyses: list[str],
    provenance: str,
    numbers: str,
    settings: dict[str, Any],
) -> None:
    """Write results/provenance/: hashes of the inputs, versions, the registration, and the table of numbers."""
    checked = json.loads(Path(check).read_text(encoding="utf-8"))
    write_json(
        {
            "review": settings["review.id"],
            "prismake": __version__,
            "packages": versions(),
            "registration": checked["registration"],
            "lock_sha256": checked["lock_sha256"],
            "inputs": input_hashes(inputs, settings["data_root"]),
        },
        Path(provenance),
    )
    places = catalogue(
        json.loads(Path(flow).read_text(encoding="utf-8")),
        {Path(path).parent.name: json.loads(Path(path).read_text(encoding="utf-8")) for path in analyses},
    )
    write_csv(number_table(places), Path(numbers))


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        inputs=[
            path
            for kind in ("config", "searches", "screening", "sheets")
            for path in snakemake.input[kind]  # noqa: F821
        ],
        check=snakemake.input.check,  # noqa: F821
        flow=snakemake.input.flow,  # noqa: F821
        analyses=list(snakemake.input.analyses),  # noqa: F821
        provenance=snakemake.output.provenance,  # noqa: F821
        numbers=snakemake.output.numbers,  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
