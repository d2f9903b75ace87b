"""Hold what was registered against what is configured and what was run."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
from prismake.audit import three_way
from prismake.audit.lock import check_lock, read_lock
from prismake.messages.faults import Faults
from prismake.messages.logs import log_errors_to
from prismake.protocol.review import load_review
from prismake.records.tables import write_csv, write_json


def main(
    *,
    results: list[str],
    ledger: str,
    lock: list[str],
    leaves: str,
    analyses: str,
    deviations: str,
    check: str,
    messages: str,
    settings: dict[str, Any],
) -> None:
    """Write the tables of results/protocol/; a registered leaf edited after the lock stops the build."""
    review = load_review(Path(), settings["overrides"])
    ran = {Path(path).parent.name: json.loads(Path(path).read_text(encoding="utf-8")) for path in results}
    decided = pd.read_csv(ledger, dtype=str, keep_default_na=False, usecols=["decided_at"])["decided_at"]
    faults = Faults()
    locked = read_lock(Path(lock[0]), faults) if lock else None
    faults.raise_errors()
    check_lock(locked, review.protocol, review.folder, faults)
    unexplained = three_way.check_deviations(review, faults)
    three_way.check_run(review, ran, faults)
    said = [*three_way.check_searches(review, faults), *three_way.late_deviations(review, faults)]
    faults.raise_errors()
    leaf_table = three_way.leaf_table(review)
    write_csv(leaf_table, Path(leaves))
    write_csv(three_way.analysis_table(review, ran), Path(analyses))
    write_csv(three_way.deviation_table(review), Path(deviations))
    write_csv(faults.frame(), Path(messages))
    write_json(
        {
            "registration": review.protocol.get("registration", {}),
            "protocol_version": review.protocol.get("protocol_version"),
            "locked": locked is not None,
            "lock_sha256": (locked or {}).get("sha256"),
            "banners": [*three_way.check_dates(review, min((d for d in decided if d), default="")), *said],
            "unexplained": unexplained,
            "leaves": {verdict: int(n) for verdict, n in leaf_table["verdict"].value_counts().sort_index().items()},
        },
        Path(check),
    )


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        results=list(snakemake.input.results),  # noqa: F821
        ledger=snakemake.input.ledger,  # noqa: F821
        lock=list(snakemake.input.lock),  # noqa: F821
        leaves=snakemake.output.leaves,  # noqa: F821
        analyses=snakemake.output.analyses,  # noqa: F821
        deviations=snakemake.output.deviations,  # noqa: F821
        check=snakemake.output.check,  # noqa: F821
        messages=snakemake.output.messages,  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
