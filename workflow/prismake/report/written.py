"""The whole report: results, settings and people's texts in, one document in every format and its numbers out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from prismake import __version__
from prismake.audit.provenance import versions
from prismake.audit.stamps import Stamps
from prismake.records.tables import write_csv
from prismake.report.document import read_sources, write_document
from prismake.report.facts import Facts
from prismake.report.formats_written import write_formats
from prismake.report.manuscript import read_manuscript
from prismake.report.numbers import NUMBER_COLUMNS, Numbers
from prismake.report.results import Results


def write_report(
    reader: Results,
    *,
    manuscript: list[str],
    templates: list[str],
    bibliography: list[str],
    csl: list[str],
    formats: list[str],
    numbers: str,
    settings: Mapping[str, Any],
) -> None:
    """Write `formats` (paths ending in html, docx, pdf, tex, md) and the table of all numbers.

    Args:
        reader: the results that the report may read.
        templates: the files of templates/report and templates/checklists.
        bibliography: the file of sources that people cite, or none.
        csl: the citation style that they chose, or none.
    """
    facts = Facts(
        reader,
        Numbers(reader),
        {key: settings[key] for key in ("review", "final", "searches", "report", "analyses")},
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
