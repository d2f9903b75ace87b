"""Pack what may be shared of a review into one zip with a manifest."""

from pathlib import Path
from typing import Any

from prismake.audit.provenance import shown
from prismake.messages.logs import log_errors_to
from prismake.records.tables import write_bytes
from prismake.report.bundle import Sharing, read_cleared
from prismake.report.bundle import bundle as bundle_of


def main(*, results: list[str], written: list[str], cleared: list[str], bundle: str, settings: dict[str, Any]) -> None:
    """Write the bundle of the given results and of what people wrote, as far as `settings` lets it out."""

    def named(paths: list[str]) -> dict[str, Path]:
        return {shown(path, settings["data_root"]): Path(path) for path in paths}

    review = dict(settings["review"] or {})
    review["published"] = review.get("published") or settings["last_date"]
    content = bundle_of(
        named(results),
        named(written),
        review,
        sharing=Sharing(**settings["bundle"] or {}),
        exports={shown(path, settings["data_root"]): search for path, search in settings["exports"].items()},
        carried=read_cleared(Path(cleared[0]).read_text(encoding="utf-8")) if cleared else None,
    )
    write_bytes(content, Path(bundle))


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        results=list(snakemake.input.results),  # noqa: F821
        written=list(snakemake.input.written),  # noqa: F821
        cleared=list(snakemake.input.cleared),  # noqa: F821
        bundle=snakemake.output.bundle,  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
