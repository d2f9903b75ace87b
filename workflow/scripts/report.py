"""Write the report in every format that config asks for."""

from pathlib import Path
from typing import Any

from prismake.messages.logs import log_errors_to
from prismake.report.results import Results
from prismake.report.written import write_report


def main(*, results: list[str], folder: str = "results", **rest: Any) -> None:
    """Write the report from `results`, every file below `folder` that it may read; the rest is `write_report`'s."""
    write_report(Results(Path(folder), [Path(path).relative_to(folder).as_posix() for path in results]), **rest)


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        results=list(snakemake.input.results),  # noqa: F821
        **{name: list(snakemake.input[name]) for name in ("manuscript", "templates", "bibliography", "csl")},  # noqa: F821
        formats=list(snakemake.output.formats),  # noqa: F821
        numbers=snakemake.output.numbers,  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
