"""Hold the numbers that were stated about a review against themselves, each other, and this review's results."""

import json
from pathlib import Path

from prismake.audit.catalogue import catalogue
from prismake.audit.claims import audit_claims
from prismake.messages.faults import Faults
from prismake.messages.logs import log_errors_to
from prismake.protocol.review import CLAIMS
from prismake.protocol.yaml_files import read_yaml
from prismake.records.tables import write_csv, write_json


def main(*, claims: list[str], flow: str, results: list[str], table: str, summary: str) -> None:
    """Write results/claims/; without a claims file the tables are empty."""
    faults = Faults()
    stated = read_yaml(Path(claims[0]), CLAIMS, faults, typed=True) if claims else {}
    faults.raise_errors()
    places = catalogue(
        json.loads(Path(flow).read_text(encoding="utf-8")),
        {Path(path).parent.name: json.loads(Path(path).read_text(encoding="utf-8")) for path in results},
    )
    numbers = {
        name: place.value
        for name, place in places.items()
        if isinstance(place.value, int | float) and not isinstance(place.value, bool)
    }
    verdicts = audit_claims(stated, numbers)
    write_csv(verdicts, Path(table))
    counts = {verdict: int(n) for verdict, n in verdicts["verdict"].value_counts().sort_index().items()}
    write_json(
        {"claims": len(stated.get("claims", [])), "sources": stated.get("sources", {}), "verdicts": counts},
        Path(summary),
    )


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        claims=list(snakemake.input.claims),  # noqa: F821
        flow=snakemake.input.flow,  # noqa: F821
        results=list(snakemake.input.results),  # noqa: F821
        table=snakemake.output.table,  # noqa: F821
        summary=snakemake.output.summary,  # noqa: F821
    )
