"""Draw the PRISMA 2020 diagram as SVG, PDF and PNG, and write the same as an accessible and as a Word table."""

import json
from pathlib import Path
from typing import Any

from prismake.drawing.paper import on_paper
from prismake.flow.finished import synthesis_counts
from prismake.flow.living import living_html, living_svg
from prismake.flow.page import flow_html, flow_rows
from prismake.flow.reading import read_results
from prismake.flow.svg import flow_svg
from prismake.flow.word import flow_docx
from prismake.messages.logs import log_errors_to
from prismake.records.tables import read_csv, write_bytes, write_csv, write_text


def main(
    *,
    flow: str,
    study_links: str,
    results: list[str],
    svg: str,
    pdf: str,
    png: str,
    page: str,
    rows: str,
    docx: str,
    updates_svg: str,
    updates_png: str,
    settings: dict[str, Any],
) -> None:
    """Write the drawings of flow.json and the tables beside them; `results` are the analyses' result.json files."""
    summary = json.loads(Path(flow).read_text(encoding="utf-8"))
    links = read_csv(study_links)
    synthesis = synthesis_counts(links["study_id"], links, read_results(results))
    simulated = bool(settings.get("review.simulated"))
    shown = {name: bool(settings.get(f"flow.{name}")) for name in ("hide_zero", "screening_reasons")}
    drawing = flow_svg(summary, synthesis=synthesis, simulated=simulated, link="ids/{}.csv".format, **shown)
    write_text(drawing, svg)
    for made, path in zip(on_paper(drawing), (pdf, png), strict=True):
        write_bytes(made, path)
    living = living_svg(summary, simulated=simulated, link="ids/{}.csv".format)
    write_text(living, updates_svg)
    write_bytes(on_paper(living)[1], updates_png)
    write_text(flow_html(summary, synthesis=synthesis) + living_html(summary), page)
    table = flow_rows(summary, synthesis=synthesis)
    write_csv(table, rows)
    write_bytes(flow_docx(table, simulated=simulated), docx)


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        flow=snakemake.input.flow,  # noqa: F821
        study_links=snakemake.input.study_links,  # noqa: F821
        results=list(snakemake.input.results),  # noqa: F821
        svg=snakemake.output.svg,  # noqa: F821
        pdf=snakemake.output.pdf,  # noqa: F821
        png=snakemake.output.png,  # noqa: F821
        page=snakemake.output.page,  # noqa: F821
        rows=snakemake.output.rows,  # noqa: F821
        docx=snakemake.output.docx,  # noqa: F821
        updates_svg=snakemake.output.updates_svg,  # noqa: F821
        updates_png=snakemake.output.updates_png,  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
