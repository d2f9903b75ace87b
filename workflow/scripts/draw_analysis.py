"""Draw the figures of one analysis."""

import json
from pathlib import Path
from typing import Any

from prismake.messages.logs import log_errors_to
from prismake.report.facts import STAMPS
from prismake.report.figures.drawn import Figures
from prismake.report.figures.render import save
from prismake.report.results import Results


def main(*, result: str, effects: str, figures: list[str], settings: dict[str, Any]) -> None:
    """Write each figure that `figures` names (SVG, PDF and PNG together)."""
    content = json.loads(Path(result).read_text(encoding="utf-8"))
    rows = Results(Path(effects).parent).table(Path(effects).name)
    left, right = settings["favours"] or ("", "")
    drawn = Figures(
        content,
        rows,
        stamp=STAMPS.get(settings["stamp"] or "", ""),
        banner="Simulated example" if settings["review.simulated"] else "",
        favours=(left, right),
        style=settings["report.forest_style"],
    )
    for path in sorted({Path(figure).with_suffix(".svg") for figure in figures}):
        save(drawn.draw(path.stem), path)


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        result=snakemake.input.result,  # noqa: F821
        effects=snakemake.input.effects,  # noqa: F821
        figures=list(snakemake.output.figures),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
