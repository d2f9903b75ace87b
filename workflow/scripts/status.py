"""Say where the review stands and who waits for whom."""

import json as json_format
from pathlib import Path
from typing import Any

from prismake.messages.logs import log_errors_to
from prismake.records.tables import write_json, write_text
from prismake.report.results import Results
from prismake.report.status import page_of, status_of, text_of


def main(
    *,
    pending: list[str],
    flow: str,
    analyses: str,
    template: str,
    style: str,
    json: str,
    html: str,
    text: str,
    settings: dict[str, Any],
) -> None:
    """Write the status as JSON, as a page and as text."""
    rows = {Path(path).parent.name: Results(Path(path).parent).table(Path(path).name) for path in pending}
    review = settings["review"] or {}
    status = status_of(
        rows,
        json_format.loads(Path(flow).read_text(encoding="utf-8")),
        Results(Path(analyses).parent).table(Path(analyses).name),
        title=str(review.get("title") or ""),
        final=bool(settings["final"]),
    )
    write_json(status, Path(json))
    write_text(text_of(status), Path(text))
    banner = "Simulated example" if review.get("simulated") else ""
    write_text(page_of(status, _text(template), _text(style), banner), Path(html))


def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        pending=list(snakemake.input.pending),  # noqa: F821
        flow=snakemake.input.flow,  # noqa: F821
        analyses=snakemake.input.analyses,  # noqa: F821
        template=snakemake.input.template,  # noqa: F821
        style=snakemake.input.style,  # noqa: F821
        json=snakemake.output.json,  # noqa: F821
        html=snakemake.output.html,  # noqa: F821
        text=snakemake.output.text,  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
