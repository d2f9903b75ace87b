"""Write the report in every format that config asks for."""

from pathlib import Path
from typing import Any

import pandas as pd
from prismake import __version__
from prismake.audit.provenance import versions
from prismake.audit.stamps import Stamps
from prismake.messages.logs import log_errors_to
from prismake.records.tables import write_csv
from prismake.report.document import read_sources, write_document
from prismake.report.facts import Facts
from prismake.report.formats_written import write_formats
from prismake.report.manuscript import read_manuscript
from prismake.report.numbers import NUMBER_COLUMNS, Numbers
from prismake.report.results import Results


def main(
    *,
    results: list[str],
    manuscript: list[str],
    templates: list[str],
    bibliography: list[str],
    csl: list[str],
    formats: list[str],
    numbers: str,
    settings: dict[str, Any],
    folder: str = "results",
) -> None:
    """Write `formats` (paths ending in html, docx, pdf, tex, md) and the table of all numbers.

    Args:
        results: every file below `folder` that the report may read.
        templates: the files of templates/report and templates/checklists.
        bibliography: the file of sources that people cite, or none.
        csl: the citation style that they chose, or none.
    """
    reader = Results(Path(folder), [Path(path).relative_to(folder).as_posix() for path in results])
    facts = Facts(
        reader,
        Numbers(reader),
        {key: settings[key] for key in ("review", "final", "searches", "report")},
        settings["protocol"] or {},
        read_manuscript([Path(path) for path in manuscript]),
        {**versions(("numpy", "pandas", "rapidfuzz", "scipy", "snakemake")), "prismake": __version__},
    )
    home = next(Path(path).parent for path in templates if Path(path).name == "report.md.j2")
    checklists = [Path(path) for path in templates if Path(path).parent.name == "checklists"]
    sources = read_sources(facts, [home], [Path(path) for path in bibliography], [Path(path) for path in manuscript])
    document = write_document(facts, [home], checklists, sources, Path(csl[0]) if csl else None)
    write_formats(document, facts, home, [Path(path) for path in formats])
    checked = [
        reader.table(f"protocol/{name}.csv") if reader.knows(f"protocol/{name}.csv") else []
        for name in ("analyses", "leaves")
    ]
    stamps = Stamps(*checked, registered=bool(facts.registration))
    write_csv(pd.DataFrame(facts.numbers.table(stamps), columns=NUMBER_COLUMNS, dtype=str), Path(numbers))


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        results=list(snakemake.input.results),  # noqa: F821
        **{name: list(snakemake.input[name]) for name in ("manuscript", "templates", "bibliography", "csl")},  # noqa: F821
        formats=list(snakemake.output.formats),  # noqa: F821
        numbers=snakemake.output.numbers,  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
