"""Settle the judgements of the risk of bias and draw them."""

from typing import Any

from prismake.extraction.picture import save
from prismake.extraction.risk_of_bias.judgements import robvis
from prismake.extraction.risk_of_bias.plots import summary_plot, traffic_light
from prismake.extraction.risk_of_bias.stage import assess
from prismake.extraction.risk_of_bias.tools import tool_of
from prismake.messages.logs import log_errors_to
from prismake.records.tables import read_csv, write_csv, write_json


def main(*, sheet: list[str], included: str, outputs: dict[str, str], settings: dict[str, Any]) -> None:
    """Write judgements (as given, by item, settled), summary, agreement, robvis's table, findings, pending and both plots.

    Raises InputFaults with every error of the sheet.
    """
    plan = settings.get("risk_of_bias") or {}
    tool = tool_of(plan)
    studies = read_csv(included)
    result = assess(
        sheet,
        tool,
        studies,
        columns=settings.get("risk_of_bias.columns"),
        raters=int(plan.get("raters") or 1),
        wanted=plan.get("tool") != "none",
    )
    result.findings.raise_errors()
    final, overall = result.settled.final, result.settled.overall
    labels = dict(zip(studies["study_id"], studies["label"], strict=True))
    write_csv(final, outputs["judgements"])
    write_csv(result.given, outputs["given"])
    write_csv(result.items, outputs["answers"])
    write_csv(overall, outputs["overall"])
    write_csv(result.settled.conflicts, outputs["conflicts"])
    write_csv(robvis(final, overall, tool, labels, result.weights), outputs["robvis"])
    write_json(result.summary, outputs["summary"])
    write_json(result.agreement, outputs["agreement"])
    write_csv(result.findings.frame(), outputs["findings"])
    write_csv(result.pending, outputs["pending"])
    note = "Simulated example" if settings.get("review.simulated") else ""
    for name, picture in (
        ("traffic_light", traffic_light(final, overall, tool, labels, note=note)),
        ("summary", summary_plot(final, overall, tool, weights=result.weights or None, note=note)),
    ):
        save(picture, {kind: outputs[f"{name}_{kind}"] for kind in ("svg", "pdf", "png")})


if "snakemake" in globals():
    log_errors_to(snakemake.log[0])  # noqa: F821
    main(
        sheet=list(snakemake.input.sheet),  # noqa: F821
        included=snakemake.input.included,  # noqa: F821
        outputs=dict(snakemake.output.items()),  # noqa: F821
        settings=snakemake.params.settings,  # noqa: F821
    )
