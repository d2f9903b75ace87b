"""Draw how each reviewer's share of includes and agreement with the others went over time, as SVG, PDF and PNG."""

from typing import Any

from prismake.drawing.paper import on_paper
from prismake.messages.logs import log_errors_to
from prismake.records.tables import read_csv, write_bytes, write_text
from prismake.screening.drift import drift_svg


def main(*, drift: str, svg: str, pdf: str, png: str, settings: dict[str, Any]) -> None:
    """Write the figure of the table drift.csv."""
    drawing = drift_svg(read_csv(drift), simulated=bool(settings.get("review.simulated")))
    write_text(drawing, svg)
    for made, path in zip(on_paper(drawing), (pdf, png), strict=True):
        write_bytes(made, path)


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        drift=snakemake.input.drift,  # noqa: F821
        **dict(snakemake.output.items()),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
