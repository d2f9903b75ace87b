"""Reports of invented reviews, for the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import invented_results
from prismake.report.document import write_document
from prismake.report.facts import Facts
from prismake.report.figures.drawn import Figures
from prismake.report.figures.names import ANALYSIS_FIGURES
from prismake.report.figures.render import save
from prismake.report.numbers import Numbers
from prismake.report.prose import Document
from prismake.report.results import Results

TEMPLATES = Path(__file__).resolve().parents[2] / "workflow" / "templates" / "report"
CHECKLISTS = sorted((TEMPLATES.parent / "checklists").glob("*.yaml"))


def facts_of(results: Path, manuscript: dict[str, str] | None = None, **config: Any) -> Facts:
    """The facts of a fabricated results folder."""
    reader = Results(results)
    settings = {**invented_results.SETTINGS, **config}
    return Facts(reader, Numbers(reader), settings, invented_results.PROTOCOL, manuscript or {}, {"prismake": "0.1.0"})


def draw_all(results: Path) -> None:
    """The figures of the analysis, as the rule draws them."""
    reader = Results(results)
    rows = reader.table("analyses/primary/effects.csv")
    drawn = Figures(reader.analysis("primary"), rows, stamp="Preregistered", banner="Simulated example")
    for figure in ANALYSIS_FIGURES:
        save(drawn.draw(figure), results / f"figures/primary/{figure}.svg")


def document_of(facts: Facts) -> Document:
    """The report of some facts, with the shipped templates."""
    return write_document(facts, [TEMPLATES], CHECKLISTS)
