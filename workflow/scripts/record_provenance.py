"""Record what this build read, with which code and versions, and what stands behind each number."""

import json
from pathlib import Path
from typing import Any

from prismake import __version__
from prismake.audit import provenance as record
from prismake.audit.catalogue import OTHERS, catalogue
from prismake.audit.stamps import Stamps
from prismake.messages.logs import log_errors_to
from prismake.records.tables import read_csv, write_csv, write_json


def main(
    *,
    inputs: list[str],
    check: str,
    leaves: str,
    stamps: str,
    flow: str,
    analyses: list[str],
    others: list[str],
    environment: list[str],
    provenance: str,
    numbers: str,
    settings: dict[str, Any],
) -> None:
    """Write results/provenance/: inputs, versions, rules and registration of the build, and the table of numbers."""
    checked = _json(check)
    write_json(
        {
            "review": settings["review.id"],
            "prismake": __version__,
            "python": record.python_version(),
            "packages": record.versions(),
            "environment_lock_sha256": record.sha256(Path(environment[0])) if environment else None,
            "registration": checked["registration"],
            "lock_sha256": checked["lock_sha256"],
            "inputs": record.input_hashes(inputs, settings["data_root"]),
            "rules": settings["rules"],
        },
        Path(provenance),
    )
    results = {Path(path).parent.name: _json(path) for path in analyses}
    parts = {file: part for part, file in OTHERS.items()}
    places = catalogue(_json(flow), results, {parts[path]: _json(path) for path in others})
    known = Stamps(
        read_csv(stamps).to_dict("records"),
        read_csv(leaves).to_dict("records"),
        registered=bool(checked["registration"]),
    )
    ids = record.Ids(Path())
    write_csv(record.number_table(places, known.by_name(), results, settings["rules"], ids), Path(numbers))


def _json(path: str) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"))


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        inputs=[path for kind in ("config", "searches", "screening", "sheets") for path in snakemake.input[kind]],  # noqa: F821
        check=snakemake.input.check,  # noqa: F821
        leaves=snakemake.input.leaves,  # noqa: F821
        stamps=snakemake.input.stamps,  # noqa: F821
        flow=snakemake.input.flow,  # noqa: F821
        analyses=list(snakemake.input.analyses),  # noqa: F821
        others=list(snakemake.input.others),  # noqa: F821
        environment=list(snakemake.input.environment),  # noqa: F821
        provenance=snakemake.output.provenance,  # noqa: F821
        numbers=snakemake.output.numbers,  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
