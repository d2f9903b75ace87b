"""Draw how each reviewer's share of includes and agreement with the others went over time, as SVG, PDF and PNG."""

from typing import Any

from prismake.flow.convert import svg_to_pdf, svg_to_png
from prismake.messages.logs import log_errors_to
from prismake.records.tables import read_csv, write_bytes, write_text
from prismake.screening.drift import drift_svg


def main(*, drift: str, svg: str, pdf: str, png: str, settings: dict[str, Any]) -> None:
    """Write the figure of the table drift.csv."""
    drawing = drift_svg(read_csv(drift), simulated=bool(settings.get("review.simulated")))
    write_text(drawing, svg)
    write_bytes(svg_to_pdf(drawing), pdf)
    write_bytes(svg_to_png(drawing), png)


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        drift=snakemake.input.drift,  # noqa: F821
        **dict(snakemake.output.items()),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
