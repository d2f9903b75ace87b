"""Say where the review stands, who waits for whom, and what changed since an earlier bundle."""

import json as json_format
from pathlib import Path
from typing import Any

from prismake.messages.logs import log_errors_to
from prismake.records.tables import write_json, write_text
from prismake.report.living import FLOW, LEDGER, SCREENED, STUDIES, changes_since, state_of, state_of_bundle
from prismake.report.results import grouped, rows_of
from prismake.report.status import page_of, status_of, text_of


def main(
    *,
    pending: list[str],
    flow: str,
    analyses: str,
    ledger: str,
    screened: str,
    studies: str,
    check: str,
    results: list[str],
    earlier: list[str],
    template: str,
    style: str,
    json: str,
    html: str,
    text: str,
    settings: dict[str, Any],
) -> None:
    """Write the status as JSON, as a page and as text; `earlier` is a bundle to compare with, or empty."""
    review = settings["review"] or {}
    counted = json_format.loads(_text(flow))
    waiting = {Path(path).parent.name: grouped(path, "what", "who") for path in pending}
    title = str(review.get("title") or "")
    status = status_of(
        waiting,
        counted,
        rows_of(analyses),
        title=title,
        final=bool(settings["final"]),
        searches=len(settings["searches"]),
        locked=bool(json_format.loads(_text(check))["locked"]),
    )
    if earlier:
        files = {FLOW: flow, LEDGER: ledger, SCREENED: screened, STUDIES: studies}
        files |= {f"results/analyses/{Path(path).parent.name}/result.json": path for path in results}
        now = state_of([Path(path).parent.name for path in results], lambda path: _text(files[path]))
        status["changes"] = changes_since(state_of_bundle(Path(earlier[0])), now)
    write_json(status, Path(json))
    write_text(text_of(status), Path(text))
    banner = "Simulated example" if review.get("simulated") else ""
    write_text(page_of(status, _text(template), _text(style), banner), Path(html))


def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        **{name: snakemake.input[name] for name in ("flow", "analyses", "ledger", "screened", "studies", "check")},  # noqa: F821
        **{name: list(snakemake.input[name]) for name in ("pending", "results", "earlier")},  # noqa: F821
        **{name: str(snakemake.input[name]) for name in ("template", "style")},  # noqa: F821
        **{name: snakemake.output[name] for name in ("json", "html", "text")},  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
